// The customer's side of returns.
#include "usecases/customer_returns.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crash.hpp"
#include "store/notifications.hpp"
#include "store/policies.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/pickups.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Reception;
using domain::ReturnStatus;

constexpr std::int64_t kRemindBefore = 3 * kDay;
constexpr std::int64_t kRemindNotBeforeAge = kDay;  // who announced it today was told today

bool nothing_moved(const store::LockedReturn& found) {
  const bool open = found.row.status == ReturnStatus::requested || found.row.status == ReturnStatus::approved;
  return open && std::all_of(found.lines.begin(), found.lines.end(), [](const auto& line) {
           return line.state.reception == Reception::awaiting && line.state.received == 0 && line.state.advanced == 0;
         });
}

Error on_its_way(const store::ReturnRow& row, const std::string& wanted) {
  return return_conflict(row, wanted, "It is on its way or over already; contact the shop.");
}

// What is decided by people, or lets the customer keep the goods, is not changed in place.
std::optional<Error> refuse_change(const store::ReturnRow& row, const domain::PolicyDecision& decision) {
  const bool person = row.status == ReturnStatus::approved && !decision.approved;
  if (!person && !decision.keep_item) return std::nullopt;
  const std::string next = "Cancel this return and announce another one.";
  Error error{ErrorKind::conflict, "return_change", "This change cannot be made to a return that was announced. " + next};
  error.explain =
      Explain{"return_change", {{"needs_person", person ? "true" : "false"}, {"keep_item", decision.keep_item ? "true" : "false"}}, next};
  return error;
}

void note_change(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::ReturnRow& row,
                 const ReturnRequest& request, domain::ReturnWay way) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const auto& line : request.lines)
    lines.push_back({{"line", to_text(line.line)}, {"quantity", line.quantity}, {"reason", line.reason}});
  const nlohmann::ordered_json detail = {{"outcome", domain::to_text(row.outcome)}, {"way", domain::to_text(way)}, {"lines", lines}};
  note_return(tx, context, head, "return.changed", row.id, detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::optional<Error> refuse_way(const Context& context, const ReturnRequest& request, const WayBack& back) {
  if (back.way != ReturnWay::pickup) return std::nullopt;
  const auto days = pickup_days(request.reader.time_zone, context.now);
  if (fetches_parcels(request.label_carrier) && std::find(days.begin(), days.end(), back.day) != days.end()) return std::nullopt;
  return Error{ErrorKind::invalid, "pickup_unavailable", "Nobody fetches the parcel on that day. Choose another day or another way back."};
}

// The pick-up of a return that goes on with this way: the one there is stays when it is for the same day.
void set_pickup(store::Transaction& tx, const Context& context, const store::ReturnRow& row, const std::string& label_carrier,
                const WayBack& back) {
  const auto now = store::pickup_of_return(tx, context.merchant, row.id);
  const bool stands = now && (now->state == domain::PickupState::wanted || now->state == domain::PickupState::booked);
  if (stands && back.way == ReturnWay::pickup && now->day == back.day) return;
  if (stands) drop_pickup(tx, context, row.id);
  if (back.way != ReturnWay::pickup) return;
  want_pickup(tx, context, row.order, row.id, label_carrier, back.day);
  if (row.status == ReturnStatus::approved && !row.tracking_number.empty()) start_pickup(tx, context, row.id);
}

// Gives the return's units back and its exchange up, so that it can be asked for otherwise. Gives the SKUs whose stock became free.
Result<std::vector<std::string>> clear_return(store::Transaction& tx, const Context& context, LockedReturnAndHead& locked,
                                              const ReturnRequest& request) {
  const auto& found = locked.found;
  std::vector<std::string> instead;
  for (const auto& wanted : request.exchange) instead.push_back(wanted.sku);
  auto freed = give_up_exchange(tx, context, locked.head, found.row.id, std::move(instead));
  if (freed) store::drop_return_lines(tx, context.merchant, locked.head.id, found.row.id, found.lines);
  return freed;
}

void write_change(store::Transaction& tx, const Context& context, LockedReturnAndHead& locked, const ReturnRequest& request,
                  const Prepared& prepared, const WayBack& back) {
  auto& row = locked.found.row;
  row.outcome = request.outcome;
  row.policy_version = prepared.policy.version;
  row.decision = decision_json(prepared.judged.decision);
  row.asked = store::asked_json(prepared.asked);
  row.updated_at = context.now;
  store::rewrite_return(tx, context.merchant, row, new_lines(request, prepared));
  store::save_way(tx, context.merchant, row.id, back.way);
  note_change(tx, context, locked.head, row, request, back.way);
  if (prepared.exchange) open_exchange(tx, context, locked.head, row.id, *prepared.exchange, prepared.policy.exchange_trigger);
  const bool labeled = !row.tracking_number.empty() || back.way == ReturnWay::shop || row.status != ReturnStatus::approved;
  if (!labeled) give_return_label(tx, context, locked.head, row, request.label_carrier);
  set_pickup(tx, context, row, request.label_carrier, back);
  if (prepared.exchange) settle_exchange(tx, context, locked.head, row.id);
}

}  // namespace

ReturnChoice return_choice(const Context& context, OrderId order, const Reader& reader) {
  store::Session session(context.db);
  const auto policy = store::current_policy(session, context.merchant);
  const auto facts = store::return_facts(session, context.merchant, order);
  ReturnChoice choice;
  choice.photo_reasons = policy.photo_reasons;
  choice.shops = store::shops_of(session, context.merchant);
  for (const auto& line : facts.lines) {
    if (!line.goods || line.shipped <= 0) continue;
    domain::ReturnFacts one = facts;
    one.now = context.now;
    one.lines = {line};
    ReturnableLine out;
    out.line = line.line;
    out.units = domain::returnable_units(line, facts.anything_shipped);
    one.lines.front().requested = std::max<std::int64_t>(1, out.units);
    auto decision = domain::decide(policy, one);
    say_trace(reader, decision.trace);
    out.until = decision.last_day;
    for (auto& step : decision.trace) {
      if (step.refused && !out.refused) out.refused = std::move(step);
    }
    choice.lines.push_back(std::move(out));
  }
  return choice;
}

Result<ReturnView> register_return(const Context& context, ReturnRequest request, const WayBack& back) {
  if (auto refused = refuse_way(context, request, back)) return *refused;
  if (back.way == ReturnWay::shop) request.label_carrier.clear();
  store::Transaction tx(context.db);
  auto head = store::lock_order(tx, context.merchant, request.order);
  if (!head) return Error{ErrorKind::not_found, "order_not_found", "There is no such order."};
  auto made = create_return_in(tx, context, *head, request);
  if (!made) return made;
  store::save_way(tx, context.merchant, made->id, back.way);
  const auto found = back.way == ReturnWay::pickup ? store::lock_return(tx, context.merchant, head->id, made->id) : std::nullopt;
  if (found && nothing_moved(*found)) set_pickup(tx, context, found->row, request.label_carrier, back);
  store::save_head(tx, context.merchant, *head, context.now);
  tx.commit();
  return made;
}

std::vector<WayOfReturn> ways_of_order(const Context& context, OrderId order) {
  store::Session session(context.db);
  return store::ways_of_order(session, context.merchant, order);
}

Result<ReturnPreview> preview_change(const Context& context, ReturnId return_id, ReturnRequest request) {
  store::Transaction tx(context.db);  // never committed: the return's units are given back only for the question
  auto locked = lock_return_and_order(tx, context.merchant, return_id);
  if (!locked) return locked.error();
  const auto& found = locked->found;
  if (!nothing_moved(found)) return on_its_way(found.row, "changed");
  request.order = locked->head.id;
  request.kind = found.row.kind;
  const auto freed = clear_return(tx, context, *locked, request);
  if (!freed) return freed.error();
  return preview_return_in(tx, context, request);
}

Result<ReturnView> change_return(const Context& context, ReturnId return_id, ReturnRequest request, const WayBack& back) {
  if (auto refused = refuse_way(context, request, back)) return *refused;
  std::vector<std::string> freed;
  {
    store::Transaction tx(context.db);
    auto locked = lock_return_and_order(tx, context.merchant, return_id);
    if (!locked) return locked.error();
    if (!nothing_moved(locked->found)) return on_its_way(locked->found.row, "changed");
    request.order = locked->head.id;
    request.kind = locked->found.row.kind;
    auto given_up = clear_return(tx, context, *locked, request);
    if (!given_up) return given_up.error();
    freed = std::move(*given_up);
    const auto prepared = prepare_return(tx, context, request);
    if (!prepared) return prepared.error();
    if (!prepared->judged.decision.allowed) return refusal_of(*prepared);
    if (auto refused = refuse_change(locked->found.row, prepared->judged.decision)) return *refused;
    write_change(tx, context, *locked, request, *prepared, back);
    store::save_head(tx, context.merchant, locked->head, context.now);
    crash_point("change.before_commit");
    tx.commit();
    crash_point("change.after_commit");
  }
  if (!freed.empty()) fill_backorders(context, freed);
  return read_return(context, return_id, request.reader);
}

Result<ReturnView> cancel_before_drop_off(const Context& context, ReturnId return_id) {
  {
    store::Transaction tx(context.db);
    const auto locked = lock_return_and_order(tx, context.merchant, return_id);
    if (!locked) return locked.error();
    if (!nothing_moved(locked->found)) return on_its_way(locked->found.row, "canceled");
  }
  return cancel_return(context, return_id);
}

bool can_be_canceled(const ReturnView& view) {
  const bool open = view.status == "requested" || view.status == "approved";
  const bool own = view.kind == "return" || view.kind == "exchange";
  return open && own && std::all_of(view.lines.begin(), view.lines.end(), [](const auto& line) {
           return line.reception == "awaiting" && line.received == 0 && line.owed == 0;
         });
}

bool can_be_changed(const ReturnView& view) {
  const std::string replacement = view.exchange ? view.exchange->replacement_status : "";
  return can_be_canceled(view) && (replacement.empty() || replacement == "open" || replacement == "canceled");
}

int remind_of_labels(const Context& context, int limit) {
  std::vector<ReturnId> due;
  {
    store::Session session(context.db);
    due = store::returns_to_remind(session, context.merchant, context.now + kRemindBefore, context.now - kRemindNotBeforeAge, limit);
  }
  for (const ReturnId id : due) {
    store::Transaction tx(context.db);
    auto locked = lock_return_and_order(tx, context.merchant, id);
    if (!locked) continue;
    store::mark_reminded(tx, context.merchant, id, context.now);
    if (nothing_moved(locked->found)) {
      store::queue_notification(tx, context.merchant, locked->head.id, domain::Milestone::label_expires, to_text(id), context.now,
                                context.now);
    }
    crash_point("reminder.before_commit");
    tx.commit();
    crash_point("reminder.after_commit");
  }
  return static_cast<int>(due.size());
}

}  // namespace roundtrip::usecases
