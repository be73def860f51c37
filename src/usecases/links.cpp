// Signed links.
#include "usecases/links.hpp"

#include <vector>

#include "base/secrets.hpp"

namespace roundtrip::usecases {
namespace {
constexpr std::size_t kSignatureCharacters = 22;  // 132 bits of the HMAC in base64url
char letter(LinkKind kind) { return kind == LinkKind::tracking ? 't' : kind == LinkKind::returns ? 'r' : 'w'; }
const char* folder(LinkKind kind) { return kind == LinkKind::tracking ? "/track/" : kind == LinkKind::returns ? "/return/" : "/withdraw/"; }
}  // namespace

Links::Links(std::string secret, std::string public_url, int valid_days)
    : secret_(std::move(secret)), public_url_(std::move(public_url)), valid_days_(valid_days) {}

std::string Links::token(LinkKind kind, const LinkTarget& target, Instant now) const {
  // The last day moves in steps of 32 days, so that the same link is shown for weeks.
  const std::int64_t last_day = (now.us / kDay / 32 + 1) * 32 + valid_days_;
  const std::string text = letter(kind) + crockford_encode(target.merchant.value) + "-" + crockford_encode(target.order.value) + "-" +
                           crockford_encode(target.generation) + "-" + crockford_encode(last_day);
  return text + "." + hmac_sha256_base64url(secret_, text).substr(0, kSignatureCharacters);
}

std::optional<LinkTarget> Links::read(LinkKind kind, std::string_view token, Instant now) const {
  const auto dot = token.find('.');
  if (dot == std::string_view::npos || token.size() > 120 || token.front() != letter(kind)) return std::nullopt;
  const std::string text(token.substr(0, dot));
  if (!equal_in_constant_time(token.substr(dot + 1), hmac_sha256_base64url(secret_, text).substr(0, kSignatureCharacters)))
    return std::nullopt;
  std::vector<std::int64_t> numbers;
  std::string_view rest = std::string_view(text).substr(1);
  for (;;) {
    const auto dash = rest.find('-');
    const auto number = crockford_decode(rest.substr(0, dash));
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    if (dash == std::string_view::npos) break;
    rest.remove_prefix(dash + 1);
  }
  if (numbers.size() != 4 || now.us / kDay > numbers[3]) return std::nullopt;
  return LinkTarget{MerchantId{numbers[0]}, OrderId{numbers[1]}, static_cast<int>(numbers[2])};
}

std::string Links::url(LinkKind kind, const LinkTarget& target, Instant now) const {
  return public_url_ + folder(kind) + token(kind, target, now);
}

}  // namespace roundtrip::usecases
