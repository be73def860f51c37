// Claims: goods that came damaged, are missing or wrong, parcels that are lost, and warranty cases; what was decided and what follows.
// Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/transitions.hpp"

namespace roundtrip {

struct ClaimTag {
  static constexpr std::string_view prefix = "clm";
};
using ClaimId = Id<ClaimTag>;

}  // namespace roundtrip

namespace roundtrip::domain {

enum class ClaimKind { damaged, missing, wrong_item, lost, warranty };
inline constexpr Word<ClaimKind> kClaimKinds[] = {{ClaimKind::damaged, "damaged"},
                                                  {ClaimKind::missing, "missing"},
                                                  {ClaimKind::wrong_item, "wrong_item"},
                                                  {ClaimKind::lost, "lost"},
                                                  {ClaimKind::warranty, "warranty"}};
inline std::string_view to_text(ClaimKind kind) { return word_of(kClaimKinds, kind); }
inline std::optional<ClaimKind> parse_claim_kind(std::string_view text) { return value_of(kClaimKinds, text); }

enum class ClaimOutcome { undecided, refund, replace, repair };
inline constexpr Word<ClaimOutcome> kClaimOutcomes[] = {
    {ClaimOutcome::undecided, ""}, {ClaimOutcome::refund, "refund"}, {ClaimOutcome::replace, "replace"}, {ClaimOutcome::repair, "repair"}};
inline std::string_view to_text(ClaimOutcome outcome) { return word_of(kClaimOutcomes, outcome); }
inline std::optional<ClaimOutcome> parse_claim_outcome(std::string_view text) { return value_of(kClaimOutcomes, text); }

enum class ClaimState {
  opened,          // waits for the shop
  assessing,       // somebody looks at it
  awaiting_goods,  // the goods are to come in first
  accepted,        // refund or replacement under way
  in_repair,
  sent_back,  // repaired
  rejected,
  withdrawn,  // by the customer
  closed,
};
inline constexpr Word<ClaimState> kClaimStates[] = {
    {ClaimState::opened, "opened"},     {ClaimState::assessing, "assessing"}, {ClaimState::awaiting_goods, "awaiting_goods"},
    {ClaimState::accepted, "accepted"}, {ClaimState::in_repair, "in_repair"}, {ClaimState::sent_back, "sent_back"},
    {ClaimState::rejected, "rejected"}, {ClaimState::withdrawn, "withdrawn"}, {ClaimState::closed, "closed"}};
inline std::string_view to_text(ClaimState state) { return word_of(kClaimStates, state); }
inline std::optional<ClaimState> parse_claim_state(std::string_view text) { return value_of(kClaimStates, text); }

enum class ClaimEvent { assess, want_goods, goods_settled, accept, repair, promise, send_back, reject, reopen, withdraw, close };
inline constexpr Word<ClaimEvent> kClaimEvents[] = {{ClaimEvent::assess, "assess"},
                                                    {ClaimEvent::want_goods, "want_goods"},
                                                    {ClaimEvent::goods_settled, "goods_settled"},
                                                    {ClaimEvent::accept, "accept"},
                                                    {ClaimEvent::repair, "repair"},
                                                    {ClaimEvent::promise, "promise"},
                                                    {ClaimEvent::send_back, "send_back"},
                                                    {ClaimEvent::reject, "reject"},
                                                    {ClaimEvent::reopen, "reopen"},
                                                    {ClaimEvent::withdraw, "withdraw"},
                                                    {ClaimEvent::close, "close"}};
inline std::string_view to_text(ClaimEvent event) { return word_of(kClaimEvents, event); }

inline constexpr Step<ClaimState, ClaimEvent> kClaimSteps[] = {
    {ClaimState::opened, ClaimEvent::assess, ClaimState::assessing},
    {ClaimState::opened, ClaimEvent::want_goods, ClaimState::awaiting_goods},
    {ClaimState::opened, ClaimEvent::accept, ClaimState::accepted},
    {ClaimState::opened, ClaimEvent::repair, ClaimState::in_repair},
    {ClaimState::opened, ClaimEvent::reject, ClaimState::rejected},
    {ClaimState::opened, ClaimEvent::withdraw, ClaimState::withdrawn},
    {ClaimState::assessing, ClaimEvent::want_goods, ClaimState::awaiting_goods},
    {ClaimState::assessing, ClaimEvent::accept, ClaimState::accepted},
    {ClaimState::assessing, ClaimEvent::repair, ClaimState::in_repair},
    {ClaimState::assessing, ClaimEvent::reject, ClaimState::rejected},
    {ClaimState::assessing, ClaimEvent::withdraw, ClaimState::withdrawn},
    {ClaimState::awaiting_goods, ClaimEvent::goods_settled, ClaimState::assessing},  // they came, or will not
    {ClaimState::awaiting_goods, ClaimEvent::accept, ClaimState::accepted},          // a person does not wait for them
    {ClaimState::awaiting_goods, ClaimEvent::reject, ClaimState::rejected},
    {ClaimState::in_repair, ClaimEvent::promise, ClaimState::in_repair},  // another date
    {ClaimState::in_repair, ClaimEvent::send_back, ClaimState::sent_back},
    {ClaimState::in_repair, ClaimEvent::accept, ClaimState::accepted},  // it cannot be repaired
    {ClaimState::rejected, ClaimEvent::reopen, ClaimState::assessing},
    {ClaimState::accepted, ClaimEvent::close, ClaimState::closed},
    {ClaimState::sent_back, ClaimEvent::close, ClaimState::closed},
    {ClaimState::rejected, ClaimEvent::close, ClaimState::closed},
};
static_assert(unambiguous(kClaimSteps) && all_reachable(kClaimSteps, ClaimState::opened));

// While a claim is here its units are in no return and no other claim. Afterwards refunded and replaced units stay taken for good;
// repaired ones are the customer's again.
bool holds_units(ClaimState state, ClaimOutcome outcome);
// What can happen next, in the table's order: what the desk shows buttons for.
std::vector<ClaimEvent> legal_events(ClaimState state);
// Who has to do something: "shop", "customer", "carrier" (the goods are on their way) or "" (nobody).
std::string_view waits_for(ClaimState state);

struct ClaimLineFacts {
  LineId line;
  std::string sku;
  bool known = true;  // false: the order has no such line
  bool goods = true;
  std::int64_t requested = 0;
  std::int64_t shipped = 0, taken = 0;  // taken: in returns or claims
};
struct ClaimFacts {
  ClaimKind kind = ClaimKind::damaged;
  Instant now;
  std::optional<Instant> delivered_at;  // of the last parcel, when all were delivered
  int window_days = 30;                 // after the delivery; of a warranty case the warranty
  bool parcel_known = true;             // lost: the parcel is one of the order's that has left
  bool by_shop = false;                 // a person of the shop may open a claim at any time
  std::vector<ClaimLineFacts> lines;
};
// Why a claim cannot be opened: the rule with its values and what to do; nothing when it can.
struct ClaimRefusal {
  std::string rule;
  std::optional<LineId> line;
  std::vector<std::pair<std::string, std::string>> values;
  std::string result, next_step;
};
std::vector<ClaimRefusal> refusals_of(const ClaimFacts& facts);

}  // namespace roundtrip::domain
