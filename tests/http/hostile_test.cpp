// Hostile framing over raw sockets: an answer below 500 or a closed connection, and the server goes on serving.
#include <gtest/gtest.h>

#include <thread>

#include "support/api.hpp"

namespace roundtrip::test {
namespace {

struct Hostile : testing::Test {
  Api api;
  std::string key = api.make_key(api.merchant(), {"orders:read", "orders:write", "stock:write", "scans:write"});

  std::string authorized(const std::string& first_line, const std::string& headers, const std::string& body = "") {
    return first_line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key + "\r\n" + headers + "\r\n" + body;
  }
  void expect_serving() { EXPECT_EQ(api.get("/v1/orders").status, 200); }
};

std::string many_headers(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "X-Header-" + std::to_string(i) + ": 1\r\n";
  return out;
}

struct Vector {
  const char* name;
  std::string first_line, headers, body;
  std::vector<int> statuses;  // 0: closed
};

TEST_F(Hostile, FramingThatCouldSmuggleIsRefused) {
  const std::string json_type = "Content-Type: application/json\r\n";
  const std::vector<Vector> vectors = {
      {"length and chunks", "POST /v1/orders", json_type + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "{}", {400, 411}},
      {"chunks and length", "POST /v1/orders", json_type + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", {400, 411}},
      {"two lengths", "POST /v1/orders", json_type + "Content-Length: 2\r\nContent-Length: 3\r\n", "{}x", {400}},
      {"two equal lengths", "POST /v1/orders", json_type + "Content-Length: 2\r\nContent-Length: 2\r\n", "{}", {400}},
      {"list of lengths", "POST /v1/orders", json_type + "Content-Length: 2, 2\r\n", "{}", {400}},
      {"negative length", "POST /v1/orders", json_type + "Content-Length: -1\r\n", "{}", {400}},
      {"signed length", "POST /v1/orders", json_type + "Content-Length: +2\r\n", "{}", {400}},
      {"hexadecimal length", "POST /v1/orders", json_type + "Content-Length: 0x2\r\n", "{}", {400}},
      {"huge length", "POST /v1/orders", json_type + "Content-Length: 99999999999999999999\r\n", "{}", {400, 413}},
      {"4 MiB and one", "POST /v1/orders", json_type + "Content-Length: 4194305\r\n", "", {413}},
      {"no length", "POST /v1/orders", json_type, "", {411}},
      {"chunked", "POST /v1/orders", json_type + "Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", {411}},
      {"odd coding", "POST /v1/orders", json_type + "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", "{}", {411}},
      {"gzip", "POST /v1/orders", json_type + "Content-Encoding: gzip\r\nContent-Length: 4\r\n", "\x1f\x8b\x08\x00", {415}},
      {"body on GET", "GET /v1/orders", "Content-Length: 2\r\n", "{}", {400}},
      {"body on DELETE", "DELETE /v1/orders", "Content-Length: 2\r\n", "{}", {400}},
      {"two hosts", "GET /v1/orders", "Host: other\r\n", "", {400}},
      {"200 headers", "GET /v1/orders", many_headers(200), "", {0, 400, 431}},
      {"header of 64 KiB", "GET /v1/orders", "X-Long: " + std::string(65536, 'a') + "\r\n", "", {0, 400, 431}},
      {"8 KiB path", "GET /v1/orders/" + std::string(8192, 'a'), "", "", {0, 400, 404, 414}},
      {"64 KiB query", "GET /v1/orders?status=" + std::string(65536, 'a'), "", "", {0, 400, 414, 422}},
      {"1000 parameters", "GET /v1/orders?a=1" + std::string(2000, '&'), "", "", {200, 400, 414}},
      {"traversal", "GET /v1/../../../../etc/passwd", "", "", {404}},
      {"encoded traversal", "GET /v1/orders/..%2f..%2fetc%2fpasswd", "", "", {404}},
      {"NUL in the path", "GET /v1/orders/ord_1%00", "", "", {404}},
      {"NUL in a SKU", "GET /v1/products/%00", "", "", {404, 422}},
      {"no UTF-8 in a SKU", "GET /v1/products/%ff%fe", "", "", {404, 422}},
      {"half an escape", "GET /v1/products/%2", "", "", {404, 422}},
      {"NUL in a station", "GET /v1/stations/a%00b", "", "", {404, 422}},
      {"NUL in a tracking number", "GET /v1/tracking/a%00b", "", "", {403, 404}},
      {"absolute target", "GET http://evil.example/v1/orders", "", "", {400, 404}},
      {"asterisk", "OPTIONS *", "", "", {400, 404, 405}},
      {"no slash", "GET v1/orders", "", "", {0, 400, 404}},
      {"unknown method", "BREW /v1/orders", "", "", {0, 400, 405}},
      {"connect", "CONNECT example.org:443", "", "", {0, 400, 404, 405}},
      {"trace", "TRACE /v1/orders", "", "", {0, 400, 405}},
      {"lower-case method", "get /v1/orders", "", "", {0, 400, 405}},
      {"NUL in a header", "GET /v1/orders", std::string("X-A: a\0b\r\n", 10), "", {0, 200, 400}},
      {"header without colon", "GET /v1/orders", "nonsense\r\n", "", {0, 200, 400}},
      {"folded header", "GET /v1/orders", "X-A: a\r\n b\r\n", "", {0, 200, 400}},
      {"space before colon", "POST /v1/orders", json_type + "Content-Length : 2\r\n", "{}", {0, 400, 411}},
      {"expect", "POST /v1/stock/movements", json_type + "Expect: nonsense\r\nContent-Length: 2\r\n", "{}", {400, 417, 422}},
      {"range", "GET /v1/openapi.json", "Range: bytes=0-1,5-6,9-\r\n", "", {200, 206, 400, 416}},
      {"strange accept", "GET /v1/orders", "Accept: ;q=x,,*/*;q=9\r\nAccept-Encoding: br;q=, gzip;q=-1\r\n", "", {200, 400}},
  };
  for (const auto& one : vectors) {
    const auto answer = exchange(api.port(), authorized(one.first_line, one.headers, one.body));
    const bool fine = std::find(one.statuses.begin(), one.statuses.end(), answer.status) != one.statuses.end();
    EXPECT_TRUE(fine) << one.name << ": " << answer.status << " " << answer.body.substr(0, 200);
    EXPECT_LT(answer.status, 500) << one.name;
    EXPECT_EQ(answer.body.find("root:"), std::string::npos) << one.name;
  }
  expect_serving();
}

TEST_F(Hostile, WithoutExactlyOneHostNothingIsAnswered) {
  EXPECT_EQ(exchange(api.port(), "GET /livez HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(exchange(api.port(), "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").status, 400);
  EXPECT_EQ(exchange(api.port(), "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

TEST_F(Hostile, NoSecondRequestHidesBehindTheFirst) {
  // The body of a refused request is itself a request: it must never be answered.
  const std::string hidden = "POST /v1/stock/movements HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
  const auto answer = exchange(api.port(), authorized("POST /v1/orders", "Transfer-Encoding: chunked\r\n", hidden));
  EXPECT_EQ(answer.status, 411);
  EXPECT_EQ(answer.body.find("HTTP/1.1"), std::string::npos);
  const auto get = exchange(api.port(), authorized("GET /v1/orders", "Content-Length: " + std::to_string(hidden.size()) + "\r\n", hidden));
  EXPECT_EQ(get.status, 400);
  EXPECT_EQ(get.body.find("HTTP/1.1"), std::string::npos);
}

TEST_F(Hostile, HeadersThatTheServerAddsItselfAreNotBelieved) {
  for (const std::string name : {"REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT", "remote_addr"}) {
    EXPECT_EQ(exchange(api.port(), authorized("GET /v1/orders", name + ": 10.0.0.1'; DROP TABLE orders\r\n")).status, 200) << name;
  }
}

TEST_F(Hostile, GarbageInsteadOfHttpEndsTheConnection) {
  for (const std::string& garbage :
       {std::string("\0\0\0\0\r\n\r\n", 8), std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
        std::string("GET\r\n\r\n"), std::string("GET / HTTP/9.9\r\nHost: a\r\n\r\n"), std::string("\r\n\r\n\r\n"),
        std::string(100'000, 'A') + "\r\n\r\n", std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}) {
    EXPECT_LT(exchange(api.port(), garbage).status, 500) << garbage.substr(0, 30);
  }
  expect_serving();
}

TEST_F(Hostile, HalfARequestBlocksNobody) {
  // More than half of the server's threads are held by clients that never finish.
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 5; ++i) {
    slow.push_back(std::make_unique<RawClient>(api.port()));
    slow.back()->send(i % 2 == 0 ? "GET /v1/orders HT" : authorized("POST /v1/orders", "Content-Length: 100\r\n", "{\"external_id\":"));
  }
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) expect_serving();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
}

TEST_F(Hostile, AClientThatLeavesInTheMiddleHarmsNobody) {
  for (int i = 0; i < 30; ++i) {
    RawClient client(api.port());
    client.send(authorized("POST /v1/orders", "Content-Type: application/json\r\nContent-Length: 1000\r\n", "{\"external_id\":\"half"));
  }
  for (int i = 0; i < 30; ++i) {
    RawClient client(api.port());
    client.send(authorized("GET /v1/openapi.json", ""));  // and does not read
  }
  expect_serving();
  EXPECT_EQ(api.get("/v1/orders").body["items"].size(), 0U);
}

TEST_F(Hostile, WithoutItsDatabaseTheServiceSaysWhenToComeBackAndHealsByItself) {
  const std::string url = api.database_url(), name = url.substr(url.find("dbname=") + 7);
  EXPECT_EQ(api.get("/v1/products").status, 200);
  admin_sql("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
  admin_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
  for (const std::string path : {"/v1/products", "/v1/orders/ord_1", "/v1/stations"}) {
    const auto answer = api.get(path);
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_GE(std::stoi("0" + answer.header("retry-after")), 1);
  }
  EXPECT_EQ(api.post("/v1/scans", Api::scan_body("pick-1", "4006381333931")).status, 503);
  EXPECT_EQ(api.get("/livez").status, 200);
  EXPECT_EQ(api.get("/readyz").status, 503);
  admin_sql("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < until) status = api.get("/v1/products").status;
  EXPECT_EQ(status, 200) << "not healed within two seconds";
}

TEST_F(Hostile, TextsOfAttacksAreOnlyTexts) {
  api.add_product("MUG", "4006381333931", 10);
  int number = 0;
  for (const std::string text :
       {"'; DROP TABLE orders; --", "{{7*7}}{{{x}}}", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "$1 $2 %s %n", "^XA^FDx^FS^XZ",
        "\\u0041\\", "../../etc/passwd", "\xE2\x80\xAE\xF0\x9F\x98\x80 \xE6\xBC\xA2"}) {
    json body = Api::order_body("hostile-" + std::to_string(++number) + text, {{"MUG", 1}});
    body["customer"]["name"] = text;
    body["ship_to"]["name"] = text;
    body["lines"][0]["description"] = text;
    const auto order = api.take_order(body);
    EXPECT_EQ(order["customer"]["name"], text);
    EXPECT_EQ(api.get("/v1/orders/" + order["id"].get<std::string>()).body["lines"][0]["description"], text);
  }
  expect_serving();
}

}  // namespace
}  // namespace roundtrip::test
