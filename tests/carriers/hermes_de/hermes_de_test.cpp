// Hermes Germany: requests, replies, errors and hostile forms. All replies are invented after the published specification.
#include <set>

#include "../replies.hpp"
#include "carriers/hermes_de/codes.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& hermes() { return *find_carrier("hermes_de"); }

const char* const kTwo = R"({"shipmentinfo": [
  {"shipmentID": "H1000000000000000011", "clientReference": "R-1", "receiverAddress": {"city": "Kiel"},
   "deliveryForecast": {"fixed": false, "date": "2026-07-03", "timeSlot": {"from": "10:00", "to": "14:00"}},
   "status": [
     {"timestamp": "2026-07-01T08:00:00+02:00", "code": "0000", "description": "Die Sendung wurde angekündigt."},
     {"timestamp": "2026-07-02T09:30:00+02:00", "code": "2000", "description": "Eingetroffen.",
      "scanningUnit": {"name": "Hermes", "city": "Kiel", "countryCode": "DEU"}},
     {"timestamp": "2026-07-02T09:30:00+02:00", "code": "2000", "description": "Eingetroffen (Korrektur).",
      "scanningUnit": {"name": "Hermes", "city": "Kiel", "countryCode": "DEU"}},
     {"timestamp": "2026-07-03T07:10:00+02:00", "code": "3000", "description": "Auf Tour."},
     {"timestamp": "2026-07-03T07:12:00+02:00", "code": "9322", "description": "WunschNachbar."}]},
  {"shipmentID": "H1000000000000000028", "result": {"code": "e001", "message": "There is no information for the entered value."}}]})";

std::string with_code(const std::string& code) {
  return R"({"shipmentinfo":[{"shipmentID":"H1","status":[{"timestamp":"2026-07-01T08:00:00+02:00","code":")" + code +
         R"(","description":"x"}]}]})";
}

TEST(HermesDe, RequestNamesEveryNumber) {
  CarrierAccount account;
  account.token = "abc";
  auto queries = ask({"H1000000000000000011", "H1 2"});
  const auto request = hermes().track_request(account, queries);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://de-api.hermesworld.com/services/hsi/shipmentinfo?shipmentID=H1000000000000000011&shipmentID=H1%202");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer abc");
  EXPECT_EQ(header_of(request, "Accept-Language"), "EN");
  queries[0].locale = "de-DE";
  EXPECT_EQ(header_of(hermes().track_request(account, queries), "Accept-Language"), "DE");
}

TEST(HermesDe, TokenIsAskedForWithThePassword) {
  CarrierAccount account;
  account.key = "shop:c&s";
  account.customer = "user@shop.example";
  account.secret = "p w";
  const auto request = hermes().token_request(account);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://authme.myhermes.de/authorization-facade/oauth2/access_token");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(request.body, "grant_type=password&client_id=shop&client_secret=c%26s&username=user%40shop.example&password=p%20w");
  account.key = "shop";
  account.base_url = "https://de-api-int.hermesworld.com/services/hsi";
  EXPECT_EQ(hermes().token_request(account).url, "https://authme-int.myhermes.de/authorization-facade/oauth2/access_token");
  EXPECT_EQ(hermes().token_request(account).body, "grant_type=password&client_id=shop&username=user%40shop.example&password=p%20w");
  const auto token = hermes().parse_token(answer(200, R"({"access_token":"t","expires_in":"3600","token_type":"Bearer"})"));
  EXPECT_EQ(token.token, "t");
  EXPECT_EQ(token.lives_us, 3600 * kSecond);
  EXPECT_EQ(hermes().parse_token(answer(401, R"({"error":"invalid_client"})")).trouble, Trouble::auth);
}

TEST(HermesDe, ReadsAHistory) {
  const auto reply = read_reply(api_of(hermes(), "shipment_info"), answer(200, kTwo));
  ASSERT_EQ(reply.items.size(), 2u);
  const auto& item = reply.items[0];
  EXPECT_EQ(item.number, "H1000000000000000011");
  EXPECT_EQ(item.reference, "R-1");
  EXPECT_EQ(item.events.size(), 4u) << "a corrected text is the same event";
  EXPECT_EQ(status_of(item), "out_for_delivery");
  EXPECT_EQ(item.status_raw, "9322 WunschNachbar.");
  EXPECT_EQ(item.estimated_raw, "2026-07-03 10:00-14:00");
  EXPECT_EQ(format_rfc3339(item.estimated_at.value()), "2026-07-03T12:00:00Z");
  const auto& scan = item.events[2];
  EXPECT_EQ(scan.place, "Kiel, DEU");
  EXPECT_EQ(scan.time.local, "2026-07-02T09:30:00");
  EXPECT_EQ(format_rfc3339(scan.time.utc.value()), "2026-07-02T07:30:00Z");
  EXPECT_EQ(scan.time.basis, domain::ZoneBasis::given_offset);
  EXPECT_EQ(reply.items[1].trouble, Trouble::not_found);
  EXPECT_EQ(reply.items[1].detail, "e001 There is no information for the entered value.");
}

TEST(HermesDe, CodesMeanWhatTheirTableSays) {
  const std::pair<const char*, const char*> kExpected[] = {{"0000", "pre_transit"},
                                                           {"0900", "pre_transit"},
                                                           {"1510", "in_transit"},
                                                           {"1730", "exception"},
                                                           {"3000", "out_for_delivery"},
                                                           {"3300", "in_transit"},
                                                           {"3410", "available_for_pickup"},
                                                           {"3500", "delivered"},
                                                           {"3511", "delivered"},
                                                           {"3530", "delivered"},
                                                           {"3710", "delivery_attempted"},
                                                           {"3731", "delivery_attempted"},
                                                           {"4031", "delivery_attempted"},
                                                           {"4100", "exception"},
                                                           {"4630", "exception"},
                                                           {"6081", "return_to_sender"},
                                                           {"1520", "return_to_sender"},
                                                           {"7500", "returned"},
                                                           {"9341", "exception"},
                                                           {"8888", "unknown"}};
  for (const auto& [code, status] : kExpected) {
    const auto reply = read_reply(api_of(hermes(), "shipment_info"), answer(200, with_code(code)));
    ASSERT_EQ(reply.items.size(), 1u) << code;
    EXPECT_EQ(status_of(reply.items[0]), status) << code;
  }
  std::set<std::string_view> seen;
  for (const auto& row : hermes_de::kCodes) EXPECT_TRUE(seen.insert(row.code).second) << row.code << " twice";
}

TEST(HermesDe, TellsErrorsApart) {
  const struct {
    const char* api;
    int status;
    const char* body;
    Trouble trouble;
  } kCases[] = {
      {"shipment_info", 400, R"({"listOfResultCodes":[{"code":"e005","message":"Syntax"}]})", Trouble::bad_request},
      {"shipment_info", 400, R"({"listOfResultCodes":[{"code":"e903","message":"Token is expired."}]})", Trouble::auth},
      {"shipment_info", 403, R"({"listOfResultCodes":[{"code":"e900","message":"Not authorized"}]})", Trouble::auth},
      {"shipment_info", 500, R"({"listOfResultCodes":[{"code":"e999","message":"General"}]})", Trouble::service},
      {"shipment_info", 200, R"({"listOfResultCodes":[{"code":"e001","message":"No information"}]})", Trouble::not_found},
      {"shipment_info", 401, R"({"error":"invalid_token","error_description":"expired"})", Trouble::auth},
      {"shipment_info", 429, R"({"error":"too_many_requests"})", Trouble::rate_limited},
      {"shipment_info", 200, R"({"something":1})", Trouble::bad_reply},
      {"order", 400, R"({"listOfResultCodes":[{"code":"e010","message":"Parcel class"}]})", Trouble::bad_request},
      {"order", 400, R"({"listOfResultCodes":[{"code":"i032","message":"hint"},{"code":"e031","message":"slow"}]})", Trouble::service},
      {"order", 400, R"({"listOfResultCodes":[{"code":"e084","message":"deactivated"}]})", Trouble::auth},
  };
  for (const auto& one : kCases) {
    const auto reply = read_reply(api_of(hermes(), one.api), answer(one.status, one.body));
    EXPECT_EQ(reply.trouble, one.trouble) << one.body;
  }
}

TEST(HermesDe, AnErrorIsOfTheApiThatHasItsCode) {
  const auto first = [](const char* body) { return apis_like(hermes(), *answer(400, body).response).front()->name; };
  EXPECT_EQ(first(R"({"listOfResultCodes":[{"code":"e010","message":"x"}]})"), "order");
  EXPECT_EQ(first(R"({"listOfResultCodes":[{"code":"e903","message":"x"}]})"), "shipment_info");
  EXPECT_TRUE(apis_like(hermes(), *answer(200, R"({"listOfResultCodes":[{"code":"w001"}]})").response).empty());
}

TEST(HermesDe, KnowsItsNumbers) {
  EXPECT_TRUE(hermes().is_number("H1000000000000000011"));
  EXPECT_FALSE(hermes().is_number("H100000000000000001"));
  EXPECT_FALSE(hermes().is_number("X1000000000000000011"));
}

TEST(HermesDe, SurvivesHostileForms) {
  survives_hostile_forms(api_of(hermes(), "shipment_info"), kTwo);
  survives_hostile_forms(api_of(hermes(), "order"), R"({"listOfResultCodes":[{"code":"e010","message":"Parcel class"}]})");
}

}  // namespace
}  // namespace roundtrip::carriers::test
