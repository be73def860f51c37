// USPS codes and what they mean to us: scan event codes of Publication 199, appendix G-4, the words of `statusCategory`, and the few texts
// that say what their code does not.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::usps {

// eventCode. Appendix G-4 of Publication 199 (Publication 97, appendix I, before it); A1, AD, NP, T1, TL and U1 as the Tracking API
// sends them.
inline constexpr Code kEvents[] = {
    {"GX", pre_transit, Why::none, "label_created", false},  // Shipping Label Created, USPS Awaiting Item
    {"MA", pre_transit, Why::none, "", false},               // manifest acknowledged: Pre-Shipment Info Sent to USPS
    {"NP", pre_transit, Why::none, "", false},               // Origin Post is Preparing Shipment
    {"89", pre_transit, Why::none, "", false},               // Merchant Order Receipt Notification, USPS Awaiting Item
    {"GC", pre_transit, Why::none, "", false},               // return receipt associated
    {"83", in_transit, Why::none, "with_partner"},           // tendered to postal service
    {"UA", in_transit, Why::none, "accepted"},               // accepted at USPS facility
    {"80", in_transit, Why::none, "with_partner"},           // Picked Up By Shipping Partner, USPS Awaiting Item
    {"81", in_transit, Why::none, "with_partner"},           // Arrived Shipping Partner Facility, USPS Awaiting Item
    {"82", in_transit, Why::none, "with_partner"},           // Departed Shipping Partner Facility, USPS Awaiting Item
    {"03", in_transit, Why::none, "accepted"},               // accepted or picked up: USPS in possession of item
    {"OA", in_transit, Why::none, "accepted"},               // Accepted at USPS Origin Facility
    {"TM", in_transit, Why::none, "accepted"},               // truck manifest: Shipment Acceptance
    {"PA", in_transit, Why::none, "accepted"},               // passive acceptance
    {"10", in_transit},                                      // processed: Arrived at USPS Origin Facility
    {"SF", in_transit},                                      // Departed Post Office
    {"A1", in_transit},                                      // Arrived at USPS Regional Facility
    {"U1", in_transit},                                      // Arrived at USPS Regional Facility (a container)
    {"AD", in_transit},                                      // Accepted at USPS Regional Destination Facility
    {"T1", in_transit},                                      // Departed USPS Regional Facility
    {"EF", in_transit},                                      // Departed USPS Facility
    {"07", in_transit},                                      // Arrived at Post Office
    {"PC", in_transit},                                      // Sorting Complete
    {"19", in_transit},                                      // arrived at a distribution center (eVS)
    {"41", in_transit},                                      // received at opening unit (Open and Distribute)
    {"42", in_transit, Why::none, "with_partner"},           // USPS handoff to shipping partner
    {"06", in_transit, Why::recipient_wrong_address, "forwarded"},
    {"08", in_transit, Why::carrier_missorted},  // Missent
    {"15", in_transit, Why::carrier_missorted},  // Misshipped
    // Written by USPS's computers when no scan came ("In Transit to Next Facility", "Awaiting Delivery Scan"): nobody saw the parcel.
    {"TL", in_transit, Why::none, "no_scan", false},
    {"NT", in_transit, Why::none, "no_scan", false},
    {"DX", in_transit, Why::none, "no_scan", false},
    {"OF", out_for_delivery},
    {"14", available_for_pickup},  // arrival at pick-up point
    {"16", available_for_pickup},
    {"17", in_transit, Why::none, "with_agent"},                     // picked up by agent: Tendered to Returns Agent
    {"02", delivery_attempted, Why::recipient_not_home},             // Notice Left
    {"52", delivery_attempted, Why::recipient_not_home},             // Notice Left
    {"56", delivery_attempted, Why::recipient_not_home},             // Notice Left (No Authorized Recipient Available)
    {"55", delivery_attempted, Why::recipient_not_home},             // Notice Left (No Secure Location Available)
    {"53", delivery_attempted, Why::recipient_no_access},            // Receptacle Blocked
    {"54", delivery_attempted, Why::recipient_no_access},            // Receptacle Full/Item Oversized
    {"30", delivery_attempted, Why::recipient_no_access},            // No Access to Delivery Location
    {"51", delivery_attempted, Why::recipient_closed},               // Business Closed
    {"71", exception, Why::carrier_delay},                           // Rescheduled to Next Delivery Day
    {"05", exception, Why::recipient_wrong_address},                 // Undeliverable as Addressed
    {"44", exception, Why::merchant_canceled},                       // Customer Recall
    {"11", exception, Why::carrier_address_not_found, "dead_mail"},  // to the Mail Recovery Center
    {"04", return_to_sender, Why::recipient_refused},
    {"09", return_to_sender},
    {"21", return_to_sender, Why::recipient_wrong_address},  // No Such Number
    {"22", return_to_sender, Why::recipient_wrong_address},  // Insufficient Address
    {"23", return_to_sender, Why::recipient_wrong_address},  // Moved, Left No Address
    {"24", return_to_sender, Why::recipient_wrong_address},  // Forward Expired
    {"25", return_to_sender, Why::recipient_wrong_address},  // Addressee Unknown
    {"26", return_to_sender, Why::recipient_wrong_address},  // Vacant
    {"27", return_to_sender, Why::recipient_not_collected},  // Unclaimed/Being Returned to Sender
    {"28", return_to_sender},                                // Deceased
    {"29", return_to_sender},                                // Other
    {"31", return_to_sender, Why::recipient_not_collected},  // Not Picked Up
    {"01", delivered},
};

// statusCategory: where USPS itself says the parcel is. An Alert is told more closely by the newest event's code.
inline constexpr Code kCategories[] = {
    {"Accepted", in_transit},
    {"In Transit", in_transit},
    {"In-Transit", in_transit},
    {"Moving Through Network", in_transit},
    {"Out for Delivery", out_for_delivery},
    {"Available for Pickup", available_for_pickup},
    {"Delivery Attempt", delivery_attempted},
    {"Delivery Attempt: Action Needed", delivery_attempted},
    {"Alert", exception},
    {"Delivered", delivered},
    {"Delivered to Agent", in_transit, Why::none, "with_agent"},
    {"Pre-Shipment", pre_transit},
};

// Texts (eventType and status) that say what the code 01 and the category Delivered keep to themselves: where it was left, and that a
// delivery to the sender is none.
inline constexpr Code kDeliveries[] = {
    {"Delivered, In/At Mailbox", delivered, Why::none, "mailbox"},
    {"Delivered, Parcel Locker", delivered, Why::none, "parcel_locker"},
    {"Delivered, PO Box", delivered, Why::none, "po_box"},
    {"Delivered, Front Door/Porch", delivered, Why::none, "front_door"},
    {"Delivered, Garage or Other Location at Address", delivered, Why::none, "safe_place"},
    {"Delivered, Garage / Other Door / Other Location at Address", delivered, Why::none, "safe_place"},
    {"Delivered, Front Desk/Reception/Mail Room", delivered, Why::none, "reception"},
    {"Delivered, Left with Individual", delivered, Why::none, "left_with_individual"},
    {"Delivered, Neighbor as Requested", delivered, Why::none, "left_with_neighbour"},
    {"Delivered, Individual Picked Up at Post Office", delivered, Why::none, "collected"},
    {"Delivered, Individual Picked Up at Postal Facility", delivered, Why::none, "collected"},
    {"Delivered, To Original Sender", returned},
    {"Delivered to Agent for Final Delivery", in_transit, Why::none, "with_agent"},
    {"Delivered to Agent, Left with Individual", delivered, Why::none, "left_with_agent"},
    {"Delivered to Agent, Front Desk/Reception/Mail Room", delivered, Why::none, "left_with_agent"},
    {"Delivered to Agent, Picked up at USPS", delivered, Why::none, "collected"},
    {"Delivered, To Agent", delivered, Why::none, "left_with_agent"},
};

// `status` under the category Alert when no event tells more (a summary).
inline constexpr Code kAlerts[] = {
    {"Return to Sender", return_to_sender},
    {"Return to Sender Processed", return_to_sender},
    {"Unclaimed/Being Returned to Sender", return_to_sender, Why::recipient_not_collected},
    {"Refused", return_to_sender, Why::recipient_refused},
    {"Addressee Unknown", return_to_sender, Why::recipient_wrong_address},
    {"Vacant", return_to_sender, Why::recipient_wrong_address},
    {"No Such Number", return_to_sender, Why::recipient_wrong_address},
    {"Insufficient Address", return_to_sender, Why::recipient_wrong_address},
    {"Moved, Left no Address", return_to_sender, Why::recipient_wrong_address},
    {"Forward Expired", return_to_sender, Why::recipient_wrong_address},
};

}  // namespace roundtrip::carriers::usps
