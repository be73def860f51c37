// Idempotency keys.
#include "store/idempotency.hpp"

namespace roundtrip::store {

KeyClaim claim_key(Queryable& db, MerchantId merchant, const std::string& key, const std::string& request_hash, Instant now,
                   Instant dead_before) {
  const auto claimed = db.value<std::string>(
      "INSERT INTO idempotency_keys (merchant_id, key, request_hash, created_at) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (merchant_id, key) DO UPDATE SET created_at = EXCLUDED.created_at "
      "WHERE idempotency_keys.status IS NULL AND idempotency_keys.request_hash = EXCLUDED.request_hash "
      "AND (idempotency_keys.created_at < $5 OR EXISTS (SELECT 1 FROM request_parts p WHERE p.merchant_id = $1 AND p.key = $2)) "
      "RETURNING key",
      merchant, key, request_hash, now, dead_before);
  if (claimed) return {.claimed = true, .request_hash = request_hash, .status = std::nullopt, .body = ""};
  const auto found = db.row<std::string, std::optional<int>, std::optional<std::string>>(
      "SELECT request_hash, status, body FROM idempotency_keys WHERE merchant_id = $1 AND key = $2", merchant, key);
  if (!found) return {.claimed = false, .request_hash = request_hash, .status = std::nullopt, .body = ""};
  return {.claimed = false, .request_hash = std::get<0>(*found), .status = std::get<1>(*found), .body = std::get<2>(*found).value_or("")};
}

void keep_answer(Queryable& db, MerchantId merchant, const std::string& key, int status, const std::string& body) {
  db.run("UPDATE idempotency_keys SET status = $3, body = $4 WHERE merchant_id = $1 AND key = $2", {merchant, key, status, body});
}

std::int64_t sweep_keys(Queryable& db, MerchantId merchant, Instant before, int limit) {
  return db
      .value<std::int64_t>(
          "WITH gone AS (DELETE FROM idempotency_keys WHERE merchant_id = $1 AND key IN "
          "  (SELECT key FROM idempotency_keys WHERE merchant_id = $1 AND created_at < $2::timestamptz ORDER BY created_at LIMIT $3) "
          "RETURNING key) "
          "SELECT count(*) FROM gone",
          merchant, before, limit)
      .value_or(0);
}

void forget_key(Queryable& db, MerchantId merchant, const std::string& key) {
  db.run(
      "DELETE FROM idempotency_keys WHERE merchant_id = $1 AND key = $2 AND status IS NULL "
      "AND NOT EXISTS (SELECT 1 FROM request_parts p WHERE p.merchant_id = $1 AND p.key = $2)",
      {merchant, key});
}

std::optional<std::string> key_result(Transaction& tx, MerchantId merchant, const std::string& key, const std::string& part) {
  // Two statements in one round trip: the second sees what the attempt that held the lock has committed.
  const auto rows =
      tx.run_all({{"SELECT 1 FROM idempotency_keys WHERE merchant_id = $1 AND key = $2 FOR UPDATE", {merchant, key}},
                  {"SELECT result FROM request_parts WHERE merchant_id = $1 AND key = $2 AND part = $3", {merchant, key, part}}});
  return rows.at(1).empty() ? std::nullopt : rows.at(1).front().at(0);
}

void note_key_result(Transaction& tx, MerchantId merchant, const std::string& key, const std::string& part, const std::string& result) {
  tx.write("INSERT INTO request_parts (merchant_id, key, part, result) VALUES ($1, $2, $3, $4)", merchant, key, part, result);
}

}  // namespace roundtrip::store
