// PostNord: requests, replies and codes.
#include "carriers/postnord/postnord.hpp"

namespace roundtrip::carriers {
namespace postnord {
namespace {
class PostnordCarrier : public Carrier {
 public:
  std::string_view name() const override { return "postnord"; }
  std::string_view title() const override { return "PostNord"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace postnord

const Carrier& postnord_carrier() {
  static const postnord::PostnordCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
