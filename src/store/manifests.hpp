// Hand-overs: what left with whom, and the manifests that carriers and we make of them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/orders.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

inline constexpr std::string_view kManifestJob = "manifest";  // subject: manifest_id

struct ManifestRow {
  ManifestId id;
  WarehouseId warehouse;
  std::string warehouse_name, carrier, account;
  std::string state;  // wanted made failed
  int parcels = 0;
  std::string reference, error, created_by;
  Instant created_at;
};
// One manifest for every carrier account with which parcels left this warehouse since `since` and stand on none yet.
std::vector<ManifestRow> make_manifests(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::string& actor,
                                        Instant since, Instant now);
std::optional<ManifestRow> find_manifest(Queryable& db, MerchantId merchant, ManifestId manifest);
// Newest first, from below `before`.
std::vector<ManifestRow> list_manifests(Queryable& db, MerchantId merchant, std::optional<std::int64_t> before, int limit);
// Queues state, reference and error.
void save_manifest(Transaction& tx, MerchantId merchant, const ManifestRow& manifest, Instant now);

struct ManifestParcel {
  ParcelId parcel;
  std::string order, tracking_number, name, city, postal_code, country;
  int weight_g = 0;
  std::string void_id;  // of the label bought for it: what the carrier's manifest wants; empty: its label was made elsewhere
  std::string handed_over_by;
  Instant handed_over_at;
};
std::vector<ManifestParcel> manifest_parcels(Queryable& db, MerchantId merchant, ManifestId manifest);
// Whence they leave: the warehouse's address, with the shop's name.
domain::Address manifest_sender(Queryable& db, MerchantId merchant, ManifestId manifest);

struct ManifestDocument {
  std::string format, bytes;
};
void add_manifest_documents(Transaction& tx, MerchantId merchant, ManifestId manifest, const std::vector<ManifestDocument>& documents);
std::vector<ManifestDocument> manifest_documents(Queryable& db, MerchantId merchant, ManifestId manifest);

// Queues that the parcel stands with another carrier or account, unless it is on a manifest already.
void move_handover(Transaction& tx, MerchantId merchant, ParcelId parcel, const std::string& carrier, const std::string& account);

}  // namespace roundtrip::store
