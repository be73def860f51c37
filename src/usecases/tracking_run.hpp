// One account's turn: what is due is claimed, asked for and recorded. Within the room only.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "usecases/tracking_carriers.hpp"

namespace roundtrip::usecases {

// Has work done by some thread, soon. Never waits.
using Post = std::function<void(std::function<void()>)>;

// What a turn needs from outside; must outlive it.
struct RunRoom {
  store::Database& db;
  const CarrierRoom& carriers;
  const PollOptions& options;
  Post post;
  std::stop_token stop;
};

struct RunResult {
  PollReport report;
  std::int64_t idle_us = 0;  // nothing can be done for so long (quota, breaker); 0: not known
  std::exception_ptr fault;
};

// The steps of a turn run wherever `post` has them run; no thread waits for the carrier. At most `parallel` calls of the account are
// under way. All ends within half the lease: what is not asked by then is given back.
class AccountRun : public std::enable_shared_from_this<AccountRun> {
 public:
  AccountRun(const RunRoom& room, const Account& account, Instant now, std::function<void(const RunResult&)> ended);
  // The first step. `ended` is called once, after the last one.
  void begin();

 private:
  using Trackers = std::vector<store::TrackerRow>;
  // What is asked in one call.
  struct Question {
    Trackers trackers;
    bool retried = false;  // with a second token
    bool paid = false;     // its call is taken already
  };
  bool open_gate();
  void claim();
  void make_questions(Trackers trackers);
  void ask_more();
  void ask(const std::shared_ptr<Question>& question);
  void send(const std::shared_ptr<Question>& question, const std::string& token);
  void without_token(const std::shared_ptr<Question>& question, const carriers::TokenReply& reply);
  bool take(Question& question, const std::string& token, const HttpOutcome& outcome, std::vector<TrackingCheck>& checks);
  void answered(const std::vector<TrackingCheck>& checks);
  void judge(const Question& question, const carriers::TrackReply& reply, const HttpOutcome& outcome, std::vector<TrackingCheck>& checks);
  void count(const carriers::TrackReply& reply, bool unreachable);
  void record(const std::vector<TrackingCheck>& checks);
  void step_ended();
  void end();
  void guarded(const std::function<void()>& step);
  std::int64_t left_us() const { return room_.options.lease_us / 2 - (steady_us() - began_us_); }
  Instant at() const { return now_ + (steady_us() - began_us_); }

  const RunRoom& room_;
  const Account& account_;
  const Instant now_;
  const std::int64_t began_us_ = steady_us();
  const std::function<void(const RunResult&)> ended_;
  domain::AccountState known_;  // before the run
  int granted_ = 0;

  std::mutex mutex_;  // for what follows
  std::deque<Question> waiting_;
  Trackers unasked_;
  std::optional<TrackingCheck> halted_;  // the account said 429, refused our key or cannot be reached: left alone from here on
  int on_wire_ = 0, steps_ = 0;          // calls under way; things that must end before the run does
  int calls_left_ = 0;
  domain::CallsMade made_;
  RunResult result_;
};

// Why a tracker has no answer.
TrackingCheck failed_check(const store::TrackerRow& tracker, carriers::Trouble trouble, const std::string& detail,
                           std::int64_t retry_after_us);

}  // namespace roundtrip::usecases
