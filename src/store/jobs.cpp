// The jobs table.
#include "store/jobs.hpp"

namespace roundtrip::store {

void add_job(Transaction& tx, MerchantId merchant, std::string_view kind, std::int64_t subject, Instant run_at, Instant now) {
  tx.write(
      "INSERT INTO jobs (merchant_id, kind, subject_id, run_at, created_at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (merchant_id, kind, subject_id) DO UPDATE SET run_at = EXCLUDED.run_at, leased_until = NULL, attempts = 0, dead_at = "
      "NULL",
      merchant, kind, subject, run_at, now);
}

std::vector<Job> claim_jobs(Database& db, std::string_view kind, int batch, std::int64_t lease_us, Instant now) {
  std::vector<Job> jobs;
  Session session(db);
  for (auto& [merchant, id, subject, attempts, lease] : session.rows<MerchantId, JobId, std::int64_t, int, Instant>(
           // By place (ctid): a join would read the whole table, since nobody knows the batch when the statement is planned.
           "WITH due AS MATERIALIZED (SELECT ctid FROM jobs WHERE kind = $1 AND dead_at IS NULL AND run_at <= $2 "
           "  AND (leased_until IS NULL OR leased_until <= $2) ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
           "UPDATE jobs j SET leased_until = $4, attempts = j.attempts + 1 WHERE j.ctid = ANY(ARRAY(SELECT ctid FROM due)) "
           "RETURNING j.merchant_id, j.job_id, j.subject_id, j.attempts, j.leased_until",
           kind, now, batch, now + lease_us)) {
    jobs.push_back({merchant, id, std::string(kind), subject, attempts, lease});
  }
  return jobs;
}

void finish_job(Queryable& db, const Job& job) {
  db.run("DELETE FROM jobs WHERE merchant_id = $1 AND job_id = $2 AND leased_until = $3", {job.merchant, job.id, job.leased_until});
}

void finish_job(Transaction& tx, const Job& job) {
  tx.write("DELETE FROM jobs WHERE merchant_id = $1 AND job_id = $2 AND leased_until = $3", job.merchant, job.id, job.leased_until);
}

void retry_job(Queryable& db, const Job& job, Instant run_at, std::string_view why) {
  db.run("UPDATE jobs SET run_at = $3, leased_until = NULL, last_error = $4 WHERE merchant_id = $1 AND job_id = $2 AND leased_until = $5",
         {job.merchant, job.id, run_at, why, job.leased_until});
}

void bury_job(Queryable& db, const Job& job, std::string_view why, Instant now) {
  db.run("UPDATE jobs SET dead_at = $3, leased_until = NULL, last_error = $4 WHERE merchant_id = $1 AND job_id = $2 AND leased_until = $5",
         {job.merchant, job.id, now, why, job.leased_until});
}

void release_job(Queryable& db, const Job& job) {
  db.run("UPDATE jobs SET leased_until = NULL, attempts = attempts - 1 WHERE merchant_id = $1 AND job_id = $2 AND leased_until = $3",
         {job.merchant, job.id, job.leased_until});
}

std::vector<DeadJob> dead_jobs(Queryable& db, MerchantId merchant, int limit) {
  std::vector<DeadJob> out;
  for (auto& [id, kind, subject, attempts, error, at] : db.rows<JobId, std::string, std::int64_t, int, std::string, Instant>(
           "SELECT job_id, kind, subject_id, attempts, last_error, dead_at FROM jobs "
           "WHERE merchant_id = $1 AND dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT $2",
           merchant, limit)) {
    out.push_back({{merchant, id, kind, subject, attempts, {}}, error, at});
  }
  return out;
}

bool revive_job(Queryable& db, MerchantId merchant, JobId job, Instant now) {
  return db
      .value<JobId>(
          "UPDATE jobs SET dead_at = NULL, leased_until = NULL, attempts = 0, run_at = $3 "
          "WHERE merchant_id = $1 AND job_id = $2 AND dead_at IS NOT NULL RETURNING job_id",
          merchant, job, now)
      .has_value();
}

}  // namespace roundtrip::store
