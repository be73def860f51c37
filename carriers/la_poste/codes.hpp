// La Poste's event codes (Suivi v2, "codes des evenements") and return codes.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::la_poste {

inline constexpr Code kCodes[] = {
    {"DR1", pre_transit, Why::none, "", false},                // data received
    {"DR2", pre_transit, Why::merchant_not_ready, "", false},  // trouble while it is prepared
    {"PC1", in_transit},                                       // taken in charge
    {"PC2", in_transit},                                       // taken in charge in the country of origin
    {"ET1", in_transit},
    {"ET2", in_transit},
    {"ET3", in_transit},
    {"ET4", in_transit},
    {"EP1", in_transit},                        // waits to be presented
    {"ID0", in_transit, Why::none, "", false},  // customs information
    {"DO1", in_transit, Why::none, "in_customs"},
    {"DO2", in_transit, Why::none, "customs_cleared"},
    {"DO3", exception, Why::customs_delay},  // held by customs
    {"PB1", exception},                      // a problem ...
    {"PB2", in_transit},                     // ... and its end
    {"MD2", out_for_delivery},               // put into delivery
    {"ND1", delivery_attempted},             // could not be handed over
    {"AG1", available_for_pickup},
    {"RE1", return_to_sender},
    {"DI0", delivered},  // delivered in a batch
    {"DI1", delivered},
    {"DI2", returned},  // delivered to the sender
    {"DI3", exception, Why::carrier_delay},
};

}  // namespace roundtrip::carriers::la_poste
