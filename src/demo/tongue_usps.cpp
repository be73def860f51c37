// USPS: OAuth by JSON, an array of up to 35 numbers, HTTP 207 when some are unknown, 60 calls an hour, GMTTimestamp with the local date.
#include "demo/tongue_parts.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::size_t kUspsNumbers = 35;

// a: eventCode, b: statusCategory, c: eventType and status.
constexpr Phrase kUspsPhrases[] = {
    {"LBL", false, "GX", "Pre-Shipment", "Shipping Label Created, USPS Awaiting Item", ""},
    {"ACC", false, "03", "Accepted", "USPS in possession of item", ""},
    {"DEP", false, "T1", "In Transit", "Departed USPS Regional Facility", ""},
    {"ARR", false, "A1", "In Transit", "Arrived at USPS Regional Facility", ""},
    {"CUS", false, "10", "In Transit", "Processed Through Facility", ""},
    {"CUH", false, "71", "Alert", "Rescheduled to Next Delivery Day", ""},
    {"DLY", false, "71", "Alert", "Rescheduled to Next Delivery Day", ""},
    {"WTH", false, "71", "Alert", "Rescheduled to Next Delivery Day", ""},
    {"OFD", false, "OF", "Out for Delivery", "Out for Delivery", ""},
    {"ATT", false, "02", "Delivery Attempt", "Notice Left (No Authorized Recipient Available)", ""},
    {"PUP", false, "14", "Available for Pickup", "Available for Pickup", ""},
    {"DLV", false, "01", "Delivered", "Delivered, Left with Individual", ""},
    {"DLV", true, "01", "Delivered", "Delivered, To Original Sender", ""},
    {"REF", false, "04", "Alert", "Refused", ""},
    {"RTS", true, "09", "Alert", "Return to Sender", ""},
    {"ARR", true, "09", "Alert", "Return to Sender", ""},
    {"LST", false, "11", "Alert", "Sent to Mail Recovery Center", ""},
    {"MSG", false, "NT", "In Transit", "In Transit to Next Facility", ""},
    {"", false, "XQ", "In Transit", "Handed to the night network", ""},
};

OrderedJson usps_event(const WorldEvent& event, const std::string& signer) {
  const Stamp stamp = stamp_of(event);
  const Phrase& phrase = phrase_of(kUspsPhrases, event);
  return {{"eventType", phrase.c},
          {"eventCode", phrase.a},
          {"eventTimestamp", stamp.local},
          {"GMTOffset", stamp.offset},
          {"GMTTimestamp", stamp.local.substr(0, 10) + stamp.utc.substr(10) + "Z"},  // the local date, as USPS writes it
          {"eventCity", event.place},
          {"eventCountry", ""},
          {"name", event.code == "DLV" ? signer : std::string()}};
}

OrderedJson usps_item(const Told& told) {
  if (!told.parcel || told.parcel->voided_at) {  // what was canceled is as if it never was
    return {{"statusCode", "404"},
            {"trackingNumber", told.number},
            {"error",
             {{"code", "404"},
              {"message", "12: A status update is not yet available on your package. Check back soon."},
              {"errors", OrderedJson::array()}}}};
  }
  const auto events = newest_first(told.report);
  const WorldEvent* current = told.report.headline ? &*told.report.headline : events.empty() ? nullptr : events.front();
  OrderedJson item = {
      {"statusCode", "200"}, {"trackingNumber", told.number}, {"uniqueMailPieceID", told.number + "-" + told.parcel->reference}};
  if (current != nullptr) {
    const Phrase& phrase = phrase_of(kUspsPhrases, *current);
    item["statusCategory"] = phrase.b;
    item["status"] = phrase.c;
    item["statusSummary"] = std::string("Your item: ") + phrase.c + ".";
  }
  item["deliveryDateExpectation"] = {{"expectedDeliveryDate", format_date(told.report.estimated_at)}};
  item["trackingEvents"] = OrderedJson::array();
  for (const auto* event : events) item["trackingEvents"].push_back(usps_event(*event, told.report.signed_by));
  return item;
}

TongueReply usps_tell(const std::vector<Told>& all) {
  TongueReply reply{200, OrderedJson::array()};
  bool some = false, every = true;
  for (const Told& told : all) {
    reply.body.push_back(usps_item(told));
    const bool unknown = !told.parcel || told.parcel->voided_at;
    some = some || unknown;
    every = every && unknown;
  }
  if (some) reply.status = every ? 404 : 207;
  return reply;
}

OrderedJson usps_error(int status) {
  const char* said = status == 400   ? "The request is not valid."
                     : status == 401 ? "Invalid access token"
                     : status == 429 ? "Too many requests have been received from client in a short amount of time."
                                     : "The service is unavailable.";
  return {{"apiVersion", "/tracking/v3r2"},
          {"error", {{"code", std::to_string(status)}, {"message", said}, {"errors", OrderedJson::array()}}}};
}

std::optional<std::vector<std::string>> usps_numbers(const TongueRequest& request) {
  const auto json = OrderedJson::parse(request.body, nullptr, false);
  if (!json.is_array() || json.empty() || json.size() > kUspsNumbers) return std::nullopt;
  std::vector<std::string> numbers;
  for (const auto& one : json) {
    const auto found = one.is_object() ? one.find("trackingNumber") : one.end();
    if (!one.is_object() || found == one.end() || !found->is_string()) return std::nullopt;
    numbers.push_back(found->get<std::string>());
  }
  return numbers;
}

std::pair<std::string, std::string> usps_client(const TongueRequest& request) {
  const auto json = OrderedJson::parse(request.body, nullptr, false);
  if (!json.is_object() || json.value("grant_type", "") != "client_credentials") return {};
  return {json.value("client_id", ""), json.value("client_secret", "")};
}
}  // namespace

Tongue usps_tongue() {
  return {"usps",
          "/oauth2/v3/token",
          {{60, 1.0 / 24}},
          [](const TongueRequest& request) { return request.method == "POST" && request.path == "/tracking/v3r2/tracking"; },
          bearer_of,
          usps_client,
          [](const std::string& token, std::int64_t lives_s) {
            return OrderedJson{{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", lives_s}, {"status", "approved"}};
          },
          usps_numbers,
          usps_tell,
          usps_error};
}

}  // namespace roundtrip::demo
