// The whole API in this process: routes, front and server on a port of its own over a test database,
// API keys made the real way, and a client that holds every answer against the OpenAPI document.
#pragma once
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "http/front.hpp"
#include "http/server.hpp"
#include "support/database.hpp"
#include "support/http_client.hpp"
#include "usecases/access.hpp"

namespace roundtrip::test {

using nlohmann::json;

struct ApiAnswer {
  int status = 0;
  Headers headers;
  std::string text;
  json body;  // null when it is not JSON
  std::string header(std::string_view lower_name) const;
  std::string code() const { return body.is_object() ? body.value("code", "") : ""; }
  // The pointers of `errors`, sorted.
  std::vector<std::string> pointers() const;
};

class Api {
 public:
  explicit Api(const std::map<std::string, std::string>& settings = {});
  // Sends with the merchant's key unless the headers hold an authorization; `body` as it is. The answer's
  // status, type and body must be in the document: anything else is a failure of the running test.
  ApiAnswer call(const std::string& method, const std::string& target, const std::string& body = "", Headers headers = {});
  ApiAnswer get(const std::string& target, Headers headers = {}) { return call("GET", target, "", std::move(headers)); }
  ApiAnswer post(const std::string& target, const json& body = json::object(), Headers headers = {}) {
    return call("POST", target, body.dump(), std::move(headers));
  }
  ApiAnswer put(const std::string& target, const json& body, Headers headers = {}) {
    return call("PUT", target, body.dump(), std::move(headers));
  }
  ApiAnswer patch(const std::string& target, const json& body, Headers headers = {}) {
    return call("PATCH", target, body.dump(), std::move(headers));
  }

  // From now on every POST that takes an Idempotency-Key and works is sent twice, as if the program had died between its commit and
  // its answer: the second answer must be the first.
  void lose_answers() { loses_answers_ = true; }

  std::string make_key(MerchantId merchant, const std::vector<std::string>& scopes);
  // Another merchant with a warehouse "main"; gives the authorization header of a key that may everything.
  Headers other_merchant();
  static Headers bearer(const std::string& key) { return {{"Authorization", "Bearer " + key}}; }

  int port() const { return server_->port(); }
  const json& document() const { return document_; }
  const http::Router& router() const { return router_; }
  store::Database& db() { return database_.db(); }
  const std::string& database_url() const { return database_.url(); }
  MerchantId merchant() { return database_.merchant(); }
  usecases::Context context() { return {db(), merchant(), {"api", "test"}, roundtrip::now()}; }
  // "GET /v1/orders/{id} 200" of every answer that was seen.
  std::set<std::string> seen() const;

  // A product with a barcode and stock in A-01.
  void add_product(const std::string& sku, const std::string& barcode, std::int64_t stock);
  // An order body for these SKUs: {"MUG": 2}, all at 10.00.
  static json order_body(const std::string& external_id, const std::vector<std::pair<std::string, int>>& lines);
  // The order as answered; the test fails unless it was taken in.
  json take_order(const json& body);
  // A scan with an id of its own.
  static json scan_body(const std::string& station, const std::string& barcode);
  json scan(const std::string& station, const std::string& barcode);
  // Scans an order's first shipment through pick, pack and dispatch; `barcodes` as often as there are units. Gives the order.
  json ship(const std::string& order_id, const std::vector<std::string>& barcodes);

 private:
  void ask_again(const std::string& method, const std::string& target, const std::string& body, const Headers& headers,
                 const ApiAnswer& first);
  ApiAnswer send(const std::string& method, const std::string& target, const std::string& body, const Headers& headers);
  void hold_against_document(const std::string& method, const std::string& path, const ApiAnswer& answer);

  TestDatabase database_;
  Config config_;
  usecases::Links links_{"secret", "http://127.0.0.1:8080", 400};
  http::Services services_;
  http::Router router_;
  std::unique_ptr<http::Front> front_;
  std::unique_ptr<http::Server> server_;
  json document_;
  std::string key_;
  bool loses_answers_ = false;
  mutable std::mutex mutex_;
  std::set<std::string> seen_;
};

std::string random_uuid();
// The document's path and operation for a request; nothing for a path that it does not name.
struct FoundOperation {
  std::string path;
  const json* operation = nullptr;  // none: the path is known, the method is not
};
std::optional<FoundOperation> find_operation(const json& document, std::string method, const std::string& path);
const json& resolve(const json& document, const json& value);

}  // namespace roundtrip::test
