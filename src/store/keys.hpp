// API keys: only the SHA-256 of a key is kept.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct KeyRow {
  MerchantId merchant;
  KeyId id;
  std::string name;
  std::string scopes;  // blank-separated
  Instant created_at;
  std::optional<Instant> expires_at, revoked_at;
};

KeyId insert_key(Queryable& db, MerchantId merchant, std::string_view key_hash, std::string_view name, std::string_view scopes,
                 std::optional<Instant> expires_at, Instant now);
// The living key with this hash of the merchant with this slug.
std::optional<KeyRow> find_key(Queryable& db, std::string_view slug, std::string_view key_hash, Instant now);
// Newest first, at most 200.
std::vector<KeyRow> keys_of(Queryable& db, MerchantId merchant);
// False when there is no such living key.
bool revoke_key(Queryable& db, MerchantId merchant, KeyId key, Instant now);

}  // namespace roundtrip::store
