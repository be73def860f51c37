// What a tracker knows of where its parcel goes: nights at its door, and what carriers want to see before they answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/scripted_transport.hpp"
#include "support/tracking_world.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {
namespace {
using test::ScriptedTransport;
using test::ShippedParcel;
using test::TrackingWorld;
using testing::HasSubstr;

struct DestinationTest : testing::Test {
  TrackingWorld world;
  std::string tracker(const std::string& direction) {
    return world.value<std::string>("SELECT country || '|' || postal_code || '|' || time_zone FROM trackers WHERE direction = $1",
                                    direction);
  }
  // The demo carrier says that the parcel has just gone out for delivery; gives when it is asked again.
  Instant asked_after_out_for_delivery(const ShippedParcel& parcel) {
    ScriptedTransport transport([&](const HttpRequest&) {
      const nlohmann::json event = {{"code", "OFD"}, {"text", "out for delivery"}, {"at", format_rfc3339(world.now())}};
      const nlohmann::json body = {{"parcels", {{{"number", parcel.number}, {"events", {event}}}}}};
      return HttpResponse{200, {}, body.dump()};
    });
    const Carriers carriers(world.config(), transport);
    TrackingWorld::Session(world.db()).run("UPDATE trackers SET next_check_at = $1", {world.now()});
    EXPECT_EQ(poll_trackers(world.db(), carriers, world.options, world.now()).answered, 1);
    EXPECT_EQ(world.status(parcel), "out_for_delivery");
    return world.value<Instant>("SELECT next_check_at FROM trackers");
  }
};

struct Night {
  const char *evening, *morning, *ship_to;
};
class DestinationNight : public DestinationTest, public testing::WithParamInterface<Night> {};
INSTANTIATE_TEST_SUITE_P(All, DestinationNight,
                         testing::Values(Night{"2026-12-01T20:55:00Z", "2026-12-02T05:00:00Z", R"({"country":"DE","postal_code":"10115"})"},
                                         // Clocks are put on and back in these nights.
                                         Night{"2027-03-27T20:55:00Z", "2027-03-28T04:00:00Z", R"({"country":"DE","postal_code":"10115"})"},
                                         Night{"2027-10-30T19:55:00Z", "2027-10-31T05:00:00Z", R"({"country":"DE","postal_code":"10115"})"},
                                         Night{"2027-03-14T05:55:00Z", "2027-03-14T13:00:00Z",
                                               R"({"country":"US","region":"CA","postal_code":"94105"})"}));

TEST_P(DestinationNight, NobodyIsAskedWhileTheCourierSleeps) {
  world.ship_to = GetParam().ship_to;
  world.go_to(parse_rfc3339(GetParam().evening).value());
  const Instant morning = parse_rfc3339(GetParam().morning).value();
  const Instant next = asked_after_out_for_delivery(world.ship());
  EXPECT_GE(next, morning) << format_rfc3339(next);
  EXPECT_LE(next, morning + 10 * kMinute) << format_rfc3339(next);
}

TEST_F(DestinationTest, WhereTheZoneIsNotKnownNoNightIs) {
  world.ship_to = R"({"country":"US","postal_code":"75001"})";
  world.go_to(parse_rfc3339("2026-12-02T03:55:00Z").value());  // an evening all over the country
  const auto parcel = world.ship();
  EXPECT_EQ(tracker("outbound"), "US|75001|");
  EXPECT_LT(asked_after_out_for_delivery(parcel), world.now() + kHour);
}

TEST_F(DestinationTest, WhatGoesOutHasItsRecipientsPlaceAndWhatComesBackTheWarehouses) {
  world.ship_to = R"({"country":"PT","postal_code":"1100-148"})";
  const auto parcel = world.ship();
  EXPECT_EQ(tracker("outbound"), "PT|1100-148|Europe/Lisbon");
  TrackingWorld::Session(world.db())
      .run(R"(UPDATE warehouses SET address = '{"line1": "Hafen 1", "country": "DE", "postal_code": "20457"}')", {});
  ReturnRequest wanted;
  wanted.order = parcel.order;
  wanted.lines = {{parcel.line, 1, "too_small", ""}};
  wanted.label_carrier = "demo";
  ASSERT_TRUE(create_return(world.context(), wanted));
  EXPECT_EQ(tracker("return"), "DE|20457|Europe/Berlin");
}

TEST_F(DestinationTest, ACarrierIsShownWhatItWantsToSee) {
  world.ship_to = R"({"country":"US","region":"OH","postal_code":"44301-1234"})";
  const auto us = world.ship();
  world.ship_to = R"({"country":"DE","postal_code":"10115"})";
  const auto german = world.ship();
  world.hand_to(us, "usps");
  world.hand_to(german, "dhl");
  ScriptedTransport transport([](const HttpRequest& request) {
    if (request.url.ends_with("/token")) return HttpResponse{200, {}, R"({"access_token":"t","expires_in":3600})"};
    return HttpResponse{503, {}, "{}"};
  });
  const auto carriers = world.carriers_of(
      "[[account]]\ncarrier = \"usps\"\nkey = \"k\"\nsecret = \"s\"\n"
      "[[account]]\ncarrier = \"dhl\"\nkey = \"k\"\n",
      transport);
  world.pass_hours(12);
  poll_trackers(world.db(), *carriers, world.options, world.now());
  std::string said;
  for (const auto& request : transport.sent()) said += request.url + " " + request.body + "\n";
  EXPECT_THAT(said, HasSubstr("trackingNumber=" + german.number));
  EXPECT_THAT(said, HasSubstr("&recipientPostalCode=10115"));
  EXPECT_THAT(said, HasSubstr(R"({"destinationZIPCode":"44301","trackingNumber":")" + us.number + "\"}"));
}

}  // namespace
}  // namespace roundtrip::usecases
