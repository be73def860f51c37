// A month of a real shop, worked through the running service as the floor would; a client and nothing else.
//
// bench_replay --url unix:PATH --key KEY --mapping FILE --file FILE.csv.gz [--stations 8] [--stripe-port N] [--wait-s 120] [--limit N]
// The orders of the file must have been imported (roundtrip import orders --stock-for-orders) with gateway "stripe". Picks, packs and
// dispatches by scans, waits for the demo carrier, turns the month's cancellations that match an earlier line into returns, scans
// them, waits for refunds, then reconciles goods, money and messages. Exit code 0 when nothing is left over that is not explained.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "base/clock.hpp"
#include "bench/cancellations.hpp"
#include "bench/client.hpp"
#include "bench/fake_stripe.hpp"
#include "connectors/mapping.hpp"
#include "connectors/retail.hpp"

namespace roundtrip::bench {
namespace {
using connectors::Document;
using connectors::DocumentKind;
using nlohmann::json;

// One order of the month, as the client knows it.
struct Work {
  std::string id, number;
};

// Hands out tasks to threads; the first failure stops everything.
class Crew {
 public:
  // Runs `work(client, station number, task)` for tasks 0 .. count-1 with `stations` threads.
  static void run(const Target& target, int stations, std::size_t count, const std::function<void(Client&, int, std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (int station = 1; station <= stations; ++station) {
      threads.emplace_back([&, station] {
        try {
          Client client(target);
          for (std::size_t task = next++; task < count; task = next++) work(client, station, task);
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!failure) failure = std::current_exception();
          next = count;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    if (failure) std::rethrow_exception(failure);
  }
};

struct Totals {
  std::map<std::string, std::int64_t> counts;
  std::mutex mutex;
  void add(const std::string& name, std::int64_t count = 1) {
    const std::lock_guard lock(mutex);
    counts[name] += count;
  }
  std::int64_t operator[](const std::string& name) { return counts[name]; }
};

class Replay {
 public:
  Replay(Target target, int stations, int stripe_port, int wait_s)
      : target_(std::move(target)), stations_(stations), wait_s_(wait_s), stripe_(stripe_port) {}

  void run(const std::vector<Document>& documents, std::size_t limit) {
    const auto wanted = match_cancellations(documents, explained_);
    find_orders(documents, limit);
    read_stock(documents, before_);
    work_the_floor();
    wait_for_deliveries();
    give_back(documents, wanted);
    wait_for_refunds();
    wait_for_messages();
    reconcile(documents);
  }
  int exit_code() const { return faults_ == 0 ? 0 : 1; }

 private:
  void find_orders(const std::vector<Document>& documents, std::size_t limit) {
    std::set<std::string> numbers;
    for (const Document& document : documents) {
      if (document.kind == DocumentKind::order || document.kind == DocumentKind::free) numbers.insert(document.number);
    }
    Client client(target_);
    std::string cursor;
    do {
      const json page = client.must_get("/v1/orders?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (const auto& item : page.at("items")) {
        if (numbers.contains(item.at("external_id")) && orders_.size() < limit) orders_.push_back({item.at("id"), item.at("external_id")});
      }
      cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
    } while (!cursor.empty());
    std::sort(orders_.begin(), orders_.end(), [](const Work& a, const Work& b) { return a.number < b.number; });
    for (const Work& order : orders_) id_of_[order.number] = order.id;
    std::printf("%zu orders of the file are here, %zu were in it\n", orders_.size(), numbers.size());
    if (orders_.empty()) throw std::runtime_error("no order of the file is here: import it first");
  }

  void read_stock(const std::vector<Document>& documents, std::map<std::string, std::int64_t>& out) {
    std::set<std::string> skus;
    for (const Document& document : documents) {
      for (const auto& row : document.rows) {
        if (row.goods) skus.insert(row.sku);
      }
    }
    const std::vector<std::string> all(skus.begin(), skus.end());
    std::mutex mutex;
    Crew::run(target_, stations_, all.size(), [&](Client& client, int, std::size_t task) {
      const Reply reply = client.get("/v1/stock/" + escaped(all[task]));
      if (reply.status == 404) return;  // a product that no order made
      const std::int64_t on_hand = reply.json().at("on_hand");
      const std::lock_guard lock(mutex);
      out[all[task]] = on_hand;
    });
  }

  static std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned char>(c));
      out += std::isalnum(static_cast<unsigned char>(c)) ? std::string(1, c) : std::string(hex);
    }
    return out;
  }

  json scan(Client& client, const char* kind, int station, const std::string& barcode, std::int64_t quantity, const char* step) {
    json body = {{"scan_id", quick_uuid()},
                 {"station", std::string(kind) + "-" + std::to_string(station)},
                 {"barcode", barcode},
                 {"scanned_at", format_rfc3339(now())}};
    if (quantity != 1) body["quantity"] = quantity;
    // A busy service is asked again with the same scan id: the floor's scanners do so, and law 6 makes it safe.
    Reply reply;
    for (int tries = 0; tries < 5; ++tries) {
      reply = timed(timings_, step, [&] { return client.post("/v1/scans", body); });
      if (reply.status != 503) break;
      explained_.add("scan that was asked again: the service was busy (503)");
    }
    if (reply.status != 200)
      throw std::runtime_error("a scan was answered " + std::to_string(reply.status) + ": " + reply.body.substr(0, 600));
    const json answer = reply.json();
    totals_.add("scans");
    if (answer.at("outcome") != "accepted") {
      throw std::runtime_error(std::string("scan of ") + barcode + " at " + kind + " was not accepted: " + answer.dump());
    }
    return answer;
  }

  // Picks, packs and dispatches every shipment of an order that has stock.
  void work_order(Client& client, int station, const Work& work) {
    const std::string path = "/v1/orders/" + work.id;
    const json order = client.must_get(path);
    for (const json& shipment : order.at("shipments")) {
      if (shipment.at("status") == "backordered") {
        explained_.add("shipment that waits for stock");
        continue;
      }
      if (shipment.at("status") != "allocated") continue;
      const std::string code = shipment.at("code");
      for (const char* kind : {"pick", "pack"}) {
        const bool pick = kind == std::string("pick");
        scan(client, kind, station, code, 1, pick ? "open for picking" : "open for packing");
        for (const json& line : shipment.at("lines")) {
          scan(client, kind, station, line.at("sku"), line.at("quantity"), pick ? "pick a line" : "pack a line");
        }
      }
    }
    const json packed = client.must_get(path);
    for (const json& shipment : packed.at("shipments")) {
      for (const json& parcel : shipment.at("parcels")) {
        if (parcel.at("state") != "closed") continue;
        scan(client, "dispatch", station, parcel.at("code"), 1, "dispatch a parcel");
        totals_.add("parcels");
      }
    }
    totals_.add("orders worked");
  }

  void work_the_floor() {
    const std::int64_t began = clock_us();
    Crew::run(target_, stations_, orders_.size(),
              [&](Client& client, int station, std::size_t task) { work_order(client, station, orders_[task]); });
    const double seconds = static_cast<double>(clock_us() - began) / 1e6;
    std::printf("floor: %lld orders, %lld scans, %lld parcels in %.1f s at %d stations of each kind: %.1f orders/s, %.0f scans/s\n",
                num("orders worked"), num("scans"), num("parcels"), seconds, stations_, static_cast<double>(num("orders worked")) / seconds,
                static_cast<double>(num("scans")) / seconds);
    std::fflush(stdout);
  }
  long long num(const std::string& name) { return static_cast<long long>(totals_[name]); }

  // Until no order is on its way, or nothing has changed for a while.
  void wait_for_deliveries() {
    const std::int64_t began = clock_us();
    std::int64_t last_count = -1, changed = began;
    Client client(target_);
    for (;;) {
      std::int64_t on_the_way = 0;
      for (const char* status : {"shipped", "partly_shipped"}) {
        std::string cursor;
        do {
          const json page =
              client.must_get("/v1/orders?status=" + std::string(status) + "&limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
          on_the_way += static_cast<std::int64_t>(page.at("items").size());
          cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
        } while (!cursor.empty());
      }
      const std::int64_t at = clock_us();
      if (on_the_way != last_count) changed = at;
      last_count = on_the_way;
      if (on_the_way == 0 || at - changed > wait_s_ * 1'000'000LL) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    std::printf("carrier: %lld orders still on their way after %.1f s\n", static_cast<long long>(last_count),
                static_cast<double>(clock_us() - began) / 1e6);
    std::fflush(stdout);
  }

  void give_back(const std::vector<Document>& documents, const std::vector<WantedReturn>& wanted) {
    const std::int64_t began = clock_us(), scans_before = num("scans");
    // Two returns of one order one after the other, others side by side.
    std::map<std::string, std::vector<const WantedReturn*>> by_order;
    for (const auto& one : wanted) {
      if (id_of_.contains(one.order_number)) by_order[one.order_number].push_back(&one);
    }
    std::vector<std::vector<const WantedReturn*>> tasks;
    for (auto& [number, list] : by_order) tasks.push_back(std::move(list));
    Crew::run(target_, stations_, tasks.size(), [&](Client& client, int station, std::size_t task) {
      for (const auto* one : tasks[task]) return_one(client, station, *one);
    });
    (void)documents;
    const double seconds = static_cast<double>(clock_us() - began) / 1e6;
    std::printf("returns: %lld made and scanned in %.1f s, %lld refunds requested (%lld scans)\n", num("returns"), seconds,
                num("refunds requested"), num("scans") - scans_before);
    std::fflush(stdout);
  }

  void return_one(Client& client, int station, const WantedReturn& wanted) {
    const json order = client.must_get("/v1/orders/" + id_of_.at(wanted.order_number));
    json lines = json::array();
    std::int64_t units = 0;
    for (const auto& [position, count] : wanted.units) {
      lines.push_back({{"line_id", order.at("lines").at(position).at("id")}, {"quantity", count}, {"reason", "changed_mind"}});
      units += count;
    }
    const json body = {{"order_id", order.at("id")}, {"kind", "return"}, {"lines", lines}, {"outcome", "refund"}};
    const Reply made = timed(timings_, "make a return", [&] { return client.post("/v1/returns", body, quick_uuid()); });
    if (made.status / 100 != 2) {
      const json problem = made.json();
      explained_.add("return refused by policy: " + problem.value("code", "?") + " (order is " + order.at("status").get<std::string>() +
                     ")");
      if (made.status >= 500) fault("a return was answered " + std::to_string(made.status));
      return;
    }
    const json view = made.json();
    if (view.at("status") != "approved") {
      explained_.add("return that waits for a person: " + view.at("status").get<std::string>());
      return;
    }
    totals_.add("returns");
    totals_.add("units announced", units);
    const json answer = scan(client, "returns", station, view.at("code"), 1, "scan a return");
    for (const json& effect : answer.at("effects")) {
      if (effect.at("type") != "refund.requested") continue;
      totals_.add("refunds requested");
      const std::lock_guard lock(mutex_);
      refunds_.push_back(effect.at("id"));
    }
  }

  void wait_for_refunds() {
    const std::int64_t began = clock_us();
    Client client(target_);
    for (const std::string& id : refunds_) {
      for (;;) {
        const json refund = client.must_get("/v1/refunds/" + id);
        const std::string state = refund.at("state");
        if (state == "succeeded") break;
        if (state == "failed" || state == "denied" || refund.at("approval_needed") == true) {
          explained_.add("refund that waits for a person: " + state +
                         (refund.at("approval_needed") == true ? ", a second person must approve" : ""));
          break;
        }
        if (clock_us() - began > 120'000'000) {
          fault("refund " + id + " is still " + state + " after 120 s");
          break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    }
    std::printf("refunds: %zu settled %.1f s after the last scan\n", refunds_.size(), static_cast<double>(clock_us() - began) / 1e6);
    std::fflush(stdout);
  }

  // Until nothing is queued or being sent.
  void wait_for_messages() {
    const std::int64_t began = clock_us();
    for (;;) {
      std::atomic<int> waiting{0};
      Crew::run(target_, stations_, orders_.size(), [&](Client& client, int, std::size_t task) {
        const json messages = client.must_get("/v1/orders/" + orders_[task].id + "/notifications");
        for (const json& told : messages.at("items")) waiting += told.at("state") == "queued" || told.at("state") == "sending" ? 1 : 0;
      });
      if (waiting == 0) return;
      if (clock_us() - began > 60'000'000) {
        explained_.add("message not sent within 60 s", waiting);
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }

  // Adds one order's lines, money, books and messages to the sums.
  void sum_up(Client& client, const Work& work) {
    const std::string path = "/v1/orders/" + work.id;
    const json order = client.must_get(path);
    const std::string currency = order.at("currency");
    totals_.add("order " + order.at("status").get<std::string>());
    std::map<std::string, std::int64_t> shipped, returned;
    for (const json& line : order.at("lines")) {
      if (!line.at("goods").get<bool>()) continue;
      shipped[line.at("sku")] += line.at("shipped").get<std::int64_t>();
      returned[line.at("sku")] += line.at("returned").get<std::int64_t>();
      totals_.add("units ordered", line.at("quantity"));
      totals_.add("units shipped", line.at("shipped"));
      totals_.add("units returned", line.at("returned"));
    }
    totals_.add("captured", amount_of(order.at("money").at("captured")));
    totals_.add("refunded", amount_of(order.at("money").at("refunded")));
    for (const json& refund : order.at("refunds"))
      totals_.add("refund " + refund.at("state").get<std::string>(), amount_of(refund.at("amount")));
    const bool on_its_way = order.at("status") == "shipped" || order.at("status") == "partly_shipped";
    for (const json& shipment : order.at("shipments")) {
      for (const json& parcel : shipment.at("parcels")) {
        totals_.add("parcel " + parcel.at("status").get<std::string>());
        if (on_its_way && parcel.at("status") != "delivered") {
          const std::string why = parcel.at("reason").is_null() ? "" : ", " + parcel.at("reason").get<std::string>();
          explained_.add("parcel not delivered: the carrier says " + parcel.at("status").get<std::string>() + why);
        }
      }
    }
    const json ledger = client.must_get(path + "/ledger"), messages = client.must_get(path + "/notifications");
    for (const json& entry : ledger.at("items"))
      totals_.add("ledger " + entry.at("account").get<std::string>(), amount_of(entry.at("amount")));
    for (const json& told : messages.at("items")) {
      std::string state = told.at("state");
      if (state == "superseded") {
        const std::string why = told.at("last_error").is_null() ? "" : told.at("last_error").get<std::string>();
        state += ": " + (why.starts_with("told by") ? "told in another mail" : why == "no_address" ? why : "no longer true");
      }
      totals_.add("told " + told.at("milestone").get<std::string>() + " " + state);
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [sku, units] : shipped) shipped_[sku] += units;
    for (const auto& [sku, units] : returned) returned_[sku] += units;
  }
  static std::int64_t amount_of(const json& money) {
    return money.is_object() ? money.at("amount").get<std::int64_t>() : money.get<std::int64_t>();
  }

  void fault(const std::string& what) {
    std::printf("  NOT EXPLAINED: %s\n", what.c_str());
    ++faults_;
  }
  void expect(const char* what, std::int64_t left, std::int64_t right) {
    std::printf("  %-66s %14lld %14lld  %s\n", what, static_cast<long long>(left), static_cast<long long>(right),
                left == right ? "ok" : "DIFFERENT");
    if (left != right) ++faults_;
  }

  void expect_at_most(const char* what, std::int64_t left, std::int64_t right) {
    std::printf("  %-66s %14lld %14lld  %s\n", what, static_cast<long long>(left), static_cast<long long>(right),
                left <= right ? "ok" : "TOO MANY");
    if (left > right) ++faults_;
  }

  void reconcile(const std::vector<Document>& documents) {
    Crew::run(target_, stations_, orders_.size(), [&](Client& client, int, std::size_t task) { sum_up(client, orders_[task]); });
    std::map<std::string, std::int64_t> after;
    read_stock(documents, after);
    std::int64_t in = 0, stock = 0, by_sku = 0;
    for (const auto& [sku, units] : before_) in += units;
    for (const auto& [sku, units] : after) stock += units;
    // Only goods that went back to stock are there again; every return of this replay is restocked by the plain policy.
    for (const auto& [sku, units] : before_) {
      if (units - shipped_[sku] + returned_[sku] != after[sku]) ++by_sku;
    }
    std::printf("\nreconciliation%56s %14s\n", "left", "right");
    expect("goods in + goods back = goods out + stock", in + num("units returned"), num("units shipped") + stock);
    expect("... SKUs for which it does not hold = 0", by_sku, 0);
    expect("units announced in returns = units back", num("units announced"), num("units returned"));
    expect("money refunded = refunds that succeeded", num("refunded"), num("refund succeeded"));
    expect("money refunded = paid out by the gateway", num("refunded"), stripe_.paid());
    expect("money captured - refunded = ledger, account gateway", num("captured") - num("refunded"), num("ledger gateway"));
    expect("ledger sums to zero", num("ledger gateway") + num("ledger sales") + num("ledger fees") + num("ledger refunds_payable"), 0);
    expect("calls of the gateway with a key that was paid already = 0", stripe_.paid_twice(), 0);
    expect("refunds at the gateway = refunds requested", stripe_.refunds(), num("refunds requested"));
    expect("order_received messages = 0 (history is imported silently)", told("order_received"), 0);
    expect("parcels = shipped messages + merged ones + customers without an address", num("parcels"),
           told("shipped") + told("partly_shipped") + not_told("shipped") + not_told("partly_shipped"));
    expect("delivered parcels = delivered messages + merged + without an address", num("parcel delivered"),
           told("delivered") + not_told("delivered"));
    expect_at_most("return_received messages <= returns", told("return_received"), num("returns"));
    expect_at_most("refund_paid messages <= refunds", told("refund_paid"), num("refunds requested"));
    expect("messages that died = 0", dead(), 0);
    std::printf("\nfinal states\n");
    for (const auto& [name, count] : totals_.counts) {
      if (name.starts_with("order ") || name.starts_with("parcel ") || name.starts_with("told "))
        std::printf("  %8lld  %s\n", static_cast<long long>(count), name.c_str());
    }
    explained_.print("\nexplained");
    if (num("order open") != 0) fault(std::to_string(num("order open")) + " orders are still open");
    timings_.print("\nsteps");
    std::printf("\n%s\n",
                faults_ == 0 ? "Everything adds up; nothing is left over that is not explained." : "Something does not add up; see above.");
  }

  // Messages of a milestone that went out or will.
  std::int64_t told(const std::string& milestone) {
    return sum_of("told " + milestone + " ", [](const std::string& name) { return name.find(" superseded") == std::string::npos; });
  }
  // Those that did not, for one of the two good reasons.
  std::int64_t not_told(const std::string& milestone) {
    return sum_of("told " + milestone + " superseded: ",
                  [](const std::string& name) { return name.ends_with("told in another mail") || name.ends_with("no_address"); });
  }
  std::int64_t sum_of(const std::string& prefix, const std::function<bool(const std::string&)>& counts) {
    std::int64_t sum = 0;
    for (const auto& [name, count] : totals_.counts) {
      if (name.starts_with(prefix) && counts(name)) sum += count;
    }
    return sum;
  }
  std::int64_t dead() {
    return sum_of("told ", [](const std::string& name) { return name.ends_with(" dead"); });
  }

  Target target_;
  int stations_, wait_s_;
  FakeStripe stripe_;
  Timings timings_;
  Totals totals_;
  Explained explained_;
  std::vector<Work> orders_;
  std::map<std::string, std::string> id_of_;
  std::map<std::string, std::int64_t> before_, shipped_, returned_;
  std::vector<std::string> refunds_;
  std::mutex mutex_;
  int faults_ = 0;
};

int run(int argc, char** argv) {
  const Arguments arguments(argc, argv);
  const auto mapping = connectors::load_mapping(arguments.text("mapping", ""));
  if (!mapping) throw std::runtime_error(mapping.error().message);
  const auto documents = read_documents(*mapping, arguments.text("file", ""));
  Replay replay(parse_target(arguments.text("url", ""), arguments.text("key", "")), arguments.number("stations", 8),
                arguments.number("stripe-port", 0), arguments.number("wait-s", 60));
  replay.run(documents, static_cast<std::size_t>(arguments.number("limit", 1'000'000)));
  return replay.exit_code();
}

}  // namespace
}  // namespace roundtrip::bench

int main(int argc, char** argv) {
  try {
    return roundtrip::bench::run(argc, argv);
  } catch (const std::exception& fault) {
    std::cerr << "bench_replay: " << fault.what() << "\n";
    return 1;
  }
}
