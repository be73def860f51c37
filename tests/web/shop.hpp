// The real program with a demo shop, on a database and in a folder of its own.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/transport.hpp"
#include "support/database.hpp"
#include "web/browser.hpp"
#include "web/child.hpp"

namespace roundtrip::test {

class Shop {
 public:
  // `more`: settings as environment, "NAME=value".
  explicit Shop(const std::vector<std::string>& more = {});
  ~Shop();
  std::string at(const std::string& path) const { return url_ + path; }
  const std::filesystem::path& folder() const { return folder_; }
  store::Database& db() { return database_.db(); }

  struct Answer {
    int status = 0;
    std::string body;
    Headers headers;
    Json json() const { return Json::parse(body); }
  };
  // Without a network nobody reaches the program.
  void cut_network(bool cut) { relay_->cut(cut); }

  // With the shop's API key.
  Answer api(const std::string& method, const std::string& path, const Json& body = nullptr);
  // Without any credentials; `body` is a form.
  Answer get(const std::string& path, const Headers& headers = {});
  Answer post_form(const std::string& path, const std::string& body, const Headers& headers = {});
  // One scan over the API, whatever comes of it; the other throws unless it was accepted.
  Json send_scan(const std::string& station, const std::string& barcode);
  Json scan(const std::string& station, const std::string& barcode);

  // The order SO-1001 of the demo: 2 x Red mug, 1 x Earl Grey tea.
  Json order(const std::string& external_id);
  std::string shipment_code(const std::string& external_id);
  // Picks, packs and hands over an order through the API.
  void ship(const std::string& external_id);

 private:
  Answer send(HttpRequest request);
  TestDatabase database_;
  std::filesystem::path folder_;
  std::unique_ptr<Relay> relay_;
  std::string url_, key_;
  std::unique_ptr<Child> service_;
  std::unique_ptr<Transport> transport_;
};

inline constexpr const char* kMug = "4006381333900";
inline constexpr const char* kTea = "4006381333924";
inline constexpr const char* kLamp = "4006381333931";

// A PNG of one pixel.
std::string small_picture();

// Signs in and waits for the first page.
void sign_in(Browser& browser, const Shop& shop, const std::string& login);

}  // namespace roundtrip::test
