// Reading times. Zones come from the system's tz database through the date library.
#include "carriers/times.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <map>
#include <sstream>

#include "base/date_pattern.hpp"

namespace roundtrip::carriers {
namespace {
using domain::EventTime;
using domain::ZoneBasis;

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  if (from + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::string wall(int year, int month, int day, std::optional<std::array<int, 3>> clock) {
  const date::year_month_day ymd{date::year{year}, date::month{static_cast<unsigned>(month)}, date::day{static_cast<unsigned>(day)}};
  if (!ymd.ok() || year < 1970 || year > 2200) return "";
  char out[64];
  if (!clock) {
    std::snprintf(out, sizeof out, "%04d-%02d-%02d", year, month, day);
    return out;
  }
  const auto [hour, minute, second] = *clock;
  if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute > 0 || second > 0))) return "";
  std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, std::min(hour, 23), hour == 24 ? 59 : minute,
                hour == 24 ? 59 : std::min(second, 59));
  return out;
}

// "+02:00", "-0500", "+2", "-04.00", "GMT-5", "UTC+1": minutes east.
std::optional<int> offset_of(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (text.starts_with("GMT") || text.starts_with("UTC")) text.remove_prefix(3);
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  std::string plain;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      plain += c;
    else if (c != ':' && c != '.')
      return std::nullopt;
  }
  if (text.size() > 1 && plain.size() == 3) plain.insert(0, "0");  // "5:30"
  if (plain.size() == 1) plain.insert(0, "0");
  if (plain.size() == 2) plain += "00";
  if (plain.size() != 4) return std::nullopt;
  const int minutes = *digits(plain, 0, 2) * 60 + *digits(plain, 2, 2);
  if (minutes > 14 * 60) return std::nullopt;
  return sign * minutes;
}

bool has_clock(std::string_view local) { return local.size() == 19; }

std::optional<Instant> utc_of(const std::string& local, int offset_minutes) {
  const auto as_utc = parse_rfc3339(local + "Z");
  if (!as_utc) return std::nullopt;
  return *as_utc - offset_minutes * kMinute;
}

const date::time_zone* zone_named(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}
}  // namespace

ReadTime read_iso(std::string_view raw) {
  while (!raw.empty() && raw.front() == ' ') raw.remove_prefix(1);
  while (!raw.empty() && raw.back() == ' ') raw.remove_suffix(1);
  const auto year = digits(raw, 0, 4), month = digits(raw, 5, 2), day = digits(raw, 8, 2);
  if (!year || !month || !day || raw[4] != '-' || raw[7] != '-') return {};
  ReadTime read;
  std::string_view rest = raw.substr(10);
  std::optional<std::array<int, 3>> clock;
  if (rest.size() >= 6 && (rest[0] == 'T' || rest[0] == ' ') && rest[3] == ':') {
    const auto hour = digits(rest, 1, 2), minute = digits(rest, 4, 2);
    if (!hour || !minute) return {};
    clock = std::array{*hour, *minute, 0};
    rest.remove_prefix(6);
    if (rest.size() >= 3 && rest[0] == ':') {
      const auto second = digits(rest, 1, 2);
      if (!second) return {};
      (*clock)[2] = *second;
      rest.remove_prefix(3);
      if (!rest.empty() && (rest[0] == '.' || rest[0] == ',')) {
        rest.remove_prefix(1);
        while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') rest.remove_prefix(1);
      }
    }
  }
  if (rest == "Z" || rest == "z") {
    read.zulu = true;
    read.offset_minutes = 0;
  } else if (!rest.empty()) {
    read.offset_minutes = offset_of(rest);
    if (!read.offset_minutes) return {};
  }
  read.local = wall(*year, *month, *day, clock);
  return read.local.empty() ? ReadTime{} : read;
}

ReadTime read_pattern(std::string_view raw, const char* pattern) {
  if (!fits_date_pattern(raw, pattern)) return {};
  std::istringstream in{std::string(raw)};
  in.imbue(std::locale::classic());
  date::local_seconds at{};
  in >> date::parse(pattern, at);
  if (in.fail()) return {};
  const bool clock = std::string_view(pattern).find("%H") != std::string_view::npos ||
                     std::string_view(pattern).find("%I") != std::string_view::npos ||
                     std::string_view(pattern).find("%T") != std::string_view::npos;
  ReadTime read;
  read.local = date::format(clock ? "%FT%T" : "%F", at);
  return read.local.size() == 19 || read.local.size() == 10 ? read : ReadTime{};
}

ReadTime read_compact(std::string_view date, std::string_view time) {
  const auto year = digits(date, 0, 4), month = digits(date, 4, 2), day = digits(date, 6, 2);
  if (date.size() != 8 || !year || !month || !day) return {};
  std::optional<std::array<int, 3>> clock;
  if (!time.empty()) {
    std::string plain;
    std::copy_if(time.begin(), time.end(), std::back_inserter(plain), [](char c) { return c != ':'; });
    const auto hour = digits(plain, 0, 2), minute = digits(plain, 2, 2);
    const auto second = plain.size() == 4 ? std::optional(0) : digits(plain, 4, 2);
    if (!hour || !minute || !second || plain.size() > 6) return {};
    clock = std::array{*hour, *minute, *second};
  }
  ReadTime read;
  read.local = wall(*year, *month, *day, clock);
  return read;
}

EventTime wall_time(std::string raw, const ReadTime& read) { return {std::move(raw), read.local, std::nullopt, ZoneBasis::none}; }

EventTime iso_time(std::string_view raw) {
  const auto read = read_iso(raw);
  auto time = wall_time(std::string(raw), read);
  if (!read.offset_minutes || !has_clock(read.local)) return time;
  time.utc = utc_of(read.local, *read.offset_minutes);
  time.basis = read.zulu ? ZoneBasis::given_utc : ZoneBasis::given_offset;
  return time;
}

EventTime time_with_offset(std::string raw, const ReadTime& read, std::string_view offset) {
  auto time = wall_time(std::move(raw), read);
  const auto minutes = offset == "Z" ? std::optional(0) : offset_of(offset);
  if (!minutes || !has_clock(read.local)) return time;
  time.utc = utc_of(read.local, *minutes);
  time.basis = ZoneBasis::given_offset;
  return time;
}

EventTime time_in_zone(std::string raw, const ReadTime& read, std::string_view zone, ZoneBasis basis) {
  auto time = wall_time(std::move(raw), read);
  const auto* found = zone_named(zone);
  const auto as_utc = has_clock(read.local) ? parse_rfc3339(read.local + "Z") : std::nullopt;
  if (found == nullptr || !as_utc) return time;
  const date::local_time<std::chrono::microseconds> local{std::chrono::microseconds{as_utc->us}};
  time.utc = Instant{found->to_sys(local, date::choose::earliest).time_since_epoch().count()};
  time.basis = basis;
  return time;
}

EventTime time_with_abbreviation(std::string raw, const ReadTime& read, std::string_view abbreviation) {
  struct Fixed {
    std::string_view letters;
    int minutes;
  };
  // Letters that name an offset, and letters that name only a zone (its offset follows from the date).
  static constexpr Fixed kFixed[] = {{"NST", -210},  {"NDT", -150},  {"AST", -240}, {"ADT", -180}, {"EST", -300}, {"EDT", -240},
                                     {"CST", -360},  {"CDT", -300},  {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420},
                                     {"AKST", -540}, {"AKDT", -480}, {"HST", -600}, {"GMT", 0},    {"UTC", 0},    {"Z", 0}};
  static constexpr std::pair<std::string_view, std::string_view> kZones[] = {{"ET", "America/New_York"}, {"CT", "America/Chicago"},
                                                                             {"MT", "America/Denver"},   {"PT", "America/Los_Angeles"},
                                                                             {"AT", "America/Halifax"},  {"NT", "America/St_Johns"}};
  for (const auto& fixed : kFixed) {
    if (fixed.letters != abbreviation) continue;
    auto time = wall_time(std::move(raw), read);
    if (!has_clock(read.local)) return time;
    time.utc = utc_of(read.local, fixed.minutes);
    time.basis = ZoneBasis::given_offset;
    return time;
  }
  for (const auto& [letters, zone] : kZones) {
    if (letters == abbreviation) return time_in_zone(std::move(raw), read, zone, ZoneBasis::given_offset);
  }
  return wall_time(std::move(raw), read);
}

EventTime utc_time(std::string raw, const ReadTime& utc, std::string local) {
  EventTime time{std::move(raw), local.empty() ? utc.local : std::move(local), std::nullopt, ZoneBasis::none};
  if (!has_clock(utc.local)) return time;
  time.utc = parse_rfc3339(utc.local + "Z");
  time.basis = ZoneBasis::given_utc;
  return time;
}

std::optional<std::string_view> zone_of_place(std::string_view country, std::string_view region) {
  // States and provinces that lie in one zone.
  static const std::map<std::string_view, std::string_view> kStates = {
      {"US-CT", "America/New_York"},    {"US-DC", "America/New_York"},    {"US-DE", "America/New_York"},
      {"US-GA", "America/New_York"},    {"US-MA", "America/New_York"},    {"US-MD", "America/New_York"},
      {"US-ME", "America/New_York"},    {"US-NC", "America/New_York"},    {"US-NH", "America/New_York"},
      {"US-NJ", "America/New_York"},    {"US-NY", "America/New_York"},    {"US-OH", "America/New_York"},
      {"US-PA", "America/New_York"},    {"US-RI", "America/New_York"},    {"US-SC", "America/New_York"},
      {"US-VA", "America/New_York"},    {"US-VT", "America/New_York"},    {"US-WV", "America/New_York"},
      {"US-AL", "America/Chicago"},     {"US-AR", "America/Chicago"},     {"US-IA", "America/Chicago"},
      {"US-IL", "America/Chicago"},     {"US-LA", "America/Chicago"},     {"US-MN", "America/Chicago"},
      {"US-MO", "America/Chicago"},     {"US-MS", "America/Chicago"},     {"US-OK", "America/Chicago"},
      {"US-WI", "America/Chicago"},     {"US-CO", "America/Denver"},      {"US-MT", "America/Denver"},
      {"US-NM", "America/Denver"},      {"US-UT", "America/Denver"},      {"US-WY", "America/Denver"},
      {"US-CA", "America/Los_Angeles"}, {"US-NV", "America/Los_Angeles"}, {"US-WA", "America/Los_Angeles"},
      {"US-HI", "Pacific/Honolulu"},    {"US-PR", "America/Puerto_Rico"}, {"CA-AB", "America/Edmonton"},
      {"CA-MB", "America/Winnipeg"},    {"CA-NB", "America/Moncton"},     {"CA-NS", "America/Halifax"},
      {"CA-PE", "America/Halifax"},     {"CA-YT", "America/Whitehorse"},  {"AU-ACT", "Australia/Sydney"},
      {"AU-NSW", "Australia/Sydney"},   {"AU-NT", "Australia/Darwin"},    {"AU-QLD", "Australia/Brisbane"},
      {"AU-SA", "Australia/Adelaide"},  {"AU-TAS", "Australia/Hobart"},   {"AU-VIC", "Australia/Melbourne"},
      {"AU-WA", "Australia/Perth"}};
  static const std::map<std::string_view, std::string_view> kCountries = {
      {"AE", "Asia/Dubai"},         {"AT", "Europe/Vienna"},   {"BE", "Europe/Brussels"},  {"BG", "Europe/Sofia"},
      {"CH", "Europe/Zurich"},      {"CN", "Asia/Shanghai"},   {"CZ", "Europe/Prague"},    {"DE", "Europe/Berlin"},
      {"DK", "Europe/Copenhagen"},  {"EE", "Europe/Tallinn"},  {"FI", "Europe/Helsinki"},  {"GB", "Europe/London"},
      {"GR", "Europe/Athens"},      {"HK", "Asia/Hong_Kong"},  {"HR", "Europe/Zagreb"},    {"HU", "Europe/Budapest"},
      {"IE", "Europe/Dublin"},      {"IL", "Asia/Jerusalem"},  {"IN", "Asia/Kolkata"},     {"IS", "Atlantic/Reykjavik"},
      {"IT", "Europe/Rome"},        {"JP", "Asia/Tokyo"},      {"KR", "Asia/Seoul"},       {"LT", "Europe/Vilnius"},
      {"LU", "Europe/Luxembourg"},  {"LV", "Europe/Riga"},     {"MT", "Europe/Malta"},     {"NL", "Europe/Amsterdam"},
      {"NO", "Europe/Oslo"},        {"PL", "Europe/Warsaw"},   {"RO", "Europe/Bucharest"}, {"RS", "Europe/Belgrade"},
      {"SE", "Europe/Stockholm"},   {"SG", "Asia/Singapore"},  {"SI", "Europe/Ljubljana"}, {"SK", "Europe/Bratislava"},
      {"TH", "Asia/Bangkok"},       {"TR", "Europe/Istanbul"}, {"TW", "Asia/Taipei"},      {"UA", "Europe/Kyiv"},
      {"ZA", "Africa/Johannesburg"}};
  if (const auto found = kCountries.find(country); found != kCountries.end()) return found->second;
  const std::string place = std::string(country) + "-" + std::string(region);
  if (const auto found = kStates.find(place); found != kStates.end()) return found->second;
  return std::nullopt;
}

std::optional<std::string_view> zone_of_address(std::string_view country, std::string_view region, std::string_view postal_code) {
  if (const auto zone = zone_of_place(country, region)) return zone;
  // The first digits of a postal code that lie elsewhere than the mainland: the Canaries (Correos), Madeira and the Azores (CTT), and
  // France overseas (La Poste), which has many zones.
  struct Islands {
    std::string_view country, digits, zone;
  };
  static constexpr Islands kIslands[] = {{"ES", "35", "Atlantic/Canary"},
                                         {"ES", "38", "Atlantic/Canary"},
                                         {"PT", "90", "Atlantic/Madeira"},
                                         {"PT", "91", "Atlantic/Madeira"},
                                         {"PT", "92", "Atlantic/Madeira"},
                                         {"PT", "93", "Atlantic/Madeira"},
                                         {"PT", "94", "Atlantic/Madeira"},
                                         {"PT", "9", "Atlantic/Azores"},
                                         {"FR", "97", ""},
                                         {"FR", "98", ""},
                                         {"ES", "", "Europe/Madrid"},
                                         {"PT", "", "Europe/Lisbon"},
                                         {"FR", "", "Europe/Paris"}};
  if (!digits(postal_code, 0, 4)) return std::nullopt;
  for (const auto& row : kIslands) {
    if (row.country == country && postal_code.starts_with(row.digits)) return row.zone.empty() ? std::nullopt : std::optional(row.zone);
  }
  return std::nullopt;
}

std::optional<int> offset_in_zone(std::string_view zone, Instant at) {
  const auto* found = zone_named(zone);
  if (found == nullptr) return std::nullopt;
  const date::sys_seconds moment{std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds{at.us})};
  return static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(found->get_info(moment).offset).count());
}

EventTime time_at_place(std::string raw, const ReadTime& read, std::string_view country, std::string_view region) {
  const auto zone = zone_of_place(country, region);
  return zone ? time_in_zone(std::move(raw), read, *zone, ZoneBasis::place) : wall_time(std::move(raw), read);
}

EventTime on_wall_of(EventTime time, std::string_view country, std::string_view region) {
  const auto name = zone_of_place(country, region);
  const auto* zone = name ? zone_named(*name) : nullptr;
  if (zone == nullptr || !time.utc) return time;
  const date::sys_seconds at{std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds{time.utc->us})};
  time.local = date::format("%FT%T", zone->to_local(at));
  return time;
}

std::optional<Instant> estimate_of(const EventTime& time) {
  if (time.utc) return time.utc;
  if (time.local.size() == 10) return parse_rfc3339(time.local + "T23:59:59Z");
  return parse_rfc3339(time.local + "Z");
}

}  // namespace roundtrip::carriers
