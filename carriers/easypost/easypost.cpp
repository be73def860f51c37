// EasyPost: requests, replies and codes.
#include "carriers/easypost/easypost.hpp"

namespace roundtrip::carriers {
namespace easypost {
namespace {
class EasypostCarrier : public Carrier {
 public:
  std::string_view name() const override { return "easypost"; }
  std::string_view title() const override { return "EasyPost"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace easypost

const Carrier& easypost_carrier() {
  static const easypost::EasypostCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
