// How much a carrier account may be asked: its quota as a bucket of calls, the breaker that leaves a failing account alone, and what a
// quota means for a number of parcels. Pure; usecases/tracking keeps the state where every process sees it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace roundtrip::domain {

// Calls that a carrier allows an account. 0: no limit.
struct Quota {
  int calls_per_minute = 0;
  int calls_per_day = 0;
  bool operator==(const Quota&) const = default;
};

// A closed breaker lets everything through, an open one nothing; after that one call probes, and its outcome decides.
struct BreakerPlan {
  int failures_to_open = 5;              // failed calls in a row
  std::int64_t first_us = 30 * kSecond;  // open for so long, doubled each time the probe fails
  std::int64_t most_us = 15 * kMinute;
  std::int64_t auth_us = 5 * kMinute;  // credentials refused: nothing but a person helps
};

// What is known of an account by everyone who asks through it.
struct AccountState {
  std::optional<Instant> filled_at;  // when the buckets were last filled up; nothing: never used
  double minute_calls = 0, day_calls = 0;
  int failures = 0;                   // failed calls in a row
  int times_opened = 0;               // in a row
  std::optional<Instant> open_until;  // the breaker; also while a probe is under way
  std::string why;                    // it is open
  std::optional<Instant> last_answer_at, last_failure_at;
};

// How a run of calls went.
struct CallsMade {
  int calls = 0;                    // made, also those not foreseen
  int answered = 0;                 // of them: with an answer that can be read
  bool auth = false;                // our credentials were refused
  bool unreachable = false;         // no connection at all
  bool rate_limited = false;        // then:
  std::int64_t retry_after_us = 0;  // what the carrier asked for
  std::string why;                  // of the last failure
};

// Takes up to `wanted` calls out of the account and gives how many: never more than the quota in any minute and any day (the first
// burst is a tenth of the minute's and a twentieth of the day's). 0 while the breaker is open; 1 to probe when its time is over, and
// then it is closed to others for `probe_us`.
int take_calls(AccountState& state, const Quota& quota, int wanted, std::int64_t probe_us, Instant now);
// Records a run for which `granted` calls were taken.
void settle_calls(AccountState& state, const Quota& quota, int granted, const CallsMade& made, const BreakerPlan& plan, Instant now);
// When the account may be asked again: now or later.
Instant free_at(const AccountState& state, const Quota& quota, Instant now);

// How long one round over so many parcels takes at the quota; 0: no limit.
std::int64_t round_us(const Quota& quota, int numbers_per_call, std::int64_t parcels);
// "2 h 40 min", "45 s", "3 d 4 h": two units at most.
std::string duration_words(std::int64_t us);
// "at this quota 3,200 parcels are asked every 2 h 40 min"
std::string forecast_words(const Quota& quota, int numbers_per_call, std::int64_t parcels);

}  // namespace roundtrip::domain
