// What a reply says about each parcel, as `roundtrip carriers read` prints it for an integrator.
#pragma once
#include <nlohmann/json.hpp>

#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

// {"records": [{"tracking_number", "status", "reason", "sub_code", "carrier_status_raw", "events": [{"status", "code", "text", "place",
// "time_raw", "time_local", "time_utc", "zone_basis"}], "eta", "signed_by", "weight", "error"}]}
// Times in UTC are RFC 3339, weight is in grams, what is not known is null. status is ours, derived from the events and the carrier's own
// statement; with an error it is null and `error` is {"kind", "detail"}. A call that failed as a whole gives one record without a number.
nlohmann::ordered_json records_json(const TrackReply& reply);
// not_found bad_request auth rate_limited service; a reply that cannot be read is a fault of the service.
std::string_view error_kind(Trouble trouble);

// The carrier's APIs whose replies look like this one, in the carrier's order.
std::vector<const Api*> apis_like(const Carrier& carrier, const HttpResponse& response);

}  // namespace roundtrip::carriers
