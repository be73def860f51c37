// Jobs as workers see them: claimed with a lease, then done, due again, or given up.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "store/jobs.hpp"

namespace roundtrip::usecases {

using Job = store::Job;
inline constexpr std::string_view kRefundJob = store::kRefundJob;
inline constexpr std::string_view kNotificationJob = store::kNotificationJob;

// Takes up to `batch` due jobs of a kind, of any merchant; see store::claim_jobs.
std::vector<Job> claim_jobs(store::Database& db, std::string_view kind, int batch, std::int64_t lease_us, Instant now);
void finish_job(store::Database& db, const Job& job);
void retry_job(store::Database& db, const Job& job, Instant run_at, std::string_view why);
void bury_job(store::Database& db, const Job& job, std::string_view why, Instant now);
// Gives claimed jobs back untouched: due at once, the attempt not counted.
void release_jobs(store::Database& db, const std::vector<Job>& jobs);

}  // namespace roundtrip::usecases
