// Canada Post: requests, replies and codes.
#include "carriers/canada_post/canada_post.hpp"

namespace roundtrip::carriers {
namespace canada_post {
namespace {
class CanadaPostCarrier : public Carrier {
 public:
  std::string_view name() const override { return "canada_post"; }
  std::string_view title() const override { return "Canada Post"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace canada_post

const Carrier& canada_post_carrier() {
  static const canada_post::CanadaPostCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
