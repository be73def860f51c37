// Hermes Germany: requests and replies of its Shipment Info API, and the errors of its Order API.
#include "carriers/hermes_de/hermes_de.hpp"

#include <algorithm>

#include "carriers/hermes_de/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace hermes_de {
namespace {
constexpr std::string_view kProduction = "https://de-api.hermesworld.com/services/hsi";
constexpr std::string_view kIntegration = "https://de-api-int.hermesworld.com/services/hsi";
constexpr std::string_view kTokenPath = "/authorization-facade/oauth2/access_token";
constexpr int kNumbersPerCall = 100;

std::optional<Trouble> trouble_of_result(std::span<const ResultCode> table, std::string_view code) {
  for (const auto& row : table) {
    if (row.code == code) return row.trouble;
  }
  return std::nullopt;
}

// Result codes begin with e (errors), w or i (warnings and hints).
bool is_error(std::string_view code) { return code.size() == 4 && code.front() == 'e'; }

// {"error": "invalid_token", ...}: of the gateway before the API (RFC 6750).
bool is_refused_token(const Reply& reply) { return at(reply.json(), "error").is_string() && !has(reply.json(), "shipmentinfo"); }
TrackReply refused_token(const Reply& reply) {
  const auto call = trouble_of({HttpResponse{reply.status, reply.headers, ""}, {}});
  const auto trouble = call.trouble == Trouble::none || call.trouble == Trouble::bad_request ? Trouble::auth : call.trouble;
  return failed(trouble, joined({text(reply.json(), "error"), text(reply.json(), "error_description")}, ": "), call.retry_after_us);
}

std::string words_of(const Json& result) { return joined({text(result, "code"), text(result, "message")}, " "); }

// The first error of a list of result codes; nothing when there is none.
std::optional<TrackReply> failure_of(const Reply& reply, std::span<const ResultCode> table) {
  for (const Json* result : list(reply.json(), "listOfResultCodes")) {
    const auto code = text(*result, "code");
    if (!is_error(code)) continue;
    const auto call = trouble_of({HttpResponse{reply.status, reply.headers, ""}, {}});
    const bool by_status = call.trouble == Trouble::service || call.trouble == Trouble::rate_limited || call.trouble == Trouble::auth;
    const auto known = trouble_of_result(table, code);
    return failed(known ? *known : by_status ? call.trouble : Trouble::bad_request, words_of(*result), call.retry_after_us);
  }
  return std::nullopt;
}

domain::TrackingEvent event_of(const Json& json) {
  domain::TrackingEvent event;
  event.raw_code = text(json, "code");
  event.raw_text = text(json, "description");
  event.place = joined({text(json, "scanningUnit/city"), text(json, "scanningUnit/countryCode")});
  event.time = iso_time(text(json, "timestamp"));
  apply_code(event, find_code(kCodes, event.raw_code));
  return event;
}

// "2026-11-20" and "10:00" to "18:00", CET or CEST: expected by the end of the slot.
void read_forecast(const Json& json, TrackedNumber& item) {
  const auto day = text(json, "deliveryForecast/date");
  const auto from = text(json, "deliveryForecast/timeSlot/from"), to = text(json, "deliveryForecast/timeSlot/to");
  item.estimated_raw = joined({day, joined({from, to}, "-")}, " ");
  const auto read = read_iso(to.empty() ? day + " 23:59" : day + " " + to);
  item.estimated_at = estimate_of(time_in_zone(item.estimated_raw, read, "Europe/Berlin", domain::ZoneBasis::carrier_zone));
}

TrackedNumber item_of(const Json& json) {
  TrackedNumber item;
  item.number = text(json, "shipmentID");
  const auto code = text(json, "result/code");
  if (is_error(code))
    return failed_item(item.number, trouble_of_result(kInfoResults, code).value_or(Trouble::bad_request), words_of(at(json, "result")));
  const auto statuses = list(json, "status");
  if (item.number.empty() && statuses.empty()) return failed_item("", Trouble::bad_reply, "a shipment without number and status");
  item.reference = text(json, "clientReference");
  for (const Json* status : statuses) item.events.push_back(event_of(*status));
  const auto newest = std::max_element(item.events.begin(), item.events.end(),
                                       [](const auto& a, const auto& b) { return domain::order_time(a) < domain::order_time(b); });
  if (newest != item.events.end()) item.status_raw = joined({newest->raw_code, newest->raw_text}, " ");
  read_forecast(json, item);
  return item;
}

bool recognizes_info(const Reply& reply) {
  if (at(reply.json(), "shipmentinfo").is_array() || is_refused_token(reply)) return true;
  const auto results = list(reply.json(), "listOfResultCodes");
  return !results.empty() && trouble_of_result(kInfoResults, text(*results.front(), "code")).has_value();
}

TrackReply read_info(const Reply& reply) {
  if (is_refused_token(reply)) return refused_token(reply);
  if (auto failure = failure_of(reply, kInfoResults)) return *failure;
  const Json& shipments = at(reply.json(), "shipmentinfo");
  if (!shipments.is_array()) return failed(Trouble::bad_reply, "no list of shipments");
  TrackReply out;
  for (const Json& one : shipments) out.items.push_back(item_of(one));
  return out;
}

HttpRequest info_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  HttpRequest request;
  request.url = (account.base_url.empty() ? std::string(kProduction) : account.base_url) + "/shipmentinfo";
  for (std::size_t i = 0; i < queries.size(); ++i)
    request.url += (i == 0 ? "?shipmentID=" : "&shipmentID=") + percent_encode(queries[i].number);
  const bool german = !queries.empty() && queries[0].locale.starts_with("de");
  request.headers = {
      {"Authorization", "Bearer " + account.token}, {"Accept", "application/json"}, {"Accept-Language", german ? "DE" : "EN"}};
  return request;
}

// Orders of shipments and returns: we only read why one was refused.
bool recognizes_order(const Reply& reply) {
  const auto results = list(reply.json(), "listOfResultCodes");
  return std::any_of(results.begin(), results.end(), [](const Json* one) { return is_error(text(*one, "code")); });
}

TrackReply read_order(const Reply& reply) {
  if (is_refused_token(reply)) return refused_token(reply);
  return failure_of(reply, kOrderResults).value_or(failed(Trouble::bad_reply, "an order's answer without an error"));
}

class HermesDeCarrier : public Carrier {
 public:
  std::string_view name() const override { return "hermes_de"; }
  std::string_view title() const override { return "Hermes Germany"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.numbers_per_call = kNumbersPerCall, .needs_token = true};
    return kCapabilities;
  }
  std::span<const Api> apis() const override {
    static const Api kApis[] = {
        {"shipment_info", "HSI Shipment Info", kNumbersPerCall, recognizes_info, read_info, info_request},
        {"order", "HSI Order (its errors)", 1, recognizes_order, read_order, {}},
    };
    return kApis;
  }
  // "H" and nineteen digits; the check digit's rule is not published.
  bool is_number(std::string_view text) const override {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 20 && text[0] == 'H' && std::all_of(text.begin() + 1, text.end(), digit);
  }
  // Resource Owner Password Credentials Grant (hsi-auth 2025-07-28): client_id and grant_type are required.
  HttpRequest token_request(const CarrierAccount& account) const override {
    HttpRequest request;
    request.method = "POST";
    if (account.base_url.empty() || account.base_url == kProduction)
      request.url = "https://authme.myhermes.de";
    else
      request.url = account.base_url == kIntegration ? "https://authme-int.myhermes.de" : account.base_url;
    request.url += kTokenPath;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    const auto colon = account.key.find(':');
    request.body = "grant_type=password&client_id=" + percent_encode(account.key.substr(0, colon));
    if (colon != std::string::npos) request.body += "&client_secret=" + percent_encode(account.key.substr(colon + 1));
    request.body += "&username=" + percent_encode(account.customer) + "&password=" + percent_encode(account.secret);
    request.timeout_ms = account.timeout_ms;
    return request;
  }
};
}  // namespace
}  // namespace hermes_de

const Carrier& hermes_de_carrier() {
  static const hermes_de::HermesDeCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
