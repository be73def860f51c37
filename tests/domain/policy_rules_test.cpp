// The policy's rules one by one as tables, and what holds for every policy and every return, drawn at random.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <sstream>

#include "domain/policy.hpp"
#include "domain/withdrawals.hpp"

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
  line.shipping_tax = 80;
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

unsigned setting(const char* name, unsigned otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : otherwise;
}

// Any policy and any return. A failure names its seed: ROUNDTRIP_TEST_SEED repeats a run, ROUNDTRIP_TEST_RULES runs more.
struct AnyPolicy : testing::Test {
  const unsigned seed = setting("ROUNDTRIP_TEST_SEED", std::random_device{}());
  const int rounds = static_cast<int>(setting("ROUNDTRIP_TEST_RULES", 25'000));
  std::mt19937 random{seed};
  testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};

  int upto(int most) { return static_cast<int>(random() % static_cast<unsigned>(most + 1)); }
  bool often() { return upto(3) != 0; }
  bool seldom() { return upto(7) == 0; }
  std::string one_of(std::initializer_list<const char*> words) { return *(words.begin() + upto(static_cast<int>(words.size()) - 1)); }
  std::string any_reason() { return one_of({"", "changed_mind", "too_small", "damaged", "wrong_item"}); }
  FreightPayer any_payer() { return often() ? FreightPayer::customer : FreightPayer::merchant; }
  Condition any_condition() { return static_cast<Condition>(upto(3)); }
  RefundTrigger any_trigger() { return static_cast<RefundTrigger>(upto(2)); }

  WindowRules any_windows() {
    WindowRules rules;
    if (seldom()) rules.sku[one_of({"A", "B"})] = upto(60);
    if (seldom()) rules.category[one_of({"x", "y"})] = upto(60);
    if (seldom()) rules.reason[any_reason()] = upto(60);
    if (seldom()) rules.country[one_of({"DE", "PT"})] = upto(60);
    if (seldom()) rules.tier[one_of({"premium", "platinum"})] = upto(90);
    return rules;
  }
  Policy any_policy() {
    Policy policy;
    policy.window_days = upto(60);
    policy.withdrawal_days = 14 + upto(20);
    policy.warranty_days = upto(900);
    policy.windows = any_windows();
    policy.before_delivery = often();
    policy.auto_approve = often();
    if (seldom()) policy.final_sale_skus = {one_of({"A", "B"})};
    if (seldom()) policy.final_sale_categories = {one_of({"x", "y"})};
    if (seldom()) policy.condition = any_condition();
    if (seldom()) policy.condition_by_category["x"] = any_condition();
    if (seldom()) policy.photo_reasons = {any_reason()};
    policy.freight = any_payer();
    if (seldom()) policy.freight_by_reason[any_reason()] = any_payer();
    if (seldom()) policy.freight_by_outcome[static_cast<ReturnOutcome>(upto(2))] = any_payer();
    policy.freight_fee = upto(1000);
    policy.restocking_basis_points = upto(10'000);
    policy.refund_shipping = often();
    if (often()) policy.keep_item_below = upto(5000);
    if (seldom()) policy.outcomes = {static_cast<ReturnOutcome>(upto(2))};
    policy.store_credit_bonus_basis_points = upto(2000);
    policy.trigger = any_trigger();
    if (seldom()) policy.trigger_by_tier[one_of({"premium", "platinum"})] = any_trigger();
    if (seldom()) policy.blocklist = {{BlockBy::customer_id, one_of({"c-1", "c-2"}), ""}};
    return policy;
  }
  ReturnLineFacts any_line(int number) {
    ReturnLineFacts line;
    line.line = LineId{number};
    line.sku = one_of({"A", "B", "C"});
    line.category = one_of({"", "x", "y"});
    line.reason = any_reason();
    if (seldom()) line.condition = any_condition();
    line.photo = often();
    line.known = upto(30) != 0;
    line.goods = often();
    line.returnable = !seldom();
    if (seldom()) line.window_days = upto(60);
    line.quantity = 1 + upto(4);
    line.canceled = seldom() ? 1 : 0;
    line.shipped = line.quantity - line.canceled - (seldom() ? upto(static_cast<int>(line.quantity - line.canceled)) : 0);
    line.announced = seldom() ? upto(static_cast<int>(line.shipped)) : 0;
    line.requested = 1 + upto(static_cast<int>(line.quantity) - 1);
    line.released = {100 + upto(5000), upto(100), upto(900), upto(500), 0};
    line.shipping_tax = std::min<std::int64_t>(line.released.tax, upto(90));
    return line;
  }
  ReturnFacts any_facts() {
    ReturnFacts facts;
    facts.kind = static_cast<ReturnKind>(upto(4));
    facts.outcome = static_cast<ReturnOutcome>(often() ? 0 : upto(2));
    facts.currency = "EUR";
    facts.customer = {one_of({"standard", "premium", "platinum"}), one_of({"DE", "PT", "FR"}), "", one_of({"", "c-1", "c-3"}), ""};
    facts.kept_before = seldom();
    facts.anything_shipped = often();
    facts.all_delivered = often();
    if (facts.all_delivered) facts.delivered_at = kDelivered + upto(86'399) * kSecond;
    facts.now = kDelivered + upto(80) * kDay + upto(86'399) * kSecond;
    for (int i = upto(3); i >= 0; --i) facts.lines.push_back(any_line(4 - i));
    return facts;
  }
};

std::string money_words(const std::vector<OutcomeOffer>& offers) {
  std::ostringstream out;
  for (const auto& one : offers) {
    out << to_text(one.outcome) << ' ' << one.money.price << ' ' << one.money.discount << ' ' << one.money.tax << ' ' << one.money.shipping
        << ' ' << one.money.fees << ' ' << one.bonus << ' ' << one.total << '\n';
  }
  return out.str();
}

// Everything of a decision but its trace; that too with `whole`.
std::string words_of(const PolicyDecision& decision, bool whole) {
  std::ostringstream out;
  out << decision.allowed << decision.approved << decision.keep_item << ' ' << to_text(decision.freight) << ' ' << to_text(decision.trigger)
      << ' ' << (decision.last_day ? decision.last_day->us : -1) << '\n'
      << money_words(decision.offers);
  if (!whole) return out.str();
  for (const auto& step : decision.trace) {
    out << step.rule << ' ' << (step.line ? step.line->value : 0) << ' ' << step.refused << ' ' << step.said << ' ' << step.next;
    for (const auto& [key, value] : step.values) out << ' ' << key << '=' << value;
    out << '\n';
  }
  return out.str();
}

TEST_F(AnyPolicy, DecidesTheSameTwiceAndInWhateverOrderTheLinesCome) {
  for (int round = 0; round < rounds; ++round) {
    const Policy policy = any_policy();
    ReturnFacts facts = any_facts();
    const auto first = decide(policy, facts);
    ASSERT_EQ(words_of(decide(policy, facts), true), words_of(first, true)) << "round " << round;
    std::shuffle(facts.lines.begin(), facts.lines.end(), random);
    ASSERT_EQ(words_of(decide(policy, facts), false), words_of(first, false)) << "round " << round;
  }
}

TEST_F(AnyPolicy, WideningAWindowNeverRefusesWhatWasAllowedAndChangesNoMoney) {
  int allowed = 0, newly = 0;
  for (int round = 0; round < rounds; ++round) {
    const Policy policy = any_policy();
    const ReturnFacts facts = any_facts();
    Policy wider = policy;
    const auto widen = [&](int& days) { days += often() ? upto(30) : 0; };
    widen(wider.window_days);
    widen(wider.withdrawal_days);
    widen(wider.warranty_days);
    for (auto* rules : {&wider.windows.sku, &wider.windows.category, &wider.windows.reason, &wider.windows.country, &wider.windows.tier}) {
      for (auto& [key, days] : *rules) widen(days);
    }
    if (seldom()) wider.windows.tier.try_emplace(facts.customer.tier, upto(90));
    const auto before = decide(policy, facts), after = decide(wider, facts);
    ASSERT_TRUE(!before.allowed || after.allowed) << "round " << round << ": " << refusals(after);
    ASSERT_EQ(before.last_day.has_value(), after.last_day.has_value());
    if (before.last_day) {
      ASSERT_GE(*after.last_day, *before.last_day);
    }
    if (before.allowed) {
      ASSERT_EQ(money_words(after.offers), money_words(before.offers)) << "round " << round;
    }
    allowed += before.allowed;
    newly += !before.allowed && after.allowed;
  }
  EXPECT_GT(allowed, rounds / 50) << "the draw allows hardly anything";
  EXPECT_GT(newly, 0) << "the draw never widens what matters";
}

TEST_F(AnyPolicy, IsNeverWorseForAWithdrawalThanTheLaw) {
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    const Policy policy = any_policy();
    ReturnFacts facts = any_facts();
    facts.kind = ReturnKind::withdrawal;
    facts.outcome = ReturnOutcome::refund;
    std::int64_t due = 0;
    for (auto& line : facts.lines) {
      line.known = true;
      line.shipped = std::max<std::int64_t>(line.shipped, 1);
      line.announced = 0;
      facts.anything_shipped = true;
      line.requested = std::min(line.requested, returnable_units(line, true));
      due += line.released.amount();
    }
    std::erase_if(facts.lines, [&](const auto& line) { return line.requested < 1; });
    if (facts.lines.empty()) continue;
    due = 0;
    for (const auto& line : facts.lines) due += line.released.amount();
    const auto decision = decide(policy, facts);
    const auto law = withdrawal_period(14, facts.all_delivered ? facts.delivered_at : std::nullopt, facts.now);
    refused += !decision.allowed;
    if (!law.open) continue;
    // Neither the shop's window, final sale, state, photos, the blocklist nor a person stands in the way.
    ASSERT_TRUE(decision.allowed) << "round " << round << ": " << refusals(decision);
    ASSERT_TRUE(decision.approved) << "round " << round;
    ASSERT_LE(decision.trigger, RefundTrigger::warehouse_scan);
    ASSERT_EQ(decision.offers.size(), 1U);
    const auto& offer = decision.offers.front();
    // Everything paid comes back but the way back, and that only where the customer bears it.
    ASSERT_EQ(offer.outcome, ReturnOutcome::refund);
    const bool bears = decision.freight == FreightPayer::customer && !decision.keep_item;
    ASSERT_EQ(offer.total, due - (bears ? std::min(policy.freight_fee, due) : 0)) << "round " << round;
  }
  EXPECT_GT(refused, 0) << "the draw never comes too late";
}

TEST_F(AnyPolicy, PaysBackNoMoreThanWasPaidAndTakesNothingWhereTheShopIsAtFault) {
  for (int round = 0; round < rounds; ++round) {
    Policy policy = any_policy();
    policy.freight_by_reason.clear();  // an entry of its own may say otherwise
    const ReturnFacts facts = any_facts();
    const auto decision = decide(policy, facts);
    ASSERT_EQ(decision.allowed, refusals(decision).empty());
    ASSERT_TRUE(decision.allowed || (!decision.approved && !decision.keep_item && decision.offers.empty()));
    std::int64_t due = 0;
    for (const auto& line : facts.lines) due += line.released.amount();
    const bool fault =
        std::any_of(facts.lines.begin(), facts.lines.end(), [&](const auto& line) { return is_shops_fault(policy, line.reason); });
    for (const auto& offer : decision.offers) {
      ASSERT_GE(offer.money.amount(), 0) << "round " << round;
      ASSERT_LE(offer.money.amount(), due) << "round " << round;
      ASSERT_EQ(offer.bonus, offer.outcome == ReturnOutcome::store_credit ? store_credit_bonus(policy, offer.money.amount()) : 0);
      if (fault || decision.keep_item) {
        ASSERT_EQ(offer.money.amount(), due) << "round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace roundtrip::domain
