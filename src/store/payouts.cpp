// Statements about payout files.
#include "store/payouts.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {

std::vector<RefundToPay> refunds_for_payout(Transaction& tx, MerchantId merchant, int limit) {
  std::vector<RefundToPay> out;
  for (auto& [refund, order, customer, email, currency, reason, amount, requested] :
       tx.rows<RefundId, std::string, std::string, std::string, std::string, std::string, std::int64_t, Instant>(
           "SELECT r.refund_id, o.external_id, coalesce(o.customer_name, ''), coalesce(o.customer_email, ''), r.currency, r.reason, "
           "r.amount, r.requested_at "
           "FROM refunds r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "
           "WHERE r.merchant_id = $1 AND r.state = 'submitted' AND starts_with(r.last_error, 'by_hand') AND r.payout_id IS NULL "
           "ORDER BY r.refund_id LIMIT $2::int FOR UPDATE OF r SKIP LOCKED",
           merchant, limit)) {
    out.push_back({refund, order, customer, email, currency, reason, amount, requested});
  }
  return out;
}

std::int64_t next_payout_id(Queryable& db) {
  return db.value<std::int64_t>("SELECT nextval(pg_get_serial_sequence('payouts', 'payout_id'))").value();
}

void insert_payout(Transaction& tx, MerchantId merchant, const PayoutRow& row, const std::vector<RefundId>& refunds) {
  tx.write("INSERT INTO payouts (merchant_id, payout_id, refunds, content, checksum, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           merchant, row.id, row.refunds, row.content, row.checksum, row.made_by, row.made_at);
  nlohmann::json ids = nlohmann::json::array();
  for (const auto refund : refunds) ids.push_back({{"id", refund.value}});
  tx.write(
      "UPDATE refunds r SET payout_id = $3 FROM jsonb_to_recordset($2::jsonb) AS x(id bigint) WHERE r.merchant_id = $1 AND r.refund_id = "
      "x.id",
      merchant, ids.dump(), row.id);
}

std::vector<PayoutRow> payouts_of(Queryable& db, MerchantId merchant, int limit) {
  std::vector<PayoutRow> out;
  for (auto& [id, refunds, checksum, by, at] :
       db.rows<std::int64_t, int, std::string, std::string, Instant>("SELECT payout_id, refunds, checksum, made_by, made_at FROM payouts "
                                                                     "WHERE merchant_id = $1 ORDER BY payout_id DESC LIMIT $2::int",
                                                                     merchant, limit)) {
    out.push_back({id, refunds, "", checksum, by, at});
  }
  return out;
}

std::optional<PayoutRow> find_payout(Queryable& db, MerchantId merchant, std::int64_t payout) {
  const auto found = db.row<int, std::string, std::string, Instant>(
      "SELECT refunds, checksum, made_by, made_at FROM payouts WHERE merchant_id = $1 AND payout_id = $2", merchant, payout);
  if (!found) return std::nullopt;
  const auto& [refunds, checksum, by, at] = *found;
  return PayoutRow{payout, refunds, "", checksum, by, at};
}

std::optional<std::string> payout_content(Queryable& db, MerchantId merchant, std::int64_t payout) {
  return db.value<std::string>("SELECT content FROM payouts WHERE merchant_id = $1 AND payout_id = $2", merchant, payout);
}

bool leave_payout(Queryable& db, MerchantId merchant, RefundId refund) {
  return db
      .value<RefundId>(
          "UPDATE refunds SET payout_id = NULL WHERE merchant_id = $1 AND refund_id = $2 AND payout_id IS NOT NULL AND state = 'submitted' "
          "RETURNING refund_id",
          merchant, refund)
      .has_value();
}

}  // namespace roundtrip::store
