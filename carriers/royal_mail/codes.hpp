// Royal Mail's event codes as its Tracking API v2 and v3 send them.
#pragma once
#include "carriers/carrier.hpp"
#include "carriers/codes.hpp"

namespace roundtrip::carriers::royal_mail {

// Codes and their texts: the event list of the Tracking API as published with the elliotjreed/royal-mail-tracking client, and the names
// in replies of v3. A code that is in neither is left out. The state of the API's own `statusCategory` is coarser (EVGPD is
// "IN TRANSIT") and not used.
inline constexpr Code kEvents[] = {
    // The sender's data.
    {"EVAIE", pre_transit, Why::none, "announced", false},
    {"EVAIP", pre_transit, Why::none, "announced", false},
    // On its way.
    {"EVPPA", in_transit, Why::none, "accepted"},
    {"EVDAC", in_transit, Why::none, "at_facility"},
    {"EVDAV", in_transit, Why::none, "at_facility"},
    {"EVBAH", in_transit, Why::none, "at_facility"},
    {"EVIMC", in_transit, Why::none, "at_facility"},
    {"EVIAV", in_transit, Why::none, "at_facility"},
    {"EVORI", in_transit, Why::none, "at_facility"},
    {"EVOAC", in_transit, Why::none, "at_facility"},
    {"EVOCO", in_transit, Why::none, "at_facility"},
    {"EVODO", in_transit, Why::none, "departed_facility"},
    {"EVNMI", in_transit, Why::carrier_missorted, "rerouted"},
    {"EVGMI", in_transit, Why::carrier_missorted, "rerouted"},
    {"EVIPI", in_transit, Why::carrier_missorted, "rerouted"},
    {"EVNRT", in_transit, Why::none, "held_by_request"},
    {"EVNSR", in_transit, Why::none, "redelivery_planned"},
    {"EVGPD", out_for_delivery},
    // Waiting for the recipient.
    {"EVPLA", available_for_pickup, Why::none, "at_post_office"},
    {"EVKLC", available_for_pickup, Why::none, "at_collection_point"},
    {"EVKLS", available_for_pickup, Why::none, "at_collection_point"},
    {"EVNKS", available_for_pickup, Why::none, "held_by_request"},  // Keepsafe: held at the delivery office
    // Tried.
    {"EVKNA", delivery_attempted, Why::recipient_not_home},
    {"EVNDA", delivery_attempted, Why::recipient_not_home, "redelivery_or_collection"},
    {"EVKNR", delivery_attempted},
    {"EVKAA", delivery_attempted, Why::recipient_no_access, "redelivery_planned"},
    {"EVNAA", delivery_attempted, Why::recipient_no_access, "redelivery_planned"},
    {"EVNDN", delivery_attempted, Why::none, "redelivery_planned"},
    {"EVNAR", delivery_attempted, Why::none, "redelivery_planned"},
    {"EVKSU", delivery_attempted, Why::none, "safe_place_unavailable"},
    // Arrived.
    {"EVKSP", delivered, Why::none, "signed_for"},
    {"EVKOP", delivered},
    {"EVKSF", delivered, Why::none, "left_in_safe_place"},
    {"EVKDN", delivered, Why::none, "left_with_neighbour"},
    {"EVPLC", delivered, Why::none, "collected_by_recipient"},
    {"EVNOC", delivered, Why::none, "collected_by_recipient"},
    // Back.
    {"EVKRF", return_to_sender, Why::recipient_refused},
    {"EVNRF", return_to_sender, Why::recipient_refused},
    {"EVKGA", return_to_sender, Why::recipient_wrong_address, "recipient_moved"},
    {"EVNGA", return_to_sender, Why::recipient_wrong_address, "recipient_moved"},
    {"EVKAI", return_to_sender, Why::carrier_address_not_found},
    {"EVRTS", returned},
    // What the recipient asked for; says nothing about where the item is.
    {"ASRXS", in_transit, Why::none, "redelivery_requested", false},
    {"RFRXS", in_transit, Why::none, "redelivery_requested", false},
    {"RNRXS", in_transit, Why::none, "redelivery_requested", false},
    {"RORXS", in_transit, Why::none, "redelivery_requested", false},
    {"RPRXS", in_transit, Why::none, "redelivery_requested", false},
    {"RSRXS", in_transit, Why::none, "redelivery_requested", false},
};

// errors[].errorCode and mailPieces[].error.errorCode, as the same client tells them apart. "Update not available" and the like are
// about one item and pass: the item is simply not known yet.
struct ErrorCode {
  std::string_view code;
  Trouble trouble;
};
inline constexpr ErrorCode kErrors[] = {
    {"E0001", Trouble::service},       // service unavailable
    {"E0004", Trouble::bad_request},   // the request does not fit the schema
    {"E0009", Trouble::service},       // internal server error
    {"E0010", Trouble::rate_limited},  // too many requests
    {"E0013", Trouble::bad_request},   // more numbers than one call takes
    {"E1142", Trouble::not_found},     // barcode not recognized
    {"E1144", Trouble::not_found},     // not available for this barcode
    {"E1145", Trouble::not_found},     // no proof of delivery
    {"E1283", Trouble::bad_request},   // this product is not tracked
    {"E1284", Trouble::not_found},     // delivery update not available
    {"E1307", Trouble::not_found},     // tracking not available
    {"E1308", Trouble::not_found},     // update not available
};

}  // namespace roundtrip::carriers::royal_mail
