// Nova Poshta's StatusCode (TrackingDocument.getStatusDocuments) and error codes.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::nova_poshta {

// 3, "number not found", is no status: see item_of.
inline constexpr Code kCodes[] = {
    {"1", pre_transit, Why::none, "", false},              // a waybill made, nothing handed over
    {"2", exception, Why::merchant_canceled, "canceled"},  // the sender deleted the waybill
    {"4", in_transit},                                     // in the sender's city
    {"5", in_transit},                                     // on its way to the recipient's city
    {"6", in_transit},                                     // in the recipient's city
    {"7", available_for_pickup},                           // at the branch
    {"8", available_for_pickup, Why::none, "locker"},      // in the parcel locker
    {"9", delivered},
    {"10", delivered},                                      // a money transfer follows
    {"11", delivered},                                      // the money transfer was paid out
    {"12", pre_transit, Why::none, "", false},              // being picked in the carrier's warehouse
    {"14", available_for_pickup, Why::none, "inspection"},  // the recipient looks at it
    {"41", in_transit},                                     // within one city
    {"101", in_transit},                                    // on its way to the recipient
    {"102", return_to_sender, Why::recipient_refused},      // refused, the sender ordered it back
    {"103", exception, Why::recipient_refused},
    {"104", in_transit, Why::none, "redirected"},
    {"105", exception, Why::recipient_not_collected},  // not kept any longer
    {"106", delivered},                                // and a waybill for what goes back (money, documents) was made
    {"107", available_for_pickup, Why::none, "storage_fee"},
    {"108", exception, Why::recipient_refused},
    {"111", delivery_attempted, Why::recipient_not_home},
    {"112", in_transit, Why::none, "rescheduled"},  // by the recipient
};

inline constexpr std::string_view kRefusedKeys[] = {"20000200068", "20000200069"};  // API auth fail, API key empty
inline constexpr std::string_view kOwnFaults[] = {"20000100008"};                   // "an unknown error occurred, try again later"

}  // namespace roundtrip::carriers::nova_poshta
