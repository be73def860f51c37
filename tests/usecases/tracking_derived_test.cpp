// What we derive ourselves: never collected, ends a person must see, parcels that come back, ends that are reopened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/desk.hpp"
#include "store/tracking.hpp"
#include "support/tracking_world.hpp"
#include "usecases/returns.hpp"
#include "usecases/scans.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::usecases {
namespace {
using test::ShippedParcel;
using test::TrackingWorld;
using testing::HasSubstr;

struct DerivedTest : testing::Test {
  TrackingWorld world;

  TrackingView view(const ShippedParcel& parcel) { return read_tracking(world.context(), parcel.number).value().front(); }
  // "expired SO-1": what the desk's first page lists, by kind and order.
  bool wants_a_person(const std::string& kind) {
    store::Session session(world.db());
    for (const auto& group : store::attention(session, world.merchant(), world.now())) {
      if (group.kind == kind) return true;
    }
    return false;
  }
  void push(const ShippedParcel& parcel, const std::string& code, double hours_ago = 0, bool back = false) {
    const auto at = world.now() - static_cast<std::int64_t>(hours_ago * static_cast<double>(kHour));
    const std::string body = R"({"parcels":[{"number":")" + parcel.number + R"(","events":[{"code":")" + code +
                             R"(","text":"said","at":")" + format_rfc3339(at) + R"(","return":)" + (back ? "true" : "false") + "}]}]}";
    const auto taken = take_push(world.db(), *make_push_room(world.config()), {"demo", "push-secret", {}, body}, world.now());
    ASSERT_TRUE(taken) << taken.error().message;
  }
  std::string the_return(const std::string& columns) { return world.value<std::string>("SELECT " + columns + " FROM returns"); }
  std::int64_t count(const std::string& what) { return world.value<std::int64_t>("SELECT count(*) FROM " + what); }
  ScanAnswer scan_return(const std::string& barcode) {
    ScanRequest request{
        "6f1d7d6e-0c1b-4d3a-9d5e-" + std::to_string(100'000'000'000 + scans_++), "returns-1", barcode, "", {}, {}, world.now()};
    return scan(world.context(), {}, request).value();
  }
  int scans_ = 0;
};

TEST_F(DerivedTest, AParcelThatNoCarrierScansIsNeverCollectedAndTheShopIsToldOnce) {
  const auto parcel = world.ship();  // never announced: the carrier does not know it
  world.pass_hours(70);
  world.poll_all();
  EXPECT_FALSE(view(parcel).never_collected);
  EXPECT_EQ(view(parcel).silence, "not_known_yet");
  world.pass_hours(4);
  world.poll_all();
  world.pass_hours(4);
  world.poll_all();
  EXPECT_TRUE(view(parcel).never_collected);
  EXPECT_TRUE(wants_a_person("never_collected"));
  EXPECT_EQ(world.told(parcel.order), "never_collected");
  EXPECT_EQ(world.timeline(parcel.order), "parcel.never_collected");
  push(parcel, "ACC");
  EXPECT_FALSE(view(parcel).never_collected);
  EXPECT_FALSE(wants_a_person("never_collected"));
}

TEST_F(DerivedTest, AScanAfterTheEndIsFollowedAgainUnlessTheNumberHasANewLife) {
  const auto parcel = world.ship();
  push(parcel, "DLV");
  world.pass_hours(80);
  world.poll_all();
  ASSERT_FALSE(view(parcel).next_check_at);
  push(parcel, "ARR");
  EXPECT_EQ(view(parcel).status, "in_transit");
  EXPECT_TRUE(view(parcel).next_check_at);
  push(parcel, "DLV");
  world.pass_hours(80);
  world.poll_all();
  ASSERT_FALSE(view(parcel).next_check_at);
  store::Transaction tx(world.db());
  store::add_tracker(tx, world.merchant(),
                     {"demo", "", "standard", parcel.number, parcel.order, parcel.parcel, std::nullopt, std::nullopt, world.now()},
                     world.now());
  store::queue_reopened(tx, world.merchant(), {world.value<TrackerId>("SELECT tracker_id FROM trackers WHERE epoch = 1")});
  tx.commit();
  EXPECT_TRUE(world.value<bool>("SELECT ended_at IS NOT NULL FROM trackers WHERE epoch = 1"));
}

TEST_F(DerivedTest, ACarrierThatDoesNotAnswerProvesNothingAboutCollection) {
  const auto parcel = world.ship();
  world.pass_hours(80);
  ASSERT_EQ(world.control(R"({"mode":"error","calls":100})"), 200);
  world.poll_all();
  EXPECT_FALSE(view(parcel).never_collected);
  EXPECT_EQ(view(parcel).silence, "unreachable");
  EXPECT_EQ(world.told(parcel.order), "");
}

TEST_F(DerivedTest, AnAnnouncedParcelWithoutAScanIsNeverCollectedToo) {
  const auto parcel = world.ship();
  push(parcel, "LBL");
  EXPECT_EQ(view(parcel).status, "pre_transit");
  world.pass_hours(73);
  push(parcel, "MSG");
  EXPECT_TRUE(view(parcel).never_collected);
  EXPECT_EQ(view(parcel).silence, "no_scans");
}

TEST_F(DerivedTest, AParcelThatFellSilentStaysOnTheDesksListUntilSomebodyDealsWithIt) {
  const auto parcel = world.ship("stuck");
  world.announce_all();
  world.live(35);
  ASSERT_EQ(world.status(parcel), "expired");
  EXPECT_EQ(view(parcel).silence, "given_up");
  EXPECT_FALSE(view(parcel).next_check_at);
  EXPECT_TRUE(wants_a_person("tracker_expired"));
  EXPECT_EQ(attend_parcel(world.context(), parcel.parcel).value(), parcel.order);
  EXPECT_FALSE(wants_a_person("tracker_expired"));
  EXPECT_EQ(attend_parcel(world.context(), parcel.parcel).error().code, "nothing_to_attend");
  EXPECT_THAT(world.timeline(parcel.order), HasSubstr("parcel.attended"));
  // A late scan takes the expiry back; should it be lost then, it is a case for a person again.
  push(parcel, "ARR");
  EXPECT_EQ(world.status(parcel), "in_transit");
  push(parcel, "LST");
  EXPECT_TRUE(wants_a_person("tracker_lost"));
}

TEST_F(DerivedTest, NobodyDealsWithAParcelOfAnotherMerchant) {
  const auto parcel = world.ship();
  push(parcel, "LST", 0);
  auto other = world.context();
  other.merchant =
      world.value<MerchantId>("INSERT INTO merchants (slug, name, created_at) VALUES ('other', 'Other', now()) RETURNING merchant_id");
  EXPECT_EQ(attend_parcel(other, parcel.parcel).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(wants_a_person("tracker_lost"));
}

TEST_F(DerivedTest, AParcelThatTurnsAroundIsExpectedAndFoundByItsNumberAtTheReturnsStation) {
  const auto parcel = world.ship();
  push(parcel, "OFD", 30);
  push(parcel, "REF", 20);
  push(parcel, "RTS", 19, true);
  push(parcel, "ARR", 10, true);  // further on its way back: nothing new is made
  EXPECT_EQ(the_return("kind || ' ' || status || ' ' || suggestion || ' ' || outcome || ' ' || tracking_number"),
            "undeliverable in_transit refund refund " + parcel.number);
  EXPECT_EQ(world.value<std::string>("SELECT reason || ' ' || announced || ' ' || reception FROM return_lines"),
            "recipient_refused 2 in_transit");
  EXPECT_TRUE(wants_a_person("return_undeliverable"));
  EXPECT_EQ(world.told(parcel.order), "out_for_delivery delivery_failed");
  push(parcel, "DLV", 1, true);
  EXPECT_EQ(world.status(parcel), "returned");
  EXPECT_EQ(count("returns"), 1);
  const auto answer = scan_return(parcel.number);
  EXPECT_EQ(answer.code, "return_received") << answer.json;
  EXPECT_EQ(the_return("status"), "received");
  EXPECT_FALSE(wants_a_person("return_undeliverable"));
  EXPECT_EQ(scan_return(parcel.number).code, "already_received");
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

TEST_F(DerivedTest, AnAddressThatWasWrongIsSentAgainAndNoMoneyGoesByItself) {
  const auto parcel = world.ship();
  world.value<TrackerId>("UPDATE trackers SET reason = 'recipient_wrong_address', status = 'exception' RETURNING tracker_id");
  push(parcel, "RTS", 1);
  // The demo carrier gives no reason with RTS: without one it is a refund.
  EXPECT_EQ(the_return("suggestion || ' ' || outcome"), "refund refund");
  EXPECT_EQ(domain::suggestion_for(domain::TrackingReason::recipient_wrong_address), domain::Suggestion::resend);
  EXPECT_EQ(domain::suggestion_for(domain::TrackingReason::carrier_damaged), domain::Suggestion::inspect);
}

TEST_F(DerivedTest, AParcelDeliveredAfterAllIsNotExpectedAnyMore) {
  const auto parcel = world.ship();
  push(parcel, "RTS", 5);
  EXPECT_EQ(world.value<std::int64_t>("SELECT announced FROM order_lines"), 2);
  push(parcel, "DLV", 1);
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_EQ(the_return("status"), "closed");
  EXPECT_EQ(world.value<std::int64_t>("SELECT announced FROM order_lines"), 0);
  EXPECT_THAT(world.timeline(parcel.order), HasSubstr("return.not_coming"));
  EXPECT_EQ(scan_return(parcel.number).code, "return_state") << "its units may be in another return by now";
  EXPECT_EQ(world.value<std::int64_t>("SELECT announced + returned FROM order_lines"), 0);
}

TEST_F(DerivedTest, AParcelThatTurnsAroundOnceMoreIsExpectedOnceMore) {
  const auto parcel = world.ship();
  push(parcel, "RTS", 9);
  push(parcel, "DLV", 8);
  push(parcel, "RTS", 3);
  EXPECT_EQ(the_return("status"), "in_transit");
  EXPECT_EQ(count("returns"), 1);
  EXPECT_EQ(world.value<std::int64_t>("SELECT announced FROM order_lines"), 2);
  EXPECT_EQ(scan_return(parcel.number).code, "return_received");
  EXPECT_EQ(world.value<std::string>("SELECT announced || ' ' || returned FROM order_lines"), "2 2");
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

TEST_F(DerivedTest, UnitsThatAReturnHoldsAlreadyAreNotExpectedTwice) {
  const auto parcel = world.ship();
  push(parcel, "OFD", 30);
  push(parcel, "DLV", 29);
  ReturnRequest wanted;
  wanted.order = parcel.order;
  wanted.lines = {{parcel.line, 2, "too_small", ""}};
  ASSERT_TRUE(create_return(world.context(), wanted));
  push(parcel, "ARR", 2, true);  // the customer used the number that it came with
  EXPECT_EQ(world.status(parcel), "return_to_sender");
  EXPECT_EQ(count("returns"), 1);
}

TEST_F(DerivedTest, AnUndeliverableReturnHasNoLabelForTheCustomer) {
  const auto parcel = world.ship();
  push(parcel, "RTS", 1);
  const auto id = world.value<ReturnId>("SELECT return_id FROM returns");
  EXPECT_EQ(world.told(parcel.order), "delivery_failed") << "no word of an approved return";
  EXPECT_EQ(read_return(world.context(), id).value().suggestion, "refund");
}

TEST_F(DerivedTest, DeliveredIsReopenedByALaterPhysicalScanOnly) {
  const auto parcel = world.ship();
  push(parcel, "OFD", 8);
  push(parcel, "DLV", 6);
  push(parcel, "MSG", 1);    // a notice
  push(parcel, "ARR", 20);   // earlier, told late
  push(parcel, "OFD", 5.8);  // the courier's late upload
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_EQ(world.value<std::int64_t>("SELECT delivered FROM order_lines"), 2);
  push(parcel, "ARR", 1);
  EXPECT_EQ(world.status(parcel), "in_transit");
  EXPECT_EQ(world.value<std::int64_t>("SELECT delivered FROM order_lines"), 0);
  EXPECT_EQ(world.value<std::string>("SELECT COALESCE(delivered_at::text, 'none') FROM parcels"), "none");
  push(parcel, "DLV");
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_EQ(world.told(parcel.order), "out_for_delivery delivered") << "each milestone once";
}

}  // namespace
}  // namespace roundtrip::usecases
