// The merchant's returns policy: read it, replace it.
#pragma once
#include <string>

#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// The newest policy as JSON with its version (0: the default).
std::string read_policy(const Context& context);
// Saves `json` as the next version; all faults at once. Fields left out take the default. Gives it as read.
// Returns that exist keep the policy they were made under.
Result<std::string> change_policy(const Context& context, const std::string& json);

}  // namespace roundtrip::usecases
