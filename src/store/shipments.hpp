// Shipments under work: read for a decision, moved on, canceled, allocated again.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/shipments.hpp"
#include "domain/stock.hpp"
#include "store/database.hpp"
#include "store/timeline.hpp"

namespace roundtrip::store {

struct ShipmentWorkLine {
  LineId line;
  std::string sku, name, image_url;
  std::int64_t quantity = 0, picked = 0, packed = 0;
};
struct WorkPlace {  // where an allocated line lies
  LineId line;
  BinId bin;
  std::string bin_name, lot;
  int walk_order = 0;
  std::int64_t quantity = 0;
};
struct WorkParcel {
  ParcelId id;
  std::string state;                                       // open closed handed_over canceled
  std::string tracking_number, carrier, account, service;  // empty: not known yet
  std::string booking;                                     // state of the label bought for it (domain::BookingState); empty: none
  std::string booking_error;
  std::optional<int> weight_g;
  std::vector<std::pair<LineId, std::int64_t>> items;
};
struct Work {
  ShipmentId id;
  OrderId order;
  domain::ShipmentStatus status = domain::ShipmentStatus::allocated;
  WarehouseId warehouse;
  bool held = false;
  std::string service;
  std::optional<Instant> promised_deliver_at;
  std::optional<StationId> picker;
  std::vector<ShipmentWorkLine> lines;
  std::vector<WorkPlace> places;
  std::vector<WorkParcel> parcels;
};

domain::Progress progress_of(const Work& work);

struct LockedWork {
  OrderHead head;
  std::vector<Work> shipments;  // of the order, oldest first; places and parcels included
};
// Locks the order, then reads its shipments (or one of them) as they are under the lock: one round trip.
std::optional<LockedWork> lock_work(Transaction& tx, MerchantId merchant, OrderId order, std::optional<ShipmentId> only);

// Queued writes.
void save_shipment_status(Transaction& tx, MerchantId merchant, ShipmentId shipment, domain::ShipmentStatus status,
                          const std::string& reason, Instant now);
void save_line_progress(Transaction& tx, MerchantId merchant, ShipmentId shipment, const ShipmentWorkLine& line);
void add_units_to_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, const ShipmentWorkLine& line, std::int64_t units);
void open_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, ShipmentId shipment, OrderId order, Instant now);
// What the parcel goes with, as people say it, and its number where it is known before the parcel leaves.
struct ParcelRoute {
  std::string carrier, account, service, number;
};
void save_parcel_route(Transaction& tx, MerchantId merchant, ParcelId parcel, const ParcelRoute& route);
// What the choice of a service looks at.
struct ParcelShippingFacts {
  std::string order_service, country;
  int weight_g = 0;  // as weighed, else the sum of its products' weights
  std::optional<Instant> promised_deliver_at;
  std::int64_t utc_offset_us = 0;  // of the warehouse at `now`
};
std::optional<ParcelShippingFacts> parcel_shipping_facts(Queryable& db, MerchantId merchant, ParcelId parcel, Instant now);
void close_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, std::optional<int> weight_g, Instant now);
ParcelId draw_parcel_number(Queryable& db);
void set_picker(Transaction& tx, MerchantId merchant, ShipmentId shipment, StationId station);

// The goods of a parcel leave: parcel handed over, order lines shipped, allocations of the shipment's lines
// consumed, stock and reservation down, a movement each. With a carrier it waits for that carrier's manifest.
void hand_over_parcel(Transaction& tx, MerchantId merchant, const Work& work, const WorkParcel& parcel, const std::string& actor,
                      Instant now);
void mark_shipment_handed_over(Transaction& tx, MerchantId merchant, ShipmentId shipment, Instant now);

// Another warehouse serves the shipment; what it had reserved was released.
void move_shipment(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse);
// The customer took the parcel at a counter: it has arrived, without a carrier.
void mark_collected(Transaction& tx, MerchantId merchant, ParcelId parcel, Instant now);

// Frees `units` of a shipment line's reservation (latest places first) and lowers or removes the line.
void free_units(Transaction& tx, MerchantId merchant, const Work& work, LineId line, std::int64_t units);
// Units that a picker did not find: reservation freed and the bin's stock corrected by a movement.
void write_off_units(Transaction& tx, MerchantId merchant, const Work& work, LineId line, std::int64_t units, const std::string& reason,
                     const std::string& actor, Instant now);
void add_shipment(Transaction& tx, MerchantId merchant, ShipmentId id, const OrderHead& head, const Work& like,
                  domain::ShipmentStatus status, const std::string& reason, const std::vector<domain::Demand>& lines, Instant now);
// Reservations for a shipment that exists.
void add_allocations(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse,
                     const std::vector<domain::Allocation>& allocations);
ShipmentId draw_shipment_number(Queryable& db);

// Backordered shipments that wait for any of these SKUs, oldest promise first.
struct Waiting {
  ShipmentId shipment;
  OrderId order;
  WarehouseId warehouse;
};
std::vector<Waiting> waiting_for(Queryable& db, MerchantId merchant, const std::vector<std::string>& skus, int limit);
// SKUs that backordered shipments wait for although their warehouse has some: whoever put it there died before it was given out.
std::vector<std::string> skus_not_given_out(Queryable& db, MerchantId merchant, int limit);

struct QueuedShipment {
  ShipmentId id;
  OrderId order;
  std::string external_id, status, customer_name;
  Instant ship_by;
  std::int64_t lines = 0, units = 0;
};
// What a station of this kind could take next, oldest promise first: pick: allocated; pack: picked;
// dispatch: packed and labeled.
std::vector<QueuedShipment> shipment_queue(Queryable& db, MerchantId merchant, WarehouseId warehouse,
                                           const std::vector<std::string>& statuses, int limit);

}  // namespace roundtrip::store
