// The merchant's returns policy: versioned JSON documents, the newest wins, none means the default.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "domain/policy.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

// All faults of the document at once; unknown fields are refused. Missing fields take the default.
Result<domain::Policy> parse_policy(const std::string& json);
std::string policy_json(const domain::Policy& policy);

struct PolicyVersionRow {
  int version = 0;
  std::string body;  // JSON
  std::string by;
  Instant at;
};
// Newest first, versions below `before`.
std::vector<PolicyVersionRow> policy_versions(Queryable& db, MerchantId merchant, int before, int limit);

domain::Policy current_policy(Queryable& db, MerchantId merchant);
// A saved version's body; version 0 is the default and has none. What cannot be read is a bug and throws.
domain::Policy saved_policy(int version, const std::optional<std::string>& body);
// Saves a new version; gives its number. Nothing is saved, and nothing given, when `based_on` is given and is not the newest.
std::optional<int> insert_policy(Transaction& tx, MerchantId merchant, const domain::Policy& policy, const std::string& who, Instant now,
                                 std::optional<int> based_on);

}  // namespace roundtrip::store
