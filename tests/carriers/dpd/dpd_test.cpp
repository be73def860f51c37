// DPD: requests, replies, faults, the token and hostile forms. All replies are invented after the published schema.
#include <set>

#include "../replies.hpp"
#include "carriers/dpd/codes.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& dpd() { return *find_carrier("dpd"); }
const Api& life_cycle() { return api_of(dpd(), "parcel_life_cycle_v2"); }

std::string step(const std::string& status, const std::string& date, const std::string& place, bool reached, bool current) {
  const auto word = [](bool yes) { return std::string(yes ? "true" : "false"); };
  return "<statusInfo><status>" + status + "</status><label><content>" + status +
         " label</content></label><description><content><content>First line.</content></content><content><content>Second.</content>"
         "</content></description><statusHasBeenReached>" +
         word(reached) + "</statusHasBeenReached><isCurrentStatus>" + word(current) + "</isCurrentStatus><location><content>" + place +
         "</content></location><date><content>" + date + "</content></date></statusInfo>";
}
std::string life(const std::string& steps) {
  return R"(<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>)"
         R"(<getTrackingDataResponse xmlns="http://dpd.com/common/service/types/ParcelLifeCycleService/2.0"><trackingresult>)"
         "<shipmentInfo><status>SHIPMENT</status><statusHasBeenReached>false</statusHasBeenReached></shipmentInfo>" +
         steps + "</trackingresult></getTrackingDataResponse></soap:Body></soap:Envelope>";
}
std::string fault(const std::string& whose, const std::string& detail) {
  return R"(<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>)" + whose +
         "</faultcode><faultstring>Fault occured</faultstring><detail>" + detail + "</detail></soap:Fault></soap:Body></soap:Envelope>";
}
std::string german() {
  return life(step("ACCEPTED", "03.11.2026, 17:05", "Aschaffenburg (DE)", true, false) +
              step("ON_THE_ROAD", "03.11.2026, 22:40", "Aschaffenburg (DE)", true, false) +
              step("AT_DELIVERY_DEPOT", "04.11.2026, 05:12", "Kiel (DE)", true, true) +
              step("OUT_FOR_DELIVERY", "", "Kiel (DE)", false, false) + step("DELIVERED", "", "Kiel (DE)", false, false));
}

TEST(Dpd, RequestCarriesTheTokenAndTheFourteenDigits) {
  CarrierAccount account;
  account.key = "shop&co";
  account.token = "T<1";
  auto queries = ask({"05308801410058"});
  const auto request = dpd().track_request(account, queries);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://public-ws.dpd.com/services/ParcelLifeCycleService/V2_0/");
  EXPECT_EQ(header_of(request, "Content-Type"), "text/xml; charset=UTF-8");
  EXPECT_EQ(header_of(request, "SOAPAction"), "\"http://dpd.com/common/service/ParcelLifeCycleService/2.0/getTrackingData\"");
  EXPECT_EQ(request.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Header>"
            "<ns:authentication xmlns:ns=\"http://dpd.com/common/service/types/Authentication/2.0\"><delisId>shop&amp;co</delisId>"
            "<authToken>T&lt;1</authToken><messageLanguage>en_EN</messageLanguage></ns:authentication></soapenv:Header><soapenv:Body>"
            "<ns:getTrackingData xmlns:ns=\"http://dpd.com/common/service/types/ParcelLifeCycleService/2.0\">"
            "<parcelLabelNumber>05308801410058</parcelLabelNumber></ns:getTrackingData></soapenv:Body></soapenv:Envelope>");
  queries[0].number = "00 81827 0998 0000 0200 33 350 276 C";
  queries[0].locale = "de";
  account.base_url = "https://wsshipper.dpd.be/soap/services";
  const auto barcode = dpd().track_request(account, queries);
  EXPECT_EQ(barcode.url, "https://wsshipper.dpd.be/soap/services/ParcelLifeCycleService/V2_0/");
  EXPECT_NE(barcode.body.find("<parcelLabelNumber>09980000020033</parcelLabelNumber>"), std::string::npos) << barcode.body;
  EXPECT_NE(barcode.body.find("<messageLanguage>de_DE</messageLanguage>"), std::string::npos);
}

TEST(Dpd, StepsToComeHaveNotHappened) {
  const auto reply = read_reply(life_cycle(), answer(200, german()));
  ASSERT_EQ(reply.items.size(), 1u);
  const auto& item = reply.items[0];
  EXPECT_EQ(status_of(item), "in_transit");
  ASSERT_EQ(item.events.size(), 3u);
  EXPECT_EQ(item.status_raw, "AT_DELIVERY_DEPOT AT_DELIVERY_DEPOT label");
  ASSERT_TRUE(item.headline.has_value());
  EXPECT_EQ(item.headline->as_of, item.events[0].time.utc);
  EXPECT_EQ(item.events[0].time.local, "2026-11-04T05:12:00");
  EXPECT_EQ(format_rfc3339(item.events[0].time.utc.value()), "2026-11-04T04:12:00Z");
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::place);
  EXPECT_EQ(item.events[0].raw_text, "First line. Second.");
}

TEST(Dpd, ReadsBelgianScansAndTheirTwelveHourClock) {
  const auto reply = read_reply(life_cycle(), answer(200, life(step("Depot", "8/18/2026 4:09:55 AM", "Mechelen (BE)", true, false) +
                                                               step("Courier", "8/18/2026 7:34:34 AM", "Mechelen (BE)", true, false) +
                                                               step("Courier", "8/18/2026 7:34:34 AM", "Mechelen (BE)", true, false) +
                                                               step("ParcelShop", "8/18/2026 4:41:00 PM", "Nowhere", true, false))));
  ASSERT_EQ(reply.items.size(), 1u);
  const auto& item = reply.items[0];
  ASSERT_EQ(item.events.size(), 3u) << "an exact repeat is one event";
  EXPECT_EQ(status_of(item), "available_for_pickup");
  EXPECT_EQ(item.events[0].time.local, "2026-08-18T16:41:00");
  EXPECT_FALSE(item.events[0].time.utc.has_value()) << "no country, no zone";
  EXPECT_EQ(format_rfc3339(item.events[1].time.utc.value()), "2026-08-18T05:34:34Z");
}

TEST(Dpd, CodesMeanWhatTheirTableSays) {
  const std::pair<const char*, const char*> kExpected[] = {{"SHIPMENT", "pre_transit"},
                                                           {"ACCEPTED", "in_transit"},
                                                           {"OUT_FOR_DELIVERY", "out_for_delivery"},
                                                           {"DELIVERED", "delivered"},
                                                           {"Courier", "out_for_delivery"},
                                                           {"DeliveryFailure", "delivery_attempted"},
                                                           {"ReturningFromDelivery", "delivery_attempted"},
                                                           {"ParcelShop", "available_for_pickup"},
                                                           {"Delivered", "delivered"},
                                                           {"Beamed", "unknown"}};
  for (const auto& [code, status] : kExpected) {
    const auto reply = read_reply(life_cycle(), answer(200, life(step(code, "03.11.2026, 17:05", "Kiel (DE)", true, true))));
    ASSERT_EQ(reply.items.size(), 1u) << code;
    EXPECT_EQ(status_of(reply.items[0]), status) << code;
  }
  std::set<std::string_view> seen;
  for (const auto& row : dpd::kCodes) EXPECT_TRUE(seen.insert(row.code).second) << row.code << " twice";
}

TEST(Dpd, TellsFaultsApart) {
  const auto refused =
      "<ns:authenticationFault xmlns:ns=\"http://dpd.com/common/service/types/Authentication/2.0\">"
      "<errorCode>DELICOM_ERR_AUTHENTICATION</errorCode><errorMessage>Failure.</errorMessage></ns:authenticationFault>";
  const auto typed =
      "<ns:faults xmlns:ns=\"http://dpd.com/common/service/types/ParcelLifeCycleService/2.0\">"
      "<faultCode>X_1</faultCode><message>Not a parcel label number.</message></ns:faults>";
  const auto auth = read_reply(life_cycle(), answer(500, fault("soap:Server", refused)));
  EXPECT_EQ(auth.trouble, Trouble::auth);
  EXPECT_EQ(auth.detail, "DELICOM_ERR_AUTHENTICATION: Failure.");
  const auto bad = read_reply(life_cycle(), answer(500, fault("soap:Server", typed)));
  EXPECT_EQ(bad.trouble, Trouble::bad_request);
  EXPECT_EQ(bad.detail, "X_1: Not a parcel label number.");
  EXPECT_EQ(read_reply(life_cycle(), answer(500, fault("soap:Client", ""))).trouble, Trouble::bad_request);
  const auto service = read_reply(life_cycle(), answer(500, fault("soap:Server", "")));
  EXPECT_EQ(service.trouble, Trouble::service);
  EXPECT_EQ(service.detail, "Fault occured");
  EXPECT_EQ(read_reply(life_cycle(), answer(503, "<html><body>busy</body></html>")).trouble, Trouble::service);
  EXPECT_EQ(read_reply(life_cycle(), answer(200, "<a/>")).trouble, Trouble::bad_reply);
  const auto unknown = dpd().parse_track({}, answer(200, life("")), ask({"05308801410058"}));
  ASSERT_EQ(unknown.items.size(), 1u);
  EXPECT_EQ(unknown.items[0].trouble, Trouble::not_found);
}

TEST(Dpd, LogsIn) {
  CarrierAccount account;
  account.key = "shop";
  account.secret = "p<w";
  const auto request = dpd().token_request(account);
  EXPECT_EQ(request.url, "https://public-ws.dpd.com/services/LoginService/V2_0/");
  EXPECT_EQ(header_of(request, "SOAPAction"), "\"http://dpd.com/common/service/LoginService/2.0/getAuth\"");
  EXPECT_NE(request.body.find("<delisId>shop</delisId><password>p&lt;w</password>"), std::string::npos);
  const std::string good =
      "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><getAuthResponse><return><delisId>shop</delisId>"
      "<authToken>TOKEN</authToken><depot>0530</depot><authTokenExpires>2026-11-05T03:00:00.06</authTokenExpires></return>"
      "</getAuthResponse></soap:Body></soap:Envelope>";
  const auto dated = dpd().parse_token(answer(200, good, {{"date", "Wed, 04 Nov 2026 23:00:00 GMT"}}));
  EXPECT_EQ(dated.token, "TOKEN");
  EXPECT_EQ(dated.lives_us, 3 * kHour) << "03:00 in Berlin is 02:00 UTC";
  EXPECT_EQ(dpd().parse_token(answer(200, good)).lives_us, 12 * kHour);
  EXPECT_EQ(dpd().parse_token(answer(500, fault("soap:Server", "<x:faults xmlns:x=\"y\"><faultCode>L</faultCode></x:faults>"))).trouble,
            Trouble::auth);
  EXPECT_EQ(dpd().parse_token(answer(500, fault("soap:Server", ""))).trouble, Trouble::service);
  EXPECT_EQ(dpd().parse_token(answer(503, "busy")).trouble, Trouble::service);
  EXPECT_EQ(dpd().parse_token(answer(200, "<a/>")).trouble, Trouble::bad_reply);
}

TEST(Dpd, KnowsItsNumbers) {
  EXPECT_TRUE(dpd().is_number("05308801410058"));
  EXPECT_TRUE(dpd().is_number("008182709980000020033350276C"));
  EXPECT_FALSE(dpd().is_number("008182709980000020033350276A"));
  EXPECT_FALSE(dpd().is_number("0530880141005"));
  EXPECT_FALSE(dpd().is_number("0530880141005X"));
}

TEST(Dpd, SurvivesHostileForms) { survives_hostile_forms(life_cycle(), german()); }

}  // namespace
}  // namespace roundtrip::carriers::test
