// USPS labels, cancellations, SCAN forms and payment tokens: requests byte by byte and against the carrier's OpenAPI files, replies in
// both of their forms, errors, and what no peer should send.
#include <fstream>
#include <sstream>

#include "../replies.hpp"
#include "base/secrets.hpp"
#include "carriers/label_orders.hpp"
#include "carriers/shipping.hpp"
#include "carriers/usps/usps.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {
const Shipping& usps_shipping() { return *usps_carrier().shipping(); }

CarrierAccount buying_account() {
  CarrierAccount account;
  account.token = "token-1";
  account.payment_token = "payment-1";
  account.customer = "12345678/900000001/900000002/1000000003";
  return account;
}

LabelOrder usps_order(Direction direction) {
  // Both ways from the same address: what differs is the kind of label.
  const Party from{{"Anna Maria Berg", "", "12 Elm St", "Apt 3", "Akron", "OH", "44301-1234", "US", "+13305550100"}, ""};
  const Party to{{"", "Shop \"Returns\" Inc", "1 Dock Rd", "", "Reno", "NV", "89501", "US", ""}, ""};
  auto order = direction == Direction::back ? order_between(to, from, direction, "R-100-1") : order_between(from, to, direction, "R-100-1");
  order.weight_g = 907;
  order.length_mm = 254;
  order.width_mm = 203;
  order.height_mm = 102;
  order.rma = "RMA-7";
  order.ship_at = *parse_rfc3339("2026-11-20T15:00:00Z");
  return order;
}

constexpr const char* kParties =
    R"("fromAddress":{"ZIPCode":"44301","ZIPPlus4":"1234","city":"Akron","firstName":"Anna Maria","lastName":"Berg",)"
    R"("secondaryAddress":"Apt 3","state":"OH","streetAddress":"12 Elm St"},)";
constexpr const char* kTo =
    R"("toAddress":{"ZIPCode":"89501","city":"Reno","firm":"Shop \"Returns\" Inc","state":"NV","streetAddress":"1 Dock Rd"}})";

TEST(UspsLabels, ReturnLabelRequest) {
  const auto request = usps_shipping().label_request(buying_account(), usps_order(Direction::back));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://apis.usps.com/labels/v3/return-label");
  EXPECT_EQ(header_of(request, "Authorization"), "Bearer token-1");
  EXPECT_EQ(header_of(request, "X-Payment-Authorization-Token"), "payment-1");
  EXPECT_EQ(header_of(request, "Accept"), "application/vnd.usps.labels+json");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(request.body, std::string("{") + kParties +
                              R"("imageInfo":{"imageType":"PDF","labelType":"4X6LABEL","receiptOption":"NONE"},)"
                              R"("packageDescription":{"customerReference":[{"printReferenceNumber":true,"referenceNumber":"RMA-7"}],)"
                              R"("dimensionsUOM":"in","height":4.02,"length":10.0,"mailClass":"USPS_GROUND_ADVANTAGE_RETURN_SERVICE",)"
                              R"("processingCategory":"MACHINABLE","rateIndicator":"SP","weight":1.9996,"weightUOM":"lb","width":8.0},)" +
                              kTo);
}

TEST(UspsLabels, OutboundLabelRequestHasItsDay) {
  auto order = usps_order(Direction::outbound);
  order.service = "PRIORITY_MAIL_EXPRESS";
  order.format = "zpl";
  order.rma = "";
  const auto request = usps_shipping().label_request(buying_account(), order);
  EXPECT_EQ(request.url, "https://apis.usps.com/labels/v3/label");
  const Json body = Json::parse(request.body);
  EXPECT_EQ(body["imageInfo"]["imageType"], "ZPL203DPI");
  const Json& package = body["packageDescription"];
  EXPECT_EQ(package["mailClass"], "PRIORITY_MAIL_EXPRESS");
  EXPECT_EQ(package["rateIndicator"], "PA");
  EXPECT_EQ(package["mailingDate"], "2026-11-20");
  EXPECT_EQ(package["destinationEntryFacilityType"], "NONE");
  EXPECT_EQ(package["customerReference"][0]["referenceNumber"], "R-100-1");
}

TEST(UspsLabels, LabelBrokerGivesACodeAndTheLabel) {
  auto order = usps_order(Direction::back);
  order.qr = true;
  const Json body = Json::parse(usps_shipping().label_request(buying_account(), order).body);
  EXPECT_EQ(body["imageInfo"]["imageType"], "LABEL_BROKER");
  EXPECT_EQ(body["imageInfo"]["includeLabelBrokerPDF"], true);
  EXPECT_EQ(body["imageInfo"]["receiptOption"], "NONE") << "no other is allowed with Label Broker";
}

TEST(UspsLabels, TheSameOrderHasTheSameKeyAndAnotherHasAnother) {
  const auto key = [](const LabelOrder& order) {
    return header_of(usps_shipping().label_request(buying_account(), order), "X-Idempotency-Key");
  };
  auto order = usps_order(Direction::back);
  const std::string first = key(order);
  EXPECT_EQ(first.size(), 36u);
  EXPECT_EQ(first[14], '8');
  EXPECT_NE(std::string("89ab").find(first[19]), std::string::npos);
  EXPECT_EQ(key(order), first);
  order.direction = Direction::outbound;
  EXPECT_NE(key(order), first);
  order = usps_order(Direction::back);
  order.reference = "R-100-2";
  EXPECT_NE(key(order), first);
}

TEST(UspsLabels, WhatIsNotKnownIsAUsualParcelAndWhatIsBigIsNonstandard) {
  auto order = usps_order(Direction::back);
  order.weight_g = order.length_mm = order.width_mm = order.height_mm = 0;
  Json package = Json::parse(usps_shipping().label_request(buying_account(), order).body)["packageDescription"];
  for (const char* name : {"weight", "length", "width", "height"}) EXPECT_GT(package[name].get<double>(), 0.2) << name;
  EXPECT_EQ(package["processingCategory"], "MACHINABLE");
  order.length_mm = 800;
  package = Json::parse(usps_shipping().label_request(buying_account(), order).body)["packageDescription"];
  EXPECT_EQ(package["processingCategory"], "NONSTANDARD");
  order = usps_order(Direction::back);
  order.weight_g = 12'000;
  package = Json::parse(usps_shipping().label_request(buying_account(), order).body)["packageDescription"];
  EXPECT_EQ(package["processingCategory"], "NONSTANDARD");
}

TEST(UspsLabels, FieldsAreCutAtCharactersAndBadUtf8IsNoFault) {
  auto order = usps_order(Direction::back);
  order.from.address.line1 = std::string(49, 'x') + "\xC3\xBC\xC3\xBC";
  order.from.address.city = std::string(40, 'c');
  order.from.address.name = "Cher";
  Json from = Json::parse(usps_shipping().label_request(buying_account(), order).body)["fromAddress"];
  EXPECT_EQ(from["streetAddress"], std::string(49, 'x') + "\xC3\xBC");
  EXPECT_EQ(from["city"].get<std::string>().size(), 28u);
  EXPECT_EQ(from["firstName"], "Cher");
  EXPECT_EQ(from["lastName"], "Cher");
  order.from.address.city = "\xFF\xFE";
  EXPECT_NO_THROW(usps_shipping().label_request(buying_account(), order));
}

// --- replies
const std::string kPdf = to_base64("%PDF-1.4 a label");
const std::string kPng = to_base64("\x89PNG\r\n\x1A\n a code");

std::string label_json(const std::string& more) {
  return R"({"trackingNumber": "9202090000000000000005", "routingInformation": "42089501", "postage": 8.75,
             "extraServices": [{"name": "x", "price": 3.5}], "fees": [{"name": "y", "price": 0.05}])" +
         more + "}";
}

TEST(UspsLabels, ReplyInOneDocument) {
  const auto reply = usps_shipping().parse_label(answer(200, label_json(R"(, "returnLabelImage": ")" + kPdf + "\"")));
  ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
  EXPECT_EQ(reply.label.number, "9202090000000000000005");
  EXPECT_EQ(reply.label.void_id, "9202090000000000000005");
  EXPECT_EQ(reply.label.price, 1230);
  EXPECT_EQ(reply.label.price_currency, "USD");
  ASSERT_EQ(reply.label.documents.size(), 1u);
  EXPECT_EQ(reply.label.documents[0].part, LabelPart::label);
  EXPECT_EQ(reply.label.documents[0].format, "pdf");
  EXPECT_EQ(reply.label.documents[0].bytes, "%PDF-1.4 a label");
}

TEST(UspsLabels, ReplyWithACode) {
  auto reply = usps_shipping().parse_label(
      answer(200, label_json(R"(, "labelBrokerID": "LB1", "labelBrokerQR": ")" + kPng + R"(", "labelImage": ")" + kPdf + "\"")));
  ASSERT_EQ(reply.label.documents.size(), 2u) << reply.detail;
  EXPECT_EQ(reply.label.documents[0].part, LabelPart::qr);
  EXPECT_EQ(reply.label.documents[0].format, "png");
  EXPECT_EQ(reply.label.documents[1].part, LabelPart::label);
  reply = usps_shipping().parse_label(answer(200, label_json(R"(, "labelBrokerID": "LB1", "labelImage": ")" + kPng + "\"")));
  ASSERT_EQ(reply.label.documents.size(), 1u);
  EXPECT_EQ(reply.label.documents[0].part, LabelPart::qr) << "the code alone comes as the label's image";
}

std::string multipart(const std::string& metadata_name, const std::string& image_head, const std::string& image) {
  return "--b-1\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name=\"" + metadata_name + "\"\r\n\r\n" +
         label_json("") + "\r\n--b-1\r\n" + image_head + "\r\n\r\n" + image + "\r\n--b-1--\r\n";
}
constexpr const char* kImageHead =
    "Content-Type: application/pdf\r\nContent-Disposition: form-data; filename=\"label.pdf\"; name=\"labelImage\"";

TEST(UspsLabels, ReplyInParts) {
  const Headers headers = {{"content-type", "multipart/form-data; boundary=\"b-1\""}};
  for (const auto& body : {multipart("labelMetadata", kImageHead, kPdf),
                           multipart("returnLabelMetadata", "Content-Disposition: attachment; filename=\"label-image.pdf\"", kPdf)}) {
    const auto reply = usps_shipping().parse_label(answer(200, body, headers));
    ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
    EXPECT_EQ(reply.label.number, "9202090000000000000005");
    ASSERT_EQ(reply.label.documents.size(), 1u);
    EXPECT_EQ(reply.label.documents[0].bytes, "%PDF-1.4 a label");
    EXPECT_EQ(usps_shipping().parse_label(answer(200, body)).trouble, Trouble::none) << "without the header too";
  }
}

struct ShippingError {
  int status;
  const char* body;
  Trouble trouble;
};
const ShippingError kShippingErrors[] = {
    {400, R"({"apiVersion":"/labels/v3","error":{"code":"400","message":"Bad","errors":[{"detail":"Address Not Found","code":"0003"}]}})",
     Trouble::bad_request},
    {400, R"({"apiVersion":"/labels/v3","error":{"code":"400","message":"Bad","errors":[{"detail":"Order not found","code":"00000XX"}]}})",
     Trouble::not_found},
    {401, R"({"apiVersion":"/labels/v3","error":{"code":"401","message":"Invalid payment token"}})", Trouble::auth},
    {403, R"({"apiVersion":"/labels/v3","error":{"code":"403","message":"Access is denied."}})", Trouble::auth},
    {429, R"({"apiVersion":"/labels/v3","error":{"code":"429","message":"Too Many Requests"}})", Trouble::rate_limited},
    {503, R"({"apiVersion":"/labels/v3","error":{"code":"503","message":"Service is unavailable."}})", Trouble::service},
    {502, "<html>bad gateway</html>", Trouble::service},
    {200, R"({"error":{"code":"400","message":"Bad Request"}})", Trouble::bad_request},
    {200, "", Trouble::bad_reply},
    {200, "[]", Trouble::bad_reply},
    {200, "{}", Trouble::bad_reply},
};
TEST(UspsLabels, ErrorsAreToldApartByEveryOperation) {
  for (const auto& one : kShippingErrors) {
    const auto said = answer(one.status, one.body, {{"retry-after", "9"}});
    EXPECT_EQ(usps_shipping().parse_label(said).trouble, one.trouble) << one.body;
    EXPECT_EQ(usps_shipping().parse_void(said).trouble, one.trouble) << one.body;
    EXPECT_EQ(usps_shipping().parse_manifest(said).trouble, one.trouble) << one.body;
    EXPECT_EQ(usps_shipping().parse_payment(said).trouble, one.trouble) << one.body;
  }
  EXPECT_EQ(usps_shipping().parse_label(answer(429, "{}", {{"retry-after", "9"}})).retry_after_us, 9 * kSecond);
  EXPECT_NE(usps_shipping().parse_label(answer(400, kShippingErrors[0].body)).detail.find("0003 Address Not Found"), std::string::npos);
  EXPECT_EQ(usps_shipping().parse_label({std::nullopt, {TransportFailure::Kind::timeout, true, "timed out"}}).trouble, Trouble::service);
}

TEST(UspsLabels, ImagesThatCannotBeReadAreNoLabel) {
  for (const std::string image : {"", "not base64 !!", "aGVsbG8=", "AAAA"}) {
    EXPECT_EQ(usps_shipping().parse_label(answer(200, label_json(R"(, "labelImage": ")" + image + "\""))).trouble, Trouble::bad_reply)
        << image;
  }
  EXPECT_EQ(usps_shipping().parse_label(answer(200, label_json(R"(, "labelImage": 5)"))).trouble, Trouble::bad_reply);
  EXPECT_EQ(usps_shipping().parse_label(answer(200, R"({"labelImage": ")" + kPdf + "\"}")).trouble, Trouble::bad_reply) << "no number";
}

TEST(UspsLabels, HostileReplies) {
  const Headers headers = {{"content-type", "multipart/form-data; boundary=b-1"}};
  const std::string parts = multipart("labelMetadata", kImageHead, kPdf);
  const std::string json = label_json(R"(, "labelImage": ")" + kPdf + "\"");
  for (std::size_t size = 0; size + 4 < parts.size(); ++size) {
    EXPECT_EQ(usps_shipping().parse_label(answer(200, parts.substr(0, size), headers)).trouble, Trouble::bad_reply) << "cut at " << size;
  }
  for (std::size_t size = 0; size < json.size(); ++size) {
    EXPECT_EQ(usps_shipping().parse_label(answer(200, json.substr(0, size))).trouble, Trouble::bad_reply) << "cut at " << size;
  }
  const std::string big(10'000'000, 'A');
  for (const auto& body : {parts + big, big, "--" + big, std::string(100'000, '['), label_json(R"(, "labelImage": "\ud800")")}) {
    EXPECT_EQ(usps_shipping().parse_label(answer(200, body, headers)).trouble, Trouble::bad_reply) << body.substr(0, 20);
  }
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "--b-1\r\n\r\n{}\r\n";
  EXPECT_EQ(usps_shipping().parse_label(answer(200, many + "--b-1--", headers)).trouble, Trouble::bad_reply);
  const Json whole = Json::parse(json);
  for (const auto& [key, unused] : whole.items()) {
    for (const Json& other : {Json(), Json(-1.5e300), Json(true), Json::array({1, nullptr}), Json::object({{"a", 1}})}) {
      Json changed = whole;
      changed[key] = other;
      EXPECT_NO_THROW(usps_shipping().parse_label(answer(200, changed.dump()))) << key;
    }
  }
}

TEST(UspsVoids, AreDoneOrPending) {
  const auto request = usps_shipping().void_request(buying_account(), "9202090000000000000005");
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.url, "https://apis.usps.com/labels/v3/label/9202090000000000000005");
  EXPECT_EQ(header_of(request, "X-Payment-Authorization-Token"), "payment-1");
  EXPECT_EQ(request.body, "");
  auto reply = usps_shipping().parse_void(answer(200, R"({"trackingNumber": "9202090000000000000005", "status": "CANCELED"})"));
  EXPECT_EQ(reply.trouble, Trouble::none);
  EXPECT_FALSE(reply.pending);
  reply =
      usps_shipping().parse_void(answer(200, R"({"trackingNumber": "9202090000000000000005", "status": "DISPUTED", "disputeId": "104"})"));
  EXPECT_EQ(reply.trouble, Trouble::none);
  EXPECT_TRUE(reply.pending);
  EXPECT_EQ(reply.detail, "DISPUTED 104");
  EXPECT_EQ(usps_shipping().parse_void(answer(200, R"({"status": "LOST"})")).trouble, Trouble::bad_reply);
}

ManifestOrder hand_over() {
  ManifestOrder order;
  order.numbers = {"9202090000000000000005", "9202090000000000000012"};
  order.from.address = {"", "Shop Inc", "1 Dock Rd", "", "Reno", "NV", "89501", "US", ""};
  order.ship_at = *parse_rfc3339("2026-11-20T23:00:00Z");
  return order;
}
TEST(UspsManifests, ScanForm) {
  const auto request = usps_shipping().manifest_request_for(buying_account(), hand_over());
  EXPECT_EQ(request.url, "https://apis.usps.com/scan-forms/v3/scan-form");
  EXPECT_EQ(header_of(request, "Accept"), "application/vnd.usps.labels+json");
  EXPECT_EQ(request.body,
            R"({"destinationEntryFacilityType":"NONE","entryFacilityZIPCode":"89501","fromAddress":{"ZIPCode":"89501","city":"Reno",)"
            R"("firm":"Shop Inc","state":"NV","streetAddress":"1 Dock Rd"},"imageInfo":{"imageType":"PDF","labelType":"8.5X11LABEL"},)"
            R"("mailingDate":"2026-11-20","overwriteMailingDate":true,"shipment":{"trackingNumbers":["9202090000000000000005",)"
            R"("9202090000000000000012"]}})");
  const auto whole = usps_shipping().parse_manifest(
      answer(200, R"({"manifestNumber": "9275000000000000000000", "trackingNumbers": [], "SCANFormImage": ")" + kPdf + "\"}"));
  EXPECT_EQ(whole.manifest_id, "9275000000000000000000");
  ASSERT_EQ(whole.documents.size(), 1u);
  EXPECT_EQ(whole.documents[0].format, "pdf");
  const std::string parts =
      "--x\nContent-Type: application/json\nContent-Disposition: form-data; name=\"Scan Form Response\"\n\n"
      "{\"manifestNumber\": \"77\"}\n--x\nContent-Type: application/pdf\n"
      "Content-Disposition: form-data; filename=\"label.pdf\"; name=\"label\"\n\n" +
      kPdf + "\n--x--\n";
  const auto pieces = usps_shipping().parse_manifest(answer(200, parts));
  EXPECT_EQ(pieces.manifest_id, "77") << pieces.detail;
  EXPECT_EQ(pieces.documents.size(), 1u);
}

TEST(UspsPayments, ATokenBesideTheToken) {
  const auto request = usps_shipping().payment_request(buying_account());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->url, "https://apis.usps.com/payments/v3/payment-authorization");
  EXPECT_EQ(header_of(*request, "Authorization"), "Bearer token-1");
  const Json roles = Json::parse(request->body)["roles"];
  ASSERT_EQ(roles.size(), 2u);
  EXPECT_EQ(roles[0], Json::parse(R"({"roleName":"PAYER","CRID":"12345678","MID":"900000001","manifestMID":"900000002",
                                      "accountType":"EPS","accountNumber":"1000000003"})"));
  EXPECT_EQ(roles[1]["roleName"], "LABEL_OWNER");
  const std::string token(3000, 'p');
  const auto reply = usps_shipping().parse_payment(answer(200, R"({"paymentAuthorizationToken": ")" + token + R"(", "roles": []})"));
  EXPECT_EQ(reply.token, token);
  EXPECT_EQ(reply.lives_us, 8 * kHour);
}

// Every name and every listed value that we send is in the carrier's file. (Required members: by the byte-by-byte tests above, which
// follow its `required` lists.)
std::string spec(const char* name) {
  const char* named = std::getenv("ROUNDTRIP_TEST_DATA");
  std::ifstream file(std::string(named != nullptr ? named : ROUNDTRIP_SOURCE_DIR "/../shared/data") + "/carriers/specs/usps/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}
void expect_names(const Json& json, const std::string& yaml) {
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) {
      EXPECT_NE(yaml.find(" " + key + ":\n"), std::string::npos) << key;
    }
    if (json.is_object() && value.is_string() && value.get<std::string>().find_first_of(" -\"") == std::string::npos &&
        (key.ends_with("Type") || key.ends_with("UOM") || key == "mailClass" || key == "processingCategory" || key == "receiptOption")) {
      EXPECT_NE(yaml.find("- " + value.get<std::string>() + "\n"), std::string::npos) << key << " " << value;
    }
    if (value.is_structured()) expect_names(value, yaml);
  }
}
TEST(UspsLabels, SayWhatTheCarriersFilesKnow) {
  const std::string labels = spec("domestic-labels-3.9.13.yaml"), forms = spec("scan-forms-3.1.14.yaml");
  if (labels.empty() || forms.empty()) GTEST_SKIP() << "USPS's OpenAPI files are not here";
  for (const bool qr : {false, true}) {
    for (const auto direction : {Direction::back, Direction::outbound}) {
      auto order = usps_order(direction);
      order.qr = qr;
      const auto request = usps_shipping().label_request(buying_account(), order);
      expect_names(Json::parse(request.body), labels);
      EXPECT_NE(labels.find("\n  " + request.url.substr(std::string("https://apis.usps.com/labels/v3").size()) + ":\n"), std::string::npos);
      for (const char* name : {"X-Payment-Authorization-Token", "X-Idempotency-Key"})
        EXPECT_NE(labels.find(std::string("name: ") + name + "\n"), std::string::npos);
    }
  }
  expect_names(Json::parse(usps_shipping().manifest_request_for(buying_account(), hand_over()).body), forms);
}

}  // namespace
}  // namespace roundtrip::carriers::test
