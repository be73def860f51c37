// The program's commands from outside: exit codes, --help everywhere, JSON, and what they do to a database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/database.hpp"
#include "support/places.hpp"
#include "support/process.hpp"

namespace roundtrip {
namespace {
using nlohmann::json;
using test::Finished;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Finished run(std::vector<std::string> words, std::vector<std::string> environment = {}, const std::string& input = "") {
  words.insert(words.begin(), ROUNDTRIP_BINARY);
  return test::run_process(words, environment, input);
}

// The names under "Subcommands:" of a --help text.
std::vector<std::string> subcommands_of(const std::string& help) {
  std::vector<std::string> names;
  std::istringstream lines(help);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Subcommands:"))
      inside = true;
    else if (inside && line.starts_with("  ") && line.size() > 2 && line[2] != ' ')
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    else if (inside && line.empty())
      inside = false;
  }
  return names;
}

void expect_help_everywhere(const std::vector<std::string>& path, int& seen) {
  auto asked = path;
  asked.push_back("--help");
  const Finished help = run(asked);
  EXPECT_EQ(help.exit_code, 0) << testing::PrintToString(path);
  EXPECT_THAT(help.out, HasSubstr("Usage: roundtrip")) << testing::PrintToString(path);
  ++seen;
  for (const auto& name : subcommands_of(help.out)) {
    auto inner = path;
    inner.push_back(name);
    expect_help_everywhere(inner, seen);
  }
}

TEST(Commands, EveryOneHasHelp) {
  int seen = 0;
  expect_help_everywhere({}, seen);
  EXPECT_GE(seen, 20);
  for (const std::string name :
       {"serve", "work", "migrate", "import", "demo", "demo-carrier", "config", "user", "key", "shop", "version"}) {
    EXPECT_THAT(subcommands_of(run({"--help"}).out), testing::Contains(name));
  }
}

TEST(Commands, WrongUsageEndsWithTwoAndPointsToHelp) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"nonsense"},
                                             {"migrate"},
                                             {"migrate", "sideways"},
                                             {"config", "get"},
                                             {"version", "--nonsense"},
                                             {"user", "add"},
                                             {"key", "create", "x", "--scopes", "admin", "--valid-days", "0"},
                                             {"--config", "/nonexistent.toml", "version"}}) {
    const Finished refused = run(words);
    EXPECT_EQ(refused.exit_code, 2) << testing::PrintToString(words);
    EXPECT_THAT(refused.err, HasSubstr("--help")) << testing::PrintToString(words);
    EXPECT_THAT(refused.out, IsEmpty()) << testing::PrintToString(words);
  }
}

TEST(Commands, AFaultySettingEndsWithOneAndNamesTheNearestSetting) {
  const Finished refused = run({"config", "check"}, {"ROUNDTRIP_HTTP__PROT=1", "ROUNDTRIP_HTTP__THREADS=0"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("did you mean 'ROUNDTRIP_HTTP__PORT'"));
  EXPECT_THAT(refused.err, HasSubstr("between 2 and 512"));
  EXPECT_EQ(run({"config", "check"}).exit_code, 0);
  EXPECT_EQ(run({"config", "check"}, {"ROUNDTRIP_LOG__LEVEL=loud"}).exit_code, 1);
}

TEST(Commands, CarriersThatFilesDescribeAreThereAndFaultyFilesAreRefused) {
  const auto listed = json::parse(run({"carriers", "list", "--json"}).out);
  std::vector<std::string> names;
  for (const auto& one : listed.at("carriers")) names.push_back(one.at("name"));
  EXPECT_THAT(names, testing::IsSupersetOf({"ups", "sendle", "bpost"}));
  const auto folder = std::filesystem::temp_directory_path() / ("described_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string good =
      "name = \"bike_post\"\ntitle = \"Bike Post\"\nbase_url = \"https://bike.example\"\n[reply]\nknown_by = \"/steps\"\n"
      "[events]\nlist = \"/steps\"\ncode = \"/code\"\n[codes]\nDONE = \"delivered\"\n";
  std::ofstream(folder / "bike_post.toml") << good;
  std::ofstream(folder / "reply.json") << R"({"steps": [{"code": "DONE"}]})";
  const std::vector<std::string> environment = {"ROUNDTRIP_CARRIERS__CUSTOM_DIR=" + folder.string()};
  EXPECT_EQ(run({"config", "check"}, environment).exit_code, 0);
  const Finished read = run({"carriers", "read", "--carrier", "bike_post", (folder / "reply.json").string()}, environment);
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(json::parse(read.out).at("records").at(0).at("status"), "delivered");
  std::ofstream(folder / "bike_post.toml") << good << "LATE = \"delyvered\"\n";
  for (const auto& words : {std::vector<std::string>{"config", "check"}, {"carriers", "list"}, {"serve"}}) {
    const Finished refused = run(words, environment);
    EXPECT_EQ(refused.exit_code, 1) << testing::PrintToString(words);
    EXPECT_THAT(refused.err,
                HasSubstr("bike_post.toml:11: codes.LATE 'delyvered' is no status that a carrier can tell; did you mean 'delivered'?"));
  }
  std::filesystem::remove_all(folder);
}

TEST(Commands, SettingsArePrintedInForceAndSecretsAreNot) {
  const std::vector<std::string> environment = {"ROUNDTRIP_HTTP__PORT=9123", "ROUNDTRIP_GATEWAYS__STRIPE__SECRET_KEY=sk_live_42"};
  EXPECT_EQ(run({"config", "get", "http.port"}, environment).out, "9123\n");
  EXPECT_EQ(run({"config", "get", "--default", "http.port"}, environment).out, "8080\n");
  const Finished printed = run({"config", "print", "--json"}, environment);
  EXPECT_EQ(json::parse(printed.out).at("http.port"), 9123);
  for (const auto& words :
       {std::vector<std::string>{"config", "print"}, {"config", "print", "--json"}, {"config", "get", "gateways.stripe.secret_key"}}) {
    const Finished shown = run(words, environment);
    EXPECT_EQ(shown.exit_code, 0);
    EXPECT_THAT(shown.out + shown.err, Not(HasSubstr("sk_live_42"))) << testing::PrintToString(words);
  }
}

TEST(Commands, VersionSaysProgramAndSchema) {
  const auto version = json::parse(run({"version", "--json"}).out);
  EXPECT_FALSE(version.at("version").get<std::string>().empty());
  EXPECT_THAT(version.at("schema").get<std::string>(), testing::MatchesRegex("[0-9]{4}_.*"));
}

TEST(Commands, WithoutADatabaseTheySayWhatToDo) {
  const Finished refused = run({"migrate", "status"}, {"ROUNDTRIP_DATABASE__URL=host=/nonexistent dbname=x"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("cannot be reached"));
  EXPECT_THAT(run({"migrate", "status"}).err, HasSubstr("database.url is empty"));
}

// Commands on a database of their own.
struct DatabaseCommands : testing::Test {
  test::TestDatabase database;
  const std::vector<std::string> environment = {"ROUNDTRIP_DATABASE__URL=" + database.url()};
  Finished on(const std::vector<std::string>& words, const std::string& input = "") { return run(words, environment, input); }
};

TEST_F(DatabaseCommands, MigrateTellsWhatIsAppliedAndRefusesAnUnknownNewerOne) {
  const auto status = json::parse(on({"migrate", "status", "--json"}).out);
  EXPECT_EQ(status.at("pending"), 0);
  EXPECT_GE(status.at("migrations").size(), 3u);
  EXPECT_EQ(on({"migrate", "up"}).exit_code, 0);
  EXPECT_EQ(on({"migrate", "verify"}).exit_code, 0);
  store::Session(database.db()).script("INSERT INTO schema_migrations VALUES (9999, '9999_from_the_future', '', now())");
  for (const std::string what : {"status", "up", "verify"}) {
    const Finished refused = on({"migrate", what});
    EXPECT_EQ(refused.exit_code, 1) << what;
    EXPECT_THAT(refused.err, HasSubstr("9999_from_the_future")) << what;
  }
  EXPECT_EQ(on({"user", "list"}).exit_code, 1) << "no other command runs on a schema it does not know";
}

TEST_F(DatabaseCommands, PeopleAreAddedListedAndShutOut) {
  database.merchant();
  const auto made = json::parse(on({"user", "add", "lena", "--name", "Lena", "--roles", "picker,agent", "--json"}).out);
  EXPECT_THAT(made.at("user_id").get<std::string>(), StartsWith("usr_"));
  EXPECT_GE(made.at("password").get<std::string>().size(), 12u);
  const Finished twice = on({"user", "add", "lena", "--roles", "picker"});
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.err, HasSubstr("lena"));
  EXPECT_EQ(on({"user", "add", "max", "--roles", "emperor"}).exit_code, 1);
  EXPECT_EQ(on({"user", "add", "max", "--roles", "manager", "--password-file", "-"}, "short\n").exit_code, 1) << "a short password";
  EXPECT_EQ(on({"user", "add", "max", "--roles", "manager", "--password-file", "-"}, "long enough to be one\n").exit_code, 0);
  EXPECT_EQ(on({"user", "password", "max"}).exit_code, 0);
  EXPECT_EQ(on({"user", "disable", "lena"}).exit_code, 0);
  EXPECT_EQ(on({"user", "disable", "nobody"}).exit_code, 1);
  const auto users = json::parse(on({"user", "list", "--json"}).out).at("users");
  ASSERT_EQ(users.size(), 2u);
  for (const auto& user : users) {
    EXPECT_EQ(user.at("disabled"), user.at("login") == "lena");
    EXPECT_FALSE(user.contains("password_hash"));
  }
}

TEST_F(DatabaseCommands, AShopIsOpenedListedAndClosed) {
  database.merchant();
  EXPECT_THAT(on({"shop", "list"}).out, HasSubstr("No warehouse takes returns"));
  EXPECT_EQ(on({"shop", "open", "nowhere"}).exit_code, 1);
  store::Session(database.db())
      .run("INSERT INTO warehouses (merchant_id, name, time_zone, address) SELECT merchant_id, 'bare', time_zone, address FROM warehouses",
           {});
  const Finished bare = on({"shop", "open", "bare"});
  EXPECT_EQ(bare.exit_code, 1);
  EXPECT_THAT(bare.err, HasSubstr("Give the shop a bin first"));
  EXPECT_THAT(on({"shop", "open", "main", "--hours", "Mon-Sat 10-20"}).out, HasSubstr("main takes returns from customers, Mon-Sat 10-20"));
  const auto shops = json::parse(on({"shop", "list", "--json"}).out).at("shops");
  ASSERT_EQ(shops.size(), 1u);
  EXPECT_EQ(shops[0].at("opening_hours"), "Mon-Sat 10-20");
  EXPECT_EQ(on({"shop", "close", "main"}).exit_code, 0);
  EXPECT_TRUE(json::parse(on({"shop", "list", "--json"}).out).at("shops").empty());
}

TEST_F(DatabaseCommands, KeysAreShownOnceListedWithoutTheirTextAndRevoked) {
  database.merchant();
  const auto made = json::parse(on({"key", "create", "till", "--scopes", "orders:write,returns:write", "--json"}).out);
  const std::string key = made.at("key"), id = made.at("key_id");
  EXPECT_THAT(key, StartsWith("rt_demo_"));
  const Finished listed = on({"key", "list", "--json"});
  EXPECT_THAT(listed.out, Not(HasSubstr(key)));
  EXPECT_TRUE(json::parse(listed.out).at("keys").at(0).at("revoked_at").is_null());
  EXPECT_EQ(on({"key", "revoke", id}).exit_code, 0);
  EXPECT_EQ(on({"key", "revoke", id}).exit_code, 1);
  EXPECT_EQ(on({"key", "revoke", "nonsense"}).exit_code, 1);
  EXPECT_FALSE(json::parse(on({"key", "list", "--json"}).out).at("keys").at(0).at("revoked_at").is_null());
  EXPECT_EQ(on({"key", "create", "x", "--scopes", "everything"}).exit_code, 1);
  EXPECT_EQ(on({"key", "create", "x", "--scopes", "admin", "--merchant", "nobody"}).exit_code, 1);
}

TEST_F(DatabaseCommands, TheDemoIsMadeOnceAndItsTimelineVerifiesUntilSomebodyTampers) {
  ASSERT_EQ(on({"demo"}).exit_code, 0);
  const auto count = [&] { return store::Session(database.db()).value<std::int64_t>("SELECT count(*) FROM orders").value(); };
  const auto orders = count();
  EXPECT_GT(orders, 0);
  ASSERT_EQ(on({"demo"}).exit_code, 0);
  EXPECT_EQ(count(), orders);
  EXPECT_EQ(on({"timeline", "verify"}).exit_code, 0);
  store::Session(database.db())
      .script(
          "ALTER TABLE timeline DISABLE TRIGGER ALL; UPDATE timeline SET actor = 'somebody' WHERE order_id = 1 AND seq = 1; ALTER TABLE "
          "timeline ENABLE TRIGGER ALL");
  const Finished broken = on({"timeline", "verify", "--json"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_EQ(json::parse(broken.out).at("faults").at(0).at("order_id"), "ord_1");
  EXPECT_EQ(on({"timeline", "verify", "--order", "ord_2"}).exit_code, 0);
  EXPECT_EQ(on({"timeline", "verify", "--order", "nonsense"}).exit_code, 1);
}

}  // namespace
}  // namespace roundtrip
