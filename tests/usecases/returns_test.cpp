// Returns on a real database: asked for, received, put back, and their refunds requested; laws 1 to 5 as properties.
#include "usecases/returns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <mutex>
#include <random>
#include <thread>

#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/policies.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {
namespace {

using test::line_of;

struct ReturnsTest : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();
  const Instant delivered = now - 5 * kDay;

  Context context(const std::string& who = "returns-1") { return {db, merchant, {"floor", who}, now}; }
  // 2 mugs at 12.50 less 3.00, tax 5.06; a plate at 9.99; shipping 5.00 + 1.15 tax: 42.20 in all.
  test::MadeOrder two_lines(std::int64_t captured = 4220) {
    auto order = test::order_of({line_of("MUG", 2, 1250, 300, 506), line_of("PLATE", 1, 999, 0, 200)}, {{"manual", "", captured}});
    order.shipping_amount = 500;
    order.shipping_tax = 115;
    return test::make_shipped_order(db, merchant, order, delivered);
  }
  static ReturnRequest request(const test::MadeOrder& order, std::vector<WantedLine> lines) {
    ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = std::move(lines);
    return wanted;
  }
  ReturnView make(const test::MadeOrder& order, std::vector<WantedLine> lines) {
    const auto made = create_return(context(), request(order, std::move(lines)));
    if (!made) throw std::runtime_error(made.error().code + ": " + made.error().message);
    return *made;
  }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }
  void expect_clean() {
    store::Session session(db);
    const auto money = store::money_faults(session, merchant);
    EXPECT_TRUE(money.empty()) << money.front();
    EXPECT_EQ(ask("SELECT count(*) FROM (SELECT warehouse_id, sku, bin_id, lot, sum(on_hand) AS held, sum(damaged) AS bad FROM stock GROUP "
                  "BY 1, 2, 3, 4) s "
                  "FULL JOIN (SELECT warehouse_id, sku, bin_id, lot, sum(quantity) AS moved, sum(damaged) AS broke FROM stock_movements "
                  "GROUP BY 1, 2, 3, 4) m "
                  "USING (warehouse_id, sku, bin_id, lot) WHERE s.held IS DISTINCT FROM m.moved OR s.bad IS DISTINCT FROM m.broke"),
              0);
    const auto chain = store::verify_timeline(db, merchant, std::nullopt);
    EXPECT_TRUE(chain.empty()) << chain.front().what;
  }
};

TEST_F(ReturnsTest, ThePreviewSaysTheMoneyThatIsThenPaid) {
  const auto order = two_lines();
  const auto wanted = request(order, {{order.lines[0], 1, "changed_mind", ""}, {order.lines[1], 1, "changed_mind", ""}});
  const auto preview = preview_return(context(), wanted);
  ASSERT_TRUE(preview);
  EXPECT_TRUE(preview->decision.allowed);
  EXPECT_EQ(ask("SELECT count(*) FROM returns"), 0);
  const auto made = create_return(context(), wanted);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, "approved");
  EXPECT_TRUE(made->code.starts_with("R"));
  const auto received = receive_return_now(context(), made->id, {}, "");
  ASSERT_TRUE(received);
  ASSERT_EQ(received->refunds.size(), 1U);
  const auto refund = read_refund(context(), received->refunds[0]);
  EXPECT_EQ(refund->amount, preview->money.amount());
  EXPECT_EQ(refund->shipping, preview->money.shipping);
  EXPECT_EQ(read_return(context(), made->id)->status, "received");
  expect_clean();
}

TEST_F(ReturnsTest, AFullReturnInPartsPaysBackEverythingCaptured) {
  const auto order = two_lines();
  for (const auto line : {order.lines[0], order.lines[1], order.lines[0]}) {
    const auto made = make(order, {{line, 1, "changed_mind", ""}});
    ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
  }
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"), 4220);
  EXPECT_EQ(ask("SELECT refunded FROM payments"), 4220);
  EXPECT_EQ(ask("SELECT on_hand FROM stock WHERE sku = 'MUG'"), 2);
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'return_received'"), 3);
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'return_approved'"), 3);
  expect_clean();
}

TEST_F(ReturnsTest, EachUnitIsReturnedOnce) {
  const auto order = two_lines();
  const auto first = make(order, {{order.lines[0], 2, "", ""}});
  const auto second = create_return(context(), request(order, {{order.lines[0], 1, "", ""}}));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_EQ(second.error().code, "units_not_returnable");
  ASSERT_TRUE(second.error().explain);
  EXPECT_EQ(second.error().explain->rule, "units_left");
  EXPECT_EQ(second.error().faults.at(0).pointer, "/lines/0");
  // Canceled, its units can be returned anew; canceled again, there is nothing to cancel.
  ASSERT_TRUE(cancel_return(context(), first.id));
  EXPECT_EQ(cancel_return(context(), first.id).error().kind, ErrorKind::conflict);
  EXPECT_EQ(ask("SELECT announced FROM order_lines WHERE sku = 'MUG'"), 0);
  const auto third = make(order, {{order.lines[0], 2, "", ""}});
  EXPECT_EQ(receive_return_now(context(), first.id, {}, "").error().kind, ErrorKind::conflict);
  ASSERT_TRUE(receive_return_now(context(), third.id, {}, ""));
  expect_clean();
}

TEST_F(ReturnsTest, AReplayedScanReceivesNothingNew) {
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}});
  ASSERT_TRUE(receive_return_now(context(), made.id, {}, "")->anything_new);
  const auto again = receive_return_now(context(), made.id, {}, "");
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->anything_new);
  EXPECT_EQ(again->status, "received");
  EXPECT_EQ(again->received_by, "returns-1");
  EXPECT_EQ(again->received_at, now);
  EXPECT_EQ(ask("SELECT count(*) FROM refunds"), 1);
  EXPECT_EQ(ask("SELECT on_hand FROM stock WHERE sku = 'MUG'"), 2);
}

TEST_F(ReturnsTest, PartOfALineIsReceivedAndTheRestLater) {
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
  ASSERT_TRUE(receive_return_now(context(), made.id, {{order.lines[0], 1, ""}}, ""));
  EXPECT_EQ(read_return(context(), made.id)->status, "partly_received");
  const auto too_many = receive_return_now(context(), made.id, {{order.lines[0], 2, ""}}, "");
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code, "not_announced");
  EXPECT_EQ(too_many.error().explain->values.at(1).second, "1 x MUG, 1 x PLATE");
  const auto wrong = receive_return_now(context(), made.id, {{LineId{999}, 1, ""}}, "");
  EXPECT_EQ(wrong.error().code, "not_announced");
  ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
  const auto view = read_return(context(), made.id);
  EXPECT_EQ(view->status, "received");
  EXPECT_EQ(view->refunds.size(), 2U);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"), 4220);
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'return_received'"), 1);
  expect_clean();
}

TEST_F(ReturnsTest, DamagedGoodsLieHereButAreNotForSale) {
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 1, "damaged", ""}, {order.lines[1], 1, "too_small", ""}});
  ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
  EXPECT_EQ(ask("SELECT damaged FROM stock WHERE sku = 'MUG' AND on_hand = 1"), 1);
  EXPECT_EQ(ask("SELECT damaged FROM stock WHERE sku = 'PLATE' AND on_hand = 1"), 0);
  const auto scrapped = make(order, {{order.lines[0], 1, "", ""}});
  ASSERT_TRUE(receive_return_now(context(), scrapped.id, {{order.lines[0], 1, "scrap"}}, ""));
  EXPECT_EQ(ask("SELECT on_hand FROM stock WHERE sku = 'MUG'"), 1);
  EXPECT_EQ(read_return(context(), scrapped.id)->lines[0].disposition, "scrap");
  expect_clean();
}

TEST_F(ReturnsTest, UnderInspectionMoneyFollowsTheLookAtEachItem) {
  ASSERT_TRUE(change_policy(context(), R"({"trigger": "inspection"})"));
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
  const auto scanned = receive_return_now(context(), made.id, {}, "");
  ASSERT_TRUE(scanned);
  EXPECT_EQ(scanned->units, 3);
  EXPECT_TRUE(scanned->refunds.empty());
  EXPECT_EQ(read_return(context(), made.id)->lines[0].acceptance, "pending");
  // One mug is scanned item by item, the other is refused; the plate is accepted.
  const auto item = receive_return_now(context(), made.id, {{order.lines[0], 1, "restock"}}, "");
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->units, 0);
  EXPECT_EQ(item->refunds.size(), 1U);
  const auto judged = inspect_return(context(), made.id, {{order.lines[0], 0, 1, ""}, {order.lines[1], 1, 0, "refurbish"}}, "");
  ASSERT_TRUE(judged) << judged.error().message;
  EXPECT_EQ(judged->refunds.size(), 1U);
  const auto view = read_return(context(), made.id);
  EXPECT_EQ(view->lines[0].accepted, 1);
  EXPECT_EQ(view->lines[0].rejected, 1);
  EXPECT_FALSE(inspect_return(context(), made.id, {{order.lines[0], 1, 0, ""}}, ""));
  EXPECT_EQ(ask("SELECT released_units FROM order_lines WHERE sku = 'MUG'"), 1);
  expect_clean();
}

TEST_F(ReturnsTest, FeesAreKeptAsThePolicySaysAndTheFixedOneOnce) {
  ASSERT_TRUE(change_policy(context(),
                            R"({"freight": "customer", "freight_fee": 495, "restocking_basis_points": 1000, "refund_shipping": false})"));
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}});
  const auto preview = preview_return(context(), request(order, {{order.lines[1], 1, "", ""}}));
  EXPECT_EQ(preview->money.shipping, 0);
  ASSERT_TRUE(receive_return_now(context(), made.id, {{order.lines[0], 1, ""}}, ""));
  ASSERT_TRUE(receive_return_now(context(), made.id, {{order.lines[0], 1, ""}}, ""));
  // A mug with its tax is 13.53: 10 % of each, and 4.95 once.
  EXPECT_EQ(ask("SELECT sum(fees)::bigint FROM refunds"), 135 + 135 + 495);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"), 2 * 1250 - 300 + 506 - 765);
  expect_clean();
}

TEST_F(ReturnsTest, AReturnKeepsThePolicyItWasMadeUnder) {
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 2, "", ""}});
  ASSERT_TRUE(change_policy(context(), R"({"trigger": "inspection", "restocking_basis_points": 5000})"));
  const auto received = receive_return_now(context(), made.id, {}, "");
  ASSERT_EQ(received->refunds.size(), 1U);
  EXPECT_EQ(read_refund(context(), received->refunds[0])->fees, 0);
}

TEST_F(ReturnsTest, APersonApprovesOrDeclinesWhereThePolicyWantsIt) {
  ASSERT_TRUE(change_policy(context(), R"({"auto_approve": false})"));
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 1, "", ""}});
  EXPECT_EQ(made.status, "requested");
  EXPECT_FALSE(made.label_expires_at);
  const auto early = receive_return_now(context(), made.id, {}, "");
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().message.find("Approve it"), std::string::npos);
  const auto approved = approve_return(context(), made.id, 28);
  ASSERT_TRUE(approved);
  EXPECT_EQ(approved->status, "approved");
  EXPECT_EQ(approved->label_expires_at, now + 28 * kDay);
  EXPECT_FALSE(approve_return(context(), made.id, 28));
  EXPECT_FALSE(decline_return(context(), made.id, "late"));
  const auto other = make(order, {{order.lines[1], 1, "", ""}});
  EXPECT_EQ(decline_return(context(), other.id, "worn")->status, "declined");
  EXPECT_FALSE(receive_return_now(context(), other.id, {}, ""));
  EXPECT_EQ(ask("SELECT announced FROM order_lines WHERE sku = 'PLATE'"), 0);
  expect_clean();
}

TEST_F(ReturnsTest, AnUnusedLabelRunsOut) {
  const auto order = two_lines();
  const auto made = make(order, {{order.lines[0], 1, "", ""}});
  EXPECT_TRUE(due_to_expire(context(), 10).empty());
  EXPECT_FALSE(expire_return(context(), made.id));
  Context later = context();
  later.now = now + 29 * kDay;
  ASSERT_EQ(due_to_expire(later, 10), std::vector<ReturnId>{made.id});
  EXPECT_EQ(expire_return(later, made.id)->status, "expired");
  EXPECT_EQ(ask("SELECT announced FROM order_lines WHERE sku = 'MUG'"), 0);
  EXPECT_FALSE(receive_return_now(later, made.id, {}, ""));
}

TEST_F(ReturnsTest, PostageComesBackWithTheGoodsWithoutAScan) {
  const auto order = test::make_shipped_order(
      db, merchant, test::order_of({line_of("MUG", 2, 1000), line_of("POST", 1, 700, 0, 0, false)}, {{"manual", "", 2700}}), delivered);
  const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
  ASSERT_TRUE(receive_return_now(context(), made.id, {{order.lines[0], 1, ""}}, ""));
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"), 1000);
  ASSERT_TRUE(receive_return_now(context(), made.id, {{order.lines[0], 1, ""}}, ""));
  EXPECT_EQ(read_return(context(), made.id)->status, "received");
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"), 2700);
  EXPECT_EQ(ask("SELECT count(*) FROM stock WHERE sku = 'POST'"), 0);
  expect_clean();
}

TEST_F(ReturnsTest, RefundsStopAtWhatWasCapturedAndSayTruthfullyWhatTheyPay) {
  const auto order = two_lines(2000);
  const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
  ASSERT_TRUE(receive_return_now(context(), made.id, {}, ""));
  EXPECT_EQ(ask("SELECT amount FROM refunds"), 2000);
  EXPECT_EQ(ask("SELECT fees FROM refunds"), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM timeline WHERE type = 'refund.limited_by_payment'"), 1);
  expect_clean();
  const auto unpaid = two_lines(0);
  const auto free = make(unpaid, {{unpaid.lines[0], 2, "", ""}});
  EXPECT_TRUE(receive_return_now(context(), free.id, {}, "")->refunds.empty());
  expect_clean();
}

TEST_F(ReturnsTest, TheKeyMakesItTheSameRefundAlsoWhenNothingWasLeftToPay) {
  for (const std::int64_t captured : {4220, 0}) {
    const auto order = two_lines(captured);
    std::vector<RefundId> first;
    for (int i = 0; i < 3; ++i) {
      store::Transaction tx(db);
      auto head = store::lock_order(tx, merchant, order.id);
      const auto made =
          request_refund(tx, context(), *head, "cancel:" + to_text(order.id) + ":1", "cancellation", std::nullopt, {{order.lines[0], 1}});
      store::save_head(tx, merchant, *head, now);
      tx.commit();
      if (i == 0) first = made;
      EXPECT_EQ(made, first);
    }
    EXPECT_EQ(first.size(), captured > 0 ? 1U : 0U);
  }
  EXPECT_EQ(ask("SELECT max(released_units) FROM order_lines"), 1);
  expect_clean();
}

TEST_F(ReturnsTest, AnExchangeMovesNoMoneyByItself) {
  const auto order = two_lines();
  auto wanted = request(order, {{order.lines[0], 1, "", ""}});
  wanted.outcome = domain::ReturnOutcome::exchange;
  const auto made = create_return(context(), wanted);
  EXPECT_TRUE(receive_return_now(context(), made->id, {}, "")->refunds.empty());
  EXPECT_EQ(ask("SELECT count(*) FROM timeline WHERE type = 'return.outcome_needs_person'"), 1);
  expect_clean();
}

TEST_F(ReturnsTest, ABadRequestListsAllItsFaultsAndAnotherMerchantsOrderIsUnknown) {
  const auto order = two_lines();
  const auto bad = create_return(context(), request(order, {{order.lines[0], 0, "", ""}, {order.lines[0], 1, "", ""}}));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, ErrorKind::invalid);
  EXPECT_EQ(bad.error().faults.size(), 2U);
  const auto unknown = create_return(context(), request(order, {{LineId{4711}, 1, "", ""}}));
  EXPECT_EQ(unknown.error().explain->rule, "line_of_order");
  Context other = context();
  other.merchant = MerchantId{merchant.value + 1};
  EXPECT_EQ(create_return(other, request(order, {{order.lines[0], 1, "", ""}})).error().kind, ErrorKind::not_found);
  EXPECT_EQ(preview_return(other, request(order, {{order.lines[0], 1, "", ""}})).error().kind, ErrorKind::not_found);
  const auto made = make(order, {{order.lines[0], 1, "", ""}});
  EXPECT_EQ(read_return(other, made.id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(receive_return_now(other, made.id, {}, "").error().kind, ErrorKind::not_found);
  EXPECT_EQ(cancel_return(other, made.id).error().kind, ErrorKind::not_found);
}

TEST_F(ReturnsTest, ScanClickAndRetryAtOnceRequestOneRefund) {
  for (int round = 0; round < 5; ++round) {
    const auto order = two_lines();
    const auto made = make(order, {{order.lines[0], 2, "", ""}, {order.lines[1], 1, "", ""}});
    constexpr int kThreads = 8;
    std::barrier start(kThreads);
    std::mutex mutex;
    int fresh = 0, again = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        const auto received =
            receive_return_now({db, merchant, {i % 2 == 0 ? "floor" : "desk", "s" + std::to_string(i)}, now}, made.id, {}, "");
        const std::lock_guard lock(mutex);
        ASSERT_TRUE(received);
        (received->anything_new ? fresh : again) += 1;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(again, kThreads - 1);
    EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE order_id = " + std::to_string(order.id.value)), 1);
    EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE order_id = " + std::to_string(order.id.value)), 4220);
  }
  expect_clean();
}

TEST_F(ReturnsTest, TwoReturnsOfTheLastUnitAtOnceOneWins) {
  for (int round = 0; round < 5; ++round) {
    const auto order = two_lines();
    std::barrier start(6);
    std::atomic<int> won{0}, refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        const auto made = create_return(context(), request(order, {{order.lines[1], 1, "", ""}}));
        if (made)
          ++won;
        else if (made.error().kind == ErrorKind::conflict)
          ++refused;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(refused, 5);
  }
}

// A random order in a random currency, returned in random parts, in random order, with cancels and partial
// receipts between: the refunds sum to what was captured, to the last minor unit.
struct RandomReturns : ReturnsTest {
  const unsigned seed = std::random_device{}();
  std::mt19937_64 random{seed};
  testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};
  std::int64_t between(std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); }

  test::MadeOrder any_order(std::int64_t& total) {
    static const std::string kCurrencies[] = {"EUR", "GBP", "JPY", "KWD"};
    static constexpr std::int64_t kQuantities[] = {1, 2, 3, 5, 12, 144, 80'995};
    std::vector<domain::NewLine> lines;
    for (int i = 0; i < between(1, 5); ++i) {
      const std::int64_t quantity = kQuantities[between(0, 6)], unit = between(0, 5'000), price = quantity * unit;
      lines.push_back(line_of("SKU" + std::to_string(between(1, 3)), quantity, unit, between(0, price / 3), between(0, price / 4 + 3)));
    }
    auto order = test::order_of(lines, {}, kCurrencies[between(0, 3)]);
    order.shipping_amount = between(0, 1'500);
    order.shipping_tax = between(0, 300);
    std::int64_t goods = 0;
    for (const auto& line : lines) goods += line.quantity * line.unit_price - line.discount;
    order.discount = between(0, goods / 4);
    total = domain::total_of(order);
    const std::int64_t first = between(0, total);
    order.payments = {{"manual", "a", first}, {"manual", "b", total - first}};
    return test::make_shipped_order(db, merchant, order, delivered);
  }

  void return_all(const test::MadeOrder& order) {
    std::vector<std::int64_t> left;
    for (const auto line : order.lines)
      left.push_back(ask("SELECT quantity FROM order_lines WHERE line_id = " + std::to_string(line.value)));
    std::vector<ReturnId> open;
    for (int steps = 0; steps < 200; ++steps) {
      std::vector<WantedLine> wanted;
      for (std::size_t i = 0; i < order.lines.size(); ++i) {
        if (left[i] == 0 || between(0, 2) == 0) continue;
        const std::int64_t units = steps > 12 ? left[i] : between(1, left[i]);
        wanted.push_back({order.lines[i], units, between(0, 3) == 0 ? "damaged" : "changed_mind", ""});
      }
      if (!wanted.empty()) {
        const auto made = make(order, wanted);
        if (steps <= 12 && between(0, 4) == 0) {
          ASSERT_TRUE(cancel_return(context(), made.id));
        } else {
          for (const auto& line : wanted)
            left[static_cast<std::size_t>(std::find(order.lines.begin(), order.lines.end(), line.line) - order.lines.begin())] -=
                line.quantity;
          open.push_back(made.id);
        }
      }
      if (!open.empty() && between(0, 1) == 0) receive_some(open);
      if (std::all_of(left.begin(), left.end(), [](std::int64_t units) { return units == 0; })) break;
    }
    while (!open.empty()) receive_some(open);
  }

  // Receives all or one line's part of a random open return.
  void receive_some(std::vector<ReturnId>& open) {
    const auto at = static_cast<std::size_t>(between(0, static_cast<std::int64_t>(open.size()) - 1));
    const auto view = read_return(context(), open[at]);
    std::vector<ReceivedUnits> only;
    for (const auto& line : view->lines) {
      if (line.announced > line.received && between(0, 1) == 0) only.push_back({line.line, between(1, line.announced - line.received), ""});
    }
    ASSERT_TRUE(receive_return_now(context(), open[at], only, ""));
    if (read_return(context(), open[at])->status == "received") open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
  }
};

TEST_F(RandomReturns, SumToWhatWasCapturedToTheLastMinorUnit) {
  for (int round = 0; round < 25; ++round) {
    std::int64_t total = 0;
    const auto order = any_order(total);
    return_all(order);
    const std::string of = " WHERE order_id = " + std::to_string(order.id.value);
    ASSERT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds" + of), total) << "round " << round;
    ASSERT_EQ(ask("SELECT coalesce(sum(refunded), 0)::bigint FROM payments" + of), total) << "round " << round;
    ASSERT_EQ(
        ask("SELECT count(*) FROM order_lines" + of + " AND (returned <> quantity OR announced <> quantity OR released_units <> quantity)"),
        0);
    ASSERT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM ledger" + of + " AND account = 'sales'"), 0);
  }
  expect_clean();
}

}  // namespace
}  // namespace roundtrip::usecases
