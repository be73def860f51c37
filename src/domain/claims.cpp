// The rules of claims.
#include "domain/claims.hpp"

namespace roundtrip::domain {
namespace {

std::optional<ClaimRefusal> line_refusal(const ClaimLineFacts& line) {
  const std::string asked = std::to_string(line.requested), left = std::to_string(line.shipped - line.taken);
  if (!line.known)
    return ClaimRefusal{"line_of_order",
                        line.line,
                        {{"line", to_text(line.line)}},
                        "The order has no line " + to_text(line.line) + ".",
                        "Choose a line of this order."};
  if (!line.goods)
    return ClaimRefusal{"goods_only", line.line, {{"sku", line.sku}}, line.sku + " is nothing that is sent.", "Choose an item."};
  if (line.requested <= line.shipped - line.taken) return std::nullopt;
  return ClaimRefusal{
      "units_left",
      line.line,
      {{"requested", asked}, {"left", left}, {"shipped", std::to_string(line.shipped)}, {"taken", std::to_string(line.taken)}},
      asked + " wanted, " + left + " left (" + std::to_string(line.shipped) + " shipped, " + std::to_string(line.taken) +
          " already in a return or a claim).",
      line.taken > 0 ? "Use the return or claim that exists, or cancel it first." : "It has not shipped yet."};
}

}  // namespace

bool holds_units(ClaimState state, ClaimOutcome outcome) {
  switch (state) {
    case ClaimState::opened:
    case ClaimState::assessing:
    case ClaimState::awaiting_goods:
    case ClaimState::accepted:
    case ClaimState::in_repair:
      return true;
    case ClaimState::closed:
      return outcome == ClaimOutcome::refund || outcome == ClaimOutcome::replace;
    case ClaimState::sent_back:
    case ClaimState::rejected:
    case ClaimState::withdrawn:
      return false;
  }
  return false;
}

std::vector<ClaimEvent> legal_events(ClaimState state) {
  std::vector<ClaimEvent> events;
  for (const auto& step : kClaimSteps) {
    if (step.from == state) events.push_back(step.event);
  }
  return events;
}

std::string_view waits_for(ClaimState state) {
  switch (state) {
    case ClaimState::opened:
    case ClaimState::assessing:
    case ClaimState::accepted:
    case ClaimState::in_repair:
      return "shop";
    case ClaimState::awaiting_goods:
      return "customer";
    case ClaimState::sent_back:
    case ClaimState::rejected:
    case ClaimState::withdrawn:
    case ClaimState::closed:
      return "";
  }
  return "";
}

std::vector<ClaimRefusal> refusals_of(const ClaimFacts& facts) {
  std::vector<ClaimRefusal> out;
  if (facts.kind == ClaimKind::lost && !facts.parcel_known)
    out.push_back({"parcel_of_order", std::nullopt, {}, "The order has no such parcel that has left.", "Name the parcel that is lost."});
  for (const auto& line : facts.lines) {
    if (auto refused = line_refusal(line)) out.push_back(std::move(*refused));
  }
  if (facts.by_shop || !facts.delivered_at) return out;
  const Instant end = *facts.delivered_at + facts.window_days * kDay;
  if (facts.now <= end) return out;
  const std::string day = std::to_string((facts.now - *facts.delivered_at) / kDay + 1), days = std::to_string(facts.window_days);
  out.push_back(
      {facts.kind == ClaimKind::warranty ? "warranty" : "claim_window",
       std::nullopt,
       {{"day", day}, {"window_days", days}, {"delivered_at", format_rfc3339(*facts.delivered_at)}, {"until", format_rfc3339(end)}},
       "Day " + day + " of " + days + ", delivered " + format_rfc3339(*facts.delivered_at) + ".",
       facts.kind == ClaimKind::warranty ? "The warranty has ended. Contact the shop." : "Ask for a warranty case, or contact the shop."});
  return out;
}

}  // namespace roundtrip::domain
