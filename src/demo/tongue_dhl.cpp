// DHL Shipment Tracking - Unified: the key in a header, one number a call, 404 as problem+json, five status codes and words, 250 calls a
// day and one in five seconds.
#include "demo/tongue_parts.hpp"

namespace roundtrip::demo {
namespace {
// a: statusCode, b: unused, c: status, text: description.
constexpr Phrase kDhlPhrases[] = {
    {"LBL", false, "pre-transit", "", "pre-transit", "The shipment data was sent to DHL electronically"},
    {"ACC", false, "transit", "", "transit", "The shipment has been handed over to DHL"},
    {"DEP", false, "transit", "", "transit", "The shipment has left the parcel center"},
    {"ARR", false, "transit", "", "transit", "The shipment has arrived in the parcel center"},
    {"CUS", false, "transit", "", "transit", "The shipment was cleared by customs"},
    {"CUH", false, "failure", "", "failure", "The shipment is on hold: documents for customs are missing"},
    {"DLY", false, "failure", "", "failure", "The shipment is delayed"},
    {"WTH", false, "failure", "", "failure", "The shipment is delayed by the weather"},
    {"OFD", false, "transit", "", "transit", "The shipment has been loaded onto the delivery vehicle"},
    {"ATT", false, "failure", "", "failure", "The shipment could not be delivered, and the recipient has been notified"},
    {"PUP", false, "transit", "", "transit", "The shipment is ready for pick-up"},
    {"DLV", false, "delivered", "", "delivered", "The shipment has been successfully delivered"},
    {"DLV", true, "delivered", "", "delivered", "The shipment has been delivered to its sender"},
    {"REF", false, "failure", "", "failure", "The recipient refused the shipment"},
    {"RTS", true, "transit", "", "transit", "The shipment is being returned to the sender"},
    {"ARR", true, "transit", "", "transit", "The shipment, returned to the sender, has arrived in the parcel center"},
    {"LST", false, "failure", "", "failure", "The search for the shipment was ended"},
    {"MSG", false, "transit", "", "transit", "The recipient was told of the delivery"},
    {"", false, "night", "", "night", "Handed to the night network"},
};

OrderedJson dhl_event(const WorldEvent& event) {
  const Stamp stamp = stamp_of(event);
  const Phrase& phrase = phrase_of(kDhlPhrases, event);
  return {{"timestamp", stamp.local + stamp.offset},
          {"location", {{"address", {{"addressLocality", event.place}}}}},
          {"statusCode", phrase.a},
          {"status", phrase.c},
          {"description", phrase.text}};
}

TongueReply dhl_tell(const std::vector<Told>& all) {
  const Told& told = all.front();
  if (!told.parcel || told.parcel->voided_at) {  // what was canceled is as if it never was
    return {404,
            {{"type", "about:blank"},
             {"title", "No result found"},
             {"status", 404},
             {"detail", "No shipment with given tracking number found."}}};
  }
  const auto events = newest_first(told.report);
  const WorldEvent* current = told.report.headline ? &*told.report.headline : events.empty() ? nullptr : events.front();
  OrderedJson shipment = {{"serviceUrl", "https://www.dhl.com"}, {"id", told.number}, {"service", "express"}};
  if (current != nullptr) {
    shipment["status"] = dhl_event(*current);
    if (current->return_leg) shipment["returnFlag"] = true;
  }
  shipment["estimatedTimeOfDelivery"] = format_rfc3339(told.report.estimated_at);
  shipment["details"] = OrderedJson::object();
  if (!told.report.signed_by.empty()) shipment["details"]["proofOfDelivery"] = {{"signed", {{"name", told.report.signed_by}}}};
  if (told.parcel->weight_g > 0) shipment["details"]["weight"] = {{"value", told.parcel->weight_g}, {"unitText", "g"}};
  shipment["events"] = OrderedJson::array();
  for (const auto* event : events) shipment["events"].push_back(dhl_event(*event));
  OrderedJson shipments = OrderedJson::array();
  shipments.push_back(std::move(shipment));
  return {200, {{"shipments", shipments}}};
}

OrderedJson dhl_error(int status) {
  const char* title = status == 400   ? "Bad Request"
                      : status == 401 ? "Unauthorized"
                      : status == 429 ? "Too Many Requests"
                                      : "Internal Server Error";
  const char* detail = status == 401   ? "Unauthorized for given resource."
                       : status == 429 ? "Too many requests within defined time period."
                                       : title;
  return {{"status", status}, {"title", title}, {"detail", detail}};
}
}  // namespace

Tongue dhl_tongue() {
  return {"dhl",
          "",
          {{250, 1.0}, {1, 5.0 / 86'400}},
          [](const TongueRequest& request) { return request.method == "GET" && request.path == "/track/shipments"; },
          [](const TongueRequest& request) { return std::string(header(request.headers, "dhl-api-key").value_or("")); },
          nullptr,
          nullptr,
          [](const TongueRequest& request) -> std::optional<std::vector<std::string>> {
            const auto number = query_value(request, "trackingNumber");
            return number.empty() ? std::nullopt : std::optional(std::vector{number});
          },
          dhl_tell,
          dhl_error};
}

}  // namespace roundtrip::demo
