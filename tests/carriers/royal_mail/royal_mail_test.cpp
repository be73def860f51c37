// Royal Mail's Tracking API v2: requests, replies, errors. The fixtures are invented after the documented format.
#include <set>

#include "carriers/replies.hpp"
#include "carriers/royal_mail/codes.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& royal_mail() { return *find_carrier("royal_mail"); }
CarrierAccount royal_mail_account(std::string api = "") {
  CarrierAccount made;
  made.carrier = "royal_mail";
  made.api = std::move(api);
  made.key = "the-id";
  made.secret = "the-secret";
  return made;
}

// One item with its last event in the summary, as the events operation answers.
Json royal_mail_reply(const std::string& code, const std::string& name, const std::string& at) {
  const Json last = {{"eventCode", code}, {"eventName", name}, {"eventDateTime", at}, {"locationName", "Leeds DO"}};
  const Json first = {{"eventCode", "EVDAV"},
                      {"eventName", "Item Received"},
                      {"eventDateTime", "2026-07-01T22:10:00+01:00"},
                      {"locationName", "Bristol MC"}};
  const Json summary = {{"uniqueItemId", "0A1B2C3D4E"}, {"oneDBarcode", "ZZ000000005GB"}, {"lastEventCode", code},
                        {"lastEventName", name},        {"lastEventDateTime", at},        {"statusCategory", "IN TRANSIT"}};
  return {{"mailPieces", {{"mailPieceId", "0A1B2C3D4E"}, {"summary", summary}, {"events", Json::array({last, first})}}}};
}
TrackReply read_royal_mail(const std::string& body, int status = 200, std::string_view api = "events_v2") {
  return read_reply(api_of(royal_mail(), api), answer(status, body));
}

TEST(RoyalMailRequest, EventsAskForOneItem) {
  const auto request = royal_mail().track_request(royal_mail_account(), ask({"zz 0000 0000 5gb"}));
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://api.royalmail.net/mailpieces/v2/ZZ000000005GB/events");
  const Headers wanted = {
      {"Accept", "application/json"}, {"X-IBM-Client-Id", "the-id"}, {"X-IBM-Client-Secret", "the-secret"}, {"X-Accept-RMG-Terms", "yes"}};
  EXPECT_EQ(request.headers, wanted);
  EXPECT_TRUE(request.body.empty());
}

TEST(RoyalMailRequest, SummaryAsksForManyAndSignatureForOne) {
  EXPECT_EQ(royal_mail().track_request(royal_mail_account("summary_v2"), ask({"ZZ000000005GB", "ZZ000000014GB"})).url,
            "https://api.royalmail.net/mailpieces/v2/summary?mailPieceId=ZZ000000005GB,ZZ000000014GB");
  EXPECT_EQ(numbers_per_call(royal_mail(), royal_mail_account("summary_v2")), 30);
  EXPECT_EQ(numbers_per_call(royal_mail(), royal_mail_account()), 1);
  auto account = royal_mail_account("signature_v2");
  account.base_url = "http://127.0.0.1:1";
  EXPECT_EQ(royal_mail().track_request(account, ask({"ZZ000000005GB"})).url, "http://127.0.0.1:1/mailpieces/v2/ZZ000000005GB/signature");
}

TEST(RoyalMailReply, EveryFamilyOfCodes) {
  const std::pair<const char*, const char*> kCases[] = {
      {"EVAIP", "pre_transit"},        {"EVDAV", "in_transit"}, {"EVGPD", "out_for_delivery"}, {"EVKLC", "available_for_pickup"},
      {"EVKNA", "delivery_attempted"}, {"EVKSP", "delivered"},  {"EVKRF", "return_to_sender"}, {"EVRTS", "returned"}};
  for (const auto& [code, status] : kCases) {
    const auto reply = read_royal_mail(royal_mail_reply(code, "words", "2026-07-02T09:15:00+01:00").dump());
    ASSERT_EQ(reply.items.size(), 1u) << code;
    EXPECT_EQ(status_of(reply.items[0]), status) << code;
    EXPECT_EQ(reply.items[0].status_raw, std::string(code) + " IN TRANSIT");
  }
  std::set<std::string_view> seen;
  for (const auto& row : royal_mail::kEvents) EXPECT_TRUE(seen.insert(row.code).second) << row.code << " stands twice";
}

TEST(RoyalMailReply, WhatAnIntegratorNeeds) {
  auto body = royal_mail_reply("EVKDN", "Delivered to Neighbour", "2026-12-02T09:15:00+00:00");
  body["mailPieces"]["signature"] = {{"recipientName", "A Smith"}, {"signatureDateTime", "2026-12-02T09:15:00+00:00"}};
  body["mailPieces"]["estimatedDelivery"] = {
      {"date", "2026-12-02"}, {"startOfEstimatedWindow", "08:00:00+00:00"}, {"endOfEstimatedWindow", "11:00:00+00:00"}};
  const auto item = read_royal_mail(body.dump()).items.at(0);
  EXPECT_EQ(item.number, "ZZ000000005GB");
  EXPECT_EQ(item.reference, "0A1B2C3D4E");
  EXPECT_EQ(item.signed_by, "A Smith");
  EXPECT_EQ(item.sub_code, "left_with_neighbour");
  EXPECT_EQ(item.estimated_raw, "2026-12-02 08:00:00+00:00/11:00:00+00:00");
  EXPECT_EQ(format_rfc3339(item.estimated_at.value()).substr(0, 19), "2026-12-02T11:00:00");
  ASSERT_EQ(item.events.size(), 2u);
  EXPECT_EQ(item.events[0].place, "Leeds DO");
  EXPECT_EQ(item.events[0].raw_text, "Delivered to Neighbour");
  EXPECT_EQ(item.events[1].time.local, "2026-07-01T22:10:00");
  EXPECT_EQ(format_rfc3339(item.events[1].time.utc.value()).substr(0, 19), "2026-07-01T21:10:00");
  EXPECT_EQ(item.events[1].time.basis, domain::ZoneBasis::given_offset);
}

TEST(RoyalMailReply, ATimeWithoutAnOffsetIsBritishAndWhatIsNoTimeStaysRaw) {
  const auto summer = read_royal_mail(royal_mail_reply("EVGPD", "", "2026-07-02T09:15:00").dump()).items.at(0).events.at(0);
  EXPECT_EQ(format_rfc3339(summer.time.utc.value()).substr(0, 19), "2026-07-02T08:15:00");
  EXPECT_EQ(summer.time.basis, domain::ZoneBasis::carrier_zone);
  const auto item = read_royal_mail(royal_mail_reply("EVGPD", "", "UNPARSEABLE DATETIME").dump()).items.at(0);
  EXPECT_EQ(item.events.back().time.raw, "UNPARSEABLE DATETIME");
  EXPECT_FALSE(item.events.back().time.utc);
  auto day = royal_mail_reply("EVGPD", "", "2026-07-02T09:15:00");
  day["mailPieces"]["estimatedDelivery"] = {{"date", "2026-07-02"}};
  EXPECT_EQ(format_rfc3339(read_royal_mail(day.dump()).items.at(0).estimated_at.value()).substr(0, 19), "2026-07-02T22:59:59");
}

TEST(RoyalMailReply, ARequestOfTheRecipientMovesNothing) {
  const auto item = read_royal_mail(royal_mail_reply("RORXS", "Redelivery requested", "2026-07-03T09:15:00+01:00").dump()).items.at(0);
  EXPECT_EQ(status_of(item), "in_transit");
  EXPECT_FALSE(item.headline);
  EXPECT_FALSE(item.events.at(0).physical);
}

TEST(RoyalMailReply, AnUnknownCodeStaysUnknown) {
  auto body = royal_mail_reply("EVXYZ", "Something new", "2026-07-03T09:15:00+01:00");
  body["mailPieces"]["events"].erase(1);
  const auto item = read_royal_mail(body.dump()).items.at(0);
  EXPECT_EQ(status_of(item), "unknown");
  EXPECT_EQ(item.events.at(0).raw_code, "EVXYZ");
}

TEST(RoyalMailReply, SummaryOfSeveralWithAnUnknownOne) {
  const std::string body = R"({"mailPieces": [
    {"mailPieceId": "0A1B2C3D4E", "status": "200", "summary": {"oneDBarcode": "ZZ000000005GB", "lastEventCode": "EVKLC",
      "lastEventName": "Available for collection", "lastEventDateTime": "2026-02-02T10:00:00+00:00", "lastEventLocationName": "Hull PO"}},
    {"mailPieceId": "ZZ000000014GB", "status": "404", "error": {"errorCode": "E1142", "errorDescription": "Barcode is not recognised"}},
    {"mailPieceId": "ZZ000000028GB", "status": "400", "error": {"errorCode": "E1283", "errorDescription": "not a tracked product"}}]})";
  const auto queries = ask({"ZZ000000028GB", "ZZ000000014GB", "ZZ000000005GB", "ZZ000000031GB"});
  const auto reply = royal_mail().parse_track(royal_mail_account("summary_v2"), answer(200, body), queries);
  ASSERT_EQ(reply.items.size(), 4u);
  EXPECT_EQ(reply.items[0].trouble, Trouble::bad_request);
  EXPECT_EQ(reply.items[1].trouble, Trouble::not_found);
  EXPECT_EQ(status_of(reply.items[2]), "available_for_pickup");
  EXPECT_EQ(reply.items[2].events.at(0).place, "Hull PO");
  EXPECT_EQ(reply.items[3].trouble, Trouble::not_found);
}

TEST(RoyalMailReply, ASignatureMeansDelivered) {
  const std::string body = R"({"mailPieces": {"mailPieceId": "0A1B2C3D4E", "signature": {"uniqueItemId": "0A1B2C3D4E",
    "oneDBarcode": "ZZ000000005GB", "recipientName": "A Smith", "signatureDateTime": "2026-07-02T09:15:00+01:00", "image": "<svg/>"}}})";
  const auto item = read_royal_mail(body, 200, "signature_v2").items.at(0);
  EXPECT_EQ(status_of(item), "delivered");
  EXPECT_EQ(item.signed_by, "A Smith");
  EXPECT_EQ(item.number, "ZZ000000005GB");
  const auto alike = apis_like(royal_mail(), *answer(200, body).response);
  ASSERT_EQ(alike.size(), 1u);
  EXPECT_EQ(alike[0]->name, "signature_v2");
}

TEST(RoyalMailErrors, ByCodeThenByStatus) {
  struct Case {
    int status;
    const char* body;
    Trouble trouble;
  };
  const Case kCases[] = {
      {400, R"({"httpCode": "400", "errors": [{"errorCode": "E1142", "errorDescription": "not recognised"}]})", Trouble::not_found},
      {404, R"({"httpCode": "404", "errors": [{"errorCode": "E1144"}]})", Trouble::not_found},
      {404, R"({"httpCode": "404", "errors": [{"errorCode": "E1283"}]})", Trouble::bad_request},
      {400, R"({"httpCode": "400", "errors": [{"errorCode": "E0013"}]})", Trouble::bad_request},
      {500, R"({"httpCode": "500", "errors": [{"errorCode": "E0010"}]})", Trouble::rate_limited},
      {503, R"({"httpCode": "503", "errors": [{"errorCode": "E0001"}]})", Trouble::service},
      {401, R"({"httpCode": "401", "moreInformation": "Client id not registered."})", Trouble::auth},
      {429, R"({"httpCode": "429", "moreInformation": "limit exceeded"})", Trouble::rate_limited},
      {404, R"({"httpCode": "404", "moreInformation": "No resources match requested URI"})", Trouble::bad_request},
      {500, R"({"httpCode": "500", "errors": [{"errorCode": "E9999"}]})", Trouble::service},
      {200, R"({"httpCode": "401", "moreInformation": "in a good envelope"})", Trouble::auth},
      {200, R"({"something": "else"})", Trouble::bad_reply},
      {503, "<html>gateway</html>", Trouble::service},
  };
  for (const auto& one : kCases) {
    const auto reply = read_royal_mail(one.body, one.status);
    EXPECT_EQ(reply.trouble, one.trouble) << one.body << ": " << to_text(reply.trouble);
    EXPECT_TRUE(reply.items.empty());
  }
}

TEST(RoyalMailErrors, RetryAfterIsKept) {
  const auto reply = read_reply(api_of(royal_mail(), "events_v2"), answer(429, R"({"httpCode": "429"})", {{"retry-after", "120"}}));
  EXPECT_EQ(reply.retry_after_us, 120 * kSecond);
}

TEST(RoyalMailHostile, FormsAreSurvived) {
  const auto body = royal_mail_reply("EVKSP", "Delivered by", "2026-07-02T09:15:00+01:00");
  survives_hostile_forms(api_of(royal_mail(), "events_v2"), body.dump());
  survives_hostile_forms(api_of(royal_mail(), "summary_v2"), Json{{"mailPieces", Json::array({body["mailPieces"]})}}.dump());
  survives_hostile_forms(api_of(royal_mail(), "signature_v2"),
                         R"({"mailPieces": {"mailPieceId": "1", "signature": {"recipientName": "A", "signatureDateTime": "x"}}})");
}

}  // namespace
}  // namespace roundtrip::carriers::test
