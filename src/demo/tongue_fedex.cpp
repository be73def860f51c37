// FedEx: OAuth by form, up to 30 numbers a call, several lives of one number, errors per number inside HTTP 200.
#include "demo/tongue_parts.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::size_t kFedexNumbers = 30;
constexpr std::int64_t kFormerLifeAge = 100 * kDay;  // a gap in the events that only a former life of the number explains

// a: eventType, b: exceptionCode, c: what the exception is called.
constexpr Phrase kFedexPhrases[] = {
    {"LBL", false, "OC", "", "", "Shipment information sent to FedEx"},
    {"ACC", false, "PU", "", "", "Picked up"},
    {"DEP", false, "DP", "", "", "Left FedEx origin facility"},
    {"ARR", false, "AR", "", "", "Arrived at FedEx location"},
    {"CUS", false, "CC", "", "", "International shipment release - Import"},
    {"CUH", false, "CD", "", "", "Clearance delay - Import"},
    {"DLY", false, "DY", "A52", "Delay", "Delay"},
    {"WTH", false, "DY", "", "Weather", "Delay"},
    {"OFD", false, "OD", "", "", "On FedEx vehicle for delivery"},
    {"ATT", false, "DE", "08", "Customer not available or business closed", "Delivery exception"},
    {"PUP", false, "HL", "", "", "Ready for pickup"},
    {"DLV", false, "DL", "", "", "Delivered"},
    {"DLV", true, "DL", "", "", "Delivered"},
    {"REF", false, "DE", "07", "Shipment refused by recipient", "Delivery exception"},
    {"RTS", true, "RS", "", "", "Returning package to shipper"},
    {"ARR", true, "RS", "", "", "Returning package to shipper"},
    {"LST", false, "SE", "", "", "Shipment exception"},
    {"VOI", false, "CA", "", "", "Shipment cancelled by sender"},
    {"MSG", false, "AO", "", "", "Shipment arriving On-Time"},
    {"", false, "XQ", "", "", "Handed to the night network"},
};

OrderedJson fedex_scan(const WorldEvent& event) {
  const Stamp stamp = stamp_of(event);
  const Phrase& phrase = phrase_of(kFedexPhrases, event);
  return {{"date", stamp.local + stamp.offset}, {"eventType", phrase.a},
          {"eventDescription", phrase.text},    {"exceptionCode", phrase.b},
          {"exceptionDescription", phrase.c},   {"scanLocation", {{"city", event.place}}},
          {"derivedStatusCode", phrase.a},      {"derivedStatus", phrase.text}};
}

// One life of a number.
OrderedJson fedex_result(const Told& told, const std::vector<const WorldEvent*>& events, bool present) {
  const std::string born = events.empty() ? "0" : std::to_string(events.back()->at.us / kSecond);
  OrderedJson result = {
      {"trackingNumberInfo",
       {{"trackingNumber", told.number}, {"trackingNumberUniqueId", born + "~" + told.number + "~FX"}, {"carrierCode", "FDXE"}}}};
  if (!events.empty()) {
    const WorldEvent& current = present && told.report.headline ? *told.report.headline : *events.front();
    const Phrase& phrase = phrase_of(kFedexPhrases, current);
    OrderedJson details = OrderedJson::array();
    if (*phrase.b != '\0') details.push_back({{"reason", phrase.b}, {"reasonDescription", phrase.c}});
    result["latestStatusDetail"] = {{"code", phrase.a},
                                    {"derivedCode", phrase.a},
                                    {"statusByLocale", phrase.text},
                                    {"description", phrase.text},
                                    {"ancillaryDetails", details}};
  }
  result["dateAndTimes"] = alone({{"type", "ESTIMATED_DELIVERY"}, {"dateTime", format_date(told.report.estimated_at) + "T00:00:00-06:00"}});
  if (present && !told.report.signed_by.empty()) result["deliveryDetails"] = {{"receivedByName", told.report.signed_by}};
  if (told.parcel->weight_g > 0)
    result["packageDetails"]["weightAndDimensions"]["weight"] = alone({{"unit", "G"}, {"value", std::to_string(told.parcel->weight_g)}});
  result["scanEvents"] = OrderedJson::array();
  for (const auto* event : events) result["scanEvents"].push_back(fedex_scan(*event));
  return result;
}

OrderedJson fedex_results(const Told& told) {
  if (!told.parcel) {
    const OrderedJson error = {{"code", "TRACKING.TRACKINGNUMBER.NOTFOUND"},
                               {"message", "Tracking number cannot be found. Please correct the tracking number and try again."}};
    return alone({{"trackingNumberInfo", {{"trackingNumber", told.number}}}, {"error", error}});
  }
  std::vector<const WorldEvent*> now, before;
  for (const auto* event : newest_first(told.report)) {
    const bool former = event->at < told.parcel->announced_at - kFormerLifeAge;
    (former ? before : now).push_back(event);
  }
  OrderedJson results = alone(fedex_result(told, now, true));
  if (!before.empty()) results.push_back(fedex_result(told, before, false));
  return results;
}

TongueReply fedex_tell(const std::vector<Told>& all) {
  OrderedJson complete = OrderedJson::array();
  for (const Told& told : all) complete.push_back({{"trackingNumber", told.number}, {"trackResults", fedex_results(told)}});
  return {200, {{"transactionId", "00000000-0000-4000-8000-000000000000"}, {"output", {{"completeTrackResults", complete}}}}};
}

OrderedJson fedex_error(int status) {
  const auto said = [](const char* code, const char* message) {
    return OrderedJson{{"transactionId", "00000000-0000-4000-8000-000000000000"},
                       {"errors", alone({{"code", code}, {"message", message}})}};
  };
  switch (status) {
    case 400:
      return said("TRACKING.TRACKINGNUMBER.EMPTY", "Please provide tracking number.");
    case 401:
      return said("NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request and try again.");
    case 429:
      return said("TOO.MANY.REQUESTS", "The transaction limit was exceeded.");
    default:
      return said("INTERNAL.SERVER.ERROR", "We encountered an unexpected error and are working to resolve the issue.");
  }
}

std::optional<std::vector<std::string>> fedex_numbers(const TongueRequest& request) {
  const auto json = OrderedJson::parse(request.body, nullptr, false);
  const auto info = json.is_object() ? json.find("trackingInfo") : json.end();
  if (!json.is_object() || info == json.end() || !info->is_array() || info->empty() || info->size() > kFedexNumbers) return std::nullopt;
  std::vector<std::string> numbers;
  for (const auto& one : *info) {
    const auto number = one.value("/trackingNumberInfo/trackingNumber"_json_pointer, std::string());
    if (number.empty()) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}
}  // namespace

Tongue fedex_tongue() {
  return {"fedex",
          "/oauth/token",
          {},
          [](const TongueRequest& request) { return request.method == "POST" && request.path == "/track/v1/trackingnumbers"; },
          bearer_of,
          [](const TongueRequest& request) {
            if (form_value(request.body, "grant_type") != "client_credentials") return std::pair<std::string, std::string>{};
            return std::pair(form_value(request.body, "client_id"), form_value(request.body, "client_secret"));
          },
          [](const std::string& token, std::int64_t lives_s) {
            return OrderedJson{{"access_token", token}, {"token_type", "bearer"}, {"expires_in", lives_s}, {"scope", "CXS"}};
          },
          fedex_numbers,
          fedex_tell,
          fedex_error};
}

}  // namespace roundtrip::demo
