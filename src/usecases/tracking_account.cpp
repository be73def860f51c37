// Accounts of carriers and their tokens.
#include <algorithm>

#include "carriers/accounts.hpp"
#include "usecases/tracking_carriers.hpp"

namespace roundtrip::usecases {
namespace {
// A token is not used in the last tenth of its life (at most the last five minutes): calls under way must not outlive it.
std::int64_t use_us(const carriers::TokenReply& reply) { return reply.lives_us - std::min(reply.lives_us / 10, 5 * kMinute); }
}  // namespace

void TokenCache::with_token(const carriers::Carrier& carrier, const carriers::CarrierAccount& account, Transport& transport, Then then) {
  {
    std::unique_lock lock(mutex_);
    if (!kept_.token.empty() && steady_us() < fresh_until_us_) {
      const carriers::TokenReply kept = kept_;
      lock.unlock();
      return then(kept);
    }
    waiting_.push_back(std::move(then));
    if (asking_) return;
    asking_ = true;
  }
  HttpRequest request = carrier.token_request(account);
  request.timeout_ms = account.timeout_ms;
  request.repeatable = true;
  transport.start(std::move(request), [this, &carrier](const HttpOutcome& outcome) {
    try {
      take(carrier.parse_token(outcome));
    } catch (const std::exception& fault) {
      take({carriers::Trouble::bad_reply, fault.what(), 0, "", 0});
    }
  });
}

void TokenCache::take(const carriers::TokenReply& reply) {
  std::vector<Then> waiting;
  {
    const std::lock_guard lock(mutex_);
    asking_ = false;
    kept_ = reply;
    fresh_until_us_ = steady_us() + use_us(reply);
    waiting.swap(waiting_);
  }
  for (const auto& then : waiting) then(reply);
}

void TokenCache::refuse(const std::string& token) {
  const std::lock_guard lock(mutex_);
  if (kept_.token == token) kept_ = {};
}

const Account* CarrierRoom::find(std::string_view carrier, std::string_view account) const {
  for (const auto& one : accounts) {
    const bool named = std::find(one->names.begin(), one->names.end(), account) != one->names.end();
    if (one->account.carrier == carrier && named) return one.get();
  }
  return nullptr;
}

Carriers::Carriers(const Config& config, Transport& transport) : room_(std::make_unique<CarrierRoom>(CarrierRoom{transport, {}})) {
  const auto accounts = carriers::accounts_of(config);
  if (!accounts) throw std::runtime_error(accounts.error().message);
  for (const auto& account : *accounts) {
    const auto* carrier = carriers::find_carrier(account.carrier);
    if (carrier == nullptr) throw std::runtime_error("there is no carrier '" + account.carrier + "'");
    room_->accounts.push_back(
        std::unique_ptr<Account>(new Account{*carrier, account, carriers::names_in_trackers(*accounts, account), {}}));
  }
}
Carriers::~Carriers() = default;

}  // namespace roundtrip::usecases
