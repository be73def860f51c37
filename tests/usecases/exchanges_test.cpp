// Exchanges on a real database: reserved, held, released by their trigger, paid to the cent; never a unit or a cent twice.
#include "usecases/exchanges.hpp"

#include <algorithm>
#include <barrier>
#include <random>
#include <thread>

#include "usecases/cases_world.hpp"
#include "usecases/claims.hpp"
#include "usecases/customer_returns.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {
namespace {

struct ExchangesTest : test::CasesWorld {
  ExchangeView exchange(ReturnId id) { return read_exchange(context(), id).value(); }
};

TEST_F(ExchangesTest, AnEvenExchangeIsReservedAtOnceAndLeavesWhenTheReturnIsHere) {
  stock_up("MUG-BLUE", 5);
  const auto order = two_lines();
  const auto request = exchange_of(order, order.lines[0], 1, "MUG-BLUE");
  const auto preview = preview_return(context(), request);
  ASSERT_TRUE(preview) << preview.error().message;
  ASSERT_TRUE(preview->exchange);
  EXPECT_EQ(preview->exchange->customer_pays, 0);
  EXPECT_EQ(preview->exchange->customer_gets, 0);
  EXPECT_TRUE(preview->exchange->in_stock);
  EXPECT_EQ(preview->exchange->lines.at(0).description, "MUG-BLUE with a name");

  const auto made = make(request);
  ASSERT_TRUE(made.exchange);
  EXPECT_EQ(made.exchange->state, "awaiting_goods");
  EXPECT_EQ(made.exchange->replacement_number, order.external_id + "-X1");
  const auto replacement = read_order(context(), *made.exchange->replacement).value();
  EXPECT_EQ(replacement.kind, "exchange");
  EXPECT_EQ(replacement.hold_reason, "Exchange: leaves once the return is here");
  EXPECT_EQ(replacement.total, preview->exchange->credit);
  EXPECT_EQ(ask("SELECT reserved FROM stock WHERE sku = 'MUG-BLUE'"), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM shipments WHERE held AND order_id = " + std::to_string(replacement.id.value)), 1);

  const auto received = receive_return_now(context("floor"), made.id, {}, "");
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(exchange(made.id).state, "completed");
  const auto after = read_order(context(), replacement.id).value();
  EXPECT_FALSE(after.hold_reason);
  EXPECT_EQ(after.captured, after.total);
  ASSERT_EQ(after.payments.size(), 1U);
  EXPECT_EQ(after.payments[0].gateway, "exchange");
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE destination <> 'exchange'"), 0) << "nothing is paid out";
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'exchange_reserved'"), 1);
  EXPECT_EQ(
      ask("SELECT count(*) FROM notifications WHERE milestone = 'order_received' AND order_id = " + std::to_string(replacement.id.value)),
      0);
  expect_clean();
}

TEST_F(ExchangesTest, WhoChoosesMorePaysTheDifferenceOnceAndBeforeItLeaves) {
  stock_up("MUG-GOLD", 5);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 1, "MUG-GOLD", 2500));
  const auto owed = made.exchange->owed;
  EXPECT_EQ(made.exchange->state, "awaiting_payment");
  EXPECT_EQ(owed, made.exchange->total - made.exchange->credit);
  EXPECT_GT(owed, 0);
  ASSERT_TRUE(receive_return_now(context("floor"), made.id, {}, ""));
  EXPECT_EQ(exchange(made.id).state, "awaiting_payment") << "the goods are here, the money is not";
  EXPECT_EQ(exchange(made.id).owed, owed);
  const auto more = record_exchange_payment(context("api"), made.id, {"manual", "tr-2", owed + 1});
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, "exchange_amount");
  ASSERT_TRUE(record_exchange_payment(context("api"), made.id, {"manual", "tr-1", owed - 1}));
  EXPECT_EQ(exchange(made.id).owed, 1);
  ASSERT_TRUE(record_exchange_payment(context("api"), made.id, {"manual", "tr-3", 1}));
  EXPECT_EQ(exchange(made.id).state, "completed");
  EXPECT_EQ(record_exchange_payment(context("api"), made.id, {"manual", "tr-1", owed - 1})->paid, exchange(made.id).total) << "a replay";
  EXPECT_EQ(record_exchange_payment(context("api"), made.id, {"manual", "tr-1", owed}).error().code, "payment_exists");
  EXPECT_EQ(record_exchange_payment(context("api"), made.id, {"manual", "tr-9", 1}).error().code, "exchange_state");
  expect_clean();
}

TEST_F(ExchangesTest, WhoChoosesLessGetsTheRestBack) {
  stock_up("MUG-PLAIN", 5);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 2, "MUG-PLAIN", 100));
  EXPECT_GT(made.exchange->to_pay_back, 0);
  ASSERT_TRUE(receive_return_now(context("floor"), made.id, {{order.lines[0], 1, ""}}, ""));
  EXPECT_EQ(exchange(made.id).state, "awaiting_goods") << "one of two is here";
  ASSERT_TRUE(receive_return_now(context("floor"), made.id, {{order.lines[0], 1, ""}}, ""));
  EXPECT_EQ(exchange(made.id).state, "completed");
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE destination = 'original'"), made.exchange->credit - made.exchange->total);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE destination = 'exchange'"), made.exchange->total);
  expect_clean();
}

TEST_F(ExchangesTest, AReturnThatDoesNotComeFreesTheStock) {
  stock_up("MUG-BLUE", 1);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  ASSERT_TRUE(cancel_return(context(), made.id));
  EXPECT_EQ(exchange(made.id).state, "canceled");
  EXPECT_EQ(ask("SELECT reserved FROM stock WHERE sku = 'MUG-BLUE'"), 0);
  EXPECT_EQ(read_order(context(), *made.exchange->replacement)->status, domain::OrderStatus::canceled);
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'exchange_canceled'"), 1);
  const auto again = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  EXPECT_EQ(again.exchange->replacement_number, order.external_id + "-X2");
  EXPECT_EQ(ask("SELECT reserved FROM stock WHERE sku = 'MUG-BLUE'"), 1);
  expect_clean();
}

TEST_F(ExchangesTest, UntilItIsOnItsWayTheCustomerMayWantSomethingElseInstead) {
  stock_up("MUG-BLUE", 1);
  stock_up("MUG-GOLD", 1);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  const auto reserved = [&](const std::string& sku) { return ask("SELECT sum(reserved)::bigint FROM stock WHERE sku = '" + sku + "'"); };

  // The last one, set aside for this very return, is there for whoever wants it again.
  const auto same = preview_change(context("customer"), made.id, exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_TRUE(same->exchange->in_stock);
  EXPECT_EQ(reserved("MUG-BLUE"), 1) << "a question changes nothing";

  const auto gold = change_return(context("customer"), made.id, exchange_of(order, order.lines[0], 1, "MUG-GOLD", 2500), {});
  ASSERT_TRUE(gold) << gold.error().message;
  EXPECT_EQ(gold->code, made.code) << "the label stays good";
  EXPECT_EQ(gold->exchange->state, "awaiting_payment");
  EXPECT_EQ(gold->exchange->replacement_number, order.external_id + "-X2");
  EXPECT_EQ(read_order(context(), *made.exchange->replacement)->status, domain::OrderStatus::canceled);
  EXPECT_EQ(reserved("MUG-BLUE"), 0);
  EXPECT_EQ(reserved("MUG-GOLD"), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'exchange_payment_due'"), 1);

  const auto money = change_return(context("customer"), made.id,
                                   [&] {
                                     auto request = exchange_of(order, order.lines[0], 2, "");
                                     request.outcome = domain::ReturnOutcome::refund;
                                     request.exchange.clear();
                                     return request;
                                   }(),
                                   {});
  ASSERT_TRUE(money) << money.error().message;
  EXPECT_EQ(money->outcome, "refund");
  EXPECT_FALSE(money->exchange);
  EXPECT_EQ(reserved("MUG-GOLD"), 0);
  EXPECT_EQ(read_exchange(context(), made.id).error().code, "exchange_not_found");

  const auto back = change_return(context("customer"), made.id, exchange_of(order, order.lines[0], 1, "MUG-BLUE"), {});
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->exchange->state, "awaiting_goods");
  EXPECT_EQ(back->exchange->replacement_number, order.external_id + "-X3");
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'exchange_reserved'"), 2) << "each of them is told of";
  ASSERT_TRUE(receive_return_now(context("floor"), made.id, {}, ""));
  EXPECT_EQ(exchange(made.id).state, "completed");
  EXPECT_EQ(change_return(context("customer"), made.id, exchange_of(order, order.lines[0], 1, "MUG-GOLD"), {}).error().code,
            "return_state");
  expect_clean();
}

TEST_F(ExchangesTest, WhatACustomerPaidForAnExchangeGoesBackWhenTheyWantAnotherOne) {
  stock_up("MUG-GOLD", 1);
  stock_up("MUG-BLUE", 1);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 1, "MUG-GOLD", 2500));
  const auto owed = made.exchange->owed;
  ASSERT_TRUE(record_exchange_payment(context("api"), made.id, {"manual", "tr-1", owed}));
  const auto even = change_return(context("customer"), made.id, exchange_of(order, order.lines[0], 1, "MUG-BLUE"), {});
  ASSERT_TRUE(even) << even.error().message;
  EXPECT_EQ(even->exchange->owed, 0);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE destination = 'original'"), owed);
  expect_clean();
}

TEST_F(ExchangesTest, WhatHasLeftForACustomerIsNotChangedAnyMore) {
  policy(R"({"exchange_trigger": "approval"})");
  stock_up("MUG-BLUE", 1);
  stock_up("MUG-GOLD", 1);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  EXPECT_TRUE(can_be_changed(read_return(context(), made.id).value()));
  hand_over(*made.exchange->replacement);
  for (const std::string status : {"partly_shipped", "shipped", "delivered", "closed"}) {
    run("UPDATE orders SET status = '" + status + "' WHERE order_id = " + std::to_string(made.exchange->replacement->value));
    const auto seen = read_return(context(), made.id).value();
    EXPECT_FALSE(can_be_changed(seen)) << status;
    EXPECT_TRUE(can_be_canceled(seen)) << status;
  }
  const auto other = exchange_of(order, order.lines[0], 1, "MUG-GOLD");
  EXPECT_EQ(preview_change(context("customer"), made.id, other).error().code, "exchange_state");
  EXPECT_EQ(change_return(context("customer"), made.id, other, {}).error().code, "exchange_state");
  EXPECT_EQ(exchange(made.id).lines.at(0).sku, "MUG-BLUE");
  expect_clean();
}

TEST_F(ExchangesTest, RejectedGoodsAfterTheReplacementHasLeftAreOwedAndSaid) {
  policy(R"({"exchange_trigger": "approval", "trigger": "inspection"})");
  stock_up("MUG-BLUE", 5);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  EXPECT_EQ(made.exchange->state, "released") << "it leaves at approval";
  hand_over(*made.exchange->replacement);
  ASSERT_TRUE(receive_return_now(context("floor"), made.id, {}, ""));
  ASSERT_TRUE(inspect_return(context(), made.id, {{order.lines[0], 0, 1, ""}}, ""));
  const auto owing = exchange(made.id);
  EXPECT_EQ(owing.state, "customer_owes");
  EXPECT_EQ(owing.owed, owing.total);
  EXPECT_EQ(cancel_exchange(context(), made.id, "no").error().code, "exchange_state");
  EXPECT_EQ(ask("SELECT count(*) FROM timeline WHERE type = 'exchange.customer_owes'"), 1);
  expect_clean();
  ASSERT_TRUE(let_difference_go(context(), made.id, "a good customer"));
  EXPECT_EQ(exchange(made.id).state, "completed");
  EXPECT_EQ(exchange(made.id).let_go, owing.owed);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM ledger WHERE account = 'write_offs'"), owing.owed) << "the shop bears it";
  expect_clean();
}

TEST_F(ExchangesTest, AnExchangedItemThatComesBackIsPaidBackWhereTheFirstMoneyCameFrom) {
  stock_up("MUG-BLUE", 5);
  stock_up("MUG-GREEN", 5);
  const auto order = two_lines();
  const auto first = make(exchange_of(order, order.lines[0], 2, "MUG-BLUE"));
  ASSERT_TRUE(receive_return_now(context("floor"), first.id, {}, ""));
  const OrderId blue = *first.exchange->replacement;
  hand_over(blue);
  // A chain: blue is exchanged for green, and green is returned for good.
  auto view = read_order(context(), blue).value();
  const test::MadeOrder second_order{blue, view.external_id, {view.lines[0].id}, {}};
  const auto second = make(exchange_of(second_order, view.lines[0].id, 2, "MUG-GREEN"));
  EXPECT_EQ(second.exchange->replacement_number, order.external_id + "-X1-X1");
  EXPECT_EQ(second.exchange->owed, 0);
  ASSERT_TRUE(receive_return_now(context("floor"), second.id, {}, ""));
  const OrderId green = *second.exchange->replacement;
  hand_over(green);
  view = read_order(context(), green).value();
  ReturnRequest last;
  last.order = green;
  last.lines = {{view.lines[0].id, 2, "changed_mind", ""}};
  ASSERT_TRUE(receive_return_now(context("floor"), make(last).id, {}, ""));
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE destination = 'original'"), 1);
  EXPECT_EQ(ask<std::string>("SELECT gateway || ' ' || payment_reference FROM refunds WHERE destination = 'original'"), "manual bank-1");
  EXPECT_EQ(ask("SELECT amount FROM refunds WHERE destination = 'original'"), first.exchange->credit);
  expect_clean();
}

TEST_F(ExchangesTest, ManyScansReleaseAndPayOnce) {
  stock_up("MUG-BLUE", 5);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 2, "MUG-BLUE"));
  constexpr int kStations = 8;
  std::barrier start(kStations);
  std::vector<std::jthread> stations;
  for (int i = 0; i < kStations; ++i) {
    stations.emplace_back([&] {
      start.arrive_and_wait();
      EXPECT_TRUE(receive_return_now(context("floor"), made.id, {}, ""));
    });
  }
  stations.clear();
  EXPECT_EQ(ask("SELECT count(*) FROM timeline WHERE type = 'exchange.released'"), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM payments WHERE gateway = 'exchange'"), 1);
  EXPECT_EQ(exchange(made.id).state, "completed");
  expect_clean();
}

TEST_F(ExchangesTest, AReceiptThatLetAReplacementGoOrPaidForOneIsNotScannedBack) {
  stock_up("MUG-BLUE", 5);
  stock_up("MUG-GOLD", 5);
  const auto order = two_lines();
  const auto refused = [&](ReturnId id) {
    const auto before = ask<std::string>(
        "SELECT concat_ws(' ', (SELECT sum(on_hand) FROM stock), (SELECT sum(received) FROM return_lines), "
        "(SELECT sum(refunded) FROM payments))");
    const auto undone = undo_receipt_now(context("floor"), id);
    if (undone) return std::string("was undone");
    EXPECT_EQ(undone.error().code, "exchange_released");
    EXPECT_FALSE(undone.error().explain->next_step.empty());
    EXPECT_EQ(ask<std::string>("SELECT concat_ws(' ', (SELECT sum(on_hand) FROM stock), (SELECT sum(received) FROM return_lines), "
                               "(SELECT sum(refunded) FROM payments))"),
              before);
    return undone.error().message;
  };
  const auto even = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  ASSERT_TRUE(receive_return_now(context("floor"), even.id, {}, ""));
  ASSERT_EQ(exchange(even.id).state, "completed");
  EXPECT_NE(refused(even.id).find(order.external_id + "-X1 was let go"), std::string::npos);

  const auto dearer = make(exchange_of(order, order.lines[0], 1, "MUG-GOLD", 5000));
  ASSERT_TRUE(receive_return_now(context("floor"), dearer.id, {}, ""));
  ASSERT_EQ(exchange(dearer.id).state, "awaiting_payment");
  EXPECT_NE(refused(dearer.id).find("is paid into the replacement " + order.external_id + "-X2"), std::string::npos);

  const auto plain = make({.order = order.id, .lines = {{order.lines[1], 1, "too_small", ""}}});
  ASSERT_TRUE(receive_return_now(context("floor"), plain.id, {}, ""));
  EXPECT_TRUE(undo_receipt_now(context("floor"), plain.id)) << "a return without an exchange is taken back as ever";
  expect_clean();
}

TEST_F(ExchangesTest, WhatCannotBeHadIsRefusedWithItsField) {
  stock_up("MUG-BLUE", 5);
  const auto order = two_lines();
  auto request = exchange_of(order, order.lines[0], 1, "NOTHING");
  EXPECT_EQ(create_return(context(), request).error().faults.at(0).pointer, "/exchange/0/sku");
  request.exchange = {{std::nullopt, "MUG-BLUE", 1, std::nullopt, 0}};
  EXPECT_EQ(create_return(context(), request).error().faults.at(0).pointer, "/exchange/0/unit_price");
  request.exchange = {{order.lines[0], "MUG-BLUE", 2, std::nullopt, 0}};
  EXPECT_EQ(create_return(context(), request).error().faults.at(0).code, "more_than_returned");
  request.outcome = domain::ReturnOutcome::refund;
  EXPECT_EQ(create_return(context(), request).error().faults.at(0).pointer, "/exchange");
  policy(R"({"exchange_other_product": false})");
  EXPECT_EQ(create_return(context(), exchange_of(order, order.lines[1], 1, "MUG-BLUE")).error().faults.at(0).code, "other_product");
  // Only the shop knows what is a variant of what; a SKU that looks alike is another product.
  run("UPDATE products SET model = '' WHERE sku = 'MUG-BLUE'");
  EXPECT_EQ(create_return(context(), exchange_of(order, order.lines[0], 1, "MUG-BLUE")).error().faults.at(0).code, "other_product");
  EXPECT_EQ(ask("SELECT count(*) FROM returns"), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM orders"), 1);
  run("UPDATE products SET model = 'mug' WHERE sku LIKE 'MUG-%'");
  EXPECT_TRUE(create_return(context(), exchange_of(order, order.lines[0], 1, "MUG-BLUE")));
}

TEST_F(ExchangesTest, ACanceledReplacementOrderEndsItsExchange) {
  stock_up("MUG-BLUE", 5);
  const auto order = two_lines();
  const auto made = make(exchange_of(order, order.lines[0], 1, "MUG-BLUE"));
  ASSERT_TRUE(cancel_order(context(), *made.exchange->replacement, {}, "out of fashion"));
  EXPECT_EQ(settle_stray_exchanges(context("worker"), 10), 1);
  EXPECT_EQ(exchange(made.id).state, "canceled");
  ASSERT_TRUE(receive_return_now(context("floor"), made.id, {}, ""));
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE destination = 'original'"), made.exchange->credit);
  expect_clean();
}

// Random histories of exchanges and claims over the real database; every step may be refused, none may break a law.
TEST_F(ExchangesTest, NoHistoryLosesACentAUnitOrAPiece) {
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(n)); };
  for (const auto* sku : {"MUG-BLUE", "MUG-GOLD"}) stock_up(sku, 6);
  const char* triggers[] = {"approval", "carrier_scan", "warehouse_scan"};
  for (int history = 0; history < 12; ++history) {
    policy(std::string(R"({"exchange_trigger": ")") + triggers[pick(3)] + R"(", "trigger": ")" +
           (pick(2) ? "inspection" : "warehouse_scan") + "\"}");
    const auto order = two_lines(pick(3) == 0 ? 3000 : 4220);
    std::vector<ReturnId> returns;
    std::vector<ClaimId> claims;
    for (int step = 0; step < 14; ++step) {
      const LineId line = order.lines[static_cast<std::size_t>(pick(2))];
      const auto some = [&] { return returns[static_cast<std::size_t>(pick(static_cast<std::int64_t>(returns.size())))]; };
      const auto claim = [&] { return claims[static_cast<std::size_t>(pick(static_cast<std::int64_t>(claims.size())))]; };
      const auto act = pick(14);
      if (act <= 1) {
        const auto price = pick(2) ? std::optional(pick(4000)) : std::nullopt;
        const auto made = create_return(context(), exchange_of(order, line, 1 + pick(2), pick(2) ? "MUG-BLUE" : "MUG-GOLD", price));
        if (made) returns.push_back(made->id);
      } else if (act == 2) {
        const auto opened = open_claim(context(), {order.id, domain::ClaimKind::damaged, {{line, 1}}, std::nullopt, {}, ""});
        if (opened) claims.push_back(opened->id);
      } else if (act == 3 && !claims.empty()) {
        (void)decide_claim(context(), claim(), {static_cast<ClaimVerdict>(pick(4)), "because", now + 9 * kDay});
      } else if (act == 4 && !claims.empty()) {
        pick(2) ? (void)withdraw_claim(context(), claim()) : (void)reopen_claim(context(), claim(), "no");
      } else if (returns.empty()) {
        continue;
      } else if (act <= 6) {
        (void)receive_return_now(context("floor"), some(),
                                 pick(2) ? std::vector<ReceivedUnits>{} : std::vector<ReceivedUnits>{{line, 1, ""}}, "");
      } else if (act == 7) {
        (void)inspect_return(context(), some(), {{line, pick(2), pick(2), ""}}, "");
      } else if (act == 8) {
        const auto id = some();
        const auto before = read_exchange(context(), id);
        const auto owed = before ? before->owed : 0;
        if (owed > 0) (void)record_exchange_payment(context(), id, {"manual", "t-" + std::to_string(history * 100 + step), 1 + pick(owed)});
      } else if (act == 9) {
        (void)cancel_exchange(context(), some(), "changed");
      } else if (act == 10) {
        (void)cancel_return(context(), some());
      } else if (act == 13) {
        auto other = exchange_of(order, line, 1 + pick(2), pick(2) ? "MUG-BLUE" : "MUG-GOLD");
        if (pick(3) == 0) other.outcome = domain::ReturnOutcome::refund, other.exchange.clear();
        (void)change_return(context("customer"), some(), other, {});
      } else if (act == 11) {
        pick(2) ? (void)let_difference_go(context(), some(), "fine") : (void)send_exchange_now(context(), some(), "fine");
      } else {
        const auto view = read_exchange(context(), some());
        if (!view) continue;
        if (view->replacement && view->state == "released" && pick(2))
          hand_over(*view->replacement);
        else if (view->replacement)
          (void)cancel_order(context(), *view->replacement, {}, "by hand");
        settle_stray_exchanges(context(), 10);
      }
    }
    expect_clean();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace roundtrip::usecases
