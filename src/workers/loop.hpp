// Bounded loops around use cases: claim a batch, work item by item, pause when there is nothing, stop promptly.
//
// A worker is a Loop (threads, pause, healing) around a step. Most steps are work_jobs: claimed jobs of one
// kind, each handled in isolation. Tests call the step itself with a clock of their own.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/config.hpp"
#include "usecases/jobs.hpp"

namespace roundtrip::workers {

using Clock = std::function<Instant()>;

// How one job went.
struct JobOutcome {
  enum class Kind {
    done,      // the loop deletes the job's row
    finished,  // the handler deleted it in the transaction that recorded the outcome
    retry,     // due again after `after_us`, or after the growing pause; given up after the last attempt
    wait,      // like retry, but never given up: the other side is away
    dead,      // given up now
  };
  Kind kind = Kind::done;
  std::optional<std::int64_t> after_us = std::nullopt;
  std::string why;

  static JobOutcome done() { return {Kind::done, std::nullopt, ""}; }
  static JobOutcome finished() { return {Kind::finished, std::nullopt, ""}; }
  static JobOutcome retry(std::string why, std::optional<std::int64_t> after_us = std::nullopt) {
    return {Kind::retry, after_us, std::move(why)};
  }
  static JobOutcome wait(std::string why) { return {Kind::wait, std::nullopt, std::move(why)}; }
  static JobOutcome dead(std::string why) { return {Kind::dead, std::nullopt, std::move(why)}; }
};

struct JobOptions {
  std::string kind;
  int batch = 50;
  std::int64_t lease_us = 60 * kSecond;
  int max_attempts = 10;
  std::int64_t backoff_first_us = kSecond;
  std::int64_t backoff_max_us = kHour;
};
// The [jobs] settings for a kind.
JobOptions job_options(const Config& config, std::string_view kind);

// Does one job. What it throws counts as a retry with the growing pause. A handler's longest duration must
// stay under half the lease.
using JobHandler = std::function<JobOutcome(const usecases::Job& job, Instant now)>;
// Told after a job was given up (by the handler or after the last attempt), so that the noun can say so too.
using JobBuried = std::function<void(const usecases::Job& job, const std::string& why, Instant now)>;

// Pause after attempt number `attempts` (1 is the first): doubled each time up to `max_us`, up to a quarter
// shorter by `seed` so that jobs that failed together do not come back together.
std::int64_t backoff_us(std::int64_t first_us, std::int64_t max_us, int attempts, std::int64_t seed);

// One pass: claims a batch, handles each job, records how it went. Gives the number of jobs claimed. Jobs it
// does not reach within half the lease, or after a stop, are given back. Throws only when claiming fails.
int work_jobs(store::Database& db, const JobOptions& options, const JobHandler& handler, const JobBuried& buried = {},
              const Clock& clock = roundtrip::now, std::stop_token stop = {});

struct LoopOptions {
  std::string name;  // for the log
  int threads = 1;
  std::int64_t pause_us = 250'000;        // when a step found nothing
  std::int64_t pause_max_us = 1'000'000;  // growing pause after a step that threw
};

// Threads that repeat a step until stopped. A step gives how many items it did; after 0 the thread pauses, shortly when there was
// work a moment ago, up to `pause_us` when there was none.
// What a step throws is logged and never ends the loop.
class Loop {
 public:
  using Step = std::function<int(std::stop_token)>;
  Loop(LoopOptions options, Step step);
  ~Loop();  // stops
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  void start();
  // Asks the threads to end; does not wait.
  void request_stop();
  // Ends the pause now, because there is something to do; also the one a busy thread is about to begin.
  void wake();
  // Asks and waits: the item under way is finished, no further one begins.
  void stop();
  const std::string& name() const { return options_.name; }

 private:
  void run(std::stop_token stop);
  std::uint64_t wakes();
  void pause(std::stop_token stop, std::int64_t us, std::uint64_t seen);
  LoopOptions options_;
  Step step_;
  std::mutex mutex_;
  std::condition_variable_any condition_;
  std::uint64_t wakes_ = 0;
  std::vector<std::jthread> threads_;
};

// A loop over jobs of one kind.
std::unique_ptr<Loop> make_job_loop(store::Database& db, LoopOptions loop, JobOptions jobs, JobHandler handler, JobBuried buried = {});
// The [jobs] pause for a loop of this name.
LoopOptions loop_options(const Config& config, std::string name, int threads = 1);

// All loops of a process: started together, asked to stop together, then waited for.
class Workers {
 public:
  ~Workers() { stop(); }
  void add(std::unique_ptr<Loop> loop) { loops_.push_back(std::move(loop)); }
  void start();
  void stop();
  std::size_t size() const { return loops_.size(); }

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace roundtrip::workers
