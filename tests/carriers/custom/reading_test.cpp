// How described replies are read: places, times, codes, the way back, errors; hostile forms of each kind of document.
#include "described.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {
using domain::ZoneBasis;

TrackedNumber one_event(const std::string& more, const std::string& event) {
  return only(read_with(*described(minimal(more)), "{\"events\": [" + event + "]}"));
}

TEST(DescribedReplies, CodesPhrasesAndNoticesMeanWhatTheFileSays) {
  const std::string codes =
      "[codes]\nA = \"in_transit\"\nB = { status = \"exception\", reason = \"weather_delay\", sub_code = \"storm\", physical = false }\n"
      "[texts]\n\"Gone\" = { status = \"lost\", reason = \"carrier_lost\" }\n";
  const auto plain = one_event(codes, R"({"c": "A", "t": "moving"})").events.at(0);
  EXPECT_EQ(plain.status, domain::TrackingStatus::in_transit);
  EXPECT_EQ(plain.raw_text, "moving");
  const auto notice = one_event(codes, R"({"c": "B"})").events.at(0);
  EXPECT_EQ(notice.reason, domain::TrackingReason::weather_delay);
  EXPECT_EQ(notice.sub_code, "storm");
  EXPECT_FALSE(notice.physical);
  const auto phrase = one_event(codes, R"({"c": "A", "t": "Gone"})").events.at(0);
  EXPECT_EQ(phrase.status, domain::TrackingStatus::lost) << "a known phrase is finer than the code";
  const auto unknown = one_event(codes, R"({"c": "Q", "t": "?"})");
  EXPECT_EQ(unknown.events.at(0).status, domain::TrackingStatus::unknown);
  EXPECT_EQ(unknown.events.at(0).raw_code, "Q");
  EXPECT_EQ(unknown.status_raw, "Q ?") << "without a headline the newest event speaks";
  EXPECT_TRUE(one_event(codes, R"({"x": 1})").events.empty()) << "nothing said is no event";
}

TEST(DescribedReplies, TheWayBackIsFoundByItsMark) {
  const std::string rules =
      "[[events.return_leg]]\nat = \"/dir\"\nis = [\"back\", \"B\"]\n[[events.return_leg]]\nat = \"/t\"\ncontains = \"to sender\"\n"
      "[codes]\nD = \"delivered\"\n";
  EXPECT_EQ(status_of(one_event(rules, R"({"c": "D"})")), "delivered");
  EXPECT_EQ(status_of(one_event(rules, R"({"c": "D", "dir": "B"})")), "returned");
  EXPECT_EQ(status_of(one_event(rules, R"({"c": "D", "dir": "out"})")), "delivered");
  EXPECT_EQ(status_of(one_event(rules, R"({"c": "D", "t": "given to sender, signed"})")), "returned");
}

struct Clock {
  const char* rule;
  const char* event;
  const char* local;
  const char* utc;  // "": not known
  ZoneBasis basis;
};
const Clock kClocks[] = {
    {"at = '/a'", R"("a": "2026-07-01T09:15:00+02:00")", "2026-07-01T09:15:00", "2026-07-01T07:15:00Z", ZoneBasis::given_offset},
    {"at = '/a'", R"("a": "2026-07-01T09:15:00-03:30")", "2026-07-01T09:15:00", "2026-07-01T12:45:00Z", ZoneBasis::given_offset},
    {"at = '/a'", R"("a": "2026-07-01T09:15:00Z")", "2026-07-01T09:15:00", "2026-07-01T09:15:00Z", ZoneBasis::given_utc},
    {"at = '/a'\nlocal = '/b'", R"("a": "2026-07-01T09:15:00Z", "b": "2026-07-01T11:15:00")", "2026-07-01T11:15:00", "2026-07-01T09:15:00Z",
     ZoneBasis::given_utc},
    {"at = '/a'", R"("a": "2026-07-01 09:15")", "2026-07-01T09:15:00", "", ZoneBasis::none},
    {"at = '/a'\nzone = 'Europe/Lisbon'", R"("a": "2026-07-01 09:15")", "2026-07-01T09:15:00", "2026-07-01T08:15:00Z",
     ZoneBasis::carrier_zone},
    {"at = '/a'\ncountry = '/l'\nzone = 'Europe/Lisbon'", R"("a": "2026-07-01 09:15", "l": "DE")", "2026-07-01T09:15:00",
     "2026-07-01T07:15:00Z", ZoneBasis::place},
    {"at = '/a'\ncountry = '/l'\ncountry_after = ','", R"("a": "2026-07-01 09:15", "l": "Essen, DE")", "2026-07-01T09:15:00",
     "2026-07-01T07:15:00Z", ZoneBasis::place},
    {"at = '/a'\nin_country = 'US'\nregion = '/r'", R"("a": "2026-07-01 09:15", "r": "WI")", "2026-07-01T09:15:00", "2026-07-01T14:15:00Z",
     ZoneBasis::place},
    {"at = '/a'\ncountry = '/l'", R"("a": "2026-07-01 09:15", "l": "Alemanha")", "2026-07-01T09:15:00", "2026-07-01T07:15:00Z",
     ZoneBasis::place},
    {"date = '/d'\nclock = '/k'\noffset = '/o'", R"("d": "2026-07-01", "k": "09:15:00", "o": "-07:00")", "2026-07-01T09:15:00",
     "2026-07-01T16:15:00Z", ZoneBasis::given_offset},
    {"date = '/d'\nclock = '/k'", R"("d": "2026-07-01")", "2026-07-01", "", ZoneBasis::none},
    {"date = '/d'\nclock = '/k'\nformat = 'compact'", R"("d": "2026-07-01", "k": "91500")", "", "", ZoneBasis::none},
    {"date = '/d'\nclock = '/k'\nformat = 'compact'", R"("d": "2026-07-01", "k": "091500")", "2026-07-01T09:15:00", "", ZoneBasis::none},
    {"at = '/a'\nformat = 'compact'", R"("a": "20260701091500")", "2026-07-01T09:15:00", "", ZoneBasis::none},
    {"at = '/a'\nformat = '%d.%m.%Y %H:%M'", R"("a": "01.07.2026 09:15")", "2026-07-01T09:15:00", "", ZoneBasis::none},
    {"date = '/d'\nclock = '/k'\nformat = '%d.%m.%Y %H:%M'\nzone = 'Europe/Lisbon'", R"("d": "01.07.2026", "k": "09:15")",
     "2026-07-01T09:15:00", "2026-07-01T08:15:00Z", ZoneBasis::carrier_zone},
    {"at = '/a'\nformat = 'unix'", R"("a": 1782896400)", "2026-07-01T09:00:00", "2026-07-01T09:00:00Z", ZoneBasis::given_utc},
    {"at = '/a'\nformat = 'unix_ms'", R"("a": "1782896400000")", "2026-07-01T09:00:00", "2026-07-01T09:00:00Z", ZoneBasis::given_utc},
    {"at = '/a'\nformat = 'dotnet'", R"("a": "/Date(1782896400000-0500)/")", "2026-07-01T04:00:00", "", ZoneBasis::none},
    // The day of the one, the clock of the other, each at the offset it was written with.
    {"date = '/d'\nclock = '/k'\nformat = 'dotnet'\nzone = 'America/Chicago'",
     R"("d": "/Date(1469163600000-0500)/", "k": "/Date(1484870400000-0600)/")", "2016-07-22T18:00:00", "2016-07-22T23:00:00Z",
     ZoneBasis::carrier_zone},
    {"at = '/a'\nformat = 'dotnet'", R"("a": "/Date(-62135575200000-0600)/")", "", "", ZoneBasis::none},
    {"at = '/a'", R"("a": "yesterday")", "", "", ZoneBasis::none},
    {"at = '/a'\nformat = 'unix'", R"("a": 1e300)", "", "", ZoneBasis::none},
    {"at = '/a'\nformat = 'dotnet'", R"("a": "/Date(99999999999999999999)/")", "", "", ZoneBasis::none},
    {"at = '/a'", R"("a": null)", "", "", ZoneBasis::none},
};

TEST(DescribedReplies, TimesAreKeptThreeWays) {
  for (const auto& clock : kClocks) {
    const auto rule = std::string("[events.time]\n") + clock.rule + "\n[countries]\nAlemanha = \"DE\"\n";
    const auto time = one_event(rule, "{\"c\": \"A\", " + std::string(clock.event) + "}").events.at(0).time;
    EXPECT_EQ(time.local, clock.local) << clock.rule << " " << clock.event;
    EXPECT_EQ(time.utc ? format_rfc3339(*time.utc).substr(0, 19) + "Z" : "", clock.utc) << clock.rule << " " << clock.event;
    EXPECT_EQ(time.basis, clock.basis) << clock.rule << " " << clock.event;
  }
}

TEST(DescribedReplies, PlacesAreJoinedAndOthersTakeTheFirstThatSpeaks) {
  const auto carrier = described(
      "name = \"a\"\ntitle = \"A\"\nbase_url = \"https://a.example\"\n[reply]\nkind = \"json\"\nknown_by = \"/list\"\nrecords = "
      "\"/list/*\"\n"
      "number = [\"/no\", \"/number\"]\nweight = \"/w~1g\"\nweight_unit_is = \"g\"\nsigned_by = \"/sign~0\"\nmissing = \"/not\"\n"
      "[events]\nlist = \"/steps\"\ncode = \"\"\nplace = [\"\", \"\"]\n[codes]\nDONE = \"delivered\"\n");
  const auto reply = read_with(*carrier, R"({"list": {"x": {"no": "", "number": "N1", "w/g": 250, "sign~": "Ana", "steps": ["DONE"]},
                                                      "y": {"no": 17, "steps": {}}}, "not": ["N2", "", null, "N3"]})");
  ASSERT_EQ(reply.items.size(), 4U) << reply.detail;
  EXPECT_EQ(reply.items[0].number, "N1");
  EXPECT_EQ(reply.items[0].weight_g, 250);
  EXPECT_EQ(reply.items[0].signed_by, "Ana");
  EXPECT_EQ(status_of(reply.items[0]), "delivered");
  EXPECT_EQ(reply.items[0].events.at(0).place, "DONE") << "the same word once";
  EXPECT_EQ(reply.items[1].number, "17");
  EXPECT_EQ(reply.items[2].number, "N2");
  EXPECT_EQ(reply.items[2].trouble, Trouble::not_found);
  EXPECT_EQ(reply.items[3].number, "N3");
}

TEST(DescribedReplies, XmlIsReadWithoutPrefixes) {
  const auto carrier = described(
      "name = \"a\"\ntitle = \"A\"\nbase_url = \"https://a.example\"\n[reply]\nkind = \"xml\"\nknown_by = \"/Envelope/Body\"\n"
      "records = \"//Parcel\"\nnumber = \"@id\"\nsigned_by = \"concat('M. ', Info[@kind='sign'])\"\n"
      "[events]\nlist = \"Step[not(@hidden)]\"\ncode = \"@code\"\ntext = \"Text\"\n[codes]\nD = \"delivered\"\n");
  const std::string body =
      "<s:Envelope xmlns:s='urn:s' xmlns:x='urn:x'><s:Body><x:Parcel x:id='N1'><x:Info kind='sign'>Ana</x:Info>"
      "<x:Step code='D'><x:Text>Feito</x:Text></x:Step><x:Step code='D' x:hidden='1'/></x:Parcel></s:Body></s:Envelope>";
  const auto item = only(read_with(*carrier, body));
  EXPECT_EQ(item.number, "N1");
  EXPECT_EQ(item.signed_by, "M. Ana");
  ASSERT_EQ(item.events.size(), 1U);
  EXPECT_EQ(item.events[0].raw_text, "Feito");
  const Document document = Document::of(body);
  EXPECT_TRUE(carrier->apis().front().recognizes(Reply{200, {}, body, document}));
  const Document other = Document::of("<other/>");
  EXPECT_FALSE(carrier->apis().front().recognizes(Reply{200, {}, "<other/>", other}));
}

struct Fails {
  int status;
  const char* body;
  Trouble trouble;
  const char* detail;
};

TEST(DescribedReplies, ErrorsAreToldApartByWhatTheFileSays) {
  const auto carrier =
      described(minimal("[[errors]]\nstatus = 410\nkind = \"not_found\"\n"
                        "[[errors]]\nat = \"/error/code\"\nis_not = [\"0\", \"OK\"]\nkind = \"service\"\n"
                        "kinds = { NONE = \"not_found\", KEY = \"auth\", SLOW = \"rate_limited\", BAD = \"bad_request\" }\n"
                        "detail = [\"/error/code\", \"/error/words\"]\n[codes]\nA = \"in_transit\"\n"));
  const Fails table[] = {
      {200, R"({"error": {"code": "NONE", "words": "who?"}})", Trouble::not_found, "NONE who?"},
      {200, R"({"error": {"code": "KEY"}})", Trouble::auth, "KEY"},
      {200, R"({"error": {"code": "SLOW"}})", Trouble::rate_limited, "SLOW"},
      {200, R"({"error": {"code": "BAD"}})", Trouble::bad_request, "BAD"},
      {200, R"({"error": {"code": 999}})", Trouble::service, "999"},
      {500, R"({"error": {"code": "NONE"}})", Trouble::not_found, "NONE"},
      {410, R"({"gone": true})", Trouble::not_found, "HTTP 410"},
      // Where the file says nothing, the status does.
      {401, R"({"message": "no"})", Trouble::auth, "HTTP 401"},
      {429, R"({})", Trouble::rate_limited, "HTTP 429"},
      {503, "<html>down</html>", Trouble::service, "HTTP 503"},
      {404, R"({"message": "?"})", Trouble::not_found, "HTTP 404"},
      {200, R"({"something": "else"})", Trouble::bad_reply, "nothing that its file names is in the answer"},
      {200, "<events/>", Trouble::bad_reply, "not the JSON expected"},
      {200, "[]", Trouble::bad_reply, "nothing that its file names is in the answer"},
  };
  for (const auto& [status, body, trouble, detail] : table) {
    const auto reply = read_with(*carrier, body, status);
    EXPECT_EQ(reply.trouble, trouble) << status << " " << body << " " << reply.detail;
    EXPECT_EQ(reply.detail, detail) << status << " " << body;
    EXPECT_TRUE(reply.items.empty());
  }
  EXPECT_EQ(read_with(*carrier, R"({"error": {"code": "OK"}, "events": [{"c": "A"}]})").trouble, Trouble::none);
}

TEST(DescribedReplies, OneNumbersErrorHarmsNoOther) {
  const auto carrier = described(
      "name = \"a\"\ntitle = \"A\"\nbase_url = \"https://a.example\"\n[reply]\nkind = \"json\"\nknown_by = \"/p\"\nrecords = \"/p\"\n"
      "number = \"/n\"\n[events]\nlist = \"/e\"\ncode = \"/c\"\n[codes]\nA = \"in_transit\"\n"
      "[[errors]]\nof = \"record\"\nat = \"/error\"\nkind = \"not_found\"\nkinds = { BAD = \"bad_request\" }\n");
  const auto reply = read_with(*carrier, R"({"p": [{"n": "1", "error": "?"}, {"n": "2", "e": [{"c": "A"}]}, {"n": "3", "error": "BAD"}]})");
  ASSERT_EQ(reply.items.size(), 3U);
  EXPECT_EQ(reply.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(status_of(reply.items[1]), "in_transit");
  EXPECT_EQ(reply.items[2].trouble, Trouble::bad_request);
}

TEST(DescribedReplies, SurviveHostileForms) {
  const auto json = described(file_text(ROUNDTRIP_SOURCE_DIR "/config/carriers/sendle.toml"));
  survives_hostile_forms(json->apis().front(),
                         R"({"state": "Delivered", "status": {"description": "Done", "last_changed_at": "2026-11-20 10:05:00 UTC"},
    "scheduling": {"estimated_delivery_date_maximum": "2026-11-21"},
    "tracking_events": [{"event_type": "Pickup", "scan_time": "2026-11-19T10:00:00Z", "description": "Got it", "location": "Newark, NJ",
                         "local_scan_time": "2026-11-19T05:00:00"},
                        {"event_type": "Delivered", "scan_time": "2026-11-20T10:05:00Z", "description": "Done"}]})");
  const auto lists = shipped("ukrposhta");
  survives_hostile_forms(
      lists->apis().front(),
      R"({"found": {"0500000000017": [{"barcode": "0500000000017", "date": "2026-11-20T10:05:00", "name": "X", "index": "1",
    "event": "41000", "eventName": "Y", "country": "Z", "eventReason": null}]}, "notFound": ["0500000000024"]})");
  const auto dotnet = shipped("newgistics");
  survives_hostile_forms(dotnet->apis().front(),
                         R"({"Packages": [{"TrackingNumber": "7250000000000000000000000001", "Status": "Delivered", "Weight": 3.5,
    "UnitOfMeasure": "pounds", "ErrorMessage": "", "PackageTrackingEvents": [{"EventCode": "DRC", "EventDescription": "D", "City": "M",
    "State": "WI", "Date": "/Date(1469163600000-0500)/", "Time": "/Date(1484870400000-0600)/"}]}]})");
  const auto xml = shipped("purolator");
  survives_hostile_forms(
      xml->apis().front(),
      "<s:Envelope xmlns:s=\"u\"><s:Body><TrackPackagesByPinResponse><ResponseInformation><Errors/></ResponseInformation>"
      "<TrackingInformationList><TrackingInformation><PIN><Value>A1</Value></PIN><Scans><Scan><ScanType>Delivery</ScanType><Depot><Name>X"
      "</Name></Depot><ScanDate>2026-11-20</ScanDate><ScanTime>101500</ScanTime><Description>Shipment "
      "delivered</Description></Scan></Scans>"
      "</TrackingInformation></TrackingInformationList></TrackPackagesByPinResponse></s:Body></s:Envelope>");
}

}  // namespace
}  // namespace roundtrip::carriers::test
