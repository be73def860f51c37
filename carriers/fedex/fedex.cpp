// FedEx: requests, replies and codes.
#include "carriers/fedex/fedex.hpp"

namespace roundtrip::carriers {
namespace fedex {
namespace {
class FedexCarrier : public Carrier {
 public:
  std::string_view name() const override { return "fedex"; }
  std::string_view title() const override { return "FedEx"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace fedex

const Carrier& fedex_carrier() {
  static const fedex::FedexCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
