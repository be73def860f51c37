// Canada Post: the carrier, its numbers, and how every request to it looks.
#include "carriers/canada_post/canada_post.hpp"

#include <algorithm>

#include "base/secrets.hpp"
#include "carriers/canada_post/parts.hpp"

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

  // A PIN of 16 digits: mod 10 with weight 3 on every other digit from the left; or UPU S10 with CA at its end.
  bool is_number(std::string_view text) const override {
    const std::string number = plain_number(text);
    const auto digits = [](std::string_view part) {
      return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    int sum = 0;
    if (number.size() == 16 && digits(number)) {
      for (std::size_t i = 0; i < 15; ++i) sum += (number[i] - '0') * (i % 2 == 0 ? 3 : 1);
      return number[15] - '0' == (10 - sum % 10) % 10;
    }
    const bool s10 = number.size() == 13 && number.ends_with("CA") && digits(std::string_view(number).substr(2, 9)) && number[0] >= 'A' &&
                     number[1] >= 'A';
    if (!s10) return false;
    static constexpr int kWeights[] = {8, 6, 4, 2, 3, 5, 9, 7};
    for (std::size_t i = 0; i < 8; ++i) sum += (number[i + 2] - '0') * kWeights[i];
    const int check = 11 - sum % 11;
    return number[10] - '0' == (check == 10 ? 0 : check == 11 ? 5 : check);
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
