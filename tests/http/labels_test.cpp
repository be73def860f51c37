// The label endpoints: types, names, refusals; the rules are tested with the use case.
#include <gtest/gtest.h>

#include "http/api.hpp"
#include "support/database.hpp"

namespace roundtrip::http {
namespace {

struct LabelRoutes : testing::Test {
  test::TestDatabase database;
  Config config;
  usecases::Links links{"secret", "http://127.0.0.1:8080", 400};
  Services services{database.db(), config, links};
  Router router;
  MerchantId merchant = database.merchant();

  void SetUp() override {
    add_label_routes(router, services);
    store::Session session(database.db());
    const Instant now{1'760'000'000'000'000};
    session.run(
        "INSERT INTO orders (merchant_id, order_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, "
        "warehouse_id, ship_to, total) SELECT $1, 7, 'SO-1', 'x', 'open', $2, $2, $2, 'EUR', warehouse_id, "
        "'{\"name\":\"Ana\",\"line1\":\"Rua 1\",\"city\":\"Lisboa\",\"country\":\"PT\"}', 1 FROM warehouses WHERE merchant_id = $1",
        {merchant, now});
    session.run(
        "INSERT INTO returns (merchant_id, return_id, order_id, kind, status, requested_by, created_at, updated_at) "
        "VALUES ($1, 12, 7, 'return', 'approved', 'customer', $2, $2)",
        {merchant, now});
  }
  Reply get(const std::string& path, std::vector<std::pair<std::string, std::string>> query = {}) {
    const auto match = router.find("GET", path);
    if (!match.route) throw std::runtime_error("no route " + path);
    Request request;
    request.method = "GET";
    request.path = path;
    request.params = match.params;
    request.query = std::move(query);
    request.caller = {Caller::Kind::api_key, merchant, "key", {}, {"orders:read"}, {}, ""};
    request.now = Instant{1'760'000'000'000'000};
    return match.route->handler(request);
  }
};

TEST_F(LabelRoutes, GiveFilesOfTheRightTypeThatNobodyKeeps) {
  for (const auto& [path, type, start] :
       std::vector<std::tuple<std::string, std::string, std::string>>{{"/v1/returns/ret_C/label.pdf", "application/pdf", "%PDF-"},
                                                                      {"/v1/returns/ret_C/label.zpl", "application/zpl", "^XA"},
                                                                      {"/v1/returns/ret_C/label.png", "image/png", "\x89PNG"},
                                                                      {"/v1/command_cards.pdf", "application/pdf", "%PDF-"}}) {
    const Reply reply = get(path);
    EXPECT_EQ(reply.status, 200) << path << reply.body.substr(0, 300);
    EXPECT_EQ(reply.content_type, type);
    EXPECT_TRUE(reply.body.starts_with(start)) << path;
    bool private_file = false;
    for (const auto& [name, value] : reply.headers) private_file |= name == "Cache-Control" && value == "private, no-store";
    EXPECT_TRUE(private_file) << path;
  }
}

TEST_F(LabelRoutes, TakeASizeAndRefuseAnother) {
  EXPECT_NE(get("/v1/returns/ret_C/label.pdf", {{"size", "a4"}}).body, get("/v1/returns/ret_C/label.pdf", {{"size", "4x6"}}).body);
  EXPECT_EQ(get("/v1/returns/ret_C/label.pdf").body, get("/v1/returns/ret_C/label.pdf", {{"size", "a4"}}).body);
  for (const std::string size : {"", "A4", "letter", "4x6 ", "a4&x"})
    EXPECT_EQ(get("/v1/returns/ret_C/label.pdf", {{"size", size}}).status, 422) << size;
}

TEST_F(LabelRoutes, UnknownIdsAreNotFound) {
  for (const std::string path : {"/v1/returns/ret_D/label.pdf", "/v1/returns/pcl_C/label.zpl", "/v1/returns/x/label.png",
                                 "/v1/parcels/pcl_9/label.pdf", "/v1/parcels/ret_C/label.zpl"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(LabelRoutes, CardsTakeQuantities) {
  EXPECT_EQ(get("/v1/command_cards.pdf", {{"quantities", "2,3,12"}}).status, 200);
  EXPECT_EQ(get("/v1/command_cards.pdf", {{"quantities", ""}}).status, 200);
  for (const std::string wrong : {"0", "a", "1,,2", "-1", "1000000", "99999999999999999999", "2,"}) {
    EXPECT_EQ(get("/v1/command_cards.pdf", {{"quantities", wrong}}).status, 422) << wrong;
  }
}

}  // namespace
}  // namespace roundtrip::http
