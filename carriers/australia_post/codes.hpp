// Australia Post's words: there are no codes, so known phrases stand for them.
#pragma once
#include "carriers/carrier.hpp"
#include "carriers/codes.hpp"

namespace roundtrip::carriers::australia_post {

// The status of a shipment, a consignment or an article, in lower case. "Common Status Values" of the Shipping and Tracking API's Track
// Items, and the shipment statuses of its Get Shipments. "Unknown", "Ready for Pickup" (by whom?) and "Track items for detailed delivery
// information" say nothing.
inline constexpr Code kStatuses[] = {
    {"created", pre_transit, Why::none, "announced", false},
    {"sealed", pre_transit, Why::none, "announced", false},
    {"initiated", pre_transit, Why::none, "announced", false},
    {"in transit", in_transit},
    {"picked up", in_transit, Why::none, "picked_up"},
    {"freight handling", in_transit, Why::none, "at_facility"},
    {"at delivery depot", in_transit, Why::none, "at_facility"},
    {"possible delay", in_transit, Why::carrier_delay, "delay_expected"},
    {"on board for delivery", out_for_delivery},
    {"awaiting collection", available_for_pickup, Why::none, "at_post_office"},
    {"unsuccessful delivery", delivery_attempted},
    {"to be re-delivered", delivery_attempted, Why::none, "redelivery_planned"},
    {"delivered", delivered},
    {"item delivered", delivered},
    {"delivered in full", delivered},
    {"partial delivery", exception, Why::none, "partly_delivered"},
    {"final shortage", exception, Why::carrier_lost, "partly_delivered"},
    {"held by courier", exception, Why::none, "held"},
    {"unsuccessful pickup", exception, Why::none, "not_picked_up"},
    {"article damaged", exception, Why::carrier_damaged},
    {"cannot be delivered", exception, Why::none, "undeliverable"},
    {"cancelled", exception, Why::merchant_canceled, "canceled"},
    {"return to sender", return_to_sender},
    {"returned to sender", returned},
};

// Descriptions of events, in lower case, as the examples of the same document and replies of the API have them. A phrase that ends in '*'
// is followed by a place or a reason. What merely resembles one of them is left unknown.
inline constexpr Code kPhrases[] = {
    {"shipping information received by australia post", pre_transit, Why::none, "announced", false},
    {"shipping information approved by australia post", pre_transit, Why::none, "announced", false},
    {"label created by sender", pre_transit, Why::none, "announced", false},
    {"received by australia post", in_transit, Why::none, "accepted"},
    {"received and ready for processing", in_transit, Why::none, "accepted"},
    {"received by australia post for transportation to processing facility", in_transit, Why::none, "accepted"},
    {"received item from sender (outbound)", in_transit, Why::none, "accepted"},
    {"picked up", in_transit, Why::none, "picked_up"},
    {"in transit", in_transit},
    {"scanned in transit", in_transit},
    {"in transit to next facility in *", in_transit, Why::none, "departed_facility"},
    {"freight handling", in_transit, Why::none, "at_facility"},
    {"processed through australia post facility", in_transit, Why::none, "at_facility"},
    {"item processed at facility", in_transit, Why::none, "at_facility"},
    {"arrived at facility", in_transit, Why::none, "at_facility"},
    {"arrived at sorting facility", in_transit, Why::none, "at_facility"},
    {"arrived at facility in destination country", in_transit, Why::none, "international"},
    {"departed facility", in_transit, Why::none, "departed_facility"},
    {"processed at export facility", in_transit, Why::none, "international"},
    {"despatch parcels from export facility", in_transit, Why::none, "international"},
    {"cleared and awaiting international departure", in_transit, Why::none, "international"},
    {"processed by air carrier", in_transit, Why::none, "international"},
    {"arrived awaiting clearance (inbound)", in_transit, Why::none, "in_customs"},
    {"item is in customs", in_transit, Why::none, "in_customs"},
    {"item cleared by customs", in_transit, Why::none, "customs_cleared"},
    {"possible delay", in_transit, Why::carrier_delay, "delay_expected"},
    {"with australia post for delivery today", out_for_delivery},
    {"onboard for delivery", out_for_delivery},
    {"on board for delivery", out_for_delivery},
    {"out for delivery", out_for_delivery},
    {"awaiting collection", available_for_pickup, Why::none, "at_post_office"},
    {"awaiting collection at *", available_for_pickup, Why::none, "at_post_office"},
    {"attempted delivery", delivery_attempted},
    {"attempted delivery - unable to gain access", delivery_attempted, Why::recipient_no_access},
    {"attempted delivery - being carded to australia post outlet", delivery_attempted, Why::none, "card_left"},
    {"attempted delivery - *", delivery_attempted},
    {"delivered", delivered},
    {"item delivered", delivered},
    {"delivered - left in a safe place", delivered, Why::none, "left_in_safe_place"},
    {"article damaged", exception, Why::carrier_damaged},
    {"cannot be delivered", exception, Why::none, "undeliverable"},
    {"return to sender", return_to_sender},
    {"returned to sender", returned},
};

// errors[].code (or error_code) of the API and of its gateway: "Error Codes" of Track Items.
struct ErrorCode {
  std::string_view code;
  Trouble trouble;
};
inline constexpr ErrorCode kErrors[] = {
    {"API_001", Trouble::auth},           // not authorized
    {"API_002", Trouble::rate_limited},   // more than ten calls in a minute
    {"ESB-10001", Trouble::not_found},    // unknown number
    {"ESB-10002", Trouble::bad_request},  // this product is not tracked
    {"ESB-20010", Trouble::service},     {"ESB-20050", Trouble::service}, {"51100", Trouble::bad_request},  // no numbers
    {"51101", Trouble::bad_request},     {"51102", Trouble::bad_request},                                   // more than ten
    {"51103", Trouble::bad_request},  // Australia Post's and StarTrack's mixed
    {"51104", Trouble::not_found},
};

}  // namespace roundtrip::carriers::australia_post
