// Builds Adyen's requests and reads its answers and notifications. https://docs.adyen.com/online-payments/refund
#include "clients/gateway_adyen.hpp"

#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "clients/gateway_parts.hpp"
#include "domain/money.hpp"

namespace roundtrip::clients {
namespace {

using Kind = GatewayAnswer::Kind;
using nlohmann::json;

// Nothing comes by asking: the outcome is told by webhook. How long a refund rests before we look at it again.
constexpr int kAdyenRest = 3600;

json adyen_member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? json(nullptr) : *found;
}
std::string adyen_text(const json& object, const char* name) {
  const json value = adyen_member(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

int adyen_decimals(const std::string& currency) {
  if (currency == "CLP" || currency == "ISK") return 2;
  if (currency == "CVE" || currency == "IDR") return 0;
  return domain::exponent(currency);
}

// An Idempotency-Key has at most 64 characters.
std::string adyen_key(const std::string& key) { return key.size() <= 64 ? key : sha256_hex(key); }

// Only what surely did nothing is `failed` or `busy`. https://docs.adyen.com/development-resources/api-idempotency
GatewayAnswer adyen_refusal(const HttpResponse& response) {
  const json error = json::parse(response.body, nullptr, false);
  GatewayAnswer answer{Kind::unknown, "", adyen_text(error, "errorCode"), adyen_text(error, "message").substr(0, 300),
                       retry_after_of(response)};
  const bool readable = !answer.code.empty();
  if (!readable) answer.code = "http_" + std::to_string(response.status);
  // 704: a request with this key is being worked on, or the error is one that passes.
  if (answer.code == "704" || header(response.headers, "transient-error").value_or("") == "true") return answer;
  switch (response.status) {
    case 400:
    case 404:
    case 422:
      if (readable) answer.kind = Kind::failed;
      return answer;
    case 401:
    case 403:
    case 429:
      answer.kind = Kind::busy;
      return answer;
    default:
      return answer;
  }
}

class AdyenGateway : public Gateway {
 public:
  AdyenGateway(AdyenOptions options, Transport& transport) : options_(std::move(options)), transport_(transport) {
    while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
  }

  GatewayAnswer refund(const RefundCall& call) override {
    const auto value = adyen_amount(call.amount, call.currency);
    if (!value) return {Kind::failed, "", "amount_not_payable", "Adyen cannot pay fractions of this currency's unit."};
    HttpRequest request;
    request.method = "POST";
    request.url = options_.base_url + "/payments/" + percent_encode(call.payment_reference) + "/refunds";
    request.timeout_ms = options_.timeout_ms;
    request.headers = {{"Content-Type", "application/json"},
                       {"Accept", "application/json"},
                       {"X-API-Key", options_.api_key},
                       {"Idempotency-Key", adyen_key(call.key)}};
    request.body = json{{"merchantAccount", options_.merchant_account},
                        {"amount", {{"currency", call.currency}, {"value", *value}}},
                        {"merchantRefundReason", "RETURN"},
                        {"reference", call.key.substr(0, 80)}}
                       .dump();
    const HttpOutcome outcome = transport_.send(request);
    if (!outcome.response) return answer_of_failure(outcome.failure, "Adyen");
    if (outcome.response->status / 100 != 2) return adyen_refusal(*outcome.response);
    const json taken = json::parse(outcome.response->body, nullptr, false);
    GatewayAnswer answer{Kind::pending, adyen_text(taken, "pspReference"), adyen_text(taken, "status"), "", kAdyenRest};
    if (answer.reference.empty() || answer.code != "received")
      return {Kind::unknown, "", "unreadable_answer", "Adyen's answer is not one about a refund."};
    return answer;
  }

  // Adyen tells outcomes by webhook alone. A lost answer is found by the same request with the same key, which Adyen answers with its
  // first answer for as long as it keeps the key; after that only a person can look.
  GatewayAnswer find(const RefundCall& call) override {
    if (!call.known_reference.empty()) return {Kind::pending, call.known_reference, "received", "", kAdyenRest};
    if (call.age_s < kAdyenKeySeconds) return {Kind::not_found};
    return {Kind::busy, "", "key_expired", "The answer was lost and Adyen keeps keys for seven days: look for " + call.key + " at Adyen.",
            86'400};
  }

 private:
  AdyenOptions options_;
  Transport& transport_;
};

// The words that are signed, unescaped. https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures
std::string signed_words(const json& item) {
  const json amount = adyen_member(item, "amount");
  const json value = adyen_member(amount, "value");
  std::string words;
  for (const char* name : {"pspReference", "originalReference", "merchantAccountCode", "merchantReference"})
    words += adyen_text(item, name) + ":";
  words += (value.is_number_integer() ? std::to_string(value.get<std::int64_t>()) : "") + ":" + adyen_text(amount, "currency") + ":";
  return words + adyen_text(item, "eventCode") + ":" + adyen_text(item, "success");
}

struct AdyenDispute {
  const char* code;
  DisputeNews::Kind kind;
};
// https://docs.adyen.com/risk-management/understanding-disputes/dispute-webhooks
constexpr AdyenDispute kAdyenDisputes[] = {
    {"REQUEST_FOR_INFORMATION", DisputeNews::Kind::inquiry},
    {"NOTIFICATION_OF_CHARGEBACK", DisputeNews::Kind::inquiry},
    {"CHARGEBACK", DisputeNews::Kind::open},
    {"PREARBITRATION_OPEN", DisputeNews::Kind::open},
    {"CHARGEBACK_REVERSED", DisputeNews::Kind::won},
    {"PREARBITRATION_WON", DisputeNews::Kind::won},
    {"PREARBITRATION_ISSUER_WITHDRAWN", DisputeNews::Kind::won},
    {"SCHEME_ARBITRATION_WON", DisputeNews::Kind::won},
    {"SECOND_CHARGEBACK", DisputeNews::Kind::lost},
    {"PREARBITRATION_LOST", DisputeNews::Kind::lost},
    {"SCHEME_ARBITRATION_LOST", DisputeNews::Kind::lost},
};

std::optional<DisputeNews> adyen_dispute(const json& item, const std::string& code, std::int64_t amount, const std::string& currency) {
  for (const auto& known : kAdyenDisputes) {
    if (code != known.code) continue;
    DisputeNews news{known.kind, adyen_text(item, "pspReference"),         {adyen_text(item, "originalReference")}, amount,
                     currency,   adyen_text(item, "reason").substr(0, 200)};
    const std::string status = adyen_text(adyen_member(item, "additionalData"), "disputeStatus");
    if (news.kind == DisputeNews::Kind::open && (status == "Lost" || status == "Accepted" || status == "Expired"))
      news.kind = DisputeNews::Kind::lost;
    return news;
  }
  return std::nullopt;
}

GatewayEvent adyen_event(const json& item) {
  GatewayEvent event;
  const std::string code = adyen_text(item, "eventCode");
  const bool success = adyen_text(item, "success") == "true";
  const json amount = adyen_member(item, "amount"), value = adyen_member(amount, "value");
  const std::string currency = adyen_text(amount, "currency");
  event.amount = value.is_number_integer() ? minor_of_adyen(value.get<std::int64_t>(), currency).value_or(0) : 0;
  if (success) event.dispute = adyen_dispute(item, code, event.amount, currency);
  if (code != "REFUND" && code != "REFUND_FAILED" && code != "REFUNDED_REVERSED") return event;
  event.about_refund = true;
  event.key = adyen_text(item, "merchantReference");
  event.answer = {Kind::succeeded, adyen_text(item, "pspReference")};
  if (code == "REFUND" && success) return event;
  event.answer.kind = Kind::failed;
  event.answer.code = code == "REFUND" ? "refund_refused" : code == "REFUND_FAILED" ? "refund_failed" : "refunded_reversed";
  event.answer.message = adyen_text(item, "reason").substr(0, 300);
  return event;
}

std::optional<std::string> bytes_of_hex(std::string_view hex) {
  if (hex.empty() || hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

std::unique_ptr<Gateway> make_adyen_gateway(AdyenOptions options, Transport& transport) {
  return std::make_unique<AdyenGateway>(std::move(options), transport);
}

std::optional<std::int64_t> adyen_amount(std::int64_t minor, const std::string& currency) {
  return with_decimals(minor, domain::exponent(currency), adyen_decimals(currency));
}

std::optional<std::int64_t> minor_of_adyen(std::int64_t value, const std::string& currency) {
  return with_decimals(value, adyen_decimals(currency), domain::exponent(currency));
}

std::string adyen_signature(std::string_view key_hex, std::string_view text) {
  const auto key = bytes_of_hex(key_hex);
  if (!key) return "";
  return to_base64(bytes_of_hex(hmac_sha256_hex(*key, text)).value());
}

Result<std::vector<GatewayEvent>> read_adyen_events(std::string_view body, const std::string& key_hex) {
  const json document = json::parse(body, nullptr, false);
  const json items = adyen_member(document, "notificationItems");
  if (!items.is_array()) return Error{ErrorKind::malformed, "not_json", "The body is not an Adyen notification."};
  std::vector<GatewayEvent> events;
  for (const json& one : items) {
    const json item = adyen_member(one, "NotificationRequestItem");
    const std::string wanted = adyen_signature(key_hex, signed_words(item));
    const std::string given = adyen_text(adyen_member(item, "additionalData"), "hmacSignature");
    if (wanted.empty() || !equal_in_constant_time(given, wanted)) {
      return Error{ErrorKind::unauthorized, "bad_signature",
                   "The hmacSignature does not fit the notification; check the webhook's HMAC key in Adyen's Customer Area."};
    }
    events.push_back(adyen_event(item));
  }
  return events;
}

}  // namespace roundtrip::clients
