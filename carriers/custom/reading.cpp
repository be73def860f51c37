// Replies of described carriers.
#include <algorithm>
#include <charconv>

#include "carriers/custom/description.hpp"
#include "carriers/times.hpp"

namespace roundtrip::carriers::custom {
namespace {
constexpr std::size_t kMostRecords = 1000, kMostRead = 5000;

bool holds(const Condition& condition, const Spot& from, std::string* value = nullptr) {
  for (const auto& path : condition.at) {
    const auto said = path.text(from);
    if (said.empty() || std::ranges::find(condition.is_not, said) != condition.is_not.end()) continue;
    const bool any = condition.is.empty() && condition.contains.empty();
    const bool equal = std::ranges::find(condition.is, said) != condition.is.end();
    const bool part = std::ranges::any_of(condition.contains, [&](const auto& one) { return said.find(one) != std::string::npos; });
    if (!any && !equal && !part) continue;
    if (value != nullptr) *value = said;
    return true;
  }
  return false;
}

struct Failure {
  Trouble trouble = Trouble::none;
  std::string detail;
};

Failure failure_at(const Description& description, int status, const Spot& from, bool of_record) {
  for (const auto& rule : description.errors) {
    if (rule.of_record != of_record) continue;
    if (!rule.statuses.empty() && std::ranges::find(rule.statuses, status) == rule.statuses.end()) continue;
    std::string value;
    if (!rule.when.at.empty() && !holds(rule.when, from, &value)) continue;
    const auto known = rule.kinds.find(value);
    auto detail = joined_text(rule.detail, from, " ");
    if (detail.empty()) detail = value.empty() ? "HTTP " + std::to_string(status) : value;
    return {known == rule.kinds.end() ? rule.kind : known->second, std::move(detail)};
  }
  return {};
}

const Meaning* meaning_of(const std::map<std::string, Meaning, std::less<>>& table, const std::string& word) {
  const auto found = word.empty() ? table.end() : table.find(word);
  return found == table.end() ? nullptr : &found->second;
}

domain::TrackingEvent event_at(const Description& description, const Spot& spot) {
  domain::TrackingEvent event;
  event.raw_code = first_text(description.event_code, spot);
  event.raw_text = first_text(description.event_text, spot);
  event.place = joined_text(description.event_place, spot);
  event.time = time_of(description.event_time, description, spot);
  // A phrase that the file knows is finer than the code it came with.
  const auto* meaning = meaning_of(description.texts, event.raw_text);
  if (meaning == nullptr) meaning = meaning_of(description.codes, event.raw_code);
  if (meaning != nullptr) {
    event.status = meaning->status;
    event.reason = meaning->reason;
    event.sub_code = meaning->sub_code;
    event.physical = meaning->physical;
  }
  event.return_leg = std::ranges::any_of(description.return_leg, [&](const auto& rule) { return holds(rule, spot); });
  return event;
}

void read_headline(const Description& description, const Spot& spot, TrackedNumber& item) {
  const auto code = first_text(description.headline_code, spot), words = first_text(description.headline_text, spot);
  item.status_raw = code == words ? code : joined({code, words}, " ");
  const auto* meaning = meaning_of(description.headline_codes, code);
  if (meaning == nullptr) meaning = meaning_of(description.codes, code);
  if (meaning == nullptr || !meaning->physical) return;
  item.sub_code = meaning->sub_code;
  item.headline = domain::Headline{meaning->status, meaning->reason, Instant{INT64_MIN / 2}};
}

TrackedNumber record_at(const Description& description, int status, const Spot& spot) {
  const auto number = first_text(description.number, spot);
  if (auto failure = failure_at(description, status, spot, true); failure.trouble != Trouble::none)
    return failed_item(number, failure.trouble, std::move(failure.detail));
  TrackedNumber item;
  item.number = number;
  item.reference = first_text(description.reference, spot);
  item.signed_by = first_text(description.signed_by, spot);
  const auto unit = first_text(description.weight_unit, spot);
  item.weight_g = grams(first_text(description.weight, spot), unit.empty() ? description.weight_unit_is : unit);
  if (description.estimate.given()) {
    const auto time = time_of(description.estimate, description, spot);
    item.estimated_raw = time.raw;
    item.estimated_at = estimate_of(time);
  }
  for (const auto& path : description.events) {
    for (const auto& one : path.members(spot)) {
      if (item.events.size() >= kMostRead) break;
      auto event = event_at(description, one);
      if (!event.raw_code.empty() || !event.raw_text.empty()) item.events.push_back(std::move(event));
    }
  }
  read_headline(description, spot, item);
  if (item.status_raw.empty() && !item.events.empty()) {
    const auto newest = std::ranges::max_element(item.events, {}, [](const auto& event) { return domain::order_time(event); });
    item.status_raw = joined({newest->raw_code, newest->raw_text}, " ");
  }
  return item;
}

// "/Date(1469163600000-0500)/": milliseconds of UTC, and the offset at which the other side read its wall clock.
ReadTime read_dotnet(std::string_view raw) {
  const auto open = raw.find('(');
  if (open == std::string_view::npos) return {};
  std::int64_t ms = 0;
  const char* const end = raw.data() + raw.size();
  const auto [rest, fault] = std::from_chars(raw.data() + open + 1, end, ms);
  // Within the years 1970 to 2200: .NET's smallest date means none.
  if (fault != std::errc{} || ms < 0 || ms > 7'258'118'400'000) return {};
  const std::string_view tail(rest, static_cast<std::size_t>(end - rest));
  int minutes = 0;
  if (tail.size() >= 5 && (tail[0] == '+' || tail[0] == '-')) {
    int hhmm = 0;
    if (std::from_chars(tail.data() + 1, tail.data() + 5, hhmm).ptr != tail.data() + 5) return {};
    minutes = (hhmm / 100 * 60 + hhmm % 100) * (tail[0] == '-' ? -1 : 1);
  }
  return read_iso(format_rfc3339(Instant{ms * 1000} + minutes * kMinute).substr(0, 19));
}

// Digits alone, or with a fraction, which is dropped.
ReadTime read_unix(std::string_view raw, std::int64_t unit_us) {
  std::int64_t count = 0;
  const char* const last = raw.data() + raw.size();
  const auto [end, fault] = std::from_chars(raw.data(), last, count);
  const std::string_view rest(end, static_cast<std::size_t>(last - end));
  const bool fraction = rest.starts_with('.') && rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (fault != std::errc{} || !(rest.empty() || fraction) || count < 0 || count > 7'258'118'400'000'000 / unit_us) return {};
  return read_iso(format_rfc3339(Instant{count * unit_us}).substr(0, 19) + "Z");
}

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

ReadTime read_by(const TimeRule& rule, const std::string& whole, const std::string& date, const std::string& clock) {
  if (rule.format == "unix") return read_unix(whole, kSecond);
  if (rule.format == "unix_ms") return read_unix(whole, kSecond / 1000);
  if (rule.format == "compact") {
    const auto digits = digits_of(whole.empty() ? date + clock : whole);
    return read_compact(digits.substr(0, 8), digits.size() > 8 ? digits.substr(8) : "");
  }
  if (rule.format == "dotnet") {
    if (!whole.empty()) return read_dotnet(whole);
    auto day = read_dotnet(date);
    const auto hour = read_dotnet(clock);
    if (day.local.size() == 19 && hour.local.size() == 19)
      day.local.replace(10, 9, hour.local.substr(10));
    else if (day.local.size() == 19)
      day.local.resize(10);
    return day;
  }
  if (rule.format == "iso") return read_iso(!whole.empty() ? whole : clock.empty() ? date : date + "T" + clock);
  return read_pattern(whole.empty() ? joined({date, clock}, " ") : whole, rule.format.c_str());
}

std::string country_at(const TimeRule& rule, const Description& description, const Spot& from) {
  if (!rule.in_country.empty()) return rule.in_country;
  auto country = first_text(rule.country, from);
  if (!rule.country_after.empty()) {
    const auto behind = country.rfind(rule.country_after);
    if (behind != std::string::npos) country = clean_text(std::string_view(country).substr(behind + rule.country_after.size()));
  }
  const auto known = description.countries.find(country);
  return known == description.countries.end() ? country : known->second;
}
}  // namespace

domain::EventTime time_of(const TimeRule& rule, const Description& description, const Spot& from) {
  const auto whole = first_text(rule.at, from), date = first_text(rule.date, from), clock = first_text(rule.clock, from);
  const auto raw = whole.empty() ? joined({date, clock}, " ") : whole;
  const auto read = read_by(rule, whole, date, clock);
  const auto offset = first_text(rule.offset, from);
  domain::EventTime time;
  if (!offset.empty()) {
    time = time_with_offset(raw, read, offset);
  } else if (read.zulu) {
    time = utc_time(raw, read);
  } else if (read.offset_minutes) {
    const int minutes = std::abs(*read.offset_minutes);
    char text[16];
    std::snprintf(text, sizeof text, "%c%02d:%02d", *read.offset_minutes < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
    time = time_with_offset(raw, read, text);
  } else {
    time = time_at_place(raw, read, country_at(rule, description, from), first_text(rule.region, from));
    if (!time.utc && !rule.zone.empty()) time = time_in_zone(raw, read, rule.zone, domain::ZoneBasis::carrier_zone);
  }
  if (const auto local = read_iso(first_text(rule.local, from)).local; !local.empty()) time.local = local;
  return time;
}

bool is_described(const Description& description, const Reply& reply) {
  const Sheet sheet(reply, description.kind);
  if (!sheet.readable()) return false;
  return std::ranges::any_of(description.known_by, [&](const Path& path) { return !path.all(sheet.root()).empty(); });
}

TrackReply read_described(const Description& description, const Reply& reply) {
  const auto call = trouble_of(HttpOutcome{HttpResponse{reply.status, {}, {}}, {}});
  const Sheet sheet(reply, description.kind);
  if (!sheet.readable()) {
    if (call.trouble != Trouble::none && call.trouble != Trouble::not_found) return failed(call.trouble, call.detail);
    return failed(Trouble::bad_reply, std::string("not the ") + (description.kind == DocumentKind::json ? "JSON" : "XML") + " expected");
  }
  const Spot root = sheet.root();
  if (auto failure = failure_at(description, reply.status, root, false); failure.trouble != Trouble::none)
    return failed(failure.trouble, std::move(failure.detail));
  if (call.trouble != Trouble::none) return failed(call.trouble, call.detail);
  if (!is_described(description, reply)) return failed(Trouble::bad_reply, "nothing that its file names is in the answer");
  TrackReply out;
  for (const auto& path : description.records) {
    for (const auto& spot : path.members(root)) {
      if (out.items.size() < kMostRecords) out.items.push_back(record_at(description, reply.status, spot));
    }
  }
  for (const auto& path : description.missing) {
    for (const auto& spot : path.members(root)) {
      if (auto number = text_of(spot); !number.empty() && out.items.size() < kMostRecords)
        out.items.push_back(failed_item(std::move(number), Trouble::not_found, "not found"));
    }
  }
  if (out.items.empty()) return failed(Trouble::not_found, "no parcel in the answer");
  return out;
}

}  // namespace roundtrip::carriers::custom
