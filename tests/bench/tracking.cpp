// The tracking engine measured: claims of due trackers on 10,000 to 1,000,000 rows, and polling of the demo carrier over loopback.
//
// bench_tracking claim [ROWS...]         full claims of 200 alone, their answers recorded between; the same work on every number of rows
// bench_tracking throughput [PARCELS]    parcels live their whole way, so that nearly every poll brings events; then polls that bring
// nothing Needs ROUNDTRIP_TEST_DATABASE, as the tests do; makes a database of its own there and drops it.
#include "store/tracking.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>

#include "carriers/carrier.hpp"
#include "clients/multi_transport.hpp"
#include "demo/carrier_server.hpp"
#include "support/database.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::bench {
namespace {
using store::Session;

void must(bool fine, const std::string& what) {
  if (!fine) throw std::runtime_error(what);
}

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

// Processor time of this process (poller and carrier) and of the server's processes for our database, ms.
double cpu_ms(store::Database& db) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000; };
  double total = of(usage.ru_utime) + of(usage.ru_stime);
  Session session(db);
  for (const auto& [pid] : session.rows<std::int64_t>("SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database()")) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string word;
    std::getline(file, word, ')');
    for (int i = 3; i <= 15 && file >> word; ++i) {
      if (i >= 14) total += std::stod(word) * 1000 / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
  }
  return total;
}

class ThroughputBench {
 public:
  explicit ThroughputBench(int parcels)
      : parcels_(parcels),
        server_(server_options()),
        transport_(clients::CurlOptions{.allow_private_addresses = true, .idle_handles = 64}) {
    must(bool(config_.set("carriers.demo.base_url", server_.url())), "base_url");
    must(bool(config_.set("carriers.demo.day_s", "86400")), "day_s");
    must(bool(config_.set("carriers.demo.poll_s", "7200")), "poll_s");
    carriers_ = std::make_unique<usecases::Carriers>(config_, transport_);
    merchant_ = database_.merchant();
    make_parcels();
    announce();
  }

  void run() {
    usecases::PollOptions options;
    options.threads = 3;
    usecases::Poller poller(db(), *carriers_, options);
    std::int64_t polled = 0;
    const double cpu = cpu_ms(db());
    const auto began = steady_us();
    for (const double hours : {12.0, 15.0, 24.0, 22.0, 27.0, 12.0}) {
      clock_ += static_cast<std::int64_t>(hours * static_cast<double>(kHour));
      polled += poll_all(poller);
    }
    report("polls that bring events", polled, steady_us() - began, cpu_ms(db()) - cpu);
    check();
    const double cpu_again = cpu_ms(db());
    const auto again = steady_us();
    std::int64_t more = 0;
    for (int round = 0; round < 4; ++round) {
      clock_ += kMinute;
      more += poll_all(poller);
    }
    report("polls that bring nothing", more, steady_us() - again, cpu_ms(db()) - cpu_again);
  }

 private:
  demo::CarrierServerOptions server_options() {
    demo::CarrierServerOptions made;
    made.day_us = kDay;
    made.clock = [this] { return Instant{clock_.load()}; };
    return made;
  }
  store::Database& db() { return database_.db(); }

  void make_parcels() {
    Session session(db());
    session.script("SET statement_timeout = 0");
    const auto all = [&](const std::string& sql) { session.run(sql, {merchant_, Instant{clock_.load()}, parcels_}); };
    session.run("INSERT INTO products (merchant_id, sku, name, updated_at) VALUES ($1, 'MUG', 'Mug', now())", {merchant_});
    all("INSERT INTO orders (merchant_id, order_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, "
        "warehouse_id, "
        "ship_to, total) SELECT $1::bigint, i, 'E' || i, '', 'shipped', $2, $2, $2, 'EUR', warehouse_id, "
        "'{\"name\": \"Ana\", \"city\": \"Lisboa\", \"country\": \"PT\"}', 1000 FROM warehouses, generate_series(1, $3::bigint) i");
    all("INSERT INTO order_lines (merchant_id, order_id, line_id, position, sku, quantity, unit_price, price_amount, shipped) "
        "SELECT $1::bigint, i, i, 1, 'MUG', 1, 1000, 1000, CASE WHEN $2::timestamptz IS NULL THEN 0 ELSE 1 END FROM generate_series(1, "
        "$3::bigint) i");
    all("INSERT INTO shipments (merchant_id, shipment_id, order_id, warehouse_id, status, ship_by, created_at, updated_at, handed_over_at) "
        "SELECT $1::bigint, i, i, warehouse_id, 'handed_over', $2, $2, $2, $2 FROM warehouses, generate_series(1, $3::bigint) i");
    all("INSERT INTO parcels (merchant_id, parcel_id, shipment_id, order_id, state, weight_g, created_at, handed_over_at) "
        "SELECT $1::bigint, i, i, i, 'handed_over', 500, $2, $2 FROM generate_series(1, $3::bigint) i");
    session.run(
        "INSERT INTO parcel_items (merchant_id, parcel_id, line_id, sku, quantity) SELECT $1::bigint, i, i, 'MUG', 1 FROM "
        "generate_series(1, $2::bigint) i",
        {merchant_, parcels_});
    const auto* demo = carriers::find_carrier("demo");
    for (int from = 1; from <= parcels_; from += 500) {
      store::Transaction tx(db());
      for (int i = from; i < from + 500 && i <= parcels_; ++i) {
        store::add_tracker(tx, merchant_,
                           {"demo", "", "standard", *demo->number_for(ParcelId{i}), OrderId{i}, ParcelId{i}, std::nullopt, std::nullopt,
                            Instant{clock_.load()}},
                           Instant{clock_.load()});
      }
      tx.commit();
    }
    session.script("DELETE FROM jobs; ANALYZE");
  }

  void announce() {
    Session session(db());
    std::mutex mutex;
    std::condition_variable ended;
    int left = parcels_;
    for (const auto& [tracker, number] : session.rows<TrackerId, std::string>("SELECT tracker_id, number FROM trackers")) {
      HttpRequest request;
      request.method = "POST";
      request.url = server_.url() + "/v1/parcels";
      request.headers = {{"Authorization", "Bearer demo-key"}, {"Idempotency-Key", number}};
      request.body = R"({"number":")" + number + R"(","reference":")" + to_text(tracker) + "@" + std::to_string(clock_.load()) +
                     R"(","scenario":"good","destination":{"country":"PT","city":"Lisboa"}})";
      transport_.start(std::move(request), [&](const HttpOutcome& outcome) {
        const std::lock_guard lock(mutex);
        if (!outcome.response || outcome.response->status != 201) std::cerr << "not announced\n";
        if (--left == 0) ended.notify_all();
      });
    }
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return left == 0; });
  }

  std::int64_t poll_all(usecases::Poller& poller) {
    Session(db()).run("UPDATE trackers SET next_check_at = $1, leased_until = NULL WHERE next_check_at IS NOT NULL",
                      {Instant{clock_.load()}});
    std::int64_t answered = 0;
    while (answered < parcels_) {
      const auto report = poller.look(Instant{clock_.load()}, 5'000, {});
      must(report.failed == 0, "a poll failed");
      answered += report.answered;
    }
    return answered;
  }

  void check() {
    Session session(db());
    const auto count = [&](const std::string& sql) { return session.value<std::int64_t>("SELECT count(*) FROM " + sql).value(); };
    const auto events = count("tracking_events"), delivered = count("parcels WHERE status = 'delivered'");
    const auto told = count("notifications WHERE milestone = 'delivered'"),
               out = count("notifications WHERE milestone = 'out_for_delivery'");
    std::printf("  %lld events stored, %lld of %d delivered, %lld told of delivery, %lld of being out for it\n",
                static_cast<long long>(events), static_cast<long long>(delivered), parcels_, static_cast<long long>(told),
                static_cast<long long>(out));
    must(events == 8LL * parcels_ && delivered == parcels_ && told == parcels_ && out == parcels_, "something is missing");
  }

  void report(const char* what, std::int64_t polled, std::int64_t took_us, double cpu) {
    const double each = cpu / static_cast<double>(polled);
    std::printf("%s: %.0f parcels/s on the wall; %.3f ms of processor each (poller, carrier and database): two cores give %.0f/s\n", what,
                static_cast<double>(polled) * 1e6 / static_cast<double>(took_us), each, 2000 / each);
  }

  const int parcels_;
  std::atomic<std::int64_t> clock_{now().us / kSecond * kSecond};
  test::TestDatabase database_;
  MerchantId merchant_;
  demo::CarrierServer server_;
  Config config_;
  clients::MultiTransport transport_;
  std::unique_ptr<usecases::Carriers> carriers_;
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
  } catch (const std::exception& fault) {
    std::cerr << "bench_tracking: " << fault.what() << "\n";
    return 1;
  }
  std::cerr << "usage: bench_tracking claim [ROWS...] | throughput [PARCELS]\n";
  return 2;
}
