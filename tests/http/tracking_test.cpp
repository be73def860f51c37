// GET /v1/tracking/{number} and carriers' pushes through the front.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/front.hpp"
#include "support/tracking_world.hpp"

namespace roundtrip::http {
namespace {
using Json = nlohmann::json;
using test::TrackingWorld;

struct TrackingRoutesTest : testing::Test {
  TrackingWorld world;
  usecases::Links links{"secret", "http://127.0.0.1", 400};
  Services services{world.db(), world.config(), links};
  Router router;
  MerchantId caller = world.merchant();
  std::vector<std::string> scopes = {"tracking:read"};

  TrackingRoutesTest() { add_tracking_routes(router, services); }
  Reply call(const std::string& method, const std::string& path, const std::string& body = "", bool with_key = true, Headers headers = {}) {
    Front front(router, services, [&](const Request&) {
      Caller made;
      if (!with_key) return made;
      made.kind = Caller::Kind::api_key;
      made.merchant = caller;
      made.name = "shop";
      made.scopes = scopes;
      return made;
    });
    Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers = std::move(headers);
    return front.answer(request);
  }
};

TEST_F(TrackingRoutesTest, TheWholeStoryOfANumberIsAnswered) {
  const auto parcel = world.ship();
  world.announce_all();
  world.live(5);
  const auto reply = call("GET", "/v1/tracking/" + parcel.number);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto json = Json::parse(reply.body);
  EXPECT_EQ(json["status"], "delivered");
  EXPECT_EQ(json["tracking_number"], parcel.number);
  EXPECT_EQ(json["order_id"], to_text(parcel.order));
  EXPECT_EQ(json["shipment_id"], to_text(parcel.shipment));
  EXPECT_EQ(json["parcel_id"], to_text(parcel.parcel));
  EXPECT_EQ(json["reason"], nullptr);
  EXPECT_TRUE(json["promised_at"].is_string());
  for (const auto* time : {"last_checked_at", "last_success_at", "next_check_at", "last_event_at"})
    EXPECT_TRUE(json[time].is_string()) << time;
  ASSERT_EQ(json["events"].size(), 8U);
  EXPECT_EQ(json["events"][0]["status"], "delivered");
  EXPECT_EQ(json["events"][0]["code"], "DLV");
  for (const auto* time : {"raw", "local", "utc", "zone_basis"}) EXPECT_TRUE(json["events"][0]["time"][time].is_string()) << time;
  EXPECT_EQ(json["items"].size(), 1U);
}

TEST_F(TrackingRoutesTest, UnknownForeignAndOddNumbersAreNotFound) {
  const auto parcel = world.ship();
  EXPECT_EQ(call("GET", "/v1/tracking/DM000000000000").status, 404);
  EXPECT_EQ(call("GET", "/v1/tracking/" + std::string(5000, 'x')).status, 404);
  EXPECT_EQ(call("GET", "/v1/tracking/%00").status, 404);
  EXPECT_EQ(call("GET", "/v1/tracking/%FF%FE").status, 422);
  caller = world.value<MerchantId>("INSERT INTO merchants (slug, name, created_at) VALUES ('other', 'Other', now()) RETURNING merchant_id");
  EXPECT_EQ(call("GET", "/v1/tracking/" + parcel.number).status, 404);
}

TEST_F(TrackingRoutesTest, AKeyNeedsTheScope) {
  const auto parcel = world.ship();
  EXPECT_EQ(call("GET", "/v1/tracking/" + parcel.number, "", false).status, 401);
  scopes = {"orders:write"};
  EXPECT_EQ(call("GET", "/v1/tracking/" + parcel.number).status, 403);
}

TEST_F(TrackingRoutesTest, ACarrierPushesWithItsSecretAndNoKey) {
  const auto parcel = world.ship();
  const std::string body = R"({"parcels":[{"number":")" + parcel.number + R"(","events":[{"code":"OFD","text":"x","at":")" +
                           format_rfc3339(roundtrip::now()) + R"("}]}]})";
  EXPECT_EQ(call("POST", "/v1/carriers/demo/events/wrong", body, false).status, 404);
  EXPECT_EQ(call("POST", "/v1/carriers/nobody/events/push-secret", body, false).status, 404);
  EXPECT_EQ(call("POST", "/v1/carriers/demo/events/push-secret", "<xml/>", false).status, 400);
  const auto taken = call("POST", "/v1/carriers/demo/events/push-secret", body, false);
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(Json::parse(taken.body)["known"], 1);
  EXPECT_EQ(world.status(parcel), "out_for_delivery");
}

TEST_F(TrackingRoutesTest, APushSignedInAHeaderIsTakenOnlyWithItsOwnBody) {
  const auto parcel = world.ship();
  const std::string body = R"({"parcels":[{"number":")" + parcel.number + R"(","events":[{"code":"OFD","text":"out","at":")" +
                           format_rfc3339(world.now()) + R"("}]}]})";
  const std::string signature = "hmac-sha256-hex=" + hmac_sha256_hex("push-secret", body);
  EXPECT_EQ(call("POST", "/v1/carriers/demo/events", body + " ", false, {{"x-demo-signature", signature}}).status, 404);
  EXPECT_EQ(call("POST", "/v1/carriers/demo/events", body, false, {{"x-demo-signature", "hmac-sha256-hex="}}).status, 404);
  EXPECT_EQ(world.status(parcel), "pending");
  EXPECT_EQ(call("POST", "/v1/carriers/demo/events", body, false, {{"x-demo-signature", signature}}).status, 200);
  EXPECT_EQ(world.status(parcel), "out_for_delivery");
}

TEST_F(TrackingRoutesTest, APushWithoutSecretOrSignatureIsNotTaken) {
  EXPECT_EQ(call("POST", "/v1/carriers/demo/events", R"({"parcels":[]})", false).status, 404);
  EXPECT_EQ(call("POST", "/v1/carriers/nobody/events", R"({"parcels":[]})", false).status, 404);
}

TEST_F(TrackingRoutesTest, APushOfTooManyNumbersIsRefused) {
  std::string body = R"({"parcels":[{"number":"A","events":[]})";
  for (int i = 0; i < 500; ++i) body += R"(,{"number":"A","events":[]})";
  EXPECT_EQ(call("POST", "/v1/carriers/demo/events/push-secret", body + "]}", false).status, 413);
}

TEST_F(TrackingRoutesTest, OddPushesAreAnsweredBelow500) {
  const auto parcel = world.ship();
  for (const std::string body : {R"({"parcels":[null,5,"x",{}]})", R"({"parcels":[{"number":"\u0000"}]})",
                                 R"({"parcels":[{"number":"\u0000","events":[]}]})", R"({"parcels":{}})", R"([])", R"("")",
                                 R"({"parcels":[{"number":"NUM","events":[{"code":"A\u0000B","text":"\u0000","at":"\u0000"}]}]})"}) {
    std::string sent = body;
    if (const auto at = sent.find("NUM"); at != std::string::npos) sent.replace(at, 3, parcel.number);
    EXPECT_LT(call("POST", "/v1/carriers/demo/events/push-secret", sent, false).status, 500) << sent;
  }
}

}  // namespace
}  // namespace roundtrip::http
