// Landmark Global: requests, replies without zones, errors and hostile forms. All replies are invented after the documented format.
#include <set>

#include "../replies.hpp"
#include "carriers/landmark/codes.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& landmark_global() { return *find_carrier("landmark"); }
const Api& track_xml() { return api_of(landmark_global(), "track_xml"); }

std::string scan(const std::string& code, const std::string& when, const std::string& where = "Leeds, WYK") {
  return "<Event><Status>Scan " + code + "</Status><DateTime>" + when + "</DateTime><Location>" + where + "</Location><EventCode>" + code +
         "</EventCode></Event>";
}
std::string package(const std::string& number, const std::string& events) {
  return "<Package><TrackingNumber>" + number +
         "</TrackingNumber><LandmarkTrackingNumber>LTN10000001N1</LandmarkTrackingNumber><PackageReference>R-7</PackageReference><Events>" +
         events + "</Events></Package>";
}
std::string response(const std::string& packages) {
  return "<?xml version=\"1.0\"?><TrackResponse><Result><Success>true</Success><ShipmentDetails><EndDeliveryCarrier>An Post"
         "</EndDeliveryCarrier></ShipmentDetails><Packages>" +
         packages + "</Packages></Result></TrackResponse>";
}
std::string error(const std::string& code) {
  return "<TrackResponse><Result><Success>false</Success><ResultMessage>See Errors</ResultMessage></Result><Errors><Error><ErrorCode>" +
         code + "</ErrorCode><ErrorMessage>Words.</ErrorMessage></Error></Errors></TrackResponse>";
}
TrackedNumber read_one(const std::string& events) {
  const auto reply = read_reply(track_xml(), answer(200, response(package("RR100000000IE", events))));
  EXPECT_EQ(reply.items.size(), 1u) << reply.detail;
  return reply.items.empty() ? TrackedNumber{} : reply.items[0];
}

TEST(Landmark, RequestIsOneDocument) {
  CarrierAccount account;
  account.key = "user";
  account.secret = "p&w";
  account.customer = "2437";
  const auto request = landmark_global().track_request(account, ask({"LTN10000001N1"}));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.landmarkglobal.com/v2/Track.php");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/xml");
  EXPECT_EQ(request.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><TrackRequest><Login><Username>user</Username><Password>p&amp;w</Password></Login>"
            "<Test>false</Test><ClientID>2437</ClientID><TrackingNumber>LTN10000001N1</TrackingNumber>"
            "<RetrievalType>Historical</RetrievalType></TrackRequest>");
}

TEST(Landmark, ADeliveryStandsAmongLaterClocks) {
  const auto item = read_one(scan("500", "2026-02-21 04:23:00", "Roundwood, WW") + scan("155", "2026-02-21 07:56:00") +
                             scan("225", "2026-02-21 07:56:00") + scan("50", "2026-02-18 04:30:00"));
  EXPECT_EQ(status_of(item), "delivered");
  EXPECT_EQ(item.status_raw, "500 Scan 500");
  ASSERT_EQ(item.events.size(), 4u);
  EXPECT_EQ(item.events[0].time.local, "2026-02-21T07:56:00");
  for (const auto& event : item.events) EXPECT_FALSE(event.time.utc.has_value()) << "no zone is known";
  EXPECT_EQ(item.reference, "LTN10000001N1");
}

TEST(Landmark, AScanLaterByAnyClockReopensIt) {
  EXPECT_EQ(status_of(read_one(scan("500", "2026-02-21 04:23:00") + scan("275", "2026-02-23 07:56:00"))), "in_transit");
}

TEST(Landmark, WorkInTheWarehouseIsNoMovement) {
  EXPECT_EQ(status_of(read_one(scan("50", "10/01/2026 08:00 AM") + scan("75", "10/01/2026 10:00 AM"))), "pre_transit");
  EXPECT_EQ(status_of(read_one(scan("225", "10/01/2026 08:00 AM") + scan("75", "10/01/2026 10:00 AM"))), "in_transit");
}

TEST(Landmark, ReadsBothKindsOfTimes) {
  const auto item = read_one(scan("300", "10/02/2026 12:05 PM") + scan("275", "2026-10-02 09:30:00") + scan("225", "soon"));
  ASSERT_EQ(item.events.size(), 3u);
  EXPECT_EQ(item.events[0].time.local, "2026-10-02T12:05:00");
  EXPECT_EQ(item.events[1].time.local, "2026-10-02T09:30:00");
  EXPECT_EQ(item.events[2].time.local, "");
  EXPECT_EQ(item.events[2].time.raw, "soon");
  EXPECT_EQ(status_of(item), "out_for_delivery");
}

TEST(Landmark, AnswersForItsOwnNumberAndTheLastCarriers) {
  const auto body = response(package("RR100000000IE", scan("300", "2026-10-02 09:30:00")));
  for (const char* number : {"RR100000000IE", "LTN10000001N1"}) {
    const auto reply = landmark_global().parse_track({}, answer(200, body), ask({number}));
    ASSERT_EQ(reply.items.size(), 1u);
    EXPECT_EQ(reply.items[0].number, number);
    EXPECT_EQ(status_of(reply.items[0]), "out_for_delivery");
  }
}

TEST(Landmark, CodesMeanWhatTheirTableSays) {
  const std::pair<const char*, const char*> kExpected[] = {
      {"50", "pre_transit"}, {"100", "pre_transit"},      {"90", "exception"},           {"125", "in_transit"},
      {"135", "exception"},  {"300", "out_for_delivery"}, {"400", "delivery_attempted"}, {"410", "available_for_pickup"},
      {"450", "in_transit"}, {"500", "delivered"},        {"510", "delivered"},          {"900", "delivery_attempted"},
      {"777", "unknown"}};
  for (const auto& [code, status] : kExpected) EXPECT_EQ(status_of(read_one(scan(code, "2026-10-02 09:30:00"))), status) << code;
  std::set<std::string_view> seen;
  for (const auto& row : landmark::kCodes) EXPECT_TRUE(seen.insert(row.code).second) << row.code << " twice";
}

TEST(Landmark, TellsErrorsApart) {
  const auto login = read_reply(track_xml(), answer(200, error("Login")));
  EXPECT_EQ(login.trouble, Trouble::auth);
  EXPECT_EQ(login.detail, "Login: Words.");
  EXPECT_EQ(read_reply(track_xml(), answer(200, error("TrackingNumber"))).trouble, Trouble::bad_request);
  EXPECT_EQ(read_reply(track_xml(), answer(200, response(""))).trouble, Trouble::not_found);
  EXPECT_EQ(read_reply(track_xml(), answer(503, error("Login"))).trouble, Trouble::service);
  EXPECT_EQ(read_reply(track_xml(), answer(429, "<html/>")).trouble, Trouble::rate_limited);
  EXPECT_EQ(read_reply(track_xml(), answer(200, "<a/>")).trouble, Trouble::bad_reply);
}

TEST(Landmark, KnowsItsNumbers) {
  EXPECT_TRUE(landmark_global().is_number("LTN74207623N1"));
  EXPECT_TRUE(landmark_global().is_number("LTN408798880N12"));
  EXPECT_FALSE(landmark_global().is_number("LSN74209518N1"));
  EXPECT_FALSE(landmark_global().is_number("LTN74209518N"));
  EXPECT_FALSE(landmark_global().is_number("LTN7420951N1"));
}

TEST(Landmark, SurvivesHostileForms) {
  survives_hostile_forms(track_xml(),
                         response(package("RR100000000IE", scan("300", "10/02/2026 12:05 PM") + scan("500", "2026-10-02 19:30:00"))));
}

}  // namespace
}  // namespace roundtrip::carriers::test
