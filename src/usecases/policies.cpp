// Reading and replacing the returns policy.
#include "usecases/policies.hpp"

#include <nlohmann/json.hpp>

#include "store/database.hpp"
#include "store/policies.hpp"

namespace roundtrip::usecases {
namespace {

std::string versioned(int version, const domain::Policy& policy) {
  nlohmann::ordered_json out = {{"version", version}};
  out.update(nlohmann::ordered_json::parse(store::policy_json(policy)));
  return out.dump();
}

}  // namespace

std::string read_policy(const Context& context) {
  store::Session session(context.db);
  const auto policy = store::current_policy(session, context.merchant);
  return versioned(policy.version, policy);
}

Result<std::string> change_policy(const Context& context, const std::string& json) {
  const auto policy = store::parse_policy(json);
  if (!policy) return policy.error();
  store::Transaction tx(context.db);
  const int version = store::insert_policy(tx, context.merchant, *policy, context.actor.name, context.now);
  tx.commit();
  return versioned(version, *policy);
}

}  // namespace roundtrip::usecases
