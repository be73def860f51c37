// The judge of values.
#include "support/schema.hpp"

#include <regex>
#include <set>

#include "base/clock.hpp"

namespace roundtrip::test {
namespace {
using nlohmann::json;

class Judge {
 public:
  Judge(const json& document, std::vector<std::string>& faults) : document_(document), faults_(faults) {}

  void judge(const json& schema, const json& value, const std::string& at) {
    if (schema.contains("$ref")) {
      if (schema.size() > 1) return fault(at, "a $ref with siblings");
      return judge(document_.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1))), value, at);
    }
    known_keywords(schema, at);
    if (schema.contains("type") && !type_fits(schema["type"], value))
      return fault(at, "is no " + schema["type"].dump() + ": " + value.dump().substr(0, 80));
    if (schema.contains("enum") && !holds(schema["enum"], value)) fault(at, value.dump() + " is not one of " + schema["enum"].dump());
    if (schema.contains("const") && schema["const"] != value) fault(at, value.dump() + " is not " + schema["const"].dump());
    if (schema.contains("oneOf")) one_of(schema["oneOf"], value, at);
    if (value.is_string()) judge_text(schema, value.get_ref<const std::string&>(), at);
    if (value.is_number()) judge_number(schema, value, at);
    if (value.is_array()) judge_list(schema, value, at);
    if (value.is_object()) judge_object(schema, value, at);
  }

 private:
  void fault(const std::string& at, const std::string& what) { faults_.push_back((at.empty() ? "/" : at) + ": " + what); }

  void known_keywords(const json& schema, const std::string& at) {
    static const std::set<std::string> known = {
        "type",        "enum",    "const",   "oneOf",    "pattern",  "format",     "minLength", "maxLength",
        "minimum",     "maximum", "items",   "minItems", "maxItems", "properties", "required",  "additionalProperties",
        "description", "default", "example", "examples"};
    for (const auto& [name, ignored] : schema.items()) {
      if (!known.contains(name)) fault(at, "the schema's keyword " + name + " is not known here");
    }
  }
  static bool holds(const json& list, const json& value) {
    for (const auto& one : list) {
      if (one == value) return true;
    }
    return false;
  }
  static bool is(const std::string& type, const json& value) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    return type == "null" && value.is_null();
  }
  static bool type_fits(const json& type, const json& value) {
    if (type.is_string()) return is(type.get<std::string>(), value);
    for (const auto& one : type) {
      if (is(one.get<std::string>(), value)) return true;
    }
    return false;
  }
  void one_of(const json& schemas, const json& value, const std::string& at) {
    int fitting = 0;
    std::string why;
    for (const auto& schema : schemas) {
      std::vector<std::string> faults;
      Judge(document_, faults).judge(schema, value, at);
      fitting += faults.empty() ? 1 : 0;
      for (const auto& one : faults) why += " [" + one + "]";
    }
    if (fitting != 1) fault(at, std::to_string(fitting) + " of oneOf fit:" + why);
  }
  void judge_text(const json& schema, const std::string& text, const std::string& at) {
    if (schema.contains("minLength") && text.size() < schema["minLength"].get<std::size_t>()) fault(at, "is too short");
    if (schema.contains("maxLength") && text.size() > schema["maxLength"].get<std::size_t>()) fault(at, "is too long");
    if (schema.contains("pattern") && !std::regex_search(text, std::regex(schema["pattern"].get<std::string>()))) {
      fault(at, "\"" + text.substr(0, 80) + "\" does not match " + schema["pattern"].get<std::string>());
    }
    if (!schema.contains("format")) return;
    if (schema["format"] != "date-time")
      fault(at, "the format is not known here");
    else if (!parse_rfc3339(text) || text.back() != 'Z')
      fault(at, "\"" + text + "\" is no RFC 3339 time in UTC");
  }
  void judge_number(const json& schema, const json& value, const std::string& at) {
    if (schema.contains("minimum") && value < schema["minimum"]) fault(at, value.dump() + " is below the minimum");
    if (schema.contains("maximum") && value > schema["maximum"]) fault(at, value.dump() + " is above the maximum");
  }
  void judge_list(const json& schema, const json& value, const std::string& at) {
    if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>()) fault(at, "has too few items");
    if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>()) fault(at, "has too many items");
    if (!schema.contains("items")) return;
    for (std::size_t i = 0; i < value.size(); ++i) judge(schema["items"], value[i], at + "/" + std::to_string(i));
  }
  void judge_object(const json& schema, const json& value, const std::string& at) {
    for (const auto& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) fault(at, "lacks " + name.get<std::string>());
    }
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, one] : value.items()) {
      if (properties.contains(name))
        judge(properties[name], one, at + "/" + name);
      else if (schema.contains("additionalProperties"))
        judge_additional(schema["additionalProperties"], one, at + "/" + name);
      else if (schema.contains("properties"))
        fault(at + "/" + name, "is not in the document");
    }
  }
  void judge_additional(const json& rule, const json& value, const std::string& at) {
    if (rule.is_object())
      judge(rule, value, at);
    else if (!rule.get<bool>())
      fault(at, "is not in the document");
  }

  const json& document_;
  std::vector<std::string>& faults_;
};
}  // namespace

std::vector<std::string> schema_faults(const json& document, const json& schema, const json& value) {
  std::vector<std::string> faults;
  Judge(document, faults).judge(schema, value, "");
  return faults;
}

}  // namespace roundtrip::test
