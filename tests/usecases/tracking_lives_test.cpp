// Numbers that are used again: the carrier's own ids tell a number's lives apart, in any order and company.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "store/tracking.hpp"
#include "support/scripted_transport.hpp"
#include "support/tracking_world.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {
namespace {
using nlohmann::json;
using test::ScriptedTransport;
using test::ShippedParcel;
using test::TrackingWorld;
using testing::HasSubstr;

// A life of a number as FedEx tells it: scans at the given hours from the start of ours.
struct Life {
  std::string id;
  std::vector<std::pair<std::string, double>> scans;  // event type, hours
};

struct LivesTest : testing::Test {
  TrackingWorld world;
  ShippedParcel parcel = world.ship();
  const Instant start = world.now();
  std::vector<Life> told;  // what the carrier tells from now on
  ScriptedTransport transport{[this](const HttpRequest& request) { return answer(request); }};
  std::unique_ptr<Carriers> carriers = world.carriers_of("[[account]]\ncarrier = \"fedex\"\nkey = \"k\"\nsecret = \"s\"\n", transport);

  LivesTest() { world.hand_to(parcel, "fedex"); }

  json result_of(const Life& life) const {
    json scans = json::array();
    for (const auto& [type, hours] : life.scans) {
      const Instant at = start + static_cast<std::int64_t>(hours * static_cast<double>(kHour));
      scans.push_back({{"date", format_rfc3339(at)}, {"eventType", type}, {"derivedStatusCode", type}, {"eventDescription", type}});
    }
    json info = {{"trackingNumber", parcel.number}};
    if (!life.id.empty()) info["trackingNumberUniqueId"] = life.id;
    return {{"trackingNumberInfo", info},
            {"latestStatusDetail", {{"code", life.scans.back().first}, {"derivedCode", life.scans.back().first}}},
            {"scanEvents", scans}};
  }
  HttpResponse answer(const HttpRequest& request) {
    if (request.url.ends_with("/oauth/token")) return {200, {}, R"({"access_token":"t","expires_in":3600})"};
    json results = json::array();
    for (const auto& life : told) results.push_back(result_of(life));
    if (told.empty()) results.push_back({{"error", {{"code", "TRACKING.TRACKINGNUMBER.NOTFOUND"}}}});
    const json body = {{"output", {{"completeTrackResults", {{{"trackingNumber", parcel.number}, {"trackResults", results}}}}}}};
    return {200, {}, body.dump()};
  }
  void poll(std::vector<Life> lives) {
    told = std::move(lives);
    world.pass_hours(6);
    TrackingWorld::Session(world.db()).run("UPDATE trackers SET next_check_at = $1 WHERE next_check_at IS NOT NULL", {world.now()});
    poll_trackers(world.db(), *carriers, world.options, world.now());
  }
  TrackingView view() { return read_tracking(world.context(), parcel.number).value().front(); }
  std::string reference() { return world.value<std::string>("SELECT reference FROM trackers"); }
  // The newest call's body.
  std::string asked() { return transport.sent().back().body; }
};

TEST_F(LivesTest, TheIdOfTheFirstAnswerIsKeptAndAskedWith) {
  poll({{"1~N~FDEG", {{"PU", 2}}}});
  EXPECT_THAT(asked(), testing::Not(HasSubstr("trackingNumberUniqueId")));
  EXPECT_EQ(reference(), "1~N~FDEG");
  poll({{"1~N~FDEG", {{"PU", 2}, {"DP", 8}}}});
  EXPECT_THAT(asked(), HasSubstr(R"("trackingNumberUniqueId":"1~N~FDEG")"));
}

TEST_F(LivesTest, AFormerLifeOfANumberThatHasNoNewOneYetIsNotOurs) {
  poll({{"old~N~FDEG", {{"PU", -9000}, {"DL", -8900}}}});
  EXPECT_EQ(reference(), "");
  EXPECT_EQ(view().status, "pending");
  poll({{"old~N~FDEG", {{"PU", -9000}, {"DL", -8900}}}, {"new~N~FDEG", {{"PU", 7}}}});
  EXPECT_EQ(reference(), "new~N~FDEG");
  EXPECT_EQ(view().status, "in_transit");
}

TEST_F(LivesTest, AnIdThatTheCarrierChangedIsTakenOverWithNewsUnderIt) {
  poll({{"1~N~FDEG", {{"PU", 2}}}});
  poll({{"2~N~FDEG", {{"PU", -50}}}});  // nothing since we follow it: another parcel
  EXPECT_EQ(reference(), "1~N~FDEG");
  EXPECT_THAT(view().last_error, HasSubstr("another parcel"));
  poll({{"2~N~FDEG", {{"PU", -50}, {"OD", 15}}}});
  EXPECT_EQ(reference(), "2~N~FDEG");
  EXPECT_EQ(view().status, "out_for_delivery");
}

TEST_F(LivesTest, AfterDeliveryAnotherIdIsAnotherParcel) {
  poll({{"1~N~FDEG", {{"PU", 2}, {"DL", 5}}}});
  poll({{"2~N~FDEG", {{"PU", 8}, {"DP", 11}}}});
  EXPECT_EQ(reference(), "1~N~FDEG");
  EXPECT_EQ(view().status, "delivered");
  EXPECT_EQ(view().events.size(), 2U);
}

TEST_F(LivesTest, AnIdThatTheCarrierDoesNotKnowAnyMoreIsAskedWithNoLonger) {
  poll({{"1~N~FDEG", {{"PU", 2}}}});
  poll({});
  EXPECT_EQ(view().status, "in_transit");
  poll({{"2~N~FDEG", {{"PU", 2}, {"DP", 17}}}});
  EXPECT_THAT(asked(), testing::Not(HasSubstr("trackingNumberUniqueId")));
  EXPECT_EQ(reference(), "2~N~FDEG");
}

// Our parcel's story beside another parcel's under the same number: whichever is told first, newer or longer, ours ends as if it were
// alone.
TEST_F(LivesTest, TwoLivesInOneReplyAreNeverMixedInAnyOrder) {
  std::mt19937 random(20261122);
  const auto number_of = [&](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
  const std::vector<std::string> types = {"PU", "AR", "DP", "OD", "DE", "DL", "RS"};
  for (int round = 0; round < 25; ++round) {
    parcel = world.ship();
    TrackingWorld::Session(world.db()).run("DELETE FROM tracking_events", {});
    TrackingWorld::Session(world.db()).run("DELETE FROM trackers WHERE parcel_id <> $1", {parcel.parcel});
    world.hand_to(parcel, "fedex");
    Life ours{"ours~N~FDEG", {{"PU", number_of(1, 5)}}}, other{"other~N~FDEG", {}}, former{"former~N~FDEG", {{"PU", -9000}, {"DL", -8990}}};
    std::vector<std::string> wanted = {"PU"};
    // Before our id is known nobody can tell ours from one that lives at the same time.
    poll(round % 2 == 0 ? std::vector{former, ours} : std::vector{ours, former});
    ASSERT_EQ(reference(), "ours~N~FDEG");
    for (int step = 0; step < 4; ++step) {
      const double hours = static_cast<double>((world.now() - start) / kHour);
      if (number_of(0, 1) == 0 && wanted.back() != "DL") {
        wanted.push_back(types[static_cast<std::size_t>(number_of(1, 6))]);
        ours.scans.emplace_back(wanted.back(), hours + 1);
      }
      other.scans.emplace_back(types[static_cast<std::size_t>(number_of(0, 6))], hours + number_of(-3, 3) + 0.5);
      std::vector<Life> lives = {ours, other, former};
      std::shuffle(lives.begin(), lives.end(), random);
      poll(lives);
    }
    const auto seen = view();
    std::vector<std::string> codes;
    for (auto event = seen.events.rbegin(); event != seen.events.rend(); ++event) codes.push_back(event->raw_code);
    EXPECT_EQ(codes, wanted) << "round " << round;
    EXPECT_EQ(reference(), "ours~N~FDEG");
  }
}

}  // namespace
}  // namespace roundtrip::usecases
