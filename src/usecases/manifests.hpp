// Closing out: what has left with each carrier goes on a manifest, the carrier's where it makes one, and on a list of our own.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/manifests.hpp"
#include "usecases/bookings.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

using store::ManifestParcel;
using store::ManifestRow;

// One manifest for every carrier account with which parcels have left this warehouse in the last days and stand on none yet; those whose
// carrier makes manifests are asked for by a job. None: nothing has left.
std::vector<ManifestRow> close_out(store::Transaction& tx, const Context& context, WarehouseId warehouse);
// The same for a warehouse by name (empty: the first). Refuses (not_found) one that does not exist.
Result<std::vector<ManifestRow>> close_out(const Context& context, const std::string& warehouse);

struct ManifestList {
  std::vector<ManifestRow> items;
  std::optional<std::int64_t> next;  // what `before` is on the next page
};
ManifestList list_manifests(const Context& context, std::optional<std::int64_t> before, int limit);
struct ManifestView {
  ManifestRow row;
  std::vector<ManifestParcel> parcels;
};
Result<ManifestView> read_manifest(const Context& context, ManifestId manifest);
// A failed one is asked for again. Refuses (conflict) one that has not failed.
Result<ManifestRow> retry_manifest(const Context& context, ManifestId manifest);
// Our list, and the carrier's document behind it. Refuses (conflict `manifest_not_there_yet`) while the carrier is asked.
Result<std::string> manifest_pdf(const Context& context, ManifestId manifest);

inline constexpr std::string_view kManifestJob = store::kManifestJob;
// Asks the carrier; one call outside any transaction.
BookingOutcome make_manifest(store::Database& db, const Carriers& carriers, const Job& job, Instant now);
// The job was given up: our own list stands, and the desk is told.
void give_up_manifest(store::Database& db, const Job& job, const std::string& why, Instant now);

}  // namespace roundtrip::usecases
