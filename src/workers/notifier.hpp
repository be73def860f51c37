// The worker that tells customers.
#pragma once
#include <memory>

#include "base/config.hpp"
#include "usecases/notifications.hpp"
#include "workers/loop.hpp"

namespace roundtrip::workers {

// Tells one queued message; what the notifier's loop does with each job.
JobOutcome notify(store::Database& db, const usecases::MailRoom& room, const usecases::Job& job, Instant now);
// Marks the message of a job that was given up.
void notify_no_more(store::Database& db, const usecases::Job& job, const std::string& why, Instant now);
// The loop over notification jobs. `room` must outlive it.
std::unique_ptr<Loop> make_notifier(const Config& config, store::Database& db, const usecases::MailRoom& room);

}  // namespace roundtrip::workers
