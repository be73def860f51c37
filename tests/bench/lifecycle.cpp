// Whole lives of orders over HTTP, the reading of one order, and scans by themselves; a client of a running service and nothing else.
//
// bench_lifecycle --mode lifecycle|get-order|livez|scans --url unix:PATH|http://HOST:PORT --key KEY [--concurrency 8] [--seconds 15]
//                 [--stripe-port N] [--push-secret S] [--json FILE]
// Stations pick-1 .. pick-N, pack-1 .., dispatch-1 .. and returns-1 .. must be there for N = concurrency (tests/bench/run makes them):
// a station remembers the shipment under work, so each client has stations of its own, as on a floor.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <thread>

#include "base/clock.hpp"
#include "bench/client.hpp"
#include "bench/fake_stripe.hpp"

namespace roundtrip::bench {
namespace {
using nlohmann::json;

constexpr int kProducts = 200;
constexpr const char* kRun = "bench";

struct Rate {
  double per_second = 0;
  std::int64_t count = 0;         // every step, those of the start and the end too
  double client_cpu_ms_each = 0;  // what this program itself used
};

struct Settings {
  Target target;
  int concurrency = 8;
  int seconds = 15;
  std::string push_secret;
};

// An EAN-13 of the range for internal use, with its check digit.
std::string ean_of(int product) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "2900%08d", product);
  int sum = 0;
  for (int i = 0; i < 12; ++i) sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
  return std::string(digits) + static_cast<char>('0' + (10 - sum % 10) % 10);
}
std::string sku_of(int product) { return "BENCH-" + std::to_string(product); }

void make_products(Client& client) {
  json products = json::array(), movements = json::array();
  for (int i = 0; i < kProducts; ++i) {
    products.push_back({{"sku", sku_of(i)}, {"name", "Bench thing " + std::to_string(i)}, {"barcodes", {ean_of(i)}}, {"weight_g", 250}});
    movements.push_back({{"warehouse", "main"}, {"sku", sku_of(i)}, {"quantity", 5'000'000}, {"reason", "receive"}});
  }
  client.must_post("/v1/products/batch", {{"items", products}}, quick_uuid());
  client.must_post("/v1/stock/movements/batch", {{"items", movements}}, quick_uuid());
}

json order_body(const std::string& number, const std::vector<std::pair<int, int>>& lines) {
  json body = {
      {"external_id", number},
      {"placed_at", format_rfc3339(now())},
      {"currency", "EUR"},
      {"customer", {{"name", "Ana Lima"}, {"email", "ana@example.org"}, {"locale", "pt-PT"}, {"time_zone", "Europe/Lisbon"}}},
      {"ship_to", {{"name", "Ana Lima"}, {"line1", "Rua A 1"}, {"city", "Lisboa"}, {"postal_code", "1000-001"}, {"country", "PT"}}},
      {"shipping", {{"amount", 500}, {"tax", 115}}}};
  std::int64_t total = 615;
  body["lines"] = json::array();
  for (const auto& [product, quantity] : lines) {
    body["lines"].push_back(
        {{"sku", sku_of(product)}, {"description", "Bench thing"}, {"quantity", quantity}, {"unit_price", 1250}, {"tax", 253}});
    total += 1250LL * quantity + 253;
  }
  body["payments"] = {{{"gateway", "stripe"}, {"reference", "ch_" + number}, {"captured", total}}};
  return body;
}

// One client with stations of its own.
class Worker {
 public:
  Worker(const Settings& settings, int number, Timings& timings, FakeStripe* stripe)
      : settings_(settings),
        client_(settings.target),
        number_(number),
        timings_(timings),
        stripe_(stripe),
        random_(static_cast<unsigned>(number)) {}

  json scan(const char* kind, const std::string& barcode, int quantity = 1) {
    json body = {{"scan_id", quick_uuid()},
                 {"station", std::string(kind) + "-" + std::to_string(number_)},
                 {"barcode", barcode},
                 {"scanned_at", format_rfc3339(now())}};
    if (quantity != 1) body["quantity"] = quantity;
    const json answer = timed(timings_, std::string("scan at ") + kind, [&] { return client_.must_post("/v1/scans", body); });
    if (answer.at("outcome") != "accepted") throw std::runtime_error("scan of " + barcode + " at " + kind + ": " + answer.dump());
    return answer;
  }

  // Order, two picks, two packs, dispatch, five tracking events, return, return scan, refund.
  void live_once() {
    const std::int64_t began = clock_us();
    const std::string number = kRun + std::string("-") + quick_uuid();
    const int first = static_cast<int>(random_() % kProducts),
              second = (first + 1 + static_cast<int>(random_() % (kProducts - 1))) % kProducts;
    const json taken = timed(timings_, "order", [&] {
      return client_.must_post("/v1/orders", order_body(number, {{first, 1}, {second, 1}}), number);
    });
    const std::string path = "/v1/orders/" + taken.at("id").get<std::string>();
    const std::string shipment = taken.at("shipments").at(0).at("code");
    for (const char* station : {"pick", "pack"}) {
      scan(station, shipment);
      scan(station, ean_of(first));
      scan(station, ean_of(second));
    }
    json order = timed(timings_, "read order", [&] { return client_.must_get(path); });
    scan("dispatch", order.at("shipments").at(0).at("parcels").at(0).at("code"));
    order = timed(timings_, "read order", [&] { return client_.must_get(path); });
    track(order.at("shipments").at(0).at("parcels").at(0).at("tracking_number"));
    give_back(order, "ch_" + number);
    timings_.add("lifecycle", clock_us() - began);
  }

  // An order so large that one shipment can be picked from for the whole run; gives the item's barcode.
  std::string open_endless_shipment() {
    const std::string number = kRun + std::string("-") + quick_uuid();
    const json taken = client_.must_post("/v1/orders", order_body(number, {{number_ % kProducts, 400'000}}), number);
    scan("pick", taken.at("shipments").at(0).at("code"));
    return ean_of(number_ % kProducts);
  }

  // A few orders to read, shipped lines and all.
  std::string make_order_to_read() {
    const std::string number = kRun + std::string("-") + quick_uuid();
    return "/v1/orders/" +
           client_.must_post("/v1/orders", order_body(number, {{1, 2}, {2, 1}, {3, 4}}), number).at("id").get<std::string>();
  }

  Client& client() { return client_; }

 private:
  void track(const std::string& number) {
    static constexpr const char* kCodes[] = {"ACC", "DEP", "ARR", "OFD", "DLV"};
    for (int i = 0; i < 5; ++i) {
      const json event = {
          {"code", kCodes[i]}, {"text", "On its way"}, {"place", "Lisboa"}, {"at", format_rfc3339(now() - (5 - i) * kMinute)}};
      const json body = {{"parcels", {{{"number", number}, {"events", {event}}}}}};
      timed(timings_, "tracking event", [&] { return client_.must_post("/v1/carriers/demo/events/" + settings_.push_secret, body); });
    }
  }

  void give_back(const json& order, const std::string& charge) {
    json lines = json::array();
    for (const auto& line : order.at("lines")) lines.push_back({{"line_id", line.at("id")}, {"quantity", 1}, {"reason", "changed_mind"}});
    const json body = {{"order_id", order.at("id")}, {"kind", "return"}, {"lines", lines}, {"outcome", "refund"}};
    const json made = timed(timings_, "return", [&] { return client_.must_post("/v1/returns", body, quick_uuid()); });
    const std::int64_t scanned = clock_us();
    scan("returns", made.at("code"));
    if (!stripe_->wait_for(charge, 1, 30'000)) throw std::runtime_error("the refund of " + charge + " did not come within 30 s");
    timings_.add("scan to refund paid", clock_us() - scanned);
  }

  const Settings& settings_;
  Client client_;
  int number_;
  Timings& timings_;
  FakeStripe* stripe_;
  std::minstd_rand random_;
};

// Runs `step` in every thread until the time is over. The first failure ends the run.
Rate run_for(const Settings& settings, Timings& timings, FakeStripe* stripe, const std::function<std::function<void()>(Worker&)>& prepare) {
  std::atomic<bool> over{false};
  std::atomic<std::int64_t> steps{0};
  std::atomic<int> ready{0};
  std::exception_ptr failure;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 1; i <= settings.concurrency; ++i) {
    threads.emplace_back([&, i] {
      try {
        Worker worker(settings, i, timings, stripe);
        const auto step = prepare(worker);
        ++ready;
        while (!over) {
          step();
          ++steps;
        }
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        over = true;
      }
    });
  }
  while (ready < settings.concurrency && !over) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const std::int64_t first = steps, began = clock_us();
  while (!over && clock_us() - began < settings.seconds * 1'000'000LL) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const double rate = static_cast<double>(steps - first) * 1e6 / static_cast<double>(clock_us() - began);
  over = true;
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  const double cpu_ms = static_cast<double>(std::clock()) * 1000.0 / CLOCKS_PER_SEC;
  return {rate, steps, cpu_ms / static_cast<double>(std::max<std::int64_t>(steps, 1))};
}

int run(int argc, char** argv) {
  const Arguments arguments(argc, argv);
  Settings settings;
  settings.target = parse_target(arguments.text("url", "http://127.0.0.1:8080"), arguments.text("key", ""));
  settings.concurrency = arguments.number("concurrency", 8);
  settings.seconds = arguments.number("seconds", 15);
  settings.push_secret = arguments.text("push-secret", "");
  const std::string mode = arguments.text("mode", "lifecycle");
  Timings timings;
  std::unique_ptr<FakeStripe> stripe;
  if (mode == "lifecycle") stripe = std::make_unique<FakeStripe>(arguments.number("stripe-port", 0));
  Client setup(settings.target);
  make_products(setup);
  std::function<std::function<void()>(Worker&)> prepare;
  if (mode == "lifecycle") {
    prepare = [](Worker& worker) { return [&worker] { worker.live_once(); }; };
  } else if (mode == "scans") {
    prepare = [](Worker& worker) {
      const std::string barcode = worker.open_endless_shipment();
      return [&worker, barcode] { worker.scan("pick", barcode); };
    };
  } else if (mode == "get-order" || mode == "livez") {
    prepare = [&](Worker& worker) {
      const std::string path = mode == "livez" ? "/livez" : worker.make_order_to_read();
      return [&worker, &timings, mode, path] {
        const Reply reply = timed(timings, mode, [&] { return worker.client().get(path); });
        if (reply.status != 200) throw std::runtime_error(path + " -> " + std::to_string(reply.status));
      };
    };
  } else {
    throw std::runtime_error("unknown --mode " + mode + "; one of lifecycle, get-order, livez, scans");
  }
  const Rate rate = run_for(settings, timings, stripe.get(), prepare);
  timings.print(mode.c_str());
  std::printf("%s: %.1f per second at concurrency %d\n", mode.c_str(), rate.per_second, settings.concurrency);
  std::printf("processor time of one %s: client %.2f ms\n", mode.c_str(), rate.client_cpu_ms_each);
  if (stripe) {
    std::printf("refunds paid by the gateway: %lld, asked again for a key that was paid: %lld\n", static_cast<long long>(stripe->refunds()),
                static_cast<long long>(stripe->paid_twice()));
  }
  if (const auto file = arguments.text("json", ""); !file.empty())
    std::ofstream(file) << json{{"mode", mode}, {"per_second", rate.per_second}, {"count", rate.count}}.dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace roundtrip::bench

int main(int argc, char** argv) {
  try {
    return roundtrip::bench::run(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "bench_lifecycle: " << fault.what() << "\n";
    return 1;
  }
}
