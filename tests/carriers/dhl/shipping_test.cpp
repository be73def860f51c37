// Parcel DE labels: requests against DHL's own specifications, replies and errors of both APIs, hostile forms. The fixtures are invented.
#include "carriers/shipping.hpp"

#include <gmock/gmock.h>

#include "base/secrets.hpp"
#include "carriers/dhl/dhl.hpp"
#include "carriers/label_orders.hpp"
#include "carriers/replies.hpp"
#include "support/openapi.hpp"

namespace roundtrip::carriers::test {
namespace {
using testing::IsEmpty;

const Shipping& shipping() { return *dhl_carrier().shipping(); }
CarrierAccount business() {
  CarrierAccount account;
  account.carrier = "dhl";
  account.key = "key";
  account.customer = "user=zt12345;password=geheim;billing=33333333330102;billing.V53WPAK=33333333335301;receiver.che=che-own";
  return account;
}
LabelOrder order_of(Direction direction) {
  const Party customer{{"Erika Muster", "", "Charles-de-Gaulle-Str. 20 a", "Hinterhaus", "Bonn", "NRW", "53113", "DE", "+49 228 1"},
                       "e@example.com"};
  const Party shop{{"Lager", "Meine Waren GmbH", "Sträßchensweg 10", "", "Bonn", "", "53113", "DE", ""}, ""};
  auto order = order_between(shop, customer, direction);
  order.contents = {{"Schuhe", 2, 4999, 500, "6403.99.96", "PT"}, {"Kleber", 1, 1299, 200, "", "DE"}};
  order.rma = "RMA-77";
  order.ship_at = Instant{1'784'000'000'000'000};
  return order;
}
Json body_of(const LabelOrder& order) { return Json::parse(shipping().label_request(business(), order).body); }

TEST(DhlReturns, TheRequest) {
  auto order = order_of(Direction::back);
  const auto request = shipping().label_request(business(), order);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api-eu.dhl.com/parcel/de/shipping/returns/v1/orders?labelType=SHIPMENT_LABEL");
  EXPECT_EQ(header_of(request, "dhl-api-key"), "key");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic " + to_base64("zt12345:geheim"));
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({
    "receiverId":"deu","customerReference":"RMA-77","shipmentReference":"R-1",
    "shipper":{"name1":"Erika Muster","name3":"Hinterhaus","addressStreet":"Charles-de-Gaulle-Str.","addressHouse":"20 a",
               "postalCode":"53113","city":"Bonn","email":"e@example.com","phone":"+49 228 1","state":"NRW"},
    "itemWeight":{"uom":"g","value":1200},"itemValue":{"currency":"EUR","value":112.97}})"));
  order.qr = true;
  EXPECT_TRUE(shipping().label_request(business(), order).url.ends_with("?labelType=BOTH"));
}

TEST(DhlReturns, FromAbroadWithCustoms) {
  auto order = order_of(Direction::back);
  order.from.address.country = "CH";
  order.from.address.line1 = "10 Rue Haute";
  const auto body = body_of(order);
  EXPECT_EQ(body["receiverId"], "che-own");
  EXPECT_EQ(body["shipper"]["addressStreet"], "Rue Haute");
  EXPECT_EQ(body["shipper"]["addressHouse"], "10");
  EXPECT_EQ(body["customsDetails"]["items"][0], Json::parse(R"({"itemDescription":"Schuhe","packagedQuantity":2,"hsCode":"64039996",
    "countryOfOrigin":"PRT","itemWeight":{"uom":"g","value":500},"itemValue":{"currency":"EUR","value":49.99}})"));
  order.from.address.country = "FR";
  order.from.address.line1 = "Ohne Nummer";
  EXPECT_EQ(body_of(order)["receiverId"], "fra");
  EXPECT_EQ(body_of(order)["shipper"]["addressHouse"], "-");
  EXPECT_FALSE(body_of(order).contains("customsDetails")) << "the Union is one territory";
  order.currency = "USD";
  EXPECT_FALSE(body_of(order).contains("itemValue")) << "only EUR, GBP and CHF are taken";
}

TEST(DhlShipping, TheRequest) {
  const auto order = order_of(Direction::outbound);
  const auto request = shipping().label_request(business(), order);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api-eu.dhl.com/parcel/de/shipping/v2/orders?includeDocs=include&docFormat=PDF");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"profile":"STANDARD_GRUPPENPROFIL","shipments":[{
    "product":"V01PAK","billingNumber":"33333333330102","refNo":"00000R-1","shipDate":"2026-07-14",
    "shipper":{"name1":"Meine Waren GmbH","name2":"Lager","addressStreet":"Sträßchensweg 10",
               "postalCode":"53113","city":"Bonn","country":"DEU"},
    "consignee":{"name1":"Erika Muster","additionalAddressInformation1":"Hinterhaus","addressStreet":"Charles-de-Gaulle-Str. 20 a",
                 "postalCode":"53113","city":"Bonn","state":"NRW","country":"DEU","email":"e@example.com","phone":"+49 228 1"},
    "details":{"weight":{"uom":"g","value":1200}}}]})"));
}

TEST(DhlShipping, AbroadToPickUpPointsAndPrinters) {
  auto order = order_of(Direction::outbound);
  order.to.address.country = "GB";
  const auto abroad = body_of(order)["shipments"][0];
  EXPECT_EQ(abroad["product"], "V53WPAK");
  EXPECT_EQ(abroad["billingNumber"], "33333333335301");
  EXPECT_EQ(abroad["consignee"]["country"], "GBR");
  EXPECT_EQ(abroad["customs"]["items"].size(), 2u);
  order = order_of(Direction::outbound);
  order.to.address.line1 = "Packstation 123";
  order.to.address.line2 = "987654321";
  EXPECT_EQ(body_of(order)["shipments"][0]["consignee"], Json::parse(R"({"name":"Erika Muster","lockerID":123,"city":"Bonn",
    "country":"DEU","postalCode":"53113","postNumber":"987654321"})"));
  order.to.address.line2 = "no number";
  EXPECT_TRUE(body_of(order)["shipments"][0]["consignee"].contains("addressStreet")) << "a locker wants a post number";
  order.to.address.line1 = "postfiliale 501";
  EXPECT_EQ(body_of(order)["shipments"][0]["consignee"]["retailID"], 501);
  order.service = "V62KP";
  order.format = "zpl";
  order.length_mm = 300, order.width_mm = 200, order.height_mm = 100;
  EXPECT_EQ(body_of(order)["shipments"][0]["product"], "V62KP");
  EXPECT_EQ(body_of(order)["shipments"][0]["details"]["dim"]["length"], 300);
  EXPECT_TRUE(shipping().label_request(business(), order).url.ends_with("docFormat=ZPL2"));
}

// What orders may hold: long, short, missing, other alphabets, broken bytes.
std::vector<LabelOrder> odd_orders(Direction direction) {
  std::vector<LabelOrder> orders;
  for (const char* country : {"DE", "CH", "GB", "NO", "FR"}) {
    for (const char* line : {"Musterstr. 1", "10 Downing Street", "Platz", "Packstation 123"}) {
      auto order = order_of(direction);
      auto& address = (direction == Direction::back ? order.from : order.to).address;
      address.country = country;
      address.line1 = line;
      address.line2 = "987654321";
      order.contents[0].description = std::string(300, 'x');
      order.qr = true;
      orders.push_back(order);
    }
  }
  auto order = order_of(direction);
  auto& party = direction == Direction::back ? order.from : order.to;
  party.address.name = std::string(40, 'n') + " \xC3\x9C" + std::string(40, 'm');
  party.address.company = std::string(90, 'c');
  party.address.line1 = std::string(80, 's') + " 12345678901";
  party.address.phone = std::string(40, '1');
  party.address.region = std::string(40, 'r');
  party.email = std::string(100, 'e') + "@example.com";
  order.reference = std::string(60, 'R');
  order.rma.clear();
  orders.push_back(order);
  order = order_of(direction);
  order.contents.clear();
  order.ship_at = {};
  orders.push_back(order);
  return orders;
}

void fit_the_spec(const std::string& file, const std::string& path, Direction direction) {
  const auto spec = specification(file);
  if (!spec) GTEST_SKIP() << "no " << file << "";
  ASSERT_THAT(request_faults(*spec, path, shipping().label_request(business(), order_of(direction))), IsEmpty());
  for (const auto& order : odd_orders(direction)) {
    const auto request = shipping().label_request(business(), order);
    EXPECT_THAT(request_faults(*spec, path, request), IsEmpty()) << request.body;
  }
  auto wrong = shipping().label_request(business(), order_of(direction));
  wrong.body = R"({"shipper":{"name1":7}})";
  EXPECT_FALSE(request_faults(*spec, path, wrong).empty()) << "the judge is awake";
}
TEST(DhlReturns, RequestsFitTheSpecification) { fit_the_spec("dhl/parcel-de-returns-1.0.9.yaml", "/orders", Direction::back); }
TEST(DhlShipping, RequestsFitTheSpecification) { fit_the_spec("dhl/parcel-de-shipping-2.2.yaml", "/orders", Direction::outbound); }
TEST(DhlShipping, VoidsAndManifestsFitTheSpecification) {
  const auto spec = specification("dhl/parcel-de-shipping-2.2.yaml");
  if (!spec) GTEST_SKIP() << "no specification at hand";
  EXPECT_THAT(request_faults(*spec, "/orders", shipping().void_request(business(), "0034043333")), IsEmpty());
  EXPECT_THAT(request_faults(*spec, "/manifests", shipping().manifest_request(business(), std::vector<std::string>{"1", "2"})), IsEmpty());
}

const std::string kPdf = to_base64("%PDF-1.4 a label");
const std::string kPng = to_base64("\x89PNG\r\n\x1a\n a code");
const std::string kReturn = R"({"sstatus":{"title":"Created","status":201},"shipmentNo":"999991587211","label":{"b64":")" + kPdf +
                            R"("},"qrLabel":{"b64":")" + kPng + R"("},"qrLink":"https://www.dhl.de/qr/1","routingCode":"4032+99"})";
const std::string kOrder =
    R"({"status":{"title":"OK","statusCode":200},"items":[{"shipmentNo":"0034043333301020022796580",
  "sstatus":{"title":"OK","statusCode":200},"label":{"b64":")" +
    kPdf + R"(","fileFormat":"PDF"},"customsDoc":{"b64":")" + kPdf +
    R"("},"validationMessages":[{"property":"shipper","validationMessage":"House?","validationState":"Warning"}]}]})";

TEST(DhlReturns, AReplyWithLabelAndCode) {
  const auto reply = shipping().parse_label(answer(201, kReturn));
  ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
  EXPECT_EQ(reply.label.number, "999991587211");
  EXPECT_EQ(reply.label.void_id, "") << "nothing to void";
  ASSERT_EQ(reply.label.documents.size(), 2u);
  EXPECT_EQ(reply.label.documents[0].part, LabelPart::label);
  EXPECT_EQ(reply.label.documents[0].format, "pdf");
  EXPECT_EQ(reply.label.documents[0].bytes, "%PDF-1.4 a label");
  EXPECT_EQ(reply.label.documents[1].part, LabelPart::qr);
  EXPECT_EQ(reply.label.documents[1].format, "png");
}

TEST(DhlShipping, AReplyWithLabelAndCustomsForm) {
  const auto reply = shipping().parse_label(answer(200, kOrder));
  ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
  EXPECT_EQ(reply.label.number, "0034043333301020022796580");
  EXPECT_EQ(reply.label.void_id, reply.label.number);
  ASSERT_EQ(reply.label.documents.size(), 2u);
  EXPECT_EQ(reply.label.documents[1].part, LabelPart::customs_form);
  const auto zpl =
      shipping().parse_label(answer(200, R"({"items":[{"shipmentNo":"1","sstatus":{"statusCode":200},"label":{"zpl2":"^XA^XZ"}}]})"));
  EXPECT_EQ(zpl.label.documents.at(0).format, "zpl");
  const auto url = shipping().parse_label(answer(
      200, R"({"items":[{"shipmentNo":"1","sstatus":{"statusCode":200},"label":{"url":"https://api-eu.dhl.com/l","fileFormat":"PDF"}}]})"));
  EXPECT_EQ(url.label.documents.at(0).url, "https://api-eu.dhl.com/l");
}

TEST(DhlLabels, ErrorsOfBothApis) {
  struct Case {
    int http;
    std::string body;
    Trouble expected;
    std::string says;
  };
  const std::string bad_item = R"({"sstatus":{"title":"Validation","statusCode":400},"validationMessages":[
    {"property":"consignee","validationMessage":"No such town","validationState":"Error"},
    {"property":"x","validationMessage":"only a warning","validationState":"Warning"}]})";
  const Case cases[] = {
      {400, R"({"title":"Bad Request","status":400,"detail":"malformed"})", Trouble::bad_request, "malformed"},
      {400, R"({"status":{"title":"Bad Request","statusCode":400},"items":[)" + bad_item + "]}", Trouble::bad_request, "No such town"},
      {207, R"({"status":{"title":"ok","statusCode":207},"items":[)" + bad_item + "]}", Trouble::bad_request, "No such town"},
      {401, R"({"title":"Unauthorized","statusCode":401})", Trouble::auth, "Unauthorized"},
      {403, R"({"title":"Forbidden","status":403})", Trouble::auth, "Forbidden"},
      {422, R"({"title":"Unprocessable","status":422,"detail":"why"})", Trouble::bad_request, "why"},
      {429, R"({"title":"Too Many Requests","status":429})", Trouble::rate_limited, "Too Many"},
      {500, R"({"title":"Internal","status":500})", Trouble::service, "Internal"},
      {502, "<html>Bad Gateway</html>", Trouble::service, "502"},
      {200, "no JSON", Trouble::bad_reply, ""},
      {200, "[]", Trouble::bad_reply, ""},
      {200, R"({"items":[]})", Trouble::bad_reply, "number"},
      {201, R"({"shipmentNo":"1","label":{"b64":"***"}})", Trouble::bad_reply, "1"},
  };
  for (const Case& one : cases) {
    const auto reply = shipping().parse_label(answer(one.http, one.body));
    EXPECT_EQ(reply.trouble, one.expected) << one.http << " " << one.body;
    EXPECT_NE(reply.detail.find(one.says), std::string::npos) << reply.detail;
    EXPECT_EQ(reply.detail.find("only a warning"), std::string::npos);
    EXPECT_TRUE(reply.label.documents.empty());
  }
  EXPECT_EQ(shipping().parse_label(answer(429, "{}", {{"retry-after", "30"}})).retry_after_us, 30 * kSecond);
  EXPECT_EQ(shipping().parse_label({}).trouble, Trouble::service) << "no connection";
}

TEST(DhlShipping, VoidsAndManifests) {
  const auto request = shipping().void_request(business(), "0034/1");
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.url, "https://api-eu.dhl.com/parcel/de/shipping/v2/orders?profile=STANDARD_GRUPPENPROFIL&shipment=0034%2F1");
  const auto item = [](int status) {
    return R"({"items":[{"shipmentNo":"7","sstatus":{"title":"t","statusCode":)" + std::to_string(status) + "}}]}";
  };
  EXPECT_EQ(shipping().parse_void(answer(200, item(200))).trouble, Trouble::none);
  EXPECT_EQ(shipping().parse_void(answer(207, item(400))).trouble, Trouble::bad_request);
  EXPECT_EQ(shipping().parse_void(answer(200, "{}")).trouble, Trouble::bad_reply);
  EXPECT_EQ(shipping().parse_void(answer(401, "{}")).trouble, Trouble::auth);
  const auto manifest = shipping().manifest_request(business(), std::vector<std::string>{"7", "8"});
  EXPECT_EQ(manifest.url, "https://api-eu.dhl.com/parcel/de/shipping/v2/manifests");
  EXPECT_EQ(manifest.body, R"({"profile":"STANDARD_GRUPPENPROFIL","shipmentNumbers":["7","8"]})");
  const std::string mixed = R"({"items":[{"shipmentNo":"7","sstatus":{"title":"OK","statusCode":200}},
                               {"shipmentNo":"8","sstatus":{"title":"Unknown shipment","statusCode":400}}]})";
  const auto reply = shipping().parse_manifest(answer(207, mixed));
  EXPECT_EQ(reply.trouble, Trouble::none);
  EXPECT_EQ(reply.detail, "8 Unknown shipment");
  EXPECT_EQ(shipping().parse_manifest(answer(207, item(400))).trouble, Trouble::bad_request);
  EXPECT_EQ(shipping().parse_manifest(answer(207, "{}")).trouble, Trouble::bad_reply);
}

TEST(DhlLabels, SurviveHostileForms) {
  for (const auto& good : {kReturn, kOrder}) {
    survives_hostile_json(good, [](const HttpOutcome& outcome) {
      const auto label = shipping().parse_label(outcome);
      EXPECT_TRUE(label.trouble == Trouble::none || label.label.documents.empty());
      shipping().parse_void(outcome);
      shipping().parse_manifest(outcome);
    });
  }
}

TEST(DhlLabels, RecordedRepliesAreRead) {
  const std::string folder = "carriers/payloads/dhl/";
  const auto sent_back = shared_file(folder + "returns_v1_response_qr.json");
  if (sent_back.empty()) GTEST_SKIP() << "no recorded replies";
  EXPECT_EQ(shipping().parse_label(answer(201, sent_back)).label.number, "999991587211");
  const auto out = shipping().parse_label(answer(200, shared_file(folder + "parcel_de_ship_v2_response_with_return_label.json")));
  EXPECT_EQ(out.trouble, Trouble::none) << out.detail;
  EXPECT_EQ(out.label.number, "0034043333301020022796580");
  EXPECT_EQ(out.label.documents.at(0).format, "pdf");
}

}  // namespace
}  // namespace roundtrip::carriers::test
