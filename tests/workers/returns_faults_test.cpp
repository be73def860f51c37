// The fault matrix of the returns station and its refunds: death at every named step, a commit whose answer is lost, a backend that is
// killed, and everybody at once. No unit, cent, message or stock movement is lost or doubled.
#include <gtest/gtest.h>
#include <unistd.h>

#include <barrier>
#include <random>
#include <thread>

#include "base/secrets.hpp"
#include "domain/codes.hpp"
#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "support/pg_proxy.hpp"
#include "support/self_child.hpp"
#include "usecases/found_items.hpp"
#include "usecases/refunds.hpp"
#include "usecases/returns.hpp"
#include "usecases/scans.hpp"
#include "workers/returns_world.hpp"

namespace roundtrip::workers {
namespace {

using domain::Command;
using test::PayingGateway;
using test::scan_request;
using test::scan_uuid;
using usecases::Context;

// A child is this binary again; it makes one scan, told by the environment, and dies where it is told to.
struct ScanChild : testing::Environment {
  void SetUp() override {
    const char* url = test::told("SCAN_URL");
    if (url == nullptr) return;
    store::Database db(test::database_at(url));
    const Instant at{test::told_number("NOW")};
    const MerchantId merchant{test::told_number("MERCHANT")};
    const auto answer = usecases::scan({db, merchant, {"floor", "rosa"}, at}, {},
                                       scan_request(test::told("SCAN_ID"), "returns-1", test::told("BARCODE"), at));
    _exit(answer ? 0 : 3);
  }
};
[[maybe_unused]] const auto* const kScanChild = testing::AddGlobalTestEnvironment(new ScanChild);

struct ReturnsFaults : test::ReturnsWorld {
  using Case = ReturnsWorld::Case;
  std::uint64_t scans = 0;
  // Runs one scan in a process of its own; true when it died.
  bool child_dies(const std::string& scan_id, const std::string& barcode, const std::string& crash_at) {
    return test::self_dies({{"SCAN_URL", database.url()},
                            {"MERCHANT", std::to_string(merchant.value)},
                            {"NOW", std::to_string(now.us)},
                            {"SCAN_ID", scan_id},
                            {"BARCODE", barcode},
                            {"CRASH_AT", crash_at}});
  }
};

TEST_F(ReturnsFaults, DeathAtAnyNamedStepOfAScanLosesAndDoublesNothing) {
  stray_product();
  const auto calm = make_case();
  for (const auto& barcode : story(calm)) ASSERT_FALSE(child_dies(scan_uuid(++scans), barcode, ""));
  const std::string wanted = books(calm);
  for (const std::string step : {"scan.decided", "scan.before_commit", "scan.after_commit", "receipt.counted", "receipt.refund_requested",
                                 "receipt.stock_moved", "undo.refund_denied", "undo.counted", "undo.stock_moved", "found.recorded"}) {
    const auto one = make_case();
    int deaths = 0;
    for (const auto& barcode : story(one)) {
      const std::string id = scan_uuid(++scans);
      if (!child_dies(id, barcode, step)) continue;  // the supervisor starts it again, and the scanner sends its scan again
      ++deaths;
      ASSERT_FALSE(child_dies(id, barcode, "")) << step;
    }
    EXPECT_GT(deaths, 0) << step;
    EXPECT_EQ(books(one), wanted) << step;
  }
  expect_clean();
}

TEST_F(ReturnsFaults, ACommitWhoseAnswerIsLostIsAnsweredTheSameBytesWhenItIsSentAgain) {
  stray_product();
  const auto calm = make_case();
  for (const auto& barcode : story(calm))
    ASSERT_TRUE(usecases::scan(context(), {}, scan_request(scan_uuid(++scans), "returns-1", barcode, now)));
  const std::string wanted = books(calm);
  test::PgProxy proxy(database.url());
  store::DatabaseOptions options;
  options.url = proxy.url();
  options.pool_size = 1;
  store::Database through(options);
  const Context floor{through, merchant, {"floor", "rosa"}, now};
  for (const bool reaches_server : {true, false}) {
    const auto one = make_case();
    for (const auto& barcode : story(one)) {
      const auto request = scan_request(scan_uuid(++scans), "returns-1", barcode, now);
      const int before = proxy.lost();
      proxy.lose_next_commit(reaches_server);
      EXPECT_THROW((void)usecases::scan(floor, {}, request), store::DatabaseError) << barcode;
      EXPECT_EQ(proxy.lost(), before + 1);
      const auto again = usecases::scan(floor, {}, request);
      ASSERT_TRUE(again) << barcode;
      EXPECT_EQ(again->replayed, reaches_server) << barcode;
      const auto kept = ask<std::string>("SELECT answer FROM scans WHERE scan_id = '" + request.scan_id + "'");
      EXPECT_EQ(again->json, kept);
    }
    EXPECT_EQ(books(one), wanted) << (reaches_server ? "committed" : "not committed");
  }
  expect_clean();
}

TEST_F(ReturnsFaults, ABackendKilledInTheMiddleOfAReceiptBooksNothingAndTheNextTryBooksOnce) {
  for (const std::string table : {"return_receipts", "refunds", "ledger", "stock_movements", "scans"}) {
    const auto one = make_case();
    store::Session session(db);
    session.script("CREATE SEQUENCE kills_" + table);
    session.script("CREATE FUNCTION kill_" + table + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('kills_" + table +
                   "') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$");
    session.script("CREATE TRIGGER kill_" + table + " AFTER INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION kill_" + table + "()");
    const auto request = scan_request(scan_uuid(++scans), "returns-1", domain::code_of(one.id), now);
    EXPECT_THROW((void)usecases::scan(context(), {}, request), store::DatabaseError) << table;
    EXPECT_EQ(ask("SELECT count(*) FROM inspections WHERE return_id = " + std::to_string(one.id.value)), 0) << table;
    const auto again = usecases::scan(context(), {}, request);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->code, "return_received");
    EXPECT_FALSE(again->replayed);
    EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE order_id = " + std::to_string(one.order.id.value)), 3900);
    session.script("DROP TRIGGER kill_" + table + " ON " + table);
  }
  expect_clean();
}

// Scans, retried scans, clicks, undos, a settled event of the gateway and two refunders of the same return at once, again and again.
TEST_F(ReturnsFaults, ScanClickUndoWebhookAndPaymentAtOnceAddUp) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  auto gateway = std::make_unique<PayingGateway>();
  auto& paid = *gateway;
  std::map<std::string, std::unique_ptr<clients::Gateway>> only;
  only["stripe"] = std::move(gateway);
  clients::Gateways gateways{std::move(only)};
  for (int round = 0; round < 6; ++round) {
    const auto one = make_case("stripe");
    const std::string order = std::to_string(one.order.id.value);
    const auto retried = scan_request(scan_uuid(++scans), "returns-1", domain::code_of(one.id), now);
    constexpr int kThreads = 10;
    std::barrier together(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        std::mt19937 random(seed + static_cast<unsigned>(round * 100 + i));
        together.arrive_and_wait();
        for (int step = 0; step < 6; ++step) {
          try {
            if (i < 2) (void)usecases::scan(context("rosa"), {}, retried);
            if (i == 2)
              (void)usecases::scan(context("otto"), {}, scan_request(scan_uuid(random()), "returns-2", domain::code_of(one.id), now));
            if (i == 3 || i == 4) (void)usecases::receive_return_now(context("click"), one.id, {{one.order.lines[0], 1, ""}}, "");
            if (i == 5 || i == 6) (void)usecases::undo_receipt_now(context("undo"), one.id);
            if (i >= 7) {
              store::Session session(db);
              const auto open = session.value<RefundId>("SELECT refund_id FROM refunds WHERE order_id = " + order +
                                                        " AND state IN ('requested', 'submitted') LIMIT 1");
              if (open && i < 9) {
                store::Job job;
                job.merchant = merchant;
                job.subject = open->value;
                (void)usecases::pay_refund(db, gateways, job, now);
              } else if (open) {
                const auto key = session.value<std::string>("SELECT gateway_key FROM refunds WHERE refund_id = $1", *open);
                clients::GatewayEvent event;
                event.about_refund = true;
                event.merchant = to_text(merchant);
                event.refund = to_text(*open);
                event.key = key.value();
                event.answer = {.kind = clients::GatewayAnswer::Kind::pending};
                (void)usecases::settle_by_event(db, "stripe", event, now);
              }
            }
          } catch (const store::DatabaseError& error) {
            EXPECT_TRUE(error.sqlstate == "55P03") << error.sqlstate << error.what();
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    // Whatever won: what is accepted is what is asked or paid, unit by unit; stock says the same; nothing was paid twice.
    const auto accepted =
        ask("SELECT (coalesce(sum(accepted * CASE sku WHEN 'MUG' THEN 1000 ELSE 900 END), 0))::bigint FROM return_lines WHERE "
            "return_id = " +
            std::to_string(one.id.value));
    EXPECT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds WHERE state <> 'denied' AND order_id = " + order), accepted);
    EXPECT_EQ(ask("SELECT refunded FROM payments WHERE order_id = " + order), accepted);
    EXPECT_EQ(ask("SELECT coalesce(sum(quantity), 0)::bigint FROM stock_movements WHERE reference = '" + to_text(one.id) + "'"),
              ask("SELECT coalesce(sum(accepted), 0)::bigint FROM return_lines WHERE return_id = " + std::to_string(one.id.value)));
    std::int64_t out = 0;
    for (const auto& [key, amount] : paid.paid) out += amount;
    EXPECT_LE(ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds WHERE state = 'succeeded'"), out);
    EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE state = 'denied' AND submitted_at IS NOT NULL"), 0);
  }
  expect_clean();
}

}  // namespace
}  // namespace roundtrip::workers
