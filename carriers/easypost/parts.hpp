// EasyPost, the pieces that easypost.cpp joins.
#pragma once
#include "carriers/carrier.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers::easypost {

inline constexpr std::string_view kStandardBase = "https://api.easypost.com";

// {"error": {"code", "message", "errors"}}: the code counts, then the HTTP status.
bool is_error(const Reply& reply);
CallTrouble trouble_of_error(const Reply& reply);
// The key is the user of HTTP Basic, without a password.
HttpRequest request_to(const CarrierAccount& account, std::string method, const std::string& path, const Json& body = {});

// The account's customer has parts (part_of): "carrier=USPS" is a hint for trackers, "carrier_account=ca_..." is what labels are bought
// with, "service" and "return_service" are the services where an order names none.
const Shipping& easypost_shipping();
const Pickups& easypost_pickups();
const Subscriptions& easypost_subscriptions();

}  // namespace roundtrip::carriers::easypost
