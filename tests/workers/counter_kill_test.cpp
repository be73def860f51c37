// A shop's counter dies at every named step of taking goods that nobody had announced: the return, its receipt and its money are one.
#include <gtest/gtest.h>
#include <unistd.h>

#include "store/refunds.hpp"
#include "store/stock.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "support/self_child.hpp"
#include "usecases/policies.hpp"
#include "usecases/shop_returns.hpp"

namespace roundtrip::workers {
namespace {

usecases::ReturnRequest two_of(OrderId order, LineId line) {
  usecases::ReturnRequest wanted;
  wanted.order = order;
  wanted.lines = {{line, 2, "too_small", ""}};
  return wanted;
}

struct CounterChild : testing::Environment {
  void SetUp() override {
    const char* url = test::told("COUNTER_URL");
    if (url == nullptr) return;
    store::Database db(test::database_at(url));
    const usecases::Context context{db, MerchantId{test::told_number("MERCHANT")}, {"shop", "rosa"}, Instant{test::told_number("NOW")}};
    const LineId line{test::told_number("LINE")};
    const auto taken =
        test::told("RETURN") != nullptr
            ? usecases::take_over_counter(context, ReturnId{test::told_number("RETURN")}, {{line, 2, "restock", false, {}}}, "main")
            : usecases::take_without_return(context, two_of(OrderId{test::told_number("ORDER")}, line), "restock", "main");
    _exit(taken ? 0 : 3);
  }
};
[[maybe_unused]] const auto* const kCounterChild = testing::AddGlobalTestEnvironment(new CounterChild);

struct CounterKill : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();
  usecases::Context context() { return {db, merchant, {"shop", "rosa"}, now}; }
  test::MadeOrder three_mugs() {
    return test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", 3, 1000)}, {{"manual", "", 3000}}), now - 2 * kDay);
  }
  bool dies(const std::string& step, LineId line, const std::string& of_what, std::int64_t id) {
    return test::self_dies({{"COUNTER_URL", database.url()},
                            {"MERCHANT", std::to_string(merchant.value)},
                            {"NOW", std::to_string(now.us)},
                            {of_what, std::to_string(id)},
                            {"LINE", std::to_string(line.value)},
                            {"CRASH_AT", step}});
  }
  void expect_all_adds_up() {
    store::Session session(db);
    EXPECT_TRUE(store::money_faults(session, merchant).empty());
    EXPECT_TRUE(store::verify_stock(session, merchant).empty());
    EXPECT_TRUE(store::verify_timeline(db, merchant, std::nullopt).empty());
  }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }
};

TEST_F(CounterKill, WhatIsTakenOnTheSpotIsTakenWhollyOrNotAtAll) {
  ASSERT_TRUE(usecases::open_shop(context(), "main", "10-19"));
  std::int64_t taken = 0;
  for (const std::string step : {"counter.announced", "receipt.counted", "receipt.refund_requested", "receipt.stock_moved",
                                 "counter.before_commit", "counter.after_commit"}) {
    SCOPED_TRACE(step);
    const auto order = three_mugs();
    const std::string of = " WHERE order_id = " + std::to_string(order.id.value);
    ASSERT_TRUE(dies(step, order.lines[0], "ORDER", order.id.value));
    const bool committed = step == "counter.after_commit";
    EXPECT_EQ(ask("SELECT count(*) FROM returns" + of), committed ? 1 : 0);
    EXPECT_EQ(ask("SELECT announced FROM order_lines" + of), committed ? 2 : 0);
    // Staff press again: what was taken is not taken twice.
    const auto again = usecases::take_without_return(context(), two_of(order.id, order.lines[0]), "restock", "main");
    EXPECT_EQ(static_cast<bool>(again), !committed);
    taken += 2;
    EXPECT_EQ(ask<std::string>("SELECT string_agg(status, ',') FROM returns" + of), "received");
    EXPECT_EQ(ask<std::string>("SELECT announced || ' ' || returned || ' ' || released_units FROM order_lines" + of), "2 2 2");
    EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds" + of), 2000);
    EXPECT_EQ(ask("SELECT sum(on_hand)::bigint FROM stock"), taken);
  }
  expect_all_adds_up();
}

TEST_F(CounterKill, WhatWaitedForAPersonIsApprovedAndTakenOrStillWaits) {
  ASSERT_TRUE(usecases::open_shop(context(), "main", "10-19"));
  ASSERT_TRUE(usecases::change_policy(context(), R"({"auto_approve": false})"));
  for (const std::string step : {"counter.approved", "receipt.counted", "receipt.refund_requested", "receipt.stock_moved",
                                 "counter.before_commit", "counter.after_commit"}) {
    SCOPED_TRACE(step);
    const auto order = three_mugs();
    const std::string of = " WHERE order_id = " + std::to_string(order.id.value);
    const auto waiting = usecases::create_return(context(), two_of(order.id, order.lines[0]));
    ASSERT_TRUE(waiting) << waiting.error().message;
    ASSERT_EQ(waiting->status, "requested");
    ASSERT_TRUE(dies(step, order.lines[0], "RETURN", waiting->id.value));
    const bool committed = step == "counter.after_commit";
    EXPECT_EQ(ask<std::string>("SELECT status FROM returns" + of), committed ? "received" : "requested");
    const auto again = usecases::take_over_counter(context(), waiting->id, {{order.lines[0], 2, "restock", false, {}}}, "main");
    EXPECT_EQ(again && again->anything_new, !committed);
    EXPECT_EQ(ask<std::string>("SELECT announced || ' ' || returned || ' ' || released_units FROM order_lines" + of), "2 2 2");
    EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds" + of), 2000);
  }
  expect_all_adds_up();
}

TEST_F(CounterKill, WhatThePolicyLeavesWithTheCustomerIsPaidAndNotTaken) {
  ASSERT_TRUE(usecases::open_shop(context(), "main", "10-19"));
  for (const std::string approved : {"true", "false", "false, and announced before"}) {
    SCOPED_TRACE("auto_approve " + approved);
    const bool announced = approved.ends_with("before");
    ASSERT_TRUE(
        usecases::change_policy(context(), R"({"keep_item_below": 5000, "auto_approve": )" + approved.substr(0, approved.find(',')) + "}"));
    const auto order = three_mugs();
    const std::string of = " WHERE order_id = " + std::to_string(order.id.value);
    const auto wanted = two_of(order.id, order.lines[0]);
    const auto kept = announced ? usecases::take_over_counter(context(), usecases::create_return(context(), wanted).value().id,
                                                              {{order.lines[0], 2, "restock", false, {}}}, "main")
                                : usecases::take_without_return(context(), wanted, "restock", "main");
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_FALSE(kept->anything_new);
    EXPECT_EQ(ask<std::string>("SELECT reception FROM return_lines" + of), "kept");
    EXPECT_EQ(ask<std::string>("SELECT status FROM returns" + of), "closed");
    EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds" + of), 2000);
    EXPECT_EQ(ask("SELECT coalesce(sum(on_hand), 0)::bigint FROM stock"), 0);
  }
}

}  // namespace
}  // namespace roundtrip::workers
