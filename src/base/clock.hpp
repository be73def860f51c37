// Points in time as microseconds since 1970-01-01T00:00:00Z, and their RFC 3339 text.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roundtrip {

struct Instant {
  std::int64_t us = 0;
  auto operator<=>(const Instant&) const = default;
};

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;

inline Instant operator+(Instant at, std::int64_t us) { return {at.us + us}; }
inline Instant operator-(Instant at, std::int64_t us) { return {at.us - us}; }
inline std::int64_t operator-(Instant a, Instant b) { return a.us - b.us; }

// The wall clock. Only main, http, web and workers call it; everything else is given `now`.
Instant now();
// Monotonic microseconds, for leases and durations inside one process.
std::int64_t steady_us();

// "2026-11-20T09:15:00Z"; with a fraction ("09:15:00.123456Z") only when there is one.
std::string format_rfc3339(Instant at);
// RFC 3339 with any offset; also a blank for the T (PostgreSQL) and "+00" offsets. Years 1 to 9999.
std::optional<Instant> parse_rfc3339(std::string_view text);
// "2026-11-20" in UTC.
std::string format_date(Instant at);

// Civil calendar helpers (proleptic Gregorian, UTC).
std::int64_t days_from_civil(int year, unsigned month, unsigned day);
struct Civil {
  int year;
  unsigned month, day, hour, minute, second;
  std::int64_t us;
};
Civil to_civil(Instant at);

}  // namespace roundtrip
