// Stock rows are locked in one order by everybody: no two transactions over overlapping SKUs end in a deadlock.
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "store/stock.hpp"
#include "support/database.hpp"

namespace roundtrip::store {
namespace {

TEST(StockOrder, ShipmentsThatShareSkusLeaveAtOnceWithoutADeadlock) {
  constexpr int kSkus = 80;
  test::TestDatabase database;
  const MerchantId merchant = database.merchant();
  Session setup(database.db());
  const auto warehouse = setup.value<WarehouseId>("SELECT warehouse_id FROM warehouses WHERE merchant_id = $1", merchant).value();
  const auto bin = setup.value<BinId>("SELECT bin_id FROM bins WHERE merchant_id = $1", merchant).value();
  setup.run("INSERT INTO products (merchant_id, sku, name, updated_at) SELECT $1, 'S' || i, 'S', now() FROM generate_series(1, $2::int) i",
            {merchant, kSkus});
  setup.run(
      "INSERT INTO stock (merchant_id, warehouse_id, sku, bin_id, on_hand, reserved) SELECT $1, $2, 'S' || i, $3, 100000, 100000 "
      "FROM generate_series(1, $4::int) i",
      {merchant, warehouse, bin, kSkus});
  std::atomic<int> deadlocks{0};
  std::atomic<std::int64_t> units{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(static_cast<unsigned>(t + 1));
      for (int round = 0; round < 60; ++round) {
        nlohmann::json rows = nlohmann::json::array();
        for (int i = 0; i < 30; ++i) {
          rows.push_back(
              {{"line_id", i}, {"bin_id", bin.value}, {"lot", ""}, {"sku", "S" + std::to_string(1 + random() % kSkus)}, {"quantity", 1}});
        }
        try {
          Transaction tx(database.db());
          consume_allocations(tx, merchant, ShipmentId{1}, warehouse, rows.dump(), "handed_over", "pcl_1", "test", {});
          tx.commit();
          units += 30;
        } catch (const DatabaseError& error) {
          EXPECT_EQ(error.sqlstate, "40P01") << error.what();
          ++deadlocks;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(deadlocks, 0);
  EXPECT_EQ(setup.value<std::int64_t>("SELECT sum(100000 - on_hand)::bigint FROM stock WHERE merchant_id = $1", merchant), units);
}

}  // namespace
}  // namespace roundtrip::store
