// The clock and RFC 3339. Calendar arithmetic comes from <chrono>; time zones live in messages.
#include "base/clock.hpp"

#include <chrono>
#include <cstdio>

namespace roundtrip {

Instant now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t days_from_civil(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}}.time_since_epoch().count();
}

Civil to_civil(Instant at) {
  using namespace std::chrono;
  const auto point = sys_time<microseconds>{microseconds{at.us}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const auto rest = (point - day).count();
  return {int(date.year()),
          unsigned(date.month()),
          unsigned(date.day()),
          static_cast<unsigned>(rest / kHour),
          static_cast<unsigned>(rest / kMinute % 60),
          static_cast<unsigned>(rest / kSecond % 60),
          rest % kSecond};
}

std::string format_rfc3339(Instant at) {
  const Civil c = to_civil(at);
  char buffer[48];
  int length = std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02u:%02u:%02u", c.year, c.month, c.day, c.hour, c.minute, c.second);
  if (c.us != 0) {
    length += std::snprintf(buffer + length, sizeof buffer - static_cast<std::size_t>(length), ".%06lld", static_cast<long long>(c.us));
  }
  return std::string(buffer, static_cast<std::size_t>(length)) + "Z";
}

std::string format_date(Instant at) { return format_rfc3339(at).substr(0, 10); }

namespace {
// Reads exactly `digits` digits at `at`, or -1.
int digits_at(std::string_view text, std::size_t& at, int digits) {
  int number = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
    number = number * 10 + (text[at] - '0');
  }
  return number;
}
bool skip(std::string_view text, std::size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}
// "Z", "+01:00", "+0100" or "+01" up to the end of the text, in minutes.
std::optional<int> offset_minutes(std::string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  if ((text[at] == 'Z' || text[at] == 'z') && at + 1 == text.size()) return 0;
  if (text[at] != '+' && text[at] != '-') return std::nullopt;
  const int sign = text[at] == '-' ? -1 : 1;
  const int hours = digits_at(text, ++at, 2);
  if (hours < 0 || hours > 23) return std::nullopt;
  int minutes = 0;
  if (at < text.size()) {
    skip(text, at, ":");
    minutes = digits_at(text, at, 2);
    if (minutes < 0 || minutes > 59 || at != text.size()) return std::nullopt;
  }
  return sign * (hours * 60 + minutes);
}
}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const int year = digits_at(text, at, 4);
  if (year < 1 || !skip(text, at, "-")) return std::nullopt;
  const int month = digits_at(text, at, 2);
  if (!skip(text, at, "-")) return std::nullopt;
  const int day = digits_at(text, at, 2);
  if (!skip(text, at, "Tt ")) return std::nullopt;
  const int hour = digits_at(text, at, 2);
  if (!skip(text, at, ":")) return std::nullopt;
  const int minute = digits_at(text, at, 2);
  if (!skip(text, at, ":")) return std::nullopt;
  const int second = digits_at(text, at, 2);
  if (month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t fraction = 0;
  if (skip(text, at, ".")) {
    std::int64_t unit = kSecond / 10;
    const std::size_t first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      fraction += unit * (text[at] - '0');
    }
    if (at == first) return std::nullopt;
  }
  const auto offset = offset_minutes(text, at);
  if (!offset) return std::nullopt;
  const std::int64_t days = days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  return Instant{days * kDay + hour * kHour + (minute - *offset) * kMinute + second * kSecond + fraction};
}

}  // namespace roundtrip
