// What a claim can do next, and when one can be opened.
#include "domain/claims.hpp"

#include <gtest/gtest.h>

namespace roundtrip::domain {
namespace {

TEST(Claim, EveryStateSaysWhatFollowsAndWhoIsWaitedFor) {
  for (const auto& word : kClaimStates) {
    const auto events = legal_events(word.value);
    const bool over = word.value == ClaimState::withdrawn || word.value == ClaimState::closed;
    EXPECT_EQ(events.empty(), over) << word.text;
    EXPECT_TRUE(waits_for(word.value).empty() || !events.empty()) << word.text;
    for (const auto event : events) EXPECT_TRUE(next_state(kClaimSteps, word.value, event)) << word.text;
  }
  EXPECT_EQ(waits_for(ClaimState::awaiting_goods), "customer");
  EXPECT_EQ(next_state(kClaimSteps, ClaimState::closed, ClaimEvent::accept), std::nullopt);
  EXPECT_EQ(next_state(kClaimSteps, ClaimState::accepted, ClaimEvent::reject), std::nullopt) << "what was paid is not taken back";
  EXPECT_EQ(next_state(kClaimSteps, ClaimState::in_repair, ClaimEvent::accept), ClaimState::accepted);
}

ClaimFacts facts_of(ClaimKind kind, std::int64_t requested, std::int64_t shipped, std::int64_t taken) {
  ClaimFacts facts;
  facts.kind = kind;
  facts.now = parse_rfc3339("2026-11-20T10:00:00Z").value();
  ClaimLineFacts line;
  line.line = LineId{1};
  line.sku = "MUG";
  line.requested = requested;
  line.shipped = shipped;
  line.taken = taken;
  facts.lines.push_back(line);
  return facts;
}

TEST(Claim, AUnitThatIsTakenOrHasNotLeftIsRefusedWithItsNumbers) {
  EXPECT_TRUE(refusals_of(facts_of(ClaimKind::damaged, 1, 2, 1)).empty());
  const auto refused = refusals_of(facts_of(ClaimKind::damaged, 2, 2, 1));
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].rule, "units_left");
  EXPECT_EQ(refused[0].values[1].second, "1");
  EXPECT_FALSE(refused[0].next_step.empty());
  EXPECT_EQ(refusals_of(facts_of(ClaimKind::missing, 1, 0, 0)).at(0).next_step, "It has not shipped yet.");
}

TEST(Claim, TheWindowBindsCustomersNotTheShop) {
  auto facts = facts_of(ClaimKind::warranty, 1, 1, 0);
  facts.delivered_at = facts.now - 31 * kDay;
  facts.window_days = 30;
  const auto refused = refusals_of(facts);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].rule, "warranty");
  EXPECT_TRUE(refused[0].result.starts_with("Day 32 of 30")) << refused[0].result;
  facts.by_shop = true;
  EXPECT_TRUE(refusals_of(facts).empty());
  facts.by_shop = false;
  facts.delivered_at.reset();
  EXPECT_TRUE(refusals_of(facts).empty()) << "what was not delivered has no window yet";
}

TEST(Claim, HoldsItsUnitsUntilTheyAreTheCustomersAgain) {
  EXPECT_TRUE(holds_units(ClaimState::in_repair, ClaimOutcome::repair));
  EXPECT_FALSE(holds_units(ClaimState::sent_back, ClaimOutcome::repair));
  EXPECT_FALSE(holds_units(ClaimState::rejected, ClaimOutcome::undecided));
  EXPECT_TRUE(holds_units(ClaimState::closed, ClaimOutcome::refund));
  EXPECT_FALSE(holds_units(ClaimState::closed, ClaimOutcome::repair));
}

}  // namespace
}  // namespace roundtrip::domain
