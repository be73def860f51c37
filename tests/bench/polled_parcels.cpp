// Parcels as SQL, their announcement, and rounds of polling.
#include "bench/polled_parcels.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>

#include "carriers/carrier.hpp"
#include "store/tracking.hpp"

namespace roundtrip::bench {
using store::Session;

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

demo::CarrierServerOptions PolledParcels::server_options() {
  demo::CarrierServerOptions made;
  made.day_us = kDay;
  made.clock = [this] { return now(); };
  return made;
}

PolledParcels::PolledParcels(int parcels, const std::string& accounts)
    : parcels_(parcels), server_(server_options()), transport_(clients::CurlOptions{.allow_private_addresses = true, .idle_handles = 64}) {
  must(bool(config_.set("carriers.demo.base_url", server_.url())), "base_url");
  must(bool(config_.set("carriers.demo.day_s", "86400")), "day_s");
  must(bool(config_.set("carriers.demo.poll_s", "7200")), "poll_s");
  const std::string file = std::filesystem::temp_directory_path() / ("bench-accounts-" + std::to_string(getpid()));
  std::ofstream(file) << accounts;
  must(bool(config_.set("carriers.accounts_file", file)), "accounts_file");
  carriers_ = std::make_unique<usecases::Carriers>(config_, transport_);
  std::filesystem::remove(file);
  merchant_ = database_.merchant();
  make_parcels();
  add_trackers();
  announce();
}

void PolledParcels::make_parcels() {
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
}

void PolledParcels::add_trackers() {
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
  Session(db()).script("DELETE FROM jobs; ANALYZE");
}

void PolledParcels::announce() {
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

void PolledParcels::add_strangers(const std::string& account, int parcels) {
  Session session(db());
  session.run(
      "INSERT INTO trackers (merchant_id, carrier, account, number, direction, order_id, parcel_id, created_at, next_check_at) "
      "SELECT $1::bigint, 'demo', $2::text, $2::text || i, 'outbound', 1, 1, $3::timestamptz, NULL FROM generate_series(1, $4::bigint) i",
      {merchant_, account, now(), parcels});
}

void PolledParcels::make_due(const std::string& account) {
  // Rows that are being recorded right now are left out: waiting for one while holding others could deadlock.
  Session(db()).run(
      "UPDATE trackers t SET next_check_at = $2, leased_until = NULL FROM (SELECT ctid FROM trackers WHERE account = $1 "
      "FOR UPDATE SKIP LOCKED) free WHERE t.ctid = free.ctid",
      {account, now()});
}

usecases::PollReport PolledParcels::answer_all(usecases::Poller& poller) {
  usecases::PollReport all;
  while (all.answered < parcels_) all += poller.look(now(), 5'000, {});
  return all;
}

}  // namespace roundtrip::bench
