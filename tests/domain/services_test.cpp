// The service that a parcel goes with, as a table.
#include "domain/services.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>

namespace roundtrip::domain {
namespace {
const Instant kMonday = parse_rfc3339("2026-11-23T12:00:00Z").value();

std::vector<Service> table() {
  return {
      {"dhl", "", "V01PAK", "DHL Paket", {"standard"}, {"DE"}, 0, 31'500, 2, 499, 0, true},
      {"dhl", "", "V53WPAK", "DHL Paket International", {"standard"}, {}, 0, 31'500, 6, 1299, 100, true},
      {"ups", "eu", "07", "UPS Express", {"standard", "express"}, {}, 0, 0, 1, 2900, 0, true},
      {"letter", "", "", "Letter", {"standard"}, {"DE"}, 0, 500, 3, 195, 0, false},
      {"freight", "", "", "Freight", {}, {"DE", "AT"}, 25'000, 0, 5, 9900, 0, false},
  };
}

struct ServiceCase {
  const char* name;
  ServiceFacts facts;
  int row;  // -1: none
  bool late;
};
std::ostream& operator<<(std::ostream& out, const ServiceCase& one) { return out << one.name; }

class Services : public testing::TestWithParam<ServiceCase> {};
TEST_P(Services, AreChosenByTheTable) {
  const auto& [name, facts, row, late] = GetParam();
  const auto choice = choose_service(table(), facts);
  EXPECT_EQ(choice.row ? static_cast<int>(*choice.row) : -1, row);
  EXPECT_EQ(choice.late, late);
  ASSERT_EQ(choice.verdicts.size(), table().size());
}
INSTANTIATE_TEST_SUITE_P(
    Table, Services,
    testing::Values(
        ServiceCase{"the cheapest that fits", {"standard", "DE", 400, std::nullopt, kMonday, 0}, 3, false},
        ServiceCase{"too heavy for a letter", {"standard", "DE", 501, std::nullopt, kMonday, 0}, 0, false},
        ServiceCase{"the letter would come too late", {"standard", "DE", 400, kMonday + 2 * kDay + 12 * kHour, kMonday, 0}, 0, false},
        ServiceCase{"only express keeps the promise", {"standard", "DE", 400, kMonday + kDay + 12 * kHour, kMonday, 0}, 2, false},
        ServiceCase{"none keeps it: the fastest", {"standard", "DE", 400, kMonday, kMonday, 0}, 2, true},
        ServiceCase{"a weekend does not count", {"standard", "DE", 400, kMonday + 9 * kDay + 12 * kHour, kMonday + 4 * kDay, 0}, 3, false},
        ServiceCase{"another country", {"standard", "PT", 400, std::nullopt, kMonday, 0}, 1, false},
        ServiceCase{"the order asks for express", {"express", "PT", 400, std::nullopt, kMonday, 0}, 2, false},
        ServiceCase{"heavy", {"standard", "DE", 40'000, std::nullopt, kMonday, 0}, 2, false},
        ServiceCase{"freight for a service nobody else has", {"pallet", "AT", 40'000, std::nullopt, kMonday, 0}, 4, false},
        ServiceCase{"nothing fits", {"pallet", "US", 40'000, std::nullopt, kMonday, 0}, -1, false}),
    [](const auto& made) {
      std::string name = made.param.name;
      std::replace_if(
          name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
      return name;
    });

TEST(Services, SayWhyEachRowWasNotTaken) {
  const auto choice = choose_service(table(), {"standard", "DE", 501, kMonday + 2 * kDay + 12 * kHour, kMonday, 0});
  const std::vector<ServiceVerdict> expected = {ServiceVerdict::taken, ServiceVerdict::too_late, ServiceVerdict::dearer,
                                                ServiceVerdict::too_heavy, ServiceVerdict::too_light};
  EXPECT_EQ(choice.verdicts, expected);
}

TEST(Services, EveryKilogramBegunCosts) {
  EXPECT_EQ(price_of(table()[1], 0), 1299);
  EXPECT_EQ(price_of(table()[1], 1), 1399);
  EXPECT_EQ(price_of(table()[1], 1000), 1399);
  EXPECT_EQ(price_of(table()[1], 1001), 1499);
}

// Whatever the table: what is taken fits, and no row that fits and keeps the promise is cheaper.
TEST(Services, TheChoiceIsNeverBeatenByARowThatFits) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto upto = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most + 1)); };
  for (int round = 0; round < 5'000; ++round) {
    std::vector<Service> rows(static_cast<std::size_t>(upto(6)));
    for (auto& row : rows) {
      row.countries = upto(1) == 0 ? std::vector<std::string>{} : std::vector<std::string>{upto(1) == 0 ? "DE" : "FR"};
      row.to_g = upto(2) * 1000;
      row.days = upto(5);
      row.price = upto(4) * 100;
    }
    const ServiceFacts facts{"standard", upto(1) == 0 ? "DE" : "FR", upto(3) * 700, kMonday + upto(6) * kDay, kMonday, 0};
    const auto choice = choose_service(rows, facts);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool country = rows[i].countries.empty() || rows[i].countries.front() == facts.country;
      const bool fits = country && (rows[i].to_g == 0 || facts.weight_g <= rows[i].to_g);
      EXPECT_TRUE(!fits || choice.row) << "a row fits and none was taken";
      EXPECT_TRUE(choice.row != i || fits);
      if (!fits || !choice.row || choice.row == i) continue;
      const bool too_late = choice.verdicts[i] == ServiceVerdict::too_late;
      const bool faster = rows[*choice.row].days <= rows[i].days;
      const bool cheaper = price_of(rows[*choice.row], facts.weight_g) <= price_of(rows[i], facts.weight_g);
      EXPECT_TRUE(too_late ? !choice.late || faster : !choice.late && cheaper);
    }
  }
}
}  // namespace
}  // namespace roundtrip::domain
