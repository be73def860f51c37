// What a paid refund means for the books: its posting, the voucher it fills, and who is told.
#include <nlohmann/json.hpp>

#include "store/database.hpp"
#include "store/notifications.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/vouchers.hpp"

namespace roundtrip::usecases {
namespace {

using domain::RefundDestination;
using domain::RefundEvent;
using domain::RefundState;

// Where the money of a succeeded refund has gone, as an account.
std::string_view paid_from(const store::RefundRow& row) {
  switch (row.destination) {
    case RefundDestination::store_credit:
      return "store_credit";
    case RefundDestination::exchange:
      return "exchange";
    case RefundDestination::original:
      break;
  }
  const bool onto_voucher = row.gateway == "store_credit" && parse_id<VoucherId>(row.gateway_reference).has_value();
  return onto_voucher ? "store_credit" : "gateway";  // else a person has paid it by hand
}

}  // namespace

void settle_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row) {
  row.settled_at = context.now;
  row.last_error.clear();
  const std::int64_t amount = row.components.amount();
  store::post_to_ledger(tx, context.merchant, row.order, "refund_paid:" + to_text(row.id),
                        {{"refunds_payable", amount}, {paid_from(row), -amount}}, row.currency, context.now);
  store::post_to_ledger(tx, context.merchant, row.order, "refund_bonus:" + to_text(row.id),
                        {{"bonus", row.bonus}, {"store_credit", -row.bonus}}, row.currency, context.now);
  nlohmann::ordered_json detail = {
      {"amount", amount}, {"currency", row.currency}, {"gateway", row.gateway}, {"reference", row.gateway_reference}};
  if (row.destination != RefundDestination::original) detail["destination"] = domain::to_text(row.destination);
  if (row.bonus > 0) detail["bonus"] = row.bonus;
  note_refund(tx, context, head, "refund.succeeded", row.id, detail.dump());
  if (row.destination == RefundDestination::exchange) return;  // the exchange tells of itself
  store::queue_notification(tx, context.merchant, head.id, domain::Milestone::refund_paid, to_text(row.id), context.now, context.now);
}

bool settles_here(const store::RefundRow& row) { return row.destination != RefundDestination::original || row.gateway == "store_credit"; }

void settle_here(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row) {
  row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::submit).value();
  row.submitted_at = context.now;
  std::optional<VoucherId> voucher;
  if (row.destination == RefundDestination::store_credit) {
    voucher = credit_refund(tx, context, row.order, row.return_id, row.id, row.components.amount(), row.bonus, row.currency);
  } else if (row.destination == RefundDestination::original) {
    voucher = credit_payment(tx, context, row.payment_reference, row.id, row.components.amount(), row.currency);
    if (!voucher) {
      row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::fail).value();
      row.last_error = "voucher_not_found: The payment names no voucher in this currency. Pay it another way.";
      note_refund(tx, context, head, "refund.failed", row.id, R"({"code":"voucher_not_found"})");
      return;
    }
  }
  if (voucher) row.gateway_reference = to_text(*voucher);
  row.state = domain::next_state(domain::kRefundSteps, row.state, RefundEvent::succeed).value();
  settle_refund(tx, context, head, row);
}

}  // namespace roundtrip::usecases
