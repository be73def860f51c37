// Reads and writes the versions of a policy.
#include "store/policies.hpp"

#include <stdexcept>

namespace roundtrip::store {
namespace {

domain::Policy policy_of(int version, const std::string& body) {
  auto policy = parse_policy(body);
  if (!policy) throw std::logic_error("a saved policy cannot be read: version " + std::to_string(version));
  policy->version = version;
  return std::move(*policy);
}

}  // namespace

domain::Policy current_policy(Queryable& db, MerchantId merchant) {
  const auto found =
      db.row<int, std::string>("SELECT version, body FROM policies WHERE merchant_id = $1 ORDER BY version DESC LIMIT 1", merchant);
  return found ? policy_of(std::get<0>(*found), std::get<1>(*found)) : domain::Policy{};
}

domain::Policy saved_policy(int version, const std::optional<std::string>& body) {
  if (version == 0) return {};
  if (!body) throw std::logic_error("policy version " + std::to_string(version) + " is not there");
  return policy_of(version, *body);
}

std::vector<PolicyVersionRow> policy_versions(Queryable& db, MerchantId merchant, int before, int limit) {
  std::vector<PolicyVersionRow> out;
  for (auto& [version, body, by, at] : db.rows<int, std::string, std::string, Instant>(
           "SELECT version, body, created_by, created_at FROM policies WHERE merchant_id = $1 AND version < $2 "
           "ORDER BY version DESC LIMIT $3::int",
           merchant, before, limit)) {
    out.push_back({version, std::move(body), std::move(by), at});
  }
  return out;
}

std::optional<int> insert_policy(Transaction& tx, MerchantId merchant, const domain::Policy& policy, const std::string& who, Instant now,
                                 std::optional<int> based_on) {
  // The merchant's row is the lock that keeps the numbers in order.
  tx.run("SELECT 1 FROM merchants WHERE merchant_id = $1 FOR UPDATE", {merchant});
  return tx.value<int>(
      "INSERT INTO policies (merchant_id, version, body, created_by, created_at) "
      "SELECT $1, coalesce(max(version), 0) + 1, $2::jsonb, $3, $4 FROM policies WHERE merchant_id = $1 "
      "HAVING $5::int IS NULL OR coalesce(max(version), 0) = $5 RETURNING version",
      merchant, policy_json(policy), who, now, based_on);
}

}  // namespace roundtrip::store
