// Money that does not wait for a receipt: goods that stay with the customer, and refunds ahead of the goods.
#include "usecases/return_money.hpp"

#include <gtest/gtest.h>

#include <random>

#include "store/desk.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "support/tracking_world.hpp"
#include "usecases/customer_returns.hpp"
#include "usecases/policies.hpp"
#include "usecases/refunds.hpp"
#include "usecases/returns.hpp"
#include "usecases/withdrawals.hpp"

namespace roundtrip::usecases {
namespace {

using test::line_of;

struct ReturnMoneyTest : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();

  Context context() { return {db, merchant, {"floor", "returns-1"}, now}; }
  // 2 mugs at 12.50 less 3.00, tax 5.06; a plate at 9.99; shipping 5.00 + 1.15 tax: 45.20 in all, of which 42.20 were captured.
  test::MadeOrder two_lines() {
    auto order = test::order_of({line_of("MUG", 2, 1250, 300, 506), line_of("PLATE", 1, 999, 0, 200)}, {{"manual", "", 4220}});
    order.shipping_amount = 500;
    order.shipping_tax = 115;
    return test::make_shipped_order(db, merchant, order, now - 5 * kDay);
  }
  void use(const std::string& policy) {
    const auto saved = change_policy(context(), policy);
    ASSERT_TRUE(saved) << saved.error().message;
  }
  ReturnView make(const test::MadeOrder& order, std::vector<WantedLine> lines, const std::string& number = "") {
    ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = std::move(lines);
    wanted.tracking_number = number;
    const auto made = create_return(context(), wanted);
    if (!made) throw std::runtime_error(made.error().code + ": " + made.error().message);
    return *made;
  }
  void carrier_scans(const test::MadeOrder& order, ReturnId id) {
    store::Transaction tx(db);
    auto head = store::lock_order(tx, merchant, order.id);
    advance_return_money(tx, context(), *head, id);
    store::save_head(tx, merchant, *head, now);
    tx.commit();
  }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }
  std::int64_t refunded() { return ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds WHERE state <> 'denied'"); }
  bool wants_a_person() {
    store::Session session(db);
    for (const auto& group : store::attention(session, merchant, now)) {
      if (group.kind == "advance_open") return true;
    }
    return false;
  }
  void expect_clean() {
    store::Session session(db);
    const auto money = store::money_faults(session, merchant);
    EXPECT_TRUE(money.empty()) << money.front();
    EXPECT_EQ(ask("SELECT count(*) FROM order_lines WHERE released_units > quantity OR announced > quantity"), 0);
  }
};

TEST_F(ReturnMoneyTest, WhatIsWorthTooLittleToSendBackIsPaidAtOnceAndNothingIsAwaited) {
  use(R"({"keep_item_below": 1500, "freight": "customer", "freight_fee": 400, "restocking_basis_points": 1000})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[1], 1, "changed_mind", ""}});
  EXPECT_EQ(made.status, "closed");
  EXPECT_EQ(made.lines.at(0).reception, "kept");
  EXPECT_EQ(made.lines.at(0).received, 0);
  ASSERT_EQ(made.refunds.size(), 1U);
  EXPECT_EQ(refunded(), ask("SELECT price_amount - discount_amount + tax_amount + shipping_amount FROM order_lines WHERE sku = 'PLATE'"));
  EXPECT_EQ(ask("SELECT count(*) FROM stock_movements"), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM trackers"), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM returns WHERE received_at IS NOT NULL"), 0);
  // Nothing can be received of it or canceled, and its units are not returned again.
  EXPECT_FALSE(receive_return_now(context(), made.id, {}, "")->anything_new);
  EXPECT_FALSE(cancel_return(context(), made.id));
  ReturnRequest again;
  again.order = order.id;
  again.lines = {{order.lines[1], 1, "", ""}};
  EXPECT_EQ(create_return(context(), again).error().code, "units_not_returnable");
  // Once per order: what else is cheap comes back.
  EXPECT_EQ(make(order, {{order.lines[0], 1, "changed_mind", ""}}).lines.at(0).reception, "awaiting");
  expect_clean();
}

TEST_F(ReturnMoneyTest, APersonWhoApprovesLetsTheGoodsStayToo) {
  use(R"({"keep_item_below": 5000, "auto_approve": false})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "changed_mind", ""}});
  EXPECT_EQ(made.status, "requested");
  EXPECT_EQ(refunded(), 0);
  const auto approved = approve_return(context(), made.id, 28);
  ASSERT_TRUE(approved);
  EXPECT_EQ(approved->status, "closed");
  EXPECT_EQ(approved->lines.at(0).reception, "kept");
  EXPECT_GT(refunded(), 0);
  EXPECT_FALSE(approve_return(context(), made.id, 28));
  expect_clean();
}

TEST_F(ReturnMoneyTest, TheCarriersScanPaysAheadOnceAndTheReceiptPaysNothingMore) {
  use(R"({"trigger": "carrier_scan"})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
  carrier_scans(order, made.id);
  EXPECT_EQ(refunded(), 4220);
  carrier_scans(order, made.id);
  EXPECT_EQ(refunded(), 4220);
  // The money is out: it is neither changed nor canceled any more.
  ReturnRequest other;
  other.lines = {{order.lines[1], 1, "", ""}};
  EXPECT_EQ(change_return(context(), made.id, other, {}).error().code, "return_state");
  EXPECT_EQ(cancel_return(context(), made.id).error().code, "return_state");
  EXPECT_FALSE(wants_a_person());
  const auto received = receive_return_now(context(), made.id, {}, "");
  ASSERT_TRUE(received);
  EXPECT_TRUE(received->refunds.empty());
  EXPECT_EQ(refunded(), 4220);
  EXPECT_FALSE(wants_a_person());
  EXPECT_EQ(ask("SELECT on_hand FROM stock WHERE sku = 'MUG'"), 2);
  expect_clean();
}

TEST_F(ReturnMoneyTest, TheCapHoldsInWholeUnitsAndTheReceiptPaysTheRest) {
  use(R"({"trigger": "carrier_scan", "advance_cap": 2000, "freight": "customer", "freight_fee": 100})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
  carrier_scans(order, made.id);
  EXPECT_GT(refunded(), 0);
  EXPECT_LE(refunded(), 2000);
  EXPECT_EQ(ask("SELECT sum(advanced)::bigint FROM return_lines"), 1);
  ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
  EXPECT_EQ(ask("SELECT sum(fees)::bigint FROM refunds"), 100);  // the freight is kept once
  expect_clean();
}

TEST_F(ReturnMoneyTest, WhatWasStoppedBeforeItWentAheadIsPaidOnTheReceiptAndDoesNotGoAheadAgain) {
  use(R"({"trigger": "carrier_scan", "refund_delay_hours": 48})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
  carrier_scans(order, made.id);
  EXPECT_EQ(refunded(), 4220);
  const auto due = ask<Instant>("SELECT due_at FROM refunds");
  EXPECT_EQ(due, now + 48 * kHour);
  EXPECT_EQ(ask<Instant>("SELECT run_at FROM jobs WHERE kind = 'refund'"), due);
  const Context ana{db, merchant, {"desk", "ana"}, now};
  ASSERT_TRUE(deny_refund(ana, RefundId{ask("SELECT refund_id FROM refunds")}, "call them first"));
  EXPECT_EQ(refunded(), 0);
  EXPECT_EQ(ask("SELECT sum(advanced)::bigint FROM return_lines"), 0);
  EXPECT_EQ(ask("SELECT sum(released_units)::bigint FROM order_lines"), 0);
  carrier_scans(order, made.id);
  EXPECT_EQ(refunded(), 0);
  now = now + 30 * kDay;
  EXPECT_FALSE(wants_a_person());
  ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
  EXPECT_EQ(refunded(), 4220);
  expect_clean();
}

TEST_F(ReturnMoneyTest, AReceiptTakenBackLeavesWhatWentAheadOwed) {
  use(R"({"trigger": "carrier_scan", "advance_cap": 2000})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}});
  carrier_scans(order, made.id);
  const auto ahead = refunded();
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
    EXPECT_GT(refunded(), ahead);
    const auto undone = undo_receipt_now(context(), made.id, std::nullopt);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(refunded(), ahead);
    EXPECT_EQ(cancel_return(context(), made.id).error().code, "return_state");
  }
  ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
  EXPECT_EQ(refunded(), ask("SELECT price_amount - discount_amount + tax_amount + shipping_amount FROM order_lines WHERE sku = 'MUG'"));
  expect_clean();
}

TEST_F(ReturnMoneyTest, AWithdrawalNeverWaitsAndSaysWhenTheGoodsStay) {
  use(R"({"keep_item_below": 5000, "freight": "customer", "freight_fee": 400, "refund_delay_hours": 72})");
  const auto order = two_lines();
  WithdrawalRequest request;
  request.order = order.id;
  request.name = "Lena";
  request.locale = "en";
  request.time_zone = "Europe/Berlin";
  const auto preview = preview_withdrawal(context(), request);
  ASSERT_TRUE(preview) << preview.error().message;
  EXPECT_FALSE(preview->goods_to_send);
  EXPECT_EQ(preview->money.amount(), 4220);
  const auto made = withdraw(context(), request);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->amount, 4220);
  EXPECT_EQ(refunded(), 4220);
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE due_at IS NOT NULL"), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM return_lines WHERE reception <> 'kept'"), 0);
  expect_clean();
}

TEST_F(ReturnMoneyTest, GoodsThatDoNotComeAfterTheirMoneyEndWithAPerson) {
  use(R"({"trigger": "carrier_scan", "advance_days": 10})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}});
  carrier_scans(order, made.id);
  now = now + 9 * kDay;
  EXPECT_FALSE(wants_a_person());
  now = now + 2 * kDay;
  EXPECT_TRUE(wants_a_person());
  ASSERT_TRUE(settle_advance(context(), made.id, "lost, the carrier pays"));
  EXPECT_FALSE(wants_a_person());
  EXPECT_FALSE(settle_advance(context(), made.id, "again"));
  // The shop bears what it paid for them.
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM ledger WHERE account = 'write_offs'"), refunded());
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM ledger"), 0);
  expect_clean();
}

TEST_F(ReturnMoneyTest, GoodsRejectedAfterTheirMoneyEndWithAPerson) {
  use(R"({"trigger": "carrier_scan"})");
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}});
  carrier_scans(order, made.id);
  ask("WITH x AS (UPDATE return_lines SET received = 2, rejected = 2, reception = 'received', acceptance = 'rejected' RETURNING 1) SELECT "
      "count(*) FROM x");
  EXPECT_TRUE(wants_a_person());
}

TEST_F(ReturnMoneyTest, ATiersTriggerComesForwardForItsCustomersOnly) {
  use(R"({"trigger": "inspection", "trigger_by_tier": {"platinum": "carrier_scan"}})");
  const auto plain = two_lines(), platinum = two_lines();
  ask("WITH x AS (UPDATE orders SET customer_tier = 'platinum' WHERE order_id = " + std::to_string(platinum.id.value) +
      " RETURNING 1) SELECT count(*) FROM x");
  const auto first = make(plain, {{plain.lines[1], 1, "", ""}}), second = make(platinum, {{platinum.lines[1], 1, "", ""}});
  carrier_scans(plain, first.id);
  EXPECT_EQ(refunded(), 0);
  carrier_scans(platinum, second.id);
  EXPECT_GT(refunded(), 0);
}

TEST_F(ReturnMoneyTest, AnyMixOfCapsAndReceiptsPaysEverythingOnce) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most + 1)); };
  for (int round = 0; round < 12; ++round) {
    use(R"({"trigger": "carrier_scan", "advance_cap": )" + std::to_string(pick(4500)) + "}");
    const auto before = refunded();
    const auto order = two_lines();
    const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
    const int moment = pick(3);
    if (moment == 0) carrier_scans(order, made.id);
    ASSERT_TRUE(receive_return_now(context(), made.id, {{order.lines[0], 1, ""}}, ""));
    if (moment == 1) carrier_scans(order, made.id);
    ASSERT_TRUE(receive_return_now(context(), made.id, {{order.lines[1], 1, ""}}, ""));
    if (moment == 2) carrier_scans(order, made.id);
    ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
    EXPECT_EQ(refunded() - before, 4220);
  }
  expect_clean();
}

TEST(ReturnMoneyOfTracking, TheFirstScanOfTheReturnsParcelIsWhatPaysAhead) {
  test::TrackingWorld world;
  const auto parcel = world.ship();
  const auto push = [&](const std::string& number, const std::string& code) {
    const std::string body = R"({"parcels":[{"number":")" + number + R"(","events":[{"code":")" + code + R"(","text":"said","at":")" +
                             format_rfc3339(world.now()) + R"(","return":false}]}]})";
    ASSERT_TRUE(take_push(world.db(), *make_push_room(world.config()), {"demo", "push-secret", {}, body}, world.now()));
  };
  push(parcel.number, "DLV");
  ASSERT_TRUE(change_policy(world.context(), R"({"trigger": "carrier_scan"})"));
  ReturnRequest wanted;
  wanted.order = parcel.order;
  wanted.lines = {{parcel.line, 1, "too_small", ""}};
  wanted.carrier = "demo";
  wanted.tracking_number = "DMRETURN00000001";
  ASSERT_TRUE(create_return(world.context(), wanted));
  push(wanted.tracking_number, "LBL");
  EXPECT_EQ(world.value<std::int64_t>("SELECT sum(advanced)::bigint FROM return_lines"), 0);
  world.pass_hours(1);
  push(wanted.tracking_number, "ACC");
  EXPECT_EQ(world.value<std::int64_t>("SELECT sum(advanced)::bigint FROM return_lines"), 1);
  EXPECT_EQ(world.value<std::string>("SELECT reception FROM return_lines"), "in_transit");
  EXPECT_NE(world.timeline(parcel.order).find("return.money_ahead"), std::string::npos);
}

}  // namespace
}  // namespace roundtrip::usecases
