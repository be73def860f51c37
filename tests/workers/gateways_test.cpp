// Money goes back once through Adyen and PayPal as well: the refunder, their events in any order, disputes, and death at every step.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "clients/curl_transport.hpp"
#include "clients/gateway_adyen.hpp"
#include "clients/gateway_paypal.hpp"
#include "store/database.hpp"
#include "store/desk.hpp"
#include "store/disputes.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/fake_gateway.hpp"
#include "support/orders.hpp"
#include "support/self_child.hpp"
#include "usecases/gateway_events.hpp"
#include "usecases/policies.hpp"
#include "usecases/returns.hpp"
#include "workers/refunder.hpp"

namespace roundtrip::workers {
namespace {

using clients::DisputeNews;
using test::GatewayMood;
using usecases::Context;

std::map<std::string, std::unique_ptr<clients::Gateway>> both(const std::string& adyen, const std::string& paypal, Transport& transport) {
  std::map<std::string, std::unique_ptr<clients::Gateway>> all;
  all["adyen"] = clients::make_adyen_gateway({adyen, "adyen_key", "TestMerchant", 700}, transport);
  all["paypal"] = clients::make_paypal_gateway(
      std::make_shared<clients::PaypalAccount>(clients::PaypalOptions{paypal, "paypal_id", "paypal_secret", 700}, transport));
  return all;
}

void one_pass(store::Database& db, clients::Gateways& gateways, Instant at) {
  JobOptions options;
  options.kind = usecases::kRefundJob;
  options.lease_us = kMinute;
  work_jobs(db, options, refund_handler(db, gateways), {}, [at] { return at; });
}

// Children are this binary again: one pass, told by the environment (see refunder_crash_test.cpp).
struct GatewayChild : testing::Environment {
  void SetUp() override {
    const char* url = test::told("GATEWAY_PASS");
    if (url == nullptr) return;
    store::Database db(test::database_at(url));
    clients::CurlTransport transport({.allow_private_addresses = true});
    clients::Gateways gateways{both(test::told("ADYEN"), test::told("PAYPAL"), transport)};
    one_pass(db, gateways, Instant{test::told_number("NOW")});
    _exit(0);
  }
};
[[maybe_unused]] const auto* const kGatewayChild = testing::AddGlobalTestEnvironment(new GatewayChild);

struct GatewayMoney : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  test::FakeAdyen adyen;
  test::FakePaypal paypal;
  clients::CurlTransport transport{{.allow_private_addresses = true}};
  clients::Gateways gateways{both(adyen.base_url(), paypal.base_url(), transport)};
  std::shared_ptr<usecases::GatewayDoor> door = make_door();
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();
  int captures = 0;

  std::shared_ptr<usecases::GatewayDoor> make_door() const {
    Config config;
    for (const auto& [name, value] : std::map<std::string, std::string>{{"gateways.adyen.hmac_key", test::FakeAdyen::kHmacKey},
                                                                        {"gateways.paypal.webhook_id", "WH1"},
                                                                        {"gateways.paypal.client_id", "paypal_id"},
                                                                        {"gateways.paypal.client_secret", "paypal_secret"},
                                                                        {"gateways.paypal.base_url", paypal.base_url()}})
      EXPECT_TRUE(config.set(name, value)) << name;
    return usecases::make_gateway_door(config);
  }
  Context context(const std::string& who = "ana") const { return {const_cast<store::Database&>(db), merchant, {"desk", who}, at}; }
  // A received return of an order of three mugs, paid with this gateway: its refund.
  RefundId request(const std::string& gateway, std::int64_t units = 1) {
    const std::string capture = "CAP" + std::to_string(++captures);
    (gateway == "adyen" ? static_cast<test::FakeGateway&>(adyen) : paypal).capture(capture, 3000);
    const auto order =
        test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", 3, 1000)}, {{gateway, capture, 3000}}), at - kDay);
    usecases::ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = {{order.lines[0], units, "changed_mind", ""}};
    const auto made = usecases::create_return(context(), wanted);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return usecases::receive_return_now(context(), made->id, {}, "")->refunds.at(0);
  }
  void work(std::int64_t later = 0) {
    at = at + later;
    one_pass(db, gateways, at);
  }
  Done adyen_says(const std::string& code, const test::GatewayRefund& refund, const std::string& success = "true") {
    return usecases::take_gateway_event(db, *door, "adyen", test::FakeAdyen::notification(test::FakeAdyen::item(code, refund, success)), {},
                                        at);
  }
  Done paypal_says(const std::string& type, const nlohmann::json& resource) {
    const Headers headers = {{"paypal-auth-algo", "SHA256withRSA"},
                             {"paypal-cert-url", "https://api.paypal.com/c"},
                             {"paypal-transmission-id", "t-1"},
                             {"paypal-transmission-sig", "signed"},
                             {"paypal-transmission-time", "2026-11-20T10:00:00Z"}};
    return usecases::take_gateway_event(db, *door, "paypal", test::FakePaypal::event(type, resource), headers, at);
  }
  usecases::RefundView view(RefundId id) { return usecases::read_refund(context(), id).value(); }
  std::int64_t number(const std::string& sql) { return store::Session(db).value<std::int64_t>(sql).value(); }
  std::int64_t account(const std::string& name) {
    return number("SELECT coalesce(sum(amount), 0)::bigint FROM ledger WHERE account = '" + name + "'");
  }
  bool attention(const std::string& kind) {
    store::Session session(db);
    for (const auto& group : store::attention(session, merchant, at)) {
      if (group.kind == kind) return true;
    }
    return false;
  }
  void expect_clean() {
    store::Session session(db);
    const auto faults = store::money_faults(session, merchant);
    EXPECT_TRUE(faults.empty()) << faults.front();
    for (const auto& fault : adyen.faults()) ADD_FAILURE() << fault;
    for (const auto& fault : paypal.faults()) ADD_FAILURE() << fault;
  }
  bool worker_dies(const std::string& crash_at) {
    return test::self_dies({{"GATEWAY_PASS", database.url()},
                            {"ADYEN", adyen.base_url()},
                            {"PAYPAL", paypal.base_url()},
                            {"NOW", std::to_string(at.us)},
                            {"CRASH_AT", crash_at}});
  }
};

TEST_F(GatewayMoney, AdyenTakesARefundAndItsWebhookSettlesIt) {
  const auto id = request("adyen", 2);
  work();
  EXPECT_EQ(view(id).state, "submitted");
  EXPECT_EQ(view(id).gateway_reference, "PSP1");
  const auto refund = adyen.refunds().at(0);
  for (int twice = 0; twice < 2; ++twice) ASSERT_TRUE(adyen_says("REFUND", refund));
  EXPECT_EQ(view(id).state, "succeeded");
  work(kDay);
  EXPECT_EQ(adyen.posts(), 1);
  EXPECT_EQ(number("SELECT count(*) FROM notifications WHERE milestone = 'refund_paid'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM jobs WHERE kind = 'refund'"), 0);
  expect_clean();
}

TEST_F(GatewayMoney, ARefundWhoseNotificationWasLostIsSettledByAPersonAndLateNewsOnlySaysWhatItSays) {
  const auto id = request("adyen", 2), unpaid = request("adyen", 1);
  work();
  EXPECT_EQ(usecases::settle_refund_by_hand(context("bea"), id, "succeeded", "PSP1").error().code, "refund_answer_awaited");
  EXPECT_FALSE(attention("refund_unanswered"));
  work(49 * kHour);
  EXPECT_TRUE(attention("refund_unanswered"));
  EXPECT_EQ(usecases::settle_refund_by_hand(context("bea"), id, "succeeded", "").error().code, "invalid_settlement");
  EXPECT_EQ(usecases::settle_refund_by_hand(context("bea"), id, "lost", "PSP1").error().code, "invalid_settlement");
  ASSERT_TRUE(usecases::settle_refund_by_hand(context("bea"), id, "succeeded", "PSP1"));
  ASSERT_TRUE(usecases::settle_refund_by_hand(context("bea"), unpaid, "failed", ""));
  EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(view(unpaid).state, "failed");
  EXPECT_FALSE(attention("refund_unanswered"));
  EXPECT_EQ(usecases::settle_refund_by_hand(context("bea"), id, "succeeded", "PSP1").error().code, "refund_answer_awaited") << "once";
  EXPECT_EQ(number("SELECT count(*) FROM timeline WHERE type = 'refund.settled_by_hand'"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM notifications WHERE milestone = 'refund_paid'"), 1);
  expect_clean();
  // Late news that agrees is no news; what disagrees changes nothing, is noted once, and wants a person.
  const bool first = adyen.refunds().at(0).amount == 2000;
  const auto paid = adyen.refunds().at(first ? 0 : 1), other = adyen.refunds().at(first ? 1 : 0);
  for (int twice = 0; twice < 2; ++twice) {
    ASSERT_TRUE(adyen_says("REFUND", paid));
    ASSERT_TRUE(adyen_says("REFUND", other));
  }
  EXPECT_EQ(view(id).disagreement, "");
  EXPECT_EQ(view(unpaid).state, "failed");
  EXPECT_EQ(view(unpaid).disagreement, "succeeded");
  EXPECT_EQ(number("SELECT count(*) FROM timeline WHERE type = 'refund.gateway_disagrees'"), 1);
  EXPECT_TRUE(attention("refund_disagreement"));
  ASSERT_TRUE(usecases::settle_refund_by_hand(context("bea"), unpaid, "succeeded", "PSP2"));
  EXPECT_EQ(view(unpaid).state, "succeeded");
  EXPECT_FALSE(attention("refund_disagreement"));
  EXPECT_EQ(account("gateway"), 3000 - 2000 + 3000 - 1000);
  expect_clean();
  // Paid, said the person; the bank sent it back, says the gateway: the money is with us, and goes out anew.
  ASSERT_TRUE(adyen_says("REFUND_FAILED", paid));
  EXPECT_EQ(view(id).state, "succeeded");
  ASSERT_TRUE(usecases::settle_refund_by_hand(context("bea"), id, "failed", ""));
  EXPECT_EQ(view(id).state, "reversed");
  EXPECT_EQ(account("gateway"), 3000 + 3000 - 1000);
  work(kHour);
  EXPECT_EQ(adyen.posts(), 2) << "nobody was called again";
  EXPECT_TRUE(usecases::pay_refund_again(context("bea"), id, std::nullopt));
  expect_clean();
}

TEST_F(GatewayMoney, ALostAnswerIsFoundWithTheSameKeyAndNeverPaidTwice) {
  for (const std::string gateway : {"adyen", "paypal"}) {
    auto& server = gateway == "adyen" ? static_cast<test::FakeGateway&>(adyen) : paypal;
    for (const auto mood : {GatewayMood::pay_then_drop, GatewayMood::pay_then_500, GatewayMood::pay_half_body, GatewayMood::drop,
                            GatewayMood::server_error, GatewayMood::key_in_use, GatewayMood::garbage}) {
      const auto before = server.refunds().size();
      const auto id = request(gateway);
      server.next({mood});
      work(kMinute);
      // A request that was dropped on a reused connection is repeated by libcurl itself, with its key.
      const bool dropped = mood == GatewayMood::drop || mood == GatewayMood::pay_then_drop;
      EXPECT_TRUE(dropped || view(id).state == "in_doubt") << gateway << " " << static_cast<int>(mood) << " " << view(id).state;
      work(kMinute);
      EXPECT_EQ(server.refunds().size(), before + 1);
      if (gateway == "adyen") {
        ASSERT_TRUE(adyen_says("REFUND", adyen.refunds().back()));
      }
      EXPECT_EQ(view(id).state, "succeeded") << gateway << " " << static_cast<int>(mood);
      at = at + kHour;
    }
  }
  expect_clean();
}

TEST_F(GatewayMoney, ALimitedRateIsNoDoubtAndWaits) {
  const auto id = request("paypal");
  paypal.next({GatewayMood::rate_limit});
  work();
  EXPECT_EQ(view(id).state, "submitted");
  work(4 * kSecond);
  EXPECT_EQ(view(id).state, "succeeded");
  expect_clean();
}

TEST_F(GatewayMoney, PaypalPendingIsLookedUpByItsIdUntilItSettles) {
  const auto id = request("paypal");
  paypal.next({GatewayMood::pend});
  work();
  EXPECT_EQ(view(id).state, "submitted");
  paypal.set_status("RF1", "COMPLETED");
  work(kHour);
  EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(paypal.posts(), 1);
  EXPECT_EQ(account("gateway_fees"), -10) << "what PayPal gave back of its fee";
  expect_clean();
}

TEST_F(GatewayMoney, FailureAfterSuccessGivesTheRoomBackAndANewRefundPays) {
  const auto id = request("adyen", 3);
  work();
  const auto refund = adyen.refunds().at(0);
  ASSERT_TRUE(adyen_says("REFUND", refund));
  EXPECT_EQ(account("gateway"), 0);
  for (int twice = 0; twice < 2; ++twice) ASSERT_TRUE(adyen_says("REFUND_FAILED", refund));
  EXPECT_EQ(view(id).state, "reversed");
  EXPECT_EQ(account("gateway"), 3000) << "the ledger shows the way there and back";
  EXPECT_EQ(number("SELECT refunded FROM payments"), 0);
  ASSERT_TRUE(adyen_says("REFUND", refund)) << "old news";
  EXPECT_EQ(view(id).state, "reversed");
  expect_clean();
  adyen.set_status("PSP1", "FAILED");
  const auto again = usecases::pay_refund_again(context("bea"), id, std::nullopt);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(usecases::pay_refund_again(context("bea"), id, std::nullopt)) << "once";
  work(kMinute);
  ASSERT_TRUE(adyen_says("REFUND", adyen.refunds().at(1)));
  EXPECT_EQ(view(again->id).state, "succeeded");
  EXPECT_NE(adyen.refunds().at(0).key, adyen.refunds().at(1).key);
  EXPECT_EQ(number("SELECT refunded FROM payments"), 3000);
  expect_clean();
}

TEST_F(GatewayMoney, AFailedRefundCanGoToStoreCreditInstead) {
  const auto id = request("paypal", 2);
  paypal.next({GatewayMood::pend});
  work();
  ASSERT_TRUE(paypal_says("PAYMENT.REFUND.FAILED", paypal.resource(paypal.refunds().at(0))));
  EXPECT_EQ(view(id).state, "failed");
  EXPECT_EQ(usecases::pay_refund_again(context(), id, "nowhere").error().code, "invalid_destination");
  const auto again = usecases::pay_refund_again(context(), id, "store_credit");
  ASSERT_TRUE(again) << again.error().message;
  work(kMinute);
  EXPECT_EQ(view(again->id).state, "succeeded");
  EXPECT_EQ(number("SELECT balance FROM vouchers"), 2000);
  EXPECT_EQ(view(id).state, "reversed");
  expect_clean();
}

TEST_F(GatewayMoney, EventsInAnyOrderEndInTheSameState) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 12; ++round) {
    const auto id = request("adyen");
    work(kMinute);
    const auto refund = adyen.refunds().back();
    std::vector<std::string> news = {"REFUND", "REFUND", "REFUND_FAILED", "REFUND_FAILED", "AUTHORISATION"};
    std::shuffle(news.begin(), news.end(), random);
    for (const auto& code : news) ASSERT_TRUE(adyen_says(code, refund));
    EXPECT_TRUE(view(id).state == "failed" || view(id).state == "reversed") << view(id).state;
  }
  EXPECT_EQ(account("gateway"), 12 * 3000) << "no money has left";
  EXPECT_EQ(
      number("SELECT coalesce(sum(refunded), 0)::bigint FROM payments p JOIN refunds r USING (merchant_id, payment_id) WHERE r.state = "
             "'reversed'"),
      0);
  expect_clean();
}

TEST_F(GatewayMoney, AForgedOrForeignEventChangesNothing) {
  const auto id = request("adyen");
  work();
  auto refund = adyen.refunds().at(0);
  const auto forged = nlohmann::json::parse(test::FakeAdyen::notification(test::FakeAdyen::item("REFUND", refund, "true")));
  auto other = forged;
  other["notificationItems"][0]["NotificationRequestItem"]["success"] = "false";
  EXPECT_EQ(usecases::take_gateway_event(db, *door, "adyen", other.dump(), {}, at).error().code, "bad_signature");
  EXPECT_EQ(usecases::take_gateway_event(db, *door, "paypal", "{}", {}, at).error().code, "bad_signature");
  EXPECT_EQ(usecases::take_gateway_event(db, *door, "nobody", "{}", {}, at).error().code, "gateway_not_found");
  refund.reference = "roundtrip-mer_9-rfn_9-x";
  EXPECT_TRUE(adyen_says("REFUND", refund));
  EXPECT_EQ(view(id).state, "submitted") << "another installation's key";
  refund.reference = "made at Adyen by hand";
  EXPECT_TRUE(adyen_says("REFUND", refund));
  EXPECT_EQ(view(id).state, "succeeded") << "known by Adyen's own reference";
  expect_clean();
}

// ---- disputes ------------------------------------------------------------------------------------------------------------------------

DisputeNews news_of(DisputeNews::Kind kind, const std::string& capture, std::int64_t amount = 3000) {
  return {kind, "D-" + capture, {capture}, amount, "EUR", "fraudulent"};
}

TEST_F(GatewayMoney, ADisputedPaymentHoldsItsRefundUntilItsEnd) {
  const auto won = request("paypal"), lost = request("paypal"), released = request("paypal");
  for (const std::string capture : {"CAP1", "CAP2", "CAP3"})
    ASSERT_TRUE(usecases::take_dispute(db, "paypal", news_of(DisputeNews::Kind::open, capture), at));
  work();
  for (const auto id : {won, lost, released}) {
    EXPECT_EQ(view(id).state, "requested");
    EXPECT_TRUE(view(id).held.starts_with("dispute:dsp_"));
  }
  EXPECT_EQ(paypal.posts(), 0);
  EXPECT_EQ(account("chargebacks"), 9000);
  expect_clean();
  ASSERT_TRUE(usecases::take_dispute(db, "paypal", news_of(DisputeNews::Kind::won, "CAP1"), at));
  ASSERT_TRUE(usecases::take_dispute(db, "paypal", news_of(DisputeNews::Kind::lost, "CAP2"), at));
  ASSERT_TRUE(usecases::release_refund(context("bea"), released));
  EXPECT_FALSE(usecases::release_refund(context("bea"), released)) << "once";
  work(kMinute);
  EXPECT_EQ(view(won).state, "succeeded");
  EXPECT_EQ(view(lost).state, "denied") << "the payer has the money";
  EXPECT_EQ(view(released).state, "succeeded") << "a person has let it go";
  EXPECT_EQ(account("chargebacks"), 3000);
  EXPECT_EQ(account("write_offs"), 3000);
  EXPECT_EQ(number("SELECT charged_back FROM payments WHERE reference = 'CAP2'"), 3000);
  expect_clean();
}

TEST_F(GatewayMoney, ARefundAskedForDuringADisputeIsHeldAsWell) {
  const auto id = request("adyen");
  ASSERT_TRUE(usecases::take_dispute(db, "adyen", news_of(DisputeNews::Kind::inquiry, "CAP1"), at));
  EXPECT_TRUE(view(id).held.empty()) << "an inquiry has taken no money";
  // The dispute is booked by another process after the refund was asked for, and no hold was written: the sender looks itself.
  store::Session(db).run("UPDATE disputes SET state = 'open'", {});
  work();
  EXPECT_TRUE(view(id).held.starts_with("dispute:"));
  EXPECT_EQ(adyen.posts(), 0);
}

TEST_F(GatewayMoney, AnyOrderOfDisputeNewsEndsInTheSameBooks) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  using Kind = DisputeNews::Kind;
  for (int round = 0; round < 20; ++round) {
    request("paypal");
    const std::string capture = "CAP" + std::to_string(captures);
    std::vector<Kind> news = {Kind::inquiry, Kind::open, Kind::open, round % 2 == 0 ? Kind::won : Kind::lost};
    std::shuffle(news.begin(), news.end(), random);
    for (const auto kind : news) ASSERT_TRUE(usecases::take_dispute(db, "paypal", news_of(kind, capture, 1500), at));
  }
  EXPECT_EQ(account("chargebacks"), 0);
  EXPECT_EQ(account("write_offs"), 10 * 1500);
  EXPECT_EQ(number("SELECT sum(charged_back)::bigint FROM payments"), 10 * 1500);
  expect_clean();
  EXPECT_TRUE(usecases::take_dispute(db, "paypal", news_of(Kind::open, "of nobody"), at));
}

TEST_F(GatewayMoney, ALostDisputeAfterARefundIsSaidBecauseThePayerHasTheMoneyTwice) {
  const auto id = request("paypal", 3);
  work();
  EXPECT_EQ(view(id).state, "succeeded");
  ASSERT_TRUE(usecases::take_dispute(db, "paypal", news_of(DisputeNews::Kind::lost, "CAP1"), at));
  EXPECT_EQ(number("SELECT count(*) FROM timeline WHERE type = 'dispute.paid_twice'"), 1);
  expect_clean();
}

// ---- four eyes -----------------------------------------------------------------------------------------------------------------------

TEST_F(GatewayMoney, WhoGrantsALargeRefundDoesNotPayItByHand) {
  const auto order =
      test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", 3, 1000)}, {{"manual", "bank", 3000}}), at - kDay);
  RefundId id;
  {
    store::Transaction tx(db);
    auto head = store::lock_order(tx, merchant, order.id).value();
    usecases::RefundTerms terms;
    terms.approval_limit = 100;
    id = usecases::request_refund_under(tx, context("ana"), head, "k", "return", std::nullopt, {{order.lines[0], 1}}, terms).at(0);
    store::save_head(tx, merchant, head, at);
    tx.commit();
  }
  EXPECT_EQ(usecases::approve_refund(context("ana"), id).error().code, "second_person_needed");
  ASSERT_TRUE(usecases::approve_refund(context("bea"), id));
  work();
  EXPECT_EQ(usecases::mark_refund_paid(context("bea"), id, "SEPA").error().code, "second_person_needed");
  ASSERT_TRUE(usecases::mark_refund_paid(context("cleo"), id, "SEPA"));
  expect_clean();
}

// ---- death ---------------------------------------------------------------------------------------------------------------------------

TEST_F(GatewayMoney, DeathAtAnyNamedStepLosesAndDoublesNothing) {
  std::size_t refunds = 0;
  for (const std::string gateway : {"adyen", "paypal"}) {
    for (const std::string step : {"refund.before_submit_commit", "refund.after_submit", "refund.after_call", "refund.before_settle_commit",
                                   "refund.after_settle"}) {
      const auto id = request(gateway);
      ASSERT_TRUE(worker_dies(step)) << gateway << " " << step;
      at = at + kMinute + kSecond;  // the dead worker's lease ends
      ASSERT_FALSE(worker_dies("")) << gateway << " " << step;
      if (gateway == "adyen") {
        ASSERT_TRUE(adyen_says("REFUND", adyen.refunds().back()));
      }
      EXPECT_EQ(view(id).state, "succeeded") << gateway << " " << step;
      ++refunds;
    }
  }
  EXPECT_EQ(adyen.refunds().size() + paypal.refunds().size(), refunds);
  EXPECT_EQ(number("SELECT count(*) FROM notifications WHERE milestone = 'refund_paid'"), static_cast<std::int64_t>(refunds));
  expect_clean();
}

}  // namespace
}  // namespace roundtrip::workers
