// Shipment Tracking - Unified (version 1.5): requests and replies.
#include <algorithm>
#include <map>

#include "carriers/dhl/codes.hpp"
#include "carriers/dhl/parts.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers::dhl {
namespace {
// Services that give times of Germany and no zone.
bool is_german(std::string_view service) { return service == "parcel-de" || service == "post-de"; }

// One number may name shipments of several services; given back as the reference, the service asks for that one alone.
bool is_service(std::string_view text) {
  static constexpr std::string_view kServices[] = {
      "express",   "parcel-de",      "parcel-nl",        "parcel-pl",        "parcel-uk", "post-de", "post-international",
      "ecommerce", "ecommerce-apac", "ecommerce-europe", "ecommerce-iberia", "freight",   "dgf",     "sameday",
      "svb"};
  return std::find(std::begin(kServices), std::end(kServices), text) != std::end(kServices);
}

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

// The finest that code and words say together; nothing for an unknown code.
std::optional<Code> meaning(const Json& status) {
  const std::string code = text(status, "statusCode");
  const Code* row = find_code(kUnified, code);
  if (row == nullptr) return std::nullopt;
  if (code != "transit" && code != "failure") return *row;
  const std::string words = lowered(joined({text(status, "status"), text(status, "description")}, " "));
  for (const Phrase& phrase : kUnifiedPhrases) {
    if (words.find(phrase.words) != std::string::npos) return phrase.means;
  }
  return *row;
}

std::string words_of(const Json& status) {
  const std::string description = text(status, "description");
  return description.empty() ? text(status, "status") : description;
}

domain::EventTime time_of(const std::string& raw, std::string_view service, const std::string& country) {
  const auto read = read_iso(raw);
  if (read.offset_minutes) return iso_time(raw);
  if (is_german(service) && (country.empty() || country == "DE"))
    return time_in_zone(raw, read, "Europe/Berlin", domain::ZoneBasis::carrier_zone);
  return time_at_place(raw, read, country);
}

domain::TrackingEvent event_of(const Json& json, std::string_view service) {
  domain::TrackingEvent event;
  const std::string country = text(json, "location/address/countryCode");
  event.raw_code = text(json, "statusCode");
  event.raw_text = words_of(json);
  event.place = joined({text(json, "location/address/addressLocality"), country});
  event.time = time_of(text(json, "timestamp"), service, country);
  if (const auto row = meaning(json)) apply_code(event, &*row);
  return event;
}

// Five codes for everything: two events of one minute at one place may differ in words alone. The second gets a code of its own.
void tell_apart(std::vector<domain::TrackingEvent>& events) {
  std::map<std::string, std::vector<std::string>> words;
  for (const auto& event : events) words[event_key(event)].push_back(event.raw_text);
  for (auto& [key, texts] : words) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  }
  for (auto& event : events) {
    const auto& texts = words[event_key(event)];
    const auto at = std::find(texts.begin(), texts.end(), event.raw_text) - texts.begin();
    if (at > 0 && !event.raw_code.empty()) event.raw_code += "." + std::to_string(at + 1);
  }
}

// returnFlag: the shipment goes, or has gone, back to its sender. Which events belong to the way back is not said: the delivery does, and
// what comes after the event that turned it around.
void mark_return(TrackedNumber& item, bool returned) {
  mark_way_back(item.events);
  if (!returned) return;
  for (auto& event : item.events) event.return_leg = event.return_leg || event.status == domain::TrackingStatus::delivered;
  if (!item.headline) return;
  domain::TrackingEvent as_event;
  as_event.status = item.headline->status;
  as_event.return_leg = true;
  item.headline->status = domain::status_of(as_event);
}

std::string signer_of(const Json& shipment) {
  const Json& person = at(shipment, "details/proofOfDelivery/signed");
  const std::string whole = joined({text(person, "givenName"), text(person, "familyName")}, " ");
  return whole.empty() ? text(person, "name") : whole;
}

void read_estimate(TrackedNumber& item, const Json& shipment, std::string_view service) {
  item.estimated_raw = text(shipment, "estimatedDeliveryTimeFrame/estimatedThrough");
  if (item.estimated_raw.empty()) item.estimated_raw = text(shipment, "estimatedTimeOfDelivery");
  if (!item.estimated_raw.empty())
    item.estimated_at = estimate_of(time_of(item.estimated_raw, service, text(shipment, "destination/address/countryCode")));
}

TrackedNumber item_of(const Json& shipment) {
  TrackedNumber item;
  const std::string service = text(shipment, "service");
  const Json& status = at(shipment, "status");
  item.number = text(shipment, "id");
  item.reference = service;
  item.status_raw = joined({text(status, "statusCode"), words_of(status)}, " ");
  for (const Json* event : list(shipment, "events")) {
    if (event->is_object()) item.events.push_back(event_of(*event, service));
  }
  tell_apart(item.events);
  if (status.is_object()) {
    const auto stated = event_of(status, service);
    // "unknown" is an answer too: DHL itself does not know.
    const bool said = stated.status != domain::TrackingStatus::unknown || stated.raw_code == "unknown";
    if (said) item.headline = domain::Headline{stated.status, stated.reason, domain::order_time(stated)};
    item.sub_code = stated.sub_code;
  }
  mark_return(item, flag(shipment, "returnFlag"));
  read_estimate(item, shipment, service);
  item.signed_by = signer_of(shipment);
  item.weight_g = grams(text(shipment, "details/weight/value"), text(shipment, "details/weight/unitText"));
  return item;
}
}  // namespace

HttpRequest unified_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  const TrackQuery& query = queries.front();
  HttpRequest request;
  // English and German are the languages whose words are known (kUnifiedPhrases).
  request.url = base_of(account, kGateway) + "/track/shipments?trackingNumber=" + percent_encode(query.number) +
                "&language=" + (query.locale.starts_with("de") ? "de" : "en");
  if (is_service(query.reference)) request.url += "&service=" + query.reference;
  if (!query.postal_code.empty()) request.url += "&recipientPostalCode=" + percent_encode(query.postal_code);
  request.headers = {{"DHL-API-Key", account.key}, {"Accept", "application/json"}};
  return request;
}

bool is_unified(const Reply& reply) {
  const Json& json = reply.json();
  if (is_problem(reply)) return !is_express(reply);
  return at(json, "shipments").is_array() && !is_express(reply);
}

TrackReply read_unified(const Reply& reply) {
  const Json& shipments = at(reply.json(), "shipments");
  if (!shipments.is_array()) return is_problem(reply) ? problem(reply) : failed(Trouble::bad_reply, "no list of shipments");
  TrackReply out;
  for (const Json& shipment : shipments) {
    if (shipment.is_object()) out.items.push_back(item_of(shipment));
  }
  return out;
}

}  // namespace roundtrip::carriers::dhl
