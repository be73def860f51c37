// The customer's way back and the desk's decisions in a browser that runs no script, narrow as a phone.
#include <gtest/gtest.h>

#include "web/shop_page.hpp"

namespace roundtrip::test {
namespace {
struct WithoutScripts : ShopPage {
  Json order;

  void SetUp() override {
    shop.ship("SO-1001");
    order = shop.order("SO-1001");
    browser.resize(390, 844);
    browser.devtools("Emulation.setScriptExecutionDisabled", {{"value", true}});
    sign_in(browser, shop, "admin");
    browser.open(shop.at("/station/returns-1"));
    ASSERT_NE(browser.text("body").find("This page needs JavaScript"), std::string::npos) << "a page's scripts run all the same";
  }
  std::string line(std::size_t at) { return order["lines"][at]["id"]; }
  std::string link(const char* name) { return order["links"][name].get<std::string>() + "?lang=en"; }
  bool says(const std::string& text) { return browser.text("body").find(text) != std::string::npos; }
  Json newest_return() { return shop.order("SO-1001")["returns"].back(); }
  // As a person does it: the option is clicked.
  void choose(const std::string& field, const std::string& value) { browser.click(field + " option[value='" + value + "']"); }
  void open_part(const std::string& details) { browser.click(details + " > summary"); }
  void expect_narrow() { EXPECT_LE(browser.script("return document.documentElement.scrollWidth").get<int>(), 390) << browser.url(); }
  void submit(const std::string& button) {
    browser.click_and_leave(button);
    expect_narrow();
  }
  // From the order's page to the label.
  void announce() {
    browser.open(link("tracking_url"));
    submit("a[href^='/return/']:not([href*='/withdraw'])");
    browser.click("#take-" + line(0));
    choose("#r-" + line(0), "too_small");
    submit("form button");
    EXPECT_EQ(browser.text("h1"), "Please check");
    submit("button.confirm");
    EXPECT_TRUE(says("Your return is registered")) << browser.text("body");
  }
};

TEST_F(WithoutScripts, AReturnIsAnnouncedLabeledChangedAndCanceled) {
  announce();
  const std::string label = browser.script("return document.querySelector('.steps a.button').getAttribute('href')").get<std::string>();
  EXPECT_EQ(shop.get(label).body.substr(0, 5), "%PDF-");
  EXPECT_EQ(newest_return()["status"], "approved");

  submit("a[href*='/change']");
  choose("#q-" + line(0), "2");
  choose("#r-" + line(0), "changed_mind");
  submit("form button");
  browser.click("input[name=way][value=counter]");
  submit("button.confirm");
  EXPECT_TRUE(says("Your return is changed")) << browser.text("body");
  EXPECT_EQ(newest_return()["lines"][0]["quantity"], 2);

  open_part(".cancel");
  submit(".cancel button");
  EXPECT_TRUE(says("Your return is canceled")) << browser.text("body");
  EXPECT_EQ(newest_return()["status"], "canceled");
}

TEST_F(WithoutScripts, FaultsOfTheFormAreShownWithWhatWasChosen) {
  browser.open(link("return_url"));
  browser.click("#take-" + line(1));
  submit("form button");
  EXPECT_FALSE(browser.text("[role=alert]").empty()) << "no reason was given";
  EXPECT_EQ(browser.count("#take-" + line(1) + ":checked"), 1);
  browser.complaints();  // the 422 of the form
}

TEST_F(WithoutScripts, WithdrawalTakesItsTwoSteps) {
  browser.open(link("return_url"));
  submit("a[href*='/withdraw']");
  browser.clear("#name");
  browser.type("#name", "Lena Vogt");
  submit("form#withdraw button");
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
  submit("main form button");
  EXPECT_TRUE(says("We have received your withdrawal")) << browser.text("body");
  EXPECT_EQ(newest_return()["kind"], "withdrawal");
  const std::string receipt = browser.script("return document.querySelector(\"a[href$='receipt.txt']\").getAttribute('href')");
  EXPECT_EQ(shop.get(receipt).status, 200);
}

TEST_F(WithoutScripts, TheDeskApprovesReceivesInspectsAndGrantsTheMoney) {
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"auto_approve", false}, {"trigger", "inspection"}}).status, 200);
  announce();
  EXPECT_EQ(newest_return()["status"], "requested");
  const std::string page = shop.at("/desk/orders/" + order["id"].get<std::string>());
  browser.open(page);
  submit("form[action$='/approve'] button");
  EXPECT_EQ(newest_return()["status"], "approved");
  submit("form[action$='/receive'] button");
  EXPECT_TRUE(shop.order("SO-1001")["refunds"].empty()) << "the goods were not looked at";
  submit("form[action$='/inspect'] button[value=accept]");
  EXPECT_EQ(shop.order("SO-1001")["refunds"].size(), 1U);
}

TEST_F(WithoutScripts, TheDeskDeclinesWithAReasonThatTheCustomerReads) {
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"auto_approve", false}}).status, 200);
  announce();
  browser.open(shop.at("/desk/orders/" + order["id"].get<std::string>()));
  const std::string part = "details.action:has(form[action$='/decline'])";
  open_part(part);
  browser.type(part + " input[name=reason]", "It was worn");
  submit(part + " button");
  EXPECT_EQ(newest_return()["status"], "declined");
  browser.open(link("return_url"));
  EXPECT_TRUE(says("It was worn")) << browser.text("body");
}

}  // namespace
}  // namespace roundtrip::test
