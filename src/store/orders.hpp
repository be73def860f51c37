// Orders, lines, payments and planned shipments: written in sets, read as views.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/orders.hpp"
#include "domain/shipments.hpp"
#include "domain/stock.hpp"
#include "store/database.hpp"
#include "store/timeline.hpp"

namespace roundtrip::store {

struct WarehouseFacts {
  WarehouseId id;
  std::string name, time_zone;
  int cutoff_hour = 14, handling_days = 1, transit_days = 3;
};
// By name, or the merchant's first when the name is empty.
std::optional<WarehouseFacts> find_warehouse(Queryable& db, MerchantId merchant, const std::string& name);

// Fresh numbers for rows to be written; nobody else gets them.
struct OrderNumbers {
  std::vector<OrderId> orders;
  std::vector<LineId> lines;
  std::vector<ShipmentId> shipments;
  std::vector<PaymentId> payments;
};
OrderNumbers draw_numbers(Queryable& db, int orders, int lines, int shipments, int payments);

struct ExistingOrder {
  OrderId id;
  std::string content_hash;
};
std::optional<ExistingOrder> find_by_external_id(Queryable& db, MerchantId merchant, const std::string& external_id);

struct PlannedShipment {
  ShipmentId id;
  domain::ShipmentStatus status = domain::ShipmentStatus::allocated;
  std::string reason;
  std::vector<domain::Demand> lines;
  std::vector<domain::Allocation> allocations;
};

// One order with everything that is written with it.
struct PlannedOrder {
  OrderHead head;  // status, currency, warehouse; seq and hash after its timeline entries
  domain::NewOrder order;
  std::string content_hash;
  std::vector<LineId> lines;
  std::vector<domain::FrozenLine> frozen;
  std::vector<PaymentId> payments;
  std::vector<PlannedShipment> shipments;
  std::vector<TimelineEntry> entries;  // already counted in head.seq; hashes in entry_hashes
  std::vector<std::string> entry_hashes;
  std::int64_t total = 0, captured = 0;
  Instant promised_ship_at, promised_deliver_at;
  Instant received_at;  // also the time of its timeline entries and postings
};
// Adds an entry to the plan's timeline and moves its head on.
void plan_entry(PlannedOrder& plan, TimelineEntry entry);
// Queues products that are missing, orders, lines, payments, capture postings, shipments, allocations,
// reservations and timeline of all plans: a fixed number of statements whatever the number of orders.
void write_orders(Transaction& tx, MerchantId merchant, const std::vector<PlannedOrder>& plans);

// Locks the stock of these SKUs in a warehouse (see the law of locks) and gives what is available,
// places in walking order.
std::vector<domain::StockPlace> lock_stock(Transaction& tx, MerchantId merchant, WarehouseId warehouse,
                                           const std::vector<std::string>& skus);

}  // namespace roundtrip::store
