// Why there is no news, and what no carrier collected.
#include "domain/tracking_silence.hpp"

#include <gtest/gtest.h>

namespace roundtrip::domain {
namespace {
const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");

SilenceFacts failing(std::string_view error) { return {TrackingStatus::in_transit, kNow, kNow - kHour, 3, error, false, false}; }

TEST(Silence, EveryTroubleHasAWordOfItsOwn) {
  EXPECT_EQ(silence_of(failing("not_found: HTTP 404")), Silence::not_known_yet);
  EXPECT_EQ(silence_of(failing("bad_request: number")), Silence::rejected);
  EXPECT_EQ(silence_of(failing("rate_limited: HTTP 429")), Silence::limited);
  EXPECT_EQ(silence_of(failing("auth: HTTP 401")), Silence::refused);
  EXPECT_EQ(silence_of(failing("service: timeout")), Silence::unreachable);
  EXPECT_EQ(silence_of(failing("bad_reply: no JSON")), Silence::unreadable);
  EXPECT_EQ(silence_of(failing("internal")), Silence::our_fault);
}

TEST(Silence, AnswersEndItAndAPushIsAnAnswer) {
  auto facts = failing("auth: HTTP 401");
  facts.last_success_at = kNow + kMinute;
  EXPECT_EQ(silence_of(facts), Silence::none);
  facts = {TrackingStatus::in_transit, kNow, kNow, 0, "", false, false};
  EXPECT_EQ(silence_of(facts), Silence::none);
  facts.stalled = true;
  EXPECT_EQ(silence_of(facts), Silence::no_scans);
}

TEST(Silence, TheBeginningAndTheEndAreTold) {
  EXPECT_EQ(silence_of({}), Silence::not_asked_yet);
  EXPECT_EQ(silence_of({TrackingStatus::expired, kNow, kNow, 0, "", true, false}), Silence::given_up);
  auto facts = failing("service: down");
  facts.status = TrackingStatus::delivered;
  EXPECT_EQ(silence_of(facts), Silence::none) << "nothing more is to come";
}

TEST(NeverCollected, IsAParcelWithoutItsFirstScanAfterTheLimit) {
  const auto is = [](TrackingStatus status, std::int64_t age_us) { return is_never_collected(status, kNow - age_us, 3 * kDay, kNow); };
  EXPECT_FALSE(is(TrackingStatus::pending, 3 * kDay));
  EXPECT_TRUE(is(TrackingStatus::pending, 3 * kDay + 1));
  EXPECT_TRUE(is(TrackingStatus::pre_transit, 4 * kDay));
  for (const auto status : {TrackingStatus::in_transit, TrackingStatus::delivered, TrackingStatus::unknown, TrackingStatus::expired})
    EXPECT_FALSE(is(status, 20 * kDay)) << to_text(status);
}

}  // namespace
}  // namespace roundtrip::domain
