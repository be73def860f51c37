// PayPal's refunds: POST /v2/payments/captures/{id}/refund with PayPal-Request-Id, look-up by id, and events that PayPal verifies itself.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "clients/gateway.hpp"

namespace roundtrip::clients {

struct PaypalOptions {
  std::string base_url = "https://api-m.paypal.com";
  std::string client_id, client_secret;
  int timeout_ms = 15'000;
};

PaypalOptions paypal_options(const Config& config);

// PayPal keeps a PayPal-Request-Id for 45 days; we stop a day earlier.
inline constexpr std::int64_t kPaypalKeySeconds = 44 * 86'400;

// One account: calls with an OAuth token that is asked for once and kept until shortly before its end. Thread-safe.
class PaypalAccount {
 public:
  // `transport` outlives the account.
  PaypalAccount(PaypalOptions options, Transport& transport);
  // Sends with the token; a refused token (401: nothing was done) is replaced once.
  HttpOutcome call(const std::string& method, const std::string& path, const std::string& body, const Headers& more = {});

 private:
  // Nothing, and why in `failed`, when PayPal gave none.
  std::optional<std::string> token(HttpOutcome& failed);
  HttpOutcome send(const std::string& method, const std::string& path, const std::string& body, Headers headers);

  PaypalOptions options_;
  Transport& transport_;
  std::mutex mutex_;
  std::string token_;
  std::int64_t token_ends_us_ = 0;
};

std::unique_ptr<Gateway> make_paypal_gateway(std::shared_ptr<PaypalAccount> account);

// The value PayPal wants ("12.34"; HUF, JPY and TWD have no decimals there). Nothing for a currency or an amount that PayPal does not
// take. https://developer.paypal.com/api/rest/reference/currency-codes/
std::optional<std::string> paypal_value(std::int64_t minor, const std::string& currency);

// The headers that come with an event: PAYPAL-AUTH-ALGO, -CERT-URL, -TRANSMISSION-ID, -TRANSMISSION-SIG, -TRANSMISSION-TIME.
struct PaypalSignature {
  std::string auth_algo, cert_url, transmission_id, transmission_sig, transmission_time;
};
// Has PayPal verify the event (POST /v1/notifications/verify-webhook-signature) and reads it. unavailable: PayPal could not be asked; it
// sends the event again.
Result<GatewayEvent> read_paypal_event(PaypalAccount& account, const std::string& webhook_id, const PaypalSignature& signature,
                                       std::string_view body);

}  // namespace roundtrip::clients
