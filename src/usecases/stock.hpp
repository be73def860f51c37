// Stock: movements and levels; backorders filled when stock lands.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::store {
class Transaction;
}

namespace roundtrip::usecases {

struct Movement {
  std::string warehouse = "main";
  std::string bin;  // name; empty: the first bin of the warehouse
  std::string sku;
  std::string lot;
  std::int64_t quantity = 0;  // signed; changes on_hand
  std::int64_t damaged = 0;   // signed; changes the damaged part of on_hand
  std::string reason;
  std::string reference;
  std::string part = {};  // of a batch: which movement this is; a request that is repeated books each part once
};

struct MovementDone {
  MovementId id;
  std::int64_t on_hand = 0, reserved = 0, available = 0;  // of the SKU in the warehouse, afterwards
};

// Books one movement in its own transaction, then fills backorders, oldest promise first.
Result<MovementDone> move_stock(const Context& context, const Movement& movement);
// Books movements that go in (returns put back) inside the caller's transaction; queues only. SKUs must exist. Gives the bin.
BinId queue_stock_in(store::Transaction& tx, const Context& context, WarehouseId warehouse, const std::vector<Movement>& movements);
// Allocates backordered shipments waiting for these SKUs. After a commit that put stock in; own transactions.
void fill_backorders(const Context& context, const std::vector<std::string>& skus);

// Gives out what fill_backorders did not: whoever put it there died after the commit. At most `limit` SKUs.
void fill_forgotten_backorders(const Context& context, int limit);

struct StockLevel {
  std::string warehouse, bin, lot;
  std::int64_t on_hand = 0, reserved = 0, damaged = 0;
};
Result<std::vector<StockLevel>> stock_levels(const Context& context, const std::string& sku);

}  // namespace roundtrip::usecases
