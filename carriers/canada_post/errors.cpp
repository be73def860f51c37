// Canada Post's error bodies: which trouble they are.
#include "carriers/canada_post/parts.hpp"

namespace roundtrip::carriers::canada_post {
namespace {
constexpr std::int64_t kThrottledUs = kMinute;  // "blocked from making additional calls for up to a minute"

struct KnownCode {
  std::string_view code;
  Trouble trouble;
};
// "Error messages" of Messages and Code Tables.
constexpr KnownCode kCodes[] = {
    {"004", Trouble::not_found},       // No Pin History
    {"E002", Trouble::auth},           // AAA Authentication Failure
    {"E004", Trouble::auth},           // the same, of other services
    {"AA001", Trouble::auth},          // user deactivated
    {"AA002", Trouble::auth},          // user and password do not fit the endpoint
    {"AA003", Trouble::auth},          // key and customer number do not fit
    {"AA004", Trouble::auth},          // may not mail on behalf of that customer
    {"AA005", Trouble::auth},          // platform id
    {"AA006", Trouble::auth},          // platform not authorized
    {"Server", Trouble::rate_limited}  // Rejected by SLM Monitor
};
}  // namespace

bool is_error_body(pugi::xml_node root) { return local_name(root) == "messages" || at(root, "messages"); }

ApiError error_of(int status, pugi::xml_node root) {
  ApiError error{Trouble::bad_request, "", 0};
  if (status == 401 || status == 403) error.trouble = Trouble::auth;
  if (status == 404) error.trouble = Trouble::not_found;
  if (status == 429) error.trouble = Trouble::rate_limited;
  if (status >= 500) error.trouble = Trouble::service;
  const auto messages = local_name(root) == "messages" ? root : at(root, "messages");
  for (const auto message : list(messages, "message")) {
    const std::string code = text(message, "code");
    error.detail = clean_text(joined({error.detail, joined({code, text(message, "description")}, " ")}, "; "));
    for (const auto& known : kCodes) {
      if (known.code == code) error.trouble = known.trouble;
    }
  }
  if (error.trouble == Trouble::rate_limited) error.retry_after_us = kThrottledUs;
  if (error.detail.empty()) error.detail = "HTTP " + std::to_string(status);
  return error;
}

}  // namespace roundtrip::carriers::canada_post
