// The refunder dies at every named step, and at random moments: nothing is lost, nothing is paid twice.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "clients/curl_transport.hpp"
#include "clients/gateway_stripe.hpp"
#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/fake_stripe.hpp"
#include "support/orders.hpp"
#include "support/self_child.hpp"
#include "usecases/returns.hpp"
#include "workers/refunder.hpp"

namespace roundtrip::workers {
namespace {

using test::StripeMood;

constexpr std::int64_t kLease = 60 * kSecond;

std::map<std::string, std::unique_ptr<clients::Gateway>> only_stripe(const std::string& url, Transport& transport) {
  std::map<std::string, std::unique_ptr<clients::Gateway>> all;
  all["stripe"] = clients::make_stripe_gateway({url, "sk_test_1", 2000}, transport);
  return all;
}

// What a worker process does: one pass at `at`.
void pass(const std::string& database_url, const std::string& stripe_url, Instant at) {
  store::Database db(test::database_at(database_url.c_str()));
  clients::CurlTransport transport({.allow_private_addresses = true});
  clients::Gateways gateways{only_stripe(stripe_url, transport)};
  JobOptions jobs;
  jobs.kind = usecases::kRefundJob;
  jobs.lease_us = kLease;
  work_jobs(db, jobs, refund_handler(db, gateways), {}, [at] { return at; });
}

// A worker process runs one pass.
struct ChildEntry : testing::Environment {
  void SetUp() override {
    const char* url = test::told("REFUNDER_PASS");
    if (url == nullptr) return;
    pass(url, test::told("STRIPE"), Instant{test::told_number("NOW")});
    _exit(0);
  }
};
[[maybe_unused]] const auto* const kChildEntry = testing::AddGlobalTestEnvironment(new ChildEntry);

struct RefunderCrash : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  test::FakeStripe stripe;
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();

  RefundId request(const std::string& charge, std::int64_t units = 1) {
    stripe.capture(charge, 1000 * units);
    const auto order = test::make_shipped_order(
        db, merchant, test::order_of({test::line_of("MUG", units, 1000)}, {{"stripe", charge, 1000 * units}}), at - kDay);
    const usecases::Context context{db, merchant, {"floor", "returns-1"}, at};
    usecases::ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = {{order.lines[0], units, "", ""}};
    const auto made = usecases::create_return(context, wanted);
    return usecases::receive_return_now(context, made->id, {}, "")->refunds.at(0);
  }

  test::Told worker(const std::string& crash_at) {
    return {{"REFUNDER_PASS", database.url()}, {"STRIPE", stripe.base_url()}, {"NOW", std::to_string(at.us)}, {"CRASH_AT", crash_at}};
  }
  pid_t start_worker(const std::string& crash_at) { return test::start_self(worker(crash_at)); }
  // Runs a worker process to its end; true when it died by a signal.
  bool worker_dies(const std::string& crash_at) { return test::self_dies(worker(crash_at)); }
  std::string state(RefundId id) {
    return store::Session(db)
        .value<std::string>("SELECT state FROM refunds WHERE merchant_id = $1 AND refund_id = $2", merchant, id)
        .value();
  }
  std::int64_t count(const std::string& sql) { return store::Session(db).value<std::int64_t>(sql).value(); }
  void expect_clean(std::size_t refunds) {
    EXPECT_EQ(stripe.refunds().size(), refunds);
    EXPECT_EQ(count("SELECT count(*) FROM refunds WHERE state = 'succeeded'"), static_cast<std::int64_t>(refunds));
    EXPECT_EQ(count("SELECT count(*) FROM notifications WHERE milestone = 'refund_paid'"), static_cast<std::int64_t>(refunds));
    EXPECT_EQ(count("SELECT count(*) FROM jobs WHERE kind = 'refund'"), 0);
    EXPECT_EQ(count("SELECT coalesce(sum(amount), 0)::bigint FROM ledger"), 0);
    store::Session session(db);
    const auto faults = store::money_faults(session, merchant);
    EXPECT_TRUE(faults.empty()) << faults.front();
    const auto chain = store::verify_timeline(db, merchant, std::nullopt);
    EXPECT_TRUE(chain.empty()) << chain.front().what;
    for (const auto& fault : stripe.faults()) ADD_FAILURE() << fault;
  }
};

TEST_F(RefunderCrash, DeathAtAnyNamedStepLosesAndDoublesNothing) {
  std::size_t refunds = 0;
  for (const std::string step :
       {"refund.before_submit_commit", "refund.after_submit", "refund.after_call", "refund.before_settle_commit", "refund.after_settle"}) {
    const auto id = request("ch_" + std::to_string(++refunds));
    ASSERT_TRUE(worker_dies(step)) << step;
    at = at + kLease + kSecond;  // the dead worker's lease ends
    ASSERT_FALSE(worker_dies("")) << step;
    EXPECT_EQ(state(id), "succeeded") << step;
  }
  expect_clean(refunds);
}

TEST_F(RefunderCrash, DeathWhileInDoubtIsResolvedToo) {
  const auto id = request("ch_1");
  stripe.next({StripeMood::pay_then_drop});
  ASSERT_FALSE(worker_dies(""));
  EXPECT_EQ(state(id), "in_doubt");
  at = at + kMinute;
  ASSERT_TRUE(worker_dies("refund.after_call"));
  EXPECT_EQ(state(id), "in_doubt");
  at = at + kLease + kSecond;
  ASSERT_FALSE(worker_dies(""));
  EXPECT_EQ(state(id), "succeeded");

  const auto unpaid = request("ch_2");
  stripe.next({StripeMood::drop});
  ASSERT_FALSE(worker_dies(""));
  at = at + kMinute;
  ASSERT_TRUE(worker_dies("refund.after_look_up"));
  at = at + kLease + kSecond;
  ASSERT_FALSE(worker_dies(""));
  EXPECT_EQ(state(unpaid), "succeeded");
  expect_clean(2);
}

TEST_F(RefunderCrash, KillsAtRandomMomentsLoseAndDoubleNothing) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::size_t kRefunds = 30;
  std::vector<RefundId> all;
  for (std::size_t i = 0; i < kRefunds; ++i) all.push_back(request("ch_" + std::to_string(i), 1 + random() % 3));
  std::vector<StripeMood> moods;
  for (int i = 0; i < 60; ++i) {
    static constexpr StripeMood kMoods[] = {StripeMood::pay,          StripeMood::pay,  StripeMood::pay_then_drop,
                                            StripeMood::pay_then_500, StripeMood::drop, StripeMood::rate_limit};
    moods.push_back(kMoods[random() % 6]);
  }
  stripe.next(moods);
  // A killed worker's last transaction may still commit after it died: its refund is paid, and its job may be left for another worker.
  const auto unfinished = [&] {
    return count("SELECT (SELECT count(*) FROM refunds WHERE state <> 'succeeded') + (SELECT count(*) FROM jobs WHERE kind = 'refund')");
  };
  int kills = 0;
  for (int round = 0; round < 200 && unfinished() > 0; ++round) {
    const pid_t child = start_worker("");
    if (round < 25) {                                                                     // after that they are left to finish
      std::this_thread::sleep_for(std::chrono::microseconds(5'000 + random() % 60'000));  // the moment is what is random here
      kill(child, SIGKILL);
      ++kills;
    }
    int status = 0;
    waitpid(child, &status, 0);
    at = at + kHour;  // leases and pauses end
    store::Session(db).run("UPDATE jobs SET attempts = 0 WHERE kind = 'refund' AND dead_at IS NULL", {});
  }
  EXPECT_GT(kills, 0);
  EXPECT_EQ(unfinished(), 0);
  expect_clean(kRefunds);
}

}  // namespace
}  // namespace roundtrip::workers
