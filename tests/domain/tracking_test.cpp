// Law 8: the order of arrival does not matter. Law 11: what cannot be known is said.
#include "domain/tracking.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace roundtrip::domain {
namespace {
using S = TrackingStatus;
using R = TrackingReason;

constexpr Instant kStart{1'763'000'000'000'000};
Instant hour(double hours) { return kStart + static_cast<std::int64_t>(hours * static_cast<double>(kHour)); }

TrackingEvent event(S status, double hours, R reason = R::none) {
  TrackingEvent made;
  made.status = status;
  made.reason = reason;
  made.raw_code = std::string(to_text(status));
  made.time = {format_rfc3339(hour(hours)), "", hour(hours), ZoneBasis::given_utc};
  return made;
}
TrackingEvent notice(S status, double hours) {
  auto made = event(status, hours);
  made.physical = false;
  return made;
}
TrackingEvent on_the_way_back(S status, double hours) {
  auto made = event(status, hours);
  made.return_leg = true;
  return made;
}
S status_of_all(const std::vector<TrackingEvent>& events, std::optional<Headline> headline = std::nullopt) {
  return derive_status(events, headline).status;
}

struct Story {
  const char* name;
  std::vector<TrackingEvent> events;
  std::optional<Headline> headline;
  S status;
};

std::vector<Story> stories() {
  return {
      {"NothingKnown", {}, {}, S::pending},
      {"LabelOnly", {notice(S::pre_transit, 0)}, {}, S::pre_transit},
      {"Moving", {notice(S::pre_transit, 0), event(S::in_transit, 5)}, {}, S::in_transit},
      {"Delivered", {event(S::in_transit, 5), event(S::out_for_delivery, 9), event(S::delivered, 12)}, {}, S::delivered},
      {"ALateNoticeIsNeutral", {event(S::delivered, 12), notice(S::in_transit, 13), notice(S::pre_transit, 14)}, {}, S::delivered},
      {"ANoticeOfDeliveryDeliversNothing", {event(S::in_transit, 5), notice(S::delivered, 6)}, {}, S::in_transit},
      {"OnlyALaterScanUndoesADelivery", {event(S::delivered, 12), event(S::in_transit, 20)}, {}, S::in_transit},
      {"AnEarlierScanUndoesNothing", {event(S::delivered, 12), event(S::exception, 11.9)}, {}, S::delivered},
      {"TheCouriersLateUploadUndoesNothing", {event(S::delivered, 12), event(S::out_for_delivery, 12.1)}, {}, S::delivered},
      {"TheNextDaysRoundDoes", {event(S::delivered, 12), event(S::out_for_delivery, 30)}, {}, S::out_for_delivery},
      {"DeliveredToTheSenderIsReturned", {event(S::in_transit, 5), on_the_way_back(S::delivered, 40)}, {}, S::returned},
      {"MovingOnTheWayBack", {event(S::delivery_attempted, 5), on_the_way_back(S::in_transit, 9)}, {}, S::return_to_sender},
      {"AnUnmappedCodeIsNeutral", {event(S::in_transit, 5), event(S::unknown, 6)}, {}, S::in_transit},
      {"OnlyUnmappedCodes", {event(S::unknown, 5)}, {}, S::unknown},
      {"TheSameSecondGoesToTheFurtherState", {event(S::delivered, 12), event(S::in_transit, 12)}, {}, S::delivered},
      {"TheHeadlineWinsOverTheEventsItCovers",
       {event(S::delivered, 4.4), event(S::in_transit, 8)},
       Headline{S::delivered, R::none, hour(8)},
       S::delivered},
      {"APhysicalScanAfterTheHeadlineWins",
       {event(S::in_transit, 4), event(S::delivered, 9)},
       Headline{S::in_transit, R::none, hour(4)},
       S::delivered},
      {"AHeadlineAloneDoesNotUndoADelivery", {event(S::delivered, 9)}, Headline{S::in_transit, R::none, hour(9)}, S::delivered},
      {"AnUnmappedHeadlineIsIgnored", {event(S::in_transit, 4)}, Headline{S::unknown, R::none, hour(4)}, S::in_transit},
      {"LostAndFound", {event(S::lost, 50), event(S::in_transit, 90)}, {}, S::in_transit},
  };
}

class TrackingStory : public testing::TestWithParam<Story> {};
INSTANTIATE_TEST_SUITE_P(All, TrackingStory, testing::ValuesIn(stories()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(TrackingStory, EveryOrderAndRepeatOfItsEventsGivesTheSameStatus) {
  std::vector<TrackingEvent> events = GetParam().events;
  const auto by_key = [](const TrackingEvent& a, const TrackingEvent& b) { return event_key(a) < event_key(b); };
  std::sort(events.begin(), events.end(), by_key);
  do {
    EXPECT_EQ(status_of_all(events, GetParam().headline), GetParam().status);
    auto twice = events;
    twice.insert(twice.end(), events.begin(), events.end());
    EXPECT_EQ(status_of_all(twice, GetParam().headline), GetParam().status);
  } while (std::next_permutation(events.begin(), events.end(), by_key));
}

TEST(Tracking, RandomEventsInAnyOrderAndTwiceGiveTheSameResult) {
  std::mt19937 random(20261121);
  constexpr S kAll[] = {
      S::pre_transit,      S::in_transit, S::out_for_delivery, S::available_for_pickup, S::delivery_attempted, S::delivered, S::exception,
      S::return_to_sender, S::lost,       S::unknown};
  for (int round = 0; round < 500; ++round) {
    std::vector<TrackingEvent> events;
    const auto count = random() % 12;
    for (std::size_t i = 0; i < count; ++i) {
      auto made = event(kAll[random() % std::size(kAll)], static_cast<double>(random() % 8));
      made.reason = random() % 3 == 0 ? R::recipient_refused : R::none;
      made.physical = random() % 4 != 0;
      made.return_leg = random() % 6 == 0;
      if (random() % 10 == 0) made.time = {"soon", "", std::nullopt, ZoneBasis::none};
      events.push_back(made);
    }
    std::optional<Headline> headline;
    if (random() % 2 == 0) headline = Headline{kAll[random() % std::size(kAll)], R::none, hour(static_cast<double>(random() % 8))};
    const auto wanted = derive_status(events, headline);
    for (int shuffle = 0; shuffle < 8; ++shuffle) {
      auto other = events;
      for (const auto& one : events) {
        if (random() % 3 == 0) other.push_back(one);
      }
      std::shuffle(other.begin(), other.end(), random);
      ASSERT_EQ(derive_status(other, headline), wanted) << "round " << round;
    }
  }
}

TEST(Tracking, HeadlinesMergeTheSameInEveryOrder) {
  const std::vector<std::optional<Headline>> all = {
      std::nullopt, Headline{S::in_transit, R::none, hour(1)}, Headline{S::delivered, R::none, hour(1)},
      Headline{S::exception, R::customs_delay, hour(3)}, Headline{S::unknown, R::none, hour(9)}};
  std::vector<std::size_t> order = {0, 1, 2, 3, 4};
  do {
    std::optional<Headline> merged;
    for (const auto i : order) merged = newer_headline(merged, all[i]);
    ASSERT_EQ(merged, all[3]);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Tracking, TheDeliveryThatStandsGivesTheTime) {
  const auto derived = derive_status({event(S::delivered, 10), event(S::in_transit, 20), event(S::delivered, 30)});
  EXPECT_EQ(derived.status, S::delivered);
  EXPECT_EQ(derived.delivered_at, hour(30));
  EXPECT_EQ(derived.last_event_at, hour(30));
  EXPECT_FALSE(derive_status({event(S::in_transit, 1)}).delivered_at);
  EXPECT_EQ(derive_status({event(S::delivered, 4), event(S::in_transit, 8)}, Headline{S::delivered, R::none, hour(8)}).delivered_at,
            hour(4));
}

TEST(Tracking, AParcelThatComesBackKeepsTheReasonWhy) {
  const std::vector<TrackingEvent> events = {event(S::exception, 5, R::recipient_refused), on_the_way_back(S::in_transit, 9),
                                             on_the_way_back(S::delivered, 40)};
  EXPECT_EQ(derive_status(events).status, S::returned);
  EXPECT_EQ(derive_status(events).reason, R::recipient_refused);
  EXPECT_EQ(derive_status(events, Headline{S::returned, R::none, hour(40)}).reason, R::recipient_refused);
  EXPECT_EQ(derive_status({event(S::exception, 5, R::carrier_delay), event(S::in_transit, 9)}).reason, R::none);  // solved
  EXPECT_EQ(derive_status({event(S::in_transit, 5, R::carrier_missorted), event(S::returned, 9)}).reason, R::none);
}

TEST(Tracking, TheReasonSaysWhoIsAtFaultAndWhetherSomebodyMustAct) {
  EXPECT_EQ(fault_group(R::recipient_refused), FaultGroup::recipient);
  EXPECT_EQ(fault_group(R::customs_duties), FaultGroup::customs);
  EXPECT_EQ(fault_group(R::none), FaultGroup::nobody);
  EXPECT_TRUE(derive_status({event(S::exception, 1, R::recipient_wrong_address)}).action_required);
  EXPECT_TRUE(derive_status({event(S::available_for_pickup, 1)}).action_required);
  EXPECT_FALSE(derive_status({event(S::exception, 1, R::weather_delay)}).action_required);
}

TEST(Tracking, EveryWordReadsBack) {
  for (const auto& word : kTrackingStatuses) EXPECT_EQ(parse_tracking_status(to_text(word.value)), word.value);
  for (const auto& word : kTrackingReasons) EXPECT_EQ(parse_tracking_reason(to_text(word.value)), word.value);
  EXPECT_FALSE(parse_tracking_status("on_its_way"));
}

TEST(Tracking, ACorrectedTextIsTheSameEventAndAnotherPlaceIsNot) {
  auto first = event(S::in_transit, 1);
  auto corrected = first;
  corrected.raw_text = "Arrived at the hub";
  EXPECT_EQ(event_key(first), event_key(corrected));
  auto elsewhere = first;
  elsewhere.place = "Graz";
  EXPECT_NE(event_key(first), event_key(elsewhere));
  auto way_back = first;
  way_back.return_leg = true;
  EXPECT_NE(event_key(first), event_key(way_back));
}

TEST(Tracking, LocalTimesOrderEventsWhenUtcIsNotKnown) {
  auto early = event(S::in_transit, 0);
  auto late = event(S::delivered, 0);
  early.time = {"20.11.2026 09:15", "2026-11-20T09:15:00", std::nullopt, ZoneBasis::none};
  late.time = {"21.11.2026 08:00", "2026-11-21T08:00:00", std::nullopt, ZoneBasis::none};
  EXPECT_EQ(status_of_all({late, early}), S::delivered);
}

TEST(Tracking, DelayedIsPastThePromiseOrEstimatedPastIt) {
  EXPECT_FALSE(is_delayed(S::in_transit, hour(10), std::nullopt, hour(9)));
  EXPECT_TRUE(is_delayed(S::in_transit, hour(10), std::nullopt, hour(11)));
  EXPECT_TRUE(is_delayed(S::in_transit, hour(10), hour(12), hour(1)));
  EXPECT_FALSE(is_delayed(S::delivered, hour(10), std::nullopt, hour(11)));
  EXPECT_FALSE(is_delayed(S::in_transit, std::nullopt, hour(12), hour(11)));
}

TEST(Tracking, StalledIsUnderWayWithoutAScanForTooLong) {
  EXPECT_TRUE(is_stalled(S::in_transit, hour(0), hour(0), 5 * kDay, hour(121)));
  EXPECT_FALSE(is_stalled(S::in_transit, hour(2), hour(0), 5 * kDay, hour(121)));
  EXPECT_FALSE(is_stalled(S::delivered, hour(0), hour(0), 5 * kDay, hour(500)));
  EXPECT_TRUE(is_stalled(S::pre_transit, std::nullopt, hour(0), 5 * kDay, hour(121)));  // label made, never collected
}

CheckFacts facts(S status, int failures = 0) {
  CheckFacts made;
  made.status = status;
  made.started_at = kStart;
  made.last_event_at = kStart;
  made.failures = failures;
  made.seed = 7;
  return made;
}
std::int64_t pause_of(const CheckFacts& given, const PollPlan& plan = {}, double at = 1) {
  return *next_check(given, plan, hour(at)) - hour(at);
}

struct Asked {
  S status;
  std::int64_t from_us, to_us;
};
class AskedAgain : public testing::TestWithParam<Asked> {};
INSTANTIATE_TEST_SUITE_P(All, AskedAgain,
                         testing::Values(Asked{S::out_for_delivery, 27 * kMinute, 33 * kMinute}, Asked{S::in_transit, 4 * kHour, 6 * kHour},
                                         Asked{S::exception, 4 * kHour, 6 * kHour}, Asked{S::unknown, 4 * kHour, 6 * kHour},
                                         Asked{S::available_for_pickup, 4 * kHour, 6 * kHour},
                                         Asked{S::return_to_sender, 4 * kHour, 6 * kHour}, Asked{S::pending, 6 * kHour, 12 * kHour},
                                         Asked{S::pre_transit, 6 * kHour, 12 * kHour}, Asked{S::delivered, kDay, kDay}),
                         [](const auto& tested) { return std::string(to_text(tested.param.status)); });

TEST_P(AskedAgain, WithinThePausesOfItsStatusSpreadOverAllOfThem) {
  std::int64_t least = kDay * 9, most = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    auto given = facts(GetParam().status);
    given.seed = seed;
    const auto pause = pause_of(given);
    least = std::min(least, pause);
    most = std::max(most, pause);
    EXPECT_EQ(pause, pause_of(given));
  }
  EXPECT_GE(least, GetParam().from_us);
  EXPECT_LE(most, GetParam().to_us);
  const auto spread = GetParam().to_us - GetParam().from_us;
  EXPECT_LT(least, GetParam().from_us + spread / 20 + 1);
  EXPECT_GE(most, GetParam().to_us - spread / 20);
}

TEST(Tracking, AQuietParcelIsAskedForLessOftenAndNeverLessThanOnceADay) {
  const auto plain = pause_of(facts(S::in_transit));
  EXPECT_EQ(pause_of(facts(S::in_transit), {}, 24 * 4), 3 * plain);
  EXPECT_EQ(pause_of(facts(S::in_transit), {}, 24 * 10), kDay);
  EXPECT_EQ(pause_of(facts(S::pre_transit), {}, 24 * 10), kDay);
}

TEST(Tracking, NearItsPromiseAParcelIsAskedForTwiceAsOften) {
  auto given = facts(S::in_transit);
  const auto plain = pause_of(given);
  for (const auto& [due, times] : {std::pair(60.0, 1), std::pair(24.0, 2), std::pair(-24.0, 2), std::pair(-60.0, 1)}) {
    given.due_at = hour(due);
    EXPECT_EQ(pause_of(given) * times, plain) << due;
  }
}

TEST(Tracking, NobodyKnocksAtDoorsAtNight) {
  auto given = facts(S::out_for_delivery);
  given.utc_offset_minutes = [](Instant) { return 60; };
  const Instant evening = parse_rfc3339("2026-11-20T20:45:00Z").value();  // 21:45 there
  const Instant morning = parse_rfc3339("2026-11-21T05:00:00Z").value();
  given.last_event_at = given.started_at = evening - 2 * kHour;
  for (const double after : {0.0, 2.0, 7.9}) {
    const auto next = *next_check(given, {}, evening + static_cast<std::int64_t>(after * kHour));
    EXPECT_GE(next, morning) << after;
    EXPECT_LE(next, morning + 10 * kMinute) << after;
  }
  EXPECT_LT(*next_check(given, {}, evening - kHour), evening);
  EXPECT_LT(*next_check(given, {}, morning), morning + kHour);
  given.utc_offset_minutes = [](Instant) { return -300; };  // afternoon there
  EXPECT_LT(*next_check(given, {}, evening), evening + kHour);
  given.utc_offset_minutes = nullptr;
  EXPECT_LT(*next_check(given, {}, evening), evening + kHour);
  // On the road parcels move at night, and a clock of its own has no night.
  given.utc_offset_minutes = [](Instant) { return 60; };
  PollPlan fast;
  fast.day_us = 20 * kSecond;
  EXPECT_LT(*next_check(given, fast, evening), evening + kHour);
  given.status = S::in_transit;
  EXPECT_LT(*next_check(given, {}, evening), morning);
}

TEST(Tracking, ANumberThatIsNotKnownYetIsNoFailedCall) {
  auto given = facts(S::pending, 4);
  EXPECT_LT(pause_of(given), kHour);
  given.not_found = true;
  EXPECT_GE(pause_of(given), 6 * kHour);
}

TEST(Tracking, APushedTrackerIsAskedLaterAndNeverAfterPushCountsAsSilent) {
  const PollPlan plan;
  const Instant now = *parse_rfc3339("2026-11-20T12:00:00Z");
  const Instant usual = now + 2 * kHour;
  EXPECT_EQ(poll_of_pushed(usual, std::nullopt, plan, now), usual);
  EXPECT_EQ(poll_of_pushed(usual, now, plan, now), now + 12 * kHour);
  EXPECT_EQ(poll_of_pushed(usual, now - 20 * kHour, plan, now), now + 4 * kHour);  // silent from then on
  EXPECT_EQ(poll_of_pushed(usual, now - 23 * kHour, plan, now), usual);
  EXPECT_EQ(poll_of_pushed(usual, now - 24 * kHour, plan, now), usual);
  EXPECT_EQ(poll_of_pushed(usual, now - 90 * kDay, plan, now), usual);
}

TEST(Tracking, RetryAfterIsNeverUndercut) {
  auto given = facts(S::in_transit, 1);
  given.retry_after_us = 6 * kHour;
  EXPECT_GE(*next_check(given, {}, hour(1)) - hour(1), 6 * kHour);
}

TEST(Tracking, FailuresBackOffUpToALimit) {
  const PollPlan plan;
  std::int64_t before = 0;
  for (int failures = 1; failures < 60; ++failures) {
    const auto pause = pause_of(facts(S::in_transit, failures), plan);
    EXPECT_GE(pause, std::min<std::int64_t>(before, plan.day_us / 4) * 8 / 10);
    EXPECT_LE(pause, plan.day_us / 4 * 11 / 10);
    before = pause;
  }
  EXPECT_GT(before, 5 * kHour);
}

TEST(Tracking, AnEndIsWatchedForTwoDaysAndThenLeftAlone) {
  for (const auto status : {S::delivered, S::returned, S::lost}) {
    EXPECT_TRUE(next_check(facts(status), {}, hour(1)));
    EXPECT_FALSE(next_check(facts(status), {}, hour(49)));
  }
  EXPECT_FALSE(next_check(facts(S::expired), {}, hour(1)));
}

TEST(Tracking, WithoutAnyWordForThirtyDaysATrackerExpires) {
  EXPECT_FALSE(is_expired(facts(S::in_transit), {}, hour(24 * 30)));
  EXPECT_TRUE(is_expired(facts(S::in_transit), {}, hour(24 * 30 + 1)));
  EXPECT_FALSE(is_expired(facts(S::delivered), {}, hour(24 * 90)));
}

}  // namespace
}  // namespace roundtrip::domain
