// The statements behind manifests.
#include "store/manifests.hpp"

#include "base/secrets.hpp"
#include "store/labels.hpp"

namespace roundtrip::store {
namespace {
constexpr std::string_view kManifestColumns =
    "m.manifest_id, m.warehouse_id, w.name, m.carrier, m.account, m.state, m.parcels, m.reference, m.error, m.created_by, m.created_at ";
using ManifestTuple = std::tuple<ManifestId, WarehouseId, std::string, std::string, std::string, std::string, int, std::string, std::string,
                                 std::string, Instant>;

ManifestRow manifest_row(ManifestTuple row) {
  auto& [id, warehouse, name, carrier, account, state, parcels, reference, error, by, at] = row;
  return {id, warehouse, name, carrier, account, state, parcels, reference, error, by, at};
}

std::vector<ManifestRow> manifest_rows(std::vector<TextRow> rows) {
  std::vector<ManifestRow> out;
  for (auto& row : rows) {
    out.push_back(manifest_row(to_tuple<ManifestId, WarehouseId, std::string, std::string, std::string, std::string, int, std::string,
                                        std::string, std::string, Instant>(row)));
  }
  return out;
}
}  // namespace

std::vector<ManifestRow> make_manifests(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::string& actor,
                                        Instant since, Instant now) {
  return manifest_rows(tx.run(
      "WITH waiting AS MATERIALIZED (SELECT parcel_id, carrier, account FROM handovers WHERE merchant_id = $1 AND warehouse_id = $2 "
      "    AND manifest_id IS NULL AND handed_over_at >= $4 ORDER BY parcel_id FOR UPDATE), "
      "m AS (INSERT INTO manifests (merchant_id, warehouse_id, carrier, account, state, parcels, created_by, created_at, updated_at) "
      "    SELECT $1, $2, carrier, account, 'wanted', count(*), $3, $5, $5 FROM waiting GROUP BY carrier, account RETURNING *), "
      "taken AS (UPDATE handovers h SET manifest_id = m.manifest_id FROM waiting k JOIN m ON m.carrier = k.carrier AND m.account = "
      "k.account "
      "    WHERE h.merchant_id = $1 AND h.parcel_id = k.parcel_id) "
      "SELECT " +
          std::string(kManifestColumns) +
          "FROM m JOIN warehouses w ON w.merchant_id = m.merchant_id AND w.warehouse_id = m.warehouse_id ORDER BY m.manifest_id",
      {merchant, warehouse, actor, since, now}));
}

std::optional<ManifestRow> find_manifest(Queryable& db, MerchantId merchant, ManifestId manifest) {
  auto rows =
      manifest_rows(db.run("SELECT " + std::string(kManifestColumns) +
                               "FROM manifests m JOIN warehouses w ON w.merchant_id = m.merchant_id AND w.warehouse_id = m.warehouse_id "
                               "WHERE m.merchant_id = $1 AND m.manifest_id = $2",
                           {merchant, manifest}));
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::vector<ManifestRow> list_manifests(Queryable& db, MerchantId merchant, std::optional<std::int64_t> before, int limit) {
  return manifest_rows(db.run("SELECT " + std::string(kManifestColumns) +
                                  "FROM manifests m JOIN warehouses w ON w.merchant_id = m.merchant_id AND w.warehouse_id = m.warehouse_id "
                                  "WHERE m.merchant_id = $1 AND m.manifest_id < coalesce($2::bigint, 9223372036854775807) "
                                  "ORDER BY m.manifest_id DESC LIMIT $3::bigint",
                              {merchant, before, limit}));
}

void save_manifest(Transaction& tx, MerchantId merchant, const ManifestRow& manifest, Instant now) {
  tx.write("UPDATE manifests SET state = $3, reference = $4, error = $5, updated_at = $6 WHERE merchant_id = $1 AND manifest_id = $2",
           merchant, manifest.id, manifest.state, manifest.reference, manifest.error, now);
}

std::vector<ManifestParcel> manifest_parcels(Queryable& db, MerchantId merchant, ManifestId manifest) {
  std::vector<ManifestParcel> out;
  for (auto& [parcel, order, number, name, city, postal, country, weight, void_id, by, at] :
       db.rows<ParcelId, std::string, std::string, std::string, std::string, std::string, std::string, int, std::string, std::string,
               Instant>(
           "SELECT p.parcel_id, o.external_id, coalesce(p.tracking_number, ''), coalesce(o.ship_to->>'name', ''), "
           "coalesce(o.ship_to->>'city', ''), coalesce(o.ship_to->>'postal_code', ''), coalesce(o.ship_to->>'country', ''), "
           "coalesce(p.weight_g, (SELECT sum(i.quantity * coalesce(k.weight_g, 0)) FROM parcel_items i LEFT JOIN products k "
           "ON k.merchant_id = i.merchant_id AND k.sku = i.sku WHERE i.merchant_id = $1 AND i.parcel_id = p.parcel_id), 0)::int, "
           "coalesce((SELECT b.void_id FROM bookings b WHERE b.merchant_id = $1 AND b.parcel_id = p.parcel_id "
           "AND b.state = 'bought' AND b.number = p.tracking_number ORDER BY b.booking_id DESC LIMIT 1), ''), "
           "h.handed_over_by, h.handed_over_at "
           "FROM handovers h JOIN parcels p ON p.merchant_id = h.merchant_id AND p.parcel_id = h.parcel_id "
           "JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id "
           "WHERE h.merchant_id = $1 AND h.manifest_id = $2 ORDER BY h.handed_over_at, p.parcel_id",
           merchant, manifest)) {
    out.push_back({parcel, order, number, name, city, postal, country, weight, void_id, by, at});
  }
  return out;
}

domain::Address manifest_sender(Queryable& db, MerchantId merchant, ManifestId manifest) {
  const auto row = db.row<std::string, std::string>(
      "SELECT s.name, w.address::text FROM manifests m JOIN merchants s ON s.merchant_id = m.merchant_id "
      "JOIN warehouses w ON w.merchant_id = m.merchant_id AND w.warehouse_id = m.warehouse_id WHERE m.merchant_id = $1 AND m.manifest_id = "
      "$2",
      merchant, manifest);
  return row ? place_of_shop(std::get<0>(*row), std::get<1>(*row)) : domain::Address{};
}

void add_manifest_documents(Transaction& tx, MerchantId merchant, ManifestId manifest, const std::vector<ManifestDocument>& documents) {
  int position = 0;
  for (const auto& document : documents) {
    tx.write(
        "INSERT INTO manifest_documents (merchant_id, manifest_id, position, format, bytes) VALUES ($1, $2, $3, $4, decode($5, 'base64'))",
        merchant, manifest, position++, document.format, to_base64(document.bytes));
  }
}

std::vector<ManifestDocument> manifest_documents(Queryable& db, MerchantId merchant, ManifestId manifest) {
  std::vector<ManifestDocument> out;
  for (auto& [format, bytes] : db.rows<std::string, std::string>("SELECT format, encode(bytes, 'base64') FROM manifest_documents "
                                                                 "WHERE merchant_id = $1 AND manifest_id = $2 ORDER BY position",
                                                                 merchant, manifest)) {
    out.push_back({format, from_base64(bytes).value_or("")});
  }
  return out;
}

void move_handover(Transaction& tx, MerchantId merchant, ParcelId parcel, const std::string& carrier, const std::string& account) {
  tx.write("UPDATE handovers SET carrier = $3, account = $4 WHERE merchant_id = $1 AND parcel_id = $2 AND manifest_id IS NULL", merchant,
           parcel, carrier, account);
}

}  // namespace roundtrip::store
