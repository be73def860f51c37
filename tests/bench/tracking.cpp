// The tracking engine measured: claims of due trackers on 10,000 to 1,000,000 rows, polling of the demo carrier over loopback, and polling
// beside an account in trouble.
//
// bench_tracking claim [ROWS...]         full claims of 200 alone, their answers recorded between; the same work on every number of rows
// bench_tracking throughput [PARCELS]    parcels live their whole way, so that nearly every poll brings events; then polls without news
// bench_tracking isolation [ROUNDS]      an account's rate alone and beside one that refuses, hangs or lies, round by round
// Needs ROUNDTRIP_TEST_DATABASE, as the tests do; makes a database of its own there and drops it.
#include "store/tracking.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>

#include "bench/isolation.hpp"
#include "bench/polled_parcels.hpp"

namespace roundtrip::bench {
namespace {
using store::Session;

// --- claims

void grow_to(store::Database& db, std::int64_t rows) {
  Session session(db);
  session.script("SET statement_timeout = 0; SET session_replication_role = replica");
  const auto have = session.value<std::int64_t>("SELECT count(*) FROM trackers").value();
  session.run(
      "INSERT INTO trackers (merchant_id, tracker_id, carrier, account, number, direction, order_id, created_at, next_check_at) "
      "SELECT 1 + i % 10, i, (ARRAY['ups', 'fedex', 'dhl'])[1 + i % 3], CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'us' END, 'T' || i, 'outbound', "
      "i, "
      "  now(), now() + (hashint8(i)::bigint + 2147483648) % 18000 * interval '1 second' - interval '1 hour' "
      "FROM generate_series($1::bigint, $2::bigint) i",
      {have + 1, rows});
  session.script("VACUUM ANALYZE trackers");
  session.script("RESET session_replication_role");
}

// How long this thread and the server's processes for our database have waited for a core so far, ms: on a machine that others use, time
// that is not ours.
class CoreWaits {
 public:
  explicit CoreWaits(store::Database& db) {
    files_.push_back("/proc/thread-self/schedstat");
    Session session(db);
    for (const auto& [pid] : session.rows<std::int64_t>("SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database()"))
      files_.push_back("/proc/" + std::to_string(pid) + "/schedstat");
  }
  double ms() const {
    double total = 0;
    for (const auto& name : files_) {
      std::ifstream file(name);
      double ran = 0, waited = 0;
      if (file >> ran >> waited) total += waited / 1e6;
    }
    return total;
  }

 private:
  std::vector<std::string> files_;
};

struct Percentiles {
  double p50 = 0, p95 = 0, p99 = 0;
};
Percentiles percentiles_of(std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  const auto part = [&](double share) { return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))]; };
  return {part(0.5), part(0.95), part(0.99)};
}

constexpr int kClaimed = 200, kWarmClaims = 60, kMeasuredClaims = 600;

// The moment at which exactly 200 of an account's trackers are due, as polling that keeps up sees them; with a backlog all are due.
Instant due_moment(store::Database& db, const std::string& carrier, const std::string& account, bool backlog) {
  Session session(db);
  return session
      .value<Instant>(
          "SELECT next_check_at FROM trackers WHERE carrier = $1 AND account = $2 AND next_check_at IS NOT NULL ORDER BY next_check_at" +
              std::string(backlog ? " DESC LIMIT 1" : " OFFSET 199 LIMIT 1"),
          carrier, account)
      .value();
}

struct ClaimTime {
  double wall_ms = 0, own_ms = 0;  // own: without waiting for a core
};

// One claim of a full 200; then all of them are answered: due again in five hours, behind everybody else.
ClaimTime claim_and_answer(store::Database& db, const CoreWaits& waits, const std::string& carrier, const std::string& account,
                           bool backlog) {
  const Instant at = due_moment(db, carrier, account, backlog);
  const double waited = waits.ms();
  const auto began = steady_us();
  const auto claimed = store::claim_trackers(db, carrier, account, kClaimed, kMinute, at);
  const double ms = static_cast<double>(steady_us() - began) / 1000;
  const double own_ms = std::max(0.0, ms - (waits.ms() - waited));
  must(claimed.size() == kClaimed, "a claim was not full");
  std::map<MerchantId, std::vector<store::CheckRow>> checked;
  for (const auto& one : claimed) checked[one.merchant].push_back({one.id, true, at, at + 5 * kHour, 0, ""});
  Session session(db);
  for (const auto& [merchant, checks] : checked) store::record_checks(session, merchant, checks);
  return {ms, own_ms};
}

struct ClaimTimes {
  Percentiles wall, own;
};
ClaimTimes measure_claims(store::Database& db, bool backlog) {
  const CoreWaits waits(db);
  std::vector<double> wall, own;
  for (int round = 0; round < kWarmClaims + kMeasuredClaims; ++round) {
    const auto took = claim_and_answer(db, waits, round % 2 == 0 ? "ups" : "dhl", round % 4 < 2 ? "eu" : "us", backlog);
    if (round < kWarmClaims) continue;
    wall.push_back(took.wall_ms);
    own.push_back(took.own_ms);
  }
  return {percentiles_of(std::move(wall)), percentiles_of(std::move(own))};
}

void claims(const std::vector<std::int64_t>& sizes) {
  test::TestDatabase database;
  auto& db = database.db();
  for (const bool backlog : {false, true}) {
    if (backlog) Session(db).script("TRUNCATE trackers CASCADE");
    std::optional<double> first;
    for (const auto rows : sizes) {
      grow_to(db, rows);
      const auto [wall, own] = measure_claims(db, backlog);
      if (!first) first = own.p95;
      std::printf(
          "claim of 200 of %8lld rows, %s: p50 %.2f, p95 %.2f, p99 %.2f ms (on the wall %.2f, %.2f, %.2f); p95 is %.2f of the first\n",
          static_cast<long long>(rows), backlog ? "all due" : "200 due", own.p50, own.p95, own.p99, wall.p50, wall.p95, wall.p99,
          own.p95 / *first);
      std::fflush(stdout);
    }
  }
}

// --- throughput

class ThroughputBench {
 public:
  explicit ThroughputBench(int parcels) : world_(parcels) {}

  void run() {
    usecases::PollOptions options;
    options.threads = 3;
    usecases::Poller poller(db(), world_.carriers(), options);
    std::int64_t polled = 0;
    const double cpu = cpu_ms(db());
    const auto began = steady_us();
    for (const double hours : {12.0, 15.0, 24.0, 22.0, 27.0, 12.0}) {
      world_.pass(static_cast<std::int64_t>(hours * static_cast<double>(kHour)));
      polled += poll_all(poller);
    }
    report("polls that bring events", polled, steady_us() - began, cpu_ms(db()) - cpu);
    check();
    const double cpu_again = cpu_ms(db());
    const auto again = steady_us();
    std::int64_t more = 0;
    for (int round = 0; round < 4; ++round) {
      world_.pass(kMinute);
      more += poll_all(poller);
    }
    report("polls that bring nothing", more, steady_us() - again, cpu_ms(db()) - cpu_again);
  }

 private:
  store::Database& db() { return world_.db(); }

  std::int64_t poll_all(usecases::Poller& poller) {
    world_.make_due("");
    must(world_.answer_all(poller).failed == 0, "a poll failed");
    return world_.parcels();
  }

  void check() {
    Session session(db());
    const auto count = [&](const std::string& sql) { return session.value<std::int64_t>("SELECT count(*) FROM " + sql).value(); };
    const auto events = count("tracking_events"), delivered = count("parcels WHERE status = 'delivered'");
    const auto told = count("notifications WHERE milestone = 'delivered'"),
               out = count("notifications WHERE milestone = 'out_for_delivery'");
    std::printf("  %lld events stored, %lld of %d delivered, %lld told of delivery, %lld of being out for it\n",
                static_cast<long long>(events), static_cast<long long>(delivered), world_.parcels(), static_cast<long long>(told),
                static_cast<long long>(out));
    must(events == 8LL * world_.parcels() && delivered == world_.parcels() && told == world_.parcels() && out == world_.parcels(),
         "something is missing");
  }

  void report(const char* what, std::int64_t polled, std::int64_t took_us, double cpu) {
    const double each = cpu / static_cast<double>(polled);
    std::printf("%s: %.0f parcels/s on the wall; %.3f ms of processor each (poller, carrier and database): two cores give %.0f/s\n", what,
                static_cast<double>(polled) * 1e6 / static_cast<double>(took_us), each, 2000 / each);
  }

  PolledParcels world_;
};

}  // namespace
}  // namespace roundtrip::bench

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  try {
    if (mode == "claim") {
      std::vector<std::int64_t> sizes;
      for (int i = 2; i < argc; ++i) sizes.push_back(std::stoll(argv[i]));
      roundtrip::bench::claims(sizes.empty() ? std::vector<std::int64_t>{10'000, 100'000, 1'000'000} : sizes);
      return 0;
    }
    if (mode == "throughput") {
      roundtrip::bench::ThroughputBench(argc > 2 ? std::stoi(argv[2]) : 5'000).run();
      return 0;
    }
    if (mode == "isolation") {
      roundtrip::bench::isolation(argc > 2 ? std::stoi(argv[2]) : 20);
      return 0;
    }
  } catch (const std::exception& fault) {
    std::cerr << "bench_tracking: " << fault.what() << "\n";
    return 1;
  }
  std::cerr << "usage: bench_tracking claim [ROWS...] | throughput [PARCELS] | isolation [ROUNDS]\n";
  return 2;
}
