// Orders over HTTP: taken in once, paged, changed, held, canceled; idempotency; stock that is never sold twice.
#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "base/secrets.hpp"
#include "support/api.hpp"

namespace roundtrip::test {
namespace {

struct Orders : testing::Test {
  Api api;
  void SetUp() override { api.add_product("MUG", "4006381333931", 10); }
  json read(const json& order) { return api.get("/v1/orders/" + order["id"].get<std::string>()).body; }
  std::string path(const json& order, const std::string& verb = "") { return "/v1/orders/" + order["id"].get<std::string>() + verb; }
  json stock(const std::string& sku = "MUG") { return api.get("/v1/stock/" + sku).body; }
};

// Runs `work(i)` in N threads that start together.
template <class Work>
void at_once(int threads, Work work) {
  std::barrier together(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      together.arrive_and_wait();
      work(i);
    });
  }
  for (auto& one : running) one.join();
}

TEST_F(Orders, ThePromiseCountsTheDaysOfTheWarehouse) {
  store::Session(api.db()).run(
      "UPDATE warehouses SET time_zone = 'America/New_York', cutoff_hour = 14, handling_days = 1 WHERE merchant_id = $1", {api.merchant()});
  const auto ship_by = [&](const std::string& external_id, const std::string& placed_at) {
    json body = Api::order_body(external_id, {{"MUG", 1}});
    body["placed_at"] = placed_at;
    return api.take_order(body)["promise"]["ship_by"].get<std::string>();
  };
  EXPECT_EQ(ship_by("SO-noon", "2026-11-20T17:30:00Z"), "2026-11-24T05:00:00Z") << "12:30 on Friday, before the cut-off: Monday";
  EXPECT_EQ(ship_by("SO-late", "2026-11-20T19:30:00Z"), "2026-11-25T05:00:00Z") << "14:30 on Friday: counts from Monday";
  EXPECT_EQ(ship_by("SO-summer", "2026-07-03T17:30:00Z"), "2026-07-07T04:00:00Z") << "four hours from UTC in summer";
}

TEST_F(Orders, TheExampleOfTheContractAddsUp) {
  api.add_product("MUG-RED", "", 2);
  const auto order = api.take_order(api.document()["components"]["schemas"]["NewOrder"]["examples"][0]);
  EXPECT_EQ(order["total"], 2 * 1250 - 300 + 506 + 500 + 115);
  EXPECT_EQ(order["money"]["captured"], (json{{"amount", 3321}, {"currency", "EUR"}}));
  EXPECT_EQ(order["money"]["captured_differs"], false);
  EXPECT_EQ(order["lines"][0]["amounts"], (json{{"price", 2500}, {"discount", 300}, {"tax", 621}, {"shipping", 500}}));
  EXPECT_EQ(order["shipments"][0]["status"], "allocated");
  EXPECT_EQ(order["customer"]["time_zone"], "Europe/Lisbon");
}

TEST_F(Orders, ACaptureThatDiffersIsTakenAndFlagged) {
  for (const int captured : {0, 1999, 2001}) {
    json body = Api::order_body("SO-" + std::to_string(captured), {{"MUG", 2}});
    body["payments"][0]["captured"] = captured;
    const auto order = api.take_order(body);
    EXPECT_EQ(order["total"], 2000);
    EXPECT_EQ(order["money"]["captured_differs"], true);
    EXPECT_EQ(order["money"]["refundable"]["amount"], captured);
  }
}

TEST_F(Orders, TheSameOrderAgainIsTheFirstAndAnotherIsAConflict) {
  const json body = Api::order_body("SO-1", {{"MUG", 2}});
  const auto first = api.post("/v1/orders", body);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.header("location"), path(first.body));
  const auto again = api.post("/v1/orders", body);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body["id"], first.body["id"]);
  json other = body;
  other["lines"][0]["quantity"] = 3;
  const auto conflict = api.post("/v1/orders", other);
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.code(), "order_exists");
  EXPECT_EQ(stock()["reserved"], 2);
}

TEST_F(Orders, OneOfManyEqualOrdersAtOnceIsMade) {
  const json body = Api::order_body("SO-1", {{"MUG", 1}});
  std::vector<ApiAnswer> answers(6);
  at_once(6, [&](int i) { answers[static_cast<std::size_t>(i)] = api.post("/v1/orders", body); });
  int made = 0;
  for (const auto& answer : answers) {
    made += answer.status == 201 ? 1 : 0;
    EXPECT_TRUE(answer.status == 201 || answer.status == 200) << answer.text;
    EXPECT_EQ(answer.body["id"], answers[0].body["id"]);
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(stock()["reserved"], 1);
}

TEST_F(Orders, AnIdempotencyKeyGivesTheFirstAnswerAgain) {
  const json body = {{"sku", "MUG"}, {"quantity", 5}, {"reason", "delivery"}};
  const Headers key = {{"Idempotency-Key", "k-1"}};
  const auto first = api.post("/v1/stock/movements", body, key);
  const auto again = api.post("/v1/stock/movements", body, key);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.text, first.text);
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(stock()["on_hand"], 15);
  json other = body;
  other["quantity"] = 6;
  const auto reused = api.post("/v1/stock/movements", other, key);
  EXPECT_EQ(reused.status, 422);
  EXPECT_EQ(reused.code(), "idempotency_key_reused");
  // A refusal is an answer too.
  const auto refused = api.post("/v1/stock/movements", {{"sku", "NONE"}, {"quantity", 1}, {"reason", "x"}}, {{"Idempotency-Key", "k-2"}});
  api.add_product("NONE", "", 0);
  EXPECT_EQ(api.post("/v1/stock/movements", {{"sku", "NONE"}, {"quantity", 1}, {"reason", "x"}}, {{"Idempotency-Key", "k-2"}}).text,
            refused.text);
  // Another merchant's key of the same name is another key.
  const auto others = api.other_merchant();
  Headers mine = others;
  mine.emplace_back("Idempotency-Key", "k-1");
  EXPECT_EQ(api.post("/v1/stock/movements", body, mine).code(), "no_such_product");
}

// The program died between its commit and its answer, or the commit's outcome was unknown.
TEST_F(Orders, AKeyWhoseAnswerWasLostDoesNothingTwice) {
  const auto lose_answer = [&] {
    store::Session(api.db()).run("UPDATE idempotency_keys SET status = NULL, body = NULL WHERE merchant_id = $1", {api.merchant()});
  };
  const json movement = {{"sku", "MUG"}, {"quantity", 5}, {"reason", "delivery"}};
  const auto moved = api.post("/v1/stock/movements", movement, {{"Idempotency-Key", "m"}});
  lose_answer();
  const auto again = api.post("/v1/stock/movements", movement, {{"Idempotency-Key", "m"}});
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.text, moved.text);
  EXPECT_EQ(stock()["on_hand"], 15);
  const auto order = api.take_order(Api::order_body("SO-1", {{"MUG", 3}}));
  const json one = {{"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}}}}};
  const auto canceled = api.post(path(order, "/cancel"), one, {{"Idempotency-Key", "c"}});
  lose_answer();
  const auto repeated = api.post(path(order, "/cancel"), one, {{"Idempotency-Key", "c"}});
  EXPECT_EQ(repeated.text, canceled.text);
  EXPECT_EQ(repeated.body["lines"][0]["canceled"], 1);
  EXPECT_EQ(repeated.body["refunds"].size(), 1U);
}

TEST_F(Orders, IdempotencyKeysAreBounded) {
  const json body = {{"sku", "MUG"}, {"quantity", 1}, {"reason", "delivery"}};
  EXPECT_EQ(api.post("/v1/stock/movements", body, {{"Idempotency-Key", std::string(255, 'k')}}).status, 201);
  EXPECT_EQ(api.post("/v1/stock/movements", body, {{"Idempotency-Key", std::string(256, 'k')}}).status, 422);
  EXPECT_EQ(api.post("/v1/stock/movements", body, {{"Idempotency-Key", "\xFF\xFE"}}).status, 422);
}

TEST_F(Orders, OneKeyAtOnceIsWorkedOnOnce) {
  const json body = {{"sku", "MUG"}, {"quantity", 7}, {"reason", "delivery"}};
  std::vector<ApiAnswer> answers(8);
  at_once(8, [&](int i) { answers[static_cast<std::size_t>(i)] = api.post("/v1/stock/movements", body, {{"Idempotency-Key", "race"}}); });
  std::string done;
  for (const auto& answer : answers) {
    EXPECT_TRUE(answer.status == 201 || answer.code() == "request_in_flight") << answer.text;
    if (answer.status != 201) continue;
    if (done.empty()) done = answer.text;
    EXPECT_EQ(answer.text, done);
  }
  EXPECT_NE(done, "");
  EXPECT_EQ(stock()["on_hand"], 17);
}

TEST_F(Orders, AKeyWhoseRequestIsUnderWayIsAConflict) {
  const json body = {{"sku", "MUG"}, {"quantity", 1}, {"reason", "x"}};
  store::Session(api.db()).run(
      "INSERT INTO idempotency_keys (merchant_id, key, request_hash, created_at) VALUES ($1, 'busy', $2, now() + interval '1 min')",
      {api.merchant(), sha256_hex("POST\n/v1/stock/movements\n" + body.dump())});
  const auto answer = api.post("/v1/stock/movements", body, {{"Idempotency-Key", "busy"}});
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.code(), "request_in_flight");
  EXPECT_EQ(stock()["on_hand"], 10);
}

TEST_F(Orders, PagesCoverEveryOrderOnce) {
  std::set<std::string> made, seen;
  for (int i = 0; i < 23; ++i) made.insert(api.take_order(Api::order_body("SO-" + std::to_string(i), {{"MUG", 1}}))["id"]);
  std::string cursor;
  int pages = 0;
  do {
    const auto page = api.get("/v1/orders?limit=5" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200);
    EXPECT_LE(page.body["items"].size(), 5U);
    for (const auto& one : page.body["items"]) EXPECT_TRUE(seen.insert(one["id"]).second) << one["id"] << " twice";
    cursor = page.body["next_cursor"].is_null() ? "" : page.body["next_cursor"].get<std::string>();
  } while (!cursor.empty() && ++pages < 20);
  EXPECT_EQ(seen, made);
  EXPECT_EQ(api.get("/v1/orders?external_id=SO-7").body["items"].size(), 1U);
  EXPECT_EQ(api.get("/v1/orders?status=open&limit=200").body["items"].size(), 23U);
  EXPECT_EQ(api.get("/v1/orders?status=shipped").body["items"].size(), 0U);
  EXPECT_EQ(api.get("/v1/orders?updated_after=2100-01-01T00:00:00Z").body["items"].size(), 0U);
}

TEST_F(Orders, ProductsAndTimelinesArePagedToo) {
  for (int i = 0; i < 7; ++i) api.add_product("P " + std::to_string(i) + "/&", "", 0);
  std::set<std::string> seen;
  std::string cursor;
  for (int page_number = 0; page_number < 10; ++page_number) {
    const auto page = api.get("/v1/products?limit=3" + cursor);
    for (const auto& one : page.body["items"]) EXPECT_TRUE(seen.insert(one["sku"]).second);
    if (page.body["next_cursor"].is_null()) break;
    cursor = "&cursor=" + percent_encode(page.body["next_cursor"].get<std::string>());
  }
  EXPECT_EQ(seen.size(), 8U);
  const auto order = api.take_order(Api::order_body("SO-1", {{"MUG", 1}}));
  const auto whole = api.get(path(order, "/timeline")).body["items"];
  const auto first = api.get(path(order, "/timeline?limit=1")).body;
  ASSERT_GE(whole.size(), 2U);
  EXPECT_EQ(first["items"][0], whole[0]);
  EXPECT_EQ(api.get(path(order, "/timeline?limit=1&cursor=" + first["next_cursor"].get<std::string>())).body["items"][0], whole[1]);
}

TEST_F(Orders, ABatchAnswersForEachItem) {
  json batch = json::array({Api::order_body("B-1", {{"MUG", 1}}),
                            {{"external_id", "B-2"}},
                            Api::order_body("B-1", {{"MUG", 2}}),
                            Api::order_body("B-1", {{"MUG", 1}})});
  batch[3]["nonsense"] = true;
  batch.push_back(Api::order_body("B-1", {{"MUG", 1}}));
  for (const json& body : {batch, json{{"items", batch}}}) {
    const auto answer = api.post("/v1/orders/batch", body);
    ASSERT_EQ(answer.status, 200) << answer.text;
    std::vector<int> statuses;
    for (const auto& one : answer.body["items"]) statuses.push_back(one["status"]);
    EXPECT_EQ(statuses, (std::vector<int>{body.is_array() ? 201 : 200, 422, 409, 422, 200}));
    EXPECT_EQ(answer.body["items"][3]["problem"]["errors"][0]["code"], "unknown_field");
  }
  EXPECT_EQ(api.post("/v1/orders/batch", json::array()).status, 422);
  json many = json::array();
  for (int i = 0; i < 501; ++i) many.push_back(json::object());
  EXPECT_EQ(api.post("/v1/orders/batch", many).status, 422);
  const auto products = api.post("/v1/products/batch", json::parse(R"([{"sku":"A","name":"A"},{"sku":"B"},7])"));
  ASSERT_EQ(products.status, 200) << products.text;
  EXPECT_EQ(products.body["items"][0]["status"], 201);
  EXPECT_EQ(products.body["items"][2]["status"], 422) << "what is no object";
  EXPECT_EQ(api.post("/v1/products/batch", json::parse(R"([{"sku":"A","name":"A"},{"sku":"B"}])")).body["items"][1]["status"], 422);
  EXPECT_EQ(api.post("/v1/stock/movements/batch",
                     json::parse(R"([{"sku":"A","quantity":5,"reason":"r"},{"sku":"A","quantity":-9,"reason":"r"}])"))
                .body["items"][1]["status"],
            409);
}

TEST_F(Orders, IfMatchKeepsTwoEditorsApart) {
  const auto order = api.take_order(Api::order_body("SO-1", {{"MUG", 2}}));
  const auto got = api.get(path(order));
  EXPECT_EQ(got.header("etag"), "\"" + std::to_string(got.body["version"].get<int>()) + "\"");
  EXPECT_EQ(api.get(path(order), {{"If-None-Match", got.header("etag")}}).status, 304);
  const json change = {{"customer", {{"phone", "+351 1"}}}};
  EXPECT_EQ(api.patch(path(order), change, {{"If-Match", got.header("etag")}}).status, 200);
  const auto late = api.patch(path(order), change, {{"If-Match", got.header("etag")}});
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(late.code(), "order_changed");
  for (const std::string bad : {"abc", "\"\"", "\"-1\"", "W/\"7\"", "\"99999999999999999999\""})
    EXPECT_EQ(api.patch(path(order), change, {{"If-Match", bad}}).status, 412) << bad;
  EXPECT_EQ(api.get(path(order), {{"If-None-Match", got.header("etag")}}).status, 200);
}

TEST_F(Orders, AddressAndQuantitiesChangeUntilPackingStarts) {
  const auto order = api.take_order(Api::order_body("SO-1", {{"MUG", 3}}));
  json address = Api::order_body("x", {})["ship_to"];
  address["line1"] = "Rua B 2";
  const auto changed = api.patch(path(order), {{"ship_to", address}, {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}}}}});
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.body["ship_to"]["line1"], "Rua B 2");
  EXPECT_EQ(changed.body["lines"][0]["canceled"], 2);
  EXPECT_EQ(changed.body["refunds"][0]["amount"]["amount"], 2000);
  EXPECT_EQ(stock()["reserved"], 1);
  EXPECT_EQ(api.patch(path(order), {{"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 9}}}}}).status, 422);
  const std::string code = order["shipments"][0]["code"];
  for (const std::string& barcode : {code, std::string("4006381333931")}) api.scan("pick-1", barcode);
  EXPECT_EQ(api.patch(path(order), {{"ship_to", address}}).status, 200);
  for (const std::string& barcode : {code, std::string("4006381333931")}) api.scan("pack-1", barcode);
  const auto late = api.patch(path(order), {{"ship_to", address}});
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.code(), "too_late_to_change");
}

TEST_F(Orders, CancelWholeLinesOrWhatHasNotLeft) {
  api.add_product("CUP", "5012345678900", 10);
  const auto whole = api.take_order(Api::order_body("SO-1", {{"MUG", 2}}));
  const auto canceled = api.post(path(whole, "/cancel"), {{"reason", "changed her mind"}});
  EXPECT_EQ(canceled.body["status"], "canceled");
  EXPECT_EQ(canceled.body["refunds"][0]["amount"]["amount"], 2000);
  EXPECT_EQ(stock()["reserved"], 0);
  EXPECT_EQ(api.post(path(whole, "/cancel")).code(), "already_canceled");
  const auto lines = api.take_order(Api::order_body("SO-2", {{"MUG", 2}, {"CUP", 2}}));
  const auto part = api.post(path(lines, "/cancel"), {{"lines", {{{"line_id", lines["lines"][1]["id"]}, {"quantity", 1}}}}});
  EXPECT_EQ(part.body["status"], "open");
  EXPECT_EQ(part.body["lines"][1]["canceled"], 1);
  EXPECT_EQ(part.body["refunds"][0]["amount"]["amount"], 1000);
  EXPECT_EQ(stock("CUP")["reserved"], 1);
  EXPECT_EQ(api.post(path(lines, "/cancel"), {{"lines", {{{"line_id", lines["lines"][1]["id"]}, {"quantity", 2}}}}}).status, 409);
  EXPECT_EQ(api.post(path(lines, "/cancel"), {{"lines", {{{"line_id", whole["lines"][0]["id"]}, {"quantity", 1}}}}}).status, 409);
}

TEST_F(Orders, WhatHasLeftIsNotCanceled) {
  const auto order = api.take_order(Api::order_body("SO-1", {{"MUG", 12}}));  // ten there, two wait
  ASSERT_EQ(order["shipments"].size(), 2U);
  const auto shipped = api.ship(order["id"], std::vector<std::string>(10, "4006381333931"));
  EXPECT_EQ(shipped["status"], "partly_shipped");
  EXPECT_EQ(stock()["on_hand"], 0);
  const auto canceled = api.post(path(order, "/cancel"));
  ASSERT_EQ(canceled.status, 200) << canceled.text;
  EXPECT_EQ(canceled.body["lines"][0]["canceled"], 2);
  EXPECT_EQ(canceled.body["status"], "shipped");
  EXPECT_EQ(canceled.body["refunds"][0]["amount"]["amount"], 2000);
  EXPECT_EQ(api.post(path(order, "/cancel")).code(), "nothing_to_cancel");
}

TEST_F(Orders, AHeldOrderIsNotPickedUntilReleased) {
  const auto order = api.take_order(Api::order_body("SO-1", {{"MUG", 1}}));
  const auto held = api.post(path(order, "/hold"), {{"reason", "address to be checked"}});
  EXPECT_EQ(held.body["hold"]["reason"], "address to be checked");
  const std::string code = order["shipments"][0]["code"];
  const auto refused = api.scan("pick-1", code);
  EXPECT_EQ(refused["code"], "order_held");
  EXPECT_NE(refused["say"].get<std::string>().find("address to be checked"), std::string::npos);
  EXPECT_EQ(api.post(path(order, "/release")).body["hold"], nullptr);
  EXPECT_EQ(api.post(path(order, "/release")).code(), "not_held");
  EXPECT_EQ(api.scan("pick-1", code)["outcome"], "accepted");
}

TEST_F(Orders, TheLastPieceIsSoldOnce) {
  for (int round = 0; round < 3; ++round) {
    const std::string sku = "LAST-" + std::to_string(round);
    api.add_product(sku, "", 1);
    std::vector<json> orders(8);
    at_once(8, [&](int i) {
      orders[static_cast<std::size_t>(i)] = api.take_order(Api::order_body(sku + "/" + std::to_string(i), {{sku, 1}}));
    });
    int allocated = 0, waiting = 0;
    for (const auto& order : orders) {
      allocated += order["shipments"][0]["status"] == "allocated" ? 1 : 0;
      waiting += order["shipments"][0]["status"] == "backordered" ? 1 : 0;
    }
    EXPECT_EQ(allocated, 1);
    EXPECT_EQ(waiting, 7);
    EXPECT_EQ(stock(sku)["reserved"], 1);
    EXPECT_EQ(stock(sku)["available"], 0);
  }
}

TEST_F(Orders, WhatLandsGoesToTheOldestPromiseFirst) {
  api.add_product("LATE", "", 0);
  std::vector<json> orders;
  for (const std::string day : {"2026-11-12", "2026-11-10", "2026-11-11"}) {
    json body = Api::order_body("SO-" + day, {{"LATE", 2}});
    body["placed_at"] = day + "T09:00:00Z";
    orders.push_back(api.take_order(body));
    EXPECT_EQ(orders.back()["shipments"][0]["status"], "backordered");
  }
  api.post("/v1/stock/movements", {{"sku", "LATE"}, {"quantity", 2}, {"reason", "delivery"}});
  EXPECT_EQ(read(orders[1])["shipments"][0]["status"], "allocated");
  EXPECT_EQ(read(orders[2])["shipments"][0]["status"], "backordered");
  EXPECT_EQ(read(orders[0])["shipments"][0]["status"], "backordered");
  api.post("/v1/stock/movements", {{"sku", "LATE"}, {"quantity", 3}, {"reason", "delivery"}});
  EXPECT_EQ(read(orders[2])["shipments"][0]["status"], "allocated");
  const auto partly = read(orders[0]);
  ASSERT_EQ(partly["shipments"].size(), 2U) << partly;
  std::multiset<std::string> statuses = {partly["shipments"][0]["status"], partly["shipments"][1]["status"]};
  EXPECT_EQ(statuses, (std::multiset<std::string>{"allocated", "backordered"}));
  EXPECT_EQ(stock("LATE")["reserved"], 5);
}

TEST_F(Orders, FreedStockGoesToWhoWaits) {
  const auto first = api.take_order(Api::order_body("SO-1", {{"MUG", 10}}));
  const auto second = api.take_order(Api::order_body("SO-2", {{"MUG", 4}}));
  EXPECT_EQ(second["shipments"][0]["status"], "backordered");
  EXPECT_EQ(api.post(path(first, "/cancel")).status, 200);
  EXPECT_EQ(read(second)["shipments"][0]["status"], "allocated");
}

TEST_F(Orders, StockIsNeverTakenBelowWhatIsReserved) {
  api.take_order(Api::order_body("SO-1", {{"MUG", 8}}));
  EXPECT_EQ(api.post("/v1/stock/movements", {{"sku", "MUG"}, {"quantity", -3}, {"reason", "loss"}}).code(), "not_enough_stock");
  EXPECT_EQ(api.post("/v1/stock/movements", {{"sku", "MUG"}, {"quantity", -2}, {"reason", "loss"}}).status, 201);
  EXPECT_EQ(stock()["available"], 0);
}

}  // namespace
}  // namespace roundtrip::test
