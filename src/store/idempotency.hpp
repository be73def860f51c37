// The idempotency_keys table.
#pragma once
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct KeyClaim {
  bool claimed = false;
  std::string request_hash;
  std::optional<int> status;
  std::string body;
};
// Inserts the key, or takes over an unanswered one that has a result or was claimed before `dead_before`; else what is
// there.
KeyClaim claim_key(Queryable& db, MerchantId merchant, const std::string& key, const std::string& request_hash, Instant now,
                   Instant dead_before);
void keep_answer(Queryable& db, MerchantId merchant, const std::string& key, int status, const std::string& body);
// Deletes up to `limit` keys from before `before`; gives how many.
std::int64_t sweep_keys(Queryable& db, MerchantId merchant, Instant before, int limit);
void forget_key(Queryable& db, MerchantId merchant, const std::string& key);

// What a part of the key's request has done, noted in the transaction that did it: found again when the answer was lost. Reading
// locks the key until the transaction is over, so that two attempts at one request never do the same part twice.
std::optional<std::string> key_result(Transaction& tx, MerchantId merchant, const std::string& key, const std::string& part);
void note_key_result(Transaction& tx, MerchantId merchant, const std::string& key, const std::string& part, const std::string& result);

}  // namespace roundtrip::store
