// The demo carrier pushes, in the languages of real carriers and over sockets, into the API; and what that does to polling.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api.hpp"
#include "http/front.hpp"
#include "http/server.hpp"
#include "support/push_world.hpp"

namespace roundtrip::http {
namespace {
using test::PushWorld;

class CarrierPushes : public testing::TestWithParam<const char*> {
 protected:
  CarrierPushes() {
    add_tracking_routes(router, services);
    server.start();
    world.set("http.public_url", "http://127.0.0.1:" + std::to_string(server.port()));
    tell_carrier(test::kPushSecret);
  }
  // What is set up at carriers whose subscriptions do not say where to push.
  void tell_carrier(const std::string& secret) {
    for (const std::string carrier : {"ups", "easypost"}) {
      const auto url = usecases::push_url(world.config().text("http.public_url"), carrier);
      ASSERT_EQ(world.control(R"({"push":")" + carrier + R"(","url":")" + url + R"(","secret":")" + secret + "\"}"), 200);
    }
  }
  std::string carrier() const { return GetParam(); }
  // The shop's accounts with another secret, as the service reads them when it starts.
  void use_secret(const std::string& secret) {
    world.use_accounts(world.server().url(), secret);
    services.pushes = usecases::make_push_room(world.config());
  }

  PushWorld world;
  usecases::Links links{"secret", "http://127.0.0.1", 400};
  Services services{world.db(), world.config(), links};
  Router router;
  Front front{router, services, [](const Request&) { return Caller{}; }};
  Server server{ServerOptions{.threads = 2}, [this](Request& request) { return front.answer(request); }};
};
INSTANTIATE_TEST_SUITE_P(All, CarrierPushes, testing::Values("ups", "usps", "easypost"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(CarrierPushes, WhatHappensIsToldWithoutBeingAskedFor) {
  const auto parcel = world.ship_with(carrier());
  ASSERT_EQ(world.subscribe(carrier()).accepted, 1);
  EXPECT_EQ(world.server().push(), 0);  // of what was before nothing is told
  world.pass_hours(30);
  EXPECT_GT(world.server().push(), 0);
  EXPECT_EQ(world.status(parcel), "in_transit");
  EXPECT_EQ(world.server().push(), 0);  // once
  world.pass_hours(24 * 4);
  EXPECT_GT(world.server().push(), 0);
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_THAT(world.told(parcel.order), testing::HasSubstr("delivered"));
  const auto view = world.view(parcel);
  EXPECT_EQ(view.status, "delivered");
  EXPECT_TRUE(view.last_push_at);
  EXPECT_FALSE(view.last_checked_at);
}

TEST_P(CarrierPushes, AForgedPushChangesNothingAndIsSentAgainUntilItIsTaken) {
  const auto parcel = world.ship_with(carrier());
  ASSERT_EQ(world.subscribe(carrier()).accepted, 1);
  world.pass_hours(30);
  // The shop's secret is another one now.
  use_secret("ffffffffffffffffffffffffffffffff");
  EXPECT_EQ(world.server().push(), 0);
  EXPECT_EQ(world.status(parcel), "pending");
  EXPECT_FALSE(world.view(parcel).last_push_at);
  use_secret(test::kPushSecret);
  EXPECT_GT(world.server().push(), 0);
  EXPECT_EQ(world.status(parcel), "in_transit");
}

TEST_P(CarrierPushes, PollingIsSlowerWhileTheyComeAndBackWhenTheyDoNot) {
  const auto parcel = world.ship_with(carrier());
  ASSERT_EQ(world.subscribe(carrier()).accepted, 1);
  world.pass_hours(30);
  ASSERT_GT(world.server().push(), 0);
  // 4 to 6 hours under way, six times that for who is pushed, but not beyond the day for which a push is trusted.
  // The API's clock is the real one.
  const auto pause = *world.view(parcel).next_check_at - roundtrip::now();
  EXPECT_GT(pause, 12 * kHour);
  EXPECT_LE(pause, kDay);
  // On the world's clock there was no push for a day: from then on it is asked as any other.
  (void)world.poll_all();
  EXPECT_LE(*world.view(parcel).next_check_at - world.now(), 10 * kHour);
  EXPECT_EQ(world.view(parcel).failures, 0);
}

TEST_P(CarrierPushes, ASubscriptionThatEndedTellsNothingMoreAndPollingFindsIt) {
  const auto parcel = world.ship_with(carrier());
  ASSERT_EQ(world.subscribe(carrier()).accepted, 1);
  world.pass_hours(24 * 91);
  EXPECT_EQ(world.server().push(), 0);
  EXPECT_EQ(world.subscribe(carrier()).accepted, 1);
  EXPECT_LT(*world.view(parcel).next_check_at, world.now() + kMinute);
  EXPECT_EQ(world.server().push(), 0);
}
}  // namespace
}  // namespace roundtrip::http
