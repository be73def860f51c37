// What every process knows of a carrier account (quota, breaker), and how much it has to do.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/carrier_quota.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

// An account as trackers name it.
struct AccountKey {
  std::string carrier, account;
  auto operator<=>(const AccountKey&) const = default;
};

// The state as it was last saved; of an account nobody used yet a fresh one.
domain::AccountState account_state(Queryable& db, const AccountKey& key);
// The same, kept from others until the transaction ends. The row is made when it is missing.
domain::AccountState lock_account(Transaction& tx, const AccountKey& key);
// Queues the state.
void queue_account(Transaction& tx, const AccountKey& key, const domain::AccountState& state);

// The state of `key`, and whether a tracker of one of `names` (accounts of its carrier) may be claimed now; one round trip.
struct AccountGate {
  domain::AccountState state;
  bool due = false;
};
AccountGate account_gate(Session& db, const AccountKey& key, const std::vector<std::string>& names, Instant now);

// Every account that active trackers name; by a walk along the index, whatever their number.
std::vector<AccountKey> accounts_of_trackers(Queryable& db);

// Trackers of the account that are asked for, those of them that are due, and since when the first of them is.
struct AccountLoad {
  std::int64_t active = 0, due = 0;
  std::optional<Instant> due_since;
};
AccountLoad account_load(Queryable& db, const AccountKey& key, Instant now);

}  // namespace roundtrip::store
