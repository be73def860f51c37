// Carrier accounts from a file.
#include "carriers/accounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace roundtrip::carriers::test {
namespace {
using testing::HasSubstr;
using testing::Not;

Result<std::vector<CarrierAccount>> read(const std::string& toml) {
  return accounts_from(toml, Config(), [](const std::string& name) { return name == "UPS_SECRET" ? "from-env" : std::string(); });
}

TEST(CarrierAccounts, WithoutAFileThereIsTheDemoCarrierAlone) {
  const auto accounts = accounts_of(Config()).value();
  ASSERT_EQ(accounts.size(), 1U);
  EXPECT_EQ(accounts[0].carrier, "demo");
  EXPECT_EQ(accounts[0].day_us, 20 * kSecond);
  // Its middle pause under way is carriers.demo.poll_s.
  EXPECT_EQ((accounts[0].poll.in_transit.from_us + accounts[0].poll.in_transit.to_us) / 2, 4 * kSecond);
  EXPECT_EQ(accounts[0].poll.day_us, 20 * kSecond);
}

TEST(CarrierAccounts, WithoutAQuotaOfItsOwnItHasTheCarriersStatedOne) {
  const std::string keys = "key = 'k'\nsecret = 's'\n";
  const auto accounts = read("[[account]]\ncarrier = 'gls'\n" + keys + "[[account]]\ncarrier = 'australia_post'\n" + keys +
                             "[[account]]\ncarrier = 'bring'\n" + keys);
  ASSERT_TRUE(accounts) << accounts.error().message;
  ASSERT_EQ(accounts->size(), 4U);
  EXPECT_EQ((*accounts)[1].quota, (domain::Quota{0, 500}));
  EXPECT_EQ((*accounts)[2].quota, (domain::Quota{10, 0}));
  EXPECT_EQ((*accounts)[3].quota, (domain::Quota{0, 0}));
}

TEST(CarrierAccounts, SeveralOfOneCarrierEachWithItsOwnQuotaAndPauses) {
  const std::string path = std::filesystem::temp_directory_path() / ("secret-" + std::to_string(::getpid()));
  std::ofstream(path) << "from-file\n";
  const auto accounts = read(R"([[account]]
carrier = "ups"
account = "eu"
key = "client"
secret_env = "UPS_SECRET"
calls_per_minute = 20
calls_per_day = 5000
[[account]]
carrier = "ups"
account = "us"
key_file = ")" + path + R"("
secret = "s3cret"
in_transit_from_s = 7200
in_transit_to_s = 9000
parallel = 9
)");
  std::filesystem::remove(path);
  ASSERT_TRUE(accounts) << accounts.error().message;
  ASSERT_EQ(accounts->size(), 3U);
  const auto& eu = (*accounts)[1];
  const auto& us = (*accounts)[2];
  EXPECT_EQ(eu.carrier + "/" + eu.account + " " + eu.key + " " + eu.secret, "ups/eu client from-env");
  EXPECT_EQ(eu.quota, (domain::Quota{20, 5000}));
  EXPECT_EQ(eu.poll.in_transit, (domain::Pause{4 * kHour, 6 * kHour}));
  EXPECT_EQ(us.key, "from-file");
  EXPECT_EQ(us.poll.in_transit, (domain::Pause{2 * kHour, 9000 * kSecond}));
  EXPECT_EQ(us.parallel, 9);
  const auto shown = accounts_text(*accounts);
  EXPECT_THAT(shown, HasSubstr("'<redacted>'"));
  for (const std::string secret : {"from-file", "from-env", "s3cret", "demo-key", "client"}) EXPECT_THAT(shown, Not(HasSubstr(secret)));
}

struct Fault_ {
  const char* name;
  const char* toml;
  const char* says;
};
class AccountFaults : public testing::TestWithParam<Fault_> {};
INSTANTIATE_TEST_SUITE_P(
    All, AccountFaults,
    testing::Values(Fault_{"unknown_key", "[[account]]\ncarrier = 'dhl'\nkeey = 'x'", "line 3: unknown key 'keey'; did you mean 'key'?"},
                    Fault_{"unknown_carrier", "[[account]]\ncarrier = 'fedx'", "there is no carrier 'fedx'; did you mean 'fedex'?"},
                    Fault_{"no_carrier", "[[account]]\nkey = 'x'", "an account needs its carrier"},
                    Fault_{"number_as_text", "[[account]]\ncarrier = 'dhl'\ncalls_per_minute = '5'",
                           "line 3: calls_per_minute must be a whole number"},
                    Fault_{"text_as_number", "[[account]]\ncarrier = 'dhl'\nkey = 5", "line 3: key must be a text"},
                    Fault_{"out_of_range", "[[account]]\ncarrier = 'dhl'\nparallel = 0", "parallel must be between 1 and 256"},
                    Fault_{"twice", "[[account]]\ncarrier = 'dhl'\n[[account]]\ncarrier = 'dhl'", "is there twice"},
                    Fault_{"two_ways", "[[account]]\ncarrier = 'dhl'\nkey = 'x'\nkey_env = 'UPS_SECRET'", "key is given in two ways"},
                    Fault_{"no_variable", "[[account]]\ncarrier = 'dhl'\nkey_env = 'NOBODY'", "NOBODY, which is not set"},
                    Fault_{"no_secret_file", "[[account]]\ncarrier = 'dhl'\nkey_file = '/nowhere'", "'/nowhere', which cannot be read"},
                    Fault_{"bad_name", "[[account]]\ncarrier = 'dhl'\naccount = 'A B'", "not 'A B'"},
                    Fault_{"bad_url", "[[account]]\ncarrier = 'dhl'\nbase_url = 'ftp://x'", "must begin with https://"},
                    Fault_{"pauses_crossed", "[[account]]\ncarrier = 'dhl'\nin_transit_from_s = 90000", "in_transit_from_s is longer"},
                    Fault_{"another_table", "[accounts]\ncarrier = 'dhl'", "the file holds [[account]] and [[service]] tables"},
                    Fault_{"no_toml", "[[account", "line 1"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(AccountFaults, AreRefusedWithTheirPlace) {
  const auto accounts = read(GetParam().toml);
  ASSERT_FALSE(accounts);
  EXPECT_THAT(accounts.error().message, HasSubstr(GetParam().says));
}

TEST(CarrierAccounts, AFileThatIsNamedMustBeThere) {
  Config config;
  ASSERT_TRUE(config.set("carriers.accounts_file", "/nowhere.toml"));
  EXPECT_THAT(accounts_of(config).error().message, HasSubstr("/nowhere.toml"));
}

}  // namespace
}  // namespace roundtrip::carriers::test
