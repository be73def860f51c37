// A shop with handed-over parcels, the real demo carrier on a socket, and one clock for both.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "base/secrets.hpp"
#include "clients/multi_transport.hpp"
#include "demo/carrier_server.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "usecases/carrier_accounts.hpp"
#include "usecases/jobs.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::test {

struct ShippedParcel {
  OrderId order;
  LineId line;
  ShipmentId shipment;
  ParcelId parcel;
  std::string number;
};

class TrackingWorld {
 public:
  TrackingWorld() : server_(server_options()), transport_(clients::CurlOptions{.allow_private_addresses = true}) {
    set("carriers.demo.base_url", server_.url());
    set("carriers.demo.day_s", "86400");
    set("carriers.demo.poll_s", "7200");
    set("carriers.demo.push_secret", "push-secret");
    set("carriers.timeout_ms", "1500");
    carriers_ = std::make_unique<usecases::Carriers>(config_, transport_);
    merchant_ = database_.merchant();
    Session(db()).run("INSERT INTO products (merchant_id, sku, name, updated_at) VALUES ($1, 'MUG', 'Mug', now())", {merchant_});
  }

  using Session = store::Session;
  store::Database& db() { return database_.db(); }
  const std::string& database_url() const { return database_.url(); }
  MerchantId merchant() const { return merchant_; }
  const Config& config() const { return config_; }
  const usecases::Carriers& carriers() const { return *carriers_; }
  demo::CarrierServer& server() { return server_; }
  // From now on so many calls are under way at once.
  void use_parallel(int calls) {
    set("tracking.parallel", std::to_string(calls));
    carriers_ = std::make_unique<usecases::Carriers>(config_, transport_);
  }
  // What `make` gives while the configuration has these accounts.
  template <class Make>
  auto with_accounts(const std::string& accounts, const Make& make) {
    const auto file = std::filesystem::temp_directory_path() / ("accounts_" + random_token() + ".toml");
    std::ofstream(file) << accounts;
    set("carriers.accounts_file", file.string());
    auto made = make();
    std::filesystem::remove(file);
    set("carriers.accounts_file", "");
    return made;
  }
  // The carriers of an accounts file, reached through `transport`.
  std::unique_ptr<usecases::Carriers> carriers_of(const std::string& accounts, Transport& transport) {
    return with_accounts(accounts, [&] { return std::make_unique<usecases::Carriers>(config_, transport); });
  }
  // The accounts of real carriers, all answered by the demo carrier's server in their languages. The demo carrier's own stays.
  void use_real_languages() {
    std::string accounts;
    for (const std::string carrier : {"ups", "fedex", "usps", "dhl", "easypost"}) {
      const bool by_key = carrier == "dhl" || carrier == "easypost";
      accounts += "[[account]]\ncarrier = \"" + carrier + "\"\nbase_url = \"" + server_.url() + "\"\nkey = \"" +
                  (by_key ? "demo-key" : "shop") + "\"\nsecret = \"demo-key\"\n";
    }
    carriers_ = carriers_of(accounts, transport_);
  }
  // The parcel goes on with another carrier, under the same number.
  void hand_to(const ShippedParcel& parcel, const std::string& carrier) {
    Session(db()).run("UPDATE trackers SET carrier = $3 WHERE merchant_id = $1 AND parcel_id = $2", {merchant_, parcel.parcel, carrier});
  }
  // The demo carrier's account as it is now.
  usecases::CarrierAccountView account() { return usecases::carrier_accounts(db(), config_, now())->front(); }
  Instant now() const { return {clock_.load()}; }
  void go_to(Instant at) { clock_ = at.us; }
  void pass_hours(double hours) { clock_ += static_cast<std::int64_t>(hours * static_cast<double>(kHour)); }
  usecases::Context context() { return {db(), merchant_, {"api", "test"}, now()}; }
  void set(const std::string& key, const std::string& value) { ASSERT_TRUE(config_.set(key, value)) << key; }

  // An order of two mugs in one parcel, handed over and on its way with the demo carrier's `scenario`.
  ShippedParcel ship(const std::string& scenario = "good", int parcels = 1) { return ship_all(scenario, parcels).front(); }
  std::vector<ShippedParcel> ship_all(const std::string& scenario, int parcels) {
    const OrderId order = add_order(scenario, parcels);
    const auto line = value<LineId>("SELECT line_id FROM order_lines WHERE merchant_id = $1 AND order_id = $2", merchant_, order);
    const auto shipment = value<ShipmentId>(
        "INSERT INTO shipments (merchant_id, order_id, warehouse_id, status, ship_by, created_at, updated_at, handed_over_at) "
        "SELECT $1, $2, warehouse_id, 'handed_over', $3, $3, $3, $3 FROM warehouses WHERE merchant_id = $1 RETURNING shipment_id",
        merchant_, order, now());
    std::vector<ShippedParcel> shipped;
    for (int i = 0; i < parcels; ++i) shipped.push_back(add_parcel(order, line, shipment));
    return shipped;
  }

  // Runs every due announcement; gives how many came through.
  int announce_all() {
    int done = 0;
    for (const auto& job : usecases::claim_jobs(db(), usecases::kAnnounceJob, 500, kMinute, now())) {
      const auto outcome = usecases::announce_parcel(db(), *carriers_, job, now());
      if (outcome.kind == usecases::Announced::done) {
        usecases::finish_job(db(), job);
        ++done;
      } else {
        usecases::retry_job(db(), job, now() + kSecond, outcome.why);
      }
    }
    return done;
  }
  usecases::PollReport poll() { return usecases::poll_trackers(db(), *carriers_, options, now()); }
  // Makes every tracker due that nobody is recording right now: waiting for one while holding others could deadlock.
  void make_due() {
    Session(db()).run(
        "UPDATE trackers t SET next_check_at = $1 FROM (SELECT ctid FROM trackers WHERE next_check_at IS NOT NULL FOR UPDATE SKIP LOCKED) "
        "free WHERE t.ctid = free.ctid",
        {now()});
  }
  usecases::PollReport poll_all() {
    make_due();
    return poll();
  }
  // Lives through `days` in steps of six hours.
  void live(double days) {
    for (double hours = 0; hours < days * 24; hours += 6) {
      pass_hours(6);
      announce_all();
      poll();
    }
  }

  // The first column of the first row; fails the test when there is none.
  template <class T, class... Args>
  T value(std::string_view sql, const Args&... args) {
    Session session(db());
    auto found = session.value<T>(sql, args...);
    if (!found) throw std::runtime_error("no row: " + std::string(sql));
    return std::move(*found);
  }
  std::string status(const ShippedParcel& parcel) {
    return value<std::string>("SELECT status FROM parcels WHERE merchant_id = $1 AND parcel_id = $2", merchant_, parcel.parcel);
  }
  // Milestones told about the order, in order, blank-separated.
  std::string told(OrderId order) {
    return value<std::string>(
        "SELECT COALESCE(string_agg(milestone, ' ' ORDER BY notification_id), '') FROM notifications WHERE merchant_id = $1 AND order_id = "
        "$2",
        merchant_, order);
  }
  std::string timeline(OrderId order) {
    return value<std::string>(
        "SELECT COALESCE(string_agg(type, ' ' ORDER BY seq), '') FROM timeline WHERE merchant_id = $1 AND order_id = $2", merchant_, order);
  }
  // What the demo carrier's control answers.
  int control(const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.url = server_.url() + "/v1/control";
    request.headers = {{"Authorization", "Bearer demo-key"}, {"Idempotency-Key", "test"}};
    request.body = body;
    const auto outcome = transport_.send(request);
    return outcome.response ? outcome.response->status : 0;
  }

  std::string ship_to = "{}";  // what the address of the next orders has besides, JSON
  usecases::PollOptions options{.batch = 500, .threads = 3, .lease_us = kMinute, .stalled_days = 5};

 private:
  demo::CarrierServerOptions server_options() {
    demo::CarrierServerOptions made;
    made.day_us = kDay;
    made.slow_ms = 4'000;
    made.clock = [this] { return now(); };
    return made;
  }

  OrderId add_order(const std::string& scenario, int parcels) {
    const auto external_id = random_token();
    const auto order = value<OrderId>(
        "INSERT INTO orders (merchant_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, warehouse_id, "
        "ship_to, total) "
        "SELECT $1, $2, '', 'shipped', $3, $3, $3, 'EUR', warehouse_id, "
        "  jsonb_build_object('name', 'Ana', 'line1', 'Rua A 1', 'line2', 'demo:' || $4::text, 'city', 'Lisboa', 'country', 'PT') || "
        "$5::jsonb, "
        "  2000 "
        "FROM warehouses WHERE merchant_id = $1 RETURNING order_id",
        merchant_, external_id, now(), scenario, ship_to);
    Session(db()).run(
        "INSERT INTO order_lines (merchant_id, order_id, position, sku, quantity, unit_price, price_amount, shipped) "
        "VALUES ($1, $2, 1, 'MUG', $3::bigint, 1000, 1000 * $3::bigint, $3::bigint)",
        {merchant_, order, 2 * parcels});
    return order;
  }

  ShippedParcel add_parcel(OrderId order, LineId line, ShipmentId shipment) {
    const auto parcel = value<ParcelId>(
        "INSERT INTO parcels (merchant_id, shipment_id, order_id, state, weight_g, created_at, handed_over_at) "
        "VALUES ($1, $2, $3, 'handed_over', 500, $4, $4) RETURNING parcel_id",
        merchant_, shipment, order, now());
    Session(db()).run("INSERT INTO parcel_items (merchant_id, parcel_id, line_id, sku, quantity) VALUES ($1, $2, $3, 'MUG', 2)",
                      {merchant_, parcel, line});
    store::Transaction tx(db());
    auto head = store::lock_order(tx, merchant_, order).value();
    const auto number = usecases::start_tracking(tx, context(), head, parcel, {"demo", "", "standard", ""}, std::nullopt);
    store::save_head(tx, merchant_, head, now());
    tx.commit();
    return {order, line, shipment, parcel, number.value()};
  }

  std::atomic<std::int64_t> clock_{roundtrip::now().us};
  test::TestDatabase database_;
  MerchantId merchant_;
  demo::CarrierServer server_;
  Config config_;
  clients::MultiTransport transport_;
  std::unique_ptr<usecases::Carriers> carriers_;
};

}  // namespace roundtrip::test
