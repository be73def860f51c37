// Whose pushes are whose: an account's secret opens its own trackers and no others.
#include <gtest/gtest.h>

#include "carriers/accounts.hpp"
#include "support/tracking_world.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::usecases {
namespace {
using test::ShippedParcel;
using test::TrackingWorld;

constexpr const char* kAccounts =
    "[[account]]\ncarrier = \"bring\"\naccount = \"norway\"\nkey = \"k\"\npush_secret = \"north\"\n"
    "[[account]]\ncarrier = \"bring\"\naccount = \"sweden\"\nkey = \"k\"\npush_secret = \"east\"\n"
    "in_transit_from_s = 7200\nin_transit_to_s = 7200\n"
    "[[account]]\ncarrier = \"bring\"\naccount = \"outlet\"\nkey = \"k\"\npush_secret = \"north\"\n";

struct PushTest : testing::Test {
  TrackingWorld world;
  ShippedParcel parcel = world.ship();

  void belongs_to(const std::string& account) {
    world.hand_to(parcel, "bring");
    TrackingWorld::Session(world.db()).run("UPDATE trackers SET account = $1", {account});
  }
  Result<PushDone> push(const std::string& accounts, const std::string& secret) {
    const auto room = world.with_accounts(accounts, [&] { return make_push_room(world.config()); });
    const std::string body = R"({"status":"IN_TRANSIT","id":"1","shipment":"7030","package":")" + parcel.number + R"(","created":")" +
                             format_rfc3339(world.now() - kHour) + R"("})";
    return take_push(world.db(), *room, {"bring", secret, {}, body}, world.now());
  }
  bool is_taken(const std::string& accounts, const std::string& secret) {
    TrackingWorld::Session(world.db()).run("UPDATE trackers SET last_push_at = NULL", {});
    const auto done = push(accounts, secret);
    EXPECT_TRUE(done) << secret;
    EXPECT_EQ(done->known, 1);
    return world.value<bool>("SELECT last_push_at IS NOT NULL FROM trackers");
  }
};

TEST_F(PushTest, ASecretOpensTheTrackersOfItsAccountsOnly) {
  struct {
    const char* account;
    bool north, east;
  } const kCases[] = {{"norway", true, false},
                      {"", true, false},  // of the carrier's first account
                      {"sweden", false, true},
                      {"outlet", true, false},  // shares its secret with another
                      {"gone", false, false}};
  for (const auto& one : kCases) {
    belongs_to(one.account);
    EXPECT_EQ(is_taken(kAccounts, "north"), one.north) << one.account;
    EXPECT_EQ(is_taken(kAccounts, "east"), one.east) << one.account;
  }
  EXPECT_EQ(push(kAccounts, "west").error().code, "not_found");
}

TEST_F(PushTest, ATrackerWithoutAnAccountBelongsToTheAccountWithoutAName) {
  const std::string with_unnamed = std::string(kAccounts) + "[[account]]\ncarrier = \"bring\"\nkey = \"k\"\npush_secret = \"plain\"\n";
  belongs_to("");
  EXPECT_FALSE(is_taken(with_unnamed, "north"));
  EXPECT_TRUE(is_taken(with_unnamed, "plain"));
}

TEST_F(PushTest, APushedTrackerIsAskedNextByThePlanOfItsOwnAccount) {
  belongs_to("sweden");
  ASSERT_TRUE(is_taken(kAccounts, "east"));
  EXPECT_EQ(world.value<Instant>("SELECT next_check_at FROM trackers"), world.now() + 12 * kHour);  // six times as long, being pushed
}

TEST_F(PushTest, NamesInTrackersAreTheSameForWhoeverAsks) {
  const std::vector<carriers::CarrierAccount> accounts = {{.carrier = "bring", .account = "a"},
                                                          {.carrier = "bring", .account = "b"},
                                                          {.carrier = "ups", .account = "c"},
                                                          {.carrier = "ups", .account = ""}};
  using Names = std::vector<std::string>;
  EXPECT_EQ(carriers::names_in_trackers(accounts, accounts[0]), (Names{"a", ""}));
  EXPECT_EQ(carriers::names_in_trackers(accounts, accounts[1]), (Names{"b"}));
  EXPECT_EQ(carriers::names_in_trackers(accounts, accounts[2]), (Names{"c"}));
  EXPECT_EQ(carriers::names_in_trackers(accounts, accounts[3]), (Names{""}));
}

}  // namespace
}  // namespace roundtrip::usecases
