// Law 8 over every recorded history: whatever order its events come in, how often, and in how many parts, it means the same.
#include "support/histories.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace roundtrip::carriers::test {
namespace {
using roundtrip::test::History;
constexpr int kShuffles = 60;

// What is known after the events came in parts, each part with the carrier's own status or without.
domain::DerivedStatus after_parts(const TrackedNumber& said, std::mt19937& random) {
  auto events = said.events;
  const auto again = events;
  events.insert(events.end(), again.begin(), again.begin() + static_cast<std::ptrdiff_t>(random() % (again.size() + 1)));
  std::shuffle(events.begin(), events.end(), random);
  std::vector<domain::TrackingEvent> known;
  std::optional<domain::Headline> headline;
  domain::DerivedStatus last;
  while (!events.empty()) {
    const auto part = 1 + random() % events.size();
    known.insert(known.end(), events.end() - static_cast<std::ptrdiff_t>(part), events.end());
    events.resize(events.size() - part);
    if (random() % 2 == 0 || events.empty()) headline = domain::newer_headline(headline, said.headline);
    last = domain::derive_status(known, headline);
  }
  return last;
}

void expect_one_meaning(const std::vector<History>& histories) {
  std::mt19937 random(20261122);
  for (const auto& history : histories) {
    const auto whole = domain::derive_status(history.said.events, domain::newer_headline(std::nullopt, history.said.headline));
    for (int i = 0; i < kShuffles; ++i)
      ASSERT_EQ(after_parts(history.said, random), whole) << history.name << " in shuffle " << i << ": " << domain::to_text(whole.status);
  }
}

TEST(Histories, OfOursMeanTheSameInEveryOrder) { expect_one_meaning(roundtrip::test::own_histories()); }

TEST(Histories, OfEveryRecordedReplyMeanTheSameInEveryOrder) {
  const auto histories = roundtrip::test::recorded_histories();
  if (histories.empty()) GTEST_SKIP() << "no recorded replies here; set ROUNDTRIP_TEST_DATA to the folder that holds carriers/payloads";
  expect_one_meaning(histories);
  RecordProperty("histories", static_cast<int>(histories.size()));
}

}  // namespace
}  // namespace roundtrip::carriers::test
