// Housekeeping: what is over goes, what is not stays, in bounded steps.
#include "workers/housekeeper.hpp"

#include <gtest/gtest.h>

#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/housekeeping.hpp"
#include "usecases/orders.hpp"
#include "usecases/products.hpp"

namespace roundtrip::workers {
namespace {

struct HousekeeperTest : testing::Test {
  test::TestDatabase database;
  MerchantId merchant = database.merchant();
  Instant at = *parse_rfc3339("2026-11-20T09:00:00Z");

  std::int64_t count(const std::string& table) {
    store::Session session(database.db());
    return session.value<std::int64_t>("SELECT count(*) FROM " + table).value();
  }
  void add_keys(int many, Instant created_at, const std::string& prefix) {
    store::Session session(database.db());
    session.run(
        "INSERT INTO idempotency_keys (merchant_id, key, request_hash, created_at) SELECT $1, $2 || n, 'x', $3 FROM generate_series(1, $4) "
        "n",
        {merchant, prefix, created_at, many});
  }
};

TEST_F(HousekeeperTest, IdempotencyKeysLiveThirtyDays) {
  add_keys(3, at - 30 * kDay - kSecond, "old");
  add_keys(2, at - 30 * kDay + kSecond, "young");
  EXPECT_EQ(usecases::keep_house(database.db(), at), 0);
  EXPECT_EQ(count("idempotency_keys"), 2);
}

TEST_F(HousekeeperTest, AFullStepSaysThatThereIsMore) {
  add_keys(1500, at - 31 * kDay, "old");
  EXPECT_EQ(usecases::keep_house(database.db(), at), 1);
  EXPECT_EQ(count("idempotency_keys"), 500);
  EXPECT_EQ(usecases::keep_house(database.db(), at), 0);
  EXPECT_EQ(count("idempotency_keys"), 0);
}

TEST_F(HousekeeperTest, SessionsAndFailedLoginsThatAreOverGo) {
  store::Session session(database.db());
  const auto user = session.value<UserId>(
      "INSERT INTO users (merchant_id, login, name, password_hash, roles, created_at) VALUES ($1, 'ana', 'Ana', 'x', 'admin', $2) "
      "RETURNING user_id",
      merchant, at);
  for (const auto& [token, expires] : std::vector<std::pair<std::string, Instant>>{{"over", at - kSecond}, {"open", at + kHour}}) {
    session.run(
        "INSERT INTO sessions (merchant_id, token_hash, user_id, csrf, created_at, seen_at, expires_at) VALUES ($1, $2, $3, 'c', $4, $4, "
        "$5)",
        {merchant, token, *user, at, expires});
  }
  session.run("INSERT INTO login_failures (merchant_id, subject, failed_at) VALUES ($1, 'login:ana', $2), ($1, 'login:ana', $3)",
              {merchant, at - kDay, at - kSecond});
  usecases::keep_house(database.db(), at);
  EXPECT_EQ(count("sessions"), 1);
  EXPECT_EQ(count("login_failures"), 1);
}

TEST_F(HousekeeperTest, WhatLandedBeforeACrashGoesToWhoWaitsForIt) {
  const usecases::Context context{database.db(), merchant, {"api", "test"}, at};
  ASSERT_TRUE(usecases::put_product(context, {.sku = "MUG", .name = "Mug"}, std::nullopt));
  const auto order = usecases::take_order(context, test::order_of({test::line_of("MUG", 2, 1000)}, {{"manual", "m-1", 2000}}), "hash");
  ASSERT_TRUE(order) << order.error().message;
  store::Session session(database.db());
  const auto waiting = [&] { return session.value<std::int64_t>("SELECT count(*) FROM shipments WHERE status = 'backordered'").value(); };
  ASSERT_EQ(waiting(), 1);
  usecases::keep_house(database.db(), at);
  EXPECT_EQ(waiting(), 1) << "there is nothing to give out";
  session.run(
      "INSERT INTO stock (merchant_id, warehouse_id, sku, bin_id, on_hand) SELECT merchant_id, warehouse_id, 'MUG', min(bin_id), 5 FROM "
      "bins WHERE merchant_id = $1 GROUP BY 1, 2",
      {merchant});
  usecases::keep_house(database.db(), at);
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(session.value<std::int64_t>("SELECT sum(reserved)::bigint FROM stock"), 2);
}

TEST_F(HousekeeperTest, TheLoopSweepsAtOnceAndStopsPromptly) {
  add_keys(1500, now() - 31 * kDay, "old");
  const auto loop = make_housekeeper(database.db());
  loop->start();
  for (const auto until = steady_us() + 20 * kSecond; count("idempotency_keys") > 0 && steady_us() < until;) std::this_thread::yield();
  loop->stop();
  EXPECT_EQ(count("idempotency_keys"), 0);
}

}  // namespace
}  // namespace roundtrip::workers
