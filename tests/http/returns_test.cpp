// Returns and refunds over HTTP: the whole way from preview to money, refusals, scopes, and signed gateway events.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "http/api.hpp"
#include "http/front.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::http {
namespace {

using nlohmann::json;

struct ReturnRoutes : testing::Test {
  test::TestDatabase database;
  Config config;
  usecases::Links links{"secret", "http://127.0.0.1:8080", 400};
  Services services{database.db(), config, links};
  Router router;
  const MerchantId merchant = database.merchant();
  Caller caller{Caller::Kind::api_key, merchant, "key-1", {}, {"orders:write", "returns:write", "refunds:approve", "admin"}, {}, ""};
  std::unique_ptr<Front> front;
  test::MadeOrder order;

  void SetUp() override {
    add_return_routes(router, services);
    add_policy_routes(router, services);
    add_return_goods_routes(router, services);
    add_refund_routes(router, services);
    front = std::make_unique<Front>(router, services, [this](const Request&) { return caller; });
    order = test::make_shipped_order(
        database.db(), merchant,
        test::order_of({test::line_of("MUG", 2, 1250, 300, 506), test::line_of("PLATE", 1, 999, 0, 200)}, {{"stripe", "ch_1", 3605}}),
        roundtrip::now() - 3 * kDay);
  }
  struct Answer {
    int status;
    json body;
  };
  Answer call(const std::string& method, const std::string& path, const std::string& body = "", Headers headers = {}) {
    Request request;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    if (path.find('?') != std::string::npos) request.query = parse_pairs(path.substr(path.find('?') + 1));
    request.body = body;
    request.headers = std::move(headers);
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    const Reply reply = front->answer(request);
    return {reply.status, json::parse(reply.body, nullptr, false)};
  }
  std::string line(std::size_t at) const { return to_text(order.lines[at]); }
  std::string return_body(std::int64_t units = 2) const {
    return json{{"order_id", to_text(order.id)},
                {"kind", "return"},
                {"lines", {{{"line_id", line(0)}, {"quantity", units}, {"reason", "too_small"}}}}}
        .dump();
  }
  std::string make() {
    const auto made = call("POST", "/v1/returns", return_body());
    EXPECT_EQ(made.status, 201) << made.body;
    return made.body["id"];
  }
  // Received at the desk; gives the refund's id.
  std::string received() {
    const auto answer = call("POST", "/v1/returns/" + make() + "/receive");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body["refunds"][0];
  }
};

TEST_F(ReturnRoutes, FromThePreviewToTheMoney) {
  const auto preview = call("POST", "/v1/returns/preview", return_body());
  ASSERT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(preview.body["eligible"], true);
  EXPECT_EQ(preview.body["refund"], (json{{"amount", 2706}, {"currency", "EUR"}}));
  EXPECT_EQ(preview.body["components"], (json{{"price", 2500}, {"discount", 300}, {"tax", 506}, {"shipping", 0}, {"fees", 0}}));
  const std::string id = make();
  const auto read = call("GET", "/v1/returns/" + id);
  EXPECT_EQ(read.body["status"], "approved");
  EXPECT_EQ(read.body["decision"]["trace"][0]["rule"], "units_left");
  EXPECT_EQ(read.body["order_id"], to_text(order.id));
  const auto received = call("POST", "/v1/returns/" + id + "/receive", json{{"lines", {{{"line_id", line(0)}, {"quantity", 2}}}}}.dump());
  ASSERT_EQ(received.status, 200) << received.body;
  EXPECT_EQ(received.body["status"], "received");
  const std::string refund = received.body["refunds"][0];
  EXPECT_EQ(call("GET", "/v1/returns/" + id).body["refunds"], json::array({refund}));
  const auto money = call("GET", "/v1/refunds/" + refund);
  ASSERT_EQ(money.status, 200);
  EXPECT_EQ(money.body["state"], "requested");
  EXPECT_EQ(money.body["amount"]["amount"], 2706);
  EXPECT_EQ(money.body["lines"][0]["units"], 2);
  ASSERT_EQ(money.body["ledger"].size(), 2U);
  EXPECT_EQ(money.body["ledger"][0]["amount"].get<int>() + money.body["ledger"][1]["amount"].get<int>(), 0);
}

TEST_F(ReturnRoutes, ARefusalNamesTheRuleTheValuesAndTheNextStep) {
  make();
  const auto again = call("POST", "/v1/returns", return_body(1));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body["code"], "units_not_returnable");
  EXPECT_EQ(again.body["explain"]["rule"], "units_left");
  EXPECT_EQ(again.body["explain"]["values"]["returnable"], "0");
  EXPECT_NE(again.body["explain"]["next_step"], "");
  const auto preview = call("POST", "/v1/returns/preview", return_body(1));
  EXPECT_EQ(preview.status, 200);
  EXPECT_EQ(preview.body["eligible"], false);
}

TEST_F(ReturnRoutes, BadBodiesAreRefusedWithAllTheirFaults) {
  const std::string order_id = to_text(order.id);
  const std::vector<std::pair<std::string, int>> cases = {
      {"", 400},
      {"{", 400},
      {"[]", 422},
      {"{}", 422},
      {R"({"order_id":"ord_ZZZZZZ","lines":[{"line_id":"lin_1","quantity":1}]})", 404},
      {R"({"order_id":")" + order_id + R"(","lines":[]})", 422},
      {R"({"order_id":")" + order_id + R"(","lines":[{"line_id":"x","quantity":0,"color":"red"}],"kind":"theft"})", 422},
      {R"({"order_id":")" + order_id + R"(","lines":[{"line_id":")" + line(0) + R"(","quantity":9223372036854775807}]})", 422},
      {R"({"order_id":")" + order_id + R"(","lines":[{"line_id":"lin_ZZ","quantity":1}]})", 422},
      {R"({"order_id":"ord_7ZZZZZZZZZZZZ","lines":[{"line_id":"lin_7ZZZZZZZZZZZZ","quantity":1}]})", 404},
  };
  for (const std::string path : {"/v1/returns", "/v1/returns/preview"}) {
    for (const auto& [body, status] : cases) {
      // An unknown line is a refusal by rule, which a preview answers.
      const int wanted = path == "/v1/returns/preview" && body.find("lin_ZZ\"") != std::string::npos ? 200 : status;
      const auto answer = call("POST", path, body);
      EXPECT_EQ(answer.status, wanted) << path << " " << body << " " << answer.body;
    }
  }
  const auto many = call("POST", "/v1/returns", cases[6].first);
  EXPECT_EQ(many.body["errors"].size(), 4U) << many.body;
  EXPECT_EQ(call("POST", "/v1/returns", return_body(1) + "x").status, 400);
}

TEST_F(ReturnRoutes, UnknownIdsAreNotFoundEverywhere) {
  for (const std::string id : {"ret_ZZZ", "x", "rfn_1", "ret_", "ret_7ZZZZZZZZZZZZ", "ret_%00"}) {
    EXPECT_EQ(call("GET", "/v1/returns/" + id).status, 404) << id;
    for (const std::string verb : {"/approve", "/cancel", "/receive"})
      EXPECT_EQ(call("POST", "/v1/returns/" + id + verb).status, 404) << id << verb;
  }
  EXPECT_EQ(call("GET", "/v1/refunds/rfn_ZZZ").status, 404);
  for (const std::string verb : {"/approve", "/deny", "/retry", "/paid"})
    EXPECT_EQ(call("POST", "/v1/refunds/rfn_ZZZ" + verb).status, 404) << verb;
}

TEST_F(ReturnRoutes, WithoutTheRightNothingMoves) {
  const std::string refund = received();
  caller.scopes = {"orders:write"};
  EXPECT_EQ(call("POST", "/v1/returns", return_body(1)).status, 403);
  caller.scopes = {"returns:write"};
  for (const std::string verb : {"/approve", "/deny", "/retry", "/paid"})
    EXPECT_EQ(call("POST", "/v1/refunds/" + refund + verb).status, 403) << verb;
  EXPECT_EQ(call("PUT", "/v1/policy", "{}").status, 403);
  EXPECT_EQ(call("GET", "/v1/refunds/" + refund).status, 200);
  caller.merchant = MerchantId{merchant.value + 1};
  EXPECT_EQ(call("GET", "/v1/refunds/" + refund).status, 404);
}

TEST_F(ReturnRoutes, RefundsToPayByHandAreListedInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const auto made = call("POST", "/v1/returns",
                           json{{"order_id", to_text(order.id)}, {"lines", {{{"line_id", line(i == 2 ? 1 : 0)}, {"quantity", 1}}}}}.dump());
    const auto got = call("POST", "/v1/returns/" + made.body["id"].get<std::string>() + "/receive", "{}");
    ids.push_back(got.body["refunds"][0]);
  }
  const auto first = call("GET", "/v1/refunds?state=requested&limit=2");
  ASSERT_EQ(first.status, 200) << first.body;
  ASSERT_EQ(first.body["items"].size(), 2U);
  const auto rest = call("GET", "/v1/refunds?limit=2&cursor=" + first.body["next_cursor"].get<std::string>());
  ASSERT_EQ(rest.body["items"].size(), 1U);
  EXPECT_EQ(rest.body["items"][0]["id"], ids[2]);
  EXPECT_TRUE(rest.body["next_cursor"].is_null());
  for (const std::string bad : {"?state=lost", "?limit=0", "?limit=x", "?cursor=u%21"})
    EXPECT_EQ(call("GET", "/v1/refunds" + bad).status, 422) << bad;
}

TEST_F(ReturnRoutes, ADeniedRefundIsDeniedOnce) {
  const std::string refund = received();
  const auto denied = call("POST", "/v1/refunds/" + refund + "/deny", R"({"reason":"worn out"})");
  EXPECT_EQ(denied.status, 200) << denied.body;
  EXPECT_EQ(denied.body["state"], "denied");
  const auto again = call("POST", "/v1/refunds/" + refund + "/deny");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body["explain"]["values"]["state"], "denied");
  EXPECT_EQ(call("POST", "/v1/refunds/" + refund + "/approve").status, 409);
}

TEST_F(ReturnRoutes, ThePolicyIsReplacedAsAWholeOrRefusedWithAllFaults) {
  EXPECT_EQ(call("GET", "/v1/policy").body["version"], 0);
  const auto bad = call("PUT", "/v1/policy", R"({"window_days":-1,"colour":"red","trigger":"moon","restocking_basis_points":10001})");
  EXPECT_EQ(bad.status, 422);
  EXPECT_EQ(bad.body["errors"].size(), 4U) << bad.body;
  EXPECT_EQ(call("PUT", "/v1/policy", "[").status, 400);
  const auto saved = call("PUT", "/v1/policy", R"({"window_days":1,"approval_limit":100,"freight_by_reason":{"too_small":"customer"}})");
  EXPECT_EQ(saved.status, 200) << saved.body;
  EXPECT_EQ(saved.body["version"], 1);
  const auto now_read = call("GET", "/v1/policy");
  EXPECT_EQ(now_read.body, saved.body);
  const auto late = call("POST", "/v1/returns", return_body());
  EXPECT_EQ(late.status, 422);
  EXPECT_EQ(late.body["explain"]["rule"], "window");
  EXPECT_EQ(late.body["explain"]["values"]["day"], "4");
}

TEST_F(ReturnRoutes, ASignedEventOfTheGatewaySettlesTheRefundAndAForgedOneDoesNot) {
  ASSERT_TRUE(config.set("gateways.stripe.webhook_secret", "whsec_1"));
  services.gateways = usecases::make_gateway_door(config);
  const std::string refund = received();
  store::Session(database.db()).run("UPDATE refunds SET state = 'submitted', submitted_at = requested_at", {});
  store::Session session(database.db());
  const auto row = store::find_refund(session, merchant, parse_id<RefundId>(refund).value()).value();
  const std::string body =
      json{{"id", "evt_1"},
           {"type", "refund.updated"},
           {"data",
            {{"object",
              {{"object", "refund"},
               {"id", "re_1"},
               {"status", "succeeded"},
               {"amount", 2706},
               {"metadata", {{"refund", refund}, {"merchant", to_text(merchant)}, {"refund_key", row.gateway_key}}}}}}}}
          .dump();
  const std::string time = std::to_string(roundtrip::now().us / kSecond);
  const std::string signature = "t=" + time + ",v1=" + hmac_sha256_hex("whsec_1", time + "." + body);
  caller = {};
  EXPECT_EQ(call("POST", "/v1/gateways/stripe/events", body).status, 401);
  EXPECT_EQ(call("POST", "/v1/gateways/stripe/events", body + " ", {{"stripe-signature", signature}}).status, 401);
  EXPECT_EQ(call("POST", "/v1/gateways/nobody/events", body, {{"stripe-signature", signature}}).status, 404);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(call("POST", "/v1/gateways/stripe/events", body, {{"stripe-signature", signature}}).status, 200);
  caller = {Caller::Kind::api_key, merchant, "key-1", {}, {"admin"}, {}, ""};
  const auto settled = call("GET", "/v1/refunds/" + refund);
  EXPECT_EQ(settled.body["state"], "succeeded");
  EXPECT_EQ(settled.body["gateway_reference"], "re_1");
  EXPECT_EQ(settled.body["ledger"].size(), 4U);
}

}  // namespace
}  // namespace roundtrip::http
