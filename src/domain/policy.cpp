// What a policy says of one return beside yes or no: who pays, when, how much is kept, and what is offered.
#include "domain/policy.hpp"

#include <algorithm>

#include "domain/money.hpp"

namespace roundtrip::domain {
namespace {

bool is_one_of(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

FreightPayer payer_for(const Policy& policy, ReturnOutcome outcome, const std::string& reason) {
  if (const auto found = policy.freight_by_reason.find(reason); found != policy.freight_by_reason.end()) return found->second;
  if (is_shops_fault(policy, reason)) return FreightPayer::merchant;
  if (const auto found = policy.freight_by_outcome.find(outcome); found != policy.freight_by_outcome.end()) return found->second;
  return policy.freight;
}

}  // namespace

std::int64_t returnable_units(const ReturnLineFacts& line, bool anything_shipped) {
  const std::int64_t here = line.goods ? line.shipped : (anything_shipped ? line.quantity - line.canceled : 0);
  return std::max<std::int64_t>(0, here - line.announced);
}

FreightPayer freight_payer(const Policy& policy, ReturnKind kind, ReturnOutcome outcome, const std::vector<std::string>& reasons) {
  if (kind == ReturnKind::warranty || kind == ReturnKind::undeliverable) return FreightPayer::merchant;
  const bool shop_pays = std::any_of(reasons.begin(), reasons.end(), [&](const std::string& reason) {
    return payer_for(policy, outcome, reason) == FreightPayer::merchant;
  });
  return shop_pays ? FreightPayer::merchant : FreightPayer::customer;
}

RefundTrigger trigger_of(const Policy& policy, ReturnKind kind, const std::string& tier) {
  RefundTrigger trigger = policy.trigger;
  if (const auto found = policy.trigger_by_tier.find(tier); found != policy.trigger_by_tier.end())
    trigger = std::min(trigger, found->second);
  return kind == ReturnKind::withdrawal ? std::min(trigger, RefundTrigger::warehouse_scan) : trigger;
}

std::vector<ReturnOutcome> outcomes_of(const Policy& policy, ReturnKind kind) {
  if (kind == ReturnKind::withdrawal || kind == ReturnKind::undeliverable) return {ReturnOutcome::refund};
  return policy.outcomes;
}

bool is_damaged(const Policy& policy, const std::string& reason) { return is_one_of(policy.damaged_reasons, reason); }

bool is_shops_fault(const Policy& policy, const std::string& reason) {
  return is_damaged(policy, reason) || is_one_of(policy.fault_reasons, reason);
}

Disposition default_disposition(const Policy& policy, const std::string& reason) {
  return is_damaged(policy, reason) ? Disposition::quarantine : Disposition::restock;
}

std::optional<std::int64_t> standard_shipping_of(const Policy& policy, const ShippedTo& to) {
  for (const auto& key : {to.currency + "-" + to.country, to.currency}) {
    if (const auto found = policy.standard_shipping.find(key); found != policy.standard_shipping.end()) return found->second;
  }
  return std::nullopt;
}

Deductions deductions_of(const Policy& policy, ReturnKind kind, ReturnOutcome outcome, const std::vector<std::string>& reasons, bool first,
                         const ShippedTo& to) {
  if (kind == ReturnKind::undeliverable || kind == ReturnKind::warranty) return {0, 0, true};
  const bool freight = freight_payer(policy, kind, outcome, reasons) == FreightPayer::customer;
  const std::int64_t fee = first && freight ? policy.freight_fee : 0;
  if (kind == ReturnKind::withdrawal) return {0, fee, true, standard_shipping_of(policy, to)};
  const bool fault = std::any_of(reasons.begin(), reasons.end(), [&](const std::string& reason) { return is_shops_fault(policy, reason); });
  const int restocking = fault || outcome != ReturnOutcome::refund ? 0 : policy.restocking_basis_points;
  return {restocking, fee, policy.refund_shipping || fault};
}

std::int64_t store_credit_bonus(const Policy& policy, std::int64_t amount) {
  return released_share(amount, policy.store_credit_bonus_basis_points, 10'000);
}

}  // namespace roundtrip::domain
