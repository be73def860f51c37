// Posten Bring: requests, replies and codes.
#include "carriers/bring/bring.hpp"

namespace roundtrip::carriers {
namespace bring {
namespace {
class BringCarrier : public Carrier {
 public:
  std::string_view name() const override { return "bring"; }
  std::string_view title() const override { return "Posten Bring"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace bring

const Carrier& bring_carrier() {
  static const bring::BringCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
