// A photo of a label says what it is: at the desk, at the returns station and to a customer who has no link.
#include <gtest/gtest.h>

#include <fstream>

#include "support/photo.hpp"
#include "web/shop_page.hpp"

namespace roundtrip::test {
namespace {
struct LabelPhotoPage : ShopPage {
  Json order, made;

  void SetUp() override {
    shop.ship("SO-1001");
    order = shop.order("SO-1001");
    const auto answer = shop.api(
        "POST", "/v1/returns",
        {{"order_id", order["id"]}, {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}, {"reason", "too_small"}}}}});
    ASSERT_EQ(answer.status, 201) << answer.body;
    made = answer.json();
    browser.resize(390, 844);
  }
  std::string file_of(const std::string& name, const std::string& bytes) {
    const auto path = shop.folder() / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }
  // Turned, blurred and in shadow.
  std::string photo(const std::string& path) {
    const auto picture = shop.api("GET", path);
    EXPECT_EQ(picture.status, 200) << picture.body;
    return file_of("label.jpg", photographed(picture.body));
  }
  std::string return_photo() { return photo("/v1/returns/" + made["id"].get<std::string>() + "/label.png"); }
  std::string parcel_photo() { return photo("/v1/parcels/" + order["shipments"][0]["parcels"][0]["id"].get<std::string>() + "/label.png"); }
  std::string body() { return browser.text("body"); }
  void choose(const std::string& field, const std::string& file, const std::string& button) {
    browser.type(field, file);
    browser.click_and_leave(button);
  }
};

TEST_F(LabelPhotoPage, LeadsFromEachCodeToItsOrderAtTheDesk) {
  sign_in(browser, shop, "anna");
  browser.click_and_leave("a[href='/desk/labels']");
  const std::string form = "form[action='/desk/labels'] button";
  choose("#label-photo", return_photo(), form);
  EXPECT_NE(body().find(made["code"].get<std::string>()), std::string::npos) << body();
  expect_sound_page(browser, 390);
  browser.click_and_leave(".hits a");
  EXPECT_EQ(browser.path(), "/desk/orders/" + order["id"].get<std::string>());
  browser.open(shop.at("/desk/labels"));
  choose("#label-photo", parcel_photo(), form);
  const std::string number = order["shipments"][0]["parcels"][0]["tracking_number"];
  EXPECT_NE(body().find(number), std::string::npos) << body();
  EXPECT_GE(browser.count(".hits a[href='/desk/orders/" + order["id"].get<std::string>() + "']"), 2) << "our code and the carrier's";
}

TEST_F(LabelPhotoPage, SaysAtTheDeskWhatIsWrongWithAFileAndWhatToDo) {
  sign_in(browser, shop, "anna");
  const std::string form = "form[action='/desk/labels'] button";
  browser.open(shop.at("/desk/labels"));
  choose("#label-photo", file_of("wall.jpg", photo_of_a_wall()), form);
  EXPECT_NE(browser.text("[role=alert]").find("or type the number"), std::string::npos) << body();
  choose("#label-photo", file_of("note.txt", "hello"), form);
  EXPECT_NE(browser.text("[role=alert]").find("JPEG"), std::string::npos) << body();
  choose("#label-photo", file_of("large.jpg", photo_of_a_wall() + std::string(13 << 20, 'x')), form);
  EXPECT_NE(browser.text("[role=alert]").find("12 MB"), std::string::npos) << body();
  browser.complaints();  // the statuses of the refusals
}

TEST_F(LabelPhotoPage, IsTakenAsAScanAtTheReturnsStation) {
  sign_in(browser, shop, "pia");
  browser.open(shop.at("/station/returns-1"));
  browser.wait_for("return document.querySelector('#recent li') !== null");
  EXPECT_EQ(browser.count("#label-photo"), 1);
  browser.type("#label-photo", file_of("wall.jpg", photo_of_a_wall()));
  browser.wait_for("return document.getElementById('signal').dataset.outcome === 'refused'");
  EXPECT_NE(browser.text("#signal").find("type the number"), std::string::npos) << browser.text("#signal");
  EXPECT_EQ(shop.order("SO-1001")["returns"][0]["status"], "approved");
  browser.complaints();  // the 422
  browser.type("#label-photo", return_photo());
  browser.wait_for("return Number(document.getElementById('signal').dataset.settled) > 0");
  EXPECT_EQ(browser.script("return document.getElementById('signal').dataset.outcome"), "accepted") << browser.text("#signal");
  EXPECT_EQ(shop.order("SO-1001")["returns"][0]["status"], "received");
  browser.open(shop.at("/station/pick-1"));
  EXPECT_EQ(browser.count("#label-photo"), 0);
}

TEST_F(LabelPhotoPage, OfAParcelNobodyKnowsOpensItsCaseAsTheScanWould) {
  sign_in(browser, shop, "pia");
  browser.open(shop.at("/station/returns-1"));
  browser.wait_for("return document.querySelector('#recent li') !== null");
  browser.type("#label-photo", file_of("carrier.jpg", photo_of_code128("1Z999AA10123456784")));
  browser.wait_for("return document.querySelector('.case .bin')?.textContent");
  EXPECT_EQ(browser.script("return document.getElementById('signal').dataset.outcome"), "needs_person");
  EXPECT_NE(browser.text(".case").find("Nobody announced this parcel (1Z999AA10123456784)"), std::string::npos) << browser.text(".case");
  expect_sound_page(browser, 390);
}

TEST_F(LabelPhotoPage, FillsTheNumberForACustomerWithoutALinkAndTellsNothingElse) {
  const std::string form = "form[action^='/withdraw/photo'] button";
  browser.open(shop.at("/withdraw?lang=en"));
  choose("#photo", return_photo(), form);
  EXPECT_EQ(browser.script("return document.querySelector('#order_number').value"), made["code"]);
  const std::string source = browser.script("return document.documentElement.outerHTML").get<std::string>();
  for (const std::string& secret : {order["external_id"].get<std::string>(), order["customer"]["email"].get<std::string>(),
                                    order["ship_to"]["name"].get<std::string>(), std::string("Red mug")})
    EXPECT_EQ(source.find(secret), std::string::npos) << secret;
  expect_sound_page(browser, 390);
  browser.type("#email", "nobody@example.org");
  browser.click_and_leave("form[action^='/withdraw']:not([enctype]) button");
  EXPECT_NE(browser.text("[role=alert]").find("No order fits"), std::string::npos) << "a label in the hand proves nothing";
  browser.clear("#email");
  browser.type("#email", order["customer"]["email"].get<std::string>());
  browser.click_and_leave("form[action^='/withdraw']:not([enctype]) button");
  EXPECT_TRUE(browser.path().starts_with("/withdraw/")) << browser.path();
  browser.complaints();  // the 422
}

TEST_F(LabelPhotoPage, FindsTheOrderOfAParcelsLabelByMailOnly) {
  browser.open(shop.at("/find?lang=en"));
  choose("#photo", parcel_photo(), "form[action^='/find/photo'] button");
  EXPECT_EQ(browser.script("return document.querySelector('#order_number').value"), order["shipments"][0]["parcels"][0]["code"]);
  browser.type("#proof", order["ship_to"]["postal_code"].get<std::string>());
  browser.click_and_leave("form[action^='/find']:not([enctype]) button");
  EXPECT_NE(body().find("Look into your mailbox"), std::string::npos) << body();
  const auto asked = [&] {
    return store::Session(shop.db()).value<std::int64_t>("SELECT count(*) FROM notifications WHERE milestone = 'link_requested'").value();
  };
  EXPECT_EQ(asked(), 1);
  // The carrier's number does as well, and so does the order's own; both mean the same order, which is told once an hour.
  const std::string number = order["shipments"][0]["parcels"][0]["tracking_number"];
  ASSERT_EQ(shop.post_form("/find", "order_number=" + number + "&proof=10119").status, 200);
  EXPECT_EQ(asked(), 1);
}

TEST_F(LabelPhotoPage, SaysInTheCustomersLanguageWhatIsWrongWithAPhoto) {
  const std::string form = "form[action^='/find/photo'] button";
  browser.open(shop.at("/find?lang=de"));
  choose("#photo", file_of("wall.jpg", photo_of_a_wall()), form);
  EXPECT_NE(browser.text("[role=alert]").find("kein Strichcode"), std::string::npos) << body();
  choose("#photo", file_of("note.txt", "hello"), form);
  EXPECT_NE(browser.text("[role=alert]").find("JPEG"), std::string::npos) << body();
  browser.complaints();  // the statuses of the refusals
}

}  // namespace
}  // namespace roundtrip::test
