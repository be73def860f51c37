// Scan statements.
#include "store/scans.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {
constexpr std::string_view kLockStation =
    "SELECT station_id, warehouse_id, name, kind, shipment_id, parcel_id, return_id, bin_id, line_id, quantity, user_id, memory FROM "
    "stations "
    "WHERE merchant_id = $1 AND name = $2 FOR UPDATE";
// Written so that its plan does not hang on statistics: a statement planned while the tables are small is kept, and must still look
// rows up by their keys when they have grown (scalar subqueries, and OFFSET 0 so that ORDER BY ... LIMIT cannot choose the index).
constexpr std::string_view kResolve =
    "SELECT sc.request_hash, sc.answer, sc.outcome, sc.code, p.sku, p.name, sh.shipment_id, sh.order_id, pc.parcel_id, pc.order_id, "
    "pc.shipment_id, rt.return_id, "
    "rt.order_id, b.bin_id, b.name, u.user_id, u.login, "
    "(SELECT cs.order_id FROM shipments cs WHERE cs.merchant_id = $1 AND cs.shipment_id = st.shipment_id), "
    "(SELECT cr.order_id FROM returns cr WHERE cr.merchant_id = $1 AND cr.return_id = st.return_id) "
    "FROM stations st "
    "LEFT JOIN scans sc ON sc.merchant_id = $1 AND sc.scan_id = $3::uuid "
    "LEFT JOIN LATERAL (SELECT k.sku, k.name FROM products k WHERE k.merchant_id = $1 AND k.sku = coalesce((SELECT c.sku FROM "
    "product_barcodes c "
    "WHERE c.merchant_id = $1 AND c.barcode = ANY (ARRAY(SELECT jsonb_array_elements_text($6::jsonb))) LIMIT 1), $7::text)) p ON true "
    "LEFT JOIN shipments sh ON sh.merchant_id = $1 AND $4::text = 'S' AND sh.shipment_id = $5::bigint "
    "LEFT JOIN LATERAL (SELECT x.parcel_id, x.order_id, x.shipment_id FROM parcels x WHERE x.merchant_id = $1 AND x.parcel_id = $5::bigint "
    "AND $4::text = 'P' "
    "UNION ALL (SELECT z.parcel_id, z.order_id, z.shipment_id FROM (SELECT y.parcel_id, y.order_id, y.shipment_id FROM parcels y WHERE "
    "y.merchant_id = $1 "
    "AND y.tracking_number = ANY (ARRAY(SELECT jsonb_array_elements_text($8::jsonb))) OFFSET 0) z ORDER BY z.parcel_id DESC LIMIT 1) LIMIT "
    "1) pc ON true "
    "LEFT JOIN LATERAL (SELECT x.return_id, x.order_id FROM returns x WHERE x.merchant_id = $1 AND x.return_id = $5::bigint AND $4::text = "
    "'R' "
    "UNION ALL (SELECT z.return_id, z.order_id FROM (SELECT y.return_id, y.order_id FROM returns y WHERE y.merchant_id = $1 AND "
    "y.tracking_number = ANY (ARRAY(SELECT jsonb_array_elements_text($8::jsonb))) OFFSET 0) z "
    "ORDER BY z.return_id DESC LIMIT 1) LIMIT 1) rt ON true "
    "LEFT JOIN bins b ON b.merchant_id = $1 AND $4::text = 'B' AND b.bin_id = $5::bigint "
    "LEFT JOIN users u ON u.merchant_id = $1 AND $4::text = 'U' AND u.user_id = $5::bigint AND u.disabled_at IS NULL "
    "WHERE st.merchant_id = $1 AND st.name = $2";
}  // namespace

std::optional<ScanResolution> lock_station_and_resolve(Transaction& tx, MerchantId merchant, const ScanQuestion& question) {
  const auto list = [](const std::vector<std::string>& all) {
    return nlohmann::json(all).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  auto all = tx.run_all({{std::string(kLockStation), {merchant, question.station}},
                         {std::string(kResolve),
                          {merchant, question.station, question.scan_id, question.own_kind, question.own_number, list(question.barcodes),
                           question.text, list(question.numbers)}}});
  if (all[0].empty() || all[1].empty()) return std::nullopt;
  ScanResolution facts;
  std::tie(facts.station.id, facts.station.warehouse, facts.station.name, facts.station.kind, facts.station.shipment, facts.station.parcel,
           facts.station.return_id, facts.station.bin, facts.station.line, facts.station.quantity, facts.station.user,
           facts.station.memory) =
      to_tuple<StationId, WarehouseId, std::string, std::string, std::optional<ShipmentId>, std::optional<ParcelId>,
               std::optional<ReturnId>, std::optional<BinId>, std::optional<LineId>, std::int64_t, std::optional<UserId>, std::string>(
          all[0][0]);
  std::tie(facts.replay_hash, facts.replay_answer, facts.replay_outcome, facts.replay_code, facts.sku, facts.product_name, facts.shipment,
           facts.shipment_order, facts.parcel, facts.parcel_order, facts.parcel_shipment, facts.return_id, facts.return_order, facts.bin,
           facts.bin_name, facts.badge, facts.badge_login, facts.context_order, facts.context_return_order) =
      to_tuple<std::optional<std::string>, std::optional<std::string>, std::optional<std::string>, std::optional<std::string>,
               std::optional<std::string>, std::optional<std::string>, std::optional<ShipmentId>, std::optional<OrderId>,
               std::optional<ParcelId>, std::optional<OrderId>, std::optional<ShipmentId>, std::optional<ReturnId>, std::optional<OrderId>,
               std::optional<BinId>, std::optional<std::string>, std::optional<UserId>, std::optional<std::string>, std::optional<OrderId>,
               std::optional<OrderId>>(all[1][0]);
  return facts;
}

void add_scan(Transaction& tx, MerchantId merchant, const ScanRow& row, Instant now) {
  tx.write(
      "INSERT INTO scans (merchant_id, scan_id, station_id, barcode, request_hash, outcome, code, answer, order_id, actor, scanned_at, "
      "received_at) "
      "VALUES ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      merchant, row.scan_id, row.station, row.barcode, row.request_hash, row.outcome, row.code, row.answer, row.order, row.actor,
      row.scanned_at, now);
}

std::optional<KeptScan> find_scan(Queryable& db, MerchantId merchant, const std::string& scan_id) {
  auto found = db.row<std::string, std::string, std::string, std::string>(
      "SELECT request_hash, answer, outcome, code FROM scans WHERE merchant_id = $1 AND scan_id = $2::uuid", merchant, scan_id);
  if (!found) return std::nullopt;
  return KeptScan{std::get<0>(*found), std::get<1>(*found), std::get<2>(*found), std::get<3>(*found)};
}

std::vector<LastScan> latest_scans(Queryable& db, MerchantId merchant, StationId station, int limit) {
  std::vector<LastScan> out;
  for (auto& [id, barcode, outcome, code, answer, at] : db.rows<std::string, std::string, std::string, std::string, std::string, Instant>(
           "SELECT scan_id, barcode, outcome, code, answer, received_at FROM scans WHERE merchant_id = $1 AND station_id = $2 ORDER BY "
           "received_at DESC LIMIT $3",
           merchant, station, limit)) {
    out.push_back({id, barcode, outcome, code, answer, at});
  }
  return out;
}

std::vector<ReturnId> open_returns(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<ReturnId> out;
  for (auto& [id] : db.rows<ReturnId>(
           "SELECT return_id FROM returns WHERE merchant_id = $1 AND order_id = $2 AND status IN ('requested', 'approved', 'in_transit', "
           "'partly_received') ORDER BY return_id",
           merchant, order)) {
    out.push_back(id);
  }
  return out;
}

std::optional<LineId> return_line_of_sku(Queryable& db, MerchantId merchant, ReturnId return_id, const std::string& sku) {
  return db.value<LineId>(
      "SELECT line_id FROM return_lines WHERE merchant_id = $1 AND return_id = $2 AND sku = $3 AND received < announced ORDER BY line_id "
      "LIMIT 1",
      merchant, return_id, sku);
}

}  // namespace roundtrip::store
