// The loops that buy labels from carriers and give unused ones back.
#pragma once
#include <memory>

#include "usecases/bookings.hpp"
#include "workers/loop.hpp"

namespace roundtrip::workers {

JobOutcome buy_label(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now);
JobOutcome void_label(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now);
std::unique_ptr<Loop> make_label_buyer(store::Database& db, const Config& config, const usecases::Carriers& carriers);
std::unique_ptr<Loop> make_label_voider(store::Database& db, const Config& config, const usecases::Carriers& carriers);

// Has carriers fetch the parcels of returns, and tells them when they need not come.
JobOutcome book_pickup(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now);
JobOutcome drop_pickup(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now);
std::unique_ptr<Loop> make_pickup_booker(store::Database& db, const Config& config, const usecases::Carriers& carriers);
std::unique_ptr<Loop> make_pickup_dropper(store::Database& db, const Config& config, const usecases::Carriers& carriers);

// Asks carriers for the manifests of what was handed over to them.
JobOutcome make_manifest(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now);
std::unique_ptr<Loop> make_manifester(store::Database& db, const Config& config, const usecases::Carriers& carriers);

}  // namespace roundtrip::workers
