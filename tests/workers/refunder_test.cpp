// Money goes back once: the refunder against a strict Stripe, through lost answers, refusals, retries and people.
#include "workers/refunder.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "clients/curl_transport.hpp"
#include "clients/gateway_stripe.hpp"
#include "store/database.hpp"
#include "store/refunds.hpp"
#include "support/database.hpp"
#include "support/fake_stripe.hpp"
#include "support/orders.hpp"
#include "usecases/policies.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::workers {
namespace {

using test::StripeMood;
using usecases::Context;

struct Refunder : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  test::FakeStripe stripe;
  clients::CurlTransport transport{{.allow_private_addresses = true}};
  clients::Gateways gateways{stripe_only(stripe.base_url(), transport)};
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();
  test::MadeOrder order;

  static std::map<std::string, std::unique_ptr<clients::Gateway>> stripe_only(const std::string& url, Transport& transport) {
    std::map<std::string, std::unique_ptr<clients::Gateway>> all;
    all["stripe"] = clients::make_stripe_gateway({url, "sk_test_1", 700}, transport);
    return all;
  }

  Refunder() {
    stripe.capture("ch_1", 3000);
    order = test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", 3, 1000)}, {{"stripe", "ch_1", 3000}}), at - kDay);
  }
  Context context(const std::string& who = "ana") const { return {const_cast<store::Database&>(db), merchant, {"desk", who}, at}; }

  // A return of some units, received: its refund is requested. Gives the refund.
  RefundId request(std::int64_t units = 1) {
    usecases::ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = {{order.lines[0], units, "changed_mind", ""}};
    const auto made = usecases::create_return(context(), wanted);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    const auto received = usecases::receive_return_now(context(), made->id, {}, "");
    EXPECT_TRUE(received) << (received ? "" : received.error().message);
    EXPECT_EQ(received->refunds.size(), 1U);
    return received->refunds.front();
  }
  // One pass of the worker, `later` after the last.
  int work(std::int64_t later = 0) {
    at = at + later;
    JobOptions options;
    options.kind = usecases::kRefundJob;
    return work_jobs(db, options, refund_handler(db, gateways), {}, [this] { return at; });
  }
  usecases::RefundView view(RefundId id) { return usecases::read_refund(context(), id).value(); }
  void expect_clean_money() {
    store::Session session(db);
    const auto faults = store::money_faults(session, merchant);
    EXPECT_TRUE(faults.empty()) << faults.front();
    for (const auto& fault : stripe.faults()) ADD_FAILURE() << fault;
  }
  std::int64_t jobs() {
    return store::Session(db).value<std::int64_t>("SELECT count(*) FROM jobs WHERE kind = 'refund' AND dead_at IS NULL").value();
  }
  std::int64_t told(const std::string& milestone) {
    return store::Session(db).value<std::int64_t>("SELECT count(*) FROM notifications WHERE milestone = $1", milestone).value();
  }
};

TEST_F(Refunder, AReceivedReturnIsPaidOnceAndTheCustomerIsTold) {
  const auto id = request(2);
  EXPECT_EQ(view(id).state, "requested");
  EXPECT_EQ(work(), 1);
  EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(view(id).gateway_reference, "re_1");
  EXPECT_EQ(stripe.paid("ch_1"), 2000);
  EXPECT_EQ(jobs(), 0);
  EXPECT_EQ(told("refund_paid"), 1);
  const auto refund = stripe.refunds().at(0);
  EXPECT_EQ(refund.metadata.at("order"), order.external_id);
  EXPECT_EQ(refund.metadata.at("refund"), to_text(id));
  EXPECT_EQ(work(kDay), 0);
  expect_clean_money();
}

TEST_F(Refunder, AnAnswerLostAfterPayingIsLookedUpAndPaidOnce) {
  for (const auto mood : {StripeMood::pay_then_drop, StripeMood::pay_then_500, StripeMood::pay_slowly}) {
    const auto before = stripe.paid("ch_1");
    const auto id = request(1);
    stripe.next({mood});
    work();
    EXPECT_EQ(view(id).state, "in_doubt");
    EXPECT_EQ(told("refund_paid"), before / 1000);
    work(kMinute);
    EXPECT_EQ(view(id).state, "succeeded");
    EXPECT_EQ(stripe.paid("ch_1"), before + 1000);
  }
  EXPECT_EQ(stripe.posts(), 3);
  expect_clean_money();
}

TEST_F(Refunder, WhatTheGatewayDoesNotKnowIsSentAgainWithTheSameKey) {
  const auto id = request(1);
  stripe.next({StripeMood::drop, StripeMood::server_error, StripeMood::key_in_use, StripeMood::garbage});
  for (int i = 0; i < 4; ++i) {
    work(kMinute);
    EXPECT_EQ(view(id).state, "in_doubt");
  }
  work(kMinute);
  EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(stripe.posts(), 5);
  EXPECT_EQ(stripe.look_ups(), 4);
  EXPECT_EQ(stripe.paid("ch_1"), 1000);
  expect_clean_money();
}

TEST_F(Refunder, WhileTheLookUpFailsNothingIsSent) {
  const auto id = request(1);
  stripe.next({StripeMood::pay_then_drop});
  work();
  stripe.next_look_ups({StripeMood::drop, StripeMood::server_error, StripeMood::rate_limit, StripeMood::garbage});
  for (int i = 0; i < 4; ++i) {
    work(kMinute);
    EXPECT_EQ(view(id).state, "in_doubt");
    EXPECT_EQ(stripe.posts(), 1);
  }
  work(kMinute);
  EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(stripe.posts(), 1);
  expect_clean_money();
}

TEST_F(Refunder, ALimitedRateIsNoDoubtAndWaitsAsLongAsAsked) {
  const auto id = request(1);
  stripe.next({StripeMood::rate_limit});
  work();
  EXPECT_EQ(view(id).state, "submitted");
  EXPECT_EQ(work(2 * kSecond), 0);
  EXPECT_EQ(work(2 * kSecond), 1);
  EXPECT_EQ(view(id).state, "succeeded");
  expect_clean_money();
}

TEST_F(Refunder, ARefusalForGoodFailsKeepsTheReservationAndWaitsForAPerson) {
  const auto id = request(1);
  stripe.next({StripeMood::decline});
  work();
  EXPECT_EQ(view(id).state, "failed");
  EXPECT_EQ(view(id).last_error, "charge_already_refunded: Charge has already been refunded.");
  EXPECT_EQ(jobs(), 0);
  EXPECT_EQ(store::Session(db).value<std::int64_t>("SELECT refunded FROM payments WHERE merchant_id = $1", merchant), 1000);
  EXPECT_EQ(told("refund_paid"), 0);
  EXPECT_FALSE(usecases::deny_refund(context(), id, "no"));
  // Tried again with the same key: Stripe replays its refusal, and a person pays by hand.
  ASSERT_TRUE(usecases::retry_refund(context(), id));
  work();
  EXPECT_EQ(view(id).state, "failed");
  ASSERT_TRUE(usecases::mark_refund_paid(context(), id, "bank transfer 7"));
  EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(view(id).gateway_reference, "bank transfer 7");
  EXPECT_FALSE(usecases::mark_refund_paid(context(), id, "again"));
  expect_clean_money();
}

TEST_F(Refunder, AGatewayThatCannotBeReachedDoubtsNothing) {
  clients::CurlTransport guarded;  // refuses loopback before anything is sent
  clients::Gateways closed{stripe_only(stripe.base_url(), guarded)};
  const auto id = request(1);
  JobOptions options;
  options.kind = usecases::kRefundJob;
  work_jobs(db, options, refund_handler(db, closed), {}, [this] { return at; });
  EXPECT_EQ(view(id).state, "submitted");
  EXPECT_EQ(stripe.posts(), 0);
  work(kMinute);
  EXPECT_EQ(view(id).state, "succeeded");
}

TEST_F(Refunder, APendingRefundIsSettledByTheGatewaysEventOnce) {
  const auto id = request(1);
  stripe.next({StripeMood::pend});
  work();
  EXPECT_EQ(view(id).state, "submitted");
  EXPECT_EQ(view(id).gateway_reference, "re_1");
  EXPECT_EQ(jobs(), 1);
  const auto refund = stripe.refunds().at(0);
  clients::GatewayEvent event{
      true, to_text(merchant), to_text(id), "somebody else's key", 1000, {clients::GatewayAnswer::Kind::succeeded, "re_1"}};
  ASSERT_TRUE(usecases::settle_by_event(db, "stripe", event, at));
  EXPECT_EQ(view(id).state, "submitted");  // not our key: ignored
  event.key = refund.key;
  ASSERT_TRUE(usecases::settle_by_event(db, "stripe", event, at));
  ASSERT_TRUE(usecases::settle_by_event(db, "stripe", event, at));
  EXPECT_EQ(view(id).state, "succeeded");
  work(kHour);  // the look-up that was still due finds it settled
  EXPECT_EQ(jobs(), 0);
  EXPECT_EQ(told("refund_paid"), 1);
  expect_clean_money();
}

TEST_F(Refunder, APendingRefundIsLookedUpUntilItIsSettled) {
  const auto id = request(1);
  stripe.next({StripeMood::pend});
  work();
  for (int i = 0; i < 15; ++i) work(kHour);  // pending is no failure: it never runs out of attempts
  EXPECT_EQ(view(id).state, "submitted");
  stripe.set_status("re_1", "succeeded");
  work(kHour);
  EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(stripe.posts(), 1);
  expect_clean_money();
}

TEST_F(Refunder, WithoutAGatewayRefundsAreListedForAPerson) {
  clients::Gateways none{std::map<std::string, std::unique_ptr<clients::Gateway>>{}};
  const auto id = request(1);
  JobOptions options;
  options.kind = usecases::kRefundJob;
  work_jobs(db, options, refund_handler(db, none), {}, [this] { return at; });
  EXPECT_EQ(view(id).state, "submitted");
  EXPECT_EQ(jobs(), 0);
  const auto waiting = usecases::list_refunds(context(), std::string("submitted"), RefundId{0}, 10);
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->items.size(), 1U);
  EXPECT_EQ(waiting->items[0].id, id);
  ASSERT_TRUE(usecases::mark_refund_paid(context("bea"), id, "cash"));
  EXPECT_EQ(view(id).state, "succeeded");
  expect_clean_money();
}

TEST_F(Refunder, AboveTheLimitASecondPersonDecides) {
  ASSERT_TRUE(usecases::change_policy(context(), R"({"approval_limit": 1500})"));
  const auto small = request(1), large = request(2);
  EXPECT_FALSE(view(small).approval_needed);
  EXPECT_TRUE(view(large).approval_needed);
  work();
  EXPECT_EQ(view(large).state, "requested");
  EXPECT_EQ(stripe.paid("ch_1"), 1000);
  const auto own = usecases::approve_refund(context("ana"), large);
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, "second_person_needed");
  ASSERT_TRUE(usecases::approve_refund(context("bea"), large));
  EXPECT_FALSE(usecases::approve_refund(context("bea"), large));
  work();
  EXPECT_EQ(view(large).state, "succeeded");
  expect_clean_money();
}

TEST_F(Refunder, ADeniedRefundFreesTheMoneyAndIsNeverPaid) {
  const auto id = request(2);
  ASSERT_TRUE(usecases::deny_refund(context("bea"), id, "not ours"));
  work();
  EXPECT_EQ(view(id).state, "denied");
  EXPECT_EQ(stripe.posts(), 0);
  store::Session session(db);
  EXPECT_EQ(session.value<std::int64_t>("SELECT refunded FROM payments WHERE merchant_id = $1", merchant), 0);
  EXPECT_EQ(session.value<std::int64_t>("SELECT released_units + released_price FROM order_lines WHERE merchant_id = $1", merchant), 0);
  expect_clean_money();
}

TEST_F(Refunder, ManyWorkersAtOncePayEachRefundOnce) {
  const auto first = request(1), second = request(1), third = request(1);
  stripe.next({StripeMood::pay_then_drop, StripeMood::pay, StripeMood::drop, StripeMood::server_error});
  std::barrier start(6);
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      // Every thread pays every refund, as if all leases had ended at once.
      for (const auto id : {first, second, third})
        usecases::pay_refund(db, gateways, {merchant, JobId{1000 + i}, std::string(usecases::kRefundJob), id.value, 1}, at);
    });
  }
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 4; ++i) work(kMinute);
  for (const auto id : {first, second, third}) EXPECT_EQ(view(id).state, "succeeded");
  EXPECT_EQ(stripe.refunds().size(), 3U);
  EXPECT_EQ(stripe.paid("ch_1"), 3000);
  EXPECT_EQ(told("refund_paid"), 3);
  expect_clean_money();
}

}  // namespace
}  // namespace roundtrip::workers
