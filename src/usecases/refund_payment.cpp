// Paying refunds: save the key, call the gateway once, record what came of it; retries and payments by hand.
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/crash.hpp"
#include "base/log.hpp"
#include "clients/gateway.hpp"
#include "store/database.hpp"
#include "store/disputes.hpp"
#include "store/fees.hpp"
#include "store/notifications.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {
namespace {

using clients::GatewayAnswer;
using domain::RefundEvent;
using domain::RefundState;
using Kind = GatewayAnswer::Kind;

// How long a refund that the gateway has taken, but not settled, rests between look-ups. Its event comes first, usually.
constexpr std::int64_t kPendingPause = 10 * kMinute;
constexpr const char* kByHand = "by_hand: pay it out by hand, then mark it paid";

bool can_settle(RefundState state) { return state == RefundState::submitted || state == RefundState::in_doubt; }

struct Attempt {
  store::RefundRow row;
  std::string order;          // external number
  bool asked_before = false;  // a try may have reached the gateway
  std::int64_t age_s = 0;     // since it was first submitted
};

bool waits_for_person(const store::RefundRow& row) { return row.state == RefundState::submitted && row.last_error == kByHand; }

// Step 1: the refund is `submitted`, with its key, before anybody is called. Nothing when there is nothing to pay
// (any more).
std::optional<Attempt> submit_refund(const Context& context, RefundId id, std::int64_t answer_within_us) {
  store::Transaction tx(context.db);
  auto locked = lock_refund_with_order(tx, context.merchant, id);
  if (!locked) return std::nullopt;
  auto& [head, row] = *locked;
  if (can_settle(row.state)) {
    const std::int64_t age_us = context.now - row.submitted_at.value_or(context.now);
    return Attempt{std::move(row), head.external_id, true, age_us / kSecond};
  }
  if (row.state != RefundState::requested || row.approval_needed || !row.held.empty()) return std::nullopt;
  if (settles_here(row)) {
    settle_here(tx, context, head, row);
    store::save_refund(tx, context.merchant, row);
    store::save_head(tx, context.merchant, head, context.now);
    crash_point("refund.before_submit_commit");
    tx.commit();
    return std::nullopt;
  }
  if (const auto dispute = store::open_dispute_of(tx, context.merchant, row.order, row.payment); dispute && row.hold_released_by.empty()) {
    hold_refund(tx, context, head, row, *dispute);
    store::save_refund(tx, context.merchant, row);
    store::save_head(tx, context.merchant, head, context.now);
    tx.commit();
    return std::nullopt;
  }
  row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::submit).value();
  row.submitted_at = context.now;
  row.answer_due_at = context.now + answer_within_us;
  store::save_refund(tx, context.merchant, row);
  note_refund(tx, context, head, "refund.submitted", row.id);
  store::save_head(tx, context.merchant, head, context.now);
  crash_point("refund.before_submit_commit");
  tx.commit();
  return Attempt{std::move(row), head.external_id, false, 0};
}

// Step 2: no transaction is open. What may have been sent before is looked up; only what the gateway does
// not know is sent (again), with the same key.
GatewayAnswer ask_gateway(clients::Gateway& gateway, MerchantId merchant, const Attempt& attempt) {
  const auto& row = attempt.row;
  const clients::RefundCall call{row.gateway_key, row.payment_reference, row.components.amount(), row.currency, attempt.order,
                                 to_text(row.id), to_text(merchant),     row.gateway_reference,   attempt.age_s};
  if (attempt.asked_before) {
    const GatewayAnswer found = gateway.find(call);
    if (found.kind != Kind::not_found) return found;
    crash_point("refund.after_look_up");
  }
  return gateway.refund(call);
}

std::string error_text(const GatewayAnswer& answer) { return answer.message.empty() ? answer.code : answer.code + ": " + answer.message; }

// Applies an answer to the locked refund and queues everything that follows; says what the job does next.
PayOutcome apply_answer(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row,
                        const GatewayAnswer& answer) {
  const auto move = [&](RefundEvent event) {
    if (const auto next = domain::next_state(domain::kRefundSteps, row.state, event)) row.state = *next;
  };
  const std::string why = error_text(answer);
  const auto after = answer.retry_after_s > 0 ? std::optional<std::int64_t>(answer.retry_after_s * kSecond) : std::nullopt;
  const nlohmann::ordered_json detail = {{"code", answer.code}, {"message", answer.message}};
  if (!answer.reference.empty()) row.gateway_reference = answer.reference;
  if (answer.fee)
    store::book_fees(tx, context.merchant, {{row.order, row.gateway, answer.fee->reference, answer.fee->amount, answer.fee->currency}},
                     context.now);
  switch (answer.kind) {
    case Kind::succeeded:
      move(RefundEvent::succeed);
      settle_refund(tx, context, head, row);
      return {};
    case Kind::failed:
      move(RefundEvent::fail);
      row.last_error = why;
      note_refund(tx, context, head, "refund.failed", row.id, detail.dump());
      return {};
    case Kind::pending:
      row.last_error = answer.code.empty() ? "pending" : answer.code;
      return {false, after.value_or(kPendingPause), row.last_error};
    case Kind::unknown:
      if (row.state != RefundState::in_doubt) note_refund(tx, context, head, "refund.in_doubt", row.id, detail.dump());
      move(RefundEvent::lose_answer);
      row.last_error = why;
      return {false, after, why};
    case Kind::not_found:  // by a look-up alone; nothing is known to have happened
    case Kind::busy:
      row.last_error = why;
      return {false, after, why};
    case Kind::by_hand:
      if (!waits_for_person(row))
        note_refund(tx, context, head, "refund.waits_for_person", row.id, R"({"next_step":"pay it out by hand, then mark it paid"})");
      row.last_error = kByHand;
      return {};
  }
  throw std::logic_error("unknown gateway answer");
}

// Step 3: the answer, the ledger, the timeline, the notification and the job in one transaction.
PayOutcome record_answer(const Context& context, RefundId id, OrderId order, const GatewayAnswer& answer, const store::Job* job) {
  store::Transaction tx(context.db);
  auto locked = lock_refund_with_order(tx, context.merchant, id, order);
  if (!locked) return {};
  auto& [head, row] = *locked;
  PayOutcome outcome;
  if (can_settle(row.state)) {  // else an event of the gateway, or another worker, was faster
    const auto seq = head.seq;
    const std::string error = row.last_error, reference = row.gateway_reference;
    outcome = apply_answer(tx, context, head, row, answer);
    // Whatever changed moves the order's version on.
    if (head.seq == seq && (row.last_error != error || row.gateway_reference != reference)) {
      note_refund(tx, context, head, "refund.waiting", id, nlohmann::json{{"code", answer.code}}.dump());
    }
    store::save_refund(tx, context.merchant, row);
    store::save_head(tx, context.merchant, head, context.now);
  }
  if (outcome.over && job != nullptr) store::finish_job(tx, *job);
  if (answer.kind == Kind::pending && can_settle(row.state)) {
    // Pending is no failure: due again with fresh attempts.
    store::add_job(tx, context.merchant, store::kRefundJob, id.value, context.now + outcome.after_us.value_or(kPendingPause), context.now);
    outcome = {};
  }
  crash_point("refund.before_settle_commit");
  tx.commit();
  return outcome;
}

}  // namespace

PayOutcome pay_refund(store::Database& db, clients::Gateways& gateways, const store::Job& job, Instant now, std::int64_t answer_within_us) {
  const RefundId id{job.subject};
  const Context context{db, job.merchant, {"worker", "refunder"}, now};
  const auto attempt = submit_refund(context, id, answer_within_us);
  if (!attempt) {
    store::Session session(db);
    store::finish_job(session, job);
    return {};
  }
  crash_point("refund.after_submit");
  const std::int64_t asked = steady_us();
  const GatewayAnswer answer = ask_gateway(gateways.of(attempt->row.gateway), job.merchant, *attempt);
  crash_point("refund.after_call");
  const Context then{db, job.merchant, context.actor, now + (steady_us() - asked)};
  const PayOutcome outcome = record_answer(then, id, attempt->row.order, answer, &job);
  crash_point("refund.after_settle");
  return outcome;
}

void note_refund_given_up(store::Database& db, const store::Job& job, const std::string& why, Instant now) {
  const Context context{db, job.merchant, {"worker", "refunder"}, now};
  store::Transaction tx(db);
  auto locked = lock_refund_with_order(tx, job.merchant, RefundId{job.subject});
  if (!locked || !can_settle(locked->row.state)) return;
  note_refund(tx, context, locked->head, "refund.given_up", locked->row.id,
              nlohmann::json{{"why", why.substr(0, 300)}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  store::save_head(tx, job.merchant, locked->head, now);
  tx.commit();
}

namespace {

struct EventSubject {
  MerchantId merchant;
  store::RefundRow row;
};

// "roundtrip-mer_1-rfn_2-..." names them both: gateways that keep no metadata give the key back.
void read_key(const std::string& key, std::optional<MerchantId>& merchant, std::optional<RefundId>& refund) {
  const auto first = key.find('-'), second = key.find('-', first + 1), third = key.find('-', second + 1);
  if (third == std::string::npos || key.substr(0, first) != "roundtrip") return;
  merchant = parse_id<MerchantId>(key.substr(first + 1, second - first - 1));
  refund = parse_id<RefundId>(key.substr(second + 1, third - second - 1));
}

// By what we gave the gateway, else by the gateway's own id of the refund.
std::optional<EventSubject> subject_of(store::Queryable& db, const std::string& gateway, const clients::GatewayEvent& event) {
  auto merchant = parse_id<MerchantId>(event.merchant);
  auto refund = parse_id<RefundId>(event.refund);
  if (!merchant || !refund) read_key(event.key, merchant, refund);
  if (merchant && refund) {
    auto row = store::find_refund(db, *merchant, *refund);
    if (row && row->gateway == gateway && row->gateway_key == event.key) return EventSubject{*merchant, std::move(*row)};
    return std::nullopt;  // of another installation on the same account
  }
  if (event.answer.reference.empty()) return std::nullopt;
  const auto place = store::refund_of_gateway(db, gateway, event.answer.reference);
  if (!place) return std::nullopt;
  auto row = store::find_refund(db, place->merchant, place->refund);
  if (!row) return std::nullopt;
  return EventSubject{place->merchant, std::move(*row)};
}

Done reverse_by_event(const Context& context, RefundId id, const clients::GatewayAnswer& answer) {
  store::Transaction tx(context.db);
  auto locked = lock_refund_with_order(tx, context.merchant, id);
  if (!locked) return locked.error();
  auto& [head, row] = *locked;
  if (row.state != RefundState::succeeded) return done();  // told before
  reverse_refund(tx, context, head, row, "returned_by_bank: " + error_text(answer));
  store::save_refund(tx, context.merchant, row);
  store::save_head(tx, context.merchant, head, context.now);
  tx.commit();
  return done();
}

}  // namespace

Done settle_by_event(store::Database& db, const std::string& gateway, const clients::GatewayEvent& event, Instant now) {
  if (!event.about_refund) return done();
  std::optional<EventSubject> subject;
  {
    store::Session session(db);
    subject = subject_of(session, gateway, event);
  }
  if (!subject) {
    log::warn("gateway event about a refund that is not ours", {{"gateway", gateway}, {"reference", event.answer.reference}});
    return done();
  }
  const auto& row = subject->row;
  const Context context{db, subject->merchant, {"gateway", row.gateway}, now};
  if (!row.settled_by.empty()) return note_disagreement(context, row.id, event.answer);
  if (row.state == RefundState::succeeded && event.answer.kind == Kind::failed) return reverse_by_event(context, row.id, event.answer);
  // A pending or unreadable event changes nothing; the worker's look-up goes on.
  if (event.answer.kind == Kind::succeeded || event.answer.kind == Kind::failed)
    record_answer(context, row.id, row.order, event.answer, nullptr);
  return done();
}

Result<RefundView> retry_refund(const Context& context, RefundId refund) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_refund(context, refund);
  auto locked = lock_refund_with_order(tx, context.merchant, refund);
  if (!locked) return locked.error();
  auto& [head, row] = *locked;
  if (row.state == RefundState::failed && !row.gateway_reference.empty()) {
    // The gateway knows it as failed and would say so again for ever.
    Error error = refund_state_conflict(row, "tried again with its key: the gateway has it as failed");
    error.explain->next_step = "Pay it again: a new refund replaces it.";
    return error;
  }
  if (row.state == RefundState::failed) {
    row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::submit).value();
  } else if (!can_settle(row.state)) {
    return refund_state_conflict(row, "tried again");
  }
  store::save_refund(tx, context.merchant, row);
  store::add_job(tx, context.merchant, store::kRefundJob, row.id.value, context.now, context.now);
  note_refund(tx, context, head, "refund.retried", row.id);
  store::save_head(tx, context.merchant, head, context.now);
  note_done(tx, context);
  tx.commit();
  return refund_view(row);
}

Result<RefundView> mark_refund_paid(const Context& context, RefundId refund, const std::string& reference) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_refund(context, refund);
  auto locked = lock_refund_with_order(tx, context.merchant, refund);
  if (!locked) return locked.error();
  auto& [head, row] = *locked;
  if (row.state == RefundState::failed)
    row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::submit).value();
  else if (!waits_for_person(row))
    return refund_state_conflict(row, "marked paid by hand");
  if (!row.approved_by.empty() && row.approved_by == context.actor.name) return second_person_needed(row, context, "approved", "sends");
  row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::succeed).value();
  row.gateway_reference = reference;
  settle_refund(tx, context, head, row);
  store::save_refund(tx, context.merchant, row);
  store::save_head(tx, context.merchant, head, context.now);
  note_done(tx, context);
  tx.commit();
  return refund_view(row);
}

}  // namespace roundtrip::usecases
