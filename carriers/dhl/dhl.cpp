// DHL: requests, replies and codes.
#include "carriers/dhl/dhl.hpp"

namespace roundtrip::carriers {
namespace dhl {
namespace {
class DhlCarrier : public Carrier {
 public:
  std::string_view name() const override { return "dhl"; }
  std::string_view title() const override { return "DHL"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace dhl

const Carrier& dhl_carrier() {
  static const dhl::DhlCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
