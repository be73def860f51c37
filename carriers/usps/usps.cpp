// USPS: requests, replies and codes.
#include "carriers/usps/usps.hpp"

namespace roundtrip::carriers {
namespace usps {
namespace {
class UspsCarrier : public Carrier {
 public:
  std::string_view name() const override { return "usps"; }
  std::string_view title() const override { return "USPS"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace usps

const Carrier& usps_carrier() {
  static const usps::UspsCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
