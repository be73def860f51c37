// UPS: OAuth client credentials, one number a call, "not found" inside HTTP 200, dates apart from times, GMT beside local.
#include "demo/tongue_parts.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kUpsTrack = "/api/track/v1/details/";

// a: type, b: code, c: statusCode (three digits).
constexpr Phrase kUpsPhrases[] = {
    {"LBL", false, "M", "MP", "003", "Shipper created a label, UPS has not received the package yet."},
    {"ACC", false, "P", "PU", "038", "Pickup Scan"},
    {"DEP", false, "I", "DP", "005", "Departed from Facility"},
    {"ARR", false, "I", "AR", "005", "Arrived at Facility"},
    {"CUS", false, "I", "014", "014", "Your package was released by the customs agency."},
    {"CUH", false, "X", "058", "058", "Your package is held: documents are missing."},
    {"DLY", false, "X", "048", "048", "A delay has occurred; the delivery date was changed."},
    {"WTH", false, "X", "051", "051", "Severe weather has delayed delivery."},
    {"OFD", false, "I", "OT", "021", "Out For Delivery Today"},
    {"ATT", false, "X", "022", "022", "The receiver was not available for delivery."},
    {"PUP", false, "I", "040", "040", "Ready for pickup at the access point."},
    {"DLV", false, "D", "FS", "011", "DELIVERED"},
    {"DLV", true, "D", "034", "034", "Returned to sender"},
    {"REF", false, "X", "064", "064", "The receiver refused the package."},
    {"RTS", true, "RS", "035", "035", "Returning to sender"},
    {"ARR", true, "RS", "035", "035", "Returning to sender: arrived at facility"},
    {"LST", false, "X", "068", "068", "The package was lost."},
    {"VOI", false, "MV", "VP", "007", "Shipment information voided"},
    {"MSG", false, "U", "UU", "", "A notice was sent to the receiver."},
    {"", false, "I", "X9", "", "Handed to the night network"},
};

OrderedJson ups_status(const Phrase& phrase) {
  OrderedJson status = {{"type", phrase.a}, {"description", phrase.text}, {"code", phrase.b}};
  if (*phrase.c != '\0') status["statusCode"] = phrase.c;
  return status;
}

OrderedJson ups_activity(const WorldEvent& event) {
  const Stamp stamp = stamp_of(event);
  return {{"location", {{"address", {{"city", event.place}}}}},
          {"status", ups_status(phrase_of(kUpsPhrases, event))},
          {"date", without(stamp.local.substr(0, 10), "-")},
          {"time", without(stamp.local.substr(11), ":")},
          {"gmtDate", without(stamp.utc.substr(0, 10), "-")},
          {"gmtOffset", stamp.offset},
          {"gmtTime", stamp.utc.substr(11)}};
}

OrderedJson ups_package(const Told& told) {
  OrderedJson package = {{"trackingNumber", told.number}, {"packageCount", 1}};
  const auto events = newest_first(told.report);
  const WorldEvent* current = told.report.headline ? &*told.report.headline : nullptr;
  if (current != nullptr) {
    OrderedJson status = ups_status(phrase_of(kUpsPhrases, *current));
    status["simplifiedTextDescription"] = status["description"];
    package["currentStatus"] = status;
  }
  const bool there = current != nullptr && current->code == "DLV";
  if (!there) package["deliveryDate"] = alone({{"type", "SDD"}, {"date", without(format_date(told.report.estimated_at), "-")}});
  if (!told.report.signed_by.empty()) package["deliveryInformation"] = {{"receivedBy", told.report.signed_by}};
  if (told.parcel->weight_g > 0) {
    char kilograms[24];
    std::snprintf(kilograms, sizeof kilograms, "%d.%03d", told.parcel->weight_g / 1000, told.parcel->weight_g % 1000);
    package["weight"] = {{"unitOfMeasurement", "KGS"}, {"weight", kilograms}};
  }
  package["activity"] = OrderedJson::array();
  for (const auto* event : events) package["activity"].push_back(ups_activity(*event));
  return package;
}

TongueReply ups_tell(const std::vector<Told>& all) {
  const Told& told = all.front();
  OrderedJson shipment = {{"inquiryNumber", told.number}};
  if (told.parcel)
    shipment["package"] = alone(ups_package(told));
  else
    shipment["warnings"] = alone({{"code", "TW0001"}, {"message", "Tracking Information Not Found"}});
  return {200, {{"trackResponse", {{"shipment", alone(shipment)}}}}};
}

OrderedJson ups_error(int status) {
  const auto said = [](const char* code, const char* message) {
    return OrderedJson{{"response", {{"errors", alone({{"code", code}, {"message", message}})}}}};
  };
  switch (status) {
    case 400:
      return said("VSS110", "Invalid request");
    case 401:
      return said("250002", "Invalid Authentication Information.");
    case 429:
      return said("10429", "Too Many Requests");
    default:
      return said("10004", "Internal server error");
  }
}

// The number is the path's end; the call names itself and its source.
std::optional<std::vector<std::string>> ups_numbers(const TongueRequest& request) {
  const std::string number = request.path.substr(kUpsTrack.size());
  const bool named = header(request.headers, "transid") && header(request.headers, "transactionsrc");
  if (!named || number.size() < 7 || number.size() > 34) return std::nullopt;
  return std::vector{number};
}
}  // namespace

Tongue ups_tongue() {
  return {"ups",
          "/security/v1/oauth/token",
          {},
          [](const TongueRequest& request) { return request.method == "GET" && request.path.starts_with(kUpsTrack); },
          bearer_of,
          [](const TongueRequest& request) {
            return form_value(request.body, "grant_type") == "client_credentials" ? basic_of(request)
                                                                                  : std::pair<std::string, std::string>{};
          },
          [](const std::string& token, std::int64_t lives_s) {
            return OrderedJson{{"token_type", "Bearer"},
                               {"issued_at", "0"},
                               {"access_token", token},
                               {"expires_in", std::to_string(lives_s)},
                               {"status", "approved"}};
          },
          ups_numbers,
          ups_tell,
          ups_error};
}

}  // namespace roundtrip::demo
