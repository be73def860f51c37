// Subscriptions in the languages that have calls for them: UPS Track Alert v2 and USPS Subscriptions - Tracking. EasyPost has none:
// whoever makes a tracker is told of it (carrier_server.cpp).
#include "demo/push_book.hpp"
#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::size_t kUpsNumbersPerSubscription = 100;
constexpr std::int64_t kUpsSubscriptionUs = 14 * kDay, kUspsSubscriptionUs = 30 * kDay;
constexpr std::size_t kUspsSecret = 32;

TongueReply alert_refusal(const char* code, const char* message, const OrderedJson& invalid) {
  OrderedJson body = {{"response", {{"errors", alone({{"code", code}, {"message", message}})}}}};
  if (!invalid.empty()) body["invalidTrackingNumbers"] = invalid;
  return {400, body, "", ""};
}

// 1Z and sixteen, or 1R and fourteen or twenty-six letters and digits.
bool ups_takes(const std::string& number) {
  const bool length =
      number.starts_with("1Z") ? number.size() == 18 : number.starts_with("1R") && (number.size() == 16 || number.size() == 28);
  return length && std::all_of(number.begin(), number.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

TongueReply ups_subscribe(const TongueRequest& call, const Counter& counter) {
  const OrderedJson asked = object_of(call.body);
  if (!header(call.headers, "transid")) return alert_refusal("VSS002", "Missing transId", {});
  if (!header(call.headers, "transactionsrc")) return alert_refusal("VSS004", "Missing transactionSrc", {});
  if (asked.empty()) return alert_refusal("VSS110", "Subscription request is empty or not present.", {});
  if (said(asked, "/locale") != "en_US") return alert_refusal("VSS310", "Please enter a valid locale.", {});
  const auto numbers = members(asked, "/trackingNumberList");
  if (numbers.empty()) return alert_refusal("VSS200", "Tracking Number List is required.", {});
  if (numbers.size() > kUpsNumbersPerSubscription) return alert_refusal("VSS220", "You have submitted over 100 tracking numbers.", {});
  OrderedJson valid = OrderedJson::array(), invalid = OrderedJson::array();
  for (const auto& one : numbers) {
    const std::string number = one.is_string() ? one.get<std::string>() : "";
    if (ups_takes(number)) counter.pushes->subscribe("ups", number, {}, counter.now + kUpsSubscriptionUs, counter.now);
    (ups_takes(number) ? valid : invalid).push_back(one);
  }
  if (valid.empty()) return alert_refusal("VSS210", "The Subscription request should have at least one valid tracking number.", invalid);
  OrderedJson body = {{"validTrackingNumbers", valid}};
  if (!invalid.empty()) body["invalidTrackingNumbers"] = invalid;
  return {200, body, "", ""};
}

TongueReply listener_refusal(const std::string& message) {
  return {
      400,
      {{"apiVersion", "/subscriptions-tracking/v3"}, {"error", {{"code", "400"}, {"message", message}, {"errors", OrderedJson::array()}}}},
      "",
      ""};
}

TongueReply usps_subscribe(const TongueRequest& call, const Counter& counter) {
  const OrderedJson asked = object_of(call.body);
  const std::string number = said(asked, "/filterProperties/trackingNumber");
  const PushTarget target{said(asked, "/listenerURL"), said(asked, "/secret")};
  if (target.url.empty()) return listener_refusal("listenerURL is missing");
  if (target.secret.size() != kUspsSecret) return listener_refusal("secret must have 32 characters");
  if (number.size() < 20 || number.find_first_not_of("0123456789") != std::string::npos)
    return listener_refusal("trackingNumber is not valid");
  if (const auto id = counter.pushes->live("usps", number, counter.now); !id.empty())
    return listener_refusal("A subscription of this listener exists: subscriptionId : " + id);
  const auto id = counter.pushes->subscribe("usps", number, target, counter.now + kUspsSubscriptionUs, counter.now);
  return {201, {{"subscriptionId", id}, {"listenerURL", target.url}, {"filterProperties", asked["filterProperties"]}}, "", ""};
}
}  // namespace

Tongue ups_alert_tongue() {
  return serving(
      ups_tongue(), "subscriptions",
      [](const TongueRequest& request) {
        return request.method == "POST" && request.path == "/api/track/v2/subscription/standard/package";
      },
      ups_subscribe);
}

Tongue usps_subscriptions_tongue() {
  return serving(
      usps_tongue(), "subscriptions",
      [](const TongueRequest& request) { return request.method == "POST" && request.path == "/subscriptions-tracking/v3/subscriptions"; },
      usps_subscribe);
}

}  // namespace roundtrip::demo
