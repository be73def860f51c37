// Bring Tracking v2 and Event Cast: requests, replies, errors, pushes. The fixtures are invented after the documented format.
#include "carriers/replies.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& bring_post() { return *find_carrier("bring"); }
const Api& bring_api() { return api_of(bring_post(), "tracking_v2"); }
std::string bring_utc(const std::optional<Instant>& at) { return at ? format_rfc3339(*at).substr(0, 19) : ""; }

Json bring_event(const std::string& status, const std::string& at, const std::string& cause = "") {
  return {{"description", "ord"},      {"status", status},      {"lmCauseCode", cause}, {"recipientSignature", {{"name", ""}}},
          {"postalCode", "5003"},      {"city", "BERGEN"},      {"countryCode", "NO"},  {"dateIso", at},
          {"consignmentEvent", false}, {"insignificant", false}};
}
Json bring_package(const std::string& number, Json events) {
  return {{"packageNumber", number}, {"statusDescription", ""}, {"weightInKgs", 2.5}, {"eventSet", std::move(events)}};
}
std::string bring_body(Json packages) {
  const Json consignment = {{"consignmentId", "70300000000000001"}, {"packageSet", std::move(packages)}, {"totalWeightInKgs", 5.0}};
  return Json{{"apiVersion", "2"}, {"consignmentSet", Json::array({consignment})}}.dump();
}
const std::string kFirst = "2026-06-01T08:00:00+02:00", kSecond = "2026-06-02T08:00:00+02:00", kThird = "2026-06-03T08:00:00+02:00";
TrackReply read_bring(const std::string& body, int status = 200) { return read_reply(bring_api(), answer(status, body)); }
TrackedNumber bring_one(Json events) {
  return read_bring(bring_body(Json::array({bring_package("370000000000000017", std::move(events))}))).items.at(0);
}

TEST(BringRequest, NamesNumberUserAndKey) {
  CarrierAccount account;
  account.key = "user@shop";
  account.secret = "api-key";
  auto queries = ask({"00370000000000000017"});
  queries[0].locale = "nb";
  const auto request = bring_post().track_request(account, queries);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://api.bring.com/tracking/api/v2/tracking.json?q=370000000000000017&lang=no");
  const Headers wanted = {{"Accept", "application/json"}, {"X-Mybring-API-Uid", "user@shop"}, {"X-Mybring-API-Key", "api-key"}};
  EXPECT_EQ(request.headers, wanted);
  account.base_url = "http://127.0.0.1:1";
  EXPECT_EQ(bring_post().track_request(account, ask({"AB 1"})).url, "http://127.0.0.1:1/tracking/api/v2/tracking.json?q=AB%201&lang=en");
}

TEST(BringReply, EveryStatus) {
  const std::pair<const char*, const char*> kCases[] = {{"PRE_NOTIFIED", "pre_transit"},
                                                        {"READY_FROM_SENDER", "pre_transit"},
                                                        {"HANDED_IN", "in_transit"},
                                                        {"COLLECTED", "in_transit"},
                                                        {"IN_TRANSIT", "in_transit"},
                                                        {"INTERNATIONAL", "in_transit"},
                                                        {"CUSTOMS", "in_transit"},
                                                        {"TERMINAL", "in_transit"},
                                                        {"TRANSPORT_TO_RECIPIENT", "out_for_delivery"},
                                                        {"READY_FOR_PICKUP", "available_for_pickup"},
                                                        {"ATTEMPTED_DELIVERY", "delivery_attempted"},
                                                        {"DELIVERED", "delivered"},
                                                        {"DEVIATION", "exception"},
                                                        {"RETURN", "return_to_sender"},
                                                        {"DELIVERED_SENDER", "returned"},
                                                        {"UNKNOWN", "unknown"}};
  for (const auto& [status, ours] : kCases) {
    const auto item = bring_one(Json::array({bring_event(status, kFirst)}));
    EXPECT_EQ(status_of(item), ours) << status;
    EXPECT_EQ(item.status_raw, status);
  }
  const auto late = bring_one(Json::array({bring_event("DEVIATION", kFirst, "28")}));
  EXPECT_EQ(status_of(late), "in_transit");
  EXPECT_EQ(late.events.at(0).raw_code, "DEVIATION 28");
  EXPECT_EQ(status_of(bring_one(Json::array({bring_event("DEVIATION", kFirst, "77")}))), "exception");
}

TEST(BringReply, NoticesMoveNothing) {
  for (const auto* notice : {"NOTIFICATION_SENT", "DELIVERY_ORDERED", "DELIVERY_CHANGED", "DELIVERY_CANCELLED"}) {
    const auto item = bring_one(Json::array({bring_event(notice, kThird), bring_event("READY_FOR_PICKUP", kSecond)}));
    EXPECT_EQ(status_of(item), "available_for_pickup") << notice;
    EXPECT_EQ(item.status_raw, "READY_FOR_PICKUP");
  }
  auto scan = bring_event("IN_TRANSIT", kThird);
  scan["insignificant"] = true;
  EXPECT_EQ(status_of(bring_one(Json::array({scan, bring_event("READY_FOR_PICKUP", kSecond)}))), "available_for_pickup");
}

TEST(BringReply, TheWayBackIsOne) {
  const auto turned = bring_event("RETURN", kSecond);
  const auto before = bring_event("READY_FOR_PICKUP", kFirst);
  EXPECT_EQ(status_of(bring_one(Json::array({bring_event("IN_TRANSIT", kThird), turned, before}))), "return_to_sender");
  EXPECT_EQ(status_of(bring_one(Json::array({bring_event("DELIVERED_SENDER", kThird), turned, before}))), "returned");
  EXPECT_EQ(status_of(bring_one(Json::array({bring_event("DELIVERED", kThird), turned, before}))), "delivered");
  EXPECT_FALSE(bring_one(Json::array({turned, before})).events.at(1).return_leg);
}

TEST(BringReply, WhatAnIntegratorNeeds) {
  auto arrived = bring_event("DELIVERED", "2026-06-03T17:45:25+02:00");
  arrived["recipientSignature"]["name"] = "O Nordmann";
  auto package = bring_package("370000000000000017", Json::array({arrived, bring_event("IN_TRANSIT", "2026-06-02T08:00:00")}));
  package["dateOfEstimatedDelivery"] = "03.06.2026";
  package["estimatedTimeSpanOfDelivery"] = {{"startTime", "08:00"}, {"endTime", "16:00"}};
  package["statusDescription"] = "Levert";
  const auto item = read_bring(bring_body(Json::array({package}))).items.at(0);
  EXPECT_EQ(item.number, "370000000000000017");
  EXPECT_EQ(item.signed_by, "O Nordmann");
  EXPECT_EQ(item.weight_g, 2500);
  EXPECT_EQ(item.status_raw, "DELIVERED Levert");
  EXPECT_EQ(item.estimated_raw, "03.06.2026 08:00-16:00");
  EXPECT_EQ(bring_utc(item.estimated_at), "2026-06-03T14:00:00");
  ASSERT_EQ(item.events.size(), 2u);
  EXPECT_EQ(item.events[0].place, "5003 BERGEN, NO");
  EXPECT_EQ(bring_utc(item.events[0].time.utc), "2026-06-03T15:45:25");
  EXPECT_EQ(bring_utc(item.events[1].time.utc), "2026-06-02T06:00:00");
  EXPECT_EQ(item.events[1].time.basis, domain::ZoneBasis::place);
  package.erase("estimatedTimeSpanOfDelivery");
  EXPECT_EQ(bring_utc(read_bring(bring_body(Json::array({package}))).items.at(0).estimated_at), "2026-06-03T21:59:00");
}

TEST(BringReply, AShipmentHasArrivedWhenAllItsPackagesHave) {
  const auto gone =
      bring_package("370000000000000017", Json::array({bring_event("DELIVERED", kSecond), bring_event("IN_TRANSIT", kFirst)}));
  const auto here = bring_package("370000000000000024", Json::array({bring_event("IN_TRANSIT", kFirst)}));
  const auto said = [&](const std::string& number, const Json& other) {
    const auto reply = bring_post().parse_track(CarrierAccount{}, answer(200, bring_body(Json::array({gone, other}))), ask({number}));
    return reply.items.at(0).trouble == Trouble::none ? status_of(reply.items[0]) : "trouble";
  };
  EXPECT_EQ(said("370000000000000017", here), "delivered");
  EXPECT_EQ(said("00370000000000000024", here), "in_transit");
  EXPECT_EQ(said("70300000000000001", here), "in_transit");
  auto also = gone;
  also["packageNumber"] = "370000000000000024";
  EXPECT_EQ(said("70300000000000001", also), "delivered");
}

TEST(BringErrors, StandInPlaceOfAConsignment) {
  const auto error = [](int code) {
    return Json{{"apiVersion", "2"}, {"consignmentSet", Json::array({Json{{"error", {{"code", code}, {"message", "words"}}}}})}}.dump();
  };
  for (const int status : {200, 404, 500}) {
    EXPECT_EQ(read_bring(error(404), status).trouble, Trouble::not_found);
    EXPECT_EQ(read_bring(error(400), status).trouble, Trouble::bad_request);
    EXPECT_EQ(read_bring(error(500), status).trouble, Trouble::service);
    EXPECT_EQ(read_bring(error(429), status).trouble, Trouble::rate_limited);
    EXPECT_EQ(read_bring(error(401), status).trouble, Trouble::auth);
  }
  EXPECT_EQ(read_bring(error(404)).detail, "404 words");
  const auto busy = R"({"shipments": [{"apiVersion": "2", "consignmentSet": [{"error": {"code": 503, "message": "busy"}}]}]})";
  EXPECT_EQ(read_bring(busy, 503).trouble, Trouble::service);
  EXPECT_EQ(apis_like(bring_post(), *answer(503, busy).response).size(), 1u);
  EXPECT_EQ(read_bring(R"({"status": 401, "message": "Unauthorized"})", 401).trouble, Trouble::auth);
  EXPECT_EQ(read_bring("{}", 429).trouble, Trouble::rate_limited);
  EXPECT_EQ(read_bring(R"({"apiVersion": "2", "consignmentSet": []})").trouble, Trouble::not_found);
  EXPECT_EQ(read_bring("{}").trouble, Trouble::bad_reply);
  EXPECT_EQ(bring_post().parse_track(CarrierAccount{}, answer(404, error(404)), ask({"x"})).items.at(0).trouble, Trouble::not_found);
}

const std::string kPush =
    R"({"status": "READY_FOR_PICKUP", "id": "1", "shipment": "70300000000000001", "package": "370000000000000017",
        "created": "2026-06-01T14:58:48+0000", "pushed": "2026-06-01T14:58:49+0000"})";

TEST(BringPush, IsOneEventInUtc) {
  const auto reply = bring_post().parse_push(kPush);
  ASSERT_EQ(reply.items.size(), 1u);
  EXPECT_EQ(reply.items[0].number, "370000000000000017");
  EXPECT_EQ(status_of(reply.items[0]), "available_for_pickup");
  EXPECT_EQ(bring_utc(reply.items[0].events.at(0).time.utc), "2026-06-01T14:58:48");
  EXPECT_EQ(reply.items[0].events.at(0).time.basis, domain::ZoneBasis::given_utc);
  EXPECT_EQ(bring_post().parse_push("{}").trouble, Trouble::bad_reply);
  EXPECT_EQ(bring_post().parse_push("junk").trouble, Trouble::bad_reply);
  EXPECT_EQ(apis_like(bring_post(), *answer(200, kPush).response).at(0)->name, "event_cast");
  EXPECT_EQ(api_in_use(bring_post(), CarrierAccount{})->name, "tracking_v2");
}

TEST(BringPush, MustCarryTheSecret) {
  CarrierAccount account;
  EXPECT_FALSE(bring_post().push_is_genuine(account, {{"x-push-secret", ""}}, "", kPush));
  account.push_secret = "s3cret";
  EXPECT_TRUE(bring_post().push_is_genuine(account, {{"x-push-secret", "s3cret"}}, "", kPush));
  EXPECT_TRUE(bring_post().push_is_genuine(account, {}, "s3cret", kPush));
  EXPECT_FALSE(bring_post().push_is_genuine(account, {{"x-push-secret", "s3cre"}}, "", kPush));
  EXPECT_FALSE(bring_post().push_is_genuine(account, {}, "", kPush));
}

TEST(BringHostile, FormsAreSurvived) {
  survives_hostile_forms(bring_api(), bring_body(Json::array({bring_package("1", Json::array({bring_event("RETURN", kFirst)})),
                                                              bring_package("2", Json::array({bring_event("DELIVERED", kSecond)}))})));
  survives_hostile_forms(api_of(bring_post(), "event_cast"), kPush);
}

TEST(BringNumbers, AreNorwegian) {
  EXPECT_TRUE(bring_post().is_number("RB123456785NO"));
  EXPECT_FALSE(bring_post().is_number("RB123456785SE"));
  EXPECT_TRUE(bring_post().is_number("370000000000000011"));
  EXPECT_FALSE(bring_post().is_number("370000000000000012"));
}

}  // namespace
}  // namespace roundtrip::carriers::test
