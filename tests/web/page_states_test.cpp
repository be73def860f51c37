// Pages in the states that a first look does not show: with faults, with cases under way, after an end, refused.
#include <gtest/gtest.h>

#include "web/shop.hpp"
#include "web/sound_page.hpp"

namespace roundtrip::test {
namespace {

struct PageState : testing::Test {
  Shop shop;
  Browser browser{shop.folder().string()};

  // The page as it stands, wide and as narrow as a phone.
  void expect_good_here(const std::string& what) {
    for (const int width : {1280, 390}) {
      SCOPED_TRACE(what + " at " + std::to_string(width));
      browser.resize(width, 844);
      expect_sound_page(browser, width);
    }
    browser.complaints();  // a refusal's status is no fault of its page
  }
  void expect_good(const std::string& url) {
    browser.open(url);
    expect_good_here(url);
  }
  // The first link of the page that begins so.
  std::string link(const std::string& start) {
    const Json href =
        browser.script("const a = document.querySelector(`main a[href^='${arguments[0]}']`); return a ? a.href : null", {start});
    if (!href.is_string()) throw std::runtime_error("no link to " + start + " on " + browser.url());
    return href.get<std::string>();
  }
  void choose(const std::string& field, const std::string& value) {
    browser.script("document.querySelector(arguments[0]).value = arguments[1]", {field, value});
  }
  void sql(const std::string& text) { store::Session(shop.db()).script(text); }
};

TEST_F(PageState, TheDocumentationOfTheApi) {
  // The whole contract is one page, so that it can be searched: it weighs more than a page of the shop may.
  for (const char* page : {"/docs", "/docs/problems"}) {
    browser.open(shop.at(page));
    for (const int width : {1280, 390}) {
      SCOPED_TRACE(std::string(page) + " at " + std::to_string(width));
      browser.resize(width, 844);
      expect_sound_page(browser, width, 600'000);
    }
  }
}

TEST_F(PageState, ReturnFromTheFormOverEachStepToEachEnd) {
  shop.ship("SO-1001");
  const std::string back = shop.order("SO-1001")["links"]["return_url"], id = shop.order("SO-1001")["lines"][0]["id"];
  browser.open(back + "?lang=en");
  browser.click_and_leave("form button");
  expect_good_here("the form with faults");
  browser.click("input[name=take_" + id + "]");
  choose("select[name=reason_" + id + "]", "too_small");
  expect_good_here("the form with a line taken");
  browser.click_and_leave("form button");
  expect_good_here("the offers");
  browser.click_and_leave("button.confirm");
  expect_good_here("registered");
  const std::string registered = browser.url();
  browser.click_and_leave("a[href*='/change']");
  expect_good_here("the form of a change");
  browser.open(registered);
  browser.click(".cancel summary");
  expect_good_here("asked whether it is canceled");
  browser.click_and_leave(".cancel button");
  expect_good_here("canceled");
}

TEST_F(PageState, ExchangeFromTheChoiceOverItsDifferenceToItsPayment) {
  shop.ship("SO-1001");
  const std::string back = shop.order("SO-1001")["links"]["return_url"], id = shop.order("SO-1001")["lines"][0]["id"];
  browser.open(back + "?lang=en");
  browser.click("#take-" + id);
  choose("#r-" + id, "too_small");
  browser.click_and_leave("form button");
  browser.click("input[name=outcome][value=exchange]");
  expect_good_here("what to have instead");
  browser.click_and_leave("button.confirm");
  expect_good_here("nothing chosen instead");
  browser.type("#search", "lamp");
  browser.click_and_leave("button[name=look]");
  expect_good_here("products found");
  choose("#x-" + id, "LAMP-OAK");
  browser.click_and_leave("button.confirm");
  expect_good_here("the difference");
  browser.click_and_leave("button.confirm");
  expect_good_here("an exchange that waits for its payment");
}

TEST_F(PageState, ClaimOfACustomerFromTheFormToItsRejection) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const std::string page = order["links"]["return_url"].get<std::string>() + "/claim?lang=de", id = order["lines"][0]["id"];
  browser.open(page);
  browser.click_and_leave(".claim-form button");
  expect_good_here("a claim with faults");
  browser.click("#kind-lost");
  expect_good_here("a parcel that is lost");
  browser.click("#kind-warranty");
  browser.click("#take-" + id);
  browser.type("#note", "Der Henkel ist ab.");
  expect_good_here("a claim as it is sent");
  browser.click_and_leave(".claim-form button");
  expect_good_here("a claim that was sent");
  const std::string path = "/v1/claims/" + shop.order("SO-1001")["claims"][0]["id"].get<std::string>();
  ASSERT_EQ(shop.api("POST", path + "/decide", {{"verdict", "reject"}, {"note", "Es ist ein Sturz."}}).status, 200);
  browser.open(page);
  browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  expect_good_here("a claim that was rejected");
}

TEST_F(PageState, ReturnThatIsLateExpiredRefusedOrOnItsWay) {
  shop.ship("SO-1001");
  const std::string back = shop.order("SO-1001")["links"]["return_url"], id = shop.order("SO-1001")["lines"][0]["id"],
                    other = shop.order("SO-1001")["lines"][1]["id"], path = back.substr(shop.at("").size());
  const auto form = [](const std::string& line) { return "take_" + line + "=yes&quantity_" + line + "=1&reason_" + line + "=damaged"; };
  ASSERT_EQ(shop.post_form(path, form(id)).status, 303);
  ASSERT_EQ(shop.post_form(path, form(other)).status, 303);
  sql("UPDATE returns SET status = 'expired' WHERE order_id = 1 AND return_id = (SELECT min(return_id) FROM returns WHERE order_id = 1);"
      "UPDATE return_lines SET reception = 'expired' WHERE order_id = 1 AND return_id = (SELECT min(return_id) FROM returns WHERE order_id "
      "= 1)");
  expect_good(back);
  sql("UPDATE returns SET status = 'declined' WHERE status = 'expired'");
  expect_good(back);
  sql("UPDATE returns SET status = 'requested' WHERE status = 'approved' AND order_id = 1");
  expect_good(back);
  sql("UPDATE parcels SET status = 'delivered', delivered_at = now() - interval '40 days'; UPDATE order_lines SET delivered = shipped");
  expect_good(back);
  expect_good(back + "/withdraw");
}

TEST_F(PageState, WithdrawalFromTheFormToItsReceipt) {
  const std::string back = shop.order("SO-1001")["links"]["return_url"];
  browser.open(shop.at("/withdraw?lang=en"));
  browser.type("#order_number", "SO-1001");
  browser.type("#email", "nobody@example.org");
  browser.click_and_leave("main form button");
  expect_good_here("no order found to withdraw from");
  browser.open(back + "/withdraw?lang=en");
  browser.clear("#name");
  browser.click_and_leave("form#withdraw button");
  expect_good_here("a withdrawal with faults");
  browser.type("#name", "Ana Lima");
  browser.click_and_leave("form#withdraw button");
  expect_good_here("a withdrawal to confirm");
  browser.click_and_leave("main form button");
  expect_good_here("a withdrawal with its receipt");
}

TEST_F(PageState, TrackingInEachOfItsMoods) {
  shop.ship("SO-1001");
  const std::string track = shop.order("SO-1001")["links"]["tracking_url"];
  for (const std::string status : {"out_for_delivery", "available_for_pickup", "exception", "return_to_sender", "lost", "delivered"}) {
    sql("UPDATE parcels SET status = '" + status + "'");
    expect_good(track + "?lang=en&as=" + status);
  }
  const Json held = shop.order("SO-1002");
  ASSERT_EQ(shop.api("POST", "/v1/orders/" + held["id"].get<std::string>() + "/cancel", {{"reason", "asked"}}).status, 200);
  expect_good(held["links"]["tracking_url"].get<std::string>());
}

TEST_F(PageState, ContactFindAndLinksThatLeadNowhere) {
  const std::string track = shop.order("SO-1001")["links"]["tracking_url"], token = track.substr(shop.at("/track/").size());
  browser.open(shop.at("/contact/" + token + "?lang=en"));
  browser.script("document.querySelector('#message').required = false");  // as a browser that checks nothing
  browser.click_and_leave("main form button");
  expect_good_here("a message with a fault");
  ASSERT_EQ(shop.post_form("/contact/" + token, "kind=message&message=Where+is+it%3F").status, 303);
  expect_good(shop.at("/contact/" + token + "?lang=en&sent=1"));
  browser.open(shop.at("/find?lang=en"));
  browser.type("#order_number", "SO-1001");
  browser.type("#proof", "10119");
  browser.click_and_leave("main form button");
  expect_good_here("a link was asked for");
  expect_good(shop.at("/track/nothing?lang=en"));
  expect_good(shop.at("/nothing"));
  sign_in(browser, shop, "pia");
  expect_good(shop.at("/desk"));
}

TEST_F(PageState, ClaimAtTheDeskInEachOfItsStates) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const auto made = shop.api("POST", "/v1/claims",
                             {{"order_id", order["id"]},
                              {"kind", "warranty"},
                              {"note", "the handle broke"},
                              {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}}}}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = made.json()["id"], path = "/v1/claims/" + id;
  sign_in(browser, shop, "admin");
  const auto look = [&] { expect_good(shop.at("/desk/claims/" + id)); };
  const auto step = [&](const std::string& verb, const Json& body) {
    const auto answer = shop.api("POST", path + "/" + verb, body);
    ASSERT_EQ(answer.status, 200) << verb << answer.body;
    look();
  };
  look();
  step("assess", Json::object());
  browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  expect_good_here("a claim with every form open");
  step("decide", {{"verdict", "repair"}, {"repair_by", "2099-01-02T10:00:00Z"}, {"note", "a new handle"}});
  step("send_back", {{"carrier", "dhl"}, {"tracking_number", "00340434161094042557"}, {"note", "done"}});
  expect_good(shop.at("/desk/cases"));
  expect_good(shop.at("/desk/orders/" + order["id"].get<std::string>()));
}

TEST_F(PageState, ExchangeAtTheDeskAndForTheCustomer) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  Json wanted = {{"order_id", order["id"]},
                 {"outcome", "exchange"},
                 {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}, {"reason", "changed_mind"}}}},
                 {"exchange", {{{"line_id", order["lines"][0]["id"]}, {"sku", "MUG-BLUE"}, {"quantity", 1}}}}};
  const auto made = shop.api("POST", "/v1/returns", wanted);
  ASSERT_EQ(made.status, 201) << made.body;
  expect_good(order["links"]["return_url"].get<std::string>());
  sign_in(browser, shop, "admin");
  expect_good(shop.at("/desk/cases"));
  expect_good(shop.at("/desk/orders/" + order["id"].get<std::string>()));
  shop.scan("returns-1", made.json()["code"]);
  expect_good(shop.at("/desk/orders/" + order["id"].get<std::string>()));
  expect_good(order["links"]["return_url"].get<std::string>());
}

TEST_F(PageState, DeskWithWorkOnEachOfItsLists) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const std::string page = "/desk/orders/" + order["id"].get<std::string>();
  const std::string token = order["links"]["tracking_url"].get<std::string>().substr(shop.at("/track/").size());
  ASSERT_EQ(shop.post_form("/contact/" + token, "kind=message&message=Where+is+it%3F").status, 303);
  sql("INSERT INTO cancellation_lines (merchant_id, source, document, position, document_at, customer, sku, description, goods, quantity, "
      "unit_price, result) SELECT merchant_id, 'file', 'C1', n, now(), '', 'MUG-RED', 'Red mug', true, 2, 12.5, 'no_customer' FROM "
      "merchants, generate_series(1, 2) n;"
      "UPDATE jobs SET dead_at = now(), last_error = 'given up'");
  sign_in(browser, shop, "admin");
  for (const std::string path : {"/desk", "/desk/messages", "/desk/cancellations", "/desk/jobs", "/desk/manifests", "/desk/payouts",
                                 "/desk/refunds", "/desk/outbox", "/desk/returns"})
    expect_good(shop.at(path));
  browser.open(shop.at("/desk/cancellations"));
  expect_good(link("/desk/cancellations/"));
  browser.open(shop.at("/desk/outbox"));
  expect_good(link("/desk/outbox/"));
  browser.open(shop.at(page));
  browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  expect_good_here("an order with every form open");
  expect_good(shop.at("/desk/orders/ord_zzzzzz"));
  browser.open(shop.at("/desk/policy"));
  browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  expect_good_here("the policy with every part open");
}

TEST_F(PageState, StationsWithWorkUnderWay) {
  const std::string code = shop.shipment_code("SO-1001");
  sign_in(browser, shop, "pia");
  const auto look = [&](const std::string& station) {
    browser.open(shop.at("/station/" + station));
    browser.wait_for("return document.querySelector('#recent li') !== null");
    expect_good_here(station);
  };
  shop.scan("pick-1", code);
  shop.send_scan("pick-1", kLamp);
  look("pick-1");
  for (const char* item : {kMug, kMug, kTea}) shop.scan("pick-1", item);
  shop.scan("pack-1", code);
  look("pack-1");
  for (const char* item : {kMug, kMug, kTea}) shop.scan("pack-1", item);
  look("dispatch-1");
  look("receive-1");
}

}  // namespace
}  // namespace roundtrip::test
