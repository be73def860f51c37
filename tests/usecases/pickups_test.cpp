// A return is fetched at the door: booked once, whatever is lost on the way, canceled with its return, and given up in plain words.
#include "usecases/pickups.hpp"

#include <gtest/gtest.h>

#include "support/tracking_world.hpp"
#include "usecases/customer_returns.hpp"

namespace roundtrip::test {
namespace {

struct PickupWorld : testing::Test {
  TrackingWorld world;
  const usecases::Carriers* carriers = &world.carriers();
  ShippedParcel shipped;

  void SetUp() override {
    world.ship_to = R"({"postal_code": "1000-001"})";
    world.go_to(parse_rfc3339("2026-11-20T10:00:00Z").value());  // a Friday
    shipped = world.ship();
  }
  usecases::ReturnRequest request() {
    usecases::ReturnRequest wanted;
    wanted.order = shipped.order;
    wanted.lines = {{shipped.line, 1, "too_small", ""}};
    wanted.label_carrier = "demo";
    return wanted;
  }
  Result<usecases::ReturnView> announced(const std::string& day = "2026-11-23") {
    return usecases::register_return(world.context(), request(), {usecases::ReturnWay::pickup, day});
  }
  // One pass of a job's worker; gives how it went.
  std::vector<usecases::BookingOutcome> pass(std::string_view kind) {
    std::vector<usecases::BookingOutcome> out;
    for (const auto& job : usecases::claim_jobs(world.db(), kind, 10, kMinute, world.now())) {
      const bool book = kind == usecases::kBookPickupJob;
      out.push_back(book ? usecases::book_pickup(world.db(), *carriers, job, world.now())
                         : usecases::drop_booked_pickup(world.db(), *carriers, job, world.now()));
      if (out.back().kind == usecases::BookingOutcome::Kind::retry)
        usecases::retry_job(world.db(), job, world.now() + kSecond, out.back().why);
      if (out.back().kind == usecases::BookingOutcome::Kind::dead) usecases::give_up_pickup(world.db(), job, out.back().why, world.now());
    }
    world.go_to(world.now() + kMinute);
    return out;
  }
  usecases::PickupRow row() { return usecases::pickups_of_order(world.context(), shipped.order).back(); }
  using State = domain::PickupState;
  using Kind = usecases::BookingOutcome::Kind;
};

TEST_F(PickupWorld, IsBookedWithItsReturnAndCanceledWithIt) {
  const auto made = announced();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(row().state, State::wanted);
  auto went = pass(usecases::kBookPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::retry) << "the carrier has not heard of the parcel yet";
  world.announce_all();
  went = pass(usecases::kBookPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::over) << went[0].why;
  EXPECT_EQ(row().state, State::booked);
  EXPECT_TRUE(row().confirmation.starts_with("DEMO-")) << row().confirmation;
  EXPECT_EQ(world.server().pickups_standing(), 1);
  EXPECT_NE(world.timeline(shipped.order).find("return.pickup_booked"), std::string::npos);
  EXPECT_TRUE(pass(usecases::kBookPickupJob).empty()) << "booked once";

  ASSERT_TRUE(usecases::cancel_before_drop_off(world.context(), made->id));
  EXPECT_EQ(row().state, State::drop_wanted);
  went = pass(usecases::kDropPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::over) << went[0].why;
  EXPECT_EQ(row().state, State::dropped);
  EXPECT_EQ(world.server().pickups_standing(), 0);
}

TEST_F(PickupWorld, ALostAnswerIsAskedForAgainAndBooksOnce) {
  ASSERT_TRUE(announced());
  world.announce_all();
  ASSERT_EQ(world.control(R"({"mode": "lost", "calls": 1})"), 200);
  auto went = pass(usecases::kBookPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::retry);
  EXPECT_EQ(world.server().pickups_standing(), 1) << "the carrier booked it, and we do not know";
  EXPECT_EQ(row().state, State::wanted);
  went = pass(usecases::kBookPickupJob);
  EXPECT_EQ(went.at(0).kind, Kind::over) << went.at(0).why;
  EXPECT_EQ(row().state, State::booked);
  EXPECT_EQ(world.server().pickups_standing(), 1);
}

TEST_F(PickupWorld, WhatIsDroppedBeforeItIsBookedNeverReachesTheCarrier) {
  const auto made = announced();
  ASSERT_TRUE(made);
  ASSERT_TRUE(usecases::cancel_before_drop_off(world.context(), made->id));
  EXPECT_EQ(row().state, State::dropped);
  world.announce_all();
  for (const auto& one : pass(usecases::kBookPickupJob)) EXPECT_EQ(one.kind, Kind::over);
  EXPECT_EQ(world.server().pickups_standing(), 0);
}

TEST_F(PickupWorld, NobodyComesForGoodsThatAreHereAlready) {
  const auto made = announced();
  ASSERT_TRUE(made);
  world.announce_all();
  pass(usecases::kBookPickupJob);
  ASSERT_EQ(row().state, State::booked);
  const auto received = usecases::receive_return_now(world.context(), made->id, {}, "");
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(row().state, State::drop_wanted);
  pass(usecases::kDropPickupJob);
  EXPECT_EQ(world.server().pickups_standing(), 0);
}

TEST_F(PickupWorld, ARefusalOfTheCarrierIsToldToTheCustomerOnce) {
  world.value<int>("UPDATE orders SET ship_to = ship_to - 'postal_code' WHERE order_id = $1 RETURNING 1", shipped.order);
  ASSERT_TRUE(announced());
  world.announce_all();
  const auto went = pass(usecases::kBookPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::dead);
  EXPECT_EQ(row().state, State::failed);
  EXPECT_NE(row().error.find("address.postal_code"), std::string::npos) << row().error;
  EXPECT_NE(world.told(shipped.order).find("pickup_failed"), std::string::npos) << world.told(shipped.order);
  EXPECT_NE(world.timeline(shipped.order).find("return.pickup_failed"), std::string::npos);
}

TEST_F(PickupWorld, AnotherDayOrAnotherWayReplacesIt) {
  const auto made = announced();
  ASSERT_TRUE(made);
  world.announce_all();
  pass(usecases::kBookPickupJob);
  ASSERT_EQ(row().state, State::booked);
  const auto same = usecases::change_return(world.context(), made->id, request(), {usecases::ReturnWay::pickup, "2026-11-23"});
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(usecases::pickups_of_order(world.context(), shipped.order).size(), 1U) << "the same day stands";
  ASSERT_TRUE(usecases::change_return(world.context(), made->id, request(), {usecases::ReturnWay::pickup, "2026-11-24"}));
  pass(usecases::kDropPickupJob);
  pass(usecases::kBookPickupJob);
  EXPECT_EQ(row().day, "2026-11-24");
  EXPECT_EQ(row().state, State::booked);
  EXPECT_EQ(world.server().pickups_standing(), 1);
  ASSERT_TRUE(usecases::change_return(world.context(), made->id, request(), {usecases::ReturnWay::label}));
  pass(usecases::kDropPickupJob);
  EXPECT_EQ(world.server().pickups_standing(), 0);
}

// Calls go through; the answers to some are lost on the way back.
class LosingTransport : public Transport {
 public:
  HttpOutcome send(const HttpRequest& request) override {
    auto outcome = transport_.send(request);
    if (!lost.empty() && request.url.ends_with(lost)) outcome = {std::nullopt, {}};
    return outcome;
  }
  std::string lost;  // the end of the address

 private:
  clients::MultiTransport transport_{clients::CurlOptions{.allow_private_addresses = true}};
};

// EasyPost offers first, knows no idempotency, and wants the bought label's shipment.
TEST_F(PickupWorld, AnOfferIsBoughtOnceAlthoughItsAnswerIsLost) {
  LosingTransport transport;
  const auto easypost = world.carriers_of(
      "[[account]]\ncarrier = \"easypost\"\nbase_url = \"" + world.server().url() + "\"\nkey = \"demo-key\"\n", transport);
  carriers = easypost.get();
  store::Session(world.db())
      .script(
          "UPDATE orders SET ship_to = ship_to || '{\"country\": \"US\", \"region\": \"CA\", \"postal_code\": \"94105\"}'; UPDATE "
          "merchants SET return_address = '{\"name\": \"Returns\", \"line1\": \"Dock 2\", \"city\": \"Reno\", \"region\": "
          "\"NV\", \"postal_code\": \"89501\", \"country\": \"US\"}'");
  auto wanted = request();
  wanted.label_carrier = "easypost";
  const auto made = usecases::register_return(world.context(), wanted, {usecases::ReturnWay::pickup, "2026-11-23"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(pass(usecases::kBookPickupJob).empty()) << "its label first";
  for (const auto& job : usecases::claim_jobs(world.db(), usecases::kBookLabelJob, 1, kMinute, world.now())) {
    const auto bought = usecases::buy_label(world.db(), *carriers, job, world.now());
    EXPECT_EQ(bought.kind, Kind::over) << bought.why;
  }
  transport.lost = "/buy";
  auto went = pass(usecases::kBookPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::retry) << went[0].why;
  EXPECT_EQ(world.server().pickups_standing(), 1) << "bought, and we do not know";
  EXPECT_EQ(row().state, State::wanted);
  went = pass(usecases::kBookPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::over) << went[0].why;
  EXPECT_EQ(row().state, State::booked);
  EXPECT_EQ(world.server().pickups_standing(), 1) << "bought once";
  ASSERT_TRUE(usecases::cancel_before_drop_off(world.context(), made->id));
  went = pass(usecases::kDropPickupJob);
  ASSERT_EQ(went.size(), 1U);
  EXPECT_EQ(went[0].kind, Kind::over) << went[0].why;
  EXPECT_EQ(world.server().pickups_standing(), 0);
  carriers = &world.carriers();
}

TEST_F(PickupWorld, ADayThatIsNotOfferedIsRefusedBeforeAnythingIsMade) {
  for (const char* day : {"2026-11-20", "2026-11-21", "2027-01-04", "tomorrow", ""}) {
    const auto refused = announced(day);
    ASSERT_FALSE(refused) << day;
    EXPECT_EQ(refused.error().code, "pickup_unavailable");
  }
  EXPECT_EQ(usecases::pickup_days("Pacific/Auckland", parse_rfc3339("2026-11-22T12:00:00Z").value()).front(), "2026-11-24")
      << "it is Monday there";
  EXPECT_EQ(world.value<std::int64_t>("SELECT count(*) FROM returns"), 0);
}

}  // namespace
}  // namespace roundtrip::test
