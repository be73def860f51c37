// Claims: opened, looked at, and every step but the decision (claim_decision.cpp).
#include "usecases/claims.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "store/policies.hpp"
#include "usecases/claim_steps.hpp"
#include "usecases/claiming.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/return_steps.hpp"

namespace roundtrip::usecases {
namespace {

using domain::ClaimEvent;
using domain::ClaimKind;
using domain::ClaimOutcome;
using domain::ClaimState;
using domain::Milestone;

std::vector<Fault> check_claim(const ClaimRequest& request) {
  std::vector<Fault> faults;
  if (request.lines.empty() && request.kind != ClaimKind::lost) faults.push_back({"/lines", "required", "Name at least one line."});
  if (request.kind == ClaimKind::lost && !request.parcel) faults.push_back({"/parcel_id", "required", "Name the parcel that is lost."});
  if (request.wish == ClaimOutcome::repair && request.kind == ClaimKind::lost)
    faults.push_back({"/wish", "invalid", "What is lost cannot be repaired."});
  std::set<LineId> seen;
  for (std::size_t i = 0; i < request.lines.size(); ++i) {
    const std::string at = "/lines/" + std::to_string(i);
    if (request.lines[i].quantity < 1) faults.push_back({at + "/quantity", "out_of_range", "A quantity is 1 or more."});
    if (!seen.insert(request.lines[i].line).second) faults.push_back({at + "/line_id", "duplicate", "Each line once; add the quantities."});
  }
  return faults;
}

Error refused_claim(const std::vector<domain::ClaimRefusal>& refusals, const std::vector<domain::ClaimLineFacts>& lines) {
  const auto& first = refusals.front();
  const bool taken = first.rule == "units_left";
  Error error{taken ? ErrorKind::conflict : ErrorKind::invalid, taken ? "units_not_claimable" : "claim_not_eligible",
              first.result + " " + first.next_step};
  error.explain = Explain{first.rule, first.values, first.next_step};
  for (const auto& one : refusals) {
    std::string pointer;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (one.line && lines[i].line == *one.line) pointer = "/lines/" + std::to_string(i);
    }
    error.faults.push_back({pointer, one.rule, one.result + " " + one.next_step});
  }
  return error;
}

// The facts with the wanted lines only; those of a lost parcel are what was in it.
domain::ClaimFacts wanted_facts(store::Transaction& tx, const Context& context, const ClaimRequest& request) {
  auto facts = store::claim_facts(tx, context.merchant, request.order);
  const auto known = std::move(facts.lines);
  facts.lines.clear();
  std::vector<ClaimedUnits> wanted = request.lines;
  if (request.parcel) {
    const auto contents = store::parcel_contents(tx, context.merchant, request.order, *request.parcel);
    facts.parcel_known = !contents.empty();
    for (const auto& line : contents) {
      if (request.lines.empty()) wanted.push_back({line.line, line.quantity});
    }
  }
  for (const auto& units : wanted) {
    domain::ClaimLineFacts line;
    line.known = false;
    for (const auto& one : known) {
      if (one.line == units.line) line = one;
    }
    line.line = units.line;
    line.requested = units.quantity;
    facts.lines.push_back(std::move(line));
  }
  const auto policy = store::current_policy(tx, context.merchant);
  facts.kind = request.kind;
  facts.now = context.now;
  facts.window_days = request.kind == ClaimKind::warranty ? policy.warranty_days : policy.claim_days;
  facts.by_shop = context.actor.channel == "desk";
  return facts;
}

}  // namespace

ClaimView claim_view(const store::StoredClaim& stored) {
  const auto& row = stored.row;
  ClaimView view;
  view.id = row.id;
  view.order = row.order;
  view.order_number = stored.order_number;
  view.customer_name = stored.customer_name;
  view.currency = stored.currency;
  view.kind = domain::to_text(row.kind);
  view.state = domain::to_text(row.state);
  view.wish = domain::to_text(row.wish);
  view.outcome = domain::to_text(row.outcome);
  view.note = row.note;
  view.decision_note = row.decision_note;
  view.opened_by = row.opened_by;
  view.decided_by = row.decided_by;
  view.waits_for = domain::waits_for(row.state);
  for (const auto event : domain::legal_events(row.state)) view.steps.emplace_back(domain::to_text(event));
  view.parcel = row.parcel;
  view.return_id = row.return_id;
  view.replacement = row.replacement;
  view.replacement_generation = stored.replacement_generation;
  view.replacement_number = stored.replacement_number;
  view.carrier = row.carrier;
  view.tracking_number = row.tracking_number;
  view.opened_at = row.opened_at;
  view.updated_at = row.updated_at;
  view.decided_at = row.decided_at;
  view.repair_by = row.repair_by;
  view.sent_back_at = row.sent_back_at;
  view.closed_at = row.closed_at;
  view.turned_up_at = row.turned_up_at;
  for (const auto& line : row.lines) view.lines.push_back({line.line, line.sku, line.description, line.quantity});
  view.refunds = stored.refunds;
  return view;
}

Result<ClaimView> open_claim(const Context& context, const ClaimRequest& request) {
  if (auto faults = check_claim(request); !faults.empty())
    return Error{ErrorKind::invalid, "invalid_claim", "The claim cannot be opened as it is written; see errors.", std::move(faults)};
  store::Transaction tx(context.db);
  if (const auto opened = done_before(tx, context)) return read_claim(context, parse_id<ClaimId>(*opened).value());
  auto head = store::lock_order(tx, context.merchant, request.order);
  if (!head) return Error{ErrorKind::not_found, "order_not_found", "There is no such order. Check the id (ord_...)."};
  const auto facts = wanted_facts(tx, context, request);
  if (const auto refusals = domain::refusals_of(facts); !refusals.empty()) return refused_claim(refusals, facts.lines);
  store::ClaimRow row;
  row.order = request.order;
  row.kind = request.kind;
  row.wish = request.wish;
  row.note = request.note;
  row.parcel = request.parcel;
  row.opened_by = context.actor.name;
  row.opened_at = context.now;
  for (const auto& line : facts.lines) row.lines.push_back({line.line, line.sku, "", line.requested, line.requested});
  row.id = store::insert_claim(tx, context.merchant, row);
  Claiming claim(tx, context, *head, std::move(row));
  claim.note("claim.opened", {{"kind", std::string(domain::to_text(request.kind))}});
  claim.tell(Milestone::claim_opened);
  store::save_head(tx, context.merchant, *head, context.now);
  note_done(tx, context, to_text(claim.row().id));
  tx.commit();
  return read_claim(context, claim.row().id);
}

Result<ClaimView> read_claim(const Context& context, ClaimId claim) {
  store::Session session(context.db);
  const auto stored = store::find_claim(session, context.merchant, claim);
  if (!stored) return no_such_claim();
  return claim_view(*stored);
}

Result<ClaimPage> list_claims(const Context& context, const std::optional<std::string>& state, ClaimId after, int limit) {
  std::optional<ClaimState> wanted;
  if (state) {
    wanted = domain::parse_claim_state(*state);
    if (!wanted) {
      return Error{ErrorKind::invalid,
                   "invalid_state",
                   "state is one of opened, assessing, awaiting_goods, accepted, in_repair, sent_back, rejected, withdrawn, closed.",
                   {{"/state", "invalid", "unknown claim state"}}};
    }
  }
  store::Session session(context.db);
  auto found = store::list_claims(session, context.merchant, wanted, after, limit + 1);
  ClaimPage page;
  if (found.size() > static_cast<std::size_t>(limit)) {
    found.pop_back();
    page.next = found.back().row.id;
  }
  for (const auto& one : found) page.items.push_back(claim_view(one));
  return page;
}

Result<ClaimView> assess_claim(const Context& context, ClaimId claim) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    if (one.row().state == ClaimState::assessing) return false;
    if (auto refused = one.step(ClaimEvent::assess, "assessed")) return *refused;
    one.note("claim.assessing");
    return true;
  });
}

Result<ClaimView> want_claim_goods(const Context& context, ClaimId claim, int label_valid_days, const std::string& label_carrier) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    auto& row = one.row();
    if (row.state == ClaimState::awaiting_goods) return false;
    if (row.return_id) {
      return Error{ErrorKind::conflict, "claim_state", "The goods were asked for before (" + to_text(*row.return_id) + ")."};
    }
    if (auto refused = one.step(ClaimEvent::want_goods, "waiting for the goods")) return *refused;
    one.hold_units(false);  // the return takes them
    ReturnRequest request;
    request.order = row.order;
    request.kind = domain::ReturnKind::warranty;
    request.label_valid_days = label_valid_days;
    request.label_carrier = label_carrier;
    for (const auto& line : row.lines) request.lines.push_back({line.line, line.quantity, std::string(domain::to_text(row.kind)), ""});
    const auto made = create_approved_return_in(one.tx(), context, one.head(), request);
    if (!made) return made.error();
    row.return_id = *made;
    one.note("claim.goods_wanted", {{"return", to_text(*made)}});
    one.tell(Milestone::claim_goods_wanted);
    return true;
  });
}

Result<ClaimView> promise_repair(const Context& context, ClaimId claim, Instant repair_by, const std::string& note) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    auto& row = one.row();
    if (repair_by <= context.now)
      return Error{ErrorKind::invalid, "invalid_claim", "The date lies in the past.", {{"/repair_by", "out_of_range", "is in the future"}}};
    if (row.state == ClaimState::in_repair && row.repair_by == repair_by) return false;
    if (auto refused = one.step(ClaimEvent::promise, "promised again")) return *refused;
    row.repair_by = repair_by;
    if (!note.empty()) row.decision_note = note;
    one.note("claim.repair_promised", {{"until", format_rfc3339(repair_by)}});
    one.tell(Milestone::claim_in_repair, format_rfc3339(repair_by));
    return true;
  });
}

Result<ClaimView> send_claim_back(const Context& context, ClaimId claim, const std::string& carrier, const std::string& tracking_number,
                                  const std::string& note) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    auto& row = one.row();
    if (row.state == ClaimState::sent_back) return false;
    if (auto refused = one.step(ClaimEvent::send_back, "sent back")) return *refused;
    row.sent_back_at = context.now;
    row.carrier = carrier;
    row.tracking_number = tracking_number;
    if (!note.empty()) row.decision_note = note;
    one.give_units_back();
    one.note("claim.sent_back", {{"carrier", carrier}, {"number", tracking_number}});
    one.tell(Milestone::claim_sent_back);
    return true;
  });
}

Result<ClaimView> reopen_claim(const Context& context, ClaimId claim, const std::string& note) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    if (one.row().state == ClaimState::assessing) return false;
    if (auto refused = one.step(ClaimEvent::reopen, "opened again")) return *refused;
    if (auto refused = one.take_units_again()) return *refused;
    one.row().outcome = ClaimOutcome::undecided;
    one.note("claim.reopened", {{"note", note}});
    return true;
  });
}

Result<ClaimView> withdraw_claim(const Context& context, ClaimId claim) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    if (one.row().state == ClaimState::withdrawn) return false;
    if (auto refused = one.step(ClaimEvent::withdraw, "withdrawn")) return *refused;
    one.give_units_back();
    one.row().closed_at = context.now;
    one.note("claim.withdrawn");
    return true;
  });
}

Result<ClaimView> close_claim(const Context& context, ClaimId claim) {
  return change_claim(context, claim, [&](Claiming& one) -> Result<bool> {
    if (one.row().state == ClaimState::closed) return false;
    if (auto refused = one.step(ClaimEvent::close, "closed")) return *refused;
    one.row().closed_at = context.now;
    one.note("claim.closed");
    return true;
  });
}

int close_finished_claims(const Context& context, int limit) {
  std::vector<ClaimId> finished;
  {
    store::Session session(context.db);
    finished = store::finished_claims(session, context.merchant, limit);
  }
  int closed = 0;
  for (const auto id : finished) closed += close_claim(context, id) ? 1 : 0;
  return closed;
}

bool note_claim_goods(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::LockedReturn& found) {
  if (found.row.kind != domain::ReturnKind::warranty) return false;
  const bool still_awaited = std::any_of(found.lines.begin(), found.lines.end(), [](const auto& line) { return line.state.awaited() > 0; });
  const auto id = store::claim_of_return(tx, context.merchant, found.row.id);
  auto row = id ? store::lock_claim(tx, context.merchant, head.id, *id) : std::nullopt;
  if (!row) return false;
  if (still_awaited || row->state != ClaimState::awaiting_goods) return true;
  Claiming claim(tx, context, head, std::move(*row));
  if (claim.step(ClaimEvent::goods_settled, "assessed")) return true;
  claim.note("claim.goods_settled");
  claim.save();
  return true;
}

void note_parcel_turned_up(store::Transaction& tx, const Context& context, store::OrderHead& head, ParcelId parcel) {
  for (const auto id : store::lost_claims_of(tx, context.merchant, parcel)) {
    auto row = store::lock_claim(tx, context.merchant, head.id, id);
    if (!row) continue;
    row->turned_up_at = context.now;
    Claiming claim(tx, context, head, std::move(*row));
    claim.note("claim.parcel_turned_up", {{"parcel", to_text(parcel)}});
    claim.save();
  }
}

}  // namespace roundtrip::usecases
