// Landmark Global's event codes (Track API, "EventCode").
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::landmark {

// 50 to 100 are about data and about the warehouse's work before the hand-over; some are repeated after the first scan, so that they
// say nothing about where the parcel is.
inline constexpr Code kCodes[] = {
    {"50", pre_transit, Why::none, "", false},  // data uploaded
    {"60", pre_transit, Why::none, "", false},  // inventory allocated
    {"75", pre_transit, Why::none, "", false},  // processed
    {"80", pre_transit, Why::none, "", false},  // fulfilled
    {"90", exception, Why::none, "held_for_payment"},
    {"100", pre_transit, Why::none, "", false},  // data sent to the carrier
    {"125", in_transit, Why::none, "customs_cleared"},
    {"135", exception, Why::customs_delay},
    {"150", in_transit},  // crosses the border
    {"155", in_transit},  // received across the border
    {"200", in_transit},
    {"225", in_transit},
    {"250", in_transit},
    {"275", in_transit},
    {"300", out_for_delivery},
    {"400", delivery_attempted},
    {"410", available_for_pickup},
    {"450", in_transit, Why::none, "redirected"},
    {"500", delivered},
    {"510", delivered},                                      // proof of delivery
    {"900", delivery_attempted, Why::none, "last_attempt"},  // delivery failed
};

}  // namespace roundtrip::carriers::landmark
