// The gateway without a gateway: refunds wait in a list until a person has paid them out; and the registry of gateways.
#include "clients/gateway.hpp"
#include "clients/gateway_adyen.hpp"
#include "clients/gateway_paypal.hpp"
#include "clients/gateway_stripe.hpp"

namespace roundtrip::clients {
namespace {

class ManualGateway : public Gateway {
 public:
  GatewayAnswer refund(const RefundCall&) override { return {GatewayAnswer::Kind::by_hand}; }
  GatewayAnswer find(const RefundCall&) override { return {GatewayAnswer::Kind::by_hand}; }
};

// The operator has named an address of their own.
bool is_named(const Config& config, const std::string& gateway) {
  const std::string key = "gateways." + gateway + ".base_url";
  return config.text(key) != Config().text(key);
}

}  // namespace

std::unique_ptr<Gateway> make_manual_gateway() { return std::make_unique<ManualGateway>(); }

bool gateways_may_be_private(const Config& config) {
  return config.boolean("gateways.allow_private_addresses") || is_named(config, "stripe") || is_named(config, "adyen") ||
         is_named(config, "paypal");
}

PaypalOptions paypal_options(const Config& config) {
  return {config.text("gateways.paypal.base_url"), config.text("gateways.paypal.client_id"), config.text("gateways.paypal.client_secret"),
          static_cast<int>(config.integer("gateways.timeout_ms"))};
}

Gateways::Gateways(std::map<std::string, std::unique_ptr<Gateway>> gateways)
    : gateways_(std::move(gateways)), by_hand_(make_manual_gateway()) {}

Gateways::Gateways(const Config& config, Transport& transport) : by_hand_(make_manual_gateway()) {
  const int timeout_ms = static_cast<int>(config.integer("gateways.timeout_ms"));
  const std::string& key = config.text("gateways.stripe.secret_key");
  if (!key.empty() || is_named(config, "stripe"))
    gateways_["stripe"] = make_stripe_gateway({config.text("gateways.stripe.base_url"), key, timeout_ms}, transport);
  if (!config.text("gateways.adyen.api_key").empty()) {
    gateways_["adyen"] = make_adyen_gateway({config.text("gateways.adyen.base_url"), config.text("gateways.adyen.api_key"),
                                             config.text("gateways.adyen.merchant_account"), timeout_ms},
                                            transport);
  }
  if (!config.text("gateways.paypal.client_id").empty())
    gateways_["paypal"] = make_paypal_gateway(std::make_shared<PaypalAccount>(paypal_options(config), transport));
}

Gateway& Gateways::of(const std::string& name) {
  const auto found = gateways_.find(name);
  return found == gateways_.end() ? *by_hand_ : *found->second;
}

}  // namespace roundtrip::clients
