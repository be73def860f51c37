// An account's turn: gate, claim, call, halve what a number spoils, record.
#include "usecases/push_subscriptions.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>

#include "base/log.hpp"
#include "carriers/reply.hpp"
#include "carriers/subscriptions.hpp"
#include "store/subscriptions.hpp"
#include "usecases/tracking_carriers.hpp"

namespace roundtrip::usecases {
namespace {
using carriers::SubscribeReply;
using carriers::Trouble;

constexpr std::int64_t kProbeLeaseUs = 5 * kSecond;
constexpr int kCallsToHalve = 16;                 // that finding what spoils a call may cost
constexpr std::int64_t kMostMarginUs = 2 * kDay;  // a renewal comes so long before the end, or a seventh of the life

// A call's numbers; several trackers may have the same one.
struct SubscribeCall {
  std::vector<std::string> numbers;
  bool retried = false;  // with a second token
  SubscribeReply reply;
  bool unreachable = false;
  std::string token;
};

bool cannot_connect(const HttpOutcome& outcome) {
  using Kind = TransportFailure::Kind;
  return !outcome.response &&
         (outcome.failure.kind == Kind::connect || outcome.failure.kind == Kind::resolve || outcome.failure.kind == Kind::refused_address);
}

class SubscribeTurn {
 public:
  SubscribeTurn(store::Database& db, const CarrierRoom& room, const Account& account, const SubscribeOptions& options, Instant now,
                std::stop_token stop)
      : db_(db), room_(room), account_(account), speaks_(*account.carrier.subscriptions()), options_(options), now_(now), stop_(stop) {}

  SubscribeReport run() {
    {
      store::Session session(db_);
      if (!store::is_subscription_due(session, account_.account.carrier, account_.names, now_)) return report_;
    }
    granted_ = calls_left_ = open_gate();
    if (granted_ == 0) return report_;
    claim();
    while (!waiting_.empty() && go_on()) ask_some();
    release_rest();
    settle();
    return report_;
  }

 private:
  store::AccountKey own_key() const { return {account_.account.carrier, account_.account.account + "#push"}; }
  domain::Quota own_quota() const { return speaks_.has_own_quota() ? account_.account.quota : domain::Quota{}; }
  bool shares_quota() const { return !speaks_.has_own_quota() && account_.account.quota != domain::Quota{}; }
  Instant at() const { return now_ + (steady_us() - began_us_); }
  std::int64_t timeout_us() const { return account_.account.timeout_ms * 1000LL; }
  // A token and a call may each take the whole timeout.
  bool go_on() const {
    return !halted_ && calls_left_ > 0 && !stop_.stop_requested() &&
           steady_us() - began_us_ + 2 * timeout_us() < std::max(options_.lease_us, 4 * timeout_us());
  }

  // How many calls are ours: none while the account is left alone, or the carrier refuses subscriptions.
  int open_gate() {
    const int per_call = speaks_.numbers_per_call();
    const int wanted = (options_.batch + per_call - 1) / per_call + (per_call > 1 ? kCallsToHalve : 0);
    store::Transaction tx(db_);
    auto whole = store::lock_account(tx, account_.key());
    if (whole.open_until) return 0;  // whoever asks for parcels finds out when it is well again
    auto own = store::lock_account(tx, own_key());
    int granted = domain::take_calls(own, own_quota(), wanted, 2 * timeout_us() + kProbeLeaseUs, now_);
    if (shares_quota() && granted > 0) {
      granted = domain::take_calls(whole, account_.account.quota, granted, 0, now_);
      store::queue_account(tx, account_.key(), whole);
    }
    store::queue_account(tx, own_key(), own);
    tx.commit();
    return granted;
  }

  void claim() {
    const auto per_call = static_cast<std::size_t>(speaks_.numbers_per_call());
    const auto most = static_cast<int>(std::min<std::int64_t>(options_.batch, granted_ * static_cast<std::int64_t>(per_call)));
    const Instant again_at = now_ + std::max(options_.lease_us, 4 * timeout_us());
    const auto rows = store::claim_subscriptions(db_, account_.account.carrier, account_.names, most, again_at, now_);
    report_.claimed = static_cast<int>(rows.size());
    for (const auto& row : rows) rows_.emplace(row.number, row);
    for (auto row = rows_.begin(); row != rows_.end(); row = rows_.upper_bound(row->first)) {
      if (waiting_.empty() || waiting_.back().numbers.size() == per_call) waiting_.emplace_back();
      waiting_.back().numbers.push_back(row->first);
    }
  }

  // Up to `parallel` calls at once; waits for all of them.
  void ask_some() {
    std::deque<SubscribeCall> calls;
    while (!waiting_.empty() && calls_left_ > 0 && static_cast<int>(calls.size()) < account_.account.parallel) {
      calls.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
      --calls_left_;
    }
    std::mutex mutex;
    std::condition_variable all_answered;
    std::size_t open = calls.size();
    const auto answered = [&] {
      const std::lock_guard lock(mutex);
      if (--open == 0) all_answered.notify_one();
    };
    for (auto& call : calls) begin(call, answered);
    {
      std::unique_lock lock(mutex);
      all_answered.wait(lock, [&] { return open == 0; });
    }
    std::vector<store::SubscriptionOutcome> outcomes;
    for (auto& call : calls) judge(call, outcomes);
    store::record_subscriptions(db_, outcomes, at());
  }

  void begin(SubscribeCall& call, const std::function<void()>& answered) {
    if (!account_.carrier.capabilities().needs_token) return send(call, answered);
    account_.token.with_token(account_.carrier, account_.account, room_.transport,
                              [this, &call, answered](const carriers::TokenReply& token) {
                                if (token.trouble == Trouble::none) {
                                  call.token = token.token;
                                  return send(call, answered);
                                }
                                call.reply = {token.trouble, "no token: " + token.detail, token.retry_after_us, {}, {}};
                                answered();
                              });
  }

  void send(SubscribeCall& call, const std::function<void()>& answered) {
    HttpRequest request;
    try {
      carriers::CarrierAccount account = account_.account;
      account.token = call.token;
      request = speaks_.subscribe_request(account, call.numbers, push_url(options_.public_url, account.carrier));
      request.timeout_ms = account.timeout_ms;
      request.repeatable = speaks_.renews_early();
    } catch (const std::exception& fault) {
      call.reply = {Trouble::bad_request, fault.what(), 0, {}, {}};
      return answered();
    }
    room_.transport.start(std::move(request), [this, &call, answered](const HttpOutcome& outcome) {
      call.reply = carriers::read_subscribe(speaks_, outcome, call.numbers);
      call.unreachable = cannot_connect(outcome);
      answered();
    });
  }

  // What the answer means for the trackers, for the numbers that wait and for the account.
  void judge(SubscribeCall& call, std::vector<store::SubscriptionOutcome>& outcomes) {
    const auto& reply = call.reply;
    ++made_.calls;
    const bool spoke = reply.trouble == Trouble::none || reply.trouble == Trouble::not_found || reply.trouble == Trouble::bad_request;
    if (spoke) ++made_.answered;
    if (!spoke) made_.why = std::string(carriers::to_text(reply.trouble)) + (reply.detail.empty() ? "" : ": " + reply.detail);
    if (reply.trouble == Trouble::auth && !call.token.empty()) {
      account_.token.refuse(call.token);  // tokens are taken back before their time
      if (!call.retried) {
        ++calls_left_;
        return wait_again(std::move(call.numbers), true);
      }
    }
    const Instant now = at();
    const Instant until = now + speaks_.lives_us();
    const std::int64_t margin_us = speaks_.renews_early() ? std::min(kMostMarginUs, speaks_.lives_us() / 7) : 0;
    for (const auto& number : reply.accepted) take_outcome(number, until, until - margin_us, report_.accepted, outcomes);
    for (const auto& number : reply.refused) take_outcome(number, std::nullopt, now + options_.refused_us, report_.refused, outcomes);
    if (!reply.refused.empty())
      log::warn("a carrier refused to push numbers", {{"carrier", account_.account.carrier},
                                                      {"numbers", std::to_string(reply.refused.size())},
                                                      {"first", reply.refused.front()},
                                                      {"why", reply.detail}});
    if (reply.trouble == Trouble::none) return;
    std::vector<std::string> rest;
    for (const auto& number : call.numbers) {
      if (std::find(reply.refused.begin(), reply.refused.end(), number) == reply.refused.end()) rest.push_back(number);
    }
    if (spoke) return ask_for_rest(std::move(rest), call.numbers.size(), outcomes);
    halt_on(call);
    const Instant again_at = now + std::max(options_.failed_us, reply.retry_after_us);
    for (const auto& number : rest) take_outcome(number, std::nullopt, again_at, report_.failed, outcomes);
  }

  // The carrier refused the call as a whole: without the numbers it named, or in halves until the one that spoils it stands alone.
  void ask_for_rest(std::vector<std::string> rest, std::size_t asked, std::vector<store::SubscriptionOutcome>& outcomes) {
    if (rest.empty()) return;
    if (asked == 1) return take_outcome(rest.front(), std::nullopt, at() + options_.refused_us, report_.refused, outcomes);
    if (rest.size() < asked) return wait_again(std::move(rest), false);
    const auto middle = rest.begin() + static_cast<std::ptrdiff_t>(rest.size() / 2);
    wait_again({middle, rest.end()}, false);
    wait_again({rest.begin(), middle}, false);
  }

  void halt_on(const SubscribeCall& call) {
    made_.auth = made_.auth || call.reply.trouble == Trouble::auth;
    made_.unreachable = made_.unreachable || call.unreachable;
    if (call.reply.trouble == Trouble::rate_limited) {
      made_.rate_limited = true;
      made_.retry_after_us = std::max(made_.retry_after_us, call.reply.retry_after_us);
    }
    if (halted_ || !(made_.auth || made_.unreachable || made_.rate_limited)) return;
    halted_ = true;
    log::warn("a carrier account is not asked to push for now",
              {{"carrier", account_.account.carrier}, {"account", account_.account.account}, {"why", made_.why}});
  }

  void wait_again(std::vector<std::string> numbers, bool retried) {
    SubscribeCall call;
    call.numbers = std::move(numbers);
    call.retried = retried;
    waiting_.push_front(std::move(call));
  }

  void take_outcome(const std::string& number, std::optional<Instant> until, Instant again_at, int& count,
                    std::vector<store::SubscriptionOutcome>& outcomes) {
    const auto [first, last] = rows_.equal_range(number);
    for (auto row = first; row != last; ++row) {
      outcomes.push_back({row->second, until, again_at});
      ++count;
    }
  }

  // What was not asked for is due at once: the gate keeps it from being claimed too soon.
  void release_rest() {
    std::vector<store::SubscriptionOutcome> outcomes;
    for (const auto& call : waiting_) {
      for (const auto& number : call.numbers) take_outcome(number, std::nullopt, now_, report_.released, outcomes);
    }
    store::record_subscriptions(db_, outcomes, at());
  }

  void settle() {
    report_.calls = made_.calls;
    store::Transaction tx(db_);
    if (shares_quota()) {
      auto whole = store::lock_account(tx, account_.key());
      domain::CallsMade shared;
      shared.rate_limited = made_.rate_limited;
      shared.retry_after_us = made_.retry_after_us;
      shared.why = made_.why;
      domain::settle_calls(whole, account_.account.quota, granted_ - made_.calls, shared, options_.breaker, at());
      store::queue_account(tx, account_.key(), whole);
    }
    auto own = store::lock_account(tx, own_key());
    domain::settle_calls(own, own_quota(), granted_, made_, options_.breaker, at());
    store::queue_account(tx, own_key(), own);
    tx.commit();
  }

  store::Database& db_;
  const CarrierRoom& room_;
  const Account& account_;
  const carriers::Subscriptions& speaks_;
  const SubscribeOptions& options_;
  const Instant now_;
  const std::stop_token stop_;
  const std::int64_t began_us_ = steady_us();
  std::multimap<std::string, store::SubscriptionRow> rows_;  // by number
  std::deque<SubscribeCall> waiting_;
  int granted_ = 0, calls_left_ = 0;
  bool halted_ = false;
  domain::CallsMade made_;
  SubscribeReport report_;
};

}  // namespace

SubscribeOptions subscribe_options(const Config& config) {
  const auto polling = poll_options(config);
  SubscribeOptions options;
  options.batch = polling.batch;
  options.lease_us = polling.lease_us;
  options.breaker = polling.breaker;
  options.public_url = config.text("http.public_url");
  return options;
}

std::vector<PushAccount> push_accounts(const Carriers& carriers) {
  std::vector<PushAccount> out;
  for (const auto& account : carriers.room().accounts) {
    if (carriers::subscribes(account->carrier, account->account)) out.push_back({account->account.carrier, account->account.account});
  }
  return out;
}

std::string push_url(const std::string& public_url, const std::string& carrier) {
  return public_url + "/v1/carriers/" + carrier + "/events";
}

SubscribeReport subscribe_account(store::Database& db, const Carriers& carriers, const PushAccount& account,
                                  const SubscribeOptions& options, Instant now, std::stop_token stop) {
  const Account* found = carriers.room().find(account.carrier, account.account);
  if (found == nullptr || !carriers::subscribes(found->carrier, found->account)) return {};
  return SubscribeTurn(db, carriers.room(), *found, options, now, stop).run();
}

}  // namespace roundtrip::usecases
