// EasyPost's pick-ups: what is sent, and what each answer means.
#include "carriers/pickups.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "carriers/easypost/easypost.hpp"

namespace roundtrip::carriers {
namespace {
using Json = nlohmann::json;

const Pickups& easypost() { return *easypost_carrier().pickups(); }
CarrierAccount shop_account() {
  CarrierAccount account;
  account.carrier = "easypost";
  account.key = "EZTK";
  return account;
}
HttpOutcome answer_of(int status, const Json& body) {
  HttpOutcome outcome;
  outcome.response = HttpResponse{};
  outcome.response->status = status;
  outcome.response->body = body.dump();
  return outcome;
}
Json rate(const char* service, const char* amount) {
  return {{"object", "PickupRate"}, {"carrier", "USPS"}, {"service", service}, {"rate", amount}, {"currency", "USD"}};
}

TEST(EasypostPickups, IsAskedForWithTheShipmentTheDoorAndTheDay) {
  PickupOrder order;
  order.reference = "pku_1";
  order.label = "shp_1";
  order.day = "2026-11-23";
  order.from = {{"Ana Lima", "", "Market St 1", "", "San Francisco", "CA", "94105", "US", "+14155550100"}, "ana@example.org"};
  const auto request = easypost().pickup_request(shop_account(), order);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.easypost.com/v2/pickups");
  const Json pickup = Json::parse(request.body)["pickup"];
  EXPECT_EQ(pickup["shipment"]["id"], "shp_1");
  EXPECT_EQ(pickup["reference"], "pku_1");
  EXPECT_EQ(pickup["address"]["zip"], "94105");
  EXPECT_EQ(pickup["min_datetime"].get<std::string>().substr(0, 10), "2026-11-23");
  EXPECT_LT(pickup["min_datetime"].get<std::string>(), pickup["max_datetime"].get<std::string>());
}

TEST(EasypostPickups, AnOfferIsTakenUpAtItsCheapestRateAndIsNoBookingYet) {
  const Json offered = {
      {"id", "pickup_1"},          {"object", "Pickup"},
      {"status", "unknown"},       {"confirmation", nullptr},
      {"messages", Json::array()}, {"pickup_rates", {rate("SameDay", "9.50"), rate("NextDay", "0.00"), rate("FutureDay", "2.00")}}};
  const auto offer = easypost().parse_pickup(answer_of(201, offered));
  ASSERT_EQ(offer.trouble, Trouble::none) << offer.detail;
  EXPECT_EQ(offer.id, "pickup_1");
  EXPECT_EQ(offer.confirmation, "");
  const auto buy = easypost().confirm_request(shop_account(), offer.id, offer.offer);
  EXPECT_EQ(buy.url, "https://api.easypost.com/v2/pickups/pickup_1/buy");
  EXPECT_EQ(Json::parse(buy.body), (Json{{"carrier", "USPS"}, {"service", "NextDay"}}));
  Json booked = offered;
  booked["status"] = "scheduled";
  booked["confirmation"] = "WTC123";
  EXPECT_EQ(easypost().parse_pickup(answer_of(200, booked)).confirmation, "WTC123");
}

TEST(EasypostPickups, WithoutARateNobodyComesAndTheCarriersWordsSayWhy) {
  const Json none = {{"id", "pickup_1"},
                     {"object", "Pickup"},
                     {"status", "unknown"},
                     {"messages", {{{"carrier", "USPS"}, {"type", "rate_error"}, {"message", "No service at this address"}}}},
                     {"pickup_rates", Json::array()}};
  const auto reply = easypost().parse_pickup(answer_of(201, none));
  EXPECT_EQ(reply.trouble, Trouble::bad_request);
  EXPECT_NE(reply.detail.find("No service at this address"), std::string::npos) << reply.detail;
  EXPECT_EQ(easypost().parse_pickup(answer_of(500, {{"error", {{"code", "INTERNAL"}, {"message", "x"}}}})).trouble, Trouble::service);
}

TEST(EasypostPickups, ACanceledOneSaysSo) {
  EXPECT_EQ(easypost().cancel_request(shop_account(), "pickup_1").url, "https://api.easypost.com/v2/pickups/pickup_1/cancel");
  EXPECT_EQ(easypost().parse_cancel(answer_of(200, {{"id", "pickup_1"}, {"object", "Pickup"}, {"status", "canceled"}})).trouble,
            Trouble::none);
  EXPECT_EQ(easypost().parse_cancel(answer_of(200, {{"id", "pickup_1"}, {"object", "Pickup"}, {"status", "scheduled"}})).trouble,
            Trouble::bad_reply);
}

}  // namespace
}  // namespace roundtrip::carriers
