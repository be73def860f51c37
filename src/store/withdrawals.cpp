// The table withdrawals.
#include "store/withdrawals.hpp"

namespace roundtrip::store {
namespace {
#define RT_WITHDRAWALS                                                                                                            \
  "SELECT withdrawal_id, order_id, return_id, received_at, refund_due_at, amount, currency, receipt, receipt_sha256, settled_at " \
  "FROM withdrawals WHERE merchant_id = $1 "

template <class... Args>
std::vector<WithdrawalRow> read_withdrawals(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<WithdrawalRow> out;
  for (auto& [id, order, back, received, due, amount, currency, receipt, hash, settled] :
       db.rows<WithdrawalId, OrderId, std::optional<ReturnId>, Instant, Instant, std::int64_t, std::string, std::string, std::string,
               std::optional<Instant>>(sql, args...)) {
    out.push_back({id, order, back, received, due, amount, currency, receipt, hash, settled});
  }
  return out;
}
}  // namespace

WithdrawalId insert_withdrawal(Transaction& tx, MerchantId merchant, const WithdrawalRow& row) {
  return tx
      .value<WithdrawalId>(
          "INSERT INTO withdrawals (merchant_id, order_id, return_id, received_at, refund_due_at, amount, currency, receipt, "
          "receipt_sha256) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING withdrawal_id",
          merchant, row.order, row.return_id, row.received_at, row.refund_due_at, row.amount, row.currency, row.receipt, row.receipt_sha256)
      .value();
}

std::vector<WithdrawalRow> withdrawals_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_withdrawals(db, RT_WITHDRAWALS "AND order_id = $2 ORDER BY withdrawal_id", merchant, order);
}

std::optional<WithdrawalRow> find_withdrawal(Queryable& db, MerchantId merchant, WithdrawalId id) {
  auto found = read_withdrawals(db, RT_WITHDRAWALS "AND withdrawal_id = $2", merchant, id);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

int settle_withdrawals(Queryable& db, MerchantId merchant, Instant now) {
  return static_cast<int>(
      db.rows<WithdrawalId>(
            "UPDATE withdrawals w SET settled_at = $2 WHERE w.merchant_id = $1 AND w.settled_at IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.merchant_id = $1 AND r.return_id = w.return_id AND (r.status IN "
            "  ('requested', 'approved', 'in_transit', 'partly_received') OR EXISTS (SELECT 1 FROM return_lines l "
            "  WHERE l.merchant_id = $1 AND l.return_id = r.return_id AND l.received > l.accepted + l.rejected))) "
            "AND NOT EXISTS (SELECT 1 FROM refunds f WHERE f.merchant_id = $1 AND f.order_id = w.order_id "
            "  AND (f.return_id = w.return_id OR f.reason = 'withdrawal') AND f.state NOT IN ('succeeded', 'denied')) "
            "RETURNING w.withdrawal_id",
            merchant, now)
          .size());
}

}  // namespace roundtrip::store
