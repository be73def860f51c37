// A customer reports what is wrong, follows it, withdraws it and objects.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "web/customer_page.hpp"

namespace roundtrip::test {
namespace {

struct ClaimsPage : CustomerPage {
  std::string mug, tea;

  void SetUp() override {
    CustomerPage::SetUp();
    shop.ship("SO-1001");
    const Json lines = shop.order("SO-1001")["lines"];
    mug = lines[0]["id"];
    tea = lines[1]["id"];
  }
  std::string path() { return path_of("return_url") + "/claim"; }
  Json claims() { return shop.order("SO-1001")["claims"]; }
  void step(const std::string& verb, const Json& with = Json::object()) {
    const auto answer = shop.api("POST", "/v1/claims/" + claims()[0]["id"].get<std::string>() + "/" + verb, with);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
};

TEST_F(ClaimsPage, ADamagedItemIsReportedWithAPhotoFromTheOrdersPageAndFollowed) {
  const auto file = shop.folder() / "broken.png";
  std::ofstream(file, std::ios::binary) << small_picture();
  browser.open(link("tracking_url") + "?lang=en");
  browser.click_and_leave("a[href*='/claim']");
  EXPECT_EQ(browser.text("h1"), "Something is wrong with it");
  expect_plain_and_narrow();
  browser.click("#kind-damaged");
  browser.click("#take-" + mug);
  choose("#q-" + mug, "1");
  browser.type("#photos", file.string());
  browser.click_and_leave(".claim-form button");
  EXPECT_TRUE(says("We have your report")) << body();
  expect_plain_and_narrow();

  const Json made = claims();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0]["kind"], "damaged");
  EXPECT_EQ(made[0]["lines"][0]["quantity"], 1);
  const Json photos = shop.api("GET", "/v1/orders/" + shop.order("SO-1001")["id"].get<std::string>() + "/photos").json()["items"];
  ASSERT_EQ(photos.size(), 1U);
  EXPECT_EQ(photos[0]["about"], made[0]["id"]);

  step("assess");
  browser.open(link("return_url") + "/claim?lang=en");
  EXPECT_TRUE(says("We are looking at it."));
  step("decide", {{"verdict", "repair"}, {"note", "We change the handle."}, {"repair_by", "2030-05-04T12:00:00Z"}});
  browser.open(link("return_url") + "/claim?lang=de");
  EXPECT_TRUE(says("spätestens am Samstag, 4. Mai 2030")) << body();
  EXPECT_TRUE(says("We change the handle."));
  store::Session(shop.db()).run("UPDATE claims SET repair_by = now() - interval '1 day'", {});
  browser.open(link("return_url") + "/claim?lang=en");
  EXPECT_TRUE(says("and are late. We are sorry.")) << body();
  step("send_back", {{"carrier", "demo"}, {"tracking_number", "RB123"}});
  browser.open(link("return_url") + "/claim?lang=en");
  EXPECT_TRUE(says("repaired and on its way back to you"));
  EXPECT_TRUE(says("RB123"));
}

TEST_F(ClaimsPage, FaultsAreNamedAndNothingThatWasTypedOrSentIsLost) {
  const auto file = shop.folder() / "broken.png";
  std::ofstream(file, std::ios::binary) << small_picture();
  browser.open(link("return_url") + "/claim?lang=de");
  browser.click("#kind-wrong_item");
  browser.type("#note", "Ein <b>blauer</b> Becher");
  browser.click("input[name=wish][value=refund]");
  browser.type("#photos", file.string());
  browser.click_and_leave(".claim-form button");
  EXPECT_NE(browser.text("[role=alert]").find("Wählen Sie mindestens einen Artikel."), std::string::npos) << body();
  browser.complaints();  // the 422 of the form
  const auto value = [&](const char* selector) { return browser.script("return document.querySelector(arguments[0]).value", {selector}); };
  EXPECT_EQ(value("input[name=kind]:checked"), "wrong_item");
  EXPECT_EQ(value("input[name=wish]:checked"), "refund");
  EXPECT_EQ(value("#note"), "Ein <b>blauer</b> Becher");
  EXPECT_TRUE(says("1 Foto ist dabei.")) << body();
  expect_plain_and_narrow();
  browser.click("#take-" + tea);
  browser.click_and_leave(".claim-form button");
  EXPECT_TRUE(says("Ihre Meldung ist da")) << body();
  EXPECT_TRUE(says("Ein <b>blauer</b> Becher"));
  ASSERT_EQ(claims().size(), 1U);
  EXPECT_EQ(claims()[0]["wish"], "refund");
  const Json photos = shop.api("GET", "/v1/orders/" + shop.order("SO-1001")["id"].get<std::string>() + "/photos").json()["items"];
  ASSERT_EQ(photos.size(), 1U);
  EXPECT_EQ(photos[0]["about"], claims()[0]["id"]) << "sent with the first try, filed with the second";
}

TEST_F(ClaimsPage, ALostParcelNeedsNoItemsAndComesAgain) {
  browser.open(link("return_url") + "/claim?lang=en");
  const auto shown = [&](const char* selector) {
    return browser.script("return document.querySelector(arguments[0]).getClientRects().length > 0", {selector});
  };
  EXPECT_EQ(shown("#parcels"), false);
  browser.click("#kind-lost");
  EXPECT_EQ(shown("#parcels"), true);
  EXPECT_EQ(shown("#choose"), false);
  EXPECT_EQ(shown(".for-repair"), false) << "what is lost cannot be repaired";
  browser.click("input[name=wish][value=replace]");
  browser.click_and_leave(".claim-form button");
  EXPECT_TRUE(says("The parcel is lost")) << body();
  ASSERT_EQ(claims().size(), 1U);
  EXPECT_EQ(claims()[0]["lines"].size(), 2U) << "what was in it";
  step("decide", {{"verdict", "replace"}});
  browser.open(link("return_url") + "/claim?lang=en");
  EXPECT_TRUE(says("We send it again, at no cost to you."));
  browser.click_and_leave(".claim-card a[href^='/track/']");
  EXPECT_TRUE(says(claims()[0]["replacement_external_id"].get<std::string>())) << body();
}

TEST_F(ClaimsPage, IsWithdrawnAndReportedAnewAndARejectionIsObjectedTo) {
  const std::string form = "kind=missing&take_" + tea + "=yes&quantity_" + tea + "=1";
  ASSERT_EQ(shop.post_form(path(), form).status, 303);
  EXPECT_EQ(shop.post_form(path(), form).status, 409) << "sent twice, it is one case";
  EXPECT_EQ(claims().size(), 1U);
  browser.open(link("return_url") + "/claim?lang=en");
  browser.click(".claim-card summary");
  browser.click_and_leave(".claim-card .danger");
  EXPECT_TRUE(says("You have withdrawn your case"));
  EXPECT_EQ(claims()[0]["state"], "withdrawn");

  ASSERT_EQ(shop.post_form(path(), form).status, 303);
  const std::string second = claims()[1]["id"];
  ASSERT_EQ(shop.api("POST", "/v1/claims/" + second + "/decide", {{"verdict", "reject"}, {"note", "It was weighed with it."}}).status, 200);
  browser.open(link("return_url") + "/claim?lang=en");
  EXPECT_TRUE(says("It was weighed with it.")) << body();
  EXPECT_EQ(shop.post_form(path() + "/" + second + "/withdraw", "").status, 409) << "it is decided";
  EXPECT_EQ(shop.post_form(path() + "/" + second + "/object?lang=en", "note=").status, 422);
  browser.click(".claim-card summary");
  browser.type("#object-" + second, "Then the scale was wrong.");
  browser.click_and_leave(".claim-card form button");
  EXPECT_TRUE(says("We look at it again")) << body();
  EXPECT_EQ(claims()[1]["state"], "assessing");
  const auto timeline = shop.api("GET", "/v1/orders/" + shop.order("SO-1001")["id"].get<std::string>() + "/timeline?limit=200");
  EXPECT_NE(timeline.body.find("Then the scale was wrong."), std::string::npos);
}

TEST_F(ClaimsPage, TheMailAboutItLeadsToIt) {
  ASSERT_EQ(shop.post_form(path(), "kind=missing&take_" + tea + "=yes&quantity_" + tea + "=1").status, 303);
  const auto is_told = [&] {
    for (const auto& mail : std::filesystem::directory_iterator(shop.folder() / "outbox")) {
      std::ifstream file(mail.path());
      std::string text(std::istreambuf_iterator<char>(file), {});
      for (auto soft = text.find("=\r\n"); soft != std::string::npos; soft = text.find("=\r\n", soft)) text.erase(soft, 3);
      if (text.find(path()) != std::string::npos) return true;
    }
    return false;
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!is_told() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(is_told());
}

TEST_F(ClaimsPage, NobodyTouchesAnothersCase) {
  ASSERT_EQ(shop.post_form(path(), "kind=missing&take_" + tea + "=yes&quantity_" + tea + "=1").status, 303);
  const std::string claim = claims()[0]["id"];
  const std::string other = shop.order("SO-1002")["links"]["return_url"].get<std::string>().substr(shop.at("").size());
  EXPECT_EQ(shop.get(other + "/claim").body.find(claim), std::string::npos);
  EXPECT_EQ(shop.post_form(other + "/claim/" + claim + "/withdraw", "").status, 404);
  EXPECT_EQ(shop.post_form(other + "/claim/" + claim + "/object", "note=x").status, 404);
  const std::string track = path_of("tracking_url").substr(std::string("/track/").size());
  EXPECT_EQ(shop.get("/return/" + track + "/claim").status, 404);
  EXPECT_EQ(claims()[0]["state"], "opened");
  EXPECT_EQ(shop.post_form(other + "/claim?lang=en", "kind=missing&take_" + tea + "=yes&quantity_" + tea + "=1").status, 422)
      << "another order's line is none of this one's";
}

TEST_F(ClaimsPage, TheWindowAndTheWarrantyAreSaidInTheReadersLanguage) {
  store::Session session(shop.db());
  session.run("UPDATE parcels SET status = 'delivered', delivered_at = now() - interval '40 days'", {});
  session.run("UPDATE order_lines SET delivered = shipped", {});
  session.run("UPDATE shipments SET status = 'delivered'", {});
  const std::string what = "&take_" + tea + "=yes&quantity_" + tea + "=1&note=kaputt";
  const auto late = shop.post_form(path() + "?lang=de", "kind=damaged" + what);
  EXPECT_EQ(late.status, 422);
  EXPECT_NE(late.body.find("Tag 41 von 30: Zugestellt am"), std::string::npos) << late.body;
  EXPECT_NE(late.body.find(">kaputt</textarea>"), std::string::npos);
  EXPECT_EQ(shop.post_form(path(), "kind=warranty" + what).status, 303) << "what breaks later is a warranty case";
}

}  // namespace
}  // namespace roundtrip::test
