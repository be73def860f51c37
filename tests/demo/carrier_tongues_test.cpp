// The demo carrier in the languages of real ones, heard by the real adapters over sockets.
#include <algorithm>

#include "spoken_carriers.hpp"

namespace roundtrip::demo {
namespace {
using carriers::Trouble;
constexpr const char* kTongues[] = {"ups", "fedex", "usps", "dhl", "easypost"};

struct CarrierTongues : SpokenCarriers {
  void announce(const std::string& number, const std::string& scenario) {
    own("/v1/parcels", {{"number", number},
                        {"reference", "r-" + number},
                        {"scenario", scenario},
                        {"weight_g", 1500},
                        {"destination", {{"country", "DE"}, {"city", "Bonn"}}}});
  }
  // What the demo carrier's own adapter hears.
  carriers::TrackedNumber plainly(const std::string& number) {
    const auto* carrier = carriers::find_carrier("demo");
    auto mine = account("demo");
    mine.key = "secret";
    std::vector<carriers::TrackQuery> queries(1);
    queries[0].number = number;
    return carrier->parse_track(mine, transport.send(carrier->track_request(mine, queries)), queries).items.at(0);
  }
};

// Where a language has no word for it, what it says in its place.
bool means_the_same(const std::string& plain, const std::string& said) {
  if (said == plain) return true;
  static const std::multimap<std::string, std::string> kNearest = {
      {"lost", "exception"},                // only EasyPost has a word for it
      {"delivery_attempted", "exception"},  // EasyPost: failure
      {"exception", "delivery_attempted"},  // FedEx: refused is a delivery exception
      {"exception", "return_to_sender"},    // USPS: refused is on its way back at once
  };
  const auto [first, last] = kNearest.equal_range(plain);
  return std::any_of(first, last, [&](const auto& pair) { return pair.second == said; });
}

TEST_F(CarrierTongues, EveryStoryIsTheSameInEveryLanguage) {
  for (const std::string scenario : {"good", "late", "lost", "refused", "returned", "attempted", "pickup", "customs", "stuck"}) {
    const Instant start = at + kDay;
    at = start;
    std::string number = "NUMBER" + scenario;
    std::transform(number.begin(), number.end(), number.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    announce(number, scenario);
    for (int step = 0; step <= 40; ++step) {
      at = start + step * (kDay / 3) + kMinute;
      const auto plain = plainly(number);
      for (const std::string name : kTongues) {
        auto reply = ask(name, {number});
        if (reply.trouble == Trouble::auth) {  // the token is older than an hour
          take_token(name);
          reply = ask(name, {number});
        }
        ASSERT_EQ(reply.trouble, Trouble::none) << name << " " << reply.detail;
        const auto& item = reply.items.at(0);
        ASSERT_EQ(item.trouble, Trouble::none) << name << " " << item.detail;
        EXPECT_TRUE(means_the_same(status_of(plain), status_of(item)))
            << name << " says " << status_of(item) << " of " << scenario << " at step " << step << ", the world says " << status_of(plain);
        EXPECT_EQ(item.events.size(), plain.events.size()) << name << " " << scenario << " step " << step;
        EXPECT_EQ(item.signed_by, plain.signed_by) << name;
      }
    }
  }
}

TEST_F(CarrierTongues, AnUnknownNumberIsNotFoundInTheWayOfEachCarrier) {
  for (const std::string name : kTongues) {
    const auto reply = ask(name, {"1Z999AA10123456784"});
    ASSERT_EQ(reply.trouble, Trouble::none) << name << " " << reply.detail;
    EXPECT_EQ(reply.items.at(0).trouble, name == "easypost" ? Trouble::none : Trouble::not_found) << name;
  }
}

TEST_F(CarrierTongues, ManyNumbersInOneCallWhereTheCarrierTakesThem) {
  announce("A1111111", "good");
  announce("B2222222", "good");
  at = at + 2 * kDay;
  for (const std::string name : {"fedex", "usps"}) {
    const auto reply = ask(name, {"B2222222", "NOBODY00", "A1111111"});
    ASSERT_EQ(reply.items.size(), 3u) << name << " " << reply.detail;
    EXPECT_EQ(status_of(reply.items[0]), "in_transit") << name;
    EXPECT_EQ(reply.items[1].trouble, Trouble::not_found) << name;
    EXPECT_EQ(status_of(reply.items[2]), "in_transit") << name;
  }
}

TEST_F(CarrierTongues, TheLivesOfAReusedNumberAreToldApartByFedEx) {
  announce("C3333333", "reused");
  at = at + 2 * kDay;
  const auto item = ask("fedex", {"C3333333"}).items.at(0);
  EXPECT_EQ(status_of(item), "in_transit");
  EXPECT_NE(item.reference.find('~'), std::string::npos);
}

TEST_F(CarrierTongues, TokensExpireAndAWrongSecretGetsNone) {
  announce("D4444444", "good");
  for (const std::string name : {"ups", "fedex", "usps"}) {
    EXPECT_EQ(take_token(name, "wrong").trouble, Trouble::auth) << name;
    const auto token = take_token(name);
    ASSERT_EQ(token.trouble, Trouble::none) << name << " " << token.detail;
    EXPECT_EQ(token.lives_us, kHour) << name;
    EXPECT_EQ(ask(name, {"D4444444"}).trouble, Trouble::none) << name;
  }
  own("/v1/control", {{"tokens", "expire"}});
  for (const std::string name : {"ups", "fedex", "usps"}) EXPECT_EQ(ask(name, {"D4444444"}).trouble, Trouble::auth) << name;
  take_token("ups");
  EXPECT_EQ(ask("ups", {"D4444444"}).trouble, Trouble::none);
  at = at + kHour;
  EXPECT_EQ(ask("ups", {"D4444444"}).trouble, Trouble::auth);
}

TEST_F(CarrierTongues, QuotasAreAsStrictAsTheCarriersOwn) {
  announce("E5555555", "good");
  EXPECT_EQ(ask("dhl", {"E5555555"}).trouble, Trouble::none);
  const auto soon = ask("dhl", {"E5555555"});
  EXPECT_EQ(soon.trouble, Trouble::rate_limited);
  EXPECT_GE(soon.retry_after_us, 5 * kSecond);
  at = at + 6 * kSecond;
  EXPECT_EQ(ask("dhl", {"E5555555"}).trouble, Trouble::none);
  for (int call = 0; call < 60; ++call) ASSERT_EQ(ask("usps", {"E5555555"}).trouble, Trouble::none) << call;
  EXPECT_EQ(ask("usps", {"E5555555"}).trouble, Trouble::rate_limited);
  at = at + kHour;
  take_token("usps");
  EXPECT_EQ(ask("usps", {"E5555555"}).trouble, Trouble::none);
}

TEST_F(CarrierTongues, FailuresComeOnWishInTheLanguageOfTheCall) {
  announce("F6666666", "good");
  struct Wish {
    const char* mode;
    Trouble trouble;
  };
  for (const std::string name : {"ups", "fedex", "easypost"}) {
    ask(name, {"F6666666"});  // a token, where one is needed
    for (const Wish& wish :
         {Wish{"rate_limit", Trouble::rate_limited}, Wish{"error", Trouble::service}, Wish{"garbage", Trouble::bad_reply},
          Wish{"unauthorized", Trouble::auth}, Wish{"half", Trouble::service}, Wish{"cut", Trouble::service}}) {
      own("/v1/control", {{"mode", wish.mode}, {"calls", 1}, {"retry_after_s", 7}});
      const auto reply = ask(name, {"F6666666"});
      EXPECT_EQ(reply.trouble, wish.trouble) << name << " " << wish.mode << ": " << reply.detail;
      EXPECT_EQ(reply.retry_after_us, wish.trouble == Trouble::rate_limited ? 7 * kSecond : 0) << name;
    }
    own("/v1/control", {{"mode", "rate_limit"}, {"calls", 1}, {"retry_after_s", 0}});
    EXPECT_EQ(ask(name, {"F6666666"}).trouble, Trouble::rate_limited) << name << " without Retry-After";
  }
}

TEST_F(CarrierTongues, AHangingCarrierCostsTheCallItsTimeAndNoMore) {
  own("/v1/control", {{"mode", "hang"}, {"calls", 1}});
  EXPECT_EQ(ask("easypost", {"G7777777"}).trouble, Trouble::service);
  EXPECT_EQ(ask("easypost", {"G7777777"}).trouble, Trouble::none);
}

TEST_F(CarrierTongues, CallsThatTheCarrierWouldRefuseAreRefused) {
  std::vector<std::string> many;
  for (int i = 0; i < 36; ++i) many.push_back("NUMBER" + std::to_string(i));
  EXPECT_EQ(ask("fedex", many).trouble, Trouble::bad_request);
  EXPECT_EQ(ask("usps", many).trouble, Trouble::bad_request);
  const auto outcome =
      transport.send({.method = "GET", .url = server.url() + "/elsewhere", .headers = {{"Authorization", "Bearer secret"}}});
  ASSERT_TRUE(outcome.response);
  EXPECT_EQ(outcome.response->status, 404);
}

}  // namespace
}  // namespace roundtrip::demo
