// Promised dates.
#include "domain/promise.hpp"

namespace roundtrip::domain {
namespace {
// 1970-01-01 was a Thursday: day 2 and 3 are Saturday and Sunday.
bool working_day(std::int64_t day) {
  const auto weekday = ((day % 7) + 7) % 7;
  return weekday != 2 && weekday != 3;
}
std::int64_t add_working_days(std::int64_t day, int count) {
  while (!working_day(day)) ++day;
  while (count > 0) {
    ++day;
    if (working_day(day)) --count;
  }
  return day;
}
}  // namespace

Promise promise_for(Instant placed, const PromiseRule& rule) {
  const std::int64_t local = placed.us + rule.utc_offset_us;
  std::int64_t day = local / kDay;
  if (working_day(day) && local % kDay >= rule.cutoff_hour * kHour) ++day;
  const std::int64_t ship_day = add_working_days(day, rule.handling_days);
  const std::int64_t deliver_day = add_working_days(ship_day, rule.transit_days);
  return {Instant{(ship_day + 1) * kDay - rule.utc_offset_us}, Instant{(deliver_day + 1) * kDay - rule.utc_offset_us}};
}

Instant arrival_after(Instant shipped, int working_days, std::int64_t utc_offset_us) {
  const std::int64_t day = add_working_days((shipped.us + utc_offset_us) / kDay, working_days);
  return Instant{(day + 1) * kDay - utc_offset_us};
}

}  // namespace roundtrip::domain
