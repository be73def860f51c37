// An account's turn: gate, claim, group, ask, halve what fails, record.
#include <algorithm>
#include <map>

#include "base/log.hpp"
#include "store/tracking.hpp"
#include "usecases/tracking_run.hpp"

namespace roundtrip::usecases {
namespace {
using carriers::Trouble;
using Trackers = std::vector<store::TrackerRow>;

constexpr int kHalvingCalls = 24;  // calls that finding what spoils a call may cost
constexpr std::int64_t kLeastCallUs = 50'000;
constexpr std::int64_t kProbeGraceUs = 5 * kSecond;
constexpr std::int64_t kAnswerNoteUs = kMinute;  // how old the noted time of the last answer may get

// Whether the last failure may have been this tracker's own doing.
bool is_suspect(const store::TrackerRow& tracker) {
  return tracker.failures > 0 && (tracker.last_error.starts_with("bad_reply") || tracker.last_error.starts_with("service"));
}

std::vector<carriers::TrackQuery> queries_of(const Trackers& trackers) {
  std::vector<carriers::TrackQuery> queries;
  for (const auto& tracker : trackers) queries.push_back(query_of(tracker));
  return queries;
}

bool is_unreachable(const HttpOutcome& outcome) {
  using Kind = TransportFailure::Kind;
  return !outcome.response &&
         (outcome.failure.kind == Kind::connect || outcome.failure.kind == Kind::resolve || outcome.failure.kind == Kind::refused_address);
}

int numbers_per_call(const Account& account) { return carriers::numbers_per_call(account.carrier, account.account); }
}  // namespace

TrackingCheck failed_check(const store::TrackerRow& tracker, Trouble trouble, const std::string& detail, std::int64_t retry_after_us) {
  TrackingCheck check;
  check.tracker = tracker;
  check.said.number = tracker.number;
  check.said.trouble = trouble;
  check.said.detail = detail;
  check.retry_after_us = retry_after_us;
  return check;
}

AccountRun::AccountRun(const RunRoom& room, const Account& account, Instant now, std::function<void(const RunResult&)> ended)
    : room_(room), account_(account), now_(now), ended_(std::move(ended)) {}

void AccountRun::guarded(const std::function<void()>& step) {
  try {
    step();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!result_.fault) result_.fault = std::current_exception();
  }
}

void AccountRun::begin() {
  steps_ = 1;
  guarded([this] {
    if (!open_gate()) return;
    claim();
    ask_more();
  });
  step_ended();
}

// True when something is due and may be asked; then `granted_` calls are ours.
bool AccountRun::open_gate() {
  store::AccountGate gate;
  {
    store::Session session(room_.db);
    gate = store::account_gate(session, account_.key(), account_.names, now_);
  }
  if (!gate.due) return false;
  known_ = gate.state;
  const auto& quota = account_.account.quota;
  const Instant free = domain::free_at(gate.state, quota, now_);
  result_.idle_us = free - now_;
  if (free > now_) return false;
  const int wanted = (room_.options.batch + numbers_per_call(account_) - 1) / numbers_per_call(account_) + kHalvingCalls;
  granted_ = wanted;
  // Without a quota, and while all is well, there is nothing to share with other processes.
  if (quota != domain::Quota{} || gate.state.open_until) {
    store::Transaction tx(room_.db);
    auto state = store::lock_account(tx, account_.key());
    granted_ = domain::take_calls(state, quota, wanted, account_.account.timeout_ms * 1000LL + kProbeGraceUs, now_);
    store::queue_account(tx, account_.key(), state);
    tx.commit();
  }
  calls_left_ = granted_;
  return granted_ > 0;
}

void AccountRun::claim() {
  Trackers claimed;
  const int most = static_cast<int>(std::min<std::int64_t>(room_.options.batch, std::int64_t{granted_} * numbers_per_call(account_)));
  for (const auto& name : account_.names) {
    const int room = most - static_cast<int>(claimed.size());
    if (room <= 0) break;
    auto more = store::claim_trackers(room_.db, account_.account.carrier, name, room, room_.options.lease_us, now_);
    std::move(more.begin(), more.end(), std::back_inserter(claimed));
  }
  const std::lock_guard lock(mutex_);
  result_.report.claimed = static_cast<int>(claimed.size());
  make_questions(std::move(claimed));
}

// Full calls of trackers that never failed; suspects among themselves, the fewer in a call the oftener they failed.
void AccountRun::make_questions(Trackers trackers) {
  std::map<int, Trackers> groups;  // by size of the call
  const int full = numbers_per_call(account_);
  for (auto& tracker : trackers) {
    const int size = is_suspect(tracker) ? std::max(1, full >> std::min(tracker.failures, 16)) : full;
    groups[is_suspect(tracker) ? -size : size].push_back(std::move(tracker));
  }
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    const auto size = static_cast<std::size_t>(std::abs(group->first));
    for (std::size_t from = 0; from < group->second.size(); from += size) {
      const auto begin = group->second.begin() + static_cast<std::ptrdiff_t>(from);
      const auto end = group->second.begin() + static_cast<std::ptrdiff_t>(std::min(group->second.size(), from + size));
      waiting_.push_back({Trackers(std::make_move_iterator(begin), std::make_move_iterator(end)), false, false});
    }
  }
}

// Sends what waits, as far as the account lets us.
void AccountRun::ask_more() {
  std::vector<std::shared_ptr<Question>> now;
  std::vector<TrackingCheck> given_up;
  {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty()) {
      const bool over = room_.stop.stop_requested() || left_us() < kLeastCallUs || (!waiting_.front().paid && calls_left_ <= 0);
      if (!halted_ && !over && on_wire_ >= account_.account.parallel) break;
      Question question = std::move(waiting_.front());
      waiting_.pop_front();
      if (halted_) {
        for (const auto& tracker : question.trackers)
          given_up.push_back(failed_check(tracker, halted_->said.trouble, halted_->said.detail, halted_->retry_after_us));
      } else if (over) {
        unasked_.insert(unasked_.end(), question.trackers.begin(), question.trackers.end());
      } else {
        ++on_wire_;
        ++steps_;
        if (!question.paid) --calls_left_;
        now.push_back(std::make_shared<Question>(std::move(question)));
      }
    }
  }
  for (const auto& question : now) ask(question);
  record(given_up);
}

void AccountRun::ask(const std::shared_ptr<Question>& question) {
  try {
    if (!account_.carrier.capabilities().needs_token) return send(question, "");
    account_.token.with_token(account_.carrier, account_.account, room_.carriers.transport,
                              [self = shared_from_this(), question](const carriers::TokenReply& reply) {
                                if (reply.trouble == Trouble::none) return self->send(question, reply.token);
                                self->without_token(question, reply);
                              });
  } catch (...) {
    guarded([] { throw; });
    answered({});
  }
}

void AccountRun::without_token(const std::shared_ptr<Question>& question, const carriers::TokenReply& reply) {
  room_.post([self = shared_from_this(), question, reply] {
    std::vector<TrackingCheck> checks;
    const auto failure = carriers::failed(reply.trouble, "no token: " + reply.detail, reply.retry_after_us);
    self->guarded([&] { self->judge(*question, failure, HttpOutcome{}, checks); });
    self->answered(checks);
  });
}

void AccountRun::send(const std::shared_ptr<Question>& question, const std::string& token) {
  HttpRequest request;
  try {
    carriers::CarrierAccount account = account_.account;
    account.token = token;
    request = account_.carrier.track_request(account, queries_of(question->trackers));
  } catch (const std::exception& fault) {
    return without_token(question, {Trouble::bad_request, fault.what(), 0, "", 0});
  }
  request.timeout_ms = static_cast<int>(std::max<std::int64_t>(1, std::min<std::int64_t>(account_.account.timeout_ms, left_us() / 1000)));
  request.repeatable = true;
  room_.carriers.transport.start(std::move(request), [self = shared_from_this(), question, token](HttpOutcome outcome) {
    self->room_.post([self, question, token, kept = std::make_shared<HttpOutcome>(std::move(outcome))] {
      std::vector<TrackingCheck> checks;
      bool again = false;
      self->guarded([&] { again = !self->take(*question, token, *kept, checks); });
      again ? self->ask(question) : self->answered(checks);
    });
  });
}

// False when the question must be asked again, with another token.
bool AccountRun::take(Question& question, const std::string& token, const HttpOutcome& outcome, std::vector<TrackingCheck>& checks) {
  const auto queries = queries_of(question.trackers);
  carriers::TrackReply reply;
  try {
    reply = account_.carrier.parse_track(account_.account, outcome, queries);
  } catch (const std::exception& fault) {
    reply = carriers::failed(Trouble::bad_reply, fault.what());
  }
  if (reply.trouble == Trouble::auth && !token.empty() && !question.retried) {
    question.retried = true;  // tokens are taken back before their time
    account_.token.refuse(token);
    const std::lock_guard lock(mutex_);
    ++made_.calls;
    ++made_.answered;
    return false;
  }
  judge(question, reply, outcome, checks);
  return true;
}

// A question's last step: the next calls go out while this answer is recorded.
void AccountRun::answered(const std::vector<TrackingCheck>& checks) {
  {
    const std::lock_guard lock(mutex_);
    --on_wire_;
  }
  guarded([this] { ask_more(); });
  guarded([&] { record(checks); });
  step_ended();
}

// What the reply means for the trackers, the other questions and the account.
void AccountRun::judge(const Question& question, const carriers::TrackReply& reply, const HttpOutcome& outcome,
                       std::vector<TrackingCheck>& checks) {
  const auto& trackers = question.trackers;
  count(reply, is_unreachable(outcome));
  if (reply.trouble == Trouble::none) {
    for (std::size_t i = 0; i < trackers.size() && i < reply.items.size(); ++i) checks.push_back({trackers[i], reply.items[i]});
    for (std::size_t i = reply.items.size(); i < trackers.size(); ++i)
      checks.push_back(failed_check(trackers[i], Trouble::bad_reply, "no answer about this number", 0));
    return;
  }
  // A failure with an answer may be one number's doing: halve until it stands alone.
  const bool halve = outcome.response &&
                     (reply.trouble == Trouble::service || reply.trouble == Trouble::bad_reply || reply.trouble == Trouble::bad_request);
  {
    const std::lock_guard lock(mutex_);
    if (halve && trackers.size() > 1 && calls_left_ >= 2) {
      calls_left_ -= 2;
      const auto middle = trackers.begin() + static_cast<std::ptrdiff_t>(trackers.size() / 2);
      waiting_.push_front({Trackers(middle, trackers.end()), question.retried, true});
      waiting_.push_front({Trackers(trackers.begin(), middle), question.retried, true});
      return;
    }
  }
  for (const auto& tracker : trackers) checks.push_back(failed_check(tracker, reply.trouble, reply.detail, reply.retry_after_us));
}

void AccountRun::count(const carriers::TrackReply& reply, bool unreachable) {
  const std::lock_guard lock(mutex_);
  ++made_.calls;
  const bool spoke = reply.trouble == Trouble::none || reply.trouble == Trouble::not_found || reply.trouble == Trouble::bad_request;
  if (spoke) {
    ++made_.answered;
    return;
  }
  made_.why = std::string(carriers::to_text(reply.trouble)) + (reply.detail.empty() ? "" : ": " + reply.detail);
  made_.unreachable = made_.unreachable || unreachable;
  made_.auth = made_.auth || reply.trouble == Trouble::auth;
  if (reply.trouble == Trouble::rate_limited) {
    made_.rate_limited = true;
    made_.retry_after_us = std::max(made_.retry_after_us, reply.retry_after_us);
  }
  if ((reply.trouble == Trouble::rate_limited || reply.trouble == Trouble::auth || unreachable) && !halted_) {
    halted_ = failed_check({}, reply.trouble, reply.detail, reply.retry_after_us);
    log::warn("a carrier account is left alone for now",
              {{"carrier", account_.account.carrier}, {"account", account_.account.account}, {"why", made_.why}});
  }
}

void AccountRun::record(const std::vector<TrackingCheck>& checks) {
  if (checks.empty()) return;
  const int changed = record_checks(room_.db, checks, plan_of(account_.account, room_.options), at());
  const std::lock_guard lock(mutex_);
  result_.report.changed += changed;
  for (const auto& check : checks) (check.said.trouble == Trouble::none ? result_.report.answered : result_.report.failed) += 1;
}

void AccountRun::step_ended() {
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    last = --steps_ == 0;
  }
  if (last) end();
}

// Gives back what was not asked, settles with the account, tells whoever waits.
void AccountRun::end() {
  result_.report.calls = made_.calls;
  result_.report.released = static_cast<int>(unasked_.size());
  guarded([this] {
    if (!unasked_.empty()) store::release_trackers(room_.db, unasked_);
  });
  const bool note_answer = made_.answered > 0 && (!known_.last_answer_at || at() - *known_.last_answer_at > kAnswerNoteUs);
  const bool nothing_to_say = granted_ == 0 || (account_.account.quota == domain::Quota{} && made_.calls == made_.answered &&
                                                known_.failures == 0 && !known_.open_until && !note_answer);
  if (!nothing_to_say) {
    guarded([this] {
      store::Transaction tx(room_.db);
      auto state = store::lock_account(tx, account_.key());
      domain::settle_calls(state, account_.account.quota, granted_, made_, room_.options.breaker, at());
      store::queue_account(tx, account_.key(), state);
      tx.commit();
    });
  }
  ended_(result_);
}

}  // namespace roundtrip::usecases
