// UPS: requests, replies and codes.
#include "carriers/ups/ups.hpp"

namespace roundtrip::carriers {
namespace ups {
namespace {
class UpsCarrier : public Carrier {
 public:
  std::string_view name() const override { return "ups"; }
  std::string_view title() const override { return "UPS"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace ups

const Carrier& ups_carrier() {
  static const ups::UpsCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
