// What a person says of a refund in the gateway's stead, and what the gateway says after that.
#include <nlohmann/json.hpp>

#include "store/database.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {
namespace {
using domain::RefundEvent;
using domain::RefundState;
using AnswerKind = clients::GatewayAnswer::Kind;

bool is_open(RefundState state) { return state == RefundState::submitted || state == RefundState::in_doubt; }

Error answer_awaited(const store::RefundRow& row) {
  const std::string until = row.answer_due_at ? format_rfc3339(*row.answer_due_at) : "";
  Error error{ErrorKind::conflict, "refund_answer_awaited",
              "The refund is " + std::string(domain::to_text(row.state)) +
                  (is_open(row.state) ? "; the gateway's answer is awaited until " + until + "." : "; nothing about it is open.")};
  error.explain = Explain{"refund_answer",
                          {{"state", std::string(domain::to_text(row.state))}, {"answer_due_at", until}},
                          is_open(row.state) ? "Wait for the gateway, then look there." : "Read the refund again."};
  return error;
}

bool wants_person(const store::RefundRow& row, Instant now) {
  return !row.disagreement.empty() || (is_open(row.state) && row.answer_due_at && *row.answer_due_at <= now);
}

// To what the person says, from wherever it is; false: its state does not let it.
bool take_outcome(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row, bool paid,
                  const std::string& reference) {
  const auto step = [&](RefundEvent event) {
    const auto next = domain::next_state(domain::kRefundSteps, row.state, event);
    if (next) row.state = *next;
    return next.has_value();
  };
  if (row.state == RefundState::succeeded && !paid) {
    reverse_refund(tx, context, head, row, "settled_by_hand: the gateway has not paid it");
    return true;
  }
  const bool so_already = paid ? row.state == RefundState::succeeded : !is_open(row.state);
  if (so_already) return true;
  if (!paid) {
    row.last_error = "settled_by_hand: the gateway has not paid it";
    return step(RefundEvent::fail);
  }
  if (row.state == RefundState::failed) step(RefundEvent::submit);
  if (!step(RefundEvent::succeed)) return false;
  row.gateway_reference = reference;
  settle_refund(tx, context, head, row);
  return true;
}

}  // namespace

Result<RefundView> settle_refund_by_hand(const Context& context, RefundId refund, const std::string& outcome,
                                         const std::string& reference) {
  const bool paid = outcome == "succeeded";
  if (!paid && outcome != "failed")
    return Error{
        ErrorKind::invalid, "invalid_settlement", "outcome is succeeded or failed.", {{"/outcome", "invalid", "is succeeded or failed"}}};
  if (paid && reference.empty())
    return Error{ErrorKind::invalid, "invalid_settlement", "What was paid is settled with the gateway's reference of it."};
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return read_refund(context, refund);
  auto locked = lock_refund_with_order(tx, context.merchant, refund);
  if (!locked) return locked.error();
  auto& [head, row] = *locked;
  if (!wants_person(row, context.now)) return answer_awaited(row);
  if (paid && !row.approved_by.empty() && row.approved_by == context.actor.name)
    return second_person_needed(row, context, "approved", "sends");
  const std::string before(domain::to_text(row.state));
  if (!take_outcome(tx, context, head, row, paid, reference)) return refund_state_conflict(row, "settled as " + outcome);
  row.settled_by = context.actor.name;
  const nlohmann::ordered_json detail = {
      {"outcome", outcome}, {"reference", reference}, {"before", before}, {"gateway_said", row.disagreement}};
  row.disagreement.clear();
  note_refund(tx, context, head, "refund.settled_by_hand", row.id, detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  store::save_refund(tx, context.merchant, row);
  store::save_head(tx, context.merchant, head, context.now);
  note_done(tx, context);
  tx.commit();
  return refund_view(row);
}

Done note_disagreement(const Context& context, RefundId id, const clients::GatewayAnswer& answer) {
  if (answer.kind != AnswerKind::succeeded && answer.kind != AnswerKind::failed) return done();
  store::Transaction tx(context.db);
  auto locked = lock_refund_with_order(tx, context.merchant, id);
  if (!locked) return locked.error();
  auto& [head, row] = *locked;
  const bool paid = answer.kind == AnswerKind::succeeded;
  const std::string said = paid ? "succeeded" : "failed";
  if (paid == (row.state == RefundState::succeeded) || row.disagreement == said) return done();  // agrees, or told before
  row.disagreement = said;
  const nlohmann::ordered_json detail = {{"gateway_says", said},         {"we_say", domain::to_text(row.state)},
                                         {"settled_by", row.settled_by}, {"reference", answer.reference},
                                         {"code", answer.code},          {"message", answer.message}};
  note_refund(tx, context, head, "refund.gateway_disagrees", row.id, detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  store::save_refund(tx, context.merchant, row);
  store::save_head(tx, context.merchant, head, context.now);
  tx.commit();
  return done();
}

}  // namespace roundtrip::usecases
