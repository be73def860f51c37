// Found items: what came back that nobody announced. Recorded by a scan or a person, ended by a person.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/found_items.hpp"
#include "usecases/context.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {

using FoundView = store::FoundRow;

struct FoundPage {
  std::vector<FoundView> items;
  std::optional<FoundId> next;
};
FoundPage list_found_items(const Context& context, bool open, FoundId after, int limit);
Result<FoundView> read_found_item(const Context& context, FoundId id);
// Of an order, oldest first, those that are settled too.
std::vector<FoundView> found_items_of(const Context& context, OrderId order);

// Inside the caller's transaction (the order, when there is one, is locked): the row, and a line on the order's timeline. The same number
// of a parcel again is that parcel.
struct FoundRecorded {
  FoundId id;
  bool fresh = true;
  FoundView before;  // when it was recorded before: by whom and when
};
FoundRecorded record_found(store::Transaction& tx, const Context& context, store::OrderHead* head, FoundView found);

struct NewFound {
  domain::FoundKind kind = domain::FoundKind::unannounced_parcel;
  std::string warehouse;  // name; empty: the first
  std::optional<OrderId> order;
  std::string sku, number, note;
  std::int64_t quantity = 1;
};
Result<FoundView> record_found_now(const Context& context, const NewFound& found);

// Says whose it is: it and what lay in it belong to that order from now on.
Result<FoundView> match_found(const Context& context, FoundId id, OrderId order);

struct FoundSettlement {
  domain::FoundOutcome outcome = domain::FoundOutcome::none;
  std::vector<ReceivedUnits> lines;  // attached: of the order's lines; empty: by the SKUs that were found
  std::string disposition;           // attached, keep: where it goes; empty: by rule
  std::string grade, note;
};
struct FoundSettled {
  FoundView found;
  std::optional<ReturnId> return_id;  // attached: with what it was received
  std::vector<RefundId> refunds;
  std::vector<std::string> restocked;  // SKUs that are for sale again
};
// Ends it, with what lay in it. attached receives and accepts the units as lines of a return of the order, with their refund, in the same
// transaction; keep puts them to stock. Refused when it is over already, when nobody said whose it is, or for units the order does not
// have.
Result<FoundSettled> settle_found(const Context& context, FoundId id, const FoundSettlement& settlement);

}  // namespace roundtrip::usecases
