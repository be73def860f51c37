// The refunder: pays requested refunds through their gateways, once per key.
#pragma once
#include <memory>

#include "base/config.hpp"
#include "usecases/refunds.hpp"
#include "workers/loop.hpp"

namespace roundtrip::workers {

// How one refund job is done: see usecases::pay_refund.
JobHandler refund_handler(store::Database& db, clients::Gateways& gateways, std::int64_t answer_within_us = usecases::kAnswerWithin);

// A claimed batch must fit into the lease: at most two gateway calls each, one after the other.
JobOptions refund_job_options(const Config& config);

// The loop with refunds.threads threads. `gateways` outlives it.
std::unique_ptr<Loop> make_refunder(store::Database& db, clients::Gateways& gateways, const Config& config);

}  // namespace roundtrip::workers
