// A customer exchanges: another variant evenly, another product with its difference, and follows what is sent instead.
#include "web/customer_page.hpp"

namespace roundtrip::test {
namespace {

struct ExchangePage : CustomerPage {
  std::string id;  // of the line with 2 red mugs
  Json before;

  void SetUp() override {
    CustomerPage::SetUp();
    shop.ship("SO-1001");
    before = shop.order("SO-1001");
    id = before["lines"][0]["id"];
  }
  Json exchange() { return shop.order("SO-1001")["returns"][0]["exchange"]; }
  std::string one_mug(const std::string& more) {
    return "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=too_small&outcome=exchange&way=label" + more;
  }
  void open_check() {
    browser.open(link("return_url") + "?lang=en");
    browser.click("#take-" + id);
    choose("#q-" + id, "1");
    choose("#r-" + id, "too_small");
    browser.click_and_leave("form button");
  }
};

TEST_F(ExchangePage, AnotherVariantIsChosenWithItsStockAndFollowedToTheDoor) {
  open_check();
  const std::string select = "#x-" + id;
  const auto shown = [&] { return browser.script("return document.querySelector(arguments[0]).getClientRects().length > 0", {select}); };
  EXPECT_EQ(shown(), false) << "asked for only when an exchange is chosen";
  browser.click("input[name=outcome][value=exchange]");
  EXPECT_EQ(shown(), true);
  expect_plain_and_narrow();
  const std::string blue =
      browser.script("return document.querySelector(arguments[0] + ' option[value=MUG-BLUE]').textContent", {select}).get<std::string>();
  EXPECT_EQ(blue, "Blue mug · Even exchange · in stock");
  browser.click_and_leave("button.confirm");
  EXPECT_NE(browser.text("[role=alert]").find("Red mug: choose what you would like instead."), std::string::npos);
  browser.complaints();  // the 422 of the form
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
  choose(select, "MUG-BLUE");
  browser.click_and_leave("button.confirm");

  EXPECT_TRUE(says("Your return is registered")) << body();
  for (const char* part : {"Your exchange", "Blue mug", "It is set aside for you.", "as soon as your parcel has arrived"})
    EXPECT_TRUE(says(part)) << part << " in " << body();
  EXPECT_FALSE(says("Where is the money?")) << "an even exchange pays nothing back";
  expect_plain_and_narrow();
  EXPECT_EQ(exchange()["state"], "awaiting_goods");
  EXPECT_EQ(exchange()["lines"][0]["sku"], "MUG-BLUE");

  shop.scan("returns-1", shop.order("SO-1001")["returns"][0]["code"]);
  browser.open(link("return_url") + "?lang=en");
  EXPECT_TRUE(says("It is being packed.")) << body();
  const std::string replacement = exchange()["replacement_external_id"];
  shop.ship(replacement);
  browser.open(link("return_url") + "?lang=en");
  EXPECT_TRUE(says("It is on its way to you.")) << body();
  browser.click_and_leave(".return-card a[href^='/track/']");
  EXPECT_TRUE(says(replacement)) << body();
  EXPECT_TRUE(says(shop.order(replacement)["shipments"][0]["parcels"][0]["tracking_number"].get<std::string>()));
}

TEST_F(ExchangePage, AnExchangeIsChangedForAnotherOneAndForMoney) {
  open_check();
  browser.click("input[name=outcome][value=exchange]");
  choose("#x-" + id, "MUG-BLUE");
  browser.click_and_leave("button.confirm");
  const std::string code = shop.order("SO-1001")["returns"][0]["code"];

  browser.click_and_leave("a[href*='/change']");
  browser.click_and_leave("form button");
  EXPECT_EQ(browser.script("return document.querySelector('input[name=outcome]:checked').value"), "exchange") << "as it is";
  EXPECT_EQ(browser.script("return document.querySelector(arguments[0]).value", {"#x-" + id}), "MUG-BLUE");
  expect_plain_and_narrow();
  browser.type("#search", "oak");
  browser.click_and_leave("button[name=look]");
  EXPECT_TRUE(says("1 product found")) << body();
  choose("#x-" + id, "LAMP-OAK");
  browser.click_and_leave("button.confirm");  // the difference is shown
  if (!says("Your return is changed")) browser.click_and_leave("button.confirm");
  EXPECT_TRUE(says("Your return is changed")) << body();
  EXPECT_EQ(exchange()["lines"][0]["sku"], "LAMP-OAK");
  EXPECT_EQ(shop.order("SO-1001")["returns"].size(), 1U) << "the same return";
  EXPECT_EQ(shop.order("SO-1001")["returns"][0]["code"], code) << "and label";

  browser.click_and_leave("a[href*='/change']");
  browser.click_and_leave("form button");
  browser.click("input[name=outcome][value=refund]");
  browser.click_and_leave("button.confirm");
  EXPECT_TRUE(says("Your return is changed")) << body();
  EXPECT_EQ(shop.order("SO-1001")["returns"][0]["outcome"], "refund");
  EXPECT_TRUE(says("Where is the money?")) << body();
}

TEST_F(ExchangePage, AnotherProductIsFoundByItsNameAndItsDifferencePaidOverTheShop) {
  open_check();
  browser.click("input[name=outcome][value=exchange]");
  browser.type("#search", "oak");
  browser.click_and_leave("button[name=look]");
  EXPECT_TRUE(says("1 product found")) << body();
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
  choose("#x-" + id, "LAMP-OAK");
  browser.click_and_leave("button.confirm");
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty()) << "the difference is seen before it is agreed to";
  expect_plain_and_narrow();
  const std::string difference = browser.text(".exchange .total .num");
  EXPECT_EQ(browser.text(".exchange .total th"), "You pay");
  EXPECT_TRUE(says("Nordlicht Home takes the difference")) << body();
  EXPECT_EQ(browser.text("button.confirm"), "Exchange now");
  browser.click_and_leave("button.confirm");

  EXPECT_TRUE(says("Your return is registered")) << body();
  const Json made = exchange();
  EXPECT_EQ(made["state"], "awaiting_payment");
  const auto owed = made["owed"]["amount"].get<std::int64_t>();
  EXPECT_EQ(difference, "€" + std::to_string(owed / 100) + "." + (owed % 100 < 10 ? "0" : "") + std::to_string(owed % 100));
  EXPECT_TRUE(says(difference + " more is to be paid")) << body();
  EXPECT_TRUE(says("+49 30 5550100"));
  expect_plain_and_narrow();
  const std::string return_id = shop.order("SO-1001")["returns"][0]["id"];
  const auto paid = shop.api("POST", "/v1/returns/" + return_id + "/exchange/payment",
                             {{"gateway", "manual"}, {"reference", "till-7"}, {"amount", owed}});
  ASSERT_EQ(paid.status, 200) << paid.body;
  browser.open(link("return_url") + "?lang=en");
  EXPECT_TRUE(says("It is set aside for you.")) << body();
  EXPECT_EQ(exchange()["state"], "awaiting_goods");
}

TEST_F(ExchangePage, WhatIsCheaperPaysTheRestBackToTheCent) {
  open_check();
  browser.click("input[name=outcome][value=exchange]");
  browser.type("#search", "tea");
  browser.click_and_leave("button[name=look]");
  choose("#x-" + id, "TEA-EARL");
  browser.click_and_leave("button.confirm");
  EXPECT_EQ(browser.text(".exchange .total th"), "You get back");
  const std::string back = browser.text(".exchange .total .num");
  browser.resize(1280, 900);
  browser.click_and_leave("button.confirm");
  const auto cents = exchange()["to_pay_back"]["amount"].get<std::int64_t>();
  EXPECT_EQ(back, "€" + std::to_string(cents / 100) + "." + (cents % 100 < 10 ? "0" : "") + std::to_string(cents % 100));
  EXPECT_TRUE(says("Where is the money?")) << body();
  shop.scan("returns-1", shop.order("SO-1001")["returns"][0]["code"]);
  const auto paid_back = store::Session(shop.db()).value<std::int64_t>(
      "SELECT sum(amount)::bigint FROM refunds WHERE destination = 'original' AND order_id = 1");
  EXPECT_EQ(paid_back, cents) << "what was shown is what is paid";
}

TEST_F(ExchangePage, AsPlainFormsItAsksForWhatIsMissingAndTakesNothingUnseen) {
  const std::string path = path_of("return_url");
  const auto none = shop.post_form(path + "?lang=de", one_mug(""));
  EXPECT_EQ(none.status, 422);
  EXPECT_NE(none.body.find("Red mug: Wählen Sie, was Sie stattdessen möchten."), std::string::npos);
  const auto unknown = shop.post_form(path + "?lang=de", one_mug("&instead_" + id + "=NO-SUCH"));
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("Was Sie gewählt haben, gibt es nicht mehr."), std::string::npos);
  const auto unseen = shop.post_form(path + "?lang=de", one_mug("&instead_" + id + "=LAMP-OAK"));
  EXPECT_EQ(unseen.status, 200);
  EXPECT_NE(unseen.body.find("Sie zahlen"), std::string::npos);
  const auto lying = shop.post_form(path + "?lang=de", one_mug("&instead_" + id + "=LAMP-OAK&seen=0-0-LAMP-OAK"));
  EXPECT_EQ(lying.status, 200);
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
  const auto nothing_found = shop.post_form(path + "/check?lang=de", one_mug("&look=yes&search=%27%3Adrop+%26+%21"));
  EXPECT_EQ(nothing_found.status, 200);
  const auto none_found = shop.post_form(path + "/check?lang=de", one_mug("&look=yes&search=sofa"));
  EXPECT_NE(none_found.body.find("Dazu passt nichts."), std::string::npos);

  const std::string mark = "name=\"seen\" value=\"";
  const auto at = unseen.body.find(mark) + mark.size();
  const std::string seen = unseen.body.substr(at, unseen.body.find('"', at) - at);
  EXPECT_EQ(shop.post_form(path, one_mug("&instead_" + id + "=LAMP-OAK&seen=" + seen)).status, 303);
  EXPECT_EQ(exchange()["lines"][0]["sku"], "LAMP-OAK");
}

TEST_F(ExchangePage, AnotherProductWithoutAPriceOrAgainstThePolicyIsNeverHadForNothing) {
  ASSERT_EQ(shop.api("PUT", "/v1/products/SOFA-1", {{"name", "Sofa"}}).status, 201);
  const std::string path = path_of("return_url");
  EXPECT_EQ(shop.post_form(path, one_mug("&instead_" + id + "=SOFA-1")).status, 422);
  const auto found = shop.post_form(path + "/check", one_mug("&look=yes&search=sofa"));
  EXPECT_EQ(found.body.find("SOFA-1"), std::string::npos);
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"exchange_other_product", false}}).status, 200);
  const auto refused = shop.post_form(path + "?lang=en", one_mug("&instead_" + id + "=LAMP-OAK"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("only another variant of the same product"), std::string::npos);
  EXPECT_EQ(refused.body.find("id=\"search\""), std::string::npos);
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
}

TEST_F(ExchangePage, ThePolicySpeaksTheCustomersLanguage) {
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"freight", "customer"}, {"freight_fee", 495}, {"restocking_basis_points", 1000}}).status, 200);
  const auto check = shop.post_form(path_of("return_url") + "/check?lang=de",
                                    "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=changed_mind&outcome=refund");
  EXPECT_EQ(check.status, 200);
  const auto from = check.body.find("class=\"explained\"");
  ASSERT_NE(from, std::string::npos);
  const std::string said = check.body.substr(from, check.body.find("</ul>", from) - from);
  EXPECT_NE(said.find("wird von der Erstattung abgezogen."), std::string::npos) << said;
  for (const char* english : {" the ", "The ", "refund", "goods"}) EXPECT_EQ(said.find(english), std::string::npos) << said;
  store::Session session(shop.db());
  session.run("UPDATE parcels SET status = 'delivered', delivered_at = now() - interval '31 days'", {});
  session.run("UPDATE order_lines SET delivered = shipped", {});
  browser.open(link("return_url") + "?lang=de");
  EXPECT_TRUE(says("Tag 32 von 30")) << body();
}

}  // namespace
}  // namespace roundtrip::test
