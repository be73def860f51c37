// Bring's event statuses.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::bring {

// "Events Description" of the Tracking API v2 and of the Event Cast API (developer.bring.com); behind a blank a cause (lmCauseCode) where
// it says more. UNKNOWN is Bring's own word for what it does not know.
inline constexpr Code kStatuses[] = {
    {"PRE_NOTIFIED", pre_transit, Why::none, "announced", false},
    {"READY_FROM_SENDER", pre_transit, Why::none, "ready_for_pickup_by_carrier", false},
    {"HANDED_IN", in_transit, Why::none, "accepted"},
    {"COLLECTED", in_transit, Why::none, "picked_up"},
    {"COURIER_PICK_UP", in_transit, Why::none, "picked_up"},
    {"PICKUP_FROM_MAILBOX", in_transit, Why::none, "picked_up"},
    {"IN_TRANSIT", in_transit},
    {"INTERNATIONAL", in_transit, Why::none, "international"},
    {"CUSTOMS", in_transit, Why::none, "in_customs"},
    {"TERMINAL", in_transit, Why::none, "at_facility"},
    {"TRANSPORT_TO_RECIPIENT", out_for_delivery},
    {"READY_FOR_PICKUP", available_for_pickup, Why::none, "at_pickup_point"},
    {"ATTEMPTED_DELIVERY", delivery_attempted},
    {"DELIVERED", delivered},
    {"DEVIATION", exception, Why::carrier_delay, "deviation"},
    {"DEVIATION 28", in_transit, Why::none, "handed_in_late"},  // after the day's deadline: it leaves the next working day
    {"DEVIATION 41", exception, Why::carrier_delay, "delayed"},
    {"RETURN", return_to_sender},
    {"DELIVERED_SENDER", returned},
    // They say nothing about where the parcel is.
    {"NOTIFICATION_SENT", in_transit, Why::none, "notice", false},
    {"DELIVERY_ORDERED", in_transit, Why::none, "delivery_ordered", false},
    {"DELIVERY_CHANGED", in_transit, Why::none, "delivery_date_changed", false},
    {"DELIVERY_CANCELLED", in_transit, Why::none, "delivery_canceled", false},
};

}  // namespace roundtrip::carriers::bring
