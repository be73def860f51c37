// The carriers whose files come with the program, on invented replies after their documents: every state they tell, and every error form.
#include <filesystem>

#include "described.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {

TEST(ShippedCarriers, AreAllReadable) {
  int count = 0;
  for (const auto& one : std::filesystem::directory_iterator(ROUNDTRIP_SOURCE_DIR "/config/carriers")) {
    if (one.path().extension() != ".toml") continue;
    const auto carrier = described_carrier(file_text(one.path().string()), one.path().filename().string());
    ASSERT_TRUE(carrier) << carrier.error().message;
    EXPECT_EQ((*carrier)->name(), one.path().stem().string());
    ++count;
  }
  EXPECT_GE(count, 9);
}

// One event of a code, in the carrier's frame, and the status it stands for.
struct Means {
  const char* carrier;
  const char* code;
  const char* status;
};
const Means kMeans[] = {
    {"sendle", "Pickup Attempted", "pre_transit"},
    {"sendle", "Drop Off", "pre_transit"},
    {"sendle", "Pickup", "in_transit"},
    {"sendle", "Out for Delivery", "out_for_delivery"},
    {"sendle", "Card Left", "delivery_attempted"},
    {"sendle", "Left with Agent", "available_for_pickup"},
    {"sendle", "Delivered", "delivered"},
    {"sendle", "Damaged", "exception"},
    {"sendle", "Invented", "unknown"},
    {"seko", "OP-1", "pre_transit"},
    {"seko", "OP-4", "in_transit"},
    {"seko", "OP-21", "out_for_delivery"},
    {"seko", "OP-24", "delivery_attempted"},
    {"seko", "OP-42", "available_for_pickup"},
    {"seko", "OP-72", "delivered"},
    {"seko", "OP-28", "exception"},
    {"seko", "OP-66", "return_to_sender"},
    {"seko", "OP-15", "lost"},
    {"ukrposhta", "10100", "in_transit"},
    {"ukrposhta", "21700", "available_for_pickup"},
    {"ukrposhta", "41000", "delivered"},
    {"ukrposhta", "99999", "unknown"},
    {"newgistics", "IPS", "in_transit"},
    {"newgistics", "DRC", "delivered"},
    {"pitney_bowes", "LC", "pre_transit"},
    {"pitney_bowes", "TRD", "in_transit"},
    {"pitney_bowes", "OFD", "out_for_delivery"},
    {"pitney_bowes", "DAT", "delivery_attempted"},
    {"pitney_bowes", "AWP", "available_for_pickup"},
    {"pitney_bowes", "DLD", "delivered"},
    {"pitney_bowes", "RTS", "unknown"},
    {"bpost", "T00", "in_transit"},
    {"bpost", "L00", "out_for_delivery"},
    {"bpost", "U01", "delivered"},
    {"bpost", "R13", "available_for_pickup"},
    {"chronopost", "DC", "pre_transit"},
    {"chronopost", "TS", "in_transit"},
    {"chronopost", "TA", "out_for_delivery"},
    {"chronopost", "D", "delivered"},
    {"meest", "101", "in_transit"},
    {"meest", "1315", "out_for_delivery"},
    {"meest", "1622", "delivered"},
    {"meest", "1620", "exception"},
    {"meest", "1625", "delivery_attempted"},
    {"meest", "1825", "return_to_sender"},
    {"purolator", "ProofOfPickUp", "in_transit"},
    {"purolator", "OnDelivery", "out_for_delivery"},
    {"purolator", "Delivery", "delivered"},
    {"purolator", "Undeliverable", "unknown"},
};

// The frame of a carrier's reply with one event; "@" stands for its code.
const std::map<std::string, std::string>& frames() {
  static const std::map<std::string, std::string> all = {
      {"sendle", R"({"state": "", "tracking_events": [{"event_type": "@", "scan_time": "2026-11-20T10:00:00Z", "description": "x"}]})"},
      {"seko", R"([{"ConsignmentNo": "N1", "Status": "x", "Events": [{"EventDT": "2026-11-20T10:00:00", "OmniCode": "@"}]}])"},
      {"ukrposhta", R"({"found": {"N1": [{"barcode": "N1", "date": "2026-11-20T10:00:00", "event": "@", "country": "Україна"}]}})"},
      {"newgistics", R"({"Packages": [{"TrackingNumber": "N1", "PackageTrackingEvents": [{"EventCode": "@", "State": "WI"}]}]})"},
      {"pitney_bowes", R"({"trackingNumber": "N1", "status": null, "scanDetailsList": [{"standardizedEventCode": "@",
         "eventDate": "2026-11-20", "eventTime": "10:00:00", "eventTimeOffset": "-06:00"}]})"},
      {"bpost",
       "<itemTracking xmlns='u'><itemCode>N1</itemCode><itemDetail><weightInGrams>380</weightInGrams></itemDetail>"
       "<stateInfo><time>2026-11-20T10:00:00+01:00</time><stateCode>@</stateCode></stateInfo></itemTracking>"},
      {"chronopost",
       "<soap:Envelope xmlns:soap='s'><soap:Body><n:trackSkybillV2Response xmlns:n='c'><return><errorCode>0</errorCode>"
       "<listEventInfoComp><events><code>@</code><eventDate>2026-11-20T10:00:00+01:00</eventDate><eventLabel>x</eventLabel>"
       "<infoCompList><name>Consignee's name</name><value>ANA</value></infoCompList></events>"
       "<skybillNumber>N1</skybillNumber></listEventInfoComp></return></n:trackSkybillV2Response></soap:Body></soap:Envelope>"},
      {"meest",
       "<return><result_table><items><ShipmentNumberSender>N1</ShipmentNumberSender><DateTimeAction>2026-11-20 10: 00: 05"
       "</DateTimeAction><Country>УКРАЇНА</Country><City>Рівне</City><StatusCode>@</StatusCode><ActionMessages_UA>так"
       "</ActionMessages_UA></items></result_table><errors><code>000</code></errors></return>"},
      {"purolator",
       "<s:Envelope xmlns:s='u'><s:Body><TrackPackagesByPinResponse><TrackingInformationList><TrackingInformation><PIN><Value>N1"
       "</Value></PIN><Scans><Scan><ScanType>@</ScanType><ScanDate>2026-11-20</ScanDate><ScanTime>100000</ScanTime><Description>x"
       "</Description></Scan></Scans></TrackingInformation></TrackingInformationList></TrackPackagesByPinResponse></s:Body>"
       "</s:Envelope>"},
  };
  return all;
}
std::string framed(const std::string& carrier, const std::string& code) {
  auto body = frames().at(carrier);
  return body.replace(body.find('@'), 1, code);
}

TEST(ShippedCarriers, CodesMeanWhatTheirDocumentsSay) {
  for (const auto& [name, code, status] : kMeans) {
    const auto carrier = shipped(name);
    const auto item = only(read_with(*carrier, framed(name, code)));
    EXPECT_EQ(status_of(item), status) << name << " " << code;
    ASSERT_EQ(item.events.size(), 1U);
    EXPECT_EQ(item.events[0].raw_code, code);
    EXPECT_EQ(item.number, std::string_view(name) == "sendle" ? "" : "N1") << name;
    const auto response = answer(200, framed(name, code));
    EXPECT_EQ(apis_like(*carrier, *response.response).size(), 1U) << name << " knows its own";
  }
}

TEST(ShippedCarriers, TellTimesAndDetailsWhereTheyHaveThem) {
  EXPECT_EQ(only(read_with(*shipped("bpost"), framed("bpost", "U01"))).weight_g, 380);
  EXPECT_EQ(only(read_with(*shipped("chronopost"), framed("chronopost", "D"))).signed_by, "ANA");
  const auto meest = only(read_with(*shipped("meest"), framed("meest", "1622"))).events.at(0);
  EXPECT_EQ(meest.time.local, "2026-11-20T10:00:05");
  ASSERT_TRUE(meest.time.utc);
  EXPECT_EQ(format_rfc3339(*meest.time.utc).substr(0, 19), "2026-11-20T08:00:05");
  EXPECT_EQ(meest.place, "Рівне, УКРАЇНА");
  EXPECT_EQ(meest.raw_text, "так");
  const auto ukrposhta = only(read_with(*shipped("ukrposhta"), framed("ukrposhta", "41000"))).events.at(0);
  EXPECT_EQ(ukrposhta.time.basis, domain::ZoneBasis::place);
  const auto pitney = only(read_with(*shipped("pitney_bowes"), framed("pitney_bowes", "DLD"))).events.at(0);
  ASSERT_TRUE(pitney.time.utc);
  EXPECT_EQ(format_rfc3339(*pitney.time.utc).substr(0, 19), "2026-11-20T16:00:00");
}

TEST(ShippedCarriers, HandedToTheSenderIsReturned) {
  const auto body = [](const std::string& more) {
    return R"({"found": {"N1": [{"barcode": "N1", "date": "2026-11-20T10:00:00", "event": "41000")" + more + "}]}}";
  };
  EXPECT_EQ(status_of(only(read_with(*shipped("ukrposhta"), body("")))), "delivered");
  EXPECT_EQ(status_of(only(read_with(*shipped("ukrposhta"), body(R"(, "eventReason": "відправнику")")))), "returned");
  EXPECT_EQ(status_of(only(read_with(*shipped("ukrposhta"), body(R"(, "eventName": "Відправлення вручено: відправнику")")))), "returned");
}

struct ShippedError {
  const char* carrier;
  int status;
  std::string body;
  Trouble trouble;
};

TEST(ShippedCarriers, ErrorsAreToldApart) {
  const std::string purolator_error =
      "<s:Envelope xmlns:s='u'><s:Body><TrackPackagesByPinResponse><ResponseInformation><Errors><Error><Code>"
      "1100</Code><Description>x</Description></Error></Errors></ResponseInformation>"
      "</TrackPackagesByPinResponse></s:Body></s:Envelope>";
  const std::string fault =
      "<s:Envelope xmlns:s='u'><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>"
      "</s:Body></s:Envelope>";
  const auto meest = [](const std::string& code) {
    return "<return><result_table/><errors><code>" + code + "</code><name>x</name></errors></return>";
  };
  const ShippedError table[] = {
      {"sendle", 404, R"({"error": "not_found", "error_description": "x"})", Trouble::not_found},
      {"sendle", 401, R"({"error": "unauthorized"})", Trouble::auth},
      {"sendle", 422, R"({"error": "unprocessable_entity"})", Trouble::bad_request},
      {"sendle", 429, R"({"error": "too_many_requests"})", Trouble::rate_limited},
      {"seko", 200, R"({"Errors": [{"Key": "ConsignmentNo", "Message": "is required"}]})", Trouble::bad_request},
      {"seko", 401, R"({"Errors": [{"code": "401", "Message": "Unauthorized"}]})", Trouble::auth},
      {"ukrposhta", 401, R"({"fault": {"code": 900902}})", Trouble::auth},
      {"ukrposhta", 500, "{}", Trouble::service},
      {"pitney_bowes", 401, R"({"errors": [{"errorCode": "1019003", "message": "x"}]})", Trouble::auth},
      {"pitney_bowes", 404, R"({"errors": [{"errorCode": "1015000", "message": "x"}]})", Trouble::not_found},
      {"pitney_bowes", 400, R"({"errors": [{"errorCode": "1015001", "message": "x"}]})", Trouble::bad_request},
      {"bpost", 500, "<systemException xmlns='a'><b:message xmlns:b='c'>x</b:message></systemException>", Trouble::service},
      {"bpost", 404, "<businessException xmlns='a'><message>no item</message></businessException>", Trouble::not_found},
      {"bpost", 400, "<businessException xmlns='a'><code>7</code><message>x</message></businessException>", Trouble::bad_request},
      {"bpost", 401, "<html/>", Trouble::auth},
      {"chronopost", 200, fault, Trouble::service},
      {"meest", 200, meest("101"), Trouble::auth},
      {"meest", 200, meest("103"), Trouble::not_found},
      {"meest", 200, meest("109"), Trouble::bad_request},
      {"meest", 200, meest("107"), Trouble::service},
      {"meest", 200, meest("000"), Trouble::not_found},
      {"purolator", 200, purolator_error, Trouble::bad_request},
      {"purolator", 500, fault, Trouble::service},
      {"newgistics", 403, R"({"message": "Forbidden"})", Trouble::auth},
      {"newgistics", 200, R"({"Packages": []})", Trouble::not_found},
  };
  for (const auto& [carrier, status, body, trouble] : table) {
    const auto reply = read_with(*shipped(carrier), body, status);
    EXPECT_EQ(reply.trouble, trouble) << carrier << " " << status << " " << body << " said " << reply.detail;
    EXPECT_FALSE(reply.detail.empty());
  }
  const auto per_number = read_with(*shipped("newgistics"), R"({"Packages": [{"TrackingNumber": "N1", "ErrorMessage": "No data found"}]})");
  EXPECT_EQ(only(per_number).trouble, Trouble::not_found);
}

}  // namespace
}  // namespace roundtrip::carriers::test
