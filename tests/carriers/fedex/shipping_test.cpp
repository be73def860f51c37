// FedEx labels: requests as the specification says, replies, errors, cancellations, hostile forms.
#include "carriers/shipping.hpp"

#include "../label_orders.hpp"
#include "../replies.hpp"
#include "base/secrets.hpp"
#include "support/openapi.hpp"

namespace roundtrip::carriers::test {
namespace {
const Shipping& fedex_shipping() { return *find_carrier("fedex")->shipping(); }

CarrierAccount fedex_shop() {
  CarrierAccount account;
  account.carrier = "fedex";
  account.token = "T0K";
  account.customer = "740561073";
  return account;
}

LabelOrder fedex_order(Direction direction, const std::string& shop_country = "US", const std::string& buyer_country = "US") {
  auto order = order_between(american_shop(shop_country), american_customer(buyer_country), direction, "label-78");
  order.length_mm = 200;
  order.width_mm = 300;
  order.height_mm = 101;
  order.currency = "USD";
  order.ship_at = *parse_rfc3339("2026-11-22T10:00:00Z");
  return order;
}

Json fedex_shipment(const LabelOrder& order) {
  return Json::parse(fedex_shipping().label_request(fedex_shop(), order).body).at("requestedShipment");
}

TEST(FedexShipping, AReturnLabelIsOrderedByByte) {
  const auto request = fedex_shipping().label_request(fedex_shop(), fedex_order(Direction::back));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://apis.fedex.com/ship/v1/shipments");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer T0K");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(header_of(request, "x-customer-transaction-id").size(), 32u);
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"labelResponseOptions":"LABEL","accountNumber":{"value":"740561073"},
    "requestedShipment":{"shipDatestamp":"2026-11-22","pickupType":"DROPOFF_AT_FEDEX_LOCATION","serviceType":"FEDEX_GROUND",
      "packagingType":"YOUR_PACKAGING","rateRequestType":["ACCOUNT"],"totalPackageCount":1,"totalWeight":2.7,
      "shipper":{"address":{"streetLines":["12 Elm Street","Apt 4"],"city":"Albany","stateOrProvinceCode":"NY","postalCode":"12207",
          "countryCode":"US","residential":true},"contact":{"personName":"Ann Miller","phoneNumber":"4195550100"}},
      "recipients":[{"address":{"streetLines":["1 Depot Road"],"city":"Toledo","stateOrProvinceCode":"OH","postalCode":"43604",
          "countryCode":"US","residential":false},
        "contact":{"companyName":"Example Store","phoneNumber":"4195550100","emailAddress":"returns@store.test"}}],
      "shippingChargesPayment":{"paymentType":"SENDER","payor":{"responsibleParty":{"accountNumber":{"value":"740561073"}}}},
      "labelSpecification":{"labelFormatType":"COMMON2D","labelStockType":"PAPER_4X6","imageType":"PDF"},
      "shipmentSpecialServices":{"specialServiceTypes":["RETURN_SHIPMENT"],"returnShipmentDetail":{"returnType":"PRINT_RETURN_LABEL"}},
      "requestedPackageLineItems":[{"groupPackageCount":1,"itemDescription":"Wool sweater","weight":{"units":"LB","value":2.7},
        "dimensions":{"length":8,"width":12,"height":4,"units":"IN"},
        "customerReferences":[{"customerReferenceType":"CUSTOMER_REFERENCE","value":"label-78"},
          {"customerReferenceType":"RMA_ASSOCIATION","value":"RMA-5"}]}]}})"));
}

TEST(FedexShipping, EveryKindOfRequestFitsTheSpecification) {
  const auto ship = specification("fedex/ship-v1.json"), track = specification("fedex/track-v1.json");
  if (!ship || !track) GTEST_SKIP() << "the carrier's specification is not at hand";
  for (const auto direction : {Direction::outbound, Direction::back}) {
    for (const auto& [shop, buyer] :
         std::vector<std::pair<std::string, std::string>>{{"US", "US"}, {"US", "CA"}, {"DE", "FR"}, {"DE", "GB"}}) {
      for (const char* format : {"pdf", "png", "zpl"}) {
        auto order = fedex_order(direction, shop, buyer);
        order.format = format;
        const auto body = Json::parse(fedex_shipping().label_request(fedex_shop(), order).body);
        EXPECT_EQ(faults_of(*ship, "Full_Schema_Ship", body), std::vector<std::string>{}) << shop << buyer << format;
      }
    }
  }
  const auto cancel = fedex_shipping().void_request(fedex_shop(), "794953555571");
  EXPECT_EQ(faults_of(*ship, "Full_Schema_Cancel_Shipment", Json::parse(cancel.body)), std::vector<std::string>{});
  auto queries = ask({"449044304137"});
  queries[0].reference = "7~449044304137~FDEG";
  const auto tracking = find_carrier("fedex")->track_request(fedex_shop(), queries);
  EXPECT_EQ(faults_of(*track, "Full_Schema_Tracking_Numbers", Json::parse(tracking.body)), std::vector<std::string>{});
}

TEST(FedexShipping, TheServiceFollowsTheWay) {
  EXPECT_EQ(fedex_shipment(fedex_order(Direction::outbound))["serviceType"], "GROUND_HOME_DELIVERY");
  EXPECT_EQ(fedex_shipment(fedex_order(Direction::outbound))["pickupType"], "USE_SCHEDULED_PICKUP");
  EXPECT_EQ(fedex_shipment(fedex_order(Direction::outbound, "US", "CA"))["serviceType"], "FEDEX_INTERNATIONAL_PRIORITY");
  EXPECT_EQ(fedex_shipment(fedex_order(Direction::outbound, "DE", "DE"))["serviceType"], "STANDARD_OVERNIGHT");
  auto order = fedex_order(Direction::outbound);
  order.service = "FEDEX_2_DAY";
  order.weight_g = 0;
  EXPECT_EQ(fedex_shipment(order)["serviceType"], "FEDEX_2_DAY");
  EXPECT_FALSE(fedex_shipment(order)["requestedPackageLineItems"][0].contains("weight"));
}

TEST(FedexShipping, AcrossABorderThereAreCommodities) {
  const auto out = fedex_shipment(fedex_order(Direction::outbound, "US", "CA"));
  EXPECT_EQ(out["customsClearanceDetail"], Json::parse(R"({"commercialInvoice":{"shipmentPurpose":"SOLD"},
    "dutiesPayment":{"paymentType":"RECIPIENT"},"isDocumentOnly":false,"totalCustomsValue":{"amount":99.00,"currency":"USD"},
    "commodities":[{"description":"Wool sweater","quantity":2,"quantityUnits":"PCS","numberOfPieces":1,"harmonizedCode":"611011",
      "countryOfManufacture":"PT","unitPrice":{"amount":49.50,"currency":"USD"},"customsValue":{"amount":99.00,"currency":"USD"},
      "weight":{"units":"KG","value":0.6}}]})"));
  const auto back = fedex_shipment(fedex_order(Direction::back, "US", "CA"));
  EXPECT_EQ(back["customsClearanceDetail"]["dutiesPayment"]["paymentType"], "SENDER");
  EXPECT_EQ(back["customsClearanceDetail"]["customsOption"]["type"], "COURTESY_RETURN_LABEL");
  EXPECT_FALSE(fedex_shipment(fedex_order(Direction::outbound, "DE", "FR")).contains("customsClearanceDetail"));
}

Json fedex_label() {
  const Json document = {{"contentType", "LABEL"}, {"docType", "PDF"}, {"encodedLabel", to_base64("%PDF-1.4 label")}};
  const Json instructions = {{"contentType", "RETURN_INSTRUCTIONS"}, {"docType", "PDF"}, {"encodedLabel", to_base64("%PDF-1.4 words")}};
  const Json invoice = {{"contentType", "COMMERCIAL_INVOICE"}, {"docType", "PDF"}, {"encodedLabel", to_base64("%PDF-1.4 invoice")}};
  const Json piece = {{"trackingNumber", "794953555571"}, {"packageDocuments", Json::array({document, instructions})}};
  const Json rates = Json::array({{{"rateType", "LIST"}, {"totalNetCharge", 40.0}, {"currency", "USD"}},
                                  {{"rateType", "ACCOUNT"}, {"totalNetCharge", 21.45}, {"currency", "USD"}}});
  const Json shipment = {
      {"masterTrackingNumber", "794953555570"},
      {"pieceResponses", Json::array({piece})},
      {"shipmentDocuments", Json::array({invoice})},
      {"completedShipmentDetail", {{"shipmentRating", {{"actualRateType", "ACCOUNT"}, {"shipmentRateDetails", rates}}}}}};
  return {{"transactionId", "t"}, {"output", {{"transactionShipments", Json::array({shipment})}}}};
}

TEST(FedexShipping, ALabelIsRead) {
  const auto reply = fedex_shipping().parse_label(answer(200, fedex_label().dump()));
  ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
  EXPECT_EQ(reply.label.number, "794953555571");
  EXPECT_EQ(reply.label.void_id, "794953555570");
  ASSERT_EQ(reply.label.documents.size(), 2u);
  EXPECT_EQ(reply.label.documents[0].bytes, "%PDF-1.4 label");
  EXPECT_EQ(reply.label.documents[0].part, LabelPart::label);
  EXPECT_EQ(reply.label.documents[1].part, LabelPart::customs_form);
  EXPECT_EQ(reply.label.price, 2145);
  EXPECT_EQ(reply.label.price_currency, "USD");
}

TEST(FedexShipping, ALabelMayBeAnAddressToFetchItFrom) {
  auto body = fedex_label();
  auto& document = body["output"]["transactionShipments"][0]["pieceResponses"][0]["packageDocuments"][0];
  document.erase("encodedLabel");
  document["url"] = "https://apis.fedex.com/document/v2/1";
  const auto reply = fedex_shipping().parse_label(answer(200, body.dump()));
  ASSERT_EQ(reply.trouble, Trouble::none);
  EXPECT_EQ(reply.label.documents[0].url, "https://apis.fedex.com/document/v2/1");
  EXPECT_TRUE(reply.label.documents[0].bytes.empty());
  const auto fetch = fedex_shipping().document_request(fedex_shop(), reply.label.documents[0]);
  EXPECT_EQ(fetch.url, "https://apis.fedex.com/document/v2/1");
  EXPECT_EQ(header_of(fetch, "Authorization"), "Bearer T0K");
  EXPECT_EQ(
      header_of(fedex_shipping().document_request(fedex_shop(), {LabelPart::label, "pdf", "", "https://else.test/1"}), "Authorization"),
      "");
  document["url"] = "file:///etc/passwd";
  EXPECT_EQ(fedex_shipping().parse_label(answer(200, body.dump())).trouble, Trouble::bad_reply);
}

TEST(FedexShipping, WhatIsNoLabelIsRefused) {
  auto text_for_label = fedex_label();
  text_for_label["output"]["transactionShipments"][0]["pieceResponses"][0]["packageDocuments"][0]["encodedLabel"] = "encoded label";
  for (const auto& body : {text_for_label.dump(), std::string(R"({"output":{"transactionShipments":[]}})"),
                           std::string(R"({"output":{"transactionShipments":[7]}})"), std::string("{}"), std::string("")})
    EXPECT_EQ(fedex_shipping().parse_label(answer(200, body)).trouble, Trouble::bad_reply) << body;
}

TEST(FedexShipping, ErrorsAreToldApart) {
  for (const auto& [status, code, trouble] :
       std::vector<std::tuple<int, const char*, Trouble>>{{400, "SHIPMENT.POSTALCODE.INVALID", Trouble::bad_request},
                                                          {400, "ACCOUNT.NUMBER.MISMATCH", Trouble::bad_request},
                                                          {401, "NOT.AUTHORIZED.ERROR", Trouble::auth},
                                                          {403, "FORBIDDEN.ERROR", Trouble::auth},
                                                          {429, "X", Trouble::rate_limited},
                                                          {503, "SERVICE.UNAVAILABLE.ERROR", Trouble::service}}) {
    const std::string body = R"({"errors":[{"code":")" + std::string(code) + R"(","message":"m"}]})";
    EXPECT_EQ(fedex_shipping().parse_label(answer(status, body)).trouble, trouble) << code;
    EXPECT_EQ(fedex_shipping().parse_label(answer(status, body)).detail, std::string(code) + " m");
    EXPECT_EQ(fedex_shipping().parse_void(answer(status, body)).trouble, trouble) << code;
  }
  HttpOutcome silent;
  silent.failure.detail = "timed out";
  EXPECT_EQ(fedex_shipping().parse_label(silent).trouble, Trouble::service);
  EXPECT_EQ(fedex_shipping().parse_void(silent).trouble, Trouble::service);
}

TEST(FedexShipping, ALabelIsCanceled) {
  const auto request = fedex_shipping().void_request(fedex_shop(), "794953555570");
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.url, "https://apis.fedex.com/ship/v1/shipments/cancel");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"accountNumber":{"value":"740561073"},"deletionControl":"DELETE_ALL_PACKAGES",
    "trackingNumber":"794953555570"})"));
  EXPECT_EQ(fedex_shipping().parse_void(answer(200, R"({"output":{"cancelledShipment":true}})")).trouble, Trouble::none);
  const auto not_canceled =
      fedex_shipping().parse_void(answer(200, R"({"output":{"cancelledShipment":false,"alerts":[{"code":"TOO.LATE","message":"gone"}]}})"));
  EXPECT_EQ(not_canceled.trouble, Trouble::bad_request);
  EXPECT_EQ(not_canceled.detail, "TOO.LATE gone");
  for (const char* none : {"{}", "", "[1]"}) EXPECT_EQ(fedex_shipping().parse_void(answer(200, none)).trouble, Trouble::bad_reply) << none;
}

TEST(FedexShipping, TheRecordedRepliesAreRead) {
  const auto canceled = specification("../payloads/fedex/ship_cancel_response.json");
  const auto token = specification("../payloads/fedex/oauth_token_ok.json");
  if (!canceled || !token) GTEST_SKIP() << "the recorded replies are not at hand";
  EXPECT_EQ(fedex_shipping().parse_void(answer(200, canceled->dump())).trouble, Trouble::none);
  EXPECT_EQ(find_carrier("fedex")->parse_token(answer(200, token->dump())).lives_us, 3599 * kSecond);
}

TEST(FedexShipping, SurvivesHostileReplies) {
  // Read through the same torments as tracking: an API whose reader is the label parser.
  Api as_api;
  as_api.name = "label";
  as_api.read = [](const Reply& reply) {
    const auto label = fedex_shipping().parse_label(answer(reply.status, std::string(reply.body)));
    fedex_shipping().parse_void(answer(reply.status, std::string(reply.body)));
    return failed(label.trouble, label.detail);
  };
  survives_hostile_forms(as_api, fedex_label().dump());
}
}  // namespace
}  // namespace roundtrip::carriers::test
