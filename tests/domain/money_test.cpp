// Money: allocation that sums exactly, shares that telescope in any batches, arithmetic that never wraps.
#include "domain/money.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <stdexcept>

namespace roundtrip::domain {
namespace {

struct Split {
  std::int64_t amount;
  std::vector<std::int64_t> weights, parts;
};

TEST(Money, AllocationByLargestRemainder) {
  const Split cases[] = {
      {100, {1, 1, 1}, {34, 33, 33}},
      {100, {1, 2}, {33, 67}},
      {-100, {1, 1, 1}, {-34, -33, -33}},
      {0, {5, 7}, {0, 0}},
      {1, {1, 1000}, {0, 1}},
      {7, {0, 0, 0}, {7, 0, 0}},
      {7, {0, 3, 0}, {0, 7, 0}},
      {5, {1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 0, 0}},
      {INT64_MAX, {1, 1}, {INT64_MAX / 2 + 1, INT64_MAX / 2}},
      {9, {INT64_MAX, INT64_MAX, INT64_MAX}, {3, 3, 3}},
      {10, {}, {}},
  };
  for (const auto& one : cases) EXPECT_EQ(allocate(one.amount, one.weights), one.parts) << one.amount;
  EXPECT_THROW(allocate(10, {1, -1}), std::logic_error);
}

TEST(Money, AllocatedPartsSumToTheAmountAndAreWithinOneOfTheirShare) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::int64_t> weights(1 + random() % 12);
    for (auto& weight : weights) weight = random() % 5 == 0 ? 0 : static_cast<std::int64_t>(random() % 1'000'000);
    const auto amount = static_cast<std::int64_t>(random() % 2'000'000'001) - 1'000'000'000;
    const auto parts = allocate(amount, weights);
    ASSERT_EQ(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}), amount);
    const auto total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    if (total == 0) continue;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const __int128 off = static_cast<__int128>(parts[i]) * total - static_cast<__int128>(amount) * weights[i];
      ASSERT_TRUE(off < total && -off < total) << "part " << i << " is a whole unit off";
    }
  }
}

TEST(Money, SharesOfAnyPartitionSumToTheAmount) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 5000; ++round) {
    const auto amount = static_cast<std::int64_t>(random() % 200'001) - 100'000;
    const auto quantity = static_cast<std::int64_t>(1 + random() % 50);
    std::int64_t before = 0, released = 0;
    while (before < quantity) {
      const auto after = before + 1 + static_cast<std::int64_t>(random()) % (quantity - before);
      const auto next = std::max(before + 1, std::min(quantity, after));
      const auto share = share_between(amount, before, next, quantity);
      ASSERT_TRUE(amount >= 0 ? share >= 0 : share <= 0);
      released += share;
      before = next;
    }
    ASSERT_EQ(released, amount) << amount << " over " << quantity;
  }
}

TEST(Money, HalvesGoToTheEvenUnit) {
  EXPECT_EQ(released_share(1, 1, 2), 0);
  EXPECT_EQ(released_share(3, 1, 2), 2);
  EXPECT_EQ(released_share(5, 1, 2), 2);
  EXPECT_EQ(released_share(-1, 1, 2), 0);
  EXPECT_EQ(released_share(-3, 1, 2), -2);
  EXPECT_EQ(released_share(INT64_MAX, 7, 7), INT64_MAX);
  EXPECT_EQ(released_share(INT64_MIN, 7, 7), INT64_MIN);
  EXPECT_THROW(released_share(1, 3, 2), std::logic_error);
  EXPECT_THROW(released_share(1, -1, 2), std::logic_error);
  EXPECT_THROW(released_share(1, 0, 0), std::logic_error);
}

TEST(Money, NothingWrapsAndCurrenciesDoNotMix) {
  EXPECT_THROW(add_exactly(INT64_MAX, 1), std::overflow_error);
  EXPECT_THROW(add_exactly(INT64_MIN, -1), std::overflow_error);
  EXPECT_THROW(multiply_exactly(INT64_MAX, 2), std::overflow_error);
  EXPECT_EQ(multiply_exactly(INT64_MIN, 1), INT64_MIN);
  EXPECT_EQ((Money{5, {"EUR"}} + Money{7, {"EUR"}}), (Money{12, {"EUR"}}));
  EXPECT_EQ((Money{5, {"EUR"}} - Money{7, {"EUR"}}), (Money{-2, {"EUR"}}));
  EXPECT_THROW((Money{5, {"EUR"}} + Money{7, {"USD"}}), std::logic_error);
}

TEST(Money, CurrenciesAndTheirDecimals) {
  for (const std::string_view code : {"EUR", "USD", "JPY", "KWD", "GBP", "AED", "ZWG", "XAF"}) EXPECT_TRUE(is_currency(code)) << code;
  for (const std::string_view code : {"", "EU", "EURO", "eur", "XXX", "XTS", "E R", "UR ", "DEM"}) EXPECT_FALSE(is_currency(code)) << code;
  EXPECT_EQ(exponent("EUR"), 2);
  EXPECT_EQ(exponent("JPY"), 0);
  EXPECT_EQ(exponent("KWD"), 3);
}

}  // namespace
}  // namespace roundtrip::domain
