// The policy's rules one by one, as tables.
#include <gtest/gtest.h>

#include <algorithm>

#include "domain/policy.hpp"

namespace roundtrip::domain {
namespace {

const Instant kDelivered = parse_rfc3339("2026-11-03T14:02:00Z").value();

ReturnFacts one_mug() {
  ReturnFacts facts;
  facts.now = kDelivered + 5 * kDay;
  facts.anything_shipped = facts.all_delivered = true;
  facts.delivered_at = kDelivered;
  facts.currency = "EUR";
  ReturnLineFacts line;
  line.line = LineId{1};
  line.sku = "MUG";
  line.category = "kitchen";
  line.reason = "changed_mind";
  line.requested = line.quantity = line.shipped = 1;
  line.released = {2000, 0, 400, 500, 0};
  line.shipping = {0, line.released.shipping, line.released.shipping, 0, 80, 80};
  facts.lines = {line};
  return facts;
}

std::string refusals(const PolicyDecision& decision) {
  std::string out;
  for (const auto& step : decision.trace) {
    if (step.refused) out += (out.empty() ? "" : " ") + step.rule;
  }
  return out;
}

std::string value_in(const PolicyDecision& decision, const std::string& rule, const std::string& name) {
  for (const auto& step : decision.trace) {
    if (step.rule != rule) continue;
    for (const auto& [key, value] : step.values) {
      if (key == name) return value;
    }
  }
  return "(none)";
}

TEST(PolicyRules, TheFirstWindowThatFitsCountsAndATierOnlyWidens) {
  struct Case {
    const char* what;
    void (*set)(Policy&, ReturnFacts&);
    const char *days, *by;
  };
  const Case cases[] = {
      {"nothing", [](Policy&, ReturnFacts&) {}, "30", "policy"},
      {"country", [](Policy& p, ReturnFacts&) { p.windows.country["PT"] = 60; }, "60", "country"},
      {"another country", [](Policy& p, ReturnFacts&) { p.windows.country["DE"] = 60; }, "30", "policy"},
      {"reason before country",
       [](Policy& p, ReturnFacts&) {
         p.windows.country["PT"] = 60;
         p.windows.reason["changed_mind"] = 10;
       },
       "10", "reason"},
      {"category before reason",
       [](Policy& p, ReturnFacts&) {
         p.windows.reason["changed_mind"] = 10;
         p.windows.category["kitchen"] = 20;
       },
       "20", "category"},
      {"the product's own before the category",
       [](Policy& p, ReturnFacts& f) {
         p.windows.category["kitchen"] = 20;
         f.lines[0].window_days = 7;
       },
       "7", "product"},
      {"SKU before all",
       [](Policy& p, ReturnFacts& f) {
         p.windows.sku["MUG"] = 3;
         f.lines[0].window_days = 7;
       },
       "3", "sku"},
      {"a tier widens", [](Policy& p, ReturnFacts&) { p.windows.tier["platinum"] = 90; }, "90", "tier"},
      {"a tier never narrows", [](Policy& p, ReturnFacts&) { p.windows.tier["platinum"] = 9; }, "30", "policy"},
      {"the tier of others", [](Policy& p, ReturnFacts&) { p.windows.tier["premium"] = 90; }, "30", "policy"},
      {"warranty", [](Policy& p, ReturnFacts& f) { p.windows.sku["MUG"] = 3, f.kind = ReturnKind::warranty; }, "730", "warranty"},
      {"withdrawal below the law", [](Policy& p, ReturnFacts& f) { p.window_days = 0, f.kind = ReturnKind::withdrawal; }, "14",
       "withdrawal"},
      {"withdrawal and a longer window", [](Policy&, ReturnFacts& f) { f.kind = ReturnKind::withdrawal; }, "30", "policy"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    Policy policy;
    ReturnFacts facts = one_mug();
    facts.customer = {"platinum", "PT", "a@b.example", "c-1", "PT, 1000-001, Rua Um 1"};
    one.set(policy, facts);
    const auto decision = decide(policy, facts);
    EXPECT_EQ(value_in(decision, "window", "window_days"), one.days);
    EXPECT_EQ(value_in(decision, "window", "by"), one.by);
  }
}

TEST(PolicyRules, WhatIsRefusedAndByWhichRule) {
  struct Case {
    const char* what;
    void (*set)(Policy&, ReturnFacts&);
    const char* refused;
  };
  const Case cases[] = {
      {"final sale by SKU", [](Policy& p, ReturnFacts&) { p.final_sale_skus = {"MUG"}; }, "final_sale"},
      {"final sale by category", [](Policy& p, ReturnFacts&) { p.final_sale_categories = {"kitchen"}; }, "final_sale"},
      {"final sale of goods without a category",
       [](Policy& p, ReturnFacts& f) { p.final_sale_categories = {""}, f.lines[0].category.clear(); }, ""},
      {"the warranty knows no final sale", [](Policy& p, ReturnFacts& f) { p.final_sale_skus = {"MUG"}, f.kind = ReturnKind::warranty; },
       ""},
      {"worse than is taken", [](Policy& p, ReturnFacts& f) { p.condition = Condition::unused, f.lines[0].condition = Condition::used; },
       "condition"},
      {"not said: seen at the station", [](Policy& p, ReturnFacts&) { p.condition = Condition::unused; }, ""},
      {"just good enough", [](Policy& p, ReturnFacts& f) { p.condition = Condition::unused, f.lines[0].condition = Condition::unused; },
       ""},
      {"a category asks for more",
       [](Policy& p, ReturnFacts& f) {
         p.condition_by_category["kitchen"] = Condition::unopened, f.lines[0].condition = Condition::unused;
       },
       "condition"},
      {"damaged by the shop is taken in any state",
       [](Policy& p, ReturnFacts& f) {
         p.condition = Condition::unopened, f.lines[0].condition = Condition::damaged, f.lines[0].reason = "damaged";
       },
       ""},
      {"a photo is missing", [](Policy& p, ReturnFacts&) { p.photo_reasons = {"changed_mind"}; }, "photo"},
      {"a photo was added", [](Policy& p, ReturnFacts& f) { p.photo_reasons = {"changed_mind"}, f.lines[0].photo = true; }, ""},
      {"no photo for a withdrawal", [](Policy& p, ReturnFacts& f) { p.photo_reasons = {"changed_mind"}, f.kind = ReturnKind::withdrawal; },
       ""},
      {"an outcome that is not offered",
       [](Policy& p, ReturnFacts& f) { p.outcomes = {ReturnOutcome::refund}, f.outcome = ReturnOutcome::exchange; }, "outcome"},
      {"blocked by mail, whatever its case",
       [](Policy& p, ReturnFacts&) {
         p.blocklist = {{BlockBy::email, "Lena@Shop.Example", ""}};
       },
       "blocklist"},
      {"blocked by customer",
       [](Policy& p, ReturnFacts&) {
         p.blocklist = {{BlockBy::customer_id, "c-1", ""}};
       },
       "blocklist"},
      {"blocked by address, however written",
       [](Policy& p, ReturnFacts&) {
         p.blocklist = {{BlockBy::address, "de 10115 invalidenstr 1", ""}};
       },
       "blocklist"},
      {"a neighbor is not blocked",
       [](Policy& p, ReturnFacts&) {
         p.blocklist = {{BlockBy::address, "DE, 10115, Invalidenstr. 11", ""}};
       },
       ""},
      {"an unknown mail is no empty entry",
       [](Policy& p, ReturnFacts& f) {
         p.blocklist = {{BlockBy::email, "", ""}}, f.customer.email.clear();
       },
       ""},
      {"the right to withdraw is not blocked",
       [](Policy& p, ReturnFacts& f) {
         p.blocklist = {{BlockBy::customer_id, "c-1", ""}}, f.kind = ReturnKind::withdrawal;
       },
       ""},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    Policy policy;
    ReturnFacts facts = one_mug();
    facts.customer = {"standard", "DE", "lena@shop.example", "c-1", "DE, 10115, Invalidenstr. 1"};
    one.set(policy, facts);
    const auto decision = decide(policy, facts);
    EXPECT_EQ(refusals(decision), one.refused);
    EXPECT_EQ(decision.allowed, std::string(one.refused).empty());
    EXPECT_EQ(decision.offers.empty(), !decision.allowed);
    for (const auto& step : decision.trace) EXPECT_EQ(step.refused, !step.next.empty()) << step.rule;
  }
}

TEST(PolicyRules, WhoPaysTheWayBackAndWhatIsKept) {
  struct Case {
    const char* what;
    void (*set)(Policy&, ReturnFacts&);
    std::int64_t refund, fees;
  };
  // 20.00 and 4.00 of tax, of which 0.80 is the shipping's; shipping 5.00: 29.00 in all.
  const Case cases[] = {
      {"the plain policy", [](Policy&, ReturnFacts&) {}, 2900, 0},
      {"the customer pays", [](Policy& p, ReturnFacts&) { p.freight = FreightPayer::customer, p.freight_fee = 495; }, 2405, 495},
      {"not for this reason",
       [](Policy& p, ReturnFacts&) {
         p.freight = FreightPayer::customer, p.freight_fee = 495;
         p.freight_by_reason["changed_mind"] = FreightPayer::merchant;
       },
       2900, 0},
      {"only for this outcome",
       [](Policy& p, ReturnFacts&) {
         p.freight_fee = 495;
         p.freight_by_outcome[ReturnOutcome::refund] = FreightPayer::customer;
       },
       2405, 495},
      {"the shop's fault",
       [](Policy& p, ReturnFacts& f) {
         p.freight = FreightPayer::customer, p.freight_fee = 495, p.restocking_basis_points = 1000, p.refund_shipping = false;
         f.lines[0].reason = "wrong_item";
       },
       2900, 0},
      {"a tenth of the goods with their tax", [](Policy& p, ReturnFacts&) { p.restocking_basis_points = 1000; }, 2668, 232},
      {"no tenth of an exchange", [](Policy& p, ReturnFacts& f) { p.restocking_basis_points = 1000, f.outcome = ReturnOutcome::exchange; },
       2900, 0},
      {"without the shipping and its tax", [](Policy& p, ReturnFacts&) { p.refund_shipping = false; }, 2320, 0},
      {"a withdrawal has its shipping back and bears the freight at most",
       [](Policy& p, ReturnFacts& f) {
         p.refund_shipping = false, p.restocking_basis_points = 1000, p.freight = FreightPayer::customer, p.freight_fee = 495;
         f.kind = ReturnKind::withdrawal;
       },
       2405, 495},
      {"what stays with the customer costs nothing",
       [](Policy& p, ReturnFacts&) {
         p.keep_item_below = 2321, p.freight = FreightPayer::customer, p.freight_fee = 495, p.restocking_basis_points = 1000;
       },
       2900, 0},
      {"it is worth as much as the bound: it is sent",
       [](Policy& p, ReturnFacts&) { p.keep_item_below = 2320, p.freight = FreightPayer::customer, p.freight_fee = 495; }, 2405, 495},
      {"a fee is never more than what is due",
       [](Policy& p, ReturnFacts&) { p.freight = FreightPayer::customer, p.freight_fee = 1'000'000; }, 0, 2900},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    Policy policy;
    ReturnFacts facts = one_mug();
    one.set(policy, facts);
    const auto decision = decide(policy, facts);
    ASSERT_TRUE(decision.allowed) << refusals(decision);
    const auto offer =
        std::find_if(decision.offers.begin(), decision.offers.end(), [&](const auto& o) { return o.outcome == facts.outcome; });
    ASSERT_NE(offer, decision.offers.end());
    EXPECT_EQ(offer->money.amount(), one.refund);
    EXPECT_EQ(offer->money.fees, one.fees);
  }
}

TEST(PolicyRules, GoodsStayOnlyOncePerOrderAfterDeliveryAndNotWithTheBlocked) {
  struct Case {
    const char* what;
    void (*set)(Policy&, ReturnFacts&);
    bool kept;
  };
  const Case cases[] = {
      {"cheap", [](Policy&, ReturnFacts&) {}, true},
      {"not everything is there", [](Policy&, ReturnFacts& f) { f.all_delivered = false; }, false},
      {"something was kept before", [](Policy&, ReturnFacts& f) { f.kept_before = true; }, false},
      {"a withdrawal", [](Policy&, ReturnFacts& f) { f.kind = ReturnKind::withdrawal; }, true},
      {"a warranty case", [](Policy&, ReturnFacts& f) { f.kind = ReturnKind::warranty; }, false},
      {"undeliverable goods are not with the customer", [](Policy&, ReturnFacts& f) { f.kind = ReturnKind::undeliverable; }, false},
      {"postage alone", [](Policy&, ReturnFacts& f) { f.lines[0].goods = false; }, false},
      {"who is blocked and withdraws sends it",
       [](Policy& p, ReturnFacts& f) {
         p.blocklist = {{BlockBy::customer_id, "c-1", ""}};
         f.customer.id = "c-1", f.kind = ReturnKind::withdrawal;
       },
       false},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    Policy policy;
    policy.keep_item_below = 5000;
    ReturnFacts facts = one_mug();
    one.set(policy, facts);
    const auto decision = decide(policy, facts);
    EXPECT_TRUE(decision.allowed) << refusals(decision);
    EXPECT_EQ(decision.keep_item, one.kept);
  }
}

TEST(PolicyRules, WhenMoneyGoesAndWhatCreditAdds) {
  struct Case {
    RefundTrigger policy;
    std::optional<RefundTrigger> tier;
    ReturnKind kind;
    RefundTrigger expected;
  };
  using enum RefundTrigger;
  const Case cases[] = {{warehouse_scan, std::nullopt, ReturnKind::goods_back, warehouse_scan},
                        {inspection, carrier_scan, ReturnKind::goods_back, carrier_scan},
                        {carrier_scan, inspection, ReturnKind::goods_back, carrier_scan},  // a tier is never worse off
                        {inspection, std::nullopt, ReturnKind::withdrawal, warehouse_scan},
                        {carrier_scan, std::nullopt, ReturnKind::withdrawal, carrier_scan}};
  for (const auto& one : cases) {
    Policy policy;
    policy.trigger = one.policy;
    if (one.tier) policy.trigger_by_tier["premium"] = *one.tier;
    ReturnFacts facts = one_mug();
    facts.kind = one.kind;
    facts.customer.tier = "premium";
    EXPECT_EQ(decide(policy, facts).trigger, one.expected) << to_text(one.policy);
  }
  Policy policy;
  policy.store_credit_bonus_basis_points = 1000;
  policy.outcomes = {ReturnOutcome::store_credit, ReturnOutcome::refund};
  const auto offers = decide(policy, one_mug()).offers;
  ASSERT_EQ(offers.size(), 2U);
  EXPECT_EQ(offers[0].outcome, ReturnOutcome::store_credit);
  EXPECT_EQ(offers[0].total, 2900 + 290);
  EXPECT_EQ(offers[1].total, 2900);
}

}  // namespace
}  // namespace roundtrip::domain
