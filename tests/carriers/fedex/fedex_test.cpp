// FedEx: token, tracking and pushes: requests, replies of every status, times, reused numbers, errors and hostile forms.
#include "carriers/fedex/fedex.hpp"

#include "../replies.hpp"
#include "base/secrets.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& fedex() { return *find_carrier("fedex"); }
const Api& track() { return api_of(fedex(), "track_v1"); }

CarrierAccount fedex_account() {
  CarrierAccount account;
  account.carrier = "fedex";
  account.key = "client&id";
  account.secret = "se cret";
  account.token = "T0K";
  return account;
}

Json scan(const std::string& type, const std::string& derived, const std::string& date = "2026-03-10T10:15:00-04:00",
          const std::string& exception_code = "") {
  return {{"date", date},
          {"eventType", type},
          {"derivedStatusCode", derived},
          {"eventDescription", "words"},
          {"exceptionCode", exception_code},
          {"exceptionDescription", ""},
          {"scanLocation", {{"city", "ALBANY"}, {"stateOrProvinceCode", "NY"}, {"countryCode", "US"}}}};
}

Json result(std::vector<Json> scans, const std::string& unique = "7~449044304137~FDEG") {
  Json made = {{"trackingNumberInfo", {{"trackingNumber", "449044304137"}, {"trackingNumberUniqueId", unique}}}, {"scanEvents", scans}};
  if (!scans.empty())
    made["latestStatusDetail"] = {
        {"code", scans[0]["eventType"]}, {"derivedCode", scans[0]["derivedStatusCode"]}, {"statusByLocale", "Words"}};
  return made;
}
std::string reply_of(const std::vector<Json>& results) {
  return Json{{"transactionId", "t"},
              {"output", {{"completeTrackResults", {{{"trackingNumber", "449044304137"}, {"trackResults", results}}}}}}}
      .dump();
}
TrackedNumber item_of(const Json& one) {
  const auto reply = read_reply(track(), answer(200, reply_of({one})));
  EXPECT_EQ(reply.trouble, Trouble::none) << reply.detail;
  return reply.items.empty() ? TrackedNumber{} : reply.items.front();
}

TEST(Fedex, AsksForThirtyNumbersInOneCall) {
  auto queries = ask({"4490 4430 4137", "123456789012"});
  queries[0].reference = "7~449044304137~FDEG";
  queries[1].reference = "order 5";  // ours, nothing that FedEx knows
  queries[0].locale = "fr-CA";
  const auto request = fedex().track_request(fedex_account(), queries);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://apis.fedex.com/track/v1/trackingnumbers");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer T0K");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(header_of(request, "x-locale"), "fr_CA");
  EXPECT_EQ(header_of(request, "x-customer-transaction-id").size(), 32u);
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"includeDetailedScans":true,"trackingInfo":[
    {"trackingNumberInfo":{"trackingNumber":"449044304137","trackingNumberUniqueId":"7~449044304137~FDEG"}},
    {"trackingNumberInfo":{"trackingNumber":"123456789012"}}]})"));
  EXPECT_EQ(fedex().capabilities().numbers_per_call, 30);
}

TEST(Fedex, TakesATokenByClientCredentials) {
  const auto request = fedex().token_request(fedex_account());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://apis.fedex.com/oauth/token");
  EXPECT_EQ(request.body, "grant_type=client_credentials&client_id=client%26id&client_secret=se%20cret");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/x-www-form-urlencoded");
  const auto token = fedex().parse_token(answer(200, R"({"access_token":"abc","token_type":"bearer","expires_in":3599,"scope":"CXS"})"));
  EXPECT_EQ(token.token, "abc");
  EXPECT_EQ(token.lives_us, 3599 * kSecond);
  for (const int status : {400, 401}) {
    const auto refused = fedex().parse_token(answer(status, R"({"errors":[{"code":"BAD.REQUEST.ERROR","message":"bad client"}]})"));
    EXPECT_EQ(refused.trouble, Trouble::auth) << status;
    EXPECT_EQ(refused.detail, "BAD.REQUEST.ERROR bad client");
  }
}

TEST(Fedex, ScanCodesMeanWhatThePortalSays) {
  struct Case {
    const char *type, *derived, *exception_code, *status, *reason;
  };
  for (const Case& want : {Case{"OC", "IN", "", "pre_transit", ""},
                           {"DS", "DS", "", "pre_transit", ""},
                           {"DR", "DR", "", "pre_transit", ""},
                           {"PU", "PU", "", "in_transit", ""},
                           {"AR", "IT", "", "in_transit", ""},
                           {"CC", "IT", "", "in_transit", ""},
                           {"OD", "IT", "", "out_for_delivery", ""},  // derived says less
                           {"HP", "IT", "", "available_for_pickup", ""},
                           {"HL", "HL", "", "available_for_pickup", ""},
                           {"DL", "DL", "", "delivered", ""},
                           {"DE", "DE", "08", "delivery_attempted", "recipient_not_home"},
                           {"DE", "DE", "07", "delivery_attempted", "recipient_refused"},
                           {"DE", "DE", "03", "delivery_attempted", "recipient_wrong_address"},
                           {"DE", "DE", "99", "exception", ""},
                           {"SE", "SE", "08", "exception", "recipient_not_home"},
                           {"DY", "DY", "A52", "exception", "carrier_delay"},
                           {"CD", "CD", "", "exception", "customs_delay"},
                           {"RS", "RS", "", "return_to_sender", ""},
                           {"CA", "CA", "", "pre_transit", ""},
                           {"RD", "RD", "", "pre_transit", ""},
                           {"Q1", "DP", "", "in_transit", ""},  // an unknown code with a known derived one
                           {"Q1", "Q2", "", "unknown", ""}}) {
    const auto item = item_of(result({scan(want.type, want.derived, "2026-03-10T10:15:00-04:00", want.exception_code)}));
    const auto derived = domain::derive_status(item.events, item.headline);
    EXPECT_EQ(domain::to_text(derived.status), want.status) << want.type << " " << want.exception_code;
    EXPECT_EQ(domain::to_text(derived.reason), want.reason) << want.type << " " << want.exception_code;
  }
}

TEST(Fedex, AForecastIsNoScan) {
  const auto item = item_of(result({scan("AO", "IT", "2026-03-10T12:00:00-04:00"), scan("OD", "IT")}));
  EXPECT_EQ(status_of(item), "out_for_delivery");
}

TEST(Fedex, ADelayTellsItsCause) {
  auto delayed = scan("DY", "DY");
  delayed["delayDetail"] = {{"type", "WEATHER"}, {"subType", "SNOW"}, {"status", "DELAYED"}};
  const auto item = item_of(result({delayed}));
  EXPECT_EQ(item.events[0].reason, domain::TrackingReason::weather_delay);
  EXPECT_EQ(item.headline->reason, domain::TrackingReason::weather_delay);
}

TEST(Fedex, TheReasonBesideTheStatusCounts) {
  auto made = result({scan("DE", "DE")});
  made["latestStatusDetail"]["ancillaryDetails"] = {{{"reason", "08"}, {"reasonDescription", "Customer not available"}}};
  const auto item = item_of(made);
  EXPECT_EQ(item.status_raw, "DE/08 Words");
  EXPECT_EQ(status_of(item), "delivery_attempted");
}

TEST(Fedex, DeliveredOnTheWayBackIsReturned) {
  EXPECT_EQ(status_of(item_of(result({scan("DL", "DL", "2026-03-15T10:00:00-04:00"), scan("RS", "RS", "2026-03-12T10:00:00-04:00")}))),
            "returned");
}

TEST(Fedex, MidnightIsADateAndOffsetsAreReadHoweverTheyAreWritten) {
  const auto time_of = [](const char* date) { return item_of(result({scan("PU", "PU", date)})).events.at(0).time; };
  const auto date = time_of("2026-03-10T00:00:00");
  EXPECT_EQ(date.raw, "2026-03-10T00:00:00");
  EXPECT_EQ(date.local, "2026-03-10");
  EXPECT_FALSE(date.utc.has_value());
  EXPECT_EQ(format_rfc3339(*time_of("2026-03-10T15:18:10 -0500").utc), "2026-03-10T20:18:10Z");
  EXPECT_EQ(format_rfc3339(*time_of("2026-03-10T10:15:00-07:00").utc), "2026-03-10T17:15:00Z");
  const auto at_place = time_of("2026-03-10T10:15:00");
  EXPECT_EQ(format_rfc3339(*at_place.utc), "2026-03-10T14:15:00Z");
  EXPECT_EQ(at_place.basis, domain::ZoneBasis::place);
}

TEST(Fedex, AnEstimateAtMidnightMeansTheDay) {
  auto made = result({scan("IT", "IT")});
  made["recipientInformation"]["address"] = {{"stateOrProvinceCode", "NY"}, {"countryCode", "US"}};
  made["standardTransitTimeWindow"]["window"]["ends"] = "2026-03-12T00:00:00-06:00";
  auto item = item_of(made);
  EXPECT_EQ(item.estimated_raw, "2026-03-12T00:00:00-06:00");
  EXPECT_EQ(format_rfc3339(*item.estimated_at), "2026-03-13T03:59:59Z");
  made["estimatedDeliveryTimeWindow"]["window"]["ends"] = "2026-03-12T16:30:00-04:00";
  EXPECT_EQ(format_rfc3339(*item_of(made).estimated_at), "2026-03-12T20:30:00Z");
  made["dateAndTimes"] = {{{"type", "ESTIMATED_DELIVERY"}, {"dateTime", "2026-03-13T12:00:00-04:00"}}};
  EXPECT_EQ(format_rfc3339(*item_of(made).estimated_at), "2026-03-13T16:00:00Z");
}

TEST(Fedex, ASignerIsAName) {
  auto made = result({scan("DL", "DL")});
  made["deliveryDetails"] = {{"receivedByName", "KLEE"}, {"signedByName", "Signature not required"}};
  made["packageDetails"]["weightAndDimensions"]["weight"] = {{{"unit", "LB"}, {"value", "2.2"}}, {{"unit", "KG"}, {"value", "1.0"}}};
  const auto item = item_of(made);
  EXPECT_EQ(item.signed_by, "KLEE");
  EXPECT_EQ(item.weight_g, 1000);
}

TEST(Fedex, OfAReusedNumberTheOwnLifeIsFoundElseTheNewest) {
  const auto body = reply_of({result({scan("DL", "DL", "2024-01-02T10:00:00-05:00")}, "1~449044304137~FDEG"),
                              result({scan("OD", "IT", "2026-03-10T10:00:00-04:00")}, "2~449044304137~FDEG")});
  auto queries = ask({"449044304137"});
  auto reply = fedex().parse_track(fedex_account(), answer(200, body), queries);
  ASSERT_EQ(reply.items.size(), 1u);
  EXPECT_EQ(reply.items[0].reference, "2~449044304137~FDEG");
  EXPECT_EQ(status_of(reply.items[0]), "out_for_delivery");
  queries[0].reference = "1~449044304137~FDEG";
  reply = fedex().parse_track(fedex_account(), answer(200, body), queries);
  EXPECT_EQ(status_of(reply.items[0]), "delivered");
}

TEST(Fedex, ErrorsOfOneNumberHarmNoOther) {
  for (const auto& [code, trouble] : std::vector<std::pair<std::string, Trouble>>{{"TRACKING.TRACKINGNUMBER.NOTFOUND", Trouble::not_found},
                                                                                  {"TRACKING.TRACKINGNUMBER.INVALID", Trouble::bad_request},
                                                                                  {"SYSTEM.UNAVAILABLE.EXCEPTION", Trouble::service},
                                                                                  {"SOMETHING.NEW", Trouble::service}}) {
    Json wrong = {{"trackingNumberInfo", {{"trackingNumber", "123456789012"}}}, {"error", {{"code", code}, {"message", "m"}}}};
    const auto reply = read_reply(track(), answer(200, reply_of({wrong, result({scan("DL", "DL")})})));
    ASSERT_EQ(reply.items.size(), 2u);
    EXPECT_EQ(reply.items[0].trouble, trouble) << code;
    EXPECT_EQ(reply.items[0].number, "123456789012");
    EXPECT_EQ(status_of(reply.items[1]), "delivered");
  }
}

TEST(Fedex, EveryErrorIsToldApart) {
  const auto errors = [](const char* code) {
    return R"({"transactionId":"t","errors":[{"code":")" + std::string(code) + R"(","message":"m"}]})";
  };
  struct Case {
    int status;
    std::string body;
    Trouble trouble;
  };
  for (const Case& want : {Case{401, errors("NOT.AUTHORIZED.ERROR"), Trouble::auth},
                           {403, errors("FORBIDDEN.ERROR"), Trouble::auth},
                           {400, errors("TRACKING.TRACKINGNUMBER.EMPTY"), Trouble::bad_request},
                           {400, errors("BAD.REQUEST.ERROR"), Trouble::bad_request},
                           {404, errors("NOT.FOUND.ERROR"), Trouble::not_found},
                           {429, errors("SOME.CODE"), Trouble::rate_limited},
                           {500, errors("INTERNAL.SERVER.ERROR"), Trouble::service},
                           {503, errors("SERVICE.UNAVAILABLE.ERROR"), Trouble::service},
                           {503, "", Trouble::service},
                           {200, errors("SYSTEM.UNEXPECTED.ERROR"), Trouble::service},
                           {200, R"({"output":{}})", Trouble::bad_reply},
                           {200, "[]", Trouble::bad_reply}}) {
    const auto reply = read_reply(track(), answer(want.status, want.body));
    EXPECT_EQ(reply.trouble, want.trouble) << want.status << " " << want.body;
    EXPECT_TRUE(reply.items.empty());
  }
}

TEST(Fedex, APushIsSigned) {
  const std::string body = reply_of({result({scan("DL", "DL")})});
  auto account = fedex_account();
  const auto genuine = [&](const std::string& signature) {
    return fedex().push_is_genuine(account, {{"fdx-signature", signature}}, "", body);
  };
  const std::string hex = hmac_sha256_hex("hush", body);
  EXPECT_FALSE(genuine(hmac_sha256_hex("", body)));  // no secret set: no push is genuine
  account.push_secret = "hush";
  EXPECT_TRUE(genuine(hex));
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  EXPECT_TRUE(genuine(to_base64(bytes)));
  EXPECT_FALSE(genuine(hmac_sha256_hex("hush", body + " ")));
  EXPECT_FALSE(genuine("hush"));
  EXPECT_FALSE(fedex().push_is_genuine(account, {}, "hush", body));  // the URL's secret is not enough
  EXPECT_EQ(status_of(fedex().parse_push(body).items.at(0)), "delivered");
}

TEST(Fedex, NumbersHaveCheckDigits) {
  for (const char* good : {"986578788855", "041441760228964", "9611020987654312345672", "1001921334250001000300779017972697",
                           "9622001900000000000000776632517510"})
    EXPECT_TRUE(fedex().is_number(good)) << good;
  for (const char* bad :
       {"996578788855", "568283610012732", "9600000000000000000001", "1001901781990001000300617767839438", "98657878885A", ""})
    EXPECT_FALSE(fedex().is_number(bad)) << bad;
}

TEST(Fedex, SurvivesHostileReplies) {
  survives_hostile_forms(track(), reply_of({result({scan("DL", "DL"), scan("DE", "DE", "2026-03-09T10:00:00-04:00", "08")})}));
}
}  // namespace
}  // namespace roundtrip::carriers::test
