// A policy as a JSON document, both ways: every fault is named with its pointer.
#include <nlohmann/json.hpp>
#include <set>

#include "domain/money.hpp"
#include "store/policies.hpp"

namespace roundtrip::store {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::int64_t kMostMinor = 1'000'000'000'000;
constexpr std::size_t kMostEntries = 1000;
constexpr std::size_t kMostBytes = 300;
constexpr int kMostDays = 3650;

bool is_whole(const json& value, std::int64_t min, std::int64_t max) {
  return value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) &&
         value.get<std::int64_t>() >= min && value.get<std::int64_t>() <= max;
}

bool is_name(const json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty() && value.get_ref<const std::string&>().size() <= kMostBytes;
}

// Takes typed fields out of one object and notes each fault. `path` is the object's own pointer.
class PolicyReader {
 public:
  PolicyReader(const json& object, std::vector<Fault>& faults, std::string path = "")
      : object_(object), faults_(faults), path_(std::move(path)) {}
  template <class Int>
  void number(const char* name, Int& out, std::int64_t min, std::int64_t max) {
    const json* value = find(name);
    if (value == nullptr) return;
    if (!is_whole(*value, min, max)) return fault(name, "is a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    out = static_cast<Int>(value->get<std::int64_t>());
  }
  void amount(const char* name, std::optional<std::int64_t>& out) {
    std::int64_t value = -1;
    number(name, value, 0, kMostMinor);
    if (value >= 0) out = value;
  }
  void flag(const char* name, bool& out) {
    const json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_boolean()) return fault(name, "is true or false");
    out = value->get<bool>();
  }
  template <class Enum, std::size_t N>
  void word(const char* name, Enum& out, const domain::Word<Enum> (&words)[N]) {
    const json* value = find(name);
    if (value == nullptr) return;
    const auto parsed = value->is_string() ? domain::value_of(words, value->get<std::string>()) : std::nullopt;
    if (!parsed) return fault(name, "is one of " + known(words));
    out = *parsed;
  }
  void name(const char* name, std::string& out) {
    const json* value = find(name);
    if (value == nullptr) return;
    if (!is_name(*value)) return fault(name, "is a text of 1 to 300 bytes");
    out = value->get<std::string>();
  }
  void names(const char* name, std::vector<std::string>& out) {
    const json* value = find(name);
    if (value == nullptr) return;
    out.clear();
    if (!value->is_array() || value->size() > kMostEntries) return fault(name, "is a list of at most 1000 texts");
    for (const auto& one : *value) {
      if (!is_name(one)) return fault(name, "holds texts of 1 to 300 bytes only");
      out.push_back(one.get<std::string>());
    }
  }
  // {key: word}; `key_of` makes the key or nothing.
  template <class Key, class Enum, std::size_t N, class KeyOf>
  void words_by(const char* name, std::map<Key, Enum>& out, const domain::Word<Enum> (&words)[N], KeyOf&& key_of) {
    entries(
        name, [&] { out.clear(); },
        [&](const std::string& key, const json& value) {
          const auto known_key = key_of(key);
          const auto parsed = value.is_string() ? domain::value_of(words, value.get<std::string>()) : std::nullopt;
          if (!known_key) return fault(std::string(name) + "/" + escaped(key), "is not known here");
          if (!parsed) return fault(std::string(name) + "/" + escaped(key), "is one of " + known(words));
          out[*known_key] = *parsed;
        });
  }
  template <class KeyOf>
  void days_by(const char* name, std::map<std::string, int>& out, KeyOf&& key_of) {
    entries(
        name, [&] { out.clear(); },
        [&](const std::string& key, const json& value) {
          if (!key_of(key)) return fault(std::string(name) + "/" + escaped(key), "is not known here");
          if (!is_whole(value, 0, kMostDays))
            return fault(std::string(name) + "/" + escaped(key), "is a whole number of days from 0 to 3650");
          out[key] = value.get<int>();
        });
  }
  template <class KeyOf>
  void amounts_by(const char* name, std::map<std::string, std::int64_t>& out, KeyOf&& key_of) {
    entries(
        name, [&] { out.clear(); },
        [&](const std::string& key, const json& value) {
          if (!key_of(key)) return fault(std::string(name) + "/" + escaped(key), "is not known here");
          if (!is_whole(value, 0, kMostMinor)) return fault(std::string(name) + "/" + escaped(key), "is an amount in minor units");
          out[key] = value.get<std::int64_t>();
        });
  }
  const json* find(const char* name) {
    seen_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  void fault(const std::string& name, const std::string& detail) {
    faults_.push_back({path_ + "/" + name, "invalid", (path_.empty() ? "" : path_.substr(1) + "/") + name + " " + detail + "."});
  }
  void finish() {
    for (const auto& [name, value] : object_.items()) {
      if (!seen_.contains(name))
        faults_.push_back({path_ + "/" + escaped(name), "unknown_field", "There is no field " + name.substr(0, 60) + "."});
    }
  }
  static std::string escaped(const std::string& name) {
    std::string out;
    for (const char c : name.substr(0, 60)) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
  }

 private:
  template <class Enum, std::size_t N>
  static std::string known(const domain::Word<Enum> (&words)[N]) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + std::string(word.text);
    return out;
  }
  template <class Clear, class Take>
  void entries(const char* name, Clear&& clear, Take&& take) {
    const json* value = find(name);
    if (value == nullptr) return;
    clear();
    if (!value->is_object() || value->size() > kMostEntries) return fault(name, "is an object of at most 1000 entries");
    for (const auto& [key, entry] : value->items()) {
      if (key.empty() || key.size() > kMostBytes) return fault(name, "has keys of 1 to 300 bytes");
      take(key, entry);
    }
  }

  const json& object_;
  std::vector<Fault>& faults_;
  std::string path_;
  std::set<std::string> seen_;
};

std::optional<std::string> any_key(const std::string& key) { return key; }
std::optional<std::string> tier_key(const std::string& key) {
  for (const char* tier : domain::kCustomerTiers) {
    if (key == tier) return key;
  }
  return std::nullopt;
}
std::optional<std::string> country_key(const std::string& key) {
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  return key.size() == 2 && letter(key[0]) && letter(key[1]) ? std::optional(key) : std::nullopt;
}

// "EUR", or "EUR-AT".
std::optional<std::string> price_key(const std::string& key) {
  const bool fits = key.size() == 3 || (key.size() == 6 && key[3] == '-' && country_key(key.substr(4)));
  return fits && domain::is_currency(key.substr(0, 3)) ? std::optional(key) : std::nullopt;
}

void read_windows(const json& object, std::vector<Fault>& faults, domain::WindowRules& windows) {
  if (!object.is_object()) {
    faults.push_back({"/windows", "invalid", "windows is an object of sku, category, reason, country and tier."});
    return;
  }
  PolicyReader reader(object, faults, "/windows");
  reader.days_by("sku", windows.sku, any_key);
  reader.days_by("category", windows.category, any_key);
  reader.days_by("reason", windows.reason, any_key);
  reader.days_by("country", windows.country, country_key);
  reader.days_by("tier", windows.tier, tier_key);
  reader.finish();
}

void read_outcomes(PolicyReader& reader, domain::Policy& policy) {
  const json* value = reader.find("outcomes");
  if (value == nullptr) return;
  policy.outcomes.clear();
  if (!value->is_array() || value->empty()) return reader.fault("outcomes", "is a list of exchange, store_credit, refund; at least one");
  for (const auto& one : *value) {
    const auto outcome = one.is_string() ? domain::parse_return_outcome(one.get<std::string>()) : std::nullopt;
    if (!outcome) return reader.fault("outcomes", "is a list of exchange, store_credit, refund");
    if (std::find(policy.outcomes.begin(), policy.outcomes.end(), *outcome) != policy.outcomes.end())
      return reader.fault("outcomes", "names each outcome once");
    policy.outcomes.push_back(*outcome);
  }
}

void read_blocklist(PolicyReader& reader, std::vector<Fault>& faults, domain::Policy& policy) {
  const json* value = reader.find("blocklist");
  if (value == nullptr) return;
  policy.blocklist.clear();
  if (!value->is_array() || value->size() > 10 * kMostEntries) return reader.fault("blocklist", "is a list of at most 10000 entries");
  for (std::size_t i = 0; i < value->size(); ++i) {
    const std::string at = "blocklist/" + std::to_string(i);
    if (!(*value)[i].is_object()) return reader.fault(at, "is an object of by, value and note");
    PolicyReader one((*value)[i], faults, "/" + at);
    domain::BlockEntry entry;
    one.word("by", entry.by, domain::kBlockBys);
    const json* text = one.find("value");
    const json* note = one.find("note");
    if (text == nullptr || !is_name(*text)) {
      one.fault("value", "is a text of 1 to 300 bytes");
    } else {
      entry.value = text->get<std::string>();
    }
    if (note != nullptr && !(note->is_string() && note->get_ref<const std::string&>().size() <= kMostBytes)) {
      one.fault("note", "is a text of at most 300 bytes");
    } else if (note != nullptr) {
      entry.note = note->get<std::string>();
    }
    one.finish();
    policy.blocklist.push_back(std::move(entry));
  }
}

// Rows of the table of dispositions; what a row leaves out fits everything.
void read_dispositions(PolicyReader& reader, std::vector<Fault>& faults, domain::Policy& policy) {
  const json* value = reader.find("dispositions");
  if (value == nullptr) return;
  policy.dispositions.clear();
  if (!value->is_array() || value->size() > kMostEntries) return reader.fault("dispositions", "is a list of at most 1000 rows");
  for (std::size_t i = 0; i < value->size(); ++i) {
    const std::string at = "dispositions/" + std::to_string(i);
    if (!(*value)[i].is_object())
      return reader.fault(at, "is an object of grade, reason, category, damaged, special_waste and disposition");
    PolicyReader one((*value)[i], faults, "/" + at);
    domain::DispositionRule rule;
    domain::Grade grade = domain::Grade::none;
    one.word("grade", grade, domain::kGrades);
    if (one.find("grade") != nullptr) rule.grade = grade;
    one.name("reason", rule.reason);
    one.name("category", rule.category);
    const auto flag = [&](const char* name, std::optional<bool>& out) {
      bool set = false;
      one.flag(name, set);
      if (one.find(name) != nullptr) out = set;
    };
    flag("damaged", rule.damaged);
    flag("special_waste", rule.special_waste);
    one.word("disposition", rule.disposition, domain::kDispositions);
    if (rule.disposition == domain::Disposition::none) one.fault("disposition", "says where the goods go");
    one.finish();
    policy.dispositions.push_back(std::move(rule));
  }
}

ordered_json dispositions_list(const domain::Policy& policy) {
  ordered_json out = ordered_json::array();
  for (const auto& rule : policy.dispositions) {
    ordered_json row = ordered_json::object();
    if (rule.grade) row["grade"] = domain::to_text(*rule.grade);
    if (!rule.reason.empty()) row["reason"] = rule.reason;
    if (!rule.category.empty()) row["category"] = rule.category;
    if (rule.damaged) row["damaged"] = *rule.damaged;
    if (rule.special_waste) row["special_waste"] = *rule.special_waste;
    row["disposition"] = domain::to_text(rule.disposition);
    out.push_back(std::move(row));
  }
  return out;
}

void read_goods_rules(PolicyReader& reader, std::vector<Fault>& faults, domain::Policy& policy) {
  reader.number("window_days", policy.window_days, 0, kMostDays);
  reader.number("withdrawal_days", policy.withdrawal_days, 14, kMostDays);
  reader.number("warranty_days", policy.warranty_days, 0, 10 * kMostDays);
  reader.number("claim_days", policy.claim_days, 0, kMostDays);
  if (const json* windows = reader.find("windows")) read_windows(*windows, faults, policy.windows);
  reader.flag("before_delivery", policy.before_delivery);
  reader.flag("auto_approve", policy.auto_approve);
  reader.names("final_sale_skus", policy.final_sale_skus);
  reader.names("final_sale_categories", policy.final_sale_categories);
  reader.word("condition", policy.condition, domain::kConditions);
  reader.words_by("condition_by_category", policy.condition_by_category, domain::kConditions, any_key);
  reader.names("photo_reasons", policy.photo_reasons);
  reader.names("damaged_reasons", policy.damaged_reasons);
  reader.names("fault_reasons", policy.fault_reasons);
  read_blocklist(reader, faults, policy);
  read_dispositions(reader, faults, policy);
}

void read_money_rules(PolicyReader& reader, domain::Policy& policy) {
  reader.word("freight", policy.freight, domain::kFreightPayers);
  reader.words_by("freight_by_reason", policy.freight_by_reason, domain::kFreightPayers, any_key);
  reader.words_by("freight_by_outcome", policy.freight_by_outcome, domain::kFreightPayers,
                  [](const std::string& key) { return domain::parse_return_outcome(key); });
  reader.number("freight_fee", policy.freight_fee, 0, kMostMinor);
  reader.number("restocking_basis_points", policy.restocking_basis_points, 0, 10'000);
  reader.flag("refund_shipping", policy.refund_shipping);
  reader.amounts_by("standard_shipping", policy.standard_shipping, price_key);
  reader.amount("keep_item_below", policy.keep_item_below);
  read_outcomes(reader, policy);
  reader.number("store_credit_bonus_basis_points", policy.store_credit_bonus_basis_points, 0, 10'000);
  reader.word("trigger", policy.trigger, domain::kRefundTriggers);
  reader.words_by("trigger_by_tier", policy.trigger_by_tier, domain::kRefundTriggers, tier_key);
  reader.amount("advance_cap", policy.advance_cap);
  reader.number("advance_days", policy.advance_days, 1, 365);
  reader.number("refund_delay_hours", policy.refund_delay_hours, 0, 336);  // the law's 14 days
  reader.amount("approval_limit", policy.approval_limit);
  reader.word("refund_order", policy.refund_order, domain::kRefundOrders);
  reader.word("exchange_trigger", policy.exchange_trigger, domain::kExchangeTriggers);
  reader.flag("exchange_other_product", policy.exchange_other_product);
}

template <class Map>
ordered_json words_object(const Map& map) {
  ordered_json out = ordered_json::object();
  for (const auto& [key, word] : map) {
    if constexpr (std::is_enum_v<std::decay_t<decltype(key)>>) {
      out[std::string(domain::to_text(key))] = domain::to_text(word);
    } else {
      out[key] = domain::to_text(word);
    }
  }
  return out;
}

ordered_json amount_or_null(const std::optional<std::int64_t>& amount) { return amount ? ordered_json(*amount) : ordered_json(nullptr); }

ordered_json windows_object(const domain::WindowRules& windows) {
  ordered_json out = ordered_json::object();
  const auto add = [&](const char* name, const std::map<std::string, int>& days) {
    out[name] = ordered_json::object();
    for (const auto& [key, count] : days) out[name][key] = count;
  };
  add("sku", windows.sku);
  add("category", windows.category);
  add("reason", windows.reason);
  add("country", windows.country);
  add("tier", windows.tier);
  return out;
}

}  // namespace

Result<domain::Policy> parse_policy(const std::string& text) {
  const json body = json::parse(text, nullptr, false);
  if (!body.is_object()) return Error{ErrorKind::malformed, "not_json", "The policy is not a JSON object."};
  domain::Policy policy;
  std::vector<Fault> faults;
  PolicyReader reader(body, faults);
  read_goods_rules(reader, faults, policy);
  read_money_rules(reader, policy);
  reader.finish();
  if (faults.empty()) return policy;
  return Error{ErrorKind::invalid, "invalid_policy", "The policy has faults; correct them and send it again.", std::move(faults)};
}

std::string policy_json(const domain::Policy& policy) {
  ordered_json outcomes = ordered_json::array(), blocklist = ordered_json::array();
  for (const auto outcome : policy.outcomes) outcomes.push_back(domain::to_text(outcome));
  for (const auto& entry : policy.blocklist)
    blocklist.push_back({{"by", domain::to_text(entry.by)}, {"value", entry.value}, {"note", entry.note}});
  const ordered_json body = {{"window_days", policy.window_days},
                             {"withdrawal_days", policy.withdrawal_days},
                             {"warranty_days", policy.warranty_days},
                             {"claim_days", policy.claim_days},
                             {"windows", windows_object(policy.windows)},
                             {"before_delivery", policy.before_delivery},
                             {"auto_approve", policy.auto_approve},
                             {"final_sale_skus", policy.final_sale_skus},
                             {"final_sale_categories", policy.final_sale_categories},
                             {"condition", domain::to_text(policy.condition)},
                             {"condition_by_category", words_object(policy.condition_by_category)},
                             {"dispositions", dispositions_list(policy)},
                             {"photo_reasons", policy.photo_reasons},
                             {"damaged_reasons", policy.damaged_reasons},
                             {"fault_reasons", policy.fault_reasons},
                             {"freight", domain::to_text(policy.freight)},
                             {"freight_by_reason", words_object(policy.freight_by_reason)},
                             {"freight_by_outcome", words_object(policy.freight_by_outcome)},
                             {"freight_fee", policy.freight_fee},
                             {"restocking_basis_points", policy.restocking_basis_points},
                             {"refund_shipping", policy.refund_shipping},
                             {"standard_shipping", ordered_json(policy.standard_shipping)},
                             {"keep_item_below", amount_or_null(policy.keep_item_below)},
                             {"outcomes", outcomes},
                             {"store_credit_bonus_basis_points", policy.store_credit_bonus_basis_points},
                             {"trigger", domain::to_text(policy.trigger)},
                             {"trigger_by_tier", words_object(policy.trigger_by_tier)},
                             {"advance_cap", amount_or_null(policy.advance_cap)},
                             {"advance_days", policy.advance_days},
                             {"refund_delay_hours", policy.refund_delay_hours},
                             {"approval_limit", amount_or_null(policy.approval_limit)},
                             {"refund_order", domain::to_text(policy.refund_order)},
                             {"exchange_trigger", domain::to_text(policy.exchange_trigger)},
                             {"exchange_other_product", policy.exchange_other_product},
                             {"blocklist", blocklist}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace roundtrip::store
