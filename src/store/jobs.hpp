// Work that follows a commit: added in the same transaction, claimed in batches with a lease, tried
// again with a growing pause, parked as a dead letter at the end. Polled, never notified.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

inline constexpr std::string_view kRefundJob = "refund";              // subject: refund_id
inline constexpr std::string_view kNotificationJob = "notification";  // subject: notification_id

struct Job {
  MerchantId merchant;
  JobId id;
  std::string kind;
  std::int64_t subject = 0;
  int attempts = 0;        // this one included
  Instant leased_until{};  // what makes the claim ours; one claim of a job has its own
};

// Queues the job; one (kind, subject) exists once. Adding it again makes it due at `run_at`.
void add_job(Transaction& tx, MerchantId merchant, std::string_view kind, std::int64_t subject, Instant run_at, Instant now);
// Takes up to `batch` due jobs of a kind, of any merchant, hidden from others until now + lease. Jobs
// of a dead worker come back by themselves when their lease ends.
std::vector<Job> claim_jobs(Database& db, std::string_view kind, int batch, std::int64_t lease_us, Instant now);
// finish, retry, bury and release change the row only while it is as claimed: a job made due again in the
// meantime (add_job) stays due.
// The work is done. In its own transaction, or in the one that records the outcome.
void finish_job(Queryable& db, const Job& job);
// The same, queued: it travels with COMMIT.
void finish_job(Transaction& tx, const Job& job);
// Not done: due again at `run_at`.
void retry_job(Queryable& db, const Job& job, Instant run_at, std::string_view why);
// Given up: stays as a dead letter.
void bury_job(Queryable& db, const Job& job, std::string_view why, Instant now);

// Given back untouched: due at once, the attempt not counted.
void release_job(Queryable& db, const Job& job);

struct DeadJob {
  Job job;
  std::string last_error;
  Instant dead_at;
};
std::vector<DeadJob> dead_jobs(Queryable& db, MerchantId merchant, int limit);
// Makes a dead letter due again with fresh attempts; false when there is none.
bool revive_job(Queryable& db, MerchantId merchant, JobId job, Instant now);

}  // namespace roundtrip::store
