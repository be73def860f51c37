// The merchant's returns policy: read it, change it, its versions, and its form as TOML.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// The newest policy as JSON with its version (0: the default).
std::string read_policy(const Context& context);
// Saves `json` as the next version; all faults at once. Fields left out take the default. Gives it as read.
// Returns that exist keep the policy they were made under. Conflict (policy_changed) when `based_on` is given and is not the newest.
Result<std::string> change_policy(const Context& context, const std::string& json, std::optional<int> based_on = std::nullopt);
// Reads without saving: the whole policy as JSON, without a version.
Result<std::string> check_policy(const std::string& json);

// One field that differs: its name ("windows/sku/MUG-RED") and both values as JSON, empty where there is none.
struct PolicyChange {
  std::string field, before, after;
};
// Of two policies as JSON; versions are no difference.
std::vector<PolicyChange> policy_changes(const std::string& before, const std::string& after);

struct PolicyVersion {
  int version = 0;
  std::string by;
  Instant at;
  std::vector<PolicyChange> changes;  // against the version before it, the first against the default
};
struct PolicyVersions {
  std::vector<PolicyVersion> items;  // newest first
  std::optional<int> next;           // ask again for those before this one
};
PolicyVersions policy_versions(const Context& context, std::optional<int> before, int limit);
// A version as JSON, 0 is the default; not_found (policy_version_not_found) for others.
Result<std::string> read_policy_version(const Context& context, int version);
// Saves an old version as the newest.
Result<std::string> restore_policy(const Context& context, int version);

// What a rule means, in a sentence of English; empty for what has none.
std::string policy_field_words(const std::string& field);
// A policy's JSON as TOML with a comment above each rule, and back; a fault names its line.
std::string policy_toml(const std::string& json);
Result<std::string> policy_of_toml(std::string_view toml);

}  // namespace roundtrip::usecases
