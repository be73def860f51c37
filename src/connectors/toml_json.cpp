// TOML with toml++ on the way in; written by hand on the way out, so that order and comments stay.
#include "connectors/toml_json.hpp"

#include <toml++/toml.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

namespace roundtrip::connectors {
namespace {

using nlohmann::ordered_json;

// A basic string: TOML's escapes are JSON's, but for DEL.
std::string quoted(const std::string& text) {
  std::string out = ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  for (std::size_t at = 0; (at = out.find('\x7f', at)) != std::string::npos;) out.replace(at, 1, "\\u007F");
  return out;
}

std::string key_text(const std::string& key) {
  const bool bare =
      !key.empty() && key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  return bare ? key : quoted(key);
}

bool is_table_list(const ordered_json& value) {
  if (!value.is_array() || value.empty()) return false;
  for (const auto& one : value) {
    if (!one.is_object()) return false;
  }
  return true;
}

std::string inline_text(const ordered_json& value) {
  if (value.is_string()) return quoted(value.get<std::string>());
  if (!value.is_array()) return value.dump();
  std::string out;
  for (const auto& one : value) out += (out.empty() ? "" : ", ") + inline_text(one);
  return "[" + out + "]";
}

class TomlWriter {
 public:
  explicit TomlWriter(const std::function<std::string(const std::string&)>& comment) : comment_(comment) {}
  std::string text() { return std::move(out_); }
  void object(const ordered_json& object, const std::string& header, const std::string& path) {
    for (const auto& [key, value] : object.items()) {
      if (value.is_null() || value.is_object() || is_table_list(value)) continue;
      remark(path + key);
      out_ += key_text(key) + " = " + inline_text(value) + "\n";
    }
    for (const auto& [key, value] : object.items()) {
      const std::string name = header + key_text(key);
      if (value.is_object()) {
        out_ += "\n";
        remark(path + key);
        out_ += "[" + name + "]\n";
        this->object(value, name + ".", path + key + ".");
      } else if (is_table_list(value)) {
        for (const auto& one : value) {
          out_ += "\n";
          remark(path + key);
          out_ += "[[" + name + "]]\n";
          this->object(one, name + ".", path + key + ".");
        }
      }
    }
  }

 private:
  void remark(const std::string& path) {
    const std::string words = comment_(path);
    if (!words.empty()) out_ += "# " + words + "\n";
  }
  const std::function<std::string(const std::string&)>& comment_;
  std::string out_;
};

template <class T>
std::string written(const T& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

ordered_json json_of(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    ordered_json out = ordered_json::object();
    for (const auto& [key, value] : *table) out[std::string(key.str())] = json_of(value);
    return out;
  }
  if (const auto* array = node.as_array()) {
    ordered_json out = ordered_json::array();
    for (const auto& value : *array) out.push_back(json_of(value));
    return out;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_floating_point()) {
    if (!std::isfinite(number->get()))
      throw std::invalid_argument("line " + std::to_string(node.source().begin.line) + ": no finite number");
    return number->get();
  }
  if (const auto* date = node.as_date()) return written(date->get());
  if (const auto* time = node.as_time()) return written(time->get());
  if (const auto* both = node.as_date_time()) return written(both->get());
  throw std::logic_error("json_of_toml: a value of no known type");
}

Error toml_fault(const std::string& what) {
  return {ErrorKind::malformed, "not_toml", "The TOML cannot be read: " + what + ".", {{"", "syntax", what}}};
}

}  // namespace

std::string toml_of_json(const std::string& json, const std::function<std::string(const std::string&)>& comment) {
  TomlWriter writer(comment);
  writer.object(ordered_json::parse(json), "", "");
  return writer.text();
}

Result<std::string> json_of_toml(std::string_view toml) {
  try {
    const toml::table table = toml::parse(toml);
    return json_of(table).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  } catch (const toml::parse_error& fault) {
    const std::string line = "line " + std::to_string(fault.source().begin.line) + ": ";
    return toml_fault(line + std::string(fault.description()));
  } catch (const std::invalid_argument& fault) {
    return toml_fault(fault.what());
  }
}

}  // namespace roundtrip::connectors
