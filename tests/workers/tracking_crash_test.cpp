// The poller dies by kill -9 at random moments under load; and one account in trouble beside others that are well.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "support/raw_server.hpp"
#include "support/self_child.hpp"
#include "support/tracking_world.hpp"
#include "workers/tracking_poller.hpp"

namespace roundtrip::workers {
namespace {
using test::TrackingWorld;

// Children are this binary again: they poll until they are killed, told by the environment.
struct PollerChild : testing::Environment {
  void SetUp() override {
    const char* url = test::told("POLLER_DATABASE");
    if (url == nullptr) return;
    store::DatabaseOptions options;
    options.url = url;
    store::Database db(options);
    Config config;
    (void)config.set("carriers.demo.base_url", test::told("POLLER_CARRIER"));
    (void)config.set("carriers.demo.day_s", "86400");
    (void)config.set("carriers.demo.poll_s", "7200");
    clients::MultiTransport transport(clients::CurlOptions{.allow_private_addresses = true});
    const usecases::Carriers carriers(config, transport);
    usecases::PollOptions poll;
    poll.batch = 20;
    poll.lease_us = 2 * kSecond;
    usecases::Poller poller(db, carriers, poll);
    const Instant start{test::told_number("POLLER_NOW")};
    const auto began = steady_us();
    while (true) (void)poller.look(start + (steady_us() - began), 5'000, {});
  }
};
[[maybe_unused]] const auto* const kPollerChild = testing::AddGlobalTestEnvironment(new PollerChild);

struct TrackingCrash : testing::Test {
  TrackingWorld world;
  std::int64_t count(const std::string& what) { return world.value<std::int64_t>("SELECT count(*) FROM " + what); }
  pid_t start_poller() {
    return test::start_self({{"POLLER_DATABASE", world.database_url()},
                             {"POLLER_CARRIER", world.server().url()},
                             {"POLLER_NOW", std::to_string(world.now().us)}});
  }
};

TEST_F(TrackingCrash, ThePollerKilledAtRandomUnderLoadLosesDoublesAndForgetsNothing) {
  constexpr int kParcels = 120;
  for (int i = 0; i < kParcels; ++i) (void)world.ship();
  world.announce_all();
  std::mt19937 random(3);
  int kills_at_work = 0;
  for (int round = 0; round < 14 || (round < 60 && kills_at_work <= 3); ++round) {
    world.pass_hours(round < 14 ? 10 : 0.05);
    world.make_due();
    const pid_t child = start_poller();
    // It is at work once something is leased or answered; from then on a moment more.
    const auto until = steady_us() + 20 * kSecond;
    while (world.value<std::int64_t>("SELECT count(*) FROM trackers WHERE leased_until > $1 OR last_checked_at >= $1", world.now()) == 0 &&
           steady_us() < until)
      std::this_thread::yield();
    const auto moment = steady_us() + static_cast<std::int64_t>(random() % 60'000);
    while (steady_us() < moment) std::this_thread::yield();
    kills_at_work += world.value<std::int64_t>("SELECT count(*) FROM trackers WHERE next_check_at <= $1", world.now()) > 0 ? 1 : 0;
    ::kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
  }
  EXPECT_GT(kills_at_work, 3);  // it died with work undone, not only between two passes
  // Whoever comes next finds everything when the leases have ended. The server may still be ending the dead one's session, and a call
  // that a busy machine answers too late is made again: what counts is that nobody is forgotten.
  world.pass_hours(24);
  for (int round = 0; round < 100 && count("trackers WHERE status = 'delivered'") < kParcels; ++round) {
    world.pass_hours(0.05);
    (void)world.poll_all();
  }
  EXPECT_EQ(count("trackers WHERE status = 'delivered'"), kParcels);
  EXPECT_EQ(count("parcels WHERE status = 'delivered'"), kParcels);
  EXPECT_EQ(count("tracking_events"), 8 * kParcels);
  EXPECT_EQ(count("notifications WHERE milestone = 'delivered'"), kParcels);
  EXPECT_EQ(count("timeline WHERE type = 'parcel.delivered'"), kParcels);
  EXPECT_EQ(count("trackers WHERE leased_until IS NOT NULL AND next_check_at IS NOT NULL"), 0);
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

// Calls that end as the other account's trouble would have it, while this one's parcels are asked.
struct Neighbor {
  const char* name;
  test::RawServer::Script script;
};
class BesideAnAccount : public testing::TestWithParam<Neighbor> {};
std::atomic<int> calls_hanging{0};
INSTANTIATE_TEST_SUITE_P(InTrouble, BesideAnAccount,
                         testing::Values(Neighbor{"hanging",
                                                  [](test::RawConnection& peer) {
                                                    if (peer.read_request().empty()) return;
                                                    ++calls_hanging;
                                                    peer.wait_for_close();
                                                    --calls_hanging;
                                                  }},
                                         Neighbor{"lying",
                                                  [](test::RawConnection& peer) {
                                                    while (!peer.read_request().empty()) peer.answer(200, std::string(100'000, '['));
                                                  }},
                                         Neighbor{"down", [](test::RawConnection& peer) { peer.reset(); }}),
                         [](const auto& tested) { return std::string(tested.param.name); });

// Whatever the neighbor does, a round over our parcels never waits for it. A hanging one shows it: rounds begin and end while the same
// calls of the neighbor are under way, which a poller that waits for them could not do however fast it is.
TEST_P(BesideAnAccount, ParcelsOfAnotherAreAskedForAsEver) {
  TrackingWorld world;
  test::RawServer neighbor(GetParam().script);
  const std::string path = std::filesystem::temp_directory_path() / ("accounts-" + std::to_string(getpid()));
  std::ofstream(path) << "[[account]]\ncarrier = \"demo\"\naccount = \"other\"\nbase_url = \"" << neighbor.url("")
                      << "\"\ntimeout_ms = 3000\n";
  world.set("carriers.accounts_file", path);
  clients::MultiTransport transport(clients::CurlOptions{.allow_private_addresses = true});
  const usecases::Carriers carriers(world.config(), transport);
  std::filesystem::remove(path);
  for (int i = 0; i < 60; ++i) (void)world.ship();
  world.announce_all();
  test::TrackingWorld::Session session(world.db());
  session.run("UPDATE trackers SET account = 'other' WHERE tracker_id % 2 = 0", {});
  usecases::Poller poller(world.db(), carriers, world.options);
  const bool hangs = std::string_view(GetParam().name) == "hanging";
  int rounds = 0, rounds_meanwhile = 0;
  // The accounts' turns are threads of their own: on a busy machine the neighbor's may begin after ten of our rounds.
  const auto seen_enough = [&] { return neighbor.connections() > 0 && (!hangs || rounds_meanwhile >= 3); };
  for (; rounds < 10 || (!seen_enough() && rounds < 200); ++rounds) {
    world.pass_hours(1);
    // Rows that are being recorded right now are left out: waiting for one while holding others could deadlock.
    session.run(
        "UPDATE trackers t SET next_check_at = $1 FROM (SELECT ctid FROM trackers WHERE account = 'other' OR leased_until IS NULL "
        "FOR UPDATE SKIP LOCKED) free WHERE t.ctid = free.ctid",
        {world.now()});
    const int hanging = calls_hanging, connections = neighbor.connections();
    int answered = 0;
    for (const auto until = steady_us() + 60 * kSecond; answered < 30 && steady_us() < until;)
      answered += poller.look(world.now(), 5'000, {}).answered;
    ASSERT_EQ(answered, 30) << "round " << rounds;
    const bool the_same_calls = calls_hanging == hanging && neighbor.connections() == connections;
    if (hanging > 0 && the_same_calls) ++rounds_meanwhile;
  }
  EXPECT_GE(rounds_meanwhile, hangs ? 3 : 0);
  EXPECT_GT(neighbor.connections(), 0) << "the neighbor was asked, too";
  EXPECT_EQ(world.value<std::int64_t>("SELECT count(*) FROM trackers WHERE account = '' AND failures > 0"), 0);
}

}  // namespace
}  // namespace roundtrip::workers
