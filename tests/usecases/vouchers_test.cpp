// Store credit: a return becomes a voucher with the policy's bonus, vouchers are redeemed once per reference, and the books agree.
#include "usecases/vouchers.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "store/database.hpp"
#include "store/refunds.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/refunds.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {
namespace {

using domain::RefundDestination;

struct Vouchers : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();
  clients::Gateways gateways{std::map<std::string, std::unique_ptr<clients::Gateway>>{}};

  Context context(const std::string& who = "ana") const { return {const_cast<store::Database&>(db), merchant, {"api", who}, at}; }
  VoucherView issue(const std::string& reference, std::int64_t amount = 1000, std::optional<Instant> expires = std::nullopt) {
    NewVoucher wanted{reference, amount, "EUR"};
    wanted.customer_email = "Ana@Example.org";
    wanted.expires_at = expires;
    const auto issued = issue_voucher(context(), wanted);
    EXPECT_TRUE(issued) << (issued ? "" : issued.error().message);
    return issued->voucher;
  }
  void expect_clean_books() {
    store::Session session(db);
    const auto faults = store::money_faults(session, merchant);
    EXPECT_TRUE(faults.empty()) << faults.front();
    EXPECT_EQ(session.value<std::int64_t>("SELECT coalesce(sum(amount), 0)::bigint FROM ledger").value(), 0);
  }
  std::int64_t account(const std::string& name) {
    return store::Session(db).value<std::int64_t>("SELECT coalesce(sum(amount), 0)::bigint FROM ledger WHERE account = $1", name).value();
  }
  // Requests a refund of units and pays what needs no gateway.
  std::vector<RefundId> refund(const test::MadeOrder& order, const std::string& key, std::int64_t units, const RefundTerms& terms) {
    std::vector<RefundId> made;
    {
      store::Transaction tx(db);
      auto head = store::lock_order(tx, merchant, order.id).value();
      made = request_refund_under(tx, context(), head, key, "return", std::nullopt, {{order.lines[0], units}}, terms);
      store::save_head(tx, merchant, head, at);
      tx.commit();
    }
    pay_all();
    return made;
  }
  // What the refunder does with what is due.
  void pay_all() {
    for (const auto& job : store::claim_jobs(db, store::kRefundJob, 100, kMinute, at)) pay_refund(db, gateways, job, at);
  }
  test::MadeOrder order(std::vector<domain::NewPayment> payments, std::int64_t units = 3) {
    return test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", units, 1000)}, std::move(payments)), at - kDay);
  }
};

TEST_F(Vouchers, ACodeIsWellFormedUnguessableAndNowhereInTheDatabase) {
  const auto one = issue("a"), two = issue("b");
  EXPECT_NE(one.code, two.code);
  ASSERT_EQ(one.code.size(), 19U);
  const std::string bare = normalized_voucher_code(one.code).value();
  const auto found = store::Session(db).value<std::int64_t>(
      "SELECT count(*) FROM vouchers WHERE vouchers::text ILIKE '%' || $1 || '%' OR vouchers::text ILIKE '%' || $2 || '%'", bare, one.code);
  EXPECT_EQ(found, 0);
  std::string spoken = one.code;
  for (char& c : spoken) c = c == '-' ? ' ' : c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
  EXPECT_EQ(find_voucher(context(), spoken)->id, one.id);
  EXPECT_EQ(find_voucher(context(), to_text(one.id))->code, "****-****-****-" + bare.substr(12));
  for (const char* wrong : {"", "ABCD", "ABCD-EFGH-JKMN-PQRU", "ABCD-EFGH-JKMN-PQRS-T", "vch_999", "0000-0000-0000-0000"})
    EXPECT_EQ(find_voucher(context(), wrong).error().code, "voucher_not_found") << wrong;
}

TEST_F(Vouchers, IssuingTwiceWithAReferenceIsOneVoucher) {
  const auto first = issue("goodwill-1", 1500);
  const auto again = issue_voucher(context(), {"goodwill-1", 1500, "EUR"});
  EXPECT_FALSE(again->fresh);
  EXPECT_EQ(again->voucher.code, first.code);
  EXPECT_EQ(issue_voucher(context(), {"goodwill-1", 1501, "EUR"}).error().code, "voucher_reference_taken");
  EXPECT_EQ(issue_voucher(context(), {"", 0, "XXQ", "gift"}).error().faults.size(), 4U);
  EXPECT_EQ(account("store_credit"), -1500);
  EXPECT_EQ(account("goodwill"), 1500);
  EXPECT_EQ(usecases::vouchers_of_customer(context(), "", "ana@example.ORG", 10).size(), 1U);
  expect_clean_books();
}

TEST_F(Vouchers, ARedemptionIsTakenOncePerReferenceAndGivenBackOnce) {
  const auto voucher = issue("a", 1000);
  EXPECT_TRUE(redeem_voucher(context(), voucher.code, 600, "EUR", "SO-1")->fresh);
  EXPECT_FALSE(redeem_voucher(context(), voucher.code, 600, "EUR", "SO-1")->fresh);
  EXPECT_EQ(redeem_voucher(context(), voucher.code, 500, "EUR", "SO-1").error().code, "voucher_reference_taken");
  EXPECT_EQ(redeem_voucher(context(), voucher.code, 401, "EUR", "SO-2").error().code, "voucher_balance");
  EXPECT_EQ(redeem_voucher(context(), voucher.code, 400, "USD", "SO-2").error().code, "voucher_currency");
  EXPECT_EQ(redeem_voucher(context(), voucher.code, 0, "EUR", "SO-2").error().code, "invalid_redemption");
  EXPECT_EQ(redeem_voucher(context(), voucher.code, 400, "EUR", "SO-2")->voucher.balance, 0);
  EXPECT_EQ(find_voucher(context(), voucher.code)->status, "used");
  EXPECT_EQ(release_redemption(context(), voucher.code, "SO-9").error().code, "redemption_not_found");
  EXPECT_EQ(release_redemption(context(), voucher.code, "SO-1")->voucher.balance, 600);
  EXPECT_FALSE(release_redemption(context(), voucher.code, "SO-1")->fresh);
  EXPECT_EQ(redeem_voucher(context(), voucher.code, 600, "EUR", "SO-1").error().code, "voucher_reference_taken");
  EXPECT_EQ(find_voucher(context(), voucher.code)->balance, 600);
  EXPECT_EQ(find_voucher(context(), voucher.code)->entries.size(), 4U);
  expect_clean_books();
}

TEST_F(Vouchers, ManyTillsAtOnceNeverOverdraw) {
  const auto voucher = issue("a", 1000);
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> tills;
    for (int till = 0; till < 4; ++till) {
      tills.emplace_back([&, till] {
        for (int i = 0; i < 10; ++i)
          taken += redeem_voucher(context(), voucher.code, 90, "EUR", std::to_string(till) + "-" + std::to_string(i)) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(taken, 11);
  EXPECT_EQ(find_voucher(context(), voucher.code)->balance, 10);
  EXPECT_THROW(store::Session(db).run("UPDATE vouchers SET balance = -1", {}), store::DatabaseError);
  EXPECT_THROW(store::Session(db).run("UPDATE voucher_entries SET amount = 1", {}), store::DatabaseError);
  expect_clean_books();
}

TEST_F(Vouchers, AnEndedVoucherIsRefusedAndWrittenOff) {
  const auto voucher = issue("a", 1000, at + kDay);
  at = at + 2 * kDay;
  const auto refused = redeem_voucher(context(), voucher.code, 1, "EUR", "SO-1");
  EXPECT_EQ(refused.error().code, "voucher_expired");
  EXPECT_EQ(expire_vouchers(context(), 100), 1);
  EXPECT_EQ(expire_vouchers(context(), 100), 0);
  EXPECT_EQ(account("write_offs"), -1000);
  EXPECT_EQ(account("store_credit"), 0);
  expect_clean_books();
}

TEST_F(Vouchers, ARefundToStoreCreditBringsItsBonusAndTakesThePaymentsRoom) {
  const auto bought = order({{"stripe", "ch_1", 3000}});
  RefundTerms terms;
  terms.destinations = all_to(RefundDestination::store_credit);
  terms.bonus_basis_points = 1000;
  const auto made = refund(bought, "k:1", 2, terms);
  ASSERT_EQ(made.size(), 1U);
  const auto view = read_refund(context(), made[0]).value();
  EXPECT_EQ(view.state, "succeeded");
  EXPECT_EQ(view.destination, "store_credit");
  EXPECT_EQ(view.amount, 2000);
  EXPECT_EQ(view.bonus, 200);
  const auto voucher = voucher_of_refund(context(), bought.id, std::nullopt).value();
  EXPECT_EQ(voucher.balance, 2200);
  EXPECT_EQ(find_voucher(context(), voucher.code)->balance, 2200);
  EXPECT_EQ(account("bonus"), 200);
  EXPECT_EQ(account("gateway"), 3000) << "no money left";
  EXPECT_EQ(store::Session(db).value<std::int64_t>("SELECT refunded FROM payments").value(), 2000);
  refund(bought, "k:2", 1, terms);
  EXPECT_EQ(voucher_of_refund(context(), bought.id, std::nullopt)->balance, 3300);
  expect_clean_books();
}

TEST_F(Vouchers, AReturnForStoreCreditBecomesAVoucherOfItsOwn) {
  const auto bought = order({{"stripe", "ch_1", 3000}});
  ReturnRequest wanted;
  wanted.order = bought.id;
  wanted.outcome = domain::ReturnOutcome::store_credit;
  wanted.lines = {{bought.lines[0], 2, "changed_mind", ""}};
  const auto made = create_return(context(), wanted);
  ASSERT_TRUE(made) << made.error().message;
  const auto received = receive_return_now(context(), made->id, {}, "");
  ASSERT_EQ(received->refunds.size(), 1U);
  pay_all();
  const auto voucher = voucher_of_refund(context(), bought.id, made->id);
  ASSERT_TRUE(voucher);
  EXPECT_GE(voucher->balance, 2000);
  EXPECT_EQ(voucher->return_id, made->id);
  expect_clean_books();
}

TEST_F(Vouchers, SeveralPaymentsGiveBackMoneyFirstAndTheVoucherIsFilledAgain) {
  const auto voucher = issue("a", 1000);
  ASSERT_TRUE(redeem_voucher(context(), voucher.code, 1000, "EUR", "SO-1"));
  const auto bought = order({{"store_credit", to_text(voucher.id), 1000}, {"stripe", "ch_1", 2000}});
  EXPECT_EQ(refund(bought, "k:1", 2, {}).size(), 1U) << "the card alone";
  EXPECT_EQ(find_voucher(context(), voucher.code)->balance, 0);
  const auto last = refund(bought, "k:2", 1, {});
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(read_refund(context(), last[0])->state, "succeeded");
  EXPECT_EQ(find_voucher(context(), voucher.code)->balance, 1000);
  EXPECT_EQ(account("voucher_clearing"), 0) << "redeemed by the order that says it was paid with it";
  expect_clean_books();
}

TEST_F(Vouchers, APaymentThatNamesNoVoucherFailsAndAPersonPays) {
  const auto bought = order({{"store_credit", "nothing", 3000}});
  const auto made = refund(bought, "k:1", 1, {});
  EXPECT_EQ(read_refund(context(), made.at(0))->state, "failed");
  ASSERT_TRUE(mark_refund_paid(context("bea"), made[0], "cash"));
  expect_clean_books();
}

TEST_F(Vouchers, AnExchangeIsPaidInTheSameTransactionWithoutAGateway) {
  const auto bought = order({{"stripe", "ch_1", 3000}});
  RefundTerms terms;
  terms.destinations = all_to(RefundDestination::exchange, 1500);
  terms.approval_limit = 0;
  const auto made = refund(bought, "k:1", 2, terms);
  ASSERT_EQ(made.size(), 2U);
  const auto swapped = read_refund(context(), made[0]).value(), rest = read_refund(context(), made[1]).value();
  EXPECT_EQ(swapped.state, "succeeded");
  EXPECT_EQ(swapped.amount, 1500);
  EXPECT_EQ(rest.amount, 500);
  EXPECT_TRUE(rest.approval_needed);
  EXPECT_EQ(account("exchange"), -1500);
  // The replacement, paid with the exchange, comes back: the money goes the way the first payment came.
  const auto second = test::make_shipped_order(
      db, merchant, test::order_of({test::line_of("MUG", 1, 1500)}, {{"exchange", to_text(swapped.id), 1500}}), at - kDay);
  EXPECT_EQ(account("exchange"), 0);
  const auto back = refund(second, "k:3", 1, {});
  EXPECT_EQ(read_refund(context(), back.at(0))->gateway, "stripe");
  expect_clean_books();
}

}  // namespace
}  // namespace roundtrip::usecases
