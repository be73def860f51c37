// GLS Track And Trace V1: requests, replies, errors. The fixtures are invented after the documented format.
#include <regex>

#include "carriers/gls/codes.hpp"
#include "carriers/replies.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& gls_post() { return *find_carrier("gls"); }
const Api& gls_api() { return api_of(gls_post(), "track_v1"); }
CarrierAccount gls_account() {
  CarrierAccount made;
  made.carrier = "gls";
  made.key = "id";
  made.secret = "pass:word";
  made.token = "tok";
  return made;
}

Json gls_event(const std::string& code, const std::string& at, const std::string& country = "DE") {
  return {{"code", code},       {"city", "Kassel"},       {"postalCode", "34117"},
          {"country", country}, {"description", "words"}, {"eventDateTime", at}};
}
Json gls_parcel(const std::string& number, const std::string& status, Json events) {
  return {
      {"requested", number}, {"unitno", number}, {"status", status}, {"statusDateTime", "2026-10-07T12:00:00+0200"}, {"events", events}};
}
Json gls_body(Json parcels) { return {{"parcels", std::move(parcels)}}; }
TrackedNumber gls_one(const std::string& status, Json events) {
  return read_reply(gls_api(), answer(200, gls_body(Json::array({gls_parcel("11100000001", status, std::move(events))})).dump()))
      .items.at(0);
}
const Json kHandedOver = gls_event("INTIAL.NORMAL", "2026-10-06T18:00:00+0200");

TEST(GlsRequest, TrackingNamesUpToTenParcels) {
  auto queries = ask({"11100000001", "1110000 002"});
  queries[0].locale = "de-DE";
  const auto request = gls_post().track_request(gls_account(), queries);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://api.gls-group.net/track-and-trace-v1/tracking/simple/trackids/11100000001,1110000%20002");
  const Headers wanted = {{"Authorization", "Bearer tok"}, {"Accept", "application/json"}, {"Accept-Language", "DE"}};
  EXPECT_EQ(request.headers, wanted);
  EXPECT_EQ(numbers_per_call(gls_post(), gls_account()), 10);
  EXPECT_EQ(gls_post().capabilities().calls_per_day, 500);  // by default, says the document
}

TEST(GlsRequest, TheTokenIsClientCredentials) {
  const auto request = gls_post().token_request(gls_account());
  EXPECT_TRUE(gls_post().capabilities().needs_token);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.gls-group.net/oauth2/v2/token");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic aWQ6cGFzczp3b3Jk");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(request.body, "grant_type=client_credentials");
  const auto token = gls_post().parse_token(answer(200, R"({"token_type": "Bearer", "access_token": "abc", "expires_in": 14400})"));
  EXPECT_EQ(token.token, "abc");
  EXPECT_EQ(token.lives_us, 14'400 * kSecond);
  EXPECT_EQ(gls_post().parse_token(answer(400, R"({"errors": [{"message": "Invalid client identifier"}]})")).trouble, Trouble::auth);
}

TEST(GlsRequest, AreAsTheSpecificationSays) {
  const auto spec = shared_file("carriers/specs/gls/track-and-trace-1.0.7.yaml");
  if (spec.empty()) GTEST_SKIP() << "the carrier's specification is not at hand";
  EXPECT_NE(spec.find("- url: \"https://api.gls-group.net/track-and-trace-v1/\""), std::string::npos);
  EXPECT_NE(spec.find("/tracking/simple/trackids/{unitnos}:"), std::string::npos);
  // Every status and every error code of the enumerations is known.
  const std::regex kItem("- \"([A-Z_0-9]+)\"\n");
  int statuses = 0, errors = 0;
  for (auto at = std::sregex_iterator(spec.begin(), spec.end(), kItem); at != std::sregex_iterator(); ++at) {
    const auto code = (*at)[1].str();
    if (code.starts_with("E_")) {
      ++errors;
      EXPECT_TRUE(std::any_of(std::begin(gls::kErrors), std::end(gls::kErrors), [&](const auto& row) { return row.code == code; })) << code;
    } else {
      ++statuses;
      EXPECT_TRUE(code == "FINAL" || find_code(gls::kStatuses, code) != nullptr) << code;
    }
  }
  EXPECT_EQ(statuses, 12);
  EXPECT_EQ(errors, 6);
}

TEST(GlsReply, EveryStatus) {
  const std::pair<const char*, const char*> kCases[] = {
      {"PLANNEDPICKUP", "pre_transit"},       {"INPICKUP", "pre_transit"}, {"NOTPICKEDUP", "exception"},
      {"PREADVICE", "pre_transit"},           {"INTRANSIT", "in_transit"}, {"INWAREHOUSE", "in_transit"},
      {"INDELIVERY", "out_for_delivery"},     {"DELIVERED", "delivered"},  {"DELIVEREDPS", "available_for_pickup"},
      {"NOTDELIVERED", "delivery_attempted"}, {"CANCELED", "exception"},   {"SOMETHINGNEW", "in_transit"}};
  for (const auto& [status, ours] : kCases) {
    const auto item = gls_one(status, Json::array({gls_event("ZZZZZZ.NEW", "2026-10-07T12:00:00+0200"), kHandedOver}));
    EXPECT_EQ(status_of(item), ours) << status;
    EXPECT_EQ(item.status_raw, status);
  }
  EXPECT_EQ(gls_one("CANCELED", Json::array()).headline->reason, domain::TrackingReason::merchant_canceled);
}

TEST(GlsReply, AClosedHistoryEndsAsItsEventsSay) {
  const std::string at = "2026-10-07T12:00:00+0200";
  EXPECT_EQ(status_of(gls_one("FINAL", Json::array({gls_event("DELIVD.NORMAL", at), kHandedOver}))), "delivered");
  EXPECT_EQ(status_of(gls_one("FINAL", Json::array({gls_event("DELIVD.PARCELSHOP", at), kHandedOver}))), "delivered");
  EXPECT_EQ(status_of(gls_one("FINAL", Json::array({gls_event("CANCEL.NORMAL", at)}))), "exception");
  EXPECT_EQ(status_of(gls_one("FINAL", Json::array())), "delivered");
  const auto told = gls_event("INTIAL.PREADVICE", "2026-10-01T12:00:00+0200");
  EXPECT_EQ(status_of(gls_one("FINAL", Json::array({told}))), "pre_transit");
  EXPECT_EQ(status_of(gls_one("FINAL", Json::array({gls_event("ZZZZZZ.NEW", at), told}))), "delivered");
}

TEST(GlsReply, EventsHavePlaceAndTime) {
  const auto item = gls_one("DELIVERED", Json::array({gls_event("DELIVD.NORMAL", "2026-10-07T12:00:00+0200"), kHandedOver,
                                                      gls_event("OUTDEL.NORMAL", "2026-10-07T07:30:00", "IT")}));
  ASSERT_EQ(item.events.size(), 3u);
  EXPECT_EQ(item.events[0].place, "Kassel, 34117, DE");
  EXPECT_EQ(item.events[0].raw_text, "words");
  EXPECT_EQ(item.events[0].time.raw, "2026-10-07T12:00:00+0200");
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::given_offset);
  EXPECT_EQ(format_rfc3339(item.events[0].time.utc.value()).substr(0, 19), "2026-10-07T10:00:00");
  EXPECT_EQ(item.events[1].time.basis, domain::ZoneBasis::place);
  EXPECT_EQ(format_rfc3339(item.events[1].time.utc.value()).substr(0, 19), "2026-10-07T05:30:00");
  EXPECT_EQ(item.headline->as_of, item.events[0].time.utc.value());
  EXPECT_EQ(format_rfc3339(gls_one("DELIVERED", Json::array()).headline->as_of).substr(0, 19), "2026-10-07T10:00:00");
}

TEST(GlsReply, TheWallIsThePlacesWhateverTheOffset) {
  const auto time = gls_one("INTRANSIT", Json::array({gls_event("INBOUD.NORMAL", "2026-07-29T06:52:36+0200", "IE")})).events.at(0).time;
  EXPECT_EQ(time.raw, "2026-07-29T06:52:36+0200");
  EXPECT_EQ(time.local, "2026-07-29T05:52:36");
  EXPECT_EQ(format_rfc3339(time.utc.value()).substr(0, 19), "2026-07-29T04:52:36");
}

TEST(GlsReply, OneUnknownParcelHarmsNoOther) {
  const auto body = gls_body(Json::array({{{"requested", "11100000002"}, {"errorCode", "E_404_01"}, {"errorMessage", "Resource Not Found"}},
                                          {{"requested", "11100000003"}, {"errorCode", "E_500_01"}},
                                          {{"requested", "x"}, {"errorCode", "E_400_01"}},
                                          gls_parcel("11100000001", "INTRANSIT", Json::array({kHandedOver}))}));
  const auto reply =
      gls_post().parse_track(gls_account(), answer(200, body.dump()), ask({"11100000001", "11100000002", "11100000003", "x", "y"}));
  ASSERT_EQ(reply.items.size(), 5u);
  EXPECT_EQ(status_of(reply.items[0]), "in_transit");
  EXPECT_EQ(reply.items[1].trouble, Trouble::not_found);
  EXPECT_EQ(reply.items[1].detail, "E_404_01 Resource Not Found");
  EXPECT_EQ(reply.items[2].trouble, Trouble::service);
  EXPECT_EQ(reply.items[3].trouble, Trouble::bad_request);
  EXPECT_EQ(reply.items[4].trouble, Trouble::not_found);
}

TEST(GlsReply, ATrackIdIsAnsweredUnderTheParcelNumber) {
  auto first = gls_parcel("11100000001", "INTRANSIT", Json::array({kHandedOver}));
  first["requested"] = "ZX00AAAA";
  const auto body = gls_body(Json::array({first, gls_parcel("11100000002", "DELIVERED", Json::array({kHandedOver}))})).dump();
  const auto reply = gls_post().parse_track(gls_account(), answer(200, body), ask({"11100000002", "ZX00AAAA"}));
  ASSERT_EQ(reply.items.size(), 2u);
  EXPECT_EQ(status_of(reply.items[1]), "in_transit");
  EXPECT_EQ(reply.items[1].number, "ZX00AAAA");
  EXPECT_TRUE(reply.items[1].reference.empty());
}

TEST(GlsErrors, OfTheApiAndOfTheGateway) {
  struct Case {
    int status;
    const char* body;
    Trouble trouble;
  };
  const Case kCases[] = {
      {400, R"({"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "size '11'"})", Trouble::bad_request},
      {404, R"({"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No static resource"})", Trouble::not_found},
      {500, R"({"title": "Internal Server Error", "status": 500})", Trouble::service},
      {401, R"({"fault": {"faultstring": "The Token has expired", "detail": {"errorcode": "steps.jwt.TokenExpired"}}})", Trouble::auth},
      {500, R"({"fault": {"faultstring": "x", "detail": {"errorcode": "keymanagement.service.invalid_access_token"}}})", Trouble::auth},
      {429, R"({"fault": {"faultstring": "x", "detail": {"errorcode": "policies.ratelimit.QuotaViolation"}}})", Trouble::rate_limited},
      {500, R"({"fault": {"faultstring": "x", "detail": {"errorcode": "policies.ratelimit.QuotaViolation"}}})", Trouble::rate_limited},
      {504, R"({"fault": {"faultstring": "x", "detail": {"errorcode": "messaging.adaptors.http.flow.GatewayTimeout"}}})", Trouble::service},
      {404, R"({"fault": {"faultstring": "Unable to identify proxy"}})", Trouble::service},
      {200, R"({"fault": {"faultstring": "in a good envelope"}})", Trouble::service},
      {401, "<html><head><title>Error</title></head><body>Authorization failed</body></html>", Trouble::auth},
      {403, "{}", Trouble::auth},
      {200, "{}", Trouble::bad_reply},
  };
  for (const auto& one : kCases) {
    const auto reply = read_reply(gls_api(), answer(one.status, one.body, {{"retry-after", "90"}}));
    EXPECT_EQ(reply.trouble, one.trouble) << one.body << ": " << to_text(reply.trouble);
    if (one.trouble == Trouble::rate_limited && one.status == 429) {
      EXPECT_EQ(reply.retry_after_us, 90 * kSecond);
    }
  }
}

TEST(GlsHostile, FormsAreSurvived) {
  survives_hostile_forms(
      gls_api(),
      gls_body(Json::array({gls_parcel("11100000001", "FINAL", Json::array({gls_event("DELIVD.NORMAL", "2026-10-07T12:00:00+0200")})),
                            {{"requested", "2"}, {"errorCode", "E_404_01"}}}))
          .dump());
}

TEST(GlsNumbers, HaveElevenDigits) {
  EXPECT_TRUE(gls_post().is_number("11100000001"));
  for (const auto* text : {"", "1110000000", "111000000012", "1110000000A"}) EXPECT_FALSE(gls_post().is_number(text)) << text;
}

}  // namespace
}  // namespace roundtrip::carriers::test
