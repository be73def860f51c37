// Quotas, breakers and forecasts of carrier accounts.
#include "domain/carrier_quota.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace roundtrip::domain {
namespace {

const Instant kStart = parse_rfc3339("2026-11-20T10:00:00Z").value();

CallsMade failed_run(int calls) {
  CallsMade made;
  made.calls = calls;
  made.why = "service: HTTP 500";
  return made;
}
CallsMade good_run(int calls) {
  CallsMade made;
  made.calls = made.answered = calls;
  return made;
}

// However greedily many ask, no window of a minute or a day holds more calls than allowed, and hardly fewer.
TEST(CarrierQuota, IsNeverExceededInAnyWindowAndNearlyUsedUp) {
  for (const Quota quota : {Quota{1, 0}, Quota{10, 0}, Quota{250, 0}, Quota{60, 1000}, Quota{0, 500}, Quota{0, 50}}) {
    AccountState state;
    std::mt19937 random(5);
    std::deque<Instant> of_minute, of_day;
    Instant at = kStart;
    std::int64_t total = 0;
    while (at < kStart + 2 * kDay) {
      const int granted = take_calls(state, quota, 1 + static_cast<int>(random() % 40), kMinute, at);
      of_minute.insert(of_minute.end(), static_cast<std::size_t>(granted), at);
      of_day.insert(of_day.end(), static_cast<std::size_t>(granted), at);
      total += granted;
      while (!of_minute.empty() && at - of_minute.front() >= kMinute) of_minute.pop_front();
      while (!of_day.empty() && at - of_day.front() >= kDay) of_day.pop_front();
      if (quota.calls_per_minute > 0) {
        ASSERT_LE(of_minute.size(), static_cast<std::size_t>(quota.calls_per_minute));
      }
      if (quota.calls_per_day > 0) {
        ASSERT_LE(of_day.size(), static_cast<std::size_t>(quota.calls_per_day));
      }
      at = at + kSecond / 10 + static_cast<std::int64_t>(random() % (2 * kSecond));
    }
    const auto allowed = std::min(quota.calls_per_minute > 0 ? quota.calls_per_minute * 2880LL : INT64_MAX,
                                  quota.calls_per_day > 0 ? quota.calls_per_day * 2LL : INT64_MAX);
    EXPECT_GE(total, allowed * 7 / 10) << quota.calls_per_minute << "/min " << quota.calls_per_day << "/day";
  }
}

TEST(CarrierQuota, WithoutOneEverythingIsGranted) {
  AccountState state;
  EXPECT_EQ(take_calls(state, {}, 1'000'000, kMinute, kStart), 1'000'000);
  EXPECT_EQ(free_at(state, {}, kStart), kStart);
}

TEST(CarrierQuota, CallsNotMadeGoBackAndCallsNotForeseenAreCounted) {
  const Quota quota{100, 0};
  AccountState state;
  ASSERT_EQ(take_calls(state, quota, 50, kMinute, kStart), 10);
  settle_calls(state, quota, 10, good_run(4), {}, kStart);
  EXPECT_EQ(take_calls(state, quota, 50, kMinute, kStart), 6);
  settle_calls(state, quota, 6, good_run(20), {}, kStart);
  EXPECT_EQ(take_calls(state, quota, 50, kMinute, kStart + 5 * kSecond), 0);
  const Instant again = free_at(state, quota, kStart + 5 * kSecond);
  EXPECT_EQ(take_calls(state, quota, 50, kMinute, again - kSecond), 0);
  EXPECT_EQ(take_calls(state, quota, 50, kMinute, again), 1);
}

TEST(CarrierBreaker, OpensAfterFailuresInARowProbesOnceAndClosesWithAnAnswer) {
  const BreakerPlan plan;
  AccountState state;
  Instant at = kStart;
  for (int i = 0; i < plan.failures_to_open; ++i) {
    EXPECT_EQ(take_calls(state, {}, 4, kMinute, at), 4) << i;
    settle_calls(state, {}, 4, failed_run(1), plan, at);
  }
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at), 0);
  EXPECT_EQ(state.why, "service: HTTP 500");
  EXPECT_EQ(free_at(state, {}, at), at + plan.first_us);
  at = at + plan.first_us;
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at), 1);
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at), 0);  // another process does not probe too
  settle_calls(state, {}, 1, failed_run(1), plan, at);
  EXPECT_EQ(free_at(state, {}, at), at + 2 * plan.first_us);
  at = at + 2 * plan.first_us;
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at), 1);
  settle_calls(state, {}, 1, good_run(1), plan, at);
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at), 4);
  EXPECT_EQ(state.failures, 0);
  EXPECT_TRUE(state.why.empty());
}

TEST(CarrierBreaker, AProbeThatNeverCameBackIsRepeated) {
  AccountState state;
  settle_calls(state, {}, 5, failed_run(5), {}, kStart);
  const Instant at = kStart + kHour;
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at), 1);
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at + kMinute - 1), 0);
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, at + kMinute), 1);
}

TEST(CarrierBreaker, SomeAnswersKeepItClosed) {
  AccountState state;
  CallsMade mixed = failed_run(9);
  mixed.answered = 1;
  for (int i = 0; i < 10; ++i) settle_calls(state, {}, 9, mixed, {}, kStart);
  EXPECT_EQ(take_calls(state, {}, 4, kMinute, kStart), 4);
}

TEST(CarrierBreaker, OpensAtOnceWhereNothingElseHelps) {
  const BreakerPlan plan;
  AccountState limited, refused, unreachable;
  CallsMade made = failed_run(1);
  made.rate_limited = true;
  made.retry_after_us = 900 * kSecond;
  settle_calls(limited, {}, 1, made, plan, kStart);
  EXPECT_EQ(free_at(limited, {}, kStart), kStart + 900 * kSecond);
  made = failed_run(1);
  made.auth = true;
  settle_calls(refused, {}, 1, made, plan, kStart);
  EXPECT_EQ(free_at(refused, {}, kStart), kStart + plan.auth_us);
  made = failed_run(1);
  made.unreachable = true;
  Instant at = kStart;
  for (int i = 0; i < 20; ++i) {
    settle_calls(unreachable, {}, 1, made, plan, at);
    EXPECT_LE(free_at(unreachable, {}, at), at + plan.most_us);
    at = free_at(unreachable, {}, at);
  }
  EXPECT_GT(at, kStart + 3 * kHour);
}

struct Forecast {
  Quota quota;
  int per_call;
  std::int64_t parcels;
  const char* words;
};
class CarrierForecast : public testing::TestWithParam<Forecast> {};
INSTANTIATE_TEST_SUITE_P(All, CarrierForecast,
                         testing::Values(Forecast{{20, 0}, 1, 3200, "at this quota 3,200 parcels are asked every 2 h 40 min"},
                                         Forecast{{10, 0}, 10, 12'345, "at this quota 12,345 parcels are asked every 2 h 3 min"},
                                         Forecast{{12, 250}, 1, 1000, "at this quota 1,000 parcels are asked every 4 d"},
                                         Forecast{{60, 0}, 30, 1, "at this quota 1 parcel is asked every 1 s"},
                                         Forecast{{0, 50}, 30, 1'000'000, "at this quota 1,000,000 parcels are asked every 666 d 16 h"},
                                         Forecast{{0, 0}, 1, 7, "no quota: 7 parcels are asked by the plan alone"}));

TEST_P(CarrierForecast, SaysHowLongARoundTakes) {
  const auto& given = GetParam();
  EXPECT_EQ(forecast_words(given.quota, given.per_call, given.parcels), given.words);
}

}  // namespace
}  // namespace roundtrip::domain
