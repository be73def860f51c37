// The demo adapter: numbers, requests, and replies good, odd and broken.
#include "carriers/demo/demo.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace roundtrip::carriers {
namespace {
using S = domain::TrackingStatus;

const Carrier& demo() { return *find_carrier("demo"); }
CarrierAccount account() {
  CarrierAccount made;
  made.carrier = "demo";
  made.base_url = "http://carrier.test";
  made.key = "secret";
  return made;
}
HttpOutcome answer(int status, std::string body, Headers headers = {}) {
  return {HttpResponse{status, std::move(headers), std::move(body)}, {}};
}
std::vector<TrackQuery> ask(const std::vector<std::string>& numbers) {
  std::vector<TrackQuery> queries;
  for (const auto& number : numbers) queries.emplace_back().number = number;
  return queries;
}
TrackReply track(const std::string& body, const std::vector<std::string>& numbers = {"A"}) {
  return demo().parse_track(account(), answer(200, body), ask(numbers));
}

TEST(DemoCarrier, NumbersAreValidUniqueAndStable) {
  std::set<std::string> seen;
  for (std::int64_t id = 1; id < 2000; ++id) {
    const auto parcel = demo().number_for(ParcelId{id}).value();
    EXPECT_TRUE(demo().is_number(parcel)) << parcel;
    EXPECT_EQ(parcel, demo().number_for(ParcelId{id}));
    EXPECT_TRUE(seen.insert(parcel).second);
    EXPECT_TRUE(seen.insert(demo().number_for(ReturnId{id}).value()).second);
  }
  EXPECT_EQ(demo().number_for(ParcelId{17}), "DM000000000178");
  EXPECT_FALSE(demo().number_for(ParcelId{100'000'000'000}));
}

TEST(DemoCarrier, AWrongDigitIsNoNumber) {
  const auto number = demo().number_for(ParcelId{123456}).value();
  for (std::size_t at = 2; at < number.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      auto wrong = number;
      wrong[at] = digit;
      EXPECT_EQ(demo().is_number(wrong), wrong == number) << wrong;
    }
  }
  for (const auto* text : {"", "DM", "DMABCDEFGHIJKL", "XX000000000178", "DM0000000001780"}) EXPECT_FALSE(demo().is_number(text)) << text;
  EXPECT_EQ(carrier_of_number(number), &demo());
  EXPECT_EQ(carrier_of_number("no number of anybody"), nullptr);
}

TEST(DemoCarrier, TheTrackRequestNamesEveryNumberAndTheKey) {
  const auto request = demo().track_request(account(), ask({"DM1", "a&b"}));
  EXPECT_EQ(request.url, "http://carrier.test/v1/track?numbers=DM1,a%26b");
  EXPECT_EQ(request.headers.front().second, "Bearer secret");
}

TEST(DemoCarrier, TheAnnouncementCarriesItsReferenceAsKeyAndTheWishedScenario) {
  ParcelToAnnounce parcel;
  parcel.number = "DM1";
  parcel.reference = "pcl_1@5";
  parcel.destination.line2 = "demo:late";
  const auto request = demo().announce_request(account(), parcel);
  EXPECT_NE(request.body.find(R"("scenario":"late")"), std::string::npos);
  EXPECT_TRUE(std::any_of(request.headers.begin(), request.headers.end(),
                          [](const auto& field) { return field.first == "Idempotency-Key" && field.second == "pcl_1@5"; }));
  EXPECT_EQ(demo().parse_announce(answer(201, R"({"number":"DM1","estimated_at":"2026-11-20T09:00:00Z"})")).number, "DM1");
  EXPECT_EQ(demo().parse_announce(answer(201, "<html>")).trouble, Trouble::bad_reply);
}

TEST(DemoCarrier, EventsKeepCodeTextPlaceAndThreeTimes) {
  const auto reply = track(R"({"parcels":[{"number":"A","status":{"code":"DLV","at":"2026-11-20T10:15:00+01:00"},
    "signed_by":"Lima","weight_g":510,
    "estimated_at":"2026-11-20T18:00:00Z",
    "events":[{"code":"DLV","text":"Zugestellt","place":"Graz","at":"2026-11-20T10:15:00+01:00"}]}]})");
  ASSERT_EQ(reply.items.size(), 1U);
  const auto& item = reply.items[0];
  ASSERT_EQ(item.events.size(), 1U);
  EXPECT_EQ(item.events[0].status, S::delivered);
  EXPECT_EQ(item.events[0].time.raw, "2026-11-20T10:15:00+01:00");
  EXPECT_EQ(item.events[0].time.local, "2026-11-20T10:15:00");
  EXPECT_EQ(item.events[0].time.utc, parse_rfc3339("2026-11-20T09:15:00Z"));
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::given_offset);
  EXPECT_EQ(item.signed_by, "Lima");
  EXPECT_EQ(item.weight_g, 510);
  ASSERT_TRUE(item.headline);
  EXPECT_EQ(item.headline->status, S::delivered);
}

TEST(DemoCarrier, TheHeadlineSpeaksForTheNewestEventOfTheReply) {
  const auto reply = track(R"({"parcels":[{"number":"A","status":{"code":"DLV","at":"2026-11-20T04:23:00Z"},"events":[
    {"code":"ARR","at":"2026-11-20T07:56:00Z"},{"code":"DLV","at":"2026-11-20T04:23:00Z"}]}]})");
  EXPECT_EQ(reply.items[0].headline->as_of, parse_rfc3339("2026-11-20T07:56:00Z"));
  EXPECT_EQ(domain::derive_status(reply.items[0].events, reply.items[0].headline).status, S::delivered);
}

TEST(DemoCarrier, DeliveredOnTheWayBackIsReturned) {
  const auto reply = track(R"({"parcels":[{"number":"A","status":{"code":"DLV","return":true,"at":"2026-11-20T04:23:00Z"},
    "events":[{"code":"DLV","return":true,"at":"2026-11-20T04:23:00Z"}]}]})");
  EXPECT_EQ(domain::derive_status(reply.items[0].events, reply.items[0].headline).status, S::returned);
}

TEST(DemoCarrier, AnUnmappedCodeStaysUnknownWithItsCodeKept) {
  const auto reply = track(R"({"parcels":[{"number":"A","events":[{"code":"ZZZ","text":"Verzollt?","at":"2026-11-20T04:23:00Z"}]}]})");
  EXPECT_EQ(reply.items[0].events[0].status, S::unknown);
  EXPECT_EQ(reply.items[0].events[0].raw_code, "ZZZ");
}

TEST(DemoCarrier, EveryCodeOfTheTableStandsOnce) {
  for (const auto* code :
       {"LBL", "ACC", "DEP", "ARR", "OFD", "ATT", "PUP", "DLV", "REF", "RTS", "LST", "MSG", "CUS", "CUH", "DLY", "WTH"}) {
    const auto reply =
        track(R"({"parcels":[{"number":"A","events":[{"code":")" + std::string(code) + R"(","at":"2026-11-20T04:23:00Z"}]}]})");
    EXPECT_NE(reply.items[0].events[0].status, S::unknown) << code;
  }
}

TEST(DemoCarrier, ABrokenItemHarmsNoOther) {
  const auto reply =
      track(R"({"parcels":[{"number":"A","events":"nonsense"},{"number":5},null,[],{"number":"B","error":{"code":"not_found"}},
    {"number":"C","events":[{"code":"ACC","at":"not a time"},7,null,{"code":[]},{"code":"OFD","at":"2026-11-20T04:23:00Z"}]}]})",
            {"A", "B", "C", "D"});
  ASSERT_EQ(reply.trouble, Trouble::none);
  ASSERT_EQ(reply.items.size(), 4U);
  EXPECT_EQ(reply.items[0].trouble, Trouble::bad_reply);
  EXPECT_EQ(reply.items[1].trouble, Trouble::not_found);
  EXPECT_EQ(reply.items[2].trouble, Trouble::none);
  EXPECT_EQ(reply.items[2].events.size(), 2U);
  EXPECT_EQ(domain::derive_status(reply.items[2].events).status, S::out_for_delivery);
  EXPECT_EQ(reply.items[3].trouble, Trouble::bad_reply);
}

TEST(DemoCarrier, CallsThatFailSayWhyAndWhenToComeBack) {
  const auto queries = ask({"A"});
  const auto trouble = [&](const HttpOutcome& outcome) { return demo().parse_track(account(), outcome, queries).trouble; };
  EXPECT_EQ(trouble(answer(429, "")), Trouble::rate_limited);
  EXPECT_EQ(trouble(answer(401, "")), Trouble::auth);
  EXPECT_EQ(trouble(answer(403, "")), Trouble::auth);
  EXPECT_EQ(trouble(answer(500, "")), Trouble::service);
  EXPECT_EQ(trouble(answer(302, "")), Trouble::bad_reply);
  EXPECT_EQ(trouble(answer(200, "<html>busy</html>")), Trouble::bad_reply);
  EXPECT_EQ(trouble(answer(200, "")), Trouble::bad_reply);
  EXPECT_EQ(trouble(HttpOutcome{}), Trouble::service);
  EXPECT_EQ(demo().parse_track(account(), answer(429, "", {{"retry-after", "7"}}), queries).retry_after_us, 7 * kSecond);
  EXPECT_EQ(demo().parse_track(account(), answer(429, "", {{"retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"}}), queries).retry_after_us,
            60 * kSecond);
  EXPECT_EQ(demo().parse_track(account(), answer(429, "", {{"retry-after", "99999999999999"}}), queries).retry_after_us, kDay);
}

TEST(DemoCarrier, DeepAndMutilatedRepliesAreRefusedInBoundedTime) {
  EXPECT_EQ(track(std::string(1 << 20, '[')).trouble, Trouble::bad_reply);
  EXPECT_EQ(track(R"({"parcels":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}").trouble, Trouble::bad_reply);
  const std::string good =
      R"({"parcels":[{"number":"A","status":{"code":"DLV","at":"2026-11-20T04:23:00Z"},
          "events":[{"code":"DLV","text":"\u00e9","at":"2026-11-20T04:23:00Z"}]}]})";
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string body = good;
    for (auto edits = random() % 4 + 1; edits > 0; --edits) body[random() % body.size()] = static_cast<char>(random());
    body.resize(random() % 3 == 0 ? random() % body.size() : body.size());
    const auto reply = track(body);
    if (reply.trouble == Trouble::none) {
      EXPECT_EQ(reply.items.size(), 1U);
    }
  }
}

TEST(DemoCarrier, LongTextsAreCutBetweenCharacters) {
  std::string text = "x";
  for (int i = 0; i < 400; ++i) text += "\u00e9";
  const auto reply = track(R"({"parcels":[{"number":"A","events":[{"code":"ACC","text":")" + text + R"("}]}]})");
  const auto& kept = reply.items[0].events[0].raw_text;
  EXPECT_EQ(kept.size() % 2, 1U);
  EXPECT_LE(kept.size(), 500U);
  EXPECT_EQ(track(R"({"parcels":[{"number":"A","events":[{"code":"ACC","text":"caf\u00e9"}]}]})").items[0].events[0].raw_text, "caf\u00e9");
}

TEST(DemoCarrier, TheAccountComesFromTheSettings) {
  Config config;
  ASSERT_TRUE(config.set("carriers.demo.day_s", "2"));
  const auto made = account_from(config, "demo").value();
  EXPECT_EQ(made.day_us, 2 * kSecond);
  EXPECT_EQ(made.key, "demo-key");
  EXPECT_FALSE(account_from(config, "nobody"));
}

}  // namespace
}  // namespace roundtrip::carriers
