// Orders: frozen money that sums to the total, every fault at once, the state from the lines.
#include "domain/orders.hpp"

#include <gtest/gtest.h>

#include <random>

namespace roundtrip::domain {
namespace {

NewOrder some_order() {
  NewOrder order;
  order.external_id = "SO-1";
  order.currency = "EUR";
  order.ship_to.country = "PT";
  order.lines = {{"1", "MUG", "Mug", 2, 1250, 300, 506, true}};
  return order;
}

TEST(Orders, FrozenLinesSumToTheTotal) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto upto = [&](std::int64_t most) { return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1)); };
  for (int round = 0; round < 3000; ++round) {
    NewOrder order = some_order();
    order.lines.clear();
    std::int64_t value = 0;
    for (auto count = 1 + upto(8); count > 0; --count) {
      NewLine line{"", "SKU", "", 1 + upto(20), upto(5000), 0, upto(3000), true};
      line.discount = upto(line.quantity * line.unit_price);
      value += line.quantity * line.unit_price - line.discount;
      order.lines.push_back(line);
    }
    order.discount = upto(value);
    order.shipping_amount = upto(2000);
    order.shipping_tax = upto(500);
    ASSERT_TRUE(check(order).empty());
    std::int64_t sum = 0;
    for (const auto& line : freeze(order)) {
      sum += line.price - line.discount + line.tax + line.shipping;
      ASSERT_LE(line.discount, line.price) << "a line cannot be worth less than nothing";
    }
    ASSERT_EQ(sum, total_of(order));
  }
}

TEST(Orders, EveryFaultIsToldWithItsPlace) {
  struct Fault {
    const char* what;
    void (*spoil)(NewOrder&);
    std::string pointer;
  };
  const Fault cases[] = {
      {"no number", [](NewOrder& order) { order.external_id.clear(); }, "/external_id"},
      {"no currency", [](NewOrder& order) { order.currency = "XXX"; }, "/currency"},
      {"no country", [](NewOrder& order) { order.ship_to.country = "pt"; }, "/ship_to/country"},
      {"no lines", [](NewOrder& order) { order.lines.clear(); }, "/lines"},
      {"no SKU", [](NewOrder& order) { order.lines[0].sku.clear(); }, "/lines/0/sku"},
      {"no units", [](NewOrder& order) { order.lines[0] = {"", "A", "", 0, 1, 0, 0, true}; }, "/lines/0/quantity"},
      {"negative goods", [](NewOrder& order) { order.lines[0].unit_price = -1; }, "/lines/0/unit_price"},
      {"too dear", [](NewOrder& order) { order.lines[0] = {"", "A", "", 100'000'000, 1'000'000'000'000'000, 0, 0, true}; },
       "/lines/0/unit_price"},
      {"line discount above price", [](NewOrder& order) { order.lines[0].discount = 2501; }, "/lines/0/discount"},
      {"order discount above lines", [](NewOrder& order) { order.discount = 2201; }, "/discount"},
  };
  for (const auto& one : cases) {
    NewOrder order = some_order();
    one.spoil(order);
    const auto faults = check(order);
    ASSERT_EQ(faults.size(), 1U) << one.what;
    EXPECT_EQ(faults[0].pointer, one.pointer) << one.what;
  }
  EXPECT_TRUE(check(some_order()).empty());
  NewOrder all = some_order();
  all.currency = "";
  all.external_id = "";
  all.lines[0] = {"", "A", "", 0, 1, 0, 0, true};
  EXPECT_EQ(check(all).size(), 3U);
}

TEST(Orders, ManyDearLinesDoNotOverflow) {
  NewOrder order = some_order();
  order.lines.assign(5000, {"", "A", "", 1000, 1'000'000'000'000'000, 0, 0, true});
  const auto faults = check(order);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, "amount_too_large");
}

TEST(Orders, TheStateFollowsFromTheLines) {
  struct Case {
    std::vector<LineProgress> lines;
    OrderStatus status;
  };
  // quantity, canceled, shipped, delivered, goods
  const Case cases[] = {
      {{{2, 0, 0, 0, true}}, OrderStatus::open},
      {{{2, 0, 1, 0, true}}, OrderStatus::partly_shipped},
      {{{2, 0, 2, 0, true}}, OrderStatus::shipped},
      {{{2, 0, 2, 1, true}}, OrderStatus::shipped},
      {{{2, 0, 2, 2, true}}, OrderStatus::delivered},
      {{{2, 2, 0, 0, true}}, OrderStatus::canceled},
      {{{2, 1, 1, 0, true}}, OrderStatus::shipped},
      {{{2, 1, 1, 1, true}}, OrderStatus::delivered},
      {{{2, 0, 2, 0, true}, {1, 0, 0, 0, true}}, OrderStatus::partly_shipped},
      {{{2, 0, 2, 2, true}, {1, 1, 0, 0, true}}, OrderStatus::delivered},
      {{{1, 0, 0, 0, false}}, OrderStatus::closed},
      {{{1, 1, 0, 0, false}}, OrderStatus::canceled},
      {{{2, 2, 0, 0, true}, {1, 0, 0, 0, false}}, OrderStatus::canceled},
      {{{2, 0, 2, 2, true}, {1, 0, 0, 0, false}}, OrderStatus::delivered},
  };
  for (std::size_t i = 0; i < std::size(cases); ++i) EXPECT_EQ(to_text(derive_status(cases[i].lines)), to_text(cases[i].status)) << i;
}

}  // namespace
}  // namespace roundtrip::domain
