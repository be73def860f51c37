// EasyPost labels: a shipment bought in one call, its refund and scan forms; replies, errors, hostile forms. The fixtures are invented.
#include "carriers/shipping.hpp"

#include "carriers/easypost/easypost.hpp"
#include "carriers/label_orders.hpp"
#include "carriers/replies.hpp"

namespace roundtrip::carriers::test {
namespace {

const Shipping& shipping() { return *easypost_carrier().shipping(); }
CarrierAccount buyer() {
  CarrierAccount account;
  account.carrier = "easypost";
  account.key = "EZTK";
  account.customer = "carrier_account=ca_1;service=Priority;return_service=GroundAdvantage;carrier=USPS";
  return account;
}
LabelOrder order_of(Direction direction) {
  const Party customer{{"Ann Buyer", "", "1 Main St", "Apt 2", "Austin", "TX", "73301", "US", "5551234567"}, "ann@example.com"};
  const Party shop{{"", "Shop Inc", "2 Dock Rd", "", "Reno", "NV", "89501", "US", ""}, ""};
  auto order = order_between(shop, customer, direction);
  order.weight_g = 500;
  order.contents = {{"Shoes", 2, 4999, 250, "6403.99", "PT"}};
  order.rma = "RMA-77";
  order.ship_at = {};
  return order;
}
Json shipment_of(const LabelOrder& order) { return Json::parse(shipping().label_request(buyer(), order).body).at("shipment"); }

TEST(EasypostShipping, AReturnNamesTheCustomerAsTheReceiver) {
  const auto request = shipping().label_request(buyer(), order_of(Direction::back));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.easypost.com/v2/shipments");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic RVpUSzo=");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"shipment":{
    "to_address":{"name":"Ann Buyer","street1":"1 Main St","street2":"Apt 2","city":"Austin","state":"TX","zip":"73301","country":"US",
                  "phone":"5551234567","email":"ann@example.com"},
    "from_address":{"company":"Shop Inc","street1":"2 Dock Rd","city":"Reno","state":"NV","zip":"89501","country":"US"},
    "parcel":{"weight":17.7},"is_return":true,"reference":"R-1","service":"GroundAdvantage","carrier_accounts":["ca_1"],
    "options":{"label_format":"PDF","print_custom_1":"RMA-77","currency":"USD"}}})"))
      << "is_return sends it to from_address";
}

TEST(EasypostShipping, TheWayOutAbroad) {
  auto order = order_of(Direction::outbound);
  EXPECT_EQ(shipment_of(order)["to_address"]["name"], "Ann Buyer");
  EXPECT_EQ(shipment_of(order)["is_return"], false);
  EXPECT_EQ(shipment_of(order)["service"], "Priority");
  EXPECT_FALSE(shipment_of(order).contains("customs_info"));
  order.service = "NextDayAir";
  order.to.address.country = "CA";
  order.format = "zpl";
  order.ship_at = Instant{1'784'000'000'000'000};
  order.length_mm = 254, order.width_mm = 127, order.height_mm = 26;
  const auto abroad = shipment_of(order);
  EXPECT_EQ(abroad["service"], "NextDayAir");
  EXPECT_EQ(abroad["options"]["label_format"], "ZPL");
  EXPECT_EQ(abroad["options"]["label_date"], "2026-07-14T03:33:20Z");
  EXPECT_EQ(abroad["parcel"], Json::parse(R"({"weight":17.7,"length":10.0,"width":5.0,"height":1.1})"));
  EXPECT_EQ(abroad["customs_info"]["contents_type"], "merchandise");
  EXPECT_EQ(abroad["customs_info"]["customs_items"][0],
            Json::parse(R"({"description":"Shoes","quantity":2,"value":"99.98","currency":"USD","weight":17.7,"hs_tariff_number":"640399",
                            "origin_country":"PT"})"));
}

const std::string kBought = R"({"id":"shp_1","object":"Shipment","is_return":true,"tracking_code":"9405500106068145794057","messages":[],
  "postage_label":{"object":"PostageLabel","label_url":"https://files.test/l.pdf","label_file_type":"application/pdf"},
  "selected_rate":{"object":"Rate","service":"Priority","rate":"10.07","currency":"USD"},"refund_status":null,
  "forms":[{"object":"Form","form_type":"label_qr_code","form_url":"https://files.test/q.png"},
           {"object":"Form","form_type":"commercial_invoice","form_url":"https://files.test/i.pdf"},
           {"object":"Form","form_type":"other","form_url":"https://files.test/o.pdf"}]})";

TEST(EasypostShipping, ABoughtLabel) {
  const auto reply = shipping().parse_label(answer(201, kBought));
  ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
  EXPECT_EQ(reply.label.number, "9405500106068145794057");
  EXPECT_EQ(reply.label.void_id, "shp_1");
  EXPECT_EQ(reply.label.price, 1007);
  EXPECT_EQ(reply.label.price_currency, "USD");
  ASSERT_EQ(reply.label.documents.size(), 3u);
  EXPECT_EQ(reply.label.documents[0].url, "https://files.test/l.pdf");
  EXPECT_EQ(reply.label.documents[0].format, "pdf");
  EXPECT_EQ(reply.label.documents[1].part, LabelPart::qr);
  EXPECT_EQ(reply.label.documents[2].part, LabelPart::customs_form);
  const auto fetch = shipping().document_request(buyer(), reply.label.documents[0]);
  EXPECT_EQ(fetch.url, "https://files.test/l.pdf");
  EXPECT_EQ(header_of(fetch, "Authorization"), "") << "the files are on another host: no key goes there";
  auto plain = reply.label.documents[0];
  plain.url = "http://files.test/l.pdf";
  EXPECT_EQ(shipping().document_request(buyer(), plain).url, "") << "not without TLS";
  auto near = buyer();
  near.base_url = "http://files.test";
  EXPECT_EQ(shipping().document_request(near, plain).url, plain.url) << "but from where the account itself is asked";
}

TEST(EasypostShipping, ErrorsAndWhatWasNotBought) {
  struct Case {
    int http;
    std::string body;
    Trouble expected;
    std::string says;
  };
  const Case cases[] = {
      {422, R"({"error":{"code":"SHIPMENT.POSTAGE.FAILURE","message":"no rate","errors":[{"field":"service","message":"unknown"}]}})",
       Trouble::bad_request, "service unknown"},
      {401, R"({"error":{"code":"APIKEY.INACTIVE","message":"dead"}})", Trouble::auth, "dead"},
      {402, R"({"error":{"code":"PAYMENT_REQUIRED","message":"pay"}})", Trouble::auth, "pay"},
      {429, R"({"error":{"code":"RATE_LIMITED","message":"slow"}})", Trouble::rate_limited, "slow"},
      {500, R"({"error":{"code":"INTERNAL_SERVER_ERROR","message":"oops"}})", Trouble::service, "oops"},
      {502, "<html/>", Trouble::service, ""},
      {201,
       R"({"id":"shp_1","object":"Shipment","tracking_code":null,"postage_label":null,"messages":[{"carrier":"UPS","message":"no such"}]})",
       Trouble::bad_request, "UPS no such"},
      {201, R"({"id":"shp_1","tracking_code":"1","postage_label":{"label_url":"file:///etc/passwd"}})", Trouble::bad_reply, "address"},
      {200, "{}", Trouble::bad_reply, ""},
      {200, "no JSON", Trouble::bad_reply, ""},
  };
  for (const Case& one : cases) {
    const auto reply = shipping().parse_label(answer(one.http, one.body));
    EXPECT_EQ(reply.trouble, one.expected) << one.http << " " << one.body;
    EXPECT_NE(reply.detail.find(one.says), std::string::npos) << reply.detail;
    EXPECT_TRUE(reply.label.number.empty());
  }
  EXPECT_EQ(shipping().parse_label({}).trouble, Trouble::service);
}

TEST(EasypostShipping, Refunds) {
  const auto request = shipping().void_request(buyer(), "shp_1/x");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.easypost.com/v2/shipments/shp_1%2Fx/refund");
  const auto of = [](const std::string& status) {
    return shipping().parse_void(answer(200, R"({"id":"shp_1","refund_status":")" + status + "\"}"));
  };
  EXPECT_EQ(of("submitted").trouble, Trouble::none);
  EXPECT_TRUE(of("submitted").pending);
  EXPECT_FALSE(of("refunded").pending);
  EXPECT_EQ(of("refunded").trouble, Trouble::none);
  EXPECT_EQ(of("rejected").trouble, Trouble::bad_request);
  EXPECT_EQ(of("not_applicable").trouble, Trouble::bad_request);
  EXPECT_EQ(of("").trouble, Trouble::bad_reply);
  EXPECT_TRUE(shipping().parse_void(answer(200, R"([{"object":"Refund","status":"submitted"}])")).pending);
  EXPECT_EQ(shipping().parse_void(answer(422, R"({"error":{"code":"SHIPMENT.REFUND.UNAVAILABLE","message":"m"}})")).trouble,
            Trouble::bad_request);
}

TEST(EasypostShipping, ScanForms) {
  const auto request = shipping().manifest_request(buyer(), std::vector<std::string>{"shp_1", "shp_2"});
  EXPECT_EQ(request.url, "https://api.easypost.com/v2/scan_forms");
  EXPECT_EQ(request.body, R"({"shipments":[{"id":"shp_1"},{"id":"shp_2"}]})");
  const auto made = shipping().parse_manifest(answer(
      201,
      R"({"id":"sf_1","object":"ScanForm","status":"created","form_url":"https://files.test/s.pdf","form_file_type":"application/pdf"})"));
  ASSERT_EQ(made.trouble, Trouble::none) << made.detail;
  EXPECT_EQ(made.manifest_id, "sf_1");
  EXPECT_EQ(made.documents.at(0).url, "https://files.test/s.pdf");
  EXPECT_EQ(shipping().parse_manifest(answer(201, R"({"id":"sf_1","status":"failed","message":"m"})")).trouble, Trouble::bad_request);
  EXPECT_EQ(shipping().parse_manifest(answer(201, "{}")).trouble, Trouble::bad_reply);
}

TEST(EasypostShipping, SurvivesHostileForms) {
  survives_hostile_json(kBought, [](const HttpOutcome& outcome) {
    const auto label = shipping().parse_label(outcome);
    EXPECT_TRUE(label.trouble == Trouble::none || label.label.documents.empty());
    shipping().parse_void(outcome);
    shipping().parse_manifest(outcome);
  });
}

TEST(EasypostShipping, RecordedRepliesAreRead) {
  const std::string folder = "carriers/payloads/easypost/";
  const auto rates = shared_file(folder + "shipment_create_response.json");
  if (rates.empty()) GTEST_SKIP() << "no recorded replies";
  EXPECT_EQ(shipping().parse_label(answer(201, rates)).trouble, Trouble::bad_request) << "rates only: nothing was bought";
  EXPECT_TRUE(shipping().parse_void(answer(200, shared_file(folder + "refund_create_response.json"))).pending);
  const auto documented = Json::parse(shared_file(folder + "return_shipment_create_request.json")).at("shipment");
  const auto ours = shipment_of(order_of(Direction::back));
  for (const auto& [name, value] : documented.items()) EXPECT_TRUE(ours.contains(name)) << name;
}

}  // namespace
}  // namespace roundtrip::carriers::test
