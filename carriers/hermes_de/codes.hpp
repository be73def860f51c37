// Hermes Germany's event codes (its table "2x2 Code", published with the Hermes Shipping Interface) and result codes.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::hermes_de {

// 37xx and 40xx are the tour's way back to the depot ("Ruecklauf"): the parcel stays with Hermes and is tried again. 60xx is the way
// back to the client ("Rueckversand").
inline constexpr Code kCodes[] = {
    {"0000", pre_transit, Why::none, "", false},  // notified electronically
    {"0600", pre_transit, Why::none, "not_received", false},
    {"0700", pre_transit, Why::none, "not_received", false},
    {"0800", pre_transit, Why::none, "not_received", false},
    {"0900", pre_transit, Why::none, "not_received", false},
    {"1000", in_transit},  // left the client's warehouse
    {"1510", in_transit},
    {"1520", return_to_sender},  // a return, sorted on its way to the client
    {"1610", in_transit},
    {"1710", in_transit, Why::none, "", false},  // export papers made
    {"1720", in_transit, Why::none, "customs_cleared"},
    {"1730", exception, Why::customs_delay},
    {"1751", exception, Why::customs_prohibited},
    {"1810", in_transit, Why::none, "handed_over"},
    {"1820", in_transit, Why::none, "handed_over"},
    {"1900", in_transit},
    {"1901", in_transit},
    {"1910", in_transit},
    {"2000", in_transit},
    {"2100", in_transit},
    {"2300", in_transit},
    {"2400", in_transit, Why::none, "dropped_off"},  // handed in at a ParcelShop
    {"3000", out_for_delivery},
    {"3010", in_transit},  // a supply tour of a satellite depot
    {"3300", in_transit},  // sorted to a tour
    {"3410", available_for_pickup},
    {"3430", in_transit, Why::none, "island"},
    {"3500", delivered},
    {"3510", delivered},
    {"3511", delivered, Why::none, "left_in_mailbox"},
    {"3520", delivered},
    {"3530", delivered, Why::none, "collected"},
    {"3710", delivery_attempted, Why::recipient_refused},
    {"3715", delivery_attempted, Why::none, "cod_not_paid"},
    {"3720", delivery_attempted, Why::recipient_wrong_address},
    {"3731", delivery_attempted, Why::recipient_not_home},
    {"3732", delivery_attempted, Why::recipient_not_home},
    {"3733", delivery_attempted, Why::recipient_not_home},
    {"3734", delivery_attempted, Why::recipient_not_home, "last_attempt"},
    {"3740", exception, Why::carrier_damaged},
    {"3750", exception, Why::carrier_capacity},  // the tour was called off
    {"3751", delivery_attempted, Why::recipient_not_verified},
    {"3752", delivery_attempted, Why::recipient_not_verified},
    {"3753", delivery_attempted, Why::recipient_not_verified},
    {"3754", delivery_attempted, Why::recipient_not_verified, "last_attempt"},
    {"3760", in_transit, Why::none, "return_collected"},
    {"3761", in_transit, Why::none, "return_collected"},
    {"3780", exception, Why::carrier_missorted},
    {"3782", delivery_attempted, Why::recipient_not_verified},
    {"3783", delivery_attempted, Why::recipient_not_verified},
    {"3784", delivery_attempted, Why::recipient_not_verified},
    {"3785", delivery_attempted, Why::recipient_not_verified},
    {"3786", delivery_attempted, Why::recipient_not_verified},
    {"3787", delivery_attempted, Why::recipient_not_verified},
    {"3795", exception, Why::none, "delivery_stopped"},
    {"4010", delivery_attempted, Why::recipient_refused},
    {"4015", delivery_attempted, Why::none, "cod_not_paid"},
    {"4020", delivery_attempted, Why::recipient_wrong_address},
    {"4024", exception, Why::none, "too_large_for_shop"},
    {"4025", in_transit},
    {"4031", delivery_attempted, Why::recipient_not_home},
    {"4032", delivery_attempted, Why::recipient_not_home},
    {"4033", delivery_attempted, Why::recipient_not_home},
    {"4034", delivery_attempted, Why::recipient_not_home, "last_attempt"},
    {"4035", exception, Why::recipient_not_collected},
    {"4040", exception, Why::carrier_damaged},
    {"4050", exception, Why::carrier_capacity},
    {"4051", delivery_attempted, Why::recipient_not_verified},
    {"4052", delivery_attempted, Why::recipient_not_verified},
    {"4053", delivery_attempted, Why::recipient_not_verified},
    {"4054", delivery_attempted, Why::recipient_not_verified, "last_attempt"},
    {"4060", in_transit, Why::none, "return_collected"},
    {"4061", in_transit, Why::none, "return_collected"},
    {"4062", in_transit, Why::none, "return_dropped_off"},
    {"4070", in_transit, Why::none, "corrected"},  // the tour's start was entered in error
    {"4072", in_transit, Why::none, "corrected"},  // the return to the client was entered in error
    {"4080", exception, Why::carrier_missorted},
    {"4081", delivery_attempted, Why::recipient_not_verified},
    {"4082", delivery_attempted, Why::recipient_not_verified},
    {"4083", delivery_attempted, Why::recipient_not_verified},
    {"4084", delivery_attempted, Why::recipient_not_verified},
    {"4085", delivery_attempted, Why::recipient_not_verified},
    {"4086", delivery_attempted, Why::recipient_not_verified},
    {"4087", delivery_attempted, Why::recipient_not_verified},
    {"4095", exception, Why::none, "delivery_stopped"},
    {"4100", exception, Why::carrier_delay},
    {"4500", in_transit, Why::none, "stored"},
    {"4610", exception, Why::carrier_capacity},  // the driver could not take it from the shop
    {"4620", exception, Why::carrier_delay},     // not found at the shop
    {"4630", exception, Why::carrier_lost},      // again not found: its whereabouts are unclear
    {"4690", in_transit, Why::none, "corrected", false},
    {"6080", return_to_sender},
    {"6081", return_to_sender, Why::recipient_refused},
    {"6082", return_to_sender, Why::recipient_wrong_address},  // not legible on the label
    {"6083", return_to_sender, Why::recipient_wrong_address},
    {"6084", return_to_sender, Why::recipient_not_home},
    {"6085", exception, Why::carrier_damaged},  // goes back to the depot to be looked at
    {"6086", exception, Why::carrier_missorted},
    {"6087", exception, Why::carrier_missorted},
    {"6088", in_transit, Why::none, "redirected"},
    {"6089", return_to_sender},
    {"6090", in_transit},
    {"6092", return_to_sender, Why::recipient_not_verified},
    {"6093", return_to_sender, Why::recipient_not_collected},
    {"6094", return_to_sender, Why::none, "cod_not_paid"},
    {"6096", return_to_sender, Why::none, "too_large_for_shop"},
    {"6098", return_to_sender, Why::recipient_not_verified},
    {"6099", return_to_sender, Why::none, "delivery_stopped"},
    {"7500", returned},
    {"9040", in_transit, Why::none, "measured", false},
    {"9041", in_transit, Why::none, "measured", false},
    // What the recipient or the customer service asked for: nothing has moved.
    {"9311", in_transit, Why::none, "", false},
    {"9315", in_transit, Why::none, "", false},
    {"9321", in_transit, Why::none, "", false},
    {"9322", in_transit, Why::none, "", false},
    {"9323", in_transit, Why::none, "", false},
    {"9324", in_transit, Why::none, "", false},
    {"9325", in_transit, Why::none, "", false},
    {"9327", in_transit, Why::none, "", false},
    {"9328", in_transit, Why::none, "address_corrected", false},
    {"9340", exception, Why::none, "canceled"},
    {"9341", exception, Why::merchant_canceled, "canceled"},
    {"9381", in_transit, Why::none, "", false},
    {"9385", in_transit, Why::none, "", false},
    {"9391", in_transit, Why::none, "", false},
    {"9394", in_transit, Why::none, "", false},
    {"9395", in_transit, Why::none, "", false},
    {"9399", in_transit, Why::none, "", false},
};

struct ResultCode {
  std::string_view code;
  Trouble trouble;
};
// Shipment Info API 2025-12-08, responses of GET /shipmentinfo. e001 stands inside a 200, beside one shipment.
inline constexpr ResultCode kInfoResults[] = {
    {"e001", Trouble::not_found},   {"e002", Trouble::bad_request}, {"e005", Trouble::bad_request}, {"e006", Trouble::bad_request},
    {"e008", Trouble::bad_request}, {"e009", Trouble::bad_request}, {"e900", Trouble::auth},        {"e902", Trouble::auth},
    {"e903", Trouble::auth},        {"e999", Trouble::service},
};
// Order API: what is not a fault of the order itself. Everything else is (e010: the parcel class does not match).
inline constexpr ResultCode kOrderResults[] = {
    {"e015", Trouble::service}, {"e031", Trouble::service}, {"e039", Trouble::service}, {"e041", Trouble::auth},
    {"e042", Trouble::auth},    {"e058", Trouble::service}, {"e083", Trouble::auth},    {"e084", Trouble::auth},
    {"e900", Trouble::auth},    {"e902", Trouble::auth},    {"e903", Trouble::auth},    {"e999", Trouble::service},
};

}  // namespace roundtrip::carriers::hermes_de
