// The promise: when an order leaves and when it arrives, in whole days of the warehouse.
#pragma once
#include "base/clock.hpp"

namespace roundtrip::domain {

struct PromiseRule {
  int cutoff_hour = 14;
  int handling_days = 1;
  int transit_days = 3;
  std::int64_t utc_offset_us = 0;  // of the warehouse at that time
};
struct Promise {
  Instant ship_by;     // end of the last handling day
  Instant deliver_by;  // end of the last transit day
};
// An order after the cut-off counts from the next day; Saturdays and Sundays are not working days.
Promise promise_for(Instant placed, const PromiseRule& rule);
// The end of the day on which what leaves at `shipped` arrives after so many working days.
Instant arrival_after(Instant shipped, int working_days, std::int64_t utc_offset_us);

}  // namespace roundtrip::domain
