// A request with an Idempotency-Key whose program died: what it did is done once, and its answer is given all the same.
#include <gtest/gtest.h>

#include <thread>

#include "base/secrets.hpp"
#include "support/api.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::test {
namespace {

struct LostAnswers : testing::Test {
  Api api;
  const Headers key = {{"Idempotency-Key", "k"}};

  LostAnswers() { api.add_product("MUG", "4006381333931", 10); }
  void run(const std::string& sql) { store::Session(api.db()).run(sql, {api.merchant()}); }
  void lose_answer() { run("UPDATE idempotency_keys SET status = NULL, body = NULL WHERE merchant_id = $1"); }
  std::int64_t on_hand() { return api.get("/v1/stock/MUG").body["on_hand"]; }
  // A request that claimed the key so long ago and was not heard of again.
  void die_before_the_work(const std::string& path, const json& body, int seconds_ago) {
    store::Session(api.db()).run(
        "INSERT INTO idempotency_keys (merchant_id, key, request_hash, created_at) VALUES ($1, 'k', $2, now() - $3::int * interval '1 s')",
        {api.merchant(), sha256_hex("POST\n" + path + "\n" + body.dump()), seconds_ago});
  }
  json make_return(int units) {
    auto order = api.ship(api.take_order(Api::order_body("SO-1", {{"MUG", units}}))["id"],
                          std::vector<std::string>(static_cast<std::size_t>(units), "4006381333931"));
    run("UPDATE parcels SET status = 'delivered', delivered_at = now() WHERE merchant_id = $1");
    run("UPDATE order_lines SET delivered = shipped WHERE merchant_id = $1");
    const auto made = api.post(
        "/v1/returns",
        {{"order_id", order["id"]}, {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", units}, {"reason", "too_small"}}}}});
    EXPECT_EQ(made.status, 201) << made.text;
    return made.body;
  }
};

TEST_F(LostAnswers, UnitsThatWereReceivedAreNotReceivedAgain) {
  const json back = make_return(3);
  const std::string path = "/v1/returns/" + back["id"].get<std::string>();
  const json two = {{"lines", {{{"line_id", back["lines"][0]["line_id"]}, {"quantity", 1}}}}};
  const auto first = api.post(path + "/receive", two, key);
  ASSERT_EQ(first.status, 200) << first.text;
  lose_answer();
  const auto second = api.post(path + "/receive", two, key);
  EXPECT_EQ(second.text, first.text);
  EXPECT_EQ(api.get(path).body["lines"][0]["received"], 1);
  EXPECT_EQ(api.get("/v1/refunds").body["items"].size(), 1U);
  EXPECT_EQ(on_hand(), 8);
  // Another key is another request.
  EXPECT_EQ(api.post(path + "/receive", two, {{"Idempotency-Key", "other"}}).status, 200);
  EXPECT_EQ(api.get(path).body["lines"][0]["received"], 2);
}

TEST_F(LostAnswers, AttemptsAtOneRequestThatRunAtOnceDoItOnce) {
  const json back = make_return(3);
  die_before_the_work("/x", json::object(), 0);
  const auto id = parse_id<ReturnId>(back["id"].get<std::string>()).value();
  const auto line = parse_id<LineId>(back["lines"][0]["line_id"].get<std::string>()).value();
  auto context = api.context();
  context.request_key = "k";
  std::vector<std::int64_t> units(4, 0);
  {
    std::vector<std::jthread> attempts;
    for (auto& counted : units) {
      attempts.emplace_back([&] {
        try {
          const auto received = usecases::receive_return_now(context, id, {{line, 1, "", false, {}}}, "");
          counted = received ? received->units : -1;
        } catch (const std::exception& fault) {
          ADD_FAILURE() << fault.what();
        }
      });
    }
  }
  EXPECT_EQ(units, std::vector<std::int64_t>(4, 1)) << "each is told what the first did";
  EXPECT_EQ(api.get("/v1/returns/" + to_text(id)).body["lines"][0]["received"], 1);
}

TEST_F(LostAnswers, ABatchGoesOnWhereItStopped) {
  const json batch = {
      {"items", {{{"sku", "MUG"}, {"quantity", 5}, {"reason", "delivery"}}, {{"sku", "MUG"}, {"quantity", 7}, {"reason", "delivery"}}}}};
  const auto whole = api.post("/v1/stock/movements/batch", batch, key);
  ASSERT_EQ(whole.status, 200) << whole.text;
  EXPECT_EQ(on_hand(), 22);
  lose_answer();
  EXPECT_EQ(api.post("/v1/stock/movements/batch", batch, key).text, whole.text);
  EXPECT_EQ(on_hand(), 22);
  // As if the program had died between the two.
  lose_answer();
  run("DELETE FROM request_parts WHERE merchant_id = $1 AND part = '/items/1'");
  const auto rest = api.post("/v1/stock/movements/batch", batch, key);
  EXPECT_EQ(rest.body["items"][0], whole.body["items"][0]);
  EXPECT_EQ(rest.body["items"][1]["on_hand"], 29);
  EXPECT_EQ(on_hand(), 29);
}

TEST_F(LostAnswers, AnAttemptThatDiedBeforeItsWorkIsTakenOverAfterAFewSeconds) {
  const json movement = {{"sku", "MUG"}, {"quantity", 5}, {"reason", "delivery"}};
  die_before_the_work("/v1/stock/movements", movement, -60);  // however long this test takes
  const auto early = api.post("/v1/stock/movements", movement, key);
  EXPECT_EQ(early.code(), "request_in_flight");
  EXPECT_EQ(early.header("retry-after"), "1");
  run("UPDATE idempotency_keys SET created_at = now() - interval '6 s' WHERE merchant_id = $1");
  EXPECT_EQ(api.post("/v1/stock/movements", movement, key).status, 201);
  EXPECT_EQ(on_hand(), 15);
}

}  // namespace
}  // namespace roundtrip::test
