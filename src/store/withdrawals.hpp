// Withdrawals with the receipts that were given for them: written once, never changed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/withdrawals.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct WithdrawalRow {
  WithdrawalId id;
  OrderId order;
  std::optional<ReturnId> return_id;  // of what had left
  Instant received_at, refund_due_at;
  std::int64_t amount = 0;
  std::string currency, receipt, receipt_sha256;
  std::optional<Instant> settled_at;  // nothing of it is owed any more
};

WithdrawalId insert_withdrawal(Transaction& tx, MerchantId merchant, const WithdrawalRow& row);
std::vector<WithdrawalRow> withdrawals_of_order(Queryable& db, MerchantId merchant, OrderId order);
std::optional<WithdrawalRow> find_withdrawal(Queryable& db, MerchantId merchant, WithdrawalId id);

// Notes which are settled: what had left is back, decided about or will not come, and no refund of it is under way. Gives how many.
int settle_withdrawals(Queryable& db, MerchantId merchant, Instant now);

}  // namespace roundtrip::store
