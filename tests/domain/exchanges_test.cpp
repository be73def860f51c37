// What an exchange does next, whoever owes whom; and that its even price is the goods' own.
#include "domain/exchanges.hpp"

#include <gtest/gtest.h>

#include <random>

namespace roundtrip::domain {
namespace {

// Follows the facts until they ask for nothing more.
ExchangeState settle(ExchangeFacts facts) {
  for (int steps = 0; steps < 10; ++steps) {
    const auto event = next_event(facts);
    if (!event) return facts.state;
    const auto next = next_state(kExchangeSteps, facts.state, *event);
    EXPECT_TRUE(next) << "no step from " << to_text(facts.state);
    if (!next) return facts.state;
    facts.state = *next;
  }
  ADD_FAILURE() << "an exchange that never rests";
  return facts.state;
}

ExchangeFacts approved(std::int64_t total, std::int64_t credit) {
  ExchangeFacts facts;
  facts.approved = facts.goods_open = true;
  facts.total = total;
  facts.credit = credit;
  return facts;
}

TEST(Exchange, RestsWhereItWaitsForSomebody) {
  EXPECT_EQ(settle(approved(1000, 1000)), ExchangeState::awaiting_goods);
  EXPECT_EQ(settle(approved(1500, 1000)), ExchangeState::awaiting_payment);
  EXPECT_EQ(settle(approved(500, 1000)), ExchangeState::awaiting_goods);
  auto sent = approved(1000, 1000);
  sent.triggered = true;
  EXPECT_EQ(settle(sent), ExchangeState::released) << "sent at approval, the goods are still under way";
  auto owing = approved(1500, 1000);
  owing.triggered = true;
  EXPECT_EQ(settle(owing), ExchangeState::awaiting_payment) << "a trigger does not send what is not paid";
  owing.held = 500;
  EXPECT_EQ(settle(owing), ExchangeState::released);
  ExchangeFacts waiting;
  waiting.goods_open = true;
  EXPECT_EQ(settle(waiting), ExchangeState::requested);
}

TEST(Exchange, GoodsThatDoNotComeCancelItOrMakeTheCustomerOwe) {
  auto facts = approved(1000, 1000);
  facts.goods_open = false;
  EXPECT_EQ(settle(facts), ExchangeState::canceled);
  facts.state = ExchangeState::released;
  EXPECT_EQ(settle(facts), ExchangeState::canceled) << "released, but nothing has left";
  facts.replacement_left = true;
  EXPECT_EQ(settle(facts), ExchangeState::customer_owes);
  EXPECT_EQ(owed(facts), 1000);
  facts.let_go = 1000;
  EXPECT_EQ(settle(facts), ExchangeState::completed);
}

TEST(Exchange, APartThatWasRejectedIsOwed) {
  auto facts = approved(1000, 1000);
  facts.goods_open = false;
  facts.goods_accepted = true;
  facts.brought = facts.held = 600;
  facts.triggered = true;
  EXPECT_EQ(settle(facts), ExchangeState::awaiting_payment) << "before it has left the customer decides";
  EXPECT_EQ(owed(facts), 400);
  facts.state = ExchangeState::released;
  facts.replacement_left = true;
  EXPECT_EQ(settle(facts), ExchangeState::customer_owes);
}

TEST(Exchange, AlwaysComesToRestAndNeverOwesLessThanNothing) {
  const unsigned seed = std::random_device{}();
  RecordProperty("seed", static_cast<int>(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto coin = [&] { return random() % 2 == 0; };
  for (int i = 0; i < 100'000; ++i) {
    ExchangeFacts facts;
    facts.state = kExchangeStates[random() % std::size(kExchangeStates)].value;
    facts.approved = coin();
    facts.triggered = coin();
    facts.goods_open = coin();
    facts.goods_accepted = coin();
    facts.replacement_left = coin();
    facts.replacement_canceled = !facts.replacement_left && coin();
    facts.total = random() % 2000;
    facts.credit = random() % 2000;
    facts.held = random() % 2000;
    facts.brought = std::min<std::int64_t>(facts.held, random() % 2000);
    facts.let_go = random() % 100;
    ASSERT_GE(owed(facts), 0);
    ASSERT_LE(owed(facts), facts.total);
    ASSERT_GE(room_of(facts), 0);
    settle(facts);
    if (HasFailure()) return;
  }
}

TEST(Exchange, AnEvenPriceIsTheGoodsOwn) {
  std::mt19937 random(7);
  for (int i = 0; i < 10'000; ++i) {
    const Components goods{static_cast<std::int64_t>(random() % 100'000), static_cast<std::int64_t>(random() % 100),
                           static_cast<std::int64_t>(random() % 2000), 0, 0};
    const std::int64_t units = 1 + random() % 7;
    const auto even = even_price(goods, units);
    ASSERT_EQ(even.unit_price * units - even.discount + even.tax, goods.amount());
    ASSERT_GE(even.discount, goods.discount);
  }
}

}  // namespace
}  // namespace roundtrip::domain
