// What the parts of the Canada Post adapter share.
#pragma once
#include <span>

#include "carriers/carrier.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers::canada_post {

// tracking.cpp
std::span<const Api> tracking_apis();

// errors.cpp: <messages><message><code/><description/></message></messages>, alone or in another element.
struct ApiError {
  Trouble trouble = Trouble::none;
  std::string detail;
  std::int64_t retry_after_us = 0;
};
bool is_error_body(pugi::xml_node root);
ApiError error_of(int status, pugi::xml_node root);

// returns.cpp
const Shipping& shipping();

std::string base_url(const CarrierAccount& account);
// With Basic authorization and the media type that the service insists on.
HttpRequest xml_request(const CarrierAccount& account, std::string method, std::string url, std::string_view media_type, std::string body);

}  // namespace roundtrip::carriers::canada_post
