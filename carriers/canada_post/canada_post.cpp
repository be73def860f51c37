// Canada Post: the carrier, its numbers, and how every request to it looks.
#include "carriers/canada_post/canada_post.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/canada_post/parts.hpp"
#include "carriers/check_digits.hpp"
#include "carriers/shipping.hpp"

namespace roundtrip::carriers {
namespace canada_post {
namespace {
class CanadaPostCarrier : public Carrier {
 public:
  std::string_view name() const override { return "canada_post"; }
  std::string_view title() const override { return "Canada Post"; }
  const Capabilities& capabilities() const override {
    static constexpr Capabilities kCapabilities{};  // the throttle is set per key and not published
    return kCapabilities;
  }
  std::span<const Api> apis() const override { return tracking_apis(); }
  const Shipping* shipping() const override { return &canada_post::shipping(); }

  // A PIN of 16 digits: mod 10 with weight 3 on every other digit from the left; or UPU S10 with CA at its end.
  bool is_number(std::string_view text) const override {
    const std::string number = plain_number(text);
    const auto digits = [](std::string_view part) {
      return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (number.size() == 16 && digits(number)) return number[15] == check_mod10(std::string_view(number).substr(0, 15), 3, 1);
    const bool letters = number.size() == 13 && number[0] >= 'A' && number[0] <= 'Z' && number[1] >= 'A' && number[1] <= 'Z';
    return letters && number.ends_with("CA") && digits(std::string_view(number).substr(2, 9)) &&
           number[10] == check_s10(std::string_view(number).substr(2, 8));
  }
};
}  // namespace

std::string base_url(const CarrierAccount& account) { return account.base_url.empty() ? "https://soa-gw.canadapost.ca" : account.base_url; }

HttpRequest xml_request(const CarrierAccount& account, std::string method, std::string url, std::string_view media_type, std::string body) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.headers = {{"Accept", std::string(media_type)}, {"Authorization", "Basic " + to_base64(account.key + ":" + account.secret)}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", std::string(media_type));
  request.body = std::move(body);
  request.timeout_ms = account.timeout_ms;
  request.max_reply_bytes = kMostReplyBytes;
  return request;
}
}  // namespace canada_post

const Carrier& canada_post_carrier() {
  static const canada_post::CanadaPostCarrier carrier;
  return carrier;
}

}  // namespace roundtrip::carriers
