// Receipts and inspections of returns: who saw what, where it went, and how a receipt is taken back with its money, stock and message.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/policies.hpp"
#include "usecases/refunds.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {
namespace {

using test::line_of;

struct ReceiptsTest : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();

  Context context(const std::string& who = "rosa") { return {db, merchant, {"floor", who}, now}; }
  test::MadeOrder order(std::int64_t mugs = 3) {
    return test::make_shipped_order(
        db, merchant, test::order_of({line_of("MUG", mugs, 1000), line_of("PLATE", 1, 900)}, {{"manual", "", mugs * 1000 + 900}}),
        now - 5 * kDay);
  }
  ReturnId make(const test::MadeOrder& from, const std::string& reason = "too_small", std::int64_t mugs = 3) {
    ReturnRequest wanted;
    wanted.order = from.id;
    wanted.lines = {{from.lines[0], mugs, reason, ""}, {from.lines[1], 1, reason, ""}};
    const auto made = create_return(context(), wanted);
    if (!made) throw std::runtime_error(made.error().code);
    return made->id;
  }
  bool make_one(const test::MadeOrder& from, std::int64_t mugs) {
    ReturnRequest wanted;
    wanted.order = from.id;
    wanted.lines = {{from.lines[0], mugs, "too_small", ""}};
    return static_cast<bool>(create_return(context(), wanted));
  }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }
  void run(const std::string& sql) { store::Session(db).run(sql, {}); }
  void expect_clean() {
    store::Session session(db);
    const auto money = store::money_faults(session, merchant);
    EXPECT_TRUE(money.empty()) << money.front();
    EXPECT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM ledger"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM (SELECT sku, sum(on_hand) AS held, sum(damaged) AS bad FROM stock GROUP BY 1) s "
                  "FULL JOIN (SELECT sku, sum(quantity) AS moved, sum(damaged) AS broke FROM stock_movements GROUP BY 1) m USING (sku) "
                  "WHERE coalesce(s.held, 0) <> coalesce(m.moved, 0) OR coalesce(s.bad, 0) <> coalesce(m.broke, 0)"),
              0);
    const auto chain = store::verify_timeline(db, merchant, std::nullopt);
    EXPECT_TRUE(chain.empty()) << chain.front().what;
  }
  // Everything that a receipt moves, as one text.
  std::string state() {
    return ask<std::string>(
        "SELECT concat_ws(' | ', (SELECT string_agg(concat_ws(' ', sku, received, accepted, rejected, reception, acceptance, disposition), "
        "', ' ORDER BY sku) FROM return_lines), (SELECT string_agg(status || coalesce(received_at::text, '-'), ',') FROM returns), "
        "(SELECT string_agg(concat_ws(' ', sku, returned, released_units, released_price), ',' ORDER BY sku) FROM order_lines), "
        "(SELECT string_agg(concat_ws(' ', sku, on_hand, damaged), ',' ORDER BY sku) FROM stock WHERE on_hand <> 0), "
        "(SELECT string_agg(refunded::text, ',') FROM payments), (SELECT count(*) FROM jobs WHERE kind = 'notification' AND subject_id IN "
        "(SELECT notification_id FROM notifications WHERE milestone = 'return_received')))");
  }
};

TEST_F(ReceiptsTest, GradeAndReasonDecideWhereTheGoodsGoAndTheInspectionIsKept) {
  const auto from = order();
  const auto id = make(from);
  run("UPDATE products SET special_waste = 'weee' WHERE sku = 'PLATE'");
  const auto take = [&](const char* grade, const char* disposition = "") {
    return receive_return_now(context(), id, {{from.lines[0], 1, disposition, false, {grade, "seen", "pho_1"}}}, "");
  };
  EXPECT_EQ(take("E").error().code, "invalid_grade");
  EXPECT_EQ(take("A", "eat").error().code, "invalid_disposition");
  EXPECT_EQ(take("A")->judged.at(0).disposition, "restock");
  EXPECT_EQ(take("C")->judged.at(0).disposition, "refurbish");
  EXPECT_EQ(take("B", "donate")->judged.at(0).disposition, "donate") << "a person may choose another";
  const auto plate = receive_return_now(context(), id, {{from.lines[1], 1, "", false, {"D", "", ""}}}, "");
  EXPECT_EQ(plate->judged.at(0).disposition, "recycle") << "special waste is never scrapped by rule";
  EXPECT_EQ(plate->judged.at(0).special_waste, "weee");
  EXPECT_EQ(ask("SELECT on_hand FROM stock WHERE sku = 'MUG'"), 2);
  EXPECT_EQ(ask("SELECT damaged FROM stock WHERE sku = 'MUG'"), 1);
  const auto receipts = receipts_of_return(context(), id);
  ASSERT_EQ(receipts->size(), 4U);
  const auto& seen = receipts->at(1).inspections.at(0);
  EXPECT_EQ(domain::to_text(seen.grade), "C");
  EXPECT_EQ(domain::to_text(seen.verdict), "accepted");
  EXPECT_EQ(seen.note, "seen");
  EXPECT_EQ(seen.photo, "pho_1");
  EXPECT_EQ(seen.actor, "rosa");
  EXPECT_THROW(run("UPDATE inspections SET grade = 'A'"), store::DatabaseError) << "append-only";
  expect_clean();
}

TEST_F(ReceiptsTest, AShopsOwnTableOfDispositionsComesFirst) {
  ASSERT_TRUE(change_policy(context(), R"({"dispositions": [{"grade": "B", "reason": "too_small", "disposition": "donate"}]})"));
  EXPECT_FALSE(change_policy(context(), R"({"dispositions": [{"grade": "E"}]})"));
  const auto from = order();
  const auto id = make(from);
  const auto take = [&](const char* grade) {
    return receive_return_now(context(), id, {{from.lines[0], 1, "", false, {grade, "", ""}}}, "")->judged.at(0).disposition;
  };
  EXPECT_EQ(take("B"), "donate");
  EXPECT_EQ(take("A"), "restock");
  expect_clean();
}

TEST_F(ReceiptsTest, EachAcceptedUnitIsRefundedAndARejectedOneIsNot) {
  const auto from = order();
  const auto id = make(from);
  ASSERT_TRUE(receive_return_now(context(), id, {{from.lines[0], 1, ""}}, ""));
  const auto rejected = receive_return_now(context(), id, {{from.lines[0], 1, "", true, {"D", "cut in two", ""}}}, "");
  ASSERT_TRUE(rejected);
  EXPECT_TRUE(rejected->refunds.empty());
  EXPECT_FALSE(rejected->judged.at(0).accepted);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"), 1000);
  EXPECT_EQ(ask("SELECT rejected FROM return_lines WHERE sku = 'MUG'"), 1);
  EXPECT_EQ(ask<std::string>("SELECT status FROM returns"), "partly_received") << "the rest stays open";
  expect_clean();
}

TEST_F(ReceiptsTest, TakenBackEverythingIsAsItWasAndTheNextReceiptPaysAgainOnce) {
  const auto from = order();
  const auto id = make(from);
  const auto before = state();
  for (const bool whole : {true, false}) {
    const std::vector<ReceivedUnits> only = {{from.lines[0], 2, "", false, {"C", "", ""}}};
    ASSERT_TRUE(receive_return_now(context(), id, whole ? std::vector<ReceivedUnits>{} : only, ""));
    EXPECT_NE(state(), before);
    const auto undone = undo_receipt_now(context("otto"), id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->whole, whole);
    EXPECT_EQ(state(), before);
    expect_clean();
  }
  EXPECT_EQ(undo_receipt_now(context(), id).error().code, "nothing_to_undo");
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE state = 'denied'"), 2);
  ASSERT_EQ(receive_return_now(context(), id, {}, "")->refunds.size(), 1U);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE state = 'requested'"), 3900);
  EXPECT_EQ(ask("SELECT count(*) FROM notifications WHERE milestone = 'return_received' AND state = 'queued'"), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM timeline WHERE type = 'return.receipt_undone'"), 2);
  expect_clean();
}

TEST_F(ReceiptsTest, AnInspectionIsTakenBackAndTheGoodsStayReceived) {
  ASSERT_TRUE(change_policy(context(), R"({"trigger": "inspection"})"));
  const auto from = order();
  const auto id = make(from);
  ASSERT_TRUE(receive_return_now(context(), id, {}, ""));
  const auto received = state();
  ASSERT_TRUE(inspect_return(context(), id, {{from.lines[0], 2, 1, "", {"B", "", ""}}}, ""));
  EXPECT_EQ(ask("SELECT count(*) FROM inspections WHERE receipt_no = 2"), 2) << "accepted and rejected";
  ASSERT_TRUE(undo_receipt_now(context(), id));
  EXPECT_EQ(state(), received);
  ASSERT_TRUE(undo_receipt_now(context(), id));
  EXPECT_EQ(ask("SELECT sum(received)::bigint FROM return_lines"), 0);
  expect_clean();
}

TEST_F(ReceiptsTest, MoneyOnItsWayIsNotTakenBackAndTheRefusalSaysWhoWhenAndWhatToDo) {
  const auto from = order();
  const auto id = make(from);
  ASSERT_TRUE(receive_return_now(context("rosa"), id, {}, ""));
  run("UPDATE refunds SET state = 'submitted', submitted_at = '2026-11-20T10:00:05Z'");
  const auto before = state();
  const auto refused = undo_receipt_now(context("otto"), id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_EQ(refused.error().code, "refund_on_its_way");
  EXPECT_NE(refused.error().message.find("rosa"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("10:00 UTC"), std::string::npos) << refused.error().message;
  EXPECT_FALSE(refused.error().explain->next_step.empty());
  EXPECT_EQ(state(), before);
}

TEST_F(ReceiptsTest, GoodsThatWereSoldAgainAreNotTakenOutOfStock) {
  const auto from = order();
  const auto id = make(from);
  ASSERT_TRUE(receive_return_now(context(), id, {}, ""));
  run("UPDATE stock SET reserved = 2 WHERE sku = 'MUG'");
  const auto before = state();
  const auto refused = undo_receipt_now(context(), id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "stock_taken");
  EXPECT_EQ(state(), before);
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE state = 'requested'"), 1);
}

TEST_F(ReceiptsTest, WhatWasCanceledSinceStaysCanceledWhenTheReceiptIsTakenBack) {
  const auto from = order();
  const auto id = make(from);
  ASSERT_TRUE(receive_return_now(context(), id, {{from.lines[0], 2, ""}}, ""));
  ASSERT_TRUE(cancel_return(context("customer"), id)) << "the third mug and the plate";
  EXPECT_EQ(ask("SELECT announced FROM order_lines WHERE sku = 'MUG'"), 2);
  ASSERT_TRUE(undo_receipt_now(context(), id));
  EXPECT_EQ(ask<std::string>("SELECT announced || ' ' || reception FROM return_lines WHERE sku = 'MUG'"), "2 awaiting");
  const auto again = receive_return_now(context(), id, {}, "");
  ASSERT_TRUE(again);
  EXPECT_EQ(ask<std::string>("SELECT announced || ' ' || returned || ' ' || released_units FROM order_lines WHERE sku = 'MUG'"), "2 2 2");
  EXPECT_EQ(ask("SELECT count(*) FROM order_lines WHERE returned > announced"), 0);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE state = 'requested'"), 2000);
  const auto other = make_one(from, 1);
  EXPECT_TRUE(other) << "the canceled mug can be returned anew";
  expect_clean();
}

TEST_F(ReceiptsTest, TwoLinesOfOneProductAreCountedTogetherWhenGoodsWereSoldAgain) {
  const auto from = test::make_shipped_order(
      db, merchant, test::order_of({line_of("MUG", 2, 1000), line_of("MUG", 3, 1000)}, {{"manual", "", 5000}}), now - 5 * kDay);
  ReturnRequest wanted;
  wanted.order = from.id;
  wanted.lines = {{from.lines[0], 2, "too_small", ""}, {from.lines[1], 3, "too_small", ""}};
  const auto id = create_return(context(), wanted)->id;
  const auto before = state();
  ASSERT_TRUE(receive_return_now(context(), id, {}, ""));
  const auto received = state();
  run("UPDATE stock SET reserved = 1 WHERE sku = 'MUG'");
  const auto refused = undo_receipt_now(context(), id);
  ASSERT_FALSE(refused) << "each line alone would fit into the 4 that are free";
  EXPECT_EQ(refused.error().code, "stock_taken");
  EXPECT_EQ(refused.error().message.substr(0, 19), "Only 4 of 5 x MUG t");
  EXPECT_EQ(state(), received);
  run("UPDATE stock SET reserved = 0 WHERE sku = 'MUG'");
  ASSERT_TRUE(undo_receipt_now(context(), id));
  EXPECT_EQ(state(), before);
  expect_clean();
}

// Random receipts, inspections and undos: whatever was done, all taken back is the beginning, and all received pays everything.
TEST_F(ReceiptsTest, RandomReceiptsAndUndosAddUp) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto from = order(7);
  const auto id = make(from, "too_small", 7);
  const auto before = state();
  static constexpr const char* kSome[] = {"", "A", "B", "C", "D"};
  for (int step = 0; step < 60; ++step) {
    if (random() % 3 == 0) {
      (void)undo_receipt_now(context(), id);
    } else {
      const std::size_t line = random() % 2;
      const std::int64_t units = line == 1 ? 1 : static_cast<std::int64_t>(1 + random() % 3);
      (void)receive_return_now(context(), id, {{from.lines[line], units, "", false, {kSome[random() % 5], "", ""}}}, "");
    }
  }
  expect_clean();
  while (undo_receipt_now(context(), id)) {
  }
  EXPECT_EQ(state(), before);
  ASSERT_TRUE(receive_return_now(context(), id, {}, ""));
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE state = 'requested'"), 7900);
  EXPECT_EQ(ask("SELECT refunded FROM payments"), 7900);
  expect_clean();
}

}  // namespace
}  // namespace roundtrip::usecases
