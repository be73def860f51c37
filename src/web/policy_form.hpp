// The returns policy as a form of one field per rule, and back to JSON.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "web/pages.hpp"

namespace roundtrip::web {

// Groups with their fields, filled from a policy's JSON; faults stand beside the field that they point at.
Json policy_groups(const Json& policy, const std::vector<Fault>& faults);
// What the form says as the policy's JSON. What is no number stays a text, so that the check names it.
std::string policy_of_form(const std::vector<std::pair<std::string, std::string>>& form);

}  // namespace roundtrip::web
