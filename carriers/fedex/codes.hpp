// FedEx codes and what they mean to us. Sources: FedEx developer portal, "Track service scan codes" and the Track API v1 specification
// (delay types). The portal's list has CA, EA, RC and SP twice: as an event they are the first of the two.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::fedex {

// `eventType` of a scan and `code`, `derivedCode` of the latest status.
inline constexpr Code kStatusCodes[] = {
    {"OC", pre_transit, Why::none, "label_created", false},
    {"OX", pre_transit, Why::none, "label_created", false},
    {"IN", pre_transit, Why::none, "label_created", false},
    {"MD", pre_transit, Why::none, "label_created", false},
    {"EP", pre_transit, Why::none, "courier_on_the_way", false},
    {"DS", pre_transit, Why::none, "courier_on_the_way", false},
    {"DR", pre_transit, Why::none, "pickup_attempted", false},  // a vehicle came and was not used
    {"CA", pre_transit, Why::merchant_canceled, "label_voided", false},
    {"RP", pre_transit, Why::none, "return_label_sent", false},
    {"LP", pre_transit, Why::merchant_canceled, "return_label_voided", false},
    {"RG", pre_transit, Why::none, "return_label_expires_soon", false},
    {"RD", pre_transit, Why::none, "return_label_expired", false},
    {"PU", in_transit, Why::none, "picked_up"},
    {"PX", in_transit, Why::none, "picked_up"},
    {"AR", in_transit},
    {"DP", in_transit},
    {"IT", in_transit},
    {"IX", in_transit},
    {"AA", in_transit},
    {"AC", in_transit},
    {"AF", in_transit},
    {"AP", in_transit},
    {"AX", in_transit},
    {"FD", in_transit},
    {"LO", in_transit},
    {"OF", in_transit},
    {"OW", in_transit},
    {"Ow", in_transit},
    {"PF", in_transit},
    {"PL", in_transit},
    {"PM", in_transit},
    {"SF", in_transit},
    {"TP", in_transit},
    {"TR", in_transit},
    {"EA", in_transit},
    {"EO", in_transit},
    {"CC", in_transit, Why::none, "customs_cleared"},
    {"CP", in_transit, Why::none, "customs_clearance"},
    {"CU", in_transit, Why::none, "customs_clearance"},
    // What only tells how the plan goes, or that it was changed.
    {"AE", in_transit, Why::none, "early", false},
    {"AO", in_transit, Why::none, "on_time", false},
    {"CH", in_transit, Why::none, "address_changed", false},
    {"RR", in_transit, Why::none, "change_requested", false},
    {"RM", in_transit, Why::none, "change_requested", false},
    {"RC", in_transit, Why::none, "request_canceled", false},
    {"SP", in_transit, Why::none, "split", false},
    {"OD", out_for_delivery},
    {"AD", out_for_delivery, Why::none, "at_delivery"},
    {"ED", out_for_delivery},
    {"HL", available_for_pickup},
    {"HP", available_for_pickup},
    {"HA", available_for_pickup},
    {"DL", delivered},
    {"DE", exception},
    {"SE", exception},
    {"DY", exception, Why::carrier_delay},
    {"DD", exception, Why::carrier_delay},
    {"PD", exception, Why::carrier_delay, "pickup_delay"},
    {"RL", exception, Why::carrier_delay},
    {"CD", exception, Why::customs_delay},
    {"RS", return_to_sender},
    {"RT", return_to_sender},
};

// `exceptionCode` of a scan, `ancillaryDetails.reason` of the status: only what the carrier's documents and replies name. The status is
// what a delivery exception (DE) of that kind is.
inline constexpr Code kExceptionCodes[] = {
    {"03", delivery_attempted, Why::recipient_wrong_address},
    {"07", delivery_attempted, Why::recipient_refused},
    {"08", delivery_attempted, Why::recipient_not_home},
    {"A52", exception, Why::carrier_delay},
};

// `delayDetail.type`.
inline constexpr Code kDelays[] = {
    {"WEATHER", exception, Why::weather_delay},     {"CLEARANCE", exception, Why::customs_delay},
    {"OPERATIONAL", exception, Why::carrier_delay}, {"LOCAL", exception, Why::carrier_delay},
    {"GENERAL", exception, Why::carrier_delay},
};

}  // namespace roundtrip::carriers::fedex
