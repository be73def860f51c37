// Australia Post: requests, replies and codes.
#include "carriers/australia_post/australia_post.hpp"

namespace roundtrip::carriers {
namespace australia_post {
namespace {
class AustraliaPostCarrier : public Carrier {
 public:
  std::string_view name() const override { return "australia_post"; }
  std::string_view title() const override { return "Australia Post"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace australia_post

const Carrier& australia_post_carrier() {
  static const australia_post::AustraliaPostCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
