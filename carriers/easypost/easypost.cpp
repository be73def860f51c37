// EasyPost API v2: trackers (asked one at a time, in batches, or pushed as events), requests and replies.
#include "carriers/easypost/easypost.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/easypost/codes.hpp"
#include "carriers/easypost/parts.hpp"
#include "carriers/shipping.hpp"
#include "carriers/subscriptions.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace easypost {
namespace {
constexpr std::string_view kTrackerId = "trk_";
constexpr std::string_view kSignature = "hmac-sha256-hex=";
constexpr int kPage = 20;  // trackers of one page: no more numbers in a batch, or has_more would hide some

// Status and detail together.
std::optional<Code> meaning(const Json& json) {
  const Code* row = find_code(kStatuses, text(json, "status"));
  if (row == nullptr) return std::nullopt;
  Code out = *row;
  const Code* detail = find_code(kDetails, text(json, "status_detail"));
  const bool troubled = out.status == exception || out.status == return_to_sender || out.status == in_transit;
  if (detail == nullptr || !troubled) return out;
  out.reason = detail->reason;
  out.sub_code = detail->sub_code;
  if (detail->status == lost) out.status = lost;
  return out;
}

domain::TrackingEvent event_of(const Json& json) {
  domain::TrackingEvent event;
  event.raw_code = joined({text(json, "status"), text(json, "status_detail"), text(json, "carrier_code")}, " ");
  event.raw_text = text(json, "message");
  if (event.raw_text.empty()) event.raw_text = text(json, "description");
  const Json& place = at(json, "tracking_location");
  event.place = joined({text(place, "city"), text(place, "state"), text(place, "zip"), text(place, "country")});
  event.time = iso_time(text(json, "datetime"));
  if (const auto row = meaning(json)) apply_code(event, &*row);
  return event;
}

// `is_return` says that the shipment was made as a return; its delivery is a delivery. A parcel that was turned around says
// return_to_sender first.
TrackedNumber item_of(const Json& tracker) {
  TrackedNumber item;
  item.number = text(tracker, "tracking_code");
  item.reference = text(tracker, "id");
  const std::string status = text(tracker, "status");
  item.status_raw = joined({status, text(tracker, "status_detail")}, " ");
  for (const Json* one : list(tracker, "tracking_details")) {
    if (one->is_object()) item.events.push_back(event_of(*one));
  }
  mark_way_back(item.events);
  if (const auto row = meaning(tracker)) {
    const auto updated = iso_time(text(tracker, "updated_at"));
    item.headline = domain::Headline{row->status, row->reason, item.events.empty() && updated.utc ? *updated.utc : Instant{INT64_MIN / 2}};
    item.sub_code = row->sub_code;
    const bool turned = std::any_of(item.events.begin(), item.events.end(), [](const auto& event) { return event.return_leg; });
    if (turned && row->status == delivered) item.headline->status = returned;
  } else if (status == "unknown") {
    // An answer too: EasyPost itself does not know.
    item.headline = domain::Headline{domain::TrackingStatus::unknown, Why::none, Instant{INT64_MIN / 2}};
  }
  item.estimated_raw = text(tracker, "est_delivery_date");
  item.estimated_at = estimate_of(iso_time(item.estimated_raw));
  item.signed_by = text(tracker, "signed_by");
  item.weight_g = grams(text(tracker, "weight"), "oz");
  return item;
}

bool is_tracker(const Json& json) { return json.is_object() && has(json, "tracking_code") && at(json, "tracking_details").is_array(); }

TrackReply error_reply(const Reply& reply) {
  const auto call = trouble_of_error(reply);
  return failed(call.trouble, call.detail, call.retry_after_us);
}

bool is_single(const Reply& reply) { return is_error(reply) || is_tracker(reply.json()); }
TrackReply read_single(const Reply& reply) {
  if (is_error(reply)) return error_reply(reply);
  if (!is_tracker(reply.json())) return failed(Trouble::bad_reply, "no tracker");
  TrackReply out;
  out.items.push_back(item_of(reply.json()));
  return out;
}

bool is_page(const Reply& reply) { return at(reply.json(), "trackers").is_array(); }
TrackReply read_page(const Reply& reply) {
  if (is_error(reply)) return error_reply(reply);
  if (!is_page(reply)) return failed(Trouble::bad_reply, "no list of trackers");
  TrackReply out;
  for (const Json* tracker : list(reply.json(), "trackers")) {
    if (is_tracker(*tracker)) out.items.push_back(item_of(*tracker));
  }
  return out;
}

// A push: {"object": "Event", "description": "tracker.updated", "result": {...}}. Events about other things speak of no parcel.
bool is_event(const Reply& reply) { return text(reply.json(), "object") == "Event" && has(reply.json(), "description"); }
TrackReply read_event(const Reply& reply) {
  if (!is_event(reply)) return failed(Trouble::bad_reply, "no event");
  TrackReply out;
  if (is_tracker(at(reply.json(), "result"))) out.items.push_back(item_of(at(reply.json(), "result")));
  return out;
}

// Asking for a number creates its tracker; EasyPost gives the same one back when it is there already. Its id asks without creating, and
// tells the lives of a number apart.
HttpRequest single_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  const TrackQuery& query = queries.front();
  if (query.reference.starts_with(kTrackerId)) return request_to(account, "GET", "/v2/trackers/" + percent_encode(query.reference));
  Json tracker = {{"tracking_code", query.number}};
  if (const auto carrier = part_of(account, "carrier"); !carrier.empty()) tracker["carrier"] = carrier;
  return request_to(account, "POST", "/v2/trackers", {{"tracker", tracker}});
}

// Only trackers that are there already: a number that nobody created is missing from the answer.
HttpRequest batch_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  Json numbers = Json::array();
  for (const TrackQuery& query : queries) numbers.push_back(query.number);
  return request_to(account, "POST", "/v2/trackers/batch", {{"tracking_codes", numbers}});
}

class EasypostCarrier : public Carrier {
 public:
  std::string_view name() const override { return "easypost"; }
  std::string_view title() const override { return "EasyPost"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{.pushes = true};
    return kCapabilities;
  }
  std::span<const Api> apis() const override {
    static const Api kApis[] = {{"trackers", "Trackers, one at a time", 1, is_single, read_single, single_request},
                                {"trackers_batch", "Trackers, a page", kPage, is_page, read_page, batch_request},
                                {"events", "Webhook events", 1, is_event, read_event, {}}};
    return kApis;
  }
  // An aggregator has no numbers of its own but those of its test mode, EZ1000000001 to EZ7000000007.
  bool is_number(std::string_view text) const override {
    return text.size() == 12 && text.starts_with("EZ") && text[2] >= '1' && text[2] <= '7' && text.back() == text[2] &&
           text.substr(3, 8) == "00000000";
  }
  // X-Hmac-Signature over the raw body. EasyPost takes the NFKD form of the secret as the key; a secret in ASCII is its own, any other is
  // to be configured in that form.
  bool push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view, std::string_view body) const override {
    const auto given = header(headers, "x-hmac-signature");
    if (account.push_secret.empty() || !given) return false;
    return equal_in_constant_time(*given, std::string(kSignature) + hmac_sha256_hex(account.push_secret, body));
  }
  TrackReply parse_push(std::string_view body) const override {
    return read_reply(apis()[2], {HttpResponse{200, {}, std::string(body)}, {}});
  }
  const Shipping* shipping() const override { return &easypost_shipping(); }
  const Pickups* pickups() const override { return &easypost_pickups(); }
  const Subscriptions* subscriptions() const override { return &easypost_subscriptions(); }
};

// Every tracker there is is pushed to the account's webhooks (set up once, with the secret they are signed with); so to make one is to
// subscribe. No end of a tracker is documented; to ask for one that is there already gives it back.
class EasypostTrackers : public Subscriptions {
 public:
  std::int64_t lives_us() const override { return 90 * kDay; }
  HttpRequest subscribe_request(const CarrierAccount& account, std::span<const std::string> numbers, const std::string&) const override {
    TrackQuery query;
    query.number = numbers.front();
    return single_request(account, std::span(&query, 1));
  }
  SubscribeReply parse_subscribe(const HttpOutcome& outcome, std::span<const std::string> numbers) const override {
    const auto reply = read_reply(easypost_carrier().apis().front(), outcome);
    return single_subscribe({reply.trouble, reply.detail, reply.retry_after_us}, numbers);
  }
};
}  // namespace

const Subscriptions& easypost_subscriptions() {
  static const EasypostTrackers kTrackerSubscriptions;
  return kTrackerSubscriptions;
}

bool is_error(const Reply& reply) { return at(reply.json(), "error").is_object() || at(reply.json(), "error").is_string(); }

CallTrouble trouble_of_error(const Reply& reply) {
  const Json& error = at(reply.json(), "error");
  auto call = carriers::trouble_of({HttpResponse{reply.status, reply.headers, ""}, {}});
  const std::string code = text(error, "code");
  for (const ErrorCode& known : kErrors) {
    if (known.code == code) call.trouble = known.trouble;
  }
  if (call.trouble == Trouble::none || call.trouble == Trouble::bad_reply) call.trouble = Trouble::bad_request;
  std::string fields;
  for (const Json* field : list(error, "errors")) fields = joined({fields, joined({text(*field, "field"), text(*field, "message")}, " ")});
  call.detail = joined({code, error.is_string() ? text(error) : text(error, "message"), fields}, " ");
  return call;
}

HttpRequest request_to(const CarrierAccount& account, std::string method, const std::string& path, const Json& body) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = (account.base_url.empty() ? std::string(kStandardBase) : account.base_url) + path;
  request.headers = {{"Authorization", "Basic " + to_base64(account.key + ":")}, {"Accept", "application/json"}};
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return request;
}
}  // namespace easypost

const Carrier& easypost_carrier() {
  static const easypost::EasypostCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
