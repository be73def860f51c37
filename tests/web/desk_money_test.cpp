// Money at the desk: a gateway's export is sent in and compared, a difference is let go, and a payout's answer comes as a file.
#include <gtest/gtest.h>

#include <fstream>

#include "web/shop_page.hpp"

namespace roundtrip::test {
namespace {

struct DeskMoney : ShopPage {
  void SetUp() override { sign_in(browser, shop, "admin"); }
  std::string file(const std::string& name, const std::string& text) {
    const auto path = shop.folder() / name;
    std::ofstream(path) << text;
    return path.string();
  }
  void send(const std::string& selector, const std::string& path, const std::string& button) {
    browser.type(selector, path);
    browser.click_and_leave(button);
  }
};

TEST_F(DeskMoney, AnExportIsComparedAndADifferenceLetGo) {
  const auto path = file("export.csv",
                         "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC)\n"
                         "txn_1,refund,re_unknown,-1.00,0,-1.00,eur,2026-11-20 10:00\n");
  browser.open(shop.at("/desk/reconciliation"));
  send("#export", path, "form[action='/desk/reconciliation'] button");
  browser.wait_for("return document.body.textContent.includes('1 differ')");
  EXPECT_NE(browser.text("main").find("Only the gateway knows it"), std::string::npos);
  browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  expect_sound();
  browser.type("#reason-1", "a cent is not worth a call");
  browser.click_and_leave("form[action='/desk/reconciliation/let-go'] button");
  browser.wait_for("return document.body.textContent.includes('re_unknown is written off')");
  send("#export", path, "form[action='/desk/reconciliation'] button");
  browser.wait_for("return document.body.textContent.includes('1 let go')");
  EXPECT_NE(browser.text("main").find("Both sides say the same"), std::string::npos);
  EXPECT_EQ(store::Session(shop.db()).value<std::int64_t>("SELECT sum(amount)::bigint FROM ledger WHERE account = 'write_offs'"), 100);
}

TEST_F(DeskMoney, AnAnswerThatIsCutOffIsRefusedAsAFileToo) {
  browser.open(shop.at("/desk/payouts"));
  send("#file", file("answer.csv", "refund,amount,currency,status,reference,paid_at\n"), "form[action='/desk/payouts/answer'] button");
  browser.wait_for("return document.querySelector('.notice')?.textContent.includes('checksum')");
  EXPECT_EQ(browser.complaints().size(), 1U) << "the answer's status 422, and nothing else";
  expect_sound();
}

}  // namespace
}  // namespace roundtrip::test
