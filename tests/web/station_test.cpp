// The floor's page, used as the floor uses it: by a scanner that types.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "demo/carrier_server.hpp"
#include "domain/codes.hpp"
#include "web/shop_page.hpp"

namespace roundtrip::test {
namespace {

struct StationPage : ShopPage {
  void SetUp() override { sign_in(browser, shop, "pia"); }

  // `gap_ms`: the station's setting. A test machine under load types more slowly than any scanner; the tests of
  // pace give keys with time stamps of their own and keep the default.
  void go_to(const std::string& station, int gap_ms = 500) {
    browser.open(shop.at("/station/" + station));
    browser.script("localStorage.setItem('rt-scanner-' + arguments[0], JSON.stringify({gap: arguments[1]}))", {station, gap_ms});
    browser.reload();
    browser.wait_for("return document.querySelector('#recent li') !== null");
  }
  // Scans and waits for the answer; gives its outcome.
  std::string scan(const std::string& barcode) {
    const int before = settled();
    browser.scan(barcode);
    browser.wait_for("return Number(document.getElementById('signal').dataset.settled) > arguments[0]", {before});
    return browser.script("return document.getElementById('signal').dataset.outcome").get<std::string>();
  }
  int settled() { return browser.script("return Number(document.getElementById('signal').dataset.settled || 0)").get<int>(); }
  std::string said() { return browser.text("#signal"); }
  std::string color_behind() {
    return browser.script("return getComputedStyle(document.getElementById('signal')).backgroundColor").get<std::string>();
  }
};

TEST_F(StationPage, AWholeOrderLeavesTheHouseByScansAlone) {
  const std::string code = shop.shipment_code("SO-1001");
  go_to("pick-1");
  EXPECT_EQ(scan(code), "accepted");
  for (const char* item : {kMug, kMug, kTea}) EXPECT_EQ(scan(item), "accepted") << said();
  EXPECT_NE(said().find("Complete"), std::string::npos) << said();

  go_to("pack-1");
  EXPECT_EQ(scan(code), "accepted");
  for (const char* item : {kMug, kMug, kTea}) EXPECT_EQ(scan(item), "accepted") << said();
  const auto label = browser.script(
      "const a = document.querySelector('#print a'); const x = new XMLHttpRequest(); x.open('GET', a.href, false); x.send();"
      "return x.status + ' ' + x.getResponseHeader('content-type')");
  EXPECT_EQ(label, "200 application/pdf");

  go_to("dispatch-1");
  const std::string parcel = browser.wait_for("return document.querySelector('#queue .mono')?.textContent").get<std::string>();
  EXPECT_EQ(scan(parcel), "accepted") << said();
  const Json order = shop.order("SO-1001");
  EXPECT_EQ(order["status"], "shipped");
  EXPECT_EQ(order["shipments"][0]["parcels"][0]["code"], parcel);
}

// A carrier's label takes its time; the packer goes on, and the link is there when the label is.
struct StationWithCarrier : testing::Test {
  demo::CarrierServer carrier{demo::CarrierServerOptions{.key = "secret", .day_us = kDay}};
  std::filesystem::path file = std::filesystem::temp_directory_path() / ("station_" + std::to_string(getpid()) + ".toml");
  void SetUp() override {
    std::ofstream(file) << "[[account]]\ncarrier = \"ups\"\nkey = \"shop\"\nsecret = \"secret\"\ncustomer = \"A1B2C3\"\nbase_url = \""
                        << carrier.url() << "\"\n[[service]]\ncarrier = \"ups\"\ncode = \"11\"\ntitle = \"UPS Standard\"\n";
  }
  void TearDown() override { std::filesystem::remove(file); }
};

TEST_F(StationWithCarrier, TheLabelIsThereWhenTheCarrierHasMadeItThoughThePackerWentOn) {
  Shop shop({"ROUNDTRIP_CARRIERS__ACCOUNTS_FILE=" + file.string(), "ROUNDTRIP_CARRIERS__ALLOW_PRIVATE_ADDRESSES=true"});
  Browser browser(shop.folder().string());
  const std::string code = shop.shipment_code("SO-1001");
  shop.scan("pick-1", code);
  for (const char* item : {kMug, kMug, kTea}) shop.scan("pick-1", item);
  shop.scan("pack-1", code);
  for (const char* item : {kMug, kMug}) shop.scan("pack-1", item);
  sign_in(browser, shop, "pia");
  browser.open(shop.at("/station/pack-1"));
  browser.wait_for("return document.querySelector('#recent li') !== null");
  browser.scan(kTea);
  browser.wait_for("return document.querySelector('#print .kept') !== null");
  browser.scan(kLamp);  // no shipment is open: the answer is another one
  const auto link = browser.wait_for("return document.querySelector('#print a.kept')?.textContent");
  EXPECT_TRUE(link.get<std::string>().starts_with("Print label P")) << link;
  const auto label = browser.script(
      "const x = new XMLHttpRequest(); x.open('GET', document.querySelector('#print a').href, false); x.send(); return x.status");
  EXPECT_EQ(label, 200);
  const Json parcel = shop.order("SO-1001")["shipments"][0]["parcels"][0];
  EXPECT_EQ(parcel["label"]["state"], "bought") << parcel;
  EXPECT_TRUE(parcel["tracking_number"].get<std::string>().starts_with("1Z"));
}

TEST_F(StationPage, AWrongItemIsRedAndTheScreenNamesItTheExpectedOneAndTheNextStep) {
  go_to("pick-1");
  scan(shop.shipment_code("SO-1001"));
  const std::string good = color_behind();
  EXPECT_EQ(scan(kLamp), "refused");
  EXPECT_NE(said().find("Oak desk lamp"), std::string::npos) << said();
  EXPECT_NE(said().find("Red mug"), std::string::npos) << said();
  EXPECT_NE(said().find("A-01"), std::string::npos) << said();
  EXPECT_NE(color_behind(), good);
  EXPECT_EQ(browser.text("#signal-icon"), "✕") << "color alone says nothing";
  EXPECT_EQ(shop.order("SO-1001")["shipments"][0]["lines"][0]["picked"], 0);
}

TEST_F(StationPage, AReloadGoesOnWhereTheUserWas) {
  go_to("pick-1");
  scan(shop.shipment_code("SO-1001"));
  scan(kMug);
  browser.reload();
  browser.wait_for("return document.getElementById('job-count').textContent === '1 of 3'");
  EXPECT_NE(browser.text("#job").find("Bin A-01"), std::string::npos);
  EXPECT_EQ(scan(kMug), "accepted");
}

TEST_F(StationPage, AScanIsTakenWhereverTheFocusIsAndLeavesNothingInTheField) {
  go_to("pick-1");
  browser.script("const field = document.getElementById('barcode'); field.focus(); field.value = 'ab'");
  browser.scan(shop.shipment_code("SO-1001"));
  browser.wait_for("return document.getElementById('signal').dataset.outcome === 'accepted'");
  EXPECT_EQ(browser.script("return document.getElementById('barcode').value"), "ab") << "what a person typed stays";
  browser.script("document.querySelector('nav a').focus()");
  const std::string path = browser.path();
  EXPECT_EQ(scan(kMug), "accepted");
  EXPECT_EQ(browser.path(), path) << "the scanner's Enter follows no link";
}

// The keys of a text with a pause in ms before each, as events with those time stamps.
constexpr const char* kTypeWithPauses = R"js(
const [text, pauses] = arguments;
let at = 1000;
const press = (key, pause) => {
  at += pause;
  const event = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
  Object.defineProperty(event, 'timeStamp', {value: at});
  document.dispatchEvent(event);
};
[...text].forEach((key, i) => press(key, pauses[i] || 5));
press('Enter', 5);
)js";

TEST_F(StationPage, AStumbleInTheMiddleOfACodeNeverMakesItsRestACode) {
  go_to("pick-1", 30);
  browser.script(kTypeWithPauses, {shop.shipment_code("SO-1001"), Json::array({0, 5, 5, 180, 5, 5})});
  browser.wait_for("return document.getElementById('signal').dataset.outcome === 'accepted'");
}

TEST_F(StationPage, KeysAtAPersonsPaceAreNoScan) {
  go_to("pick-1", 30);
  browser.script(kTypeWithPauses, {shop.shipment_code("SO-1001"), Json::array({0, 120, 120, 120, 120, 120, 120, 120, 120})});
  browser.script(kTypeWithPauses, {"C0000001Y", Json::array({900})});
  browser.wait_for("return document.getElementById('signal').dataset.settled === '1'");
  EXPECT_EQ(store::Session(shop.db()).value<std::int64_t>("SELECT count(*) FROM scans"), 1) << "only the fast one";
}

TEST_F(StationPage, TabEndsAScanToo) {
  go_to("pick-1");
  browser.scan(shop.shipment_code("SO-1001"), "\uE004");
  browser.wait_for("return document.getElementById('signal').dataset.outcome === 'accepted'");
}

TEST_F(StationPage, ACodeTypedOrPastedByHandCountsLikeAScan) {
  go_to("pick-1");
  browser.script("const b = document.getElementById('barcode'); b.focus(); b.value = arguments[0];", {shop.shipment_code("SO-1001")});
  browser.click("#scan-form button");
  browser.wait_for("return document.getElementById('signal').dataset.outcome === 'accepted'");
  EXPECT_EQ(browser.script("return document.getElementById('barcode').value"), "");
}

TEST_F(StationPage, TwoQuickScansAreTwoScans) {
  go_to("pick-1");
  scan(shop.shipment_code("SO-1001"));
  browser.scan(kMug);
  browser.scan(kMug);
  browser.wait_for("return document.getElementById('job-count').textContent === '2 of 3'");
  EXPECT_EQ(shop.order("SO-1001")["shipments"][0]["lines"][0]["picked"], 2);
}

TEST_F(StationPage, ScansWithoutNetworkWaitInOrderAndAreSentOnce) {
  go_to("pick-1");
  const std::string code = shop.shipment_code("SO-1001");
  shop.cut_network(true);
  browser.scan(code);
  browser.wait_for("return document.getElementById('unsent').textContent.includes('1 not sent')");
  browser.scan(kMug);
  browser.scan(kTea);
  browser.wait_for("return document.getElementById('unsent').textContent.includes('3 not sent')");
  EXPECT_EQ(browser.script("return document.getElementById('signal').dataset.outcome"), "waiting");
  shop.cut_network(false);
  browser.wait_for(
      "return document.getElementById('unsent').textContent === '' && document.getElementById('job-count').textContent === '2 of 3'");
  const auto scans = store::Session(shop.db()).value<std::string>(
      "SELECT string_agg(barcode || ' ' || outcome, ', ' ORDER BY received_at) FROM scans WHERE station_id = "
      "(SELECT station_id FROM stations WHERE name = 'pick-1')");
  EXPECT_EQ(scans, code + " accepted, " + kMug + " accepted, " + kTea + " accepted");
  browser.complaints();  // the browser itself complains about the missing network
}

TEST_F(StationPage, AScanShowsOnTheScreenBeforeTheServiceHasAnswered) {
  go_to("pick-1");
  scan(shop.shipment_code("SO-1001"));
  // One uninterrupted run of the script: no answer of the service can come in between.
  const auto busy = browser.script(
      "document.getElementById('barcode').value = arguments[0]; document.querySelector('#scan-form button').click();"
      "return document.getElementById('signal').classList.contains('busy')",
      {kMug});
  EXPECT_EQ(busy, true);
}

TEST_F(StationPage, TheScannerTestShowsWhatArrived) {
  browser.open(shop.at("/station/scanner-test"));
  browser.script("localStorage.setItem('rt-scanner-test', JSON.stringify({gap: 500}))");
  browser.reload();
  browser.scan("]C10104006381333900");
  browser.wait_for("return document.getElementById('test-text').textContent === ']C10104006381333900'");
  EXPECT_NE(browser.text("#test-facts").find("Enter"), std::string::npos);
}

// The returns station: SO-1001 (2 mugs, 1 tea) was delivered and comes back.
struct ReturnsPage : StationPage {
  Json made;
  void SetUp() override {
    // Refunds wait for a second person: what is scanned can be taken back until then.
    ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"approval_limit", 0}}).status, 200);
    shop.ship("SO-1001");
    deliver();
    made = announce(2, 1);
    sign_in(browser, shop, "rita");
  }
  void deliver() {
    store::Session(shop.db()).script("UPDATE parcels SET status = 'delivered', delivered_at = now() WHERE state = 'handed_over'");
    store::Session(shop.db()).script("UPDATE order_lines SET delivered = shipped");
  }
  Json announce(int mugs, int teas) {
    const Json order = shop.order("SO-1001");
    Json lines = Json::array();
    if (mugs > 0)
      lines.push_back(
          {{"line_id", order["lines"][0]["id"]}, {"quantity", mugs}, {"reason", "too_small"}, {"note", "The handle is loose."}});
    if (teas > 0) lines.push_back({{"line_id", order["lines"][1]["id"]}, {"quantity", teas}, {"reason", "changed_mind"}});
    const auto answer = shop.api("POST", "/v1/returns", {{"order_id", order["id"]}, {"lines", lines}});
    if (answer.status != 201) throw std::runtime_error(answer.body);
    return answer.json();
  }
  std::string code() const { return made["code"].get<std::string>(); }
  std::string status() { return shop.api("GET", "/v1/returns/" + made["id"].get<std::string>()).json()["status"]; }
  void go_to_returns() {
    browser.open(shop.at("/station/returns-1"));
    browser.script("localStorage.setItem('rt-scanner-returns-1', JSON.stringify({gap: 500}))");
    browser.reload();
    browser.wait_for("return document.querySelector('#recent li') !== null");
  }
  std::string press(const std::string& label) {
    const int before = settled();
    browser.wait_for("return [...document.querySelectorAll('#job button')].some((b) => b.textContent.startsWith(arguments[0]))", {label});
    browser.script("[...document.querySelectorAll('#job button')].find((b) => b.textContent.startsWith(arguments[0])).click()", {label});
    browser.wait_for("return Number(document.getElementById('signal').dataset.settled) > arguments[0]", {before});
    return browser.script("return document.getElementById('signal').dataset.outcome").get<std::string>();
  }
};

TEST_F(ReturnsPage, ShowsTheCaseWithTheCustomersWordsAndWorksByScansAlone) {
  go_to_returns();
  EXPECT_EQ(scan(domain::command_code(domain::Command::split)), "accepted");
  EXPECT_EQ(scan(code()), "accepted") << said();
  const std::string shown = browser.wait_for("return document.querySelector('.case-lines') && document.getElementById('job').textContent");
  for (const char* part : {"SO-1001", "The handle is loose.", "Too small", "Approved by the policy", "Red mug", "0 / 2"})
    EXPECT_NE(shown.find(part), std::string::npos) << part << " in " << shown;
  EXPECT_EQ(scan(domain::grade_code(domain::Grade::c)), "accepted");
  browser.wait_for("return document.querySelector('.grades [aria-pressed=true]')?.textContent.startsWith('C')");
  EXPECT_EQ(scan(kMug), "accepted");
  EXPECT_NE(said().find("refurbish"), std::string::npos) << said();
  browser.wait_for("return document.querySelector('.case-lines').textContent.includes('1 accepted')");
  browser.wait_for("return document.querySelector('.undo-left')?.textContent.includes('UNDO takes it back for')");
  EXPECT_EQ(scan(domain::command_code(domain::Command::undo)), "accepted") << said();
  browser.wait_for("return document.querySelector('.case-lines').textContent.includes('0 / 2')");
  EXPECT_EQ(scan(kLamp), "needs_person");
  EXPECT_NE(said().find("Oak desk lamp"), std::string::npos) << said();
  EXPECT_EQ(scan(kMug), "accepted");
  EXPECT_EQ(scan(kMug), "accepted");
  EXPECT_EQ(scan(kTea), "accepted");
  EXPECT_EQ(status(), "received");
  EXPECT_EQ(scan(domain::command_code(domain::Command::done)), "accepted");
  browser.wait_for("return document.querySelector('.case-lines') === null");
}

TEST_F(ReturnsPage, EveryCardHasAButtonOfGloveSizeAndAKey) {
  go_to_returns();
  scan(domain::command_code(domain::Command::split));
  scan(code());
  browser.wait_for("return document.querySelectorAll('.card-button').length >= 9");
  const Json small = browser.script(
      "return [...document.querySelectorAll('#job button, #job summary, #job .camera')].filter((one) => one.getClientRects().length && "
      "one.getBoundingClientRect().height < 56).map((one) => one.textContent)");
  EXPECT_TRUE(small.empty()) << small;
  EXPECT_EQ(press("B"), "accepted");
  EXPECT_EQ(press("Receive one"), "accepted");
  EXPECT_NE(said().find("restock"), std::string::npos) << said();
  // A single key, at a person's pace; the station's setting says how long no other may follow. A reload goes on where it was.
  browser.script("localStorage.setItem('rt-scanner-returns-1', JSON.stringify({gap: 30}))");
  browser.reload();
  browser.wait_for("return document.querySelectorAll('.card-button').length >= 9");
  const int before = settled();
  browser.script("document.activeElement.blur(); document.dispatchEvent(new KeyboardEvent('keydown', {key: 'u', bubbles: true}))");
  browser.wait_for("return Number(document.getElementById('signal').dataset.settled) > arguments[0]", {before});
  EXPECT_NE(said().find("Taken back"), std::string::npos) << said();
  EXPECT_EQ(status(), "approved");
}

TEST_F(ReturnsPage, AnItemWithoutPapersListsWhatItMayBelongToAndACodeToScanOffTheScreen) {
  go_to_returns();
  EXPECT_EQ(scan(kTea), "needs_person");
  browser.wait_for("return document.querySelectorAll('.choices li').length === 1");
  EXPECT_EQ(browser.count(".choices .screen-code svg path"), 1);
  const std::string off_the_screen = browser.text(".choices .mono");
  EXPECT_EQ(off_the_screen, code());
  EXPECT_EQ(scan(off_the_screen), "accepted") << said();
  browser.wait_for("return document.querySelector('.case-lines').textContent.includes('1 / 1')");
  EXPECT_EQ(status(), "partly_received");
}

TEST_F(ReturnsPage, AParcelNobodyAnnouncedIsPutAsideAndEndsAtTheDesk) {
  go_to_returns();
  EXPECT_EQ(scan("1Z999AA10123456784"), "needs_person");
  const std::string id = browser.wait_for("return document.querySelector('.case .bin')?.textContent").get<std::string>();
  EXPECT_EQ(scan(kLamp), "accepted");
  browser.wait_for("return document.querySelector('.case').textContent.includes('Oak desk lamp')");
  EXPECT_EQ(scan(domain::command_code(domain::Command::done)), "accepted");
  browser.open(shop.at("/desk/found"));
  EXPECT_NE(browser.text("main").find("1Z999AA10123456784"), std::string::npos);
  browser.type("#order-" + id, "SO-1001");
  browser.click_and_leave("#" + id + " button[value=match]");
  EXPECT_NE(browser.text("#" + id).find("SO-1001"), std::string::npos);
  browser.click_and_leave("#" + id + " button[value=keep]");
  EXPECT_EQ(browser.count("#" + id), 0);
  EXPECT_EQ(store::Session(shop.db()).value<std::int64_t>("SELECT count(*) FROM found_items WHERE state = 'open'"), 0);
}

TEST_F(StationPage, CommandCardsCarryBarcodesAndAreUnderstood) {
  browser.open(shop.at("/station/cards"));
  EXPECT_GE(browser.count(".cards svg path"), 17);
  const std::string undo = browser.text(".cards figure .mono");
  go_to("pick-1");
  scan(shop.shipment_code("SO-1001"));
  scan(kMug);
  EXPECT_EQ(scan(undo), "accepted") << said();
  EXPECT_EQ(shop.order("SO-1001")["shipments"][0]["lines"][0]["picked"], 0);
}

}  // namespace
}  // namespace roundtrip::test
