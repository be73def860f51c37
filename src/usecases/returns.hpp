// Returns: preview, create, approve, decline, cancel, receive, inspect.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/policy.hpp"
#include "store/receipts.hpp"
#include "usecases/context.hpp"
#include "usecases/exchanges.hpp"
#include "usecases/orders.hpp"
#include "usecases/policy_words.hpp"

namespace roundtrip::usecases {

// What was seen when somebody looked at units that came back.
struct Look {
  std::string grade;  // A to D; empty: nobody graded it
  std::string note;
  std::string photo;  // public id of a photo
};
struct ReceivedUnits {
  LineId line;
  std::int64_t quantity = 0;
  std::string disposition;  // empty: by the rule for the grade, the reason and the product
  bool rejected = false;    // true: received, but not accepted: no refund, they are sent back
  Look look = {};
};
// Where a receipt is booked.
struct ReceiptPlace {
  WarehouseId warehouse;
  std::optional<StationId> station;  // nothing: not by a scan
  std::int64_t grace_us = 0;         // how long its refund waits at least, so that it can be taken back
};
struct ReturnReceived {
  std::string status;         // of the return afterwards
  bool anything_new = false;  // false: it had all been received before
  std::int64_t units = 0;
  std::vector<RefundId> refunds;
  std::int64_t refund_wait_us = 0;  // until they are paid: so long the receipt can be taken back
  struct Judged {
    std::string sku, disposition, special_waste;
    std::int64_t units = 0;
    bool accepted = true;
  };
  std::vector<Judged> judged;          // what was decided, where it goes
  std::string suggestion;              // undeliverable: what we propose to do with it
  std::vector<std::string> restocked;  // SKUs that are for sale again: backorders to fill after the commit
  // When nothing was new: who received it, and when.
  std::string received_by;
  std::optional<Instant> received_at;
};

// Called by the returns station inside its transaction (the order is locked): receives everything still
// awaited (`only` empty) or some units, accepts by policy, puts goods back to stock by disposition and
// requests the refund. Refuses (conflict) a return that is declined, canceled or expired.
//
// Units named in `only` were looked at one by one: they are accepted whatever the policy's trigger; of
// units that were received before and wait for inspection, they are accepted now. Under the trigger
// `inspection` a whole receipt (`only` empty) accepts nothing yet.
Result<ReturnReceived> receive_return(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id,
                                      const std::vector<ReceivedUnits>& only, const ReceiptPlace& place);

// The same in a transaction of its own, for the API and the desk; fills backorders afterwards. `warehouse`
// is a name; empty: the order's.
Result<ReturnReceived> receive_return_now(const Context& context, ReturnId return_id, const std::vector<ReceivedUnits>& only,
                                          const std::string& warehouse);

struct WantedLine {
  LineId line;
  std::int64_t quantity = 0;
  std::string reason, note;
  std::optional<domain::Condition> condition = std::nullopt;  // as the customer says
  bool photo = false;                                         // a photo of it was added
};
struct ReturnRequest {
  OrderId order;
  domain::ReturnKind kind = domain::ReturnKind::goods_back;
  domain::ReturnOutcome outcome = domain::ReturnOutcome::refund;
  std::vector<WantedLine> lines;
  std::string carrier, tracking_number;     // of the parcel it comes back in, when known
  int label_valid_days = 28;                // returns.label_valid_days
  std::string label_carrier;                // whose label an approved return gets (carriers.default); empty: nobody's
  std::vector<WantedReplacement> exchange;  // outcome exchange: what is wanted instead; none: a person sees to it
  std::int64_t exchange_let_go_up_to = 0;   // exchanges.let_go_up_to: a difference up to this is let go
  Reader reader;                            // in whose language refusals and the trace are
};

// What a return would be: the decision with its trace, and the money to the cent as if all of it came
// and was accepted at once. `money` and `due` are of the outcome that was asked for.
struct ReturnPreview {
  domain::PolicyDecision decision;
  int policy_version = 0;
  std::vector<domain::OutcomeOffer> offers;  // every outcome of the decision, no more than was captured
  domain::Components money;                  // what would be paid back
  std::int64_t due = 0;                      // what would be due, had enough been captured
  std::string currency;
  std::optional<ExchangeOffer> exchange;  // when something is wanted instead
};
// not_found for an order of nobody or another merchant; invalid for no lines, a line twice or a quantity below 1.
// A refusal by policy is an answer here (decision.allowed is false), not an error.
Result<ReturnPreview> preview_return(const Context& context, const ReturnRequest& request);
// Refused by policy: invalid (return_not_eligible), or conflict (units_not_returnable) when the units are in
// another return or have not shipped; `explain` holds the first refused rule, `faults` all of them.
Result<ReturnView> create_return(const Context& context, const ReturnRequest& request);
// The same inside the caller's transaction: the order is locked, the caller saves its head.
Result<ReturnView> create_return_in(store::Transaction& tx, const Context& context, store::OrderHead& head, const ReturnRequest& request);

Result<ReturnView> read_return(const Context& context, ReturnId return_id, const Reader& reader = {});
Result<std::vector<ReturnView>> returns_of_order(const Context& context, OrderId order);

// An approved return is tracked: under the number it was announced with, else under one of `label_carrier`'s where that gives numbers
// from a range of ours.
Result<ReturnView> approve_return(const Context& context, ReturnId return_id, int label_valid_days, const std::string& label_carrier = "");
Result<ReturnView> decline_return(const Context& context, ReturnId return_id, const std::string& reason);
// What has not come yet will not come: its units can be returned anew.
Result<ReturnView> cancel_return(const Context& context, ReturnId return_id);
// Like cancel, for a return whose label has run out; refused before that.
Result<ReturnView> expire_return(const Context& context, ReturnId return_id);
std::vector<ReturnId> due_to_expire(const Context& context, int limit);

struct InspectedUnits {
  LineId line;
  std::int64_t accepted = 0, rejected = 0;
  std::string disposition;  // of the accepted units; empty: by rule. Rejected ones are sent back.
  Look look = {};
};
// Decides about units that were received and wait for inspection; requests the refund of the accepted ones.
Result<ReturnReceived> inspect_return(const Context& context, ReturnId return_id, const std::vector<InspectedUnits>& lines,
                                      const std::string& warehouse);

struct ReceiptUndone {
  std::string status;  // of the return afterwards
  int receipt = 0;     // its number within the return
  std::int64_t units = 0;
  bool whole = false;
  std::string what;  // "2 x MUG, 1 x PLATE"
};
// Takes the newest receipt (or inspection) of a return back: counters, stock by counter-movements, the refund it requested (denied, so that
// the payment's room is free again) and the message that has not gone out, in the caller's transaction; the order is locked. Refused as
// soon as money is on its way, or the goods are reserved for somebody, or when a receipt of another station came later.
Result<ReceiptUndone> undo_receipt(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id,
                                   std::optional<StationId> station);
// `receipt`: only that one; taken back before, it is answered as if it were now, so that a retry takes back nothing more.
Result<ReceiptUndone> undo_receipt_now(const Context& context, ReturnId return_id, std::optional<int> receipt = std::nullopt);

struct ReceiptView {
  store::ReceiptRow receipt;
  std::vector<store::InspectionRow> inspections;
};
// Every receipt with what was looked at, oldest first; those that were taken back too.
Result<std::vector<ReceiptView>> receipts_of_return(const Context& context, ReturnId return_id);

}  // namespace roundtrip::usecases
