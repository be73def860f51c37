// Announcer and poller.
#include "workers/tracking_poller.hpp"

#include "base/log.hpp"
#include "usecases/carrier_codes.hpp"

namespace roundtrip::workers {
namespace {
constexpr int kAnnouncerThreads = 2;

void log_turns(const usecases::PollReport& report) {
  if (report.failed == 0 && report.released == 0) return;
  log::warn("tracking checks without an answer", {{"claimed", std::to_string(report.claimed)},
                                                  {"failed", std::to_string(report.failed)},
                                                  {"released", std::to_string(report.released)},
                                                  {"calls", std::to_string(report.calls)}});
}
}  // namespace

JobOutcome announce(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now) {
  const auto outcome = usecases::announce_parcel(db, carriers, job, now);
  switch (outcome.kind) {
    case usecases::Announced::done:
      return JobOutcome::done();
    case usecases::Announced::refused:
      return JobOutcome::dead(outcome.why);
    case usecases::Announced::retry:
      break;
  }
  if (outcome.retry_after_us > 0) return JobOutcome::retry(outcome.why, outcome.retry_after_us);
  return JobOutcome::retry(outcome.why);
}

std::unique_ptr<Loop> make_announcer(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  return make_job_loop(db, loop_options(config, "announcer", kAnnouncerThreads), job_options(config, usecases::kAnnounceJob),
                       [&db, &carriers](const usecases::Job& job, Instant now) { return announce(db, carriers, job, now); });
}

std::unique_ptr<Loop> make_code_remapper(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  return make_job_loop(db, loop_options(config, "code_remapper"), job_options(config, usecases::kRemapJob),
                       [&db, &carriers, options = usecases::poll_options(config)](const usecases::Job& job, Instant now) {
                         usecases::rederive_code(db, carriers, options, job, now);
                         return JobOutcome::done();
                       });
}

std::unique_ptr<Loop> make_tracking_poller(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  auto loop = loop_options(config, "tracking_poller");
  loop.pause_us = config.integer("tracking.poll_ms") * 1000;
  const auto poller = std::make_shared<usecases::Poller>(db, carriers, usecases::poll_options(config));
  return std::make_unique<Loop>(loop, [poller, pause_us = loop.pause_us](std::stop_token stop) {
    const auto report = poller->look(roundtrip::now(), pause_us, stop);
    log_turns(report);
    return report.claimed;
  });
}

}  // namespace roundtrip::workers
