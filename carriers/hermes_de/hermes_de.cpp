// Hermes Germany: requests, replies and codes.
#include "carriers/hermes_de/hermes_de.hpp"

namespace roundtrip::carriers {
namespace hermes_de {
namespace {
class HermesDeCarrier : public Carrier {
 public:
  std::string_view name() const override { return "hermes_de"; }
  std::string_view title() const override { return "Hermes Germany"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace hermes_de

const Carrier& hermes_de_carrier() {
  static const hermes_de::HermesDeCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
