// The gateway without a gateway: refunds wait in a list until a person has paid them out; and the registry of gateways.
#include "clients/gateway.hpp"
#include "clients/gateway_stripe.hpp"

namespace roundtrip::clients {
namespace {

class ManualGateway : public Gateway {
 public:
  GatewayAnswer refund(const RefundCall&) override { return {GatewayAnswer::Kind::by_hand}; }
  GatewayAnswer find(const RefundCall&) override { return {GatewayAnswer::Kind::by_hand}; }
};

bool stripe_named(const Config& config) { return config.text("gateways.stripe.base_url") != Config().text("gateways.stripe.base_url"); }

}  // namespace

std::unique_ptr<Gateway> make_manual_gateway() { return std::make_unique<ManualGateway>(); }

bool gateways_may_be_private(const Config& config) { return config.boolean("gateways.allow_private_addresses") || stripe_named(config); }

Gateways::Gateways(std::map<std::string, std::unique_ptr<Gateway>> gateways)
    : gateways_(std::move(gateways)), by_hand_(make_manual_gateway()) {}

Gateways::Gateways(const Config& config, Transport& transport) : by_hand_(make_manual_gateway()) {
  const std::string& key = config.text("gateways.stripe.secret_key");
  if (key.empty() && !stripe_named(config)) return;
  gateways_["stripe"] = make_stripe_gateway(
      {config.text("gateways.stripe.base_url"), key, static_cast<int>(config.integer("gateways.timeout_ms"))}, transport);
}

Gateway& Gateways::of(const std::string& name) {
  const auto found = gateways_.find(name);
  return found == gateways_.end() ? *by_hand_ : *found->second;
}

}  // namespace roundtrip::clients
