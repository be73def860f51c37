// Starting `roundtrip demo` and `roundtrip serve`, and speaking to them.
#include "web/shop.hpp"

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/secrets.hpp"
#include "clients/curl_transport.hpp"
#include "support/places.hpp"
#include "support/process.hpp"

namespace roundtrip::test {
namespace {
std::filesystem::path fresh_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "roundtrip-web-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder");
  return pattern;
}

std::string key_in(const std::filesystem::path& env_file) {
  std::ifstream file(env_file);
  for (std::string line; std::getline(file, line);) {
    const std::string mark = "ROUNDTRIP_KEY=";
    if (line.starts_with(mark)) return line.substr(mark.size());
  }
  throw std::runtime_error("no key in " + env_file.string());
}
}  // namespace

Shop::Shop(const std::vector<std::string>& more) : folder_(fresh_folder()) {
  const std::string socket = (folder_ / "s.sock").string();
  relay_ = std::make_unique<Relay>(socket);
  url_ = "http://127.0.0.1:" + std::to_string(relay_->port());
  std::vector<std::string> environment = {"ROUNDTRIP_DATABASE__URL=" + database_.url(),
                                          "ROUNDTRIP_HTTP__SOCKET=" + socket,
                                          "ROUNDTRIP_HTTP__PUBLIC_URL=" + url_,
                                          "ROUNDTRIP_HTTP__OPERATIONS_PORT=0",
                                          "ROUNDTRIP_MAIL__OUTBOX_DIR=" + (folder_ / "outbox").string(),
                                          "ROUNDTRIP_NOTIFICATIONS__MERGE_WINDOW_MS=50",
                                          "ROUNDTRIP_JOBS__POLL_MS=50",
                                          "ROUNDTRIP_LOG__LEVEL=info"};
  environment.insert(environment.end(), more.begin(), more.end());
  const auto demo = run_process({ROUNDTRIP_BINARY, "demo", "--fresh", "--env-file", (folder_ / "demo.env").string()}, environment);
  if (demo.exit_code != 0) throw std::runtime_error("roundtrip demo: " + demo.err);
  key_ = key_in(folder_ / "demo.env");
  service_ = std::make_unique<Child>(std::vector<std::string>{ROUNDTRIP_BINARY, "serve"}, environment, (folder_ / "serve.log").string());
  clients::CurlOptions options;
  options.allow_private_addresses = true;
  transport_ = std::make_unique<clients::CurlTransport>(options);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!std::filesystem::exists(socket)) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("roundtrip serve: " + service_->log());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Shop::~Shop() {
  service_.reset();
  relay_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Shop::Answer Shop::send(HttpRequest request) {
  request.url = url_ + request.url;
  request.max_reply_bytes = 8 << 20;
  auto outcome = transport_->send(request);
  if (!outcome.response) throw std::runtime_error(request.url + ": " + outcome.failure.detail + "\n" + service_->log());
  return {outcome.response->status, std::move(outcome.response->body), std::move(outcome.response->headers)};
}

Shop::Answer Shop::api(const std::string& method, const std::string& path, const Json& body) {
  HttpRequest request;
  request.method = method;
  request.url = path;
  request.headers = {{"Authorization", "Bearer " + key_}};
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump();
  }
  return send(std::move(request));
}

Shop::Answer Shop::get(const std::string& path, const Headers& headers) {
  HttpRequest request;
  request.url = path;
  request.headers = headers;
  return send(std::move(request));
}

Shop::Answer Shop::post_form(const std::string& path, const std::string& body, const Headers& headers) {
  HttpRequest request;
  request.method = "POST";
  request.url = path;
  request.headers = headers;
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  request.body = body;
  return send(std::move(request));
}

Json Shop::send_scan(const std::string& station, const std::string& barcode) {
  const auto answer = api("POST", "/v1/scans", {{"scan_id", random_uuid()}, {"station", station}, {"barcode", barcode}});
  if (answer.status != 200) throw std::runtime_error(station + " " + barcode + ": " + answer.body);
  return answer.json();
}

Json Shop::scan(const std::string& station, const std::string& barcode) {
  Json answer = send_scan(station, barcode);
  if (answer["outcome"] != "accepted") throw std::runtime_error(station + " " + barcode + ": " + answer.dump());
  return answer;
}

Json Shop::order(const std::string& external_id) {
  const auto list = api("GET", "/v1/orders?external_id=" + external_id).json();
  return api("GET", "/v1/orders/" + list["items"][0]["id"].get<std::string>()).json();
}

std::string Shop::shipment_code(const std::string& external_id) { return order(external_id)["shipments"][0]["code"].get<std::string>(); }

void Shop::ship(const std::string& external_id) {
  const Json all = order(external_id);
  const std::string code = all["shipments"][0]["code"];
  for (const std::string station : {"pick-1", "pack-1"}) {
    scan(station, code);
    for (const Json& line : all["shipments"][0]["lines"]) {
      const std::string sku = line["sku"];
      for (int i = 0; i < line["quantity"].get<int>(); ++i) scan(station, sku == "MUG-RED" ? kMug : sku == "TEA-EARL" ? kTea : sku);
    }
  }
  scan("dispatch-1", order(external_id)["shipments"][0]["parcels"][0]["code"].get<std::string>());
}

std::string small_picture() {
  const std::string_view hex =
      "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8dfe00000044101c0322c3e3d0000000049454e44ae"
      "426082";
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 2)
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  return out;
}

void sign_in(Browser& browser, const Shop& shop, const std::string& login) {
  browser.open(shop.at("/login"));
  browser.type("#login", login);
  browser.type("#password", "demo-demo-demo");
  browser.click_and_leave("form button");
  browser.wait_for("return location.pathname !== '/login'");
}

}  // namespace roundtrip::test
