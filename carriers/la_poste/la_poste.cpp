// La Poste: requests and replies of Suivi v2.
#include "carriers/la_poste/la_poste.hpp"

#include <algorithm>
#include <charconv>

#include "carriers/la_poste/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace la_poste {
namespace {
constexpr int kNumbersPerCall = 10;

// The code beside one shipment, an HTTP status in its meaning.
Trouble trouble_of_code(int code) {
  if (code == 200 || code == 207) return Trouble::none;
  if (code == 404) return Trouble::not_found;
  if (code == 400) return Trouble::bad_request;
  if (code == 401 || code == 403) return Trouble::auth;
  if (code == 429) return Trouble::rate_limited;
  return code >= 500 && code < 600 ? Trouble::service : Trouble::bad_reply;
}

int code_of(const Json& json) {
  const auto digits = text(json, "returnCode");
  int code = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
  return fault == std::errc{} && end == digits.data() + digits.size() ? code : 0;
}

std::string words_of(const Json& json) { return joined({text(json, "returnCode"), text(json, "returnMessage")}, " "); }

domain::TrackingEvent event_of(const Json& json) {
  domain::TrackingEvent event;
  event.raw_code = text(json, "code");
  event.raw_text = text(json, "label");
  event.time = iso_time(text(json, "date"));
  apply_code(event, find_code(kCodes, event.raw_code));
  return event;
}

TrackedNumber item_of(const Json& json) {
  const Json& shipment = at(json, "shipment");
  auto number = text(shipment, "idShip");
  if (number.empty()) number = text(json, "idShip");
  const auto trouble = has(json, "returnCode") ? trouble_of_code(code_of(json)) : Trouble::none;
  if (trouble != Trouble::none) return failed_item(number, trouble, words_of(json));
  if (!shipment.is_object()) return failed_item(number, Trouble::bad_reply, "no shipment");
  TrackedNumber item;
  item.number = number;
  for (const Json* event : list(shipment, "event")) item.events.push_back(event_of(*event));
  const auto newest = std::max_element(item.events.begin(), item.events.end(),
                                       [](const auto& a, const auto& b) { return domain::order_time(a) < domain::order_time(b); });
  if (newest != item.events.end()) item.status_raw = joined({newest->raw_code, newest->raw_text}, " ");
  item.estimated_raw = text(shipment, "estimDate");
  item.estimated_at = estimate_of(iso_time(item.estimated_raw));
  return item;
}

// One number gives an object, several give an array; the gateway before the API says {"code", "message"}.
bool is_item(const Json& json) { return json.is_object() && (has(json, "returnCode") || at(json, "shipment").is_object()); }
bool is_gateway(const Json& json) { return json.is_object() && at(json, "code").is_string() && at(json, "message").is_string(); }

bool recognizes_suivi(const Reply& reply) {
  const Json& json = reply.json();
  return is_item(json) || is_gateway(json) || (json.is_array() && !json.empty() && is_item(json[0]));
}

TrackReply read_suivi(const Reply& reply) {
  const Json& json = reply.json();
  const auto call = trouble_of({HttpResponse{reply.status, reply.headers, ""}, {}});
  if (json.is_object() && !is_item(json)) {
    const auto words = joined({text(json, "code"), text(json, "message")}, ": ");
    return failed(call.trouble == Trouble::none ? Trouble::bad_reply : call.trouble, words, call.retry_after_us);
  }
  if (json.is_object() && !has(json, "shipment")) {
    // One number's trouble is the call's; it is refused credentials that all numbers share.
    auto item = item_of(json);
    if (item.trouble != Trouble::not_found && item.trouble != Trouble::bad_request)
      return failed(item.trouble, item.detail, call.retry_after_us);
    return {Trouble::none, "", 0, {std::move(item)}};
  }
  if (!json.is_array() && !is_item(json)) return failed(Trouble::bad_reply, "neither a shipment nor a list of them");
  TrackReply out;
  for (const Json* one : list(json)) out.items.push_back(item_of(*one));
  return out;
}

std::string_view language_of(std::string_view locale) {
  static constexpr std::pair<std::string_view, std::string_view> kLanguages[] = {
      {"fr", "fr_FR"}, {"de", "de_DE"}, {"es", "es_ES"}, {"it", "it_IT"}, {"nl", "nl_NL"}};
  for (const auto& [language, name] : kLanguages) {
    if (locale.starts_with(language)) return name;
  }
  return "en_GB";
}

HttpRequest suivi_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  HttpRequest request;
  request.url = (account.base_url.empty() ? "https://api.laposte.fr" : account.base_url) + "/suivi/v2/idships/";
  for (std::size_t i = 0; i < queries.size(); ++i) request.url += (i == 0 ? "" : ",") + percent_encode(queries[i].number);
  request.url += "?lang=" + std::string(language_of(queries.empty() ? "" : queries[0].locale));
  request.headers = {{"X-Okapi-Key", account.key}, {"Accept", "application/json"}};
  return request;
}

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

// UPU S10 from France: weights 8 6 4 2 3 5 9 7, eleven less the rest.
bool is_s10(std::string_view text) {
  if (text.size() != 13 || !is_letter(text[0]) || !is_letter(text[1]) || text.substr(11) != "FR" || !is_digits(text.substr(2, 9)))
    return false;
  static constexpr int kWeights[] = {8, 6, 4, 2, 3, 5, 9, 7};
  int sum = 0;
  for (std::size_t i = 0; i < 8; ++i) sum += (text[2 + i] - '0') * kWeights[i];
  const int rest = 11 - sum % 11;
  return text[10] - '0' == (rest == 10 ? 0 : rest == 11 ? 5 : rest);
}

class LaPosteCarrier : public Carrier {
 public:
  std::string_view name() const override { return "la_poste"; }
  std::string_view title() const override { return "La Poste"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.numbers_per_call = kNumbersPerCall};
    return kCapabilities;
  }
  std::span<const Api> apis() const override {
    static const Api kApis[] = {{"suivi_v2", "Suivi v2", kNumbersPerCall, recognizes_suivi, read_suivi, suivi_request}};
    return kApis;
  }
  // S10 from France, and Colissimo: a digit, a letter and eleven digits (the key's rule is not published).
  bool is_number(std::string_view text) const override {
    const bool colissimo = text.size() == 13 && is_digits(text.substr(0, 1)) && is_letter(text[1]) && is_digits(text.substr(2));
    return colissimo || is_s10(text);
  }
};
}  // namespace
}  // namespace la_poste

const Carrier& la_poste_carrier() {
  static const la_poste::LaPosteCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
