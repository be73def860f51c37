// What a policy says of money, from the preview to the refund: the order in which payments give back, and the standard delivery's price.
#include <gtest/gtest.h>

#include <random>

#include "store/refunds.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/policies.hpp"
#include "usecases/returns.hpp"
#include "usecases/withdrawals.hpp"

namespace roundtrip::usecases {
namespace {

using test::line_of;

struct PolicyMoney : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();

  Context context() { return {db, merchant, {"floor", "returns-1"}, now}; }
  // Goods of 20.00 on two lines, and 18.45 for the express delivery: 15.00 and 3.45 tax.
  test::MadeOrder express(const std::string& country = "DE") {
    auto order = test::order_of({line_of("MUG", 3, 500), line_of("PLATE", 1, 500)}, {{"manual", "", 3845}});
    order.shipping_amount = 1500;
    order.shipping_tax = 345;
    const auto made = test::make_shipped_order(db, merchant, order, now - 5 * kDay);
    run("UPDATE orders SET ship_to = jsonb_set(ship_to, '{country}', to_jsonb('" + country +
        "'::text)) WHERE order_id = " + std::to_string(made.id.value));
    return made;
  }
  void use(const std::string& policy) {
    const auto saved = change_policy(context(), policy);
    ASSERT_TRUE(saved) << saved.error().message;
  }
  void run(const std::string& sql) { store::Session(db).script(sql); }
  std::int64_t ask(const std::string& sql) { return store::Session(db).value<std::int64_t>(sql).value(); }
  std::int64_t refunded(OrderId order) {
    return ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds WHERE state <> 'denied' AND order_id = " +
               std::to_string(order.value));
  }
  WithdrawalRequest withdrawal_of(const test::MadeOrder& order) {
    WithdrawalRequest request;
    request.order = order.id;
    request.name = "Lena";
    request.locale = "en";
    request.time_zone = "Europe/Berlin";
    return request;
  }
  void expect_clean() {
    store::Session session(db);
    const auto money = store::money_faults(session, merchant);
    EXPECT_TRUE(money.empty()) << money.front();
  }
};

TEST_F(PolicyMoney, AWithdrawalPaysBackTheStandardDeliveryHoweverManyParcelsComeBack) {
  use(R"({"standard_shipping": {"EUR": 615, "EUR-PT": 1000}})");
  for (const auto& [country, wanted] : {std::pair{"DE", 2615}, {"PT", 3000}}) {
    const auto order = express(country);
    const auto preview = preview_withdrawal(context(), withdrawal_of(order));
    ASSERT_TRUE(preview) << preview.error().message;
    EXPECT_EQ(preview->money.amount(), wanted) << country;
    const auto made = withdraw(context(), withdrawal_of(order));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->amount, wanted) << "what the receipt says";
    EXPECT_NE(made->receipt.find(wanted == 2615 ? "26.15" : "30.00"), std::string::npos) << made->receipt;
    for (const auto& line : {order.lines[0], order.lines[1], order.lines[0], order.lines[0]})
      ASSERT_TRUE(receive_return_now(context(), *made->return_id, {{line, 1, ""}}, ""));
    EXPECT_EQ(refunded(order.id), wanted) << "what is paid";
  }
  expect_clean();
}

TEST_F(PolicyMoney, WithoutAStandardPriceOrForAnOrdinaryReturnAllOfTheShippingComesBack) {
  use(R"({"standard_shipping": {"GBP": 100}})");
  EXPECT_EQ(withdraw(context(), withdrawal_of(express()))->amount, 3845);
  use(R"({"standard_shipping": {"EUR": 100}})");
  const auto order = express();
  ReturnRequest wanted;
  wanted.order = order.id;
  wanted.lines = {{order.lines[0], 3, "changed_mind", ""}, {order.lines[1], 1, "changed_mind", ""}};
  const auto made = create_return(context(), wanted);
  ASSERT_TRUE(made);
  ASSERT_TRUE(receive_return_now(context(), made->id, {}, ""));
  EXPECT_EQ(refunded(order.id), 3845);
  expect_clean();
}

TEST_F(PolicyMoney, GoodsThatStayAfterAWithdrawalBringNoMoreOfTheShippingEither) {
  use(R"({"standard_shipping": {"EUR": 500}, "keep_item_below": 9000})");
  const auto order = express();
  const auto preview = preview_withdrawal(context(), withdrawal_of(order));
  ASSERT_TRUE(preview);
  EXPECT_FALSE(preview->goods_to_send);
  EXPECT_EQ(preview->money.amount(), 2500);
  EXPECT_EQ(withdraw(context(), withdrawal_of(order))->amount, 2500);
  EXPECT_EQ(refunded(order.id), 2500);
  expect_clean();
}

TEST_F(PolicyMoney, ThePreviewSaysWhyNotAllOfTheShippingComesBack) {
  use(R"({"standard_shipping": {"EUR": 615}})");
  const auto order = express();
  ReturnRequest wanted;
  wanted.order = order.id;
  wanted.kind = domain::ReturnKind::withdrawal;
  wanted.lines = {{order.lines[0], 3, "", ""}, {order.lines[1], 1, "", ""}};
  wanted.reader = {"en", "UTC"};
  const auto preview = preview_return(context(), wanted);
  ASSERT_TRUE(preview) << preview.error().message;
  std::string said;
  for (const auto& step : preview->decision.trace) said += step.result + "\n";
  EXPECT_NE(said.find("18.45"), std::string::npos) << said;
  EXPECT_NE(said.find("6.15"), std::string::npos) << said;
}

TEST_F(PolicyMoney, WhichOfSeveralPaymentsGivesBackFirstIsThePolicysChoice) {
  const std::pair<const char*, std::int64_t> kWanted[] = {{"money_first", 0}, {"credit_first", 1000}, {"proportional", 250}};
  for (const auto& [word, to_credit] : kWanted) {
    use(R"({"refund_order": ")" + std::string(word) + "\"}");
    auto order = test::order_of({line_of("MUG", 4, 1000)}, {{"manual", "", 3000}, {"store_credit", "vch_1", 1000}});
    const auto made = test::make_shipped_order(db, merchant, order, now - 5 * kDay);
    ReturnRequest wanted;
    wanted.order = made.id;
    wanted.lines = {{made.lines[0], 1, "changed_mind", ""}};
    EXPECT_EQ(preview_return(context(), wanted)->money.amount(), 1000);
    const auto back = create_return(context(), wanted);
    ASSERT_TRUE(back);
    ASSERT_TRUE(receive_return_now(context(), back->id, {}, ""));
    const std::string of = " FROM refunds WHERE order_id = " + std::to_string(made.id.value);
    EXPECT_EQ(ask("SELECT coalesce(sum(amount) FILTER (WHERE gateway = 'store_credit'), 0)::bigint" + of), to_credit) << word;
    EXPECT_EQ(ask("SELECT sum(amount)::bigint" + of), 1000);
  }
}

TEST_F(PolicyMoney, FaultsOfTheNewFieldsAreNamedWhereTheyAre) {
  const auto refused =
      change_policy(context(), R"({"standard_shipping": {"EUR": 5, "EURO": 1, "EUR-at": 1, "USD": -1}, "refund_order": "x"})");
  ASSERT_FALSE(refused);
  std::string pointers;
  for (const auto& fault : refused.error().faults) pointers += fault.pointer + " ";
  for (const char* wanted : {"/standard_shipping/EURO ", "/standard_shipping/EUR-at ", "/standard_shipping/USD ", "/refund_order "})
    EXPECT_NE(pointers.find(wanted), std::string::npos) << pointers;
  EXPECT_EQ(pointers.find("/standard_shipping/EUR "), std::string::npos);
}

}  // namespace
}  // namespace roundtrip::usecases
