// MyDHL API 3.1 (DHL Express): tracking requests and replies.
#include <algorithm>

#include "carriers/dhl/codes.hpp"
#include "carriers/dhl/parts.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers::dhl {
namespace {
constexpr std::string_view kDeliveredTo = "Delivered : ";  // signedBy is left empty where names are protected

// "SYDNEY-AU": the country behind the last dash; "" when it is none ("New York, NY").
std::string country_of(std::string_view place) {
  const auto dash = place.rfind('-');
  if (dash == std::string_view::npos || place.size() - dash != 3) return "";
  const auto country = place.substr(dash + 1);
  const bool letters = std::all_of(country.begin(), country.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return letters ? std::string(country) : "";
}

domain::TrackingEvent event_of(const Json& json) {
  domain::TrackingEvent event;
  event.raw_code = text(json, "typeCode");
  event.raw_text = text(json, "description");
  event.place = text(json, "serviceArea/0/description");
  if (event.place.empty()) event.place = text(json, "serviceArea/0/code");
  const std::string date = text(json, "date");
  const std::string clock = text(json, "time");
  const std::string offset = text(json, "GMTOffset");
  const auto read = read_iso(clock.empty() ? date : date + "T" + clock);
  const std::string raw = joined({date, clock, offset}, " ");
  event.time = offset.empty() ? time_at_place(raw, read, country_of(event.place)) : time_with_offset(raw, read, offset);
  apply_code(event, find_code(kExpressCodes, event.raw_code));
  return event;
}

std::string express_signer_of(const Json& event) {
  const std::string name = text(event, "signedBy");
  if (!name.empty()) return name;
  const std::string words = text(event, "description");
  return words.starts_with(kDeliveredTo) ? words.substr(kDeliveredTo.size()) : "";
}

void read_estimate(TrackedNumber& item, const Json& shipment) {
  for (const char* path : {"estimatedDeliveryDate", "estimatedTimeOfDelivery", "pieces/0/estimatedDeliveryDate"}) {
    if (item.estimated_raw.empty()) item.estimated_raw = text(shipment, path);
  }
  if (item.estimated_raw.empty()) return;
  const auto read = read_iso(item.estimated_raw);
  const auto country = text(shipment, "receiverDetails/postalAddress/countryCode");
  item.estimated_at = estimate_of(read.offset_minutes ? iso_time(item.estimated_raw) : time_at_place(item.estimated_raw, read, country));
}

// The newest that says where the parcel is, by the order they are told in: times of several zones without offsets cannot be compared over
// hours. Some replies begin with the oldest, some with the newest.
const domain::TrackingEvent* newest_of(const std::vector<domain::TrackingEvent>& events) {
  if (events.empty()) return nullptr;
  const bool newest_first = domain::order_time(events.front()) > domain::order_time(events.back());
  const domain::TrackingEvent* newest = nullptr;
  for (const auto& event : events) {
    if (!event.physical || event.status == domain::TrackingStatus::unknown) continue;
    if (newest == nullptr || !newest_first) newest = &event;
  }
  return newest;
}

TrackedNumber express_item_of(const Json& shipment) {
  TrackedNumber item;
  item.number = text(shipment, "shipmentTrackingNumber");
  // The pieces' events leave some of the shipment's out (customs); they count only where the shipment has none.
  auto events = list(shipment, "events");
  if (events.empty()) {
    for (const Json* piece : list(shipment, "pieces")) {
      const auto more = list(*piece, "events");
      events.insert(events.end(), more.begin(), more.end());
    }
  }
  for (const Json* one : events) {
    if (!one->is_object()) continue;
    item.events.push_back(event_of(*one));
    if (item.events.back().status == domain::TrackingStatus::delivered) item.signed_by = express_signer_of(*one);
  }
  mark_way_back(item.events);
  // `status` says how the call went ("Success"), nothing about the parcel.
  const auto* newest = newest_of(item.events);
  item.status_raw = newest != nullptr ? joined({newest->raw_code, newest->raw_text}, " ") : text(shipment, "status");
  if (newest != nullptr) item.headline = domain::Headline{domain::status_of(*newest), newest->reason, domain::order_time(*newest)};
  read_estimate(item, shipment);
  const bool imperial = text(shipment, "unitOfMeasurements") == "imperial";
  item.weight_g = grams(text(shipment, "totalWeight"), imperial ? "lb" : "kg");
  return item;
}

HttpRequest request_to(const CarrierAccount& account, const std::string& path, const std::string& locale) {
  HttpRequest request;
  request.url = base_of(account, kExpress) + "/mydhlapi" + path;
  request.headers = {{"Authorization", basic_auth(account.key, account.secret)},
                     {"Accept", "application/json"},
                     {"Accept-Language", locale.starts_with("de") ? "ger" : "eng"}};
  return request;
}
}  // namespace

HttpRequest express_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  const auto path = "/shipments/" + percent_encode(queries.front().number) +
                    "/tracking?trackingView=all-checkpoints&levelOfDetail=all&requestGMTOffsetPerEvent=true";
  return request_to(account, path, queries.front().locale);
}

HttpRequest express_batch_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  std::string path = "/tracking?";
  for (const TrackQuery& query : queries) path += "shipmentTrackingNumber=" + percent_encode(query.number) + "&";
  return request_to(account, path + "trackingView=all-checkpoints&levelOfDetail=shipment", queries.front().locale);
}

bool is_express(const Reply& reply) {
  const Json& json = reply.json();
  if (is_problem(reply)) return has(json, "message") || text(json, "instance").starts_with("/expressapi");
  return has(at(json, "shipments/0"), "shipmentTrackingNumber");
}

TrackReply read_express(const Reply& reply) {
  const Json& shipments = at(reply.json(), "shipments");
  if (!shipments.is_array()) return is_problem(reply) ? problem(reply) : failed(Trouble::bad_reply, "no list of shipments");
  TrackReply out;
  for (const Json& shipment : shipments) {
    if (shipment.is_object()) out.items.push_back(express_item_of(shipment));
  }
  return out;
}

}  // namespace roundtrip::carriers::dhl
