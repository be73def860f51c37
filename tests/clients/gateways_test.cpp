// Adyen's and PayPal's wire formats over real sockets: what is sent (held against their specifications), what each answer means, lost
// answers, tokens, units of money, signed events.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "clients/curl_transport.hpp"
#include "clients/gateway_adyen.hpp"
#include "clients/gateway_parts.hpp"
#include "clients/gateway_paypal.hpp"
#include "clients/gateway_stripe.hpp"
#include "support/fake_gateway.hpp"
#include "support/openapi.hpp"

namespace roundtrip::clients {
namespace {

using Kind = GatewayAnswer::Kind;
using nlohmann::json;
using test::GatewayMood;

// ---- Adyen ---------------------------------------------------------------------------------------------------------------------------

struct Adyen : testing::Test {
  CurlTransport transport{{.allow_private_addresses = true}};
  test::FakeAdyen adyen;
  std::unique_ptr<Gateway> gateway = make_adyen_gateway({adyen.base_url(), "adyen_key", "TestMerchant", 600}, transport);
  RefundCall call{"roundtrip-mer_1-rfn_1-abc", "PAY1", 1250, "EUR", "SO 1", "rfn_1", "mer_1"};
  Adyen() { adyen.capture("PAY1", 1'000'000); }
  void TearDown() override {
    for (const auto& fault : adyen.faults()) ADD_FAILURE() << fault;
  }
};

TEST_F(Adyen, ARefundIsTakenAndWaitsForItsWebhook) {
  const auto answer = gateway->refund(call);
  EXPECT_EQ(answer.kind, Kind::pending);
  EXPECT_EQ(answer.reference, "PSP1");
  EXPECT_GT(answer.retry_after_s, 0);
  EXPECT_EQ(adyen.refunds().at(0).amount, 1250);
  EXPECT_EQ(adyen.refunds().at(0).reference, call.key);
  EXPECT_EQ(gateway->refund(call).reference, "PSP1");  // the same key: the same refund
  EXPECT_EQ(adyen.refunds().size(), 1U);
  call.known_reference = "PSP1";
  EXPECT_EQ(gateway->find(call).kind, Kind::pending);
  EXPECT_EQ(adyen.posts(), 2) << "there is nothing to ask for";
}

TEST_F(Adyen, TheRequestFitsTheSpecification) {
  const auto document = test::shared_document("adyen/openapi/CheckoutService-v71.json");
  if (!document) GTEST_SKIP() << "the shared data are absent";
  gateway->refund(call);
  const auto sent = adyen.requests().at(0);
  for (const auto& fault : test::request_faults(*document, "/payments/{paymentPspReference}/refunds", sent.as_http("")))
    ADD_FAILURE() << fault;
  EXPECT_EQ(sent.target, "/payments/PAY1/refunds");
}

TEST_F(Adyen, EachAnswerMeansWhatItMeansForTheMoney) {
  const std::vector<std::pair<GatewayMood, Kind>> cases = {
      {GatewayMood::pay, Kind::pending},           {GatewayMood::rate_limit, Kind::busy},       {GatewayMood::wrong_key, Kind::busy},
      {GatewayMood::server_error, Kind::unknown},  {GatewayMood::key_in_use, Kind::unknown},    {GatewayMood::garbage, Kind::unknown},
      {GatewayMood::drop, Kind::unknown},          {GatewayMood::pay_then_drop, Kind::unknown}, {GatewayMood::pay_then_500, Kind::unknown},
      {GatewayMood::pay_half_body, Kind::unknown}, {GatewayMood::pay_slowly, Kind::unknown},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    call.key = "case-" + std::to_string(i);
    adyen.next({cases[i].first});
    CurlTransport fresh{{.allow_private_addresses = true}};
    const auto once = make_adyen_gateway({adyen.base_url(), "adyen_key", "TestMerchant", 600}, fresh);
    EXPECT_EQ(once->refund(call).kind, cases[i].second) << "case " << i;
  }
  adyen.next({GatewayMood::rate_limit});
  EXPECT_EQ(gateway->refund(call).retry_after_s, 3);
}

TEST_F(Adyen, ALostAnswerIsFoundWithTheSameKeyUntilAdyenForgetsIt) {
  adyen.next({GatewayMood::pay_then_drop});
  EXPECT_EQ(gateway->refund(call).kind, Kind::unknown);
  call.age_s = 60;
  EXPECT_EQ(gateway->find(call).kind, Kind::not_found);  // the same request tells
  EXPECT_EQ(gateway->refund(call).reference, "PSP1");
  EXPECT_EQ(adyen.paid("PAY1"), 1250);
  call.age_s = kAdyenKeySeconds;
  EXPECT_EQ(gateway->find(call).code, "key_expired") << "never a call whose key Adyen may not know any more";
}

TEST_F(Adyen, RefusalsAreForGoodAndSaidInAdyensWords) {
  call.amount = 1'000'001;
  EXPECT_EQ(gateway->refund(call).kind, Kind::failed);
  call.payment_reference = "UNKNOWN";
  call.key = "other";
  EXPECT_EQ(gateway->refund(call).code, "167");
  call.payment_reference = "PAY1";
  call.key = std::string(90, 'k');  // longer than Adyen takes
  call.amount = 1;
  EXPECT_EQ(gateway->refund(call).kind, Kind::pending);
}

TEST(AdyenUnits, SomeCurrenciesAreCountedInOtherUnits) {
  EXPECT_EQ(adyen_amount(1234, "EUR"), 1234);
  EXPECT_EQ(adyen_amount(1234, "JPY"), 1234);
  EXPECT_EQ(adyen_amount(1235, "KWD"), 1235);
  EXPECT_EQ(adyen_amount(12, "ISK"), 1200);
  EXPECT_EQ(adyen_amount(12, "CLP"), 1200);
  EXPECT_EQ(adyen_amount(1200, "IDR"), 12);
  EXPECT_EQ(adyen_amount(1250, "IDR"), std::nullopt);
  EXPECT_EQ(adyen_amount(INT64_MAX, "ISK"), std::nullopt);
  for (const char* code : {"EUR", "JPY", "KWD", "ISK", "CLP"}) EXPECT_EQ(minor_of_adyen(adyen_amount(70, code).value(), code), 70) << code;
}

// The seven vectors, each a test of its own.
class AdyenVector : public testing::TestWithParam<std::size_t> {};

json notification_of(const std::string& words) {
  // pspReference::merchantAccount:merchantReference:value:currency:event:success; the reference may hold anything.
  std::vector<std::string> ends;
  std::string rest = words;
  for (int i = 0; i < 4; ++i) {
    ends.push_back(rest.substr(rest.rfind(':') + 1));
    rest = rest.substr(0, rest.rfind(':'));
  }
  const auto psp = rest.find(':'), original = rest.find(':', psp + 1), account = rest.find(':', original + 1);
  return {{"pspReference", rest.substr(0, psp)},
          {"originalReference", rest.substr(psp + 1, original - psp - 1)},
          {"merchantAccountCode", rest.substr(original + 1, account - original - 1)},
          {"merchantReference", rest.substr(account + 1)},
          {"amount", {{"value", std::stoll(ends[3])}, {"currency", ends[2]}}},
          {"eventCode", ends[1]},
          {"success", ends[0]}};
}

TEST_P(AdyenVector, IsSignedAsAdyenSignsIt) {
  const auto vectors = test::shared_document("adyen/hmac-vectors.json");
  if (!vectors) GTEST_SKIP() << "the shared data are absent";
  ASSERT_EQ(vectors->size(), 7U);
  const json vector = vectors->at(GetParam());
  const std::string key = vector["hmac_key_hex"], signature = vector["signature"];
  if (vector["kind"] == "raw payload") {
    EXPECT_EQ(adyen_signature(key, vector["payload"].get<std::string>()), signature);
    return;
  }
  json item = vector.contains("notification") ? vector["notification"] : notification_of(vector["signing_string"]);
  item["additionalData"]["hmacSignature"] = signature;
  const auto body = [&] {
    return json{{"live", "false"}, {"notificationItems", json::array({{{"NotificationRequestItem", item}}})}}.dump();
  };
  EXPECT_TRUE(read_adyen_events(body(), key));
  item["amount"]["value"] = item["amount"]["value"].get<std::int64_t>() + 1;
  EXPECT_EQ(read_adyen_events(body(), key).error().code, "bad_signature");
}
INSTANTIATE_TEST_SUITE_P(All, AdyenVector, testing::Range<std::size_t>(0, 7));

TEST(AdyenEvents, SuccessIsAWordAndFailureMayComeAfterIt) {
  const test::GatewayRefund refund{"PSP1", "PAY1", "k", "roundtrip-mer_1-rfn_1-x", "EUR", "received", 1000};
  const auto read = [&](const std::string& code, const std::string& success) {
    return read_adyen_events(test::FakeAdyen::notification(test::FakeAdyen::item(code, refund, success)), test::FakeAdyen::kHmacKey)->at(0);
  };
  EXPECT_EQ(read("REFUND", "true").answer.kind, Kind::succeeded);
  EXPECT_EQ(read("REFUND", "true").key, refund.reference);
  EXPECT_EQ(read("REFUND", "false").answer.kind, Kind::failed);
  EXPECT_EQ(read("REFUND_FAILED", "true").answer.kind, Kind::failed);
  EXPECT_EQ(read("REFUNDED_REVERSED", "true").answer.code, "refunded_reversed");
  EXPECT_FALSE(read("AUTHORISATION", "true").about_refund);
  EXPECT_EQ(read("CHARGEBACK", "true").dispute->kind, DisputeNews::Kind::open);
  EXPECT_EQ(read("CHARGEBACK", "true").dispute->payments.at(0), "PAY1");
  EXPECT_EQ(read("NOTIFICATION_OF_CHARGEBACK", "true").dispute->kind, DisputeNews::Kind::inquiry);
  EXPECT_EQ(read("CHARGEBACK_REVERSED", "true").dispute->kind, DisputeNews::Kind::won);
  EXPECT_EQ(read("SECOND_CHARGEBACK", "true").dispute->kind, DisputeNews::Kind::lost);
  for (const std::string body : {"", "[]", "{}", R"({"notificationItems":[{}]})", R"({"notificationItems":[7]})"})
    EXPECT_FALSE(read_adyen_events(body, test::FakeAdyen::kHmacKey)) << body;
  EXPECT_FALSE(read_adyen_events(test::FakeAdyen::notification(test::FakeAdyen::item("REFUND", refund, "true")), "")) << "no key: refused";
}

// ---- PayPal --------------------------------------------------------------------------------------------------------------------------

struct Paypal : testing::Test {
  CurlTransport transport{{.allow_private_addresses = true}};
  test::FakePaypal paypal;
  std::shared_ptr<PaypalAccount> account =
      std::make_shared<PaypalAccount>(PaypalOptions{paypal.base_url(), "paypal_id", "paypal_secret", 600}, transport);
  std::unique_ptr<Gateway> gateway = make_paypal_gateway(account);
  RefundCall call{"roundtrip-mer_1-rfn_1-abc", "CAP1", 1250, "EUR", "SO 1", "rfn_1", "mer_1"};
  Paypal() { paypal.capture("CAP1", 1'000'000); }
  void TearDown() override {
    for (const auto& fault : paypal.faults()) ADD_FAILURE() << fault;
  }
};

TEST_F(Paypal, ARefundIsPaidWithOneTokenAndOneKey) {
  const auto answer = gateway->refund(call);
  EXPECT_EQ(answer.kind, Kind::succeeded);
  EXPECT_EQ(answer.reference, "RF1");
  EXPECT_EQ(paypal.refunds().at(0).reference, call.key);
  EXPECT_EQ(gateway->refund(call).reference, "RF1");
  EXPECT_EQ(paypal.refunds().size(), 1U);
  call.known_reference = "RF1";
  EXPECT_EQ(gateway->find(call).kind, Kind::succeeded);
  EXPECT_EQ(paypal.tokens(), 1);
}

TEST_F(Paypal, TheRequestsFitTheSpecifications) {
  const auto payments = test::shared_document("paypal/payments_payment_v2.json");
  const auto webhooks = test::shared_document("paypal/notifications_webhooks_v1.json");
  if (!payments || !webhooks) GTEST_SKIP() << "the shared data are absent";
  gateway->refund(call);
  EXPECT_TRUE(read_paypal_event(*account, "WH1", {"SHA256withRSA", "https://api.paypal.com/cert", "t-1", "signed", "2026-11-20T10:00:00Z"},
                                test::FakePaypal::event("PAYMENT.CAPTURE.REFUNDED", json::object())));
  for (const auto& sent : paypal.requests()) {
    if (sent.target.ends_with("/refund")) {
      for (const auto& fault : test::request_faults(*payments, "/v2/payments/captures/{capture_id}/refund", sent.as_http("")))
        ADD_FAILURE() << fault;
    }
    if (sent.target.ends_with("/verify-webhook-signature")) {
      json body = json::parse(sent.body);
      EXPECT_TRUE(body.erase("webhook_event") == 1);
      for (const char* name : {"auth_algo", "cert_url", "transmission_id", "transmission_sig", "transmission_time", "webhook_id"})
        EXPECT_TRUE(body.contains(name)) << name;
    }
  }
}

TEST_F(Paypal, EachAnswerMeansWhatItMeansForTheMoney) {
  const std::vector<std::pair<GatewayMood, Kind>> cases = {
      {GatewayMood::pay, Kind::succeeded},         {GatewayMood::pend, Kind::pending},          {GatewayMood::rate_limit, Kind::busy},
      {GatewayMood::server_error, Kind::unknown},  {GatewayMood::key_in_use, Kind::unknown},    {GatewayMood::garbage, Kind::unknown},
      {GatewayMood::drop, Kind::unknown},          {GatewayMood::pay_then_drop, Kind::unknown}, {GatewayMood::pay_then_500, Kind::unknown},
      {GatewayMood::pay_half_body, Kind::unknown}, {GatewayMood::pay_slowly, Kind::unknown},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    call.key = "case-" + std::to_string(i);
    paypal.next({cases[i].first});
    CurlTransport fresh{{.allow_private_addresses = true}};
    const auto once =
        make_paypal_gateway(std::make_shared<PaypalAccount>(PaypalOptions{paypal.base_url(), "paypal_id", "paypal_secret", 600}, fresh));
    EXPECT_EQ(once->refund(call).kind, cases[i].second) << "case " << i;
  }
  paypal.next({GatewayMood::rate_limit});
  EXPECT_EQ(gateway->refund(call).retry_after_s, 3);
}

TEST_F(Paypal, ALostAnswerIsFoundWithTheSameIdAndTellsTheLatestStatus) {
  paypal.next({GatewayMood::pay_then_drop});
  EXPECT_EQ(gateway->refund(call).kind, Kind::unknown);
  paypal.set_status("RF1", "FAILED");
  call.age_s = 3600;
  EXPECT_EQ(gateway->find(call).kind, Kind::not_found);
  EXPECT_EQ(gateway->refund(call).kind, Kind::failed);
  call.age_s = kPaypalKeySeconds;
  EXPECT_EQ(gateway->find(call).code, "key_expired");
  call.known_reference = "RF404";
  EXPECT_EQ(gateway->find(call).kind, Kind::busy) << "a look-up that fails says nothing about the refund";
}

TEST_F(Paypal, ATokenIsReplacedWhenItEndsOrIsRefused) {
  gateway->refund(call);
  paypal.end_tokens();
  call.key = "second";
  EXPECT_EQ(gateway->refund(call).kind, Kind::succeeded);
  EXPECT_EQ(paypal.tokens(), 2);
  paypal.token_lasts(10);  // ends within the minute that we stay away from the end
  paypal.end_tokens();
  call.key = "third";
  gateway->refund(call);
  call.key = "fourth";
  gateway->refund(call);
  EXPECT_EQ(paypal.tokens(), 4);
  const auto stranger =
      make_paypal_gateway(std::make_shared<PaypalAccount>(PaypalOptions{paypal.base_url(), "paypal_id", "wrong", 600}, transport));
  EXPECT_EQ(stranger->refund(call).kind, Kind::busy);
}

TEST_F(Paypal, RefusalsAreForGoodAndNamed) {
  call.amount = 1'000'001;
  EXPECT_EQ(gateway->refund(call).code, "REFUND_AMOUNT_EXCEEDED");
  EXPECT_EQ(gateway->refund(call).kind, Kind::failed);
  call.payment_reference = "NONE";
  call.key = "other";
  EXPECT_EQ(gateway->refund(call).kind, Kind::failed);
  call.currency = "KWD";
  EXPECT_EQ(gateway->refund(call).code, "amount_not_payable");
}

TEST(PaypalUnits, ValuesAreDecimalsAndSomeCurrenciesHaveNone) {
  EXPECT_EQ(paypal_value(1234, "EUR"), "12.34");
  EXPECT_EQ(paypal_value(5, "EUR"), "0.05");
  EXPECT_EQ(paypal_value(1234, "JPY"), "1234");
  EXPECT_EQ(paypal_value(120000, "HUF"), "1200");
  EXPECT_EQ(paypal_value(120050, "HUF"), std::nullopt);
  EXPECT_EQ(paypal_value(1234, "KWD"), std::nullopt);
  EXPECT_EQ(minor_of_decimal("12.34", 2), 1234);
  EXPECT_EQ(minor_of_decimal("-12.3", 2), -1230);
  EXPECT_EQ(minor_of_decimal("1200", 0), 1200);
  EXPECT_EQ(minor_of_decimal("12.340", 2), 1234);
  for (const std::string bad : {"", "x", "1.234", "1.2.3", "1,2", "12 "}) EXPECT_FALSE(minor_of_decimal(bad, 2).has_value()) << bad;
  for (std::int64_t amount : {0LL, 1LL, 99LL, 100LL, -5LL, 123456789LL}) EXPECT_EQ(minor_of_decimal(decimal_text(amount, 3), 3), amount);
}

TEST_F(Paypal, AnEventIsReadWhenPaypalVouchesForIt) {
  const PaypalSignature good{"SHA256withRSA", "https://api.paypal.com/cert", "t-1", "signed", "2026-11-20T10:00:00Z"};
  const test::GatewayRefund refund{"RF9", "CAP1", "k", "roundtrip-mer_1-rfn_1-x", "EUR", "COMPLETED", 1250};
  const std::string body = test::FakePaypal::event("PAYMENT.CAPTURE.REFUNDED", paypal.resource(refund));
  const auto event = read_paypal_event(*account, "WH1", good, body);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->answer.kind, Kind::succeeded);
  EXPECT_EQ(event->key, refund.reference);
  EXPECT_EQ(event->amount, 1250);
  EXPECT_TRUE(paypal.requests().back().body.ends_with(",\"webhook_event\":" + body + "}")) << "byte for byte as it came";
  const auto failed = read_paypal_event(*account, "WH1", good, test::FakePaypal::event("PAYMENT.REFUND.FAILED", paypal.resource(refund)));
  EXPECT_EQ(failed->answer.kind, Kind::failed);
  PaypalSignature forged = good;
  forged.transmission_sig = "forged";
  EXPECT_EQ(read_paypal_event(*account, "WH1", forged, body).error().code, "bad_signature");
  EXPECT_EQ(read_paypal_event(*account, "", good, body).error().code, "bad_signature");
  EXPECT_EQ(read_paypal_event(*account, "WH1", good, "[").error().kind, ErrorKind::malformed);
  const json dispute = {{"dispute_id", "PP-D-1"},
                        {"status", "UNDER_REVIEW"},
                        {"dispute_life_cycle_stage", "CHARGEBACK"},
                        {"dispute_amount", {{"currency_code", "EUR"}, {"value", "12.50"}}},
                        {"disputed_transactions", {{{"seller_transaction_id", "CAP1"}}}}};
  const auto news = read_paypal_event(*account, "WH1", good, test::FakePaypal::event("CUSTOMER.DISPUTE.CREATED", dispute));
  EXPECT_EQ(news->dispute->kind, DisputeNews::Kind::open);
  EXPECT_EQ(news->dispute->amount, 1250);
  EXPECT_EQ(news->dispute->payments.at(0), "CAP1");
}

}  // namespace
}  // namespace roundtrip::clients
