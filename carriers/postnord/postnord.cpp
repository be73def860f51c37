// PostNord: track and trace v5 (Shipment Information).
#include "carriers/postnord/postnord.hpp"

#include "carriers/identify.hpp"
#include "carriers/postnord/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace postnord {
namespace {
// Of Sweden, Denmark and Norway, for what has no place.
constexpr std::string_view kZone = "Europe/Stockholm";

std::string two_letters(const std::string& country) {
  for (const auto& row : kCountries) {
    if (row.three == country) return std::string(row.two);
  }
  return country;
}

// Wall clocks without an offset: the place's where its country is known, else the carrier's.
domain::EventTime time_of(const std::string& raw, const std::string& country) {
  auto time = iso_time(raw);
  if (!time.utc) time = time_at_place(raw, read_iso(raw), two_letters(country));
  return time.utc ? time : time_in_zone(raw, read_iso(raw), kZone, domain::ZoneBasis::carrier_zone);
}

domain::TrackingEvent event_of(const Json& one) {
  const auto status = text(one, "status");
  const auto country = text(one, "location/countryCode");
  domain::TrackingEvent event;
  event.raw_code = joined({text(one, "eventCode"), status}, " ");
  event.raw_text = text(one, "eventDescription");
  auto name = text(one, "location/displayName");
  if (name.empty()) name = text(one, "location/name");
  event.place = joined({name, joined({text(one, "location/postcode"), text(one, "location/city")}, " "), two_letters(country)});
  event.time = time_of(text(one, "eventTime"), country);
  apply_code(event, find_code(kStatuses, status));
  return event;
}

void read_estimate(TrackedNumber& item, const Json& shipment, const Json& part) {
  for (const Json* from : {&part, &shipment}) {
    for (const auto* name : {"estimatedTimeOfArrival", "publicTimeOfArrival"}) {
      if (item.estimated_raw.empty()) item.estimated_raw = text(*from, name);
    }
  }
  if (item.estimated_raw.empty()) return;
  const auto country = text(shipment, "consignee/address/countryCode");
  const auto read = read_iso(item.estimated_raw);
  const bool day_alone = read.local.size() == 10;
  item.estimated_at = time_of(day_alone ? read.local + "T23:59:59" : item.estimated_raw, country).utc;
}

// The statement of a status: also that a parcel is only announced.
std::optional<domain::Headline> headline_of(const Code* row) {
  if (row != nullptr && row->status == pre_transit) return domain::Headline{pre_transit, row->reason, Instant{INT64_MIN / 2}};
  return headline_of_code(row);
}

// One parcel, or the whole shipment. `status` is what counts for it.
TrackedNumber record_of(std::string number, const std::string& status, const Json& shipment, const Json& part) {
  TrackedNumber item;
  item.number = std::move(number);
  item.status_raw = status;
  const auto own = text(part, "status");
  if (!own.empty() && own != status) item.status_raw += " (item " + own + ")";
  auto words = text(part, "statusText/header");
  if (words.empty()) words = text(shipment, "statusText/header");
  item.status_raw = joined({item.status_raw, words}, " ");
  const Code* row = find_code(kStatuses, status);
  item.headline = headline_of(row);
  if (row != nullptr) item.sub_code = row->sub_code;
  read_estimate(item, shipment, part);
  item.signed_by = text(part, "acceptor/name");
  for (const auto* name : {"statedMeasurement/weight", "assessedMeasurement/weight", "totalWeight", "assessedWeight"}) {
    const Json& weight = has(part, name) ? at(part, name) : at(shipment, name);
    if (!item.weight_g) item.weight_g = grams(text(weight, "value"), text(weight, "unit"));
  }
  for (const Json* one : list(part, "events")) {
    if (one->is_object()) item.events.push_back(event_of(*one));
  }
  return item;
}

// The shipment's status counts where it has one parcel (the parcel's may be ahead of it: DELIVERED at a service point is not yet with
// the recipient); of several each has its own, and the shipment is a record of its own.
void add_shipment(std::vector<TrackedNumber>& out, const Json& shipment) {
  const auto number = text(shipment, "shipmentId"), status = text(shipment, "status");
  const auto parts = list(shipment, "items");
  if (parts.size() > 1) {
    auto whole = record_of(number, status, shipment, Json());
    for (const Json* part : parts) {
      auto one = record_of(text(*part, "itemId"), has(*part, "status") ? text(*part, "status") : status, shipment, *part);
      for (auto event : one.events) {
        // That one of several arrived ends nothing for the shipment.
        const bool ends = event.status == delivered || event.status == returned;
        if (ends && (!whole.headline || whole.headline->status != event.status)) {
          event.physical = false;
          event.sub_code = "one_of_several";
        }
        whole.events.push_back(std::move(event));
      }
      out.push_back(std::move(one));
    }
    out.push_back(std::move(whole));
    return;
  }
  const Json none;
  const Json& part = parts.empty() ? none : *parts.front();
  const auto own = text(part, "itemId");
  out.push_back(record_of(own.empty() ? number : own, status.empty() ? text(part, "status") : status, shipment, part));
}

// {"compositeFault": {"faults": [{"faultCode": "invalidIdentifier", "explanationText": ...}]}}, mostly with HTTP 200.
TrackReply read_faults(const Json& faults, const CallTrouble& call) {
  const Json& first = at(faults, "faults/0");
  const auto code = text(first, "faultCode");
  auto trouble = call.trouble == Trouble::none ? Trouble::service : call.trouble;
  if (code.starts_with("invalid") || code == "API-005") trouble = Trouble::bad_request;
  return failed(trouble, joined({code, text(first, "explanationText"), text(first, "paramValues/0/value")}, ": "), call.retry_after_us);
}

TrackReply read_track(const Reply& reply) {
  const auto call = trouble_of(HttpOutcome{HttpResponse{reply.status, reply.headers, ""}, {}});
  const Json& body = has(reply.json(), "TrackingInformationResponse") ? at(reply.json(), "TrackingInformationResponse") : reply.json();
  TrackReply out;
  for (const Json* shipment : list(body, "shipments")) {
    if (shipment->is_object()) add_shipment(out.items, *shipment);
  }
  if (!out.items.empty()) return out;
  if (at(body, "compositeFault/faults").is_array()) return read_faults(at(body, "compositeFault"), call);
  if (call.trouble != Trouble::none) return failed(call.trouble, joined({call.detail, text(body, "message"), text(body, "detail")}, ": "));
  if (at(body, "shipments").is_array()) return failed(Trouble::not_found, "no shipment of this number");
  return failed(Trouble::bad_reply, "no shipments");
}

HttpRequest track_request_of(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  const auto& query = queries.front();
  // Another language is refused (invalidLocale).
  auto language = query.locale.substr(0, 2);
  if (language == "nb" || language == "nn") language = "no";
  if (language != "sv" && language != "no" && language != "da" && language != "fi") language = "en";
  HttpRequest request;
  request.url = (account.base_url.empty() ? std::string("https://api2.postnord.com") : account.base_url) +
                "/rest/shipment/v5/trackandtrace/findByIdentifier.json?apikey=" + percent_encode(account.key) +
                "&id=" + percent_encode(query.number) + "&locale=" + language;
  request.headers = {{"Accept", "application/json"}};
  return request;
}

std::span<const Api> postnord_apis() {
  static const Api kApis[] = {
      {"track_v5", "PostNord Track and Trace v5", 1,
       [](const Reply& reply) { return has(reply.json(), "TrackingInformationResponse") || has(reply.json(), "compositeFault"); },
       read_track, track_request_of},
  };
  return kApis;
}

class PostNordCarrier : public Carrier {
 public:
  std::string_view name() const override { return "postnord"; }
  std::string_view title() const override { return "PostNord"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return postnord_apis(); }
  bool is_number(std::string_view number) const override { return has_format(name(), number); }
};
}  // namespace
}  // namespace postnord

const Carrier& postnord_carrier() {
  static const postnord::PostNordCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
