// A code nobody has mapped: counted, given a meaning without a release, and every parcel that has it says so.
#include "usecases/carrier_codes.hpp"

#include <gtest/gtest.h>

#include "support/tracking_world.hpp"

namespace roundtrip::usecases {
namespace {
using test::ShippedParcel;
using test::TrackingWorld;

struct CarrierCodesTest : testing::Test {
  TrackingWorld world;

  void push(const ShippedParcel& parcel, const std::string& code, const std::string& text, double hours_ago, bool back = false) {
    const auto at = world.now() - static_cast<std::int64_t>(hours_ago * static_cast<double>(kHour));
    const std::string body = R"({"parcels":[{"number":")" + parcel.number + R"(","events":[{"code":")" + code + R"(","text":")" + text +
                             R"(","at":")" + format_rfc3339(at) + R"(","return":)" + (back ? "true" : "false") + "}]}]}";
    ASSERT_TRUE(take_push(world.db(), *make_push_room(world.config()), {"demo", "push-secret", {}, body}, world.now()));
  }
  Result<MappedCode> map(const std::string& code, const std::string& status, const std::string& reason = "", bool physical = true) {
    return map_carrier_code(world.context(), {"demo", code, status, reason, physical});
  }
  int rederive_all() {
    int changed = 0;
    for (const auto& job : usecases::claim_jobs(world.db(), kRemapJob, 10, kMinute, world.now())) {
      changed += rederive_code(world.db(), world.carriers(), world.options, job, world.now());
      usecases::finish_job(world.db(), job);
    }
    return changed;
  }
};

TEST_F(CarrierCodesTest, TheInboxCountsAndAMeaningEmptiesItAndCountsFromThenOn) {
  const auto first = world.ship(), second = world.ship();
  push(first, "XQ7", "Handed to the night network", 3);
  push(second, "XQ7", "Handed to the night network", 2);
  auto codes = read_carrier_codes(world.context());
  ASSERT_EQ(codes.unmapped.size(), 1U);
  EXPECT_EQ(codes.unmapped[0].seen, 2);
  EXPECT_EQ(codes.unmapped[0].text, "Handed to the night network");
  EXPECT_EQ(world.status(first), "unknown");
  ASSERT_TRUE(map("XQ7", "in_transit"));
  codes = read_carrier_codes(world.context());
  EXPECT_TRUE(codes.unmapped.empty());
  ASSERT_EQ(codes.mapped.size(), 1U);
  EXPECT_EQ(codes.mapped[0].by, "test");
  const auto third = world.ship();
  push(third, "XQ7", "Handed to the night network", 1);
  EXPECT_EQ(world.status(third), "in_transit");
  EXPECT_TRUE(read_carrier_codes(world.context()).unmapped.empty());
}

TEST_F(CarrierCodesTest, ParcelsThatHaveTheCodeAlreadySayWhatItMeansAndNobodyWasAsked) {
  const auto parcel = world.ship(), other = world.ship();
  push(parcel, "XQ9", "Left in the locker", 3);
  push(other, "XQ8", "Something else", 3);
  const auto before = read_tracking(world.context(), parcel.number).value().front();
  ASSERT_TRUE(map("XQ9", "delivered"));
  world.pass_hours(1);
  EXPECT_EQ(rederive_all(), 1);
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_EQ(world.told(parcel.order), "delivered");
  EXPECT_EQ(world.status(other), "unknown");
  const auto after = read_tracking(world.context(), parcel.number).value().front();
  EXPECT_EQ(after.last_success_at, before.last_success_at);
  EXPECT_EQ(after.last_checked_at, before.last_checked_at);
  EXPECT_EQ(after.events.front().raw_text, "Left in the locker");
}

TEST_F(CarrierCodesTest, ANewMeaningReplacesTheOldOneAlsoForWhatCameBefore) {
  const auto parcel = world.ship();
  push(parcel, "XQ7", "?", 3);
  ASSERT_TRUE(map("XQ7", "delivered"));
  rederive_all();
  ASSERT_EQ(world.status(parcel), "delivered");
  ASSERT_TRUE(map("XQ7", "exception", "customs_documents"));
  EXPECT_EQ(rederive_all(), 1);
  EXPECT_EQ(world.status(parcel), "exception");
  EXPECT_EQ(read_tracking(world.context(), parcel.number).value().front().reason, "customs_documents");
  ASSERT_TRUE(map("XQ7", "in_transit", "", false));  // only a notice
  rederive_all();
  EXPECT_EQ(world.status(parcel), "pending");
}

TEST_F(CarrierCodesTest, AMeaningTakenBackMakesItsEventsUnknownAgainAndTheCodeReturnsWithItsCount) {
  const auto parcel = world.ship(), second = world.ship();
  push(parcel, "ARR", "Arrived", 5);
  push(parcel, "XQ7", "?", 3);
  push(parcel, "XQ7", "?", 2);
  push(second, "XQ7", "?", 2);
  push(second, "XQ8", "?", 2);
  ASSERT_TRUE(map("XQ7", "delivered"));
  ASSERT_TRUE(map("XQ8", "in_transit"));
  rederive_all();
  ASSERT_EQ(world.status(parcel), "delivered");
  const auto was = take_back_carrier_code(world.context(), "demo", "XQ7");
  ASSERT_TRUE(was);
  EXPECT_EQ(was->meaning.status, domain::TrackingStatus::delivered);
  EXPECT_EQ(rederive_all(), 2);
  EXPECT_EQ(rederive_all(), 0);  // a job that comes twice counts nothing twice
  EXPECT_EQ(world.status(parcel), "in_transit");
  EXPECT_EQ(world.status(second), "in_transit");
  const auto codes = read_carrier_codes(world.context());
  ASSERT_EQ(codes.unmapped.size(), 1U);
  EXPECT_EQ(codes.unmapped[0].code, "XQ7");
  EXPECT_EQ(codes.unmapped[0].seen, 3);
  ASSERT_EQ(codes.mapped.size(), 1U);
  EXPECT_EQ(codes.mapped[0].code, "XQ8");
  EXPECT_EQ(take_back_carrier_code(world.context(), "demo", "XQ7").error().code, "not_found");
  EXPECT_EQ(take_back_carrier_code(world.context(), "ups", "XQ8").error().code, "not_found");
  // And said again.
  ASSERT_TRUE(map("XQ7", "delivered"));
  EXPECT_EQ(rederive_all(), 2);
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_TRUE(read_carrier_codes(world.context()).unmapped.empty());
}

TEST_F(CarrierCodesTest, TheWayBackIsRememberedForLater) {
  const auto parcel = world.ship();
  push(parcel, "XQ1", "Handed out", 3, true);
  ASSERT_TRUE(map("XQ1", "delivered"));
  rederive_all();
  EXPECT_EQ(world.status(parcel), "returned");
}

TEST_F(CarrierCodesTest, WhereACarrierGivesNoCodesItsWordsAreMapped) {
  const auto parcel = world.ship();
  push(parcel, "", "Parcel is in the shed", 3);
  EXPECT_EQ(read_carrier_codes(world.context()).unmapped.at(0).code, "Parcel is in the shed");
  ASSERT_TRUE(map("Parcel is in the shed", "delivered"));
  EXPECT_EQ(rederive_all(), 1);
  EXPECT_EQ(world.status(parcel), "delivered");
}

TEST_F(CarrierCodesTest, ACodeTheAdapterKnowsKeepsItsMeaningAndOneMerchantsWordIsNotAnothers) {
  const auto parcel = world.ship();
  ASSERT_TRUE(map("OFD", "lost"));
  push(parcel, "OFD", "Out", 2);
  EXPECT_EQ(world.status(parcel), "out_for_delivery");
  auto other = world.context();
  other.merchant =
      world.value<MerchantId>("INSERT INTO merchants (slug, name, created_at) VALUES ('other', 'Other', now()) RETURNING merchant_id");
  ASSERT_TRUE(map_carrier_code(other, {"demo", "XQ7", "lost", "", true}));
  push(parcel, "XQ7", "?", 1);
  EXPECT_EQ(world.status(parcel), "out_for_delivery");
  EXPECT_EQ(read_carrier_codes(world.context()).unmapped.size(), 1U);
}

TEST_F(CarrierCodesTest, WhatNoCarrierCanSayIsRefused) {
  for (const std::string status : {"expired", "pending", "unknown", "", "gone"})
    EXPECT_EQ(map("XQ7", status).error().code, "invalid_code_map") << status;
  EXPECT_EQ(map("XQ7", "exception", "moon").error().code, "invalid_code_map");
  EXPECT_EQ(map("", "lost").error().code, "invalid_code_map");
  EXPECT_EQ(map_carrier_code(world.context(), {"nobody", "XQ7", "lost", "", true}).error().code, "invalid_code_map");
}

TEST_F(CarrierCodesTest, ManyParcelsAreWorkedThroughInBoundedBatches) {
  std::vector<ShippedParcel> parcels;
  for (int i = 0; i < 3; ++i) parcels.push_back(world.ship());
  for (const auto& parcel : parcels) push(parcel, "XQ7", "?", 2);
  store::Session session(world.db());
  const auto first = store::trackers_with_code(session, world.merchant(), {"demo", "XQ7"}, TrackerId{0}, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(store::trackers_with_code(session, world.merchant(), {"demo", "XQ7"}, first.back(), 2).size(), 1U);
  ASSERT_TRUE(map("XQ7", "in_transit"));
  EXPECT_EQ(rederive_all(), 3);
}

}  // namespace
}  // namespace roundtrip::usecases
