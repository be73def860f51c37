// USPS: the carrier, its numbers, its tokens and pushes.
#include "carriers/usps/usps.hpp"

#include <algorithm>

#include "carriers/check_digits.hpp"
#include "carriers/shipping.hpp"
#include "carriers/usps/parts.hpp"

namespace roundtrip::carriers {
namespace usps {
namespace {
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Publication 199: weight 3 on every other digit from the right, beginning beside the check digit.
bool check_digit_fits(std::string_view digits) {
  const auto serial = digits.substr(0, digits.size() - 1);
  const bool odd = serial.size() % 2 == 1;
  return digits.back() == check_mod10(serial, odd ? 3 : 1, odd ? 1 : 3);
}

bool s10_fits(std::string_view number) {
  if (number.size() != 13 || !all_digits(number.substr(2, 9)) || !number.ends_with("US")) return false;
  if (number[0] < 'A' || number[0] > 'Z' || number[1] < 'A' || number[1] > 'Z') return false;
  return number[10] == check_s10(number.substr(2, 8));
}

// The number behind the routing prefix 420 + ZIP (5 or 9 digits), which is no part of it.
std::string_view without_routing(std::string_view number) {
  if (!number.starts_with("420")) return number;
  for (const std::size_t prefix : {8u, 12u}) {
    if (number.size() == prefix + 22 || number.size() == prefix + 26) {
      const auto rest = number.substr(prefix);
      if (rest[0] == '9' && check_digit_fits(rest)) return rest;
    }
  }
  return number;
}

class UspsCarrier : public Carrier {
 public:
  std::string_view name() const override { return "usps"; }
  std::string_view title() const override { return "USPS"; }
  const Capabilities& capabilities() const override {
    // 60 calls an hour is the default quota of each API.
    static constexpr Capabilities kCapabilities{.numbers_per_call = 35, .pushes = true, .needs_token = true, .calls_per_minute = 1};
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return tracking_apis(); }
  const Shipping* shipping() const override { return &usps::shipping(); }
  const Subscriptions* subscriptions() const override { return &usps::subscriptions(); }

  bool is_number(std::string_view text) const override {
    const std::string plain = plain_number(text);
    if (s10_fits(plain)) return true;
    if (!all_digits(plain)) return false;
    const auto number = without_routing(plain);
    if (number.size() == 20) return check_digit_fits(number) || check_digit_fits("91" + std::string(number));
    const bool package = number.size() == 22 || number.size() == 26;
    return package && number[0] == '9' && number[1] >= '1' && number[1] <= '5' && check_digit_fits(number);
  }

  HttpRequest token_request(const CarrierAccount& account) const override {
    const Json body = {{"client_id", account.key}, {"client_secret", account.secret}, {"grant_type", "client_credentials"}};
    HttpRequest request;
    request.method = "POST";
    request.url = base_url(account) + "/oauth2/v3/token";
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    request.timeout_ms = account.timeout_ms;
    return request;
  }

  // An error of a number need not repeat it; the answers come in the order of the questions.
  TrackReply parse_track(const CarrierAccount& account, const HttpOutcome& outcome, std::span<const TrackQuery> queries) const override {
    const Api* api = api_in_use(*this, account);
    if (api == nullptr) return failed(Trouble::bad_request, "USPS has no API " + account.api);
    auto reply = read_reply(*api, outcome);
    for (std::size_t i = 0; i < reply.items.size() && reply.items.size() == queries.size(); ++i) {
      if (reply.items[i].number.empty()) reply.items[i].number = queries[i].number;
    }
    return matched(std::move(reply), queries);
  }

  bool push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view, std::string_view body) const override {
    return push_is_signed(account.push_secret, header(headers, "x-hmac").value_or(""), body);
  }
  TrackReply parse_push(std::string_view body) const override {
    for (const Api& api : tracking_apis()) {
      if (api.name == "subscriptions_tracking") return read_reply(api, {HttpResponse{200, {}, std::string(body)}, {}});
    }
    return failed(Trouble::bad_reply, "no push");
  }
};
}  // namespace

std::string base_url(const CarrierAccount& account) { return account.base_url.empty() ? "https://apis.usps.com" : account.base_url; }

HttpRequest json_request(const CarrierAccount& account, std::string method, const std::string& path, std::string body) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = base_url(account) + path;
  request.headers = {{"Authorization", "Bearer " + account.token}, {"Accept", "application/json"}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}
}  // namespace usps

const Carrier& usps_carrier() {
  static const usps::UspsCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
