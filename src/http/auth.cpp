// Authentication with a small cache.
#include "http/auth.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/secrets.hpp"
#include "usecases/access.hpp"

namespace roundtrip::http {
namespace {
constexpr std::int64_t kRemember = 2 * kSecond;
constexpr std::size_t kMost = 10'000;

class Remembered {
 public:
  std::optional<Caller> find(const std::string& key, Instant now) {
    const std::lock_guard lock(mutex_);
    const auto at = callers_.find(key);
    if (at == callers_.end() || at->second.second < now) return std::nullopt;
    return at->second.first;
  }
  void keep(const std::string& key, const Caller& caller, Instant now) {
    const std::lock_guard lock(mutex_);
    if (callers_.size() >= kMost) callers_.clear();
    callers_[key] = {caller, now + kRemember};
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::pair<Caller, Instant>> callers_;
};

Caller caller_of_key(const Services& services, std::string_view key, Instant now) {
  Caller caller;
  if (const auto facts = usecases::verify_key(services.db, key, now)) {
    caller.kind = Caller::Kind::api_key;
    caller.merchant = facts->merchant;
    caller.name = facts->name;
    caller.scopes = facts->scopes;
  }
  return caller;
}

Caller caller_of_session(const Services& services, std::string_view token, Instant now) {
  Caller caller;
  if (const auto facts = usecases::read_session(services.db, token, now)) {
    caller.kind = Caller::Kind::user;
    caller.merchant = facts->merchant;
    caller.name = facts->login;
    caller.user = facts->user;
    caller.scopes = facts->scopes;
    caller.roles = facts->roles;
    caller.csrf = facts->csrf;
  }
  return caller;
}
}  // namespace

bool is_https(const Services& services) { return services.config.text("http.public_url").starts_with("https://"); }

Authenticate make_authenticate(const Services& services) {
  const auto remembered = std::make_shared<Remembered>();
  return [&services, remembered](const Request& request) -> Caller {
    std::string secret;
    bool bearer = false;
    if (const auto header = request.header("authorization")) {
      if (!header->starts_with("Bearer ")) return {};
      secret = header->substr(7);
      bearer = true;
    } else if (const auto cookie = request.cookie(usecases::session_cookie_name(is_https(services)))) {
      secret = *cookie;
    }
    if (secret.empty() || secret.size() > 300) return {};
    const std::string digest = (bearer ? "k" : "s") + sha256_hex(secret);
    if (auto known = remembered->find(digest, request.now)) return *known;
    Caller caller = bearer ? caller_of_key(services, secret, request.now) : caller_of_session(services, secret, request.now);
    if (caller.kind != Caller::Kind::nobody) remembered->keep(digest, caller, request.now);
    return caller;
  };
}

}  // namespace roundtrip::http
