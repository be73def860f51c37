// What holds for every policy and every return, drawn at random.
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

std::string refusals(const PolicyDecision& decision) {
  std::string out;
  for (const auto& step : decision.trace) {
    if (step.refused) out += (out.empty() ? "" : " ") + step.rule;
  }
  return out;
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
    if (often()) policy.standard_shipping[one_of({"EUR", "EUR-DE", "GBP"})] = upto(500);
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
    const std::int64_t shipping_tax = std::min<std::int64_t>(line.released.tax, upto(90));
    const std::int64_t more = seldom() ? upto(300) : 0;  // of other lines
    line.shipping = {more, more + line.released.shipping, 2 * more + line.released.shipping,
                     more, more + shipping_tax,           2 * more + shipping_tax};
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
    facts.anything_shipped = true;
    for (auto& line : facts.lines) {
      line.known = true;
      line.shipped = std::max<std::int64_t>(line.shipped, 1);
      line.announced = 0;
      line.requested = std::min(line.requested, returnable_units(line, true));
    }
    std::erase_if(facts.lines, [&](const auto& line) { return line.requested < 1; });
    if (facts.lines.empty()) continue;
    std::int64_t due = 0;
    const auto standard = standard_shipping_of(policy, {facts.currency, facts.customer.country});
    for (const auto& line : facts.lines) {
      const auto surcharge = standard ? surcharge_of(line.shipping, *standard) : ShippingShare{};
      due += line.released.amount() - surcharge.amount - surcharge.tax;
    }
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
    // Everything paid comes back but faster shipping that was chosen, and the way back only where the customer bears it.
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
      if ((fault || decision.keep_item) && facts.kind != ReturnKind::withdrawal) {
        ASSERT_EQ(offer.money.amount(), due) << "round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace roundtrip::domain
