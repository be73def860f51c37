// USPS: requests, tracking replies of both generations, errors, pushes. Every reply here is invented after the documented format.
#include "carriers/usps/usps.hpp"

#include "../replies.hpp"
#include "base/secrets.hpp"

namespace roundtrip::carriers::test {
namespace {
using domain::TrackingReason;

CarrierAccount usps_account() {
  CarrierAccount account;
  account.carrier = "usps";
  account.key = "consumer \"key\"";
  account.secret = "consumer-secret";
  account.token = "token-1";
  account.push_secret = "0123456789abcdef0123456789abcdef";
  return account;
}

std::string event(const std::string& code, const std::string& type, const std::string& at, const std::string& more = "") {
  return R"({"eventCode": ")" + code + R"(", "eventType": ")" + type + R"(", "eventTimestamp": ")" + at + "\"" + more + "}";
}
std::string parcel(const std::string& category, const std::string& status, const std::string& events, const std::string& more = "") {
  return R"({"trackingNumber": "9400100000000000000004", "statusCategory": ")" + category + R"(", "status": ")" + status +
         R"(", "statusSummary": "...", "uniqueMailPieceID": "4711", "mailPieceIntakeDate": "2026-11-15 11:09:19.000000",)" + more +
         R"("trackingEvents": [)" + events + "]}";
}
const std::string kOhio = R"(, "GMTOffset": "-05:00", "eventCity": "AKRON", "eventState": "OH", "eventZIP": "44301")";

TrackedNumber read_one(const std::string& json) {
  const auto reply = read_reply(api_of(usps_carrier(), "tracking_v3r2"), answer(200, "[" + json + "]"));
  if (reply.items.size() != 1) throw std::logic_error("not one item: " + reply.detail);
  return reply.items[0];
}

TEST(UspsRequests, TokenIsAskedForWithJson) {
  const auto request = usps_carrier().token_request(usps_account());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://apis.usps.com/oauth2/v3/token");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(request.body, R"({"client_id":"consumer \"key\"","client_secret":"consumer-secret","grant_type":"client_credentials"})");
}

TEST(UspsRequests, ManyNumbersInOneArray) {
  auto queries = ask({"9400 1000 0000 0000 0000 04", "LZ123456785US", "9400100000000000000011"});
  queries[0].postal_code = "44301-1234";
  queries[0].country = "US";
  queries[1].postal_code = "10115";
  queries[1].country = "DE";
  const auto request = usps_carrier().track_request(usps_account(), queries);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://apis.usps.com/tracking/v3r2/tracking");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer token-1");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(request.body, R"([{"destinationZIPCode":"44301","trackingNumber":"9400100000000000000004"},{"trackingNumber":"LZ123456785US"},)"
                          R"({"trackingNumber":"9400100000000000000011"}])");
  EXPECT_EQ(usps_carrier().capabilities().numbers_per_call, 35);
}

TEST(UspsRequests, LegacyApiAsksForOneInDetail) {
  auto account = usps_account();
  account.api = "tracking_v3";
  account.base_url = "https://apis-tem.usps.com";
  const auto request = usps_carrier().track_request(account, ask({"9400100000000000000004"}));
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://apis-tem.usps.com/tracking/v3/tracking/9400100000000000000004?expand=DETAIL");
  EXPECT_EQ(request.body, "");
}

TEST(UspsNumbers, ShapesAndCheckDigits) {
  for (const char* good :
       {"9400111206206406260787", "420787459400111206206406260787", "9400 1112 0108 0805 4830 16", "0307 1790 0005 2348 3741",
        "7196 9010 7560 0307 7385", "92748931507708513018050063", "4201002334249200190132607600833457", "EA123456785US"}) {
    EXPECT_TRUE(usps_carrier().is_number(good)) << good;
  }
  for (const char* bad : {"9434611206206407667131", "0307179000052348374", "0307 1790 0005 2348 3742", "2334611306206407667222",
                          "EA123456784US", "EA123456785CA", "", "420", "940011120620640626078X"}) {
    EXPECT_FALSE(usps_carrier().is_number(bad)) << bad;
  }
}

struct CategoryCase {
  const char *category, *status, *code, *type;
  const char* expected;
  TrackingReason reason;
  const char* sub_code;
};
TEST(UspsStatus, EveryFamily) {
  const CategoryCase kCases[] = {
      {"Pre-Shipment", "Shipping Label Created, USPS Awaiting Item", "GX", "Shipping Label Created", "pre_transit", TrackingReason::none,
       ""},
      {"Pre-Shipment", "Arrived Shipping Partner Facility", "81", "Arrived Shipping Partner Facility, USPS Awaiting Item", "in_transit",
       TrackingReason::none, ""},
      {"Accepted", "USPS in possession of item", "03", "USPS in possession of item", "in_transit", TrackingReason::none, "accepted"},
      {"In Transit", "Arrived at USPS Regional Facility", "A1", "Arrived", "in_transit", TrackingReason::none, ""},
      {"Moving Through Network", "In Transit to Next Facility", "TL", "In Transit to Next Facility", "in_transit", TrackingReason::none,
       ""},
      {"Out for Delivery", "Out for Delivery", "OF", "Out for Delivery", "out_for_delivery", TrackingReason::none, ""},
      {"Available for Pickup", "Available for Pickup", "14", "Available for Pickup", "available_for_pickup", TrackingReason::none, ""},
      {"Delivery Attempt", "Notice Left", "53", "Notice Left (Receptacle Blocked)", "delivery_attempted",
       TrackingReason::recipient_no_access, ""},
      {"Delivery Attempt: Action Needed", "Notice Left", "02", "Notice Left", "delivery_attempted", TrackingReason::recipient_not_home, ""},
      {"Alert", "Rescheduled to Next Delivery Day", "71", "Rescheduled to Next Delivery Day", "exception", TrackingReason::carrier_delay,
       ""},
      {"Alert", "Refused", "04", "Refused", "return_to_sender", TrackingReason::recipient_refused, ""},
      {"Alert", "Unclaimed/Being Returned to Sender", "27", "Unclaimed", "return_to_sender", TrackingReason::recipient_not_collected, ""},
      {"Alert", "No Such Number", "21", "No Such Number", "return_to_sender", TrackingReason::recipient_wrong_address, ""},
      {"Alert", "Something new", "ZZ", "Something new", "exception", TrackingReason::none, ""},
      {"Delivered", "Delivered, In/At Mailbox", "01", "Delivered, In/At Mailbox", "delivered", TrackingReason::none, "mailbox"},
      {"Delivered", "Delivered, Left with Individual", "01", "Delivered, Left with Individual", "delivered", TrackingReason::none,
       "left_with_individual"},
      {"Delivered", "Delivered, To Original Sender", "01", "Delivered, To Original Sender", "returned", TrackingReason::none, ""},
      {"Delivered to Agent", "Delivered to Agent for Final Delivery", "17", "Tendered to Returns Agent", "in_transit", TrackingReason::none,
       "with_agent"},
      {"A category of tomorrow", "?", "OF", "Out for Delivery", "out_for_delivery", TrackingReason::none, ""},
      {"A category of tomorrow", "?", "Z9", "?", "unknown", TrackingReason::none, ""},
  };
  for (const auto& one : kCases) {
    const auto item = read_one(parcel(one.category, one.status, event(one.code, one.type, "2026-11-20T10:00:00", kOhio)));
    const std::string what = std::string(one.category) + " " + one.code;
    EXPECT_EQ(status_of(item), one.expected) << what;
    EXPECT_EQ(domain::derive_status(item.events, item.headline).reason, one.reason) << what;
    EXPECT_EQ(item.sub_code, one.sub_code) << what;
    EXPECT_EQ(item.events.at(0).raw_code, one.code);
    EXPECT_EQ(item.status_raw, std::string(one.category) + " | " + one.status);
  }
}

TEST(UspsStatus, AComputersLineIsNoScan) {
  const auto item = read_one(parcel("In Transit", "In Transit, Arriving Late",
                                    event("TL", "In Transit to Next Facility", "2026-11-22T10:00:00", kOhio) + "," +
                                        event("10", "Arrived at USPS Origin Facility", "2026-11-18T10:00:00", kOhio)));
  const auto derived = domain::derive_status(item.events, item.headline);
  EXPECT_EQ(derived.status, domain::TrackingStatus::in_transit);
  ASSERT_TRUE(derived.last_event_at);
  EXPECT_EQ(format_rfc3339(*derived.last_event_at), "2026-11-18T15:00:00Z");  // since then nobody saw it
}

TEST(UspsStatus, DeliveryToTheSenderIsNone) {
  const auto item = read_one(parcel("Delivered", "Delivered, To Original Sender",
                                    event("01", "Delivered, To Original Sender", "2026-11-24T10:00:00", kOhio) + "," +
                                        event("04", "Refused", "2026-11-20T10:00:00", kOhio)));
  EXPECT_TRUE(item.events.at(0).return_leg);
  const auto derived = domain::derive_status(item.events, item.headline);
  EXPECT_EQ(derived.status, domain::TrackingStatus::returned);
  EXPECT_FALSE(derived.delivered_at);
}

struct TimeCase {
  const char *at, *more, *local, *utc;
  domain::ZoneBasis basis;
};
TEST(UspsTimes, LocalTimeAndOffsetNeverTheGmtOfTheDayBefore) {
  using domain::ZoneBasis;
  const TimeCase kCases[] = {
      // The bug: the evening scan's GMT is of the right clock and of the day before.
      {"2026-11-20T18:31:00", R"(,"GMTTimestamp":"2026-11-20T00:31:21Z","GMTOffset":"-06:00")", "2026-11-20T18:31:00",
       "2026-11-21T00:31:00Z", ZoneBasis::given_offset},
      {"2026-11-20T18:31:00", R"(,"GMTTimestamp":"2026-11-20T00:31:21Z")", "2026-11-20T18:31:00", "2026-11-21T00:31:00Z",
       ZoneBasis::given_offset},
      {"2026-11-20T08:05:00", R"(,"GMTTimestamp":"2026-11-20T15:05:59Z","GMTOffset":null)", "2026-11-20T08:05:00", "2026-11-20T15:05:00Z",
       ZoneBasis::given_offset},
      {"2026-11-20T08:05:00", R"(,"GMTTimestamp":"2026-11-19T22:05:40Z")", "2026-11-20T08:05:00", "2026-11-19T22:05:00Z",
       ZoneBasis::given_offset},  // Guam
      {"2026-11-20T08:05:00Z", R"(,"GMTOffset":"-7:00")", "2026-11-20T08:05:00", "2026-11-20T15:05:00Z", ZoneBasis::given_offset},
      {"2026-11-20T08:05:00", R"(,"eventState":"CA")", "2026-11-20T08:05:00", "2026-11-20T16:05:00Z", ZoneBasis::place},
      {"2026-11-20T08:05:00", R"(,"eventState":"TX")", "2026-11-20T08:05:00", "", ZoneBasis::none},  // two zones
      {"2026-11-20T08:05:00", "", "2026-11-20T08:05:00", "", ZoneBasis::none},
      {"yesterday", R"(,"GMTOffset":"-06:00")", "", "", ZoneBasis::none},
  };
  for (const auto& one : kCases) {
    const auto item = read_one(parcel("Accepted", "", event("03", "x", one.at, one.more)));
    const auto& time = item.events.at(0).time;
    EXPECT_EQ(time.raw, one.at);
    EXPECT_EQ(time.local, one.local) << one.more;
    EXPECT_EQ(time.utc ? format_rfc3339(*time.utc) : "", one.utc) << one.more;
    EXPECT_EQ(time.basis, one.basis) << one.more;
  }
}

TEST(UspsTimes, EstimatesAreDatesAtTheDestination) {
  const auto eta = [](const std::string& more) {
    const auto item = read_one(parcel("In Transit", "", "", R"("destinationState": "OH",)" + more));
    return item.estimated_at ? format_rfc3339(*item.estimated_at) : "none";
  };
  EXPECT_EQ(eta(R"("expectedDeliveryTimeStamp": "2026-11-25T00:00:00Z",)"), "2026-11-26T04:59:59Z");
  EXPECT_EQ(eta(R"("expectedDeliveryTimeStamp": "2026-11-25T21:00:00",)"), "2026-11-26T02:00:00Z");
  EXPECT_EQ(eta(R"("predictedDeliveryDate": "2026-11-25", "predictedDeliveryWindowEndTime": "18:00",)"), "2026-11-25T23:00:00Z");
  EXPECT_EQ(eta(R"("deliveryDateExpectation": {"expectedDeliveryDate": "2026-11-24", "predictedDeliveryDate": "2026-11-25",
                   "predictedDeliveryWindowEndTime": "14:30:00"},)"),
            "2026-11-24T19:30:00Z");
  EXPECT_EQ(eta(R"("expectedDeliveryTimeStamp": "string",)"), "none");
}

TEST(UspsReplies, PlacesTextsSignatureAndIdentity) {
  const auto item = read_one(parcel(
      "Delivered", "Delivered, Left with Individual",
      event("01", "Delivered, Left with Individual<SUP>&#153;</SUP>", "2026-11-20T10:00:00",
            kOhio + R"(,"name":"A BERG","firm":"BERG LLC")") +
          "," + event("OF", "Out for Delivery", "2026-11-20T07:00:00", R"(,"eventCity":"AKRON OH DISTRIBUTION CENTER","name":"NOT HIM")")));
  EXPECT_EQ(item.number, "9400100000000000000004");
  EXPECT_EQ(item.reference, "4711 2026-11-15 11:09:19.000000");
  EXPECT_EQ(item.signed_by, "A BERG, BERG LLC");
  EXPECT_EQ(item.events.at(0).place, "AKRON, OH 44301");
  EXPECT_EQ(item.events.at(0).raw_text, "Delivered, Left with Individual");
  EXPECT_EQ(item.events.at(1).place, "AKRON OH DISTRIBUTION CENTER");
}

TEST(UspsReplies, APartlyGoodAnswerIsMatchedByNumberAndByPosition) {
  const std::string unknown = R"({"statusCode": "404", "error": {"code": "404", "message": "Tracking number not found", "errors": []}})";
  const std::string invalid =
      R"({"trackingNumber": "12", "statusCode": 400, "error": {"code": "400", "message": "Bad Request", "errors": [{"title": "short"}]}})";
  const std::string good = parcel("Accepted", "", event("03", "Accepted", "2026-11-20T10:00:00", kOhio), R"("statusCode": "200",)");
  const auto queries = ask({"9400100000000000000011", "12", "9400100000000000000004"});
  const auto reply = usps_carrier().parse_track(usps_account(), answer(207, "[" + unknown + "," + invalid + "," + good + "]"), queries);
  ASSERT_EQ(reply.items.size(), 3u);
  EXPECT_EQ(reply.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(reply.items[0].number, "9400100000000000000011");
  EXPECT_EQ(reply.items[1].trouble, Trouble::bad_request);
  EXPECT_EQ(reply.items[1].detail, "400 Bad Request; short");
  EXPECT_EQ(reply.items[2].trouble, Trouble::none);
  EXPECT_EQ(status_of(reply.items[2]), "in_transit");
}

TEST(UspsReplies, OfAReusedNumberTheNewestLifeCounts) {
  std::string old_life = parcel("Delivered", "Delivered", event("01", "Delivered", "2024-01-10T10:00:00", kOhio));
  old_life.replace(old_life.find("4711"), 4, "1111");
  const auto new_life = parcel("Accepted", "", event("03", "Accepted", "2026-11-20T10:00:00", kOhio));
  auto queries = ask({"9400100000000000000004"});
  auto reply = usps_carrier().parse_track(usps_account(), answer(200, "[" + old_life + "," + new_life + "]"), queries);
  ASSERT_EQ(reply.items.size(), 1u);
  EXPECT_EQ(status_of(reply.items[0]), "in_transit");
  queries[0].reference = "1111 2026-11-15 11:09:19.000000";
  reply = usps_carrier().parse_track(usps_account(), answer(200, "[" + old_life + "," + new_life + "]"), queries);
  EXPECT_EQ(status_of(reply.items[0]), "delivered");
}

TEST(UspsReplies, TheLegacyAnswerIsReadToo) {
  const std::string good = parcel("Out for Delivery", "Out for Delivery", event("OF", "Out for Delivery", "2026-11-20T10:00:00", kOhio));
  const auto alike = apis_like(usps_carrier(), {200, {}, good});
  ASSERT_EQ(alike.size(), 1u);
  EXPECT_EQ(alike[0]->name, "tracking_v3");
  EXPECT_EQ(status_of(read_reply(*alike[0], answer(200, good)).items.at(0)), "out_for_delivery");
}

struct ErrorCase {
  int status;
  const char* body;
  Trouble trouble;
};
TEST(UspsErrors, AreToldApart) {
  const ErrorCase kCases[] = {
      {400, R"({"apiVersion":"/tracking/v3","error":{"code":"400","message":"12: A status update is not yet available on your package.",
               "errors":[{"title":"12: A status update is not yet available","detail":"","code":"150001"}]}})",
       Trouble::not_found},
      {400, R"({"apiVersion":"/tracking/v3r2","error":{"code":"400","message":"","errors":[{"title":"12: A status update is not yet"}]}})",
       Trouble::not_found},
      {404, R"({"apiVersion":"/tracking/v3","error":{"code":"404","message":"Not Found"}})", Trouble::not_found},
      {400, R"({"apiVersion":"/tracking/v3","error":{"code":"400","message":"OASValidation"}})", Trouble::bad_request},
      {401, R"({"apiVersion":"/tracking/v3","error":{"code":"401","message":"Invalid access token"}})", Trouble::auth},
      {403, R"({"apiVersion":"/tracking/v3","error":{"code":"403","message":"Insufficient OAuth scope"}})", Trouble::auth},
      {429, R"({"apiVersion":"/tracking/v3","error":{"code":"429","message":"Too Many Requests"}})", Trouble::rate_limited},
      {503, R"({"apiVersion":"/tracking/v3","error":{"code":"503","message":"Service Unavailable"}})", Trouble::service},
      {200, R"({"error":{"code":"401","message":"Unauthorized"}})", Trouble::auth},
      {401, R"({"error":"invalid_client","error_description":"Client authentication failed."})", Trouble::auth},
      {400, R"({"error":"unsupported_grant_type"})", Trouble::bad_request},
      {400, R"({"apiVersion":"/labels/v3","error":{"code":"400","message":"Bad Request","errors":[{"title":"Bad Request",
               "detail":"Order not found","code":"00000XX","source":{"parameter":"trackingNumber"}}]}})",
       Trouble::not_found},
      {503, "<html><body>Service Unavailable</body></html>", Trouble::service},
      {200, "[]", Trouble::bad_reply},
      {200, "{}", Trouble::bad_reply},
  };
  for (const auto& one : kCases) {
    const auto reply = read_reply(api_of(usps_carrier(), "tracking_v3r2"), answer(one.status, one.body));
    EXPECT_EQ(reply.trouble, one.trouble) << one.body << " " << reply.detail;
    EXPECT_TRUE(reply.items.empty());
  }
  const auto limited = read_reply(api_of(usps_carrier(), "tracking_v3r2"),
                                  answer(429, R"({"error":{"code":"429","message":"Too Many Requests"}})", {{"retry-after", "30"}}));
  EXPECT_EQ(limited.retry_after_us, 30 * kSecond);
}

TEST(UspsErrors, WebToolsIsRefusedByName) {
  for (const char* body :
       {"<TrackResponse><TrackInfo ID=\"94\"><Status>Delivered</Status></TrackInfo></TrackResponse>",
        "<?xml version=\"1.0\"?><Error><Number>80040B1A</Number><Description>Authorization failure.</Description></Error>"}) {
    const auto alike = apis_like(usps_carrier(), {200, {}, body});
    ASSERT_EQ(alike.size(), 1u);
    EXPECT_EQ(alike[0]->name, "web_tools");
    const auto reply = read_reply(*alike[0], answer(200, body));
    EXPECT_EQ(reply.trouble, Trouble::bad_reply);
    EXPECT_NE(reply.detail.find("Web Tools TrackV2"), std::string::npos) << reply.detail;
  }
}

std::string push_body() {
  const Json payload =
      Json::parse(parcel("Delivered", "Delivered, PO Box", event("01", "Delivered, PO Box", "2026-11-20T10:00:00", kOhio)));
  return Json{
      {"subscriptionId", "s-1"}, {"subscriptionType", "TRACKING"}, {"timestamp", "2026-11-20T15:00:05Z"}, {"payload", payload.dump()}}
      .dump();
}
std::string signature_of(const std::string& secret, const std::string& body) {
  const Json json = Json::parse(body);
  const auto hex = hmac_sha256_hex(secret, json["timestamp"].get<std::string>() + json["payload"].get<std::string>());
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return to_base64(bytes);
}

TEST(UspsPushes, SignatureIsOverTimestampAndPayload) {
  const auto account = usps_account();
  const std::string body = push_body(), good = signature_of(account.push_secret, body);
  const auto genuine = [&](const CarrierAccount& by, const std::string& signature, const std::string& pushed) {
    return usps_carrier().push_is_genuine(by, {{"x-hmac", signature}}, "", pushed);
  };
  EXPECT_TRUE(genuine(account, good, body));
  EXPECT_FALSE(genuine(account, good, std::string(body).replace(body.find("15:00:05"), 8, "15:00:06")));
  EXPECT_FALSE(genuine(account, "", body));
  EXPECT_FALSE(genuine(account, signature_of("another secret", body), body));
  EXPECT_FALSE(usps_carrier().push_is_genuine(account, {}, account.push_secret, body)) << "a secret in the URL is no signature";
  auto without = account;
  without.push_secret = "";
  EXPECT_FALSE(genuine(without, signature_of("", body), body));
  EXPECT_FALSE(genuine(account, good, "not JSON"));
  EXPECT_FALSE(genuine(account, good, R"({"timestamp": 5, "payload": {"a": 1}})"));
}

TEST(UspsPushes, BodyIsReadLikeAnAnswer) {
  const auto reply = usps_carrier().parse_push(push_body());
  ASSERT_EQ(reply.items.size(), 1u) << reply.detail;
  EXPECT_EQ(reply.items[0].number, "9400100000000000000004");
  EXPECT_EQ(status_of(reply.items[0]), "delivered");
  EXPECT_EQ(reply.items[0].sub_code, "po_box");
  EXPECT_EQ(usps_carrier().parse_push(R"({"subscriptionId": "s", "timestamp": "t", "payload": "no"})").trouble, Trouble::bad_reply);
}

TEST(UspsHostile, EveryReaderSurvives) {
  const std::string good =
      parcel("Delivered", "Delivered, In/At Mailbox",
             event("01", "Delivered, In/At Mailbox", "2026-11-20T10:00:00", kOhio + R"(,"GMTTimestamp":"2026-11-20T15:00:00Z")") + "," +
                 event("GX", "Shipping Label Created", "2026-11-15T10:00:00"),
             R"("destinationState": "OH", "expectedDeliveryTimeStamp": "2026-11-20T00:00:00Z",)");
  survives_hostile_forms(api_of(usps_carrier(), "tracking_v3r2"), "[" + good + "," + good + "]");
  survives_hostile_forms(api_of(usps_carrier(), "tracking_v3"), good);
  survives_hostile_forms(api_of(usps_carrier(), "subscriptions_tracking"), push_body());
  survives_hostile_forms(api_of(usps_carrier(), "labels_v3"), R"({"apiVersion":"/labels/v3","error":{"code":"400","message":"Bad Request",
      "errors":[{"title":"Bad Request","detail":"Order not found","code":"00000XX","source":{"parameter":"trackingNumber"}}]}})");
}

}  // namespace
}  // namespace roundtrip::carriers::test
