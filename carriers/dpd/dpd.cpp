// DPD: requests, replies and codes.
#include "carriers/dpd/dpd.hpp"

namespace roundtrip::carriers {
namespace dpd {
namespace {
class DpdCarrier : public Carrier {
 public:
  std::string_view name() const override { return "dpd"; }
  std::string_view title() const override { return "DPD"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace dpd

const Carrier& dpd_carrier() {
  static const dpd::DpdCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
