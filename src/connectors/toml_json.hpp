// A JSON object as a TOML document that people edit, and back without loss.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace roundtrip::connectors {

// `json` is an object of scalars, lists, and objects in objects; null is left out. `comment` gives the line that stands above a key
// ("window_days", "windows.sku"), or "". Keys keep their order, scalars before tables.
std::string toml_of_json(const std::string& json, const std::function<std::string(const std::string&)>& comment);
// A fault says its line. Dates are given as texts, as JSON has none; what TOML calls inf and nan is refused.
Result<std::string> json_of_toml(std::string_view toml);

}  // namespace roundtrip::connectors
