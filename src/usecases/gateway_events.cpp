// From a signed event to a settled refund or a dispute.
#include "usecases/gateway_events.hpp"

#include "clients/curl_transport.hpp"
#include "clients/gateway_adyen.hpp"
#include "clients/gateway_paypal.hpp"
#include "clients/gateway_stripe.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {

class GatewayDoor {
 public:
  explicit GatewayDoor(const Config& config)
      : stripe_secret(config.text("gateways.stripe.webhook_secret")),
        adyen_key(config.text("gateways.adyen.hmac_key")),
        paypal_webhook(config.text("gateways.paypal.webhook_id")),
        transport({.allow_private_addresses = clients::gateways_may_be_private(config)}),
        paypal(clients::paypal_options(config), transport) {}

  const std::string stripe_secret, adyen_key, paypal_webhook;
  clients::CurlTransport transport;
  clients::PaypalAccount paypal;
};

namespace {

std::string said(const Headers& headers, std::string_view name) { return std::string(header(headers, name).value_or("")); }

Result<std::vector<clients::GatewayEvent>> read_events(GatewayDoor& door, const std::string& gateway, std::string_view body,
                                                       const Headers& headers, Instant now) {
  if (gateway == "adyen") return clients::read_adyen_events(body, door.adyen_key);
  if (gateway == "stripe" || gateway == "paypal") {
    auto event = gateway == "stripe"
                     ? clients::read_stripe_event(body, said(headers, "stripe-signature"), door.stripe_secret, now)
                     : clients::read_paypal_event(
                           door.paypal, door.paypal_webhook,
                           {said(headers, "paypal-auth-algo"), said(headers, "paypal-cert-url"), said(headers, "paypal-transmission-id"),
                            said(headers, "paypal-transmission-sig"), said(headers, "paypal-transmission-time")},
                           body);
    if (!event) return event.error();
    return std::vector<clients::GatewayEvent>{*std::move(event)};
  }
  return Error{ErrorKind::not_found, "gateway_not_found", "No gateway of that name sends events here."};
}

}  // namespace

std::shared_ptr<GatewayDoor> make_gateway_door(const Config& config) { return std::make_shared<GatewayDoor>(config); }

Done take_gateway_event(store::Database& db, GatewayDoor& door, const std::string& gateway, std::string_view body, const Headers& headers,
                        Instant now) {
  const auto events = read_events(door, gateway, body, headers, now);
  if (!events) return events.error();
  for (const auto& event : *events) {
    if (auto taken = settle_by_event(db, gateway, event, now); !taken) return taken;
    if (!event.dispute) continue;
    if (auto taken = take_dispute(db, gateway, *event.dispute, now); !taken) return taken;
  }
  return done();
}

}  // namespace roundtrip::usecases
