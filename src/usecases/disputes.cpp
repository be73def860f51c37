// Disputes: seen, booked, and what they do to refunds of the same payment (never pay twice); and refunds that came back.
#include "store/disputes.hpp"

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "store/database.hpp"
#include "store/fees.hpp"
#include "store/jobs.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {
namespace {

using clients::DisputeNews;
using domain::DisputeState;
using domain::RefundEvent;
using domain::RefundState;

std::string hold_of(DisputeId dispute) { return "dispute:" + to_text(dispute); }

DisputeState state_of_news(DisputeNews::Kind kind) {
  switch (kind) {
    case DisputeNews::Kind::inquiry:
      return DisputeState::inquiry;
    case DisputeNews::Kind::open:
      return DisputeState::open;
    case DisputeNews::Kind::won:
      return DisputeState::won;
    case DisputeNews::Kind::lost:
      return DisputeState::lost;
  }
  throw std::logic_error("unknown dispute news");
}

void note_dispute(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, const store::DisputeRow& row) {
  const nlohmann::ordered_json detail = {{"amount", row.amount},   {"currency", row.currency},   {"payment", to_text(row.payment)},
                                         {"gateway", row.gateway}, {"reference", row.reference}, {"reason", row.reason}};
  store::append_timeline(tx, context.merchant, head,
                         {type, context.actor.channel, context.actor.name, to_text(row.id),
                          detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)},
                         context.now);
}

// Where the disputed money is: with us, taken until it is decided, or gone.
void post_dispute(store::Transaction& tx, const Context& context, const store::DisputeRow& row, std::optional<DisputeState> before) {
  const bool taken = before == DisputeState::open;
  const std::int64_t amount = row.amount;
  std::vector<store::PostingLine> lines;
  if (row.state == DisputeState::open) lines = {{"chargebacks", amount}, {"gateway", -amount}};
  if (row.state == DisputeState::won && taken) lines = {{"gateway", amount}, {"chargebacks", -amount}};
  if (row.state == DisputeState::lost) lines = {{"write_offs", amount}, {taken ? "chargebacks" : "gateway", -amount}};
  store::post_to_ledger(tx, context.merchant, row.order, "dispute_" + std::string(domain::to_text(row.state)) + ":" + to_text(row.id),
                        lines, row.currency, context.now);
}

bool is_held_by(const store::RefundRow& row, DisputeId dispute) {
  return row.state == RefundState::requested && row.held == hold_of(dispute);
}

void hold_refunds(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::DisputeRow& dispute) {
  for (const auto& one : store::refunds_of_order(tx, context.merchant, dispute.order)) {
    auto row = store::lock_refund(tx, context.merchant, one.id);
    if (!row || row->payment != dispute.payment || row->state != RefundState::requested || settles_here(*row)) continue;
    hold_refund(tx, context, head, *row, dispute.id);
    store::save_refund(tx, context.merchant, *row);
  }
}

// Won: the money is ours again, so the refund is due. Lost: the payer has the money already.
void end_holds(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::DisputeRow& dispute) {
  for (const auto& one : store::refunds_of_order(tx, context.merchant, dispute.order)) {
    auto row = store::lock_refund(tx, context.merchant, one.id);
    if (!row || !is_held_by(*row, dispute.id)) continue;
    if (dispute.state == DisputeState::lost && row->components.amount() > dispute.amount)
      continue;  // more than was taken: a person decides
    row->held.clear();
    if (dispute.state == DisputeState::lost) {
      deny_locked_refund(tx, context, head, *row, "The payer was paid by the dispute " + dispute.reference + ".");
      continue;
    }
    store::save_refund(tx, context.merchant, *row);
    note_refund(tx, context, head, "refund.hold_ended", row->id, nlohmann::json{{"dispute", to_text(dispute.id)}}.dump());
    if (!row->approval_needed) queue_payment(tx, context, *row);
  }
}

// The payer has the money by dispute and by refund: only a person can ask for it back.
void note_double_payout(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::DisputeRow& dispute) {
  const auto room = store::payment_room(tx, context.merchant, dispute.order, dispute.payment);
  if (room >= dispute.amount) return;
  note_dispute(tx, context, head, "dispute.paid_twice", dispute);
}

void follow_dispute(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::DisputeRow& row) {
  if (row.state == DisputeState::open) hold_refunds(tx, context, head, row);
  if (row.state != DisputeState::won && row.state != DisputeState::lost) return;
  end_holds(tx, context, head, row);
  if (row.state != DisputeState::lost) return;
  note_double_payout(tx, context, head, row);
  store::move_charged_back(tx, context.merchant, row.order, row.payment, row.amount);
}

std::optional<store::PaymentPlace> place_of(store::Queryable& db, const std::string& gateway, const DisputeNews& news) {
  if (auto known = store::payment_of_dispute(db, gateway, news.reference)) return known;
  for (const auto& reference : news.payments) {
    if (reference.empty()) continue;
    if (auto found = store::payment_of_gateway(db, gateway, reference)) return found;
  }
  return std::nullopt;
}

}  // namespace

void hold_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row, DisputeId dispute) {
  if (!row.held.empty() || !row.hold_released_by.empty()) return;
  row.held = hold_of(dispute);
  note_refund(tx, context, head, "refund.held", row.id, nlohmann::json{{"dispute", to_text(dispute)}}.dump());
}

Done take_dispute(store::Database& db, const std::string& gateway, const DisputeNews& news, Instant now) {
  std::optional<store::PaymentPlace> place;
  {
    store::Session session(db);
    place = place_of(session, gateway, news);
  }
  if (!place) {
    log::warn("a dispute of a payment that is not ours", {{"gateway", gateway}, {"reference", news.reference}});
    return done();
  }
  const Context context{db, place->merchant, {"gateway", gateway}, now};
  store::Transaction tx(db);
  auto head = store::lock_order(tx, context.merchant, place->order);
  if (!head) return done();
  auto row = store::lock_dispute(tx, context.merchant, gateway, news.reference);
  const std::optional<DisputeState> before = row ? std::optional(row->state) : std::nullopt;
  const DisputeState after = domain::dispute_after(before, state_of_news(news.kind));
  std::vector<store::FeeRow> fees;
  for (const auto& fee : news.fees) fees.push_back({place->order, gateway, fee.reference, fee.amount, fee.currency});
  const bool booked = store::book_fees(tx, context.merchant, fees, now) > 0;
  if (before == after) {  // told before, or overtaken by newer news
    if (booked) tx.commit();
    return done();
  }
  if (!row) {
    row = store::DisputeRow{{},  place->order, place->payment, gateway, news.reference, place->currency, news.reason, after, news.amount,
                            now, now};
    row->id = store::insert_dispute(tx, context.merchant, *row);
  } else {
    row->state = after;
    row->updated_at = now;
    store::save_dispute(tx, context.merchant, *row);
  }
  post_dispute(tx, context, *row, before);
  static constexpr const char* kEvents[] = {"dispute.inquiry", "dispute.opened", "dispute.won", "dispute.lost"};
  note_dispute(tx, context, *head, kEvents[static_cast<int>(after)], *row);
  follow_dispute(tx, context, *head, *row);
  store::save_head(tx, context.merchant, *head, now);
  tx.commit();
  return done();
}

Result<RefundView> release_refund(const Context& context, RefundId refund) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_refund(context, refund);
  auto locked = lock_refund_with_order(tx, context.merchant, refund);
  if (!locked) return locked.error();
  auto& [head, row] = *locked;
  if (row.state != RefundState::requested || row.held.empty()) return refund_state_conflict(row, "released: it is not held");
  note_refund(tx, context, head, "refund.released", row.id, nlohmann::json{{"held", row.held}}.dump());
  row.held.clear();
  row.hold_released_by = context.actor.name;
  store::save_refund(tx, context.merchant, row);
  if (!row.approval_needed) queue_payment(tx, context, row);
  store::save_head(tx, context.merchant, head, context.now);
  note_done(tx, context);
  tx.commit();
  return refund_view(row);
}

void reverse_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row, const std::string& why) {
  const bool was_paid = row.state == RefundState::succeeded;
  const std::int64_t amount = row.components.amount(), fees = row.components.fees;
  row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::reverse).value();
  row.last_error = why;
  store::move_refunded(tx, context.merchant, row.order, row.payment, -amount);
  store::post_to_ledger(tx, context.merchant, row.order, "refund_reversed:" + to_text(row.id),
                        {{was_paid ? "gateway" : "refunds_payable", amount}, {"fees", fees}, {"sales", -amount - fees}}, row.currency,
                        context.now);
  note_refund(tx, context, head, "refund.reversed", row.id,
              nlohmann::json{{"why", why}, {"was_paid", was_paid}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace roundtrip::usecases
