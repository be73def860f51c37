// A scan's two statements before any decision: lock the station, find out what the barcode is.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"
#include "store/stations.hpp"

namespace roundtrip::store {

struct ScanQuestion {
  std::string station, scan_id;
  std::optional<std::string> own_kind;  // "S", "P" ... when it is one of our codes
  std::int64_t own_number = 0;
  std::vector<std::string> barcodes;  // forms a product's barcode may be kept in
  std::vector<std::string> numbers;   // forms a tracking number may be kept in
  std::string text;                   // for SKUs
};

// Everything the barcode could be in this merchant's data; empty where it is not.
struct ScanResolution {
  Station station;
  std::optional<std::string> replay_hash, replay_answer, replay_outcome, replay_code;
  std::optional<std::string> sku, product_name;
  std::optional<ShipmentId> shipment;
  std::optional<OrderId> shipment_order;
  std::optional<ParcelId> parcel;
  std::optional<OrderId> parcel_order;
  std::optional<ShipmentId> parcel_shipment;
  std::optional<ReturnId> return_id;
  std::optional<OrderId> return_order;
  std::optional<BinId> bin;
  std::optional<std::string> bin_name;
  std::optional<UserId> badge;
  std::optional<std::string> badge_login;
  std::optional<OrderId> context_order;         // of the station's shipment
  std::optional<OrderId> context_return_order;  // of the station's return
};
// One round trip: the station stays locked until the transaction ends. Nothing for an unknown station.
std::optional<ScanResolution> lock_station_and_resolve(Transaction& tx, MerchantId merchant, const ScanQuestion& question);

struct ScanRow {
  std::string scan_id, barcode, request_hash, outcome, code, answer, actor;
  StationId station;
  std::optional<OrderId> order;
  Instant scanned_at;
};
void add_scan(Transaction& tx, MerchantId merchant, const ScanRow& row, Instant now);

struct KeptScan {
  std::string request_hash, answer, outcome, code;
};
std::optional<KeptScan> find_scan(Queryable& db, MerchantId merchant, const std::string& scan_id);

struct LastScan {
  std::string scan_id, barcode, outcome, code, answer;
  Instant at;
};
std::vector<LastScan> latest_scans(Queryable& db, MerchantId merchant, StationId station, int limit);
// Returns of an order that goods may still come for.
std::vector<ReturnId> open_returns(Queryable& db, MerchantId merchant, OrderId order);

// The line of a return that a scanned item counts for: one of this SKU that still misses units.
std::optional<LineId> return_line_of_sku(Queryable& db, MerchantId merchant, ReturnId return_id, const std::string& sku);

}  // namespace roundtrip::store
