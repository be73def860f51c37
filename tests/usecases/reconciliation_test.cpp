// Our books against exports of Stripe, Adyen and PayPal; and payout files with their answers.
#include "usecases/reconciliation.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/secrets.hpp"
#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/payouts.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {
namespace {

struct Books : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();
  clients::Gateways gateways{std::map<std::string, std::unique_ptr<clients::Gateway>>{}};

  Context context(const std::string& who = "ana") const { return {const_cast<store::Database&>(db), merchant, {"cli", who}, at}; }
  // A refund of one unit at 12.34, waiting for a person.
  RefundId waiting(const std::string& gateway, const std::string& reference, const std::string& currency = "EUR") {
    const auto order = test::make_shipped_order(
        db, merchant, test::order_of({test::line_of("MUG", 2, 1234)}, {{gateway, reference, 2468}}, currency), at - kDay);
    store::Transaction tx(db);
    auto head = store::lock_order(tx, merchant, order.id).value();
    const auto made = request_refund_under(tx, context(), head, "k:" + reference, "return", std::nullopt, {{order.lines[0], 1}}, {});
    store::save_head(tx, merchant, head, at);
    tx.commit();
    for (const auto& job : store::claim_jobs(db, store::kRefundJob, 100, kMinute, at)) pay_refund(db, gateways, job, at);
    return made.at(0);
  }
  RefundId paid(const std::string& gateway, const std::string& reference, const std::string& refund, const std::string& currency = "EUR") {
    const auto id = waiting(gateway, reference, currency);
    EXPECT_TRUE(mark_refund_paid(context(), id, refund));
    return id;
  }
  std::string state(RefundId id) { return read_refund(context(), id)->state; }
  Reconciliation compare(const std::string& gateway, const std::string& file) {
    const auto source = connectors::from_memory(file);
    const auto found = reconcile(context(), gateway, *source);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return *found;
  }
  std::int64_t account(const std::string& name) {
    return store::Session(db).value<std::int64_t>("SELECT coalesce(sum(amount), 0)::bigint FROM ledger WHERE account = $1", name).value();
  }
  void expect_clean_books() {
    store::Session session(db);
    const auto faults = store::money_faults(session, merchant);
    EXPECT_TRUE(faults.empty()) << faults.front();
    EXPECT_EQ(session.value<std::int64_t>("SELECT coalesce(sum(amount), 0)::bigint FROM ledger").value(), 0);
  }
  static std::map<std::string, int> kinds(const Reconciliation& found) {
    std::map<std::string, int> out;
    for (const auto& one : found.differences) ++out[one.kind];
    return out;
  }
};

constexpr const char* kStripe = "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description\n";

TEST_F(Books, AnExportThatAgreesHasNoDifferences) {
  paid("stripe", "ch_1", "re_1");
  const auto found = compare("stripe", std::string(kStripe) +
                                           "txn_1,charge,ch_1,24.68,0.97,23.71,eur,2026-11-19 10:00,2026-11-21 00:00,Order\n"
                                           "txn_2,refund,re_1,-12.34,0,-12.34,eur,2026-11-20 10:00,2026-11-21 00:00,REFUND\n"
                                           "txn_3,payout,po_1,-11.37,0,-11.37,eur,2026-11-21 00:00,2026-11-21 00:00,PAYOUT\n");
  EXPECT_EQ(found.rows, 2);
  EXPECT_EQ(found.agreed, 2);
  EXPECT_TRUE(found.differences.empty()) << found.differences.front().detail;
  EXPECT_EQ(found.refunded_there.at("EUR"), 1234);
}

// What Stripe, Adyen and PayPal charged stands in their exports; it is booked once, to an account of its own.
TEST_F(Books, WhatTheGatewayChargedIsBookedOnceInHoweverManyExportsItStands) {
  paid("stripe", "ch_1", "re_1");
  paid("adyen", "PAY1", "PSP1");
  paid("paypal", "CAP1", "RF1");
  const std::string stripe = std::string(kStripe) +
                             "txn_1,charge,ch_1,24.68,0.97,23.71,eur,2026-11-19 10:00,,\n"
                             "txn_2,refund,re_1,-12.34,-0.20,-12.14,eur,2026-11-20 10:00,,\n"
                             "txn_3,refund,re_unknown,-12.34,0.35,-12.69,eur,2026-11-20 10:00,,\n";
  EXPECT_EQ(compare("stripe", stripe).fees_booked, 2);
  EXPECT_EQ(account("gateway_fees"), 77) << "charged 0.97, given back 0.20; what we know nothing of is a difference first";
  const auto again = compare("stripe", stripe);
  EXPECT_EQ(again.fees_booked, 0);
  EXPECT_EQ(again.fees.at("EUR"), 77);
  const auto adyen =
      compare("adyen",
              "Psp Reference,Creation Date,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Net "
              "Currency,Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC)\n"
              "PAY1,2026-11-20 10:00:00,Refunded,PSP1,EUR,12.34,,EUR,,0.10,0.05,0.02\n");
  EXPECT_EQ(adyen.fees_booked, 1);
  EXPECT_EQ(account("gateway_fees"), 94);
  const auto paypal = compare("paypal",
                              "CH,Transaction ID,Transaction Event Code,Transaction Initiation Date,Transaction  Debit or Credit,Gross "
                              "Transaction Amount,Gross Transaction Currency,Fee Debit or Credit,Fee Amount,Fee Currency\n"
                              "SB,RF1,T1107,2026/11/20 10:00:00 +0000,DR,1234,EUR,CR,30,EUR\n");
  EXPECT_EQ(paypal.fees_booked, 1);
  EXPECT_EQ(account("gateway_fees"), 64);
  expect_clean_books();
}

TEST_F(Books, AFeeThatTheAnswerAndTheExportBothTellIsOneFee) {
  const auto id = waiting("paypal", "CAP1");
  clients::GatewayEvent event;
  event.about_refund = true;
  event.key = store::Session(db).value<std::string>("SELECT gateway_key FROM refunds WHERE refund_id = $1", id).value();
  event.answer = {.kind = clients::GatewayAnswer::Kind::succeeded, .reference = "RF1"};
  event.answer.fee = clients::GatewayFee{"RF1", -30, "EUR"};
  for (int twice = 0; twice < 2; ++twice) ASSERT_TRUE(settle_by_event(db, "paypal", event, at));
  EXPECT_EQ(account("gateway_fees"), -30);
  const auto found = compare("paypal",
                             "CH,Transaction ID,Transaction Event Code,Transaction Initiation Date,Gross Transaction Amount,Gross "
                             "Transaction Currency,Fee Debit or Credit,Fee Amount,Fee Currency\n"
                             "SB,RF1,T1107,2026/11/20 10:00:00 +0000,1234,EUR,CR,30,EUR\n");
  EXPECT_TRUE(found.differences.empty());
  EXPECT_EQ(found.fees_booked, 0);
  // A dispute brings its fee with its news, however often it is told.
  paid("stripe", "ch_1", "re_1");
  clients::DisputeNews news{clients::DisputeNews::Kind::open, "dp_1", {"ch_1"}, 1234, "EUR", "fraudulent", {{"txn_9", 1500, "EUR"}}};
  for (int twice = 0; twice < 2; ++twice) ASSERT_TRUE(take_dispute(db, "stripe", news, at));
  EXPECT_EQ(account("gateway_fees"), 1470);
  expect_clean_books();
}

TEST_F(Books, ADifferenceThatAPersonLetsGoIsWrittenOffOnceAndIsNoDifferenceAnyMore) {
  paid("stripe", "ch_1", "re_1");
  const auto lost = paid("stripe", "ch_2", "re_2");
  const std::string file = std::string(kStripe) +
                           "txn_1,refund,re_1,-13.00,0,-13.00,eur,2026-11-20 09:59,,\n"
                           "txn_2,refund,re_9,-1.00,0,-1.00,eur,2026-11-20 10:01,,\n";
  const auto before = compare("stripe", file);
  ASSERT_EQ(before.differences.size(), 3U);
  std::int64_t sum = 0;
  for (const auto& one : before.differences) {
    sum += one.lost;
    WriteOff wanted{"stripe", one.what, one.reference, one.lost, one.currency, "too small to ask about"};
    ASSERT_TRUE(write_off_difference(context(), wanted));
    EXPECT_EQ(write_off_difference(context(), wanted).error().code, "already_let_go");
  }
  EXPECT_EQ(sum, 66 + 100 - 1234) << "paid too much, paid unknown, and not paid at all";
  EXPECT_EQ(account("write_offs"), sum);
  const auto after = compare("stripe", file);
  EXPECT_TRUE(after.differences.empty());
  EXPECT_EQ(after.let_go, 3);
  EXPECT_EQ(state(lost), "succeeded");
  EXPECT_EQ(write_off_difference(context(), {"cash", "box", "", 0, "EURO", ""}).error().faults.size(), 6U);
  expect_clean_books();
}

TEST_F(Books, EveryDifferenceIsNamedWithBothSides) {
  paid("stripe", "ch_1", "re_amount");
  paid("stripe", "ch_2", "re_currency");
  paid("stripe", "ch_3", "re_only_ours");
  const auto failed = waiting("stripe", "ch_4");
  store::Session(db).run("UPDATE refunds SET gateway_reference = 're_state' WHERE refund_id = $1", {failed});
  const auto found = compare("stripe", std::string(kStripe) +
                                           "t,refund,re_amount,-12.35,0,0,eur,2026-11-20 09:00,,\n"
                                           "t,refund,re_currency,-12.34,0,0,usd,2026-11-20 09:30,,\n"
                                           "t,refund,re_unknown,-1.00,0,0,eur,2026-11-20 10:00,,\n"
                                           "t,refund,re_state,-12.34,0,0,eur,2026-11-20 10:30,,\n"
                                           "t,refund,re_bad,12.345,0,0,eur,2026-11-20 10:30,,\n"
                                           "t,refund,,1.00,0,0,eur,2026-11-20 10:30,,\n");
  EXPECT_EQ(
      kinds(found),
      (std::map<std::string, int>{
          {"missing_here", 1}, {"missing_there", 1}, {"other_amount", 1}, {"other_currency", 1}, {"other_state", 1}, {"unreadable", 2}}));
  EXPECT_EQ(found.differences.at(0).detail, "The gateway says 12.35 EUR, we 12.34 EUR.");
  EXPECT_EQ(found.differences.at(0).line, 2);
}

TEST_F(Books, AdyensDebitsAndReversalsAreRead) {
  paid("adyen", "PAY1", "PSP1");
  const auto gone = paid("adyen", "PAY2", "PSP2");
  const std::string header =
      "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification "
      "Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC)\n";
  const auto found = compare("adyen", header + "C,M,PAY1,SO,visa,2026-11-19 10:00:00,CET,Settled,CAPT,EUR,,24.68\n" +
                                          "C,M,PAY1,SO,visa,2026-11-20 10:00:00,CET,Refunded,PSP1,EUR,12.34,\n" +
                                          "C,M,PAY2,SO,visa,2026-11-20 10:00:00,CET,Refunded,PSP2,EUR,12.34,\n" +
                                          "C,M,PAY2,SO,visa,2026-11-20 10:00:00,CET,RefundedReversed,PSP2,EUR,,12.34\n" +
                                          "C,M,,,,2026-11-20 10:00:00,CET,Fee,,EUR,0.10,\n");
  EXPECT_EQ(found.rows, 4);
  ASSERT_EQ(found.differences.size(), 1U);
  EXPECT_EQ(found.differences[0].kind, "other_state") << "the money came back and our books say paid";
  EXPECT_EQ(found.differences[0].ours, to_text(gone));
}

TEST_F(Books, PaypalsMinorUnitsAndReportRowsAreRead) {
  paid("paypal", "CAP1", "RF1");
  paid("paypal", "CAP2", "RF2", "JPY");
  const auto found = compare("paypal",
                             "RH,2026/11/21 04:00:00 -0800,A,12345,010\n"
                             "CH,Transaction ID,Transaction Event Code,Transaction Initiation Date,Transaction  Debit or Credit,Gross "
                             "Transaction Amount,Gross Transaction Currency,Custom Field\n"
                             "SB,CAP1,T0006,2026/11/19 10:00:00 +0000,CR,2468,EUR,\n"
                             "SB,RF1,T1107,2026/11/20 10:00:00 +0000,DR,1234,EUR,k\n"
                             "SB,RF2,T1107,2026/11/20 10:00:00 +0000,DR,1234,JPY,k\n"
                             "SF,4\n");
  EXPECT_EQ(found.rows, 3);
  EXPECT_EQ(found.agreed, 3);
  EXPECT_TRUE(found.differences.empty()) << found.differences.front().detail;
}

TEST_F(Books, AFileWithoutTheColumnsIsRefused) {
  const auto wrong = connectors::from_memory("a,b\n1,2\n");
  EXPECT_EQ(reconcile(context(), "stripe", *wrong).error().code, "unknown_columns");
  EXPECT_EQ(reconcile(context(), "nobody", *wrong).error().code, "unknown_gateway");
}

// ---- payout files --------------------------------------------------------------------------------------------------------------------

std::string answer_of(const std::vector<std::string>& rows) {
  std::string text = "refund,amount,currency,status,reference,paid_at\n";
  for (const auto& row : rows) text += row + "\n";
  return with_checksum(text, rows.size());
}

TEST_F(Books, EachWaitingRefundIsInOneFileAndItsAnswerMarksItPaidOnce) {
  const auto euro = waiting("manual", "b1"), yen = waiting("manual", "b2", "JPY"), dinar = waiting("manual", "b3", "KWD");
  const auto made = make_payout(context());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->refunds, 3);
  EXPECT_EQ(make_payout(context()).error().code, "nothing_to_pay_out");
  const std::string file = payout_file(context(), made->id).value();
  for (const std::string amount : {",12.34,EUR,", ",1234,JPY,", ",1.234,KWD,"}) EXPECT_NE(file.find(amount), std::string::npos) << file;
  EXPECT_TRUE(file.ends_with("#checksum,3," + made->checksum + "\n"));
  EXPECT_EQ(payout_file(context(), PayoutId{99}).error().code, "payout_not_found");

  const std::string answer = answer_of(
      {to_text(euro) + ",12.34,EUR,paid,S-1,2026-11-20", to_text(yen) + ",1234,JPY,paid,S-2,", to_text(dinar) + ",1.234,KWD,failed,,"});
  const auto taken = take_payout_answer(context("bea"), answer);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->paid, 2);
  EXPECT_EQ(taken->failed, 1);
  EXPECT_TRUE(taken->faults.empty()) << taken->faults.front().detail;
  EXPECT_EQ(state(euro), "succeeded");
  EXPECT_EQ(read_refund(context(), yen)->gateway_reference, "S-2");
  EXPECT_EQ(state(dinar), "submitted");
  const auto again = take_payout_answer(context("bea"), answer);
  EXPECT_EQ(again->repeated, 2);
  EXPECT_EQ(again->faults.size(), 1U) << "the failed one is in no file any more";
  EXPECT_EQ(make_payout(context())->refunds, 1) << "it goes into the next";
  store::Session session(db);
  EXPECT_TRUE(store::money_faults(session, merchant).empty());
}

TEST_F(Books, AnAnswerThatWasCutOrChangedIsNotTakenAtAll) {
  const auto id = waiting("manual", "b1");
  ASSERT_TRUE(make_payout(context()));
  const std::string good = answer_of({to_text(id) + ",12.34,EUR,paid,S-1,"});
  std::string changed = good;
  changed[changed.find("12.34")] = '9';
  for (const std::string& bad :
       {changed, good.substr(0, good.size() - 3), good.substr(0, good.find('#')), std::string(), "#checksum,0,\n" + good + "x"})
    EXPECT_EQ(take_payout_answer(context(), bad).error().code, "bad_checksum") << bad;
  EXPECT_EQ(take_payout_answer(context(), with_checksum("refund,amount\n", 0)).error().code, "bad_header");
  EXPECT_EQ(state(id), "submitted");
  std::string windows;
  for (const char c : good) windows += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(take_payout_answer(context(), windows)->paid, 1) << "line ends of a spreadsheet do no harm";
}

TEST_F(Books, AWrongRowIsNamedAndDoesNotHoldUpTheOthers) {
  const auto good = waiting("manual", "b1"), other = waiting("manual", "b2");
  ASSERT_TRUE(make_payout(context()));
  const auto taken = take_payout_answer(
      context(), answer_of({to_text(good) + ",12.34,EUR,paid,S-1,", to_text(good) + ",12.34,EUR,paid,S-1,",
                            to_text(other) + ",12.35,EUR,paid,S-2,", "rfn_99,1.00,EUR,paid,S-3,", "nonsense,1.00,EUR,paid,S-3,", "a,b"}));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->paid, 1);
  std::map<std::string, int> codes;
  for (const auto& fault : taken->faults) ++codes[fault.code];
  EXPECT_EQ(codes, (std::map<std::string, int>{{"other_amount", 1}, {"twice", 1}, {"unknown_refund", 2}, {"wrong_columns", 1}}));
  EXPECT_EQ(state(other), "submitted");
}

}  // namespace
}  // namespace roundtrip::usecases
