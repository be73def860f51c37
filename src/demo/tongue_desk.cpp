// Tokens and quotas.
#include "demo/tongue_desk.hpp"

#include <algorithm>

#include "base/secrets.hpp"

namespace roundtrip::demo {

const Tongue* tongue_of(const TongueRequest& request) {
  for (const Tongue& tongue : tongues()) {
    const bool token = !tongue.token_path.empty() && request.method == "POST" && request.path == tongue.token_path;
    if (token || tongue.asks(request)) return &tongue;
  }
  return nullptr;
}

TongueDesk::TongueDesk(std::string key, std::int64_t day_us, std::int64_t token_life_us)
    : key_(std::move(key)), day_us_(day_us), token_life_us_(token_life_us) {}

TongueReply TongueDesk::give_token(const Tongue& tongue, const TongueRequest& request, Instant now) {
  const auto [id, secret] = tongue.client(request);
  if (id.empty() && secret.empty()) return {400, tongue.error(400)};
  if (!equal_in_constant_time(secret, key_)) return {401, tongue.error(401)};
  return {200, tongue.token(new_token(tongue.name, now, token_life_us_), token_life_us_ / kSecond)};
}

std::string TongueDesk::new_token(std::string_view kind, Instant now, std::int64_t life_us) {
  const std::string token = random_token();
  const std::lock_guard lock(mutex_);
  std::erase_if(tokens_, [&](const auto& one) { return one.second <= now; });
  tokens_[std::string(kind) + " " + token] = now + life_us;
  return token;
}

bool TongueDesk::knows(std::string_view kind, std::string_view token, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto known = tokens_.find(std::string(kind) + " " + std::string(token));
  return known != tokens_.end() && known->second > now;
}

void TongueDesk::expire_tokens() {
  const std::lock_guard lock(mutex_);
  tokens_.clear();
}

TongueDesk::Admission TongueDesk::admit(const Tongue& tongue, const TongueRequest& request, Instant now) {
  if (!tongue.open) {
    const std::string given = tongue.credential(request);
    const bool good = tongue.token_path.empty() ? equal_in_constant_time(given, key_) : knows(tongue.name, given, now);
    if (!good) return {Entry::unauthorized, 0};
  }
  const std::lock_guard lock(mutex_);
  auto& calls = calls_[{tongue.name, tongue.api}];
  std::int64_t longest = 0;
  for (const Quota& quota : tongue.quotas) {
    const auto window = static_cast<std::int64_t>(quota.share * static_cast<double>(day_us_));
    longest = std::max(longest, window);
    const auto inside = calls.end() - std::upper_bound(calls.begin(), calls.end(), now - window);
    // The call that must leave the window before another one fits.
    if (inside >= quota.calls) return {Entry::too_many, *(calls.end() - quota.calls) + window - now};
  }
  while (!calls.empty() && calls.front() < now - longest) calls.pop_front();
  if (!tongue.quotas.empty()) calls.push_back(now);
  return {};
}

}  // namespace roundtrip::demo
