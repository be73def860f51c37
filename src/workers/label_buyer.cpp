// Wires booking jobs to their use cases.
#include "workers/label_buyer.hpp"

#include <algorithm>

#include "usecases/manifests.hpp"
#include "usecases/pickups.hpp"

namespace roundtrip::workers {
namespace {
constexpr int kCallsOfAJob = 4;  // a token, the label, its documents
using Work = JobOutcome (*)(store::Database&, const usecases::Carriers&, const usecases::Job&, Instant);
using GiveUp = void (*)(store::Database&, const usecases::Job&, const std::string&, Instant);

JobOutcome outcome_of_booking(const usecases::BookingOutcome& outcome) {
  using Kind = usecases::BookingOutcome::Kind;
  if (outcome.kind == Kind::over) return JobOutcome::finished();
  if (outcome.kind == Kind::dead) return JobOutcome::dead(outcome.why);
  if (outcome.after_us > 0) return JobOutcome::retry(outcome.why, outcome.after_us);
  return JobOutcome::retry(outcome.why);
}

std::unique_ptr<Loop> booking_loop(store::Database& db, const Config& config, const usecases::Carriers& carriers, const char* name,
                                   std::string_view kind, Work work, GiveUp give_up = usecases::give_up_booking, int threads = 1) {
  JobOptions options = job_options(config, kind);
  options.batch = 1;  // somebody stands at the bench: a label waits for no other carrier's
  options.lease_us = std::max(options.lease_us, 2 * kCallsOfAJob * config.integer("carriers.timeout_ms") * 1000);
  return make_job_loop(
      db, loop_options(config, name, threads), options,
      [&db, &carriers, work](const usecases::Job& job, Instant now) { return work(db, carriers, job, now); },
      [&db, give_up](const usecases::Job& job, const std::string& why, Instant now) { give_up(db, job, why, now); });
}
}  // namespace

JobOutcome buy_label(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now) {
  return outcome_of_booking(usecases::buy_label(db, carriers, job, now));
}
JobOutcome void_label(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now) {
  return outcome_of_booking(usecases::void_label(db, carriers, job, now));
}

JobOutcome book_pickup(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now) {
  return outcome_of_booking(usecases::book_pickup(db, carriers, job, now));
}
JobOutcome drop_pickup(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now) {
  return outcome_of_booking(usecases::drop_booked_pickup(db, carriers, job, now));
}

JobOutcome make_manifest(store::Database& db, const usecases::Carriers& carriers, const usecases::Job& job, Instant now) {
  return outcome_of_booking(usecases::make_manifest(db, carriers, job, now));
}

std::unique_ptr<Loop> make_label_buyer(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  return booking_loop(db, config, carriers, "label_buyer", usecases::kBookLabelJob, buy_label, usecases::give_up_booking,
                      static_cast<int>(config.integer("carriers.label_threads")));
}
std::unique_ptr<Loop> make_label_voider(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  return booking_loop(db, config, carriers, "label_voider", usecases::kVoidLabelJob, void_label);
}
std::unique_ptr<Loop> make_pickup_booker(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  return booking_loop(db, config, carriers, "pickup_booker", usecases::kBookPickupJob, book_pickup, usecases::give_up_pickup);
}
std::unique_ptr<Loop> make_pickup_dropper(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  return booking_loop(db, config, carriers, "pickup_dropper", usecases::kDropPickupJob, drop_pickup, usecases::give_up_pickup);
}
std::unique_ptr<Loop> make_manifester(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  return booking_loop(db, config, carriers, "manifester", usecases::kManifestJob, make_manifest, usecases::give_up_manifest);
}

}  // namespace roundtrip::workers
