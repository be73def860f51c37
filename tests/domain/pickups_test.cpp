// The days on which a parcel can be fetched.
#include "domain/pickups.hpp"

#include <gtest/gtest.h>

namespace roundtrip::domain {
namespace {

TEST(Pickups, AreOfferedOnTheNextDaysFromMondayToFriday) {
  using Days = std::vector<std::string>;
  EXPECT_EQ(pickup_days("2026-11-20", 3), (Days{"2026-11-23", "2026-11-24", "2026-11-25"})) << "a Friday";
  EXPECT_EQ(pickup_days("2026-11-22", 1), (Days{"2026-11-23"})) << "a Sunday";
  EXPECT_EQ(pickup_days("2026-12-30", 3), (Days{"2026-12-31", "2027-01-01", "2027-01-04"}));
  EXPECT_TRUE(pickup_days("soon", 3).empty());
}

TEST(Pickups, WhatWasNeverBookedIsDroppedAtOnceAndWhatWasIsCanceledFirst) {
  EXPECT_EQ(next_state(kPickupSteps, PickupState::wanted, PickupEvent::drop), PickupState::dropped);
  EXPECT_EQ(next_state(kPickupSteps, PickupState::booked, PickupEvent::drop), PickupState::drop_wanted);
  EXPECT_EQ(next_state(kPickupSteps, PickupState::dropped, PickupEvent::book), std::nullopt);
  EXPECT_EQ(next_state(kPickupSteps, PickupState::failed, PickupEvent::book), std::nullopt);
}

}  // namespace
}  // namespace roundtrip::domain
