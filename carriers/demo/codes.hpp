// The demo carrier's codes and what they mean to us. A code that is not here is shown as unknown and counted.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers {

inline constexpr Code kDemoCodes[] = {
    {"LBL", pre_transit, Why::none, "", false},  // data received, label made
    {"ACC", in_transit, Why::none},              // accepted at the counter
    {"DEP", in_transit, Why::none},              // left a hub
    {"ARR", in_transit, Why::none},              // arrived at a hub
    {"CUS", in_transit, Why::none},              // cleared customs
    {"CUH", exception, Why::customs_documents},  // held by customs
    {"DLY", exception, Why::carrier_delay},      // delayed, a new date follows
    {"WTH", exception, Why::weather_delay},
    {"OFD", out_for_delivery, Why::none},
    {"ATT", delivery_attempted, Why::recipient_not_home},
    {"PUP", available_for_pickup, Why::none},
    {"DLV", delivered, Why::none},
    {"REF", exception, Why::recipient_refused},
    {"RTS", return_to_sender, Why::none},  // on its way back
    {"LST", lost, Why::carrier_lost},
    {"MSG", in_transit, Why::none, "", false},  // a notice was sent to the recipient
};

}  // namespace roundtrip::carriers
