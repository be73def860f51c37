// One table of rules: how each is shown, and how its text is read.
#include "web/policy_form.hpp"

#include <algorithm>
#include <sstream>

#include "usecases/policies.hpp"
#include "web/format.hpp"

namespace roundtrip::web {
namespace {

enum class Shape { number, amount, flag, word, names, pairs, blocklist, dispositions };
struct PolicyField {
  std::string_view group, name, label;
  Shape shape;
  std::string_view words = {};  // of `word`, blank-separated
};
constexpr std::string_view kConditionWords = "damaged used unused unopened", kPayers = "merchant customer";
constexpr PolicyField kPolicyFields[] = {
    {"How long", "window_days", "Return window", Shape::number},
    {"How long", "withdrawal_days", "Withdrawal", Shape::number},
    {"How long", "warranty_days", "Warranty", Shape::number},
    {"How long", "claim_days", "Claims", Shape::number},
    {"How long", "windows/sku", "Windows by SKU", Shape::pairs},
    {"How long", "windows/category", "Windows by category", Shape::pairs},
    {"How long", "windows/reason", "Windows by reason", Shape::pairs},
    {"How long", "windows/country", "Windows by country", Shape::pairs},
    {"How long", "windows/tier", "Windows by customer tier", Shape::pairs},
    {"What comes back", "before_delivery", "Before the delivery", Shape::flag},
    {"What comes back", "auto_approve", "Approve at once", Shape::flag},
    {"What comes back", "final_sale_skus", "Final sale: SKUs", Shape::names},
    {"What comes back", "final_sale_categories", "Final sale: categories", Shape::names},
    {"What comes back", "condition", "Worst condition", Shape::word, kConditionWords},
    {"What comes back", "condition_by_category", "Condition by category", Shape::pairs},
    {"What comes back", "photo_reasons", "Photo needed for", Shape::names},
    {"What comes back", "damaged_reasons", "Reasons of damage", Shape::names},
    {"What comes back", "fault_reasons", "Other reasons of the shop", Shape::names},
    {"What comes back", "dispositions", "Where goods go after a look", Shape::dispositions},
    {"What comes back", "keep_item_below", "Keep the item below", Shape::amount},
    {"Who pays", "freight", "The way back", Shape::word, kPayers},
    {"Who pays", "freight_by_reason", "The way back by reason", Shape::pairs},
    {"Who pays", "freight_by_outcome", "The way back by outcome", Shape::pairs},
    {"Who pays", "freight_fee", "Freight fee", Shape::number},
    {"Who pays", "restocking_basis_points", "Restocking fee", Shape::number},
    {"Who pays", "refund_shipping", "Refund the outbound shipping", Shape::flag},
    {"Who pays", "standard_shipping", "Standard delivery costs", Shape::pairs},
    {"What customers get", "outcomes", "Outcomes in order", Shape::names},
    {"What customers get", "store_credit_bonus_basis_points", "Bonus of store credit", Shape::number},
    {"What customers get", "exchange_trigger", "The replacement leaves on", Shape::word, "approval carrier_scan warehouse_scan"},
    {"What customers get", "exchange_other_product", "Exchange for another product", Shape::flag},
    {"When money goes", "trigger", "Money goes back on", Shape::word, "carrier_scan warehouse_scan inspection"},
    {"When money goes", "trigger_by_tier", "Earlier by customer tier", Shape::pairs},
    {"When money goes", "advance_cap", "At most ahead of the goods", Shape::amount},
    {"When money goes", "advance_days", "Goods are missed after", Shape::number},
    {"When money goes", "refund_delay_hours", "Wait before paying", Shape::number},
    {"When money goes", "approval_limit", "Second person above", Shape::amount},
    {"When money goes", "refund_order", "Of several payments", Shape::word, "money_first proportional credit_first"},
    {"Who must ask first", "blocklist", "Blocklist", Shape::blocklist},
};

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r"), to = text.find_last_not_of(" \t\r");
  return from == std::string_view::npos ? std::string_view() : text.substr(from, to - from + 1);
}

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!trimmed(line).empty()) out.emplace_back(trimmed(line));
  }
  return out;
}

Json number_or_text(std::string_view text) {
  const bool digits = !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string_view::npos;
  return digits ? Json(std::stoll(std::string(text))) : Json(std::string(text));
}

Json pairs_of(const std::string& text) {
  Json out = Json::object();
  for (const auto& line : lines_in(text)) {
    const auto at = line.rfind('=');
    const std::string key(trimmed(std::string_view(line).substr(0, at)));
    out[key] = at == std::string::npos ? Json("") : number_or_text(trimmed(std::string_view(line).substr(at + 1)));
  }
  return out;
}

// "email: x@example.com # bought and returned 40 times"
Json blocklist_of(const std::string& text) {
  Json out = Json::array();
  for (const auto& line : lines_in(text)) {
    const auto colon = line.find(':'), note = line.find(" # ");
    Json entry = {{"by", std::string(trimmed(std::string_view(line).substr(0, colon)))}};
    if (colon != std::string::npos)
      entry["value"] = std::string(trimmed(std::string_view(line).substr(colon + 1, note == std::string::npos ? note : note - colon - 1)));
    if (note != std::string::npos) entry["note"] = std::string(trimmed(std::string_view(line).substr(note + 3)));
    out.push_back(std::move(entry));
  }
  return out;
}

std::string scalar_text(const Json& value) {
  return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// "refurbish if grade = C, category = lamps"; a part without "=" belongs to the name before it.
Json dispositions_of(const std::string& text) {
  Json out = Json::array();
  for (const auto& line : lines_in(text)) {
    const auto split = line.find(" if ");
    Json row = {{"disposition", std::string(trimmed(std::string_view(line).substr(0, split)))}};
    std::istringstream parts(split == std::string::npos ? "" : line.substr(split + 4));
    std::string key;
    for (std::string part; std::getline(parts, part, ',');) {
      const auto at = part.find('=');
      if (at == std::string::npos && !key.empty() && row[key].is_string()) {
        row[key] = row[key].get<std::string>() + "," + part;
        continue;
      }
      key = trimmed(std::string_view(part).substr(0, at));
      const std::string value(trimmed(at == std::string::npos ? std::string_view() : std::string_view(part).substr(at + 1)));
      const bool flag = key == "damaged" || key == "special_waste";
      row[key] = flag && (value == "yes" || value == "no") ? Json(value == "yes") : Json(value);
    }
    out.push_back(std::move(row));
  }
  return out;
}

std::string dispositions_text(const Json& rows) {
  std::string out;
  for (const auto& row : rows) {
    out += row.value("disposition", "");
    const char* before = " if ";
    for (const auto& [key, value] : row.items()) {
      if (key == "disposition") continue;
      out += before + key + " = " + (value.is_boolean() ? (value.get<bool>() ? "yes" : "no") : scalar_text(value));
      before = ", ";
    }
    out += "\n";
  }
  return out;
}

Json read_field(const PolicyField& rule, const std::string& text) {
  switch (rule.shape) {
    case Shape::number:
      return number_or_text(trimmed(text));
    case Shape::amount:
      return trimmed(text).empty() ? Json(nullptr) : number_or_text(trimmed(text));
    case Shape::flag:
      return text == "yes";
    case Shape::word:
      return std::string(trimmed(text));
    case Shape::names:
      return lines_in(text);
    case Shape::pairs:
      return pairs_of(text);
    case Shape::blocklist:
      return blocklist_of(text);
    case Shape::dispositions:
      return dispositions_of(text);
  }
  throw std::logic_error("read_field: unknown shape");
}

std::string field_text(const PolicyField& rule, const Json& value) {
  std::string out;
  if (rule.shape == Shape::names && value.is_array()) {
    for (const auto& one : value) out += scalar_text(one) + "\n";
  } else if (rule.shape == Shape::pairs && value.is_object()) {
    for (const auto& [key, one] : value.items()) out += key + " = " + scalar_text(one) + "\n";
  } else if (rule.shape == Shape::blocklist && value.is_array()) {
    for (const auto& one : value) {
      const std::string note = one.value("note", "");
      out += one.value("by", "email") + ": " + one.value("value", "") + (note.empty() ? "" : " # " + note) + "\n";
    }
  } else if (rule.shape == Shape::dispositions && value.is_array()) {
    out = dispositions_text(value);
  } else {
    out = scalar_text(value);
  }
  return out;
}

std::string fault_of(const PolicyField& rule, const std::vector<Fault>& faults) {
  std::string out;
  for (const auto& fault : faults) {
    const std::string at = "/" + std::string(rule.name);
    if (fault.pointer == at || fault.pointer.starts_with(at + "/")) out += (out.empty() ? "" : " ") + fault.detail;
  }
  return out;
}

Json field_json(const PolicyField& rule, const Json& policy, const std::vector<Fault>& faults) {
  const Json value = policy.value(Json::json_pointer("/" + std::string(rule.name)), Json());
  const std::string text = field_text(rule, value), fault = fault_of(rule, faults);
  std::string id(rule.name);
  std::replace(id.begin(), id.end(), '/', '-');
  Json options = Json::array();
  std::istringstream words{std::string(rule.words)};
  for (std::string word; words >> word;) options.push_back({{"value", word}, {"label", words_of_code(word)}, {"chosen", word == text}});
  return {{"name", std::string(rule.name)},
          {"id", id},
          {"label", std::string(rule.label)},
          {"hint", usecases::policy_field_words(std::string(rule.name))},
          {"value", text},
          {"fault", fault},
          {"line", rule.shape == Shape::number || rule.shape == Shape::amount},
          {"flag", rule.shape == Shape::flag},
          {"checked", value == true},
          {"choice", rule.shape == Shape::word},
          {"area",
           rule.shape == Shape::names || rule.shape == Shape::pairs || rule.shape == Shape::blocklist || rule.shape == Shape::dispositions},
          {"options", options}};
}

}  // namespace

Json policy_groups(const Json& policy, const std::vector<Fault>& faults) {
  Json groups = Json::array();
  for (const auto& rule : kPolicyFields) {
    if (groups.empty() || groups.back()["title"] != rule.group)
      groups.push_back({{"title", std::string(rule.group)}, {"fields", Json::array()}});
    groups.back()["fields"].push_back(field_json(rule, policy, faults));
  }
  return groups;
}

std::string policy_of_form(const std::vector<std::pair<std::string, std::string>>& form) {
  Json out = Json::object();
  for (const auto& rule : kPolicyFields) out[Json::json_pointer("/" + std::string(rule.name))] = read_field(rule, field(form, rule.name));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace roundtrip::web
