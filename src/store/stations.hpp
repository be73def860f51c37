// Stations and what they remember.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace roundtrip::store {

struct Station {
  StationId id;
  WarehouseId warehouse;
  std::string name, kind;
  std::optional<ShipmentId> shipment;
  std::optional<ParcelId> parcel;
  std::optional<ReturnId> return_id;
  std::optional<BinId> bin;
  std::optional<LineId> line;
  std::int64_t quantity = 1;
  std::optional<UserId> user;
  std::string memory = {};  // JSON of the returns station; empty: nothing
};
// FOR UPDATE.
std::optional<Station> lock_station(Transaction& tx, MerchantId merchant, const std::string& name);
// Queued.
void save_station(Transaction& tx, MerchantId merchant, const Station& station, Instant now);

struct StationListRow {
  std::string name, kind, warehouse;
};
std::vector<StationListRow> station_names(Queryable& db, MerchantId merchant);
struct StationRead {
  Station station;
  std::string warehouse_name, user_login, order_external_id;
  std::optional<OrderId> order;
};
std::optional<StationRead> find_station(Queryable& db, MerchantId merchant, const std::string& name);

}  // namespace roundtrip::store
