// Asking carriers to push, against the demo carrier in their languages: once, in time, again after every kind of failure, and no more
// when the story is over.
#include "workers/subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/push_world.hpp"
#include "support/raw_server.hpp"

namespace roundtrip::workers {
namespace {
using test::PushWorld;
using test::ShippedParcel;
using testing::HasSubstr;

struct SubscriberTest : testing::Test {
  PushWorld world;
  std::optional<Instant> until(const ShippedParcel& parcel) { return world.view(parcel).subscribed_until; }
  std::int64_t subscribed() { return world.value<std::int64_t>("SELECT count(*) FROM trackers WHERE subscribed_until > $1", world.now()); }
  void all_due_in(std::int64_t us) { PushWorld::Session(world.db()).run("UPDATE trackers SET next_check_at = $1", {world.now() + us}); }
};

class EveryLanguage : public SubscriberTest, public testing::WithParamInterface<std::pair<const char*, int>> {};
INSTANTIATE_TEST_SUITE_P(All, EveryLanguage, testing::Values(std::pair("ups", 14), std::pair("usps", 30), std::pair("easypost", 90)),
                         [](const auto& tested) { return std::string(tested.param.first); });

TEST_P(EveryLanguage, ANumberIsSubscribedOnceAndAskedForWhatWasBefore) {
  const auto& [carrier, days] = GetParam();
  const auto parcel = world.ship_with(carrier);
  all_due_in(5 * kHour);
  const auto report = world.subscribe(carrier);
  EXPECT_EQ(report.claimed, 1);
  EXPECT_EQ(report.calls, 1);
  EXPECT_EQ(report.accepted, 1);
  ASSERT_TRUE(until(parcel));
  EXPECT_NEAR(static_cast<double>(*until(parcel) - world.now()), static_cast<double>(days * kDay), static_cast<double>(kMinute));
  EXPECT_LT(*world.view(parcel).next_check_at, world.now() + kMinute);
  EXPECT_EQ(world.subscribe(carrier).claimed, 0);
}

TEST_P(EveryLanguage, ItIsRenewedInTimeAndThenNotAskedForAgain) {
  const auto& [carrier, days] = GetParam();
  const auto parcel = world.ship_with(carrier);
  ASSERT_EQ(world.subscribe(carrier).accepted, 1);
  const auto first = until(parcel);
  world.pass_hours(24.0 * days - 49);
  EXPECT_EQ(world.subscribe(carrier).claimed, 0);
  const bool early = std::string_view(carrier) != "usps";  // USPS refuses a second one while the first one lives
  world.pass_hours(early ? 2 : 49.1);
  all_due_in(5 * kHour);
  EXPECT_EQ(world.subscribe(carrier).accepted, 1);
  EXPECT_GT(*until(parcel), *first);
  // One that was never interrupted has missed nothing.
  EXPECT_EQ(*world.view(parcel).next_check_at > world.now() + kHour, early);
}

TEST_P(EveryLanguage, AnEndedTrackerIsLeftAlone) {
  const auto& [carrier, days] = GetParam();
  world.ship_with(carrier);
  ASSERT_EQ(world.subscribe(carrier).accepted, 1);
  PushWorld::Session(world.db()).run("UPDATE trackers SET ended_at = $1, next_check_at = NULL", {world.now()});
  world.pass_hours(24.0 * days);
  EXPECT_EQ(world.subscribe(carrier).claimed, 0);
}

TEST_P(EveryLanguage, AProcessKilledBetweenCallAndRecordSubscribesAgain) {
  const auto& [carrier, days] = GetParam();
  const auto parcel = world.ship_with(carrier);
  // The statement that records kills its own session; a sequence remembers that over the rollback.
  PushWorld::Session(world.db())
      .script(
          "CREATE SEQUENCE kills; CREATE FUNCTION kill_twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
          "IF NEW.subscribed_until IS NOT NULL AND nextval('kills') <= 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; "
          "RETURN NEW; END $$; CREATE TRIGGER kill_twice BEFORE UPDATE ON trackers FOR EACH ROW EXECUTE FUNCTION kill_twice()");
  const int calls = world.server().track_calls();
  EXPECT_ANY_THROW(world.subscribe(carrier));
  EXPECT_EQ(world.server().track_calls() - calls, 1);  // the carrier has it, we do not know
  EXPECT_FALSE(until(parcel));
  EXPECT_EQ(world.subscribe(carrier).claimed, 0);  // leased
  world.pass_hours(0.05);
  for (int tries = 0; tries < 3 && !until(parcel); ++tries, world.pass_hours(0.05)) {
    try {
      (void)world.subscribe(carrier);
    } catch (const std::exception&) {  // killed once more
    }
  }
  EXPECT_TRUE(until(parcel));
}

TEST_F(SubscriberTest, AHundredNumbersGoIntoACall) {
  std::vector<ShippedParcel> parcels;
  for (int i = 0; i < 250; ++i) parcels.push_back(world.ship_with("ups"));
  world.set("tracking.batch", "500");
  const auto report = world.subscribe("ups");
  EXPECT_EQ(report.calls, 3);
  EXPECT_EQ(report.accepted, 250);
  EXPECT_EQ(subscribed(), 250);
}

TEST_F(SubscriberTest, ARefusedNumberHarmsNoOtherAndIsTriedAgainTheNextDay) {
  const auto good = world.ship_with("ups");
  const auto bad = world.ship_as("ups", "H0001234565");
  const auto report = world.subscribe("ups");
  EXPECT_EQ(report.accepted, 1);
  EXPECT_EQ(report.refused, 1);
  EXPECT_TRUE(until(good));
  EXPECT_FALSE(until(bad));
  world.pass_hours(23.5);
  EXPECT_EQ(world.subscribe("ups").claimed, 0);
  world.pass_hours(1);
  const auto alone = world.subscribe("ups");
  EXPECT_EQ(alone.claimed, 1);
  EXPECT_EQ(alone.refused, 1);
}

TEST_F(SubscriberTest, ACallThatOneNumberSpoilsIsHalvedUntilItStandsAlone) {
  test::RawServer server([](test::RawConnection& peer) {
    for (std::string call; !(call = peer.read_request()).empty();) {
      if (call.find("/oauth/token") != std::string::npos) {
        peer.answer(200, R"({"access_token":"T","expires_in":"3600"})");
      } else if (call.find("SPOILS") != std::string::npos) {
        peer.answer(400, R"({"response":{"errors":[{"code":"VSS000","message":"no"}]}})");
      } else {
        const auto list = call.substr(call.find("\"trackingNumberList\":") + 21);
        peer.answer(200, R"({"validTrackingNumbers":)" + list.substr(0, list.find(']') + 1) + "}");
      }
    }
  });
  world.use_accounts(server.url(""));
  for (int i = 0; i < 7; ++i) world.ship_with("ups");
  const auto bad = world.ship_as("ups", "1Z5SPOILS000000000");
  const auto report = world.subscribe("ups");
  EXPECT_EQ(report.accepted, 7);
  EXPECT_EQ(report.refused, 1);
  EXPECT_LE(report.calls, 8);
  EXPECT_FALSE(until(bad));
}

TEST_F(SubscriberTest, AnAccountWithoutAPushSecretIsLeftAlone) {
  world.use_accounts(world.server().url(), "");
  world.ship_with("ups");
  EXPECT_TRUE(usecases::push_accounts(world.carriers()).empty());
  EXPECT_TRUE(make_subscribers(world.db(), world.config(), world.carriers()).empty());
  EXPECT_EQ(world.subscribe("ups").claimed, 0);
  // With one its parcels are still waiting.
  world.use_accounts(world.server().url());
  EXPECT_EQ(usecases::push_accounts(world.carriers()).size(), 3u);
  EXPECT_EQ(world.subscribe("ups").accepted, 1);
}

TEST_F(SubscriberTest, AccountsSayHowTheyArePushedTo) {
  world.set("http.public_url", "https://shop.example");
  world.ship_with("ups");
  ASSERT_EQ(world.subscribe("ups").accepted, 1);
  const auto accounts = usecases::carrier_accounts(world.db(), world.config(), world.now()).value();
  ASSERT_EQ(accounts.size(), 4u);
  for (const auto& account : accounts) {
    const bool ups = account.carrier == "ups";
    EXPECT_EQ(account.push, account.carrier == "demo" ? "set_up" : "subscribes") << account.carrier;
    EXPECT_EQ(account.push_url, "https://shop.example/v1/carriers/" + account.carrier + "/events");
    EXPECT_EQ(account.subscribed, ups ? 1 : 0) << account.carrier;
  }
  world.use_accounts(world.server().url(), "");
  const auto silent = usecases::carrier_accounts(world.db(), world.config(), world.now()).value();
  EXPECT_EQ(silent.back().push, "no_secret");
}

TEST_F(SubscriberTest, ACarrierThatIsDownIsTriedAgainLaterAndPollingGoesOnAsItWas) {
  const auto parcel = world.ship_with("ups");
  int port = 0;
  {
    port = test::RawServer([](test::RawConnection&) {}).port();
  }
  world.use_accounts("http://127.0.0.1:" + std::to_string(port));
  const auto report = world.subscribe("ups");
  EXPECT_EQ(report.failed, 1);
  EXPECT_FALSE(until(parcel));
  EXPECT_EQ(world.subscribe("ups").calls, 0);
  world.use_accounts(world.server().url());
  world.pass_hours(0.2);
  EXPECT_EQ(world.subscribe("ups").accepted, 1);
}

TEST_F(SubscriberTest, AnAccountThatMayNotSubscribeIsPolledAllTheSame) {
  const auto parcel = world.ship_with("ups");
  ASSERT_EQ(world.control(R"({"mode":"unauthorized","calls":2})"), 200);
  EXPECT_EQ(world.subscribe("ups").failed, 1);  // asked twice: tokens are taken back before their time
  ASSERT_EQ(world.control(R"({"mode":"none","calls":0})"), 200);
  world.pass_hours(0.07);
  EXPECT_EQ(world.subscribe("ups").claimed, 0);  // its own breaker
  world.pass_hours(30);
  EXPECT_EQ(world.poll_all().answered, 1);
  EXPECT_EQ(world.status(parcel), "in_transit");
  EXPECT_EQ(world.subscribe("ups").accepted, 1);
}

TEST_F(SubscriberTest, AnExpiredTokenCostsOneCallMore) {
  world.ship_with("ups");
  ASSERT_EQ(world.subscribe("ups").accepted, 1);
  ASSERT_EQ(world.control(R"({"tokens":"expire"})"), 200);
  world.ship_with("ups");
  const auto report = world.subscribe("ups");
  EXPECT_EQ(report.calls, 2);
  EXPECT_EQ(report.accepted, 1);
}

TEST_F(SubscriberTest, ARetryAfterIsObeyed) {
  world.ship_with("ups");
  ASSERT_EQ(world.control(R"({"mode":"rate_limit","calls":1,"retry_after_s":1800})"), 200);
  EXPECT_EQ(world.subscribe("ups").failed, 1);
  world.ship_with("ups");  // nor another number of the account
  world.pass_hours(0.4);
  EXPECT_EQ(world.subscribe("ups").calls, 0);
  world.pass_hours(0.2);
  EXPECT_EQ(world.subscribe("ups").accepted, 2);
}

TEST_F(SubscriberTest, CallsComeOutOfTheAccountsQuota) {
  world.use_accounts(world.server().url(), test::kPushSecret, "calls_per_minute = 30");
  for (const char* carrier : {"easypost", "usps"}) {
    for (int i = 0; i < 5; ++i) world.ship_with(carrier);
    EXPECT_EQ(world.subscribe(carrier).accepted, 3) << carrier;  // a tenth of a minute's at once
    EXPECT_EQ(world.subscribe(carrier).calls, 0) << carrier;
    world.pass_hours(1.0 / 30);
    EXPECT_EQ(world.subscribe(carrier).accepted, 2) << carrier;
  }
  // EasyPost counts them with its questions, USPS counts every API apart.
  const auto used = [&](const char* carrier) {
    return world.value<bool>("SELECT EXISTS (SELECT 1 FROM carrier_accounts WHERE carrier = $1 AND account = '' AND filled_at IS NOT NULL)",
                             carrier);
  };
  EXPECT_TRUE(used("easypost"));
  EXPECT_FALSE(used("usps"));
}

TEST_F(SubscriberTest, ManyProcessesSubscribeEachNumberOnce) {
  for (int i = 0; i < 60; ++i) world.ship_with("easypost");
  const int calls = world.server().track_calls();
  std::atomic<int> accepted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { accepted += world.subscribe("easypost").accepted; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted, 60);
  EXPECT_EQ(world.server().track_calls() - calls, 60);
}

TEST_F(SubscriberTest, TheLoopSubscribesByItself) {
  const auto parcel = world.ship_with("ups");
  world.set("tracking.poll_ms", "20");
  auto loops = make_subscribers(world.db(), world.config(), world.carriers());
  ASSERT_EQ(loops.size(), 3u);
  for (auto& loop : loops) loop->start();
  const auto give_up = steady_us() + 20 * kSecond;
  while (!until(parcel) && steady_us() < give_up) std::this_thread::yield();
  EXPECT_TRUE(until(parcel));
}

TEST_F(SubscriberTest, ANewTrackerOfACarrierWithSubscriptionsIsDueAtOnce) {
  const auto order = world.ship().order;
  const auto returned = world.value<ReturnId>(
      "INSERT INTO returns (merchant_id, order_id, kind, status, requested_by, created_at, updated_at) VALUES ($1, $2, 'return', "
      "'approved', "
      "'a', $3, $3) RETURNING return_id",
      world.merchant(), order, world.now());
  store::Transaction tx(world.db());
  auto head = store::lock_order(tx, world.merchant(), order).value();
  ASSERT_TRUE(usecases::start_return_tracking(tx, world.context(), head, returned, {"ups", "", "return", PushWorld::number_of("ups", 7)}));
  store::save_head(tx, world.merchant(), head, world.now());
  tx.commit();
  EXPECT_EQ(world.subscribe("ups").accepted, 1);
}

}  // namespace
}  // namespace roundtrip::workers
