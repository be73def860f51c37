// Chromium through its driver: the few words of W3C WebDriver that the tests need.
#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/transport.hpp"
#include "web/child.hpp"

namespace roundtrip::test {

using Json = nlohmann::json;

class Browser {
 public:
  // Its files go to `folder`. Throws when chromedriver or Chromium cannot be started.
  explicit Browser(const std::string& folder);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  void open(const std::string& url);
  void reload();
  std::string path();  // of the page, without the query
  std::string url();
  void resize(int width, int height);
  // The value of a JavaScript function body ("return document.title").
  Json script(const std::string& body, const Json& arguments = Json::array());
  // Waits until the body is truthy; fails the test (throws) after 10 s, with the page's text.
  Json wait_for(const std::string& body, const Json& arguments = Json::array());
  std::string text(const std::string& selector);
  int count(const std::string& selector);
  void click(const std::string& selector);                          // scrolls there; waits until it exists
  void click_and_leave(const std::string& selector);                // and waits for the next page
  void type(const std::string& selector, const std::string& text);  // as a person, into a field
  void clear(const std::string& selector);
  // Keys without a pause, wherever the focus is, as a scanner sends them; `end` is Enter.
  void scan(const std::string& barcode, const std::string& end = "\uE007");
  // Warnings and errors of the console since the last call.
  std::vector<std::string> complaints();
  Json devtools(const std::string& command, const Json& parameters);

 private:
  std::string start_driver(const std::string& folder);
  Json call(const std::string& method, const std::string& path, const Json& body = Json::object());
  std::string element(const std::string& selector);
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Child> driver_;
  std::string base_, session_;
};

}  // namespace roundtrip::test
