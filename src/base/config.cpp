// Reads settings: TOML through toml++, then the environment; refuses what it does not know.
#include "base/config.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <numeric>
#include <sstream>

extern char** environ;

namespace roundtrip {
namespace {
const Setting* find_setting(std::string_view key) {
  for (const Setting& setting : all_settings()) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

std::vector<std::string> known_keys() {
  std::vector<std::string> keys;
  for (const Setting& setting : all_settings()) keys.emplace_back(setting.key);
  return keys;
}

std::string unknown_setting(std::string_view key) {
  const auto near = nearest(key, known_keys());
  return "unknown setting '" + std::string(key) + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?");
}

// Nothing when fine, else what is wrong with the value.
std::string fault_of(const Setting& setting, std::string_view value) {
  const std::string name(setting.key);
  if (setting.type == SettingType::boolean && value != "true" && value != "false") {
    return name + " must be true or false, not '" + std::string(value) + "'";
  }
  if (setting.type == SettingType::integer) {
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failed != std::errc{} || end != value.data() + value.size()) {
      return name + " must be a whole number, not '" + std::string(value) + "'";
    }
    if (number < setting.min || number > setting.max) {
      return name + " must be between " + std::to_string(setting.min) + " and " + std::to_string(setting.max) + ", not " +
             std::string(value);
    }
  }
  return {};
}

std::string environment_name(std::string_view key) {
  std::string name = "ROUNDTRIP_";
  for (const char c : key) {
    if (c == '.')
      name += "__";
    else
      name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

void read_table(const toml::table& table, const std::string& prefix, Config& config, std::vector<Fault>& faults) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
    const std::string where = "line " + std::to_string(node.source().begin.line);
    if (const auto* inner = node.as_table()) {
      read_table(*inner, key, config, faults);
      continue;
    }
    const Setting* setting = find_setting(key);
    if (setting == nullptr) {
      faults.push_back({where, "unknown_setting", unknown_setting(key)});
      continue;
    }
    std::string value;
    bool right_type = false;
    if (const auto* text = node.as_string()) {
      right_type = setting->type == SettingType::text || setting->type == SettingType::secret;
      value = text->get();
    } else if (const auto* number = node.as_integer()) {
      right_type = setting->type == SettingType::integer;
      value = std::to_string(number->get());
    } else if (const auto* flag = node.as_boolean()) {
      right_type = setting->type == SettingType::boolean;
      value = flag->get() ? "true" : "false";
    }
    if (!right_type) {
      faults.push_back({where, "wrong_type", key + " has the wrong type; its default is " + std::string(setting->default_value)});
    } else if (const auto set = config.set(key, value); !set) {
      faults.push_back({where, "bad_value", set.error().message});
    }
  }
}

void read_environment(const std::vector<std::string>& environment, Config& config, std::vector<Fault>& faults) {
  // These steer the scripts and tests, not the program.
  static constexpr std::string_view kOutside[] = {"ROUNDTRIP_VAR_DIR", "ROUNDTRIP_URL", "ROUNDTRIP_KEY", "ROUNDTRIP_CONFIG"};
  std::map<std::string, std::string> keys;
  for (const Setting& setting : all_settings()) keys[environment_name(setting.key)] = setting.key;
  for (const std::string& entry : environment) {
    const auto equals = entry.find('=');
    if (!entry.starts_with("ROUNDTRIP_") || equals == std::string::npos) continue;
    std::string name = entry.substr(0, equals);
    std::string value = entry.substr(equals + 1);
    if (std::find(std::begin(kOutside), std::end(kOutside), name) != std::end(kOutside) || name.starts_with("ROUNDTRIP_TEST_")) continue;
    auto at = keys.find(name);
    if (at == keys.end() && name.ends_with("_FILE")) {
      at = keys.find(name.substr(0, name.size() - 5));
      if (at != keys.end()) {
        std::ifstream file(value);
        std::stringstream content;
        content << file.rdbuf();
        if (!file) {
          faults.push_back({name, "unreadable_file", name + " names '" + value + "', which cannot be read"});
          continue;
        }
        value = content.str();
        while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
      }
    }
    if (at == keys.end()) {
      std::vector<std::string> names;
      for (const auto& [known, key] : keys) names.push_back(known);
      const auto near = nearest(name, names);
      faults.push_back(
          {name, "unknown_setting", "unknown setting '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?")});
    } else if (const auto set = config.set(at->second, value); !set) {
      faults.push_back({name, "bad_value", name + ": " + set.error().message});
    }
  }
}
}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> known) {
  std::string best;
  std::size_t best_distance = word.size() / 2 + 2;
  for (const std::string& candidate : known) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t substituted = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

Config::Config() {
  for (const Setting& setting : all_settings()) values_[std::string(setting.key)] = setting.default_value;
}

Done Config::set(std::string_view key, std::string_view value) {
  const Setting* setting = find_setting(key);
  if (setting == nullptr) return Error{ErrorKind::invalid, "unknown_setting", unknown_setting(key)};
  if (auto fault = fault_of(*setting, value); !fault.empty()) return Error{ErrorKind::invalid, "bad_value", fault};
  values_[std::string(key)] = value;
  return done();
}

Result<Config> Config::load(const std::string& path, const std::vector<std::string>& environment) {
  Config config;
  std::vector<Fault> faults;
  if (!path.empty()) {
    try {
      const toml::table table = toml::parse_file(path);
      read_table(table, "", config, faults);
    } catch (const toml::parse_error& broken) {
      faults.push_back({"line " + std::to_string(broken.source().begin.line), "not_toml", std::string(broken.description())});
    }
  }
  read_environment(environment, config, faults);
  if (faults.empty()) return config;
  std::string message = "The configuration has " + std::to_string(faults.size()) + " fault(s):";
  for (const Fault& fault : faults) message += "\n  " + fault.pointer + ": " + fault.detail;
  return Error{ErrorKind::invalid, "bad_configuration", message, faults};
}

const std::string& Config::text(std::string_view key) const {
  const auto at = values_.find(key);
  if (at == values_.end()) throw std::logic_error("no setting " + std::string(key));
  return at->second;
}

std::int64_t Config::integer(std::string_view key) const {
  const Setting* setting = find_setting(key);
  if (setting == nullptr || setting->type != SettingType::integer) throw std::logic_error("no integer setting " + std::string(key));
  return std::stoll(text(key));
}

bool Config::boolean(std::string_view key) const {
  const Setting* setting = find_setting(key);
  if (setting == nullptr || setting->type != SettingType::boolean) throw std::logic_error("no boolean setting " + std::string(key));
  return text(key) == "true";
}

std::string Config::print() const {
  toml::table root;
  for (const Setting& setting : all_settings()) {
    toml::table* table = &root;
    std::string_view rest = setting.key;
    for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      table->insert(rest.substr(0, dot), toml::table{});
      table = (*table)[rest.substr(0, dot)].as_table();
      rest.remove_prefix(dot + 1);
    }
    const std::string& value = text(setting.key);
    if (setting.type == SettingType::integer)
      table->insert(rest, std::stoll(value));
    else if (setting.type == SettingType::boolean)
      table->insert(rest, value == "true");
    else
      table->insert(rest, setting.type == SettingType::secret && !value.empty() ? std::string("<redacted>") : value);
  }
  std::stringstream out;
  out << root << "\n";
  return out.str();
}

std::string settings_template() {
  std::vector<std::string> sections;
  std::map<std::string, std::string> lines;
  for (const Setting& setting : all_settings()) {
    const auto dot = setting.key.rfind('.');
    const std::string section(setting.key.substr(0, dot));
    if (!lines.contains(section)) sections.push_back(section);
    std::string& text = lines[section];
    text += "# " + std::string(setting.help);
    if (setting.type == SettingType::integer) text += "; " + std::to_string(setting.min) + " to " + std::to_string(setting.max);
    if (setting.type == SettingType::secret) text += "; secret: better " + environment_name(setting.key) + "_FILE";
    const bool quoted = setting.type == SettingType::text || setting.type == SettingType::secret;
    const std::string quote = quoted ? "\"" : "";
    text += "\n" + std::string(setting.key.substr(dot + 1)) + " = " + quote + std::string(setting.default_value) + quote + "\n";
  }
  std::string all =
      "# Every setting with its default, unit and limits. The environment is stronger: ROUNDTRIP_<SECTION>__<KEY>, e.g.\n"
      "# ROUNDTRIP_HTTP__PORT=9000 or ROUNDTRIP_GATEWAYS__STRIPE__SECRET_KEY_FILE=/run/secrets/stripe. Unknown settings are refused.\n"
      "# The table is src/base/settings.cpp; `roundtrip config template` prints this file.\n";
  for (const std::string& section : sections) all += "\n[" + section + "]\n" + lines[section];
  return all;
}

std::vector<std::string> process_environment() {
  std::vector<std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

}  // namespace roundtrip
