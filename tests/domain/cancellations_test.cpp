// What a cancellation takes back of what was bought: the latest first, units used up, and a word for each way it ends.
#include "domain/cancellations.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace roundtrip::domain {
namespace {

struct Case {
  const char* what;
  bool customer, goods;
  std::int64_t units;
  std::vector<BoughtLine> bought;
  CancellationResult result;
  std::vector<std::int64_t> taken;
};

TEST(CancellationTest, EachWayToFindWhatWasBoughtHasItsWord) {
  using enum CancellationResult;
  const Case cases[] = {
      {"all of the latest line", true, true, 6, {{6, 6, true}, {9, 9, true}}, whole_line, {6, 0}},
      {"some of the latest line", true, true, 2, {{6, 6, true}}, part_of_line, {2}},
      {"the rest of a line is a part of it", true, true, 4, {{6, 4, true}}, part_of_line, {4}},
      {"the line cost something else", true, true, 6, {{6, 6, false}}, other_price, {6}},
      {"more than the latest line holds", true, true, 8, {{6, 6, true}, {9, 9, false}}, several_lines, {6, 2}},
      {"a line that is used up is passed over", true, true, 3, {{6, 0, true}, {3, 3, true}}, whole_line, {0, 3}},
      {"fewer than are taken back", true, true, 20, {{6, 6, true}, {9, 1, true}}, bought_less, {6, 1}},
      {"all taken back before", true, true, 1, {{6, 0, true}}, bought_less, {0}},
      {"nothing", true, true, 1, {}, never_bought, {}},
      {"nobody's", false, true, 1, {{6, 6, true}}, no_customer, {0}},
      {"postage", true, false, 1, {{6, 6, true}}, not_goods, {0}},
      {"nobody's postage", false, false, 1, {}, not_goods, {}},
  };
  for (const auto& one : cases) {
    const auto match = match_cancellation(one.customer, one.goods, one.units, one.bought);
    EXPECT_EQ(match.result, one.result) << one.what << ": " << to_text(match.result);
    EXPECT_EQ(match.taken, one.taken) << one.what;
  }
}

TEST(CancellationTest, NeverTakesMoreThanIsLeftNorMoreThanIsCanceled) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (int round = 0; round < 20'000; ++round) {
    std::vector<BoughtLine> bought(random() % 6);
    std::int64_t all = 0;
    for (auto& line : bought) {
      line.quantity = 1 + static_cast<std::int64_t>(random() % 90'000);
      line.left = static_cast<std::int64_t>(random()) % (line.quantity + 1);
      all += line.left;
    }
    const std::int64_t units = 1 + static_cast<std::int64_t>(random() % 100'000);
    const auto match = match_cancellation(true, true, units, bought);
    ASSERT_EQ(match.units(), std::min(units, all));
    for (std::size_t i = 0; i < bought.size(); ++i) {
      ASSERT_GE(match.taken[i], 0);
      ASSERT_LE(match.taken[i], bought[i].left);
    }
  }
}

}  // namespace
}  // namespace roundtrip::domain
