// Notification jobs -> usecases::deliver_notification.
#include "workers/notifier.hpp"

#include <algorithm>
#include <stdexcept>

namespace roundtrip::workers {
namespace {

constexpr int kNotifierThreads = 2;  // a slow SMTP server holds up one of them at most per mail

usecases::Context notifier_context(store::Database& db, const usecases::Job& job, Instant now) {
  return {db, job.merchant, {"worker", "notifier"}, now};
}

}  // namespace

JobOutcome notify(store::Database& db, const usecases::MailRoom& room, const usecases::Job& job, Instant now) {
  auto outcome = usecases::deliver_notification(notifier_context(db, job, now), room, job);
  switch (outcome.kind) {
    case usecases::Delivery::Kind::sent:
    case usecases::Delivery::Kind::superseded:
      return JobOutcome::finished();
    case usecases::Delivery::Kind::wait:
      return JobOutcome::wait(std::move(outcome.why));
    case usecases::Delivery::Kind::retry:
      return JobOutcome::retry(std::move(outcome.why));
    case usecases::Delivery::Kind::dead:
      return JobOutcome::dead(std::move(outcome.why));
  }
  throw std::logic_error("no such delivery");
}

void notify_no_more(store::Database& db, const usecases::Job& job, const std::string& why, Instant now) {
  usecases::bury_notification(notifier_context(db, job, now), NotificationId{job.subject}, why);
}

std::unique_ptr<Loop> make_notifier(const Config& config, store::Database& db, const usecases::MailRoom& room) {
  JobOptions jobs = job_options(config, usecases::kNotificationJob);
  // One mail may take the whole mail.timeout_ms: the lease must outlast it twice.
  jobs.lease_us = std::max(jobs.lease_us, config.integer("mail.timeout_ms") * 1000 * 3);
  return make_job_loop(
      db, loop_options(config, "notifier", kNotifierThreads), jobs,
      [&db, &room](const usecases::Job& job, Instant now) { return notify(db, room, job, now); },
      [&db](const usecases::Job& job, const std::string& why, Instant now) { notify_no_more(db, job, why, now); });
}

}  // namespace roundtrip::workers
