// Shops over HTTP: opened by an admin, seen by customers, closed again.
#include <gtest/gtest.h>

#include "support/api.hpp"
#include "usecases/customer_returns.hpp"
#include "usecases/shop_returns.hpp"

namespace roundtrip::test {
namespace {

struct Shops : testing::Test {
  Api api;
  void SetUp() override { api.add_product("MUG", "4006381333931", 9); }
};

TEST_F(Shops, AreOpenedWithTheirHoursChangedAndClosed) {
  EXPECT_TRUE(api.get("/v1/shops").body["items"].empty());
  const auto opened = api.put("/v1/shops/main", {{"opening_hours", "Mon-Fri 9-18"}});
  ASSERT_EQ(opened.status, 200) << opened.text;
  EXPECT_EQ(opened.body["items"][0]["name"], "main");
  EXPECT_EQ(api.put("/v1/shops/main", {{"opening_hours", "Mon-Sat 10-20"}}).body["items"][0]["opening_hours"], "Mon-Sat 10-20");
  EXPECT_EQ(api.get("/v1/shops").body["items"].size(), 1U);
  EXPECT_TRUE(api.call("DELETE", "/v1/shops/main").body["items"].empty());
  EXPECT_EQ(api.call("DELETE", "/v1/shops/main").status, 200) << "closed is closed";
}

TEST_F(Shops, NeedAWarehouseABinAndAnAdmin) {
  EXPECT_EQ(api.put("/v1/shops/nowhere", {{"opening_hours", ""}}).code(), "unknown_warehouse");
  EXPECT_EQ(api.call("DELETE", "/v1/shops/nowhere").code(), "unknown_warehouse");
  EXPECT_EQ(api.put("/v1/shops/main", {{"opening_hours", std::string(201, 'x')}}).status, 422);
  store::Session(api.db()).run(
      "INSERT INTO warehouses (merchant_id, name, time_zone, address) SELECT merchant_id, 'bare', time_zone, address FROM warehouses", {});
  EXPECT_EQ(api.put("/v1/shops/bare", {{"opening_hours", ""}}).code(), "no_bin");
  const Headers clerk = {{"Authorization", "Bearer " + api.make_key(api.merchant(), {"orders:write", "returns:write"})}};
  EXPECT_EQ(api.call("PUT", "/v1/shops/main", "{}", clerk).status, 403);
  EXPECT_EQ(api.call("DELETE", "/v1/shops/main", "", clerk).status, 403);
}

TEST_F(Shops, ThatAreClosedTakeNothingAndAreNotOfferedToCustomers) {
  ASSERT_EQ(api.put("/v1/shops/main", {{"opening_hours", "Mon-Sat 10-20"}}).status, 200);
  const auto order = api.take_order(Api::order_body("SO-1", {{"MUG", 2}}));
  const auto id = parse_id<OrderId>(order["id"].get<std::string>()).value();
  const auto offered = [&] { return usecases::return_choice(api.context(), id, {"en", "UTC"}).shops.size(); };
  EXPECT_EQ(offered(), 1U);
  ASSERT_EQ(api.call("DELETE", "/v1/shops/main").status, 200);
  EXPECT_EQ(offered(), 0U);
  const auto line = parse_id<LineId>(order["lines"][0]["id"].get<std::string>()).value();
  const auto taken = usecases::take_without_return(api.context(), {.order = id, .lines = {{line, 1, "too_small", ""}}}, "restock", "main");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "unknown_shop");
}

}  // namespace
}  // namespace roundtrip::test
