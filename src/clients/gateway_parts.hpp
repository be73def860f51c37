// What the gateways' clients share: reading failures and waits, and units of money that differ from ISO 4217.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "clients/gateway.hpp"

namespace roundtrip::clients {

// Retry-After in seconds, at most a day; 0 without one.
int retry_after_of(const HttpResponse& response);
// No answer: busy when nothing can have arrived, else unknown.
GatewayAnswer answer_of_failure(const TransportFailure& failure, const std::string& gateway);
// A look-up that did not work says nothing about the refund: ask again later.
GatewayAnswer ask_later(GatewayAnswer answer);
// An amount with `from` decimals as one with `to` decimals; nothing when it does not fit exactly.
std::optional<std::int64_t> with_decimals(std::int64_t amount, int from, int to);
// "12.34" for 1234 with 2 decimals, and back; nothing for what is not exactly so.
std::string decimal_text(std::int64_t amount, int decimals);
std::optional<std::int64_t> minor_of_decimal(const std::string& text, int decimals);

}  // namespace roundtrip::clients
