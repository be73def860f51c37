// Settings: the table, the file beside the source, the environment, secrets in files, and every refusal.
#include "base/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "support/places.hpp"

namespace roundtrip {
namespace {
using testing::HasSubstr;

std::string shipped_file() { return std::string(ROUNDTRIP_SOURCE_DIR) + "/config/roundtrip.toml"; }

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// A file that goes with the test.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& text) {
    static int count = 0;
    path = testing::TempDir() + "/config_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    std::ofstream(path) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string path;
};

std::string refusal(const std::string& toml, const std::vector<std::string>& environment = {}) {
  const TemporaryFile file(toml);
  const auto loaded = Config::load(file.path, environment);
  return loaded ? "it was accepted" : loaded.error().message;
}

TEST(ConfigTest, TheShippedFileIsTheTable) {
  std::istringstream file(text_of(shipped_file())), table(settings_template());
  std::string in_file, in_table;
  do {
    in_file = in_table = "(end)";
    std::getline(file, in_file);
    std::getline(table, in_table);
  } while (in_file == in_table && (file || table));
  EXPECT_EQ(in_file, in_table) << "config/roundtrip.toml and src/base/settings.cpp differ. Build, then run:\n"
                                  "  build/release/roundtrip config template > config/roundtrip.toml";
}

TEST(ConfigTest, TheShippedFileGivesTheDefaults) {
  const auto loaded = Config::load(shipped_file(), {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  for (const Setting& setting : all_settings()) EXPECT_EQ(loaded->text(setting.key), setting.default_value) << setting.key;
}

TEST(ConfigTest, TheShippedFileNamesEverySettingOnceAndHoldsNoOther) {
  const toml::table file = toml::parse_file(shipped_file());
  for (const Setting& setting : all_settings()) EXPECT_TRUE(file.at_path(setting.key)) << setting.key;
  std::set<std::string_view> keys;
  for (const Setting& setting : all_settings()) EXPECT_TRUE(keys.insert(setting.key).second) << setting.key << " is in the table twice";
}

TEST(ConfigTest, EveryRowOfTheTableIsSound) {
  for (const Setting& setting : all_settings()) {
    SCOPED_TRACE(setting.key);
    EXPECT_FALSE(setting.help.empty());
    EXPECT_EQ(setting.help.find('\n'), std::string_view::npos);
    EXPECT_NE(setting.key.find('.'), std::string_view::npos) << "a key is section.name";
    if (setting.type == SettingType::integer) {
      EXPECT_LT(setting.min, setting.max) << "an integer has limits";
    }
    Config config;
    EXPECT_TRUE(config.set(setting.key, setting.default_value)) << "the default is not acceptable";
  }
}

TEST(ConfigTest, DurationsAndSizesNameTheirUnit) {
  for (const Setting& setting : all_settings()) {
    const std::pair<std::string_view, std::string_view> units[] = {{"_ms", "ms"}, {"_s", " s"}, {"_days", "day"}, {"_bytes", "byte"}};
    for (const auto& [suffix, word] : units) {
      if (!setting.key.ends_with(suffix)) continue;
      EXPECT_NE(setting.help.find(word), std::string_view::npos) << setting.key << ": " << setting.help;
    }
  }
}

TEST(ConfigTest, TheEnvironmentIsStrongerThanTheFile) {
  const TemporaryFile file("[http]\nport = 9001\n[gateways.stripe]\nbase_url = \"http://file\"\n");
  const auto plain = Config::load(file.path, {});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->integer("http.port"), 9001);
  const auto over = Config::load(file.path, {"ROUNDTRIP_HTTP__PORT=9002", "ROUNDTRIP_GATEWAYS__STRIPE__BASE_URL=http://env",
                                             "ROUNDTRIP_FLOOR__REQUIRE_BIN_SCAN=true", "PATH=/bin"});
  ASSERT_TRUE(over) << over.error().message;
  EXPECT_EQ(over->integer("http.port"), 9002);
  EXPECT_EQ(over->text("gateways.stripe.base_url"), "http://env");
  EXPECT_TRUE(over->boolean("floor.require_bin_scan"));
}

TEST(ConfigTest, EverySettingCanBeGivenInTheEnvironment) {
  for (const Setting& setting : all_settings()) {
    std::string name = "ROUNDTRIP_";
    for (const char c : setting.key) name += c == '.' ? std::string("__") : std::string(1, static_cast<char>(std::toupper(c)));
    const auto loaded = Config::load("", {name + "=" + std::string(setting.default_value)});
    EXPECT_TRUE(loaded) << name << ": " << loaded.error().message;
  }
}

TEST(ConfigTest, UnknownSettingsAreRefusedWithTheNearestName) {
  EXPECT_THAT(refusal("[http]\nprot = 1\n"), HasSubstr("did you mean 'http.port'"));
  EXPECT_THAT(refusal("[database]\npool_sise = 1\n"), HasSubstr("did you mean 'database.pool_size'"));
  EXPECT_THAT(refusal("[http]\nprot = 1\n"), HasSubstr("line 2"));
  EXPECT_THAT(refusal("", {"ROUNDTRIP_HTTP__PROT=1"}), HasSubstr("did you mean 'ROUNDTRIP_HTTP__PORT'"));
  EXPECT_THAT(refusal("", {"ROUNDTRIP_HTTP_PORT=1"}), HasSubstr("did you mean 'ROUNDTRIP_HTTP__PORT'"));
  EXPECT_THAT(refusal("", {"ROUNDTRIP_HTTP__PORT_FIEL=1"}), HasSubstr("unknown setting"));
  EXPECT_THAT(refusal("port = 1\n"), HasSubstr("unknown setting 'port'"));
}

TEST(ConfigTest, WrongTypesAndValuesBeyondTheLimitsAreRefused) {
  EXPECT_THAT(refusal("[http]\nport = \"8080\"\n"), HasSubstr("http.port has the wrong type"));
  EXPECT_THAT(refusal("[http]\nport = 80.5\n"), HasSubstr("http.port has the wrong type"));
  EXPECT_THAT(refusal("[http]\nport = 0\n"), HasSubstr("between 1 and 65535"));
  EXPECT_THAT(refusal("[http]\nport = 65536\n"), HasSubstr("between 1 and 65535"));
  EXPECT_THAT(refusal("[http]\nhost = 1\n"), HasSubstr("http.host has the wrong type"));
  EXPECT_THAT(refusal("[floor]\nrequire_bin_scan = \"yes\"\n"), HasSubstr("wrong type"));
  EXPECT_THAT(refusal("[http]\nport = [1]\n"), HasSubstr("wrong type"));
  EXPECT_THAT(refusal("", {"ROUNDTRIP_HTTP__PORT=80a"}), HasSubstr("whole number"));
  EXPECT_THAT(refusal("", {"ROUNDTRIP_HTTP__PORT="}), HasSubstr("whole number"));
  EXPECT_THAT(refusal("", {"ROUNDTRIP_FLOOR__REQUIRE_BIN_SCAN=1"}), HasSubstr("true or false"));
}

TEST(ConfigTest, AllFaultsAreListedAtOnce) {
  const auto message = refusal("[http]\nprot = 1\nport = 0\n", {"ROUNDTRIP_NONSENSE=1"});
  EXPECT_THAT(message, HasSubstr("3 fault(s)"));
  EXPECT_THAT(message, HasSubstr("line 2"));
  EXPECT_THAT(message, HasSubstr("line 3"));
  EXPECT_THAT(message, HasSubstr("ROUNDTRIP_NONSENSE"));
}

TEST(ConfigTest, BrokenTomlIsRefusedWithItsLine) { EXPECT_THAT(refusal("[http]\nport = \n"), HasSubstr("line 2")); }

TEST(ConfigTest, AMissingFileIsRefused) { EXPECT_FALSE(Config::load("/nonexistent/roundtrip.toml", {})); }

TEST(ConfigTest, ASecretMayComeFromAFileWithoutItsLineEnd) {
  const TemporaryFile secret("sk_test_1\r\n");
  const auto loaded = Config::load("", {"ROUNDTRIP_GATEWAYS__STRIPE__SECRET_KEY_FILE=" + secret.path});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->text("gateways.stripe.secret_key"), "sk_test_1");
  EXPECT_THAT(refusal("", {"ROUNDTRIP_GATEWAYS__STRIPE__SECRET_KEY_FILE=/nonexistent"}), HasSubstr("cannot be read"));
}

TEST(ConfigTest, SecretsAreNotPrinted) {
  const auto loaded = Config::load("", {"ROUNDTRIP_GATEWAYS__STRIPE__SECRET_KEY=sk_live_42"});
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->print(), Not(HasSubstr("sk_live_42")));
  EXPECT_THAT(loaded->print(), HasSubstr("redacted"));
}

TEST(ConfigTest, WhatIsPrintedCanBeReadAgain) {
  const TemporaryFile file(Config().print());
  const auto loaded = Config::load(file.path, {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->integer("http.port"), 8080);
}

TEST(ConfigTest, AskingForWhatIsNotInTheTableIsABug) {
  EXPECT_THROW(Config().text("http.prot"), std::logic_error);
  EXPECT_THROW(Config().integer("http.host"), std::logic_error);
  EXPECT_THROW(Config().boolean("http.port"), std::logic_error);
}

TEST(ConfigTest, NothingIsSuggestedForAWordThatIsLikeNone) {
  const std::vector<std::string> known = {"http.port", "database.url"};
  EXPECT_EQ(nearest("http.prot", known), "http.port");
  EXPECT_EQ(nearest("zzzzzzzzzzzzzzzzzzzzzz", known), "");
}

}  // namespace
}  // namespace roundtrip
