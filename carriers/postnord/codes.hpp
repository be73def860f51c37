// PostNord's statuses, which shipments, items and events share, and its fault codes.
#pragma once
#include "carriers/carrier.hpp"
#include "carriers/codes.hpp"

namespace roundtrip::carriers::postnord {

// The ItemStatus enumeration of PostNord's "Shipment Information" (track and trace v5, the same in v7), as published with its clients
// and seen in replies; DELIVERY is in replies only.
inline constexpr Code kStatuses[] = {
    {"CREATED", pre_transit, Why::none, "announced", false},
    {"INFORMED", pre_transit, Why::none, "announced", false},
    {"EN_ROUTE", in_transit},
    {"EXPECTED_DELAY", in_transit, Why::carrier_delay, "delay_expected"},
    {"DELAYED", in_transit, Why::carrier_delay, "delayed"},
    {"STOPPED", exception, Why::none, "stopped"},
    {"AVAILABLE_FOR_DELIVERY", available_for_pickup, Why::none, "at_service_point"},
    {"AVAILABLE_FOR_DELIVERY_PAR_LOC", available_for_pickup, Why::none, "at_parcel_locker"},
    {"DELIVERY", out_for_delivery},
    {"DELIVERED", delivered},
    {"DELIVERY_IMPOSSIBLE", exception, Why::none, "undeliverable"},
    {"DELIVERY_REFUSED", exception, Why::recipient_refused},
    {"RETURNED", returned},
    // Neutral: a mail to the recipient (event z08), a shipment that travels in parts.
    {"OTHER", in_transit, Why::none, "notice", false},
    {"SPLIT", in_transit, Why::none, "notice", false},
};

// ISO 3166-1 as PostNord writes countries, where a country's clock matters.
struct Country {
  std::string_view three, two;
};
inline constexpr Country kCountries[] = {{"SWE", "SE"}, {"DNK", "DK"}, {"NOR", "NO"}, {"FIN", "FI"}, {"DEU", "DE"}, {"NLD", "NL"},
                                         {"BEL", "BE"}, {"GBR", "GB"}, {"IRL", "IE"}, {"POL", "PL"}, {"EST", "EE"}, {"LVA", "LV"},
                                         {"LTU", "LT"}, {"ISL", "IS"}, {"CHN", "CN"}, {"HKG", "HK"}, {"ITA", "IT"}, {"AUT", "AT"},
                                         {"CHE", "CH"}, {"CZE", "CZ"}, {"LUX", "LU"}, {"JPN", "JP"}, {"KOR", "KR"}, {"SGP", "SG"}};

}  // namespace roundtrip::carriers::postnord
