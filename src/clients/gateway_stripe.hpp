// Stripe's refunds: POST /v1/refunds with an idempotency key, look-up by metadata, and signed events.
#pragma once
#include <optional>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "clients/gateway.hpp"

namespace roundtrip::clients {

struct StripeOptions {
  std::string base_url = "https://api.stripe.com";
  std::string secret_key;
  int timeout_ms = 15'000;
};

// `transport` outlives the gateway.
std::unique_ptr<Gateway> make_stripe_gateway(StripeOptions options, Transport& transport);

// Stripe counts some currencies in other units than ISO 4217 (ISK and UGX in hundredths, MGA in whole
// ariary). Nothing when the amount cannot be said in Stripe's unit.
std::optional<std::int64_t> stripe_amount(std::int64_t minor, const std::string& currency);
// And back, from what Stripe says; the currency in any case.
std::optional<std::int64_t> minor_of_stripe(std::int64_t amount, const std::string& currency);

// Checks "Stripe-Signature: t=...,v1=..." (HMAC-SHA256 of "t.body" under any of the v1 values) and the
// age of t, at most `tolerance_s` seconds either way; then reads the event.
Result<GatewayEvent> read_stripe_event(std::string_view body, std::string_view signature, const std::string& secret, Instant now,
                                       int tolerance_s = 300);

}  // namespace roundtrip::clients
