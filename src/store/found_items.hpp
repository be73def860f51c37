// Found items as rows.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/found_items.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct FoundRow {
  FoundId id;
  domain::FoundKind kind = domain::FoundKind::unannounced_parcel;
  WarehouseId warehouse;
  std::optional<OrderId> order;
  std::optional<ReturnId> return_id;
  std::optional<FoundId> container;  // the found parcel it lay in
  std::optional<std::string> sku;    // nothing: not known as a product
  std::string number, note;
  std::int64_t quantity = 1;
  std::string found_by;
  Instant found_at;
  domain::FoundOutcome outcome = domain::FoundOutcome::none;  // none: open
  std::string settled_by, settled_note;
  std::optional<Instant> settled_at;
  // Read along, never written.
  std::string order_external_id, product_name;
};

// Inserts it and gives its id; an open parcel with the same number is that parcel: nothing.
std::optional<FoundId> add_found(Transaction& tx, MerchantId merchant, const FoundRow& row);
std::optional<FoundRow> open_parcel_with_number(Queryable& db, MerchantId merchant, const std::string& number);
std::optional<FoundRow> find_found(Queryable& db, MerchantId merchant, FoundId id);
// FOR UPDATE; after the order's lock.
std::optional<FoundRow> lock_found(Transaction& tx, MerchantId merchant, FoundId id);
// What lay in a found parcel, and is open; oldest first.
std::vector<FoundRow> open_contents(Queryable& db, MerchantId merchant, FoundId container);
// Oldest first, after an id; `open`: only those that wait for a person.
std::vector<FoundRow> list_found(Queryable& db, MerchantId merchant, bool open, FoundId after, int limit);
std::vector<FoundRow> found_of_order(Queryable& db, MerchantId merchant, OrderId order);
// Queued: order and return of it and of what lay in it.
void save_found_order(Transaction& tx, MerchantId merchant, FoundId id, OrderId order);
// Queued: outcome, who and when, of one row.
void save_found_outcome(Transaction& tx, MerchantId merchant, const FoundRow& row);
// Queued: an open parcel of that order and number has been received as a return after all.
void settle_parcel_of(Transaction& tx, MerchantId merchant, OrderId order, const std::string& number, const std::string& by, Instant now);

// Makes room in a return for units that came unannounced: the line's announced units rise, a line it does not have is added.
void announce_found(Transaction& tx, MerchantId merchant, OrderId order, ReturnId id, LineId line, const std::string& sku,
                    std::int64_t units, const std::string& reason);

// Open returns that still await units of a product, oldest first: what an item without papers may belong to.
struct AwaitingReturn {
  ReturnId id;
  OrderId order;
  std::string external_id, customer;
  std::int64_t awaited = 0;
  Instant created_at;
};
std::vector<AwaitingReturn> returns_awaiting(Queryable& db, MerchantId merchant, const std::string& sku, int limit);
// The same words about given returns of an order.
std::vector<AwaitingReturn> open_returns_of_order(Queryable& db, MerchantId merchant, OrderId order, int limit);
std::vector<AwaitingReturn> awaiting_returns_by_id(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& ids);

// Whether the order's goods have left, and its newest return that is over: what came back before.
struct OrderOnTheWayBack {
  std::string external_id;
  bool anything_left = false;
  std::optional<ReturnId> last_return;
};
std::optional<OrderOnTheWayBack> way_back_of(Queryable& db, MerchantId merchant, OrderId order);

}  // namespace roundtrip::store
