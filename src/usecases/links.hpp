// The links customers follow: signed, scoped to one order, expiring, revocable by the order's generation.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace roundtrip::usecases {

// withdrawal: opens nothing but the declaration of withdrawal.
enum class LinkKind { tracking, returns, withdrawal };

struct LinkTarget {
  MerchantId merchant;
  OrderId order;
  int generation = 1;
};

// Makes and reads tokens; holds the installation's secret. Nothing is kept at rest: a token is
// "<kind><merchant>-<order>-<generation>-<last day>.<128-bit HMAC>", Crockford base-32 numbers.
class Links {
 public:
  Links(std::string secret, std::string public_url, int valid_days);
  std::string token(LinkKind kind, const LinkTarget& target, Instant now) const;
  // Nothing for a forged or expired token or one of the other kind. The caller compares the generation.
  std::optional<LinkTarget> read(LinkKind kind, std::string_view token, Instant now) const;
  // public_url + "/track/", "/return/" or "/withdraw/" + token
  std::string url(LinkKind kind, const LinkTarget& target, Instant now) const;
  const std::string& public_url() const { return public_url_; }

 private:
  std::string secret_, public_url_;
  int valid_days_;
};

}  // namespace roundtrip::usecases
