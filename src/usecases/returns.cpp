// Asking for a return, deciding about it, reading it. Receiving goods is in return_receipt.cpp.
#include "usecases/returns.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "carriers/identify.hpp"
#include "domain/bookings.hpp"
#include "domain/codes.hpp"
#include "domain/money.hpp"
#include "store/asked_returns.hpp"
#include "store/database.hpp"
#include "store/notifications.hpp"
#include "store/policies.hpp"
#include "store/refunds.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/bookings.hpp"
#include "usecases/claim_steps.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/pickups.hpp"
#include "usecases/refunds.hpp"
#include "usecases/return_judge.hpp"
#include "usecases/return_money.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/state_conflict.hpp"
#include "usecases/stock.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Disposition;
using domain::ReceptionEvent;
using domain::ReturnDecision;
using domain::ReturnStatus;
using domain::ReturnVerdict;
using nlohmann::ordered_json;

store::ReturnRow new_return(const Context& context, const ReturnRequest& request, const Prepared& prepared) {
  store::ReturnRow row;
  row.order = request.order;
  row.kind = request.kind;
  row.outcome = request.outcome;
  row.status = prepared.judged.decision.approved ? ReturnStatus::approved : ReturnStatus::requested;
  row.policy_version = prepared.policy.version;
  row.decision = decision_json(prepared.judged.decision);
  row.asked = store::asked_json(prepared.asked);
  row.requested_by = context.actor.name;
  row.carrier = request.carrier;
  row.tracking_number = carriers::number_to_keep(request.tracking_number);
  row.created_at = row.updated_at = context.now;
  if (prepared.judged.decision.approved) row.label_expires_at = context.now + request.label_valid_days * kDay;
  return row;
}

}  // namespace

std::vector<store::ReturnLineRow> new_lines(const ReturnRequest& request, const Prepared& prepared) {
  std::vector<store::ReturnLineRow> lines;
  for (std::size_t i = 0; i < request.lines.size(); ++i) {
    store::ReturnLineRow line;
    line.state.line = request.lines[i].line;
    line.state.announced = request.lines[i].quantity;
    line.sku = prepared.asked.facts.lines[i].sku;
    line.reason = request.lines[i].reason;
    line.note = request.lines[i].note;
    line.goods = prepared.asked.facts.lines[i].goods;
    lines.push_back(std::move(line));
  }
  return lines;
}

namespace {

void note_created(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::ReturnRow& row,
                  const ReturnRequest& request) {
  ordered_json lines = ordered_json::array();
  for (const auto& line : request.lines)
    lines.push_back({{"line", to_text(line.line)}, {"quantity", line.quantity}, {"reason", line.reason}});
  const ordered_json detail = {{"kind", domain::to_text(row.kind)}, {"outcome", domain::to_text(row.outcome)}, {"lines", lines}};
  note_return(tx, context, head, "return.requested", row.id, detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool keeps_goods(const store::ReturnRow& row) { return nlohmann::json::parse(row.decision).value("keep_item", false); }

}  // namespace

void give_return_label(store::Transaction& tx, const Context& context, store::OrderHead& head, store::ReturnRow& row,
                       const std::string& label_carrier) {
  if (row.tracking_number.empty() && sells_return_labels(label_carrier))
    return want_return_label(tx, context, head.id, row.id, label_carrier);
  store::queue_notification(tx, context.merchant, head.id, domain::Milestone::return_approved, to_text(row.id), context.now, context.now);
  Route route{row.carrier, "", "", row.tracking_number};
  if (route.number.empty()) std::tie(route.carrier, route.account) = domain::parse_account_name(label_carrier);
  const auto number = start_return_tracking(tx, context, head, row.id, route);
  if (!number) return;  // no such carrier, or its numbers come with its labels
  row.carrier = route.carrier;
  row.tracking_number = *number;
}

namespace {

void approve(store::Transaction& tx, const Context& context, store::OrderHead& head, store::ReturnRow& row,
             const std::string& label_carrier) {
  note_return(tx, context, head, "return.approved", row.id);
  if (keeps_goods(row)) return keep_goods(tx, context, head, row.id);
  give_return_label(tx, context, head, row, label_carrier);
  if (!row.tracking_number.empty()) start_pickup(tx, context, row.id);
}

ReturnView return_view(const store::ReturnRow& row, const std::vector<store::ReturnLineRow>& lines, const std::vector<RefundId>& refunds,
                       const Reader& reader = {}) {
  ReturnView view;
  view.id = row.id;
  view.order = row.order;
  view.code = domain::code_of(row.id);
  view.kind = domain::to_text(row.kind);
  view.outcome = domain::to_text(row.outcome);
  view.status = domain::to_text(row.status);
  view.decline_reason = row.decline_reason;
  view.decision = say_decision(reader, row.decision);
  view.carrier = row.carrier;
  view.tracking_number = row.tracking_number;
  view.suggestion = domain::to_text(row.suggestion);
  view.created_at = row.created_at;
  view.label_expires_at = row.label_expires_at;
  view.received_at = row.received_at;
  for (const auto& line : lines) {
    view.lines.push_back({line.state.line, line.sku, line.reason, line.note, line.state.announced, line.state.received, line.state.accepted,
                          line.state.rejected, std::string(domain::to_text(line.state.reception)),
                          std::string(domain::to_text(line.state.acceptance)), std::string(domain::to_text(line.state.disposition)),
                          line.state.owed()});
  }
  view.refunds = refunds;
  return view;
}

// Saves a change of the header or the end of the wait; gives the SKUs whose stock became free.
std::vector<std::string> write_decision(store::Transaction& tx, const Context& context, LockedReturnAndHead& locked) {
  locked.found.row.updated_at = context.now;
  store::save_return(tx, context.merchant, locked.found.row, locked.found.lines);
  auto freed = settle_exchange(tx, context, locked.head, locked.found.row.id);
  note_claim_goods(tx, context, locked.head, locked.found);
  return freed;
}

Result<ReturnView> commit_decision(store::Transaction& tx, const Context& context, const LockedReturnAndHead& locked,
                                   const std::vector<std::string>& freed) {
  store::save_head(tx, context.merchant, locked.head, context.now);
  note_done(tx, context);
  tx.commit();
  if (!freed.empty()) fill_backorders(context, freed);
  return read_return(context, locked.found.row.id);
}

Result<ReturnView> save_decision(store::Transaction& tx, const Context& context, LockedReturnAndHead& locked) {
  const auto freed = write_decision(tx, context, locked);
  return commit_decision(tx, context, locked, freed);
}

// Ends the wait of every line; gives the units back to the order's lines. False: nothing was awaited.
bool end_all_waits(store::Transaction& tx, const Context& context, LockedReturnAndHead& locked, ReceptionEvent event) {
  std::vector<store::LineUnits> back;
  for (auto& line : locked.found.lines) {
    const std::int64_t units = domain::end_wait(line.state, event);
    if (units > 0) back.push_back({line.state.line, -units, 0});
  }
  if (!back.empty()) store::move_line_counters(tx, context.merchant, locked.head.id, back);
  return !back.empty();
}

}  // namespace

Error return_not_found() { return {ErrorKind::not_found, "return_not_found", "There is no such return. Check the id (ret_...)."}; }

Error return_conflict(const store::ReturnRow& row, const std::string& wanted, const std::string& next_step) {
  return state_conflict("return_state", std::string(domain::to_text(row.status)), wanted, next_step);
}

void note_return(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, ReturnId id,
                 const std::string& detail) {
  store::append_timeline(tx, context.merchant, head, {type, context.actor.channel, context.actor.name, to_text(id), detail}, context.now);
}

Result<LockedReturnAndHead> lock_return_and_order(store::Transaction& tx, MerchantId merchant, ReturnId id) {
  const auto order = store::order_of_return(tx, merchant, id);
  if (!order) return return_not_found();
  auto head = store::lock_order(tx, merchant, *order);
  auto found = store::lock_return(tx, merchant, *order, id);
  if (!head || !found) return return_not_found();
  return LockedReturnAndHead{std::move(*head), std::move(*found)};
}

void derive_header(store::LockedReturn& found, Instant now) {
  std::vector<domain::ReturnLine> states;
  for (const auto& line : found.lines) states.push_back(line.state);
  found.row.status = domain::derive_return_status(domain::decision_of(found.row.status), states);
  found.row.updated_at = now;
  const bool all_here = found.row.status == ReturnStatus::received || found.row.status == ReturnStatus::closed;
  const bool anything = std::any_of(states.begin(), states.end(), [](const domain::ReturnLine& line) { return line.received > 0; });
  if (all_here && anything && !found.row.received_at) found.row.received_at = now;
}

Result<ReturnView> create_return_in(store::Transaction& tx, const Context& context, store::OrderHead& head, const ReturnRequest& request) {
  const auto prepared = prepare_return(tx, context, request);
  if (!prepared) return prepared.error();
  if (!prepared->judged.decision.allowed) return refusal_of(*prepared);
  store::ReturnRow row = new_return(context, request, *prepared);
  const auto lines = new_lines(request, *prepared);
  row.id = store::insert_return(tx, context.merchant, row, lines);
  note_created(tx, context, head, row, request);
  const bool approved = prepared->judged.decision.approved;
  if (prepared->exchange) open_exchange(tx, context, head, row.id, *prepared->exchange, prepared->policy.exchange_trigger);
  if (approved) approve(tx, context, head, row, request.label_carrier);
  if (prepared->exchange) settle_exchange(tx, context, head, row.id);
  if (approved && keeps_goods(row)) {
    const auto kept = store::find_return(tx, context.merchant, row.id);
    return return_view(kept->row, kept->lines, kept->refunds, request.reader);
  }
  return return_view(row, lines, {}, request.reader);
}

Result<ReturnId> create_approved_return_in(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                           const ReturnRequest& request) {
  const auto made = create_return_in(tx, context, head, request);
  if (!made) return made.error();
  auto found = store::lock_return(tx, context.merchant, head.id, made->id).value();
  if (found.row.status != ReturnStatus::requested) return made->id;
  found.row.status = ReturnStatus::approved;
  found.row.label_expires_at = context.now + request.label_valid_days * kDay;
  store::save_return(tx, context.merchant, found.row, found.lines);
  approve(tx, context, head, found.row, request.label_carrier);
  return made->id;
}

Result<ReturnView> create_return(const Context& context, const ReturnRequest& request) {
  store::Transaction tx(context.db);
  if (const auto made = done_before(tx, context)) return read_return(context, parse_id<ReturnId>(*made).value(), request.reader);
  auto head = store::lock_order(tx, context.merchant, request.order);
  if (!head) return order_not_found();
  auto made = create_return_in(tx, context, *head, request);
  if (!made) return made;
  store::save_head(tx, context.merchant, *head, context.now);
  note_done(tx, context, to_text(made->id));
  tx.commit();
  return request.exchange.empty() ? made : read_return(context, made->id, request.reader);
}

Result<ReturnView> read_return(const Context& context, ReturnId return_id, const Reader& reader) {
  store::Session session(context.db);
  const auto found = store::find_return(session, context.merchant, return_id);
  if (!found) return return_not_found();
  auto view = return_view(found->row, found->lines, found->refunds, reader);
  if (found->row.outcome != domain::ReturnOutcome::exchange) return view;
  if (const auto exchange = store::find_exchange(session, context.merchant, return_id)) view.exchange = exchange_view(*exchange);
  return view;
}

Result<std::vector<ReturnView>> returns_of_order(const Context& context, OrderId order) {
  store::Session session(context.db);
  std::vector<ReturnView> views;
  for (const auto& found : store::returns_of_order(session, context.merchant, order))
    views.push_back(return_view(found.row, found.lines, found.refunds));
  return views;
}

Result<std::vector<std::string>> approve_return_in(store::Transaction& tx, const Context& context, LockedReturnAndHead& locked,
                                                   int label_valid_days, const std::string& label_carrier) {
  auto& row = locked.found.row;
  const auto next = domain::next_state(domain::kReturnDecisionSteps, domain::decision_of(row.status), ReturnVerdict::approve);
  if (!next || row.status != ReturnStatus::requested) return return_conflict(row, "approved", "Only a requested return is approved.");
  row.status = ReturnStatus::approved;
  row.label_expires_at = context.now + label_valid_days * kDay;
  const bool kept = keeps_goods(row);
  if (kept) store::save_return(tx, context.merchant, row, locked.found.lines);
  approve(tx, context, locked.head, row, label_carrier);
  if (kept) return std::vector<std::string>{};
  return write_decision(tx, context, locked);
}

Result<ReturnView> approve_return(const Context& context, ReturnId return_id, int label_valid_days, const std::string& label_carrier) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_return(context, return_id);
  auto locked = lock_return_and_order(tx, context.merchant, return_id);
  if (!locked) return locked.error();
  const auto freed = approve_return_in(tx, context, *locked, label_valid_days, label_carrier);
  if (!freed) return freed.error();
  return commit_decision(tx, context, *locked, *freed);
}

Result<ReturnView> decline_return(const Context& context, ReturnId return_id, const std::string& reason) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_return(context, return_id);
  auto locked = lock_return_and_order(tx, context.merchant, return_id);
  if (!locked) return locked.error();
  auto& row = locked->found.row;
  if (!domain::next_state(domain::kReturnDecisionSteps, domain::decision_of(row.status), ReturnVerdict::decline)) {
    return return_conflict(row, "declined", "Only a requested return is declined; an approved one can be canceled.");
  }
  end_all_waits(tx, context, *locked, ReceptionEvent::cancel);
  drop_pickup(tx, context, return_id);
  row.status = ReturnStatus::declined;
  row.decline_reason = reason;
  note_return(tx, context, locked->head, "return.declined", row.id,
              nlohmann::json{{"reason", reason}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return save_decision(tx, context, *locked);
}

Result<ReturnView> cancel_return(const Context& context, ReturnId return_id) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_return(context, return_id);
  auto locked = lock_return_and_order(tx, context.merchant, return_id);
  if (!locked) return locked.error();
  const auto& lines = locked->found.lines;
  if (std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.state.owed() > 0; })) {
    return return_conflict(locked->found.row, "canceled", "Its money went ahead: the goods have to come, or a person of the shop decides.");
  }
  if (!end_all_waits(tx, context, *locked, ReceptionEvent::cancel)) {
    return return_conflict(locked->found.row, "canceled", "Nothing of it is awaited that could be canceled.");
  }
  derive_header(locked->found, context.now);
  drop_return_label(tx, context, return_id);
  drop_pickup(tx, context, return_id);
  note_return(tx, context, locked->head, "return.canceled", locked->found.row.id);
  return save_decision(tx, context, *locked);
}

Result<ReturnView> expire_return(const Context& context, ReturnId return_id) {
  store::Transaction tx(context.db);
  auto locked = lock_return_and_order(tx, context.merchant, return_id);
  if (!locked) return locked.error();
  const auto& row = locked->found.row;
  if (row.status != ReturnStatus::approved || !row.label_expires_at || *row.label_expires_at >= context.now) {
    return return_conflict(row, "expired", "Its label is still valid, or it is on its way.");
  }
  end_all_waits(tx, context, *locked, ReceptionEvent::expire);
  derive_header(locked->found, context.now);
  drop_return_label(tx, context, return_id);
  drop_pickup(tx, context, return_id);
  note_return(tx, context, locked->head, "return.expired", row.id);
  return save_decision(tx, context, *locked);
}

std::vector<ReturnId> due_to_expire(const Context& context, int limit) {
  store::Session session(context.db);
  return store::expired_returns(session, context.merchant, context.now, limit);
}

}  // namespace roundtrip::usecases
