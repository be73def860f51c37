// Statements about fees and write-offs.
#include "store/fees.hpp"

#include <nlohmann/json.hpp>

#include "store/refunds.hpp"

namespace roundtrip::store {

std::int64_t book_fees(Transaction& tx, MerchantId merchant, const std::vector<FeeRow>& fees, Instant now) {
  nlohmann::json set = nlohmann::json::array();
  for (const auto& fee : fees) {
    if (fee.amount == 0 || fee.reference.empty()) continue;
    nlohmann::json one = {
        {"posting", "gateway_fee:" + fee.gateway + ":" + fee.reference}, {"amount", fee.amount}, {"currency", fee.currency}};
    if (fee.order) one["order_id"] = fee.order->value;
    set.push_back(std::move(one));
  }
  if (set.empty()) return 0;
  return tx
      .value<std::int64_t>(
          "WITH booked AS (INSERT INTO ledger (merchant_id, order_id, posting, account, amount, currency, posted_at) "
          "SELECT $1, x.order_id, x.posting, a.account, a.sign * x.amount, x.currency, $3 "
          "FROM jsonb_to_recordset($2::jsonb) AS x(order_id bigint, posting text, amount bigint, currency text) "
          "CROSS JOIN (VALUES ('gateway_fees', 1), ('gateway', -1)) AS a(account, sign) "
          "ON CONFLICT (merchant_id, posting, account) DO NOTHING RETURNING account) "
          "SELECT count(*) FROM booked WHERE account = 'gateway_fees'",
          merchant, set.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), now)
      .value_or(0);
}

bool insert_write_off(Transaction& tx, MerchantId merchant, const WriteOffRow& row, Instant now) {
  const auto id = tx.value<std::int64_t>(
      "INSERT INTO write_offs (merchant_id, gateway, what, reference, amount, currency, reason, written_by, written_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (merchant_id, gateway, what, reference) DO NOTHING RETURNING write_off_id",
      merchant, row.gateway, row.what, row.reference, row.amount, row.currency, row.reason, row.by, now);
  if (!id) return false;
  post_to_ledger(tx, merchant, std::nullopt, "write_off:" + row.gateway + ":" + row.what + ":" + row.reference,
                 {{"write_offs", row.amount}, {"gateway", -row.amount}}, row.currency, now);
  return true;
}

std::vector<LetGo> let_go_of(Queryable& db, MerchantId merchant, const std::string& gateway, const std::vector<std::string>& references) {
  std::vector<LetGo> out;
  if (references.empty()) return out;
  for (auto& [what, reference, amount, currency] : db.rows<std::string, std::string, std::int64_t, std::string>(
           "SELECT w.what, w.reference, w.amount, w.currency FROM jsonb_array_elements_text($3::jsonb) AS r(reference) "
           "CROSS JOIN (VALUES ('payment'), ('refund'), ('dispute')) AS k(what) "
           "JOIN write_offs w ON w.merchant_id = $1 AND w.gateway = $2 AND w.what = k.what AND w.reference = r.reference",
           merchant, gateway, nlohmann::json(references).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))) {
    out.push_back({std::move(what), std::move(reference), amount, std::move(currency)});
  }
  return out;
}

}  // namespace roundtrip::store
