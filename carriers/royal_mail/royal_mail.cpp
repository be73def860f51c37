// Royal Mail: requests, replies and codes.
#include "carriers/royal_mail/royal_mail.hpp"

namespace roundtrip::carriers {
namespace royal_mail {
namespace {
class RoyalMailCarrier : public Carrier {
 public:
  std::string_view name() const override { return "royal_mail"; }
  std::string_view title() const override { return "Royal Mail"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  bool is_number(std::string_view) const override { return false; }
};
}  // namespace
}  // namespace royal_mail

const Carrier& royal_mail_carrier() {
  static const royal_mail::RoyalMailCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
