// The customer changes an exchange for another one and the program dies: the old one or the new one is set aside, never both or none.
#include <gtest/gtest.h>
#include <unistd.h>

#include "store/refunds.hpp"
#include "store/stock.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "support/self_child.hpp"
#include "usecases/customer_returns.hpp"
#include "usecases/products.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::workers {
namespace {

usecases::ReturnRequest one_instead(OrderId order, LineId line, const std::string& sku) {
  usecases::ReturnRequest wanted;
  wanted.order = order;
  wanted.outcome = domain::ReturnOutcome::exchange;
  wanted.lines = {{line, 1, "too_small", ""}};
  wanted.exchange = {{line, sku, 1, std::nullopt, 0}};
  return wanted;
}

struct ChangeChild : testing::Environment {
  void SetUp() override {
    const char* url = test::told("CHANGE_URL");
    if (url == nullptr) return;
    store::Database db(test::database_at(url));
    const usecases::Context context{db, MerchantId{test::told_number("MERCHANT")}, {"customer", "ana"}, Instant{test::told_number("NOW")}};
    const auto wanted = one_instead(OrderId{test::told_number("ORDER")}, LineId{test::told_number("LINE")}, "GOLD");
    _exit(usecases::change_return(context, ReturnId{test::told_number("RETURN")}, wanted, {}) ? 0 : 3);
  }
};
[[maybe_unused]] const auto* const kChangeChild = testing::AddGlobalTestEnvironment(new ChangeChild);

TEST(ChangeKill, OneOfTwoExchangesIsSetAsideWhereverItDies) {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();
  const usecases::Context context{db, merchant, {"customer", "ana"}, now};
  const auto reserved = [&](const std::string& sku) {
    return store::Session(db).value<std::int64_t>("SELECT coalesce(sum(reserved), 0)::bigint FROM stock WHERE sku = $1", sku).value();
  };
  for (const std::string sku : {"BLUE", "GOLD"}) {
    ASSERT_TRUE(usecases::put_product(context, {.sku = sku, .name = sku}, std::nullopt));
    ASSERT_TRUE(usecases::move_stock(context, {.sku = sku, .quantity = 2, .reason = "receive"}));
  }
  std::int64_t changed = 0;
  for (const std::string step : {"change.before_commit", "change.after_commit"}) {
    SCOPED_TRACE(step);
    const auto order =
        test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", 1, 1000)}, {{"manual", "", 1000}}), now - 2 * kDay);
    const auto made = usecases::create_return(context, one_instead(order.id, order.lines[0], "BLUE"));
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(test::self_dies({{"CHANGE_URL", database.url()},
                                 {"MERCHANT", std::to_string(merchant.value)},
                                 {"NOW", std::to_string(now.us)},
                                 {"ORDER", std::to_string(order.id.value)},
                                 {"LINE", std::to_string(order.lines[0].value)},
                                 {"RETURN", std::to_string(made->id.value)},
                                 {"CRASH_AT", step}}));
    const bool committed = step == "change.after_commit";
    EXPECT_EQ(reserved("BLUE"), committed ? 0 : 1);
    EXPECT_EQ(reserved("GOLD"), changed + (committed ? 1 : 0));
    // The customer presses again.
    const auto again = usecases::change_return(context, made->id, one_instead(order.id, order.lines[0], "GOLD"), {});
    ASSERT_TRUE(again) << again.error().message;
    ++changed;
    EXPECT_EQ(reserved("BLUE"), 0);
    EXPECT_EQ(reserved("GOLD"), changed);
  }
  store::Session session(db);
  EXPECT_TRUE(store::money_faults(session, merchant).empty());
  EXPECT_TRUE(store::verify_stock(session, merchant).empty());
  EXPECT_TRUE(store::verify_timeline(db, merchant, std::nullopt).empty());
}

}  // namespace
}  // namespace roundtrip::workers
