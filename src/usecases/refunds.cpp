// Requesting, approving, denying and reading refunds. Paying them is in refund_payment.cpp.
#include "usecases/refunds.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/secrets.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/policies.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/return_money.hpp"
#include "usecases/state_conflict.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Components;
using domain::RefundEvent;
using domain::RefundState;

// Neither paid nor to be paid any more.
bool is_over_unpaid(RefundState state) { return state == RefundState::denied || state == RefundState::reversed; }

}  // namespace

RefundId write_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow row) {
  store::insert_refund(tx, context.merchant, row);
  const std::string id = to_text(row.id);
  const std::int64_t amount = row.components.amount(), fees = row.components.fees;
  store::post_to_ledger(tx, context.merchant, head.id, "refund_requested:" + id,
                        {{"sales", amount + fees}, {"fees", -fees}, {"refunds_payable", -amount}}, row.currency, context.now);
  nlohmann::ordered_json detail = {
      {"amount", amount}, {"currency", row.currency}, {"reason", row.reason}, {"payment", to_text(row.payment)}};
  if (row.destination != domain::RefundDestination::original) detail["destination"] = domain::to_text(row.destination);
  if (row.bonus > 0) detail["bonus"] = row.bonus;
  if (row.return_id) detail["return"] = to_text(*row.return_id);
  if (row.approval_needed) detail["approval_needed"] = true;
  if (row.due_at) detail["due_at"] = format_rfc3339(*row.due_at);
  note_refund(tx, context, head, "refund.requested", row.id, detail.dump());
  if (row.destination == domain::RefundDestination::exchange) {
    settle_here(tx, context, head, row);  // no money leaves: the new order is paid with it in this transaction
    store::save_refund(tx, context.merchant, row);
  } else if (!row.approval_needed) {
    queue_payment(tx, context, row);
  }
  return row.id;
}

namespace {

// A payment that is an exchange was given with a refund of another order: money goes back the way that refund would have gone.
void follow_exchange(store::Transaction& tx, MerchantId merchant, store::RefundRow& row) {
  const auto source = row.gateway == "exchange" ? parse_id<RefundId>(row.payment_reference) : std::nullopt;
  const auto found = source ? store::find_refund(tx, merchant, *source) : std::nullopt;
  if (!found) return;
  row.gateway = found->gateway;
  row.payment_reference = found->payment_reference;
}

std::vector<RefundId> write_plan(store::Transaction& tx, const Context& context, store::OrderHead& head, const RefundPlan& plan,
                                 const store::RefundGrounds& grounds, store::RefundRow common,
                                 const std::optional<std::int64_t>& approval_limit) {
  const std::string release_key = common.key;
  common.approval_needed = approval_limit && plan.payable().amount() > *approval_limit;
  std::vector<RefundId> made;
  for (const auto& part : plan.parts) {
    store::RefundRow row = common;
    row.id = grounds.ids.at(made.size());
    row.payment = part.payment;
    row.components = part.components;
    row.destination = part.to;
    row.bonus = part.bonus;
    if (part.to == domain::RefundDestination::exchange) {  // settled here and now, without anybody's money moving
      row.approval_needed = false;
      row.due_at.reset();
    }
    row.key = release_key + "/" + to_text(part.payment);
    if (part.to != domain::RefundDestination::original) row.key += "+" + std::string(domain::to_text(part.to));
    // Different for every refund, also of another installation on the same gateway account.
    row.gateway_key = "roundtrip-" + to_text(context.merchant) + "-" + to_text(row.id) + "-" + random_token();
    for (const auto& payment : grounds.payments) {
      if (payment.id != part.payment) continue;
      row.gateway = payment.gateway;
      row.payment_reference = payment.reference;
    }
    follow_exchange(tx, context.merchant, row);
    made.push_back(write_refund(tx, context, head, std::move(row)));
  }
  // Less was captured than is due: said, never hidden.
  const std::int64_t due = plan.due.amount(), payable = plan.payable().amount();
  if (payable < due) {
    const nlohmann::ordered_json detail = {{"due", due}, {"payable", payable}, {"currency", head.currency}, {"cause", release_key}};
    store::append_timeline(tx, context.merchant, head,
                           {"refund.limited_by_payment", context.actor.channel, context.actor.name, to_text(head.id), detail.dump()},
                           context.now);
  }
  return made;
}

}  // namespace

RefundView refund_view(const store::RefundRow& row) {
  RefundView view;
  view.id = row.id;
  view.order = row.order;
  view.return_id = row.return_id;
  view.payment = row.payment;
  view.state = domain::to_text(row.state);
  view.reason = row.reason;
  view.gateway = row.gateway;
  view.gateway_reference = row.gateway_reference;
  view.last_error = row.last_error;
  view.amount = row.components.amount();
  view.price = row.components.price;
  view.discount = row.components.discount;
  view.tax = row.components.tax;
  view.shipping = row.components.shipping;
  view.fees = row.components.fees;
  view.destination = domain::to_text(row.destination);
  view.bonus = row.bonus;
  view.held = row.held;
  view.currency = row.currency;
  view.approval_needed = row.approval_needed;
  view.requested_at = row.requested_at;
  view.due_at = row.due_at;
  view.submitted_at = row.submitted_at;
  view.settled_at = row.settled_at;
  view.answer_due_at = row.answer_due_at;
  view.disagreement = row.disagreement;
  return view;
}

void note_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, RefundId refund,
                 const std::string& detail) {
  store::append_timeline(tx, context.merchant, head, {type, context.actor.channel, context.actor.name, to_text(refund), detail},
                         context.now);
}

void queue_payment(store::Transaction& tx, const Context& context, const store::RefundRow& row) {
  store::add_job(tx, context.merchant, store::kRefundJob, row.id.value, std::max(row.due_at.value_or(context.now), context.now),
                 context.now);
}

Error no_such_refund() { return {ErrorKind::not_found, "refund_not_found", "There is no such refund. Check the id (rfn_...)."}; }

Error second_person_needed(const store::RefundRow& row, const Context& context, const std::string& did, const std::string& does) {
  Error error{ErrorKind::conflict, "second_person_needed", "You " + did + " this refund; a second person " + does + " it."};
  error.explain = Explain{"second_person",
                          {{"requested_by", row.requested_by}, {"approved_by", row.approved_by}, {"asking", context.actor.name}},
                          "Ask a colleague who has the right."};
  return error;
}

Error refund_state_conflict(const store::RefundRow& row, const std::string& wanted) {
  return state_conflict("refund_state", std::string(domain::to_text(row.state)), wanted,
                        "Read the refund again and choose what its state allows.");
}

Result<LockedRefund> lock_refund_with_order(store::Transaction& tx, MerchantId merchant, RefundId id, std::optional<OrderId> known) {
  const auto order = known ? known : store::order_of_refund(tx, merchant, id);
  if (!order) return no_such_refund();
  auto head = store::lock_order(tx, merchant, *order);
  auto row = store::lock_refund(tx, merchant, id);
  if (!head || !row) return no_such_refund();
  return LockedRefund{std::move(*head), std::move(*row)};
}

Components RefundPlan::payable() const {
  Components sum;
  for (const auto& part : parts) sum = sum + part.components;
  return sum;
}

std::int64_t RefundPlan::bonus() const {
  std::int64_t sum = 0;
  for (const auto& part : parts) sum += part.bonus;
  return sum;
}

std::vector<domain::DestinationShare> all_to(domain::RefundDestination destination, std::int64_t at_most) {
  if (destination == domain::RefundDestination::original) return {};
  return {{destination, at_most}};
}

std::vector<LineId> lines_of(const std::vector<RefundUnits>& units) {
  std::vector<LineId> lines;
  for (const auto& unit : units) lines.push_back(unit.line);
  return lines;
}

RefundPlan plan_refund(const std::vector<store::LineMoneyRow>& lines, const std::vector<store::PaymentRow>& payments,
                       const std::vector<RefundUnits>& units, const RefundTerms& terms, std::int64_t credited_before) {
  std::map<LineId, std::int64_t> wanted;
  for (const auto& unit : units) {
    if (unit.units > 0) wanted[unit.line] = domain::add_exactly(wanted[unit.line], unit.units);
  }
  RefundPlan plan;
  domain::Released released;
  for (const auto& [line, money, awaiting] : lines) {
    const auto found = wanted.find(line);
    if (found == wanted.end()) continue;
    const Components share = domain::release(money, found->second);
    plan.lines.push_back({line, found->second, share});
    released.add(share, domain::shipping_span(money, found->second));
    wanted.erase(found);
  }
  if (!wanted.empty()) throw std::logic_error("plan_refund: a line that the order does not have");
  plan.due = domain::due_of(released, terms.deductions);
  std::vector<domain::PaymentRoom> rooms;
  for (const auto& payment : payments) {
    rooms.push_back({payment.id, payment.room(), store::account_of_gateway(payment.gateway) != std::string_view("gateway")});
  }
  plan.parts = domain::split(plan.due, rooms, {terms.destinations, terms.bonus_basis_points, credited_before, terms.order});
  return plan;
}

RefundTerms plain_terms(const domain::Policy& policy) {
  RefundTerms terms{{}, policy.approval_limit};
  terms.order = policy.refund_order;
  return terms;
}

std::vector<RefundId> request_refund_under(store::Transaction& tx, const Context& context, store::OrderHead& head, const std::string& key,
                                           const std::string& reason, std::optional<ReturnId> return_id,
                                           const std::vector<RefundUnits>& units, const RefundTerms& terms) {
  if (key.empty()) throw std::logic_error("a refund needs a key");
  const auto grounds = store::refund_grounds(tx, context.merchant, head.id, lines_of(units), key, return_id, terms.destinations.size());
  if (grounds.released_before) return store::refunds_with_key(tx, context.merchant, head.id, key);
  const auto plan = plan_refund(grounds.lines, grounds.payments, units, terms, grounds.credited_before);
  if (plan.lines.empty()) return {};
  store::save_release(tx, context.merchant, head.id, key, plan.lines);
  store::RefundRow common;
  common.order = head.id;
  common.return_id = return_id;
  common.key = key;
  common.reason = reason;
  common.currency = head.currency;
  common.requested_by = context.actor.name;
  common.requested_at = context.now;
  if (terms.delay_us > 0) common.due_at = context.now + terms.delay_us;
  return write_plan(tx, context, head, plan, grounds, std::move(common), terms.approval_limit);
}

std::vector<RefundId> request_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, const std::string& key,
                                     const std::string& reason, std::optional<ReturnId> return_id, const std::vector<RefundUnits>& units) {
  return request_refund_under(tx, context, head, key, reason, return_id, units, plain_terms(store::current_policy(tx, context.merchant)));
}

Result<RefundView> read_refund(const Context& context, RefundId refund) {
  store::Session session(context.db);
  const auto row = store::find_refund(session, context.merchant, refund);
  if (!row) return no_such_refund();
  return refund_view(*row);
}

Result<RefundDetail> read_refund_detail(const Context& context, RefundId refund) {
  store::Session session(context.db);
  const auto row = store::find_refund(session, context.merchant, refund);
  if (!row) return no_such_refund();
  RefundDetail detail{refund_view(*row), {}, {}};
  for (const auto& line : store::release_of(session, context.merchant, row->order, row->release_key())) {
    detail.lines.push_back({line.line, line.units, line.components});
  }
  const std::string id = ":" + to_text(refund);
  for (auto& entry : store::ledger_of_order(session, context.merchant, row->order)) {
    if (entry.posting.ends_with(id)) detail.ledger.push_back({entry.posting, entry.account, entry.currency, entry.amount, entry.posted_at});
  }
  return detail;
}

Result<RefundPage> list_refunds(const Context& context, const std::optional<std::string>& state, RefundId after, int limit) {
  std::optional<RefundState> wanted;
  if (state) {
    wanted = domain::parse_refund_state(*state);
    if (!wanted) {
      return Error{ErrorKind::invalid,
                   "invalid_state",
                   "state is one of requested, submitted, succeeded, failed, in_doubt, denied, reversed.",
                   {{"/state", "invalid", "unknown refund state"}}};
    }
  }
  store::Session session(context.db);
  auto rows = store::open_refunds(session, context.merchant, wanted, after, limit + 1);
  RefundPage page;
  if (rows.size() > static_cast<std::size_t>(limit)) {
    rows.pop_back();
    page.next = rows.back().id;
  }
  for (const auto& row : rows) page.items.push_back(refund_view(row));
  return page;
}

std::optional<Error> deny_locked_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row,
                                        const std::string& reason) {
  const auto next = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::deny);
  if (!next) return refund_state_conflict(row, "denied");
  row.state = *next;
  row.settled_at = context.now;
  row.approval_needed = false;
  row.last_error = reason;
  store::save_refund(tx, context.merchant, row);
  store::move_refunded(tx, context.merchant, row.order, row.payment, -row.components.amount());
  const std::int64_t amount = row.components.amount(), fees = row.components.fees;
  store::post_to_ledger(tx, context.merchant, row.order, "refund_denied:" + to_text(row.id),
                        {{"refunds_payable", amount}, {"fees", fees}, {"sales", -amount - fees}}, row.currency, context.now);
  bool all_denied = true;
  for (const auto& other : store::refunds_of_order(tx, context.merchant, row.order)) {
    if (other.release_key() == row.release_key() && !is_over_unpaid(other.state)) all_denied = false;
  }
  if (all_denied) store::take_back_release(tx, context.merchant, row.order, row.release_key(), context.now);
  if (all_denied && row.return_id && row.release_key() == ahead_key(*row.return_id))
    store::take_back_advanced(tx, context.merchant, *row.return_id);
  note_refund(tx, context, head, "refund.denied", row.id,
              nlohmann::json{{"reason", reason}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return std::nullopt;
}

std::optional<Error> take_back_refunds(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                       const std::string& release_key, const std::string& reason) {
  std::vector<store::RefundRow> rows;
  for (const auto id : store::refunds_with_key(tx, context.merchant, head.id, release_key)) {
    auto row = store::lock_refund(tx, context.merchant, id);
    if (row && !is_over_unpaid(row->state)) rows.push_back(std::move(*row));
  }
  for (const auto& row : rows) {
    if (!domain::next_state(domain::kRefundSteps, row.state, RefundEvent::deny)) return refund_state_conflict(row, "taken back");
  }
  for (auto& row : rows) {
    if (auto refused = deny_locked_refund(tx, context, head, row, reason)) return refused;
  }
  // A release that nothing was left to pay for has no refund; its shares go back all the same.
  store::take_back_release(tx, context.merchant, head.id, release_key, context.now);
  return std::nullopt;
}

Result<RefundView> approve_refund(const Context& context, RefundId refund) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_refund(context, refund);
  auto locked = lock_refund_with_order(tx, context.merchant, refund);
  if (!locked) return locked.error();
  auto& [head, row] = *locked;
  if (row.state != RefundState::requested || !row.approval_needed) return refund_state_conflict(row, "approved");
  if (row.requested_by == context.actor.name) {
    return second_person_needed(row, context, "requested", "approves");
  }
  row.approval_needed = false;
  row.approved_by = context.actor.name;
  store::save_refund(tx, context.merchant, row);
  queue_payment(tx, context, row);
  note_refund(tx, context, head, "refund.approved", row.id);
  store::save_head(tx, context.merchant, head, context.now);
  note_done(tx, context);
  tx.commit();
  return refund_view(row);
}

Result<RefundView> deny_refund(const Context& context, RefundId refund, const std::string& reason) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_refund(context, refund);
  auto locked = lock_refund_with_order(tx, context.merchant, refund);
  if (!locked) return locked.error();
  if (const auto refused = deny_locked_refund(tx, context, locked->head, locked->row, reason)) return *refused;
  store::save_head(tx, context.merchant, locked->head, context.now);
  note_done(tx, context);
  tx.commit();
  return refund_view(locked->row);
}

}  // namespace roundtrip::usecases
