// La Poste: requests, replies and codes.
#include "carriers/la_poste/la_poste.hpp"

namespace roundtrip::carriers {
namespace la_poste {
namespace {
class LaPosteCarrier : public Carrier {
 public:
  std::string_view name() const override { return "la_poste"; }
  std::string_view title() const override { return "La Poste"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace la_poste

const Carrier& la_poste_carrier() {
  static const la_poste::LaPosteCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
