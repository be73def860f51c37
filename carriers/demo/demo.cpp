// Requests to and replies of the demo carrier.
#include "carriers/demo/demo.hpp"

#include <algorithm>
#include <map>

#include "base/secrets.hpp"
#include "carriers/demo/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace {
constexpr std::size_t kDigits = 11;
constexpr std::string_view kScenarioMark = "demo:";  // in address line 2: which story the parcel has

char check_digit(std::string_view digits) {
  int sum = 0;
  int weight = 3;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, weight = 4 - weight) sum += (*digit - '0') * weight;
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::optional<std::string> number_of(std::string_view prefix, std::int64_t id) {
  std::string digits = std::to_string(id);
  if (id < 0 || digits.size() > kDigits) return std::nullopt;
  digits.insert(0, kDigits - digits.size(), '0');
  return std::string(prefix) + digits + check_digit(digits);
}

std::optional<domain::TrackingEvent> event_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  domain::TrackingEvent event;
  event.raw_code = text(json, "code");
  event.raw_text = text(json, "text");
  event.place = text(json, "place");
  event.time = iso_time(text(json, "at"));
  event.return_leg = flag(json, "return");
  if (event.raw_code.empty() && event.raw_text.empty()) return std::nullopt;
  apply_code(event, find_code(kDemoCodes, event.raw_code));
  return event;
}

// The carrier's own status speaks for the newest event of the reply.
std::optional<domain::Headline> headline_of(const Json& parcel, const std::vector<domain::TrackingEvent>& events) {
  const auto status = parcel.find("status");
  if (status == parcel.end() || !status->is_object()) return std::nullopt;
  const auto stated = event_of(*status);
  if (!stated || !stated->time.utc || domain::status_of(*stated) == domain::TrackingStatus::unknown || !stated->physical)
    return std::nullopt;
  domain::Headline headline{domain::status_of(*stated), stated->reason, *stated->time.utc};
  for (const auto& event : events) {
    if (event.physical) headline.as_of = std::max(headline.as_of, domain::order_time(event));
  }
  return headline;
}

TrackedNumber item_of(const Json& json) {
  TrackedNumber item;
  item.number = text(json, "number");
  if (const auto error = json.find("error"); error != json.end()) {
    item.detail = error->is_object() ? text(*error, "code") : "error";
    item.trouble = item.detail == "not_found" ? Trouble::not_found : Trouble::service;
    return item;
  }
  const auto events = json.find("events");
  if (events == json.end() || !events->is_array()) {
    item.trouble = Trouble::bad_reply;
    item.detail = "no list of events";
    return item;
  }
  for (const Json& one : *events) {
    if (item.events.size() == kMostEvents) break;
    if (auto event = event_of(one)) item.events.push_back(std::move(*event));
  }
  item.headline = headline_of(json, item.events);
  item.reference = text(json, "reference");
  item.estimated_at = parse_rfc3339(text(json, "estimated_at"));
  item.signed_by = text(json, "signed_by");
  if (const auto weight = json.find("weight_g"); weight != json.end() && weight->is_number_integer()) {
    const auto grams = weight->get<std::int64_t>();
    if (grams > 0 && grams < 10'000'000) item.weight_g = static_cast<int>(grams);
  }
  return item;
}

// The items of a body {"parcels": [...]}; nothing when it is not one.
std::optional<std::vector<TrackedNumber>> items_of(std::string_view body) {
  const auto json = Document::of(body).json;
  if (!json || !json->is_object()) return std::nullopt;
  const auto parcels = json->find("parcels");
  if (parcels == json->end() || !parcels->is_array()) return std::nullopt;
  std::vector<TrackedNumber> items;
  for (const Json& parcel : *parcels) {
    if (parcel.is_object()) items.push_back(item_of(parcel));
  }
  return items;
}

HttpRequest request_to(const CarrierAccount& account, std::string method, const std::string& path) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = account.base_url + path;
  request.headers = {{"Authorization", "Bearer " + account.key}, {"Accept", "application/json"}};
  request.timeout_ms = account.timeout_ms;
  return request;
}

}  // namespace

const Capabilities& DemoCarrier::capabilities() const {
  static constexpr Capabilities kCapabilities{.numbers_per_call = 50, .own_numbers = true, .announces = true, .pushes = true};
  return kCapabilities;
}

std::optional<std::string> DemoCarrier::number_for(ParcelId parcel) const { return number_of("DM", parcel.value); }
std::optional<std::string> DemoCarrier::number_for(ReturnId return_id) const { return number_of("DR", return_id.value); }

bool DemoCarrier::is_number(std::string_view text) const {
  if (text.size() != kDigits + 3 || (!text.starts_with("DM") && !text.starts_with("DR"))) return false;
  const auto digits = text.substr(2, kDigits);
  return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) && text.back() == check_digit(digits);
}

HttpRequest DemoCarrier::announce_request(const CarrierAccount& account, const ParcelToAnnounce& parcel) const {
  auto request = request_to(account, "POST", "/v1/parcels");
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Idempotency-Key", parcel.reference);
  Json body = {
      {"number", parcel.number},
      {"reference", parcel.reference},
      {"service", parcel.service},
      {"direction", parcel.direction == Direction::outbound ? "outbound" : "return"},
      {"weight_g", parcel.weight_g},
      {"destination",
       {{"country", parcel.destination.country}, {"postal_code", parcel.destination.postal_code}, {"city", parcel.destination.city}}}};
  if (parcel.destination.line2.starts_with(kScenarioMark)) body["scenario"] = parcel.destination.line2.substr(kScenarioMark.size());
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return request;
}

AnnounceReply DemoCarrier::parse_announce(const HttpOutcome& outcome) const {
  const auto call = trouble_of(outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, "", std::nullopt};
  const auto json = Document::of(outcome.response->body).json;
  if (!json || !json->is_object()) return {Trouble::bad_reply, "the answer is not a JSON object", 0, "", std::nullopt};
  AnnounceReply reply;
  reply.number = text(*json, "number");
  reply.estimated_at = parse_rfc3339(text(*json, "estimated_at"));
  if (reply.number.empty()) return {Trouble::bad_reply, "the answer has no number", 0, "", std::nullopt};
  return reply;
}

HttpRequest DemoCarrier::track_request(const CarrierAccount& account, std::span<const TrackQuery> queries) const {
  std::string numbers;
  for (const TrackQuery& query : queries) numbers += (numbers.empty() ? "" : ",") + percent_encode(query.number);
  auto request = request_to(account, "GET", "/v1/track?numbers=" + numbers);
  request.max_reply_bytes = 4 << 20;
  return request;
}

TrackReply DemoCarrier::parse_track(const CarrierAccount&, const HttpOutcome& outcome, std::span<const TrackQuery> queries) const {
  const auto call = trouble_of(outcome);
  if (call.trouble != Trouble::none) return {call.trouble, call.detail, call.retry_after_us, {}};
  auto items = items_of(outcome.response->body);
  if (!items) return {Trouble::bad_reply, "the answer is not a list of parcels", 0, {}};
  std::map<std::string, TrackedNumber, std::less<>> by_number;
  for (auto& item : *items) by_number.try_emplace(item.number, std::move(item));
  TrackReply reply;
  for (const TrackQuery& query : queries) {
    const auto found = by_number.find(query.number);
    if (found != by_number.end()) {
      reply.items.push_back(found->second);
    } else {
      TrackedNumber& silent = reply.items.emplace_back();
      silent.number = query.number;
      silent.trouble = Trouble::bad_reply;
      silent.detail = "the answer does not speak of this number";
    }
  }
  return reply;
}

bool DemoCarrier::push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view url_secret,
                                  std::string_view body) const {
  const auto signature = header(headers, "x-demo-signature");
  if (!signature) return Carrier::push_is_genuine(account, headers, url_secret, body);
  return !account.push_secret.empty() &&
         equal_in_constant_time(*signature, "hmac-sha256-hex=" + hmac_sha256_hex(account.push_secret, body));
}

TrackReply DemoCarrier::parse_push(std::string_view body) const {
  auto items = items_of(body);
  if (!items) return {Trouble::bad_reply, "the body is not {\"parcels\": [...]}", 0, {}};
  return {Trouble::none, "", 0, std::move(*items)};
}

}  // namespace roundtrip::carriers
