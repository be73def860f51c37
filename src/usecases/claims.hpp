// Claims and warranty cases: open, assess, decide (refund, replace, repair, reject), repair with dates, close.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/claims.hpp"
#include "domain/order_view.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

using domain::ClaimLineView;
using domain::ClaimView;

struct ClaimedUnits {
  LineId line;
  std::int64_t quantity = 0;
};
struct ClaimRequest {
  OrderId order;
  domain::ClaimKind kind = domain::ClaimKind::damaged;
  std::vector<ClaimedUnits> lines;                              // of a lost parcel none: what was in it
  std::optional<ParcelId> parcel;                               // lost: the parcel
  domain::ClaimOutcome wish = domain::ClaimOutcome::undecided;  // what the customer would like
  std::string note;
};
// A unit is in one return or one claim. Photos are added under the claim's id (photos.hpp, `about`). Refused: conflict
// (units_not_claimable) when the units are taken or have not shipped, invalid (claim_not_eligible) for every other rule; `explain` holds
// the first refused rule. A person at the desk is not bound to the window.
Result<ClaimView> open_claim(const Context& context, const ClaimRequest& request);
Result<ClaimView> read_claim(const Context& context, ClaimId claim);

struct ClaimPage {
  std::vector<ClaimView> items;
  std::optional<ClaimId> next;  // ask again after this one
};
// Claims in one state, or all that wait for somebody; oldest first. `state` is checked.
Result<ClaimPage> list_claims(const Context& context, const std::optional<std::string>& state, ClaimId after, int limit);

// Every step below is one of domain::kClaimSteps; a step that the state does not have is refused (conflict, claim_state). The same step
// again, with the same answer, changes nothing.
Result<ClaimView> assess_claim(const Context& context, ClaimId claim);
// The goods are to come in first: a return of kind warranty with a label, linked to the claim.
Result<ClaimView> want_claim_goods(const Context& context, ClaimId claim, int label_valid_days, const std::string& label_carrier);

enum class ClaimVerdict { refund, replace, repair, reject };
struct ClaimDecision {
  ClaimVerdict verdict = ClaimVerdict::refund;
  std::string note;                  // for the customer; a rejection needs one
  std::optional<Instant> repair_by;  // promised to the customer; a repair needs it
};
// refund: the units' money goes back. replace: the units' money goes into a replacement order that leaves at once and costs nothing.
Result<ClaimView> decide_claim(const Context& context, ClaimId claim, const ClaimDecision& decision);
// Another date for a repair.
Result<ClaimView> promise_repair(const Context& context, ClaimId claim, Instant repair_by, const std::string& note);
// Repaired, and on its way back to the customer.
Result<ClaimView> send_claim_back(const Context& context, ClaimId claim, const std::string& carrier, const std::string& tracking_number,
                                  const std::string& note);
// The customer objects to a rejection.
Result<ClaimView> reopen_claim(const Context& context, ClaimId claim, const std::string& note);
// The customer does not want it any more.
Result<ClaimView> withdraw_claim(const Context& context, ClaimId claim);
Result<ClaimView> close_claim(const Context& context, ClaimId claim);
// Closes accepted claims whose money has arrived, or whose replacement has. Gives how many.
int close_finished_claims(const Context& context, int limit);

}  // namespace roundtrip::usecases
