// Statements about disputes.
#include "store/disputes.hpp"

namespace roundtrip::store {
namespace {

#define DISPUTE_COLUMNS "dispute_id, order_id, payment_id, gateway, reference, currency, reason, state, amount, opened_at, updated_at "

template <class... Args>
std::vector<DisputeRow> read_disputes(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<DisputeRow> out;
  for (auto& [id, order, payment, gateway, reference, currency, reason, state, amount, opened, updated] :
       db.rows<DisputeId, OrderId, PaymentId, std::string, std::string, std::string, std::string, std::string, std::int64_t, Instant,
               Instant>(sql, args...)) {
    out.push_back(
        {id, order, payment, gateway, reference, currency, reason, domain::parse_dispute_state(state).value(), amount, opened, updated});
  }
  return out;
}

std::optional<PaymentPlace> read_place(Queryable& db, std::string_view sql, const std::string& gateway, const std::string& reference) {
  const auto row = db.row<MerchantId, OrderId, PaymentId, std::string>(sql, gateway, reference);
  if (!row) return std::nullopt;
  const auto& [merchant, order, payment, currency] = *row;
  return PaymentPlace{merchant, order, payment, currency};
}

}  // namespace

std::optional<PaymentPlace> payment_of_gateway(Queryable& db, const std::string& gateway, const std::string& reference) {
  return read_place(
      db,
      "SELECT m.merchant_id, p.order_id, p.payment_id, o.currency FROM merchants m CROSS JOIN LATERAL (SELECT order_id, "
      "payment_id FROM payments WHERE merchant_id = m.merchant_id AND gateway = $1 AND reference = $2 ORDER BY payment_id LIMIT "
      "1) p JOIN orders o ON o.merchant_id = m.merchant_id AND o.order_id = p.order_id LIMIT 1",
      gateway, reference);
}

std::optional<PaymentPlace> payment_of_dispute(Queryable& db, const std::string& gateway, const std::string& reference) {
  return read_place(db,
                    "SELECT m.merchant_id, d.order_id, d.payment_id, d.currency FROM merchants m CROSS JOIN LATERAL (SELECT order_id, "
                    "payment_id, currency FROM disputes WHERE merchant_id = m.merchant_id AND gateway = $1 AND reference = $2 LIMIT 1) d "
                    "LIMIT 1",
                    gateway, reference);
}

std::optional<RefundPlace> refund_of_gateway(Queryable& db, const std::string& gateway, const std::string& gateway_reference) {
  const auto row = db.row<MerchantId, RefundId>(
      "SELECT m.merchant_id, r.refund_id FROM merchants m CROSS JOIN LATERAL (SELECT refund_id FROM refunds WHERE merchant_id = "
      "m.merchant_id AND gateway = $1 AND gateway_reference = $2 AND gateway_reference <> '' ORDER BY refund_id LIMIT 1) r LIMIT 1",
      gateway, gateway_reference);
  if (!row) return std::nullopt;
  const auto& [merchant, refund] = *row;
  return RefundPlace{merchant, refund};
}

std::optional<DisputeRow> lock_dispute(Transaction& tx, MerchantId merchant, const std::string& gateway, const std::string& reference) {
  auto rows =
      read_disputes(tx, "SELECT " DISPUTE_COLUMNS "FROM disputes WHERE merchant_id = $1 AND gateway = $2 AND reference = $3 FOR UPDATE",
                    merchant, gateway, reference);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

DisputeId insert_dispute(Transaction& tx, MerchantId merchant, const DisputeRow& row) {
  return tx
      .value<DisputeId>(
          "INSERT INTO disputes (merchant_id, order_id, payment_id, gateway, reference, state, amount, currency, reason, opened_at, "
          "updated_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING dispute_id",
          merchant, row.order, row.payment, row.gateway, row.reference, domain::to_text(row.state), row.amount, row.currency, row.reason,
          row.opened_at)
      .value();
}

void save_dispute(Transaction& tx, MerchantId merchant, const DisputeRow& row) {
  tx.write("UPDATE disputes SET state = $3, amount = $4, reason = $5, updated_at = $6 WHERE merchant_id = $1 AND dispute_id = $2", merchant,
           row.id, domain::to_text(row.state), row.amount, row.reason, row.updated_at);
}

void move_charged_back(Transaction& tx, MerchantId merchant, OrderId order, PaymentId payment, std::int64_t amount) {
  tx.write("UPDATE payments SET charged_back = charged_back + $4 WHERE merchant_id = $1 AND order_id = $2 AND payment_id = $3", merchant,
           order, payment, amount);
}

std::optional<DisputeId> open_dispute_of(Queryable& db, MerchantId merchant, OrderId order, PaymentId payment) {
  return db.value<DisputeId>(
      "SELECT dispute_id FROM disputes WHERE merchant_id = $1 AND order_id = $2 AND payment_id = $3 AND state = 'open' ORDER BY dispute_id "
      "LIMIT 1",
      merchant, order, payment);
}

std::vector<DisputeRow> disputes_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_disputes(db, "SELECT " DISPUTE_COLUMNS "FROM disputes WHERE merchant_id = $1 AND order_id = $2 ORDER BY dispute_id", merchant,
                       order);
}

}  // namespace roundtrip::store
