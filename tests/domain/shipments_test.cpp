// Shipments and promises: which steps there are, and on which days they count.
#include "domain/shipments.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "domain/promise.hpp"

namespace roundtrip::domain {
namespace {

TEST(Shipments, TheStepsAreTheseAndNoOthers) {
  using S = ShipmentStatus;
  using E = ShipmentEvent;
  const S states[] = {S::backordered, S::allocated,   S::picking,   S::picked,   S::packing, S::packed,
                      S::labeled,     S::handed_over, S::delivered, S::returned, S::lost,    S::canceled};
  const E events[] = {E::allocate, E::pick_unit, E::pick_last, E::run_short,    E::pack_unit, E::pack_last,
                      E::label,    E::hand_over, E::deliver,   E::return_to_us, E::lose,      E::cancel};
  // A row a state, a column an event; '.' is no step, letters name the state in the order above from a.
  const char* table[] = {
      "b..........l", ".cda.......l", ".cda.......l", "....ef.....l", "....ef.....l", "......gh...l",
      ".......h...l", "........ijk.", ".........j..", "............", "........ij..", "............",
  };
  for (std::size_t s = 0; s < std::size(states); ++s) {
    for (std::size_t e = 0; e < std::size(events); ++e) {
      const auto next = next_status(states[s], events[e]);
      const char wanted = table[s][e];
      EXPECT_EQ(next ? static_cast<char>('a' + static_cast<int>(*next)) : '.', wanted) << to_text(states[s]) << " event " << e;
    }
    EXPECT_EQ(parse_shipment_status(to_text(states[s])), states[s]);
    EXPECT_EQ(can_cancel(states[s]), table[s][11] == 'l');
  }
}

TEST(Shipments, ChangesEndWherePackingBegins) {
  for (const auto status : {ShipmentStatus::backordered, ShipmentStatus::allocated, ShipmentStatus::picking, ShipmentStatus::picked})
    EXPECT_TRUE(can_change(status));
  for (const auto status :
       {ShipmentStatus::packing, ShipmentStatus::packed, ShipmentStatus::labeled, ShipmentStatus::handed_over, ShipmentStatus::delivered}) {
    EXPECT_FALSE(can_change(status));
  }
}

struct Day {
  const char* placed;
  const char* ship_by;
  const char* deliver_by;
};

TEST(Promise, CountsWorkingDaysFromTheCutOff) {
  // 2026-11-16 is a Monday.
  const Day days[] = {
      {"2026-11-16T09:00:00Z", "2026-11-18T00:00:00Z", "2026-11-21T00:00:00Z"},  // Monday morning: Tuesday, then three days
      {"2026-11-16T13:59:59Z", "2026-11-18T00:00:00Z", "2026-11-21T00:00:00Z"},
      {"2026-11-16T14:00:00Z", "2026-11-19T00:00:00Z", "2026-11-24T00:00:00Z"},  // after the cut-off: a day later, over the weekend
      {"2026-11-20T09:00:00Z", "2026-11-24T00:00:00Z", "2026-11-27T00:00:00Z"},  // Friday: Monday
      {"2026-11-21T20:00:00Z", "2026-11-25T00:00:00Z", "2026-11-28T00:00:00Z"},  // Saturday counts from Monday
      {"2026-11-22T01:00:00Z", "2026-11-25T00:00:00Z", "2026-11-28T00:00:00Z"},  // Sunday too
  };
  for (const auto& day : days) {
    const auto promise = promise_for(parse_rfc3339(day.placed).value(), {});
    EXPECT_EQ(format_rfc3339(promise.ship_by), format_rfc3339(parse_rfc3339(day.ship_by).value())) << day.placed;
    EXPECT_EQ(format_rfc3339(promise.deliver_by), format_rfc3339(parse_rfc3339(day.deliver_by).value())) << day.placed;
  }
}

TEST(Promise, TheDayIsTheWarehouses) {
  PromiseRule tokyo;
  tokyo.utc_offset_us = 9 * kHour;
  // 06:00 UTC is 15:00 there, after the cut-off.
  const auto promise = promise_for(parse_rfc3339("2026-11-16T06:00:00Z").value(), tokyo);
  EXPECT_EQ(format_rfc3339(promise.ship_by), format_rfc3339(parse_rfc3339("2026-11-18T15:00:00Z").value()));
}

TEST(Promise, NeverInThePastAndNeverShrinkingWithLaterOrders) {
  Instant last_ship, last_delivery;
  for (Instant at = parse_rfc3339("2026-01-01T00:00:00Z").value(); at < parse_rfc3339("2026-03-01T00:00:00Z").value();
       at = at + 30 * kMinute) {
    const auto promise = promise_for(at, {});
    ASSERT_GT(promise.ship_by, at);
    ASSERT_GE(promise.deliver_by, promise.ship_by);
    ASSERT_GE(promise.ship_by, last_ship) << format_rfc3339(at);
    ASSERT_GE(promise.deliver_by, last_delivery);
    last_ship = promise.ship_by;
    last_delivery = promise.deliver_by;
  }
}

}  // namespace
}  // namespace roundtrip::domain
