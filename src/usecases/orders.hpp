// Orders: take in, read, cancel, hold, release, change.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/order_view.hpp"
#include "domain/orders.hpp"
#include "usecases/context.hpp"

namespace roundtrip::store {
class Queryable;
class Transaction;
struct LockedWork;
struct OrderHead;
}  // namespace roundtrip::store

namespace roundtrip::usecases {

using domain::ClaimView;
using domain::ExchangeView;
using domain::LineView;
using domain::OrderView;
using domain::ParcelItemView;
using domain::ParcelView;
using domain::PaymentView;
using domain::RefundView;
using domain::ReturnLineView;
using domain::ReturnView;
using domain::ShipmentLineView;
using domain::ShipmentView;

// not_found when the merchant has no such order.
Result<OrderView> read_order(const Context& context, OrderId order);
// The order's version alone, for caches and If-None-Match.
std::optional<std::int64_t> order_version(const Context& context, OrderId order);

struct OrderTaken {
  OrderId id;
  bool created = false;  // false: the same order was here already
};
// Takes an order in: check, freeze the money, reserve stock, plan shipments (what is there now is
// allocated, the rest backordered), timeline, notification. The same external_id with equal content
// gives the first order; with other content a conflict. `body_hash` is what "equal" compares.
Result<OrderTaken> take_order(const Context& context, const domain::NewOrder& order, const std::string& body_hash,
                              const std::string& part = "");

// The same inside the caller's transaction for an order that is known to be sound and whose number nobody has used; no mail. Locks stock,
// last.
Result<store::OrderHead> take_order_in(store::Transaction& tx, const Context& context, const domain::NewOrder& order,
                                       const std::string& content_hash);

struct OrderFilter {
  std::optional<std::string> external_id, status, search;
  std::optional<Instant> updated_after;
  std::optional<std::string> cursor;
  int limit = 50;
};
struct OrderPage {
  std::vector<domain::OrderSummary> items;
  std::optional<std::string> next_cursor;
};
Result<OrderPage> list_orders(const Context& context, const OrderFilter& filter);

struct CancelLine {
  LineId line;
  std::int64_t quantity = 0;
};
// Cancels what has not been handed over, the whole order when `lines` is empty. Frees stock and
// requests the refund in the same transaction. A request that is repeated cancels nothing more.
Done cancel_order(const Context& context, OrderId order, const std::vector<CancelLine>& lines, const std::string& reason);
struct CancelCause {
  std::string reason;         // as the timeline and the shipments say it
  std::string refund_reason;  // of the refund it makes
};
// The same inside the caller's transaction; the caller tells the customer, saves the head and, after its commit, fills backorders with
// the SKUs this gives.
Result<std::vector<std::string>> cancel_units_in(store::Transaction& tx, const Context& context, store::LockedWork& locked,
                                                 const std::vector<CancelLine>& lines, const CancelCause& cause);
Done hold_order(const Context& context, OrderId order, const std::string& reason, std::optional<Instant> until);
Done release_order(const Context& context, OrderId order);

struct OrderChange {
  std::optional<domain::Address> ship_to;
  std::optional<std::string> email, phone;
  std::map<std::int64_t, std::int64_t> quantities;  // line id -> new, smaller quantity
  std::optional<std::int64_t> expected_version;     // If-Match
};
// Address, contacts and quantities, until packing starts.
Done change_order(const Context& context, OrderId order, const OrderChange& change);

// Recomputes the order's status from its lines inside a transaction and writes it to the head.
void refresh_order_status(store::Transaction& tx, const Context& context, store::OrderHead& head);

}  // namespace roundtrip::usecases
