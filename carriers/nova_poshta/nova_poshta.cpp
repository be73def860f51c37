// Nova Poshta: requests and replies of TrackingDocument.getStatusDocuments (JSON API 2.0).
#include "carriers/nova_poshta/nova_poshta.hpp"

#include <algorithm>

#include "carriers/nova_poshta/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace nova_poshta {
namespace {
constexpr int kNumbersPerCall = 100;
constexpr std::string_view kZone = "Europe/Kyiv";

domain::EventTime kyiv_time(const std::string& raw, const ReadTime& read) {
  return time_in_zone(raw, read, kZone, domain::ZoneBasis::carrier_zone);
}

// One document writes its dates in four ways: "2026-03-08 15:16:53", "15:16 08.03.2026", "26-02-2026 11:08:03".
domain::EventTime time_of(const Json& document) {
  struct Field {
    const char* name;
    const char* pattern;
  };
  static constexpr Field kFields[] = {
      {"TrackingUpdateDate", "%Y-%m-%d %H:%M:%S"}, {"DateScan", "%H:%M %d.%m.%Y"}, {"DateCreated", "%d-%m-%Y %H:%M:%S"}};
  for (const auto& field : kFields) {
    const auto raw = text(document, field.name);
    const auto read = raw.starts_with("0000") ? ReadTime{} : read_pattern(raw, field.pattern);
    if (!read.local.empty()) return kyiv_time(raw, read);
  }
  return {};
}

// Where a parcel of that status is, as far as the document tells.
std::string place_of(const Json& document, domain::TrackingStatus status, std::string_view code) {
  using enum domain::TrackingStatus;
  if (code == "1" || code == "4") return text(document, "CitySender");
  const bool there = status == delivered || status == available_for_pickup || status == delivery_attempted || code == "6";
  return there ? text(document, "CityRecipient") : "";
}

// The state now, as the one event that is told.
domain::TrackingEvent event_of(const Json& document) {
  domain::TrackingEvent event;
  event.raw_code = text(document, "StatusCode");
  event.raw_text = text(document, "Status");
  event.time = time_of(document);
  // A waybill that the carrier made for the way back.
  event.return_leg = text(document, "OwnerDocumentType") == "CargoReturn";
  apply_code(event, find_code(kCodes, event.raw_code));
  event.place = place_of(document, event.status, event.raw_code);
  return event;
}

TrackedNumber item_of(const Json& document) {
  const auto number = text(document, "Number"), code = text(document, "StatusCode");
  if (code == "3") return failed_item(number, Trouble::not_found, joined({code, text(document, "Status")}, " "));
  if (code.empty()) return failed_item(number, Trouble::bad_reply, "a document without StatusCode");
  TrackedNumber item;
  item.number = number;
  item.reference = text(document, "RefEW");
  const auto event = event_of(document);
  item.status_raw = joined({event.raw_code, event.raw_text}, " ");
  item.events = {event};
  item.estimated_raw = text(document, "ScheduledDeliveryDate");
  if (!item.estimated_raw.starts_with("00"))
    item.estimated_at = estimate_of(kyiv_time(item.estimated_raw, read_pattern(item.estimated_raw, "%d-%m-%Y %H:%M:%S")));
  item.weight_g = grams(text(document, "DocumentWeight"), "kg");
  return item;
}

bool holds(std::span<const std::string_view> codes, std::string_view code) { return std::ranges::find(codes, code) != codes.end(); }

TrackReply failure_of(const Reply& reply) {
  const auto call = trouble_of({HttpResponse{reply.status, reply.headers, ""}, {}});
  std::string said;
  auto trouble = call.trouble == Trouble::none || call.trouble == Trouble::not_found ? Trouble::bad_request : call.trouble;
  for (const char* name : {"errorCodes", "errors"}) {
    for (const Json* one : list(reply.json(), name)) {
      const auto words = text(*one);
      said = clean_text(joined({said, words}, " "));
      if (holds(kRefusedKeys, words)) trouble = Trouble::auth;
      if (holds(kOwnFaults, words)) trouble = Trouble::service;
    }
  }
  return failed(trouble, said.empty() ? call.detail : said, call.retry_after_us);
}

bool recognizes_status(const Reply& reply) {
  return at(reply.json(), "success").is_boolean() && at(reply.json(), "data").is_array() && has(reply.json(), "errors");
}

TrackReply read_status(const Reply& reply) {
  const Json& json = reply.json();
  if (!json.is_object() || !has(json, "success")) return failed(Trouble::bad_reply, "no {success, data}");
  if (!flag(json, "success") || reply.status >= 400) return failure_of(reply);
  if (!at(json, "data").is_array()) return failed(Trouble::bad_reply, "data is no list");
  TrackReply out;
  for (const Json& one : at(json, "data")) out.items.push_back(item_of(one));
  return out;
}

HttpRequest status_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  HttpRequest request;
  request.method = "POST";
  request.url = (account.base_url.empty() ? "https://api.novaposhta.ua" : account.base_url) + "/v2.0/json/";
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  Json documents = Json::array();
  for (const auto& query : queries) {
    Json document = {{"DocumentNumber", query.number}};
    if (!account.customer.empty()) document["Phone"] = account.customer;
    documents.push_back(std::move(document));
  }
  const Json body = {{"apiKey", account.key},
                     {"modelName", "TrackingDocument"},
                     {"calledMethod", "getStatusDocuments"},
                     {"methodProperties", {{"Documents", std::move(documents)}}}};
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return request;
}

class NovaPoshtaCarrier : public Carrier {
 public:
  std::string_view name() const override { return "nova_poshta"; }
  std::string_view title() const override { return "Nova Poshta"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.numbers_per_call = kNumbersPerCall};
    return kCapabilities;
  }
  std::span<const Api> apis() const override {
    static const Api kApis[] = {
        {"status_documents", "TrackingDocument.getStatusDocuments", kNumbersPerCall, recognizes_status, read_status, status_request}};
    return kApis;
  }
  // Fourteen digits: waybills begin with 20 or 59. No check digit is published.
  bool is_number(std::string_view text) const override {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 14 && (text.starts_with("20") || text.starts_with("59")) && std::all_of(text.begin(), text.end(), digit);
  }
};
}  // namespace
}  // namespace nova_poshta

const Carrier& nova_poshta_carrier() {
  static const nova_poshta::NovaPoshtaCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
