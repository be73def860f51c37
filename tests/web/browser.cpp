// WebDriver over HTTP and JSON.
#include "web/browser.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "clients/curl_transport.hpp"

namespace roundtrip::test {
namespace {
constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kStep = std::chrono::milliseconds(20);

// "ChromeDriver was started successfully on port 12345."
std::string port_in(const std::string& log) {
  const std::string mark = "successfully on port ";
  const auto at = log.find(mark);
  if (at == std::string::npos) return "";
  const auto end = log.find('.', at + mark.size());
  return end == std::string::npos ? "" : log.substr(at + mark.size(), end - at - mark.size());
}

Json capabilities(const std::string& folder) {
  const Json arguments = {"--headless=new",
                          "--no-sandbox",
                          "--disable-gpu",
                          "--disable-dev-shm-usage",
                          "--no-first-run",
                          "--disable-extensions",
                          "--disable-background-networking",
                          "--disable-background-timer-throttling",
                          "--disable-renderer-backgrounding",
                          "--disable-backgrounding-occluded-windows",
                          "--disable-component-update",
                          "--disable-sync",
                          "--mute-audio",
                          "--hide-scrollbars",
                          "--window-size=1280,900",
                          "--user-data-dir=" + folder + "/profile"};
  return {{"capabilities",
           {{"alwaysMatch",
             {{"browserName", "chrome"}, {"goog:loggingPrefs", {{"browser", "ALL"}}}, {"goog:chromeOptions", {{"args", arguments}}}}}}}};
}
}  // namespace

Browser::Browser(const std::string& folder) {
  clients::CurlOptions options;
  options.allow_private_addresses = true;
  transport_ = std::make_unique<clients::CurlTransport>(options);
  const std::string port = start_driver(folder);
  base_ = "http://127.0.0.1:" + port;
  session_ = "/session/" + call("POST", "/session", capabilities(folder)).at("sessionId").get<std::string>();
}

// chromedriver asks the system for a free IPv6 port and then wants the same one of IPv4: when somebody else has that, it ends, and is
// started again. Returns its port.
std::string Browser::start_driver(const std::string& folder) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience * 3;
  for (int attempt = 1;; ++attempt) {
    const std::string log = folder + "/chromedriver-" + std::to_string(attempt) + ".log";
    driver_ = std::make_unique<Child>(std::vector<std::string>{"chromedriver", "--port=0"}, std::vector<std::string>{}, log);
    while (driver_->log().find("port not available") == std::string::npos) {
      if (std::string port = port_in(driver_->log()); !port.empty()) return port;
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("chromedriver does not start: " + driver_->log());
      std::this_thread::sleep_for(kStep);
    }
  }
}

Browser::~Browser() {
  try {
    call("DELETE", session_);
  } catch (const std::exception&) {
    // The driver takes the browser with it.
  }
}

Json Browser::call(const std::string& method, const std::string& path, const Json& body) {
  HttpRequest request{.method = method,
                      .url = base_ + path,
                      .headers = {{"Content-Type", "application/json"}},
                      .body = {},
                      .timeout_ms = 60'000,
                      .max_reply_bytes = 64 << 20};
  if (method == "POST") request.body = body.dump();
  const auto outcome = transport_->send(request);
  if (!outcome.response) throw std::runtime_error("webdriver " + path + ": " + outcome.failure.detail);
  const Json reply = Json::parse(outcome.response->body);
  if (outcome.response->status != 200) throw std::runtime_error("webdriver " + path + ": " + reply["value"].value("message", "?"));
  return reply["value"];
}

void Browser::open(const std::string& url) { call("POST", session_ + "/url", {{"url", url}}); }
void Browser::reload() { call("POST", session_ + "/refresh"); }
std::string Browser::url() { return script("return location.href").get<std::string>(); }
std::string Browser::path() { return script("return location.pathname").get<std::string>(); }

Json Browser::devtools(const std::string& command, const Json& parameters) {
  return call("POST", session_ + "/goog/cdp/execute", {{"cmd", command}, {"params", parameters}});
}

void Browser::resize(int width, int height) {
  devtools("Emulation.setDeviceMetricsOverride", {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", width < 600}});
}

Json Browser::script(const std::string& body, const Json& arguments) {
  return call("POST", session_ + "/execute/sync", {{"script", body}, {"args", arguments}});
}

Json Browser::wait_for(const std::string& body, const Json& arguments) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    try {
      Json value = script(body, arguments);
      if (!value.is_null() && value != false && value != 0 && value != "") return value;
    } catch (const std::runtime_error&) {
      // The page is changing under us.
    }
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("waited in vain for: " + body + "\non " + url() + "\n" + text("body"));
    }
    std::this_thread::sleep_for(kStep);
  }
}

std::string Browser::text(const std::string& selector) {
  const Json found = script("const e = document.querySelector(arguments[0]); return e ? e.innerText : null", {selector});
  if (found.is_null()) throw std::runtime_error("no element " + selector);
  return found.get<std::string>();
}

int Browser::count(const std::string& selector) {
  return script("return document.querySelectorAll(arguments[0]).length", {selector}).get<int>();
}

std::string Browser::element(const std::string& selector) {
  wait_for("return document.querySelector(arguments[0]) !== null", {selector});
  return call("POST", session_ + "/element", {{"using", "css selector"}, {"value", selector}}).begin()->get<std::string>();
}

void Browser::click(const std::string& selector) { call("POST", session_ + "/element/" + element(selector) + "/click"); }

void Browser::click_and_leave(const std::string& selector) {
  script("document.documentElement.dataset.old = '1'");
  click(selector);
  wait_for("return document.readyState === 'complete' && !document.documentElement.dataset.old");
}

void Browser::type(const std::string& selector, const std::string& text) {
  call("POST", session_ + "/element/" + element(selector) + "/value", {{"text", text}});
}

void Browser::clear(const std::string& selector) { call("POST", session_ + "/element/" + element(selector) + "/clear"); }

void Browser::scan(const std::string& barcode, const std::string& end) {
  Json actions = Json::array();
  const auto press = [&](const std::string& key) {
    actions.push_back({{"type", "keyDown"}, {"value", key}});
    actions.push_back({{"type", "keyUp"}, {"value", key}});
  };
  for (const char c : barcode) press(std::string(1, c));
  press(end);
  call("POST", session_ + "/actions", {{"actions", {{{"type", "key"}, {"id", "scanner"}, {"actions", actions}}}}});
}

std::vector<std::string> Browser::complaints() {
  std::vector<std::string> out;
  for (const Json& entry : call("POST", session_ + "/se/log", {{"type", "browser"}})) {
    const auto level = entry.value("level", "");
    if (level == "SEVERE" || level == "WARNING") out.push_back(level + " " + entry.value("message", ""));
  }
  return out;
}

}  // namespace roundtrip::test
