// The carrier_accounts table.
#include "store/carrier_accounts.hpp"

namespace roundtrip::store {
namespace {

#define ROUNDTRIP_ACCOUNT_COLUMNS \
  "filled_at, minute_calls::text, day_calls::text, failures, times_opened, open_until, why, last_answer_at, last_failure_at"

domain::AccountState state_of(std::vector<TextRow> rows) {
  domain::AccountState state;
  if (rows.empty()) return state;
  auto& row = rows.front();
  state.filled_at = Column<std::optional<Instant>>::read(row[0]);
  state.minute_calls = std::stod(Column<std::string>::read(row[1]));
  state.day_calls = std::stod(Column<std::string>::read(row[2]));
  state.failures = Column<int>::read(row[3]);
  state.times_opened = Column<int>::read(row[4]);
  state.open_until = Column<std::optional<Instant>>::read(row[5]);
  state.why = Column<std::string>::read(row[6]);
  state.last_answer_at = Column<std::optional<Instant>>::read(row[7]);
  state.last_failure_at = Column<std::optional<Instant>>::read(row[8]);
  return state;
}

constexpr const char* kAccountState = "SELECT " ROUNDTRIP_ACCOUNT_COLUMNS " FROM carrier_accounts WHERE carrier = $1 AND account = $2";
constexpr const char* kAccountDue =
    // In the order of the index: without it a planner that expects a hit soon reads the table instead.
    "SELECT 1 FROM trackers WHERE carrier = $1 AND account = $2 AND next_check_at <= $3 AND (leased_until IS NULL OR leased_until <= $3) "
    "ORDER BY next_check_at LIMIT 1";

}  // namespace

domain::AccountState account_state(Queryable& db, const AccountKey& key) {
  return state_of(db.run(kAccountState, {key.carrier, key.account}));
}

domain::AccountState lock_account(Transaction& tx, const AccountKey& key) {
  tx.write("INSERT INTO carrier_accounts (carrier, account) VALUES ($1, $2) ON CONFLICT (carrier, account) DO NOTHING", key.carrier,
           key.account);
  return state_of(tx.run("SELECT " ROUNDTRIP_ACCOUNT_COLUMNS " FROM carrier_accounts WHERE carrier = $1 AND account = $2 FOR UPDATE",
                         {key.carrier, key.account}));
}

void queue_account(Transaction& tx, const AccountKey& key, const domain::AccountState& state) {
  tx.write(
      "UPDATE carrier_accounts SET filled_at = $3, minute_calls = $4::numeric, day_calls = $5::numeric, failures = "
      "$6::integer, "
      "  times_opened = $7::integer, open_until = $8, why = $9, last_answer_at = $10, last_failure_at = $11 "
      "WHERE carrier = $1 AND account = $2",
      key.carrier, key.account, state.filled_at, std::to_string(state.minute_calls), std::to_string(state.day_calls), state.failures,
      state.times_opened, state.open_until, state.why, state.last_answer_at, state.last_failure_at);
}

AccountGate account_gate(Session& db, const AccountKey& key, const std::vector<std::string>& names, Instant now) {
  std::vector<Statement> reads = {{kAccountState, {key.carrier, key.account}}};
  for (const auto& name : names) reads.push_back({kAccountDue, {key.carrier, name, now}});
  auto answers = db.read_all(reads);
  AccountGate gate;
  gate.state = state_of(std::move(answers.front()));
  for (std::size_t i = 1; i < answers.size(); ++i) gate.due = gate.due || !answers[i].empty();
  return gate;
}

std::vector<AccountKey> accounts_of_trackers(Queryable& db) {
  std::vector<AccountKey> keys;
  for (auto& [carrier, account] : db.rows<std::string, std::string>(
           "WITH RECURSIVE named AS ("
           "  (SELECT carrier, account FROM trackers WHERE next_check_at IS NOT NULL ORDER BY carrier, account LIMIT 1) "
           "  UNION ALL "
           "  SELECT n.carrier, n.account FROM named, LATERAL (SELECT t.carrier, t.account FROM trackers t WHERE t.next_check_at IS NOT "
           "NULL "
           "    AND (t.carrier, t.account) > (named.carrier, named.account) ORDER BY t.carrier, t.account LIMIT 1) n) "
           "SELECT carrier, account FROM named")) {
    keys.push_back({carrier, account});
  }
  return keys;
}

AccountLoad account_load(Queryable& db, const AccountKey& key, Instant now) {
  AccountLoad load;
  for (auto& [active, due, since] : db.rows<std::int64_t, std::int64_t, std::optional<Instant>>(
           "SELECT count(*), count(*) FILTER (WHERE next_check_at <= $3), min(next_check_at) FILTER (WHERE next_check_at <= $3) "
           "FROM trackers WHERE carrier = $1 AND account = $2 AND next_check_at IS NOT NULL",
           key.carrier, key.account, now)) {
    load = {active, due, since};
  }
  return load;
}

}  // namespace roundtrip::store
