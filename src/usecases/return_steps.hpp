// What the files about returns share.
#pragma once
#include <string>

#include "base/result.hpp"
#include "store/asked_returns.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/context.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/return_judge.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {

struct LockedReturnAndHead {
  store::OrderHead head;
  store::LockedReturn found;
};
// Locks the order, then the return.
Result<LockedReturnAndHead> lock_return_and_order(store::Transaction& tx, MerchantId merchant, ReturnId id);

// What preview and create both look at.
struct Prepared {
  domain::Policy policy;
  store::AskedReturn asked;  // the wanted lines, and the money as it will be once everything announced before has come
  JudgedReturn judged;
  std::optional<PricedExchange> exchange;  // allowed, and something is wanted instead
};
Result<Prepared> prepare_return(store::Queryable& db, const Context& context, const ReturnRequest& request);
Result<ReturnPreview> preview_return_in(store::Queryable& db, const Context& context, const ReturnRequest& request);
// Why the policy refuses it.
Error refusal_of(const Prepared& prepared);
std::vector<store::ReturnLineRow> new_lines(const ReturnRequest& request, const Prepared& prepared);
// An approved return gets its label: the customer hears of it and its parcel is followed, under the number it was announced with or under
// one of the label's carrier. A label that is bought first brings both with it.
void give_return_label(store::Transaction& tx, const Context& context, store::OrderHead& head, store::ReturnRow& row,
                       const std::string& label_carrier);

// A return that a person wants: approved whatever the policy says about approval. The caller saves the head.
Result<ReturnId> create_approved_return_in(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                           const ReturnRequest& request);
// Approves a requested return; gives the SKUs whose stock became free. Conflict return_state for any other. The caller saves the head.
Result<std::vector<std::string>> approve_return_in(store::Transaction& tx, const Context& context, LockedReturnAndHead& locked,
                                                   int label_valid_days, const std::string& label_carrier);
// Derives the header's status from its lines; sets received_at once.
void derive_header(store::LockedReturn& found, Instant now);
void note_return(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, ReturnId id,
                 const std::string& detail = "{}");
Error return_not_found();
Error order_not_found();
Error return_conflict(const store::ReturnRow& row, const std::string& wanted, const std::string& next_step);

}  // namespace roundtrip::usecases
