// Asking carriers to push numbers: requests, answers, refusals, faults and hostile forms of every carrier that has subscriptions.
#include "carriers/subscriptions.hpp"

#include <gmock/gmock.h>

#include "base/secrets.hpp"
#include "replies.hpp"

namespace roundtrip::carriers::test {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
const std::string kListener = "https://shop.example/v1/carriers/x/events";
constexpr const char* kFirst = "1ZCIETST0111111114";
constexpr const char* kSecondNumber = "1ZCIETST0422222228";

CarrierAccount pushed_account(const std::string& carrier) {
  CarrierAccount account;
  account.carrier = carrier;
  account.key = "shop";
  account.secret = "s3cret";
  account.token = "T0K";
  account.push_secret = "0123456789abcdef0123456789abcdef";
  return account;
}
const Subscriptions& of(const std::string& carrier) { return *find_carrier(carrier)->subscriptions(); }
HttpRequest subscribe(const std::string& carrier, const std::vector<std::string>& numbers) {
  return of(carrier).subscribe_request(pushed_account(carrier), numbers, kListener);
}
SubscribeReply hear(const std::string& carrier, int status, const std::string& body, const std::vector<std::string>& numbers = {"N1"},
                    Headers headers = {}) {
  keep_as_seed_of(*find_carrier(carrier), status, body);
  return read_subscribe(of(carrier), {HttpResponse{status, std::move(headers), body}, {}}, numbers);
}

TEST(UpsSubscriptions, NameAHundredNumbersInTheirPlainForm) {
  EXPECT_EQ(of("ups").numbers_per_call(), 100);
  EXPECT_EQ(of("ups").lives_us(), 14 * kDay);
  const auto request = subscribe("ups", {kFirst, "1Z CIETST 0422222228"});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://onlinetools.ups.com/api/track/v2/subscription/standard/package");
  EXPECT_EQ(Json::parse(request.body),
            Json::parse(R"({"locale":"en_US","countryCode":"US","trackingNumberList":["1ZCIETST0111111114","1ZCIETST0422222228"]})"));
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer T0K");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_NE(header_of(request, "transId"), "");
  // Where UPS pushes to is set up at UPS, and nothing of it is in the call.
  EXPECT_THAT(request.body, Not(HasSubstr("shop.example")));
}

TEST(UpsSubscriptions, TellWhichNumbersWereTaken) {
  const auto some = hear("ups", 200, R"({"validTrackingNumbers":["1ZCIETST0111111114"],"invalidTrackingNumbers":["1Z$"]})",
                         {kFirst, "1Z$", kSecondNumber});
  EXPECT_EQ(some.trouble, Trouble::none);
  EXPECT_THAT(some.accepted, ElementsAre(kFirst));
  EXPECT_THAT(some.refused, ElementsAre("1Z$", kSecondNumber));  // what is in no list was not subscribed
  const auto none =
      hear("ups", 400, R"({"invalidTrackingNumbers":["1Z$"],"response":{"errors":[{"code":"VSS210","message":"at least one"}]}})",
           {"1Z$", kSecondNumber});
  EXPECT_EQ(none.trouble, Trouble::bad_request);
  EXPECT_THAT(none.detail, HasSubstr("VSS210"));
  EXPECT_THAT(none.refused, ElementsAre("1Z$"));
  EXPECT_THAT(none.accepted, IsEmpty());
}

TEST(UpsSubscriptions, TellTroubleOfTheCallApart) {
  EXPECT_EQ(hear("ups", 200, "{}").trouble, Trouble::bad_reply);
  EXPECT_EQ(hear("ups", 401, R"({"response":{"errors":[{"code":"251004","message":"expired"}]}})").trouble, Trouble::auth);
  EXPECT_EQ(hear("ups", 500, R"({"response":{"errors":[{"code":"VSS100","message":"later"}]}})").trouble, Trouble::service);
  const auto limited = hear("ups", 429, "", {"N1"}, {{"retry-after", "7"}});
  EXPECT_EQ(limited.trouble, Trouble::rate_limited);
  EXPECT_EQ(limited.retry_after_us, 7 * kSecond);
  EXPECT_EQ(read_subscribe(of("ups"), HttpOutcome{std::nullopt, {TransportFailure::Kind::connect, false, "refused"}}, {}).trouble,
            Trouble::service);
}

TEST(UspsSubscriptions, NameListenerSecretAndOneNumber) {
  const auto request = subscribe("usps", {"9400 1000 0000 0000 0000 00"});
  EXPECT_EQ(request.url, "https://apis.usps.com/subscriptions-tracking/v3/subscriptions");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"listenerURL":"https://shop.example/v1/carriers/x/events",
      "secret":"0123456789abcdef0123456789abcdef",
      "filterProperties":{"trackingNumber":"9400100000000000000000","trackingEventTypes":["ALL_UPDATES"]}})"));
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer T0K");
  EXPECT_TRUE(of("usps").has_own_quota());
  EXPECT_FALSE(of("usps").renews_early());
}

TEST(UspsSubscriptions, ALiveOneIsAsGoodAsANewOne) {
  EXPECT_THAT(hear("usps", 201, R"({"subscriptionId":"019db15c-05e8-7432-95dc-8c511d2f9a1b"})").accepted, ElementsAre("N1"));
  const auto twice =
      hear("usps", 400,
           R"({"error":{"code":"400","message":"A subscription exists: subscriptionId : 019db15c-05e8-7432-95dc-8c511d2f9a1b",
                              "errors":[]}})");
  EXPECT_EQ(twice.trouble, Trouble::none);
  EXPECT_THAT(twice.accepted, ElementsAre("N1"));
  const auto refused = hear("usps", 400, R"({"apiVersion":"v3","error":{"code":"400","message":"bad number","errors":[]}})");
  EXPECT_EQ(refused.trouble, Trouble::none);
  EXPECT_THAT(refused.refused, ElementsAre("N1"));
  EXPECT_THAT(refused.detail, HasSubstr("bad number"));
  EXPECT_EQ(hear("usps", 403, R"({"error":{"code":"403","message":"no scope","errors":[]}})").trouble, Trouble::auth);
  EXPECT_EQ(hear("usps", 200, "{}").trouble, Trouble::bad_reply);
  EXPECT_EQ(hear("usps", 503, "<html></html>").trouble, Trouble::service);
}

TEST(BringSubscriptions, RegisterAWebhookThatCarriesTheSecret) {
  const auto request = subscribe("bring", {"00370000000000000017"});
  EXPECT_EQ(request.url, "https://api.bring.com/event-cast/api/v1/webhooks");
  EXPECT_EQ(header_of(request, "X-Mybring-API-Uid"), "shop");
  const Json body = Json::parse(request.body);
  EXPECT_EQ(body["trackingId"], "370000000000000017");
  EXPECT_EQ(body["configuration"], Json::parse(R"({"url":"https://shop.example/v1/carriers/x/events","content_type":"application/json",
      "headers":[{"key":"x-push-secret","value":"0123456789abcdef0123456789abcdef"}]})"));
  EXPECT_THAT(body["event_groups"], testing::Contains("DELIVERED_SENDER"));
  // What the webhook carries is what its pushes are proven by.
  EXPECT_TRUE(
      find_carrier("bring")->push_is_genuine(pushed_account("bring"), {{"x-push-secret", "0123456789abcdef0123456789abcdef"}}, "", "{}"));
  EXPECT_THAT(hear("bring", 201, R"({"id":"ad84cbca","trackingId":"N1"})").accepted, ElementsAre("N1"));
  EXPECT_THAT(hear("bring", 400, "{}").refused, ElementsAre("N1"));
  EXPECT_EQ(hear("bring", 401, "").trouble, Trouble::auth);
  EXPECT_EQ(hear("bring", 201, "[]").trouble, Trouble::bad_reply);
}

TEST(BringSubscriptions, NewsOfTheWebhookAreNoNewsOfTheParcel) {
  for (const char* status : {"NOT_REGISTERED", "EXPIRED"}) {
    const auto reply = find_carrier("bring")->parse_push(R"({"status":")" + std::string(status) +
                                                         R"(","id":"a","package":"P1","created":"2026-03-16T14:58:48+0000"})");
    ASSERT_EQ(reply.items.size(), 1u);
    EXPECT_EQ(reply.items[0].trouble, Trouble::not_found) << status;
    EXPECT_TRUE(reply.items[0].events.empty()) << status;
  }
}

TEST(EasypostSubscriptions, AreTrackersThatAreThere) {
  const auto request = subscribe("easypost", {"EZ1000000001"});
  EXPECT_EQ(request.url, "https://api.easypost.com/v2/trackers");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"tracker":{"tracking_code":"EZ1000000001"}})"));
  EXPECT_THAT(hear("easypost", 200, R"({"id":"trk_1","tracking_code":"N1","status":"unknown","tracking_details":[]})").accepted,
              ElementsAre("N1"));
  EXPECT_THAT(hear("easypost", 422, R"({"error":{"code":"TRACKER.CREATE.ERROR","message":"no"}})").refused, ElementsAre("N1"));
  EXPECT_EQ(hear("easypost", 401, R"({"error":{"code":"UNAUTHORIZED","message":"no"}})").trouble, Trouble::auth);
}

TEST(Subscriptions, OnlyAnAccountThatCanProveAPushSubscribes) {
  auto account = pushed_account("ups");
  EXPECT_TRUE(subscribes(*find_carrier("ups"), account));
  account.push_secret.clear();
  EXPECT_FALSE(subscribes(*find_carrier("ups"), account));
  // FedEx pushes what was set up in its portal; DHL does not push at all.
  EXPECT_FALSE(subscribes(*find_carrier("fedex"), pushed_account("fedex")));
  EXPECT_FALSE(subscribes(*find_carrier("dhl"), pushed_account("dhl")));
}

TEST(Subscriptions, SurviveHostileReplies) {
  const std::vector<std::string> numbers = {kFirst, "1Z$"};
  const std::pair<const char*, const char*> good[] = {
      {"ups",
       R"({"validTrackingNumbers":["1ZCIETST0111111114"],"invalidTrackingNumbers":["1Z$"],"response":{"errors":[{"code":"VSS210"}]}})"},
      {"usps", R"({"subscriptionId":"019db15c","error":{"code":"400","message":"m","errors":[{"detail":"d"}]},"links":[{"rel":"self"}]})"},
      {"bring", R"({"id":"ad84cbca","trackingId":"N1","configuration":{"url":"u"},"event_groups":["DELIVERED"]})"},
      {"easypost", R"({"id":"trk_1","tracking_code":"N1","status":"unknown","tracking_details":[{"status":"delivered"}]})"}};
  for (const auto& [carrier, body] : good) {
    survives_hostile_json(body, [&](const HttpOutcome& outcome) {
      const auto reply = read_subscribe(of(carrier), outcome, numbers);
      // Nothing is taken for accepted that was not asked for, and nothing twice.
      EXPECT_LE(reply.accepted.size() + reply.refused.size(), numbers.size());
      if (reply.trouble != Trouble::none) {
        EXPECT_TRUE(reply.accepted.empty());
      }
    });
  }
}
}  // namespace
}  // namespace roundtrip::carriers::test
