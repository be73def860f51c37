// The days of pick-ups.
#include "domain/pickups.hpp"

#include "base/clock.hpp"

namespace roundtrip::domain {

std::vector<std::string> pickup_days(std::string_view today, int count) {
  std::vector<std::string> out;
  const auto start = parse_rfc3339(std::string(today) + "T12:00:00Z");
  if (!start) return out;
  for (Instant day = *start + kDay; static_cast<int>(out.size()) < count; day = day + kDay) {
    const std::int64_t weekday = (day.us / kDay + 3) % 7;  // 1970-01-01 was a Thursday; 0 is Monday
    if (weekday < 5) out.push_back(format_date(day));
  }
  return out;
}

}  // namespace roundtrip::domain
