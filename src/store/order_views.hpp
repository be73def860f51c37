// Reads one order with everything about it, in one round trip.
#pragma once
#include <optional>

#include "domain/order_view.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

std::optional<domain::OrderView> read_order_view(Session& session, MerchantId merchant, OrderId order);
std::optional<std::int64_t> read_order_version(Queryable& db, MerchantId merchant, OrderId order);

struct OrderListFilter {
  std::optional<std::string> external_id, status;
  std::optional<Instant> updated_after;
  std::optional<Instant> cursor_at;  // keyset position: (updated_at, order_id)
  OrderId cursor_id;
  int limit = 50;
};
struct OrderListRow {
  OrderId id;
  std::string external_id, status, customer_name, currency;
  std::int64_t total = 0;
  Instant placed_at, updated_at;
  std::optional<std::string> hold_reason;
  std::optional<Instant> promised_ship_at;
};
// Oldest change first, so that a client that follows the cursor sees every change.
std::vector<OrderListRow> list_orders(Queryable& db, MerchantId merchant, const OrderListFilter& filter);

}  // namespace roundtrip::store
