// DHL's tracking: requests byte by byte, replies of every API, errors, hostile forms. The fixtures are invented after the documented forms.
#include "carriers/dhl/dhl.hpp"

#include <map>

#include "carriers/replies.hpp"

namespace roundtrip::carriers::test {
namespace {

CarrierAccount account_of(const std::string& api) {
  CarrierAccount account;
  account.carrier = "dhl";
  account.api = api;
  account.key = "key";
  account.secret = "secret";
  account.customer = "user=zt12345;password=ge%3Bheim&<\";billing=33333333330102;receiver=deu";
  return account;
}
TrackReply read_as(const std::string& api, const std::string& body, int status = 200) {
  return read_reply(api_of(dhl_carrier(), api), answer(status, body));
}
std::string utc_of(const domain::TrackingEvent& event) { return event.time.utc ? format_rfc3339(*event.time.utc) : ""; }

// One event of Unified in a shipment that says the same.
std::string unified(const std::string& code, const std::string& words, const std::string& more = "",
                    const std::string& service = "parcel-de") {
  const std::string status =
      R"({"timestamp":"2026-07-01T10:00:00","statusCode":")" + code + R"(","status":")" + words + R"(","description":")" + words + "\"}";
  return R"({"shipments":[{"id":7777777770,"service":")" + service + R"(","status":)" + status + R"(,"events":[)" + status + "]" + more +
         "}]}";
}

const std::string kUnifiedWhole = R"({"shipments":[{
  "id":"00340434292135100124","service":"parcel-de",
  "origin":{"address":{"countryCode":"DE"}},"destination":{"address":{"countryCode":"DE","postalCode":"10115"}},
  "status":{"timestamp":"2026-07-02T09:30:00","statusCode":"transit","status":"The shipment has been loaded onto the delivery vehicle",
            "remark":"Today","nextSteps":""},
  "estimatedTimeOfDelivery":"2026-07-02T00:00:00",
    "estimatedDeliveryTimeFrame":{"estimatedFrom":"2026-07-02T11:00:00","estimatedThrough":"2026-07-02T13:00:00"},
  "details":{"proofOfDelivery":{"signed":{"@type":"Person","givenName":"Ada","familyName":"Muster"}},
             "weight":{"value":2.5,"unitText":"kg"},"references":{"number":"R1","type":"customer-reference"}},
  "events":[
   {"timestamp":"2026-07-02T09:30:00","location":{"address":{"addressLocality":"Berlin"}},"statusCode":"transit",
    "status":"The shipment has been loaded onto the delivery vehicle"},
   {"timestamp":"2026-01-15T20:11:00","location":{"address":{"addressLocality":"Radefeld","countryCode":"DE"}},"statusCode":"transit",
    "status":"The shipment has been processed in the parcel center"},
   {"timestamp":"2026-01-15T20:11:00","location":{"address":{"addressLocality":"Radefeld","countryCode":"DE"}},"statusCode":"transit",
    "status":"The shipment has arrived at the parcel center"},
   {"timestamp":"2026-01-15T09:00:00","location":{"address":{"addressLocality":"Tokyo","countryCode":"JP"}},"statusCode":"transit"},
   {"timestamp":"2026-01-14T09:00:00","location":{"address":{"addressLocality":"Dallas","countryCode":"US"}},"statusCode":"transit"},
   {"timestamp":"2026-01-13T09:00:00+01:00","statusCode":"pre-transit","description":"Data received"},
   {"timestamp":"2026-01-12T09:00:00","statusCode":"brand-new","description":"Never seen"}]}]})";

TEST(DhlNumbers, ShapesAndCheckDigits) {
  for (const char* good :
       {"00340434161094015902", "00340434292135100186", "3318810025", "9356579890", "JJD000390007882823562", "JD014600006281230704"})
    EXPECT_TRUE(dhl_carrier().is_number(good)) << good;
  for (const char* bad :
       {"00340434161094015903", "3318810026", "JD0146000", "JJD00039000788282356X", "", "340434161094015902", "1Z999AA10123456784"})
    EXPECT_FALSE(dhl_carrier().is_number(bad)) << bad;
}

TEST(DhlUnified, TheRequest) {
  auto queries = ask({"0034 04&"});
  const auto plain = dhl_carrier().track_request(account_of(""), queries);
  EXPECT_EQ(plain.method, "GET");
  EXPECT_EQ(plain.url, "https://api-eu.dhl.com/track/shipments?trackingNumber=0034%2004%26&language=en");
  EXPECT_EQ(header_of(plain, "DHL-API-Key"), "key");
  EXPECT_TRUE(plain.body.empty());
  queries[0].reference = "parcel-de";
  queries[0].postal_code = "10115";
  queries[0].locale = "de-AT";
  auto account = account_of("unified");
  account.base_url = "http://demo.test";
  EXPECT_EQ(dhl_carrier().track_request(account, queries).url,
            "http://demo.test/track/shipments?trackingNumber=0034%2004%26&language=de&service=parcel-de&recipientPostalCode=10115");
  queries[0].reference = "our order 7";  // no service of DHL's
  EXPECT_EQ(dhl_carrier().track_request(account, queries).url.find("service="), std::string::npos);
}

TEST(DhlUnified, AWholeReply) {
  const auto reply = read_as("unified", kUnifiedWhole);
  ASSERT_EQ(reply.items.size(), 1u) << reply.detail;
  const auto& item = reply.items[0];
  EXPECT_EQ(item.number, "00340434292135100124");
  EXPECT_EQ(item.reference, "parcel-de");
  EXPECT_EQ(status_of(item), "out_for_delivery");
  EXPECT_EQ(item.status_raw, "transit The shipment has been loaded onto the delivery vehicle");
  EXPECT_EQ(item.signed_by, "Ada Muster");
  EXPECT_EQ(item.weight_g, 2500);
  EXPECT_EQ(format_rfc3339(item.estimated_at.value()), "2026-07-02T11:00:00Z");
  ASSERT_EQ(item.events.size(), 7u) << "two of one minute and place differ in their words";
  EXPECT_EQ(utc_of(item.events[0]), "2026-07-02T07:30:00Z");  // summer
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::carrier_zone);
  EXPECT_EQ(utc_of(item.events[1]), "2026-01-15T19:11:00Z");  // winter
  EXPECT_NE(item.events[1].raw_code, item.events[2].raw_code);
  EXPECT_EQ(utc_of(item.events[3]), "2026-01-15T00:00:00Z");  // Tokyo
  EXPECT_EQ(item.events[3].time.basis, domain::ZoneBasis::place);
  EXPECT_EQ(item.events[4].time.basis, domain::ZoneBasis::none) << "the United States have many zones";
  EXPECT_EQ(utc_of(item.events[5]), "2026-01-13T08:00:00Z");
  EXPECT_FALSE(item.events[5].physical);
  EXPECT_EQ(item.events[6].status, domain::TrackingStatus::unknown);
}

TEST(DhlUnified, EveryStatus) {
  struct Case {
    std::string code, words, more, expected;
  };
  const Case cases[] = {
      {"pre-transit", "Data received", "", "pre_transit"},
      {"transit", "The shipment has been processed", "", "in_transit"},
      {"transit", "The shipment has been loaded onto the delivery vehicle.", "", "out_for_delivery"},
      {"transit", "Shipment is out with courier for delivery", "", "out_for_delivery"},
      {"transit", "Die Sendung wurde in das Zustellfahrzeug geladen.", "", "out_for_delivery"},
      {"transit", "The shipment is ready for pick-up at the PACKSTATION", "", "available_for_pickup"},
      {"transit", "Awaiting collection by the consignee", "", "available_for_pickup"},
      {"failure", "The shipment could not be delivered, and the recipient has been notified", "", "delivery_attempted"},
      {"failure", "Delivery attempted; consignee premises closed", "", "delivery_attempted"},
      {"failure", "Something else", "", "exception"},
      {"failure", "The recipient refused the shipment", "", "exception"},
      {"failure", "The shipment is being returned to the sender", "", "return_to_sender"},
      {"delivered", "The shipment has been successfully delivered", "", "delivered"},
      {"delivered", "Ready for pick-up no more", "", "delivered"},
      {"delivered", "Delivered", R"(,"returnFlag":true)", "returned"},
      {"delivered", "Delivered", R"(,"returnFlag":"true")", "returned"},
      {"delivered", "Delivered", R"(,"returnFlag":false)", "delivered"},
      {"transit", "Processed", R"(,"returnFlag":true)", "return_to_sender"},
      {"brand-new", "Never seen", "", "unknown"},
      {"unknown", "", "", "unknown"},
  };
  for (const Case& one : cases) {
    const auto records = records_json(read_as("unified", unified(one.code, one.words, one.more)));
    EXPECT_EQ(records["records"][0]["status"], one.expected) << one.code << " " << one.words << one.more;
    EXPECT_EQ(records["records"][0]["tracking_number"], "7777777770");
  }
}

TEST(DhlUnified, AfterItWasTurnedAroundADeliveryIsTheSenders) {
  const std::string body = R"({"shipments":[{"id":"1","service":"parcel-de","events":[
    {"timestamp":"2026-07-03T10:00:00","statusCode":"delivered","description":"Delivered"},
    {"timestamp":"2026-07-02T10:00:00","statusCode":"transit","description":"Processed"},
    {"timestamp":"2026-07-01T10:00:00","statusCode":"failure","description":"It is being returned to the sender"}]}]})";
  EXPECT_EQ(status_of(read_as("unified", body).items.at(0)), "returned");
}

TEST(DhlUnified, SeveralShipmentsOfOneNumber) {
  const std::string both = R"({"shipments":[
    {"id":"1","service":"freight","events":[{"timestamp":"2026-07-01T10:00:00","statusCode":"delivered"}]},
    {"id":"1","service":"parcel-de","events":[{"timestamp":"2026-07-03T10:00:00","statusCode":"transit"}]}]})";
  auto queries = ask({"1"});
  EXPECT_EQ(dhl_carrier().parse_track(account_of(""), answer(200, both), queries).items.at(0).reference, "parcel-de") << "the newer";
  queries[0].reference = "freight";
  EXPECT_EQ(status_of(dhl_carrier().parse_track(account_of(""), answer(200, both), queries).items.at(0)), "delivered");
}

TEST(DhlErrors, ProblemsOfEveryApi) {
  struct Case {
    int http;
    std::string body;
    Trouble expected;
  };
  const Case cases[] = {
      {404, R"({"title":"No result found","status":404,"detail":"No shipment with given tracking number found."})", Trouble::not_found},
      {200, R"({"title":"No result found","status":404,"detail":"none"})", Trouble::not_found},  // the status was lost on the way
      {400, R"({"title":"Invalid input","status":400,"detail":"missing"})", Trouble::bad_request},
      {401, R"({"title":"Unauthorized","status":401,"detail":"Unauthorized for given resource."})", Trouble::auth},
      {403, R"({"title":"Forbidden","status":403})", Trouble::auth},
      {422, R"({"title":"Unprocessable","status":422,"detail":"x"})", Trouble::bad_request},
      {429, R"({"title":"Too many requests","status":429,"detail":"later"})", Trouble::rate_limited},
      {503, R"({"title":"Service Unavailable","status":503})", Trouble::service},
      {404, R"({"instance":"/expressapi/shipments/1/tracking","detail":"No data found","title":"x","message":"x","status":"404"})",
       Trouble::not_found},
      {200, R"({"instance":"/expressapi/shipments/1/tracking","detail":"d","title":"x","message":"x","status":"400"})",
       Trouble::bad_request},
      {502, "<html><body>Bad Gateway</body></html>", Trouble::service},
      {200, R"({"shipments":"none"})", Trouble::bad_reply},
      {200, R"({"title":"odd","status":"fine"})", Trouble::bad_reply},
  };
  for (const Case& one : cases) {
    for (const char* api : {"unified", "mydhl"})
      EXPECT_EQ(read_as(api, one.body, one.http).trouble, one.expected) << api << " " << one.http << " " << one.body;
  }
  const auto limited = read_reply(api_of(dhl_carrier(), "unified"), answer(429, cases[6].body, {{"retry-after", "90"}}));
  EXPECT_EQ(limited.retry_after_us, 90 * kSecond);
  const auto missing = dhl_carrier().parse_track(account_of(""), answer(404, cases[0].body), ask({"1"}));
  ASSERT_EQ(missing.items.size(), 1u);
  EXPECT_EQ(missing.items[0].trouble, Trouble::not_found) << "of the only number asked about: an answer";
}

TEST(DhlApis, AreToldApartByShape) {
  const auto named = [](const std::string& body) {
    const auto alike = apis_like(dhl_carrier(), HttpResponse{200, {}, body});
    return alike.empty() ? "" : alike.front()->name;
  };
  EXPECT_EQ(named(kUnifiedWhole), "unified");
  EXPECT_EQ(named(R"({"shipments":[{"shipmentTrackingNumber":"1","events":[]}]})"), "mydhl");
  EXPECT_EQ(named(R"({"status":"400","title":"x","message":"y"})"), "mydhl");
  EXPECT_EQ(named(R"(<data name="piece-shipment-list" code="0"/>)"), "parcel_de");
  EXPECT_EQ(named("<track><shipment/></track>"), "ecommerce_us");
  EXPECT_EQ(named("<req:TrackingResponse xmlns:req='x'/>"), "xml_pi");
  EXPECT_EQ(named("{}"), "");
  EXPECT_EQ(named("<other/>"), "");
  const auto retired = read_as("xml_pi", "<req:TrackingResponse xmlns:req='x'/>");
  EXPECT_EQ(retired.trouble, Trouble::bad_reply);
  EXPECT_NE(retired.detail.find("retired"), std::string::npos);
}

const std::string kExpressWhole = R"({"shipments":[{"shipmentTrackingNumber":"1234567890","status":"Success",
  "receiverDetails":{"postalAddress":{"countryCode":"NZ"}},"totalWeight":1.5,"unitOfMeasurements":"metric",
  "estimatedDeliveryDate":"2026-08-11T23:59:00",
  "events":[
   {"date":"2026-08-09","time":"13:56:21","GMTOffset":"+10:00","typeCode":"PU","description":"Shipment picked up",
    "serviceArea":[{"code":"SYD","description":"SYDNEY-AU"}]},
   {"date":"2026-08-09","time":"16:18:00","typeCode":"CR","description":"Cleared",
    "serviceArea":[{"code":"FRA","description":"FRANKFURT-DE"}]},
   {"date":"2026-08-10","time":"05:00:00","typeCode":"RR","description":"Customs status updated",
    "serviceArea":[{"code":"SYD","description":"SYDNEY-AU"}]},
   {"date":"2026-08-10","time":"10:50:14","GMTOffset":"+12:00","typeCode":"WC","description":"With courier",
    "serviceArea":[{"code":"AKL","description":"AUCKLAND-NZ"}]},
   {"date":"2026-08-10","time":"11:59:23","GMTOffset":"+12:00","typeCode":"OK","description":"Delivered : ALBY H",
    "serviceArea":[{"code":"AKL","description":"AUCKLAND-NZ"}],"signedBy":""}],
  "pieces":[{"trackingNumber":"JD012345678901234567","events":[{"date":"2026-08-09","time":"13:56:21","typeCode":"PU"}]}]}]})";

TEST(DhlExpress, TheRequests) {
  const auto one = dhl_carrier().track_request(account_of("mydhl"), ask({"9356579890"}));
  EXPECT_EQ(one.method, "GET");
  EXPECT_EQ(one.url,
            "https://express.api.dhl.com/mydhlapi/shipments/9356579890/"
            "tracking?trackingView=all-checkpoints&levelOfDetail=all&requestGMTOffsetPerEvent=true");
  EXPECT_EQ(header_of(one, "Authorization"), "Basic a2V5OnNlY3JldA==");
  const auto many = dhl_carrier().track_request(account_of("mydhl_batch"), ask({"9356579890", "4818240420"}));
  EXPECT_EQ(many.url,
            "https://express.api.dhl.com/mydhlapi/tracking?shipmentTrackingNumber=9356579890&shipmentTrackingNumber=4818240420&"
            "trackingView=all-checkpoints&levelOfDetail=shipment");
  EXPECT_EQ(api_of(dhl_carrier(), "mydhl_batch").numbers_per_call, 50);
}

TEST(DhlExpress, AWholeReply) {
  const auto reply = read_as("mydhl", kExpressWhole);
  ASSERT_EQ(reply.items.size(), 1u) << reply.detail;
  const auto& item = reply.items[0];
  EXPECT_EQ(item.number, "1234567890");
  EXPECT_EQ(status_of(item), "delivered");
  EXPECT_EQ(item.status_raw, "OK Delivered : ALBY H");
  EXPECT_EQ(item.signed_by, "ALBY H");
  EXPECT_EQ(item.weight_g, 1500);
  EXPECT_EQ(item.estimated_raw, "2026-08-11T23:59:00");
  ASSERT_EQ(item.events.size(), 5u);
  std::map<std::string, std::string> utc;
  for (const auto& event : item.events) utc[event.raw_code] = utc_of(event);
  EXPECT_EQ(utc["PU"], "2026-08-09T03:56:21Z");
  EXPECT_EQ(utc["CR"], "2026-08-09T14:18:00Z") << "no offset: by the place";
  EXPECT_EQ(utc["RR"], "") << "Australia has many zones";
  EXPECT_EQ(utc["OK"], "2026-08-09T23:59:23Z");
}

TEST(DhlExpress, EveryFamilyOfCodes) {
  const std::pair<std::string, std::string> cases[] = {{"DUMMY_PU", "pre_transit"},
                                                       {"PU", "in_transit"},
                                                       {"AR", "in_transit"},
                                                       {"WC", "out_for_delivery"},
                                                       {"CC", "available_for_pickup"},
                                                       {"NH", "delivery_attempted"},
                                                       {"CA", "delivery_attempted"},
                                                       {"BA", "exception"},
                                                       {"UD", "exception"},
                                                       {"RD", "exception"},
                                                       {"RT", "return_to_sender"},
                                                       {"OK", "delivered"},
                                                       {"ZZ", "unknown"},
                                                       {"RR", "unknown"}};
  for (const auto& [code, expected] : cases) {
    const auto body =
        R"({"shipments":[{"shipmentTrackingNumber":"1","status":"Success","events":[{"date":"2026-08-10","time":"10:00:00","typeCode":")" +
        code + R"("}]}]})";
    EXPECT_EQ(records_json(read_as("mydhl", body))["records"][0]["status"], expected) << code;
  }
  const std::string back = R"({"shipments":[{"shipmentTrackingNumber":"1","events":[
    {"date":"2026-08-12","time":"10:00:00","typeCode":"OK"},{"date":"2026-08-10","time":"10:00:00","typeCode":"RT"}]}]})";
  EXPECT_EQ(status_of(read_as("mydhl", back).items.at(0)), "returned");
}

TEST(DhlExpress, WestwardOverNightTheLastToldCounts) {
  // Without offsets the arrival in Los Angeles looks older than the departure from New York.
  const std::string body = R"({"shipments":[{"shipmentTrackingNumber":"1","events":[
    {"date":"2026-08-11","time":"22:00:00","typeCode":"PU","serviceArea":[{"description":"NEW YORK,NY-USA"}]},
    {"date":"2026-08-12","time":"10:30:00","typeCode":"DF","serviceArea":[{"description":"NEW YORK,NY-USA"}]},
    {"date":"2026-08-12","time":"10:00:00","typeCode":"OK","serviceArea":[{"description":"LOS ANGELES,CA-USA"}]}]}]})";
  EXPECT_EQ(status_of(read_as("mydhl_batch", body).items.at(0)), "delivered");
}

TEST(DhlExpress, PiecesSpeakWhereTheShipmentIsSilent) {
  const std::string body = R"({"shipments":[{"shipmentTrackingNumber":"1","events":[],
    "pieces":[{"events":[{"date":"2026-08-12","time":"10:00:00","typeCode":"WC"}]}]}]})";
  EXPECT_EQ(status_of(read_as("mydhl", body).items.at(0)), "out_for_delivery");
}

std::string piece(const std::string& ice, const std::string& ric, const std::string& ttpro, const std::string& more = "") {
  const std::string codes = "ice=\"" + ice + "\" ric=\"" + ric + "\" standard-event-code=\"" + ttpro + "\" " + more;
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><data name=\"piece-shipment-list\" code=\"0\"><data name=\"piece-shipment\" "
         "error-status=\"0\" piece-code=\"00340434161094015902\" status-timestamp=\"18.07.2026 10:02\" status=\"Status\" " +
         codes +
         "><data name=\"piece-event-list\"><data name=\"piece-event\" event-timestamp=\"18.07.2026 10:02\" event-status=\"Status\" " +
         codes + "/></data></data></data>";
}

TEST(DhlParcelDe, TheRequest) {
  const auto request = dhl_carrier().track_request(account_of("parcel_de"), ask({"00340434161094015902", "00340434161094022115"}));
  EXPECT_EQ(request.method, "GET");
  const std::string start = "https://api-eu.dhl.com/parcel/de/tracking/v0/shipments?xml=";
  ASSERT_TRUE(request.url.starts_with(start)) << request.url;
  EXPECT_EQ(percent_decode(request.url.substr(start.size()), false),
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><data appname=\"zt12345\" language-code=\"en\" "
            "password=\"ge;heim&amp;&lt;&quot;\" piece-code=\"00340434161094015902;00340434161094022115\" "
            "request=\"d-get-piece-detail\"/>");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic a2V5OnNlY3JldA==");
  EXPECT_EQ(header_of(request, "DHL-API-Key"), "key");
  EXPECT_EQ(api_of(dhl_carrier(), "parcel_de").numbers_per_call, 20);
}

TEST(DhlParcelDe, EveryFamilyOfCodes) {
  struct Case {
    std::string ice, ric, ttpro, expected, reason, sub_code;
  };
  const Case cases[] = {
      {"PARCV", "NRQRD", "VA", "pre_transit", "", ""},
      {"NTPUP", "GDNRD", "AN", "pre_transit", "merchant_not_ready", "pickup_failed"},
      {"SHRCU", "PCKST", "ES", "in_transit", "", ""},
      {"LDTMV", "MVMTV", "AA", "in_transit", "", ""},
      {"LDTMV", "MVMTV", "PO", "out_for_delivery", "", ""},
      {"SRTED", "NRQRD", "PO", "out_for_delivery", "", ""},
      {"SRTED", "NRQRD", "NB", "in_transit", "", ""},
      {"ULFMV", "UNLDD", "PO", "in_transit", "", ""},
      {"HLDCC", "SERPT", "ZF", "available_for_pickup", "", ""},
      {"HLDCC", "NTCCN", "ZF", "exception", "recipient_not_collected", ""},
      {"NTDEL", "NHOME", "ZN", "delivery_attempted", "recipient_not_home", ""},
      {"NTDEL", "RFUSD", "ZN", "exception", "recipient_refused", ""},
      {"DLVRF", "DMGED", "ZN", "exception", "carrier_damaged", ""},
      {"RETRN", "NTCCN", "ZN", "return_to_sender", "recipient_not_collected", ""},
      {"OFWRD", "RTSCR", "AA", "return_to_sender", "", ""},
      {"DLVRD", "NGHBR", "ZU", "delivered", "", "left_with_neighbour"},
      {"DLVRD", "CUSTM", "ZU", "in_transit", "", "in_customs"},
      {"DSPSD", "NTCLM", "ZU", "exception", "recipient_not_collected", "disposed"},
      {"RCCLS", "LOSTX", "ZN", "lost", "carrier_lost", ""},
      {"HLDCU", "NORSN", "ZO", "exception", "customs_delay", ""},
      {"XXXXX", "YYYYY", "ZU", "delivered", "", ""},
      {"XXXXX", "YYYYY", "PO", "in_transit", "", ""},
      {"XXXXX", "YYYYY", "QQ", "unknown", "", ""},
  };
  for (const Case& one : cases) {
    const auto record = records_json(read_as("parcel_de", piece(one.ice, one.ric, one.ttpro)))["records"][0];
    const auto what = one.ice + " " + one.ric + " " + one.ttpro;
    EXPECT_EQ(record["status"], one.expected) << what;
    EXPECT_EQ(record["reason"].is_null() ? "" : record["reason"], one.reason) << what;
    EXPECT_EQ(record["sub_code"].is_null() ? "" : record["sub_code"], one.sub_code) << what;
  }
}

TEST(DhlParcelDe, TimesReturnsAndPlaces) {
  const auto winter = read_as("parcel_de", piece("DLVRD", "ACCPT", "ZU", "ruecksendung=\"true\" event-country=\"Germany\""));
  EXPECT_EQ(status_of(winter.items.at(0)), "returned");
  EXPECT_EQ(utc_of(winter.items[0].events.at(0)), "2026-07-18T08:02:00Z");
  const auto abroad = read_as("parcel_de", piece("SRTED", "NRQRD", "NB", "event-location=\"Lyon\" event-country=\"France\""));
  EXPECT_EQ(abroad.items.at(0).events.at(0).time.local, "2026-07-18T10:02:00");
  EXPECT_EQ(utc_of(abroad.items[0].events[0]), "") << "not a German time";
  EXPECT_EQ(abroad.items[0].events[0].place, "Lyon, France");
  const auto moving = read_as("parcel_de", piece("LDTMV", "MVMTV", "PO", "ruecksendung=\"true\""));
  EXPECT_EQ(status_of(moving.items.at(0)), "return_to_sender");
  const auto flagged = read_as("parcel_de", piece("XXXXX", "YYYYY", "QQ", "delivery-event-flag=\"1\" recipient-name=\"Muster\""));
  EXPECT_EQ(status_of(flagged.items.at(0)), "delivered");
  EXPECT_EQ(flagged.items[0].signed_by, "Muster");
}

TEST(DhlParcelDe, ErrorsOfTheCallAndOfOneNumber) {
  const std::string list = "<data name=\"piece-shipment-list\" ";
  EXPECT_EQ(read_as("parcel_de", list + "code=\"100\" error=\"No data found\"/>").trouble, Trouble::not_found);
  EXPECT_EQ(read_as("parcel_de", list + "code=\"5\" error=\"login failed\"/>").trouble, Trouble::auth);
  EXPECT_EQ(read_as("parcel_de", list + "code=\"9\" error=\"?\"/>", 400).trouble, Trouble::bad_request);
  EXPECT_EQ(read_as("parcel_de", list + "code=\"9\" error=\"?\"/>").trouble, Trouble::service);
  EXPECT_EQ(read_as("parcel_de", "<other/>").trouble, Trouble::bad_reply);
  EXPECT_EQ(read_as("parcel_de", R"({"title":"Unauthorized","status":401})", 401).trouble, Trouble::auth);
  const auto mixed =
      dhl_carrier().parse_track(account_of("parcel_de"),
                                answer(200, list + "code=\"0\"><data name=\"piece-shipment\" error-status=\"0\" piece-code=\"1\" "
                                                   "ice=\"LDTMV\" ric=\"MVMTV\" standard-event-code=\"PO\"/><data "
                                                   "name=\"piece-shipment\" searched-piece-code=\"1337\" piece-status=\"100\" "
                                                   "piece-status-desc=\"Keine Daten gefunden.\"/></data>"),
                                ask({"1337", "1"}));
  ASSERT_EQ(mixed.items.size(), 2u);
  EXPECT_EQ(mixed.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(status_of(mixed.items[1]), "out_for_delivery");
}

TEST(DhlParcelDe, ALatin1ReplyIsRead) {
  const std::string body =
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><data name=\"piece-shipment-list\" code=\"0\"><data "
      "name=\"piece-shipment\" error-status=\"0\" piece-code=\"1\" ice=\"DLVRD\" ric=\"ACCPT\" "
      "standard-event-code=\"ZU\" delivery-event-flag=\"1\" recipient-name=\"M\xFCller\"/></data>";
  EXPECT_EQ(read_as("parcel_de", body).items.at(0).signed_by, "M\xC3\xBCller");
}

TEST(DhlEcommerceUs, ZonesAreWords) {
  const auto reply =
      read_as("ecommerce_us",
              "<track><shipment><trackingnumber>42</trackingnumber><event><code>600</code><date>7/4/2026</date><time>1:05 PM "
              "CT</time><city>Waco</city><state>TX</state><description>DELIVERED</description></event><event><code>598</code>"
              "<date>1/4/2026</date><time>12:00 AM EST</time></event><event><code>777</code></event></shipment></track>");
  ASSERT_EQ(reply.items.size(), 1u) << reply.detail;
  EXPECT_EQ(status_of(reply.items[0]), "delivered");
  ASSERT_EQ(reply.items[0].events.size(), 3u);
  EXPECT_EQ(utc_of(reply.items[0].events[0]), "2026-07-04T18:05:00Z");
  EXPECT_EQ(reply.items[0].events[0].place, "Waco, TX");
  EXPECT_EQ(utc_of(reply.items[0].events[1]), "2026-01-04T05:00:00Z");
  EXPECT_EQ(reply.items[0].events[2].status, domain::TrackingStatus::unknown);
  EXPECT_TRUE(api_in_use(dhl_carrier(), account_of("ecommerce_us")) == nullptr) << "read, no longer asked";
}

TEST(DhlHostile, EveryApiSurvives) {
  survives_hostile_forms(api_of(dhl_carrier(), "unified"), kUnifiedWhole);
  survives_hostile_forms(api_of(dhl_carrier(), "mydhl"), kExpressWhole);
  survives_hostile_forms(api_of(dhl_carrier(), "parcel_de"), piece("DLVRD", "NGHBR", "ZU"));
  survives_hostile_forms(api_of(dhl_carrier(), "ecommerce_us"),
                         "<track><shipment><trackingnumber>42</trackingnumber><event><code>600</code><date>7/4/2026</date>"
                         "<time>1:05 PM CT</time></event></shipment></track>");
}

}  // namespace
}  // namespace roundtrip::carriers::test
