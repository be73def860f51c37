// JSON Schema as far as our OpenAPI document uses it: a value is judged, every fault is told.
//
// An object schema with `properties` is closed unless it says additionalProperties: an answer may not
// hold what the document does not name. Keywords that are not known here are faults of the schema.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace roundtrip::test {

// Faults as "pointer: what". `document` is where "#/..." references point into.
std::vector<std::string> schema_faults(const nlohmann::json& document, const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace roundtrip::test
