// Australia Post's Track Items: requests, replies, errors. The fixtures are invented after the documented format.
#include <set>

#include "carriers/australia_post/codes.hpp"
#include "carriers/replies.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& auspost() { return *find_carrier("australia_post"); }
const Api& auspost_api() { return api_of(auspost(), "track_v1"); }
std::string auspost_utc(const std::optional<Instant>& at) { return at ? format_rfc3339(*at).substr(0, 19) : ""; }

Json auspost_event(const std::string& words, const std::string& at, const std::string& location = "BALLARAT VIC") {
  return {{"description", words}, {"date", at}, {"location", location}};
}
Json auspost_article(const std::string& id, const std::string& status, Json events) {
  return {{"article_id", id}, {"product_type", "eParcel"}, {"status", status}, {"events", std::move(events)}};
}
std::string auspost_body(Json results) { return Json{{"tracking_results", std::move(results)}}.dump(); }
TrackReply read_auspost(const std::string& body, int status = 200, Headers headers = {}) {
  return read_reply(auspost_api(), answer(status, body, std::move(headers)));
}
TrackedNumber auspost_one(const std::string& status, Json events) {
  const Json result = {
      {"tracking_id", "A1"}, {"status", status}, {"trackable_items", Json::array({auspost_article("A1", status, std::move(events))})}};
  return read_auspost(auspost_body(Json::array({result}))).items.at(0);
}
const std::string kMonday = "2026-06-01T10:00:00+10:00", kTuesday = "2026-06-02T10:00:00+10:00";

TEST(AustraliaPostRequest, NamesUpToTenNumbersAndTheAccount) {
  CarrierAccount account;
  account.key = "key";
  account.secret = "pass";
  account.customer = "1000000001";
  const auto request = auspost().track_request(account, ask({"A1B2 3", "33XXX0000001"}));
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://digitalapi.auspost.com.au/shipping/v1/track?tracking_ids=A1B2%203,33XXX0000001");
  const Headers wanted = {{"Authorization", "Basic a2V5OnBhc3M="}, {"Account-Number", "1000000001"}, {"Accept", "application/json"}};
  EXPECT_EQ(request.headers, wanted);
  EXPECT_EQ(auspost().capabilities().numbers_per_call, 10);
  EXPECT_EQ(auspost().capabilities().calls_per_minute, 10);
}

TEST(AustraliaPostRequest, IsAsTheSpecificationSays) {
  const auto spec = shared_file("carriers/specs/australia_post/openapi-unofficial.yaml");
  if (spec.empty()) GTEST_SKIP() << "the carrier's specification is not at hand";
  const auto path = spec.find("\n  /track:\n    get:");
  ASSERT_NE(path, std::string::npos);
  EXPECT_NE(spec.find("- name: tracking_ids", path), std::string::npos);
  EXPECT_NE(spec.find("https://digitalapi.auspost.com.au"), std::string::npos);
}

TEST(AustraliaPostReply, TheStatusOfTheResultCounts) {
  const std::pair<const char*, const char*> kCases[] = {{"Created", "pre_transit"},
                                                        {"In transit", "in_transit"},
                                                        {"On Board for Delivery", "out_for_delivery"},
                                                        {"Delivered", "delivered"},
                                                        {"Awaiting Collection", "available_for_pickup"},
                                                        {"Unsuccessful Delivery", "delivery_attempted"},
                                                        {"Possible delay", "in_transit"},
                                                        {"Article damaged", "exception"},
                                                        {"Cannot be delivered", "exception"},
                                                        {"Cancelled", "exception"},
                                                        {"Delivered in Full", "delivered"},
                                                        {"Item Delivered", "delivered"},
                                                        {"Returned to sender", "returned"},
                                                        {"Unknown", "pre_transit"}};
  const auto told = Json::array({auspost_event("Shipping information received by Australia Post", kMonday)});
  for (const auto& [status, ours] : kCases) {
    const auto item = auspost_one(status, told);
    EXPECT_EQ(status_of(item), ours) << status;
    EXPECT_EQ(item.status_raw, status);
  }
  // A facility's late scan does not undo what is stated.
  const auto late =
      Json::array({auspost_event("Processed through Australia Post facility", kTuesday), auspost_event("Delivered", kMonday)});
  EXPECT_EQ(status_of(auspost_one("Delivered", late)), "delivered");
  EXPECT_EQ(auspost_one("Article damaged", told).headline->reason, domain::TrackingReason::carrier_damaged);
}

TEST(AustraliaPostReply, EventsSayMoreThanInTransit) {
  EXPECT_EQ(status_of(auspost_one("In transit", Json::array({auspost_event("Onboard for delivery", kTuesday)}))), "out_for_delivery");
  EXPECT_EQ(status_of(auspost_one("Unknown", Json::array({auspost_event("Processed by air carrier", kTuesday)}))), "in_transit");
  EXPECT_EQ(status_of(auspost_one("Initiated", Json::array({auspost_event("In transit", kTuesday)}))), "in_transit");
}

TEST(AustraliaPostReply, PhrasesAreExactOrGoOn) {
  const auto said = [](const std::string& words) {
    return auspost_one("Unknown", Json::array({auspost_event(words, kMonday)})).events.at(0);
  };
  EXPECT_EQ(said("AWAITING COLLECTION at EXAMPLE LPO").status, domain::TrackingStatus::available_for_pickup);
  EXPECT_EQ(said("In transit to next facility in DARRA QLD").sub_code, "departed_facility");
  EXPECT_EQ(said("Attempted delivery - being carded to Australia\n\t\tPost outlet").sub_code, "card_left");
  EXPECT_EQ(said("Attempted delivery - Unable to gain access").reason, domain::TrackingReason::recipient_no_access);
  EXPECT_EQ(said("Attempted delivery - a dog").status, domain::TrackingStatus::delivery_attempted);
  EXPECT_EQ(said("Delivered - Left in a safe place").sub_code, "left_in_safe_place");
  EXPECT_EQ(said("Delivered to somebody else").status, domain::TrackingStatus::unknown);
  EXPECT_EQ(said("Not delivered").status, domain::TrackingStatus::unknown);
  EXPECT_FALSE(said("Shipping information approved by Australia Post").physical);
  std::set<std::string_view> seen;
  for (const auto& row : australia_post::kPhrases) EXPECT_TRUE(seen.insert(row.code).second) << row.code << " stands twice";
}

TEST(AustraliaPostReply, TheConsignmentCountsBeforeItsArticles) {
  const Json result = {
      {"tracking_id", "5XXXX0000001"},
      {"consignment", {{"status", "Awaiting Collection"}, {"events", Json::array({auspost_event("Awaiting collection", kTuesday)})}}},
      {"trackable_items", Json::array({auspost_article("5XXXX0000001FPP00001", "In Transit",
                                                       Json::array({auspost_event("Freight Handling", kMonday, "MEL")}))})}};
  const auto item = read_auspost(auspost_body(Json::array({result}))).items.at(0);
  EXPECT_EQ(status_of(item), "available_for_pickup");
  EXPECT_EQ(item.number, "5XXXX0000001");
  EXPECT_EQ(item.events.size(), 2u);
}

TEST(AustraliaPostReply, ArticlesMayStandDeeperAndHaveTheOnlyStatus) {
  const auto arrived = auspost_article("A1", "Delivered", Json::array({auspost_event("Delivered", kTuesday)}));
  const auto moving = auspost_article("A2", "In transit", Json::array({auspost_event("In transit", kMonday)}));
  const auto said = [](Json articles) {
    const Json inner = {{"consignment_id", "C1"}, {"number_of_items", articles.size()}, {"items", std::move(articles)}};
    return status_of(
        read_auspost(auspost_body(Json::array({Json{{"tracking_id", "C1"}, {"trackable_items", Json::array({inner})}}}))).items.at(0));
  };
  EXPECT_EQ(said(Json::array({arrived})), "delivered");
  EXPECT_EQ(said(Json::array({arrived, moving})), "in_transit");
  EXPECT_EQ(said(Json::array({arrived, arrived})), "delivered");
}

TEST(AustraliaPostReply, TimesAreOfTheState) {
  const auto events = Json::array({auspost_event("In transit", "2026-01-02T10:00:00+11:00", "PERTH WA"),
                                   auspost_event("In transit", "2026-01-01 10:00:00", "DARWIN NT"),
                                   auspost_event("In transit", "2025-12-31T10:00:00", "CHICAGO (US)"),
                                   auspost_event("In transit", "2025-12-30T10:00:00+11:00", "NZ")});
  const auto item = auspost_one("In transit", events);
  ASSERT_EQ(item.events.size(), 4u);
  EXPECT_EQ(auspost_utc(item.events[0].time.utc), "2026-01-01T23:00:00");
  EXPECT_EQ(item.events[0].time.local, "2026-01-02T07:00:00");
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::given_offset);
  EXPECT_EQ(auspost_utc(item.events[1].time.utc), "2026-01-01T00:30:00");
  EXPECT_EQ(item.events[1].time.basis, domain::ZoneBasis::place);
  EXPECT_EQ(auspost_utc(item.events[2].time.utc), "2025-12-30T23:00:00");
  EXPECT_EQ(item.events[2].time.basis, domain::ZoneBasis::carrier_zone);
  EXPECT_EQ(item.events[3].time.local, "2025-12-30T10:00:00");
}

TEST(AustraliaPostErrors, OfOneNumberHarmNoOther) {
  const auto error = [](const std::string& id, const std::string& code) {
    return Json{{"tracking_id", id}, {"errors", Json::array({Json{{"code", code}, {"name", "words"}}})}};
  };
  const auto body =
      auspost_body(Json::array({error("B", "ESB-10001"), error("C", "ESB-10002"), error("D", "ESB-20010"), error("E", "51104"),
                                Json{{"tracking_id", "A"}, {"status", "Delivered"}, {"trackable_items", Json::array()}}}));
  const auto reply = auspost().parse_track(CarrierAccount{}, answer(200, body), ask({"A", "B", "C", "D", "E", "F"}));
  ASSERT_EQ(reply.items.size(), 6u);
  EXPECT_EQ(status_of(reply.items[0]), "delivered");
  const Trouble kWanted[] = {Trouble::not_found, Trouble::bad_request, Trouble::service, Trouble::not_found, Trouble::not_found};
  for (std::size_t i = 0; i < std::size(kWanted); ++i) EXPECT_EQ(reply.items[i + 1].trouble, kWanted[i]) << i;
  EXPECT_EQ(reply.items[1].detail, "ESB-10001 words");
}

TEST(AustraliaPostErrors, OfTheCall) {
  const auto body = [](const std::string& name, const std::string& code) {
    return Json{{"errors", Json::array({Json{{name, code}, {"message", "words"}}})}}.dump();
  };
  struct Case {
    int status;
    std::string body;
    Trouble trouble;
  };
  const Case kCases[] = {{429, body("error_code", "API_002"), Trouble::rate_limited},
                         {200, body("error_code", "API_002"), Trouble::rate_limited},
                         {401, body("error_code", "API_001"), Trouble::auth},
                         {403, body("error_code", "API_001"), Trouble::auth},
                         {400, body("code", "51101"), Trouble::bad_request},
                         {400, body("code", "51103"), Trouble::bad_request},
                         {400, body("code", "51104"), Trouble::not_found},
                         {500, body("code", "99999"), Trouble::service},
                         {503, "{}", Trouble::service},
                         {200, "{}", Trouble::bad_reply}};
  for (const auto& one : kCases) EXPECT_EQ(read_auspost(one.body, one.status).trouble, one.trouble) << one.status << one.body;
  EXPECT_EQ(read_auspost(body("error_code", "API_002"), 429).retry_after_us, kMinute);
  EXPECT_EQ(read_auspost(body("error_code", "API_002"), 429, {{"retry-after", "7"}}).retry_after_us, 7 * kSecond);
}

TEST(AustraliaPostHostile, FormsAreSurvived) {
  const auto article = auspost_article(
      "A1", "Delivered", Json::array({auspost_event("Delivered", kTuesday), auspost_event("Awaiting collection at X", kMonday)}));
  const Json result = {{"tracking_id", "A1"},
                       {"status", "Delivered"},
                       {"consignment", {{"status", "Delivered in Full"}, {"events", Json::array()}}},
                       {"trackable_items", Json::array({Json{{"consignment_id", "A1"}, {"items", Json::array({article, article})}}})}};
  survives_hostile_forms(
      auspost_api(),
      auspost_body(Json::array({result, Json{{"tracking_id", "B"}, {"errors", Json::array({Json{{"code", "ESB-10001"}}})}}})));
}

TEST(AustraliaPostNumbers, AreAustralian) {
  EXPECT_TRUE(auspost().is_number("RB123456785AU"));
  EXPECT_FALSE(auspost().is_number("RB123456785GB"));
}

}  // namespace
}  // namespace roundtrip::carriers::test
