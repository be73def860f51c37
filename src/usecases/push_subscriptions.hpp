// Asking carriers to push: trackers are subscribed soon after they begin, renewed before the end, and left alone when their story is over.
#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "usecases/tracking.hpp"

namespace roundtrip::usecases {

struct SubscribeOptions {
  int batch = 500;  // trackers of one account claimed at once
  std::int64_t lease_us = 60 * kSecond;
  std::int64_t failed_us = 5 * kMinute;  // after a call that failed; the account's breaker may make it longer
  std::int64_t refused_us = kDay;        // after the carrier refused the number
  domain::BreakerPlan breaker = {};
  std::string public_url;  // where carriers reach us
};
SubscribeOptions subscribe_options(const Config& config);

// An account that asks its carrier to push.
struct PushAccount {
  std::string carrier, account;
};
std::vector<PushAccount> push_accounts(const Carriers& carriers);
// Where a carrier's pushes are taken, without a secret: "https://shop.example/v1/carriers/ups/events".
std::string push_url(const std::string& public_url, const std::string& carrier);

struct SubscribeReport {
  int claimed = 0;   // due trackers taken
  int calls = 0;     // calls to the carrier
  int accepted = 0;  // trackers pushed from now on
  int refused = 0;   // trackers whose number the carrier refused
  int failed = 0;    // trackers without an answer
  int released = 0;  // not asked for: time was up, or the account is left alone
};
// One turn of an account: claims what is due to be subscribed or renewed, asks in calls of many numbers (at most `parallel` at once) and
// records. Calls run outside transactions; what a crash forgets is due again when the lease ends, and to subscribe twice is harmless. The
// calls have a breaker of their own: an account that may not subscribe is asked for its parcels all the same.
SubscribeReport subscribe_account(store::Database& db, const Carriers& carriers, const PushAccount& account,
                                  const SubscribeOptions& options, Instant now, std::stop_token stop = {});

}  // namespace roundtrip::usecases
