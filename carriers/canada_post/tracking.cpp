// Canada Post tracking: Tracking PWS, the detail and the summary of a parcel (specs: track.xsd).
#include <algorithm>

#include "carriers/canada_post/codes.hpp"
#include "carriers/canada_post/parts.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers::canada_post {
namespace {
constexpr std::string_view kTrackMediaType = "application/vnd.cpc.track-v2+xml";
constexpr int kSummariesPerCall = 1;
// The words that tell a delivery back to the sender where its code is the plain 1496 or 1498.
constexpr std::string_view kBackWithSender[] = {"L'article a été renvoyé avec succès à l'expéditeur."};

std::string_view without_zeros(std::string_view code) {
  while (code.size() > 1 && code.front() == '0') code.remove_prefix(1);
  return code;
}

// The province of a postal code's first letter, where that letter is one province's.
std::string_view province_of(std::string_view postal) {
  static constexpr std::pair<char, std::string_view> kLetters[] = {
      {'A', "NL"}, {'B', "NS"}, {'C', "PE"}, {'E', "NB"}, {'G', "QC"}, {'H', "QC"}, {'J', "QC"}, {'K', "ON"}, {'L', "ON"},
      {'M', "ON"}, {'N', "ON"}, {'P', "ON"}, {'R', "MB"}, {'S', "SK"}, {'T', "AB"}, {'V', "BC"}, {'Y', "YT"}};
  for (const auto& [letter, province] : kLetters) {
    if (!postal.empty() && postal.front() == letter) return province;
  }
  return "";
}

domain::EventTime time_of(pugi::xml_node occurrence) {
  const std::string date = text(occurrence, "event-date"), clock = text(occurrence, "event-time");
  const std::string zone = text(occurrence, "event-time-zone");
  const std::string raw = joined({date, clock, zone}, " ");
  const auto read = read_iso(joined({date, clock}, "T"));
  if (const auto given = time_with_abbreviation(raw, read, zone); given.utc || !zone.empty()) return given;
  return time_at_place(raw, read, "CA", text(occurrence, "event-province"));
}

domain::TrackingEvent event_of(pugi::xml_node occurrence) {
  domain::TrackingEvent event;
  event.raw_code = text(occurrence, "event-identifier");
  event.raw_text = text(occurrence, "event-description");
  event.place = joined({text(occurrence, "event-retail-name"), text(occurrence, "event-site"), text(occurrence, "event-province")});
  event.time = time_of(occurrence);
  apply_code(event, find_code(kEvents, without_zeros(event.raw_code)));
  return event;
}

// What comes after the turn belongs to the way back, and so does all of a return that names the PIN of its way out.
void mark_return_leg(std::vector<domain::TrackingEvent>& events, bool all) {
  Instant turned{INT64_MAX};
  for (const auto& event : events) {
    if (event.status == return_to_sender && event.physical) turned = std::min(turned, domain::order_time(event));
  }
  for (auto& event : events) {
    const bool said = std::find(std::begin(kBackWithSender), std::end(kBackWithSender), event.raw_text) != std::end(kBackWithSender);
    event.return_leg = all || said || (event.status != return_to_sender && domain::order_time(event) > turned);
  }
}

void estimate(TrackedNumber& item, const std::string& date, std::string_view province) {
  item.estimated_raw = date;
  const auto read = read_iso(date);
  if (read.local.empty()) return;
  const auto end_of_day = read_iso(read.local.substr(0, 10) + "T23:59:59");
  item.estimated_at = estimate_of(time_at_place(date, end_of_day, "CA", province));
}

// The signature of the delivery that stands; older ones (of a delivery that was none) stay in the reply as well.
std::string signature_of(const std::vector<pugi::xml_node>& occurrences, const TrackedNumber& item) {
  const auto derived = domain::derive_status(item.events, item.headline);
  if (derived.status != delivered && derived.status != returned) return "";
  std::string name;
  Instant newest{INT64_MIN};
  for (const auto occurrence : occurrences) {
    const auto event = event_of(occurrence);
    const std::string signatory = text(occurrence, "signatory-name");
    if (signatory.empty() || event.status != delivered || domain::order_time(event) < newest) continue;
    newest = domain::order_time(event);
    name = signatory;
  }
  // The image may come late, but not before the delivery.
  return derived.delivered_at && newest < *derived.delivered_at ? "" : name;
}

TrackedNumber item_of_detail(pugi::xml_node detail) {
  TrackedNumber item;
  item.number = text(detail, "pin");
  const auto occurrences = list(detail, "significant-events/occurrence");
  for (const auto occurrence : occurrences) item.events.push_back(event_of(occurrence));
  mark_return_leg(item.events, !text(detail, "original-pin").empty());
  const auto newest = std::max_element(item.events.begin(), item.events.end(), [](const auto& a, const auto& b) {
    return std::pair(domain::order_time(a), a.physical) < std::pair(domain::order_time(b), b.physical);
  });
  if (newest != item.events.end()) item.status_raw = joined({newest->raw_code, newest->raw_text}, " ");
  const std::string changed = text(detail, "changed-expected-date");
  estimate(item, changed.empty() ? text(detail, "expected-delivery-date") : changed, province_of(text(detail, "destination-postal-id")));
  item.signed_by = signature_of(occurrences, item);
  return item;
}

// "20110404:133457", on the wall of nobody knows where.
ReadTime summary_time(std::string_view raw) {
  const auto colon = raw.find(':');
  return colon == std::string_view::npos ? read_compact(raw, "") : read_compact(raw.substr(0, colon), raw.substr(colon + 1));
}

TrackedNumber item_of_summary(pugi::xml_node summary) {
  TrackedNumber item;
  item.number = text(summary, "pin");
  domain::TrackingEvent event;
  event.raw_code = text(summary, "event-type");
  event.raw_text = text(summary, "event-description");
  event.place = text(summary, "event-location");
  event.time = wall_time(text(summary, "event-date-time"), summary_time(text(summary, "event-date-time")));
  apply_code(event, find_code(kSummaries, event.raw_code));
  item.status_raw = joined({event.raw_code, event.raw_text}, " ");
  if (!item.status_raw.empty()) item.events.push_back(event);
  const std::string delivered_on = text(summary, "actual-delivery-date");
  if (!delivered_on.empty()) item.headline = domain::Headline{delivered, Why::none, Instant{INT64_MIN / 2}};
  if (!delivered_on.empty()) item.signed_by = text(summary, "signatory-name");
  estimate(item, text(summary, "expected-delivery-date"), text(summary, "destination-province"));
  return item;
}

// The element that a parcel is in; a batch of replies may be wrapped into another.
pugi::xml_node inner(pugi::xml_node root, std::string_view name) { return local_name(root) == name ? root : at(root, name); }

TrackReply read_tracking(const Reply& reply) {
  const auto root = reply.xml();
  const auto detail = inner(root, "tracking-detail");
  const auto summaries = list(inner(root, "tracking-summary"), "pin-summary");
  if (!detail && summaries.empty()) {
    if (!is_error_body(root) && reply.status < 400) return failed(Trouble::bad_reply, "an answer without a parcel");
    const auto error = error_of(reply.status, root);
    return failed(error.trouble, error.detail, error.retry_after_us);
  }
  TrackReply out;
  if (detail) out.items.push_back(item_of_detail(detail));
  for (const auto summary : summaries) out.items.push_back(item_of_summary(summary));
  return out;
}

HttpRequest request_for(const CarrierAccount& account, std::span<const TrackQuery> queries, std::string_view what) {
  const std::string number = queries.empty() ? "" : plain_number(queries[0].number);
  const bool french = !queries.empty() && queries[0].locale.starts_with("fr");
  auto request = xml_request(account, "GET", base_url(account) + "/vis/track/pin/" + percent_encode(number) + "/" + std::string(what),
                             kTrackMediaType, "");
  request.headers.emplace_back("Accept-language", french ? "fr-CA" : "en-CA");
  return request;
}
}  // namespace

std::span<const Api> tracking_apis() {
  static const std::vector<Api> kApis = {
      {"track_detail", "Tracking PWS v2, detail", 1,
       [](const Reply& reply) { return inner(reply.xml(), "tracking-detail") || is_error_body(reply.xml()); }, read_tracking,
       [](const CarrierAccount& account, std::span<const TrackQuery> queries) { return request_for(account, queries, "detail"); }},
      {"track_summary", "Tracking PWS v2, summary", kSummariesPerCall,
       [](const Reply& reply) { return bool(inner(reply.xml(), "tracking-summary")); }, read_tracking,
       [](const CarrierAccount& account, std::span<const TrackQuery> queries) { return request_for(account, queries, "summary"); }},
  };
  return kApis;
}

}  // namespace roundtrip::carriers::canada_post
