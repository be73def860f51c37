// Sentences of config/messages, section [policy], filled with the values of trace steps.
#include "usecases/policy_words.hpp"

#include <nlohmann/json.hpp>

#include "messages/locale.hpp"

namespace roundtrip::usecases {
namespace {

using domain::TraceStep;
using nlohmann::ordered_json;

std::string word_for(const Reader& reader, const std::string& section, const std::string& word) {
  const std::string key = section + "." + word;
  return messages::has_text(key) ? messages::text(reader.locale, key) : word;
}

// "exchange, refund" word by word.
std::string list_for(const Reader& reader, const std::string& section, const std::string& words) {
  std::string out;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(", ", at), words.size());
    out += (out.empty() ? "" : ", ") + word_for(reader, section, words.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

std::string percent_of(const Reader& reader, std::int64_t basis_points) {
  std::string text = messages::format_number(reader.locale, basis_points / 100);
  if (basis_points % 100 == 0) return text;
  text += (messages::match_locale(reader.locale) == "en" ? "." : ",") + std::to_string(basis_points % 100 + 100).substr(1);
  return text.back() == '0' ? text.substr(0, text.size() - 1) : text;
}

std::string shown_value(const Reader& reader, const std::string& currency, const std::string& name, const std::string& value) {
  if (name == "delivered_at" || name == "until") {
    const auto at = parse_rfc3339(value);
    return at ? messages::format_time(reader.locale, reader.time_zone, *at, messages::TimeStyle::date_time) : value;
  }
  if (name == "fee" || name == "value" || name == "below" || name == "charged" || name == "paid_back")
    return messages::format_money(reader.locale, {std::stoll(value), {currency}});
  if (name == "outcome" || name == "offered") return list_for(reader, "policy.outcome_word", value);
  if (name == "needed" || name == "stated") return word_for(reader, "policy.condition_word", value);
  if (name == "reason") return word_for(reader, "page.reason", value);
  return value;
}

void say_step(const Reader& reader, TraceStep& step) {
  std::string currency;
  for (const auto& [name, value] : step.values) {
    if (name == "currency") currency = value;
  }
  messages::Args args;
  for (const auto& [name, value] : step.values) {
    if (name == "basis_points") args.emplace_back("percent", percent_of(reader, std::stoll(value)));
    args.emplace_back(name, shown_value(reader, currency, name, value));
  }
  step.result = messages::text(reader.locale, "policy." + step.said, args);
  if (!step.next.empty()) step.next_step = messages::text(reader.locale, "policy." + step.next, args);
}

}  // namespace

Reader reader_of_header(std::string_view accept_language) { return {messages::match_accept_language(accept_language), "UTC"}; }

void say_trace(const Reader& reader, std::vector<TraceStep>& trace) {
  for (auto& step : trace) say_step(reader, step);
}

std::string decision_json(const domain::PolicyDecision& decision) {
  ordered_json steps = ordered_json::array();
  for (const auto& step : decision.trace) {
    ordered_json values = ordered_json::object();
    for (const auto& [name, value] : step.values) values[name] = value;
    ordered_json one = {{"rule", step.rule}};
    if (step.line) one["line_id"] = to_text(*step.line);
    one["refused"] = step.refused;
    one["said"] = step.said;
    if (!step.next.empty()) one["next"] = step.next;
    one["values"] = std::move(values);
    steps.push_back(std::move(one));
  }
  return ordered_json{{"allowed", decision.allowed},
                      {"approved", decision.approved},
                      {"keep_item", decision.keep_item},
                      {"freight_paid_by", domain::to_text(decision.freight)},
                      {"refund_trigger", domain::to_text(decision.trigger)},
                      {"trace", steps}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string say_decision(const Reader& reader, const std::string& json) {
  auto decision = ordered_json::parse(json, nullptr, false);
  if (!decision.is_object() || !decision.contains("trace")) return json;
  for (auto& one : decision["trace"]) {
    if (!one.contains("said")) continue;
    TraceStep step;
    step.said = one["said"].get<std::string>();
    step.next = one.value("next", "");
    for (const auto& [name, value] : one["values"].items()) step.values.emplace_back(name, value.get<std::string>());
    // Kept before a sentence was renamed or dropped: the values still speak.
    if (!messages::has_text("policy." + step.said)) step.said = step.next = "";
    if (!step.said.empty()) say_step(reader, step);
    one.erase("said");
    one.erase("next");
    one["result"] = step.result;
    if (!step.next_step.empty()) one["next_step"] = step.next_step;
  }
  return decision.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace roundtrip::usecases
