// The replacement of an exchange over a shop's counter: once, out of the shop's stock, whoever was to send it, and whoever asks at once.
#include <barrier>
#include <thread>

#include "usecases/cases_world.hpp"
#include "usecases/orders.hpp"
#include "usecases/shop_returns.hpp"

namespace roundtrip::usecases {
namespace {

struct CounterHandover : test::CasesWorld {
  void SetUp() override {
    run("INSERT INTO warehouses (merchant_id, name, address) SELECT merchant_id, 'chiado', '{}' FROM merchants");
    run("INSERT INTO bins (merchant_id, warehouse_id, name) SELECT merchant_id, warehouse_id, 'C-1' FROM warehouses WHERE name = 'chiado'");
    ASSERT_TRUE(open_shop(context(), "chiado", "10-19"));
  }
  void stock_shop(const std::string& sku, std::int64_t units) {
    Movement movement;
    movement.warehouse = "chiado";
    movement.sku = sku;
    movement.quantity = units;
    movement.reason = "receive";
    ASSERT_TRUE(move_stock(context(), movement));
  }
  // An exchange whose goods were taken, so that its replacement may go.
  ReturnView taken(std::int64_t units) {
    const auto order = two_lines();
    const auto made = make(exchange_of(order, order.lines[0], units, "MUG-BLUE"));
    const auto received = take_over_counter(context("shop"), made.id, {{order.lines[0], units, ""}}, "chiado");
    EXPECT_TRUE(received) << received.error().message;
    return made;
  }
  std::string code_of(const Done& answer) { return answer ? "done" : answer.error().code; }
  std::string level(const std::string& warehouse) {
    return ask<std::string>(
        "SELECT coalesce(sum(s.on_hand), 0) || ' ' || coalesce(sum(s.reserved), 0) FROM stock s JOIN warehouses w USING "
        "(warehouse_id) WHERE s.sku = 'MUG-BLUE' AND w.name = '" +
        warehouse + "'");
  }
  std::string replacement(const ReturnView& made) {
    return ask<std::string>(
        "SELECT o.status || ' ' || sum(l.shipped) || ' of ' || sum(l.quantity) FROM orders o JOIN order_lines l USING "
        "(order_id) WHERE order_id = " +
        std::to_string(made.exchange->replacement->value) + " GROUP BY o.status");
  }
};

TEST_F(CounterHandover, TheShopsOwnPieceGoesAndTheWarehousesIsFreeAgain) {
  stock_up("MUG-BLUE", 1);
  stock_shop("MUG-BLUE", 2);
  const auto made = taken(1);
  EXPECT_EQ(level("main"), "1 1");
  ASSERT_EQ(code_of(hand_over_replacement(context("shop"), made.id, "chiado")), "done");
  EXPECT_EQ(level("main"), "1 0");
  EXPECT_EQ(level("chiado"), "1 0");
  EXPECT_EQ(replacement(made), "delivered 1 of 1");
  EXPECT_EQ(read_exchange(context(), made.id)->state, "completed");
  EXPECT_EQ(code_of(hand_over_replacement(context("shop"), made.id, "chiado")), "nothing_to_hand_over");
  EXPECT_EQ(level("chiado"), "1 0");
  expect_clean();
}

TEST_F(CounterHandover, ARefusalChangesNothing) {
  stock_up("MUG-BLUE", 1);
  const auto order = two_lines();
  const auto waiting = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  EXPECT_EQ(code_of(hand_over_replacement(context("shop"), waiting.id, "chiado")), "not_released");
  EXPECT_EQ(code_of(hand_over_replacement(context("shop"), waiting.id, "porto")), "unknown_shop");
  ASSERT_TRUE(take_over_counter(context("shop"), waiting.id, {{order.lines[0], 1, ""}}, "chiado"));
  EXPECT_EQ(code_of(hand_over_replacement(context("shop"), waiting.id, "chiado")), "not_in_shop");
  EXPECT_EQ(level("main"), "1 1") << "the warehouse sends it";
  EXPECT_EQ(ask("SELECT count(*) FROM parcels WHERE order_id = " + std::to_string(waiting.exchange->replacement->value)), 0);
  expect_clean();
}

TEST_F(CounterHandover, ALineThatTwoShipmentsHoldIsHandedOverOnce) {
  stock_up("MUG-BLUE", 1);
  const auto made = taken(2);
  stock_up("MUG-BLUE", 1);  // the one that was waited for: a shipment of its own
  ASSERT_EQ(
      ask("SELECT count(*) FROM shipments WHERE status <> 'canceled' AND order_id = " + std::to_string(made.exchange->replacement->value)),
      2);
  stock_shop("MUG-BLUE", 3);
  ASSERT_EQ(code_of(hand_over_replacement(context("shop"), made.id, "chiado")), "done");
  EXPECT_EQ(level("main"), "2 0");
  EXPECT_EQ(level("chiado"), "1 0");
  EXPECT_EQ(replacement(made), "delivered 2 of 2");
  expect_clean();
}

TEST_F(CounterHandover, TwoCountersAtOnceHandItOverOnce) {
  constexpr int kRounds = 8, kCounters = 3;
  stock_up("MUG-BLUE", kRounds);
  stock_shop("MUG-BLUE", kRounds * kCounters);
  for (int round = 0; round < kRounds; ++round) {
    const auto made = taken(1);
    std::barrier<> together(kCounters);
    std::vector<std::string> answers(kCounters);
    std::vector<std::thread> counters;
    for (int i = 0; i < kCounters; ++i) {
      counters.emplace_back([&, i] {
        together.arrive_and_wait();
        answers[static_cast<std::size_t>(i)] = code_of(hand_over_replacement(context("shop"), made.id, "chiado"));
      });
    }
    for (auto& counter : counters) counter.join();
    EXPECT_EQ(std::count(answers.begin(), answers.end(), "done"), 1);
    EXPECT_EQ(std::count(answers.begin(), answers.end(), "nothing_to_hand_over"), kCounters - 1);
    EXPECT_EQ(replacement(made), "delivered 1 of 1");
  }
  EXPECT_EQ(level("main"), std::to_string(kRounds) + " 0");
  EXPECT_EQ(level("chiado"), std::to_string(kRounds * (kCounters - 1)) + " 0");
  expect_clean();
}

}  // namespace
}  // namespace roundtrip::usecases
