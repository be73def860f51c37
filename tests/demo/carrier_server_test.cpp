// The demo carrier itself: keys, idempotent announcements, memory over a restart, failures on wish, its world.
#include "demo/carrier_server.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "clients/curl_transport.hpp"
#include "demo/carrier_world.hpp"

namespace roundtrip::demo {
namespace {
using Json = nlohmann::json;

struct CarrierServerTest : testing::Test {
  clients::CurlTransport transport{{.allow_private_addresses = true, .idle_handles = 0}};  // a server ends when its connections do
  Instant at = *parse_rfc3339("2026-11-20T09:00:00Z");
  std::string file =
      (std::filesystem::temp_directory_path() / ("carrier_" + std::to_string(getpid()) + "_" + std::to_string(counter++) + ".jsonl"))
          .string();
  inline static int counter = 0;
  ~CarrierServerTest() override { std::filesystem::remove(file); }

  std::unique_ptr<CarrierServer> start(int fault_percent = 0) {
    CarrierServerOptions options;
    options.state_file = file;
    options.day_us = kDay;
    options.fault_percent = fault_percent;
    options.slow_ms = 50;
    options.clock = [this] { return at; };
    return std::make_unique<CarrierServer>(options);
  }
  HttpOutcome call(const CarrierServer& server, const std::string& method, const std::string& path, const Json& body = nullptr,
                   const std::string& key = "demo-key") {
    HttpRequest request;
    request.method = method;
    request.url = server.url() + path;
    request.headers = {{"Authorization", "Bearer " + key}};
    if (!body.is_null()) request.body = body.dump();
    return transport.send(request);
  }
  int status(const HttpOutcome& outcome) { return outcome.response ? outcome.response->status : -1; }
  Json announcement(const std::string& number, const std::string& reference, const std::string& scenario = "good") {
    return {{"number", number}, {"reference", reference}, {"scenario", scenario}, {"destination", {{"country", "PT"}, {"city", "Lisboa"}}}};
  }
  Json parcel(const CarrierServer& server, const std::string& number) {
    return Json::parse(call(server, "GET", "/v1/track?numbers=" + number).response.value().body).at("parcels").at(0);
  }
};

TEST_F(CarrierServerTest, NothingWithoutTheKey) {
  const auto server = start();
  EXPECT_EQ(status(call(*server, "GET", "/v1/track?numbers=A", nullptr, "wrong")), 401);
  EXPECT_EQ(status(call(*server, "POST", "/v1/parcels", announcement("A", "1"), "")), 401);
}

TEST_F(CarrierServerTest, TheSameAnnouncementIsTheSameParcelAndAnotherReferenceANewLife) {
  const auto server = start();
  EXPECT_EQ(status(call(*server, "POST", "/v1/parcels", announcement("A", "1"))), 201);
  at = at + 30 * kHour;
  EXPECT_EQ(status(call(*server, "POST", "/v1/parcels", announcement("A", "1"))), 200);
  EXPECT_EQ(parcel(*server, "A")["events"].size(), 3U);  // its day was not taken back
  EXPECT_EQ(status(call(*server, "POST", "/v1/parcels", announcement("A", "2"))), 201);
  EXPECT_EQ(parcel(*server, "A")["events"].size(), 1U);
  EXPECT_EQ(parcel(*server, "A")["reference"], "2");
  EXPECT_EQ(server->announcements(), 2);
}

TEST_F(CarrierServerTest, ARestartForgetsNothing) {
  {
    const auto server = start();
    call(*server, "POST", "/v1/parcels", announcement("A", "1"));
    call(*server, "POST", "/v1/parcels", announcement("B", "2"));
    EXPECT_EQ(status(call(*server, "POST", "/v1/control", {{"number", "B"}, {"scenario", "lost"}})), 200);
  }
  at = at + 13 * kDay;
  const auto server = start();
  EXPECT_EQ(parcel(*server, "A")["status"]["code"], "DLV");
  EXPECT_EQ(parcel(*server, "B")["status"]["code"], "LST");
}

TEST_F(CarrierServerTest, AStateFileCutInTheMiddleOfALineLosesOnlyThatLine) {
  {
    const auto server = start();
    call(*server, "POST", "/v1/parcels", announcement("A", "1"));
    call(*server, "POST", "/v1/parcels", announcement("B", "1"));
  }
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 10);
  const auto server = start();
  EXPECT_TRUE(parcel(*server, "A").contains("events"));
  EXPECT_EQ(parcel(*server, "B")["error"]["code"], "not_found");
  // What is announced after that is kept too, on a line of its own.
  call(*server, "POST", "/v1/parcels", announcement("C", "1"));
  const auto again = start();
  EXPECT_TRUE(parcel(*again, "C").contains("events"));
}

TEST_F(CarrierServerTest, FailuresComeOnWishAndAsOftenAsWished) {
  const auto server = start();
  call(*server, "POST", "/v1/parcels", announcement("A", "1"));
  call(*server, "POST", "/v1/control", {{"mode", "rate_limit"}, {"calls", 2}, {"retry_after_s", 7}});
  const auto limited = call(*server, "GET", "/v1/track?numbers=A");
  EXPECT_EQ(status(limited), 429);
  EXPECT_EQ(header(limited.response->headers, "retry-after"), "7");
  EXPECT_EQ(status(call(*server, "GET", "/v1/track?numbers=A")), 429);
  EXPECT_EQ(status(call(*server, "GET", "/v1/track?numbers=A")), 200);
  call(*server, "POST", "/v1/control", {{"mode", "error"}, {"calls", 1}});
  EXPECT_EQ(status(call(*server, "GET", "/v1/track?numbers=A")), 500);
  call(*server, "POST", "/v1/control", {{"mode", "garbage"}, {"calls", 1}});
  EXPECT_TRUE(Json::parse(call(*server, "GET", "/v1/track?numbers=A").response->body, nullptr, false).is_discarded());
}

TEST_F(CarrierServerTest, AShareOfCallsFailsByItself) {
  const auto server = start(30);
  int odd = 0;
  for (int i = 0; i < 200; ++i) {
    const auto outcome = call(*server, "GET", "/v1/track?numbers=A");
    odd += status(outcome) != 200 || outcome.response->body.front() != '{' ? 1 : 0;
  }
  EXPECT_GT(odd, 20);
  EXPECT_LT(odd, 80);
}

TEST_F(CarrierServerTest, OddRequestsAreAnsweredBelow500) {
  const auto server = start();
  for (const Json& body : {Json("x"), Json::array(), Json::object(), Json{{"number", 5}}, Json{{"number", "A"}, {"destination", 5}},
                           Json{{"mode", "nonsense"}}, Json{{"number", "nobody"}, {"scenario", "lost"}}}) {
    for (const auto* path : {"/v1/parcels", "/v1/control"}) {
      const int answered = status(call(*server, "POST", path, body));
      EXPECT_GE(answered, 200) << body;
      EXPECT_LT(answered, 500) << body;
    }
  }
  EXPECT_EQ(status(call(*server, "GET", "/v1/track")), 400);
  std::string many;
  for (int i = 0; i < 51; ++i) many += "A,";
  EXPECT_EQ(status(call(*server, "GET", "/v1/track?numbers=" + many)), 400);
}

WorldParcel of(Scenario scenario) {
  WorldParcel parcel;
  parcel.number = "DM1";
  parcel.reference = "1";
  parcel.scenario = scenario;
  parcel.country = "PT";
  parcel.city = "Lisboa";
  parcel.announced_at = Instant{1'760'000'000'000'000};
  return parcel;
}

TEST(CarrierWorld, EventsOnlyGrowAndNeverLieInTheFuture) {
  for (const auto& word : kScenarios) {
    const auto parcel = of(word.value);
    std::size_t before = 0;
    for (int hours = 0; hours < 24 * 15; hours += 3) {
      const Instant now = parcel.announced_at + hours * kHour;
      const auto report = report_of(parcel, now, kDay);
      EXPECT_GE(report.events.size(), before) << word.text;
      for (const auto& event : report.events) EXPECT_LE(event.at, now) << word.text;
      before = report.events.size();
    }
    EXPECT_GE(before, 3U) << word.text;
  }
}

TEST(CarrierWorld, MostParcelsArePlainAndEveryHardStoryHappens) {
  std::map<Scenario, int> seen;
  for (int i = 0; i < 5000; ++i) ++seen[choose_scenario("DM" + std::to_string(i), "r", 90)];
  EXPECT_NEAR(seen[Scenario::good], 4500, 100);
  for (const auto scenario : {Scenario::late, Scenario::lost, Scenario::refused, Scenario::returned, Scenario::attempted, Scenario::pickup,
                              Scenario::customs, Scenario::stuck, Scenario::out_of_order, Scenario::twice, Scenario::unmapped}) {
    EXPECT_GT(seen[scenario], 10) << to_text(scenario);
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(choose_scenario("DM" + std::to_string(i), "r", 100), Scenario::good);
}

TEST(CarrierWorld, APlainParcelArrivesInAMinuteAndAHalfOfTheDemo) {
  const auto parcel = of(Scenario::good);
  const auto report = report_of(parcel, parcel.announced_at + 92 * kSecond, 20 * kSecond);
  EXPECT_EQ(report.events.back().code, "DLV");
  EXPECT_LT(report.events.back().at, report.estimated_at);
}

}  // namespace
}  // namespace roundtrip::demo
