// The common loop of all workers.
#include "workers/loop.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "base/log.hpp"

namespace roundtrip::workers {
namespace {

constexpr int kShortPauses = 5;  // the first pause after work is a 32nd of the whole one, then it doubles

JobOutcome handle_isolated(const JobHandler& handler, const usecases::Job& job, Instant at) {
  try {
    return handler(job, at);
  } catch (const std::exception& fault) {
    return JobOutcome::retry(fault.what());
  } catch (...) {
    return JobOutcome::retry("unknown fault");
  }
}

void bury_and_tell(store::Database& db, const usecases::Job& job, const std::string& why, const JobBuried& buried, Instant at) {
  log::error("job given up",
             {{"kind", job.kind}, {"subject", std::to_string(job.subject)}, {"attempts", std::to_string(job.attempts)}, {"why", why}});
  usecases::bury_job(db, job, why, at);
  if (buried) buried(job, why, at);
}

void record_outcome(store::Database& db, const JobOptions& options, const usecases::Job& job, const JobOutcome& outcome,
                    const JobBuried& buried, Instant at) {
  switch (outcome.kind) {
    case JobOutcome::Kind::finished:
      return;
    case JobOutcome::Kind::done:
      return usecases::finish_job(db, job);
    case JobOutcome::Kind::dead:
      return bury_and_tell(db, job, outcome.why, buried, at);
    case JobOutcome::Kind::retry:
    case JobOutcome::Kind::wait:
      break;
  }
  const bool last = outcome.kind == JobOutcome::Kind::retry && job.attempts >= options.max_attempts;
  if (last) return bury_and_tell(db, job, outcome.why, buried, at);
  const std::int64_t pause =
      outcome.after_us.value_or(backoff_us(options.backoff_first_us, options.backoff_max_us, job.attempts, job.id.value));
  log::warn("job will be tried again", {{"kind", job.kind},
                                        {"subject", std::to_string(job.subject)},
                                        {"attempts", std::to_string(job.attempts)},
                                        {"pause_ms", std::to_string(pause / 1000)},
                                        {"why", outcome.why}});
  usecases::retry_job(db, job, at + pause, outcome.why);
}

}  // namespace

JobOptions job_options(const Config& config, std::string_view kind) {
  return {std::string(kind),
          static_cast<int>(config.integer("jobs.batch")),
          config.integer("jobs.lease_s") * kSecond,
          static_cast<int>(config.integer("jobs.max_attempts")),
          config.integer("jobs.backoff_first_ms") * 1000,
          config.integer("jobs.backoff_max_ms") * 1000};
}

LoopOptions loop_options(const Config& config, std::string name, int threads) {
  LoopOptions options;
  options.name = std::move(name);
  options.threads = threads;
  options.pause_us = config.integer("jobs.poll_ms") * 1000;
  return options;
}

std::int64_t backoff_us(std::int64_t first_us, std::int64_t max_us, int attempts, std::int64_t seed) {
  std::int64_t pause = std::min(first_us, max_us);
  for (int i = 1; i < attempts && pause < max_us; ++i) pause = pause > max_us / 2 ? max_us : pause * 2;
  // Knuth's multiplicative hash spreads neighboring seeds over the quarter.
  const auto spread = static_cast<std::int64_t>((static_cast<std::uint64_t>(seed) * 2654435761U) % 1024U);
  return pause - pause / 4 * spread / 1024;
}

int work_jobs(store::Database& db, const JobOptions& options, const JobHandler& handler, const JobBuried& buried, const Clock& clock,
              std::stop_token stop) {
  const std::int64_t began = steady_us();
  const auto jobs = usecases::claim_jobs(db, options.kind, options.batch, options.lease_us, clock());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (stop.stop_requested() || steady_us() - began > options.lease_us / 2) {
      usecases::release_jobs(db, {jobs.begin() + static_cast<std::ptrdiff_t>(i), jobs.end()});
      break;
    }
    const JobOutcome outcome = handle_isolated(handler, jobs[i], clock());
    try {
      record_outcome(db, options, jobs[i], outcome, buried, clock());
    } catch (const std::exception& fault) {
      // The lease ends by itself; then the job is tried again.
      log::error("job outcome not recorded", {{"kind", options.kind}, {"subject", std::to_string(jobs[i].subject)}, {"why", fault.what()}});
    }
  }
  return static_cast<int>(jobs.size());
}

Loop::Loop(LoopOptions options, Step step) : options_(std::move(options)), step_(std::move(step)) {}
Loop::~Loop() { stop(); }

void Loop::start() {
  if (!threads_.empty()) return;
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this](std::stop_token token) { run(token); });
}

void Loop::request_stop() {
  for (auto& thread : threads_) thread.request_stop();
}

void Loop::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  condition_.notify_all();
}

void Loop::stop() {
  request_stop();
  threads_.clear();  // joins
}

std::uint64_t Loop::wakes() {
  const std::lock_guard lock(mutex_);
  return wakes_;
}

void Loop::pause(std::stop_token stop, std::int64_t us, std::uint64_t seen) {
  std::unique_lock lock(mutex_);
  condition_.wait_for(lock, stop, std::chrono::microseconds(us), [&] { return wakes_ != seen; });
}

void Loop::run(std::stop_token stop) {
  int failures = 0;
  int idle_steps = kShortPauses;
  while (!stop.stop_requested()) {
    const std::uint64_t seen = wakes();
    int did = 0;
    // Work seldom comes alone: right after some the loop looks again soon, then less and less often.
    std::int64_t idle = std::max<std::int64_t>(options_.pause_us >> (kShortPauses - idle_steps), 1);
    try {
      did = step_(stop);
      idle_steps = did > 0 ? 0 : std::min(idle_steps + 1, kShortPauses);
      failures = 0;
    } catch (const std::exception& fault) {
      ++failures;
      idle = backoff_us(options_.pause_us, std::max(options_.pause_us, options_.pause_max_us), failures, 0);
      log::error("worker step failed", {{"worker", options_.name}, {"failures", std::to_string(failures)}, {"why", fault.what()}});
    }
    if (did == 0) pause(stop, idle, seen);
  }
}

std::unique_ptr<Loop> make_job_loop(store::Database& db, LoopOptions loop, JobOptions jobs, JobHandler handler, JobBuried buried) {
  return std::make_unique<Loop>(
      std::move(loop), [&db, jobs = std::move(jobs), handler = std::move(handler), buried = std::move(buried)](std::stop_token stop) {
        return work_jobs(db, jobs, handler, buried, roundtrip::now, stop);
      });
}

void Workers::start() {
  for (auto& loop : loops_) loop->start();
}

void Workers::stop() {
  for (auto& loop : loops_) loop->request_stop();
  for (auto& loop : loops_) loop->stop();
}

}  // namespace roundtrip::workers
