// The returns policy at the desk: changed in the form and as TOML, looked at before it is saved, and taken back; sound as every page is.
#include <gtest/gtest.h>

#include "web/shop_page.hpp"

namespace roundtrip::test {
namespace {

struct DeskPolicy : ShopPage {
  void SetUp() override { sign_in(browser, shop, "admin"); }
  Json policy() { return shop.api("GET", "/v1/policy").json(); }
  void fill(const std::string& selector, const std::string& text) {
    browser.clear(selector);
    browser.type(selector, text);
  }
  // A delivered order whose mugs are asked back for `reason`.
  Json make_return(const std::string& reason) {
    shop.ship("SO-1001");
    store::Session(shop.db()).script("UPDATE parcels SET status = 'delivered', delivered_at = now() - interval '20 days'");
    const Json order = shop.order("SO-1001");
    const auto made =
        shop.api("POST", "/v1/returns",
                 {{"order_id", order["id"]}, {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}, {"reason", reason}}}}});
    EXPECT_EQ(made.status, 201) << made.body;
    return made.json();
  }
};

TEST_F(DeskPolicy, AChangeInTheFormShowsWhomItWouldChangeBeforeItIsSavedAndCanBeTakenBack) {
  const Json made = make_return("changed_mind");
  browser.open(shop.at("/desk/policy"));
  expect_sound();
  fill("#f-window_days", "14");
  fill("#f-windows-country", "PT = 60");
  fill("#f-dispositions", "refurbish if grade = C, damaged = yes");
  browser.click_and_leave("main form button");
  EXPECT_EQ(browser.text("h1"), "What would change");
  const std::string said = browser.text("main");
  for (const std::string& part : {std::string("window_days"), std::string("windows/country/PT"), std::string("dispositions"),
                                  std::string("Tried on the last 1 returns"), std::string("1 would be refused"), std::string("SO-1001"),
                                  made["code"].get<std::string>()})
    EXPECT_NE(said.find(part), std::string::npos) << part << " in " << said;
  expect_sound();
  EXPECT_EQ(policy()["version"], 0) << "looking saves nothing";
  browser.click_and_leave("form[action='/desk/policy'] button");
  EXPECT_EQ(browser.path(), "/desk/policy/versions");
  expect_sound();
  Json now = policy();
  EXPECT_EQ(now["version"], 1);
  EXPECT_EQ(now["window_days"], 14);
  EXPECT_EQ(now["windows"]["country"]["PT"], 60);
  EXPECT_EQ(now["dispositions"], Json::parse(R"([{"grade": "C", "damaged": true, "disposition": "refurbish"}])"));
  // What the form does not touch stays as it is; the second version is taken back to the first.
  browser.open(shop.at("/desk/policy"));
  fill("#f-approval_limit", "5000");
  browser.click_and_leave("main form button");
  EXPECT_EQ(browser.count("thead + tbody tr td.mono:first-child"), 1) << browser.text("main");
  browser.click_and_leave("form[action='/desk/policy'] button");
  EXPECT_EQ(policy()["approval_limit"], 5000);
  browser.click_and_leave("form[action='/desk/policy/versions/1/check'] button");
  EXPECT_EQ(browser.text("h1"), "What would change");
  browser.click_and_leave("form[action='/desk/policy'] button");
  Json back = policy();
  EXPECT_EQ(back["version"], 3);
  now["version"] = 3;
  EXPECT_EQ(back, now);
}

TEST_F(DeskPolicy, WhatIsNoPolicyIsSaidAtItsFieldAndNothingTypedIsLost) {
  browser.open(shop.at("/desk/policy"));
  fill("#f-withdrawal_days", "10");
  fill("#f-outcomes", "refund\nlottery");
  browser.click_and_leave("main form button");
  browser.complaints();  // the 422
  EXPECT_EQ(browser.count("[role=alert] li"), 2) << browser.text("main");
  EXPECT_EQ(browser.count("#f-withdrawal_days[aria-invalid=true]"), 1);
  EXPECT_NE(browser.text("#h-withdrawal_days").find("14"), std::string::npos);
  EXPECT_EQ(browser.script("return document.querySelector('#f-withdrawal_days').value"), "10");
  EXPECT_NE(browser.script("return document.querySelector('#f-outcomes').value").get<std::string>().find("lottery"), std::string::npos);
  EXPECT_EQ(policy()["version"], 0);
  expect_sound();
}

TEST_F(DeskPolicy, AsTomlItIsTheSamePolicyAndALineThatIsNoneIsNamed) {
  browser.open(shop.at("/desk/policy/toml"));
  expect_sound();
  const std::string toml = browser.script("return document.querySelector('#toml').value").get<std::string>();
  EXPECT_NE(toml.find("window_days = 30"), std::string::npos) << toml;
  browser.click_and_leave("main form button");
  EXPECT_NE(browser.text("main").find("This is the policy as it is."), std::string::npos);
  browser.open(shop.at("/desk/policy/toml"));
  fill("#toml", "window_days = 30\ntrigger = \n");
  browser.click_and_leave("main form button");
  browser.complaints();  // the 422
  EXPECT_NE(browser.text("[role=alert]").find("line 2"), std::string::npos);
  fill("#toml", "trigger = \"carrier_scan\"\nadvance_cap = 10000\n");
  browser.click_and_leave("main form button");
  browser.click_and_leave("form[action='/desk/policy'] button");
  EXPECT_EQ(policy()["trigger"], "carrier_scan");
  EXPECT_EQ(policy()["advance_cap"], 10000);
}

TEST_F(DeskPolicy, TwoEditorsDoNotOverwriteEachOther) {
  browser.open(shop.at("/desk/policy"));
  fill("#f-window_days", "45");
  browser.click_and_leave("main form button");
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"window_days", 20}}).status, 200);
  browser.click_and_leave("form[action='/desk/policy'] button");
  browser.complaints();  // the 409
  EXPECT_NE(browser.text("main").find("changed in the meantime"), std::string::npos) << browser.text("main");
  EXPECT_EQ(policy()["window_days"], 20);
}

TEST_F(DeskPolicy, ARefundThatWaitsSaysUntilWhenAndCanBeStopped) {
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"refund_delay_hours", 24}}).status, 200);
  const Json made = make_return("changed_mind");
  shop.scan("returns-1", made["code"]);
  browser.open(shop.at("/desk/orders/" + shop.order("SO-1001")["id"].get<std::string>()));
  EXPECT_NE(browser.text("main").find("Will be paid"), std::string::npos) << browser.text("main");
  expect_sound();
  browser.click("details:has([id^=stop-]) > summary");
  browser.type("[id^=stop-]", "asked to keep it");
  browser.click_and_leave("details:has([id^=stop-]) button");
  EXPECT_EQ(shop.order("SO-1001")["refunds"][0]["state"], "denied");
  EXPECT_EQ(browser.text("main").find("Will be paid"), std::string::npos);
}

TEST_F(DeskPolicy, MoneyAheadOfMissingGoodsIsListedUntilAPersonClosesIt) {
  make_return("changed_mind");
  store::Session(shop.db()).script("UPDATE return_lines SET advanced = announced, advance_due = now() - interval '1 day'");
  browser.open(shop.at("/desk"));
  EXPECT_NE(browser.text("#advance_open").find("SO-1001"), std::string::npos);
  browser.click_and_leave("#advance_open li a");
  EXPECT_NE(browser.text("main").find("Money is ahead of goods"), std::string::npos);
  browser.click("details:has([id^=owed-]) > summary");
  browser.type("[id^=owed-]", "lost on the way, the carrier pays");
  browser.click_and_leave("details:has([id^=owed-]) button");
  EXPECT_EQ(browser.count("[id^=owed-]"), 0);
  browser.open(shop.at("/desk"));
  EXPECT_EQ(browser.count("#advance_open"), 0);
}

TEST_F(DeskPolicy, WhatIsNotWorthTheWayStaysWithTheCustomerAndBothAreTold) {
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"keep_item_below", 100'000}}).status, 200);
  EXPECT_EQ(make_return("changed_mind")["lines"][0]["reception"], "kept");
  browser.open(shop.at("/desk/orders/" + shop.order("SO-1001")["id"].get<std::string>()));
  EXPECT_NE(browser.text("main").find("stays with the customer"), std::string::npos) << browser.text("main");
  browser.open(shop.order("SO-1001")["links"]["return_url"].get<std::string>() + "?lang=en");
  EXPECT_NE(browser.text("main").find("You keep the goods"), std::string::npos) << browser.text("main");
  EXPECT_EQ(browser.count("a[href*='label.pdf']"), 0) << "nothing to print";
  expect_sound();
}

TEST_F(DeskPolicy, OnlyAnAdministratorSeesIt) {
  const auto in = shop.post_form("/login", "login=anna&password=demo-demo-demo");
  const std::string cookie(header(in.headers, "set-cookie").value_or(""));
  const Headers headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"Accept", "text/html"}};
  for (const std::string path : {"/desk/policy", "/desk/policy/toml", "/desk/policy.toml", "/desk/policy/versions"})
    EXPECT_EQ(shop.get(path, headers).status, 403) << path;
  EXPECT_EQ(shop.get("/desk", headers).body.find("/desk/policy"), std::string::npos) << "and nobody else is led there";
}

}  // namespace
}  // namespace roundtrip::test
