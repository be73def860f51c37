// Paying again what did not reach the customer: a new refund replaces the old one.
#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "store/database.hpp"
#include "store/policies.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {
namespace {

using domain::RefundDestination;
using domain::RefundState;

Result<RefundDestination> wanted_destination(const store::RefundRow& row, const std::optional<std::string>& word) {
  if (!word) return row.destination;
  const auto parsed = domain::parse_refund_destination(*word);
  if (parsed && *parsed != RefundDestination::exchange) return *parsed;
  return Error{ErrorKind::invalid,
               "invalid_destination",
               "destination is original or store_credit.",
               {{"/destination", "invalid", "unknown destination"}}};
}

Error no_room(std::int64_t room, std::int64_t amount) {
  Error error{ErrorKind::conflict, "payment_has_no_room", "The payment can give back less than that; other refunds or a dispute took it."};
  error.explain = Explain{"never_pay_more",
                          {{"room", std::to_string(room)}, {"amount", std::to_string(amount)}},
                          "Look at the payment's other refunds and disputes."};
  return error;
}

store::RefundRow replacement_of(const store::RefundRow& old, RefundId id, RefundDestination destination, const Context& context) {
  store::RefundRow row = old;
  row.id = id;
  row.key = old.key + "." + to_text(id);
  row.gateway_key = "roundtrip-" + to_text(context.merchant) + "-" + to_text(id) + "-" + random_token();
  row.destination = destination;
  if (destination != RefundDestination::store_credit) row.bonus = 0;
  row.state = RefundState::requested;
  row.held.clear();
  row.hold_released_by.clear();
  row.approved_by.clear();
  row.gateway_reference.clear();
  row.last_error.clear();
  row.requested_by = context.actor.name;
  row.requested_at = context.now;
  row.submitted_at.reset();
  row.settled_at.reset();
  row.due_at.reset();
  return row;
}

}  // namespace

Result<RefundView> pay_refund_again(const Context& context, RefundId refund, const std::optional<std::string>& destination) {
  store::Transaction tx(context.db);
  if (const auto made = done_before(tx, context)) return read_refund(context, parse_id<RefundId>(*made).value());
  auto locked = lock_refund_with_order(tx, context.merchant, refund);
  if (!locked) return locked.error();
  auto& [head, old] = *locked;
  const auto to = wanted_destination(old, destination);
  if (!to) return to.error();
  const bool open = old.state == RefundState::failed || (old.state == RefundState::reversed && !old.replaced_by);
  if (!open) return refund_state_conflict(old, "paid again");
  if (old.state == RefundState::failed) {
    reverse_refund(tx, context, head, old, old.last_error);
    store::save_refund(tx, context.merchant, old);
  }
  const std::int64_t amount = old.components.amount(), room = store::payment_room(tx, context.merchant, old.order, old.payment);
  if (room < amount) return no_room(room, amount);
  store::RefundRow row = replacement_of(old, store::next_refund_id(tx), *to, context);
  const auto limit = store::current_policy(tx, context.merchant).approval_limit;
  row.approval_needed = limit && amount > *limit;
  const RefundId made = write_refund(tx, context, head, row);
  store::replace_refund(tx, context.merchant, old.id, made);
  store::save_head(tx, context.merchant, head, context.now);
  note_done(tx, context, to_text(made));
  tx.commit();
  return read_refund(context, made);
}

}  // namespace roundtrip::usecases
