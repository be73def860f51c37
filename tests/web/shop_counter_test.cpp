// The counter of a shop: staff find the order, take the goods of a return or without one, and the money goes at once.
#include <gtest/gtest.h>

#include "store/refunds.hpp"
#include "store/stock.hpp"
#include "web/shop_page.hpp"

namespace roundtrip::test {
namespace {
struct ShopCounter : ShopPage {
  Json lines;

  void SetUp() override {
    shop.ship("SO-1001");
    lines = shop.order("SO-1001")["lines"];
    sign_in(browser, shop, "admin");
  }
  std::string line(int at) { return lines[static_cast<std::size_t>(at)]["id"]; }
  void find(const std::string& text) {
    browser.open(shop.at("/desk/shop"));
    browser.type("#counter-q", text);
    browser.click_and_leave("form[action='/desk/shop'] button");
  }
  void choose(const std::string& field, const std::string& value) {
    browser.script("document.querySelector(arguments[0]).value = arguments[1]", {field, value});
  }
  std::int64_t ask(const std::string& sql) { return store::Session(shop.db()).value<std::int64_t>(sql).value(); }
};

TEST_F(ShopCounter, TakesTheGoodsOfAReturnByItsCodeAndPaysAtOnce) {
  const Json order = shop.order("SO-1001");
  const auto made = shop.api("POST", "/v1/returns",
                             {{"order_id", order["id"]}, {"lines", {{{"line_id", line(0)}, {"quantity", 2}, {"reason", "changed_mind"}}}}});
  ASSERT_EQ(made.status, 201) << made.body;
  find(made.json()["code"]);
  EXPECT_EQ(browser.text("h2 a"), "Order SO-1001");
  const std::string form = "form[action^='/desk/shop/returns/']";
  EXPECT_EQ(browser.script("return document.querySelector(arguments[0]).value", {"#t-" + line(0)}), "2") << "what was announced";
  choose("#t-" + line(0), "1");
  browser.click_and_leave(form + " button");
  EXPECT_NE(browser.text("[role=status]").find("Taken."), std::string::npos) << browser.text("main");
  Json now = shop.order("SO-1001");
  EXPECT_EQ(now["returns"][0]["status"], "partly_received");
  ASSERT_EQ(now["refunds"].size(), 1U) << "the money of the unit goes with the receipt";
  EXPECT_EQ(ask("SELECT sum(on_hand)::bigint FROM stock JOIN warehouses USING (merchant_id, warehouse_id) WHERE name = 'Store Mitte'"), 1)
      << "the goods are in the shop";
  browser.click_and_leave(form + " button");
  now = shop.order("SO-1001");
  EXPECT_EQ(now["returns"][0]["status"], "received");
  EXPECT_EQ(now["refunds"].size(), 2U);
  EXPECT_EQ(browser.count(form), 0) << "nothing of it is awaited any more";
}

TEST_F(ShopCounter, ExchangesOverTheCounterOutOfTheShopsOwnStock) {
  find("SO-1001");
  const std::string form = "form[action^='/desk/shop/orders/']";
  choose("#o-" + line(0), "1");
  choose(form + " select[name=outcome]", "exchange");
  browser.click_and_leave(form + " button");
  EXPECT_NE(browser.text("[role=alert]").find("what the customer gets instead"), std::string::npos);
  browser.complaints();  // the 422 of the form
  choose("#o-" + line(0), "1");
  choose("#i-" + line(0), "MUG-BLUE");
  choose(form + " select[name=outcome]", "exchange");
  browser.click_and_leave(form + " button");
  EXPECT_NE(browser.text("[role=status]").find("Taken."), std::string::npos) << browser.text("main");
  const std::string hand_over = "form[action^='/desk/shop/exchanges/']";
  browser.click_and_leave(hand_over + " button");
  EXPECT_NE(browser.text("[role=alert]").find("The shop does not have 1 x MUG-BLUE. The warehouse sends it"), std::string::npos);
  browser.complaints();  // the 409
  const std::int64_t reserved = ask("SELECT sum(reserved)::bigint FROM stock WHERE sku = 'MUG-BLUE'");
  const auto stocked =
      shop.api("POST", "/v1/stock/movements",
               {{"warehouse", "Store Mitte"}, {"bin", "S-01"}, {"sku", "MUG-BLUE"}, {"quantity", 2}, {"reason", "receive"}});
  ASSERT_EQ(stocked.status, 201) << stocked.body;
  browser.click_and_leave(hand_over + " button");
  EXPECT_NE(browser.text("[role=status]").find("Handed over."), std::string::npos) << browser.text("main");
  EXPECT_EQ(browser.count(hand_over), 0) << "nothing is left to hand over";
  const Json exchange = shop.order("SO-1001")["returns"][0]["exchange"];
  EXPECT_EQ(exchange["state"], "completed");
  const Json replacement = shop.order("SO-1001-X1");
  EXPECT_EQ(replacement["shipments"][0]["status"], "delivered");
  EXPECT_EQ(replacement["shipments"][0]["parcels"][0]["status"], "delivered");
  EXPECT_EQ(ask("SELECT sum(on_hand)::bigint FROM stock JOIN warehouses USING (merchant_id, warehouse_id) WHERE name = 'Store Mitte' AND "
                "sku = 'MUG-BLUE'"),
            1);
  EXPECT_EQ(ask("SELECT sum(reserved)::bigint FROM stock WHERE sku = 'MUG-BLUE'"), reserved - 1) << "the warehouse keeps its own";
  EXPECT_EQ(ask("SELECT count(*) FROM handovers WHERE carrier = ''"), 0) << "no carrier is to sign for it";
  store::Session session(shop.db());
  const auto merchant = session.value<MerchantId>("SELECT merchant_id FROM merchants").value();
  EXPECT_TRUE(store::verify_stock(session, merchant).empty());
  EXPECT_TRUE(store::money_faults(session, merchant).empty());
}

TEST_F(ShopCounter, TakesGoodsThatNobodyAnnouncedAndSaysWhatIsMissing) {
  find("SO-1001");
  const std::string form = "form[action^='/desk/shop/orders/']";
  browser.click_and_leave(form + " button");
  EXPECT_FALSE(browser.text("[role=alert]").empty()) << "no piece was named";
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
  browser.complaints();  // the 422 of the form
  choose("#o-" + line(1), "1");
  choose(form + " select[name=reason]", "defective");
  choose(form + " select[name=condition]", "damaged");
  browser.click_and_leave(form + " button");
  EXPECT_NE(browser.text("[role=status]").find("Taken."), std::string::npos) << browser.text("main");
  const Json order = shop.order("SO-1001");
  ASSERT_EQ(order["returns"].size(), 1U);
  EXPECT_EQ(order["returns"][0]["status"], "received");
  EXPECT_EQ(order["refunds"].size(), 1U);
  EXPECT_EQ(ask("SELECT sum(damaged)::bigint FROM stock JOIN warehouses USING (merchant_id, warehouse_id) WHERE name = 'Store Mitte'"), 1)
      << "what is damaged is not sold";
}

TEST_F(ShopCounter, AnAdminOpensAWarehouseAsAShopAndClosesIt) {
  browser.open(shop.at("/desk/shop"));
  const auto shops = [&] { return shop.api("GET", "/v1/shops").json()["items"]; };
  const auto before = shops().size();
  choose("#open-warehouse", "main");
  browser.type("#open-hours", "Mon-Fri 9-18");
  browser.click_and_leave("form[action='/desk/shop/open'] button");
  EXPECT_NE(browser.text("[role=status]").find("main takes returns now."), std::string::npos) << browser.text("main");
  EXPECT_EQ(shops().size(), before + 1);
  EXPECT_NE(browser.text("#shops").find("Mon-Fri 9-18"), std::string::npos);
  expect_sound();
  browser.click_and_leave("button[aria-label='Close main']");
  EXPECT_NE(browser.text("[role=status]").find("main takes no more returns."), std::string::npos) << browser.text("main");
  EXPECT_EQ(shops().size(), before);
}

TEST_F(ShopCounter, SaysWhenNothingBearsWhatWasScanned) {
  find("ZZ-unknown");
  EXPECT_NE(browser.text("[role=alert]").find("ZZ-unknown"), std::string::npos);
}

TEST_F(ShopCounter, AWithdrawalNearItsLastDayRaisesAttentionUntilItIsPaid) {
  const std::string back = shop.order("SO-1001")["links"]["return_url"];
  browser.open(back + "/withdraw?lang=en");
  browser.click_and_leave("form#withdraw button");
  browser.click_and_leave("main form button");
  browser.open(shop.at("/desk"));
  EXPECT_EQ(browser.count("#withdrawal_due"), 0) << "14 days are left";
  store::Session(shop.db()).script(
      "SET session_replication_role = replica; UPDATE withdrawals SET refund_due_at = now() + interval '2 days'");
  browser.reload();
  EXPECT_NE(browser.text("#withdrawal_due").find("SO-1001"), std::string::npos);
  EXPECT_NE(browser.text("#withdrawal_due").find("Goods not on their way yet; due"), std::string::npos) << browser.text("#withdrawal_due");
}

}  // namespace
}  // namespace roundtrip::test
