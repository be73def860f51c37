// Wires refund jobs to the use case that pays them.
#include "workers/refunder.hpp"

#include <algorithm>

namespace roundtrip::workers {

JobHandler refund_handler(store::Database& db, clients::Gateways& gateways, std::int64_t answer_within_us) {
  return [&db, &gateways, answer_within_us](const usecases::Job& job, Instant now) {
    const auto outcome = usecases::pay_refund(db, gateways, job, now, answer_within_us);
    return outcome.over ? JobOutcome::finished() : JobOutcome::retry(outcome.why, outcome.after_us);
  };
}

JobOptions refund_job_options(const Config& config) {
  JobOptions options = job_options(config, usecases::kRefundJob);
  options.batch = std::min(options.batch, static_cast<int>(config.integer("refunds.batch")));
  // The slowest job is a look-up and a call, each up to the gateway's time-out: it must fit into half the lease.
  options.lease_us = std::max(options.lease_us, 5 * config.integer("gateways.timeout_ms") * 1000);
  return options;
}

std::unique_ptr<Loop> make_refunder(store::Database& db, clients::Gateways& gateways, const Config& config) {
  return make_job_loop(
      db, loop_options(config, "refunder", static_cast<int>(config.integer("refunds.threads"))), refund_job_options(config),
      refund_handler(db, gateways, config.integer("refunds.answer_hours") * kHour),
      [&db](const usecases::Job& job, const std::string& why, Instant now) { usecases::note_refund_given_up(db, job, why, now); });
}

}  // namespace roundtrip::workers
