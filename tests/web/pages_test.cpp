// What holds for every page: nothing from elsewhere, little weight, no complaint, and the basics of accessibility.
#include <gtest/gtest.h>

#include "domain/codes.hpp"
#include "web/shop.hpp"
#include "web/sound_page.hpp"

namespace roundtrip::test {
namespace {

struct EveryPage : testing::Test {
  Shop shop;
  Browser browser{shop.folder().string()};

  void expect_good(const std::string& url) {
    for (const int width : {1280, 390}) {
      SCOPED_TRACE(url + " at " + std::to_string(width));
      browser.resize(width, 844);
      browser.open(url);
      expect_sound_page(browser, width);
      const auto complaints = browser.complaints();
      EXPECT_TRUE(complaints.empty()) << testing::PrintToString(complaints);
    }
  }
};

TEST_F(EveryPage, OfCustomersIsSoundInEachLanguage) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const std::string id = order["lines"][0]["id"], back = order["links"]["return_url"], track = order["links"]["tracking_url"];
  const std::string token = track.substr(shop.at("/track/").size());
  for (const std::string lang : {"en", "de", "pt-PT"}) {
    for (const std::string& url :
         {track, back, back + "/withdraw", back + "/claim", shop.at("/withdraw"), shop.at("/contact/" + token), shop.at("/find")})
      expect_good(url + "?lang=" + lang);
  }
  const std::string form = "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=other";
  ASSERT_EQ(shop.post_form(back.substr(shop.at("").size()), form).status, 303);
  expect_good(back);
  shop.scan("returns-1", shop.order("SO-1001")["returns"][0]["code"]);
  expect_good(back);
  expect_good(track);
}

TEST_F(EveryPage, OfTheDeskIsSound) {
  shop.ship("SO-1001");
  expect_good(shop.at("/login"));
  sign_in(browser, shop, "admin");
  const std::string id = shop.order("SO-1001")["id"];
  for (const std::string path : {"/desk",
                                 "/desk/orders",
                                 "/desk/orders?show=late",
                                 "/desk/returns",
                                 "/desk/print",
                                 "/desk/refunds",
                                 "/desk/products",
                                 "/desk/products/MUG-RED",
                                 "/desk/messages",
                                 "/desk/outbox",
                                 "/desk/jobs",
                                 "/desk/codes",
                                 "/desk/found",
                                 "/desk/cases",
                                 "/desk/shop",
                                 "/desk/shop?q=SO-1001",
                                 "/desk/search?q=SO",
                                 "/desk/policy",
                                 "/desk/policy/toml",
                                 "/desk/policy/versions",
                                 "/desk/cancellations",
                                 "/desk/manifests",
                                 "/desk/reconciliation",
                                 "/desk/payouts"}) {
    expect_good(shop.at(path));
  }
  expect_good(shop.at("/desk/orders/" + id));
}

TEST_F(EveryPage, OfTheFloorIsSound) {
  sign_in(browser, shop, "pia");
  for (const std::string path : {"/station", "/station/pick-1", "/station/pack-1", "/station/dispatch-1", "/station/returns-1",
                                 "/station/receive-1", "/station/cards", "/station/scanner-test"}) {
    expect_good(shop.at(path));
  }
}

TEST_F(EveryPage, OfTheReturnsStationIsSoundWithACaseWithChoicesAndWithAFoundParcel) {
  shop.ship("SO-1001");
  store::Session(shop.db()).script("UPDATE parcels SET status = 'delivered', delivered_at = now()");
  const Json order = shop.order("SO-1001");
  const auto made =
      shop.api("POST", "/v1/returns",
               {{"order_id", order["id"]}, {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 2}, {"reason", "too_small"}}}}});
  ASSERT_EQ(made.status, 201) << made.body;
  sign_in(browser, shop, "admin");
  const auto send = [&](const std::string& barcode) { shop.send_scan("returns-1", barcode); };
  send(kMug);
  expect_good(shop.at("/station/returns-1"));
  send(domain::grade_code(domain::Grade::b));
  send(made.json()["code"]);
  expect_good(shop.at("/station/returns-1"));
  send(domain::command_code(domain::Command::done));
  send("1Z999AA10123456784");
  send(kLamp);
  expect_good(shop.at("/station/returns-1"));
  expect_good(shop.at("/desk/found"));
}

TEST_F(EveryPage, ThatIsMissingSaysSoAsAPage) {
  for (const std::string path : {"/nothing", "/desk/nothing", "/track", "/assets/x/none.css"}) {
    const auto reply = shop.get(path, {{"Accept", "text/html"}});
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_NE(reply.body.find("<html"), std::string::npos) << path;
    EXPECT_EQ(shop.get(path).body.find("<html"), std::string::npos) << "programs get problem+json";
  }
}

TEST_F(EveryPage, AssetsAreKeptForeverOnlyUnderTheirOwnVersion) {
  const auto page = shop.get("/login");
  const auto at = page.body.find("/assets/");
  const std::string url = page.body.substr(at, page.body.find('"', at) - at);
  EXPECT_NE(header(shop.get(url).headers, "cache-control").value_or("").find("immutable"), std::string::npos);
  const std::string name = url.substr(url.rfind('/'));
  EXPECT_EQ(header(shop.get("/assets/0000000000" + name).headers, "cache-control"), "no-cache");
  EXPECT_EQ(shop.get("/assets/1/login.mustache").status, 404);
}

}  // namespace
}  // namespace roundtrip::test
