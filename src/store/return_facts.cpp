// What a policy asks about an order.
#include "store/returns.hpp"

namespace roundtrip::store {
namespace {

void add_customer_facts(Queryable& db, MerchantId merchant, OrderId order, domain::ReturnFacts& facts) {
  const auto row = db.row<std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string, bool>(
      "SELECT o.customer_tier, coalesce(o.ship_to->>'country', ''), coalesce(o.customer_email, ''), coalesce(o.customer_external_id, ''), "
      "  concat_ws(', ', o.ship_to->>'country', o.ship_to->>'postal_code', o.ship_to->>'line1'), m.contact_email, m.contact_phone, "
      "  o.currency, EXISTS (SELECT 1 FROM returns r JOIN return_lines l ON l.merchant_id = r.merchant_id AND l.return_id = r.return_id "
      "    WHERE r.merchant_id = $1 AND r.order_id = $2 AND l.reception = 'kept') "
      "FROM orders o JOIN merchants m ON m.merchant_id = o.merchant_id WHERE o.merchant_id = $1 AND o.order_id = $2",
      merchant, order);
  if (!row) return;
  const auto& [tier, country, email, id, address, contact_email, contact_phone, currency, kept] = *row;
  facts.kept_before = kept;
  facts.currency = currency;
  facts.customer = {tier, country, email, id, address};
  facts.contact = contact_email + (contact_email.empty() || contact_phone.empty() ? "" : ", ") + contact_phone;
}

}  // namespace

domain::ReturnFacts return_facts(Queryable& db, MerchantId merchant, OrderId order) {
  domain::ReturnFacts facts;
  add_customer_facts(db, merchant, order, facts);
  for (auto& [line, sku, category, goods, quantity, canceled, shipped, announced, returnable, window, parcels, delivered, last] :
       db.rows<LineId, std::string, std::string, bool, std::int64_t, std::int64_t, std::int64_t, std::int64_t, bool, std::optional<int>,
               std::int64_t, std::int64_t, std::optional<Instant>>(
           "WITH d AS (SELECT count(*) AS parcels, count(delivered_at) AS delivered, max(delivered_at) AS last FROM parcels "
           "  WHERE merchant_id = $1 AND order_id = $2 AND state = 'handed_over') "
           "SELECT l.line_id, l.sku, coalesce(p.category, ''), l.goods, l.quantity, l.canceled, l.shipped, l.announced + l.credited + "
           "l.claimed, "
           "  coalesce(p.returnable, true), p.return_window_days, d.parcels, d.delivered, d.last "
           "FROM order_lines l CROSS JOIN d LEFT JOIN products p ON p.merchant_id = l.merchant_id AND p.sku = l.sku "
           "WHERE l.merchant_id = $1 AND l.order_id = $2 ORDER BY l.position",
           merchant, order)) {
    domain::ReturnLineFacts fact;
    fact.line = line;
    fact.sku = std::move(sku);
    fact.category = std::move(category);
    fact.goods = goods;
    fact.returnable = returnable;
    fact.window_days = window;
    fact.quantity = quantity;
    fact.canceled = canceled;
    fact.shipped = shipped;
    fact.announced = announced;
    facts.anything_shipped = facts.anything_shipped || shipped > 0;
    facts.all_delivered = parcels > 0 && delivered == parcels;
    if (facts.all_delivered) facts.delivered_at = last;
    facts.lines.push_back(std::move(fact));
  }
  return facts;
}

}  // namespace roundtrip::store
