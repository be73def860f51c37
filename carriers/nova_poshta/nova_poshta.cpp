// Nova Poshta: requests, replies and codes.
#include "carriers/nova_poshta/nova_poshta.hpp"

namespace roundtrip::carriers {
namespace nova_poshta {
namespace {
class NovaPoshtaCarrier : public Carrier {
 public:
  std::string_view name() const override { return "nova_poshta"; }
  std::string_view title() const override { return "Nova Poshta"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace nova_poshta

const Carrier& nova_poshta_carrier() {
  static const nova_poshta::NovaPoshtaCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
