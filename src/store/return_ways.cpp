// Statements about ways back, shops, reminders and changed returns.
#include "store/return_ways.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace roundtrip::store {

std::vector<WayOfReturn> ways_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<WayOfReturn> out;
  for (const auto& [id, way] : db.rows<ReturnId, std::string>(
           "SELECT return_id, way FROM returns WHERE merchant_id = $1 AND order_id = $2 ORDER BY return_id", merchant, order)) {
    const auto known = domain::parse_return_way(way);
    if (!known) throw std::logic_error("an unknown way back: " + way);
    out.push_back({id, *known});
  }
  return out;
}

void save_way(Transaction& tx, MerchantId merchant, ReturnId id, domain::ReturnWay way) {
  tx.write("UPDATE returns SET way = $3 WHERE merchant_id = $1 AND return_id = $2", merchant, id, domain::to_text(way));
}

std::vector<ShopRow> shops_of(Queryable& db, MerchantId merchant) {
  std::vector<ShopRow> out;
  for (auto& [id, name, hours, line1, line2, postal_code, city, country] :
       db.rows<WarehouseId, std::string, std::string, std::string, std::string, std::string, std::string, std::string>(
           "SELECT warehouse_id, name, opening_hours, coalesce(address->>'line1', ''), coalesce(address->>'line2', ''), "
           "  coalesce(address->>'postal_code', ''), coalesce(address->>'city', ''), coalesce(address->>'country', '') "
           "FROM warehouses WHERE merchant_id = $1 AND shop ORDER BY name LIMIT 50",
           merchant)) {
    ShopRow shop{id, name, hours, {}};
    shop.address.line1 = line1;
    shop.address.line2 = line2;
    shop.address.postal_code = postal_code;
    shop.address.city = city;
    shop.address.country = country;
    out.push_back(std::move(shop));
  }
  return out;
}

std::vector<std::string> no_shops_of(Queryable& db, MerchantId merchant) {
  std::vector<std::string> names;
  for (auto& [name] :
       db.rows<std::string>("SELECT name FROM warehouses WHERE merchant_id = $1 AND NOT shop ORDER BY name LIMIT 200", merchant)) {
    names.push_back(std::move(name));
  }
  return names;
}

void mark_shop(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::string& opening_hours) {
  tx.write("UPDATE warehouses SET shop = true, opening_hours = $3 WHERE merchant_id = $1 AND warehouse_id = $2", merchant, warehouse,
           opening_hours);
}

void unmark_shop(Transaction& tx, MerchantId merchant, WarehouseId warehouse) {
  tx.write("UPDATE warehouses SET shop = false WHERE merchant_id = $1 AND warehouse_id = $2", merchant, warehouse);
}

std::vector<ReturnId> returns_to_remind(Queryable& db, MerchantId merchant, Instant until, Instant announced, int limit) {
  std::vector<ReturnId> ids;
  for (const auto& [id] :
       db.rows<ReturnId>("SELECT return_id FROM returns WHERE merchant_id = $1 AND status = 'approved' AND reminded_at IS NULL "
                         "AND label_expires_at < $2::timestamptz AND created_at < $3::timestamptz ORDER BY label_expires_at LIMIT $4::int",
                         merchant, until, announced, limit)) {
    ids.push_back(id);
  }
  return ids;
}

void mark_reminded(Transaction& tx, MerchantId merchant, ReturnId id, Instant now) {
  tx.write("UPDATE returns SET reminded_at = $3 WHERE merchant_id = $1 AND return_id = $2", merchant, id, now);
}

void drop_return_lines(Transaction& tx, MerchantId merchant, OrderId order, ReturnId id, const std::vector<ReturnLineRow>& lines) {
  std::vector<LineUnits> units;
  for (const auto& line : lines) units.push_back({line.state.line, -line.state.announced, 0});
  tx.write("DELETE FROM return_lines WHERE merchant_id = $1 AND return_id = $2", merchant, id);
  move_line_counters(tx, merchant, order, units);
}

void rewrite_return(Transaction& tx, MerchantId merchant, const ReturnRow& row, const std::vector<ReturnLineRow>& lines) {
  nlohmann::json set = nlohmann::json::array();
  std::vector<LineUnits> units;
  for (const auto& line : lines) {
    set.push_back({{"line_id", line.state.line.value},
                   {"sku", line.sku},
                   {"reason", line.reason},
                   {"note", line.note},
                   {"announced", line.state.announced}});
    units.push_back({line.state.line, line.state.announced, 0});
  }
  tx.write(
      "UPDATE returns SET outcome = $3, decision = $4, policy_version = $5, updated_at = $6, asked = $7 "
      "WHERE merchant_id = $1 AND return_id = $2",
      merchant, row.id, domain::to_text(row.outcome), row.decision, row.policy_version, row.updated_at, row.asked);
  tx.write(
      "INSERT INTO return_lines (merchant_id, return_id, line_id, order_id, sku, reason, note, announced) "
      "SELECT $1, $2, x.line_id, $3, x.sku, x.reason, x.note, x.announced "
      "FROM jsonb_to_recordset($4::jsonb) AS x(line_id bigint, sku text, reason text, note text, announced bigint)",
      merchant, row.id, row.order, set.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  move_line_counters(tx, merchant, row.order, units);
}

}  // namespace roundtrip::store
