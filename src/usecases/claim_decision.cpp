// What each step of a claim does with units and money: refund, replacement, repair, rejection.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "domain/money.hpp"
#include "store/notifications.hpp"
#include "store/policies.hpp"
#include "store/returns.hpp"
#include "usecases/claiming.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/refunds.hpp"
#include "usecases/replacements.hpp"
#include "usecases/state_conflict.hpp"

namespace roundtrip::usecases {
namespace {

using domain::ClaimEvent;
using domain::ClaimOutcome;
using domain::ClaimState;
using domain::Milestone;

std::vector<RefundUnits> claimed_units(const store::ClaimRow& row) {
  std::vector<RefundUnits> units;
  for (const auto& line : row.lines) units.push_back({line.line, line.quantity});
  return units;
}

std::string claim_key(const store::ClaimRow& row) { return "claim:" + to_text(row.id); }

std::optional<Error> accept(Claiming& claim, ClaimOutcome outcome) {
  if (auto refused = claim.step(ClaimEvent::accept, "accepted")) return refused;
  claim.row().outcome = outcome;
  return std::nullopt;
}

Result<bool> refund(Claiming& claim, const Context& context) {
  if (auto refused = accept(claim, ClaimOutcome::refund)) return *refused;
  const auto& row = claim.row();
  const auto terms = plain_terms(store::current_policy(claim.tx(), context.merchant));
  request_refund_under(claim.tx(), context, claim.head(), claim_key(row), "claim", std::nullopt, claimed_units(row), terms);
  claim.note("claim.refunded");
  claim.tell(Milestone::claim_accepted);
  return true;
}

// What the claimed units release, as a replacement of the same goods costs it: nothing is left to pay, also where less was captured.
Result<PricedExchange> same_again(Claiming& claim, const Context& context) {
  const auto units = claimed_units(claim.row());
  const auto grounds = store::refund_grounds(claim.tx(), context.merchant, claim.head().id, lines_of(units), "", std::nullopt, 1);
  const auto plan = plan_refund(grounds.lines, grounds.payments, units, RefundTerms{});
  ExchangePricing pricing;
  for (const auto& line : claim.row().lines) {
    for (const auto& known : grounds.lines) {
      if (known.line != line.line) continue;
      const auto& money = known.money;
      pricing.returned.push_back(
          {line.line, line.sku, line.quantity, domain::release(money, line.quantity),
           domain::share_between(money.shipping_tax, money.released_units, money.released_units + line.quantity, money.quantity)});
    }
  }
  pricing.credit = plan.payable().amount();
  pricing.let_go_up_to = std::numeric_limits<std::int64_t>::max();
  std::vector<WantedReplacement> wanted;
  for (const auto& line : claim.row().lines) wanted.push_back({line.line, line.sku, line.quantity, std::nullopt, 0});
  auto priced = price_exchange(wanted, pricing);
  if (!priced) return priced;
  for (auto& line : priced->lines) {
    for (const auto& known : claim.row().lines) {
      if (known.line == line.line) line.description = known.description;
    }
  }
  return priced;
}

Result<bool> replace(Claiming& claim, const Context& context) {
  if (auto refused = accept(claim, ClaimOutcome::replace)) return *refused;
  const auto priced = same_again(claim, context);
  if (!priced) return priced.error();
  const Replacement wanted{
      "replacement", to_text(claim.row().id), priced->lines, priced->shipping, priced->shipping_tax, priced->discount, ""};
  auto made = make_replacement(claim.tx(), context, claim.head(), wanted);
  if (!made) return made.error();
  RefundTerms terms;
  terms.destinations = {{domain::RefundDestination::exchange, priced->total}};
  const auto refunds = request_refund_under(claim.tx(), context, claim.head(), claim_key(claim.row()), "claim", std::nullopt,
                                            claimed_units(claim.row()), terms);
  move_into_replacement(claim.tx(), context, *made, refunds);
  store::save_head(claim.tx(), context.merchant, *made, context.now);
  claim.row().replacement = made->id;
  claim.note("claim.replaced", {{"replacement", made->external_id}});
  claim.tell(Milestone::claim_accepted);
  return true;
}

Result<bool> repair(Claiming& claim, const ClaimDecision& decision, Instant now) {
  if (!decision.repair_by || *decision.repair_by <= now) {
    return Error{ErrorKind::invalid,
                 "invalid_claim",
                 "A repair needs a date that lies ahead: the customer is told.",
                 {{"/repair_by", decision.repair_by ? "out_of_range" : "required", "is in the future"}}};
  }
  if (auto refused = claim.step(ClaimEvent::repair, "repaired")) return *refused;
  claim.row().outcome = ClaimOutcome::repair;
  claim.row().repair_by = decision.repair_by;
  claim.note("claim.in_repair", {{"until", format_rfc3339(*decision.repair_by)}});
  claim.tell(Milestone::claim_in_repair, format_rfc3339(*decision.repair_by));
  return true;
}

Result<bool> reject(Claiming& claim, const ClaimDecision& decision) {
  if (decision.note.empty()) {
    return Error{ErrorKind::invalid, "invalid_claim", "Say why: the customer reads it.", {{"/note", "required", "is required to reject"}}};
  }
  if (auto refused = claim.step(ClaimEvent::reject, "rejected")) return *refused;
  claim.give_units_back();
  claim.note("claim.rejected", {{"reason", decision.note}});
  claim.tell(Milestone::claim_rejected);
  return true;
}

// The verdict that stands already; nothing when none does.
std::optional<ClaimVerdict> verdict_of(const store::ClaimRow& row) {
  if (row.state == ClaimState::rejected) return ClaimVerdict::reject;
  if (row.state == ClaimState::in_repair) return ClaimVerdict::repair;
  if (row.state != ClaimState::accepted) return std::nullopt;
  return row.outcome == ClaimOutcome::replace ? ClaimVerdict::replace : ClaimVerdict::refund;
}

}  // namespace

Error no_such_claim() { return {ErrorKind::not_found, "claim_not_found", "There is no such claim. Check the id (clm_...)."}; }

Result<ClaimView> decide_claim(const Context& context, ClaimId claim, const ClaimDecision& decision) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    auto& row = one.row();
    if (verdict_of(row) == decision.verdict) return false;
    row.decided_by = context.actor.name;
    row.decided_at = context.now;
    row.decision_note = decision.note;
    switch (decision.verdict) {
      case ClaimVerdict::refund:
        return refund(one, context);
      case ClaimVerdict::replace:
        return replace(one, context);
      case ClaimVerdict::repair:
        return repair(one, decision, context.now);
      case ClaimVerdict::reject:
        return reject(one, decision);
    }
    throw std::logic_error("unknown verdict");
  });
}

std::optional<Error> Claiming::step(ClaimEvent event, const std::string& wanted) {
  const auto next = domain::next_state(domain::kClaimSteps, row_.state, event);
  if (next) {
    row_.state = *next;
    row_.updated_at = context_.now;
    return std::nullopt;
  }
  const std::string state(domain::to_text(row_.state));
  std::string legal;
  for (const auto one : domain::legal_events(row_.state)) legal += (legal.empty() ? "" : ", ") + std::string(domain::to_text(one));
  const std::string next_step = legal.empty() ? "Nothing follows; open another claim." : "What can follow: " + legal + ".";
  return state_conflict("claim_state", state, wanted, next_step);
}

void Claiming::hold_units(bool hold) {
  for (auto& line : row_.lines) line.held = hold ? line.quantity : 0;
  store::save_held_units(tx_, context_.merchant, row_.id, row_.order, lines_before_, row_.lines);
  lines_before_ = row_.lines;
}

void Claiming::give_units_back() {
  const bool held = std::any_of(row_.lines.begin(), row_.lines.end(), [](const auto& line) { return line.held > 0; });
  if (held) return hold_units(false);
  if (!row_.return_id) return;
  // They came in with a return: sent back, they can be returned or claimed anew.
  auto found = store::lock_return(tx_, context_.merchant, row_.order, *row_.return_id);
  if (!found) return;
  std::vector<store::LineUnits> back;
  for (auto& line : found->lines) {
    const std::int64_t units = line.state.undecided();
    if (units == 0) continue;
    domain::reject_units(line.state, units, domain::Disposition::send_back);
    back.push_back({line.state.line, -units, 0});
  }
  if (back.empty()) return;
  store::move_line_counters(tx_, context_.merchant, row_.order, back);
  store::save_return(tx_, context_.merchant, found->row, found->lines);
}

std::optional<Error> Claiming::take_units_again() {
  const auto facts = store::claim_facts(tx_, context_.merchant, row_.order);
  for (const auto& mine : row_.lines) {
    for (const auto& line : facts.lines) {
      if (line.line != mine.line || mine.quantity <= line.shipped - line.taken) continue;
      return Error{ErrorKind::conflict, "units_not_claimable", "Its units are in a return or another claim by now."};
    }
  }
  hold_units(true);
  return std::nullopt;
}

void Claiming::note(const char* type, const Values& values) {
  nlohmann::ordered_json detail = nlohmann::ordered_json::object();
  for (const auto& [name, value] : values) detail[name] = value;
  store::append_timeline(tx_, context_.merchant, head_,
                         {type, context_.actor.channel, context_.actor.name, to_text(row_.id),
                          detail.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)},
                         context_.now);
}

void Claiming::tell(Milestone milestone, const std::string& what) {
  const std::string about = to_text(row_.id) + (what.empty() ? "" : " " + what);
  store::queue_notification(tx_, context_.merchant, row_.order, milestone, about, context_.now, context_.now);
}

void Claiming::save() { store::save_claim(tx_, context_.merchant, row_); }

}  // namespace roundtrip::usecases
