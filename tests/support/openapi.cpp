// A reader of OpenAPI documents and a judge of requests.
#include "support/openapi.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "support/places.hpp"

namespace roundtrip::test {
namespace {
using Json = nlohmann::json;

struct Line {
  std::size_t indent = 0;
  std::string text;  // without the indent; empty: blank
};

std::string trimmed(std::string text) {
  const auto end = text.find_last_not_of(" \r");
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

class YamlReader {
 public:
  explicit YamlReader(const std::string& text) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      std::string plain;
      for (const char c : line) plain += c == '\t' ? std::string("  ") : std::string(1, c);
      plain = trimmed(plain);
      const auto first = plain.find_first_not_of(' ');
      lines_.push_back(first == std::string::npos ? Line{} : Line{first, plain.substr(first)});
    }
  }
  Json read() {
    Json out = node(next(0));
    if (at_ < lines_.size()) throw std::runtime_error("line " + std::to_string(at_ + 1) + " is out of place: " + lines_[at_].text);
    return out;
  }

 private:
  std::size_t next(std::size_t at) const {
    while (at < lines_.size() && (lines_[at].text.empty() || lines_[at].text[0] == '#' || lines_[at].text == "---")) ++at;
    return at;
  }
  static bool is_item(const std::string& text) { return text == "-" || text.starts_with("- "); }
  // Where the colon of "key: value" is.
  static std::size_t colon_of(const std::string& text) {
    if (text[0] == '"' || text[0] == '\'') {
      const auto close = text.find(text[0], 1);
      return close != std::string::npos && close + 1 < text.size() && text[close + 1] == ':' ? close + 1 : std::string::npos;
    }
    for (std::size_t at = text.find(':'); at != std::string::npos; at = text.find(':', at + 1)) {
      if (at + 1 == text.size() || text[at + 1] == ' ') return at;
    }
    return std::string::npos;
  }

  // The value that begins at line `at`; at_ is left behind it.
  Json node(std::size_t at) {
    at_ = at;
    if (at >= lines_.size()) return nullptr;
    const std::string text = lines_[at].text;
    const bool value = text[0] == '[' || text[0] == '{' || colon_of(text) == std::string::npos;
    if (value && !is_item(text)) return scalar(text, lines_[at].indent == 0 ? 0 : lines_[at].indent - 1);
    return is_item(lines_[at].text) ? items(lines_[at].indent) : members(lines_[at].indent);
  }

  Json items(std::size_t indent) {
    Json out = Json::array();
    while (at_ < lines_.size() && lines_[at_].indent == indent && is_item(lines_[at_].text)) {
      std::string rest = lines_[at_].text.substr(1);
      const auto first = rest.find_first_not_of(' ');
      if (first == std::string::npos) {
        out.push_back(node(next(at_ + 1)));
        continue;
      }
      rest = rest.substr(first);
      if (is_item(rest)) {
        lines_[at_] = Line{indent + 1 + first, rest};
        out.push_back(items(indent + 1 + first));
        continue;
      }
      const bool inline_members = rest[0] != '[' && rest[0] != '{' && colon_of(rest) != std::string::npos;
      if (inline_members) {
        lines_[at_] = Line{indent + 1 + first, rest};
        out.push_back(members(indent + 1 + first));
      } else {
        out.push_back(scalar(rest, indent));
      }
    }
    return out;
  }

  Json members(std::size_t indent) {
    Json out = Json::object();
    while (at_ < lines_.size() && lines_[at_].indent == indent && !is_item(lines_[at_].text)) {
      const std::string text = lines_[at_].text;
      const auto colon = colon_of(text);
      if (colon == std::string::npos) throw std::runtime_error("line " + std::to_string(at_ + 1) + " is no member: " + text);
      std::string key = text.substr(0, colon);
      if (key[0] == '"' || key[0] == '\'') key = key.substr(1, key.size() - 2);
      const auto first = text.find_first_not_of(' ', colon + 1);
      if (first == std::string::npos || text[first] == '#') {
        const auto child = next(at_ + 1);
        const bool below =
            child < lines_.size() && (lines_[child].indent > indent || (lines_[child].indent == indent && is_item(lines_[child].text)));
        if (!below) at_ = child;
        out[key] = below ? node(child) : Json();
      } else {
        out[key] = scalar(text.substr(first), indent);
      }
    }
    return out;
  }

  static bool is_closed(const std::string& text) {
    const char quote = text[0];
    for (std::size_t at = 1; at < text.size(); ++at) {
      if (quote == '"' && text[at] == '\\')
        ++at;
      else if (text[at] == quote && quote == '\'' && at + 1 < text.size() && text[at + 1] == quote)
        ++at;
      else if (text[at] == quote)
        return true;
    }
    return false;
  }

  // A value that begins on the line of its key; deeper lines below belong to it.
  Json scalar(std::string text, std::size_t indent) {
    const bool block = text[0] == '|' || text[0] == '>';
    const bool quoted = text[0] == '"' || text[0] == '\'';
    ++at_;
    const bool flow = text[0] == '[' || text[0] == '{';
    const auto goes_on = [&](const Line& line) {
      // Quoted texts and flow lists go on to their end however the lines are indented; anything else as far as they are deeper.
      if (quoted) return !is_closed(text);
      if (flow && std::count(text.begin(), text.end(), text[0]) > std::count(text.begin(), text.end(), text[0] == '[' ? ']' : '}'))
        return true;
      return line.text.empty() || line.indent > indent;
    };
    while (at_ < lines_.size() && goes_on(lines_[at_])) {
      const bool comment = !block && !quoted && lines_[at_].text.starts_with("#");
      if (!lines_[at_].text.empty() && !comment) text += " " + lines_[at_].text;
      ++at_;
    }
    at_ = next(at_);
    if (block) return text.substr(1);
    if (quoted) {
      const auto close = text.rfind(text[0]);
      return text.substr(1, close == 0 ? std::string::npos : close - 1);
    }
    return plain(text);
  }

  static Json plain(std::string text) {
    if (const auto comment = text.find(" #"); comment != std::string::npos) text = trimmed(text.substr(0, comment));
    if (text[0] == '[' || text[0] == '{') {
      if (auto json = Json::parse(text, nullptr, false); !json.is_discarded()) return json;
    }
    if (text[0] == '[') {
      Json out = Json::array();
      std::istringstream in(text.substr(1, text.rfind(']') - 1));
      for (std::string one; std::getline(in, one, ',');) {
        const auto first = one.find_first_not_of(" '\"");
        const auto last = one.find_last_not_of(" '\"");
        if (first != std::string::npos) out.push_back(one.substr(first, last - first + 1));
      }
      return out;
    }
    if (text == "true" || text == "false") return text == "true";
    const bool digits =
        !text.empty() && text.size() < 10 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits && (text[0] != '0' || text.size() == 1)) return std::stoi(text);
    return text;
  }

  std::vector<Line> lines_;
  std::size_t at_ = 0;
};

class Judge {
 public:
  explicit Judge(const Json& document) : document_(document) {}
  std::vector<std::string> faults;

  void check(const Json& given_schema, const Json& value, const std::string& where) {
    const Json schema = whole(given_schema);
    check_alternatives(schema, value, where);
    const std::string type = schema.value("type", schema.contains("properties") ? "object" : "");
    if (type == "object") check_object(schema, value, where);
    if (type == "array") {
      if (!value.is_array()) return add(where, "is no list");
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (schema.contains("items")) check(schema["items"], value[i], where + "/" + std::to_string(i));
      }
    }
    if (type == "string") check_string(schema, value, where);
    if (type == "boolean" && !value.is_boolean()) add(where, "is no boolean");
    if (type == "integer" && !value.is_number_integer()) add(where, "is no whole number");
    if (type == "number" && !value.is_number()) add(where, "is no number");
    check_bounds(schema, value, where);
  }

  // The schema with references followed and allOf, and a single alternative, merged into it.
  Json whole(const Json& schema) const {
    Json out = schema;
    if (schema.contains("$ref")) out = whole(document_.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1))));
    for (const char* name : {"allOf", "oneOf", "anyOf"}) {
      if (!out.contains(name)) continue;
      const Json parts = out[name];
      if (name != std::string("allOf") && parts.size() != 1) continue;
      for (const Json& part : parts) merge(out, whole(part));
      out.erase(name);
    }
    return out;
  }

 private:
  static void merge(Json& out, const Json& part) {
    for (const auto& [key, value] : part.items()) {
      if (key == "properties" && out.contains(key))
        out[key].update(value);
      else if (key == "required" && out.contains(key))
        out[key].insert(out[key].end(), value.begin(), value.end());
      else if (!out.contains(key))
        out[key] = value;
    }
  }
  void add(const std::string& where, const std::string& what) { faults.push_back((where.empty() ? "/" : where) + " " + what); }

  void check_object(const Json& schema, const Json& value, const std::string& where) {
    if (!value.is_object()) return add(where, "is no object");
    const Json properties = schema.value("properties", Json::object());
    for (const auto& name : schema.value("required", Json::array())) {
      if (!value.contains(name.get<std::string>())) add(where, "lacks " + name.get<std::string>());
    }
    for (const auto& [name, member] : value.items()) {
      if (properties.contains(name))
        check(properties[name], member, where + "/" + name);
      else if (!properties.empty())
        add(where, "has " + name + ", which is not in the specification");
    }
  }

  void check_alternatives(const Json& schema, const Json& value, const std::string& where) {
    for (const char* name : {"oneOf", "anyOf"}) {
      if (!schema.contains(name)) continue;
      std::optional<std::vector<std::string>> best;
      for (const Json& one : schema[name]) {
        Judge judge(document_);
        judge.check(one, value, where);
        if (!best || judge.faults.size() < best->size()) best = judge.faults;
      }
      if (best) faults.insert(faults.end(), best->begin(), best->end());
    }
  }

  void check_bounds(const Json& schema, const Json& value, const std::string& where) {
    const auto bound = [&](const char* name) { return schema.contains(name) && schema[name].is_number() ? &schema[name] : nullptr; };
    const double size = value.is_array() ? static_cast<double>(value.size()) : value.is_number() ? value.get<double>() : 0;
    if (const auto* least = bound(value.is_array() ? "minItems" : "minimum"); least != nullptr && size < least->get<double>())
      add(where, "is below " + least->dump());
    if (const auto* most = bound(value.is_array() ? "maxItems" : "maximum"); most != nullptr && size > most->get<double>())
      add(where, "is above " + most->dump());
  }

  void check_pattern(const Json& schema, const std::string& text, const std::string& where) {
    const auto pattern = schema.find("pattern");
    if (pattern == schema.end() || !pattern->is_string() || text.empty()) return;
    try {
      if (!std::regex_search(text, std::regex(pattern->get<std::string>()))) add(where, "is " + text + ", not " + pattern->dump());
    } catch (const std::regex_error&) {
      // Of another dialect.
    }
  }

  void check_string(const Json& schema, const Json& value, const std::string& where) {
    if (!value.is_string()) return add(where, "is no text");
    const auto text = value.get<std::string>();
    const auto characters = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    const auto most = schema.find("maxLength");
    if (most != schema.end() && most->is_number() && characters > most->get<std::size_t>()) add(where, "is longer than " + most->dump());
    const auto least = schema.find("minLength");
    // Some documents state the longest as the shortest, too; only what is empty is judged.
    if (least != schema.end() && least->is_number() && least->get<int>() > 0 && text.empty()) add(where, "is empty");
    check_pattern(schema, text, where);
    const auto values = schema.find("enum");
    if (values == schema.end() || !values->is_array()) return;
    const bool known = std::any_of(values->begin(), values->end(),
                                   [&](const Json& one) { return one.is_string() ? one.get<std::string>() == text : one.dump() == text; });
    if (!known) add(where, "is " + text + ", which is not in the list");
  }

  const Json& document_;
};
}  // namespace

nlohmann::json yaml_document(const std::string& text) { return YamlReader(text).read(); }

std::optional<nlohmann::json> specification(const std::string& name) { return shared_document("carriers/specs/" + name); }

std::optional<nlohmann::json> shared_document(const std::string& name) {
  const char* named = std::getenv("ROUNDTRIP_TEST_DATA");
  const std::filesystem::path folder = named != nullptr ? named : ROUNDTRIP_SOURCE_DIR "/../shared/data";
  std::ifstream file(folder / name, std::ios::binary);
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  return name.ends_with(".json") ? Json::parse(text.str()) : yaml_document(text.str());
}

std::vector<std::string> faults_of(const nlohmann::json& document, const std::string& schema, const nlohmann::json& value) {
  Judge judge(document);
  judge.check(Json{{"$ref", "#/components/schemas/" + schema}}, value, "");
  return judge.faults;
}

std::vector<std::string> request_faults(const nlohmann::json& document, const std::string& path, const HttpRequest& request) {
  std::string method = request.method;
  for (char& c : method) c = static_cast<char>(c | 0x20);
  const auto operations = document.at("paths").value(path, Json::object());
  if (!operations.contains(method)) return {method + " " + path + " is no operation"};
  const Json& operation = operations[method];
  Judge judge(document);
  std::map<std::string, std::string> given;
  const auto mark = std::min(request.url.find('?'), request.url.size());
  std::istringstream query(request.url.substr(std::min(mark + 1, request.url.size())));
  for (std::string one; std::getline(query, one, '&');) {
    const auto equals = std::min(one.find('='), one.size());
    given[one.substr(0, equals)] = percent_decode(one.substr(std::min(equals + 1, one.size())), true);
  }
  for (const Json& reference : operation.value("parameters", Json::array())) {
    const Json parameter = judge.whole(reference);
    if (parameter.value("in", "") != "query") continue;
    const auto name = parameter.at("name").get<std::string>();
    const auto found = given.find(name);
    if (found == given.end() && parameter.value("required", false)) judge.faults.push_back("? lacks " + name);
    if (found == given.end()) continue;
    if (parameter.at("schema").value("type", "string") == "string") judge.check(parameter["schema"], found->second, "?" + name);
    given.erase(found);
  }
  for (const auto& [name, value] : given) judge.faults.push_back("? has " + name + ", which is not in the specification");
  if (operation.contains("requestBody"))
    judge.check(operation["requestBody"].at("content").at("application/json").at("schema"), Json::parse(request.body), "");
  return judge.faults;
}

}  // namespace roundtrip::test
