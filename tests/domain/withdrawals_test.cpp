// The days of a withdrawal.
#include "domain/withdrawals.hpp"

#include <gtest/gtest.h>

namespace roundtrip::domain {
namespace {

Instant at(const char* text) { return parse_rfc3339(text).value(); }

TEST(WithdrawalPeriod, RunsFromTheContractOnAndIsNotCountedBeforeDelivery) {
  const auto period = withdrawal_period(14, std::nullopt, at("2026-11-20T00:00:00Z"));
  EXPECT_TRUE(period.open);
  EXPECT_FALSE(period.ends_at);
  EXPECT_FALSE(period.last_day());
}

TEST(WithdrawalPeriod, LastsToTheEndOfItsLastDayEverywhereOnEarth) {
  const Instant delivered = at("2026-11-03T14:02:00Z");
  const auto ends = withdrawal_period(14, delivered, delivered).ends_at;
  ASSERT_TRUE(ends);
  EXPECT_EQ(*ends, at("2026-11-18T12:00:00Z")) << "17 November ends there in the last zone, twelve hours behind UTC";
  EXPECT_TRUE(withdrawal_period(14, delivered, Instant{ends->us - 1}).open);
  EXPECT_FALSE(withdrawal_period(14, delivered, *ends).open);
  EXPECT_EQ(withdrawal_period(14, delivered, delivered).last_day(), at("2026-11-17T14:02:00Z"));
}

TEST(WithdrawalPeriod, IsNeverShorterThanItsDaysWhateverTheHour) {
  for (int minute = 0; minute < 24 * 60; ++minute) {
    const Instant delivered = at("2026-02-28T00:00:00Z") + minute * kMinute;
    const auto period = withdrawal_period(14, delivered, delivered);
    EXPECT_GE(*period.ends_at - delivered, 14 * kDay);
    EXPECT_LE(*period.ends_at - delivered, 15 * kDay + 12 * kHour);
  }
}

TEST(WithdrawalRefund, IsDueFourteenDaysAfterTheDeclaration) {
  EXPECT_EQ(withdrawal_refund_due(at("2026-11-20T09:15:07Z")), at("2026-12-04T09:15:07Z"));
}

}  // namespace
}  // namespace roundtrip::domain
