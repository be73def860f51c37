// What the parts of the USPS adapter share.
#pragma once
#include <span>

#include "carriers/carrier.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers::usps {

// tracking.cpp
std::span<const Api> tracking_apis();
// The pushes of Subscriptions - Tracking: {"subscriptionId", "timestamp", "payload": "<JSON as a text>"}, signed over timestamp + payload.
bool push_is_signed(std::string_view secret, std::string_view signature, std::string_view body);

// errors.cpp: USPS's error body {"apiVersion", "error": {"code", "message", "errors": [...]}} and that of its OAuth server.
struct ApiError {
  Trouble trouble = Trouble::none;
  std::string detail;
};
bool is_error_body(const Json& json);
// `status` is the call's or the item's; its body may tell more ("not found" comes as 400).
ApiError error_of(int status, const Json& json);

// labels.cpp
const Shipping& shipping();
// subscriptions.cpp
const Subscriptions& subscriptions();

std::string base_url(const CarrierAccount& account);
HttpRequest json_request(const CarrierAccount& account, std::string method, const std::string& path, std::string body);

}  // namespace roundtrip::carriers::usps
