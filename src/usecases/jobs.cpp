// Jobs as workers see them: one session each, nothing more.
#include "usecases/jobs.hpp"

namespace roundtrip::usecases {

std::vector<Job> claim_jobs(store::Database& db, std::string_view kind, int batch, std::int64_t lease_us, Instant now) {
  return store::claim_jobs(db, kind, batch, lease_us, now);
}

void finish_job(store::Database& db, const Job& job) {
  store::Session session(db);
  store::finish_job(session, job);
}

void retry_job(store::Database& db, const Job& job, Instant run_at, std::string_view why) {
  store::Session session(db);
  store::retry_job(session, job, run_at, why);
}

void bury_job(store::Database& db, const Job& job, std::string_view why, Instant now) {
  store::Session session(db);
  store::bury_job(session, job, why, now);
}

void release_jobs(store::Database& db, const std::vector<Job>& jobs) {
  store::Session session(db);
  for (const Job& job : jobs) store::release_job(session, job);
}

}  // namespace roundtrip::usecases
