// UPS labels: requests as the specification says, replies, errors, voids, hostile forms.
#include "carriers/shipping.hpp"

#include "../label_orders.hpp"
#include "../replies.hpp"
#include "base/secrets.hpp"
#include "support/openapi.hpp"

namespace roundtrip::carriers::test {
namespace {
const Shipping& ups_shipping() { return *find_carrier("ups")->shipping(); }

CarrierAccount shop_account() {
  CarrierAccount account;
  account.carrier = "ups";
  account.token = "T0K";
  account.customer = "A1B2C3";
  return account;
}

LabelOrder label_order(Direction direction, const std::string& shop_country = "US", const std::string& buyer_country = "US") {
  auto shop = american_shop(shop_country), buyer = american_customer(buyer_country);
  shop.address.company = "Example Store with a name of more than thirty-five letters";
  buyer.address.name = "Ann Böhm";
  buyer.address.postal_code = "12207-1234";
  buyer.email = "ann@example.test";
  auto order = order_between(shop, buyer, direction, "label-77");
  order.length_mm = 200;
  order.width_mm = 300;
  order.height_mm = 101;
  order.currency = "USD";
  order.contents[0].value = 4900;
  order.ship_at = *parse_rfc3339("2026-11-22T10:00:00Z");
  return order;
}

Json shipment_of(const LabelOrder& order) {
  return Json::parse(ups_shipping().label_request(shop_account(), order).body).at("ShipmentRequest").at("Shipment");
}

TEST(UpsShipping, AReturnLabelIsOrderedByByte) {
  const auto request = ups_shipping().label_request(shop_account(), label_order(Direction::back));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://onlinetools.ups.com/api/shipments/v2409/ship");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer T0K");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(header_of(request, "transId").size(), 32u);
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"ShipmentRequest":{
    "Request":{"RequestOption":"nonvalidate","SubVersion":"2205","TransactionReference":{"CustomerContext":"label-77"}},
    "LabelSpecification":{"LabelImageFormat":{"Code":"PNG"},"LabelStockSize":{"Height":"6","Width":"4"}},
    "Shipment":{"Description":"Wool sweater","ReturnService":{"Code":"9"},"Service":{"Code":"03"},
      "ShipmentRatingOptions":{"NegotiatedRatesIndicator":"Y"},
      "PaymentInformation":{"ShipmentCharge":[{"Type":"01","BillShipper":{"AccountNumber":"A1B2C3"}}]},
      "Shipper":{"ShipperNumber":"A1B2C3","Name":"Example Store with a name of more t",
        "AttentionName":"Example Store with a name of more t","EMailAddress":"returns@store.test","Phone":{"Number":"4195550100"},
        "Address":{"AddressLine":["1 Depot Road"],"City":"Toledo","StateProvinceCode":"OH","PostalCode":"43604","CountryCode":"US"}},
      "ShipTo":{"Name":"Example Store with a name of more t",
        "AttentionName":"Example Store with a name of more t","EMailAddress":"returns@store.test","Phone":{"Number":"4195550100"},
        "Address":{"AddressLine":["1 Depot Road"],"City":"Toledo","StateProvinceCode":"OH","PostalCode":"43604","CountryCode":"US"}},
      "ShipFrom":{"Name":"Ann Böhm","AttentionName":"Ann Böhm",
        "Address":{"AddressLine":["12 Elm Street","Apt 4"],"City":"Albany","StateProvinceCode":"NY","PostalCode":"122071234",
          "CountryCode":"US"}},
      "Package":[{"Description":"Wool sweater","Packaging":{"Code":"02"},
        "PackageWeight":{"UnitOfMeasurement":{"Code":"LBS"},"Weight":"2.7"},
        "Dimensions":{"UnitOfMeasurement":{"Code":"IN"},"Length":"12","Width":"8","Height":"4"},
        "ReferenceNumber":[{"Code":"TN","Value":"label-77"},{"Code":"RZ","Value":"RMA-5"}]}]}}})"));
}

TEST(UpsShipping, EveryKindOfOrderFitsTheSpecification) {
  const auto document = specification("ups/Shipping.yaml");
  if (!document) GTEST_SKIP() << "the carrier's specification is not at hand";
  for (const auto direction : {Direction::outbound, Direction::back}) {
    for (const auto& [shop, buyer] :
         std::vector<std::pair<std::string, std::string>>{{"US", "US"}, {"US", "CA"}, {"DE", "FR"}, {"DE", "GB"}}) {
      for (const char* format : {"pdf", "zpl"}) {
        auto order = label_order(direction, shop, buyer);
        order.format = format;
        const auto body = Json::parse(ups_shipping().label_request(shop_account(), order).body);
        EXPECT_EQ(faults_of(*document, "SHIPRequestWrapper", body), std::vector<std::string>{}) << shop << buyer << format;
      }
    }
  }
}

TEST(UpsShipping, TheWayOutHasItsDayServiceAndUnits) {
  auto shipment = shipment_of(label_order(Direction::outbound, "DE", "FR"));
  EXPECT_FALSE(shipment.contains("ReturnService"));
  EXPECT_EQ(shipment["ShipmentDate"], "20261122");
  EXPECT_EQ(shipment["Service"]["Code"], "11");
  EXPECT_EQ(shipment["Package"][0]["PackageWeight"], Json::parse(R"({"UnitOfMeasurement":{"Code":"KGS"},"Weight":"1.2"})"));
  EXPECT_EQ(shipment["Package"][0]["Dimensions"]["Height"], "11");
  EXPECT_EQ(shipment["ReferenceNumber"][0]["Value"], "label-77");  // outside the United States at the shipment
  EXPECT_FALSE(shipment.contains("ShipmentServiceOptions"));       // no customs within the EU
  auto order = label_order(Direction::outbound, "DE", "US");
  EXPECT_EQ(shipment_of(order)["Service"]["Code"], "65");
  order.service = "07";
  order.weight_g = 0;
  order.height_mm = 0;
  shipment = shipment_of(order);
  EXPECT_EQ(shipment["Service"]["Code"], "07");
  EXPECT_FALSE(shipment["Package"][0].contains("PackageWeight"));  // what is not known is not claimed
  EXPECT_FALSE(shipment["Package"][0].contains("Dimensions"));
}

TEST(UpsShipping, AcrossABorderThereIsAnInvoice) {
  const auto out = shipment_of(label_order(Direction::outbound, "US", "CA"));
  const auto& forms = out["ShipmentServiceOptions"]["InternationalForms"];
  EXPECT_EQ(forms["FormType"], Json::array({"01"}));
  EXPECT_EQ(forms["ReasonForExport"], "SALE");
  EXPECT_EQ(forms["Contacts"]["SoldTo"]["Name"], "Ann Böhm");
  EXPECT_EQ(forms["Product"], Json::parse(R"([{"Description":["Wool sweater"],"CommodityCode":"611011","OriginCountryCode":"PT",
    "Unit":{"Number":"2","UnitOfMeasurement":{"Code":"PCS"},"Value":"49.00"}}])"));
  EXPECT_EQ(out["InvoiceLineTotal"], Json::parse(R"({"CurrencyCode":"USD","MonetaryValue":"98.00"})"));
  const auto back = shipment_of(label_order(Direction::back, "US", "CA"));
  EXPECT_EQ(back["ShipmentServiceOptions"]["InternationalForms"]["FormType"], Json::array({"05"}));
  EXPECT_EQ(back["ShipmentServiceOptions"]["InternationalForms"]["ReasonForExport"], "RETURN");
  EXPECT_EQ(back["PaymentInformation"]["ShipmentCharge"][1]["Type"], "02");
  EXPECT_FALSE(back.contains("InvoiceLineTotal"));
}

Json label_reply(bool as_list) {
  const Json package = {{"TrackingNumber", "1Z999AA10123456784"},
                        {"ShippingLabel", {{"ImageFormat", {{"Code", "PNG"}}}, {"GraphicImage", to_base64("\x89PNG\r\n\x1a\npixels")}}}};
  const Json results = {{"ShipmentIdentificationNumber", "1Z999AA10123456784"},
                        {"PackageResults", as_list ? Json::array({package}) : package},
                        {"ShipmentCharges", {{"TotalCharges", {{"CurrencyCode", "USD"}, {"MonetaryValue", "25.10"}}}}},
                        {"Form", {{"Image", {{"GraphicImage", to_base64("%PDF-1.4 invoice")}}}}}};
  return {{"ShipmentResponse", {{"Response", {{"ResponseStatus", {{"Code", "1"}}}}}, {"ShipmentResults", results}}}};
}

TEST(UpsShipping, ALabelIsReadFromAListAndFromOneObject) {
  for (const bool as_list : {true, false}) {
    const auto reply = ups_shipping().parse_label(answer(200, label_reply(as_list).dump()));
    ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
    EXPECT_EQ(reply.label.number, "1Z999AA10123456784");
    EXPECT_EQ(reply.label.void_id, "1Z999AA10123456784");
    ASSERT_EQ(reply.label.documents.size(), 2u);
    EXPECT_EQ(reply.label.documents[0].part, LabelPart::label);
    EXPECT_EQ(reply.label.documents[0].format, "png");
    EXPECT_EQ(reply.label.documents[0].bytes, "\x89PNG\r\n\x1a\npixels");
    EXPECT_EQ(reply.label.documents[1].part, LabelPart::customs_form);
    EXPECT_EQ(reply.label.price, 2510);
    EXPECT_EQ(reply.label.price_currency, "USD");
  }
  auto negotiated = label_reply(true);
  negotiated["ShipmentResponse"]["ShipmentResults"]["NegotiatedRateCharges"]["TotalCharge"] = {{"CurrencyCode", "USD"},
                                                                                               {"MonetaryValue", "19.99"}};
  EXPECT_EQ(ups_shipping().parse_label(answer(200, negotiated.dump())).label.price, 1999);
}

TEST(UpsShipping, TheRecordedRepliesAreRead) {
  const auto label = specification("../payloads/ups/ship_return_response.json");
  const auto voided = specification("../payloads/ups/void_response_postman.json");
  if (!label || !voided) GTEST_SKIP() << "the recorded replies are not at hand";
  const auto reply = ups_shipping().parse_label(answer(200, label->dump()));
  ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
  EXPECT_EQ(reply.label.documents.at(0).format, "png");
  EXPECT_EQ(reply.label.price, 2500);
  EXPECT_EQ(ups_shipping().parse_void(answer(200, voided->dump())).trouble, Trouble::none);
}

TEST(UpsShipping, WhatIsNoLabelIsRefused) {
  auto text_for_image = label_reply(true);
  text_for_image["ShipmentResponse"]["ShipmentResults"]["PackageResults"][0]["ShippingLabel"]["GraphicImage"] = "GraphicImage";
  auto no_number = label_reply(true);
  no_number["ShipmentResponse"]["ShipmentResults"]["PackageResults"][0].erase("TrackingNumber");
  for (const auto& body : {text_for_image.dump(), no_number.dump(), std::string("{}"), std::string("<html/>"), std::string("")})
    EXPECT_EQ(ups_shipping().parse_label(answer(200, body)).trouble, Trouble::bad_reply) << body;
}

TEST(UpsShipping, ErrorsAreToldApart) {
  const auto errors = [](const char* code) { return R"({"response":{"errors":[{"code":")" + std::string(code) + R"(","message":"m"}]}})"; };
  for (const auto& [status, code, trouble] : std::vector<std::tuple<int, const char*, Trouble>>{{400, "120100", Trouble::bad_request},
                                                                                                {401, "250003", Trouble::auth},
                                                                                                {403, "10403", Trouble::auth},
                                                                                                {429, "10429", Trouble::rate_limited},
                                                                                                {500, "10004", Trouble::service}}) {
    const auto label = ups_shipping().parse_label(answer(status, errors(code)));
    EXPECT_EQ(label.trouble, trouble) << code;
    EXPECT_EQ(label.detail, std::string(code) + " m");
    EXPECT_EQ(ups_shipping().parse_void(answer(status, errors(code))).trouble, trouble) << code;
  }
  HttpOutcome silent;
  silent.failure.detail = "timed out";
  EXPECT_EQ(ups_shipping().parse_label(silent).trouble, Trouble::service);
  EXPECT_EQ(ups_shipping().parse_void(silent).trouble, Trouble::service);
}

TEST(UpsShipping, ALabelIsVoided) {
  const auto request = ups_shipping().void_request(shop_account(), "1z999aa10123456784/..");
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.url, "https://onlinetools.ups.com/api/shipments/v2409/void/cancel/1Z999AA10123456784");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer T0K");
  const auto reply = [](const char* code) {
    return Json{{"VoidShipmentResponse", {{"SummaryResult", {{"Status", {{"Code", code}, {"Description", "d"}}}}}}}}.dump();
  };
  EXPECT_EQ(ups_shipping().parse_void(answer(200, reply("1"))).trouble, Trouble::none);
  EXPECT_EQ(ups_shipping().parse_void(answer(200, reply("0"))).trouble, Trouble::bad_request);
  for (const char* none : {"{}", "", "[1]"}) EXPECT_EQ(ups_shipping().parse_void(answer(200, none)).trouble, Trouble::bad_reply) << none;
}

TEST(UpsShipping, SurvivesHostileReplies) {
  // Read through the same torments as tracking: an API whose reader is the label parser.
  Api as_api;
  as_api.name = "label";
  as_api.read = [](const Reply& reply) {
    const auto label = ups_shipping().parse_label(answer(reply.status, std::string(reply.body)));
    ups_shipping().parse_void(answer(reply.status, std::string(reply.body)));
    return failed(label.trouble, label.detail);
  };
  survives_hostile_forms(as_api, label_reply(true).dump());
}
}  // namespace
}  // namespace roundtrip::carriers::test
