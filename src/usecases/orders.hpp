// Orders: take in, read, cancel, hold, release, change.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/orders.hpp"
#include "usecases/context.hpp"

namespace roundtrip::store {
class Queryable;
class Transaction;
struct OrderHead;
}  // namespace roundtrip::store

namespace roundtrip::usecases {

struct LineView {
  LineId id;
  int position = 0;
  std::string external_id, sku, description;
  bool goods = true;
  std::int64_t quantity = 0, unit_price = 0, discount = 0, tax = 0;  // as sent
  domain::FrozenLine frozen;
  std::int64_t canceled = 0, shipped = 0, delivered = 0, announced = 0, returned = 0, released_units = 0;
  std::string image_url;
};

struct ParcelItemView {
  LineId line;
  std::string sku;
  std::int64_t quantity = 0;
};

struct ParcelView {
  ParcelId id;
  ShipmentId shipment;
  std::string code;    // what its label carries
  std::string state;   // open closed handed_over canceled
  std::string status;  // tracking status
  std::string reason;  // of the tracking status
  std::string carrier, service, tracking_number;  // empty: none yet
  std::optional<int> weight_g;
  std::optional<Instant> closed_at, handed_over_at, delivered_at, promised_at, last_checked_at, last_success_at, next_check_at;
  bool delayed = false, stalled = false;
  std::vector<ParcelItemView> items;
};

struct ShipmentLineView {
  LineId line;
  std::string sku;
  std::int64_t quantity = 0, picked = 0, packed = 0;
};

struct ShipmentView {
  ShipmentId id;
  std::string code;
  std::string status, reason;
  std::string warehouse;
  Instant ship_by;
  std::optional<Instant> handed_over_at;
  std::vector<ShipmentLineView> lines;
  std::vector<ParcelView> parcels;
};

struct RefundView {
  RefundId id;
  OrderId order;
  std::optional<ReturnId> return_id;
  PaymentId payment;
  std::string state, reason, gateway, gateway_reference, last_error;
  std::int64_t amount = 0, price = 0, discount = 0, tax = 0, shipping = 0, fees = 0;
  std::string currency;
  bool approval_needed = false;
  Instant requested_at;
  std::optional<Instant> submitted_at, settled_at;
};

struct ReturnLineView {
  LineId line;
  std::string sku, reason, note;
  std::int64_t announced = 0, received = 0, accepted = 0, rejected = 0;
  std::string reception, acceptance, disposition;
};

struct ReturnView {
  ReturnId id;
  OrderId order;
  std::string code, kind, outcome, status, decline_reason;
  std::string decision;  // JSON trace of the policy
  std::string carrier, tracking_number;
  Instant created_at;
  std::optional<Instant> label_expires_at, received_at;
  std::vector<ReturnLineView> lines;
  std::vector<RefundId> refunds;
};

struct PaymentView {
  PaymentId id;
  std::string gateway, reference;
  std::int64_t captured = 0, refunded = 0;
};

// Everything about one order, as GET /v1/orders/{id}, the desk and the customer's pages show it.
struct OrderView {
  OrderId id;
  std::int64_t version = 0;  // the timeline's length; the ETag
  std::string external_id, kind, currency, service, warehouse;
  domain::OrderStatus status = domain::OrderStatus::open;
  Instant placed_at, received_at, updated_at;
  std::optional<std::string> hold_reason;
  std::optional<Instant> held_until, promised_ship_at, promised_deliver_at;
  domain::Customer customer;
  domain::Address ship_to;
  std::int64_t shipping_amount = 0, shipping_tax = 0, discount = 0, total = 0;
  std::int64_t captured = 0, refunded = 0;  // refunded: succeeded only
  std::int64_t refundable = 0;              // captured less everything requested, submitted, in doubt or succeeded
  int link_generation = 1;
  std::vector<LineView> lines;
  std::vector<PaymentView> payments;
  std::vector<ShipmentView> shipments;
  std::vector<ReturnView> returns;
  std::vector<RefundView> refunds;
};

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
Result<OrderTaken> take_order(const Context& context, const domain::NewOrder& order, const std::string& body_hash);

struct OrderFilter {
  std::optional<std::string> external_id, status, search;
  std::optional<Instant> updated_after;
  std::optional<std::string> cursor;
  int limit = 50;
};
struct OrderSummary {
  OrderId id;
  std::string external_id, status, customer_name, currency;
  std::int64_t total = 0;
  Instant placed_at, updated_at;
  std::optional<std::string> hold_reason;
  std::optional<Instant> promised_ship_at;
};
struct OrderPage {
  std::vector<OrderSummary> items;
  std::optional<std::string> next_cursor;
};
Result<OrderPage> list_orders(const Context& context, const OrderFilter& filter);

struct CancelLine {
  LineId line;
  std::int64_t quantity = 0;
};
// Cancels what has not been handed over, the whole order when `lines` is empty. Frees stock and
// requests the refund in the same transaction.
Done cancel_order(const Context& context, OrderId order, const std::vector<CancelLine>& lines, const std::string& reason);
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
