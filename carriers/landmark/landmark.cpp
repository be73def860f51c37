// Landmark Global: requests, replies and codes.
#include "carriers/landmark/landmark.hpp"

namespace roundtrip::carriers {
namespace landmark {
namespace {
class LandmarkCarrier : public Carrier {
 public:
  std::string_view name() const override { return "landmark"; }
  std::string_view title() const override { return "Landmark Global"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace landmark

const Carrier& landmark_carrier() {
  static const landmark::LandmarkCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
