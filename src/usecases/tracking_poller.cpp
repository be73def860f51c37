// Turns of accounts on a few threads.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <thread>

#include "base/log.hpp"
#include "store/tracking.hpp"
#include "usecases/tracking_run.hpp"

namespace roundtrip::usecases {
namespace {

constexpr std::int64_t kOrphansEveryUs = 10 * kSecond;
constexpr std::int64_t kFaultPauseUs = kSecond;

// A few threads that do what is posted, in order.
class Crew {
 public:
  explicit Crew(int threads) {
    for (int i = 0; i < std::max(1, threads); ++i) threads_.emplace_back([this](std::stop_token stop) { work(stop); });
  }
  ~Crew() {
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();  // joins; what is posted is done first
  }
  void post(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    condition_.notify_one();
  }

 private:
  void work(std::stop_token stop) {
    while (true) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex_);
        if (!condition_.wait(lock, stop, [this] { return !tasks_.empty(); })) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any condition_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::jthread> threads_;
};

std::string words_of(const std::exception_ptr& fault) {
  try {
    std::rethrow_exception(fault);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "unknown fault";
  }
}

}  // namespace

PollReport& PollReport::operator+=(const PollReport& other) {
  claimed += other.claimed;
  calls += other.calls;
  answered += other.answered;
  changed += other.changed;
  failed += other.failed;
  released += other.released;
  return *this;
}

struct Poller::Turns {
  // One account's place in the round.
  struct Place {
    const Account* account = nullptr;
    bool busy = false;
    std::int64_t again_us = 0;  // steady: not looked at before
  };

  Turns(store::Database& db, const Carriers& carriers, const PollOptions& given)
      : options(given),
        room{db, carriers.room(), options, [this](std::function<void()> task) { crew->post(std::move(task)); }, ending.get_token()} {
    for (const auto& account : carriers.room().accounts) places.push_back({account.get(), false, 0});
    crew = std::make_unique<Crew>(options.threads);
  }
  ~Turns() {
    ending.request_stop();
    wait_for_all();
  }

  void wait_for_all() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return busy == 0; });
  }

  // The mutex is held.
  void begin(Place& place, Instant now, std::int64_t pause_us) {
    place.busy = true;
    ++busy;
    auto on_end = [this, &place, pause_us](const RunResult& result) { turn_ended(place, result, pause_us); };
    const auto run = std::make_shared<AccountRun>(room, *place.account, now, std::move(on_end));
    crew->post([run] { run->begin(); });
  }

  void turn_ended(Place& place, const RunResult& result, std::int64_t pause_us) {
    const std::lock_guard lock(mutex);
    done += result.report;
    ++ended;
    if (result.fault) fault = result.fault;
    if (result.fault)
      place.again_us = steady_us() + kFaultPauseUs;
    else if (result.report.claimed == 0 || result.report.claimed == result.report.released)
      place.again_us = steady_us() + std::max(pause_us, std::min(result.idle_us, kMinute));
    place.busy = false;
    --busy;
    changed.notify_all();
  }

  // Trackers whose account is not there (any more) must not stand still unseen.
  void mark_orphans(Instant now) {
    std::vector<store::AccountKey> keys;
    {
      store::Session session(room.db);
      keys = store::accounts_of_trackers(session);
    }
    for (const auto& key : keys) {
      if (room.carriers.find(key.carrier, key.account) != nullptr) continue;
      std::vector<TrackingCheck> checks;
      for (const auto& tracker : store::claim_trackers(room.db, key.carrier, key.account, options.batch, options.lease_us, now))
        checks.push_back(failed_check(tracker, carriers::Trouble::auth, "no account for this carrier", 0));
      if (checks.empty()) continue;
      record_checks(room.db, checks, {}, now);
      const std::lock_guard lock(mutex);
      done.claimed += static_cast<int>(checks.size());
      done.failed += static_cast<int>(checks.size());
    }
  }

  // The mutex is held. What was done since the last time.
  PollReport take_done() { return std::exchange(done, PollReport{}); }

  const PollOptions options;
  std::stop_source ending;
  const RunRoom room;
  std::mutex mutex;  // for what follows
  std::condition_variable_any changed;
  std::deque<Place> places;
  int busy = 0, ended = 0;
  PollReport done;
  std::exception_ptr fault;
  std::int64_t orphans_us = 0;
  std::unique_ptr<Crew> crew;  // last: its threads use the rest
};

Poller::Poller(store::Database& db, const Carriers& carriers, const PollOptions& options)
    : turns_(std::make_unique<Turns>(db, carriers, options)) {}
Poller::~Poller() = default;

PollReport Poller::pass(Instant now, std::stop_token stop) {
  const std::stop_callback forward(stop, [this] { turns_->ending.request_stop(); });
  {
    const std::lock_guard lock(turns_->mutex);
    for (auto& place : turns_->places) turns_->begin(place, now, 0);
  }
  turns_->wait_for_all();
  turns_->mark_orphans(now);
  const std::lock_guard lock(turns_->mutex);
  if (turns_->fault) std::rethrow_exception(std::exchange(turns_->fault, nullptr));
  return turns_->take_done();
}

PollReport Poller::look(Instant now, std::int64_t pause_us, std::stop_token stop) {
  auto& turns = *turns_;
  if (steady_us() >= turns.orphans_us) {
    turns.orphans_us = steady_us() + kOrphansEveryUs;
    turns.mark_orphans(now);
  }
  std::unique_lock lock(turns.mutex);
  for (auto& place : turns.places) {
    if (!place.busy && place.again_us <= steady_us()) turns.begin(place, now, pause_us);
  }
  const int ended = turns.ended;
  if (turns.busy > 0) turns.changed.wait_for(lock, stop, std::chrono::microseconds(pause_us), [&] { return turns.ended != ended; });
  if (stop.stop_requested()) {
    turns.ending.request_stop();
    turns.changed.wait(lock, [&] { return turns.busy == 0; });
  }
  if (turns.fault) {
    log::error("an account's turn failed", {{"why", words_of(std::exchange(turns.fault, nullptr))}});
  }
  return turns.take_done();
}

PollOptions poll_options(const Config& config) {
  domain::BreakerPlan breaker;
  breaker.failures_to_open = static_cast<int>(config.integer("tracking.breaker_failures"));
  breaker.first_us = config.integer("tracking.breaker_first_s") * kSecond;
  breaker.most_us = config.integer("tracking.breaker_max_s") * kSecond;
  breaker.auth_us = config.integer("tracking.breaker_auth_s") * kSecond;
  return {static_cast<int>(config.integer("tracking.batch")), static_cast<int>(config.integer("tracking.threads")),
          config.integer("tracking.lease_s") * kSecond,       config.integer("tracking.stalled_days"),
          config.integer("tracking.uncollected_days"),        breaker};
}

PollReport poll_trackers(store::Database& db, const Carriers& carriers, const PollOptions& options, Instant now, std::stop_token stop) {
  return Poller(db, carriers, options).pass(now, stop);
}

}  // namespace roundtrip::usecases
