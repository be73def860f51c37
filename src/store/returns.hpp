// Returns and their lines as rows, and what the order's lines know about them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/policy.hpp"
#include "domain/returns.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct ReturnRow {
  ReturnId id;
  OrderId order;
  domain::ReturnKind kind = domain::ReturnKind::goods_back;
  domain::ReturnOutcome outcome = domain::ReturnOutcome::refund;
  domain::ReturnStatus status = domain::ReturnStatus::requested;
  int policy_version = 0;
  std::string decision = "{}";  // JSON
  std::string asked;            // asked_json; written with the decision, read by recent_asked only
  std::string decline_reason, requested_by, carrier, tracking_number;
  Instant created_at, updated_at;
  std::optional<Instant> label_expires_at, received_at;
  std::optional<ParcelId> parcel;  // undeliverable: what comes back
  domain::Suggestion suggestion = domain::Suggestion::none;
  int receipts = 0;  // number of its last receipt
};

struct ReturnLineRow {
  domain::ReturnLine state;
  std::string sku, reason, note;
  bool goods = true;                    // of the order's line
  bool product_known = false;           // the SKU has a product row: it can go to stock
  std::string category, special_waste;  // of the product
};

// One return with the policy it was made under, its trigger as decided for this return.
struct LockedReturn {
  ReturnRow row;
  domain::Policy policy;
  std::vector<ReturnLineRow> lines;
  std::string currency, country;  // of the order
};

std::optional<OrderId> order_of_return(Queryable& db, MerchantId merchant, ReturnId id);
// FOR UPDATE; after the order's lock. Nothing when the order has no such return.
std::optional<LockedReturn> lock_return(Transaction& tx, MerchantId merchant, OrderId order, ReturnId id);

// Everything the policy asks about an order: its lines (requested is 0, reason empty), its deliveries, who bought and how to reach the
// shop.
domain::ReturnFacts return_facts(Queryable& db, MerchantId merchant, OrderId order);

// Inserts the return and its lines, and announces the units on the order's lines.
ReturnId insert_return(Transaction& tx, MerchantId merchant, const ReturnRow& row, const std::vector<ReturnLineRow>& lines);
// Queues status, decision's consequences and times of the head, and the counters and axes of the lines.
void save_return(Transaction& tx, MerchantId merchant, const ReturnRow& row, const std::vector<ReturnLineRow>& lines);

struct AdvancedUnits {
  LineId line;
  std::int64_t units = 0;
};
// Queues how many units' money went ahead, and when their goods are missed.
void save_advanced(Transaction& tx, MerchantId merchant, ReturnId id, const std::vector<AdvancedUnits>& units, Instant due);
// Queues that the money that went ahead was stopped: what was accepted meanwhile was decided with it, the rest is paid on its receipt.
void take_back_advanced(Transaction& tx, MerchantId merchant, ReturnId id);
// Closes what is owed of a return; false when nothing was, or it was closed before.
bool settle_advanced(Transaction& tx, MerchantId merchant, ReturnId id, Instant now);

// The undeliverable return that was made for a parcel.
std::optional<ReturnId> return_of_parcel(Queryable& db, MerchantId merchant, ParcelId parcel);
// What is in a parcel and in no return yet, as lines of a new one.
std::vector<ReturnLineRow> units_to_come_back(Queryable& db, MerchantId merchant, ParcelId parcel);

struct LineUnits {
  LineId line;
  std::int64_t announced = 0;  // added to order_lines.announced; negative gives units back
  std::int64_t returned = 0;   // added to order_lines.returned
};
// One entry per line: an UPDATE joined with a line twice would apply one of them only.
std::vector<LineUnits> sum_by_line(const std::vector<LineUnits>& units);
void move_line_counters(Transaction& tx, MerchantId merchant, OrderId order, const std::vector<LineUnits>& units);

struct StoredReturn {
  ReturnRow row;
  std::vector<ReturnLineRow> lines;
  std::vector<RefundId> refunds;
};
std::optional<StoredReturn> find_return(Queryable& db, MerchantId merchant, ReturnId id);
// Every return of an order, oldest first.
std::vector<StoredReturn> returns_of_order(Queryable& db, MerchantId merchant, OrderId order);

// Approved returns whose label ran out before `now`, oldest first: what is still awaited expires.
std::vector<ReturnId> expired_returns(Queryable& db, MerchantId merchant, Instant now, int limit);

}  // namespace roundtrip::store
