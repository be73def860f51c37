// USPS's error bodies: which trouble they are.
#include <charconv>

#include "carriers/usps/parts.hpp"

namespace roundtrip::carriers::usps {
namespace {
// Codes at the start of a tracking message and what they are ("12: A status update is not yet available on your package. ..."). Older
// back ends show through with the numbers of Web Tools.
struct KnownMessage {
  std::string_view start;
  Trouble trouble;
};
constexpr KnownMessage kMessages[] = {
    {"12:", Trouble::not_found},                       // no status update yet
    {"-2147219283", Trouble::not_found},               // the same, of Web Tools
    {"-2147219302", Trouble::not_found},               // could not locate
    {"-2147219301", Trouble::not_found},               // not available
    {"Order not found", Trouble::not_found},           // Labels 3.9, ExampleCancelError_NOTFOUND: its codes are all "400" and "00000XX"
    {"Tracking number not found", Trouble::not_found}  // Labels 3.9, of a cancellation
};
// OAuth 2 (RFC 6749, 5.2): the request, not the credentials, is wrong.
constexpr std::string_view kOauthOfRequest[] = {"invalid_request", "unsupported_grant_type", "invalid_scope"};

std::string whole_message(const Json& json) {
  std::string out = joined({text(json, "error/code"), text(json, "error/message")}, " ");
  for (const Json* one : list(json, "error/errors")) {
    const auto more = joined({text(*one, "code"), text(*one, "title"), text(*one, "detail"), text(*one, "source/parameter")}, " ");
    if (!more.empty() && out.find(more) == std::string::npos) out += (out.empty() ? "" : "; ") + more;
    if (out.size() > kMostText) break;
  }
  return clean_text(out);
}

Trouble of_status(int status) {
  if (status == 401 || status == 403) return Trouble::auth;
  if (status == 404) return Trouble::not_found;
  if (status == 429) return Trouble::rate_limited;
  if (status >= 500) return Trouble::service;
  return Trouble::bad_request;
}

std::optional<Trouble> of_message(const Json& json) {
  const auto known = [](const std::string& said) -> std::optional<Trouble> {
    for (const auto& one : kMessages) {
      if (said.starts_with(one.start)) return one.trouble;
    }
    return std::nullopt;
  };
  if (const auto found = known(text(json, "error/message"))) return found;
  for (const Json* one : list(json, "error/errors")) {
    for (const auto* part : {"title", "detail", "code"}) {
      if (const auto found = known(text(*one, part))) return found;
    }
  }
  return std::nullopt;
}
}  // namespace

bool is_error_body(const Json& json) {
  const Json& error = at(json, "error");
  return error.is_string() || (error.is_object() && (has(error, "code") || has(error, "message") || has(error, "errors")));
}

ApiError error_of(int status, const Json& json) {
  if (at(json, "error").is_string()) {
    const auto code = text(json, "error");
    const bool of_request = std::find(std::begin(kOauthOfRequest), std::end(kOauthOfRequest), code) != std::end(kOauthOfRequest);
    const auto trouble = status == 429 || status >= 500 ? of_status(status) : of_request ? Trouble::bad_request : Trouble::auth;
    return {trouble, joined({code, text(json, "error_description")}, " ")};
  }
  const std::string code = text(json, "error/code");
  int stated = 0;
  std::from_chars(code.data(), code.data() + code.size(), stated);
  // A gateway may pass an error on with its own 200.
  Trouble trouble = of_status(status >= 400 ? status : stated);
  if (trouble == Trouble::bad_request || trouble == Trouble::not_found) trouble = of_message(json).value_or(trouble);
  return {trouble, whole_message(json)};
}

}  // namespace roundtrip::carriers::usps
