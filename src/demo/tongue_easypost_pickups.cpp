// EasyPost pick-ups: created, which offers rates and books nothing; bought; canceled; looked up. No idempotency: the same call again is
// another offer.
#include "demo/pickup_book.hpp"
#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::string_view kEasyPostPickups = "/v2/pickups", kEasyPostPickup = "pickup_";

TongueReply pickup_refusal(int status, const char* code, const std::string& message) {
  return {status, {{"error", {{"code", code}, {"message", message}, {"errors", OrderedJson::array()}}}}, "", ""};
}
TongueReply no_such_pickup() { return pickup_refusal(404, "NOT_FOUND", "The requested resource could not be found."); }

OrderedJson pickup_rate(const char* service, std::int64_t cents) {
  return {{"id", "pickuprate_" + std::string(service)},
          {"object", "PickupRate"},
          {"carrier", "USPS"},
          {"service", service},
          {"rate", money_text(cents)},
          {"currency", "USD"}};
}

TongueReply pickup_reply(int status, const DemoPickup& pickup) {
  const char* state = pickup.canceled ? "canceled" : pickup.confirmation.empty() ? "unknown" : "scheduled";
  return {status,
          {{"id", std::string(kEasyPostPickup) + pickup.id},
           {"object", "Pickup"},
           {"mode", "test"},
           {"status", state},
           {"min_datetime", pickup.day + "T08:00:00Z"},
           {"max_datetime", pickup.day + "T18:00:00Z"},
           {"confirmation", pickup.confirmation.empty() ? OrderedJson() : OrderedJson(pickup.confirmation)},
           {"messages", OrderedJson::array()},
           {"pickup_rates", OrderedJson::array({pickup_rate("SameDay", 950), pickup_rate("NextDay", 0)})}},
          "",
          ""};
}

TongueReply offer_pickup(const TongueRequest& request, const Counter& counter) {
  const OrderedJson pickup = object_of(request.body).value("pickup", OrderedJson::object());
  const std::string shipment = said(pickup, "/shipment/id");
  const auto label = shipment.starts_with("shp_") ? counter.book.label("easypost", shipment.substr(4)) : std::nullopt;
  if (said(pickup, "/min_datetime").size() < 10 || said(pickup, "/max_datetime") <= said(pickup, "/min_datetime"))
    return pickup_refusal(422, "PICKUP.PARAMETERS.INVALID", "min_datetime and max_datetime are required.");
  const PickupCall call{"",
                        "",
                        said(pickup, "/min_datetime").substr(0, 10),
                        {said(pickup, "/address/name") + said(pickup, "/address/company"), said(pickup, "/address/street1"),
                         said(pickup, "/address/zip"), said(pickup, "/address/city"), said(pickup, "/address/country")}};
  const auto answer = counter.pickups->offer(call, label && !label->voided_at, counter.now);
  if (answer.fault == "unknown_parcel") return no_such_pickup();
  if (!answer.fault.empty()) return pickup_refusal(422, "PICKUP.PARAMETERS.INVALID", answer.fault + " is invalid.");
  return pickup_reply(201, answer.pickup);
}

// "/v2/pickups/pickup_PU1/buy" -> "PU1".
std::string pickup_of_path(const std::string& path) {
  const std::size_t begin = kEasyPostPickups.size() + 1 + kEasyPostPickup.size();
  return path.size() <= begin ? "" : path.substr(begin, path.find('/', begin) - begin);
}

TongueReply buy_pickup(const TongueRequest& request, const Counter& counter) {
  const OrderedJson wanted = object_of(request.body);
  if (said(wanted, "/carrier") != "USPS" || (said(wanted, "/service") != "NextDay" && said(wanted, "/service") != "SameDay"))
    return pickup_refusal(422, "PICKUP.RATE.INVALID", "There is no such rate.");
  const auto bought = counter.pickups->take_up(pickup_of_path(request.path));
  return bought ? pickup_reply(200, *bought) : pickup_refusal(422, "PICKUP.PURCHASE.FAILURE", "The pickup cannot be bought.");
}

TongueReply serve_pickup(const TongueRequest& request, const Counter& counter) {
  if (request.method == "POST" && request.path == kEasyPostPickups) return offer_pickup(request, counter);
  if (request.path.ends_with("/buy")) return buy_pickup(request, counter);
  const auto id = pickup_of_path(request.path);
  const auto found = request.path.ends_with("/cancel") ? counter.pickups->cancel(id) : counter.pickups->find(id);
  return found ? pickup_reply(200, *found) : no_such_pickup();
}
}  // namespace

Tongue easypost_pickups_tongue() {
  return serving(
      easypost_tongue(), "pickups", [](const TongueRequest& request) { return request.path.starts_with(kEasyPostPickups); }, serve_pickup);
}

}  // namespace roundtrip::demo
