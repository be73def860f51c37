// Events that payment gateways send us: the signature is checked here, then the refund is settled.
#pragma once
#include <string>
#include <string_view>

#include "base/config.hpp"
#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// not_found for a gateway that sends no events; unauthorized for a signature that does not fit.
// Events that are not about our refunds are taken and ignored. Taking one twice does no harm.
Done take_gateway_event(store::Database& db, const Config& config, const std::string& gateway, std::string_view body,
                        std::string_view signature, Instant now);

}  // namespace roundtrip::usecases
