// DPD's status words: the steps that DPD Germany's ParcelLifeCycleService gives, and the scans that DPD Belgium and the Netherlands
// give in their place.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::dpd {

inline constexpr Code kCodes[] = {
    {"SHIPMENT", pre_transit, Why::none, "", false},  // order data received
    {"ACCEPTED", in_transit},
    {"AT_SENDING_DEPOT", in_transit},
    {"ON_THE_ROAD", in_transit},
    {"AT_DELIVERY_DEPOT", in_transit},
    {"OUT_FOR_DELIVERY", out_for_delivery},
    {"DELIVERED", delivered},
    {"PickedUp", in_transit},
    {"BetweenDepots", in_transit},
    {"Depot", in_transit},
    {"Courier", out_for_delivery},
    {"DeliveryFailure", delivery_attempted},
    {"ReturningFromDelivery", delivery_attempted},  // back at the depot after an attempt; it is tried again
    {"ParcelShop", available_for_pickup},
    {"Delivered", delivered},
};

}  // namespace roundtrip::carriers::dpd
