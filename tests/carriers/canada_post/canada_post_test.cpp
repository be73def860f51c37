// Canada Post: requests, tracking details and summaries, errors. Every reply here is invented after the documented format.
#include "carriers/canada_post/canada_post.hpp"

#include "../replies.hpp"

namespace roundtrip::carriers::test {
namespace {
using domain::TrackingReason;

CarrierAccount canada_account() {
  CarrierAccount account;
  account.carrier = "canada_post";
  account.key = "user";
  account.secret = "pass";
  return account;
}

struct Scan {
  std::string code, date, time, zone = "EST", province = "ON", text = "Un texte en français", signatory = "";
};
std::string occurrence(const Scan& scan) {
  return "<occurrence><event-identifier>" + scan.code + "</event-identifier><event-date>" + scan.date + "</event-date><event-time>" +
         scan.time + "</event-time><event-time-zone>" + scan.zone + "</event-time-zone><event-description>" + scan.text +
         "</event-description><signatory-name>" + scan.signatory + "</signatory-name><event-site>OTTAWA</event-site><event-province>" +
         scan.province + "</event-province><event-retail-location-id/><event-retail-name/></occurrence>";
}
std::string detail(const std::vector<Scan>& scans, const std::string& more = "") {
  std::string events;
  for (const auto& scan : scans) events += occurrence(scan);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><tracking-detail xmlns=\"http://www.canadapost.ca/ws/track\">"
         "<pin>7035114477138472</pin><destination-postal-id>R3C1A3</destination-postal-id>" +
         more + "<significant-events>" + events + "</significant-events></tracking-detail>";
}
TrackedNumber read_detail(const std::string& xml) {
  const auto reply = read_reply(api_of(canada_post_carrier(), "track_detail"), answer(200, xml));
  if (reply.items.size() != 1) throw std::logic_error("not one item: " + reply.detail);
  return reply.items[0];
}

TEST(CanadaPostRequests, DetailAndSummary) {
  auto account = canada_account();
  auto queries = ask({"7035 1144 7713 8472"});
  auto request = canada_post_carrier().track_request(account, queries);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://soa-gw.canadapost.ca/vis/track/pin/7035114477138472/detail");
  EXPECT_EQ(header_of(request, "Accept"), "application/vnd.cpc.track-v2+xml");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_EQ(header_of(request, "Accept-language"), "en-CA");
  account.api = "track_summary";
  account.base_url = "https://ct.soa-gw.canadapost.ca";
  queries[0].locale = "fr";
  request = canada_post_carrier().track_request(account, queries);
  EXPECT_EQ(request.url, "https://ct.soa-gw.canadapost.ca/vis/track/pin/7035114477138472/summary");
  EXPECT_EQ(header_of(request, "Accept-language"), "fr-CA");
}

TEST(CanadaPostNumbers, ShapesAndCheckDigits) {
  for (const char* good : {"0073938000549297", "7035114477138472", "4002847016405018", "RN123456785CA"})
    EXPECT_TRUE(canada_post_carrier().is_number(good)) << good;
  for (const char* bad : {"0073938000549292", "5002847016405018", "RN123456784CA", "RN123456785US", "703511447713847", "", "12RN3456785CA"})
    EXPECT_FALSE(canada_post_carrier().is_number(bad)) << bad;
}

struct CodeCase {
  const char *code, *expected;
  TrackingReason reason;
};
TEST(CanadaPostStatus, EveryFamilyByCodeNeverByText) {
  const CodeCase kCases[] = {
      {"3000", "pre_transit", TrackingReason::none},
      {"3002", "pre_transit", TrackingReason::none},
      {"2300", "in_transit", TrackingReason::none},
      {"0100", "in_transit", TrackingReason::none},
      {"100", "in_transit", TrackingReason::none},
      {"0174", "out_for_delivery", TrackingReason::none},
      {"174", "out_for_delivery", TrackingReason::none},
      {"0500", "out_for_delivery", TrackingReason::none},
      {"1479", "available_for_pickup", TrackingReason::recipient_not_home},
      {"1701", "available_for_pickup", TrackingReason::none},
      {"1411", "delivery_attempted", TrackingReason::recipient_closed},
      {"0159", "exception", TrackingReason::weather_delay},
      {"0173", "exception", TrackingReason::recipient_wrong_address},
      {"810", "exception", TrackingReason::customs_delay},
      {"1496", "delivered", TrackingReason::none},
      {"1408", "delivered", TrackingReason::none},
      {"1417", "return_to_sender", TrackingReason::recipient_refused},
      {"1419", "return_to_sender", TrackingReason::recipient_not_collected},
      {"9999", "unknown", TrackingReason::none},
  };
  for (const auto& one : kCases) {
    const auto item = read_detail(detail({{one.code, "2026-11-20", "10:00:00"}}));
    EXPECT_EQ(status_of(item), one.expected) << one.code;
    EXPECT_EQ(domain::derive_status(item.events).reason, one.reason) << one.code;
    EXPECT_EQ(item.events.at(0).raw_code, one.code) << "as the carrier wrote it";
    EXPECT_EQ(item.events.at(0).raw_text, "Un texte en français");
  }
}

TEST(CanadaPostStatus, APhotoIsANoticeAndASignatureIsTheDelivery) {
  const auto photo = read_detail(detail({{"2001", "2026-11-20", "12:00:00"}, {"0100", "2026-11-20", "10:00:00"}}));
  EXPECT_EQ(status_of(photo), "in_transit");
  const auto item = read_detail(detail({{"20", "2026-11-20", "12:00:00", "EST", "ON", "Signature", "A BERG"},
                                        {"1496", "2026-11-20", "12:00:00"},
                                        {"0174", "2026-11-20", "08:00:00"}}));
  EXPECT_EQ(status_of(item), "delivered");
  EXPECT_EQ(item.signed_by, "A BERG");
  EXPECT_EQ(item.status_raw.substr(0, 2), "20");
}

TEST(CanadaPostStatus, ASignatureOfBeforeIsNotOfThisDelivery) {
  const std::vector<Scan> first = {{"20", "2026-11-18", "12:00:00", "EST", "ON", "Signature", "THE NEIGHBOR"}};
  auto scans = first;
  scans.insert(scans.begin(), {"0174", "2026-11-20", "08:00:00"});
  EXPECT_EQ(read_detail(detail(scans)).signed_by, "") << "on its way again";
  scans.insert(scans.begin(), {"1421", "2026-11-20", "11:00:00"});
  const auto item = read_detail(detail(scans));
  EXPECT_EQ(status_of(item), "delivered");
  EXPECT_EQ(item.signed_by, "") << "left at the door";
}

TEST(CanadaPostStatus, TheWayBackEndsWithTheSender) {
  const std::vector<Scan> scans = {{"1496", "2026-11-24", "10:00:00"},
                                   {"0174", "2026-11-24", "08:00:00"},
                                   {"1417", "2026-11-20", "10:00:00"},
                                   {"0500", "2026-11-20", "08:00:00"}};
  auto item = read_detail(detail(scans));
  EXPECT_EQ(status_of(item), "returned");
  EXPECT_TRUE(item.events.at(0).return_leg);
  EXPECT_FALSE(item.events.at(3).return_leg) << "before the turn";
  item = read_detail(detail({scans.begin() + 1, scans.end()}));
  EXPECT_EQ(status_of(item), "return_to_sender");
  EXPECT_EQ(domain::derive_status(item.events).reason, TrackingReason::recipient_refused);
}

TEST(CanadaPostStatus, AReturnThatNamesItsWayOutIsAllReturnLeg) {
  const std::vector<Scan> scans = {{"1496", "2026-11-24", "10:00:00"}, {"1303", "2026-11-20", "10:00:00"}};
  EXPECT_EQ(status_of(read_detail(detail(scans, "<original-pin>0073938000549297</original-pin>"))), "returned");
  EXPECT_EQ(status_of(read_detail(detail(scans, "<original-pin/><return-pin>0073938000549297</return-pin>"))), "delivered")
      << "a return label that exists says nothing about this parcel";
  EXPECT_EQ(status_of(read_detail(
                detail({{"1498", "2026-11-24", "10:00:00", "EST", "QC", "L'article a été renvoyé avec succès à l'expéditeur."}}))),
            "returned");
}

struct ZoneCase {
  const char *zone, *province, *utc;
  domain::ZoneBasis basis;
};
TEST(CanadaPostTimes, AbbreviationsThenThePlace) {
  using domain::ZoneBasis;
  const ZoneCase kCases[] = {
      {"EST", "QC", "2024-11-20T15:00:00Z", ZoneBasis::given_offset},
      {"EDT", "QC", "2024-11-20T14:00:00Z", ZoneBasis::given_offset},
      {"NST", "NL", "2024-11-20T13:30:00Z", ZoneBasis::given_offset},
      {"NDT", "NL", "2024-11-20T12:30:00Z", ZoneBasis::given_offset},
      {"PST", "BC", "2024-11-20T18:00:00Z", ZoneBasis::given_offset},
      {"AST", "NS", "2024-11-20T14:00:00Z", ZoneBasis::given_offset},
      {"", "MB", "2024-11-20T16:00:00Z", ZoneBasis::place},
      {"", "ON", "", ZoneBasis::none},
      {"ISRAEL", "", "", ZoneBasis::none},
  };
  for (const auto& one : kCases) {
    const auto item = read_detail(detail({{"0100", "2024-11-20", "10:00:00", one.zone, one.province}}));
    const auto& time = item.events.at(0).time;
    EXPECT_EQ(time.raw, joined({"2024-11-20 10:00:00", one.zone}, " "));
    EXPECT_EQ(time.local, "2024-11-20T10:00:00");
    EXPECT_EQ(time.utc ? format_rfc3339(*time.utc) : "", one.utc) << one.zone << one.province;
    EXPECT_EQ(time.basis, one.basis) << one.zone << one.province;
  }
}

TEST(CanadaPostTimes, TheChangedDateIsTheEstimate) {
  const auto eta = [](const std::string& more) {
    const auto item = read_detail(detail({}, more));
    return item.estimated_at ? format_rfc3339(*item.estimated_at) : "none";
  };
  EXPECT_EQ(eta("<changed-expected-date/><expected-delivery-date>2024-11-25</expected-delivery-date>"), "2024-11-26T05:59:59Z")
      << "Manitoba";
  EXPECT_EQ(eta("<changed-expected-date>2024-11-27</changed-expected-date><expected-delivery-date>2024-11-25</expected-delivery-date>"),
            "2024-11-28T05:59:59Z");
  EXPECT_EQ(eta("<expected-delivery-date/>"), "none");
}

std::string summary(const std::string& type, const std::string& delivered_on) {
  return "<tracking-summary><pin-summary><pin>7035114477138472</pin><destination-province>MB</destination-province>"
         "<expected-delivery-date>2026-11-25</expected-delivery-date><actual-delivery-date>" +
         delivered_on +
         "</actual-delivery-date><event-date-time>20261120:133457</event-date-time><event-description>Something</event-description>"
         "<event-type>" +
         type +
         "</event-type><event-location>OTTAWA, ON</event-location><signatory-name>A BERG</signatory-name></pin-summary>"
         "</tracking-summary>";
}
TEST(CanadaPostSummary, KnownWordsAndTheDateOfDelivery) {
  const auto read = [](const std::string& xml) {
    const auto alike = apis_like(canada_post_carrier(), {200, {}, xml});
    EXPECT_EQ(alike.size(), 1u);
    return read_reply(*alike.at(0), answer(200, xml)).items.at(0);
  };
  const auto item = read(summary("DELIVERED", "2026-11-20"));
  EXPECT_EQ(status_of(item), "delivered");
  EXPECT_EQ(item.signed_by, "A BERG");
  EXPECT_EQ(item.events.at(0).time.local, "2026-11-20T13:34:57");
  EXPECT_EQ(item.events.at(0).time.basis, domain::ZoneBasis::none);
  EXPECT_EQ(status_of(read(summary("INFO", "2026-11-20"))), "delivered") << "the date says it";
  EXPECT_EQ(status_of(read(summary("INDUCTION", ""))), "pre_transit");
  EXPECT_EQ(status_of(read(summary("INFO", ""))), "unknown");
  EXPECT_EQ(read(summary("OUT", "")).signed_by, "");
}

struct ErrorCase {
  int status;
  const char* body;
  Trouble trouble;
};
TEST(CanadaPostErrors, AreToldApart) {
  const ErrorCase kCases[] = {
      {200, "<messages><message><code>004</code><description>No Pin History</description></message></messages>", Trouble::not_found},
      {404, "<messages><message><code>004</code><description>No Pin History</description></message></messages>", Trouble::not_found},
      {401, "<messages><message><code>E002</code><description>AAA Authentication Failure</description></message></messages>",
       Trouble::auth},
      {403, "<wrapper><messages><message><code>AA003</code><description>x</description></message></messages></wrapper>", Trouble::auth},
      {500, "<messages><message><code>Server</code><description>Rejected by SLM Monitor</description></message></messages>",
       Trouble::rate_limited},
      {429, "<messages/>", Trouble::rate_limited},
      {400, "<messages><message><code>1234</code><description>Invalid PIN</description></message></messages>", Trouble::bad_request},
      {503, "<html><body>down</body></html>", Trouble::service},
      {200, "<html><body>hello</body></html>", Trouble::bad_reply},
  };
  for (const auto& one : kCases) {
    const auto reply = read_reply(api_of(canada_post_carrier(), "track_detail"), answer(one.status, one.body));
    EXPECT_EQ(reply.trouble, one.trouble) << one.body << " " << reply.detail;
    EXPECT_TRUE(reply.items.empty());
    if (one.trouble == Trouble::rate_limited) {
      EXPECT_EQ(reply.retry_after_us, kMinute) << one.body;
    }
  }
  const auto asked = canada_post_carrier().parse_track(canada_account(), answer(200, kCases[0].body), ask({"7035114477138472"}));
  ASSERT_EQ(asked.items.size(), 1u);
  EXPECT_EQ(asked.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(asked.items[0].detail, "004 No Pin History");
}

TEST(CanadaPostHostile, EveryReaderSurvives) {
  survives_hostile_forms(api_of(canada_post_carrier(), "track_detail"),
                         detail({{"1496", "2026-11-24", "10:00:00"}, {"1417", "2026-11-20", "10:00:00"}},
                                "<expected-delivery-date>2026-11-25</expected-delivery-date>"));
  survives_hostile_forms(api_of(canada_post_carrier(), "track_summary"), summary("DELIVERED", "2026-11-20"));
}

}  // namespace
}  // namespace roundtrip::carriers::test
