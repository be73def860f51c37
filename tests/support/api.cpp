// The in-process API of tests.
#include "support/api.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/secrets.hpp"
#include "http/api.hpp"
#include "http/auth.hpp"
#include "http/openapi.hpp"
#include "labels/picture_child.hpp"
#include "support/places.hpp"
#include "support/schema.hpp"
#include "usecases/products.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::test {
namespace {
Config configured(const std::map<std::string, std::string>& settings) {
  Config config;
  for (const auto& [name, value] : settings) {
    if (!config.set(name, value)) throw std::logic_error("no setting " + name);
  }
  return config;
}

std::vector<std::string> segments_of(const std::string& path) {
  std::vector<std::string> out;
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    out.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// How many segments are the pattern's own; nothing when the path does not fit.
std::optional<int> fit(const std::string& pattern, const std::string& path) {
  const auto wanted = segments_of(pattern), given = segments_of(path);
  if (wanted.size() != given.size()) return std::nullopt;
  int literal = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with("{")) {
      if (given[i].empty()) return std::nullopt;
    } else if (wanted[i] == given[i]) {
      ++literal;
    } else {
      return std::nullopt;
    }
  }
  return literal;
}

std::string media_type(const std::string& content_type) { return content_type.substr(0, content_type.find(';')); }
}  // namespace

std::string ApiAnswer::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_name) return value;
  }
  return "";
}

std::vector<std::string> ApiAnswer::pointers() const {
  std::vector<std::string> out;
  if (!body.is_object() || !body.contains("errors")) return out;
  for (const auto& fault : body["errors"]) out.push_back(fault["pointer"]);
  std::sort(out.begin(), out.end());
  return out;
}

const json& resolve(const json& document, const json& value) {
  return value.contains("$ref") ? document.at(json::json_pointer(value["$ref"].get<std::string>().substr(1))) : value;
}

std::optional<FoundOperation> find_operation(const json& document, std::string method, const std::string& path) {
  std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::optional<FoundOperation> found;
  int best = -1;
  for (const auto& [pattern, operations] : document["paths"].items()) {
    const auto literal = fit(pattern, path);
    if (!literal) continue;
    const bool has = operations.contains(method);
    if (!found) found = FoundOperation{pattern, nullptr};
    if (!has || *literal <= best) continue;
    best = *literal;
    found = FoundOperation{pattern, &operations[method]};
  }
  return found;
}

Api::Api(const std::map<std::string, std::string>& settings) : config_(configured(settings)), services_{database_.db(), config_, links_} {
  http::add_api_routes(router_, services_);
  front_ = std::make_unique<http::Front>(router_, services_, http::make_authenticate(services_));
  server_ =
      std::make_unique<http::Server>(http::ServerOptions{.threads = 8}, [this](http::Request& request) { return front_->answer(request); });
  server_->start();
  labels::set_picture_program(ROUNDTRIP_BINARY);
  document_ = json::parse(http::openapi_text());
  key_ = make_key(merchant(), {std::begin(usecases::kScopes), std::end(usecases::kScopes)});
}

std::string Api::make_key(MerchantId merchant, const std::vector<std::string>& scopes) {
  const usecases::Context context{db(), merchant, {"api", "test"}, roundtrip::now()};
  const auto made = usecases::create_key(context, "key-" + random_token(), scopes, std::nullopt);
  if (!made) throw std::runtime_error(made.error().message);
  return made->key;
}

Headers Api::other_merchant() {
  const auto made = usecases::create_merchant(db(), {.slug = "other", .name = "Other"}, roundtrip::now());
  if (!made) throw std::runtime_error(made.error().message);
  const usecases::Context context{db(), *made, {"api", "test"}, roundtrip::now()};
  const auto warehouse = usecases::create_warehouse(context, {.name = "main"});
  if (!warehouse || !usecases::create_bin(context, *warehouse, "A-01", 1)) throw std::runtime_error("no warehouse for the other merchant");
  if (!usecases::create_station(context, *warehouse, "pick-1", "pick")) throw std::runtime_error("no station for the other merchant");
  return bearer(make_key(*made, {std::begin(usecases::kScopes), std::end(usecases::kScopes)}));
}

ApiAnswer Api::call(const std::string& method, const std::string& target, const std::string& body, Headers headers) {
  const auto given = [&](std::string_view name) {
    return std::any_of(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  };
  if (!given("Authorization")) headers.emplace_back("Authorization", "Bearer " + key_);
  if (!body.empty() && !given("Content-Type")) headers.emplace_back("Content-Type", "application/json");
  const auto match = router_.find(method, target.substr(0, target.find('?')));
  const bool repeats = loses_answers_ && match.route != nullptr && match.route->idempotent_post && !given("Idempotency-Key");
  if (repeats) headers.emplace_back("Idempotency-Key", random_uuid());
  const ApiAnswer answer = send(method, target, body, headers);
  if (repeats && answer.status < 300) ask_again(method, target, body, headers, answer);
  return answer;
}

ApiAnswer Api::send(const std::string& method, const std::string& target, const std::string& body, const Headers& headers) {
  const RawAnswer raw = exchange(port(), request_text(method, target, body, headers));
  ApiAnswer answer{raw.status, raw.headers, raw.body, json::parse(raw.body, nullptr, false)};
  if (answer.body.is_discarded()) answer.body = nullptr;
  hold_against_document(method, target.substr(0, target.find('?')), answer);
  return answer;
}

void Api::ask_again(const std::string& method, const std::string& target, const std::string& body, const Headers& headers,
                    const ApiAnswer& first) {
  store::Session(db()).run(
      "UPDATE idempotency_keys SET status = NULL, body = NULL, created_at = created_at - interval '1 minute' WHERE merchant_id = $1 AND "
      "key "
      "= $2",
      {merchant(), headers.back().second});
  const ApiAnswer second = send(method, target, body, headers);
  EXPECT_EQ(second.status, first.status) << method << " " << target << " " << second.text;
  EXPECT_EQ(second.body, first.body) << method << " " << target;
}

void Api::hold_against_document(const std::string& method, const std::string& path, const ApiAnswer& answer) {
  const std::string what = method + " " + path + " " + std::to_string(answer.status) + " " + answer.text.substr(0, 300);
  const auto found = find_operation(document_, method, path);
  const std::string type = media_type(answer.header("content-type"));
  if (!found || found->operation == nullptr) {
    EXPECT_TRUE(answer.status == 404 || answer.status == 405) << what << " is not in the document";
    EXPECT_EQ(schema_faults(document_, document_["components"]["schemas"]["Problem"], answer.body), std::vector<std::string>{}) << what;
    return;
  }
  const json& responses = (*found->operation)["responses"];
  const std::string status = std::to_string(answer.status);
  if (!responses.contains(status)) {
    ADD_FAILURE() << what << ": the document does not name this status";
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    seen_.insert(method + " " + found->path + " " + status);
  }
  const json& response = resolve(document_, responses[status]);
  if (!response.contains("content")) {
    EXPECT_EQ(answer.text, "") << what;
    return;
  }
  if (!response["content"].contains(type)) {
    ADD_FAILURE() << what << ": the document does not name the type " << type;
    return;
  }
  const json& content = response["content"][type];
  if (type.ends_with("json") && content.contains("schema")) {
    EXPECT_EQ(schema_faults(document_, content["schema"], answer.body), std::vector<std::string>{}) << what;
  }
  if (answer.status >= 400 && type == "application/problem+json") {
    EXPECT_EQ(answer.body["status"], answer.status) << what;
    EXPECT_TRUE(document_["x-problems"].contains(answer.code())) << answer.code() << " is not among the problems of the document";
  }
}

std::set<std::string> Api::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void Api::add_product(const std::string& sku, const std::string& barcode, std::int64_t stock) {
  domain::Product product;
  product.sku = sku;
  product.name = "The " + sku;
  if (!barcode.empty()) product.barcodes = {barcode};
  product.care = "{}";
  if (const auto put = usecases::put_product(context(), product, std::nullopt); !put) throw std::runtime_error(put.error().message);
  if (stock == 0) return;
  usecases::Movement movement;
  movement.sku = sku;
  movement.quantity = stock;
  movement.reason = "delivery";
  if (const auto moved = usecases::move_stock(context(), movement); !moved) throw std::runtime_error(moved.error().message);
}

json Api::order_body(const std::string& external_id, const std::vector<std::pair<std::string, int>>& lines) {
  json body = {
      {"external_id", external_id},
      {"placed_at", "2026-11-20T09:15:00Z"},
      {"currency", "EUR"},
      {"customer", {{"name", "Ana Lima"}, {"email", "ana@example.org"}}},
      {"ship_to", {{"name", "Ana Lima"}, {"line1", "Rua A 1"}, {"city", "Lisboa"}, {"postal_code", "1000-001"}, {"country", "PT"}}},
      {"lines", json::array()}};
  std::int64_t total = 0;
  for (const auto& [sku, quantity] : lines) {
    body["lines"].push_back({{"sku", sku}, {"quantity", quantity}, {"unit_price", 1000}});
    total += 1000 * quantity;
  }
  body["payments"] = json::array({{{"gateway", "manual"}, {"reference", "bank-" + external_id}, {"captured", total}}});
  return body;
}

json Api::take_order(const json& body) {
  const auto answer = post("/v1/orders", body);
  EXPECT_EQ(answer.status, 201) << answer.text;
  return answer.body;
}

json Api::scan_body(const std::string& station, const std::string& barcode) {
  return {{"scan_id", random_uuid()}, {"station", station}, {"barcode", barcode}};
}

json Api::scan(const std::string& station, const std::string& barcode) {
  const auto answer = post("/v1/scans", scan_body(station, barcode));
  EXPECT_EQ(answer.status, 200) << answer.text;
  return answer.body;
}

json Api::ship(const std::string& order_id, const std::vector<std::string>& barcodes) {
  const std::string code = get("/v1/orders/" + order_id).body["shipments"][0]["code"];
  for (const std::string station : {"pick-1", "pack-1"}) {
    EXPECT_EQ(scan(station, code)["outcome"], "accepted");
    for (const auto& barcode : barcodes) EXPECT_EQ(scan(station, barcode)["outcome"], "accepted") << station << " " << barcode;
  }
  const std::string parcel = get("/v1/orders/" + order_id).body["shipments"][0]["parcels"][0]["code"];
  EXPECT_EQ(scan("dispatch-1", parcel)["outcome"], "accepted");
  return get("/v1/orders/" + order_id).body;
}

std::string random_uuid() {
  std::string hex = sha256_hex(random_token()).substr(0, 32);
  for (const std::size_t at : {8, 13, 18, 23}) hex.insert(at, "-");
  return hex;
}

}  // namespace roundtrip::test
