// The back office: signing in, attention, search, the order and what may be done with it.
#include <gtest/gtest.h>

#include <set>

#include "web/shop_page.hpp"

namespace roundtrip::test {
namespace {

struct DeskPage : ShopPage {
  void search(const std::string& text) {
    browser.clear("#q");
    browser.type("#q", text);
    browser.click_and_leave(".search button");
  }
  std::string id_of(const std::string& external_id) { return shop.order(external_id)["id"]; }
};

TEST_F(DeskPage, AWrongPasswordIsRefusedAndTheRightOneLeadsWhereOneWanted) {
  browser.open(shop.at("/desk/orders"));
  EXPECT_EQ(browser.path(), "/login");
  browser.type("#login", "anna");
  browser.type("#password", "wrong-wrong");
  browser.click_and_leave("form button");
  EXPECT_NE(browser.text("[role=alert]").find("wrong"), std::string::npos);
  browser.complaints();  // the 401
  browser.type("#password", "demo-demo-demo");
  browser.click_and_leave("form button");
  EXPECT_EQ(browser.path(), "/desk/orders");
  browser.click_and_leave(".who button");
  EXPECT_EQ(browser.path(), "/login");
  browser.open(shop.at("/desk"));
  EXPECT_EQ(browser.path(), "/login") << "signed out";
}

TEST_F(DeskPage, SignInSendsNobodyToAnotherSite) {
  for (const std::string next : {"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"}) {
    const auto reply = shop.post_form("/login", "login=anna&password=demo-demo-demo&next=" + percent_encode(next));
    EXPECT_EQ(reply.status, 303);
    EXPECT_EQ(header(reply.headers, "location"), "/desk") << next;
    const auto cookie = std::string(header(reply.headers, "set-cookie").value_or(""));
    EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
    EXPECT_NE(cookie.find("SameSite"), std::string::npos);
  }
  EXPECT_EQ(shop.post_form("/login", "login=anna&password=demo-demo-demo", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
}

TEST_F(DeskPage, AParcelSaysWhenItWasAskedForAndUntilWhenItIsPushed) {
  shop.ship("SO-1001");
  store::Session(shop.db()).run(
      "UPDATE trackers SET last_checked_at = now() - interval '2 hours', last_success_at = now() - interval '2 hours', next_check_at = "
      "now() "
      "+ interval '20 hours', last_push_at = now() - interval '3 hours', subscribed_until = '2099-01-02', leased_until = now() + interval "
      "'1 "
      "hour'",
      {});
  const auto in = shop.post_form("/login", "login=anna&password=demo-demo-demo");
  const std::string cookie(header(in.headers, "set-cookie").value_or(""));
  const auto page = shop.get("/desk/orders/" + id_of("SO-1001"), {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"Accept", "text/html"}});
  ASSERT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("Asked 2 h ago"), std::string::npos);
  EXPECT_NE(page.body.find("pushed 3 h ago, pushes promised until 2099-01-02"), std::string::npos) << page.body;
}

TEST_F(DeskPage, APickerHasNoBusinessAtTheDesk) {
  const auto in = shop.post_form("/login", "login=pia&password=demo-demo-demo");
  const std::string cookie(header(in.headers, "set-cookie").value_or(""));
  const Headers headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"Accept", "text/html"}};
  EXPECT_EQ(shop.get("/station", headers).status, 200);
  for (const std::string path : {"/desk", "/desk/orders", "/desk/search?q=SO-1001", "/desk/outbox"})
    EXPECT_EQ(shop.get(path, headers).status, 403) << path;
}

TEST_F(DeskPage, AFormWithoutItsTokenChangesNothing) {
  const auto in = shop.post_form("/login", "login=anna&password=demo-demo-demo");
  const std::string cookie(header(in.headers, "set-cookie").value_or(""));
  const Headers headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  EXPECT_EQ(shop.post_form("/desk/orders/" + id_of("SO-1001") + "/hold", "reason=x", headers).status, 403);
  EXPECT_EQ(shop.post_form("/desk/orders/" + id_of("SO-1001") + "/hold", "reason=x&csrf=guess", headers).status, 403);
  EXPECT_EQ(shop.order("SO-1001")["status"], "open");
}

TEST_F(DeskPage, OneBoxFindsOrdersParcelsReturnsArticlesMailsAndNames) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const std::string page = "/desk/orders/" + order["id"].get<std::string>();
  sign_in(browser, shop, "anna");
  const Json& parcel = order["shipments"][0]["parcels"][0];
  for (const std::string& text : {order["external_id"].get<std::string>(), order["id"].get<std::string>(),
                                  parcel["tracking_number"].get<std::string>(), parcel["code"].get<std::string>(),
                                  order["shipments"][0]["code"].get<std::string>(), order["customer"]["email"].get<std::string>()}) {
    search(text);
    EXPECT_EQ(browser.path(), page) << text;
  }
  for (const std::string text : {"MUG-RED", "4006381333900", "04006381333900"}) {
    search(text);
    EXPECT_EQ(browser.path(), "/desk/products/MUG-RED") << text;
  }
  search("lena");
  EXPECT_EQ(browser.path(), "/desk/search");
  EXPECT_GE(browser.count(".hits li"), 2) << "several of one name are a list";
  search("no such thing");
  EXPECT_NE(browser.text("main").find("Nothing was found"), std::string::npos);
}

TEST_F(DeskPage, AttentionNamesWhatStopsTheDayAndLeadsThere) {
  store::Session(shop.db()).run("UPDATE orders SET promised_ship_at = now() - interval '2 hours' WHERE external_id = 'SO-1002'", {});
  sign_in(browser, shop, "anna");
  EXPECT_EQ(browser.path(), "/desk");
  EXPECT_NE(browser.text("#past_promise").find("SO-1002"), std::string::npos);
  EXPECT_NE(browser.text("#held").find("SO-1006"), std::string::npos);
  browser.click_and_leave("#past_promise li a");
  EXPECT_EQ(browser.text("h1"), "Order SO-1002");
  EXPECT_NE(browser.text(".page-head").find("Past its promise"), std::string::npos);
}

TEST_F(DeskPage, AnUnknownCarrierCodeIsMappedInOneLine) {
  store::Session(shop.db()).run(
      "INSERT INTO unmapped_codes (merchant_id, carrier, raw_code, raw_text, seen, first_at, last_at) "
      "SELECT merchant_id, 'demo', 'XQ7', 'Handed to the <night> network', 41, now(), now() FROM merchants",
      {});
  sign_in(browser, shop, "anna");
  EXPECT_NE(browser.text("#unmapped_code").find("XQ7"), std::string::npos);
  browser.click_and_leave("#unmapped_code li a");
  EXPECT_EQ(browser.path(), "/desk/codes");
  const auto row = browser.text("tbody tr");
  for (const std::string part : {"demo", "XQ7", "Handed to the <night> network", "41"})
    EXPECT_NE(row.find(part), std::string::npos) << part << " in " << row;
  browser.script("document.querySelector('select[name=status]').value = 'in_transit'");
  browser.click_and_leave("tbody form button");
  EXPECT_NE(browser.text("table.mapped").find("In transit"), std::string::npos);
  EXPECT_NE(browser.text("table.mapped").find("anna"), std::string::npos);
  EXPECT_EQ(browser.text("main").find("41"), std::string::npos) << "it has left the inbox";
  browser.click("table.mapped summary");
  browser.click_and_leave("table.mapped form button");
  EXPECT_NE(browser.text("main").find("Meaning taken back."), std::string::npos) << browser.text("main");
  EXPECT_EQ(browser.text("main").find("anna"), std::string::npos);
}

TEST_F(DeskPage, AParcelThatFellSilentIsListedUntilSomebodyDealsWithItAndThePageSaysWhy) {
  shop.ship("SO-1001");
  store::Session(shop.db()).run(
      "UPDATE trackers t SET status = 'expired', next_check_at = NULL, ended_at = now() FROM orders o "
      "WHERE o.merchant_id = t.merchant_id AND o.order_id = t.order_id AND o.external_id = 'SO-1001'",
      {});
  store::Session(shop.db()).run(
      "UPDATE parcels p SET status = 'expired' FROM trackers t WHERE t.merchant_id = p.merchant_id AND t.parcel_id = p.parcel_id "
      "AND t.status = 'expired'",
      {});
  sign_in(browser, shop, "anna");
  EXPECT_NE(browser.text("#tracker_expired").find("SO-1001"), std::string::npos);
  browser.click_and_leave("#tracker_expired li a");
  EXPECT_NE(browser.text(".parcel .silence").find("stopped asking"), std::string::npos);
  browser.click_and_leave("form[action$='/attend'] button");
  EXPECT_NE(browser.text(".parcel").find("Somebody has dealt with it"), std::string::npos);
  EXPECT_EQ(browser.count("form[action$='/attend']"), 0);
  browser.open(shop.at("/desk"));
  EXPECT_EQ(browser.count("#tracker_expired"), 0);
}

TEST_F(DeskPage, WhatHasLeftIsClosedOutAndTheListIsPrinted) {
  sign_in(browser, shop, "anna");
  browser.open(shop.at("/desk/manifests"));
  browser.click_and_leave(".page-head button");
  const auto before = browser.count("tbody tr a");
  shop.ship("SO-1001");
  browser.open(shop.at("/desk/manifests"));
  browser.click_and_leave(".page-head button");
  EXPECT_EQ(browser.count("tbody tr a"), before + 1) << browser.text("main");
  EXPECT_NE(browser.text("tbody tr").find("Manifest made"), std::string::npos);
  const auto list = browser.script(
      "const a = document.querySelector('tbody a'); const x = new XMLHttpRequest(); x.open('GET', a.href, false); x.send();"
      "return x.status + ' ' + x.getResponseHeader('content-type')");
  EXPECT_EQ(list, "200 application/pdf");
  browser.click_and_leave(".page-head button");
  EXPECT_NE(browser.text("[role=alert]").find("Nothing has left"), std::string::npos);
}

TEST_F(DeskPage, TheNumberOfAParcelIsPutRightAndFollowedFromThen) {
  shop.ship("SO-1001");
  sign_in(browser, shop, "anna");
  browser.open(shop.at("/desk/orders/" + id_of("SO-1001")));
  browser.click(".parcel details.action summary");
  browser.script("document.querySelector('.parcel input[name=carrier]').value = 'gls'");
  browser.type(".parcel input[name=number]", "ZWX9K1AB");
  browser.click_and_leave(".parcel form button");
  EXPECT_NE(browser.text(".parcel").find("gls ZWX9K1AB"), std::string::npos) << browser.text(".parcel");
  EXPECT_NE(browser.text(".timeline").find("ZWX9K1AB"), std::string::npos);
}

TEST_F(DeskPage, AnOrderIsHeldReleasedAndCanceledAndTheTimelineSaysByWhom) {
  sign_in(browser, shop, "anna");
  browser.open(shop.at("/desk/orders/" + id_of("SO-1002")));
  browser.click("details.action summary");
  browser.type("#hold-reason", "Customer calls back");
  browser.click_and_leave("details.action form button");
  EXPECT_NE(browser.text(".page-head").find("Customer calls back"), std::string::npos);
  EXPECT_NE(browser.text(".timeline").find("anna"), std::string::npos);
  browser.click_and_leave("form[action$='/release'] button");
  EXPECT_EQ(browser.text(".page-head").find("Customer calls back"), std::string::npos);
  browser.click("details.action:has(form[action$='/cancel']) summary");
  browser.type("#cancel-reason", "Ordered twice");
  browser.click_and_leave("form[action$='/cancel'] button");
  EXPECT_EQ(shop.order("SO-1002")["status"], "canceled");
  EXPECT_EQ(browser.count("form[action$='/cancel']"), 0) << "what is canceled cannot be canceled again";
}

TEST_F(DeskPage, TheOutboxShowsTheTextAsItWasSent) {
  sign_in(browser, shop, "anna");
  browser.open(shop.at("/desk/outbox?state=sent"));
  const bool sent = browser.wait_for("if (!document.querySelector('a.key')) { location.reload(); return false; } return true").get<bool>();
  EXPECT_TRUE(sent);
  browser.click_and_leave("table a.key");
  EXPECT_GT(browser.text("pre.mail").size(), 100u);
}

TEST_F(DeskPage, ListsPageByKeyWithoutLosingOrRepeatingAnOrder) {
  sign_in(browser, shop, "anna");
  store::Session(shop.db()).run(
      "INSERT INTO orders (merchant_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, warehouse_id, "
      "ship_to, total) "
      "SELECT merchant_id, 'BULK-' || g, '', 'open', now(), now(), now() - g * interval '1 second', currency, warehouse_id, ship_to, 100 "
      "FROM orders, generate_series(1, 130) g WHERE external_id = 'SO-1001'",
      {});
  for (const std::string sort : {"newest", "changed"}) {
    std::set<std::string> seen;
    int rows = 0;
    browser.open(shop.at("/desk/orders?sort=" + sort));
    for (;;) {
      for (const Json& name : browser.script("return [...document.querySelectorAll('td a.key')].map(a => a.textContent)")) {
        seen.insert(name.get<std::string>());
        ++rows;
      }
      if (browser.count(".pager a") == 0) break;
      browser.click_and_leave(".pager a");
    }
    EXPECT_EQ(rows, 138) << sort;
    EXPECT_EQ(seen.size(), 138u) << sort;
  }
}

}  // namespace
}  // namespace roundtrip::test
