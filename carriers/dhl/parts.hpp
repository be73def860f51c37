// DHL's APIs, one file each; dhl.cpp joins them.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "carriers/carrier.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers::dhl {

// Shipment Tracking - Unified (GET /track/shipments).
HttpRequest unified_request(const CarrierAccount& account, std::span<const TrackQuery> queries);
bool is_unified(const Reply& reply);
TrackReply read_unified(const Reply& reply);

// MyDHL API, DHL Express: one shipment with the zone of every event, or several without.
HttpRequest express_request(const CarrierAccount& account, std::span<const TrackQuery> queries);
HttpRequest express_batch_request(const CarrierAccount& account, std::span<const TrackQuery> queries);
bool is_express(const Reply& reply);
TrackReply read_express(const Reply& reply);

// Parcel DE Tracking v0: XML in the query string.
HttpRequest parcel_de_request(const CarrierAccount& account, std::span<const TrackQuery> queries);
bool is_parcel_de(const Reply& reply);
TrackReply read_parcel_de(const Reply& reply);

// eCommerce US (GlobalMail), the old XML: read, no longer asked.
bool is_ecommerce_us(const Reply& reply);
TrackReply read_ecommerce_us(const Reply& reply);

// RFC 7807 as all of DHL's JSON APIs send it: {"status", "title", "detail"}; the status in the body may be a text ("400") and counts where
// the reply's own was lost.
bool is_problem(const Reply& reply);
CallTrouble trouble_of_problem(const Reply& reply);
TrackReply problem(const Reply& reply);

// Parcel DE asks for the business portal's user and password beside the API key, for the billing number of shipments and for the receiver
// of returns: parts of the account's customer (part_of) "user=...;password=...;billing=...;receiver=...". A billing number of one product
// is "billing.V53WPAK", a receiver for one country "receiver.che".
std::string basic_auth(std::string_view user, std::string_view password);
std::string base_of(const CarrierAccount& account, std::string_view standard);

const Shipping& parcel_de_shipping();

inline constexpr std::string_view kGateway = "https://api-eu.dhl.com";
inline constexpr std::string_view kExpress = "https://express.api.dhl.com";

}  // namespace roundtrip::carriers::dhl
