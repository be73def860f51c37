// The carrier fetches it: a day is chosen, the confirmation shown, and what fails leaves the label.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "demo/carrier_server.hpp"
#include "web/shop.hpp"
#include "web/sound_page.hpp"

namespace roundtrip::test {
namespace {

struct PickupPage : testing::Test {
  demo::CarrierServer carrier{demo::CarrierServerOptions{.day_us = kDay}};
  Shop shop{{"ROUNDTRIP_CARRIERS__DEMO__BASE_URL=" + carrier.url(), "ROUNDTRIP_CARRIERS__ALLOW_PRIVATE_ADDRESSES=true",
             "ROUNDTRIP_RETURNS__PICKUP=true"}};
  Browser browser{shop.folder().string()};
  std::string id, back;
  bool signed_in = false;

  void SetUp() override {
    shop.ship("SO-1001");
    const Json order = shop.order("SO-1001");
    id = order["lines"][0]["id"];
    back = order["links"]["return_url"];
  }
  std::string path() { return back.substr(shop.at("").size()); }
  void choose_it() {
    browser.resize(390, 844);
    browser.open(back + "?lang=en");
    browser.click("#take-" + id);
    browser.script("document.querySelector(arguments[0]).value = 'too_small'", {"#r-" + id});
    browser.click_and_leave("form button");
    browser.click("input[name=way][value=pickup]");
  }
  // The returns of the order as the desk sees them.
  std::string at_the_desk() {
    if (!signed_in) sign_in(browser, shop, "anna");
    signed_in = true;
    browser.open(shop.at("/desk/orders/" + shop.order("SO-1001")["id"].get<std::string>()));
    return browser.text("section[aria-labelledby=h-returns]");
  }
  // The jobs have done their part; the page then shows it.
  void wait_until(const std::string& state) {
    store::Session session(shop.db());
    const auto now = [&] { return session.value<std::string>("SELECT state FROM pickups").value_or(""); };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (now() != state && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_EQ(now(), state);
    browser.open(back + "?lang=en");
  }
};

TEST_F(PickupPage, ADayIsChosenItsConfirmationShownAndItIsCanceledWithTheReturn) {
  choose_it();
  expect_sound_page(browser, 390);
  const std::string day = browser.script("return document.querySelector('#day').selectedOptions[0].textContent").get<std::string>();
  browser.click_and_leave("button.confirm");
  EXPECT_NE(browser.text("body").find("Your return is registered"), std::string::npos) << browser.text("body");
  wait_until("booked");
  const std::string said = browser.text(".return-card");
  EXPECT_NE(said.find("Confirmation DEMO-"), std::string::npos) << said;
  EXPECT_NE(said.find("The carrier comes on " + day), std::string::npos) << said;
  EXPECT_EQ(said.find("Hand the parcel"), std::string::npos) << said;
  for (const int width : {1280, 390}) {
    browser.resize(width, 844);
    expect_sound_page(browser, width);
  }
  EXPECT_EQ(carrier.pickups_standing(), 1);
  const std::string desk = at_the_desk();
  EXPECT_NE(desk.find("The carrier fetches it on 20"), std::string::npos) << desk;
  EXPECT_NE(desk.find("Confirmation DEMO-"), std::string::npos) << desk;
  expect_sound_page(browser, 390);
  browser.open(back + "?lang=en");
  browser.click(".cancel summary");
  browser.click_and_leave(".cancel button");
  wait_until("dropped");
  EXPECT_EQ(carrier.pickups_standing(), 0);
  EXPECT_NE(at_the_desk().find("Pick-up canceled: 20"), std::string::npos) << at_the_desk();
}

TEST_F(PickupPage, WhatTheCarrierRefusesLeavesTheLabelAndSaysSo) {
  store::Session(shop.db()).run("UPDATE orders SET ship_to = ship_to || '{\"line1\": \"\"}' WHERE external_id = 'SO-1001'", {});
  choose_it();
  browser.click_and_leave("button.confirm");
  wait_until("failed");
  const std::string said = browser.text(".return-card");
  EXPECT_NE(said.find("could not be booked"), std::string::npos) << said;
  EXPECT_NE(said.find("the label stays good"), std::string::npos) << said;
  EXPECT_NE(said.find("Hand the parcel to"), std::string::npos) << said;
  expect_sound_page(browser, 390);
  EXPECT_EQ(carrier.pickups_standing(), 0);
  EXPECT_NE(at_the_desk().find("Not fetched on 20"), std::string::npos) << at_the_desk();
}

TEST_F(PickupPage, ADayOnWhichNobodyComesIsAskedAgainAndNothingIsLost) {
  const std::string form =
      "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=too_small&note_" + id + "=half+a+size&outcome=refund&way=pickup";
  const auto refused = shop.post_form(path() + "?lang=de", form + "&day=2020-01-01");
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("Wählen Sie einen Tag, an dem der Paketdienst kommt."), std::string::npos);
  EXPECT_NE(refused.body.find("half a size"), std::string::npos);
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
}

TEST(PickupOffer, IsNotMadeWhereTheShopDoesNotWantIt) {
  Shop shop;
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const std::string id = order["lines"][0]["id"], back = order["links"]["return_url"], path = back.substr(shop.at("").size());
  const std::string form = "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=too_small&outcome=refund&way=pickup&day=2099-01-05";
  EXPECT_EQ(shop.post_form(path + "/check", form).body.find("value=\"pickup\""), std::string::npos);
  EXPECT_EQ(shop.post_form(path, form).status, 422);
}

}  // namespace
}  // namespace roundtrip::test
