// Asking for a return: faults of the request, the policy's judgment, the goods wanted instead, and the preview of all of it.
#include <algorithm>
#include <set>

#include "domain/codes.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/exchange_products.hpp"
#include "store/policies.hpp"
#include "usecases/return_steps.hpp"

namespace roundtrip::usecases {
namespace {

// Faults of the request itself, before any rule.
std::vector<Fault> check_request(const ReturnRequest& request) {
  std::vector<Fault> faults;
  if (request.lines.empty()) faults.push_back({"/lines", "required", "Name at least one line to return."});
  std::set<LineId> seen;
  for (std::size_t i = 0; i < request.lines.size(); ++i) {
    const std::string at = "/lines/" + std::to_string(i);
    if (request.lines[i].quantity < 1) faults.push_back({at + "/quantity", "out_of_range", "A quantity is 1 or more."});
    if (!seen.insert(request.lines[i].line).second) faults.push_back({at + "/line_id", "duplicate", "Each line once; add the quantities."});
  }
  if (!request.exchange.empty() && request.outcome != domain::ReturnOutcome::exchange)
    faults.push_back({"/exchange", "invalid", "Goods instead are for the outcome exchange."});
  return faults;
}

domain::ReturnLineFacts wanted_line(const domain::ReturnFacts& order, const WantedLine& wanted) {
  domain::ReturnLineFacts line;
  line.known = false;
  for (const auto& known : order.lines) {
    if (known.line == wanted.line) line = known;
  }
  line.line = wanted.line;
  line.requested = wanted.quantity;
  line.reason = wanted.reason;
  line.condition = wanted.condition;
  line.photo = wanted.photo;
  return line;
}

bool anything_still_here(const domain::ReturnFacts& order) {
  return std::any_of(order.lines.begin(), order.lines.end(),
                     [](const auto& line) { return line.goods && line.shipped + line.canceled < line.quantity; });
}

// What is wanted instead, priced by what the units release.
Result<PricedExchange> priced_exchange(store::Queryable& db, const Context& context, const Prepared& prepared,
                                       const ReturnRequest& request) {
  ExchangePricing pricing;
  for (const auto& line : prepared.asked.facts.lines)
    pricing.returned.push_back({line.line, line.sku, line.requested, line.released, line.shipping_tax()});
  pricing.credit = prepared.judged.chosen.money.amount();
  pricing.carries_shipping = prepared.policy.refund_shipping;
  pricing.let_go_up_to = request.exchange_let_go_up_to;
  pricing.other_product = prepared.policy.exchange_other_product;
  if (!pricing.other_product) pricing.models = models_of(db, context, request.exchange, pricing.returned);
  auto priced = price_exchange(request.exchange, pricing);
  if (!priced) return priced;
  if (auto refused = name_products(db, context, *priced)) return *refused;
  return priced;
}

}  // namespace

Error order_not_found() { return {ErrorKind::not_found, "order_not_found", "There is no such order. Check the id (ord_...)."}; }

Result<Prepared> prepare_return(store::Queryable& db, const Context& context, const ReturnRequest& request) {
  if (auto faults = check_request(request); !faults.empty()) {
    return Error{ErrorKind::invalid, "invalid_return", "The return cannot be made as it is written; see errors.", std::move(faults)};
  }
  Prepared out;
  out.policy = store::current_policy(db, context.merchant);
  const auto order = store::return_facts(db, context.merchant, request.order);
  if (order.lines.empty()) return order_not_found();
  auto& facts = out.asked.facts;
  facts = order;
  facts.kind = request.kind;
  facts.outcome = request.outcome;
  facts.now = context.now;
  // The days of a withdrawal are counted from the last of the goods: not while some have not left.
  if (request.kind == domain::ReturnKind::withdrawal && anything_still_here(order)) facts.all_delivered = false;
  facts.lines.clear();
  std::vector<LineId> lines;
  for (const auto& wanted : request.lines) {
    facts.lines.push_back(wanted_line(order, wanted));
    lines.push_back(wanted.line);
  }
  auto grounds = store::refund_grounds(db, context.merchant, request.order, lines, "", std::nullopt, 0);
  out.asked.lines = std::move(grounds.lines);
  out.asked.payments = std::move(grounds.payments);
  add_released(out.asked);
  out.judged = judge_return(out.policy, out.asked);
  say_trace(request.reader, out.judged.decision.trace);
  if (request.exchange.empty() || !out.judged.decision.allowed) return out;
  auto priced = priced_exchange(db, context, out, request);
  if (!priced) return priced.error();
  out.exchange = std::move(*priced);
  return out;
}

Error refusal_of(const Prepared& prepared) {
  Error error{ErrorKind::invalid, "return_not_eligible", ""};
  for (const auto& step : prepared.judged.decision.trace) {
    if (!step.refused) continue;
    std::string pointer;
    for (std::size_t i = 0; i < prepared.asked.facts.lines.size(); ++i) {
      if (step.line && prepared.asked.facts.lines[i].line == *step.line) pointer = "/lines/" + std::to_string(i);
    }
    error.faults.push_back({pointer, step.rule, step.result + (step.next_step.empty() ? "" : " " + step.next_step)});
    if (error.explain) continue;
    error.explain = Explain{step.rule, step.values, step.next_step};
    error.message = step.result + " " + step.next_step;
    if (step.rule == "units_left") {
      error.kind = ErrorKind::conflict;
      error.code = "units_not_returnable";
    }
  }
  return error;
}

Result<ReturnPreview> preview_return(const Context& context, const ReturnRequest& request) {
  store::Session session(context.db);
  return preview_return_in(session, context, request);
}

Result<ReturnPreview> preview_return_in(store::Queryable& db, const Context& context, const ReturnRequest& request) {
  auto prepared = prepare_return(db, context, request);
  if (!prepared) return prepared.error();
  ReturnPreview preview;
  preview.policy_version = prepared->policy.version;
  preview.currency = prepared->asked.facts.currency;
  preview.money = prepared->judged.chosen.money;
  preview.due = prepared->judged.due;
  preview.offers = std::move(prepared->judged.offers);
  if (prepared->exchange) {
    const auto warehouse = store::warehouse_of_order(db, context.merchant, request.order);
    preview.exchange = offer_of(db, context, *warehouse, *prepared->exchange, prepared->policy.exchange_trigger);
  }
  preview.decision = std::move(prepared->judged.decision);
  return preview;
}

}  // namespace roundtrip::usecases
