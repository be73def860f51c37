// Carrier accounts as people look at them: what they may be asked, how they are, how much waits for them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "domain/carrier_quota.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct CarrierAccountView {
  std::string carrier, title, account;  // account "": the one without a name
  domain::Quota quota;
  int numbers_per_call = 1;
  std::string state;               // open (asked), waiting (its quota is used up for now), left_alone (the breaker)
  std::optional<Instant> free_at;  // when it is asked again; nothing: now
  std::string why;                 // it is left alone
  std::optional<Instant> last_answer_at, last_failure_at;
  std::int64_t parcels = 0, due = 0;  // asked for; of them due now
  std::optional<Instant> due_since;   // of the one that has waited longest
  std::int64_t round_us = 0;          // one round over its parcels at the quota; 0: no quota
  std::string forecast;               // the same in words
  // subscribes (numbers are subscribed one by one), set_up (once for all, at the carrier), no_secret (push_secret is missing); empty: this
  // carrier does not push.
  std::string push;
  std::string push_url;         // where its pushes are taken
  std::int64_t subscribed = 0;  // parcels that it has accepted to push
};
// Every account of the configuration; faults of its file are refused.
Result<std::vector<CarrierAccountView>> carrier_accounts(store::Database& db, const Config& config, Instant now);
// One account by a tracker's carrier and account; nothing when there is none. Cheap: without its load.
Result<std::optional<CarrierAccountView>> carrier_account(store::Database& db, const Config& config, const std::string& carrier,
                                                          const std::string& account, Instant now);

}  // namespace roundtrip::usecases
