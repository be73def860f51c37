// DHL's codes. Parcel DE: ICE (event), RIC (detail) and the TTPRO standard event, after DHL's list of combinations of July 2024. Express:
// the data set trackingEventCode of the MyDHL API's reference data. Unified: the five codes of its documentation.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::dhl {

// Unified. Everything finer is only in the text: kUnifiedPhrases.
inline constexpr Code kUnified[] = {
    {"pre-transit", pre_transit, Why::none, "", false},
    {"transit", in_transit},
    {"delivered", delivered},
    {"failure", exception},
};

// What Unified says in words alone, in English and German (the languages it is asked in), as found in replies of Parcel DE and Express;
// looked for in the text in lower case, in this order, and only under the codes "transit" and "failure".
struct Phrase {
  std::string_view words;
  Code means;
};
inline constexpr Phrase kUnifiedPhrases[] = {
    {"returned to the sender", {"", return_to_sender}},
    {"return to sender", {"", return_to_sender}},
    {"returned to shipper", {"", return_to_sender}},
    {"returned to consignor", {"", return_to_sender}},
    {"wird zurückgesandt", {"", return_to_sender}},
    {"an den absender zurück", {"", return_to_sender}},
    {"zurück an den absender", {"", return_to_sender}},
    {"ready for pick-up", {"", available_for_pickup}},
    {"delivered for pick-up", {"", available_for_pickup}},
    {"awaiting collection by", {"", available_for_pickup}},
    {"zur abholung bereit", {"", available_for_pickup}},
    {"liegt in der packstation", {"", available_for_pickup}},
    {"loaded onto the delivery vehicle", {"", out_for_delivery}},
    {"out with courier for delivery", {"", out_for_delivery}},
    {"with delivery courier", {"", out_for_delivery}},
    {"in das zustellfahrzeug geladen", {"", out_for_delivery}},
    {"refused", {"", exception, Why::recipient_refused}},
    {"annahme verweigert", {"", exception, Why::recipient_refused}},
    {"could not be delivered, and the recipient has been notified", {"", delivery_attempted}},
    {"delivery attempted", {"", delivery_attempted}},
    {"nicht zugestellt werden, und der empfänger wurde benachrichtigt", {"", delivery_attempted}},
};

// Express.
inline constexpr Code kExpressCodes[] = {
    {"DUMMY_PU", pre_transit, Why::none, "", false},  // shipment information received
    {"AD", in_transit, Why::none, "delivery_agreed"},
    {"AF", in_transit},
    {"AR", in_transit},
    {"BA", exception, Why::recipient_wrong_address},
    {"BL", in_transit},  // in bond
    {"BN", exception, Why::customs_documents, "broker_notified"},
    {"BR", in_transit, Why::none, "broker_release"},
    {"CA", delivery_attempted, Why::recipient_closed},
    {"CC", available_for_pickup},
    {"CD", exception, Why::customs_delay},
    {"CI", in_transit},
    {"CM", exception, Why::recipient_wrong_address, "moved"},
    {"CR", in_transit, Why::none, "customs_cleared"},
    {"CS", exception, Why::none, "closed"},
    {"CU", in_transit, Why::none, "", false},
    {"DD", delivered, Why::carrier_damaged},
    {"DF", in_transit},
    {"DI", in_transit, Why::customs_duties, "", false},  // an invoice for duties
    {"DM", exception, Why::carrier_damaged},
    {"DP", exception, Why::authority_hold, "denied_party"},
    {"DS", exception, Why::none, "disposed"},
    {"ES", in_transit, Why::none, "", false},  // customs entry submitted
    {"FD", in_transit, Why::none, "handed_to_partner"},
    {"HI", in_transit},
    {"HN", in_transit},
    {"HO", in_transit},
    {"HP", exception, Why::customs_duties, "held_for_payment"},
    {"IA", in_transit, Why::none, "", false},  // an image is there
    {"IC", in_transit, Why::none, "in_customs"},
    {"IR", exception, Why::carrier_missorted},
    {"LV", in_transit},
    {"MC", exception, Why::carrier_missorted},
    {"MD", exception, Why::carrier_delay},
    {"MS", exception, Why::carrier_missorted},
    {"NA", exception, Why::carrier_delay, "not_arrived"},
    {"ND", delivery_attempted},
    {"NH", delivery_attempted, Why::recipient_not_home},
    {"OH", exception, Why::none, "on_hold"},
    {"OK", delivered},
    {"PD", exception, Why::none, "partly_delivered"},
    {"PL", in_transit},
    {"PU", in_transit},
    {"PY", in_transit, Why::none, "", false},
    {"RD", exception, Why::recipient_refused},
    {"RR", in_transit, Why::none, "customs_update", false},
    {"RT", return_to_sender},
    {"RW", in_transit, Why::none, "", false},  // weighed and measured
    {"SA", in_transit},
    {"SC", in_transit, Why::none, "", false},
    {"SI", exception, Why::authority_hold, "inspection"},
    {"SM", in_transit, Why::none, "", false},
    {"SS", exception, Why::none, "stopped"},
    {"ST", exception, Why::none, "intercepted"},
    {"TD", exception, Why::carrier_delay},
    {"TI", exception, Why::carrier_lost, "trace_started", false},
    {"TP", in_transit, Why::none, "handed_to_partner"},
    {"TR", in_transit},
    {"TT", in_transit, Why::none, "trace_ended", false},
    {"UD", exception, Why::customs_delay},
    {"UV", in_transit},
    {"WC", out_for_delivery},
};

// eCommerce US: the codes of a whole delivery through USPS.
inline constexpr Code kEcommerceUs[] = {
    {"99", pre_transit, Why::none, "", false},  // electronic notification
    {"132", in_transit},                        // on the way to DHL
    {"200", in_transit},
    {"220", in_transit},
    {"300", in_transit},
    {"350", in_transit},
    {"400", in_transit, Why::none, "handed_to_partner"},  // tendered to USPS
    {"520", in_transit},
    {"526", in_transit},
    {"539", in_transit},
    {"540", in_transit},
    {"598", out_for_delivery},
    {"600", delivered},
};

}  // namespace roundtrip::carriers::dhl
