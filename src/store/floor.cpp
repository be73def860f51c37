// Reads of stations, shipments, allocations and scans for the floor's screens.
#include "store/floor.hpp"

namespace roundtrip::store {
namespace {
using StationTuple = std::tuple<StationId, WarehouseId, std::string, std::string, std::string, std::optional<ShipmentId>,
                                std::optional<ParcelId>, std::optional<ReturnId>, std::int64_t, std::string>;
StationFacts to_station(const StationTuple& row) {
  const auto& [id, warehouse, warehouse_name, name, kind, shipment, parcel, under_return, quantity, memory] = row;
  return {id, warehouse, warehouse_name, name, kind, shipment, parcel, under_return, quantity, memory};
}
#define RT_STATION_SELECT                                                                                                       \
  "SELECT s.station_id, s.warehouse_id, w.name, s.name, s.kind, s.shipment_id, s.parcel_id, s.return_id, s.quantity, s.memory " \
  "FROM stations s JOIN warehouses w ON w.merchant_id = s.merchant_id AND w.warehouse_id = s.warehouse_id WHERE s.merchant_id = $1 "

using WorkTuple =
    std::tuple<LineId, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
std::vector<WorkLine> to_work(const std::vector<WorkTuple>& rows) {
  std::vector<WorkLine> out;
  for (const auto& [line, sku, description, bins, image, wanted, picked, packed, walk] : rows) {
    out.push_back({line, sku, description, bins, image, wanted, picked, packed, walk});
  }
  return out;
}

using QueueTuple = std::tuple<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t, std::optional<Instant>>;
std::vector<QueueEntry> to_queue(const std::vector<QueueTuple>& rows) {
  std::vector<QueueEntry> out;
  for (const auto& [number, external_id, status, bins, units, lines, due] : rows) {
    out.push_back({number, external_id, status, bins, units, lines, due});
  }
  return out;
}
}  // namespace

std::vector<StationFacts> stations_of(Queryable& db, MerchantId merchant) {
  std::vector<StationFacts> out;
  for (const auto& row :
       db.rows<StationId, WarehouseId, std::string, std::string, std::string, std::optional<ShipmentId>, std::optional<ParcelId>,
               std::optional<ReturnId>, std::int64_t, std::string>(RT_STATION_SELECT "ORDER BY s.name LIMIT 500", merchant)) {
    out.push_back(to_station(row));
  }
  return out;
}

std::optional<StationFacts> station_facts(Queryable& db, MerchantId merchant, std::string_view name) {
  const auto row = db.row<StationId, WarehouseId, std::string, std::string, std::string, std::optional<ShipmentId>, std::optional<ParcelId>,
                          std::optional<ReturnId>, std::int64_t, std::string>(RT_STATION_SELECT "AND s.name = $2", merchant, name);
  if (!row) return std::nullopt;
  return to_station(*row);
}

std::optional<ShipmentHead> shipment_head(Queryable& db, MerchantId merchant, ShipmentId shipment) {
  const auto row = db.row<ShipmentId, OrderId, std::string, std::string, std::string, Instant>(
      "SELECT s.shipment_id, s.order_id, o.external_id, s.status, s.reason, s.ship_by FROM shipments s "
      "JOIN orders o ON o.merchant_id = s.merchant_id AND o.order_id = s.order_id WHERE s.merchant_id = $1 AND s.shipment_id = $2",
      merchant, shipment);
  if (!row) return std::nullopt;
  const auto& [id, order, external_id, status, reason, ship_by] = *row;
  return ShipmentHead{id, order, external_id, status, reason, ship_by};
}

std::vector<WorkLine> shipment_work(Queryable& db, MerchantId merchant, ShipmentId shipment) {
  return to_work(
      db.rows<LineId, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
          "SELECT l.line_id, l.sku, coalesce(nullif(ol.description, ''), p.name, l.sku), "
          "  coalesce(string_agg(b.name || ' × ' || a.quantity, ', ' ORDER BY b.walk_order, b.name), ''), "
          "  coalesce(p.image_url, ''), l.quantity, l.picked, l.packed, coalesce(min(b.walk_order), 0) "
          "FROM shipment_lines l "
          "JOIN order_lines ol ON ol.merchant_id = l.merchant_id AND ol.order_id = l.order_id AND ol.line_id = l.line_id "
          "LEFT JOIN products p ON p.merchant_id = l.merchant_id AND p.sku = l.sku "
          "LEFT JOIN allocations a ON a.merchant_id = l.merchant_id AND a.shipment_id = l.shipment_id AND a.line_id = l.line_id "
          "LEFT JOIN bins b ON b.merchant_id = a.merchant_id AND b.bin_id = a.bin_id "
          "WHERE l.merchant_id = $1 AND l.shipment_id = $2 "
          "GROUP BY l.line_id, l.sku, ol.description, ol.position, p.name, p.image_url, l.quantity, l.picked, l.packed "
          "ORDER BY coalesce(min(b.walk_order), 0), ol.position LIMIT 1000",
          merchant, shipment));
}

std::vector<WorkLine> return_work(Queryable& db, MerchantId merchant, ReturnId return_id) {
  return to_work(
      db.rows<LineId, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
          "SELECT r.line_id, r.sku, coalesce(nullif(ol.description, ''), p.name, r.sku), r.reason, coalesce(p.image_url, ''), "
          "  r.announced, r.received, r.accepted, 0 "
          "FROM return_lines r "
          "JOIN order_lines ol ON ol.merchant_id = r.merchant_id AND ol.order_id = r.order_id AND ol.line_id = r.line_id "
          "LEFT JOIN products p ON p.merchant_id = r.merchant_id AND p.sku = r.sku "
          "WHERE r.merchant_id = $1 AND r.return_id = $2 ORDER BY ol.position LIMIT 1000",
          merchant, return_id));
}

QueueFacts shipment_queue(Queryable& db, MerchantId merchant, WarehouseId warehouse, std::string_view states, int limit) {
  QueueFacts out;
  out.first = to_queue(db.rows<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t, std::optional<Instant>>(
      "WITH first AS (SELECT merchant_id, shipment_id, order_id, status, ship_by FROM shipments "
      "  WHERE merchant_id = $1 AND warehouse_id = $2 AND status = ANY (string_to_array($3, ' ')) "
      "  AND status IN ('backordered', 'allocated', 'picking', 'picked', 'packing', 'packed', 'labeled') AND NOT held "
      "  ORDER BY ship_by, shipment_id LIMIT $4::int) "
      "SELECT f.shipment_id, o.external_id, f.status, "
      "  coalesce((SELECT string_agg(DISTINCT b.name, ', ') FROM allocations a JOIN bins b ON b.merchant_id = a.merchant_id "
      "    AND b.bin_id = a.bin_id WHERE a.merchant_id = f.merchant_id AND a.shipment_id = f.shipment_id), ''), "
      "  (SELECT coalesce(sum(l.quantity), 0)::bigint FROM shipment_lines l WHERE l.merchant_id = f.merchant_id AND l.shipment_id = "
      "f.shipment_id), "
      "  (SELECT count(*) FROM shipment_lines l WHERE l.merchant_id = f.merchant_id AND l.shipment_id = f.shipment_id), f.ship_by "
      "FROM first f JOIN orders o ON o.merchant_id = f.merchant_id AND o.order_id = f.order_id ORDER BY f.ship_by, f.shipment_id",
      merchant, warehouse, states, limit));
  out.count =
      db.value<std::int64_t>(
            "SELECT count(*) FROM (SELECT 1 FROM shipments WHERE merchant_id = $1 AND warehouse_id = $2 "
            "AND status = ANY (string_to_array($3, ' ')) "
            "AND status IN ('backordered', 'allocated', 'picking', 'picked', 'packing', 'packed', 'labeled') AND NOT held LIMIT 1000) q",
            merchant, warehouse, states)
          .value();
  return out;
}

QueueFacts parcel_queue(Queryable& db, MerchantId merchant, WarehouseId warehouse, int limit) {
  QueueFacts out;
  out.first = to_queue(db.rows<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t, std::optional<Instant>>(
      "WITH first AS (SELECT merchant_id, shipment_id, order_id, ship_by FROM shipments "
      "  WHERE merchant_id = $1 AND warehouse_id = $2 AND status IN ('packed', 'labeled') AND NOT held "
      "  ORDER BY ship_by, shipment_id LIMIT $3::int) "
      "SELECT p.parcel_id, o.external_id, p.state, coalesce(p.tracking_number, ''), "
      "  (SELECT coalesce(sum(i.quantity), 0)::bigint FROM parcel_items i WHERE i.merchant_id = p.merchant_id AND i.parcel_id = "
      "p.parcel_id), "
      "  1::bigint, f.ship_by "
      "FROM first f JOIN parcels p ON p.merchant_id = f.merchant_id AND p.shipment_id = f.shipment_id AND p.state = 'closed' "
      "JOIN orders o ON o.merchant_id = f.merchant_id AND o.order_id = f.order_id ORDER BY f.ship_by, p.parcel_id LIMIT $3::int",
      merchant, warehouse, limit));
  out.count = db.value<std::int64_t>(
                    "SELECT count(*) FROM (SELECT 1 FROM shipments s JOIN parcels p ON p.merchant_id = s.merchant_id "
                    "AND p.shipment_id = s.shipment_id AND p.state = 'closed' WHERE s.merchant_id = $1 AND s.warehouse_id = $2 "
                    "AND s.status IN ('packed', 'labeled') AND NOT s.held LIMIT 1000) q",
                    merchant, warehouse)
                  .value();
  return out;
}

QueueFacts return_queue(Queryable& db, MerchantId merchant, int limit) {
  QueueFacts out;
  out.first = to_queue(db.rows<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t, std::optional<Instant>>(
      "WITH first AS (SELECT merchant_id, return_id, order_id, status, tracking_number, updated_at FROM returns "
      "  WHERE merchant_id = $1 AND status IN ('approved', 'in_transit', 'partly_received') ORDER BY updated_at, return_id LIMIT $2::int) "
      "SELECT f.return_id, o.external_id, f.status, coalesce(f.tracking_number, ''), "
      "  (SELECT coalesce(sum(l.announced - l.received), 0)::bigint FROM return_lines l WHERE l.merchant_id = f.merchant_id AND "
      "l.return_id = f.return_id), "
      "  (SELECT count(*) FROM return_lines l WHERE l.merchant_id = f.merchant_id AND l.return_id = f.return_id), NULL "
      "FROM first f JOIN orders o ON o.merchant_id = f.merchant_id AND o.order_id = f.order_id ORDER BY f.updated_at, f.return_id",
      merchant, limit));
  out.count = db.value<std::int64_t>(
                    "SELECT count(*) FROM (SELECT 1 FROM returns WHERE merchant_id = $1 "
                    "AND status IN ('approved', 'in_transit', 'partly_received') LIMIT 1000) q",
                    merchant)
                  .value();
  return out;
}

std::vector<ScanFacts> last_scans(Queryable& db, MerchantId merchant, StationId station, int limit) {
  std::vector<ScanFacts> out;
  for (const auto& [barcode, outcome, code, answer, actor, at] :
       db.rows<std::string, std::string, std::string, std::string, std::string, Instant>(
           "SELECT barcode, outcome, code, answer, actor, received_at FROM scans WHERE merchant_id = $1 AND station_id = $2 "
           "ORDER BY received_at DESC LIMIT $3::int",
           merchant, station, limit)) {
    out.push_back({barcode, outcome, code, answer, actor, at});
  }
  return out;
}

std::vector<BinFacts> bins_of(Queryable& db, MerchantId merchant, int limit) {
  std::vector<BinFacts> out;
  for (const auto& [id, name] : db.rows<BinId, std::string>(
           "SELECT bin_id, name FROM bins WHERE merchant_id = $1 ORDER BY warehouse_id, walk_order, name LIMIT $2::int", merchant, limit)) {
    out.push_back({id, name});
  }
  return out;
}

}  // namespace roundtrip::store
