// From a signed event to a settled refund.
#include "usecases/gateway_events.hpp"

#include "clients/gateway_stripe.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {

Done take_gateway_event(store::Database& db, const Config& config, const std::string& gateway, std::string_view body,
                        std::string_view signature, Instant now) {
  if (gateway != "stripe") return Error{ErrorKind::not_found, "gateway_not_found", "No gateway of that name sends events here."};
  const auto event = clients::read_stripe_event(body, signature, config.text("gateways.stripe.webhook_secret"), now);
  if (!event) return event.error();
  return settle_by_event(db, *event, now);
}

}  // namespace roundtrip::usecases
