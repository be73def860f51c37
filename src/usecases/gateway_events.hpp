// Events that payment gateways send us: the signature is checked here, then refunds are settled and disputes followed.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/config.hpp"
#include "base/result.hpp"
#include "base/transport.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// The gateways' secrets, and a line to those that have to be asked about an event. Made once; thread-safe.
class GatewayDoor;
std::shared_ptr<GatewayDoor> make_gateway_door(const Config& config);

// not_found for a gateway that sends no events; unauthorized for a signature that does not fit; unavailable when the gateway could not be
// asked whether the event is its own. Events that are not about our refunds and payments are taken and ignored. Taking one twice, or an
// old one after a newer, does no harm.
Done take_gateway_event(store::Database& db, GatewayDoor& door, const std::string& gateway, std::string_view body, const Headers& headers,
                        Instant now);

}  // namespace roundtrip::usecases
