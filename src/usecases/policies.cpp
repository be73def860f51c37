// Reading and replacing the returns policy, and looking at its versions.
#include "usecases/policies.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "connectors/toml_json.hpp"
#include "messages/locale.hpp"
#include "store/database.hpp"
#include "store/policies.hpp"

namespace roundtrip::usecases {
namespace {

using nlohmann::ordered_json;

std::string versioned(int version, const domain::Policy& policy) {
  ordered_json out = {{"version", version}};
  out.update(ordered_json::parse(store::policy_json(policy)));
  return out.dump();
}

// Objects are compared field by field; lists and scalars as a whole.
void compare(const ordered_json& before, const ordered_json& after, const std::string& path, std::vector<PolicyChange>& out) {
  if (before.is_object() && after.is_object()) {
    for (const auto& [key, value] : before.items()) compare(value, after.value(key, ordered_json()), path + "/" + key, out);
    for (const auto& [key, value] : after.items()) {
      if (!before.contains(key)) compare(ordered_json(), value, path + "/" + key, out);
    }
    return;
  }
  if (before == after) return;
  const auto text = [](const ordered_json& value) {
    return value.is_null() ? std::string() : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  };
  out.push_back({path.substr(1), text(before), text(after)});
}

Error no_such_version(int version) {
  return {ErrorKind::not_found, "policy_version_not_found", "There is no version " + std::to_string(version) + " of the policy."};
}

std::optional<domain::Policy> policy_at(store::Queryable& db, MerchantId merchant, int version) {
  if (version == 0) return domain::Policy{};
  if (version < 0 || version == std::numeric_limits<int>::max()) return std::nullopt;
  const auto rows = store::policy_versions(db, merchant, version + 1, 1);
  if (rows.empty() || rows.front().version != version) return std::nullopt;
  return store::saved_policy(version, rows.front().body);
}

Result<std::string> save(const Context& context, const domain::Policy& policy, std::optional<int> based_on) {
  store::Transaction tx(context.db);
  const auto version = store::insert_policy(tx, context.merchant, policy, context.actor.name, context.now, based_on);
  if (!version) {
    Error error{ErrorKind::conflict, "policy_changed", "The policy was changed in the meantime. Look at what changed, then save again."};
    error.explain = Explain{"policy_version", {{"based_on", std::to_string(*based_on)}}, "Read the newest version and change that."};
    return error;
  }
  tx.commit();
  return versioned(*version, policy);
}

}  // namespace

std::string read_policy(const Context& context) {
  store::Session session(context.db);
  const auto policy = store::current_policy(session, context.merchant);
  return versioned(policy.version, policy);
}

Result<std::string> change_policy(const Context& context, const std::string& json, std::optional<int> based_on) {
  const auto policy = store::parse_policy(json);
  if (!policy) return policy.error();
  return save(context, *policy, based_on);
}

Result<std::string> check_policy(const std::string& json) {
  const auto policy = store::parse_policy(json);
  if (!policy) return policy.error();
  return store::policy_json(*policy);
}

std::vector<PolicyChange> policy_changes(const std::string& before, const std::string& after) {
  auto one = ordered_json::parse(before), other = ordered_json::parse(after);
  one.erase("version");
  other.erase("version");
  std::vector<PolicyChange> out;
  compare(one, other, "", out);
  return out;
}

PolicyVersions policy_versions(const Context& context, std::optional<int> before, int limit) {
  store::Session session(context.db);
  auto rows = store::policy_versions(session, context.merchant, before.value_or(std::numeric_limits<int>::max()), limit + 1);
  PolicyVersions out;
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit); ++i) {
    // Both as they are read today: a field that a version does not have has its default.
    const auto text = [&](std::size_t at) {
      return store::policy_json(at < rows.size() ? store::saved_policy(rows[at].version, rows[at].body) : domain::Policy{});
    };
    out.items.push_back({rows[i].version, rows[i].by, rows[i].at, policy_changes(text(i + 1), text(i))});
  }
  if (rows.size() > static_cast<std::size_t>(limit)) out.next = out.items.back().version;
  return out;
}

Result<std::string> read_policy_version(const Context& context, int version) {
  store::Session session(context.db);
  const auto policy = policy_at(session, context.merchant, version);
  if (!policy) return no_such_version(version);
  return versioned(version, *policy);
}

Result<std::string> restore_policy(const Context& context, int version) {
  std::optional<domain::Policy> policy;
  {
    store::Session session(context.db);
    policy = policy_at(session, context.merchant, version);
  }
  if (!policy) return no_such_version(version);
  return save(context, *policy, std::nullopt);
}

std::string policy_field_words(const std::string& field) {
  std::string key = "policy.field.";
  for (const char c : field) key += c == '.' || c == '/' ? '_' : c;
  return messages::has_text(key) ? messages::text("en", key) : "";
}

std::string policy_toml(const std::string& json) {
  auto policy = ordered_json::parse(json);
  policy.erase("version");
  return connectors::toml_of_json(policy.dump(), policy_field_words);
}

Result<std::string> policy_of_toml(std::string_view toml) { return connectors::json_of_toml(toml); }

}  // namespace roundtrip::usecases
