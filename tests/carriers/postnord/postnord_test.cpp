// PostNord track and trace v5: requests, replies, faults. The fixtures are invented after the documented format.
#include "carriers/replies.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& postnord_post() { return *find_carrier("postnord"); }
const Api& postnord_api() { return api_of(postnord_post(), "track_v5"); }
std::string utc_text(const std::optional<Instant>& at) { return at ? format_rfc3339(*at).substr(0, 19) : ""; }

Json postnord_event(const std::string& code, const std::string& status, const std::string& at, const std::string& country = "SWE") {
  Json location = {{"displayName", "Terminalen"}, {"name", "Terminalen"}, {"postcode", "10000"}, {"city", "Orten"}};
  if (!country.empty()) location["countryCode"] = country;
  return {{"eventTime", at}, {"eventCode", code}, {"status", status}, {"eventDescription", "ord"}, {"location", location}};
}
Json postnord_item(const std::string& id, const std::string& status, Json events) {
  return {{"itemId", id},
          {"status", status},
          {"acceptor", {{"name", "A Svensson"}}},
          {"statedMeasurement", {{"weight", {{"value", "1.25"}, {"unit", "kg"}}}}},
          {"events", std::move(events)}};
}
std::string postnord_body(const std::string& status, Json items) {
  const Json shipment = {{"shipmentId", "S1"},
                         {"status", status},
                         {"estimatedTimeOfArrival", "2026-07-03T16:00:00"},
                         {"consignee", {{"address", {{"countryCode", "FIN"}}}}},
                         {"items", std::move(items)}};
  return Json{{"TrackingInformationResponse", {{"shipments", Json::array({shipment})}}}}.dump();
}
const Json kOnItsWay = postnord_event("31", "EN_ROUTE", "2026-07-01T02:20:00");
TrackReply read_postnord(const std::string& body, int status = 200) { return read_reply(postnord_api(), answer(status, body)); }

TEST(PostNordRequest, NamesKeyNumberAndLanguage) {
  CarrierAccount account;
  account.key = "k&y";
  auto queries = ask({"UA000 000005SE"});
  queries[0].locale = "nb-NO";
  const auto request = postnord_post().track_request(account, queries);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "https://api2.postnord.com/rest/shipment/v5/trackandtrace/findByIdentifier.json?apikey=k%26y&id=UA000%20000005SE&locale=no");
  queries[0].locale = "ru";
  EXPECT_TRUE(postnord_post().track_request(account, queries).url.ends_with("&locale=en"));
  queries[0].locale = "";
  EXPECT_TRUE(postnord_post().track_request(account, queries).url.ends_with("&locale=en"));
}

TEST(PostNordReply, EveryStatus) {
  const std::pair<const char*, const char*> kCases[] = {{"CREATED", "pre_transit"},
                                                        {"INFORMED", "pre_transit"},
                                                        {"EN_ROUTE", "in_transit"},
                                                        {"EXPECTED_DELAY", "in_transit"},
                                                        {"DELAYED", "in_transit"},
                                                        {"STOPPED", "exception"},
                                                        {"AVAILABLE_FOR_DELIVERY", "available_for_pickup"},
                                                        {"AVAILABLE_FOR_DELIVERY_PAR_LOC", "available_for_pickup"},
                                                        {"DELIVERY", "out_for_delivery"},
                                                        {"DELIVERED", "delivered"},
                                                        {"DELIVERY_IMPOSSIBLE", "exception"},
                                                        {"DELIVERY_REFUSED", "exception"},
                                                        {"RETURNED", "returned"}};
  for (const auto& [status, ours] : kCases) {
    const auto events = Json::array({postnord_event("1", status, "2026-07-01T10:00:00")});
    const auto item = read_postnord(postnord_body(status, Json::array({postnord_item("I1", status, events)}))).items.at(0);
    EXPECT_EQ(status_of(item), ours) << status;
  }
}

TEST(PostNordReply, TheShipmentCountsAndANoticeMovesNothing) {
  const auto events = Json::array({kOnItsWay, postnord_event("1", "AVAILABLE_FOR_DELIVERY", "2026-07-02T10:00:00"),
                                   postnord_event("z08", "OTHER", "2026-07-02T10:05:00")});
  const auto items = Json::array({postnord_item("I1", "DELIVERED", events)});
  const auto item = read_postnord(postnord_body("AVAILABLE_FOR_DELIVERY", items)).items.at(0);
  EXPECT_EQ(status_of(item), "available_for_pickup");
  EXPECT_EQ(item.status_raw, "AVAILABLE_FOR_DELIVERY (item DELIVERED)");
  EXPECT_EQ(item.sub_code, "at_service_point");
  EXPECT_EQ(item.number, "I1");
  EXPECT_EQ(item.signed_by, "A Svensson");
  EXPECT_EQ(item.weight_g, 1250);
  EXPECT_FALSE(item.events.at(0).physical);
  EXPECT_EQ(item.events.at(0).raw_code, "z08 OTHER");
}

TEST(PostNordReply, OfSeveralParcelsEachHasItsOwnStatus) {
  const auto arrived = Json::array({postnord_event("42", "DELIVERED", "2026-07-02T10:00:00"), kOnItsWay});
  const auto body = postnord_body(
      "EN_ROUTE", Json::array({postnord_item("I1", "DELIVERED", arrived), postnord_item("I2", "EN_ROUTE", Json::array({kOnItsWay}))}));
  for (const auto& [number, status] : {std::pair("I1", "delivered"), {"I2", "in_transit"}, {"S1", "in_transit"}}) {
    const auto reply = postnord_post().parse_track(CarrierAccount{}, answer(200, body), ask({number}));
    ASSERT_EQ(reply.items.size(), 1u);
    EXPECT_EQ(status_of(reply.items[0]), status) << number;
  }
  EXPECT_EQ(read_postnord(body).items.size(), 3u);
}

TEST(PostNordReply, TimesAreOfThePlaceOrOfTheCarrier) {
  const auto events = Json::array(
      {postnord_event("1", "EN_ROUTE", "2026-07-01T10:00:00", "FIN"), postnord_event("2", "EN_ROUTE", "2026-01-01T10:00:00", "SE"),
       postnord_event("3", "EN_ROUTE", "2025-07-01T10:00:00", ""), postnord_event("4", "EN_ROUTE", "2024-07-01T10:00:00Z")});
  const auto item = read_postnord(postnord_body("EN_ROUTE", Json::array({postnord_item("I1", "EN_ROUTE", events)}))).items.at(0);
  ASSERT_EQ(item.events.size(), 4u);
  EXPECT_EQ(utc_text(item.events[0].time.utc), "2026-07-01T07:00:00");
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::place);
  EXPECT_EQ(item.events[0].place, "Terminalen, 10000 Orten, FI");
  EXPECT_EQ(utc_text(item.events[1].time.utc), "2026-01-01T09:00:00");
  EXPECT_EQ(utc_text(item.events[2].time.utc), "2025-07-01T08:00:00");
  EXPECT_EQ(item.events[2].time.basis, domain::ZoneBasis::carrier_zone);
  EXPECT_EQ(item.events[3].time.basis, domain::ZoneBasis::given_utc);
  EXPECT_EQ(item.estimated_raw, "2026-07-03T16:00:00");
  EXPECT_EQ(utc_text(item.estimated_at), "2026-07-03T13:00:00");
}

TEST(PostNordReply, AnnouncedAloneIsPreTransit) {
  const auto events = Json::array({postnord_event("68", "INFORMED", "2026-07-01T10:00:00")});
  const auto item = read_postnord(postnord_body("INFORMED", Json::array({postnord_item("I1", "INFORMED", events)}))).items.at(0);
  EXPECT_EQ(status_of(item), "pre_transit");
  EXPECT_FALSE(item.events.at(0).physical);
}

TEST(PostNordFaults, AreInsideAGoodAnswer) {
  const auto fault = [](const std::string& code) {
    return Json{{"TrackingInformationResponse",
                 {{"compositeFault", {{"faults", {{{"faultCode", code}, {"explanationText", "words"}}}}}}, {"shipments", Json::array()}}}}
        .dump();
  };
  EXPECT_EQ(read_postnord(fault("invalidIdentifier")).trouble, Trouble::bad_request);
  EXPECT_EQ(read_postnord(fault("invalidLocale")).trouble, Trouble::bad_request);
  EXPECT_EQ(read_postnord(fault("API-005")).trouble, Trouble::bad_request);
  EXPECT_EQ(read_postnord(fault("backendDown")).trouble, Trouble::service);
  EXPECT_EQ(read_postnord(fault("somethingElse"), 403).trouble, Trouble::auth);
  EXPECT_EQ(read_postnord(fault("invalidIdentifier")).detail, "invalidIdentifier: words");
  const auto reply = postnord_post().parse_track(CarrierAccount{}, answer(200, fault("invalidIdentifier")), ask({"x"}));
  EXPECT_EQ(reply.trouble, Trouble::none);
  EXPECT_EQ(reply.items.at(0).trouble, Trouble::bad_request);
}

TEST(PostNordFaults, NotFoundAndTheGateway) {
  const std::string empty = R"({"TrackingInformationResponse": {"shipments": []}})";
  EXPECT_EQ(postnord_post().parse_track(CarrierAccount{}, answer(200, empty), ask({"x"})).items.at(0).trouble, Trouble::not_found);
  EXPECT_EQ(read_postnord(R"({"message": "No API key found"})", 403).trouble, Trouble::auth);
  EXPECT_EQ(read_postnord(R"({"message": "too fast"})", 429).trouble, Trouble::rate_limited);
  EXPECT_EQ(read_postnord(R"({"detail": "bad id"})", 400).trouble, Trouble::bad_request);
  EXPECT_EQ(read_postnord(empty, 500).trouble, Trouble::service);
  EXPECT_EQ(read_postnord(R"({"TrackingInformationResponse": {}})").trouble, Trouble::bad_reply);
  EXPECT_EQ(read_postnord("{}").trouble, Trouble::bad_reply);
}

TEST(PostNordHostile, FormsAreSurvived) {
  const auto events = Json::array({kOnItsWay, postnord_event("z08", "OTHER", "2026-07-02T10:05:00")});
  survives_hostile_forms(
      postnord_api(),
      postnord_body("EN_ROUTE", Json::array({postnord_item("I1", "EN_ROUTE", events), postnord_item("I2", "DELIVERED", events)})));
}

TEST(PostNordNumbers, AreSwedishAndDanishS10AndSscc) {
  EXPECT_TRUE(postnord_post().is_number("UA123456785SE"));
  EXPECT_TRUE(postnord_post().is_number("UA123456785DK"));
  EXPECT_FALSE(postnord_post().is_number("UA123456785GB"));
  EXPECT_FALSE(postnord_post().is_number("UA123456786SE"));
  EXPECT_TRUE(find_carrier("royal_mail")->is_number("UA123456785GB"));
  EXPECT_FALSE(find_carrier("royal_mail")->is_number("UA123456785SE"));
}

}  // namespace
}  // namespace roundtrip::carriers::test
