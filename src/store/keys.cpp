// The table api_keys.
#include "store/keys.hpp"

namespace roundtrip::store {

KeyId insert_key(Queryable& db, MerchantId merchant, std::string_view key_hash, std::string_view name, std::string_view scopes,
                 std::optional<Instant> expires_at, Instant now) {
  return db
      .value<KeyId>(
          "INSERT INTO api_keys (merchant_id, key_hash, name, scopes, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6) "
          "RETURNING key_id",
          merchant, key_hash, name, scopes, expires_at, now)
      .value();
}

std::optional<KeyRow> find_key(Queryable& db, std::string_view slug, std::string_view key_hash, Instant now) {
  const auto found = db.row<MerchantId, KeyId, std::string, std::string, Instant, std::optional<Instant>>(
      "SELECT k.merchant_id, k.key_id, k.name, k.scopes, k.created_at, k.expires_at "
      "FROM merchants m JOIN api_keys k ON k.merchant_id = m.merchant_id "
      "WHERE m.slug = $1 AND k.key_hash = $2 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $3::timestamptz)",
      slug, key_hash, now);
  if (!found) return std::nullopt;
  const auto& [merchant, id, name, scopes, created_at, expires_at] = *found;
  return KeyRow{merchant, id, name, scopes, created_at, expires_at, std::nullopt};
}

std::vector<KeyRow> keys_of(Queryable& db, MerchantId merchant) {
  std::vector<KeyRow> out;
  for (const auto& [id, name, scopes, created_at, expires_at, revoked_at] :
       db.rows<KeyId, std::string, std::string, Instant, std::optional<Instant>, std::optional<Instant>>(
           "SELECT key_id, name, scopes, created_at, expires_at, revoked_at FROM api_keys WHERE merchant_id = $1 "
           "ORDER BY key_id DESC LIMIT 200",
           merchant)) {
    out.push_back({merchant, id, name, scopes, created_at, expires_at, revoked_at});
  }
  return out;
}

bool revoke_key(Queryable& db, MerchantId merchant, KeyId key, Instant now) {
  return db
      .value<KeyId>("UPDATE api_keys SET revoked_at = $3 WHERE merchant_id = $1 AND key_id = $2 AND revoked_at IS NULL RETURNING key_id",
                    merchant, key, now)
      .has_value();
}

}  // namespace roundtrip::store
