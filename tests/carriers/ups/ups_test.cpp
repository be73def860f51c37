// UPS: token, tracking and Track Alert: requests, replies of every status, times, errors and hostile forms.
#include "carriers/ups/ups.hpp"

#include "../replies.hpp"
#include "base/secrets.hpp"
#include "carriers/subscriptions.hpp"
#include "support/openapi.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& ups() { return *find_carrier("ups"); }
const Api& track() { return api_of(ups(), "track_v1"); }
const Api& alert() { return api_of(ups(), "track_alert_v2"); }

CarrierAccount ups_account() {
  CarrierAccount account;
  account.carrier = "ups";
  account.key = "client";
  account.secret = "s3:cret";
  account.token = "T0K";
  return account;
}

Json scan(const std::string& type, const std::string& code, const std::string& status_code, const std::string& date = "20260310",
          const std::string& time = "101500") {
  return {{"date", date},
          {"time", time},
          {"location", {{"address", {{"city", "TOLEDO"}, {"stateProvince", "OH"}, {"countryCode", "US"}}}}},
          {"status", {{"type", type}, {"code", code}, {"statusCode", status_code}, {"description", "words"}}}};
}

// A parcel with these activities, newest first; the current status is that of the first.
Json parcel(std::vector<Json> activities) {
  Json package = {{"trackingNumber", "1Z999AA10123456784"}, {"activity", activities}};
  if (!activities.empty()) package["currentStatus"] = activities.front()["status"];
  return package;
}
std::string reply_of(const Json& package) {
  return Json{{"trackResponse", {{"shipment", {{{"inquiryNumber", "1Z999AA10123456784"}, {"package", {package}}}}}}}}.dump();
}
TrackedNumber item_of(const Json& package) {
  const auto reply = read_reply(track(), answer(200, reply_of(package)));
  EXPECT_EQ(reply.trouble, Trouble::none) << reply.detail;
  return reply.items.empty() ? TrackedNumber{} : reply.items.front();
}

TEST(Ups, AsksForOneNumberWithTheHeadersOfTheSpecification) {
  auto queries = ask({"1z 999 aa1 01 2345 6784"});
  queries[0].locale = "de";
  const auto request = ups().track_request(ups_account(), queries);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "https://onlinetools.ups.com/api/track/v1/details/1Z999AA10123456784?locale=de_DE&returnSignature=false"
            "&returnMilestones=false&returnPOD=false");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer T0K");
  EXPECT_EQ(header_of(request, "transactionSrc"), "roundtrip");
  EXPECT_EQ(header_of(request, "transId").size(), 32u);
  EXPECT_TRUE(request.body.empty());
  EXPECT_EQ(ups().capabilities().numbers_per_call, 1);
}

TEST(Ups, ANumberCannotLeaveItsPlaceInThePath) {
  EXPECT_TRUE(ups()
                  .track_request(ups_account(), ask({"../../security?x=1#"}))
                  .url.starts_with("https://onlinetools.ups.com/api/track/v1/details/SECURITYX1?"));
}

TEST(Ups, TakesATokenByClientCredentials) {
  auto account = ups_account();
  account.base_url = "http://carrier.test";
  account.customer = "A1B2C3";
  const auto request = ups().token_request(account);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://carrier.test/security/v1/oauth/token");
  EXPECT_EQ(request.body, "grant_type=client_credentials");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic " + to_base64("client:s3:cret"));
  EXPECT_EQ(header_of(request, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header_of(request, "x-merchant-id"), "A1B2C3");

  const auto token = ups().parse_token(answer(200, R"({"token_type":"Bearer","access_token":"abc","expires_in":"14399"})"));
  EXPECT_EQ(token.token, "abc");
  EXPECT_EQ(token.lives_us, 14'399 * kSecond);
  const auto refused = ups().parse_token(answer(401, R"({"response":{"errors":[{"code":"10401","message":"ClientId is Invalid"}]}})"));
  EXPECT_EQ(refused.trouble, Trouble::auth);
  EXPECT_EQ(refused.detail, "10401 ClientId is Invalid");
}

TEST(Ups, StatusCodesMeanWhatTheAppendixSays) {
  struct Case {
    const char *type, *code, *status_code, *status, *reason;
  };
  for (const Case& want : {Case{"M", "MP", "003", "pre_transit", ""},
                           {"MV", "VP", "007", "pre_transit", ""},
                           {"P", "PU", "038", "in_transit", ""},
                           {"I", "AR", "005", "in_transit", ""},
                           {"I", "OT", "021", "out_for_delivery", ""},
                           {"D", "FS", "011", "delivered", ""},
                           {"D", "FS", "034", "returned", ""},
                           {"D", "B0", "011", "returned", ""},
                           {"I", "ZP", "161", "available_for_pickup", ""},
                           {"I", "", "057", "in_transit", ""},
                           {"X", "48", "060", "delivery_attempted", "recipient_not_home"},
                           {"X", "G7", "061", "delivery_attempted", "recipient_not_verified"},
                           {"X", "KT", "064", "exception", "recipient_refused"},
                           {"X", "DJ", "051", "exception", "weather_delay"},
                           {"X", "6", "048", "exception", "carrier_missorted"},
                           {"X", "06", "048", "exception", "carrier_missorted"},
                           {"X", "HR", "059", "exception", "carrier_damaged"},
                           {"X", "3N", "013", "return_to_sender", "recipient_not_collected"},
                           {"X", "B9", "058", "exception", "customs_documents"},
                           {"X", "RZ", "012", "in_transit", ""},
                           {"X", "BA", "013", "exception", "customs_documents"},
                           {"X", "OJ", "013", "exception", "recipient_wrong_address"},
                           {"X", "DL", "035", "return_to_sender", ""},
                           // Without a status code: the exception or scan code, then the type.
                           {"X", "C4", "", "delivery_attempted", "recipient_not_home"},
                           {"X", "ZZ", "", "exception", ""},
                           {"X", "XU", "", "return_to_sender", ""},
                           {"X", "1F", "", "exception", "customs_prohibited"},
                           {"I", "OF", "", "out_for_delivery", ""},
                           {"D", "OT", "", "out_for_delivery", ""},
                           {"RS", "", "", "return_to_sender", ""},
                           {"I", "XX", "", "in_transit", ""},
                           // The three digits in `code`.
                           {"", "092", "", "in_transit", ""}}) {
    const auto item = item_of(parcel({scan(want.type, want.code, want.status_code)}));
    const auto derived = domain::derive_status(item.events, item.headline);
    EXPECT_EQ(domain::to_text(derived.status), want.status) << want.type << " " << want.code << " " << want.status_code;
    if (*want.reason != 0) {
      EXPECT_EQ(domain::to_text(derived.reason), want.reason) << want.code;
    }
  }
}

TEST(Ups, AnUnknownCodeStaysUnknown) {
  const auto item = item_of(parcel({scan("NA", "", "999")}));
  EXPECT_EQ(status_of(item), "unknown");
  EXPECT_EQ(item.events[0].raw_code, "NA/999");
  EXPECT_EQ(item.events[0].raw_text, "words");
}

TEST(Ups, AnUpdateOfThePlanIsNoScan) {
  const auto item = item_of(parcel({scan("U", "UP", "154", "20260311"), scan("I", "OT", "021")}));
  EXPECT_EQ(status_of(item), "out_for_delivery");
  EXPECT_FALSE(item.events[0].physical);
}

TEST(Ups, ALogicalScanAfterTheDeliveryDoesNotUndoIt) {
  auto notice = scan("X", "HR", "059", "20260312");
  notice["logicalScan"] = true;
  Json package = parcel({notice, scan("D", "FS", "011")});
  package.erase("currentStatus");
  EXPECT_EQ(status_of(item_of(package)), "delivered");
}

TEST(Ups, DeliveredOnTheWayBackIsReturned) {
  EXPECT_EQ(status_of(item_of(parcel({scan("D", "FS", "011", "20260315"), scan("I", "DP", "036", "20260312"), scan("X", "KT", "064")}))),
            "returned");
  // A return that was asked for and did not happen changes nothing.
  EXPECT_EQ(status_of(item_of(parcel({scan("D", "FS", "011", "20260315"), scan("X", "CS", "033", "20260312")}))), "delivered");
  EXPECT_EQ(status_of(item_of(parcel({scan("D", "FS", "011", "20260315"), scan("I", "OT", "021", "20260314"), scan("I", "DP", "036")}))),
            "delivered");
}

TEST(Ups, TimesComeFromGmtElseFromTheOffsetElseFromThePlace) {
  auto gmt = scan("I", "AR", "005", "20260310", "204700");
  gmt["gmtDate"] = "20260310";
  gmt["gmtTime"] = "74700";  // the leading zero is missing: 07:47
  gmt["gmtOffset"] = "+13:00";
  auto event = item_of(parcel({gmt})).events.at(0);
  EXPECT_EQ(event.time.raw, "20260310 204700");
  EXPECT_EQ(event.time.local, "2026-03-10T20:47:00");
  EXPECT_EQ(format_rfc3339(*event.time.utc), "2026-03-10T07:47:00Z");
  EXPECT_EQ(event.time.basis, domain::ZoneBasis::given_utc);

  auto offset = scan("I", "AR", "005", "20260310", "101500");
  offset["gmtOffset"] = "-05:00";
  event = item_of(parcel({offset})).events.at(0);
  EXPECT_EQ(format_rfc3339(*event.time.utc), "2026-03-10T15:15:00Z");
  EXPECT_EQ(event.time.basis, domain::ZoneBasis::given_offset);

  event = item_of(parcel({scan("I", "AR", "005")})).events.at(0);  // Ohio, daylight saving time
  EXPECT_EQ(format_rfc3339(*event.time.utc), "2026-03-10T14:15:00Z");
  EXPECT_EQ(event.time.basis, domain::ZoneBasis::place);

  auto nowhere = scan("I", "AR", "005");
  nowhere.erase("location");
  event = item_of(parcel({nowhere})).events.at(0);
  EXPECT_FALSE(event.time.utc.has_value());
  EXPECT_EQ(event.time.local, "2026-03-10T10:15:00");
}

TEST(Ups, TheEstimateIsTheRescheduledDayWithItsWindow) {
  Json package = parcel({scan("I", "AR", "005")});
  package["deliveryDate"] = {{{"type", "SDD"}, {"date", "20260311"}}, {{"type", "RDD"}, {"date", "20260312"}}};
  package["deliveryTime"] = {{"type", "EDW"}, {"startTime", "140000"}, {"endTime", "180000"}};
  package["packageAddress"] = {{{"type", "DESTINATION"}, {"address", {{"stateProvince", "NY"}, {"countryCode", "US"}}}}};
  auto item = item_of(package);
  EXPECT_EQ(item.estimated_raw, "20260312 180000");
  EXPECT_EQ(format_rfc3339(*item.estimated_at), "2026-03-12T22:00:00Z");
  package["deliveryTime"] = {{"type", "EOD"}};
  EXPECT_EQ(format_rfc3339(*item_of(package).estimated_at), "2026-03-13T03:59:59Z");
  package["deliveryDate"] = {{{"type", "DEL"}, {"date", "20260310"}}};
  EXPECT_FALSE(item_of(package).estimated_at.has_value());
}

TEST(Ups, TellsSignerWeightAndThePlaceInWords) {
  Json package = parcel({scan("D", "FS", "011")});
  package["deliveryInformation"] = {{"receivedBy", "MILLER"}, {"location", "Front Desk"}};
  package["weight"] = {{"unitOfMeasurement", "LBS"}, {"weight", "2.00"}};
  const auto item = item_of(package);
  EXPECT_EQ(item.signed_by, "MILLER");
  EXPECT_EQ(item.weight_g, 907);
  EXPECT_EQ(item.events[0].place, "TOLEDO, OH, US");
  EXPECT_EQ(item.status_raw, "D/FS/011 words");
}

TEST(Ups, EveryErrorIsToldApart) {
  const auto errors = [](const char* code) { return R"({"response":{"errors":[{"code":")" + std::string(code) + R"(","message":"m"}]}})"; };
  struct Case {
    int status;
    std::string body;
    Trouble trouble;
  };
  for (const Case& want : {Case{401, errors("250002"), Trouble::auth},
                           {401, errors("251004"), Trouble::auth},
                           {401, errors("UJ0001"), Trouble::auth},
                           {403, errors("10403"), Trouble::auth},
                           {400, errors("VSS002"), Trouble::bad_request},
                           {400, errors("TV1002"), Trouble::bad_request},
                           {404, errors("TW0001"), Trouble::not_found},
                           {429, errors("10429"), Trouble::rate_limited},
                           {429, "", Trouble::rate_limited},
                           {500, errors("10004"), Trouble::service},
                           {503, "<html>down</html>", Trouble::service},
                           {200, errors("what"), Trouble::service},
                           {200, R"({"trackResponse":{}})", Trouble::bad_reply},
                           {200, "[]", Trouble::bad_reply}}) {
    const auto reply = read_reply(track(), answer(want.status, want.body));
    EXPECT_EQ(reply.trouble, want.trouble) << want.status << " " << want.body;
    EXPECT_TRUE(reply.items.empty());
  }
  const auto limited = read_reply(track(), answer(429, errors("10429"), {{"retry-after", "120"}}));
  EXPECT_EQ(limited.retry_after_us, 120 * kSecond);
}

TEST(Ups, NotFoundIsAnAnswerAboutTheNumber) {
  const std::string body =
      R"({"trackResponse":{"shipment":[{"warnings":[{"code":"TW0001","message":"Tracking Information Not Found"}]}]}})";
  const auto reply = ups().parse_track(ups_account(), answer(200, body), ask({"1Z999AA10123456784"}));
  ASSERT_EQ(reply.items.size(), 1u);
  EXPECT_EQ(reply.trouble, Trouble::none);
  EXPECT_EQ(reply.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(reply.items[0].number, "1Z999AA10123456784");
}

constexpr const char* kPushed = R"({"trackingNumber":"1Z999AA10123456784","localActivityDate":"20260310","localActivityTime":"101500",
  "activityLocation":{"city":"TOLEDO","stateProvince":"OH","postalCode":"","country":"US"},
  "activityStatus":{"type":"X","code":"48","description":"words","descriptionCode":"060"},"scheduledDeliveryDate":"20260311",
  "gmtActivityDate":"20260310","gmtActivityTime":"141500","gmtOffset":"-04.00","deliveryEndTime":"190000"})";

TEST(Ups, APushedEventIsTheSameEventAsThePolledOne) {
  const auto pushed = ups().parse_push(kPushed);
  ASSERT_EQ(pushed.items.size(), 1u) << pushed.detail;
  const auto& item = pushed.items[0];
  EXPECT_EQ(status_of(item), "delivery_attempted");
  EXPECT_EQ(format_rfc3339(*item.events[0].time.utc), "2026-03-10T14:15:00Z");
  EXPECT_EQ(format_rfc3339(*item.estimated_at), "2026-03-11T23:00:00Z");
  const auto polled = item_of(parcel({scan("X", "48", "060")}));
  EXPECT_EQ(domain::event_key(item.events[0]), domain::event_key(polled.events[0]));
}

TEST(Ups, AnOffsetWithADotIsAnOffset) {
  Json body = Json::parse(kPushed);
  body.erase("gmtActivityDate");
  body.erase("gmtActivityTime");
  const auto pushed = ups().parse_push(body.dump());
  EXPECT_EQ(format_rfc3339(*pushed.items.at(0).events.at(0).time.utc), "2026-03-10T14:15:00Z");
  EXPECT_EQ(pushed.items[0].events[0].time.basis, domain::ZoneBasis::given_offset);
}

TEST(Ups, APushMustCarryTheSecret) {
  auto account = ups_account();
  EXPECT_FALSE(ups().push_is_genuine(account, {{"x-api-key", ""}}, "", kPushed));
  account.push_secret = "hush";
  EXPECT_TRUE(ups().push_is_genuine(account, {{"x-api-key", "hush"}}, "", kPushed));
  EXPECT_TRUE(ups().push_is_genuine(account, {{"authorization", "Bearer hush"}}, "", kPushed));
  EXPECT_TRUE(ups().push_is_genuine(account, {}, "hush", kPushed));
  EXPECT_FALSE(ups().push_is_genuine(account, {{"authorization", "hush"}, {"x-api-key", "hush2"}}, "hus", kPushed));
}

TEST(Ups, RequestsFitTheSpecifications) {
  const auto tracking = specification("ups/Tracking.yaml"), alerts = specification("ups/UPSTrackAlert.yaml");
  if (!tracking || !alerts) GTEST_SKIP() << "the carrier's specifications are not at hand";
  const auto request = ups().track_request(ups_account(), ask({"1Z999AA10123456784"}));
  std::vector<std::string> known;
  for (const auto& parameter : tracking->at("paths").at("/track/v1/details/{inquiryNumber}").at("get").at("parameters")) {
    const std::string name = parameter.at("name");
    if (parameter.at("in") == "query") known.push_back(name);
    if (parameter.at("in") == "header" && parameter.value("required", false)) {
      EXPECT_NE(header_of(request, name), "") << name;
    }
  }
  std::string query = request.url.substr(request.url.find('?') + 1) + "&";
  for (std::size_t end = query.find('&'); end != std::string::npos; query.erase(0, end + 1), end = query.find('&')) {
    const std::string name = query.substr(0, query.find('='));
    EXPECT_NE(std::find(known.begin(), known.end(), name), known.end()) << name;
  }
  const std::vector<std::string> numbers = {"1Z999AA10123456784"};
  const auto subscribe = ups().subscriptions()->subscribe_request(ups_account(), numbers, "");
  EXPECT_EQ(faults_of(*alerts, "PackageSubscriptionRequest", Json::parse(subscribe.body)), std::vector<std::string>{});
  EXPECT_TRUE(alerts->at("paths").contains("/subscription/{type}/package"));
}

TEST(Ups, NumbersHaveACheckDigit) {
  for (const char* good : {"1Z999AA10123456784", "1Z12345E1512345676"}) EXPECT_TRUE(ups().is_number(good)) << good;
  for (const char* bad : {"1Z999AA10123456785", "1Z999AA1012345678", "2Z999AA10123456784", "1Z999aa10123456784", ""})
    EXPECT_FALSE(ups().is_number(bad)) << bad;
}

TEST(Ups, SurvivesHostileReplies) {
  survives_hostile_forms(track(), reply_of(parcel({scan("D", "FS", "011"), scan("X", "48", "060", "20260309")})));
  survives_hostile_forms(alert(), kPushed);
}
}  // namespace
}  // namespace roundtrip::carriers::test
