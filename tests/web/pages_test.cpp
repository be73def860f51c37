// What holds for every page: nothing from elsewhere, little weight, no complaint, and the basics of accessibility.
#include <gtest/gtest.h>

#include "domain/codes.hpp"
#include "web/shop.hpp"

namespace roundtrip::test {
namespace {

// Faults of a page by rules of WCAG 2.2 that a script can see.
constexpr const char* kFaults = R"js(
const faults = [];
const say = (what, element) => faults.push(what + ': ' + (element ? element.outerHTML.slice(0, 120) : ''));
const visible = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
if (!document.documentElement.lang) say('no lang');
if (!document.title) say('no title');
if (document.querySelectorAll('h1').length !== 1) say('not one h1 but ' + document.querySelectorAll('h1').length);
if (document.querySelectorAll('main').length !== 1) say('not one main');
if (!document.querySelector('a.skip, .plain-main')) say('no skip link');
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) say('id twice ' + id);
for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
  if (!field.labels.length && !field.getAttribute('aria-label')) say('field without label', field);
}
for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) say('image without alt', image);
for (const one of document.querySelectorAll('a[href], button, summary')) {
  if (!one.textContent.trim() && !one.getAttribute('aria-label')) say('no name', one);
  if (!visible(one) || one.classList.contains('skip')) continue;
  const box = one.getBoundingClientRect();
  const inline = one.tagName === 'A' && getComputedStyle(one).display === 'inline';
  if (!inline && (box.height < 24 || box.width < 24)) say('small target ' + box.width + 'x' + box.height, one);
}
for (const one of document.querySelectorAll('[aria-labelledby], [aria-describedby], [aria-controls]')) {
  for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
    for (const id of (one.getAttribute(name) || '').split(' ').filter(Boolean)) {
      if (!document.getElementById(id)) say(name + ' leads nowhere', one);
    }
  }
}
const levels = [...document.querySelectorAll('h1,h2,h3,h4')].filter(visible).map((h) => Number(h.tagName[1]));
levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) say('heading level skipped to h' + level); });
const parse = (color) => (color.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
const light = (color) => {
  const [r, g, b] = color.slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color.length < 4 || color[3] > 0.99) return color;
  }
  return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !visible(element)) continue;
  if (element.closest('.skip, .visually-hidden, noscript, option, [aria-hidden=true]')) continue;
  const style = getComputedStyle(element), a = light(parse(style.color)), b = light(behind(element));
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (contrast < (large ? 3 : 4.5)) say('contrast ' + contrast.toFixed(2), element);
}
return faults;
)js";

constexpr const char* kWeight = R"js(
const own = location.origin + '/';
const all = performance.getEntriesByType('resource');
const foreign = all.filter((one) => !one.name.startsWith(own)).map((one) => one.name);
const bytes = all.reduce((sum, one) => sum + one.decodedBodySize, performance.getEntriesByType('navigation')[0].decodedBodySize);
return {foreign, bytes};
)js";

struct EveryPage : testing::Test {
  Shop shop;
  Browser browser{shop.folder().string()};

  void expect_good(const std::string& url) {
    for (const int width : {1280, 390}) {
      SCOPED_TRACE(url + " at " + std::to_string(width));
      browser.resize(width, 844);
      browser.open(url);
      browser.wait_for("return document.readyState === 'complete'");
      const Json weight = browser.script(kWeight);
      EXPECT_TRUE(weight["foreign"].empty()) << weight["foreign"];
      EXPECT_LT(weight["bytes"].get<int>(), 100'000);
      const Json faults = browser.script(kFaults);
      EXPECT_TRUE(faults.empty()) << faults.dump(1);
      EXPECT_LE(browser.script("return document.documentElement.scrollWidth").get<int>(), width) << "scrolls sideways";
      const auto complaints = browser.complaints();
      EXPECT_TRUE(complaints.empty()) << testing::PrintToString(complaints);
    }
  }
};

TEST_F(EveryPage, OfCustomersIsSoundInEachLanguage) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const std::string id = order["lines"][0]["id"], back = order["links"]["return_url"], track = order["links"]["tracking_url"];
  const std::string token = track.substr(shop.at("/track/").size());
  for (const std::string lang : {"en", "de", "pt-PT"}) {
    for (const std::string& url : {track, back, back + "/withdraw", shop.at("/withdraw"), shop.at("/contact/" + token), shop.at("/find")})
      expect_good(url + "?lang=" + lang);
  }
  const std::string form = "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=other";
  ASSERT_EQ(shop.post_form(back.substr(shop.at("").size()), form).status, 303);
  expect_good(back);
  shop.scan("returns-1", shop.order("SO-1001")["returns"][0]["code"]);
  expect_good(back);
  expect_good(track);
}

TEST_F(EveryPage, OfTheDeskIsSound) {
  shop.ship("SO-1001");
  expect_good(shop.at("/login"));
  sign_in(browser, shop, "admin");
  const std::string id = shop.order("SO-1001")["id"];
  for (const std::string path :
       {"/desk", "/desk/orders", "/desk/orders?show=late", "/desk/returns", "/desk/print", "/desk/refunds", "/desk/products",
        "/desk/products/MUG-RED", "/desk/messages", "/desk/outbox", "/desk/jobs", "/desk/codes", "/desk/found", "/desk/search?q=SO"}) {
    expect_good(shop.at(path));
  }
  expect_good(shop.at("/desk/orders/" + id));
}

TEST_F(EveryPage, OfTheFloorIsSound) {
  sign_in(browser, shop, "pia");
  for (const std::string path : {"/station", "/station/pick-1", "/station/pack-1", "/station/dispatch-1", "/station/returns-1",
                                 "/station/receive-1", "/station/cards", "/station/scanner-test"}) {
    expect_good(shop.at(path));
  }
}

TEST_F(EveryPage, OfTheReturnsStationIsSoundWithACaseWithChoicesAndWithAFoundParcel) {
  shop.ship("SO-1001");
  store::Session(shop.db()).script("UPDATE parcels SET status = 'delivered', delivered_at = now()");
  const Json order = shop.order("SO-1001");
  const auto made =
      shop.api("POST", "/v1/returns",
               {{"order_id", order["id"]}, {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 2}, {"reason", "too_small"}}}}});
  ASSERT_EQ(made.status, 201) << made.body;
  sign_in(browser, shop, "admin");
  const auto send = [&](const std::string& barcode) { shop.send_scan("returns-1", barcode); };
  send(kMug);
  expect_good(shop.at("/station/returns-1"));
  send(domain::grade_code(domain::Grade::b));
  send(made.json()["code"]);
  expect_good(shop.at("/station/returns-1"));
  send(domain::command_code(domain::Command::done));
  send("1Z999AA10123456784");
  send(kLamp);
  expect_good(shop.at("/station/returns-1"));
  expect_good(shop.at("/desk/found"));
}

TEST_F(EveryPage, ThatIsMissingSaysSoAsAPage) {
  for (const std::string path : {"/nothing", "/desk/nothing", "/track", "/assets/x/none.css"}) {
    const auto reply = shop.get(path, {{"Accept", "text/html"}});
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_NE(reply.body.find("<html"), std::string::npos) << path;
    EXPECT_EQ(shop.get(path).body.find("<html"), std::string::npos) << "programs get problem+json";
  }
}

TEST_F(EveryPage, AssetsAreKeptForeverOnlyUnderTheirOwnVersion) {
  const auto page = shop.get("/login");
  const auto at = page.body.find("/assets/");
  const std::string url = page.body.substr(at, page.body.find('"', at) - at);
  EXPECT_NE(header(shop.get(url).headers, "cache-control").value_or("").find("immutable"), std::string::npos);
  const std::string name = url.substr(url.rfind('/'));
  EXPECT_EQ(header(shop.get("/assets/0000000000" + name).headers, "cache-control"), "no-cache");
  EXPECT_EQ(shop.get("/assets/1/login.mustache").status, 404);
}

}  // namespace
}  // namespace roundtrip::test
