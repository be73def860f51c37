// Stripe's wire format over a real socket: what is sent, what each answer means, look-ups in pages, signed events.
#include "clients/gateway_stripe.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "clients/curl_transport.hpp"
#include "support/fake_stripe.hpp"

namespace roundtrip::clients {
namespace {

using Kind = GatewayAnswer::Kind;
using test::StripeMood;

struct StripeTest : testing::Test {
  CurlTransport transport{{.allow_private_addresses = true}};
  test::FakeStripe stripe;
  std::unique_ptr<Gateway> gateway = make_stripe_gateway({stripe.base_url(), "sk_test_1", 600}, transport);
  RefundCall call{"key-1", "ch_1", 1250, "EUR", "SO 1001 & more", "rfn_1", "mer_1"};
  StripeTest() { stripe.capture("ch_1", 1'000'000); }
  void TearDown() override {
    for (const auto& fault : stripe.faults()) ADD_FAILURE() << fault;
  }
};

TEST_F(StripeTest, ARefundCarriesItsKeyItsAmountAndWhatItIsAbout) {
  const auto answer = gateway->refund(call);
  EXPECT_EQ(answer.kind, Kind::succeeded);
  EXPECT_EQ(answer.reference, "re_1");
  const auto refund = stripe.refunds().at(0);
  EXPECT_EQ(refund.key, "key-1");
  EXPECT_EQ(refund.amount, 1250);
  EXPECT_EQ(refund.charge, "ch_1");
  EXPECT_EQ(refund.metadata, (std::map<std::string, std::string>{
                                 {"refund_key", "key-1"}, {"refund", "rfn_1"}, {"order", "SO 1001 & more"}, {"merchant", "mer_1"}}));
  EXPECT_EQ(gateway->refund(call).reference, "re_1");  // the same key again: the same refund
  EXPECT_EQ(stripe.refunds().size(), 1U);
}

TEST_F(StripeTest, APaymentIntentIsNamedAsOne) {
  stripe.capture("pi_7", 5000);
  call.payment_reference = "pi_7";
  EXPECT_EQ(gateway->refund(call).kind, Kind::succeeded);
  EXPECT_EQ(gateway->find(call).kind, Kind::succeeded);
}

TEST_F(StripeTest, EachAnswerMeansWhatItMeansForTheMoney) {
  const std::vector<std::pair<StripeMood, Kind>> cases = {
      {StripeMood::pay, Kind::succeeded},         {StripeMood::pend, Kind::pending},         {StripeMood::decline, Kind::failed},
      {StripeMood::rate_limit, Kind::busy},       {StripeMood::wrong_key, Kind::busy},       {StripeMood::server_error, Kind::unknown},
      {StripeMood::key_in_use, Kind::unknown},    {StripeMood::garbage, Kind::unknown},      {StripeMood::drop, Kind::unknown},
      {StripeMood::pay_then_drop, Kind::unknown}, {StripeMood::pay_then_500, Kind::unknown}, {StripeMood::pay_slowly, Kind::unknown},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    call.key = "case-" + std::to_string(i);
    stripe.next({cases[i].first});
    // A connection of its own: on a reused one libcurl repeats a dropped request by itself, with its key.
    CurlTransport fresh({.allow_private_addresses = true});
    const auto answer = make_stripe_gateway({stripe.base_url(), "sk_test_1", 600}, fresh)->refund(call);
    EXPECT_EQ(answer.kind, cases[i].second) << "case " << i << ": " << answer.code << " " << answer.message;
    if (cases[i].first == StripeMood::rate_limit) {
      EXPECT_EQ(answer.retry_after_s, 3);
    }
  }
}

TEST_F(StripeTest, AKeyUsedWithOtherValuesIsADoubtNotARefusal) {
  gateway->refund(call);
  call.amount = 1251;
  const auto answer = gateway->refund(call);
  EXPECT_EQ(answer.kind, Kind::unknown);
  ASSERT_EQ(stripe.faults().size(), 1U);  // Stripe minded, as it should
  stripe.forget_faults();
}

TEST_F(StripeTest, TheLookUpFindsAKeyAmongManyRefundsOfTheCharge) {
  for (int i = 0; i < 230; ++i) {
    call.key = "key-" + std::to_string(i);
    call.amount = 7;  // equal amounts: amount is no key
    ASSERT_EQ(gateway->refund(call).kind, Kind::succeeded);
  }
  call.key = "key-0";  // the oldest: on the third page
  const auto found = gateway->find(call);
  EXPECT_EQ(found.kind, Kind::succeeded);
  EXPECT_EQ(found.reference, "re_1");
  EXPECT_EQ(stripe.look_ups(), 3);
  call.key = "never-sent";
  EXPECT_EQ(gateway->find(call).kind, Kind::not_found);
}

TEST_F(StripeTest, ALookUpThatDidNotWorkSaysNothing) {
  for (const auto mood : {StripeMood::drop, StripeMood::server_error, StripeMood::rate_limit, StripeMood::garbage}) {
    stripe.next_look_ups({mood});
    EXPECT_EQ(gateway->find(call).kind, Kind::busy);
  }
  call.payment_reference = "ch_unknown";
  EXPECT_EQ(gateway->find(call).kind, Kind::not_found);
  EXPECT_EQ(gateway->refund(call).kind, Kind::failed);
}

TEST_F(StripeTest, AFailedRefundIsFoundAsFailed) {
  gateway->refund(call);
  stripe.set_status("re_1", "failed");
  EXPECT_EQ(gateway->find(call).kind, Kind::failed);
}

TEST(StripeAmount, SomeCurrenciesAreCountedOtherwise) {
  EXPECT_EQ(stripe_amount(1250, "EUR"), 1250);
  EXPECT_EQ(stripe_amount(1250, "JPY"), 1250);
  EXPECT_EQ(stripe_amount(1250, "ISK"), 125'000);
  EXPECT_EQ(stripe_amount(1250, "KWD"), 1250);
  EXPECT_EQ(stripe_amount(1251, "KWD"), std::nullopt);
  EXPECT_EQ(stripe_amount(1200, "MGA"), 12);
  EXPECT_EQ(stripe_amount(1250, "MGA"), std::nullopt);
  EXPECT_EQ(stripe_amount(INT64_MAX, "UGX"), std::nullopt);
}

struct StripeEvents : testing::Test {
  const std::string secret = "whsec_test";
  const Instant now{1'700'000'000 * kSecond};
  const std::string body =
      R"({"id":"evt_1","object":"event","type":"refund.updated","data":{"object":{"id":"re_9",)"
      R"("object":"refund","amount":1250,"status":"succeeded",)"
      R"("metadata":{"refund_key":"key-1","refund":"rfn_1","merchant":"mer_1"}}}})";
  std::string sign(const std::string& text, std::int64_t seconds) const {
    return "t=" + std::to_string(seconds) + ",v1=" + hmac_sha256_hex(secret, std::to_string(seconds) + "." + text);
  }
};

TEST_F(StripeEvents, ASignedEventIsRead) {
  const auto event = read_stripe_event(body, sign(body, 1'700'000'000), secret, now);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_TRUE(event->about_refund);
  EXPECT_EQ(event->refund, "rfn_1");
  EXPECT_EQ(event->merchant, "mer_1");
  EXPECT_EQ(event->key, "key-1");
  EXPECT_EQ(event->answer.kind, Kind::succeeded);
  EXPECT_EQ(event->answer.reference, "re_9");
}

TEST_F(StripeEvents, WhileASecretIsRotatedEitherSignatureFits) {
  EXPECT_TRUE(read_stripe_event(body, "t=1700000000,v1=00ff," + sign(body, 1'700'000'000).substr(13), secret, now));
}

TEST_F(StripeEvents, ForgedStaleAndUnreadableEventsAreRefused) {
  const std::string good = sign(body, 1'700'000'000);
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {body, "", secret},
      {body, "t=1700000000", secret},
      {body, "v1=" + good.substr(16), secret},
      {body + " ", good, secret},
      {body, good, "whsec_other"},
      {body, good, ""},
      {body, sign(body, 1'700'000'000 - 301), secret},
      {body, sign(body, 1'700'000'000 + 301), secret},
      {body, "t=99999999999999999999," + good.substr(13), secret},
      {"[1]", sign("[1]", 1'700'000'000), secret},
      {"{", sign("{", 1'700'000'000), secret},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& [text, signature, key] = cases[i];
    EXPECT_FALSE(read_stripe_event(text, signature, key, now)) << "case " << i;
  }
}

TEST_F(StripeEvents, EventsAboutOtherThingsAreNoneOfOurs) {
  for (const std::string other :
       {R"({"data":{"object":{"object":"charge","id":"ch_1"}}})", R"({"data":[]})", R"({"data":{"object":7}})", "{}"}) {
    const auto event = read_stripe_event(other, sign(other, 1'700'000'000), secret, now);
    ASSERT_TRUE(event) << other;
    EXPECT_FALSE(event->about_refund);
  }
}

TEST(Gateways, WithoutASecretOrABaseUrlOfTheirOwnRefundsArePaidByHand) {
  CurlTransport transport;
  Config config;
  Gateways plain(config, transport);
  EXPECT_EQ(plain.of("stripe").refund({}).kind, Kind::by_hand);
  EXPECT_EQ(plain.of("anything").find({}).kind, Kind::by_hand);
  EXPECT_FALSE(gateways_may_be_private(config));
  ASSERT_TRUE(config.set("gateways.stripe.base_url", "http://127.0.0.1:9"));
  EXPECT_TRUE(gateways_may_be_private(config));
  Gateways own(config, transport);
  EXPECT_EQ(own.of("stripe").refund({"k", "ch_1", 1, "EUR", "o", "rfn_1", "mer_1"}).kind, Kind::busy);  // it is called
}

}  // namespace
}  // namespace roundtrip::clients
