// How returns come back, the shops that take them, whom to remind, and the lines of a return that was changed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/orders.hpp"
#include "domain/return_ways.hpp"
#include "store/returns.hpp"

namespace roundtrip::store {

struct WayOfReturn {
  ReturnId id;
  domain::ReturnWay way = domain::ReturnWay::label;
};
std::vector<WayOfReturn> ways_of_order(Queryable& db, MerchantId merchant, OrderId order);
void save_way(Transaction& tx, MerchantId merchant, ReturnId id, domain::ReturnWay way);

struct ShopRow {
  WarehouseId id;
  std::string name, opening_hours;
  domain::Address address;
};
// Warehouses that customers bring returns to, by name.
std::vector<ShopRow> shops_of(Queryable& db, MerchantId merchant);

// Names of the other warehouses.
std::vector<std::string> no_shops_of(Queryable& db, MerchantId merchant);
void mark_shop(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::string& opening_hours);
void unmark_shop(Transaction& tx, MerchantId merchant, WarehouseId warehouse);

// Approved returns whose label runs out before `until`, announced before `announced`, and nobody was reminded.
std::vector<ReturnId> returns_to_remind(Queryable& db, MerchantId merchant, Instant until, Instant announced, int limit);
void mark_reminded(Transaction& tx, MerchantId merchant, ReturnId id, Instant now);

// Queues the end of a return's lines; their units can be announced anew.
void drop_return_lines(Transaction& tx, MerchantId merchant, OrderId order, ReturnId id, const std::vector<ReturnLineRow>& lines);
// Queues the head's outcome, decision and policy, and new lines; those of before were dropped.
void rewrite_return(Transaction& tx, MerchantId merchant, const ReturnRow& row, const std::vector<ReturnLineRow>& lines);

}  // namespace roundtrip::store
