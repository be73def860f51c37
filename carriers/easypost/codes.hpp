// EasyPost's words: `status` and `status_detail` of trackers and their details, after "Tracking Statuses" of EasyPost's documentation, and
// the codes of its errors.
#pragma once
#include "carriers/carrier.hpp"
#include "carriers/codes.hpp"

namespace roundtrip::carriers::easypost {

inline constexpr Code kStatuses[] = {
    {"pre_transit", pre_transit, Why::none, "", false},
    {"in_transit", in_transit},
    {"out_for_delivery", out_for_delivery},
    {"delivered", delivered},
    {"available_for_pickup", available_for_pickup},
    {"return_to_sender", return_to_sender},
    {"failure", exception},
    {"cancelled", exception, Why::merchant_canceled, "label_voided", false},
};

// What the detail adds under a status that tells of trouble. `lost` makes it so; the other statuses here do not count.
inline constexpr Code kDetails[] = {
    {"address_correction", unknown, Why::recipient_wrong_address},
    {"awaiting_information", unknown, Why::none, "awaiting_information"},
    {"damaged", unknown, Why::carrier_damaged},
    {"delayed", unknown, Why::carrier_delay},
    {"delivery_exception", unknown, Why::none, "delivery_exception"},
    {"held", unknown, Why::none, "on_hold"},
    {"lost", lost, Why::carrier_lost},
    {"missorted", unknown, Why::carrier_missorted},
    {"refused", unknown, Why::recipient_refused},
    {"return", unknown},
    {"transit_exception", unknown, Why::none, "transit_exception"},
    {"weather_delay", unknown, Why::weather_delay},
};

struct ErrorCode {
  std::string_view code;
  Trouble trouble;
};
inline constexpr ErrorCode kErrors[] = {
    {"NOT_FOUND", Trouble::not_found},        {"TRACKER.NOT_FOUND", Trouble::not_found},
    {"UNAUTHORIZED", Trouble::auth},          {"FORBIDDEN", Trouble::auth},
    {"APIKEY.INACTIVE", Trouble::auth},       {"MODE.UNAUTHORIZED", Trouble::auth},
    {"USER.UNAUTHORIZED", Trouble::auth},     {"PAYMENT_REQUIRED", Trouble::auth},  // nothing works until a person acts
    {"RATE_LIMITED", Trouble::rate_limited},  {"INTERNAL_SERVER_ERROR", Trouble::service},
    {"TRACKER.RUN.ERROR", Trouble::service},  {"SHIPMENT.POSTAGE.NO_RESPONSE", Trouble::service},
    {"REFUND.NO_RESPONSE", Trouble::service},
};

}  // namespace roundtrip::carriers::easypost
