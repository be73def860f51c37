// Statements that change an order.
#include "store/order_changes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace roundtrip::store {

std::vector<LineCounters> line_counters(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<LineCounters> out;
  for (auto& [id, sku, goods, quantity, canceled, shipped] : db.rows<LineId, std::string, bool, std::int64_t, std::int64_t, std::int64_t>(
           "SELECT line_id, sku, goods, quantity, canceled, shipped FROM order_lines WHERE merchant_id = $1 AND order_id = $2 ORDER BY "
           "position",
           merchant, order)) {
    out.push_back({id, sku, goods, quantity, canceled, shipped});
  }
  return out;
}

std::vector<domain::LineProgress> line_progress(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<domain::LineProgress> out;
  for (auto& [quantity, canceled, shipped, delivered, goods] : db.rows<std::int64_t, std::int64_t, std::int64_t, std::int64_t, bool>(
           "SELECT quantity, canceled, shipped, delivered, goods FROM order_lines WHERE merchant_id = $1 AND order_id = $2", merchant,
           order)) {
    out.push_back({quantity, canceled, shipped, delivered, goods});
  }
  return out;
}

void add_canceled(Transaction& tx, MerchantId merchant, OrderId order, const std::string& rows) {
  tx.write(
      "UPDATE order_lines l SET canceled = l.canceled + r.units FROM jsonb_to_recordset($3::jsonb) AS r(line_id bigint, units bigint) "
      "WHERE l.merchant_id = $1 AND l.order_id = $2 AND l.line_id = r.line_id",
      merchant, order, rows);
}

void set_hold(Transaction& tx, MerchantId merchant, OrderId order, bool held, std::optional<Instant> until) {
  tx.write("UPDATE orders SET held_until = $3 WHERE merchant_id = $1 AND order_id = $2", merchant, order, until);
  tx.write("UPDATE shipments SET held = $3 WHERE merchant_id = $1 AND order_id = $2", merchant, order, held);
}

void change_contacts(Transaction& tx, MerchantId merchant, OrderId order, const std::optional<domain::Address>& ship_to,
                     const std::optional<std::string>& email, const std::optional<std::string>& phone) {
  std::optional<std::string> address, postcode;
  if (ship_to) {
    address = nlohmann::json{{"name", ship_to->name},
                             {"company", ship_to->company},
                             {"line1", ship_to->line1},
                             {"line2", ship_to->line2},
                             {"city", ship_to->city},
                             {"region", ship_to->region},
                             {"postal_code", ship_to->postal_code},
                             {"country", ship_to->country},
                             {"phone", ship_to->phone}}
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    postcode = ship_to->postal_code;
  }
  tx.write(
      "UPDATE orders SET ship_to = coalesce($3::jsonb, ship_to), postal_code = coalesce(upper(translate($4::text, ' -', '')), "
      "postal_code), "
      "customer_email = coalesce($5, customer_email), customer_phone = coalesce($6, customer_phone) WHERE merchant_id = $1 AND order_id = "
      "$2",
      merchant, order, address, postcode, email, phone);
}

void cancel_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel) {
  tx.write("UPDATE parcels SET state = 'canceled' WHERE merchant_id = $1 AND parcel_id = $2 AND state IN ('open', 'closed')", merchant,
           parcel);
}

}  // namespace roundtrip::store
