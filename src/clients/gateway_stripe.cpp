// Builds Stripe's requests and reads its answers; what an answer means for the money is decided here once.
#include "clients/gateway_stripe.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "clients/gateway_parts.hpp"

namespace roundtrip::clients {
namespace {

using Kind = GatewayAnswer::Kind;
using nlohmann::json;

constexpr int kPageSize = 100;  // Stripe's largest page
constexpr int kMaxPages = 50;   // 5,000 refunds of one charge

json parse_or_null(const std::string& text) { return json::parse(text, nullptr, false); }

std::string text_at(const json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}
std::int64_t number_at(const json& object, const char* name) {
  if (!object.is_object()) return 0;
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}
json object_at(const json& object, const char* name) {
  if (!object.is_object()) return json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : json::object();
}

bool is_refund(const json& object) {
  const std::string kind = text_at(object, "object");
  return (kind == "refund" || kind.empty()) && !text_at(object, "id").empty() && !text_at(object, "status").empty();
}

std::string upper_currency(std::string code) {
  for (char& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return code;
}

// https://docs.stripe.com/api/balance_transactions/object; nothing when it was not expanded.
std::optional<GatewayFee> fee_of(const json& transaction) {
  const std::string id = text_at(transaction, "id"), currency = text_at(transaction, "currency");
  const auto fee = minor_of_stripe(number_at(transaction, "fee"), currency);
  if (id.empty() || !fee) return std::nullopt;
  return GatewayFee{id, *fee, upper_currency(currency)};
}

// What a refund object says. https://docs.stripe.com/api/refunds/object#refund_object-status
GatewayAnswer answer_of(const json& refund) {
  GatewayAnswer answer{Kind::unknown, text_at(refund, "id")};
  answer.fee = fee_of(object_at(refund, "balance_transaction"));
  const std::string status = text_at(refund, "status");
  if (status == "succeeded") {
    answer.kind = Kind::succeeded;
  } else if (status == "pending" || status == "requires_action") {
    answer.kind = Kind::pending;
    answer.code = status;
  } else if (status == "failed" || status == "canceled") {
    answer.kind = Kind::failed;
    answer.code = text_at(refund, "failure_reason");
    if (answer.code.empty()) answer.code = status;
    answer.message = "Stripe reports the refund as " + status + ".";
  } else {
    answer.code = "unknown_status";
    answer.message = "Stripe answered a status we do not know: " + status.substr(0, 40);
  }
  return answer;
}

// An answer that is not 2xx. Only what surely did nothing is `failed` or `busy`; the rest is `unknown`.
GatewayAnswer refusal_of(const HttpResponse& response) {
  const json error = object_at(parse_or_null(response.body), "error");
  GatewayAnswer answer{Kind::unknown, "", text_at(error, "code"), text_at(error, "message").substr(0, 300), retry_after_of(response)};
  const std::string type = text_at(error, "type");
  if (answer.code.empty()) answer.code = type.empty() ? "http_" + std::to_string(response.status) : type;
  switch (response.status) {
    case 400:
    case 402:
    case 404:
      // The same key with other values, or no body that Stripe would write: not a plain refusal.
      if (type == "idempotency_error" || type.empty()) return answer;
      answer.kind = Kind::failed;
      return answer;
    case 401:
    case 403:
    case 429:
      answer.kind = Kind::busy;  // not let in: nothing was done
      return answer;
    default:
      return answer;  // 409: the key is in use right now; 5xx: Stripe says the outcome is indeterminate
  }
}

std::string form(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

const char* payment_field(const std::string& reference) { return reference.starts_with("pi_") ? "payment_intent" : "charge"; }

class StripeGateway : public Gateway {
 public:
  StripeGateway(StripeOptions options, Transport& transport) : options_(std::move(options)), transport_(transport) {
    while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
  }

  GatewayAnswer refund(const RefundCall& call) override {
    const auto amount = stripe_amount(call.amount, call.currency);
    if (!amount) return {Kind::failed, "", "amount_not_payable", "Stripe cannot pay fractions of this currency's unit."};
    HttpRequest request = base_request("POST", "/v1/refunds");
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.headers.emplace_back("Idempotency-Key", call.key);
    request.body = form({{payment_field(call.payment_reference), call.payment_reference},
                         {"amount", std::to_string(*amount)},
                         {"metadata[refund_key]", call.key},
                         {"metadata[refund]", call.refund},
                         {"metadata[order]", call.order},
                         {"metadata[merchant]", call.merchant},
                         {"expand[]", "balance_transaction"}});
    const HttpOutcome outcome = transport_.send(request);
    if (!outcome.response) return answer_of_failure(outcome.failure, "Stripe");
    if (outcome.response->status / 100 != 2) return refusal_of(*outcome.response);
    const json refund = parse_or_null(outcome.response->body);
    if (!is_refund(refund)) return {Kind::unknown, "", "unreadable_answer", "Stripe's answer is not a refund."};
    return answer_of(refund);
  }

  GatewayAnswer find(const RefundCall& call) override {
    std::string after;
    for (int page = 0; page < kMaxPages; ++page) {
      std::vector<std::pair<std::string, std::string>> query = {{payment_field(call.payment_reference), call.payment_reference},
                                                                {"limit", std::to_string(kPageSize)},
                                                                {"expand[]", "data.balance_transaction"}};
      if (!after.empty()) query.emplace_back("starting_after", after);
      const HttpOutcome outcome = transport_.send(base_request("GET", "/v1/refunds?" + form(query)));
      if (!outcome.response) return ask_later(answer_of_failure(outcome.failure, "Stripe"));
      const json list = parse_or_null(outcome.response->body);
      // Without the charge there can be no refund of it.
      if (outcome.response->status == 404 && text_at(object_at(list, "error"), "code") == "resource_missing") return {Kind::not_found};
      if (outcome.response->status / 100 != 2) return ask_later(refusal_of(*outcome.response));
      const auto data = list.is_object() ? list.find("data") : list.end();
      if (data == list.end() || !data->is_array()) {
        return {Kind::busy, "", "unreadable_answer", "Stripe's answer is not a list of refunds."};
      }
      for (const json& refund : *data) {
        if (is_refund(refund) && text_at(object_at(refund, "metadata"), "refund_key") == call.key) return answer_of(refund);
      }
      const auto more = list.find("has_more");
      if (more == list.end() || *more != json(true) || data->empty()) return {Kind::not_found};
      after = text_at(data->back(), "id");
    }
    return {Kind::busy, "", "too_many_refunds", "The payment has more refunds than we look through."};
  }

 private:
  HttpRequest base_request(const std::string& method, const std::string& path) const {
    HttpRequest request;
    request.method = method;
    request.url = options_.base_url + path;
    request.timeout_ms = options_.timeout_ms;
    request.headers = {{"Stripe-Version", "2024-06-20"}, {"Accept", "application/json"}};
    if (!options_.secret_key.empty()) request.headers.emplace_back("Authorization", "Bearer " + options_.secret_key);
    return request;
  }

  StripeOptions options_;
  Transport& transport_;
};

// https://docs.stripe.com/api/disputes/object: a warning_ status is an inquiry, which has taken no money.
std::optional<DisputeNews> dispute_of(const json& object) {
  if (text_at(object, "object") != "dispute" || text_at(object, "id").empty()) return std::nullopt;
  const std::string status = text_at(object, "status"), currency = text_at(object, "currency");
  DisputeNews news{DisputeNews::Kind::open,
                   text_at(object, "id"),
                   {text_at(object, "charge"), text_at(object, "payment_intent")},
                   minor_of_stripe(number_at(object, "amount"), currency).value_or(0),
                   currency,
                   text_at(object, "reason")};
  if (status == "won" || status == "warning_closed" || status == "prevented")
    news.kind = DisputeNews::Kind::won;
  else if (status == "lost")
    news.kind = DisputeNews::Kind::lost;
  else if (status.starts_with("warning_"))
    news.kind = DisputeNews::Kind::inquiry;
  const auto transactions = object.find("balance_transactions");
  if (transactions == object.end() || !transactions->is_array()) return news;
  for (const auto& one : *transactions) {
    if (auto fee = fee_of(one)) news.fees.push_back(*std::move(fee));
  }
  return news;
}

// "t=1700000000,v1=abc,v1=def" -> t and the v1 values.
struct Signature {
  std::string time;
  std::vector<std::string> v1;
};
Signature parse_signature(std::string_view text) {
  Signature signature;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (part.starts_with("t=")) signature.time = part.substr(2);
    if (part.starts_with("v1=")) signature.v1.emplace_back(part.substr(3));
  }
  return signature;
}

bool is_signed(std::string_view body, const Signature& signature, const std::string& secret) {
  const std::string wanted = hmac_sha256_hex(secret, signature.time + "." + std::string(body));
  bool fits = false;
  for (const auto& given : signature.v1) fits = equal_in_constant_time(given, wanted) || fits;
  return fits;
}

}  // namespace

std::unique_ptr<Gateway> make_stripe_gateway(StripeOptions options, Transport& transport) {
  return std::make_unique<StripeGateway>(std::move(options), transport);
}

std::optional<std::int64_t> stripe_amount(std::int64_t minor, const std::string& currency) {
  // https://docs.stripe.com/currencies#special-cases and #zero-decimal
  if (currency == "ISK" || currency == "UGX") {
    std::int64_t hundredths = 0;
    if (__builtin_mul_overflow(minor, std::int64_t{100}, &hundredths)) return std::nullopt;
    return hundredths;
  }
  if (currency == "MGA") return minor % 100 == 0 ? std::optional(minor / 100) : std::nullopt;
  // Three-decimal currencies go in thousandths whose last digit is 0.
  static constexpr std::string_view kThousandths[] = {"BHD", "JOD", "KWD", "OMR", "TND"};
  for (const auto code : kThousandths) {
    if (currency == code && minor % 10 != 0) return std::nullopt;
  }
  return minor;
}

std::optional<std::int64_t> minor_of_stripe(std::int64_t amount, const std::string& currency) {
  const std::string code = upper_currency(currency);
  if (code == "ISK" || code == "UGX") return with_decimals(amount, 2, 0);
  if (code == "MGA") return with_decimals(amount, 0, 2);
  return amount;
}

Result<GatewayEvent> read_stripe_event(std::string_view body, std::string_view signature_text, const std::string& secret, Instant now,
                                       int tolerance_s) {
  const Signature signature = parse_signature(signature_text);
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(signature.time.data(), signature.time.data() + signature.time.size(), seconds);
  const bool timed = failed == std::errc{} && end == signature.time.data() + signature.time.size() && seconds > 0 && seconds < 253402300800;
  if (secret.empty() || !timed || !is_signed(body, signature, secret)) {
    return Error{ErrorKind::unauthorized, "bad_signature",
                 "The Stripe-Signature header does not fit the body; check the endpoint's signing secret."};
  }
  const std::int64_t age_s = now.us / kSecond - seconds;
  if (age_s > tolerance_s || age_s < -tolerance_s) {
    return Error{ErrorKind::unauthorized, "stale_signature", "The event was signed too long ago; send it again."};
  }
  const json event = json::parse(body, nullptr, false);
  if (!event.is_object()) return Error{ErrorKind::malformed, "not_json", "The body is not a JSON object."};
  const json refund = object_at(object_at(event, "data"), "object");
  GatewayEvent out;
  out.dispute = dispute_of(refund);
  if (text_at(refund, "object") != "refund" || !is_refund(refund)) return out;
  out.about_refund = true;
  const json metadata = object_at(refund, "metadata");
  out.merchant = text_at(metadata, "merchant");
  out.refund = text_at(metadata, "refund");
  out.key = text_at(metadata, "refund_key");
  out.amount = number_at(refund, "amount");
  out.answer = answer_of(refund);
  return out;
}

}  // namespace roundtrip::clients
