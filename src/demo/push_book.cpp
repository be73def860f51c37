// Subscriptions and pushes.
#include "demo/push_book.hpp"

#include <httplib.h>

#include "demo/tongue_sales.hpp"

namespace roundtrip::demo {
namespace {
constexpr int kPushTimeoutS = 2;

std::string mark_of(const WorldEvent& event) { return event.code + " " + std::to_string(event.at.us) + " " + event.text; }

bool deliver(const PushTarget& target, const httplib::Headers& headers, const std::string& body) {
  const auto scheme = target.url.find("://");
  const auto path = scheme == std::string::npos ? std::string::npos : target.url.find('/', scheme + 3);
  if (path == std::string::npos) return false;
  httplib::Client client(target.url.substr(0, path));
  client.set_connection_timeout(kPushTimeoutS);
  client.set_read_timeout(kPushTimeoutS);
  const auto reply = client.Post(target.url.substr(path), headers, body, "application/json");
  return reply && reply->status / 100 == 2;
}

// Track Alert v2, TrackingEvent: one activity, nothing signed; the credential that was set up is the x-api-key.
bool push_as_ups(const PushTarget& target, const Told& told, const WorldEvent& event) {
  Told one = told;
  one.report.events = {event};
  const auto package = ups_tongue().tell({one}).body.at("/trackResponse/shipment/0/package/0"_json_pointer);
  const auto& activity = package.at("activity").at(0);
  std::string offset = activity.at("gmtOffset");
  std::replace(offset.begin(), offset.end(), ':', '.');
  OrderedJson status = {
      {"type", activity["status"]["type"]}, {"code", activity["status"]["code"]}, {"description", activity["status"]["description"]}};
  if (activity["status"].contains("statusCode")) status["descriptionCode"] = activity["status"]["statusCode"];
  const OrderedJson body = {{"trackingNumber", told.number},
                            {"localActivityDate", activity["date"]},
                            {"localActivityTime", activity["time"]},
                            {"activityLocation", {{"city", event.place}}},
                            {"activityStatus", status},
                            {"scheduledDeliveryDate", without(format_date(told.report.estimated_at), "-")},
                            {"gmtActivityDate", activity["gmtDate"]},
                            {"gmtActivityTime", without(activity["gmtTime"], ":")},
                            {"gmtOffset", offset}};
  return deliver(target, {{"x-api-key", target.secret}, {"User-Agent", "UPSPubSubTrackingService"}}, body.dump());
}

// An Event with the whole tracker, signed over the raw body.
bool push_as_easypost(const PushTarget& target, const Told& told, const std::string& id) {
  const OrderedJson body = {{"id", "evt_" + id},
                            {"object", "Event"},
                            {"mode", "test"},
                            {"description", "tracker.updated"},
                            {"previous_attributes", OrderedJson::object()},
                            {"result", easypost_tongue().tell({told}).body}};
  const std::string text = body.dump();
  return deliver(target, {{"X-Hmac-Signature", "hmac-sha256-hex=" + hmac_sha256_hex(target.secret, text)}}, text);
}

// JSON within a text of the JSON, signed over the time and that text.
bool push_as_usps(const PushTarget& target, const Told& told, const std::string& id, Instant now) {
  const std::string payload = usps_tongue().tell({told}).body.at(0).dump();
  const std::string stamp = format_rfc3339(now);
  const OrderedJson body = {{"subscriptionId", id}, {"subscriptionType", "TRACKING"}, {"timestamp", stamp}, {"payload", payload}};
  std::string signature = hmac_sha256_base64url(target.secret, stamp + payload);
  for (char& c : signature) c = c == '-' ? '+' : c == '_' ? '/' : c;
  return deliver(target, {{"X-HMAC", signature + "="}}, body.dump());
}
}  // namespace

PushBook::PushBook(const WorldBook& world, std::int64_t day_us) : world_(world), day_us_(day_us) {}

void PushBook::set_up(const std::string& tongue, const PushTarget& target) {
  const std::lock_guard lock(mutex_);
  set_up_[tongue] = target;
}

std::string PushBook::subscribe(const std::string& tongue, const std::string& number, const PushTarget& target, Instant until,
                                Instant now) {
  std::set<std::string> past;
  if (const auto parcel = world_.parcel(number)) {
    for (const auto& event : report_of(*parcel, now, day_us_).events) past.insert(mark_of(event));
  }
  const std::lock_guard lock(mutex_);
  Subscription& one = subscriptions_[{tongue, number}];
  if (one.id.empty() || one.until <= now) {
    one.id = random_token();
    one.told = std::move(past);
  }
  one.until = until;
  one.target = target;
  return one.id;
}

std::string PushBook::live(const std::string& tongue, const std::string& number, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = subscriptions_.find({tongue, number});
  return found == subscriptions_.end() || found->second.until <= now ? "" : found->second.id;
}

std::vector<PushBook::Parcel> PushBook::live_ones(Instant now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(subscriptions_, [&](const auto& one) { return one.second.until <= now; });
  std::vector<Parcel> out;
  for (const auto& [key, one] : subscriptions_) {
    const auto target = one.target.url.empty() ? set_up_[key.first] : one.target;
    if (!target.url.empty()) out.push_back({key, target, one.id, one.told});
  }
  return out;
}

int PushBook::push(Instant now) {
  const std::lock_guard round(pushing_);
  int taken = 0;
  for (const auto& parcel : live_ones(now)) taken += push_one(parcel, now);
  return taken;
}

int PushBook::push_one(const Parcel& parcel, Instant now) {
  const auto& [tongue, number] = parcel.key;
  Told told{number, world_.parcel(number), {}};
  if (!told.parcel || told.parcel->voided_at) return 0;
  told.report = report_of(*told.parcel, now, day_us_);
  std::vector<WorldEvent> fresh;
  for (const auto& event : told.report.events) {
    if (!parcel.told.contains(mark_of(event))) fresh.push_back(event);
  }
  if (fresh.empty()) return 0;
  int taken = 0;
  std::set<std::string> done;
  if (tongue == "ups") {
    for (const auto& event : fresh) {
      if (!push_as_ups(parcel.target, told, event)) break;  // in their order
      done.insert(mark_of(event));
      ++taken;
    }
  } else if (tongue == "usps" ? push_as_usps(parcel.target, told, parcel.id, now) : push_as_easypost(parcel.target, told, parcel.id)) {
    for (const auto& event : fresh) done.insert(mark_of(event));
    ++taken;
  }
  const std::lock_guard lock(mutex_);
  if (const auto found = subscriptions_.find(parcel.key); found != subscriptions_.end()) found->second.told.merge(done);
  return taken;
}

}  // namespace roundtrip::demo
