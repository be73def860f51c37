// Tokens of carrier accounts: asked for once, kept until shortly before their end, asked for anew when refused.
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "usecases/tracking_carriers.hpp"

namespace roundtrip::usecases {
namespace {

// Answers when the test says so.
class LateTransport : public Transport {
 public:
  HttpOutcome send(const HttpRequest&) override { return {}; }
  void start(HttpRequest, Answered answered) override {
    ++asked;
    waiting.push_back(std::move(answered));
  }
  void answer(int status, const std::string& body) {
    const auto answered = std::move(waiting.front());
    waiting.pop_front();
    answered({HttpResponse{status, {}, body}, {}});
  }
  int asked = 0;
  std::deque<Answered> waiting;
};

class TokenCarrier : public carriers::Carrier {
 public:
  std::string_view name() const override { return "token"; }
  std::string_view title() const override { return "Token"; }
  const carriers::Capabilities& capabilities() const override { return capabilities_; }
  bool is_number(std::string_view) const override { return false; }

 private:
  carriers::Capabilities capabilities_{.needs_token = true};
};

struct TokenCacheTest : testing::Test {
  TokenCarrier carrier;
  carriers::CarrierAccount account;
  LateTransport transport;
  TokenCache cache;
  std::vector<std::string> given;
  void ask() {
    cache.with_token(carrier, account, transport, [this](const carriers::TokenReply& reply) {
      given.push_back(reply.trouble == carriers::Trouble::none ? reply.token : std::string(carriers::to_text(reply.trouble)));
    });
  }
};

TEST_F(TokenCacheTest, ManyWhoNeedItAtOnceCauseOneRequest) {
  for (int i = 0; i < 5; ++i) ask();
  EXPECT_EQ(transport.asked, 1);
  EXPECT_TRUE(given.empty());
  transport.answer(200, R"({"access_token":"one","expires_in":"3600"})");
  ask();
  EXPECT_EQ(given, std::vector<std::string>(6, "one"));
  EXPECT_EQ(transport.asked, 1);
}

TEST_F(TokenCacheTest, ARefusedTokenIsReplacedOnceHoweverManyWereRefused) {
  ask();
  transport.answer(200, R"({"access_token":"one","expires_in":3600})");
  cache.refuse("one");
  ask();
  transport.answer(200, R"({"access_token":"two","expires_in":3600})");
  cache.refuse("one");  // said late, by a call that began with the first
  ask();
  EXPECT_EQ(given, (std::vector<std::string>{"one", "two", "two"}));
  EXPECT_EQ(transport.asked, 2);
}

TEST_F(TokenCacheTest, WithoutOneEveryoneHearsWhyAndTheNextAsksAgain) {
  ask();
  ask();
  transport.answer(401, R"({"error":"invalid_client"})");
  EXPECT_EQ(given, std::vector<std::string>(2, "auth"));
  ask();
  transport.answer(200, R"({"access_token":"one","expires_in":3600})");
  EXPECT_EQ(given.back(), "one");
  EXPECT_EQ(transport.asked, 2);
}

}  // namespace
}  // namespace roundtrip::usecases
