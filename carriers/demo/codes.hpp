// The demo carrier's codes and what they mean to us. A code that is not here is shown as unknown and counted.
#pragma once
#include <string_view>

#include "domain/tracking.hpp"

namespace roundtrip::carriers {

struct DemoCode {
  std::string_view code;
  domain::TrackingStatus status;
  domain::TrackingReason reason;
  bool physical;
};

using enum domain::TrackingStatus;
using Why = domain::TrackingReason;

inline constexpr DemoCode kDemoCodes[] = {
    {"LBL", pre_transit, Why::none, false},            // data received, label made
    {"ACC", in_transit, Why::none, true},              // accepted at the counter
    {"DEP", in_transit, Why::none, true},              // left a hub
    {"ARR", in_transit, Why::none, true},              // arrived at a hub
    {"CUS", in_transit, Why::none, true},              // cleared customs
    {"CUH", exception, Why::customs_documents, true},  // held by customs
    {"DLY", exception, Why::carrier_delay, true},      // delayed, a new date follows
    {"WTH", exception, Why::weather_delay, true},
    {"OFD", out_for_delivery, Why::none, true},
    {"ATT", delivery_attempted, Why::recipient_not_home, true},
    {"PUP", available_for_pickup, Why::none, true},
    {"DLV", delivered, Why::none, true},
    {"REF", exception, Why::recipient_refused, true},
    {"RTS", return_to_sender, Why::none, true},  // on its way back
    {"LST", lost, Why::carrier_lost, true},
    {"MSG", in_transit, Why::none, false},  // a notice was sent to the recipient
};

}  // namespace roundtrip::carriers
