// Decides a return by its merchant's policy, rule by rule, with a trace.
#include "domain/policy.hpp"

#include <algorithm>

namespace roundtrip::domain {
namespace {

std::string minute_text(Instant at) {
  std::string text = format_rfc3339(at);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

// Does this kind ask whether the goods may come back at all, and by when?
bool has_window(ReturnKind kind) { return kind != ReturnKind::undeliverable; }

int window_of(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line) {
  if (facts.kind == ReturnKind::warranty) return policy.warranty_days;
  const int days = line.window_days.value_or(policy.window_days);
  return facts.kind == ReturnKind::withdrawal ? std::max(policy.withdrawal_days, days) : days;
}

TraceStep known_line(const ReturnLineFacts& line) {
  return {"line_of_order",
          line.line,
          {{"line", to_text(line.line)}},
          true,
          "The order has no line " + to_text(line.line) + ".",
          "Choose a line of this order."};
}

TraceStep units_left(const ReturnFacts& facts, const ReturnLineFacts& line) {
  const std::int64_t left = returnable_units(line, facts.anything_shipped);
  TraceStep step{"units_left",
                 line.line,
                 {{"requested", std::to_string(line.requested)},
                  {"returnable", std::to_string(left)},
                  {"bought", std::to_string(line.quantity)},
                  {"shipped", std::to_string(line.shipped)},
                  {"canceled", std::to_string(line.canceled)},
                  {"in_returns", std::to_string(line.announced)}},
                 line.requested > left,
                 "",
                 ""};
  step.result = std::to_string(line.requested) + " wanted, " + std::to_string(left) + " of " + std::to_string(line.quantity) +
                " can be returned (" + std::to_string(line.shipped) + " shipped, " + std::to_string(line.announced) +
                " already in a return).";
  if (!step.refused) return step;
  if (left > 0) {
    step.next_step = "Return at most " + std::to_string(left) + ".";
  } else if (line.announced > 0) {
    step.next_step = "Use the return that exists, or cancel it first.";
  } else {
    step.next_step = "It has not shipped yet: cancel it instead.";
  }
  return step;
}

TraceStep final_sale(const ReturnFacts& facts, const ReturnLineFacts& line) {
  const bool matters = facts.kind == ReturnKind::goods_back || facts.kind == ReturnKind::exchange;
  TraceStep step{
      "final_sale", line.line, {{"sku", line.sku}, {"returnable", line.returnable ? "true" : "false"}}, matters && !line.returnable,
      "",           ""};
  step.result = line.returnable ? line.sku + " can be returned." : line.sku + " is sold finally.";
  if (step.refused) step.next_step = "If it is faulty, ask for a warranty case; else contact the shop.";
  return step;
}

TraceStep window(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line) {
  const int days = window_of(policy, facts, line);
  TraceStep step{"window", line.line, {{"window_days", std::to_string(days)}}, false, "", ""};
  if (!facts.all_delivered || !facts.delivered_at) {
    step.values.emplace_back("delivered_at", "");
    step.refused = !policy.before_delivery;
    step.result = "Not delivered yet: the window of " + std::to_string(days) + " days has not begun" +
                  (step.refused ? ", and this shop takes returns only after delivery." : ".");
    if (step.refused) step.next_step = "Ask again once the last parcel has been delivered.";
    return step;
  }
  // Day 1 is the day that begins with the delivery; the window ends `days` whole days after it.
  const std::int64_t day = (facts.now - *facts.delivered_at) / kDay + 1;
  const Instant end = *facts.delivered_at + days * kDay;
  step.refused = facts.now > end;
  step.values.emplace_back("delivered_at", format_rfc3339(*facts.delivered_at));
  step.values.emplace_back("day", std::to_string(day));
  step.values.emplace_back("until", format_rfc3339(end));
  step.result = "Day " + std::to_string(day) + " of " + std::to_string(days) + ", delivered " + minute_text(*facts.delivered_at) + ".";
  if (step.refused) step.next_step = "The window ended " + minute_text(end) + ". Contact the shop; faulty goods are a warranty case.";
  return step;
}

void add_line(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line, PolicyDecision& decision) {
  if (!line.known) {
    decision.trace.push_back(known_line(line));
    return;
  }
  decision.trace.push_back(units_left(facts, line));
  decision.trace.push_back(final_sale(facts, line));
  if (!has_window(facts.kind)) return;
  decision.trace.push_back(window(policy, facts, line));
  if (!facts.all_delivered || !facts.delivered_at) return;
  const Instant end = *facts.delivered_at + window_of(policy, facts, line) * kDay;
  if (!decision.last_day || end < *decision.last_day) decision.last_day = end;
}

TraceStep approval(const Policy& policy, const ReturnFacts& facts, bool approved) {
  TraceStep step{
      "approval", std::nullopt, {{"auto_approve", policy.auto_approve ? "true" : "false"}, {"kind", std::string(to_text(facts.kind))}},
      false,      "",           ""};
  step.result = approved ? "Approved at once." : "A person of the shop approves it first.";
  return step;
}

TraceStep freight(const Policy& policy, FreightPayer payer) {
  TraceStep step{"freight", std::nullopt, {{"paid_by", std::string(to_text(payer))}}, false, "", ""};
  if (payer == FreightPayer::merchant) {
    step.result = "The return is free.";
  } else if (policy.freight_fee > 0) {
    step.values.emplace_back("fee", std::to_string(policy.freight_fee));
    step.result = "The freight is kept from the refund.";
  } else {
    step.result = "The customer pays the freight.";
  }
  return step;
}

}  // namespace

std::int64_t returnable_units(const ReturnLineFacts& line, bool anything_shipped) {
  const std::int64_t here = line.goods ? line.shipped : (anything_shipped ? line.quantity - line.canceled : 0);
  return std::max<std::int64_t>(0, here - line.announced);
}

FreightPayer freight_payer(const Policy& policy, ReturnKind kind, const std::vector<std::string>& reasons) {
  if (kind == ReturnKind::warranty || kind == ReturnKind::undeliverable) return FreightPayer::merchant;
  for (const auto& reason : reasons) {
    const auto found = policy.freight_by_reason.find(reason);
    const FreightPayer payer = found != policy.freight_by_reason.end() ? found->second
                               : is_damaged(policy, reason)            ? FreightPayer::merchant
                                                                       : policy.freight;
    if (payer == FreightPayer::merchant) return payer;
  }
  return FreightPayer::customer;
}

PolicyDecision decide(const Policy& policy, const ReturnFacts& facts) {
  PolicyDecision decision;
  for (const auto& line : facts.lines) add_line(policy, facts, line, decision);
  decision.allowed = std::none_of(decision.trace.begin(), decision.trace.end(), [](const TraceStep& step) { return step.refused; });
  // A withdrawal is a right: nobody has to agree to it. A warranty case always needs a look.
  decision.approved =
      decision.allowed && facts.kind != ReturnKind::warranty && (policy.auto_approve || facts.kind == ReturnKind::withdrawal);
  std::vector<std::string> reasons;
  for (const auto& line : facts.lines) reasons.push_back(line.reason);
  decision.freight = freight_payer(policy, facts.kind, reasons);
  decision.trace.push_back(freight(policy, decision.freight));
  if (decision.allowed) decision.trace.push_back(approval(policy, facts, decision.approved));
  return decision;
}

bool is_damaged(const Policy& policy, const std::string& reason) {
  return std::find(policy.damaged_reasons.begin(), policy.damaged_reasons.end(), reason) != policy.damaged_reasons.end();
}

Disposition default_disposition(const Policy& policy, const std::string& reason) {
  return is_damaged(policy, reason) ? Disposition::quarantine : Disposition::restock;
}

Deductions deductions_of(const Policy& policy, ReturnKind kind, FreightPayer freight, bool first) {
  if (kind == ReturnKind::withdrawal || kind == ReturnKind::undeliverable || kind == ReturnKind::warranty) {
    return {0, first && kind == ReturnKind::withdrawal && freight == FreightPayer::customer ? policy.freight_fee : 0, true};
  }
  return {policy.restocking_basis_points, first && freight == FreightPayer::customer ? policy.freight_fee : 0, policy.refund_shipping};
}

}  // namespace roundtrip::domain
