// USPS tracking: Tracking 3.2 (v3r2, many numbers in a call), Tracking 3.0, the pushes of Subscriptions - Tracking 3.2.
#include <algorithm>
#include <charconv>

#include "base/secrets.hpp"
#include "carriers/times.hpp"
#include "carriers/usps/codes.hpp"
#include "carriers/usps/parts.hpp"

namespace roundtrip::carriers::usps {
namespace {
constexpr int kNumbersPerCall = 35;  // of v3r2
constexpr std::int64_t kHalfDayMinutes = 12 * 60, kDayMinutes = 24 * 60;

// The offset that turns the clock of eventTimestamp into that of GMTTimestamp, whatever day the latter claims. USPS's bug: GMTTimestamp
// has the local date, so that an evening scan (2024-11-25T18:31 -06:00) is given a day early (2024-11-25T00:31:21Z). It is never used as a
// time; without a GMTOffset its clock still tells the offset, to the quarter of an hour.
std::string offset_by_clock(const ReadTime& local, const ReadTime& gmt) {
  const auto wall = parse_rfc3339(local.local + "Z"), utc = parse_rfc3339(gmt.local + "Z");
  if (!wall || !utc) return "";
  std::int64_t minutes = (*wall - *utc) / kMinute % kDayMinutes;
  if (minutes < -kHalfDayMinutes) minutes += kDayMinutes;
  if (minutes >= kHalfDayMinutes) minutes -= kDayMinutes;
  minutes = (minutes + (minutes < 0 ? -7 : 7)) / 15 * 15;
  const auto two = [](std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return (minutes < 0 ? "-" : "+") + two(std::abs(minutes) / 60) + ":" + two(std::abs(minutes) % 60);
}

domain::EventTime time_of(const Json& event) {
  const std::string raw = text(event, "eventTimestamp");
  ReadTime read = read_iso(raw);  // on the wall at the place, even where it is written with a Z
  const auto gmt = read_iso(text(event, "GMTTimestamp"));
  if (const auto given = time_with_offset(raw, read, text(event, "GMTOffset")); given.utc) return given;
  if (const auto derived = time_with_offset(raw, read, offset_by_clock(read, gmt)); derived.utc) return derived;
  const std::string country = text(event, "eventCountry");
  return time_at_place(raw, read, country.empty() ? "US" : country, text(event, "eventState"));
}

domain::TrackingEvent event_of(const Json& json) {
  domain::TrackingEvent event;
  event.raw_code = text(json, "eventCode");
  event.raw_text = text(json, "eventType");
  const std::string zip = text(json, "eventZIP") + text(json, "eventZIPCode");  // v3.0 and v3r2
  const std::string area = joined({text(json, "eventState"), zip}, " ");
  event.place = joined({text(json, "eventCity"), area, text(json, "eventCountry")});
  event.time = time_of(json);
  apply_code(event, find_code(kEvents, event.raw_code));
  if (const Code* closer = find_code(kDeliveries, event.raw_text); closer != nullptr && event.status == delivered) {
    event.status = closer->status == returned ? delivered : closer->status;
    event.sub_code = closer->sub_code;
    event.return_leg = closer->status == returned;
  }
  return event;
}

// The newest event whose code we know and that somebody saw.
const domain::TrackingEvent* newest_scan(const std::vector<domain::TrackingEvent>& events) {
  const domain::TrackingEvent* newest = nullptr;
  for (const auto& event : events) {
    if (!event.physical || event.status == unknown) continue;
    if (newest == nullptr || domain::order_time(event) > domain::order_time(*newest)) newest = &event;
  }
  return newest;
}

void state_headline(const Json& json, TrackedNumber& item) {
  const std::string category = text(json, "statusCategory"), status = text(json, "status");
  item.status_raw = joined({category, status}, " | ");
  const Code* stated = find_code(kCategories, category);
  const auto* scan = newest_scan(item.events);
  // While a shipping partner has the parcel the category stays Pre-Shipment: its scans know better.
  if (stated == nullptr || (stated->status == pre_transit && scan != nullptr)) return;
  if (stated->status == delivered) {
    if (const Code* closer = find_code(kDeliveries, status)) stated = closer;
  } else if (stated->status == exception) {
    if (const Code* closer = find_code(kAlerts, status)) stated = closer;
  }
  item.headline = headline_of_code(stated);
  item.sub_code = stated->sub_code;
  // The event behind the statement has the reason; behind an Alert it also has the status.
  const bool tells_alert =
      scan != nullptr && stated->status == exception && (scan->status == return_to_sender || scan->status == exception);
  if (tells_alert) item.headline->status = scan->status;
  if (scan != nullptr && domain::status_of(*scan) == item.headline->status) {
    if (item.headline->reason == Why::none) item.headline->reason = scan->reason;
    if (item.sub_code.empty()) item.sub_code = scan->sub_code;
  }
}

// The first date that is there, soonest promise first; its window's end where there is one, else the end of that day at the destination.
void estimate(const Json& json, TrackedNumber& item) {
  static constexpr std::string_view kDates[] = {"deliveryDateExpectation/expectedDeliveryDate",
                                                "deliveryDateExpectation/predictedDeliveryDate",
                                                "deliveryDateExpectation/guaranteedDeliveryDate",
                                                "expectedDeliveryTimeStamp",
                                                "expectedDeliveryDate",
                                                "predictedDeliveryDate",
                                                "predictedDeliveryTimeStamp",
                                                "guaranteedDeliveryTimeStamp",
                                                "guaranteedDeliveryDate"};
  std::string raw, clock;
  for (const auto path : kDates) {
    if (raw.empty()) raw = text(json, path);
  }
  for (const auto* path : {"deliveryDateExpectation/predictedDeliveryWindowEndTime", "deliveryDateExpectation/endOfDay",
                           "predictedDeliveryWindowEndTime", "endOfDay"}) {
    if (clock.empty()) clock = text(json, path);
  }
  item.estimated_raw = joined({raw, clock}, " ");
  const auto read = read_iso(raw);
  if (read.local.empty()) return;
  ReadTime until = read_iso(read.local.substr(0, 10) + "T" + clock);  // "18:00" and "18:00:00"; words ("9:00pm") are not guessed
  const bool has_clock = read.local.size() == 19 && !read.local.ends_with("T00:00:00");
  if (has_clock) until = read;
  if (until.local.size() != 19) until = read_iso(read.local.substr(0, 10) + "T23:59:59");
  item.estimated_at = estimate_of(time_at_place(raw, until, "US", text(json, "destinationState")));
}

TrackedNumber item_of(const Json& json) {
  TrackedNumber item;
  item.number = text(json, "trackingNumber");
  const std::string code = text(json, "statusCode");
  int status = 200;
  std::from_chars(code.data(), code.data() + code.size(), status);
  if (is_error_body(json) || status >= 400) {
    const auto error = error_of(status, json);
    return failed_item(item.number, error.trouble, error.detail.empty() ? "statusCode " + code : error.detail);
  }
  Instant delivered_at{INT64_MIN};
  for (const Json* event : list(json, "trackingEvents")) {
    if (!event->is_object()) continue;
    item.events.push_back(event_of(*event));
    const auto& read = item.events.back();
    if (read.status != delivered || domain::order_time(read) <= delivered_at) continue;
    delivered_at = domain::order_time(read);
    item.signed_by = joined({text(*event, "name"), text(*event, "firm")});
  }
  // Numbers are used again: these two tell the lives of one apart.
  const std::string piece = text(json, "uniqueMailPieceID") + text(json, "uniqueMailPieceId");
  item.reference = joined({piece.empty() ? text(json, "uniqueTrackingId") : piece, text(json, "mailPieceIntakeDate")}, " ");
  state_headline(json, item);
  estimate(json, item);
  return item;
}

bool is_item(const Json& json) {
  return json.is_object() && (has(json, "trackingEvents") || has(json, "statusCategory") || has(json, "eventSummaries"));
}

TrackReply read_items(const Reply& reply) {
  const Json& json = reply.json();
  if (is_error_body(json) || (!json.is_array() && reply.status >= 400)) {
    const auto error = error_of(reply.status, json);
    return failed(error.trouble, error.detail.empty() ? "HTTP " + std::to_string(reply.status) : error.detail);
  }
  TrackReply out;
  for (const Json* one : list(json)) {
    if (one->is_object()) out.items.push_back(item_of(*one));
  }
  if (out.items.empty() || (json.is_object() && !is_item(json))) return failed(Trouble::bad_reply, "an answer without a parcel");
  return out;
}

// --- the push
const Json& payload_of(const Json& envelope) { return at(envelope, "payload"); }

bool is_push(const Json& json) {
  return json.is_object() && has(json, "payload") && (has(json, "subscriptionId") || has(json, "timestamp"));
}

TrackReply read_push(const Reply& reply) {
  const Json& payload = payload_of(reply.json());
  // JSON within a text of the JSON.
  const Document inner = Document::of(payload.is_string() ? payload.get<std::string>() : payload.dump());
  if (!inner.json) return failed(Trouble::bad_reply, "a push whose payload is no JSON: " + inner.fault);
  return read_items(Reply{reply.status, reply.headers, reply.body, inner});
}

HttpRequest request_v3r2(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  auto body = Json::array();
  for (const TrackQuery& query : queries) {
    Json one = {{"trackingNumber", plain_number(query.number)}};
    // Tells the parcels of a reused number apart; a mailing date would too, but only with the day as it was at the post office.
    const bool home = query.country.empty() || query.country == "US";
    const auto zip = plain_number(query.postal_code).substr(0, 5);
    const bool digits = zip.size() == 5 && std::all_of(zip.begin(), zip.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (home && digits) one["destinationZIPCode"] = zip;
    body.push_back(std::move(one));
  }
  return json_request(account, "POST", "/tracking/v3r2/tracking", body.dump());
}

HttpRequest request_v3(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  const std::string number = queries.empty() ? "" : plain_number(queries[0].number);
  return json_request(account, "GET", "/tracking/v3/tracking/" + percent_encode(number) + "?expand=DETAIL", "");
}

bool api_version_is(const Json& json, std::string_view start) {
  const Json& version = at(json, "apiVersion");
  return version.is_string() && version.get_ref<const std::string&>().starts_with(start);
}

bool is_web_tools(const Reply& reply) {
  const auto root = local_name(reply.xml());
  return root == "TrackResponse" || (root == "Error" && at(reply.xml(), "Number"));
}
}  // namespace

bool push_is_signed(std::string_view secret, std::string_view signature, std::string_view body) {
  const Document document = Document::of(body);
  if (secret.empty() || signature.empty() || !document.json || !payload_of(*document.json).is_string()) return false;
  const Json& stamp = at(*document.json, "timestamp");
  const std::string signed_text = (stamp.is_string() ? stamp.get<std::string>()
                                   : stamp.is_null() ? std::string()
                                                     : stamp.dump()) +
                                  payload_of(*document.json).get<std::string>();
  std::string expected = hmac_sha256_base64url(secret, signed_text);
  for (char& c : expected) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (signature.ends_with('=')) signature.remove_suffix(1);
  return equal_in_constant_time(expected, signature);
}

std::span<const Api> tracking_apis() {
  static const std::vector<Api> kApis = {
      {"tracking_v3r2", "Tracking 3.2 (v3r2)", kNumbersPerCall,
       [](const Reply& reply) {
         const Json& json = reply.json();
         const bool items = json.is_array() && std::any_of(json.begin(), json.end(), [](const Json& one) {
                              return is_item(one) || (one.is_object() && (has(one, "statusCode") || is_error_body(one)));
                            });
         return items || (is_error_body(json) && !api_version_is(json, "/labels") && !api_version_is(json, "/scan"));
       },
       read_items, request_v3r2},
      {"tracking_v3", "Tracking 3.0", 1, [](const Reply& reply) { return is_item(reply.json()) && !is_push(reply.json()); }, read_items,
       request_v3},
      {"subscriptions_tracking", "Subscriptions - Tracking 3.2 (push)", 1, [](const Reply& reply) { return is_push(reply.json()); },
       read_push, nullptr},
      {"labels_v3", "Labels 3.9 (errors)", 1,
       [](const Reply& reply) { return is_error_body(reply.json()) && api_version_is(reply.json(), "/labels"); }, read_items, nullptr},
      {"web_tools", "Web Tools TrackV2 XML (shut down 2026-01-25)", 10, is_web_tools, nullptr, nullptr},
  };
  return kApis;
}

}  // namespace roundtrip::carriers::usps
