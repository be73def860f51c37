// Every setting of the program: one table (settings.cpp), a TOML file over it, the environment over that.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roundtrip {

enum class SettingType { text, integer, boolean, secret };

// One row of the table. `key` is "section.name"; integers have a unit in `help` and limits.
struct Setting {
  std::string_view key;
  SettingType type;
  std::string_view default_value;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view help;
};

std::span<const Setting> all_settings();

class Config {
 public:
  // The defaults alone.
  Config();
  // Reads `path` (may be empty: no file), then ROUNDTRIP_<SECTION>__<KEY> of `environment`
  // ("NAME=value" strings; secrets also as ..._FILE). All faults are listed in one Error.
  static Result<Config> load(const std::string& path, const std::vector<std::string>& environment);

  // Asking for a key that is not in the table, or by the wrong type, is a bug and throws.
  const std::string& text(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  bool boolean(std::string_view key) const;

  // Sets one value as if it came from the environment; a fault says what is wrong.
  Done set(std::string_view key, std::string_view value);
  // "key = value" lines in TOML, secrets redacted.
  std::string print() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// config/roundtrip.toml as it should be: every setting with its default under a comment with its meaning, unit and limits.
std::string settings_template();
// This process's environment as "NAME=value".
std::vector<std::string> process_environment();
// The known word nearest to `word` by edit distance; empty when none is near.
std::string nearest(std::string_view word, std::span<const std::string> known);

}  // namespace roundtrip
