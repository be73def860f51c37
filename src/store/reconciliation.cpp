// Statements that look references up.
#include "store/reconciliation.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {

std::vector<KnownMoney> known_to_us(Queryable& db, MerchantId merchant, const std::string& gateway,
                                    const std::vector<ExportReference>& asked) {
  nlohmann::json set = nlohmann::json::array();
  for (const auto& one : asked) set.push_back({{"n", one.row}, {"what", one.what}, {"ref", one.reference}, {"key", one.key}});
  std::vector<KnownMoney> out;
  for (auto& [row, what, id, amount, currency, state, order] :
       db.rows<std::int64_t, std::string, std::int64_t, std::int64_t, std::string, std::string, OrderId>(
           "SELECT x.n, x.what, k.id, k.amount, k.currency, k.state, k.order_id FROM jsonb_to_recordset($3::jsonb) AS x(n bigint, what "
           "text, ref text, "
           "key text) CROSS JOIN LATERAL ("
           "(SELECT p.payment_id AS id, p.captured AS amount, o.currency, 'captured' AS state, p.order_id FROM payments p JOIN orders o ON "
           "  o.merchant_id = p.merchant_id AND o.order_id = p.order_id WHERE x.what = 'payment' AND p.merchant_id = $1 AND p.gateway = $2 "
           "  AND p.reference = x.ref ORDER BY p.payment_id LIMIT 1) UNION ALL "
           "(SELECT r.refund_id, r.amount, r.currency, r.state, r.order_id FROM refunds r WHERE x.what = 'refund' AND r.merchant_id = $1 "
           "AND r.gateway "
           "= "
           "  $2 AND r.gateway_reference = x.ref AND r.gateway_reference <> '' ORDER BY r.refund_id LIMIT 1) UNION ALL "
           "(SELECT d.dispute_id, d.amount, d.currency, d.state, d.order_id FROM disputes d WHERE x.what = 'dispute' AND d.merchant_id = "
           "$1 AND "
           "  d.gateway = $2 AND d.reference = x.ref LIMIT 1)) k ORDER BY x.n",
           merchant, gateway, set.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))) {
    out.push_back({row, what, id, amount, currency, state, order});
  }
  return out;
}

std::vector<SettledRefund> refunds_settled(Queryable& db, MerchantId merchant, const std::string& gateway, Instant from, Instant to) {
  std::vector<SettledRefund> out;
  for (auto& [id, reference, currency, amount] : db.rows<std::int64_t, std::string, std::string, std::int64_t>(
           "SELECT refund_id, gateway_reference, currency, amount FROM refunds WHERE merchant_id = $1 AND gateway = $2 AND settled_at IS "
           "NOT "
           "NULL AND settled_at BETWEEN $3 AND $4 AND state = 'succeeded' AND destination = 'original' ORDER BY settled_at LIMIT 10000",
           merchant, gateway, from, to)) {
    out.push_back({id, reference, currency, amount});
  }
  return out;
}

}  // namespace roundtrip::store
