// What the back office looks at: attention, search, lists. Reads only; every query follows an index.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

// One thing that wants a person. `number` is the id of what it is about (refund, tracker, job ...).
struct AttentionItem {
  std::int64_t number = 0;
  std::optional<OrderId> order;
  std::string external_id;  // of the order
  std::string text;         // why: a reason, a code, an error
  std::optional<Instant> at;
};
struct AttentionGroup {
  std::string kind;                  // past_promise, refund_in_doubt, ... in the order of what stops the day
  std::vector<AttentionItem> items;  // at most kAttentionCounted
};
inline constexpr int kAttentionCounted = 200;
// Only groups that have something.
std::vector<AttentionGroup> attention(Queryable& db, MerchantId merchant, Instant now);

// Shipments that have not left, by status, counted up to 10000.
struct Backlog {
  std::string status;
  std::int64_t count = 0, late = 0;
};
std::vector<Backlog> backlog(Queryable& db, MerchantId merchant, Instant now);

struct SearchHit {
  std::string kind;  // order, parcel, return, product
  std::optional<OrderId> order;
  std::string key;  // order: its id's number; product: the SKU
  std::string title, detail;
};
// Order numbers and customer names by prefix; tracking numbers, mails, phones, SKUs and barcodes as they are.
std::vector<SearchHit> search_texts(Queryable& db, MerchantId merchant, const std::string& text, const std::string& gtin, int limit);
// The order of a shipment, parcel, return or refund by its number; kind: shipment parcel return refund order.
std::optional<SearchHit> search_number(Queryable& db, MerchantId merchant, std::string_view kind, std::int64_t number);

struct DeskOrderFilter {
  std::string status;  // empty: any
  bool held = false;
  bool late = false;
  std::string sort = "newest";                      // newest (placed last), changed (changed last), promise (due first)
  std::optional<std::int64_t> after_key, after_id;  // the cursor: last row's key and id
  int limit = 50;
};
struct DeskOrder {
  OrderId id;
  std::string external_id, status, customer, country, currency;
  std::int64_t total = 0, units = 0, captured = 0;
  Instant placed_at, updated_at;
  std::optional<Instant> promised_ship_at;
  std::string hold_reason;
  std::int64_t sort_key = 0;  // for the cursor
};
std::vector<DeskOrder> desk_orders(Queryable& db, MerchantId merchant, const DeskOrderFilter& filter, Instant now);

struct DeskReturn {
  ReturnId id;
  OrderId order;
  std::string external_id, kind, status, customer;
  std::int64_t announced = 0, received = 0;
  bool needs_person = false;
  Instant created_at, updated_at;
};
// Newest first; `status` empty: any; rows with an id below `before` when given.
std::vector<DeskReturn> desk_returns(Queryable& db, MerchantId merchant, const std::string& status, std::optional<std::int64_t> before,
                                     int limit);

struct DeskRefund {
  RefundId id;
  OrderId order;
  std::string external_id, state, reason, gateway, currency, last_error, customer;
  std::int64_t amount = 0;
  bool approval_needed = false;
  Instant requested_at;
};
std::vector<DeskRefund> desk_refunds(Queryable& db, MerchantId merchant, const std::string& state, std::optional<std::int64_t> before,
                                     int limit);

struct DeskNotification {
  NotificationId id;
  OrderId order;
  std::string external_id, milestone, channel, recipient, locale, title, body, state, message_id, last_error;
  Instant created_at;
  std::optional<Instant> sent_at;
};
std::vector<DeskNotification> desk_notifications(Queryable& db, MerchantId merchant, const std::string& state,
                                                 std::optional<std::int64_t> before, int limit);
std::vector<DeskNotification> notifications_of_order(Queryable& db, MerchantId merchant, OrderId order);
std::optional<DeskNotification> notification_by_id(Queryable& db, MerchantId merchant, NotificationId id);

struct DeskProduct {
  std::string sku, name;
  std::int64_t on_hand = 0, reserved = 0, damaged = 0, wanted = 0;  // wanted: backordered pieces
};
// By SKU from `from` on (a prefix search begins there), rows after `after` when given.
std::vector<DeskProduct> desk_products(Queryable& db, MerchantId merchant, const std::string& prefix, const std::string& after, int limit);

struct DeskMovement {
  MovementId id;
  std::string bin, lot, reason, reference, actor;
  std::int64_t quantity = 0, damaged = 0;
  Instant at;
};
std::vector<DeskMovement> movements_of(Queryable& db, MerchantId merchant, const std::string& sku, int limit);

struct DeskEvent {
  std::int64_t tracker = 0;
  std::string number, status, raw_code, raw_text, place, time_local;
  std::optional<Instant> at;
  Instant received_at;
};
// What carriers said about an order's parcels and returns, newest first.
std::vector<DeskEvent> events_of_order(Queryable& db, MerchantId merchant, OrderId order, int limit);

struct DeadWork {
  JobId id;
  std::string kind, last_error;
  std::int64_t subject = 0;
  int attempts = 0;
  Instant dead_at;
};
std::vector<DeadWork> dead_work(Queryable& db, MerchantId merchant, int limit);

}  // namespace roundtrip::store
