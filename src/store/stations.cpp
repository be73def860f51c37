// Station statements.
#include "store/stations.hpp"

namespace roundtrip::store {

std::optional<Station> lock_station(Transaction& tx, MerchantId merchant, const std::string& name) {
  auto row = tx.row<StationId, WarehouseId, std::string, std::string, std::optional<ShipmentId>, std::optional<ParcelId>,
                    std::optional<ReturnId>, std::optional<BinId>, std::optional<LineId>, std::int64_t, std::optional<UserId>, std::string>(
      "SELECT station_id, warehouse_id, name, kind, shipment_id, parcel_id, return_id, bin_id, line_id, quantity, user_id, memory "
      "FROM stations WHERE merchant_id = $1 AND name = $2 FOR UPDATE",
      merchant, name);
  if (!row) return std::nullopt;
  auto& [id, warehouse, found, kind, shipment, parcel, return_id, bin, line, quantity, user, memory] = *row;
  return Station{id, warehouse, found, kind, shipment, parcel, return_id, bin, line, quantity, user, memory};
}

void save_station(Transaction& tx, MerchantId merchant, const Station& station, Instant now) {
  tx.write(
      "UPDATE stations SET shipment_id = $3, parcel_id = $4, return_id = $5, bin_id = $6, line_id = $7, quantity = $8, user_id = $9, "
      "last_scan_at = $10, memory = $11 "
      "WHERE merchant_id = $1 AND station_id = $2",
      merchant, station.id, station.shipment, station.parcel, station.return_id, station.bin, station.line, station.quantity, station.user,
      now, station.memory);
}

std::vector<StationListRow> station_names(Queryable& db, MerchantId merchant) {
  std::vector<StationListRow> out;
  for (auto& [name, kind, warehouse] :
       db.rows<std::string, std::string, std::string>("SELECT s.name, s.kind, w.name FROM stations s JOIN warehouses w ON w.merchant_id = "
                                                      "s.merchant_id AND w.warehouse_id = s.warehouse_id "
                                                      "WHERE s.merchant_id = $1 ORDER BY s.name LIMIT 1000",
                                                      merchant)) {
    out.push_back({name, kind, warehouse});
  }
  return out;
}

std::optional<StationRead> find_station(Queryable& db, MerchantId merchant, const std::string& name) {
  auto found = db.row<StationId, WarehouseId, std::string, std::string, std::optional<ShipmentId>, std::optional<ParcelId>,
                      std::optional<ReturnId>, std::optional<BinId>, std::optional<LineId>, std::int64_t, std::optional<UserId>,
                      std::string, std::optional<std::string>, std::optional<std::string>, std::optional<OrderId>>(
      "SELECT s.station_id, s.warehouse_id, s.name, s.kind, s.shipment_id, s.parcel_id, s.return_id, s.bin_id, s.line_id, s.quantity, "
      "s.user_id, w.name, u.login, "
      "o.external_id, o.order_id FROM stations s JOIN warehouses w ON w.merchant_id = s.merchant_id AND w.warehouse_id = s.warehouse_id "
      "LEFT JOIN users u ON u.merchant_id = s.merchant_id AND u.user_id = s.user_id "
      "LEFT JOIN shipments h ON h.merchant_id = s.merchant_id AND h.shipment_id = s.shipment_id "
      "LEFT JOIN orders o ON o.merchant_id = h.merchant_id AND o.order_id = h.order_id WHERE s.merchant_id = $1 AND s.name = $2",
      merchant, name);
  if (!found) return std::nullopt;
  auto& [id, warehouse, found_name, kind, shipment, parcel, return_id, bin, line, quantity, user, warehouse_name, login, external, order] =
      *found;
  return StationRead{{id, warehouse, found_name, kind, shipment, parcel, return_id, bin, line, quantity, user},
                     warehouse_name,
                     login.value_or(""),
                     external.value_or(""),
                     order};
}

}  // namespace roundtrip::store
