// Landmark Global: requests and replies of its Track API (XML).
#include "carriers/landmark/landmark.hpp"

#include <algorithm>

#include "carriers/landmark/codes.hpp"
#include "carriers/reply.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers {
namespace landmark {
namespace {
// Wall clocks of two places never differ by more than this.
constexpr std::int64_t kWidestClocksUs = 26 * kHour;

// "10/01/2025 03:02 PM" or "2025-10-27 05:48:01". No zone: the scans come from the warehouse, the crossing and the last carrier, each
// with a clock of its own, not always that of the place (a delivery is printed hours before the hub scans that preceded it).
domain::EventTime time_of(const std::string& raw) {
  const bool twelve_hours = raw.ends_with("AM") || raw.ends_with("PM");
  return wall_time(raw, twelve_hours ? read_pattern(raw, "%m/%d/%Y %I:%M %p") : read_iso(raw));
}

domain::TrackingEvent event_of(pugi::xml_node node) {
  domain::TrackingEvent event;
  event.raw_code = text(node, "EventCode");
  event.raw_text = text(node, "Status");
  event.place = text(node, "Location");
  event.time = time_of(text(node, "DateTime"));
  apply_code(event, find_code(kCodes, event.raw_code));
  return event;
}

// A delivery stands although scans with a later clock surround it, unless one is later by any clock.
std::optional<domain::Headline> headline_of(const std::vector<domain::TrackingEvent>& events) {
  const domain::TrackingEvent* end = nullptr;
  Instant newest{INT64_MIN};
  for (const auto& event : events) {
    if (!event.physical) continue;
    newest = std::max(newest, domain::order_time(event));
    const bool later = end == nullptr || domain::order_time(event) > domain::order_time(*end);
    if (event.status == domain::TrackingStatus::delivered && later) end = &event;
  }
  const bool stands = end != nullptr && newest - domain::order_time(*end) <= kWidestClocksUs;
  return stands ? headline_of_code(find_code(kCodes, end->raw_code)) : std::nullopt;
}

TrackedNumber item_of(pugi::xml_node package) {
  TrackedNumber item;
  item.number = text(package, "TrackingNumber");
  item.reference = text(package, "LandmarkTrackingNumber");
  if (item.number.empty()) item.number = item.reference;
  for (const auto event : list(package, "Events/Event")) item.events.push_back(event_of(event));
  item.headline = headline_of(item.events);
  const auto counts = [&](const domain::TrackingEvent& event) {
    return std::pair(item.headline && event.status == item.headline->status, domain::order_time(event));
  };
  const auto newest =
      std::max_element(item.events.begin(), item.events.end(), [&](const auto& a, const auto& b) { return counts(a) < counts(b); });
  if (newest != item.events.end()) item.status_raw = joined({newest->raw_code, newest->raw_text}, " ");
  return item;
}

// ErrorCode is a word; only "Login" is known to be about the credentials.
TrackReply failure_of(pugi::xml_node response) {
  const auto error = at(response, "Errors/Error");
  const auto code = text(error, "ErrorCode"), words = text(error, "ErrorMessage");
  auto said = joined({code, words}, ": ");
  if (said.empty()) said = text(response, "Result/ResultMessage");
  return failed(code == "Login" ? Trouble::auth : Trouble::bad_request, said);
}

bool recognizes_track(const Reply& reply) { return local_name(reply.xml()) == "TrackResponse"; }

TrackReply read_track(const Reply& reply) {
  if (!recognizes_track(reply)) return failed(Trouble::bad_reply, "no TrackResponse");
  const auto call = trouble_of({HttpResponse{reply.status, reply.headers, ""}, {}});
  if (call.trouble == Trouble::rate_limited || call.trouble == Trouble::service)
    return failed(call.trouble, call.detail, call.retry_after_us);
  const auto result = at(reply.xml(), "Result");
  if (text(result, "Success") != "true" || at(reply.xml(), "Errors/Error")) return failure_of(reply.xml());
  TrackReply out;
  for (const auto package : list(result, "Packages/Package")) out.items.push_back(item_of(package));
  if (out.items.empty()) return failed(Trouble::not_found, "no packages");
  return out;
}

HttpRequest xml_request(const CarrierAccount& account, std::span<const TrackQuery> queries) {
  HttpRequest request;
  request.method = "POST";
  request.url = (account.base_url.empty() ? "https://api.landmarkglobal.com/v2" : account.base_url) + "/Track.php";
  request.headers = {{"Content-Type", "application/xml"}, {"Accept", "application/xml"}};
  const std::string number = queries.empty() ? "" : queries[0].number;
  request.body = R"(<?xml version="1.0" encoding="UTF-8"?><TrackRequest><Login><Username>)" + xml_escaped(account.key) +
                 "</Username><Password>" + xml_escaped(account.secret) + "</Password></Login><Test>false</Test><ClientID>" +
                 xml_escaped(account.customer) + "</ClientID><TrackingNumber>" + xml_escaped(number) +
                 "</TrackingNumber><RetrievalType>Historical</RetrievalType></TrackRequest>";
  return request;
}

class LandmarkCarrier : public Carrier {
 public:
  std::string_view name() const override { return "landmark"; }
  std::string_view title() const override { return "Landmark Global"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};
    return kCapabilities;
  }
  std::span<const Api> apis() const override {
    static const Api kApis[] = {{"track_xml", "Track API (XML)", 1, recognizes_track, read_track, xml_request}};
    return kApis;
  }
  // "LTN", eight or nine digits, "N" and the package's number: its own. Other numbers are those of the last carrier.
  bool is_number(std::string_view text) const override {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto mark = text.find('N', 3);
    if (!text.starts_with("LTN") || mark == std::string_view::npos) return false;
    const auto serial = text.substr(3, mark - 3), package = text.substr(mark + 1);
    return (serial.size() == 8 || serial.size() == 9) && std::all_of(serial.begin(), serial.end(), digit) && !package.empty() &&
           package.size() <= 3 && std::all_of(package.begin(), package.end(), digit);
  }
};
}  // namespace
}  // namespace landmark

const Carrier& landmark_carrier() {
  static const landmark::LandmarkCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
