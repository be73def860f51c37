// Parcel DE's events: "ICE RIC" and "ICE TTPRO" where a pair means something else than its ICE, the ICE, and the TTPRO standard event, in
// this order. The RIC gives the reason. After DHL's list of ICE, RIC and TTPRO combinations of July 2024 (338 of them).
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::dhl {

inline constexpr Code kIce[] = {
    // pairs with a RIC
    {"DLVRD CODAR", in_transit, Why::none, "", false},  // money on delivery: says nothing about the parcel
    {"DLVRD CODRP", in_transit, Why::none, "", false},
    {"DLVRD CUSTM", in_transit, Why::none, "in_customs"},         // handed to customs for inspection and delivery
    {"DLVRD HNDTC", in_transit, Why::none, "handed_to_partner"},  // handed to a service provider
    {"EXPHD LOSTX", lost, Why::carrier_lost},
    {"EXPHD RTTSP", return_to_sender},
    {"HLDCC NTCCN", exception, Why::recipient_not_collected},
    {"INFCL CSREQ", in_transit, Why::none, "held_on_request"},
    {"INFCL DLVDT", in_transit, Why::none, "held_on_request"},
    {"INFCL HNDCA", in_transit, Why::none, "held_on_request"},
    {"NTDEL RFUSD", exception, Why::recipient_refused},
    {"NTDEL NTCCN", exception, Why::recipient_not_collected},
    {"OFWRD RTSCR", return_to_sender},
    {"OFWRD RTSSA", return_to_sender},
    {"RCCLS LOSTX", lost, Why::carrier_lost},
    {"REPCK DMGPC", exception, Why::carrier_damaged},
    {"REPCK LDMGD", exception, Why::carrier_damaged},
    // pairs with a standard event
    {"ADVIS ZN", exception, Why::merchant_canceled, "stopped"},  // stopped by the sender
    {"ALERT DD", in_transit, Why::none, "", false},
    {"CNRFC LA", available_for_pickup},
    {"EXPHD PO", exception, Why::carrier_delay},
    {"HNDDE LA", available_for_pickup},
    {"LDTMV PO", out_for_delivery},
    {"LDTMV ZF", in_transit, Why::none, "to_pickup_point"},
    {"LDTMV ZN", delivery_attempted},
    {"MVARR ZU", delivered},
    {"NTDEL PO", exception, Why::carrier_delay},
    {"OFWRD AN", in_transit, Why::none, "redirected"},
    {"PURCR BV", exception},
    {"PURCR DD", pre_transit, Why::none, "", false},
    {"SRTED PO", out_for_delivery},
    // alone
    {"ADVIS", in_transit, Why::none, "", false},  // orders of the recipient and messages to them
    {"ALERT", exception},
    {"ASMVT", in_transit},
    {"CANCL", exception, Why::merchant_canceled, "label_voided"},
    {"CHECK", in_transit},
    {"CNFSC", exception, Why::authority_hold, "confiscated"},
    {"CNRFC", available_for_pickup},
    {"DLVRD", delivered},
    {"DLVRF", exception, Why::recipient_refused},
    {"DMGDS", exception, Why::carrier_damaged},
    {"DSPSD", exception, Why::none, "disposed"},  // DHL files some of these under "delivered"
    {"DTNPC", exception, Why::none, "data_without_parcel"},
    {"EXPHD", exception},
    {"FWDCF", in_transit},
    {"HLDCC", available_for_pickup},
    {"HLDCP", exception, Why::customs_delay},
    {"HLDCU", exception, Why::customs_delay},
    {"HNDDE", in_transit, Why::none, "to_pickup_point"},
    {"HNDND", in_transit, Why::none, "in_customs"},
    {"ICPRC", in_transit, Why::none, "in_customs"},
    {"INFCL", in_transit},
    {"ITBAR", in_transit, Why::none, "in_customs"},
    {"LDEXC", exception, Why::carrier_delay},
    {"LDTHU", in_transit},
    {"LDTMV", in_transit},
    {"MSRTD", exception, Why::carrier_missorted},
    {"MVARR", in_transit},
    {"MVDEX", exception, Why::carrier_vehicle},
    {"MVDPT", in_transit},
    {"MVTEX", exception, Why::carrier_vehicle},
    {"NTADT", exception, Why::carrier_delay},
    {"NTDEL", delivery_attempted},
    {"NTPUP", pre_transit, Why::none, "pickup_failed"},
    {"OFWRD", in_transit, Why::none, "redirected"},
    {"PARCV", pre_transit, Why::none, "", false},
    {"PBNDT", exception, Why::merchant_wrong_data, "parcel_without_data"},
    {"PCKDU", in_transit},
    {"PMTCR", in_transit, Why::none, "", false},
    {"PMTCS", in_transit, Why::none, "", false},
    {"PURCR", pre_transit, Why::none, "", false},
    {"RCCLS", exception, Why::none, "closed"},
    {"RELBL", in_transit, Why::none, "relabeled"},
    {"REPCK", in_transit, Why::none, "repacked"},
    {"RETRN", return_to_sender},
    {"ROUCR", in_transit, Why::none, "redirected"},
    {"RSDCP", in_transit, Why::none, "customs_cleared"},
    {"SECHK", in_transit},
    {"SHRCU", in_transit},
    {"SRTED", in_transit},
    {"STORN", in_transit, Why::none, "", false},  // the courier took the event before back; that event is not named
    {"TRBCR", in_transit, Why::none, "handed_to_partner"},
    {"ULFMV", in_transit},
};

// For an ICE that is not in the list. "In delivery process" (PO) alone is not yet on the vehicle.
inline constexpr Code kTtpro[] = {
    {"AA", in_transit},                                // departed from
    {"AE", in_transit},                                // pick-up successful
    {"AN", pre_transit, Why::none, "pickup_failed"},   // pick-up not successful
    {"BV", exception},                                 // special occurrence
    {"DD", in_transit, Why::none, "", false},          // data service
    {"EE", in_transit},                                // arrived at
    {"ES", in_transit},                                // handed over to DHL
    {"GT", in_transit, Why::none, "", false},          // money transfer
    {"LA", in_transit},                                // in storage
    {"NB", in_transit},                                // normal processing
    {"PO", in_transit},                                // in delivery process
    {"VA", pre_transit, Why::none, "", false},         // electronic advice
    {"ZF", in_transit, Why::none, "to_pickup_point"},  // delivery to a postal outlet
    {"ZN", delivery_attempted},                        // delivery attempt not successful
    {"ZO", in_transit, Why::none, "in_customs"},       // customs
    {"ZU", delivered},                                 // delivered
};

// What a RIC adds: the reason where something went wrong, and to whom it was delivered. Only these two columns count.
inline constexpr Code kRicTroubles[] = {
    {"AGNEG", unknown, Why::recipient_not_verified},
    {"BDADD", unknown, Why::recipient_wrong_address},
    {"CAPEX", unknown, Why::carrier_capacity},
    {"CLOSD", unknown, Why::recipient_closed},
    {"CLREF", unknown, Why::customs_prohibited},
    {"CNCNR", unknown, Why::recipient_not_home},
    {"CPUNK", unknown, Why::recipient_wrong_address},
    {"CROAT", unknown, Why::carrier_delay},
    {"CRROT", unknown, Why::carrier_delay},
    {"CTCNI", unknown, Why::recipient_not_verified},
    {"DMGED", unknown, Why::carrier_damaged},
    {"DMGPC", unknown, Why::carrier_damaged},
    {"DMPHD", unknown, Why::carrier_damaged},
    {"DRCRU", unknown, Why::carrier_capacity},
    {"EQUBF", unknown, Why::carrier_vehicle},
    {"FRMJR", unknown, Why::weather_disaster},
    {"FSCCH", unknown, Why::authority_security},
    {"GDNMS", unknown, Why::merchant_packaging},
    {"GDNRD", unknown, Why::merchant_not_ready},
    {"HLDAY", unknown, Why::recipient_closed},
    {"IDDMG", unknown, Why::recipient_not_verified},
    {"IDNEG", unknown, Why::recipient_not_verified},
    {"INSPF", unknown, Why::customs_inspection},
    {"INSPT", unknown, Why::customs_inspection},
    {"LOSTX", unknown, Why::carrier_lost},
    {"MOVED", unknown, Why::recipient_wrong_address, "moved"},
    {"MSDLA", unknown, Why::carrier_delay},
    {"MSDOC", unknown, Why::customs_documents},
    {"MSLBL", unknown, Why::carrier_missorted, "label_missing"},
    {"MSSDT", unknown, Why::merchant_wrong_data},
    {"NDRFC", unknown, Why::merchant_wrong_data},
    {"NHOME", unknown, Why::recipient_not_home},
    {"NTCCN", unknown, Why::recipient_not_collected},
    {"NTCLM", unknown, Why::recipient_not_collected},
    {"NTHND", unknown, Why::merchant_not_ready},
    {"NTHNG", unknown, Why::merchant_not_ready},
    {"NTORD", unknown, Why::recipient_refused},
    {"OVRLD", unknown, Why::carrier_capacity},
    {"PWMFD", unknown, Why::customs_documents},
    {"RFUSD", unknown, Why::recipient_refused},
    {"STBSD", unknown, Why::merchant_canceled, "stopped"},
    {"STPRB", unknown, Why::carrier_missorted},
    {"TCATC", unknown, Why::carrier_delay},
    {"TCHBD", unknown, Why::carrier_vehicle},
    {"TRPMT", unknown, Why::none, "payment_refused"},
    {"VHARU", unknown, Why::carrier_vehicle},
    {"WRGPN", unknown, Why::recipient_wrong_address},
    {"WRGRI", unknown, Why::recipient_wrong_address},
    {"WRGTR", unknown, Why::carrier_missorted},
};
inline constexpr Code kRicDeliveries[] = {
    {"ACCDM", unknown, Why::carrier_damaged, "delivered_damaged"}, {"ACCPK", unknown, Why::none, "collected_from_locker"},
    {"ACCSI", unknown, Why::none, "delivered_incomplete"},         {"AGENT", unknown, Why::none, "left_with_agent"},
    {"FAMLY", unknown, Why::none, "left_with_household"},          {"NGHBR", unknown, Why::none, "left_with_neighbour"},
    {"OTHER", unknown, Why::none, "left_with_other_person"},       {"PCKAD", unknown, Why::none, "left_with_agent"},
    {"PKBOX", unknown, Why::none, "left_in_parcel_box"},           {"POBOX", unknown, Why::none, "left_in_mailbox"},
    {"SECPL", unknown, Why::none, "left_in_safe_place"},           {"SERPT", unknown, Why::none, "collected_from_shop"},
    {"SPOUS", unknown, Why::none, "left_with_household"},          {"WINPL", unknown, Why::none, "left_in_safe_place"},
};

}  // namespace roundtrip::carriers::dhl
