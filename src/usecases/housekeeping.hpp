// What is over is forgotten: in small steps, merchant by merchant.
#pragma once
#include "base/clock.hpp"

namespace roundtrip::store {
class Database;
}

namespace roundtrip::usecases {

inline constexpr std::int64_t kIdempotencyKeysKept = 30 * kDay;

// One sweep over every merchant, each step bounded: sessions and failed logins that are over, idempotency keys
// past their 30 days, returns whose label has run out; and what a crash left undone. Gives how many merchants still have more to do.
int keep_house(store::Database& db, Instant now);

}  // namespace roundtrip::usecases
