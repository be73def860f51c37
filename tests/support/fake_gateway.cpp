// Behaves as Adyen's and PayPal's documentation describes them; refuses what they would refuse.
#include "support/fake_gateway.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "clients/gateway_adyen.hpp"
#include "clients/gateway_parts.hpp"

namespace roundtrip::test {

using nlohmann::json;

std::string GatewayRequest::header(const std::string& lower_name) const {
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto at = lower.find("\r\n" + lower_name + ":");
  if (at == std::string::npos) return "";
  const auto begin = head.find_first_not_of(' ', at + lower_name.size() + 3);
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

HttpRequest GatewayRequest::as_http(const std::string& base) const {
  HttpRequest request;
  request.method = method;
  request.url = base + target;
  request.body = body;
  return request;
}

FakeGateway::~FakeGateway() = default;

void FakeGateway::listen() {
  server_ = std::make_unique<RawServer>([this](RawConnection& connection) { serve(connection); });
}

void FakeGateway::next(std::vector<GatewayMood> moods) {
  const std::lock_guard lock(mutex_);
  moods_.assign(moods.begin(), moods.end());
}
void FakeGateway::capture(const std::string& id, std::int64_t amount, const std::string& currency) {
  const std::lock_guard lock(mutex_);
  captures_[id] = {amount, currency};
}
std::vector<GatewayRefund> FakeGateway::refunds() const {
  const std::lock_guard lock(mutex_);
  return refunds_;
}
std::int64_t FakeGateway::paid(const std::string& capture) const {
  const std::lock_guard lock(mutex_);
  return captures_.at(capture).amount - left(capture);
}
std::int64_t FakeGateway::left(const std::string& capture) const {
  const auto found = captures_.find(capture);
  std::int64_t room = found == captures_.end() ? 0 : found->second.amount;
  for (const auto& refund : refunds_) room -= refund.capture == capture && refund.status != "FAILED" ? refund.amount : 0;
  return room;
}
void FakeGateway::set_status(const std::string& id, const std::string& status) {
  const std::lock_guard lock(mutex_);
  for (auto& refund : refunds_) {
    if (refund.id == id) refund.status = status;
  }
}
int FakeGateway::posts() const {
  const std::lock_guard lock(mutex_);
  return posts_;
}
std::vector<GatewayRequest> FakeGateway::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}
std::vector<std::string> FakeGateway::faults() const {
  const std::lock_guard lock(mutex_);
  auto all = faults_;
  for (const auto& one : server_->faults()) all.push_back(one);
  return all;
}

std::optional<FakeGateway::Answer> FakeGateway::kept(const std::string& key, const std::string& body, bool& other_body) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return std::nullopt;
  other_body = found->second.first != body;
  if (other_body) fault("the key " + key + " was used with another body");
  return found->second.second;
}

void FakeGateway::serve(RawConnection& connection) {
  for (;;) {
    const std::string text = connection.read_request();
    if (text.empty()) return;
    const auto end = text.find("\r\n\r\n");
    GatewayRequest request;
    request.head = text.substr(0, end + 2);
    request.body = text.substr(end + 4);
    const std::string line = text.substr(0, text.find("\r\n"));
    request.method = line.substr(0, line.find(' '));
    request.target = line.substr(request.method.size() + 1, line.rfind(' ') - request.method.size() - 1);
    std::unique_lock lock(mutex_);
    requests_.push_back(request);
    mood_ = GatewayMood::pay;
    if (asks_for_refund(request)) {
      ++posts_;
      if (!moods_.empty()) {
        mood_ = moods_.front();
        moods_.pop_front();
      }
    }
    const GatewayMood mood = mood_;
    if (mood == GatewayMood::drop) return connection.reset();
    const bool pays = mood <= GatewayMood::pend;
    const Answer answer = pays ? serve_one(request) : refusal(mood);
    lock.unlock();
    const std::string body = answer.body.is_null() ? "<html>proxy</html>" : answer.body.dump();
    if (mood == GatewayMood::pay_then_drop) return connection.reset();
    if (mood == GatewayMood::pay_slowly) return connection.wait_for_close();
    if (mood == GatewayMood::pay_half_body) {
      connection.send("HTTP/1.1 201 Created\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                      body.substr(0, body.size() / 2));
      return connection.reset();
    }
    const Answer broken = mood == GatewayMood::pay_then_500 ? refusal(GatewayMood::server_error) : answer;
    connection.answer(broken.status, mood == GatewayMood::pay_then_500 ? broken.body.dump() : body, broken.headers);
  }
}

// ---- Adyen ---------------------------------------------------------------------------------------------------------------------------

namespace {

json adyen_error(int status, const std::string& code, const std::string& message) {
  return {{"status", status}, {"errorCode", code}, {"message", message}, {"errorType", "validation"}};
}

json paypal_error(const std::string& name, const std::string& issue) {
  json details = json::array();
  if (!issue.empty()) details.push_back({{"issue", issue}, {"description", "See " + issue + "."}});
  return {{"name", name}, {"message", "See details."}, {"debug_id", "d1"}, {"details", details}};
}

}  // namespace

bool FakeAdyen::asks_for_refund(const GatewayRequest& request) const {
  return request.method == "POST" && request.target.ends_with("/refunds");
}

FakeGateway::Answer FakeAdyen::refusal(GatewayMood mood) {
  switch (mood) {
    case GatewayMood::rate_limit:
      return {429, adyen_error(429, "", "Too many requests"), "Retry-After: 3\r\n"};
    case GatewayMood::key_in_use:
      return {422, adyen_error(422, "704", "request already processed or in progress"), "Transient-Error: true\r\n"};
    case GatewayMood::wrong_key:
      return {401, adyen_error(401, "000", "HTTP Status Response - Unauthorized")};
    case GatewayMood::garbage:
      return {200, nullptr};
    default:
      return {500, adyen_error(500, "905", "Payment details are not supported")};
  }
}

FakeGateway::Answer FakeAdyen::serve_one(const GatewayRequest& request) {
  if (request.header("x-api-key") != "adyen_key") return refusal(GatewayMood::wrong_key);
  const std::string prefix = "/payments/";
  if (!asks_for_refund(request) || !request.target.starts_with(prefix)) {
    fault("unexpected request: " + request.method + " " + request.target);
    return {404, adyen_error(404, "000", "Not found")};
  }
  const std::string key = request.header("idempotency-key");
  if (key.empty() || key.size() > 64) fault("no usable Idempotency-Key");
  bool other_body = false;
  if (auto first = kept(key, request.body, other_body))
    return other_body ? Answer{422, adyen_error(422, "702", "Idempotency key reused with another body")} : *first;
  const json body = json::parse(request.body);
  const std::string capture = percent_decode(request.target.substr(prefix.size(), request.target.rfind('/') - prefix.size()), false);
  const auto found = captures_.find(capture);
  Answer answer;
  if (body.at("merchantAccount") != "TestMerchant") return {403, adyen_error(403, "901", "Invalid Merchant Account")};
  if (found == captures_.end()) {
    answer = {422, adyen_error(422, "167", "Original pspReference required for this operation")};
  } else if (body.at("amount").at("currency") != found->second.currency) {
    answer = {422, adyen_error(422, "138", "Unsupported currency specified")};
  } else if (body.at("amount").at("value").get<std::int64_t>() > left(capture)) {
    answer = {422, adyen_error(422, "137", "Invalid amount specified")};
  } else {
    GatewayRefund refund{"PSP" + std::to_string(refunds_.size() + 1),
                         capture,
                         key,
                         body.at("reference"),
                         found->second.currency,
                         "received",
                         body.at("amount").at("value")};
    refunds_.push_back(refund);
    answer = {201,
              {{"merchantAccount", "TestMerchant"},
               {"paymentPspReference", capture},
               {"pspReference", refund.id},
               {"reference", refund.reference},
               {"status", "received"},
               {"amount", body.at("amount")}}};
  }
  keep(key, request.body, answer);
  return answer;
}

json FakeAdyen::item(const std::string& code, const GatewayRefund& refund, const std::string& success) {
  return {{"eventCode", code},
          {"success", success},
          {"eventDate", "2026-11-20T10:00:00+01:00"},
          {"merchantAccountCode", "TestMerchant"},
          {"merchantReference", refund.reference},
          {"originalReference", refund.capture},
          {"pspReference", refund.id},
          {"paymentMethod", "visa"},
          {"reason", success == "true" ? "" : "Insufficient balance on payment"},
          {"amount", {{"currency", refund.currency}, {"value", refund.amount}}}};
}

std::string FakeAdyen::notification(const json& item) {
  json signed_item = item;
  const std::string words =
      item.value("pspReference", "") + ":" + item.value("originalReference", "") + ":" + item.value("merchantAccountCode", "") + ":" +
      item.value("merchantReference", "") + ":" + std::to_string(item["amount"]["value"].get<std::int64_t>()) + ":" +
      item["amount"]["currency"].get<std::string>() + ":" + item.value("eventCode", "") + ":" + item.value("success", "");
  signed_item["additionalData"]["hmacSignature"] = clients::adyen_signature(kHmacKey, words);
  return json{{"live", "false"}, {"notificationItems", json::array({{{"NotificationRequestItem", signed_item}}})}}.dump();
}

// ---- PayPal --------------------------------------------------------------------------------------------------------------------------

bool FakePaypal::asks_for_refund(const GatewayRequest& request) const {
  return request.method == "POST" && request.target.starts_with("/v2/payments/captures/") && request.target.ends_with("/refund");
}

FakeGateway::Answer FakePaypal::refusal(GatewayMood mood) {
  switch (mood) {
    case GatewayMood::rate_limit:
      return {429, paypal_error("RATE_LIMIT_REACHED", ""), "Retry-After: 3\r\n"};
    case GatewayMood::key_in_use:
      return {409, paypal_error("RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS")};
    case GatewayMood::wrong_key:
      return {401, {{"error", "invalid_token"}, {"error_description", "Token signature verification failed"}}};
    case GatewayMood::garbage:
      return {200, nullptr};
    default:
      return {500, paypal_error("INTERNAL_SERVER_ERROR", "")};
  }
}

void FakePaypal::end_tokens() {
  const std::lock_guard lock(mutex_);
  first_valid_ = tokens_ + 1;
}
int FakePaypal::tokens() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}
void FakePaypal::token_lasts(int seconds) {
  const std::lock_guard lock(mutex_);
  lasts_ = seconds;
}

FakeGateway::Answer FakePaypal::give_token(const GatewayRequest& request) {
  if (request.header("authorization") != "Basic " + to_base64("paypal_id:paypal_secret"))
    return {401, {{"error", "invalid_client"}, {"error_description", "Client Authentication failed"}}};
  if (request.body != "grant_type=client_credentials") fault("not a client credentials grant: " + request.body);
  return {200, {{"access_token", "token-" + std::to_string(++tokens_)}, {"token_type", "Bearer"}, {"expires_in", lasts_}}};
}

FakeGateway::Answer FakePaypal::serve_one(const GatewayRequest& request) {
  if (request.target == "/v1/oauth2/token") return give_token(request);
  const std::string bearer = request.header("authorization");
  if (!bearer.starts_with("Bearer token-") || std::stoi(bearer.substr(13)) < first_valid_) return refusal(GatewayMood::wrong_key);
  if (request.target == "/v1/notifications/verify-webhook-signature") {
    const json question = json::parse(request.body);
    const bool ours = question.value("webhook_id", "") == "WH1" && question.value("transmission_sig", "") == "signed";
    return {200, {{"verification_status", ours ? "SUCCESS" : "FAILURE"}}};
  }
  const std::string refunds = "/v2/payments/refunds/";
  if (request.method == "GET" && request.target.starts_with(refunds)) {
    for (const auto& refund : refunds_) {
      if (refund.id == request.target.substr(refunds.size())) return {200, resource(refund)};
    }
    return {404, paypal_error("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")};
  }
  if (asks_for_refund(request)) return pay(request);
  fault("unexpected request: " + request.method + " " + request.target);
  return {404, paypal_error("RESOURCE_NOT_FOUND", "")};
}

FakeGateway::Answer FakePaypal::pay(const GatewayRequest& request) {
  const std::string key = request.header("paypal-request-id");
  if (key.empty() || key.size() > 108) fault("no usable PayPal-Request-Id");
  bool other_body = false;
  if (auto first = kept(key, request.body, other_body)) {
    if (other_body) return {422, paypal_error("UNPROCESSABLE_ENTITY", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED")};
    for (const auto& refund : refunds_) {
      if (refund.key == key) return {200, resource(refund)};  // the latest status of what the first request made
    }
    return *first;
  }
  const json body = json::parse(request.body);
  const std::string prefix = "/v2/payments/captures/";
  const std::string capture = request.target.substr(prefix.size(), request.target.rfind('/') - prefix.size());
  const auto found = captures_.find(capture);
  const std::string currency = body.at("amount").at("currency_code"), value = body.at("amount").at("value");
  const int decimals = currency == "JPY" || currency == "HUF" || currency == "TWD" ? 0 : 2;
  const auto amount = clients::minor_of_decimal(value, decimals);
  Answer answer;
  if (found == captures_.end()) {
    answer = {404, paypal_error("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")};
  } else if (!amount) {
    answer = {422, paypal_error("UNPROCESSABLE_ENTITY", "DECIMAL_PRECISION")};
  } else if (currency != found->second.currency) {
    answer = {422, paypal_error("UNPROCESSABLE_ENTITY", "REFUND_CAPTURE_CURRENCY_MISMATCH")};
  } else if (*amount > left(capture)) {
    answer = {422, paypal_error("UNPROCESSABLE_ENTITY", left(capture) == 0 ? "CAPTURE_FULLY_REFUNDED" : "REFUND_AMOUNT_EXCEEDED")};
  } else {
    refunds_.push_back({"RF" + std::to_string(refunds_.size() + 1), capture, key, body.value("custom_id", ""), currency,
                        mood_ == GatewayMood::pend ? "PENDING" : "COMPLETED", *amount});
    answer = {201, resource(refunds_.back())};
  }
  keep(key, request.body, answer);
  return answer;
}

json FakePaypal::resource(const GatewayRefund& refund) const {
  const int decimals = refund.currency == "JPY" || refund.currency == "HUF" || refund.currency == "TWD" ? 0 : 2;
  return {{"id", refund.id},
          {"status", refund.status},
          {"custom_id", refund.reference},
          {"amount", {{"currency_code", refund.currency}, {"value", clients::decimal_text(refund.amount, decimals)}}},
          // A hundredth of the capture's fee comes back with it.
          {"seller_payable_breakdown",
           {{"paypal_fee", {{"currency_code", refund.currency}, {"value", clients::decimal_text(refund.amount / 100, decimals)}}}}}};
}

std::string FakePaypal::event(const std::string& type, const json& resource) {
  return json{{"id", "WH-1"}, {"event_type", type}, {"resource", resource}}.dump();
}

}  // namespace roundtrip::test
