// The policy's life: versions with who, when and what, taking one back, TOML without loss, and trying one on returns that were made.
#include "usecases/policies.hpp"

#include <gtest/gtest.h>

#include <random>

#include "store/policies.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/policy_trial.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {
namespace {

struct PoliciesTest : testing::Test {
  test::TestDatabase database;
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();
  Context context(const std::string& who = "ada") { return {database.db(), merchant, {"desk", who}, now}; }
  ReturnId make_return(const std::string& reason, int days_after_delivery) {
    const auto order = test::make_shipped_order(
        database.db(), merchant, test::order_of({test::line_of("MUG", 1, 2000)}, {{"manual", "", 2000}}), now - days_after_delivery * kDay);
    ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = {{order.lines[0], 1, reason, ""}};
    return create_return(context(), wanted).value().id;
  }
};

TEST_F(PoliciesTest, EveryVersionSaysWhoChangedWhatAndAnOldOneCanBeTakenBack) {
  ASSERT_TRUE(change_policy(context(), R"({"window_days": 60})"));
  ASSERT_TRUE(change_policy(context("bob"), R"({"window_days": 60, "windows": {"country": {"PT": 90}}})"));
  auto list = policy_versions(context(), std::nullopt, 10);
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].by, "bob");
  ASSERT_EQ(list.items[0].changes.size(), 1U);
  EXPECT_EQ(list.items[0].changes[0].field, "windows/country/PT");
  EXPECT_EQ(list.items[0].changes[0].after, "90");
  EXPECT_EQ(list.items[1].changes.at(0).before, "30");
  ASSERT_TRUE(restore_policy(context("cleo"), 1));
  list = policy_versions(context(), std::nullopt, 1);
  EXPECT_EQ(list.items[0].version, 3);
  EXPECT_EQ(list.next, 3);
  EXPECT_EQ(policy_changes(read_policy_version(context(), 1).value(), read_policy(context())).size(), 0U);
  EXPECT_EQ(restore_policy(context(), 7).error().code, "policy_version_not_found");
}

TEST_F(PoliciesTest, ASecondEditorsChangeIsNotOverwritten) {
  ASSERT_TRUE(change_policy(context(), R"({"window_days": 60})", 0));
  const auto late = change_policy(context("bob"), R"({"window_days": 10})", 0);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "policy_changed");
  EXPECT_TRUE(change_policy(context("bob"), R"({"window_days": 10})", 1));
}

TEST_F(PoliciesTest, TomlAndJsonAreOnePolicy) {
  const std::string json = check_policy(R"({"windows": {"sku": {"MUG \"RED\"": 3, "a.b": 4}, "tier": {"platinum": 90}},
    "final_sale_skus": ["ä", "x\\y", "tab\there"], "blocklist": [{"by": "email", "value": "a@b.example", "note": "# 1"}],
    "dispositions": [{"grade": "C", "category": "lamps, small", "damaged": true, "disposition": "refurbish"}, {"disposition": "donate"}],
    "approval_limit": 5000, "keep_item_below": 0, "outcomes": ["refund"]})")
                               .value();
  const std::string toml = policy_toml(json);
  EXPECT_NE(toml.find("# "), std::string::npos);
  EXPECT_EQ(check_policy(policy_of_toml(toml).value()).value(), json) << toml;
  const auto broken = policy_of_toml("window_days = 30\ntrigger = \n");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("line 2"), std::string::npos) << broken.error().message;
}

TEST_F(PoliciesTest, ATrialSaysWhomAPolicyWouldChangeAndByHowMuchAndSavesNothing) {
  make_return("changed_mind", 20);
  make_return("damaged", 20);
  make_return("changed_mind", 5);
  const auto trial =
      try_policy(context(), R"({"window_days": 14, "windows": {"reason": {"damaged": 30}}, "restocking_basis_points": 1000})", 200, {});
  ASSERT_TRUE(trial);
  EXPECT_EQ(trial->tried, 3);
  EXPECT_EQ(trial->newly_refused, 1);
  ASSERT_EQ(trial->changed.size(), 2U);  // the damaged one is as it was
  EXPECT_EQ(trial->changed[0].after.money, 1800);
  EXPECT_TRUE(trial->changed[1].before.allowed);
  EXPECT_FALSE(trial->changed[1].after.allowed);
  EXPECT_NE(trial->changed[1].refusal, "");
  ASSERT_EQ(trial->sums.size(), 1U);
  EXPECT_EQ(trial->sums[0].before, 6000);
  EXPECT_EQ(trial->sums[0].after, 3800);
  EXPECT_EQ(policy_versions(context(), std::nullopt, 1).items.size(), 0U);
  // The same policy changes nobody; what happened since does not matter.
  EXPECT_TRUE(try_policy(context(), "{}", 200, {})->changed.empty());
  EXPECT_EQ(try_policy(context(), "{}", 2, {})->tried, 2);
  EXPECT_FALSE(try_policy(context(), "{}", 0, {}));
  EXPECT_EQ(try_policy(context(), R"({"window_days": -1})", 2, {}).error().code, "invalid_policy");
}

}  // namespace
}  // namespace roundtrip::usecases
