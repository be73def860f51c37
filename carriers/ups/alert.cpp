// UPS Track Alert v2: subscriptions and the events that UPS pushes.
#include "carriers/times.hpp"
#include "carriers/ups/parts.hpp"

namespace roundtrip::carriers::ups {
namespace {
bool is_pushed(const Json& body) { return has(body, "activityStatus") && has(body, "trackingNumber"); }

std::vector<std::string> numbers_of(const Json& body, std::string_view name) {
  std::vector<std::string> out;
  for (const Json* one : list(body, name)) {
    if (auto number = text(*one); !number.empty()) out.push_back(std::move(number));
  }
  return out;
}

TrackedNumber item_of_push(const Json& body) {
  TrackedNumber item;
  item.number = text(body, "trackingNumber");
  const std::string type = text(body, "activityStatus/type"), code = text(body, "activityStatus/code");
  const std::string status_code = text(body, "activityStatus/descriptionCode");
  domain::TrackingEvent event;
  event.raw_code = raw_code_of(type, code, status_code);
  event.raw_text = text(body, "activityStatus/description");
  const std::string country = text(body, "activityLocation/country"), region = text(body, "activityLocation/stateProvince");
  event.place = joined({text(body, "activityLocation/city"), region, country});
  event.time = time_of({text(body, "localActivityDate"), text(body, "localActivityTime"), text(body, "gmtActivityDate"),
                        text(body, "gmtActivityTime"), text(body, "gmtOffset"), country, region});
  const auto meaning = meaning_of(type, code, status_code);
  apply_code(event, meaning ? &*meaning : nullptr);
  if (type == "U") event.physical = false;
  item.status_raw = joined({event.raw_code, event.raw_text}, " ");
  item.sub_code = event.sub_code;
  const bool arrived = event.status == delivered || event.status == returned;
  if (const std::string date = arrived ? "" : text(body, "scheduledDeliveryDate"); !date.empty()) {
    const std::string end = text(body, "deliveryEndTime");
    item.estimated_raw = joined({date, end}, " ");
    item.estimated_at = estimate_in(item.estimated_raw, date, end, country, region);
  }
  item.signed_by = text(body, "receivedBy");
  item.events.push_back(std::move(event));
  return item;
}
// Track Alert: UPS pushes every event of the numbers subscribed (1Z and 1R only). A subscription tells nothing of what was before it: Track
// is asked once for that. Where UPS pushes to and with which credential is set up at UPS ("Manage Webhook Credentials", version 2).
class TrackAlert : public Subscriptions {
 public:
  int numbers_per_call() const override { return 100; }
  std::int64_t lives_us() const override { return 14 * kDay; }

  HttpRequest subscribe_request(const CarrierAccount& account, std::span<const std::string> numbers, const std::string&) const override {
    Json wanted = Json::array();
    for (const auto& number : numbers) wanted.push_back(plain_number(number));
    // The specification knows only en_US for now.
    const Json body = {{"locale", "en_US"}, {"countryCode", "US"}, {"trackingNumberList", wanted}};
    HttpRequest request;
    request.method = "POST";
    request.url = base_of(account) + "/api/track/v2/subscription/standard/package";
    request.body = body.dump();
    request.headers = headers_of(account, request.body);
    request.headers.emplace_back("Content-Type", "application/json");
    request.timeout_ms = account.timeout_ms;
    return request;
  }

  SubscribeReply parse_subscribe(const HttpOutcome& outcome, std::span<const std::string>) const override {
    SubscribeReply reply = failed_subscribe(trouble_of(outcome));
    const Document document = outcome.response ? Document::of(outcome.response->body) : Document{};
    const Json body = document.json.value_or(Json());
    if (has_errors(body)) {
      const auto said = trouble_of_errors(body, outcome.response->status);
      reply.trouble = said.trouble;
      reply.detail = said.detail;
    } else if (reply.trouble == Trouble::none && !has(body, "validTrackingNumbers") && !has(body, "invalidTrackingNumbers")) {
      reply.trouble = Trouble::bad_reply;
      reply.detail = "no list of numbers";
    }
    reply.accepted = numbers_of(body, "validTrackingNumbers");
    reply.refused = numbers_of(body, "invalidTrackingNumbers");
    return reply;
  }
};
}  // namespace

bool is_alert(const Reply& reply) {
  const Json& body = reply.json();
  if (is_pushed(body)) return true;
  for (const Json* error : list(body, "response/errors")) {
    if (text(*error, "code").starts_with("VSS")) return true;
  }
  return has_errors(body) && has(body, "invalidTrackingNumbers");
}

TrackReply read_alert(const Reply& reply) {
  if (const auto call = trouble_of_errors(reply.json(), reply.status); call.trouble != Trouble::none)
    return failed(call.trouble, call.detail, call.retry_after_us);
  if (!is_pushed(reply.json())) return failed(Trouble::bad_reply, "no pushed event");
  return {Trouble::none, "", 0, {item_of_push(reply.json())}};
}

const Subscriptions& subscriptions() {
  static const TrackAlert kTrackAlert;
  return kTrackAlert;
}

}  // namespace roundtrip::carriers::ups
