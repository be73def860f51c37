// Subscriptions with the demo carrier are refused as strictly as UPS and USPS refuse them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "carriers/carrier.hpp"
#include "clients/curl_transport.hpp"
#include "demo/carrier_server.hpp"

namespace roundtrip::demo {
namespace {
using Json = nlohmann::json;

struct CarrierSubscriptions : testing::Test {
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();
  CarrierServer server{CarrierServerOptions{.key = "secret", .day_us = kDay, .good_percent = 100, .clock = [this] { return at; }}};
  clients::CurlTransport transport{{.allow_private_addresses = true, .idle_handles = 0}};  // a server ends when its connections do

  std::string token_of(const std::string& name) {
    carriers::CarrierAccount account;
    account.base_url = server.url();
    account.key = "shop";
    account.secret = "secret";
    const auto* carrier = carriers::find_carrier(name);
    return carrier->parse_token(transport.send(carrier->token_request(account))).token;
  }
  HttpResponse call(const std::string& path, const std::string& token, const Json& body) {
    const Headers headers = {
        {"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}, {"transId", "t"}, {"transactionSrc", "s"}};
    return transport.send({.method = "POST", .url = server.url() + path, .headers = headers, .body = body.dump()}).response.value();
  }
  HttpResponse alert(const Json& numbers, const std::string& locale = "en_US") {
    return call("/api/track/v2/subscription/standard/package", token_of("ups"), {{"locale", locale}, {"trackingNumberList", numbers}});
  }
  static std::string code_of(const HttpResponse& refusal) { return Json::parse(refusal.body)["response"]["errors"][0]["code"]; }
  HttpResponse listen(const std::string& number, const std::string& secret) {
    return call("/subscriptions-tracking/v3/subscriptions", token_of("usps"),
                {{"listenerURL", "http://127.0.0.1:1/x"}, {"secret", secret}, {"filterProperties", {{"trackingNumber", number}}}});
  }
};

TEST_F(CarrierSubscriptions, UpsTakesAHundredNumbersOfItsOwnAndNamesTheOthers) {
  auto many = Json::array();
  for (int i = 0; i < 100; ++i) many.push_back("1Z999AA1" + std::to_string(1'000'000'000 + i));
  EXPECT_EQ(Json::parse(alert(many).body)["validTrackingNumbers"].size(), 100u);
  many.push_back("1Z999AA10000000009");
  const auto too_many = alert(many);
  EXPECT_EQ(too_many.status, 400);
  EXPECT_EQ(code_of(too_many), "VSS220");
  const auto mixed = Json::parse(alert({"1Z999AA10000000009", "1Z$", "DM000000000001"}).body);
  EXPECT_EQ(mixed["validTrackingNumbers"], Json::parse(R"(["1Z999AA10000000009"])"));
  EXPECT_EQ(mixed["invalidTrackingNumbers"], Json::parse(R"(["1Z$","DM000000000001"])"));
  EXPECT_EQ(code_of(alert(Json::array({"1Z$"}))), "VSS210");
  EXPECT_EQ(code_of(alert(Json::array())), "VSS200");
  EXPECT_EQ(code_of(alert(many, "de_DE")), "VSS310");
  EXPECT_EQ(call("/api/track/v2/subscription/standard/package", "stolen", Json::object()).status, 401);
}

TEST_F(CarrierSubscriptions, UspsTakesANumberOnceWhileItLivesAndASecretOf32Characters) {
  const std::string number = "9400100000000000000001", secret(32, 's');
  EXPECT_EQ(listen(number, secret.substr(1)).status, 400);
  EXPECT_EQ(listen("12", secret).status, 400);
  const auto first = listen(number, secret);
  ASSERT_EQ(first.status, 201);
  const auto second = listen(number, secret);
  EXPECT_EQ(second.status, 400);
  EXPECT_NE(second.body.find(Json::parse(first.body)["subscriptionId"].get<std::string>()), std::string::npos);
  at = at + 31 * kDay;
  EXPECT_EQ(listen(number, secret).status, 201);
}
}  // namespace
}  // namespace roundtrip::demo
