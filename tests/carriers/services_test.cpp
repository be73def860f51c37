// The rule table of services from the accounts file.
#include "carriers/services.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "carriers/accounts.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {
using testing::HasSubstr;

// Accounts of UPS (sells labels), one of them named, and of GLS (does not).
std::vector<CarrierAccount> some_accounts() {
  CarrierAccount ups, eu, gls;
  ups.carrier = eu.carrier = "ups";
  ups.account = "us";
  eu.account = "eu";
  gls.carrier = "gls";
  return {ups, eu, gls};
}
Result<std::vector<domain::Service>> read_services(const std::string& toml) { return services_from(toml, some_accounts()); }

TEST(CarrierServices, AreReadInTheOrderOfTheFileBesideTheAccounts) {
  const auto services = read_services(R"([[account]]
carrier = "ups"
[[service]]
carrier = "ups/eu"
code = "11"
title = "UPS Standard"
orders = ["standard"]
countries = ["DE", "AT"]
from_g = 1
to_g = 30000
days = 2
price = 590
kilo = 40
[[service]]
carrier = "gls"
)");
  ASSERT_TRUE(services) << services.error().message;
  ASSERT_EQ(services->size(), 2U);
  EXPECT_EQ((*services)[0], (domain::Service{"ups", "eu", "11", "UPS Standard", {"standard"}, {"DE", "AT"}, 1, 30000, 2, 590, 40, true}));
  EXPECT_EQ((*services)[1], (domain::Service{.carrier = "gls", .title = "gls"}));
}

TEST(CarrierServices, TheUnionStandsForItsMembers) {
  const auto services = read_services("[[service]]\ncarrier = 'ups'\ncountries = ['EU', 'CH']\n");
  ASSERT_TRUE(services) << services.error().message;
  const auto& countries = (*services)[0].countries;
  for (const std::string country : {"DE", "PT", "IE", "CH"})
    EXPECT_NE(std::find(countries.begin(), countries.end(), country), countries.end()) << country;
  EXPECT_EQ(std::find(countries.begin(), countries.end(), "EU"), countries.end());
  EXPECT_EQ(std::find(countries.begin(), countries.end(), "GB"), countries.end());
}

TEST(CarrierServices, ALabelIsBoughtWhereAnAccountSellsItUnlessTheRowSaysOtherwise) {
  const auto services = read_services(
      "[[service]]\ncarrier = 'ups'\n[[service]]\ncarrier = 'ups/eu'\nlabel = 'own'\n"
      "[[service]]\ncarrier = 'ups/asia'\n[[service]]\ncarrier = 'dhl'\n");
  ASSERT_TRUE(services) << services.error().message;
  std::vector<bool> bought;
  for (const auto& one : *services) bought.push_back(one.buys_label);
  EXPECT_EQ(bought, (std::vector<bool>{true, false, false, false})) << "no account 'asia', none of DHL";
}

TEST(CarrierServices, TheExampleToCopyIsRight) {
  std::ifstream file(ROUNDTRIP_SOURCE_DIR "/config/carriers.example.toml");
  std::stringstream text;
  text << file.rdbuf();
  const auto accounts = accounts_from(text.str(), Config(), [](const std::string&) { return std::string("from-environment"); });
  ASSERT_TRUE(accounts) << accounts.error().message;
  const auto services = services_from(text.str(), *accounts);
  ASSERT_TRUE(services) << services.error().message;
  EXPECT_GE(accounts->size(), 3U);
  EXPECT_GE(services->size(), 3U);
}

struct ServiceFault {
  const char* name;
  const char* toml;
  const char* said;
};
class ServiceFaults : public testing::TestWithParam<ServiceFault> {};
TEST_P(ServiceFaults, AreRefusedWithTheirPlace) {
  const auto services = read_services(GetParam().toml);
  ASSERT_FALSE(services);
  EXPECT_THAT(services.error().message, HasSubstr(GetParam().said));
}
INSTANTIATE_TEST_SUITE_P(
    All, ServiceFaults,
    testing::Values(ServiceFault{"no_carrier", "[[service]]\ncode = '1'\n", "needs its carrier"},
                    ServiceFault{"unknown_carrier", "[[service]]\ncarrier = 'upz'\n", "did you mean 'ups'?"},
                    ServiceFault{"unknown_key", "[[service]]\ncarrier = 'ups'\nweigth = 1\n", "unknown key 'weigth'"},
                    ServiceFault{"near_key", "[[service]]\ncarrier = 'ups'\ncountry = 'DE'\n", "did you mean 'countries'?"},
                    ServiceFault{"no_country", "[[service]]\ncarrier = 'ups'\ncountries = ['Germany']\n", "'Germany' is no country"},
                    ServiceFault{"not_a_list", "[[service]]\ncarrier = 'ups'\ncountries = 'DE'\n", "must be a list"},
                    ServiceFault{"negative", "[[service]]\ncarrier = 'ups'\nprice = -1\n", "price must be a whole number"},
                    ServiceFault{"fraction", "[[service]]\ncarrier = 'ups'\nprice = 5.9\n", "price must be a whole number"},
                    ServiceFault{"crossed", "[[service]]\ncarrier = 'ups'\nfrom_g = 5\nto_g = 4\n", "from_g is more than to_g"},
                    ServiceFault{"label", "[[service]]\ncarrier = 'ups'\nlabel = 'none'\n", "label must be"},
                    ServiceFault{"unsold", "[[service]]\ncarrier = 'gls'\nlabel = 'buy'\n", "sells labels for the way out"},
                    ServiceFault{"no_table", "service = 3\n", "[[service]] tables"}, ServiceFault{"no_toml", "[[service]\n", "line 1"}),
    [](const auto& made) { return std::string(made.param.name); });

}  // namespace
}  // namespace roundtrip::carriers::test
