// An order's ledger and messages over HTTP.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/front.hpp"
#include "support/database.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::http {
namespace {
using nlohmann::json;

struct BookRoutes : testing::Test {
  test::TestDatabase database;
  Config config;
  usecases::Links links{"secret", "http://127.0.0.1:8080", 400};
  Services services{database.db(), config, links};
  Router router;
  const MerchantId merchant = database.merchant();
  Caller caller{Caller::Kind::api_key, merchant, "key-1", {}, {"orders:read"}, {}, ""};
  std::unique_ptr<Front> front;
  OrderId order;

  void SetUp() override {
    add_book_routes(router, services);
    front = std::make_unique<Front>(router, services, [this](const Request&) { return caller; });
    domain::NewOrder sent;
    sent.external_id = "SO-1";
    sent.placed_at = roundtrip::now();
    sent.currency = "EUR";
    sent.customer.email = "ana@example.org";
    sent.ship_to.country = "PT";
    sent.lines.push_back({"1", "MUG", "Mug", 2, 1250, 0, 0, true});
    sent.payments.push_back({"stripe", "ch_1", 2500});
    order = usecases::take_order({database.db(), merchant, {"api", "key-1"}, roundtrip::now()}, sent, "hash")->id;
  }
  std::pair<int, json> get(const std::string& path) {
    Request request;
    request.method = "GET";
    request.path = path;
    const Reply reply = front->answer(request);
    return {reply.status, json::parse(reply.body, nullptr, false)};
  }
};

TEST_F(BookRoutes, LedgerShowsTheCaptureThatSumsToZero) {
  const auto [status, body] = get("/v1/orders/" + to_text(order) + "/ledger");
  ASSERT_EQ(status, 200) << body;
  ASSERT_EQ(body["items"].size(), 2U);
  std::int64_t sum = 0;
  for (const auto& entry : body["items"]) {
    sum += entry["amount"]["amount"].get<std::int64_t>();
    EXPECT_EQ(entry["amount"]["currency"], "EUR");
    EXPECT_TRUE(entry["posting"].get<std::string>().starts_with("capture:pay_"));
  }
  EXPECT_EQ(sum, 0);
}

TEST_F(BookRoutes, MessagesShowWhatTheCustomerIsTold) {
  const auto [status, body] = get("/v1/orders/" + to_text(order) + "/notifications");
  ASSERT_EQ(status, 200) << body;
  ASSERT_EQ(body["items"].size(), 1U);
  EXPECT_EQ(body["items"][0]["milestone"], "order_received");
  EXPECT_EQ(body["items"][0]["state"], "queued");
  EXPECT_TRUE(body["items"][0]["sent_at"].is_null());
}

TEST_F(BookRoutes, AnotherMerchantsOrderIsNotFound) {
  caller.merchant = MerchantId{merchant.value + 1};
  EXPECT_EQ(get("/v1/orders/" + to_text(order) + "/ledger").first, 404);
  EXPECT_EQ(get("/v1/orders/" + to_text(order) + "/notifications").first, 404);
  EXPECT_EQ(get("/v1/orders/ord_zzz9/ledger").first, 404);
}

TEST_F(BookRoutes, KeyWithoutTheScopeIsRefused) {
  caller.scopes = {"tracking:read"};
  EXPECT_EQ(get("/v1/orders/" + to_text(order) + "/ledger").first, 403);
}

}  // namespace
}  // namespace roundtrip::http
