// The returns policy: what is allowed, and that every refusal names the rule, the values and the next step.
#include "domain/policy.hpp"

#include <gtest/gtest.h>

#include "domain/withdrawals.hpp"

namespace roundtrip::domain {
namespace {

struct PolicyTest : testing::Test {
  const Instant delivered = parse_rfc3339("2026-11-03T14:02:00Z").value();
  Policy policy;
  ReturnFacts facts;

  PolicyTest() {
    facts.now = delivered + 5 * kDay;
    facts.anything_shipped = facts.all_delivered = true;
    facts.delivered_at = delivered;
    ReturnLineFacts line;
    line.line = LineId{1};
    line.sku = "MUG-RED";
    line.reason = "changed_mind";
    line.requested = 1;
    line.quantity = line.shipped = 2;
    facts.lines = {line};
  }
  const TraceStep& step(const PolicyDecision& decision, const std::string& rule) {
    for (const auto& one : decision.trace) {
      if (one.rule == rule) return one;
    }
    throw std::runtime_error("no step " + rule);
  }
  static std::string value_of_step(const TraceStep& step, const std::string& name) {
    for (const auto& [key, value] : step.values) {
      if (key == name) return value;
    }
    return "(none)";
  }
};

TEST_F(PolicyTest, ThePlainPolicyAllowsThirtyDaysFromDeliveryAndTakesNothing) {
  const auto decision = decide(policy, facts);
  EXPECT_TRUE(decision.allowed);
  EXPECT_TRUE(decision.approved);
  EXPECT_EQ(decision.freight, FreightPayer::merchant);
  EXPECT_EQ(decision.last_day, delivered + 30 * kDay);
  EXPECT_EQ(deductions_of(policy, facts.kind, facts.outcome, {"changed_mind"}, true, {"EUR", "DE"}).fixed_fee, 0);
}

TEST_F(PolicyTest, RefusedReturnNamesTheRuleAndTheDate) {
  policy.window_days = 14;
  facts.now = delivered + 16 * kDay + kHour;
  const auto decision = decide(policy, facts);
  EXPECT_FALSE(decision.allowed);
  const auto& window = step(decision, "window");
  EXPECT_TRUE(window.refused);
  EXPECT_EQ(value_of_step(window, "day") + " of " + value_of_step(window, "window_days"), "17 of 14");
  EXPECT_EQ(value_of_step(window, "delivered_at"), "2026-11-03T14:02:00Z");
  EXPECT_EQ(value_of_step(window, "until"), "2026-11-17T14:02:00Z");
  EXPECT_EQ(window.next, "window_next");
}

TEST_F(PolicyTest, TheWindowEndsToTheMicrosecond) {
  facts.now = delivered + 30 * kDay;
  EXPECT_TRUE(decide(policy, facts).allowed);
  facts.now = facts.now + 1;
  EXPECT_FALSE(decide(policy, facts).allowed);
}

TEST_F(PolicyTest, BeforeTheLastParcelArrivedTheWindowHasNotBegun) {
  facts.all_delivered = false;
  facts.delivered_at = std::nullopt;
  facts.now = delivered + 300 * kDay;
  EXPECT_TRUE(decide(policy, facts).allowed);
  EXPECT_EQ(step(decide(policy, facts), "window").said, "window_not_begun");
  policy.before_delivery = false;
  EXPECT_FALSE(decide(policy, facts).allowed);
}

TEST_F(PolicyTest, AProductsOwnWindowWins) {
  facts.lines[0].window_days = 3;
  EXPECT_FALSE(decide(policy, facts).allowed);
  facts.lines[0].window_days = 100;
  facts.now = delivered + 90 * kDay;
  EXPECT_TRUE(decide(policy, facts).allowed);
}

TEST_F(PolicyTest, FinalSaleIsRefusedButTheRightToWithdrawIsNot) {
  facts.lines[0].returnable = false;
  EXPECT_TRUE(step(decide(policy, facts), "final_sale").refused);
  facts.kind = ReturnKind::withdrawal;
  policy.auto_approve = false;
  policy.window_days = 0;
  const auto decision = decide(policy, facts);
  EXPECT_TRUE(decision.allowed);
  EXPECT_TRUE(decision.approved);  // nobody has to agree
  // The period ends with its last day, wherever in the world that still is.
  facts.now = *withdrawal_period(14, delivered, delivered).ends_at;
  EXPECT_TRUE(decide(policy, facts).allowed);
  facts.now = facts.now + 1;
  EXPECT_FALSE(decide(policy, facts).allowed);
}

TEST_F(PolicyTest, WhatIsInAReturnOrHasNotShippedCannotBeReturned) {
  facts.lines[0].announced = 1;
  facts.lines[0].requested = 2;
  auto decision = decide(policy, facts);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(value_of_step(step(decision, "units_left"), "returnable"), "1");
  facts.lines[0].announced = 0;
  facts.lines[0].shipped = 0;
  EXPECT_FALSE(decide(policy, facts).allowed);
  facts.lines[0].goods = false;  // postage: comes back with the goods, once something has shipped
  EXPECT_TRUE(decide(policy, facts).allowed);
  facts.anything_shipped = false;
  EXPECT_FALSE(decide(policy, facts).allowed);
}

TEST_F(PolicyTest, AWarrantyCaseNeedsAPersonAndLastsLonger) {
  facts.kind = ReturnKind::warranty;
  facts.now = delivered + 400 * kDay;
  const auto decision = decide(policy, facts);
  EXPECT_TRUE(decision.allowed);
  EXPECT_FALSE(decision.approved);
}

TEST_F(PolicyTest, TheShopPaysTheFreightWhenTheGoodsAreDamaged) {
  policy.freight = FreightPayer::customer;
  policy.freight_fee = 495;
  EXPECT_EQ(decide(policy, facts).freight, FreightPayer::customer);
  EXPECT_EQ(deductions_of(policy, facts.kind, facts.outcome, {"changed_mind"}, true, {"EUR", "DE"}).fixed_fee, 495);
  EXPECT_EQ(deductions_of(policy, facts.kind, facts.outcome, {"changed_mind"}, false, {"EUR", "DE"}).fixed_fee, 0);
  facts.lines[0].reason = "damaged";
  EXPECT_EQ(decide(policy, facts).freight, FreightPayer::merchant);
  EXPECT_EQ(default_disposition(policy, "damaged"), Disposition::quarantine);
  EXPECT_EQ(default_disposition(policy, "too_small"), Disposition::restock);
  policy.freight_by_reason["too_small"] = FreightPayer::merchant;
  EXPECT_EQ(freight_payer(policy, ReturnKind::goods_back, ReturnOutcome::refund, {"too_small"}), FreightPayer::merchant);
}

}  // namespace
}  // namespace roundtrip::domain
