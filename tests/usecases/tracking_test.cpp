// Parcels through the demo carrier's stories: start, announce, poll, record, tell.
#include "usecases/tracking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/tracking.hpp"
#include "support/tracking_world.hpp"
#include "usecases/policies.hpp"
#include "usecases/returns.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {
namespace {
using test::ShippedParcel;
using test::TrackingWorld;
using testing::HasSubstr;

struct TrackingTest : testing::Test {
  TrackingWorld world;
  std::int64_t count(const std::string& what) { return world.value<std::int64_t>("SELECT count(*) FROM " + what); }
  TrackingView view(const ShippedParcel& parcel) { return read_tracking(world.context(), parcel.number).value().front(); }
  std::string shipment_status(const ShippedParcel& parcel) {
    return world.value<std::string>("SELECT status FROM shipments WHERE merchant_id = $1 AND shipment_id = $2", world.merchant(),
                                    parcel.shipment);
  }
  std::string order_status(const ShippedParcel& parcel) {
    return world.value<std::string>("SELECT status FROM orders WHERE merchant_id = $1 AND order_id = $2", world.merchant(), parcel.order);
  }
  std::int64_t delivered_units(const ShippedParcel& parcel) {
    return world.value<std::int64_t>("SELECT delivered FROM order_lines WHERE merchant_id = $1 AND order_id = $2", world.merchant(),
                                     parcel.order);
  }
};

TEST_F(TrackingTest, StartWritesNumberTrackerAndAnnouncementInOneTransaction) {
  const auto parcel = world.ship();
  EXPECT_EQ(world.value<std::string>("SELECT tracking_number || ' ' || carrier || ' ' || service FROM parcels"),
            parcel.number + " demo standard");
  EXPECT_EQ(count("trackers t JOIN parcels p ON p.tracker_id = t.tracker_id WHERE t.direction = 'outbound' AND t.epoch = 1"), 1);
  EXPECT_EQ(count("jobs WHERE kind = 'announce'"), 1);
  EXPECT_EQ(view(parcel).status, "pending");
  EXPECT_FALSE(view(parcel).last_checked_at);
}

TEST_F(TrackingTest, AnUnknownCarrierIsRefusedWithWhatToDo) {
  const auto parcel = world.ship();
  store::Transaction tx(world.db());
  auto head = store::lock_order(tx, world.merchant(), parcel.order).value();
  const auto refused = start_tracking(tx, world.context(), head, parcel.parcel, {"nobody", "", "standard", ""}, std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "unknown_carrier");
}

TEST_F(TrackingTest, AGoodParcelIsDeliveredAndEachMilestoneIsToldOnce) {
  const auto parcel = world.ship();
  EXPECT_EQ(world.announce_all(), 1);
  EXPECT_EQ(world.server().announcements(), 1);
  world.live(5);
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_EQ(shipment_status(parcel), "delivered");
  EXPECT_EQ(order_status(parcel), "delivered");
  EXPECT_EQ(delivered_units(parcel), 2);
  EXPECT_EQ(world.told(parcel.order), "out_for_delivery delivered");
  EXPECT_EQ(world.timeline(parcel.order), "parcel.pre_transit parcel.in_transit parcel.out_for_delivery parcel.delivered");
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
  const auto seen = view(parcel);
  EXPECT_EQ(seen.events.size(), 8U);
  EXPECT_EQ(seen.events.front().raw_code, "DLV");
  EXPECT_FALSE(seen.events.front().time_raw.empty());
  EXPECT_FALSE(seen.events.front().time_local.empty());
  EXPECT_TRUE(seen.events.front().time_utc);
  EXPECT_EQ(seen.events.front().zone_basis, "given_offset");
  EXPECT_EQ(seen.signed_by, "A. N. Other");
  EXPECT_TRUE(seen.last_success_at);
  EXPECT_TRUE(seen.promised_at);
  const auto delivered_at = world.value<Instant>("SELECT delivered_at FROM parcels");
  EXPECT_EQ(delivered_at, seen.events.front().time_utc);
}

TEST_F(TrackingTest, ADeliveredParcelIsWatchedForTwoDaysAndThenLeftAlone) {
  const auto parcel = world.ship();
  world.announce_all();
  world.live(5);
  EXPECT_TRUE(view(parcel).next_check_at);
  world.live(4);
  EXPECT_FALSE(view(parcel).next_check_at);
  const int calls = world.server().track_calls();
  world.live(3);
  EXPECT_EQ(world.server().track_calls(), calls);
}

TEST_F(TrackingTest, SeveralParcelsDeliverTheShipmentOnlyTogether) {
  const auto parcels = world.ship_all("good", 2);
  world.announce_all();
  ASSERT_EQ(world.control(R"({"number":")" + parcels[1].number + R"(","scenario":"late"})"), 200);
  world.live(5);
  EXPECT_EQ(world.status(parcels[0]), "delivered");
  EXPECT_EQ(shipment_status(parcels[0]), "handed_over");
  EXPECT_EQ(delivered_units(parcels[0]), 2);
  EXPECT_NE(order_status(parcels[0]), "delivered");
  world.live(5);
  EXPECT_EQ(shipment_status(parcels[0]), "delivered");
  EXPECT_EQ(delivered_units(parcels[0]), 4);
  EXPECT_EQ(order_status(parcels[0]), "delivered");
}

TEST_F(TrackingTest, ALateParcelIsDelayedUntilItArrives) {
  const auto parcel = world.ship("late");
  world.announce_all();
  world.live(4);
  EXPECT_TRUE(view(parcel).delayed);
  EXPECT_GT(*view(parcel).estimated_at, *view(parcel).promised_at);
  world.live(5);
  EXPECT_EQ(view(parcel).status, "delivered");
  EXPECT_FALSE(view(parcel).delayed);
}

TEST_F(TrackingTest, ACarrierThatIsSilentDelaysNothingForADay) {
  const auto parcel = world.ship();
  world.announce_all();
  world.pass_hours(24 * 4);
  world.poll_all();
  ASSERT_FALSE(view(parcel).delayed);
  world.pass_hours(24 * 1.5);  // past the promise; it was delivered in time, but nobody says so
  ASSERT_EQ(world.control(R"({"mode":"error","calls":100})"), 200);
  world.poll_all();
  EXPECT_FALSE(view(parcel).delayed);
  EXPECT_EQ(world.told(parcel.order), "out_for_delivery");
  world.pass_hours(24);
  world.poll_all();
  EXPECT_TRUE(view(parcel).delayed);
}

struct Ending {
  const char* scenario;
  double days;
  const char* status;
  const char* shipment;
  const char* told;
};
class TrackingEnding : public TrackingTest, public testing::WithParamInterface<Ending> {};
INSTANTIATE_TEST_SUITE_P(All, TrackingEnding,
                         testing::Values(Ending{"late", 9, "delivered", "delivered", "delayed out_for_delivery delivered"},
                                         Ending{"lost", 13, "lost", "lost", "delayed delivery_failed"},
                                         Ending{"refused", 8, "returned", "returned", "out_for_delivery delivery_failed"},
                                         Ending{"returned", 11, "returned", "returned", "out_for_delivery delivery_failed"},
                                         Ending{"attempted", 5.5, "delivered", "delivered", "out_for_delivery delivery_failed delivered"},
                                         Ending{"pickup", 6, "delivered", "delivered", "delivered"},
                                         Ending{"customs", 8, "delivered", "delivered", "delayed out_for_delivery delivered"},
                                         Ending{"out_of_order", 8, "delivered", "delivered", "out_for_delivery delivered"},
                                         Ending{"twice", 5, "delivered", "delivered", "out_for_delivery delivered"},
                                         Ending{"reused", 5, "delivered", "delivered", "out_for_delivery delivered"},
                                         Ending{"unmapped", 5, "delivered", "delivered", "out_for_delivery delivered"}),
                         [](const auto& tested) { return std::string(tested.param.scenario); });

TEST_P(TrackingEnding, TheStoryEndsAsItShouldAndIsToldOnce) {
  const auto parcel = world.ship(GetParam().scenario);
  world.announce_all();
  world.live(GetParam().days);
  EXPECT_EQ(world.status(parcel), GetParam().status);
  EXPECT_EQ(shipment_status(parcel), GetParam().shipment);
  EXPECT_EQ(world.told(parcel.order), GetParam().told);
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
  EXPECT_EQ(count("(SELECT tracker_id, event_key FROM tracking_events GROUP BY 1, 2 HAVING count(*) > 1) x"), 0);
}

TEST_F(TrackingTest, ARecycledNumbersFormerLifeIsNotOurs) {
  const auto parcel = world.ship("reused");
  world.announce_all();
  world.poll_all();
  EXPECT_EQ(world.status(parcel), "pre_transit");
  for (const auto& event : view(parcel).events) EXPECT_NE(event.place, "Salzburg");
}

TEST_F(TrackingTest, AReferenceOfTheCarriersOwnIsNoOtherLife) {
  const auto parcel = world.ship();
  carriers::TrackedNumber said;
  said.number = parcel.number;
  said.reference = "0A1B2C3D4E";
  said.headline = domain::Headline{domain::TrackingStatus::in_transit, domain::TrackingReason::none, world.now()};
  const auto record = [&] {
    store::Session session(world.db());
    const auto tracker = store::trackers_of_number(session, world.merchant(), parcel.number, 1).at(0);
    record_checks(world.db(), {{tracker, said, 0, false}}, {}, world.now());
    return view(parcel).status;
  };
  EXPECT_EQ(record(), "pending");  // the demo carrier was told our reference and repeats it
  TrackingWorld::Session(world.db()).run("UPDATE trackers SET carrier = 'royal_mail'", {});
  EXPECT_EQ(record(), "in_transit");
}

TEST_F(TrackingTest, TheSameNumberAgainIsANewEpochAndBothAreShownNewestFirst) {
  const auto first = world.ship();
  world.announce_all();
  world.live(5);
  // The carrier gives the number out again.
  store::Transaction tx(world.db());
  store::add_tracker(tx, world.merchant(),
                     {"demo", "", "standard", first.number, first.order, first.parcel, std::nullopt, std::nullopt, world.now()},
                     world.now());
  tx.commit();
  world.announce_all();
  world.poll_all();
  const auto views = read_tracking(world.context(), first.number).value();
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].epoch, 2);
  EXPECT_EQ(views[0].status, "pre_transit");
  EXPECT_EQ(views[1].epoch, 1);
  EXPECT_EQ(views[1].status, "delivered");
  EXPECT_FALSE(views[1].next_check_at);
  EXPECT_EQ(world.server().announcements(), 2);
}

TEST_F(TrackingTest, AnUnmappedCodeLandsInTheInboxWithItsCount) {
  world.ship("unmapped");
  world.ship("unmapped");
  world.announce_all();
  world.live(3);
  EXPECT_EQ(world.value<std::string>("SELECT raw_code || ' ' || seen || ' ' || raw_text FROM unmapped_codes"),
            "XQ7 2 Handed to the night network");
}

TEST_F(TrackingTest, ACarrierWithoutCodesHasItsWordsInTheInbox) {
  const auto parcel = world.ship();
  carriers::TrackedNumber said;
  said.number = parcel.number;
  for (const auto* words : {"Handed to a drone", "Seen by a dog"}) {
    auto& event = said.events.emplace_back();
    event.raw_text = words;
    event.time = {"now", "", world.now(), domain::ZoneBasis::given_utc};
  }
  store::Session session(world.db());
  const auto tracker = store::trackers_of_number(session, world.merchant(), parcel.number, 1).at(0);
  record_checks(world.db(), {{tracker, said, 0, false}}, {}, world.now());
  EXPECT_EQ(world.value<std::string>("SELECT string_agg(raw_code || ' ' || seen, ', ' ORDER BY raw_code) FROM unmapped_codes"),
            "Handed to a drone 1, Seen by a dog 1");
}

TEST_F(TrackingTest, AStuckParcelIsStalledAndLaterExpires) {
  const auto parcel = world.ship("stuck");
  world.announce_all();
  world.live(7);
  EXPECT_TRUE(view(parcel).stalled);
  EXPECT_TRUE(view(parcel).delayed);
  EXPECT_EQ(world.told(parcel.order), "delayed");
  EXPECT_THAT(world.timeline(parcel.order), HasSubstr("parcel.stalled"));
  world.live(30);
  EXPECT_EQ(world.status(parcel), "expired");
  EXPECT_FALSE(view(parcel).next_check_at);
}

TEST_F(TrackingTest, ANumberTheCarrierDoesNotKnowYetStaysPendingAndIsAskedAgain) {
  const auto parcel = world.ship();
  const auto report = world.poll_all();  // not announced
  EXPECT_EQ(report.failed, 1);
  const auto seen = view(parcel);
  EXPECT_EQ(seen.status, "pending");
  EXPECT_EQ(seen.failures, 1);
  EXPECT_THAT(seen.last_error, HasSubstr("not_found"));
  EXPECT_TRUE(seen.last_checked_at);
  EXPECT_FALSE(seen.last_success_at);
  EXPECT_GT(*seen.next_check_at, world.now());
}

TEST_F(TrackingTest, TheAnnouncementIsTheSameWhenItIsRepeated) {
  world.ship();
  const auto jobs = usecases::claim_jobs(world.db(), kAnnounceJob, 10, kMinute, world.now());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(announce_parcel(world.db(), world.carriers(), jobs[0], world.now()).kind, Announced::done);
  // The worker died before it could finish the job: the second time nothing is sent, and if it were, it would be the same.
  EXPECT_EQ(announce_parcel(world.db(), world.carriers(), jobs[0], world.now()).kind, Announced::done);
  world.value<TrackerId>("UPDATE trackers SET announced_at = NULL RETURNING tracker_id");
  EXPECT_EQ(announce_parcel(world.db(), world.carriers(), jobs[0], world.now()).kind, Announced::done);
  EXPECT_EQ(world.server().announcements(), 1);
}

TEST_F(TrackingTest, ARefusedKeyLeavesTheAnnouncementToBeTriedAgainAndSaysSo) {
  const auto parcel = world.ship();
  world.set("carriers.demo.key", "wrong");
  clients::CurlTransport transport({.allow_private_addresses = true});
  const Carriers wrong(world.config(), transport);
  const auto jobs = usecases::claim_jobs(world.db(), kAnnounceJob, 10, kMinute, world.now());
  const auto outcome = announce_parcel(world.db(), wrong, jobs.at(0), world.now());
  EXPECT_EQ(outcome.kind, Announced::retry);
  EXPECT_THAT(view(parcel).last_error, HasSubstr("auth"));
}

std::string push_body(const std::string& number, const std::string& code, Instant at) {
  return R"({"parcels":[{"number":")" + number + R"(","events":[{"code":")" + code + R"(","text":"pushed","at":")" + format_rfc3339(at) +
         R"("}]}]})";
}

TEST_F(TrackingTest, APushTakesThePathOfAPoll) {
  const auto parcel = world.ship();
  world.announce_all();
  const auto push = [&](const std::string& body) {
    return take_push(world.db(), *make_push_room(world.config()), {"demo", "push-secret", {}, body}, world.now());
  };
  ASSERT_TRUE(push(push_body(parcel.number, "OFD", world.now() - kHour)));
  EXPECT_EQ(world.status(parcel), "out_for_delivery");
  ASSERT_TRUE(push(push_body(parcel.number, "ACC", world.now() - 2 * kHour)));  // late: changes nothing
  EXPECT_EQ(world.status(parcel), "out_for_delivery");
  ASSERT_TRUE(push(push_body(parcel.number, "DLV", world.now())));
  ASSERT_TRUE(push(push_body(parcel.number, "DLV", world.now())));  // twice
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_EQ(world.told(parcel.order), "out_for_delivery delivered");
  const auto done = push(push_body("DM999999999990", "DLV", world.now()));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->unknown, 1);
}

TEST_F(TrackingTest, APushedParcelIsAskedForLessAndNormallyAgainWhenPushFallsSilent) {
  const auto parcel = world.ship();
  world.announce_all();
  world.poll_all();
  const auto asked_at = view(parcel).last_checked_at;
  const auto usual = world.config().integer("carriers.demo.poll_s") * kSecond;  // the middle of the pauses under way
  world.pass_hours(1);
  ASSERT_TRUE(take_push(world.db(), *make_push_room(world.config()),
                        {"demo", "push-secret", {}, push_body(parcel.number, "ARR", world.now())}, world.now()));
  const auto pushed = view(parcel);
  EXPECT_EQ(pushed.last_push_at, world.now());
  EXPECT_EQ(pushed.last_success_at, world.now());
  EXPECT_EQ(pushed.last_checked_at, asked_at);  // nobody asked
  EXPECT_GT(*pushed.next_check_at - world.now(), 4 * usual);
  world.pass_hours(25);
  world.poll_all();
  EXPECT_LT(*view(parcel).next_check_at - world.now(), 2 * usual);
}

TEST_F(TrackingTest, APushWithAWrongSecretOrBodyIsRefused) {
  const auto refused = [&](const std::string& carrier, const std::string& secret, const std::string& body) {
    return take_push(world.db(), *make_push_room(world.config()), {carrier, secret, {}, body}, world.now()).error().code;
  };
  EXPECT_EQ(refused("demo", "push-secre", "{}"), "not_found");
  EXPECT_EQ(refused("demo", "", "{}"), "not_found");
  EXPECT_EQ(refused("nobody", "push-secret", "{}"), "not_found");
  EXPECT_EQ(refused("demo", "push-secret", "no json"), "malformed_push");
  world.set("carriers.demo.push_secret", "");
  EXPECT_EQ(refused("demo", "", "{}"), "not_found");  // no secret set: no pushes at all
}

TEST_F(TrackingTest, PushesAndPollsAtOnceGiveOneHistory) {
  const auto parcel = world.ship();
  world.announce_all();
  world.pass_hours(24);
  world.poll_all();  // it was collected, whoever is first below
  world.pass_hours(24 * 3.5);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        if (i % 2 == 0)
          world.poll_all();
        else
          ASSERT_TRUE(take_push(world.db(), *make_push_room(world.config()),
                                {"demo", "push-secret", {}, push_body(parcel.number, "MSG", world.now() - i * kMinute)}, world.now()));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(world.status(parcel), "delivered");
  EXPECT_EQ(world.told(parcel.order), "delivered");
  EXPECT_EQ(count("tracking_events"), 10);
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

ReturnRequest one_mug_back(const ShippedParcel& parcel) {
  ReturnRequest wanted;
  wanted.order = parcel.order;
  wanted.lines = {{parcel.line, 1, "too_small", ""}};
  wanted.label_carrier = "demo";
  return wanted;
}

TEST_F(TrackingTest, AnApprovedReturnIsFollowedAndItsFirstScanPutsItInTransit) {
  const auto parcel = world.ship();
  const auto made = create_return(world.context(), one_mug_back(parcel));
  ASSERT_TRUE(made) << made.error().message;
  const std::string number = made->tracking_number;
  EXPECT_EQ(made->carrier, "demo");
  EXPECT_THAT(number, testing::StartsWith("DR"));
  world.announce_all();
  world.poll_all();
  EXPECT_EQ(world.value<std::string>("SELECT status || ' ' || tracking_number FROM returns"), "approved " + number);
  world.pass_hours(20);
  world.poll_all();
  EXPECT_EQ(world.value<std::string>("SELECT status FROM returns"), "in_transit");
  EXPECT_EQ(world.value<std::string>("SELECT reception FROM return_lines"), "in_transit");
  EXPECT_THAT(world.timeline(parcel.order), HasSubstr("return.in_transit"));
  world.live(4);
  EXPECT_EQ(read_tracking(world.context(), number).value().front().status, "delivered");
  EXPECT_EQ(world.value<std::string>("SELECT status FROM returns"), "in_transit");  // received is what a person scans
}

TEST_F(TrackingTest, AReturnThatAPersonApprovesIsFollowedFromThenOn) {
  const auto parcel = world.ship();
  ASSERT_TRUE(change_policy(world.context(), R"({"auto_approve": false})"));
  const auto made = create_return(world.context(), one_mug_back(parcel)).value();
  EXPECT_EQ(made.status, "requested");
  EXPECT_EQ(count("trackers WHERE direction = 'return'"), 0);
  const auto approved = approve_return(world.context(), made.id, 28, "demo").value();
  EXPECT_THAT(approved.tracking_number, testing::StartsWith("DR"));
  EXPECT_EQ(count("trackers t JOIN returns r ON r.tracker_id = t.tracker_id WHERE t.direction = 'return'"), 1);
}

TEST_F(TrackingTest, AReturnWithoutACarrierOfOursIsNotFollowed) {
  const auto parcel = world.ship();
  auto wanted = one_mug_back(parcel);
  wanted.carrier = "corner-shop";
  wanted.tracking_number = "C-1";
  const auto made = create_return(world.context(), wanted).value();
  EXPECT_EQ(made.tracking_number, "C-1");
  EXPECT_EQ(count("trackers WHERE direction = 'return'"), 0);
}

TEST_F(TrackingTest, AReturnUnderTheNumberThatWentOutHasAnEpochOfItsOwnAndTheWayOutIsNotItsStory) {
  const auto parcel = world.ship();
  world.announce_all();
  world.live(5);
  ASSERT_EQ(world.status(parcel), "delivered");
  auto wanted = one_mug_back(parcel);
  wanted.carrier = "demo";
  wanted.tracking_number = parcel.number;
  ASSERT_TRUE(create_return(world.context(), wanted));
  const auto push = [&](const std::string& code, std::int64_t hours_ago) {
    return take_push(world.db(), *make_push_room(world.config()),
                     {"demo", "push-secret", {}, push_body(parcel.number, code, world.now() - hours_ago * kHour)}, world.now());
  };
  ASSERT_TRUE(push("DLV", 20));  // the way out, told late
  const auto views = read_tracking(world.context(), parcel.number).value();
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].direction, "return");
  EXPECT_EQ(views[0].epoch, 2);
  EXPECT_EQ(views[0].status, "pending");
  EXPECT_EQ(views[1].status, "delivered");
  world.pass_hours(3);
  ASSERT_TRUE(push("ACC", 1));
  EXPECT_EQ(read_tracking(world.context(), parcel.number).value().front().status, "in_transit");
  EXPECT_EQ(world.value<std::string>("SELECT status FROM returns"), "in_transit");
  EXPECT_EQ(world.status(parcel), "delivered");
}

TEST_F(TrackingTest, AStatusWithoutAnyTimeSpeaksForTheTimeOfTheAnswer) {
  const auto parcel = world.ship();
  carriers::TrackedNumber said;
  said.number = parcel.number;
  said.status_raw = "DL Delivered";
  said.headline = domain::Headline{domain::TrackingStatus::delivered, domain::TrackingReason::none, domain::kNoTime};
  domain::TrackingEvent event;
  event.status = domain::TrackingStatus::delivered;
  event.raw_code = "DL";
  said.events = {event};
  const auto record = [&] {
    store::Session session(world.db());
    const auto tracker = store::trackers_of_number(session, world.merchant(), parcel.number, 1).at(0);
    return record_checks(world.db(), {{tracker, said, 0, false}}, {}, world.now());
  };
  EXPECT_EQ(record(), 1);
  EXPECT_EQ(world.value<Instant>("SELECT delivered_at FROM parcels"), world.now());
  EXPECT_EQ(world.value<Instant>("SELECT headline_at FROM trackers"), world.now());
  EXPECT_EQ(view(parcel).carrier_status, "DL Delivered");
  world.pass_hours(5);
  EXPECT_EQ(record(), 0);  // the same answer again brings nothing new
  EXPECT_EQ(view(parcel).last_checked_at, world.now());
  EXPECT_EQ(world.told(parcel.order), "delivered");
}

TEST_F(TrackingTest, AnotherMerchantsNumberIsNotFound) {
  const auto parcel = world.ship();
  const auto other =
      world.value<MerchantId>("INSERT INTO merchants (slug, name, created_at) VALUES ('other', 'Other', now()) RETURNING merchant_id");
  auto context = world.context();
  context.merchant = other;
  EXPECT_EQ(read_tracking(context, parcel.number).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace roundtrip::usecases
