// EasyPost: HTTP Basic with the key alone, one tracker a call, made by asking for its number; UTC times, ounces.
#include "demo/tongue_parts.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kTrackers = "/v2/trackers";
constexpr std::string_view kTrackerPrefix = "trk_";

// a: status, b: status_detail, c: unused.
constexpr Phrase kEasyPostPhrases[] = {
    {"LBL", false, "pre_transit", "label_created", "", "Shipment data received"},
    {"ACC", false, "in_transit", "received_at_origin_facility", "", "Accepted from the sender"},
    {"DEP", false, "in_transit", "departed_facility", "", "Departed facility"},
    {"ARR", false, "in_transit", "arrived_at_facility", "", "Arrived at facility"},
    {"CUS", false, "in_transit", "clearance_completed", "", "Cleared customs"},
    {"CUH", false, "failure", "awaiting_information", "", "Held by customs, documents are missing"},
    {"DLY", false, "failure", "delayed", "", "Delayed, a new date follows"},
    {"WTH", false, "failure", "weather_delay", "", "Delayed by the weather"},
    {"OFD", false, "out_for_delivery", "out_for_delivery", "", "Out for delivery"},
    {"ATT", false, "failure", "delivery_exception", "", "Nobody was at home"},
    {"PUP", false, "available_for_pickup", "available_for_pickup", "", "Ready for pickup"},
    {"DLV", false, "delivered", "arrived_at_destination", "", "Delivered"},
    {"DLV", true, "delivered", "arrived_at_destination", "", "Delivered to the sender"},
    {"REF", false, "failure", "refused", "", "Refused by the recipient"},
    {"RTS", true, "return_to_sender", "return", "", "On its way back to the sender"},
    {"ARR", true, "return_to_sender", "return", "", "Arrived at facility on its way back"},
    {"LST", false, "failure", "lost", "", "Lost"},
    {"VOI", false, "cancelled", "status_update", "", "Shipment cancelled"},
    {"MSG", false, "in_transit", "status_update", "", "The recipient was told of the delivery"},
    {"", false, "unknown", "status_update", "", "Handed to the night network"},
};

OrderedJson easypost_detail(const WorldEvent& event) {
  const Phrase& phrase = phrase_of(kEasyPostPhrases, event);
  return {{"object", "TrackingDetail"},
          {"message", phrase.text},
          {"status", phrase.a},
          {"status_detail", phrase.b},
          {"datetime", stamp_of(event).utc + "Z"},
          {"source", "Demo"},
          {"tracking_location",
           {{"object", "TrackingLocation"}, {"city", event.place}, {"state", nullptr}, {"country", nullptr}, {"zip", nullptr}}}};
}

// A number that nobody announced has a tracker too: EasyPost itself does not know it yet.
TongueReply easypost_tell(const std::vector<Told>& all) {
  const Told& told = all.front();
  OrderedJson tracker = {{"id", std::string(kTrackerPrefix) + told.number},
                         {"object", "Tracker"},
                         {"mode", "test"},
                         {"tracking_code", told.number},
                         {"status", "unknown"},
                         {"status_detail", "unknown"},
                         {"signed_by", nullptr},
                         {"weight", nullptr},
                         {"est_delivery_date", nullptr},
                         {"carrier", "Demo"},
                         {"tracking_details", OrderedJson::array()}};
  if (!told.parcel) return {200, tracker};
  auto events = newest_first(told.report);
  std::reverse(events.begin(), events.end());  // EasyPost tells the oldest first
  const WorldEvent* current = told.report.headline ? &*told.report.headline : events.empty() ? nullptr : events.back();
  if (current != nullptr) {
    tracker["status"] = phrase_of(kEasyPostPhrases, *current).a;
    tracker["status_detail"] = phrase_of(kEasyPostPhrases, *current).b;
  }
  if (!told.report.signed_by.empty()) tracker["signed_by"] = told.report.signed_by;
  if (told.parcel->weight_g > 0) tracker["weight"] = static_cast<double>(told.parcel->weight_g) / 28.349523125;
  tracker["est_delivery_date"] = format_rfc3339(told.report.estimated_at);
  for (const auto* event : events) tracker["tracking_details"].push_back(easypost_detail(*event));
  return {200, tracker};
}

OrderedJson easypost_error(int status) {
  const auto said = [](const char* code, const char* message) {
    return OrderedJson{{"error", {{"code", code}, {"message", message}, {"errors", OrderedJson::array()}}}};
  };
  switch (status) {
    case 400:
      return said("TRACKER.CREATE.ERROR", "Unable to create tracker");
    case 401:
      return said("UNAUTHORIZED", "This api key is no longer active. Please use a different api key or reactivate this key.");
    case 429:
      return said("RATE_LIMITED", "You've exceeded the API rate limit.");
    default:
      return said("INTERNAL_SERVER_ERROR", "We're sorry, something went wrong.");
  }
}

std::optional<std::vector<std::string>> easypost_numbers(const TongueRequest& request) {
  if (request.method == "GET") {
    const std::string id = request.path.substr(kTrackers.size() + 1);
    return id.starts_with(kTrackerPrefix) ? std::optional(std::vector{id.substr(kTrackerPrefix.size())}) : std::nullopt;
  }
  const auto json = OrderedJson::parse(request.body, nullptr, false);
  const auto number = json.is_object() ? json.value("/tracker/tracking_code"_json_pointer, std::string()) : std::string();
  return number.empty() ? std::nullopt : std::optional(std::vector{number});
}
}  // namespace

Tongue easypost_tongue() {
  return {"easypost",
          "",
          {},
          [](const TongueRequest& request) {
            const bool made = request.method == "POST" && request.path == kTrackers;
            return made || (request.method == "GET" && request.path.starts_with(std::string(kTrackers) + "/"));
          },
          [](const TongueRequest& request) { return basic_of(request).first; },
          nullptr,
          nullptr,
          easypost_numbers,
          easypost_tell,
          easypost_error};
}

}  // namespace roundtrip::demo
