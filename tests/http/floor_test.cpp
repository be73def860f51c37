// The floor over HTTP, as a client without a screen works it: every station, every refusal by name, replays and races.
#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "domain/codes.hpp"
#include "support/api.hpp"

namespace roundtrip::test {
namespace {

const std::string kMug = "4006381333931", kCup = "5012345678900";

struct Floor : testing::Test {
  Api api;
  void SetUp() override {
    api.add_product("MUG", kMug, 20);
    api.add_product("CUP", kCup, 20);
  }
  json order(const std::string& external_id, const std::vector<std::pair<std::string, int>>& lines) {
    return api.take_order(Api::order_body(external_id, lines));
  }
  static std::string code_of(const json& order) { return order["shipments"][0]["code"]; }
  json read(const json& order) { return api.get("/v1/orders/" + order["id"].get<std::string>()).body; }
  json scan(const std::string& station, const std::string& barcode) { return api.scan(station, barcode); }
  void expect_accepted(const std::string& station, const std::vector<std::string>& barcodes) {
    for (const auto& barcode : barcodes) {
      const auto answer = scan(station, barcode);
      EXPECT_EQ(answer["outcome"], "accepted") << station << " " << barcode << " " << answer;
    }
  }
};

TEST_F(Floor, FromTheShelfToTheCarrier) {
  const auto taken = order("SO-1", {{"MUG", 2}, {"CUP", 1}});
  const std::string code = code_of(taken);
  const auto opened = scan("pick-1", code);
  EXPECT_EQ(opened["code"], "shipment_opened");
  EXPECT_EQ(opened["progress"], (json{{"done", 0}, {"total", 3}}));
  EXPECT_EQ(opened["next"]["bin"], "A-01");
  const auto picked = scan("pick-1", kMug);
  EXPECT_EQ(picked["code"], "picked");
  EXPECT_EQ(picked["say"], "The MUG 1 of 2 - bin A-01");
  expect_accepted("pick-1", {kMug});
  const auto last = scan("pick-1", kCup);
  EXPECT_EQ(last["effects"][0]["type"], "shipment.picked");
  EXPECT_EQ(last["next"]["action"], "take_to_pack");
  expect_accepted("pack-1", {code, kMug, kCup});
  const auto packed = scan("pack-1", kMug);
  EXPECT_EQ(packed["effects"][0]["type"], "parcel.closed");
  ASSERT_EQ(packed["print"].size(), 1U);
  const auto label = api.get(packed["print"][0]["url"]);
  EXPECT_EQ(label.status, 200);
  EXPECT_TRUE(label.text.starts_with("%PDF-"));
  const auto gone = scan("dispatch-1", read(taken)["shipments"][0]["parcels"][0]["code"]);
  EXPECT_EQ(gone["code"], "handed_over");
  const auto shipped = read(taken);
  EXPECT_EQ(shipped["status"], "shipped");
  const auto& parcel = shipped["shipments"][0]["parcels"][0];
  EXPECT_EQ(parcel["contents"].size(), 2U);
  EXPECT_EQ(api.get("/v1/tracking/" + parcel["tracking_number"].get<std::string>()).body["parcel_id"], parcel["id"]);
  EXPECT_EQ(api.get("/v1/stock/MUG").body["on_hand"], 18);
  EXPECT_EQ(scan("dispatch-1", parcel["code"])["code"], "already_handed_over");
}

TEST_F(Floor, AReplayedScanGetsTheVerySameAnswer) {
  const auto taken = order("SO-1", {{"MUG", 2}});
  scan("pick-1", code_of(taken));
  json body = Api::scan_body("pick-1", kMug);
  const auto first = api.post("/v1/scans", body);
  EXPECT_EQ(api.post("/v1/scans", body).text, first.text);
  std::string upper = body["scan_id"];
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  json shouted = body;
  shouted["scan_id"] = upper;
  EXPECT_EQ(api.post("/v1/scans", shouted).text, first.text);
  EXPECT_EQ(read(taken)["shipments"][0]["lines"][0]["picked"], 1);
  for (const auto& [field, value] : {std::pair<std::string, json>{"barcode", kCup}, {"station", "pick-2"}, {"quantity", 2}}) {
    json other = body;
    other[field] = value;
    const auto answer = api.post("/v1/scans", other);
    EXPECT_EQ(answer.status, 422) << field;
    EXPECT_EQ(answer.code(), "scan_id_reused");
  }
  // Refusals are kept as well.
  const json wrong = Api::scan_body("pick-1", kCup);
  const auto refused = api.post("/v1/scans", wrong);
  EXPECT_EQ(refused.body["outcome"], "refused");
  EXPECT_EQ(api.post("/v1/scans", wrong).text, refused.text);
}

TEST_F(Floor, OneScanIdSentManyTimesAtOncePicksOnce) {
  const auto taken = order("SO-1", {{"MUG", 8}});
  scan("pick-1", code_of(taken));
  const json body = Api::scan_body("pick-1", kMug);
  std::vector<std::string> texts(6);
  std::barrier together(6);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      texts[i] = api.post("/v1/scans", body).text;
    });
  }
  for (auto& one : threads) one.join();
  for (const auto& text : texts) EXPECT_EQ(text, texts[0]);
  EXPECT_EQ(read(taken)["shipments"][0]["lines"][0]["picked"], 1);
}

TEST_F(Floor, TwoStationsRacingForTheLastUnitOneWins) {
  for (int round = 0; round < 5; ++round) {
    const auto taken = order("SO-" + std::to_string(round), {{"MUG", 1}});
    for (const std::string station : {"pick-1", "pick-2"}) scan(station, code_of(taken));
    std::vector<json> answers(2);
    std::barrier together(2);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        together.arrive_and_wait();
        answers[i] = scan("pick-" + std::to_string(i + 1), kMug);
      });
    }
    for (auto& one : threads) one.join();
    const bool first = answers[0]["outcome"] == "accepted";
    EXPECT_NE(first, answers[1]["outcome"] == "accepted") << answers[0] << answers[1];
    EXPECT_EQ(answers[first ? 1 : 0]["code"], "already_picked");
    EXPECT_EQ(read(taken)["shipments"][0]["lines"][0]["picked"], 1);
  }
}

TEST_F(Floor, EveryRefusalNamesWhatItIsWhatWasExpectedAndTheNextStep) {
  api.add_product("VASE", "96385074", 5);
  const auto taken = order("SO-1", {{"MUG", 1}, {"CUP", 1}});
  const std::string code = code_of(taken);
  const auto refusal = [&](const std::string& station, const std::string& barcode, const std::string& wanted) {
    const auto answer = scan(station, barcode);
    EXPECT_EQ(answer["outcome"], "refused") << answer;
    EXPECT_EQ(answer["code"], wanted) << answer;
    EXPECT_NE(answer["next"]["say"], "");
    return answer;
  };
  refusal("pick-1", kMug, "no_shipment");
  refusal("pack-1", code, "not_picked");
  refusal("dispatch-1", code, "not_packed");
  refusal("dispatch-1", kMug, "not_here");
  refusal("returns-1", kMug, "no_return");
  refusal("returns-1", code, "not_here");
  refusal("pick-1", "never seen", "unknown_barcode");
  refusal("pick-1", "4006381333932", "unknown_barcode");  // its check digit is wrong
  std::string misread = code;
  misread[3] = misread[3] == '7' ? '8' : '7';
  refusal("pick-1", misread, "misread");
  expect_accepted("pick-1", {code, kMug});
  const auto wrong = refusal("pick-1", "96385074", "wrong_item");
  EXPECT_NE(wrong["say"].get<std::string>().find("The VASE"), std::string::npos);
  EXPECT_NE(wrong["say"].get<std::string>().find("The CUP"), std::string::npos);
  EXPECT_EQ(wrong["scanned"]["sku"], "VASE");
  EXPECT_EQ(wrong["expected"]["sku"], "CUP");
  refusal("pick-1", kMug, "already_picked");
  expect_accepted("pick-1", {kCup});
  refusal("pick-1", code, "already_picked");
  expect_accepted("pack-1", {code});
  refusal("pack-1", "96385074", "wrong_item");
  expect_accepted("pack-1", {kMug, kCup});
  refusal("pack-1", code, "already_packed");
  EXPECT_EQ(api.post("/v1/scans", Api::scan_body("nowhere", kMug)).code(), "no_such_station");
}

TEST_F(Floor, AnItemIsRecognizedInEveryFormOfItsNumber) {
  api.add_product("SODA", "012345000065", 50);  // UPC-A; 01234565 as UPC-E
  const auto taken = order("SO-1", {{"MUG", 7}, {"SODA", 5}});
  expect_accepted("pick-1", {code_of(taken)});
  const std::string gs = "\x1D";
  const std::string gtin = "0" + kMug;
  const std::vector<std::string> mugs = {kMug,
                                         gtin,
                                         "]C101" + gtin,
                                         "]C1" + ("01" + gtin + "10LOT7" + gs + "21S1"),
                                         "https://id.example.org/01/" + gtin + "/10/LOT7?17=271231",
                                         "(01)" + gtin + "(10)LOT7",
                                         gs + "01" + gtin};
  for (const auto& form : mugs) {
    const auto answer = scan("pick-1", form);
    EXPECT_EQ(answer["code"], "picked") << form << " " << answer;
    EXPECT_EQ(answer["scanned"]["sku"], "MUG") << form;
  }
  for (const std::string& form : {std::string("012345000065"), std::string("0012345000065"), std::string("00012345000065"),
                                  std::string("]E0"
                                              "01234565"),
                                  std::string("01234565")}) {
    const auto answer = scan("pick-1", form);
    EXPECT_EQ(answer["scanned"].value("sku", ""), "SODA") << form << " " << answer;
    EXPECT_EQ(answer["code"], "picked") << form << " " << answer;
  }
  EXPECT_EQ(read(taken)["shipments"][0]["status"], "picked");
  // A case with its own indicator leads to the item inside.
  const auto cased = order("SO-2", {{"MUG", 1}});
  expect_accepted("pick-1", {code_of(cased)});
  const std::string body = "1" + kMug.substr(0, 12);
  int sum = 0;
  for (std::size_t i = 0; i < body.size(); ++i) sum += (body[i] - '0') * (i % 2 == 0 ? 3 : 1);
  EXPECT_EQ(scan("pick-1", body + static_cast<char>('0' + (10 - sum % 10) % 10))["scanned"]["sku"], "MUG");
}

TEST_F(Floor, ASymbologyInItsOwnFieldCountsAsWell) {
  const auto taken = order("SO-1", {{"MUG", 1}});
  scan("pick-1", code_of(taken));
  json body = Api::scan_body("pick-1", "010" + kMug + "10LOT");
  body["symbology"] = "]C1";
  EXPECT_EQ(api.post("/v1/scans", body).body["code"], "picked");
}

TEST_F(Floor, AShortPickSendsTheRestLater) {
  const auto taken = order("SO-1", {{"MUG", 3}});
  expect_accepted("pick-1", {code_of(taken), kMug});
  const auto shorted = scan("pick-1", domain::command_code(domain::Command::run_short));
  EXPECT_EQ(shorted["code"], "short_picked") << shorted;
  const auto after = read(taken);
  ASSERT_EQ(after["shipments"].size(), 2U);
  EXPECT_EQ(after["shipments"][0]["status"], "picked");
  EXPECT_EQ(after["shipments"][0]["lines"][0]["quantity"], 1);
  std::int64_t units = 0;
  for (const auto& shipment : after["shipments"]) {
    for (const auto& line : shipment["lines"]) units += line["quantity"].get<std::int64_t>();
  }
  EXPECT_EQ(units, 3);
  // Two were written off where they were not found; the others of the shelf serve the rest.
  EXPECT_EQ(api.get("/v1/stock/MUG").body["on_hand"], 18);
}

TEST_F(Floor, AShipmentLeavesInSeveralParcelsThatTogetherHoldAll) {
  const auto taken = order("SO-1", {{"MUG", 2}, {"CUP", 1}});
  const std::string code = code_of(taken);
  expect_accepted("pick-1", {code, kMug, kMug, kCup});
  expect_accepted("pack-1", {code, kMug, domain::command_code(domain::Command::split), kMug, kCup});
  const auto packed = read(taken)["shipments"][0];
  ASSERT_EQ(packed["parcels"].size(), 2U);
  std::map<std::string, std::int64_t> units;
  for (const auto& parcel : packed["parcels"]) {
    for (const auto& item : parcel["contents"]) units[item["sku"]] += item["quantity"].get<std::int64_t>();
  }
  EXPECT_EQ(units, (std::map<std::string, std::int64_t>{{"CUP", 1}, {"MUG", 2}}));
  EXPECT_EQ(scan("dispatch-1", code)["code"], "scan_each_parcel");
  expect_accepted("dispatch-1", {packed["parcels"][0]["code"]});
  EXPECT_EQ(read(taken)["shipments"][0]["status"], "packed");
  expect_accepted("dispatch-1", {packed["parcels"][1]["code"]});
  const auto gone = read(taken)["shipments"][0];
  EXPECT_EQ(gone["status"], "handed_over");
  EXPECT_NE(gone["parcels"][0]["tracking_number"], gone["parcels"][1]["tracking_number"]);
}

TEST_F(Floor, CanceledInTheMiddleOfThePickItIsPutBack) {
  const auto taken = order("SO-1", {{"MUG", 2}});
  expect_accepted("pick-1", {code_of(taken), kMug});
  EXPECT_EQ(api.post("/v1/orders/" + taken["id"].get<std::string>() + "/cancel").status, 200);
  const auto answer = scan("pick-1", kMug);
  EXPECT_EQ(answer["code"], "shipment_canceled");
  EXPECT_EQ(answer["next"]["action"], "put_back");
  EXPECT_EQ(api.get("/v1/stock/MUG").body["reserved"], 0);
  EXPECT_EQ(api.get("/v1/stock/MUG").body["on_hand"], 20);
  for (const std::string station : {"pick-2", "pack-1", "dispatch-1"})
    EXPECT_EQ(scan(station, code_of(taken))["code"], "shipment_canceled") << station;
}

TEST_F(Floor, CanceledAfterPackingTheParcelStays) {
  const auto taken = order("SO-1", {{"MUG", 1}});
  expect_accepted("pick-1", {code_of(taken), kMug});
  expect_accepted("pack-1", {code_of(taken), kMug});
  const auto packed = read(taken);
  EXPECT_EQ(api.post("/v1/orders/" + taken["id"].get<std::string>() + "/cancel").status, 200);
  EXPECT_EQ(scan("dispatch-1", packed["shipments"][0]["parcels"][0]["code"])["code"], "shipment_canceled");
  EXPECT_EQ(read(taken)["shipments"][0]["parcels"][0]["state"], "canceled");
  EXPECT_EQ(api.get("/v1/stock/MUG").body["reserved"], 0);
}

TEST_F(Floor, CancelingWhatIsNotPackedYetClosesTheParcelAndItLeaves) {
  const auto taken = order("SO-1", {{"MUG", 2}});
  expect_accepted("pick-1", {code_of(taken), kMug, kMug});
  expect_accepted("pack-1", {code_of(taken), kMug});
  const json one = {{"lines", {{{"line_id", taken["lines"][0]["id"]}, {"quantity", 1}}}}};
  EXPECT_EQ(api.post("/v1/orders/" + taken["id"].get<std::string>() + "/cancel", one).status, 200);
  const auto after = read(taken);
  EXPECT_EQ(after["shipments"][0]["status"], "packed");
  EXPECT_EQ(after["shipments"][0]["parcels"][0]["state"], "closed");
  expect_accepted("dispatch-1", {after["shipments"][0]["parcels"][0]["code"]});
  EXPECT_EQ(read(taken)["status"], "shipped");
  EXPECT_EQ(api.get("/v1/stock/MUG").body["on_hand"], 19);
  EXPECT_EQ(api.get("/v1/stock/MUG").body["reserved"], 0);
}

TEST_F(Floor, CancelingTheRestLeavesTheParcelThatHasGoneAsItIs) {
  const auto taken = order("SO-1", {{"MUG", 2}});
  expect_accepted("pick-1", {code_of(taken), kMug, kMug});
  expect_accepted("pack-1", {code_of(taken), kMug, domain::command_code(domain::Command::split), kMug});
  const auto packed = read(taken)["shipments"][0]["parcels"];
  ASSERT_EQ(packed.size(), 2U);
  expect_accepted("dispatch-1", {packed[0]["code"]});
  EXPECT_EQ(api.post("/v1/orders/" + taken["id"].get<std::string>() + "/cancel").status, 200);
  const auto after = read(taken);
  EXPECT_EQ(after["status"], "shipped");
  EXPECT_EQ(after["shipments"][0]["status"], "handed_over");
  EXPECT_EQ(after["shipments"][0]["parcels"][0]["contents"][0]["quantity"], 1);
  EXPECT_EQ(after["shipments"][0]["parcels"][1]["state"], "canceled");
  EXPECT_EQ(api.get("/v1/stock/MUG").body["on_hand"], 19);
  EXPECT_EQ(api.get("/v1/stock/MUG").body["reserved"], 0);
}

TEST_F(Floor, CardsSetQuantitiesUndoAndCallForHelp) {
  const auto taken = order("SO-1", {{"MUG", 5}});
  expect_accepted("pick-1", {code_of(taken), domain::quantity_code(3), kMug});
  EXPECT_EQ(read(taken)["shipments"][0]["lines"][0]["picked"], 3);
  EXPECT_EQ(scan("pick-1", domain::command_code(domain::Command::undo))["code"], "undone");
  EXPECT_EQ(read(taken)["shipments"][0]["lines"][0]["picked"], 2);
  json body = Api::scan_body("pick-1", kMug);
  body["quantity"] = 4;
  EXPECT_EQ(api.post("/v1/scans", body).body["code"], "too_many");
  const auto problem = scan("pick-1", domain::command_code(domain::Command::problem));
  EXPECT_EQ(problem["outcome"], "needs_person");
  EXPECT_NE(read(taken)["hold"], nullptr);
}

TEST_F(Floor, AQueueOfScansIsWorkedInOrder) {
  const auto taken = order("SO-1", {{"MUG", 2}});
  json items = json::array({Api::scan_body("pick-1", code_of(taken)),
                            Api::scan_body("pick-1", kMug),
                            {{"scan_id", "x"}},
                            Api::scan_body("nowhere", kMug),
                            Api::scan_body("pick-1", kMug)});
  const auto first = api.post("/v1/scans/batch", items);
  ASSERT_EQ(first.status, 200) << first.text;
  std::vector<int> statuses;
  for (const auto& one : first.body["items"]) statuses.push_back(one["status"]);
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 422, 422, 200}));
  EXPECT_EQ(first.body["items"][4]["answer"]["effects"][0]["type"], "shipment.picked");
  EXPECT_EQ(api.post("/v1/scans/batch", items).text, first.text);
}

TEST_F(Floor, AReturnScannedBackPaysOnce) {
  const auto taken = order("SO-1", {{"MUG", 2}});
  const auto shipped = api.ship(taken["id"], {kMug, kMug});
  const std::string number = shipped["shipments"][0]["parcels"][0]["tracking_number"];
  EXPECT_EQ(scan("returns-1", number)["code"], "unannounced_return");
  store::Session(api.db()).run("UPDATE parcels SET status = 'delivered', delivered_at = now() WHERE merchant_id = $1", {api.merchant()});
  store::Session(api.db()).run("UPDATE order_lines SET delivered = shipped WHERE merchant_id = $1", {api.merchant()});
  const auto made =
      api.post("/v1/returns",
               {{"order_id", taken["id"]}, {"lines", {{{"line_id", taken["lines"][0]["id"]}, {"quantity", 1}, {"reason", "too_small"}}}}});
  ASSERT_EQ(made.status, 201) << made.text;
  std::vector<json> answers(4);
  std::barrier together(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      answers[i] = scan(i % 2 == 0 ? "returns-1" : "returns-2", i < 2 ? made.body["code"].get<std::string>() : number);
    });
  }
  for (auto& one : threads) one.join();
  int received = 0;
  for (const auto& answer : answers) received += answer["code"] == "return_received" ? 1 : 0;
  EXPECT_EQ(received, 1);
  const auto after = read(taken);
  ASSERT_EQ(after["refunds"].size(), 1U);
  EXPECT_EQ(after["refunds"][0]["amount"]["amount"], 1000);
  EXPECT_EQ(after["returns"][0]["status"], "received");
}

TEST_F(Floor, StationsTellWhereTheyAre) {
  const auto taken = order("SO-1", {{"MUG", 2}});
  EXPECT_EQ(api.get("/v1/stations/pick-1").body["waiting"][0]["code"], code_of(taken));
  expect_accepted("pick-1", {code_of(taken), kMug});
  const auto state = api.get("/v1/stations/pick-1").body;
  EXPECT_EQ(state["shipment"], code_of(taken));
  EXPECT_EQ(state["order"], "SO-1");
  EXPECT_EQ(state["last"][0]["code"], "picked");
  EXPECT_EQ(api.get("/v1/stations").body["items"].size(), 8U);
}

TEST_F(Floor, WhatIsReceivedIsInStockAtOnce) {
  api.add_product("LATE", "5000112637922", 0);
  const auto waiting = order("SO-1", {{"LATE", 1}});
  EXPECT_EQ(waiting["shipments"][0]["status"], "backordered");
  EXPECT_EQ(scan("pick-1", code_of(waiting))["code"], "not_in_stock");
  expect_accepted("receive-1", {"5000112637922"});
  EXPECT_EQ(read(waiting)["shipments"][0]["status"], "allocated");
}

}  // namespace
}  // namespace roundtrip::test
