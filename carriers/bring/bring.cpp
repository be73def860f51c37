// Posten Bring: Tracking API v2, and the pushes of the Event Cast API.
#include "carriers/bring/bring.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/bring/codes.hpp"
#include "carriers/identify.hpp"
#include "carriers/reply.hpp"
#include "carriers/subscriptions.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace bring {
namespace {
constexpr std::string_view kZone = "Europe/Oslo";
// The header that a webhook of Event Cast is configured to carry: Bring signs nothing.
constexpr std::string_view kPushHeader = "x-push-secret";

void apply_status(domain::TrackingEvent& event, const std::string& status, const std::string& cause) {
  event.raw_code = joined({status, cause}, " ");
  const Code* row = find_code(kStatuses, event.raw_code);
  apply_code(event, row != nullptr ? row : find_code(kStatuses, status));
}

domain::TrackingEvent event_of(const Json& one) {
  domain::TrackingEvent event;
  apply_status(event, text(one, "status"), text(one, "lmCauseCode"));
  event.raw_text = text(one, "description");
  auto country = text(one, "countryCode");
  event.place = joined({joined({text(one, "postalCode"), text(one, "city")}, " "), country});
  const auto raw = text(one, "dateIso");
  event.time = iso_time(raw);
  if (!event.time.utc) event.time = time_at_place(raw, read_iso(raw), country);
  if (!event.time.utc) event.time = time_in_zone(raw, read_iso(raw), kZone, domain::ZoneBasis::carrier_zone);
  if (flag(one, "insignificant")) event.physical = false;
  return event;
}

// What comes after RETURN is on the way back. DELIVERED stays: what the sender got is DELIVERED_SENDER.
void mark_way_back(std::vector<domain::TrackingEvent>& events) {
  std::optional<Instant> turned;
  for (const auto& event : events) {
    if (event.status == return_to_sender && (!turned || domain::order_time(event) < *turned)) turned = domain::order_time(event);
  }
  for (auto& event : events) {
    if (turned && event.status != delivered && domain::order_time(event) > *turned) event.return_leg = true;
  }
}

// A day and a span of hours in fields of their own: "20.11.2026", {"startTime": "08:00", "endTime": "16:00"}.
void read_estimate(TrackedNumber& item, const Json& package) {
  const auto day = text(package, "dateOfEstimatedDelivery");
  if (day.empty()) return;
  const auto from = text(package, "estimatedTimeSpanOfDelivery/startTime"), to = text(package, "estimatedTimeSpanOfDelivery/endTime");
  item.estimated_raw = joined({day, joined({from, to}, "-")}, " ");
  const auto zone = zone_of_place(text(package, "recipientAddress/countryCode")).value_or(kZone);
  const auto at = read_pattern(day + " " + (to.empty() ? "23:59" : to), "%d.%m.%Y %H:%M");
  item.estimated_at = time_in_zone(item.estimated_raw, at, zone, domain::ZoneBasis::place).utc;
}

TrackedNumber package_of(const Json& package) {
  TrackedNumber item;
  item.number = text(package, "packageNumber");
  for (const Json* one : list(package, "eventSet")) {
    if (!one->is_object()) continue;
    item.events.push_back(event_of(*one));
    if (item.signed_by.empty()) item.signed_by = text(*one, "recipientSignature/name");
  }
  mark_way_back(item.events);
  // There is no status of the package but its newest event that counts, and words for people.
  const auto newest = std::max_element(item.events.begin(), item.events.end(), [](const auto& a, const auto& b) {
    return std::pair(a.physical, domain::order_time(a)) < std::pair(b.physical, domain::order_time(b));
  });
  const auto words = text(package, "statusDescription");
  item.status_raw = newest == item.events.end() ? words : joined({newest->raw_code, words}, " ");
  item.weight_g = grams(text(package, "weightInKgs"), "kg");
  read_estimate(item, package);
  return item;
}

// The shipment of several packages, for who asks by its number: it has arrived when all of them have.
TrackedNumber shipment_of(const Json& consignment, std::span<const TrackedNumber> packages) {
  const auto status = [](const TrackedNumber& one) { return domain::derive_status(one.events).status; };
  const bool together = std::all_of(packages.begin(), packages.end(), [&](const auto& one) { return status(one) == status(packages[0]); });
  TrackedNumber whole;
  whole.number = text(consignment, "consignmentId");
  whole.weight_g = grams(text(consignment, "totalWeightInKgs"), "kg");
  for (const auto& package : packages) {
    for (auto event : package.events) {
      if (!together && (event.status == delivered || event.status == returned)) {
        event.physical = false;
        event.sub_code = "one_of_several";
      }
      whole.events.push_back(std::move(event));
    }
  }
  return whole;
}

// {"error": {"code": 404, "message": "No shipments found"}} in place of a consignment; `code` is an HTTP status.
TrackReply read_error(const Reply& reply, const Json& error) {
  const Json& code = at(error, "code");
  const int status = code.is_number_integer() && code > 99 && code < 600 ? code.get<int>() : reply.status;
  auto call = trouble_of(HttpOutcome{HttpResponse{status, reply.headers, ""}, {}});
  if (call.trouble == Trouble::none || call.trouble == Trouble::bad_reply) call.trouble = Trouble::service;
  return failed(call.trouble, joined({text(error, "code"), text(error, "system"), text(error, "message")}, " "), call.retry_after_us);
}

// Answers of an overloaded service wrap what they say once more, in "shipments".
const Json& body_of(const Reply& reply) { return has(reply.json(), "consignmentSet") ? reply.json() : at(reply.json(), "shipments/0"); }

TrackReply read_track(const Reply& reply) {
  const Json& body = body_of(reply);
  TrackReply out;
  for (const Json* consignment : list(body, "consignmentSet")) {
    const auto packages = list(*consignment, "packageSet");
    const auto first = out.items.size();
    for (const Json* package : packages) {
      if (package->is_object()) out.items.push_back(package_of(*package));
    }
    if (out.items.size() > first + 1) out.items.push_back(shipment_of(*consignment, std::span(out.items).subspan(first)));
  }
  if (!out.items.empty()) return out;
  for (const Json* consignment : list(body, "consignmentSet")) {
    if (at(*consignment, "error").is_object()) return read_error(reply, at(*consignment, "error"));
  }
  const auto call = trouble_of(HttpOutcome{HttpResponse{reply.status, reply.headers, ""}, {}});
  if (call.trouble != Trouble::none) return failed(call.trouble, call.detail + " " + text(reply.json(), "message"), call.retry_after_us);
  if (at(body, "consignmentSet").is_array()) return failed(Trouble::not_found, "no shipment of this number");
  return failed(Trouble::bad_reply, "no consignmentSet");
}

bool is_push(const Json& body) { return has(body, "status") && has(body, "package") && has(body, "created"); }

// One event, in UTC, without place or words.
TrackReply read_push(const Reply& reply) {
  const Json& body = reply.json();
  if (!is_push(body) || text(body, "package").empty()) return failed(Trouble::bad_reply, "no event of Event Cast");
  // Of the webhook, not of the parcel: Bring looked for the number for two days, or the webhook is over.
  const auto status = text(body, "status");
  if (status == "NOT_REGISTERED" || status == "EXPIRED")
    return {Trouble::none, "", 0, {failed_item(text(body, "package"), Trouble::not_found, status)}};
  TrackedNumber item;
  item.number = text(body, "package");
  auto& event = item.events.emplace_back();
  apply_status(event, status, "");
  const auto raw = text(body, "created");
  const auto read = read_iso(raw);
  event.time = read.offset_minutes == 0 ? utc_time(raw, read) : iso_time(raw);
  item.status_raw = event.raw_code;
  return {Trouble::none, "", 0, {std::move(item)}};
}

// An SSCC with its application identifier is answered for without.
std::string asked(const std::string& number) { return number.size() == 20 && number.starts_with("00") ? number.substr(2) : number; }

std::string base_of(const CarrierAccount& account) { return account.base_url.empty() ? "https://api.bring.com" : account.base_url; }
// The user of Mybring and its API key.
Headers headers_of(const CarrierAccount& account) {
  return {{"Accept", "application/json"}, {"X-Mybring-API-Uid", account.key}, {"X-Mybring-API-Key", account.secret}};
}

HttpRequest track_request_of(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  const auto& query = queries.front();
  auto language = query.locale.substr(0, 2);
  if (language == "nb" || language == "nn") language = "no";
  if (language != "no" && language != "sv" && language != "da") language = "en";
  HttpRequest request;
  request.url = base_of(account) + "/tracking/api/v2/tracking.json?q=" + percent_encode(asked(query.number)) + "&lang=" + language;
  request.headers = headers_of(account);
  return request;
}

std::span<const Api> bring_apis() {
  static const Api kApis[] = {
      {"tracking_v2", "Bring Tracking v2", 1,
       [](const Reply& reply) { return has(reply.json(), "consignmentSet") || has(at(reply.json(), "shipments/0"), "consignmentSet"); },
       read_track, track_request_of},
      {"event_cast", "Bring Event Cast (push)", 1, [](const Reply& reply) { return is_push(reply.json()); }, read_push, nullptr},
  };
  return kApis;
}

// Event Cast: a webhook for a number lives 30 days, or until the parcel is delivered, and tells no history. A second one for the same
// events is refused while the first one lives.
class EventCast : public Subscriptions {
 public:
  std::int64_t lives_us() const override { return 30 * kDay; }
  bool renews_early() const override { return false; }

  HttpRequest subscribe_request(const CarrierAccount& account, std::span<const std::string> numbers,
                                const std::string& push_url) const override {
    const Json proof = {{"key", std::string(kPushHeader)}, {"value", account.push_secret}};
    const Json body = {{"trackingId", asked(numbers.front())},
                       {"configuration", {{"url", push_url}, {"content_type", "application/json"}, {"headers", Json::array({proof})}}},
                       // All groups that say where a parcel is; each event is a push.
                       {"event_groups", Json::array({"ATTEMPTED_DELIVERY", "COLLECTED", "CUSTOMS", "DELIVERED", "DELIVERED_SENDER",
                                                     "DEVIATION", "HANDED_IN", "INTERNATIONAL", "IN_TRANSIT", "PRE_NOTIFIED",
                                                     "READY_FOR_PICKUP", "RETURN", "TERMINAL", "TRANSPORT_TO_RECIPIENT"})}};
    HttpRequest request;
    request.method = "POST";
    request.url = base_of(account) + "/event-cast/api/v1/webhooks";
    request.headers = headers_of(account);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    request.timeout_ms = account.timeout_ms;
    return request;
  }

  SubscribeReply parse_subscribe(const HttpOutcome& outcome, std::span<const std::string> numbers) const override {
    const auto call = trouble_of(outcome);
    if (call.trouble != Trouble::none) return single_subscribe(call, numbers);
    const Document document = Document::of(outcome.response->body);
    if (document.json && has(*document.json, "id")) return single_subscribe({}, numbers);
    return failed_subscribe({Trouble::bad_reply, "an answer without a webhook", 0});
  }
};

class BringCarrier : public Carrier {
 public:
  std::string_view name() const override { return "bring"; }
  std::string_view title() const override { return "Posten Bring"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.pushes = true};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return bring_apis(); }
  bool is_number(std::string_view number) const override { return has_format(name(), number); }

  TrackReply parse_track(const CarrierAccount& account, const HttpOutcome& outcome, std::span<const TrackQuery> queries) const override {
    std::vector<TrackQuery> plain(queries.begin(), queries.end());
    for (auto& query : plain) query.number = asked(query.number);
    auto reply = Carrier::parse_track(account, outcome, plain);
    for (std::size_t i = 0; i < reply.items.size() && i < queries.size(); ++i) reply.items[i].number = queries[i].number;
    return reply;
  }

  bool push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view url_secret,
                       std::string_view body) const override {
    const auto given = header(headers, kPushHeader);
    const bool by_header = given && !account.push_secret.empty() && equal_in_constant_time(account.push_secret, *given);
    return by_header || Carrier::push_is_genuine(account, headers, url_secret, body);
  }
  const Subscriptions* subscriptions() const override {
    static const EventCast kEventCast;
    return &kEventCast;
  }
  TrackReply parse_push(std::string_view body) const override {
    return read_reply(bring_apis().back(), HttpOutcome{HttpResponse{200, {}, std::string(body)}, {}});
  }
};
}  // namespace
}  // namespace bring

const Carrier& bring_carrier() {
  static const bring::BringCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
