// The loops of tracking: announcing parcels to carriers, and asking where they are.
#pragma once
#include <memory>

#include "base/config.hpp"
#include "usecases/tracking.hpp"
#include "workers/loop.hpp"

namespace roundtrip::workers {

// One announcement: what the job loop's handler does.
JobOutcome announce(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now);
std::unique_ptr<Loop> make_announcer(store::Database& db, const Config& config, const usecases::Carriers& carriers);
// Works through the events of codes that got a meaning.
std::unique_ptr<Loop> make_code_remapper(store::Database& db, const Config& config, const usecases::Carriers& carriers);
// Polls due trackers; its step gives how many it claimed.
std::unique_ptr<Loop> make_tracking_poller(store::Database& db, const Config& config, const usecases::Carriers& carriers);

}  // namespace roundtrip::workers
