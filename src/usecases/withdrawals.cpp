// A declaration of withdrawal: what can be withdrawn, what it pays back, and taking it.
#include "usecases/withdrawals.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "messages/receipt.hpp"
#include "store/notifications.hpp"
#include "store/policies.hpp"
#include "store/refunds.hpp"
#include "store/returns.hpp"
#include "store/shipments.hpp"
#include "usecases/access.hpp"
#include "usecases/orders.hpp"
#include "usecases/refunds.hpp"
#include "usecases/return_money.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/returns.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {

using domain::ReturnKind;
using domain::ReturnLineFacts;

std::int64_t not_yet_left(const ReturnLineFacts& line) { return line.quantity - line.canceled - line.shipped; }
std::int64_t withdrawable(const domain::ReturnFacts& facts, const ReturnLineFacts& line) {
  if (!line.goods && !facts.anything_shipped) return line.quantity - line.canceled - line.announced;
  return (line.goods ? not_yet_left(line) : 0) + domain::returnable_units(line, facts.anything_shipped);
}

// The days are counted from the last of the goods: while some have not left, they are not.
domain::WithdrawalPeriod period_of(const domain::Policy& policy, const domain::ReturnFacts& facts, Instant now) {
  const bool all_left = std::all_of(facts.lines.begin(), facts.lines.end(),
                                    [](const ReturnLineFacts& line) { return !line.goods || not_yet_left(line) <= 0; });
  return domain::withdrawal_period(policy.withdrawal_days, all_left && facts.all_delivered ? facts.delivered_at : std::nullopt, now);
}

// A declaration in two parts: what is canceled and what comes back.
struct Declared {
  std::vector<CancelLine> cancel;
  std::vector<WantedLine> back;
  std::vector<WithdrawnUnits> all;
};

Error not_there(std::size_t at, std::int64_t left) {
  const std::string pointer = "/lines/" + std::to_string(at);
  Error error{ErrorKind::invalid, "units_not_there", "At most " + std::to_string(left) + " of it can be withdrawn."};
  error.faults.push_back({pointer + "/quantity", "not_there", "at most " + std::to_string(left)});
  error.explain = Explain{"units_left", {{"left", std::to_string(left)}}, "Choose at most " + std::to_string(left) + "."};
  return error;
}

// Lines without goods follow the last goods: Article 13(1) pays back all payments of a contract that is withdrawn as a whole.
void add_lines_without_goods(const domain::ReturnFacts& facts, std::vector<WithdrawnUnits>& lines) {
  for (const auto& line : facts.lines) {
    if (!line.goods) continue;
    std::int64_t left = withdrawable(facts, line);
    for (const auto& wanted : lines) left -= wanted.line == line.line ? wanted.quantity : 0;
    if (left > 0) return;
  }
  for (const auto& line : facts.lines) {
    if (!line.goods && withdrawable(facts, line) > 0) lines.push_back({line.line, withdrawable(facts, line)});
  }
}

Result<Declared> declared_units(const domain::ReturnFacts& facts, const std::vector<WithdrawnUnits>& wanted) {
  Declared out;
  if (wanted.empty()) {
    for (const auto& line : facts.lines) {
      if (line.goods && withdrawable(facts, line) > 0) out.all.push_back({line.line, withdrawable(facts, line)});
    }
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto line = std::find_if(facts.lines.begin(), facts.lines.end(), [&](const auto& one) { return one.line == wanted[i].line; });
    const bool twice = std::any_of(out.all.begin(), out.all.end(), [&](const auto& one) { return one.line == wanted[i].line; });
    const std::int64_t left = line == facts.lines.end() || twice ? 0 : withdrawable(facts, *line);
    if (wanted[i].quantity < 1 || wanted[i].quantity > left) return not_there(i, left);
    out.all.push_back(wanted[i]);
  }
  if (out.all.empty())
    return Error{ErrorKind::conflict, "nothing_to_withdraw", "Everything of this order is withdrawn, returned or canceled already."};
  add_lines_without_goods(facts, out.all);
  for (const auto& units : out.all) {
    const auto line = std::find_if(facts.lines.begin(), facts.lines.end(), [&](const auto& one) { return one.line == units.line; });
    const bool stays = line->goods || !facts.anything_shipped;
    const std::int64_t cancel = stays ? std::min(units.quantity, not_yet_left(*line)) : 0;
    if (cancel > 0) out.cancel.push_back({units.line, cancel});
    if (units.quantity > cancel) out.back.push_back({units.line, units.quantity - cancel, "", ""});
  }
  return out;
}

Error period_over(const domain::WithdrawalPeriod& period) {
  const std::string delivered = format_rfc3339(*period.delivered_at), ended = format_rfc3339(*period.ends_at);
  Error error{ErrorKind::conflict, "withdrawal_period_over",
              "The " + std::to_string(period.days) + " days to withdraw ended on " + ended.substr(0, 10) +
                  "; the last parcel was delivered on " + delivered.substr(0, 10) + "."};
  error.explain = Explain{"withdrawal_period",
                          {{"days", std::to_string(period.days)}, {"delivered_at", delivered}, {"ended_at", ended}},
                          "See whether the shop's own return policy still takes it; faulty goods are a warranty case."};
  return error;
}

// Moves the money past units that are released first.
void release_first(store::RefundGrounds& grounds, const std::vector<RefundUnits>& units) {
  for (auto& line : grounds.lines) {
    for (const auto& one : units) {
      if (one.line != line.line || one.units <= 0) continue;
      line.money.released = line.money.released + domain::release(line.money, one.units);
      line.money.released_units += one.units;
    }
  }
}

// What other returns wait for is released before.
std::vector<RefundUnits> awaited_before(const store::RefundGrounds& grounds, const Declared& declared) {
  std::vector<RefundUnits> before;
  for (const auto& line : grounds.lines) {
    const auto wanted = std::find_if(declared.all.begin(), declared.all.end(), [&](const auto& one) { return one.line == line.line; });
    before.push_back({line.line, std::min(line.awaiting, line.money.quantity - line.money.released_units - wanted->quantity)});
  }
  return before;
}

// The money of both parts, as if what comes back were here: what has not left is canceled and paid back whole. `kept`: what has left
// stays with the customer and is paid first.
domain::Components money_of(store::Queryable& db, const Context& context, const domain::ReturnFacts& facts, OrderId order,
                            const domain::Policy& policy, const Declared& declared, bool kept) {
  std::vector<RefundUnits> all, cancel, back;
  for (const auto& one : declared.all) all.push_back({one.line, one.quantity});
  for (const auto& one : declared.cancel) cancel.push_back({one.line, one.quantity});
  for (const auto& one : declared.back) back.push_back({one.line, one.quantity});
  auto grounds = store::refund_grounds(db, context.merchant, order, lines_of(all), "", std::nullopt, 0);
  release_first(grounds, awaited_before(grounds, declared));
  const auto terms = refund_terms_of(policy, ReturnKind::withdrawal, domain::ReturnOutcome::refund,
                                     domain::terms_of(policy, ReturnKind::withdrawal, domain::ReturnOutcome::refund, {""}, kept,
                                                      {facts.currency, facts.customer.country}));
  domain::Components sum;
  const auto add = [&](const std::vector<RefundUnits>& units, const RefundTerms& under) {
    const auto plan = plan_refund(grounds.lines, grounds.payments, units, under);
    sum = sum + plan.payable();
    release_first(grounds, units);
    for (const auto& part : plan.parts) {
      for (auto& payment : grounds.payments) payment.refunded += payment.id == part.payment ? part.components.amount() : 0;
    }
  };
  if (!kept) add(cancel, plain_terms(policy));
  add(back, terms);
  if (kept) add(cancel, plain_terms(policy));
  return sum;
}

ReturnRequest return_of(const WithdrawalRequest& request, const Declared& declared) {
  ReturnRequest out;
  out.order = request.order;
  out.kind = ReturnKind::withdrawal;
  out.lines = declared.back;
  out.label_valid_days = request.label_valid_days;
  out.label_carrier = request.label_carrier;
  return out;
}

// The policy lets the customer keep what they have.
bool goods_stay(store::Queryable& db, const Context& context, const WithdrawalRequest& request, const Declared& declared) {
  if (declared.back.empty()) return false;
  const auto preview = preview_return_in(db, context, return_of(request, declared));
  return preview && preview->decision.keep_item;
}

std::string receipt_of(const MerchantView& merchant, const OrderView& order, const WithdrawalRequest& request, const Declared& declared,
                       const WithdrawalView& row, bool kept) {
  messages::WithdrawalReceipt facts{request.locale,
                                    request.time_zone,
                                    merchant.facts.name,
                                    order.external_id,
                                    request.name,
                                    order.placed_at,
                                    row.received_at,
                                    row.refund_due_at,
                                    {},
                                    {row.amount, {row.currency}},
                                    !declared.back.empty() && !kept};
  for (const auto& units : declared.all) {
    const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&](const auto& one) { return one.id == units.line; });
    if (line != order.lines.end()) facts.items.push_back({line->description, line->sku, units.quantity, ""});
  }
  return messages::withdrawal_receipt(facts);
}

void note_withdrawal(store::Transaction& tx, const Context& context, store::OrderHead& head, const WithdrawalView& row,
                     const Declared& declared) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const auto& units : declared.all) lines.push_back({{"line", to_text(units.line)}, {"quantity", units.quantity}});
  nlohmann::ordered_json detail = {{"received_at", format_rfc3339(row.received_at)},
                                   {"refund_due_at", format_rfc3339(row.refund_due_at)},
                                   {"receipt_sha256", row.receipt_sha256},
                                   {"amount", row.amount},
                                   {"currency", row.currency},
                                   {"lines", lines}};
  if (row.return_id) detail["return"] = to_text(*row.return_id);
  store::append_timeline(tx, context.merchant, head,
                         {"withdrawal.received", context.actor.channel, context.actor.name, to_text(row.id), detail.dump()}, context.now);
  store::queue_notification(tx, context.merchant, head.id, domain::Milestone::withdrawal_received, to_text(row.id), context.now,
                            context.now);
}

Error order_unknown() { return {ErrorKind::not_found, "order_not_found", "There is no such order."}; }

}  // namespace

WithdrawalChoice withdrawal_choice(const Context& context, OrderId order) {
  store::Session session(context.db);
  const auto facts = store::return_facts(session, context.merchant, order);
  WithdrawalChoice choice{period_of(store::current_policy(session, context.merchant), facts, context.now), {}};
  for (const auto& line : facts.lines) {
    if (line.goods && withdrawable(facts, line) > 0) choice.lines.push_back({line.line, withdrawable(facts, line)});
  }
  return choice;
}

Result<WithdrawalPreview> preview_withdrawal(const Context& context, const WithdrawalRequest& request) {
  store::Session session(context.db);
  const auto facts = store::return_facts(session, context.merchant, request.order);
  if (facts.lines.empty()) return order_unknown();
  const auto policy = store::current_policy(session, context.merchant);
  if (const auto period = period_of(policy, facts, context.now); !period.open) return period_over(period);
  const auto declared = declared_units(facts, request.lines);
  if (!declared) return declared.error();
  WithdrawalPreview preview;
  const bool kept = goods_stay(session, context, request, *declared);
  preview.money = money_of(session, context, facts, request.order, policy, *declared, kept);
  preview.goods_to_send = !declared->back.empty() && !kept;
  preview.freight = domain::freight_payer(policy, ReturnKind::withdrawal, domain::ReturnOutcome::refund, {""});
  preview.currency =
      session.value<std::string>("SELECT currency FROM orders WHERE merchant_id = $1 AND order_id = $2", context.merchant, request.order)
          .value();
  return preview;
}

Result<WithdrawalView> withdraw(const Context& context, const WithdrawalRequest& request) {
  const auto order = read_order(context, request.order);
  if (!order) return order.error();
  const auto merchant = read_merchant(context.db, context.merchant);
  if (!merchant) return order_unknown();
  WithdrawalView row;
  std::vector<std::string> freed;
  {
    store::Transaction tx(context.db);
    auto locked = store::lock_work(tx, context.merchant, request.order, std::nullopt);
    if (!locked) return order_unknown();
    const auto facts = store::return_facts(tx, context.merchant, request.order);
    const auto policy = store::current_policy(tx, context.merchant);
    if (const auto period = period_of(policy, facts, context.now); !period.open) return period_over(period);
    const auto declared = declared_units(facts, request.lines);
    if (!declared) return declared.error();
    row.order = request.order;
    row.received_at = context.now;
    row.refund_due_at = domain::withdrawal_refund_due(context.now);
    const bool kept = goods_stay(tx, context, request, *declared);
    row.amount = money_of(tx, context, facts, request.order, policy, *declared, kept).amount();
    row.currency = locked->head.currency;
    if (!declared->back.empty()) {
      const auto back = create_return_in(tx, context, locked->head, return_of(request, *declared));
      if (!back) return back.error();
      row.return_id = back->id;
    }
    if (!declared->cancel.empty()) {
      auto canceled = cancel_units_in(tx, context, *locked, declared->cancel, {"withdrawal", "withdrawal"});
      if (!canceled) return canceled.error();
      freed = *std::move(canceled);
    }
    row.receipt = receipt_of(*merchant, *order, request, *declared, row, kept);
    row.receipt_sha256 = sha256_hex(row.receipt);
    row.id = store::insert_withdrawal(tx, context.merchant, row);
    note_withdrawal(tx, context, locked->head, row, *declared);
    store::save_head(tx, context.merchant, locked->head, context.now);
    tx.commit();
  }
  if (!freed.empty()) fill_backorders(context, freed);
  return row;
}

void settle_withdrawals(const Context& context) {
  store::Session session(context.db);
  store::settle_withdrawals(session, context.merchant, context.now);
}

std::vector<WithdrawalView> withdrawals_of_order(const Context& context, OrderId order) {
  store::Session session(context.db);
  return store::withdrawals_of_order(session, context.merchant, order);
}

}  // namespace roundtrip::usecases
