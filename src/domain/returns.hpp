// Returns: three axes per line (where is it, was it accepted, where does it go), counters, and the header derived from them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "domain/tracking.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class ReturnKind { goods_back, withdrawal, exchange, warranty, undeliverable };
inline constexpr Word<ReturnKind> kReturnKinds[] = {
    {ReturnKind::goods_back, "return"}, {ReturnKind::withdrawal, "withdrawal"},       {ReturnKind::exchange, "exchange"},
    {ReturnKind::warranty, "warranty"}, {ReturnKind::undeliverable, "undeliverable"},
};
inline std::string_view to_text(ReturnKind kind) { return word_of(kReturnKinds, kind); }
inline std::optional<ReturnKind> parse_return_kind(std::string_view text) { return value_of(kReturnKinds, text); }

enum class ReturnOutcome { refund, exchange, store_credit };
inline constexpr Word<ReturnOutcome> kReturnOutcomes[] = {
    {ReturnOutcome::refund, "refund"}, {ReturnOutcome::exchange, "exchange"}, {ReturnOutcome::store_credit, "store_credit"}};
inline std::string_view to_text(ReturnOutcome outcome) { return word_of(kReturnOutcomes, outcome); }
inline std::optional<ReturnOutcome> parse_return_outcome(std::string_view text) { return value_of(kReturnOutcomes, text); }

// What was decided about the whole return. The rest of the header's state follows from the lines.
enum class ReturnDecision { open, approved, declined };
enum class ReturnVerdict { approve, decline };
inline constexpr Step<ReturnDecision, ReturnVerdict> kReturnDecisionSteps[] = {
    {ReturnDecision::open, ReturnVerdict::approve, ReturnDecision::approved},
    {ReturnDecision::open, ReturnVerdict::decline, ReturnDecision::declined},
};
static_assert(unambiguous(kReturnDecisionSteps) && all_reachable(kReturnDecisionSteps, ReturnDecision::open));

// Axis 1: where the goods of the line are.
// missing: will not come, and its units may be returned anew.
// kept: paid back without being sent, the goods stay with the customer; nothing of it is awaited, received or put to stock.
enum class Reception { awaiting, in_transit, received, wrong_item, missing, expired, canceled, kept };
inline constexpr Word<Reception> kReceptions[] = {
    {Reception::awaiting, "awaiting"}, {Reception::in_transit, "in_transit"},
    {Reception::received, "received"}, {Reception::wrong_item, "wrong_item"},
    {Reception::missing, "missing"},   {Reception::expired, "expired"},
    {Reception::canceled, "canceled"}, {Reception::kept, "kept"},
};
inline std::string_view to_text(Reception reception) { return word_of(kReceptions, reception); }
inline std::optional<Reception> parse_reception(std::string_view text) { return value_of(kReceptions, text); }

// Nothing of a line there comes any more: what did not come is not the line's.
bool wait_is_over(Reception reception);

// receive: the last announced unit arrived (a part of a line leaves the axis where it is; the counter tells).
enum class ReceptionEvent { carrier_scan, receive, find_other, give_up, expire, cancel, keep };
inline constexpr Step<Reception, ReceptionEvent> kReceptionSteps[] = {
    {Reception::awaiting, ReceptionEvent::carrier_scan, Reception::in_transit},
    {Reception::awaiting, ReceptionEvent::receive, Reception::received},
    {Reception::awaiting, ReceptionEvent::find_other, Reception::wrong_item},
    {Reception::awaiting, ReceptionEvent::give_up, Reception::missing},
    {Reception::awaiting, ReceptionEvent::expire, Reception::expired},
    {Reception::awaiting, ReceptionEvent::cancel, Reception::canceled},
    {Reception::awaiting, ReceptionEvent::keep, Reception::kept},
    {Reception::in_transit, ReceptionEvent::receive, Reception::received},
    {Reception::in_transit, ReceptionEvent::find_other, Reception::wrong_item},
    {Reception::in_transit, ReceptionEvent::give_up, Reception::missing},
    {Reception::wrong_item, ReceptionEvent::receive, Reception::received},
    {Reception::missing, ReceptionEvent::carrier_scan, Reception::in_transit},  // it turned around once more
};
static_assert(unambiguous(kReceptionSteps) && all_reachable(kReceptionSteps, Reception::awaiting));

// Axis 2: what was decided about the units that came.
enum class Acceptance { pending, accepted, rejected, needs_person };
inline constexpr Word<Acceptance> kAcceptances[] = {{Acceptance::pending, "pending"},
                                                    {Acceptance::accepted, "accepted"},
                                                    {Acceptance::rejected, "rejected"},
                                                    {Acceptance::needs_person, "needs_person"}};
inline std::string_view to_text(Acceptance acceptance) { return word_of(kAcceptances, acceptance); }
inline std::optional<Acceptance> parse_acceptance(std::string_view text) { return value_of(kAcceptances, text); }

enum class AcceptanceEvent { accept, reject, doubt };
inline constexpr Step<Acceptance, AcceptanceEvent> kAcceptanceSteps[] = {
    {Acceptance::pending, AcceptanceEvent::accept, Acceptance::accepted},
    {Acceptance::pending, AcceptanceEvent::reject, Acceptance::rejected},
    {Acceptance::pending, AcceptanceEvent::doubt, Acceptance::needs_person},
    {Acceptance::needs_person, AcceptanceEvent::accept, Acceptance::accepted},
    {Acceptance::needs_person, AcceptanceEvent::reject, Acceptance::rejected},
};
static_assert(unambiguous(kAcceptanceSteps) && all_reachable(kAcceptanceSteps, Acceptance::pending));

// Axis 3: where the goods go.
enum class Disposition { none, restock, refurbish, quarantine, scrap, recycle, donate, send_back };
inline constexpr Word<Disposition> kDispositions[] = {{Disposition::none, "none"},           {Disposition::restock, "restock"},
                                                      {Disposition::refurbish, "refurbish"}, {Disposition::quarantine, "quarantine"},
                                                      {Disposition::scrap, "scrap"},         {Disposition::recycle, "recycle"},
                                                      {Disposition::donate, "donate"},       {Disposition::send_back, "send_back"}};
inline std::string_view to_text(Disposition disposition) { return word_of(kDispositions, disposition); }
inline std::optional<Disposition> parse_disposition(std::string_view text) { return value_of(kDispositions, text); }

// What a disposition does to stock: sellable pieces, pieces that lie here but are not sellable, or none.
enum class StockEffect { sellable, damaged, none };
StockEffect stock_effect(Disposition disposition);

// The header's state, derived. `received`: all announced units came; `closed`: no more will come, but not all came.
enum class ReturnStatus { requested, approved, in_transit, partly_received, received, closed, declined, canceled, expired };
inline constexpr Word<ReturnStatus> kReturnStatuses[] = {
    {ReturnStatus::requested, "requested"},   {ReturnStatus::approved, "approved"},
    {ReturnStatus::in_transit, "in_transit"}, {ReturnStatus::partly_received, "partly_received"},
    {ReturnStatus::received, "received"},     {ReturnStatus::closed, "closed"},
    {ReturnStatus::declined, "declined"},     {ReturnStatus::canceled, "canceled"},
    {ReturnStatus::expired, "expired"}};
inline std::string_view to_text(ReturnStatus status) { return word_of(kReturnStatuses, status); }
inline std::optional<ReturnStatus> parse_return_status(std::string_view text) { return value_of(kReturnStatuses, text); }

// What we propose to do with a parcel that comes back undelivered.
enum class Suggestion { none, refund, resend, inspect };
inline constexpr Word<Suggestion> kSuggestions[] = {
    {Suggestion::none, ""}, {Suggestion::refund, "refund"}, {Suggestion::resend, "resend"}, {Suggestion::inspect, "inspect"}};
inline std::string_view to_text(Suggestion suggestion) { return word_of(kSuggestions, suggestion); }
inline std::optional<Suggestion> parse_suggestion(std::string_view text) { return value_of(kSuggestions, text); }
// From why it could not be delivered: the recipient did not want or fetch it - refund; the address or the carrier was at fault - send it
// again; it was damaged - look at it.
Suggestion suggestion_for(TrackingReason reason);

// One line of a return. announced >= received >= accepted + rejected, always.
struct ReturnLine {
  LineId line;
  std::int64_t announced = 0, received = 0, accepted = 0, rejected = 0;
  Reception reception = Reception::awaiting;
  Acceptance acceptance = Acceptance::pending;
  Disposition disposition = Disposition::none;
  std::int64_t advanced = 0;  // units whose money went ahead of them, on the carrier's scan; at most announced

  std::int64_t awaited() const;  // still to come; 0 once the line is canceled, expired, missing or kept
  std::int64_t undecided() const { return received - accepted - rejected; }
  // Units whose money is out although they were not accepted (yet).
  std::int64_t owed() const { return advanced > accepted ? advanced - accepted : 0; }
};

// Of `units` that were just accepted (the line counts them already): those whose money has not gone ahead.
std::int64_t unpaid_of(const ReturnLine& line, std::int64_t units);

// What the stored header says was decided: `requested` is open, `declined` is declined, all else approved.
ReturnDecision decision_of(ReturnStatus status);
ReturnStatus derive_return_status(ReturnDecision decision, const std::vector<ReturnLine>& lines);

// Receives `units` of what is awaited; throws std::logic_error for more (the caller has counted).
void receive_units(ReturnLine& line, std::int64_t units);
// Decides about units that were received. The axis shows `rejected` only when nothing was accepted.
void accept_units(ReturnLine& line, std::int64_t units, Disposition disposition);
void reject_units(ReturnLine& line, std::int64_t units, Disposition disposition);
// Takes `units` that were received back, as if they were still to come; `before`: the axis before they came. What was canceled since they
// came stays canceled: it leaves the line. Throws std::logic_error for more than was received and is undecided.
void unreceive_units(ReturnLine& line, std::int64_t units, Reception before);
// What was thought not to come is under way once more, as far as `units` of it can still be announced. Gives the units announced anew.
std::int64_t expect_again(ReturnLine& line, std::int64_t units);
// Ends the wait (cancel, expire, give_up, keep); gives the units that can be returned anew: those that will not come, without those that
// were paid back already. 0 when the table has no such step.
std::int64_t end_wait(ReturnLine& line, ReceptionEvent event);

}  // namespace roundtrip::domain
