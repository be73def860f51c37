// EasyPost's trackers: requests, single ones, pages, pushes and their signatures, errors, hostile forms. The fixtures are invented after
// the documented forms.
#include "carriers/easypost/easypost.hpp"

#include "base/secrets.hpp"
#include "carriers/replies.hpp"

namespace roundtrip::carriers::test {
namespace {

CarrierAccount easypost_account(const std::string& api = "") {
  CarrierAccount account;
  account.carrier = "easypost";
  account.api = api;
  account.key = "EZTK";
  account.push_secret = "s3cret";
  return account;
}
TrackReply read_as(const std::string& api, const std::string& body, int status = 200) {
  return read_reply(api_of(easypost_carrier(), api), answer(status, body));
}
Json detail(const std::string& status, const std::string& detail, const std::string& at, const std::string& message = "words") {
  return {{"object", "TrackingDetail"},
          {"message", message},
          {"status", status},
          {"status_detail", detail},
          {"datetime", at},
          {"carrier_code", nullptr},
          {"tracking_location", {{"city", "HOUSTON"}, {"state", "TX"}, {"country", nullptr}, {"zip", "77063"}}}};
}
Json tracker(const std::string& status, const std::string& status_detail, Json details) {
  return {{"id", "trk_1"},
          {"object", "Tracker"},
          {"tracking_code", "9400100000000000000000"},
          {"status", status},
          {"status_detail", status_detail},
          {"updated_at", "2026-05-09T20:40:17Z"},
          {"signed_by", "A MUSTER"},
          {"weight", 16.0},
          {"est_delivery_date", "2026-05-10T00:00:00Z"},
          {"tracking_details", std::move(details)},
          {"is_return", false}};
}
Json one(const std::string& status, const std::string& status_detail = "status_update") {
  return tracker(status, status_detail, Json::array({detail(status, status_detail, "2026-05-09T10:00:00Z")}));
}

TEST(EasypostTrackers, TheRequests) {
  auto queries = ask({"EZ1000000001"});
  const auto created = easypost_carrier().track_request(easypost_account(), queries);
  EXPECT_EQ(created.method, "POST");
  EXPECT_EQ(created.url, "https://api.easypost.com/v2/trackers");
  EXPECT_EQ(created.body, R"({"tracker":{"tracking_code":"EZ1000000001"}})");
  EXPECT_EQ(header_of(created, "Authorization"), "Basic RVpUSzo=");
  EXPECT_EQ(header_of(created, "Content-Type"), "application/json");
  auto account = easypost_account();
  account.customer = "service=Priority;carrier=USPS";
  account.base_url = "http://demo.test";
  EXPECT_EQ(easypost_carrier().track_request(account, queries).body, R"({"tracker":{"carrier":"USPS","tracking_code":"EZ1000000001"}})");
  queries[0].reference = "trk_12/3";
  const auto asked = easypost_carrier().track_request(account, queries);
  EXPECT_EQ(asked.method, "GET");
  EXPECT_EQ(asked.url, "http://demo.test/v2/trackers/trk_12%2F3");
  EXPECT_TRUE(asked.body.empty());
  const auto batch = easypost_carrier().track_request(easypost_account("trackers_batch"), ask({"A", "B\xFF"}));
  EXPECT_EQ(batch.method, "POST");
  EXPECT_EQ(batch.url, "https://api.easypost.com/v2/trackers/batch");
  EXPECT_EQ(Json::parse(batch.body)["tracking_codes"].size(), 2u);
}

TEST(EasypostTrackers, AWholeTracker) {
  const auto body = tracker("out_for_delivery", "out_for_delivery",
                            Json::array({detail("pre_transit", "label_created", "2026-05-07T10:00:00Z"),
                                         detail("in_transit", "arrived_at_facility", "2026-05-08T10:00:00Z"),
                                         detail("out_for_delivery", "out_for_delivery", "2026-05-09T10:00:00Z")}));
  const auto reply = read_as("trackers", body.dump());
  ASSERT_EQ(reply.items.size(), 1u) << reply.detail;
  const auto& item = reply.items[0];
  EXPECT_EQ(item.number, "9400100000000000000000");
  EXPECT_EQ(item.reference, "trk_1");
  EXPECT_EQ(item.status_raw, "out_for_delivery out_for_delivery");
  EXPECT_EQ(status_of(item), "out_for_delivery");
  EXPECT_EQ(item.signed_by, "A MUSTER");
  EXPECT_EQ(item.weight_g, 454) << "weights are in ounces";
  EXPECT_EQ(format_rfc3339(item.estimated_at.value()), "2026-05-10T00:00:00Z");
  ASSERT_EQ(item.events.size(), 3u);
  EXPECT_EQ(item.events[0].raw_code, "out_for_delivery out_for_delivery") << "newest first";
  EXPECT_EQ(item.events[0].place, "HOUSTON, TX, 77063");
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::given_utc);
  EXPECT_FALSE(item.events[2].physical);
}

TEST(EasypostTrackers, EveryStatus) {
  struct Case {
    std::string status, detail, expected, reason;
  };
  const Case cases[] = {{"pre_transit", "label_created", "pre_transit", ""},
                        {"in_transit", "in_transit", "in_transit", ""},
                        {"in_transit", "weather_delay", "in_transit", "weather_delay"},
                        {"out_for_delivery", "out_for_delivery", "out_for_delivery", ""},
                        {"available_for_pickup", "arrived_at_pickup_location", "available_for_pickup", ""},
                        {"delivered", "arrived_at_destination", "delivered", ""},
                        {"return_to_sender", "return", "return_to_sender", ""},
                        {"return_to_sender", "refused", "return_to_sender", "recipient_refused"},
                        {"failure", "delivery_exception", "exception", ""},
                        {"failure", "damaged", "exception", "carrier_damaged"},
                        {"failure", "lost", "lost", "carrier_lost"},
                        {"cancelled", "cancelled", "exception", "merchant_canceled"},
                        {"unknown", "unknown", "unknown", ""},
                        {"error", "error", "unknown", ""}};
  for (const Case& c : cases) {
    const auto record = records_json(read_as("trackers", one(c.status, c.detail).dump()))["records"][0];
    EXPECT_EQ(record["status"], c.expected) << c.status << " " << c.detail;
    EXPECT_EQ(record["reason"].is_null() ? "" : record["reason"], c.reason) << c.status << " " << c.detail;
  }
}

TEST(EasypostTrackers, WhatIsNotKnownKeepsItsHistory) {
  const auto body = tracker(
      "unknown", "unknown",
      Json::array({detail("in_transit", "in_transit", "2026-05-08T10:00:00Z"), detail("unknown", "unknown", "2026-05-09T10:00:00Z")}));
  const auto reply = read_as("trackers", body.dump());
  EXPECT_EQ(records_json(reply)["records"][0]["status"], "unknown") << "the carrier's own word";
  EXPECT_EQ(status_of(reply.items.at(0)), "in_transit") << "the engine keeps the last known state";
}

TEST(EasypostTrackers, AfterItWasTurnedAroundADeliveryIsTheSenders) {
  const auto body = tracker("delivered", "arrived_at_destination",
                            Json::array({detail("return_to_sender", "return", "2026-05-08T10:00:00Z"),
                                         detail("delivered", "arrived_at_destination", "2026-05-09T10:00:00Z")}));
  EXPECT_EQ(status_of(read_as("trackers", body.dump()).items.at(0)), "returned");
  auto made_as_return = one("delivered", "arrived_at_destination");
  made_as_return["is_return"] = true;
  EXPECT_EQ(status_of(read_as("trackers", made_as_return.dump()).items.at(0)), "delivered") << "a return that arrived";
}

TEST(EasypostTrackers, APageAndItsLivesOfOneNumber) {
  auto old = one("delivered");
  old["id"] = "trk_old";
  old["tracking_details"][0]["datetime"] = "2024-05-09T10:00:00Z";
  const Json page = {{"trackers", Json::array({old, one("in_transit"), 7})}, {"has_more", true}};
  EXPECT_EQ(read_as("trackers_batch", page.dump()).items.size(), 2u);
  auto queries = ask({"9400100000000000000000", "EZ2000000002"});
  const auto reply = easypost_carrier().parse_track(easypost_account("trackers_batch"), answer(200, page.dump()), queries);
  ASSERT_EQ(reply.items.size(), 2u);
  EXPECT_EQ(reply.items[0].reference, "trk_1") << "the newest life";
  EXPECT_EQ(reply.items[1].trouble, Trouble::not_found);
  queries[0].reference = "trk_old";
  EXPECT_EQ(easypost_carrier().parse_track(easypost_account("trackers_batch"), answer(200, page.dump()), queries).items[0].reference,
            "trk_old");
}

TEST(EasypostErrors, ByCodeAndByStatus) {
  struct Case {
    int http;
    std::string code;
    Trouble expected;
  };
  const Case cases[] = {{404, "NOT_FOUND", Trouble::not_found},
                        {404, "TRACKER.NOT_FOUND", Trouble::not_found},
                        {401, "APIKEY.INACTIVE", Trouble::auth},
                        {200, "UNAUTHORIZED", Trouble::auth},
                        {402, "PAYMENT_REQUIRED", Trouble::auth},
                        {422, "TRACKER.CREATE.ERROR", Trouble::bad_request},
                        {200, "TRACKER.CREATE.ERROR", Trouble::bad_request},
                        {429, "RATE_LIMITED", Trouble::rate_limited},
                        {429, "SOMETHING.NEW", Trouble::rate_limited},
                        {500, "INTERNAL_SERVER_ERROR", Trouble::service},
                        {503, "SOMETHING.NEW", Trouble::service}};
  for (const Case& c : cases) {
    const Json body = {
        {"error", {{"code", c.code}, {"message", "words"}, {"errors", Json::array({{{"field", "carrier"}, {"message", "odd"}}})}}}};
    for (const char* api : {"trackers", "trackers_batch"}) {
      const auto reply = read_as(api, body.dump(), c.http);
      EXPECT_EQ(reply.trouble, c.expected) << c.http << " " << c.code;
      EXPECT_EQ(reply.detail, c.code + " words carrier odd");
    }
  }
  EXPECT_EQ(read_as("trackers", "{}").trouble, Trouble::bad_reply);
  EXPECT_EQ(read_as("trackers_batch", R"({"trackers":{}})").trouble, Trouble::bad_reply);
  EXPECT_EQ(read_as("trackers", R"({"error":"The API key is wrong"})", 401).trouble, Trouble::auth);
}

TEST(EasypostPushes, AreSignedOverTheRawBody) {
  const Json event = {{"id", "evt_1"}, {"object", "Event"}, {"description", "tracker.updated"}, {"result", one("delivered")}};
  const std::string body = event.dump(2);
  const Headers good = {{"x-hmac-signature", "hmac-sha256-hex=" + hmac_sha256_hex("s3cret", body)}};
  const auto account = easypost_account();
  EXPECT_TRUE(easypost_carrier().push_is_genuine(account, good, "", body));
  EXPECT_FALSE(easypost_carrier().push_is_genuine(account, good, "", event.dump())) << "the same document, other bytes";
  EXPECT_FALSE(easypost_carrier().push_is_genuine(account, {}, "s3cret", body)) << "no signature";
  EXPECT_FALSE(easypost_carrier().push_is_genuine(account, {{"x-hmac-signature", hmac_sha256_hex("s3cret", body)}}, "", body));
  auto without = account;
  without.push_secret.clear();
  EXPECT_FALSE(
      easypost_carrier().push_is_genuine(without, {{"x-hmac-signature", "hmac-sha256-hex=" + hmac_sha256_hex("", body)}}, "", body));
  const auto reply = easypost_carrier().parse_push(body);
  ASSERT_EQ(reply.items.size(), 1u) << reply.detail;
  EXPECT_EQ(status_of(reply.items[0]), "delivered");
}

TEST(EasypostPushes, OtherEventsSpeakOfNoParcel) {
  const auto other = easypost_carrier().parse_push(R"({"object":"Event","description":"batch.updated","result":{"object":"Batch"}})");
  EXPECT_EQ(other.trouble, Trouble::none);
  EXPECT_TRUE(other.items.empty());
  EXPECT_EQ(easypost_carrier().parse_push("{}").trouble, Trouble::bad_reply);
  EXPECT_EQ(easypost_carrier().parse_push("no JSON").trouble, Trouble::bad_reply);
}

TEST(EasypostNumbers, OnlyThoseOfTheTestMode) {
  EXPECT_TRUE(easypost_carrier().is_number("EZ1000000001"));
  EXPECT_TRUE(easypost_carrier().is_number("EZ7000000007"));
  for (const char* bad : {"EZ8000000008", "EZ1000000002", "9400100000000000000000", ""})
    EXPECT_FALSE(easypost_carrier().is_number(bad)) << bad;
}

TEST(EasypostHostile, EveryApiSurvives) {
  survives_hostile_forms(api_of(easypost_carrier(), "trackers"), one("delivered").dump());
  survives_hostile_forms(api_of(easypost_carrier(), "trackers_batch"),
                         Json({{"trackers", Json::array({one("in_transit")})}, {"has_more", false}}).dump());
  survives_hostile_forms(api_of(easypost_carrier(), "events"),
                         Json({{"object", "Event"}, {"description", "tracker.updated"}, {"result", one("in_transit")}}).dump());
}

}  // namespace
}  // namespace roundtrip::carriers::test
