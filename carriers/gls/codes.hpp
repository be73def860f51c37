// GLS's statuses, event codes and error codes.
#pragma once
#include "carriers/carrier.hpp"
#include "carriers/codes.hpp"

namespace roundtrip::carriers::gls {

// The status of a parcel: the enumeration of ParcelDTO in GLS's "Track And Trace V1", 1.0.7. FINAL ("history closed") is not here: the
// events say how it ended.
inline constexpr Code kStatuses[] = {
    {"PLANNEDPICKUP", pre_transit, Why::none, "pickup_planned"},
    {"INPICKUP", pre_transit, Why::none, "pickup_under_way"},
    {"NOTPICKEDUP", exception, Why::none, "not_picked_up"},
    {"PREADVICE", pre_transit, Why::none, "announced"},
    {"INTRANSIT", in_transit},
    {"INWAREHOUSE", in_transit, Why::none, "at_facility"},
    {"INDELIVERY", out_for_delivery},
    {"DELIVEREDPS", available_for_pickup, Why::none, "at_parcel_shop"},  // the recipient has yet to fetch it
    {"DELIVERED", delivered},
    {"NOTDELIVERED", delivery_attempted},
    {"CANCELED", exception, Why::merchant_canceled, "canceled"},
};

// Event codes: a stage and a detail ("DELIVD.PARCELSHOP"). Those of the examples of the same document and of replies seen by users of
// the API; GLS gives the whole list to its customers only (/tracking/events/codes).
inline constexpr Code kEvents[] = {
    {"INTIAL.PREADVICE", pre_transit, Why::none, "announced", false},
    {"INTIAL.E48_DATA", pre_transit, Why::none, "ready_for_pickup_by_carrier", false},
    {"INTIAL.NORMAL", in_transit, Why::none, "accepted"},
    {"INBOUD.NORMAL", in_transit, Why::none, "at_facility"},
    {"OUTBOD.NORMAL", in_transit, Why::none, "departed_facility"},
    {"OUTDEL.NORMAL", out_for_delivery},
    {"DELIVD.NORMAL", delivered},
    {"DELIVD.PARCELSHOP", available_for_pickup, Why::none, "at_parcel_shop"},
    {"DELIVD.DEL_BY_PSAPP", delivered, Why::none, "collected_by_recipient"},
    {"CANCEL.NORMAL", exception, Why::merchant_canceled, "canceled"},
};

// errorCode of a parcel (ParcelErrorCodeDTO).
struct ErrorCode {
  std::string_view code;
  Trouble trouble;
};
inline constexpr ErrorCode kErrors[] = {
    {"E_400_01", Trouble::bad_request}, {"E_400_02", Trouble::bad_request}, {"E_400_03", Trouble::bad_request},
    {"E_404_01", Trouble::not_found},   {"E_404_02", Trouble::not_found},   {"E_500_01", Trouble::service},
};

// fault.detail.errorcode of the gateway before the API (Apigee), by how it begins.
inline constexpr ErrorCode kFaults[] = {
    {"policies.ratelimit.", Trouble::rate_limited},
    {"steps.jwt.", Trouble::auth},
    {"steps.oauth.", Trouble::auth},
    {"oauth.", Trouble::auth},
    {"keymanagement.", Trouble::auth},
};

}  // namespace roundtrip::carriers::gls
