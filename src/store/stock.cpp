// Stock statements.
#include "store/stock.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {

void reserve_stock(Transaction& tx, MerchantId merchant, const std::string& rows) { tx.write(kReserveStock, merchant, rows); }

namespace {
constexpr std::string_view kLowerAllocations =
    "WITH r AS (SELECT line_id, bin_id, lot, quantity FROM jsonb_to_recordset($3::jsonb) AS r(line_id bigint, bin_id bigint, lot text, "
    "quantity bigint)), "
    "gone AS (DELETE FROM allocations a USING r WHERE a.merchant_id = $1 AND a.shipment_id = $2 AND a.line_id = r.line_id AND a.bin_id = "
    "r.bin_id "
    "AND a.lot = r.lot AND a.quantity <= r.quantity) "
    "UPDATE allocations a SET quantity = a.quantity - r.quantity FROM r WHERE a.merchant_id = $1 AND a.shipment_id = $2 AND a.line_id = "
    "r.line_id "
    "AND a.bin_id = r.bin_id AND a.lot = r.lot AND a.quantity > r.quantity";

// Locks the rows' stock in the law's order before a statement changes them in whatever order it finds them.
void lock_rows_of_stock(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::string& rows) {
  tx.write(
      "SELECT 1 FROM (SELECT DISTINCT sku, bin_id, lot FROM jsonb_to_recordset($3::jsonb) AS r(sku text, bin_id bigint, lot text)) p "
      "JOIN stock s ON s.merchant_id = $1 AND s.warehouse_id = $2 AND s.sku = p.sku AND s.bin_id = p.bin_id AND s.lot = p.lot "
      "ORDER BY s.sku, s.bin_id, s.lot FOR UPDATE OF s",
      merchant, warehouse, rows);
}
}  // namespace

void lock_stock_of_order(Transaction& tx, MerchantId merchant, OrderId order) {
  tx.write(
      "SELECT 1 FROM (SELECT DISTINCT h.warehouse_id, a.sku, a.bin_id, a.lot FROM shipments h "
      "JOIN allocations a ON a.merchant_id = h.merchant_id AND a.shipment_id = h.shipment_id WHERE h.merchant_id = $1 AND h.order_id = $2) "
      "p "
      "JOIN stock s ON s.merchant_id = $1 AND s.warehouse_id = p.warehouse_id AND s.sku = p.sku AND s.bin_id = p.bin_id AND s.lot = p.lot "
      "ORDER BY s.warehouse_id, s.sku, s.bin_id, s.lot FOR UPDATE OF s",
      merchant, order);
}

void release_allocations(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse, const std::string& rows) {
  lock_rows_of_stock(tx, merchant, warehouse, rows);
  tx.write(kLowerAllocations, merchant, shipment, rows);
  tx.write(
      "UPDATE stock s SET reserved = s.reserved - t.quantity FROM (SELECT sku, bin_id, lot, sum(quantity)::bigint AS quantity "
      "FROM jsonb_to_recordset($3::jsonb) AS r(sku text, bin_id bigint, lot text, quantity bigint) GROUP BY sku, bin_id, lot) t "
      "WHERE s.merchant_id = $1 AND s.warehouse_id = $2 AND s.sku = t.sku AND s.bin_id = t.bin_id AND s.lot = t.lot",
      merchant, warehouse, rows);
}

void consume_allocations(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse, const std::string& rows,
                         const std::string& reason, const std::string& reference, const std::string& actor, Instant now) {
  lock_rows_of_stock(tx, merchant, warehouse, rows);
  tx.write(kLowerAllocations, merchant, shipment, rows);
  tx.write(
      "WITH t AS (SELECT sku, bin_id, lot, sum(quantity)::bigint AS quantity "
      "FROM jsonb_to_recordset($3::jsonb) AS r(sku text, bin_id bigint, lot text, quantity bigint) GROUP BY sku, bin_id, lot), "
      "moved AS (INSERT INTO stock_movements (merchant_id, warehouse_id, bin_id, sku, lot, quantity, reason, reference, actor, moved_at) "
      "SELECT $1, $2, bin_id, sku, lot, -quantity, $4, $5, $6, $7 FROM t) "
      "UPDATE stock s SET reserved = s.reserved - t.quantity, on_hand = s.on_hand - t.quantity FROM t "
      "WHERE s.merchant_id = $1 AND s.warehouse_id = $2 AND s.sku = t.sku AND s.bin_id = t.bin_id AND s.lot = t.lot",
      merchant, warehouse, rows, reason, reference, actor, now);
}

LockedLevel lock_level(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::string& sku, BinId bin) {
  const auto row = tx.row<std::int64_t, std::int64_t, std::int64_t>(
      "SELECT on_hand, reserved, damaged FROM stock WHERE merchant_id = $1 AND warehouse_id = $2 AND sku = $3 AND bin_id = $4 AND lot = '' "
      "FOR UPDATE",
      merchant, warehouse, sku, bin);
  if (!row) return {};
  return {std::get<0>(*row), std::get<1>(*row), std::get<2>(*row)};
}

PlaceLevel book_movement(Queryable& db, MerchantId merchant, const MovementRow& movement, const std::string& actor, Instant now) {
  // A row that is only updated would fail its checks in INSERT first, so new rows start at zero.
  db.run("INSERT INTO stock (merchant_id, warehouse_id, sku, bin_id, lot) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
         {merchant, movement.warehouse, movement.sku, movement.bin, movement.lot});
  const auto row = db.row<MovementId, std::int64_t, std::int64_t, std::int64_t>(
      "WITH level AS (UPDATE stock SET on_hand = on_hand + $6::bigint, damaged = damaged + $7::bigint WHERE merchant_id = $1 AND "
      "warehouse_id = $2 "
      "AND sku = $3 AND bin_id = $4 AND lot = $5 RETURNING on_hand, reserved, damaged), "
      "moved AS (INSERT INTO stock_movements (merchant_id, warehouse_id, sku, bin_id, lot, quantity, damaged, reason, reference, actor, "
      "moved_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING movement_id) "
      "SELECT moved.movement_id, level.on_hand, level.reserved, level.damaged FROM level, moved",
      merchant, movement.warehouse, movement.sku, movement.bin, movement.lot, movement.quantity, movement.damaged, movement.reason,
      movement.reference, actor, now);
  const auto& [id, on_hand, reserved, damaged] = row.value();
  return {id, on_hand, reserved, damaged};
}

void queue_movements(Transaction& tx, MerchantId merchant, const std::vector<MovementRow>& movements, const std::string& actor,
                     Instant now) {
  using nlohmann::json;
  if (movements.empty()) return;
  json rows = json::array();
  for (const auto& one : movements) {
    rows.push_back({{"warehouse_id", one.warehouse.value},
                    {"bin_id", one.bin.value},
                    {"sku", one.sku},
                    {"lot", one.lot},
                    {"quantity", one.quantity},
                    {"damaged", one.damaged},
                    {"reason", one.reason},
                    {"reference", one.reference}});
  }
  const std::string text = rows.dump(-1, ' ', false, json::error_handler_t::replace);
  tx.write(
      "WITH m AS (SELECT warehouse_id, bin_id, sku, lot, quantity, damaged, reason, reference FROM jsonb_to_recordset($2::jsonb) AS "
      "m(warehouse_id bigint, "
      "bin_id bigint, sku text, lot text, quantity bigint, damaged bigint, reason text, reference text)), "
      "moved AS (INSERT INTO stock_movements (merchant_id, warehouse_id, bin_id, sku, lot, quantity, damaged, reason, reference, actor, "
      "moved_at) "
      "SELECT $1, warehouse_id, bin_id, sku, lot, quantity, damaged, reason, reference, $3, $4 FROM m) "
      "INSERT INTO stock (merchant_id, warehouse_id, sku, bin_id, lot, on_hand, damaged) "
      "SELECT $1, warehouse_id, sku, bin_id, lot, sum(quantity)::bigint, sum(damaged)::bigint FROM m GROUP BY warehouse_id, sku, bin_id, "
      "lot ORDER BY sku, bin_id, lot "
      "ON CONFLICT (merchant_id, warehouse_id, sku, bin_id, lot) DO UPDATE SET on_hand = stock.on_hand + EXCLUDED.on_hand, "
      "damaged = stock.damaged + EXCLUDED.damaged",
      merchant, text, actor, now);
}

std::optional<BinPlace> find_bin(Queryable& db, MerchantId merchant, const std::string& warehouse, const std::string& bin) {
  const auto found = db.row<WarehouseId, BinId>(
      "SELECT w.warehouse_id, b.bin_id FROM warehouses w JOIN bins b ON b.merchant_id = w.merchant_id AND b.warehouse_id = w.warehouse_id "
      "WHERE w.merchant_id = $1 AND ($2 = '' OR w.name = $2) AND ($3 = '' OR b.name = $3) ORDER BY w.warehouse_id, b.walk_order, b.bin_id "
      "LIMIT 1",
      merchant, warehouse, bin);
  if (!found) return std::nullopt;
  return BinPlace{std::get<0>(*found), std::get<1>(*found)};
}

std::optional<BinId> first_bin(Queryable& db, MerchantId merchant, WarehouseId warehouse) {
  return db.value<BinId>("SELECT bin_id FROM bins WHERE merchant_id = $1 AND warehouse_id = $2 ORDER BY walk_order, bin_id LIMIT 1",
                         merchant, warehouse);
}

std::vector<LevelRow> stock_levels(Queryable& db, MerchantId merchant, const std::string& sku) {
  std::vector<LevelRow> out;
  for (auto& [warehouse, bin, lot, on_hand, reserved, damaged] :
       db.rows<std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
           "SELECT w.name, b.name, s.lot, s.on_hand, s.reserved, s.damaged FROM stock s "
           "JOIN warehouses w ON w.merchant_id = s.merchant_id AND w.warehouse_id = s.warehouse_id "
           "JOIN bins b ON b.merchant_id = s.merchant_id AND b.bin_id = s.bin_id "
           "WHERE s.merchant_id = $1 AND s.warehouse_id IN (SELECT warehouse_id FROM warehouses WHERE merchant_id = $1) AND s.sku = $2 "
           "ORDER BY w.warehouse_id, b.walk_order, b.bin_id, s.lot",
           merchant, sku)) {
    out.push_back({warehouse, bin, lot, on_hand, reserved, damaged});
  }
  return out;
}

std::vector<StockFault> verify_stock(Queryable& db, MerchantId merchant) {
  std::vector<StockFault> faults;
  for (auto& [sku, what] : db.rows<std::string, std::string>(
           "SELECT s.sku, 'on_hand ' || s.on_hand || ', movements ' || coalesce(m.quantity, 0) FROM stock s "
           "LEFT JOIN (SELECT warehouse_id, sku, bin_id, lot, sum(quantity) AS quantity FROM stock_movements WHERE merchant_id = $1 "
           "GROUP BY warehouse_id, sku, bin_id, lot) m ON m.warehouse_id = s.warehouse_id AND m.sku = s.sku AND m.bin_id = s.bin_id AND "
           "m.lot = s.lot "
           "WHERE s.merchant_id = $1 AND s.on_hand <> coalesce(m.quantity, 0) "
           "UNION ALL SELECT s.sku, 'reserved ' || s.reserved || ', allocations ' || coalesce(a.quantity, 0) FROM stock s "
           "LEFT JOIN (SELECT sku, bin_id, lot, sum(quantity) AS quantity FROM allocations WHERE merchant_id = $1 GROUP BY sku, bin_id, "
           "lot) a "
           "ON a.sku = s.sku AND a.bin_id = s.bin_id AND a.lot = s.lot WHERE s.merchant_id = $1 AND s.reserved <> coalesce(a.quantity, 0) "
           "LIMIT 1000",
           merchant)) {
    faults.push_back({sku, what});
  }
  return faults;
}

}  // namespace roundtrip::store
