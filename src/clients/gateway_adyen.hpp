// Adyen's refunds: POST /payments/{pspReference}/refunds with an idempotency key; the outcome comes by signed webhooks only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "clients/gateway.hpp"

namespace roundtrip::clients {

struct AdyenOptions {
  std::string base_url = "https://checkout-test.adyen.com/v71";
  std::string api_key;
  std::string merchant_account;
  int timeout_ms = 15'000;
};

// How long Adyen keeps an idempotency key at least: seven days; we stop a day earlier.
inline constexpr std::int64_t kAdyenKeySeconds = 6 * 86'400;

// `transport` outlives the gateway.
std::unique_ptr<Gateway> make_adyen_gateway(AdyenOptions options, Transport& transport);

// Adyen counts CLP and ISK in hundredths, CVE and IDR in whole units (docs.adyen.com/development-resources/currency-codes). Nothing when
// the amount cannot be said so. And back.
std::optional<std::int64_t> adyen_amount(std::int64_t minor, const std::string& currency);
std::optional<std::int64_t> minor_of_adyen(std::int64_t value, const std::string& currency);

// Base64 of HMAC-SHA256 under a key in hexadecimal; empty for a key that is none.
std::string adyen_signature(std::string_view key_hex, std::string_view text);
// Reads the items of a notification, each with its own signature in additionalData.hmacSignature; one that does not fit refuses all.
Result<std::vector<GatewayEvent>> read_adyen_events(std::string_view body, const std::string& key_hex);

}  // namespace roundtrip::clients
