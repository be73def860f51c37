// Decides a return by its merchant's policy, rule by rule, with a trace.
#include <algorithm>

#include "domain/policy.hpp"
#include "domain/withdrawals.hpp"

namespace roundtrip::domain {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

std::string yes_or_no(bool flag) { return flag ? "true" : "false"; }

// Is it a choice of the customer's that the shop may refuse? A withdrawal and the warranty are rights.
bool is_shops_grace(ReturnKind kind) { return kind == ReturnKind::goods_back || kind == ReturnKind::exchange; }

bool is_in(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "DE, 10115, Invalidenstr. 1" and "de 10115 invalidenstr 1" are one address.
std::string comparable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || static_cast<unsigned char>(c) >= 0x80) {
      out += c;
    }
  }
  return out;
}

bool blocks(const BlockEntry& entry, const CustomerFacts& customer) {
  switch (entry.by) {
    case BlockBy::email:
      return !customer.email.empty() && entry.value.size() == customer.email.size() &&
             std::equal(entry.value.begin(), entry.value.end(), customer.email.begin(), [](char a, char b) {
               const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
               return lower(a) == lower(b);
             });
    case BlockBy::customer_id:
      return !customer.id.empty() && entry.value == customer.id;
    case BlockBy::address:
      return !comparable(customer.address).empty() && comparable(entry.value) == comparable(customer.address);
  }
  return false;
}

const BlockEntry* blocking_entry(const Policy& policy, const CustomerFacts& customer) {
  for (const auto& entry : policy.blocklist) {
    if (blocks(entry, customer)) return &entry;
  }
  return nullptr;
}

void add_blocklist(const Policy& policy, const ReturnFacts& facts, PolicyDecision& decision) {
  const BlockEntry* entry = is_shops_grace(facts.kind) ? blocking_entry(policy, facts.customer) : nullptr;
  if (entry == nullptr) return;
  decision.trace.push_back({"blocklist",
                            std::nullopt,
                            {{"by", std::string(to_text(entry->by))}, {"contact", facts.contact}},
                            true,
                            "blocklist",
                            facts.contact.empty() ? "blocklist_next" : "blocklist_next_contact"});
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
                 "units_left",
                 ""};
  if (!step.refused) return step;
  step.next = left > 0 ? "units_left_next_less" : line.announced > 0 ? "units_left_next_return" : "units_left_next_cancel";
  return step;
}

TraceStep final_sale(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line) {
  const bool final = !line.returnable || is_in(policy.final_sale_skus, line.sku) ||
                     (!line.category.empty() && is_in(policy.final_sale_categories, line.category));
  Values values = {{"sku", line.sku}, {"returnable", yes_or_no(!final)}};
  if (!line.category.empty()) values.emplace_back("category", line.category);
  const bool refused = final && is_shops_grace(facts.kind);
  return {"final_sale", line.line, std::move(values), refused, final ? "final_sale" : "final_sale_not", refused ? "final_sale_next" : ""};
}

void add_condition(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line, PolicyDecision& decision) {
  if (!line.goods || !is_shops_grace(facts.kind) || is_shops_fault(policy, line.reason)) return;
  const auto found = policy.condition_by_category.find(line.category);
  const Condition least = found != policy.condition_by_category.end() ? found->second : policy.condition;
  if (least == Condition::damaged) return;  // all is taken
  TraceStep step{"condition", line.line, {{"sku", line.sku}, {"needed", std::string(to_text(least))}}, false, "condition", ""};
  if (line.condition) {
    step.values.emplace_back("stated", std::string(to_text(*line.condition)));
    step.refused = *line.condition < least;
    step.said = "condition_stated";
    if (step.refused) step.next = "condition_next";
  }
  decision.trace.push_back(std::move(step));
}

void add_photo(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line, PolicyDecision& decision) {
  const bool asked = is_shops_grace(facts.kind) || facts.kind == ReturnKind::warranty;
  if (!asked || !is_in(policy.photo_reasons, line.reason)) return;
  decision.trace.push_back({"photo",
                            line.line,
                            {{"sku", line.sku}, {"reason", line.reason}, {"photo", yes_or_no(line.photo)}},
                            !line.photo,
                            line.photo ? "photo_added" : "photo",
                            line.photo ? "" : "photo_next"});
}

struct WindowOfLine {
  int days = 0;
  std::string by;  // which rule gave it
};

WindowOfLine goods_window(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line) {
  const auto in = [](const std::map<std::string, int>& rules, const std::string& key) {
    const auto found = rules.find(key);
    return found == rules.end() ? std::optional<int>() : std::optional(found->second);
  };
  const auto& rules = policy.windows;
  WindowOfLine out{policy.window_days, "policy"};
  if (const auto days = in(rules.sku, line.sku)) {
    out = {*days, "sku"};
  } else if (line.window_days) {
    out = {*line.window_days, "product"};
  } else if (const auto of_category = in(rules.category, line.category)) {
    out = {*of_category, "category"};
  } else if (const auto of_reason = in(rules.reason, line.reason)) {
    out = {*of_reason, "reason"};
  } else if (const auto of_country = in(rules.country, facts.customer.country)) {
    out = {*of_country, "country"};
  }
  if (const auto of_tier = in(rules.tier, facts.customer.tier); of_tier && *of_tier > out.days) out = {*of_tier, "tier"};
  return out;
}

WindowOfLine window_of(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line) {
  if (facts.kind == ReturnKind::warranty) return {policy.warranty_days, "warranty"};
  const auto window = goods_window(policy, facts, line);
  if (facts.kind == ReturnKind::withdrawal && policy.withdrawal_days > window.days) return {policy.withdrawal_days, "withdrawal"};
  return window;
}

void add_window(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line, PolicyDecision& decision) {
  if (facts.kind == ReturnKind::undeliverable) return;  // nobody asks by when it may come back
  const auto [days, by] = window_of(policy, facts, line);
  TraceStep step{"window", line.line, {{"window_days", std::to_string(days)}, {"by", by}}, false, "window_not_begun", ""};
  if (!facts.all_delivered || !facts.delivered_at) {
    step.values.emplace_back("delivered_at", "");
    step.refused = !policy.before_delivery && facts.kind != ReturnKind::withdrawal;
    if (step.refused) step.said = "window_only_after", step.next = "window_next_delivery";
    decision.trace.push_back(std::move(step));
    return;
  }
  // Day 1 is the day that begins with the delivery; the window ends `days` whole days after it.
  const std::int64_t day = (facts.now - *facts.delivered_at) / kDay + 1;
  Instant end = *facts.delivered_at + days * kDay;
  if (facts.kind == ReturnKind::withdrawal)
    end = std::max(end, *withdrawal_period(policy.withdrawal_days, facts.delivered_at, facts.now).ends_at);
  step.refused = facts.now > end;
  step.said = "window";
  step.values.emplace_back("delivered_at", format_rfc3339(*facts.delivered_at));
  step.values.emplace_back("day", std::to_string(day));
  step.values.emplace_back("until", format_rfc3339(end));
  if (step.refused) step.next = "window_next";
  decision.trace.push_back(std::move(step));
  if (!decision.last_day || end < *decision.last_day) decision.last_day = end;
}

void add_line(const Policy& policy, const ReturnFacts& facts, const ReturnLineFacts& line, PolicyDecision& decision) {
  if (!line.known) {
    decision.trace.push_back({"line_of_order", line.line, {{"line", to_text(line.line)}}, true, "line_of_order", "line_of_order_next"});
    return;
  }
  decision.trace.push_back(units_left(facts, line));
  decision.trace.push_back(final_sale(policy, facts, line));
  add_condition(policy, facts, line, decision);
  add_photo(policy, facts, line, decision);
  add_window(policy, facts, line, decision);
}

TraceStep outcome(const Policy& policy, const ReturnFacts& facts) {
  const auto offered = outcomes_of(policy, facts.kind);
  std::string words;
  for (const auto one : offered) words += (words.empty() ? "" : ", ") + std::string(to_text(one));
  const bool refused = std::find(offered.begin(), offered.end(), facts.outcome) == offered.end();
  return {"outcome",
          std::nullopt,
          {{"outcome", std::string(to_text(facts.outcome))}, {"offered", words}},
          refused,
          refused ? "outcome_not_offered" : "outcome",
          refused ? "outcome_next" : ""};
}

TraceStep approval(const Policy& policy, const ReturnFacts& facts, bool approved) {
  return {"approval",
          std::nullopt,
          {{"auto_approve", yes_or_no(policy.auto_approve)}, {"kind", std::string(to_text(facts.kind))}},
          false,
          approved ? "approval" : "approval_person",
          ""};
}

// Who pays the way back, and the line's reason, the outcome or the rule that says so.
TraceStep freight(const Policy& policy, const ReturnFacts& facts, FreightPayer payer) {
  TraceStep step{"freight", std::nullopt, {{"paid_by", std::string(to_text(payer))}}, false, "freight_free", ""};
  for (const auto& line : facts.lines) {
    if (is_shops_grace(facts.kind) && payer == FreightPayer::merchant &&
        freight_payer(policy, facts.kind, facts.outcome, {line.reason}) == payer && !line.reason.empty()) {
      step.values.emplace_back("reason", line.reason);
      break;
    }
  }
  if (payer == FreightPayer::merchant) return step;
  step.said = policy.freight_fee > 0 ? "freight_fee" : "freight_customer";
  if (policy.freight_fee > 0) {
    step.values.emplace_back("fee", std::to_string(policy.freight_fee));
    step.values.emplace_back("currency", facts.currency);
  }
  return step;
}

std::vector<std::string> reasons_of(const ReturnFacts& facts) {
  std::vector<std::string> reasons;
  for (const auto& line : facts.lines) reasons.push_back(line.reason);
  return reasons;
}

// The goods' value with tax, without the shipping.
std::int64_t goods_value(const ReturnFacts& facts) {
  std::int64_t value = 0;
  for (const auto& line : facts.lines) value += line.released.price - line.released.discount + line.released.tax - line.shipping_tax();
  return value;
}

// Only what has arrived can be kept, once per order, not by who is blocked; and postage alone is no item.
bool keeps_item(const Policy& policy, const ReturnFacts& facts) {
  if (!policy.keep_item_below || (!is_shops_grace(facts.kind) && facts.kind != ReturnKind::withdrawal)) return false;
  if (!facts.all_delivered || facts.kept_before || blocking_entry(policy, facts.customer) != nullptr) return false;
  const bool goods = std::any_of(facts.lines.begin(), facts.lines.end(), [](const ReturnLineFacts& line) { return line.goods; });
  return goods && goods_value(facts) < *policy.keep_item_below;
}

Released released_by(const ReturnFacts& facts) {
  Released released;
  for (const auto& line : facts.lines) released.add(line.released, line.shipping);
  return released;
}

ShippedTo shipped_to(const ReturnFacts& facts) { return {facts.currency, facts.customer.country}; }

OutcomeOffer offer_of(const Policy& policy, const ReturnFacts& facts, ReturnOutcome outcome, bool keep_item) {
  const auto terms = terms_of(policy, facts.kind, outcome, reasons_of(facts), keep_item, shipped_to(facts));
  OutcomeOffer offer{outcome, due_of(released_by(facts), terms), 0, 0};
  if (outcome == ReturnOutcome::store_credit) offer.bonus = store_credit_bonus(policy, offer.money.amount());
  offer.total = offer.money.amount() + offer.bonus;
  return offer;
}

// Said where a part of the shipping that was charged is not paid back.
void add_shipping(const Policy& policy, const ReturnFacts& facts, PolicyDecision& decision) {
  const auto terms = terms_of(policy, facts.kind, facts.outcome, reasons_of(facts), decision.keep_item, shipped_to(facts));
  if (!terms.standard_shipping) return;
  std::int64_t charged = 0, kept = 0;
  for (const auto& line : facts.lines) {
    const auto surcharge = surcharge_of(line.shipping, *terms.standard_shipping);
    charged += line.shipping.to - line.shipping.from + line.shipping_tax();
    kept += surcharge.amount + surcharge.tax;
  }
  if (kept == 0) return;
  decision.trace.push_back(
      {"shipping",
       std::nullopt,
       {{"charged", std::to_string(charged)}, {"paid_back", std::to_string(charged - kept)}, {"currency", facts.currency}},
       false,
       "standard_shipping",
       ""});
}

void add_money(const Policy& policy, const ReturnFacts& facts, PolicyDecision& decision) {
  decision.keep_item = keeps_item(policy, facts);
  if (policy.keep_item_below) {
    decision.trace.push_back(
        {"keep_item",
         std::nullopt,
         {{"value", std::to_string(goods_value(facts))}, {"below", std::to_string(*policy.keep_item_below)}, {"currency", facts.currency}},
         false,
         decision.keep_item ? "keep_item" : "keep_item_not",
         ""});
  }
  const auto taken = deductions_of(policy, facts.kind, facts.outcome, reasons_of(facts), true, shipped_to(facts));
  if (taken.restocking_basis_points > 0 && !decision.keep_item) {
    decision.trace.push_back(
        {"restocking", std::nullopt, {{"basis_points", std::to_string(taken.restocking_basis_points)}}, false, "restocking", ""});
  }
  if (!decision.keep_item) {
    const std::string word(to_text(decision.trigger));
    decision.trace.push_back({"refund_trigger", std::nullopt, {{"trigger", word}}, false, "trigger_" + word, ""});
  }
  add_shipping(policy, facts, decision);
  for (const auto outcome : outcomes_of(policy, facts.kind))
    decision.offers.push_back(offer_of(policy, facts, outcome, decision.keep_item));
}

}  // namespace

Deductions terms_of(const Policy& policy, ReturnKind kind, ReturnOutcome outcome, const std::vector<std::string>& reasons, bool keep_item,
                    const ShippedTo& to) {
  const auto terms = deductions_of(policy, kind, outcome, reasons, true, to);
  return keep_item ? Deductions{0, 0, true, terms.standard_shipping} : terms;
}

PolicyDecision decide(const Policy& policy, const ReturnFacts& facts) {
  PolicyDecision decision;
  add_blocklist(policy, facts, decision);
  for (const auto& line : facts.lines) add_line(policy, facts, line, decision);
  decision.trace.push_back(outcome(policy, facts));
  decision.allowed = std::none_of(decision.trace.begin(), decision.trace.end(), [](const TraceStep& step) { return step.refused; });
  // A withdrawal is a right: nobody has to agree to it. A warranty case always needs a look.
  decision.approved =
      decision.allowed && facts.kind != ReturnKind::warranty && (policy.auto_approve || facts.kind == ReturnKind::withdrawal);
  decision.freight = freight_payer(policy, facts.kind, facts.outcome, reasons_of(facts));
  decision.trigger = trigger_of(policy, facts.kind, facts.customer.tier);
  decision.trace.push_back(freight(policy, facts, decision.freight));
  if (decision.allowed) {
    add_money(policy, facts, decision);
    decision.trace.push_back(approval(policy, facts, decision.approved));
  }
  return decision;
}

}  // namespace roundtrip::domain
