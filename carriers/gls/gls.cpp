// GLS: requests, replies and codes.
#include "carriers/gls/gls.hpp"

namespace roundtrip::carriers {
namespace gls {
namespace {
class GlsCarrier : public Carrier {
 public:
  std::string_view name() const override { return "gls"; }
  std::string_view title() const override { return "GLS"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace gls

const Carrier& gls_carrier() {
  static const gls::GlsCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
