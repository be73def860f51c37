// UPS: how it is asked and what its answers mean.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& ups_carrier();

namespace ups {

// Track Alert: UPS pushes every event of the numbers subscribed (1Z and 1R only, 100 a call). A subscription lives 14 days and tells
// nothing of what was before it: subscribe again before it ends, and ask Track once for what was missed. Where UPS pushes to and with
// which credential is set up at UPS (version 2).
inline constexpr int kNumbersPerSubscription = 100;
inline constexpr std::int64_t kSubscriptionLivesUs = 14 * kDay;
HttpRequest subscribe_request(const CarrierAccount& account, std::span<const std::string> numbers, std::string_view locale = "en");

struct SubscribeReply {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
  std::vector<std::string> accepted, refused;
};
SubscribeReply parse_subscribe(const HttpOutcome& outcome);

}  // namespace ups
}  // namespace roundtrip::carriers
