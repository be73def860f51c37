// Builds PayPal's requests and reads its answers and events.
#include "clients/gateway_paypal.hpp"

#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/secrets.hpp"
#include "clients/gateway_parts.hpp"
#include "domain/money.hpp"

namespace roundtrip::clients {
namespace {

using Kind = GatewayAnswer::Kind;
using nlohmann::json;

constexpr std::string_view kPaypalCurrencies[] = {"AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS",
                                                  "JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"};

json paypal_member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? json(nullptr) : *found;
}
std::string paypal_text(const json& object, const char* name) {
  const json value = paypal_member(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

int paypal_decimals(const std::string& currency) { return currency == "HUF" || currency == "JPY" || currency == "TWD" ? 0 : 2; }

std::int64_t paypal_minor(const json& money) {
  const std::string currency = paypal_text(money, "currency_code");
  return minor_of_decimal(paypal_text(money, "value"), domain::exponent(currency)).value_or(0);
}

// What a refund object says. https://developer.paypal.com/docs/api/payments/v2/#definition-refund_status
GatewayAnswer answer_of_paypal(const json& refund) {
  GatewayAnswer answer{Kind::unknown, paypal_text(refund, "id")};
  const json fee = paypal_member(paypal_member(refund, "seller_payable_breakdown"), "paypal_fee");
  // It lessens what the payee is debited: a part of the capture's fee comes back.
  if (fee.is_object() && !answer.reference.empty())
    answer.fee = GatewayFee{answer.reference, -paypal_minor(fee), paypal_text(fee, "currency_code")};
  const std::string status = paypal_text(refund, "status");
  if (status == "COMPLETED") {
    answer.kind = Kind::succeeded;
  } else if (status == "PENDING") {
    answer.kind = Kind::pending;
    answer.code = "pending";
  } else if (status == "FAILED" || status == "CANCELLED") {
    answer.kind = Kind::failed;
    answer.code = status == "FAILED" ? "failed" : "canceled";
    answer.message = "PayPal reports the refund as " + status + ".";
  } else {
    answer.code = "unknown_status";
    answer.message = "PayPal answered a status we do not know: " + status.substr(0, 40);
  }
  return answer;
}

// Only what surely did nothing is `failed` or `busy`.
GatewayAnswer paypal_refusal(const HttpResponse& response) {
  const json error = json::parse(response.body, nullptr, false);
  const json details = paypal_member(error, "details");
  const json first = details.is_array() && !details.empty() ? details.front() : json(nullptr);
  GatewayAnswer answer{Kind::unknown, "", paypal_text(first, "issue"), paypal_text(first, "description"), retry_after_of(response)};
  const std::string name = paypal_text(error, "name");
  if (answer.code.empty()) answer.code = name.empty() ? "http_" + std::to_string(response.status) : name;
  if (answer.message.empty()) answer.message = paypal_text(error, "message");
  answer.message = answer.message.substr(0, 300);
  switch (response.status) {
    case 400:
    case 404:
    case 422:
      // The capture may settle yet: nothing is refunded, and it is no refusal for good.
      if (answer.code == "PENDING_CAPTURE")
        answer.kind = Kind::busy;
      else if (!name.empty())
        answer.kind = Kind::failed;
      return answer;
    case 401:
    case 403:
    case 429:
      answer.kind = Kind::busy;
      return answer;
    default:
      return answer;  // 409: the same request is being worked on; 5xx: nobody knows
  }
}

// PayPal-Request-Id has at most 108 characters.
std::string request_id(const std::string& key) { return key.size() <= 108 ? key : sha256_hex(key); }

class PaypalGateway : public Gateway {
 public:
  explicit PaypalGateway(std::shared_ptr<PaypalAccount> account) : account_(std::move(account)) {}

  GatewayAnswer refund(const RefundCall& call) override {
    const auto value = paypal_value(call.amount, call.currency);
    if (!value) return {Kind::failed, "", "amount_not_payable", "PayPal does not take this currency, or not fractions of its unit."};
    const json body = {{"amount", {{"currency_code", call.currency}, {"value", *value}}}, {"custom_id", call.key.substr(0, 127)}};
    const HttpOutcome outcome =
        account_->call("POST", "/v2/payments/captures/" + percent_encode(call.payment_reference) + "/refund", body.dump(),
                       {{"PayPal-Request-Id", request_id(call.key)}, {"Prefer", "return=representation"}});
    if (!outcome.response) return answer_of_failure(outcome.failure, "PayPal");
    if (outcome.response->status / 100 != 2) return paypal_refusal(*outcome.response);
    return read_refund(*outcome.response);
  }

  // By its id when we know it. Else the same request with the same PayPal-Request-Id finds it: PayPal answers with what became of the
  // first one for as long as it keeps the id.
  GatewayAnswer find(const RefundCall& call) override {
    if (call.known_reference.empty()) {
      if (call.age_s < kPaypalKeySeconds) return {Kind::not_found};
      return {Kind::busy, "", "key_expired", "The answer was lost and PayPal keeps ids for 45 days: look for " + call.key + " at PayPal.",
              86'400};
    }
    const HttpOutcome outcome = account_->call("GET", "/v2/payments/refunds/" + percent_encode(call.known_reference), "");
    if (!outcome.response) return ask_later(answer_of_failure(outcome.failure, "PayPal"));
    if (outcome.response->status / 100 != 2) return ask_later(paypal_refusal(*outcome.response));
    const GatewayAnswer answer = read_refund(*outcome.response);
    return answer.kind == Kind::unknown ? ask_later(answer) : answer;
  }

 private:
  static GatewayAnswer read_refund(const HttpResponse& response) {
    const json refund = json::parse(response.body, nullptr, false);
    if (paypal_text(refund, "id").empty()) return {Kind::unknown, "", "unreadable_answer", "PayPal's answer is not a refund."};
    return answer_of_paypal(refund);
  }

  std::shared_ptr<PaypalAccount> account_;
};

// https://developer.paypal.com/docs/api/customer-disputes/v1/: an inquiry is between buyer and seller, the later stages hold the money.
std::optional<DisputeNews> paypal_dispute(const json& dispute) {
  const std::string id = paypal_text(dispute, "dispute_id");
  if (id.empty()) return std::nullopt;
  DisputeNews news{DisputeNews::Kind::open, id, {}, 0, "", paypal_text(dispute, "reason")};
  const std::string stage = paypal_text(dispute, "dispute_life_cycle_stage");
  if (stage == "INQUIRY") news.kind = DisputeNews::Kind::inquiry;
  if (paypal_text(dispute, "status") == "RESOLVED") {
    const std::string outcome = paypal_text(paypal_member(dispute, "dispute_outcome"), "outcome_code");
    const bool lost = outcome == "RESOLVED_BUYER_FAVOUR" || outcome == "ACCEPTED";
    news.kind = lost ? DisputeNews::Kind::lost : DisputeNews::Kind::won;
  }
  const json amount = paypal_member(dispute, "dispute_amount");
  news.amount = paypal_minor(amount);
  news.currency = paypal_text(amount, "currency_code");
  const json transactions = paypal_member(dispute, "disputed_transactions");
  for (const json& one : transactions.is_array() ? transactions : json::array()) {
    const std::string capture = paypal_text(one, "seller_transaction_id");
    if (!capture.empty()) news.payments.push_back(capture);
  }
  return news;
}

GatewayEvent paypal_event(const json& document) {
  GatewayEvent event;
  const std::string type = paypal_text(document, "event_type");
  const json resource = paypal_member(document, "resource");
  if (type.starts_with("CUSTOMER.DISPUTE.")) {
    event.dispute = paypal_dispute(resource);
    return event;
  }
  if (type != "PAYMENT.CAPTURE.REFUNDED" && !type.starts_with("PAYMENT.REFUND.")) return event;
  event.about_refund = true;
  event.key = paypal_text(resource, "custom_id");
  event.amount = paypal_minor(paypal_member(resource, "amount"));
  event.answer = answer_of_paypal(resource);
  if (type == "PAYMENT.REFUND.FAILED" && event.answer.kind != Kind::failed)
    event.answer = {Kind::failed, event.answer.reference, "failed", "PayPal reports that the refund failed."};
  return event;
}

}  // namespace

PaypalAccount::PaypalAccount(PaypalOptions options, Transport& transport) : options_(std::move(options)), transport_(transport) {
  while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
}

HttpOutcome PaypalAccount::send(const std::string& method, const std::string& path, const std::string& body, Headers headers) {
  HttpRequest request;
  request.method = method;
  request.url = options_.base_url + path;
  request.timeout_ms = options_.timeout_ms;
  request.headers = std::move(headers);
  request.headers.emplace_back("Accept", "application/json");
  request.body = body;
  return transport_.send(request);
}

std::optional<std::string> PaypalAccount::token(HttpOutcome& failed) {
  const std::lock_guard lock(mutex_);
  if (!token_.empty() && steady_us() < token_ends_us_) return token_;
  failed = send("POST", "/v1/oauth2/token", "grant_type=client_credentials",
                {{"Content-Type", "application/x-www-form-urlencoded"},
                 {"Authorization", "Basic " + to_base64(options_.client_id + ":" + options_.client_secret)}});
  // Without a token nothing was asked of a refund: whatever happened here did nothing.
  failed.failure.maybe_received = false;
  if (!failed.response) return std::nullopt;
  const json answer = json::parse(failed.response->body, nullptr, false);
  const json lasts = paypal_member(answer, "expires_in");
  token_ = failed.response->status / 100 == 2 ? paypal_text(answer, "access_token") : "";
  if (token_.empty()) {
    if (failed.response->status / 100 == 2 || failed.response->status / 100 == 5 || failed.response->status < 429)
      failed.response->status = 401;
    return std::nullopt;
  }
  const std::int64_t seconds = lasts.is_number_integer() ? lasts.get<std::int64_t>() : 0;
  token_ends_us_ = steady_us() + std::max<std::int64_t>(0, seconds - 60) * kSecond;
  return token_;
}

HttpOutcome PaypalAccount::call(const std::string& method, const std::string& path, const std::string& body, const Headers& more) {
  HttpOutcome outcome;
  for (int tries = 0; tries < 2; ++tries) {
    const auto bearer = token(outcome);
    if (!bearer) return outcome;
    Headers headers = more;
    headers.emplace_back("Authorization", "Bearer " + *bearer);
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    outcome = send(method, path, body, std::move(headers));
    if (!outcome.response || outcome.response->status != 401) return outcome;
    const std::lock_guard lock(mutex_);
    if (token_ == *bearer) token_.clear();
  }
  return outcome;
}

std::unique_ptr<Gateway> make_paypal_gateway(std::shared_ptr<PaypalAccount> account) {
  return std::make_unique<PaypalGateway>(std::move(account));
}

std::optional<std::string> paypal_value(std::int64_t minor, const std::string& currency) {
  bool known = false;
  for (const auto code : kPaypalCurrencies) known = known || code == currency;
  const auto amount = with_decimals(minor, domain::exponent(currency), paypal_decimals(currency));
  if (!known || !amount) return std::nullopt;
  return decimal_text(*amount, paypal_decimals(currency));
}

Result<GatewayEvent> read_paypal_event(PaypalAccount& account, const std::string& webhook_id, const PaypalSignature& signature,
                                       std::string_view body) {
  const json event = json::parse(body, nullptr, false);
  if (!event.is_object()) return Error{ErrorKind::malformed, "not_json", "The body is not a JSON object."};
  const Error refused{ErrorKind::unauthorized, "bad_signature", "PayPal does not vouch for this event; check the webhook's id."};
  if (webhook_id.empty() || signature.transmission_id.empty() || signature.transmission_sig.empty()) return refused;
  // The event goes back as it came, byte for byte: PayPal compares a checksum of its text.
  json question = {{"auth_algo", signature.auth_algo},
                   {"cert_url", signature.cert_url},
                   {"transmission_id", signature.transmission_id},
                   {"transmission_sig", signature.transmission_sig},
                   {"transmission_time", signature.transmission_time},
                   {"webhook_id", webhook_id}};
  std::string text = question.dump(-1, ' ', false, json::error_handler_t::replace);
  text.pop_back();
  text += ",\"webhook_event\":" + std::string(body) + "}";
  const HttpOutcome outcome = account.call("POST", "/v1/notifications/verify-webhook-signature", text);
  if (!outcome.response || outcome.response->status / 100 != 2)
    return Error{ErrorKind::unavailable, "gateway_unreachable", "PayPal could not be asked whether the event is its own; send it again."};
  const json verdict = json::parse(outcome.response->body, nullptr, false);
  if (paypal_text(verdict, "verification_status") != "SUCCESS") return refused;
  return paypal_event(event);
}

}  // namespace roundtrip::clients
