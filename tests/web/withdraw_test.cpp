// Withdrawing from the contract: two steps, with and without a link, before and after delivery, a part or all of it; the receipt by mail.
#include <gtest/gtest.h>

#include "base/secrets.hpp"
#include "store/timeline.hpp"
#include "support/smtp_server.hpp"
#include "web/shop.hpp"

namespace roundtrip::test {
namespace {

struct Withdraw : testing::Test {
  SmtpServer smtp;
  Shop shop{{"ROUNDTRIP_MAIL__SMTP_URL=" + smtp.url()}};
  Browser browser{shop.folder().string()};

  void SetUp() override { browser.resize(390, 844); }
  void TearDown() override {
    const auto complaints = browser.complaints();
    EXPECT_TRUE(complaints.empty()) << testing::PrintToString(complaints);
    store::Database& db = shop.db();
    EXPECT_TRUE(
        store::verify_timeline(db, store::Session(db).value<MerchantId>("SELECT merchant_id FROM merchants").value(), std::nullopt).empty())
        << "the chain holds";
  }
  bool says(const std::string& text) { return browser.text("body").find(text) != std::string::npos; }
  std::string return_url() { return shop.order("SO-1001")["links"]["return_url"]; }
  // Waits until a mail with this subject is there; its bytes.
  std::string mail_with(const std::string& subject) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      for (const auto& mail : smtp.mails()) {
        if (mail.bytes.find("Subject: " + subject) != std::string::npos) return mail.bytes;
      }
      browser.wait_for("return true");
    }
    ADD_FAILURE() << "no mail: " << subject;
    return "";
  }
  void deliver(const std::string& ago) {
    store::Session session(shop.db());
    session.run("UPDATE parcels SET status = 'delivered', delivered_at = now() - interval '" + ago + "'", {});
    session.run("UPDATE order_lines SET delivered = shipped", {});
  }
};

TEST_F(Withdraw, OfAWholeOrderBeforeItLeavesPaysBackEverythingAtOnceAndTheReceiptComesByMail) {
  browser.open(shop.order("SO-1001")["links"]["tracking_url"].get<std::string>() + "?lang=en");
  browser.click_and_leave("a[href*='/withdraw']");
  EXPECT_EQ(browser.count("input[type=checkbox]:checked"), 2) << "the whole contract unless a part is chosen";
  EXPECT_TRUE(says("You need not give a reason."));
  EXPECT_EQ(browser.text("form#withdraw button"), "Withdraw from contract here");
  browser.click_and_leave("form#withdraw button");
  EXPECT_EQ(browser.text("main form button"), "Confirm withdrawal");
  const std::string total = browser.text(".money .total .num");
  EXPECT_EQ(shop.order("SO-1001")["status"], "open") << "looking changes nothing";
  browser.click_and_leave("main form button");
  EXPECT_TRUE(says("We have received your withdrawal")) << browser.text("body");

  const Json order = shop.order("SO-1001");
  EXPECT_EQ(order["status"], "canceled");
  ASSERT_EQ(order["refunds"].size(), 1u);
  EXPECT_EQ(order["refunds"][0]["amount"]["amount"], order["total"]) << "price, tax and shipping";
  const std::int64_t cents = order["total"];
  EXPECT_EQ(total, "€" + std::to_string(cents / 100) + "." + (cents % 100 < 10 ? "0" : "") + std::to_string(cents % 100));

  store::Session session(shop.db());
  const auto row = session.row<std::string, std::string, Instant, Instant>(
      "SELECT receipt, receipt_sha256, received_at, refund_due_at FROM withdrawals");
  ASSERT_TRUE(row);
  const auto& [receipt, hash, received, due] = *row;
  EXPECT_EQ(hash, sha256_hex(receipt));
  EXPECT_EQ(due, received + 14 * kDay);
  EXPECT_NE(receipt.find(format_rfc3339(received)), std::string::npos) << "to the second and beyond: " << receipt;
  for (const char* part : {"SO-1001", "Red mug", "Earl Grey tea", "You have declared that you withdraw"})
    EXPECT_NE(receipt.find(part), std::string::npos) << part << " in " << receipt;
  const auto chained = session.value<std::string>("SELECT detail FROM timeline WHERE type = 'withdrawal.received'");
  ASSERT_TRUE(chained);
  EXPECT_NE(chained->find(hash), std::string::npos) << "the chain holds the receipt's hash";
  EXPECT_EQ(session.value<std::int64_t>("SELECT count(*) FROM notifications n JOIN orders o USING (merchant_id, order_id) "
                                        "WHERE n.milestone = 'order_canceled' AND o.external_id = 'SO-1001'"),
            0)
      << "told once";

  const auto file =
      shop.get(browser.script("return document.querySelector(\"a[href$='receipt.txt']\").getAttribute('href')").get<std::string>());
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body, receipt);
  const std::string mail = mail_with("Wir haben Ihren Widerruf");
  EXPECT_NE(mail.find("wdr_"), std::string::npos) << "attached as a file";
  EXPECT_TRUE(smtp.faults().empty()) << testing::PrintToString(smtp.faults());
}

TEST_F(Withdraw, OfAPartAfterDeliveryMakesAReturnWithALabelAndKeepsTheRest) {
  shop.ship("SO-1001");
  deliver("2 days");
  const std::string id = shop.order("SO-1001")["lines"][0]["id"], other = shop.order("SO-1001")["lines"][1]["id"];
  browser.open(return_url() + "?lang=en");
  browser.click_and_leave("a[href*='/withdraw']");
  browser.click("#take-" + other);
  browser.script("document.querySelector(arguments[0]).value = '1'", {"select[name=quantity_" + id + "]"});
  browser.click_and_leave("form#withdraw button");
  EXPECT_TRUE(says("1 ×"));
  EXPECT_TRUE(says("Please send back within 14 days"));
  browser.click_and_leave("main form button");
  const Json order = shop.order("SO-1001");
  ASSERT_EQ(order["returns"].size(), 1u);
  EXPECT_EQ(order["returns"][0]["kind"], "withdrawal");
  EXPECT_EQ(order["returns"][0]["status"], "approved");
  EXPECT_EQ(order["returns"][0]["lines"][0]["quantity"], 1);
  EXPECT_TRUE(order["refunds"].empty()) << "the trader may wait for the goods";
  shop.scan("returns-1", order["returns"][0]["code"]);
  const auto promised = store::Session(shop.db()).value<std::int64_t>("SELECT amount FROM withdrawals");
  EXPECT_EQ(shop.order("SO-1001")["refunds"][0]["amount"]["amount"], *promised) << "what was declared is what is paid";
}

TEST_F(Withdraw, WithoutALinkIsFoundByNumberAndMailAndOpensNothingElse) {
  const std::string email = shop.order("SO-1001")["customer"]["email"];
  browser.open(shop.at("/withdraw?lang=en"));
  browser.type("#order_number", "SO-1001");
  browser.type("#email", "nobody@example.org");
  browser.click_and_leave("main form button");
  EXPECT_NE(browser.text("[role=alert]").find("No order fits"), std::string::npos);
  browser.clear("#email");
  browser.type("#email", email);
  browser.click_and_leave("main form button");
  const std::string path = browser.path();
  EXPECT_TRUE(path.starts_with("/withdraw/")) << path;
  EXPECT_EQ(browser.script("return document.querySelector('#name').value"), "") << "no name is told to who knows a mail address";
  EXPECT_FALSE(says(email));
  const std::string token = path.substr(std::string("/withdraw/").size());
  EXPECT_EQ(shop.get("/return/" + token).status, 404);
  EXPECT_EQ(shop.get("/track/" + token).status, 404);
  browser.click_and_leave("form#withdraw button");
  EXPECT_TRUE(says("Give your name."));
  browser.type("#name", "Ana <b>Lima</b>");
  browser.click_and_leave("form#withdraw button");
  EXPECT_TRUE(says("Ana <b>Lima</b>")) << "shown as written";
  browser.click_and_leave("main form button");
  EXPECT_TRUE(says("We have received your withdrawal"));
  browser.complaints();  // the 422s of the form
}

TEST_F(Withdraw, AfterThePeriodSaysTheDatesAndWhatIsStillPossible) {
  shop.ship("SO-1001");
  deliver("17 days");
  browser.open(return_url() + "?lang=en");
  EXPECT_EQ(browser.count("a[href*='/withdraw']"), 0);
  const std::string path = return_url().substr(shop.at("").size()) + "/withdraw";
  const auto page = shop.get(path + "?lang=en");
  EXPECT_NE(page.body.find("The 14 days to withdraw ended on"), std::string::npos) << page.body;
  EXPECT_EQ(shop.post_form(path, "name=A&take_" + shop.order("SO-1001")["lines"][0]["id"].get<std::string>() + "=yes").status, 409);
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
}

TEST_F(Withdraw, ConfirmedTwiceCountsOnce) {
  const std::string path = return_url().substr(shop.at("").size()) + "/withdraw";
  std::string form = "name=Ana";
  const Json before = shop.order("SO-1001");
  for (const Json& line : before["lines"])
    form += "&take_" + line["id"].get<std::string>() + "=yes&quantity_" + line["id"].get<std::string>() + "=" +
            std::to_string(line["quantity"].get<int>());
  EXPECT_EQ(shop.post_form(path, form).status, 303);
  const int again = shop.post_form(path, form).status;
  EXPECT_TRUE(again == 409 || again == 422) << again;
  EXPECT_EQ(store::Session(shop.db()).value<std::int64_t>("SELECT count(*) FROM withdrawals"), 1);
  EXPECT_EQ(shop.order("SO-1001")["refunds"].size(), 1u);
}

TEST_F(Withdraw, AReceiptIsNeverChanged) {
  const std::string path = return_url().substr(shop.at("").size()) + "/withdraw";
  const std::string id = shop.order("SO-1001")["lines"][0]["id"];
  ASSERT_EQ(shop.post_form(path, "name=Ana&take_" + id + "=yes&quantity_" + id + "=1").status, 303);
  store::Session session(shop.db());
  EXPECT_THROW(session.run("UPDATE withdrawals SET receipt = 'other'", {}), store::DatabaseError);
  EXPECT_THROW(session.run("DELETE FROM withdrawals", {}), store::DatabaseError);
}

}  // namespace
}  // namespace roundtrip::test
