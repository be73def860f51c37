// Imported cancellations over the real database: matched to earlier lines, credited once, the rest in a queue that a person works.
#include "usecases/cancellations.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/places.hpp"
#include "usecases/imports.hpp"
#include "usecases/orders.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {
namespace {
using domain::CancellationResult;

const Instant kNow = *parse_rfc3339("2026-11-20T09:00:00Z");

std::string row_of(const std::string& number, const std::string& sku, int quantity, const std::string& price, const std::string& customer,
                   const std::string& day) {
  return number + "," + sku + ",THING," + std::to_string(quantity) + ",2010-12-" + day + " 08:26:00," + price + "," + customer +
         ",United Kingdom\n";
}

class CancellationsTest : public ::testing::Test {
 protected:
  void import(const std::string& rows) {
    const auto source =
        connectors::from_memory("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n" + rows);
    ASSERT_TRUE(import_file(&context_, mapping_, *source, {.stock_for_orders = true}, {}));
  }
  std::map<CancellationResult, std::int64_t> match() { return match_cancellations(context_, mapping_.name); }
  template <class T = std::int64_t>
  T one(const std::string& sql) {
    return store::Session(database_.db()).value<T>(sql).value();
  }
  std::int64_t credited(const std::string& order, const std::string& sku) {
    return one("SELECT sum(l.credited)::bigint FROM order_lines l JOIN orders o USING (merchant_id, order_id) WHERE o.external_id = '" +
               order + "' AND l.sku = '" + sku + "'");
  }
  CancellationRow only_open() {
    const auto list = list_cancellations(context_, {}, {}, 50);
    EXPECT_EQ(list.items.size(), 1U);
    return list.items.front();
  }
  std::tuple<OrderId, LineId> line_of(const std::string& order, const std::string& sku) {
    const auto row = store::Session(database_.db())
                         .row<OrderId, LineId>(
                             "SELECT l.order_id, l.line_id FROM order_lines l JOIN orders o USING (merchant_id, order_id) "
                             "WHERE o.external_id = $1 AND l.sku = $2",
                             order, sku);
    return *row;
  }
  void expect_chains_hold() { EXPECT_TRUE(store::verify_timeline(database_.db(), merchant_, std::nullopt).empty()); }

  test::TestDatabase database_;
  MerchantId merchant_ = database_.merchant();
  Context context_{database_.db(), merchant_, {"import", "import online-retail"}, kNow};
  connectors::Mapping mapping_ = *connectors::load_mapping(std::string(ROUNDTRIP_SOURCE_DIR) + "/config/import/online-retail.toml");
};

TEST_F(CancellationsTest, TheLatestEarlierLinesAreCreditedOnceAndALaterPurchaseIsNone) {
  import(row_of("536365", "85123A", 6, "2.55", "17850.0", "01") + row_of("536400", "85123a", 4, "2.10", "17850.0", "02") +
         row_of("C536500", "85123A", -7, "2.55", "17850.0", "03") + row_of("536600", "85123A", 9, "2.55", "17850.0", "04"));
  EXPECT_EQ(match(), (std::map<CancellationResult, std::int64_t>{{CancellationResult::several_lines, 1}}));
  EXPECT_EQ(credited("536400", "85123A"), 4);
  EXPECT_EQ(credited("536365", "85123A"), 3);
  EXPECT_EQ(credited("536600", "85123A"), 0);
  EXPECT_TRUE(match().empty()) << "nothing is looked at twice";
  EXPECT_EQ(credited("536365", "85123A"), 3);
  EXPECT_EQ(one("SELECT count(*) FROM timeline WHERE type = 'order.credited'"), 2);
  expect_chains_hold();
}

TEST_F(CancellationsTest, WhatWasCreditedCannotBeReturnedAgain) {
  import(row_of("536365", "85123A", 6, "2.55", "17850.0", "01") + row_of("C536500", "85123A", -4, "2.55", "17850.0", "03"));
  match();
  const auto [order, line] = line_of("536365", "85123A");
  store::Session(database_.db()).script("UPDATE order_lines SET shipped = 6");
  ReturnRequest request;
  request.order = order;
  request.lines = {{line, 3, "changed_mind", ""}};
  const auto preview = preview_return(context_, request);
  ASSERT_TRUE(preview);
  EXPECT_FALSE(preview->decision.allowed);
  request.lines[0].quantity = 2;
  EXPECT_TRUE(preview_return(context_, request)->decision.allowed);
}

TEST_F(CancellationsTest, EveryLineThatFitsNothingWaitsByReasonAndIsTriedAgainWhenOlderFilesCome) {
  import(row_of("C1", "A", -2, "1.00", "17850.0", "05") + row_of("C2", "BB", -2, "1.00", "", "05") +
         row_of("C3", "POST", -1, "9.00", "1.0", "05"));
  match();
  const auto counts = count_open_cancellations(context_);
  EXPECT_EQ(counts, (std::vector<std::pair<std::string, std::int64_t>>{{"never_bought", 1}, {"no_customer", 1}, {"not_goods", 1}}));
  EXPECT_EQ(list_cancellations(context_, {CancellationResult::no_customer, false}, {}, 50).items.front().document, "C2");
  import(row_of("500", "A", 5, "1.00", "17850.0", "01"));
  match();
  EXPECT_EQ(credited("500", "A"), 2);
  EXPECT_EQ(count_open_cancellations(context_).size(), 2U);
}

TEST_F(CancellationsTest, APersonCreditsALineSettlesTheRestAndTakesItBack) {
  import(row_of("500", "A", 5, "1.00", "17850.0", "01") + row_of("C1", "A", -8, "1.00", "", "05"));
  match();
  const auto row = only_open();
  const auto [order, line] = line_of("500", "A");
  const auto detail = read_cancellation(context_, row.id, "");
  ASSERT_TRUE(detail);
  ASSERT_EQ(detail->candidates.size(), 1U);
  EXPECT_EQ(detail->candidates[0].line, line);
  EXPECT_EQ(read_cancellation(context_, row.id, "500")->candidates.size(), 1U);
  EXPECT_TRUE(read_cancellation(context_, row.id, "nowhere")->candidates.empty());

  const auto too_many = match_by_hand(context_, row.id, order, line, 6);
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code, "units_not_creditable");
  const auto some = match_by_hand(context_, row.id, order, line, 5);
  ASSERT_TRUE(some) << some.error().message;
  EXPECT_FALSE(some->settled_at);
  EXPECT_EQ(credited("500", "A"), 5);
  EXPECT_FALSE(settle_cancellation(context_, row.id, "")) << "without a reason";
  ASSERT_TRUE(settle_cancellation(context_, row.id, "bought in the shop"));
  EXPECT_FALSE(settle_cancellation(context_, row.id, "again"));
  EXPECT_FALSE(match_by_hand(context_, row.id, order, line, 1));
  EXPECT_TRUE(list_cancellations(context_, {}, {}, 50).items.empty());
  EXPECT_EQ(list_cancellations(context_, {std::nullopt, true}, {}, 50).items.front().note, "bought in the shop");

  ASSERT_TRUE(reopen_cancellation(context_, row.id));
  EXPECT_EQ(credited("500", "A"), 0);
  EXPECT_EQ(only_open().matched, 0);
  EXPECT_FALSE(reopen_cancellation(context_, row.id)) << "it is open";
  expect_chains_hold();
}

TEST_F(CancellationsTest, TwoAtOnceCreditALineOnlyAsOftenAsItWasBought) {
  std::string rows = row_of("500", "A", 30, "1.00", "17850.0", "01");
  for (int i = 0; i < 40; ++i) rows += row_of("C" + std::to_string(i), "A", -1, "1.00", "17850.0", "05");
  import(rows);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([this] { match(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(credited("500", "A"), 30);
  EXPECT_EQ(one("SELECT sum(units)::bigint FROM cancellation_matches"), 30);
  EXPECT_EQ(count_open_cancellations(context_), (std::vector<std::pair<std::string, std::int64_t>>{{"bought_less", 10}}));
  expect_chains_hold();
}

}  // namespace
}  // namespace roundtrip::usecases
