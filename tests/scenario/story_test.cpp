// The story: an order goes out, comes back, and the money follows - over HTTP, with the real workers, a real
// carrier, gateway and mail server on sockets. Then the same story while the program is killed again and again.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "service.hpp"
#include "store/stock.hpp"
#include "store/timeline.hpp"
#include "support/fake_stripe.hpp"
#include "support/smtp_server.hpp"

namespace roundtrip::test {
namespace {
using nlohmann::json;

json order_of(const std::string& external_id, std::int64_t quantity, const std::string& charge) {
  return {
      {"external_id", external_id},
      {"placed_at", "2026-11-20T09:15:00Z"},
      {"currency", "EUR"},
      {"customer",
       {{"external_id", "c-17"}, {"name", "Ana Lima"}, {"email", "ana@example.org"}, {"locale", "pt-PT"}, {"time_zone", "Europe/Lisbon"}}},
      {"ship_to", {{"name", "Ana Lima"}, {"line1", "Rua A 1"}, {"city", "Lisboa"}, {"postal_code", "1000-001"}, {"country", "PT"}}},
      {"lines",
       {{{"external_id", "1"},
         {"sku", "MUG-RED"},
         {"description", "Red mug"},
         {"quantity", quantity},
         {"unit_price", 1250},
         {"discount", 301},
         {"tax", 507}}}},
      {"shipping", {{"amount", 500}, {"tax", 115}}},
      {"payments", {{{"gateway", "stripe"}, {"reference", charge}, {"captured", 1250 * quantity - 301 + 507 + 615}}}}};
}

// Sends until there is an answer: the program may be dead for a moment. Every call is safe to repeat.
bench::Reply insist(const bench::Target& target, const std::string& method, const std::string& path, const std::string& body,
                    const std::string& idempotency_key = "") {
  const std::string headers = idempotency_key.empty() ? "" : "Idempotency-Key: " + idempotency_key + "\r\n";
  const auto end = bench::clock_us() + 60'000'000;
  while (true) {
    try {
      auto reply = bench::Client(target).send(method, path, body, headers);
      const bool later = reply.status == 503 || (reply.status == 409 && reply.body.find("request_in_flight") != std::string::npos);
      if (!later || bench::clock_us() > end) return reply;
    } catch (const std::exception&) {
      if (bench::clock_us() > end) throw;
    }
    ::usleep(20'000);
  }
}

json scan_at(const bench::Target& target, const std::string& station, const std::string& barcode) {
  const json body = {{"scan_id", bench::quick_uuid()}, {"station", station}, {"barcode", barcode}};
  const auto reply = insist(target, "POST", "/v1/scans", body.dump());
  EXPECT_EQ(reply.status, 200) << reply.body;
  return reply.json();
}

json must_be_accepted(const bench::Target& target, const std::string& station, const std::string& barcode) {
  const json answer = scan_at(target, station, barcode);
  EXPECT_EQ(answer.value("outcome", ""), "accepted") << station << " " << barcode << ": " << answer.dump();
  return answer;
}

json read_order(const bench::Target& target, const std::string& id) { return insist(target, "GET", "/v1/orders/" + id, "").json(); }

void stock_up(const bench::Target& target, std::int64_t quantity) {
  ASSERT_LT(insist(target, "PUT", "/v1/products/MUG-RED", json{{"name", "Red mug"}, {"barcodes", {"4006381333900"}}}.dump()).status, 300);
  const json movement = {{"warehouse", "main"}, {"sku", "MUG-RED"}, {"quantity", quantity}, {"reason", "receive"}};
  ASSERT_EQ(insist(target, "POST", "/v1/stock/movements", movement.dump()).status, 201);
}

// Order to return scan; gives the order's id. `suffix` picks the stations.
std::string live(const bench::Target& target, const std::string& external_id, std::int64_t quantity, const std::string& charge,
                 const std::string& suffix) {
  const auto taken = insist(target, "POST", "/v1/orders", order_of(external_id, quantity, charge).dump(), "ord-" + external_id);
  EXPECT_EQ(taken.status, 201) << taken.body;
  const json order = taken.json();
  const std::string id = order.at("id");
  const std::string shipment = order.at("shipments").at(0).at("code");
  must_be_accepted(target, "pick-" + suffix, shipment);
  for (std::int64_t i = 0; i < quantity; ++i) must_be_accepted(target, "pick-" + suffix, "4006381333900");
  must_be_accepted(target, "pack-" + suffix, shipment);
  for (std::int64_t i = 0; i < quantity; ++i) must_be_accepted(target, "pack-" + suffix, "4006381333900");
  const json packed = read_order(target, id);
  must_be_accepted(target, "dispatch-1", packed.at("shipments").at(0).at("parcels").at(0).at("code"));
  const json wish = {{"order_id", id},
                     {"kind", "return"},
                     {"outcome", "refund"},
                     {"lines", {{{"line_id", order.at("lines").at(0).at("id")}, {"quantity", quantity}, {"reason", "too_small"}}}}};
  // Killed between the work and the answer: the key gives the same answer all the same.
  const auto made = insist(target, "POST", "/v1/returns", wish.dump(), "ret-" + external_id);
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(read_order(target, id).at("returns").size(), 1u);
  must_be_accepted(target, "returns-" + suffix, made.json().at("code"));
  return id;
}

bool paid_back(const json& order) {
  const auto& refunds = order.at("refunds");
  return refunds.size() == 1 && refunds.at(0).at("state") == "succeeded";
}

void expect_books_in_order(Service& service) {
  auto& db = service.database().db();
  store::Session session(db);
  EXPECT_TRUE(store::verify_timeline(db, service.merchant(), std::nullopt).empty());
  for (const auto& fault : store::verify_stock(session, service.merchant())) ADD_FAILURE() << fault.sku << ": " << fault.what;
  EXPECT_EQ(session.value<std::int64_t>("SELECT coalesce(sum(amount), 0)::bigint FROM ledger WHERE merchant_id = $1", service.merchant()),
            0);
  EXPECT_EQ(session.value<std::int64_t>("SELECT count(*) FROM jobs WHERE merchant_id = $1 AND dead_at IS NOT NULL", service.merchant()), 0);
}

TEST(StoryTest, AnOrderGoesOutComesBackAndIsPaidBackOnce) {
  FakeStripe stripe;
  SmtpServer smtp;
  Service service({{"GATEWAYS__STRIPE__BASE_URL", stripe.base_url()},
                   {"GATEWAYS__STRIPE__SECRET_KEY", "sk_test_1"},
                   {"MAIL__SMTP_URL", smtp.url()},
                   {"CARRIERS__DEMO__DAY_S", "1"},
                   {"CARRIERS__DEMO__GOOD_PERCENT", "100"},
                   {"CARRIERS__DEMO__FAULT_PERCENT", "0"},
                   {"CARRIERS__DEMO__POLL_S", "1"}});
  service.start();
  const auto target = service.target();
  stock_up(target, 10);
  stripe.capture("ch_story", 1250 * 2 - 301 + 507 + 615);
  const std::string id = live(target, "STORY-1", 2, "ch_story", "1");
  ASSERT_TRUE(wait_until(30, [&] { return paid_back(read_order(target, id)); })) << read_order(target, id).dump(1);
  const json order = read_order(target, id);
  EXPECT_EQ(order["money"]["refunded"]["amount"], 1250 * 2 - 301 + 507 + 615);
  EXPECT_EQ(order["money"]["refundable"]["amount"], 0);
  EXPECT_EQ(stripe.paid("ch_story"), 1250 * 2 - 301 + 507 + 615);
  EXPECT_TRUE(stripe.faults().empty()) << stripe.faults().front();
  ASSERT_TRUE(wait_until(40, [&] { return read_order(target, id)["status"] == "delivered"; })) << read_order(target, id).dump(1);
  ASSERT_TRUE(wait_until(20, [&] { return smtp.mails().size() >= 5; }));
  std::set<std::string> message_ids;
  for (const auto& mail : smtp.mails()) {
    const auto at = mail.bytes.find("Message-Id:");
    ASSERT_NE(at, std::string::npos);
    EXPECT_TRUE(message_ids.insert(mail.bytes.substr(at, mail.bytes.find("\r\n", at) - at)).second) << "the same mail twice";
  }
  EXPECT_TRUE(smtp.faults().empty()) << smtp.faults().front();
  const json stock = insist(target, "GET", "/v1/stock/MUG-RED", "").json();
  EXPECT_EQ(stock["on_hand"], 10);  // out and back
  EXPECT_EQ(stock["reserved"], 0);
  expect_books_in_order(service);
}

TEST(StoryTest, KilledAgainAndAgainNothingIsLostOrDoubled) {
  constexpr int kOrders = 60;
  constexpr std::int64_t kEach = 1250 * 3 - 301 + 507 + 615;
  FakeStripe stripe;
  SmtpServer smtp;
  Service service({{"GATEWAYS__STRIPE__BASE_URL", stripe.base_url()},
                   {"GATEWAYS__STRIPE__SECRET_KEY", "sk_test_1"},
                   {"MAIL__SMTP_URL", smtp.url()},
                   {"CARRIERS__DEMO__DAY_S", "1"},
                   {"CARRIERS__DEMO__GOOD_PERCENT", "100"},
                   {"CARRIERS__DEMO__FAULT_PERCENT", "0"},
                   {"CARRIERS__DEMO__POLL_S", "1"},
                   {"JOBS__LEASE_S", "2"},
                   {"TRACKING__LEASE_S", "2"},
                   {"GATEWAYS__TIMEOUT_MS", "400"}});
  service.start();
  const auto target = service.target();
  stock_up(target, 3 * kOrders);
  for (int i = 0; i < kOrders; ++i) stripe.capture("ch_" + std::to_string(i), kEach);
  std::vector<std::string> ids(kOrders);
  std::atomic<int> next{0}, finished{0};
  std::vector<std::jthread> people;
  for (const std::string suffix : {"1", "2"}) {
    people.emplace_back([&, suffix] {
      for (int i = next++; i < kOrders; i = next++) {
        try {
          ids[static_cast<std::size_t>(i)] = live(target, "KILL-" + std::to_string(i), 3, "ch_" + std::to_string(i), suffix);
        } catch (const std::exception& fault) {
          ADD_FAILURE() << "order " << i << ": " << fault.what();
          finished = next = kOrders;  // nobody goes on
        }
        ++finished;
      }
    });
  }
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  int kills = 0;
  while (finished < kOrders) {
    ::usleep(std::uniform_int_distribution<useconds_t>(100'000, 600'000)(random));
    service.kill_minus_9();
    service.start();
    ++kills;
  }
  for (auto& person : people) person.join();
  ASSERT_FALSE(HasFailure());
  EXPECT_GT(kills, 0);
  for (const auto& id : ids) {
    ASSERT_TRUE(wait_until(60, [&] { return paid_back(read_order(target, id)); })) << read_order(target, id).dump(1);
  }
  for (int i = 0; i < kOrders; ++i) EXPECT_EQ(stripe.paid("ch_" + std::to_string(i)), kEach) << i;
  EXPECT_EQ(stripe.refunds().size(), static_cast<std::size_t>(kOrders));
  const json stock = insist(target, "GET", "/v1/stock/MUG-RED", "").json();
  EXPECT_EQ(stock["on_hand"], 3 * kOrders);
  EXPECT_EQ(stock["reserved"], 0);
  expect_books_in_order(service);
}

}  // namespace
}  // namespace roundtrip::test
