// Stock rows and movements; reservations as allocations. JSON parameters are arrays of rows.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace roundtrip::store {

// The statement behind reserve_stock; orders that are written in sets reserve with it too.
extern const std::string_view kReserveStock;
// [{shipment_id, line_id, warehouse_id, bin_id, lot, sku, quantity}]: adds allocations and raises reserved.
void reserve_stock(Transaction& tx, MerchantId merchant, const std::string& rows);
// Queues a lock on all stock that an order's shipments have reserved, in the law's order: before several releases in one transaction.
void lock_stock_of_order(Transaction& tx, MerchantId merchant, OrderId order);
// [{line_id, bin_id, lot, sku, quantity}]: lowers allocations and reserved; on_hand stays.
void release_allocations(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse, const std::string& rows);
// The same rows: lowers allocations, reserved and on_hand, with a movement each.
void consume_allocations(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse, const std::string& rows,
                         const std::string& reason, const std::string& reference, const std::string& actor, Instant now);

struct LockedLevel {
  std::int64_t on_hand = 0, reserved = 0, damaged = 0;
};
// FOR UPDATE; zeros where nothing ever lay. Stock rows are locked last, sorted by SKU and bin.
LockedLevel lock_level(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::string& sku, BinId bin);

struct MovementRow {
  WarehouseId warehouse;
  BinId bin;
  std::string sku, lot;
  std::int64_t quantity = 0, damaged = 0;
  std::string reason, reference;
};
// Books one movement and gives the place's level afterwards; the stock row is made when missing. Fails
// with 23514 (stock_not_oversold or on_hand >= 0) when less is there than is taken away.
struct PlaceLevel {
  MovementId movement;
  std::int64_t on_hand = 0, reserved = 0, damaged = 0;
};
PlaceLevel book_movement(Queryable& db, MerchantId merchant, const MovementRow& movement, const std::string& actor, Instant now);
// Queues movements that only go in.
void queue_movements(Transaction& tx, MerchantId merchant, const std::vector<MovementRow>& movements, const std::string& actor,
                     Instant now);

struct BinPlace {
  WarehouseId warehouse;
  BinId bin;
};
// The named bin of the named warehouse; empty names: the first.
std::optional<BinPlace> find_bin(Queryable& db, MerchantId merchant, const std::string& warehouse, const std::string& bin);
std::optional<BinId> first_bin(Queryable& db, MerchantId merchant, WarehouseId warehouse);

struct LevelRow {
  std::string warehouse, bin, lot;
  std::int64_t on_hand = 0, reserved = 0, damaged = 0;
};
std::vector<LevelRow> stock_levels(Queryable& db, MerchantId merchant, const std::string& sku);

// Places where on_hand is not the sum of its movements, or reserved not the sum of its allocations.
struct StockFault {
  std::string sku, what;
};
std::vector<StockFault> verify_stock(Queryable& db, MerchantId merchant);

}  // namespace roundtrip::store
