// Canada Post's event identifiers and what they mean to us: "Tracking scan events" of Messages and Code Tables
// (canadapost.ca, developers). Identifiers come padded or not ("0174", "174"): leading zeros are dropped before a look.
#pragma once
#include "carriers/codes.hpp"

namespace roundtrip::carriers::canada_post {

inline constexpr Code kEvents[] = {
    // Data and notices: nobody touched the parcel.
    {"3000", pre_transit, Why::none, "label_created", false},             // electronic information submitted by shipper
    {"3002", pre_transit, Why::none, "label_created", false},             // return label created
    {"190", pre_transit, Why::merchant_canceled, "label_voided", false},  // retail transaction has been voided
    {"152", in_transit, Why::none, "", false},                            // COD payment is being issued
    {"2101", in_transit, Why::none, "", false},                           // waiting for COD remittance
    {"198", in_transit, Why::none, "", false},                            // label correction applied
    {"1200", in_transit, Why::carrier_delay, "", false},                  // expected delivery date updated
    {"1203", in_transit, Why::none, "", false},                           // the same
    {"1210", in_transit, Why::none, "duties_paid", false},
    {"1214", in_transit, Why::none, "", false},  // refund of duties: requested
    {"1215", in_transit, Why::none, "", false},  // issued
    {"1216", in_transit, Why::none, "", false},  // issued for a payment made twice
    {"1220", in_transit, Why::none, "", false},  // delivery preference: front door
    {"1221", in_transit, Why::none, "", false},  // side door
    {"1223", in_transit, Why::none, "", false},  // garage
    {"1224", in_transit, Why::none, "", false},  // front desk
    {"1225", in_transit, Why::none, "", false},  // post office
    {"1230", in_transit, Why::none, "", false},  // redirection requested by shipper
    {"1232", in_transit, Why::none, "", false},  // redirection requested
    {"1234", in_transit, Why::none, "", false},  // redirection request canceled
    {"2001", delivered, Why::none, "", false},   // photo available
    // Accepted and on its way.
    {"1300", in_transit, Why::none, "accepted"},
    {"1301", in_transit, Why::none, "accepted"},
    {"1302", in_transit, Why::none, "accepted"},
    {"1303", in_transit, Why::none, "accepted"},  // return item accepted at post office
    {"2300", in_transit, Why::none, "accepted"},  // picked up by Canada Post
    {"100", in_transit},
    {"102", in_transit},
    {"104", in_transit},
    {"105", in_transit},
    {"106", in_transit},
    {"107", in_transit},
    {"170", in_transit},
    {"175", in_transit},
    {"400", in_transit},
    {"405", in_transit},
    {"410", in_transit},
    {"804", in_transit},
    {"1240", in_transit},
    {"1241", in_transit},
    {"1244", in_transit},
    {"2500", in_transit},
    {"2501", in_transit},
    {"113", in_transit, Why::none, "with_partner"},
    {"114", in_transit, Why::none, "with_partner"},
    {"115", in_transit, Why::none, "with_partner"},
    {"116", in_transit, Why::none, "with_partner"},
    {"1703", in_transit},                                             // in transit to post office
    {"1705", in_transit},                                             // in transit to parcel locker
    {"629", in_transit},                                              // locker pick-up expired, to the post office
    {"630", in_transit},                                              // could not go to the locker, to the post office
    {"1480", in_transit, Why::recipient_wrong_address, "forwarded"},  // redirected to recipient's new address
    {"1490", in_transit, Why::recipient_wrong_address, "forwarded"},
    // Across borders.
    {"4000", in_transit, Why::none, "accepted"},
    {"4100", in_transit},
    {"4202", in_transit},
    {"4310", in_transit},
    {"4311", in_transit},
    {"4330", in_transit, Why::none, "in_customs"},  // presented to import customs
    {"4400", in_transit, Why::none, "in_customs"},
    {"4450", in_transit, Why::none, "customs_released"},
    {"4500", in_transit, Why::none, "customs_released"},
    {"4550", in_transit},
    {"4600", in_transit},
    {"4900", in_transit},
    {"4950", in_transit},
    {"8901", in_transit},
    {"700", in_transit},
    {"701", in_transit},
    {"815", in_transit},
    {"800", in_transit, Why::none, "in_customs"},
    {"130", in_transit, Why::none, "customs_released"},
    {"900", in_transit, Why::none, "customs_released"},
    {"910", in_transit, Why::none, "customs_released"},
    {"5201", in_transit, Why::none, "customs_released"},
    {"710", exception, Why::carrier_damaged},    // arrived in Canada damaged
    {"127", exception, Why::customs_delay},      // held at customs
    {"810", exception, Why::customs_delay},      // held by customs
    {"1487", exception, Why::customs_duties},    // back to customs, for an appeal of duties
    {"1495", exception, Why::customs_duties},    // the same
    {"2601", exception, Why::customs_duties},    // on its way back to customs
    {"117", exception, Why::customs_documents},  // documentation irregularity
    // Held and delayed.
    {"118", exception, Why::recipient_wrong_address},  // recipient outside partner's area
    {"120", exception, Why::recipient_wrong_address},  // incorrect or incomplete address
    {"121", exception, Why::recipient_refused},        // refused or unclaimed
    {"159", exception, Why::weather_delay},
    {"160", exception, Why::authority_hold},  // public authority or demonstration
    {"161", exception, Why::carrier_delay},   // labor disruption
    {"162", exception, Why::carrier_delay},   // transportation
    {"163", exception, Why::carrier_delay},   // power outage
    {"171", exception, Why::recipient_wrong_address},
    {"172", exception, Why::carrier_missorted},
    {"173", exception, Why::recipient_wrong_address},
    {"179", exception},  // cannot be delivered, more details to follow
    {"1483", exception},
    {"1493", exception},
    {"4650", exception},
    {"1245", exception},  // could not be redirected
    {"1412", exception, Why::recipient_wrong_address},
    {"2412", exception, Why::recipient_wrong_address},
    {"1414", exception, Why::carrier_delay},  // next business day
    {"2414", exception, Why::carrier_delay},
    {"1444", exception, Why::carrier_delay},
    {"621", exception, Why::carrier_delay},
    {"622", exception, Why::carrier_delay},
    {"623", exception, Why::carrier_delay},
    {"624", exception, Why::carrier_delay},
    {"625", exception, Why::carrier_delay},
    {"626", exception, Why::carrier_delay},
    {"627", exception, Why::carrier_delay},
    {"628", exception, Why::carrier_delay},
    {"1484", exception},
    {"1494", exception},
    {"4700", exception},
    {"1450", exception, Why::carrier_address_not_found},           // at the undeliverable mail office
    {"150", exception, Why::recipient_not_collected, "disposed"},  // hold period expired, disposed of
    {"1410", exception, Why::none, "held_for_recipient"},          // on hold at recipient's request
    {"2410", exception, Why::none, "held_for_recipient"},
    // The last mile.
    {"174", out_for_delivery},
    {"500", out_for_delivery},
    {"1411", delivery_attempted, Why::recipient_closed},
    {"2411", delivery_attempted, Why::recipient_closed},
    {"1443", delivery_attempted, Why::recipient_not_home},
    {"156", available_for_pickup, Why::none, "final_notice"},
    {"1407", available_for_pickup},
    {"2407", available_for_pickup},
    {"1701", available_for_pickup},
    {"1435", available_for_pickup, Why::recipient_not_home, "card_left"},
    {"1436", available_for_pickup, Why::recipient_not_home, "card_left"},
    {"1437", available_for_pickup, Why::recipient_not_home, "card_left"},
    {"1438", available_for_pickup, Why::recipient_not_home, "card_left"},
    {"1479", available_for_pickup, Why::recipient_not_home, "card_left"},
    {"1488", available_for_pickup, Why::recipient_not_home, "card_left"},
    {"1405", available_for_pickup, Why::none, "parcel_locker"},  // delivered to an automated parcel locker; 1406 is its end
    {"20", delivered, Why::none, "signed"},                      // signature available: taken at the delivery, in its second
    {"21", delivered, Why::none, "signed"},                      // verbal signature
    {"1406", delivered, Why::none, "collected"},
    {"1408", delivered, Why::none, "signed"},
    {"1409", delivered, Why::none, "signed"},
    {"1421", delivered, Why::none, "front_door"},
    {"1422", delivered, Why::none, "side_door"},
    {"1423", delivered, Why::none, "back_door"},
    {"1424", delivered, Why::none, "garage"},
    {"1425", delivered, Why::none, "reception"},
    {"1426", delivered, Why::none, "parcel_box"},
    {"1427", delivered, Why::none, "safe_place"},
    {"1428", delivered, Why::none, "front_door"},
    {"1429", delivered, Why::none, "side_door"},
    {"1430", delivered, Why::none, "back_door"},
    {"1431", delivered, Why::none, "garage"},
    {"1432", delivered, Why::none, "reception"},
    {"1433", delivered, Why::none, "parcel_box"},
    {"1434", delivered, Why::none, "safe_place"},
    {"1441", delivered, Why::none, "mailbox"},
    {"1442", delivered, Why::none, "mailbox"},
    {"1461", delivered, Why::none, "reception"},
    {"1462", delivered, Why::none, "reception"},
    {"1463", delivered, Why::none, "mailroom"},
    {"1465", delivered, Why::none, "mailroom"},
    {"1466", delivered, Why::none, "mailroom"},
    {"1467", delivered, Why::none, "mailroom"},
    {"1468", delivered, Why::none, "mailroom"},
    {"1469", delivered, Why::none, "mailroom"},
    {"1471", delivered, Why::none, "left_with_agent"},
    {"1472", delivered, Why::none, "left_with_agent"},
    {"1473", delivered, Why::none, "mailroom"},
    {"1475", delivered, Why::none, "mailroom"},
    {"1476", delivered},
    {"1496", delivered},
    {"1497", delivered},
    {"1498", delivered},
    {"1499", delivered},
    // The way back: what follows one of these belongs to the return leg.
    {"1415", return_to_sender, Why::recipient_wrong_address},
    {"1416", return_to_sender, Why::recipient_wrong_address},
    {"1417", return_to_sender, Why::recipient_refused},
    {"1418", return_to_sender, Why::recipient_not_verified},
    {"1419", return_to_sender, Why::recipient_not_collected},
    {"1420", return_to_sender},
    {"1481", return_to_sender, Why::recipient_wrong_address},
    {"1482", return_to_sender, Why::recipient_refused},
    {"1491", return_to_sender, Why::recipient_wrong_address},
    {"1492", return_to_sender, Why::recipient_refused},
    {"167", return_to_sender, Why::merchant_wrong_data},  // insufficient postage
    {"168", return_to_sender, Why::merchant_wrong_data},  // does not meet product requirements
    {"169", return_to_sender, Why::merchant_wrong_data},  // incorrect or missing label
    {"181", return_to_sender, Why::merchant_wrong_data},  // invalid label
    {"182", return_to_sender, Why::customs_documents},    // documentation incomplete
    {"183", return_to_sender},                            // service suspended to country
    {"184", return_to_sender, Why::customs_prohibited},   // non-mailable matter
    {"1100", return_to_sender, Why::customs_documents},   // refused by customs, sender information
    {"2600", return_to_sender},
    {"2802", return_to_sender},
    {"3001", return_to_sender},
};

// event-type of a summary, where it is sure what it means.
inline constexpr Code kSummaries[] = {
    {"INDUCTION", pre_transit, Why::none, "", false},  // "Order information received by Canada Post"
    {"OUT", out_for_delivery},
    {"ATTEMPTED", delivery_attempted},
    {"DELIVERED", delivered},
};

}  // namespace roundtrip::carriers::canada_post
