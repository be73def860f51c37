// The poller against a carrier that misbehaves: leases, one bad item, 429, 500, garbage, silence, and speed.
#include "workers/tracking_poller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "support/raw_server.hpp"
#include "support/tracking_world.hpp"

namespace roundtrip::workers {
namespace {
using test::ShippedParcel;
using test::TrackingWorld;
using testing::HasSubstr;

struct TrackingPollerTest : testing::Test {
  TrackingWorld world;
  usecases::TrackingView view(const ShippedParcel& parcel) {
    return usecases::read_tracking(world.context(), parcel.number).value().front();
  }
  std::vector<ShippedParcel> ship_many(int count, const std::string& scenario = "good") {
    std::vector<ShippedParcel> parcels;
    for (int i = 0; i < count; ++i) parcels.push_back(world.ship(scenario));
    world.announce_all();
    return parcels;
  }
  int with_status(const std::vector<ShippedParcel>& parcels, const std::string& status) {
    return static_cast<int>(
        std::count_if(parcels.begin(), parcels.end(), [&](const auto& parcel) { return world.status(parcel) == status; }));
  }
};

class OneBadItem : public TrackingPollerTest, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, OneBadItem, testing::Values("error", "garbage", "odd_item"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(OneBadItem, HarmsNobodyElseInItsBatch) {
  auto good = ship_many(30);
  const auto bad = world.ship(GetParam());
  const auto after = ship_many(15);
  good.insert(good.end(), after.begin(), after.end());
  world.pass_hours(30);
  const auto report = world.poll_all();
  EXPECT_EQ(report.claimed, 46);
  EXPECT_EQ(report.answered, 45);
  EXPECT_EQ(report.failed, 1);
  EXPECT_LE(report.calls, 30);
  EXPECT_EQ(with_status(good, "in_transit"), 45);
  const auto seen = view(bad);
  EXPECT_EQ(seen.failures, 1);
  EXPECT_FALSE(seen.last_error.empty());
  EXPECT_GT(*seen.next_check_at, world.now());
  // From now on it is asked apart from those that work: one call for them, a few for the suspect.
  const auto again = world.poll_all();
  EXPECT_LE(again.calls, 2);
  EXPECT_EQ(again.answered, 45);
  EXPECT_EQ(view(bad).failures, 2);
}

TEST_F(TrackingPollerTest, A429IsObeyedForTheWholeAccount) {
  const auto parcels = ship_many(120);
  ASSERT_EQ(world.control(R"({"mode":"rate_limit","calls":100,"retry_after_s":900})"), 200);
  world.use_parallel(1);
  world.pass_hours(12);
  const auto report = world.poll_all();
  EXPECT_EQ(report.calls, 1);
  EXPECT_EQ(report.failed, 120);
  for (const auto& parcel : {parcels.front(), parcels.back()}) {
    EXPECT_GE(*view(parcel).next_check_at - world.now(), 890 * kSecond);
    EXPECT_THAT(view(parcel).last_error, HasSubstr("rate_limited"));
  }
  ASSERT_EQ(world.control(R"({"mode":"none","calls":0})"), 200);
  // Nobody asks before the time the carrier gave, not even for parcels that are due and not by another process.
  world.pass_hours(0.24);
  EXPECT_EQ(world.poll_all().claimed, 0);
  EXPECT_EQ(world.account().state, "left_alone");
  world.pass_hours(0.02);
  EXPECT_EQ(world.poll_all().answered, 50);  // one call to see whether it is well again
  EXPECT_EQ(world.poll_all().answered, 120);
  EXPECT_EQ(world.account().state, "open");
  EXPECT_EQ(with_status(parcels, "in_transit"), 120);
  EXPECT_EQ(view(parcels.front()).failures, 0);
  EXPECT_EQ(view(parcels.front()).last_error, "");
}

TEST_F(TrackingPollerTest, AGeneralFailureCostsBoundedCallsAndBacksOff) {
  const auto parcels = ship_many(50);
  world.pass_hours(12);
  for (int failures = 1; failures <= 4; ++failures) {
    ASSERT_EQ(world.control(R"({"mode":"error","calls":1000})"), 200);
    const int calls = world.server().track_calls();
    const auto report = world.poll_all();
    // While the breaker is open one call looks whether the carrier is well again.
    EXPECT_EQ(report.failed + report.released, 50);
    if (failures == 1) {
      EXPECT_EQ(report.released, 0);
    }
    EXPECT_GT(report.failed, 0);
    EXPECT_LE(world.server().track_calls() - calls, failures == 1 ? 60 : 1);
    world.pass_hours(1);
  }
  EXPECT_EQ(view(parcels.front()).status, "pending");  // what is not known is not invented
  EXPECT_EQ(world.account().state, "open");            // to one call
  EXPECT_THAT(view(parcels.front()).last_error, HasSubstr("service"));
  ASSERT_EQ(world.control(R"({"mode":"none","calls":0})"), 200);
  (void)world.poll_all();
  EXPECT_EQ(world.poll_all().answered, 50);
}

TEST_F(TrackingPollerTest, ASlowCarrierIsCutAtItsDeadlineAndTriedAgain) {
  const auto parcels = ship_many(3);
  ASSERT_EQ(world.control(R"({"mode":"slow","calls":1})"), 200);
  const auto report = world.poll_all();
  EXPECT_EQ(report.failed, 3) << "nobody waited for the answer, which would have been good";
  EXPECT_EQ(report.calls, 1);
  EXPECT_EQ(world.poll_all().answered, 3);
}

TEST_F(TrackingPollerTest, ACarrierThatCannotBeReachedCostsOneCall) {
  ship_many(120);
  int port = 0;
  {
    port = test::RawServer([](test::RawConnection&) {}).port();
  }
  world.set("carriers.demo.base_url", "http://127.0.0.1:" + std::to_string(port));
  world.set("tracking.parallel", "1");
  clients::MultiTransport transport(clients::CurlOptions{.allow_private_addresses = true});
  const usecases::Carriers nobody(world.config(), transport);
  world.pass_hours(12);
  const auto report = usecases::poll_trackers(world.db(), nobody, world.options, world.now());
  EXPECT_EQ(report.calls, 1);
  EXPECT_EQ(report.failed, 120);
}

TEST_F(TrackingPollerTest, TheTotalTimeStaysUnderHalfTheLeaseAndTheRestIsGivenBack) {
  const auto parcels = ship_many(240);
  test::RawServer silent([](test::RawConnection& peer) {
    (void)peer.read_request();
    peer.wait_for_close();
  });
  world.set("carriers.demo.base_url", silent.url(""));
  world.set("tracking.parallel", "1");
  clients::MultiTransport transport(clients::CurlOptions{.allow_private_addresses = true});
  const usecases::Carriers carriers(world.config(), transport);
  world.options.lease_us = 8 * kSecond;
  world.pass_hours(12);
  const auto began = steady_us();
  const auto report = usecases::poll_trackers(world.db(), carriers, world.options, world.now());
  EXPECT_LT(steady_us() - began, world.options.lease_us) << "nobody else has its trackers by now";
  EXPECT_GT(report.released, 0);
  EXPECT_EQ(report.failed + report.released, 240);
  // What was given back is due at once.
  EXPECT_EQ(world.poll().answered, report.released);
}

TEST_F(TrackingPollerTest, ADeadWorkersTrackersComeBackWhenTheLeaseEnds) {
  ship_many(5);
  world.pass_hours(12);
  // A worker claims them and dies.
  EXPECT_EQ(store::Session(world.db())
                .run("UPDATE trackers SET leased_until = $1::timestamptz, next_check_at = $2 RETURNING tracker_id",
                     {world.now() + kMinute, world.now()})
                .size(),
            5U);
  EXPECT_EQ(world.poll().claimed, 0);
  world.pass_hours(0.02);
  EXPECT_EQ(world.poll().answered, 5);
}

TEST_F(TrackingPollerTest, ManyPollersShareTheWorkAndTellEachMilestoneOnce) {
  const auto parcels = ship_many(90);
  world.pass_hours(24 * 4.5);
  store::Session(world.db()).run("UPDATE trackers SET next_check_at = $1", {world.now()});
  world.options.batch = 20;
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (auto report = world.poll(); report.claimed > 0; report = world.poll()) answered += report.answered;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 90);
  EXPECT_EQ(with_status(parcels, "delivered"), 90);
  EXPECT_EQ(world.value<std::int64_t>("SELECT count(*) FROM notifications WHERE milestone = 'delivered'"), 90);
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

TEST_F(TrackingPollerTest, OneTrackerThatCannotBeRecordedHarmsNoOther) {
  const auto parcels = ship_many(10);
  world.pass_hours(12);
  // A row that refuses every event of one tracker.
  store::Session(world.db())
      .script(
          "CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
          "IF NEW.tracker_id = (SELECT min(tracker_id) FROM trackers) THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$; "
          "CREATE TRIGGER refuse_one BEFORE INSERT ON tracking_events FOR EACH ROW EXECUTE FUNCTION refuse_one()");
  world.poll_all();
  EXPECT_EQ(world.status(parcels.front()), "pending");
  EXPECT_EQ(with_status(parcels, "in_transit"), 9);
  EXPECT_EQ(view(parcels.front()).last_error, "internal");
  EXPECT_GT(*view(parcels.front()).next_check_at, world.now());
}

TEST_F(TrackingPollerTest, ADatabaseSessionKilledWhileRecordingLosesAndDoublesNothing) {
  const auto parcels = ship_many(40);
  world.pass_hours(24 * 4.5);
  // The first insert of events kills its own session; a sequence remembers that over the rollback.
  store::Session(world.db())
      .script(
          "CREATE SEQUENCE kills; CREATE FUNCTION kill_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
          "IF nextval('kills') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$; "
          "CREATE TRIGGER kill_once AFTER INSERT ON tracking_events FOR EACH STATEMENT EXECUTE FUNCTION kill_once()");
  EXPECT_EQ(world.poll_all().answered, 40);
  EXPECT_GT(world.value<std::int64_t>("SELECT last_value FROM kills"), 1);
  EXPECT_EQ(with_status(parcels, "delivered"), 40);
  EXPECT_EQ(world.value<std::int64_t>("SELECT count(*) FROM notifications WHERE milestone = 'delivered'"), 40);
  EXPECT_EQ(world.value<std::int64_t>("SELECT count(*) FROM timeline WHERE type = 'parcel.delivered'"), 40);
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

TEST_F(TrackingPollerTest, ATrackerWithoutAnAccountIsShownAsBlind) {
  const auto parcel = world.ship();
  world.announce_all();
  store::Session(world.db()).run("UPDATE trackers SET carrier = 'gone', next_check_at = $1", {world.now()});
  EXPECT_EQ(world.poll().failed, 1);
  EXPECT_THAT(view(parcel).last_error, HasSubstr("no account"));
  EXPECT_GT(*view(parcel).next_check_at, world.now());
}

TEST_F(TrackingPollerTest, AnAnnouncementThatFailsIsTriedAgainByTheJobLoop) {
  const auto parcel = world.ship();
  world.set("carriers.demo.base_url", "http://127.0.0.1:1");
  clients::MultiTransport transport(clients::CurlOptions{.allow_private_addresses = true});
  const usecases::Carriers nobody(world.config(), transport);
  auto at = world.now();
  const JobOptions options = job_options(world.config(), usecases::kAnnounceJob);
  const auto pass = [&](const usecases::Carriers& carriers) {
    return work_jobs(
        world.db(), options, [&](const usecases::Job& job, Instant now) { return announce(world.db(), carriers, job, now); }, {},
        [&] { return at; });
  };
  EXPECT_EQ(pass(nobody), 1);
  EXPECT_THAT(view(parcel).last_error, HasSubstr("announce: service"));
  at = at + kMinute;
  EXPECT_EQ(pass(world.carriers()), 1);
  EXPECT_EQ(world.server().announcements(), 1);
  EXPECT_EQ(world.value<std::int64_t>("SELECT count(*) FROM jobs WHERE kind = 'announce'"), 0);
}

TEST_F(TrackingPollerTest, TheLoopsAnnounceAndPollByThemselves) {
  const auto parcel = world.ship();
  world.set("tracking.poll_ms", "20");
  world.set("jobs.poll_ms", "20");
  const auto announcer = make_announcer(world.db(), world.config(), world.carriers());
  const auto poller = make_tracking_poller(world.db(), world.config(), world.carriers());
  announcer->start();
  poller->start();
  const auto until = steady_us() + 20 * kSecond;
  const auto announced = [&] { return world.value<std::int64_t>("SELECT count(*) FROM trackers WHERE announced_at IS NOT NULL") == 1; };
  while (!announced() && steady_us() < until) std::this_thread::yield();
  store::Session(world.db()).run("UPDATE trackers SET next_check_at = $1::timestamptz - interval '1 hour'", {roundtrip::now()});
  while (world.status(parcel) != "pre_transit" && steady_us() < until) std::this_thread::yield();
  announcer->stop();
  poller->stop();
  EXPECT_EQ(world.status(parcel), "pre_transit");
}

// Tokens that expire between polls, one call a parcel or many, answers in five languages: from the socket to what the customer is told.
TEST_F(TrackingPollerTest, RealCarriersAreFollowedFromTheDoorToTheDoorInTheirOwnLanguages) {
  std::map<std::string, ShippedParcel> parcels;
  for (const std::string carrier : {"ups", "fedex", "usps", "dhl", "easypost"}) parcels[carrier] = world.ship();
  world.announce_all();
  world.use_real_languages();
  for (const auto& [carrier, parcel] : parcels) world.hand_to(parcel, carrier);
  for (int quarter = 0; quarter < 24; ++quarter) {
    world.pass_hours(6);
    world.poll_all();
  }
  for (const auto& [carrier, parcel] : parcels) {
    EXPECT_EQ(world.status(parcel), "delivered") << carrier << ": " << view(parcel).last_error;
    EXPECT_EQ(view(parcel).events.size(), 8u) << carrier;
    EXPECT_EQ(view(parcel).signed_by, "A. N. Other") << carrier;
    const std::string told = world.told(parcel.order);
    EXPECT_NE(told.find("delivered"), std::string::npos) << carrier << " told " << told;
    EXPECT_EQ(told.find("delivered"), told.rfind("delivered")) << carrier << " told it twice: " << told;
  }
}

}  // namespace
}  // namespace roundtrip::workers
