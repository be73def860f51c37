// What the languages share, and their table.
#include "demo/carrier_tongues.hpp"

#include "demo/tongue_parts.hpp"

namespace roundtrip::demo {

std::span<const Tongue> tongues() {
  static const std::vector<Tongue> kAll = {ups_tongue(),
                                           fedex_tongue(),
                                           usps_tongue(),
                                           dhl_tongue(),
                                           easypost_tongue(),
                                           ups_labels_tongue(),
                                           dhl_shipping_tongue(),
                                           dhl_returns_tongue(),
                                           fedex_labels_tongue(),
                                           usps_labels_tongue(),
                                           usps_scan_forms_tongue(),
                                           usps_payments_tongue(),
                                           easypost_labels_tongue(),
                                           easypost_files_tongue(),
                                           easypost_pickups_tongue(),
                                           ups_alert_tongue(),
                                           usps_subscriptions_tongue()};
  return kAll;
}

Stamp stamp_of(const WorldEvent& event) {
  const Instant whole{event.at.us - event.at.us % kSecond};
  Stamp stamp;
  stamp.local = format_rfc3339(whole + event.offset_minutes * kMinute).substr(0, 19);
  stamp.utc = format_rfc3339(whole).substr(0, 19);
  const int minutes = std::abs(event.offset_minutes);
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", event.offset_minutes < 0 ? '-' : '+', (minutes / 60) % 24, minutes % 60);
  stamp.offset = text;
  return stamp;
}

std::string without(std::string text, std::string_view marks) {
  std::erase_if(text, [&](char c) { return marks.find(c) != std::string_view::npos; });
  return text;
}

std::string query_value(const TongueRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return value;
  }
  return "";
}

std::string form_value(const std::string& body, std::string_view name) {
  std::size_t at = 0;
  while (at < body.size()) {
    const std::size_t end = std::min(body.find('&', at), body.size());
    const auto pair = std::string_view(body).substr(at, end - at);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return percent_decode(pair.substr(equals + 1), true);
    at = end + 1;
  }
  return "";
}

std::string bearer_of(const TongueRequest& request) {
  const std::string given(header(request.headers, "authorization").value_or(""));
  return given.starts_with("Bearer ") ? given.substr(7) : "";
}

std::pair<std::string, std::string> basic_of(const TongueRequest& request) {
  const std::string given(header(request.headers, "authorization").value_or(""));
  if (!given.starts_with("Basic ")) return {};
  const auto plain = from_base64(given.substr(6));
  const auto colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) return {};
  return {plain->substr(0, colon), plain->substr(colon + 1)};
}

std::vector<const WorldEvent*> newest_first(const WorldReport& report) {
  std::vector<const WorldEvent*> out;
  for (const auto& event : report.events) out.push_back(&event);
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->at > b->at; });
  return out;
}

const Phrase& phrase_of(std::span<const Phrase> phrases, const WorldEvent& event) {
  const Phrase* otherwise = &phrases.back();
  for (const Phrase& phrase : phrases) {
    if (phrase.world == event.code && phrase.back == event.return_leg) return phrase;
    if (phrase.world == event.code && !phrase.back) otherwise = &phrase;
  }
  return *otherwise;
}

}  // namespace roundtrip::demo
