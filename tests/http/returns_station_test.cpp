// The returns station over HTTP, as a client without a screen works it: finding the case, item by item, cards, undo, found goods.
#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "domain/codes.hpp"
#include "store/refunds.hpp"
#include "support/api.hpp"

namespace roundtrip::test {
namespace {

using domain::Command;
using domain::Disposition;
using domain::Grade;

const std::string kMug = "4006381333931", kCup = "5012345678900", kTea = "96385074";

struct ReturnsStation : testing::Test {
  Api api;
  int orders = 0;
  void SetUp() override {
    api.add_product("MUG", kMug, 20);
    api.add_product("CUP", kCup, 20);
    api.add_product("TEA", kTea, 20);
  }
  // An order of 3 mugs and a cup that was delivered.
  json delivered() {
    const auto taken = api.take_order(Api::order_body("SO-" + std::to_string(++orders), {{"MUG", 3}, {"CUP", 1}}));
    auto shipped = api.ship(taken["id"], {kMug, kMug, kMug, kCup});
    run("UPDATE parcels SET status = 'delivered', delivered_at = now() WHERE merchant_id = $1");
    run("UPDATE order_lines SET delivered = shipped WHERE merchant_id = $1");
    return shipped;
  }
  void run(const std::string& sql) { store::Session(api.db()).run(sql, {api.merchant()}); }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(api.db()).value<T>(sql, api.merchant()).value();
  }
  json announce(const json& order, int mugs, int cups = 0) {
    json lines = json::array({{{"line_id", order["lines"][0]["id"]}, {"quantity", mugs}, {"reason", "too_small"}}});
    if (cups > 0) lines.push_back({{"line_id", order["lines"][1]["id"]}, {"quantity", cups}, {"reason", "damaged"}});
    const auto made = api.post("/v1/returns", {{"order_id", order["id"]}, {"lines", lines}});
    EXPECT_EQ(made.status, 201) << made.text;
    return made.body;
  }
  json scan(const std::string& barcode, const std::string& station = "returns-1") { return api.scan(station, barcode); }
  json expect(const std::string& barcode, const std::string& code, const std::string& station = "returns-1") {
    const auto answer = scan(barcode, station);
    EXPECT_EQ(answer["code"], code) << answer;
    EXPECT_NE(answer["next"]["say"], "") << answer;
    return answer;
  }
  json read_return(const json& made) { return api.get("/v1/returns/" + made["id"].get<std::string>()).body; }
  static std::string number_of(const json& order) { return order["shipments"][0]["parcels"][0]["tracking_number"]; }
  static std::string card(Command command) { return domain::command_code(command); }
  void expect_clean() {
    store::Session session(api.db());
    const auto faults = store::money_faults(session, api.merchant());
    EXPECT_TRUE(faults.empty()) << faults.front();
  }
};

TEST_F(ReturnsStation, EverythingThatStandsOnAParcelFindsTheCase) {
  for (int way = 0; way < 6; ++way) {
    const auto order = delivered();
    const auto made = announce(order, 1);
    const std::string barcodes[] = {made["code"],
                                    number_of(order),
                                    order["external_id"],
                                    order["id"],
                                    order["shipments"][0]["code"],
                                    order["shipments"][0]["parcels"][0]["code"]};
    expect(barcodes[way], "return_received");
    EXPECT_EQ(read_return(made)["status"], "received") << barcodes[way];
  }
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE merchant_id = $1"), 6);
  expect_clean();
}

TEST_F(ReturnsStation, ItemByItemEachUnitIsRefundedAndTheRestStaysOpen) {
  const auto made = announce(delivered(), 3, 1);
  expect(card(Command::split), "by_item");
  EXPECT_NE(expect(made["code"], "return_opened")["say"].get<std::string>().find("3 x MUG, 1 x CUP awaited"), std::string::npos);
  EXPECT_EQ(expect(kMug, "return_received")["effects"].size(), 2U);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 1000);
  expect(domain::quantity_code(2), "quantity_set");
  EXPECT_EQ(expect(kMug, "return_received")["effects"].size(), 2U);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 3000);
  EXPECT_NE(expect(card(Command::done), "done")["say"].get<std::string>().find("still awaited: 1 x CUP"), std::string::npos);
  EXPECT_EQ(read_return(made)["status"], "partly_received");
  expect(made["code"], "return_received");
  EXPECT_EQ(read_return(made)["status"], "received");
  expect_clean();
}

TEST_F(ReturnsStation, CardsGradeTheNextItemAndSayWhereItGoes) {
  run("UPDATE products SET special_waste = 'weee_battery' WHERE merchant_id = $1 AND sku = 'CUP'");
  const auto made = announce(delivered(), 3, 1);
  expect(domain::grade_code(Grade::c), "card_kept");
  expect(made["code"], "return_opened");  // the card is about an item: the parcel is opened, not received
  EXPECT_NE(expect(kMug, "return_received")["say"].get<std::string>().find("refurbish"), std::string::npos);
  expect(domain::grade_code(Grade::b), "card_kept");
  expect(domain::disposition_code(Disposition::donate), "card_kept");
  EXPECT_NE(expect(kMug, "return_received")["say"].get<std::string>().find("donate"), std::string::npos);
  expect(domain::reject_code(), "card_kept");
  const auto rejected = expect(kMug, "return_received");
  EXPECT_NE(rejected["say"].get<std::string>().find("rejected: send back"), std::string::npos) << rejected;
  EXPECT_EQ(rejected["effects"].size(), 1U) << "no refund";
  expect(domain::grade_code(Grade::d), "card_kept");
  const auto waste = expect(kCup, "return_received");
  EXPECT_NE(waste["say"].get<std::string>().find("recycle"), std::string::npos) << waste;
  EXPECT_NE(waste["say"].get<std::string>().find("battery box"), std::string::npos) << waste;
  const auto receipts = api.get("/v1/returns/" + made["id"].get<std::string>() + "/receipts").body["items"];
  EXPECT_EQ(receipts[1]["inspections"][0]["grade"], "B");
  EXPECT_EQ(receipts[2]["inspections"][0]["verdict"], "rejected");
  EXPECT_EQ(read_return(made)["status"], "received");
  expect(domain::grade_code(Grade::c), "not_here", "pack-1");
  expect_clean();
}

TEST_F(ReturnsStation, UndoTakesTheReceiptBackUntilTheMoneyIsOnItsWay) {
  const auto made = announce(delivered(), 3);
  const auto stock = api.get("/v1/stock/MUG").body["on_hand"];
  expect(made["code"], "return_received");
  const auto undone = expect(card(Command::undo), "undone");
  EXPECT_NE(undone["say"].get<std::string>().find("3 x MUG"), std::string::npos) << undone;
  EXPECT_EQ(read_return(made)["status"], "approved");
  EXPECT_EQ(api.get("/v1/stock/MUG").body["on_hand"], stock);
  EXPECT_EQ(ask("SELECT refunded FROM payments WHERE merchant_id = $1"), 0);
  expect(card(Command::undo), "nothing_to_undo");
  expect(made["code"], "return_received");
  EXPECT_EQ(expect(card(Command::split), "return_opened")["effects"][0]["type"], "return.receipt_undone");
  expect(kMug, "return_received");
}

TEST_F(ReturnsStation, TheRefundOfAScanWaitsAMomentSoThatUndoStillTakesItBack) {
  const auto made = announce(delivered(), 2);
  const auto received = expect(made["code"], "return_received");
  EXPECT_NE(received["say"].get<std::string>().find("goes out in 10 s: UNDO takes it back"), std::string::npos) << received;
  const std::string waits =
      "SELECT count(*) FROM refunds r JOIN jobs j ON j.merchant_id = r.merchant_id AND j.kind = 'refund' AND j.subject_id = r.refund_id "
      "WHERE r.merchant_id = $1 AND r.due_at = r.requested_at + interval '10 seconds' AND j.run_at = r.due_at";
  EXPECT_EQ(ask(waits), 1) << "the job that pays it is due as late";
  expect(card(Command::undo), "undone");
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE merchant_id = $1 AND state = 'denied'"), 1);
  // Nobody stands at a station when the desk or the API books a receipt: its money goes at once.
  const auto booked = api.post("/v1/returns/" + made["id"].get<std::string>() + "/receive", json::object());
  EXPECT_EQ(booked.status, 200) << booked.text;
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE merchant_id = $1 AND state = 'requested' AND due_at IS NULL"), 1);
  expect_clean();
}

TEST_F(ReturnsStation, ARefundThatWasSubmittedIsNotScannedBack) {
  const auto made = announce(delivered(), 1);
  expect(made["code"], "return_received");
  run("UPDATE refunds SET state = 'submitted', submitted_at = now() WHERE merchant_id = $1");
  const auto refused = expect(card(Command::undo), "refund_on_its_way");
  EXPECT_EQ(refused["outcome"], "refused");
  EXPECT_NE(refused["say"].get<std::string>().find(" at returns-1"), std::string::npos) << refused;
  EXPECT_NE(refused["next"]["say"].get<std::string>().find("desk"), std::string::npos) << refused;
  EXPECT_EQ(read_return(made)["status"], "received");
  expect_clean();
}

TEST_F(ReturnsStation, AnItemWithoutPapersIsNeverGuessedTheNextScanChooses) {
  const auto first = announce(delivered(), 1), second = announce(delivered(), 2);
  const auto offered = expect(kMug, "several_returns");
  EXPECT_EQ(offered["outcome"], "needs_person");
  EXPECT_EQ(offered["expected"].size(), 2U);
  EXPECT_NE(offered["expected"]["2"].get<std::string>().find("SO-2"), std::string::npos) << offered;
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE merchant_id = $1"), 0);
  expect(domain::choice_code(5), "no_such_choice");
  expect(domain::choice_code(2), "return_received");
  EXPECT_EQ(read_return(second)["lines"][0]["received"], 1) << "the item that was in the hand";
  expect(card(Command::done), "done");
  expect(kMug, "several_returns");
  expect(first["code"], "return_received");
  EXPECT_EQ(read_return(first)["status"], "received");
  EXPECT_EQ(read_return(second)["lines"][0]["received"], 1);
  expect(card(Command::done), "done");
  expect(kTea, "no_return");
}

TEST_F(ReturnsStation, SeveralReturnsOfAnOrderAreListedAndTheirLabelsStillWork) {
  const auto order = delivered();
  const auto one = announce(order, 1), two = announce(order, 2);
  const auto offered = expect(number_of(order), "several_returns");
  EXPECT_NE(offered["expected"]["1"].get<std::string>().find(one["code"].get<std::string>()), std::string::npos);
  expect(domain::choice_code(2), "return_received");
  EXPECT_EQ(read_return(two)["status"], "received");
  EXPECT_EQ(read_return(one)["status"], "approved");
  expect(number_of(order), "return_received");
  expect(number_of(order), "already_received");
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 3000);
}

TEST_F(ReturnsStation, WrongAndExtraItemsEndWithAPerson) {
  const auto order = delivered();
  const auto made = announce(order, 1);
  expect(card(Command::split), "by_item");
  expect(made["code"], "return_opened");
  const auto wrong = expect(kTea, "not_in_return");
  EXPECT_EQ(wrong["outcome"], "needs_person");
  EXPECT_NE(wrong["say"].get<std::string>().find("The TEA"), std::string::npos) << wrong;
  EXPECT_NE(wrong["say"].get<std::string>().find("1 x MUG"), std::string::npos) << wrong;
  expect(kMug, "return_received");
  const auto extra = expect(kMug, "extra_item");
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 1000) << "no money by a guess";
  const auto open = api.get("/v1/found_items?state=open").body["items"];
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0]["kind"], "wrong_item");
  EXPECT_EQ(open[1]["kind"], "extra_item");
  EXPECT_EQ(open[1]["order_id"], order["id"]);
  // The extra mug is the order's: a person attaches it, and it is refunded like an announced one. The tea is nobody's.
  const std::string mug = open[1]["id"], tea = open[0]["id"];
  const auto attached = api.post("/v1/found_items/" + mug + "/settle", {{"outcome", "attached"}, {"grade", "A"}});
  ASSERT_EQ(attached.status, 200) << attached.text;
  EXPECT_EQ(attached.body["refunds"].size(), 1U);
  EXPECT_EQ(attached.body["return_id"], made["id"]) << "it joins the return that it came with";
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 2000);
  EXPECT_EQ(api.post("/v1/found_items/" + mug + "/settle", {{"outcome", "keep"}}).code(), "found_item_settled");
  EXPECT_EQ(api.post("/v1/found_items/" + tea + "/settle", {{"outcome", "attached"}}).code(), "units_not_returnable");
  const auto stock = api.get("/v1/stock/TEA").body["on_hand"].get<int>();
  EXPECT_EQ(api.post("/v1/found_items/" + tea + "/settle", {{"outcome", "keep"}}).status, 200);
  EXPECT_EQ(api.get("/v1/stock/TEA").body["on_hand"], stock + 1);
  EXPECT_TRUE(api.get("/v1/found_items?state=open").body["items"].empty());
  expect_clean();
}

TEST_F(ReturnsStation, AParcelNobodyAnnouncedWaitsInAQueueAndIsMatchedLater) {
  const auto order = delivered();
  const std::string number = "1Z999AA10123456784";
  const auto found = expect(number, "unannounced_return");
  EXPECT_EQ(found["outcome"], "needs_person");
  const std::string id = found["effects"][0]["id"];
  EXPECT_NE(found["next"]["say"].get<std::string>().find(id), std::string::npos) << found;
  expect(kMug, "found_item_recorded");
  expect(domain::quantity_code(2), "quantity_set");
  expect(kMug, "found_item_recorded");
  expect(card(Command::done), "done");
  const auto again = expect(number, "unannounced_return", "returns-2");
  EXPECT_NE(again["say"].get<std::string>().find("recorded as " + id + " at "), std::string::npos) << again;
  const auto before = api.get("/v1/found_items/" + id).body;
  EXPECT_EQ(before["number"], number);
  EXPECT_EQ(before["order_id"], nullptr);
  EXPECT_EQ(api.post("/v1/found_items/" + id + "/settle", {{"outcome", "attached"}}).code(), "order_unknown");
  EXPECT_EQ(api.post("/v1/found_items/" + id + "/match", {{"order_id", order["id"]}}).body["order_id"], order["id"]);
  const auto settled = api.post("/v1/found_items/" + id + "/settle", {{"outcome", "attached"}});
  ASSERT_EQ(settled.status, 200) << settled.text;
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 3000) << "the three mugs that lay in it";
  EXPECT_EQ(ask("SELECT count(*) FROM found_items WHERE merchant_id = $1 AND state = 'open'"), 0);
  expect(number, "unannounced_return");  // another parcel may carry a recycled number
  expect(card(Command::undo), "undone");
  EXPECT_EQ(ask("SELECT count(*) FROM found_items WHERE merchant_id = $1 AND state = 'open'"), 0);
  expect_clean();
}

TEST_F(ReturnsStation, ProblemCallsAPersonAndTheScreenGoesOn) {
  const auto order = delivered();
  const auto made = announce(order, 2);
  expect(card(Command::split), "by_item");
  expect(made["code"], "return_opened");
  const auto problem = expect(card(Command::problem), "problem_reported");
  EXPECT_EQ(problem["outcome"], "needs_person");
  EXPECT_EQ(read_return(made)["lines"][0]["acceptance"], "needs_person");
  EXPECT_EQ(api.get("/v1/found_items?state=open").body["items"][0]["kind"], "problem");
  expect("no such thing", "unknown_barcode");
  const auto nameless = expect(card(Command::problem), "unannounced_return");
  EXPECT_NE(nameless["say"].get<std::string>().find("no such thing"), std::string::npos) << nameless;
  expect(card(Command::done), "done");
  expect(card(Command::done), "nothing_open");
  expect(card(Command::run_short), "not_here");
  // A person decides about the doubtful line with an inspection.
  EXPECT_EQ(api.post("/v1/returns/" + made["id"].get<std::string>() + "/receive").body["units"], 2);
  EXPECT_EQ(read_return(made)["lines"][0]["acceptance"], "accepted");
}

TEST_F(ReturnsStation, UnderInspectionTheMoneyFollowsTheLookAtEachItem) {
  ASSERT_EQ(api.put("/v1/policy", {{"trigger", "inspection"}}).status, 200);
  const auto made = announce(delivered(), 2, 1);
  const auto received = expect(made["code"], "return_received");
  EXPECT_EQ(received["effects"].size(), 1U);
  EXPECT_NE(received["next"]["say"].get<std::string>().find("grade"), std::string::npos) << received;
  EXPECT_EQ(expect(kMug, "inspected")["effects"].size(), 2U);
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 1000);
  expect(domain::reject_code(), "card_kept");
  expect(kMug, "inspected");
  expect(kMug, "extra_item");
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds WHERE merchant_id = $1"), 1000);
  expect_clean();
}

TEST_F(ReturnsStation, EveryAnswerIsGivenAgainForTheSameScanAndBooksNothingMore) {
  const auto order = delivered();
  const auto made = announce(order, 3);
  const std::vector<std::string> story = {card(Command::split),
                                          made["code"],
                                          domain::grade_code(Grade::b),
                                          kMug,
                                          kTea,
                                          card(Command::undo),
                                          kMug,
                                          card(Command::undo),
                                          kMug,
                                          kMug,
                                          kMug,
                                          kCup,
                                          card(Command::problem),
                                          "1Z999AA10123456784",
                                          kTea,
                                          card(Command::done),
                                          kMug,
                                          domain::choice_code(1),
                                          order["external_id"],
                                          "?"};
  std::vector<std::pair<json, std::string>> sent;
  for (const auto& barcode : story) {
    const json body = Api::scan_body("returns-1", barcode);
    const auto answer = api.post("/v1/scans", body);
    ASSERT_EQ(answer.status, 200) << answer.text;
    sent.emplace_back(body, answer.text);
  }
  const auto books = [&] {
    return ask<std::string>(
        "SELECT concat_ws(' ', (SELECT sum(received) FROM return_lines WHERE merchant_id = $1), (SELECT count(*) FROM inspections WHERE "
        "merchant_id = $1), (SELECT count(*) FROM found_items WHERE merchant_id = $1), (SELECT sum(amount) FROM refunds WHERE merchant_id "
        "= "
        "$1), (SELECT count(*) FROM stock_movements WHERE merchant_id = $1), (SELECT memory FROM stations WHERE merchant_id = $1 AND name "
        "= "
        "'returns-1'))");
  };
  const auto before = books();
  for (const auto& [body, text] : sent) EXPECT_EQ(api.post("/v1/scans", body).text, text);
  EXPECT_EQ(books(), before);
  expect_clean();
}

TEST_F(ReturnsStation, TwoStationsTheDeskAndRetriesReceiveOneUnitOnce) {
  for (int round = 0; round < 4; ++round) {
    const auto order = delivered();
    const auto made = announce(order, 1);
    const json retried = Api::scan_body("returns-1", made["code"]);
    constexpr int kThreads = 9;
    std::barrier together(kThreads);
    std::vector<json> answers(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        together.arrive_and_wait();
        const auto at = static_cast<std::size_t>(i);
        if (i < 3) answers[at] = api.post("/v1/scans", retried).body;  // one scan, sent three times
        if (i >= 3 && i < 6) answers[at] = scan(i == 3 ? number_of(order) : made["code"].get<std::string>(), "returns-2");
        if (i >= 6) answers[at] = api.post("/v1/returns/" + made["id"].get<std::string>() + "/receive").body;  // clicks
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(answers[0], answers[1]);
    EXPECT_EQ(answers[0], answers[2]);
    int won = answers[0]["code"] == "return_received" ? 1 : 0;
    for (std::size_t i = 3; i < answers.size(); ++i) {
      const bool fresh = i < 6 ? answers[i]["code"] == "return_received" : answers[i]["anything_new"] == true;
      won += fresh ? 1 : 0;
      if (fresh) continue;
      const std::string words = answers[i].dump();
      EXPECT_TRUE(words.find(" by key-") != std::string::npos || words.find("received_before") != std::string::npos) << words;
    }
    EXPECT_EQ(won, 1);
    EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE merchant_id = $1"), round + 1);
  }
  expect_clean();
}

}  // namespace
}  // namespace roundtrip::test
