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
// Oldest change first, so that a client that follows the cursor sees every change.
std::vector<domain::OrderSummary> list_orders(Queryable& db, MerchantId merchant, const OrderListFilter& filter);

}  // namespace roundtrip::store
