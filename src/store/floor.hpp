// What a station's screen shows: the work under way, the queue, the last scans. Reads only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct StationFacts {
  StationId id;
  WarehouseId warehouse;
  std::string warehouse_name, name, kind;
  std::optional<ShipmentId> shipment;
  std::optional<ParcelId> parcel;
  std::optional<ReturnId> under_return;
  std::int64_t quantity = 1;
  std::string memory;  // of the returns station
};
std::vector<StationFacts> stations_of(Queryable& db, MerchantId merchant);
std::optional<StationFacts> station_facts(Queryable& db, MerchantId merchant, std::string_view name);

// One line of the work under way. `bins` in walking order: "A-01 × 2, B-03 × 1"; empty: nowhere.
struct WorkLine {
  LineId line;
  std::string sku, description, bins, image_url;
  std::int64_t wanted = 0, picked = 0, packed = 0;
  std::int64_t walk_order = 0;
};
struct ShipmentHead {
  ShipmentId id;
  OrderId order;
  std::string external_id, status, reason;
  Instant ship_by;
};
std::optional<ShipmentHead> shipment_head(Queryable& db, MerchantId merchant, ShipmentId shipment);
std::vector<WorkLine> shipment_work(Queryable& db, MerchantId merchant, ShipmentId shipment);
// Lines of a return at the returns station: wanted = announced, picked = received, packed = accepted.
std::vector<WorkLine> return_work(Queryable& db, MerchantId merchant, ReturnId return_id);

struct QueueEntry {
  std::int64_t number = 0;  // of the shipment, parcel or return, by the station's kind
  std::string external_id, status, bins;
  std::int64_t units = 0, lines = 0;
  std::optional<Instant> due;
};
struct QueueFacts {
  std::vector<QueueEntry> first;
  std::int64_t count = 0;  // counted up to 1000
};
// The shipments of a warehouse in one of the (blank-separated) states, not held, most urgent first.
QueueFacts shipment_queue(Queryable& db, MerchantId merchant, WarehouseId warehouse, std::string_view states, int limit);
// Closed parcels that wait for the carrier.
QueueFacts parcel_queue(Queryable& db, MerchantId merchant, WarehouseId warehouse, int limit);
// Returns that are on their way or may arrive.
QueueFacts return_queue(Queryable& db, MerchantId merchant, int limit);

struct ScanFacts {
  std::string barcode, outcome, code, answer, actor;  // answer: the JSON that was given
  Instant at;
};
std::vector<ScanFacts> last_scans(Queryable& db, MerchantId merchant, StationId station, int limit);

struct BinFacts {
  BinId id;
  std::string name;
};
std::vector<BinFacts> bins_of(Queryable& db, MerchantId merchant, int limit);

}  // namespace roundtrip::store
