// Requests to and replies of the demo carrier.
#include "carriers/demo/demo.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "carriers/demo/codes.hpp"

namespace roundtrip::carriers {
namespace {
using Json = nlohmann::json;

constexpr std::size_t kDigits = 11;
constexpr std::size_t kMostEvents = 200;  // of one number; a carrier that sends more is cut
constexpr std::size_t kMostText = 500;    // characters kept of a text
constexpr std::size_t kMostDepth = 16;
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

// Parses with a limit on the depth: nlohmann's recursion has none of its own.
std::optional<Json> parse_bounded(std::string_view text) {
  bool too_deep = false;
  auto parsed = Json::parse(
      text.begin(), text.end(),
      [&](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > static_cast<int>(kMostDepth);
        return !too_deep;
      },
      false);
  if (parsed.is_discarded() || too_deep) return std::nullopt;
  return parsed;
}

// A text member, cut to what we keep; empty when it is absent or of another type.
std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return "";
  std::string text = found->get<std::string>();
  std::erase(text, '\0');
  if (text.size() <= kMostText) return text;
  std::size_t end = kMostText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // never half a character
  return text.substr(0, end);
}

bool flag_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

// "2026-11-20T09:15:00+01:00": local wall time, UTC, and the offset that joins them.
domain::EventTime time_of(const std::string& raw) {
  domain::EventTime time;
  time.raw = raw;
  time.utc = parse_rfc3339(raw);
  if (raw.size() >= 19) time.local = raw.substr(0, 19);
  if (time.utc) time.basis = raw.ends_with('Z') ? domain::ZoneBasis::given_utc : domain::ZoneBasis::given_offset;
  return time;
}

const DemoCode* find_code(std::string_view code) {
  const auto* found = std::find_if(std::begin(kDemoCodes), std::end(kDemoCodes), [&](const DemoCode& known) { return known.code == code; });
  return found == std::end(kDemoCodes) ? nullptr : found;
}

std::optional<domain::TrackingEvent> event_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  domain::TrackingEvent event;
  event.raw_code = text_member(json, "code");
  event.raw_text = text_member(json, "text");
  event.place = text_member(json, "place");
  event.time = time_of(text_member(json, "at"));
  event.return_leg = flag_member(json, "return");
  if (event.raw_code.empty() && event.raw_text.empty()) return std::nullopt;
  if (const DemoCode* known = find_code(event.raw_code)) {
    event.status = known->status;
    event.reason = known->reason;
    event.physical = known->physical;
  }
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
  item.number = text_member(json, "number");
  if (const auto error = json.find("error"); error != json.end()) {
    item.detail = error->is_object() ? text_member(*error, "code") : "error";
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
  item.reference = text_member(json, "reference");
  item.estimated_at = parse_rfc3339(text_member(json, "estimated_at"));
  item.signed_by = text_member(json, "signed_by");
  if (const auto weight = json.find("weight_g"); weight != json.end() && weight->is_number_integer()) {
    const auto grams = weight->get<std::int64_t>();
    if (grams > 0 && grams < 10'000'000) item.weight_g = static_cast<int>(grams);
  }
  return item;
}

// The items of a body {"parcels": [...]}; nothing when it is not one.
std::optional<std::vector<TrackedNumber>> items_of(std::string_view body) {
  const auto json = parse_bounded(body);
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
  const auto json = parse_bounded(outcome.response->body);
  if (!json || !json->is_object()) return {Trouble::bad_reply, "the answer is not a JSON object", 0, "", std::nullopt};
  AnnounceReply reply;
  reply.number = text_member(*json, "number");
  reply.estimated_at = parse_rfc3339(text_member(*json, "estimated_at"));
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

TrackReply DemoCarrier::parse_track(const HttpOutcome& outcome, std::span<const TrackQuery> queries) const {
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

TrackReply DemoCarrier::parse_push(std::string_view body) const {
  auto items = items_of(body);
  if (!items) return {Trouble::bad_reply, "the body is not {\"parcels\": [...]}", 0, {}};
  return {Trouble::none, "", 0, std::move(*items)};
}

}  // namespace roundtrip::carriers
