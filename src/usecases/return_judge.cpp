// Facts and a policy -> a decision and the money of every outcome.
#include "usecases/return_judge.hpp"

#include <algorithm>

#include "domain/money.hpp"
#include "usecases/return_money.hpp"

namespace roundtrip::usecases {
namespace {

RefundPlan plan_of(const domain::Policy& policy, const store::AskedReturn& asked, domain::ReturnOutcome outcome, bool keep_item) {
  std::vector<std::string> reasons;
  std::vector<RefundUnits> units;
  for (const auto& line : asked.facts.lines) {
    reasons.push_back(line.reason);
    units.push_back({line.line, line.requested});
  }
  const auto kind = asked.facts.kind;
  const domain::ShippedTo to{asked.facts.currency, asked.facts.customer.country};
  const auto deductions = domain::terms_of(policy, kind, outcome, reasons, keep_item, to);
  return plan_refund(asked.lines, asked.payments, units, refund_terms_of(policy, kind, outcome, deductions));
}

}  // namespace

void add_released(store::AskedReturn& asked) {
  for (auto& row : asked.lines) {
    auto& money = row.money;
    for (auto& line : asked.facts.lines) {
      if (line.line != row.line || line.requested > money.quantity - money.released_units) continue;
      const std::int64_t before = std::min(row.awaiting, money.quantity - money.released_units - line.requested);
      money.released = money.released + domain::release(money, before);
      money.released_units += before;
      line.released = domain::release(money, line.requested);
      line.shipping = domain::shipping_span(money, line.requested);
    }
  }
}

JudgedReturn judge_return(const domain::Policy& policy, const store::AskedReturn& asked) {
  JudgedReturn out;
  out.decision = domain::decide(policy, asked.facts);
  out.chosen.outcome = asked.facts.outcome;
  for (auto offer : out.decision.offers) {
    const auto plan = plan_of(policy, asked, offer.outcome, out.decision.keep_item);
    offer.money = plan.payable();
    offer.bonus = plan.bonus();
    offer.total = offer.money.amount() + offer.bonus;
    if (offer.outcome == asked.facts.outcome) {
      out.chosen = offer;
      out.due = plan.due.amount();
    }
    out.offers.push_back(offer);
  }
  return out;
}

}  // namespace roundtrip::usecases
