// Parcels that leave with labels of real carriers: chosen by the table, bought when the carton closes, scanned at dispatch, closed out on
// manifests, given back when nobody needs them. The carriers are the demo carrier in their languages, over sockets.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "clients/curl_transport.hpp"
#include "demo/carrier_server.hpp"
#include "domain/codes.hpp"
#include "support/api.hpp"
#include "usecases/manifests.hpp"
#include "workers/label_buyer.hpp"
#include "workers/loop.hpp"

namespace roundtrip::test {
namespace {

const std::string kMug = "4006381333931", kDone = domain::command_code(domain::Command::done);
const std::string kBonn =
    R"({"name":"Kontor","line1":"Lange Str. 1","postal_code":"53113","city":"Bonn","country":"DE","phone":"+49 228 123456"})";
const std::string kToledo =
    R"({"name":"Store","line1":"1 Depot Road","postal_code":"43604","city":"Toledo","region":"OH","country":"US","phone":"+14195550100"})";
constexpr const char* kTable = R"(
[[service]]
carrier = "dhl"
code = "V01PAK"
title = "DHL Paket"
countries = ["DE"]
to_g = 5000
days = 2
price = 499

[[service]]
carrier = "ups/eu"
code = "11"
title = "UPS Standard"
countries = ["EU"]
price = 999

[[service]]
carrier = "gls"
title = "GLS by hand"
countries = ["GB"]
)";

struct Outbound : testing::Test {
  demo::CarrierServer carrier{demo::CarrierServerOptions{.key = "secret", .day_us = kDay}};
  std::string file = (std::filesystem::temp_directory_path() / ("outbound_" + std::to_string(getpid()) + ".toml")).string();
  clients::CurlTransport transport{{.allow_private_addresses = true, .idle_handles = 0}};
  std::map<std::string, std::string> settings{{"carriers.accounts_file", written()}};
  Api api{settings};
  Config config;
  std::unique_ptr<usecases::Carriers> carriers;

  std::string written() {
    const std::string where = "base_url = \"" + carrier.url() + "\"\n";
    std::ofstream(file) << "[[account]]\ncarrier = \"ups\"\naccount = \"eu\"\nkey = \"shop\"\nsecret = \"secret\"\ncustomer = \"A1B2C3\"\n"
                        << where << "[[account]]\ncarrier = \"dhl\"\nkey = \"secret\"\n"
                        << "customer = \"user=shop;password=secret;billing=33333333330101;receiver=deu\"\n"
                        << where << "[[account]]\ncarrier = \"fedex\"\nkey = \"shop\"\nsecret = \"secret\"\ncustomer = \"740561073\"\n"
                        << where << "[[account]]\ncarrier = \"usps\"\nkey = \"shop\"\nsecret = \"secret\"\n"
                        << "customer = \"12345678/900000001/900000002/1000000001\"\n"
                        << where << "[[account]]\ncarrier = \"easypost\"\nkey = \"secret\"\n"
                        << where << kTable;
    return file;
  }
  void SetUp() override {
    EXPECT_TRUE(config.set("carriers.accounts_file", file));
    carriers = std::make_unique<usecases::Carriers>(config, transport);
    store::Session(api.db()).run("UPDATE warehouses SET address = $1::jsonb WHERE merchant_id = $2", {kBonn, api.merchant()});
    api.add_product("MUG", kMug, 50);
  }
  ~Outbound() override { std::filesystem::remove(file); }

  json order(const std::string& external_id, const std::string& country, int mugs = 1) {
    json body = Api::order_body(external_id, {{"MUG", mugs}});
    if (country == "DE") body["ship_to"] = {{"name", "Anna Berg"}, {"line1", "Markt 5"}, {"city", "Leipzig"}, {"postal_code", "04109"}};
    if (country == "AT") body["ship_to"] = {{"name", "Eva Huber"}, {"line1", "Ring 2"}, {"city", "Wien"}, {"postal_code", "1010"}};
    if (country == "GB") body["ship_to"] = {{"name", "Ann Lee"}, {"line1", "High St 3"}, {"city", "Leeds"}, {"postal_code", "LS1 1AA"}};
    if (country == "US") {
      body["ship_to"] = {{"name", "Ann Bohm"}, {"line1", "12 Elm Street"}, {"city", "Albany"}, {"region", "NY"}, {"postal_code", "12207"}};
      body["currency"] = "USD";
    }
    body["ship_to"]["country"] = country;
    body["ship_to"]["phone"] = "+49 341 555555";
    return api.take_order(body);
  }
  // Picks and packs; gives the answer that closed the parcel.
  json packed(const json& order, int mugs = 1) {
    const std::string code = order["shipments"][0]["code"];
    json answer;
    for (const std::string station : {"pick-1", "pack-1"}) {
      EXPECT_EQ(api.scan(station, code)["outcome"], "accepted");
      for (int i = 0; i < mugs; ++i) answer = api.scan(station, kMug);
    }
    EXPECT_EQ(answer["outcome"], "accepted") << answer;
    return answer;
  }
  json shipment(const json& order) { return api.get("/v1/orders/" + order["id"].get<std::string>()).body["shipments"][0]; }
  json parcel(const json& order) { return shipment(order)["parcels"][0]; }
  int pass(std::string_view kind) {
    workers::JobOptions options;
    options.kind = kind;
    options.max_attempts = 2;
    const auto work = kind == usecases::kManifestJob    ? workers::make_manifest
                      : kind == usecases::kVoidLabelJob ? workers::void_label
                                                        : workers::buy_label;
    const auto bury = kind == usecases::kManifestJob ? usecases::give_up_manifest : usecases::give_up_booking;
    return workers::work_jobs(
        api.db(), options, [&](const usecases::Job& job, Instant now) { return work(api.db(), *carriers, job, now); },
        [&](const usecases::Job& job, const std::string& why, Instant now) { bury(api.db(), job, why, now); });
  }
  int buy() { return pass(usecases::kBookLabelJob); }
  std::int64_t count(const std::string& sql) { return store::Session(api.db()).value<std::int64_t>("SELECT count(*) FROM " + sql).value(); }
};

TEST_F(Outbound, TheLabelIsBoughtWhenTheCartonClosesAndTheParcelLeavesUnderItsNumber) {
  const auto taken = order("SO-1", "AT");
  const auto closed = packed(taken);
  EXPECT_NE(closed["say"].get<std::string>().find("UPS Standard"), std::string::npos) << closed;
  EXPECT_EQ(closed["print"][0]["pending"], true);
  const std::string label = closed["print"][0]["url"];
  EXPECT_EQ(api.get(label).code(), "label_not_there_yet");
  EXPECT_EQ(parcel(taken)["label"]["state"], "wanted");
  const std::string code = parcel(taken)["code"];
  EXPECT_EQ(api.scan("dispatch-1", code)["code"], "label_not_there_yet");
  EXPECT_EQ(buy(), 1);
  EXPECT_EQ(buy(), 0);
  const auto bought = parcel(taken);
  EXPECT_EQ(bought["label"]["state"], "bought") << bought;
  EXPECT_EQ(bought["carrier"], "ups");
  EXPECT_EQ(bought["account"], "eu");
  EXPECT_EQ(bought["service"], "UPS Standard");
  EXPECT_EQ(shipment(taken)["status"], "labeled");
  const auto printed = api.get(label);
  EXPECT_EQ(printed.status, 200);
  EXPECT_TRUE(printed.text.starts_with("%PDF-"));
  // The carrier's own barcode is what is on the parcel.
  const std::string number = bought["tracking_number"];
  const auto gone = api.scan("dispatch-1", "]C0" + number);
  EXPECT_EQ(gone["code"], "handed_over") << gone;
  const auto tracking = api.get("/v1/tracking/" + number).body;
  EXPECT_EQ(tracking["carrier"], "ups");
  EXPECT_EQ(count("trackers WHERE carrier = 'ups' AND account = 'eu'"), 1);
}

// The whole way with every carrier that sells labels, between two places where it is at home.
TEST_F(Outbound, EveryCarrierThatSellsLabelsTakesAParcel) {
  store::Session(api.db()).run("UPDATE products SET weight_g = 600, hs_code = '691110', origin = 'PT' WHERE merchant_id = $1",
                               {api.merchant()});
  for (const std::string name : {"dhl", "ups/eu", "fedex", "usps", "easypost"}) {
    const bool german = name == "dhl" || name == "ups/eu";
    store::Session(api.db()).run("UPDATE warehouses SET address = $1::jsonb WHERE merchant_id = $2",
                                 {german ? kBonn : kToledo, api.merchant()});
    const auto taken = order("SO-" + name, german ? "DE" : "US");
    packed(taken);
    const std::string url = "/v1/parcels/" + parcel(taken)["id"].get<std::string>() + "/label";
    EXPECT_EQ(api.post(url, {{"carrier", name}}).status, 200) << name;
    while (pass(usecases::kVoidLabelJob) > 0 || buy() > 0) {
    }
    const auto bought = parcel(taken);
    ASSERT_EQ(bought["label"]["state"], "bought") << name << " " << bought;
    EXPECT_TRUE(api.get(bought["label_url"]).text.starts_with("%PDF-")) << name;
    const auto gone = api.scan("dispatch-1", bought["tracking_number"]);
    EXPECT_EQ(gone["code"], "handed_over") << name << " " << gone;
    EXPECT_EQ(api.get("/v1/tracking/" + bought["tracking_number"].get<std::string>()).body["carrier"], name.substr(0, name.find('/')));
  }
  const auto done = api.scan("dispatch-1", kDone);
  EXPECT_EQ(done["print"].size(), 5U) << done;
  while (pass(usecases::kManifestJob) > 0) {
  }
  const json manifests = api.get("/v1/manifests").body["items"];
  for (const auto& manifest : manifests) EXPECT_EQ(manifest["state"], "made") << manifest;
}

TEST_F(Outbound, TheTableChoosesByDestinationAndWeight) {
  store::Session(api.db()).run("UPDATE products SET weight_g = 900 WHERE merchant_id = $1", {api.merchant()});
  const auto light = order("SO-1", "DE"), heavy = order("SO-2", "DE", 6);
  packed(light);
  packed(heavy, 6);
  EXPECT_EQ(parcel(light)["service"], "DHL Paket");
  EXPECT_EQ(parcel(heavy)["service"], "UPS Standard") << "5.4 kg is too much for the first row";
  EXPECT_EQ(buy(), 2);
  EXPECT_EQ(parcel(light)["label"]["state"], "bought") << parcel(light);
  EXPECT_EQ(parcel(heavy)["label"]["state"], "bought") << parcel(heavy);
}

TEST_F(Outbound, WithoutAnApiTheNumberIsScannedOrTypedAtDispatch) {
  const auto taken = order("SO-1", "GB");
  const auto closed = packed(taken);
  EXPECT_EQ(closed["print"][0]["pending"], false);
  EXPECT_EQ(api.get(closed["print"][0]["url"]).status, 200) << "our own label";
  const auto asked = api.scan("dispatch-1", parcel(taken)["code"]);
  EXPECT_EQ(asked["code"], "number_needed") << asked;
  EXPECT_EQ(asked["next"]["action"], "scan_number");
  EXPECT_EQ(api.scan("dispatch-1", "1Z999AA10123456784")["code"], "wrong_carrier");
  EXPECT_EQ(api.scan("dispatch-1", "hello")["code"], "not_a_number");
  EXPECT_EQ(api.scan("dispatch-1", kMug)["code"], "not_here") << "a product is no number";
  const auto gone = api.scan("dispatch-1", "ZWX9K1AB");
  EXPECT_EQ(gone["code"], "handed_over") << gone;
  EXPECT_EQ(parcel(taken)["tracking_number"], "ZWX9K1AB");
  EXPECT_EQ(parcel(taken)["label"]["state"], "own");
  EXPECT_EQ(api.scan("dispatch-1", "00PWLT8O")["code"], "unknown_barcode") << "nobody waits for a number any more";
}

TEST_F(Outbound, ANumberIsTakenOnlyForTheParcelThatWasScannedLast) {
  const auto aside = order("SO-1", "GB"), other = order("SO-2", "GB");
  packed(aside);
  EXPECT_EQ(api.scan("dispatch-1", parcel(aside)["code"])["code"], "number_needed");
  EXPECT_EQ(api.scan("dispatch-1", other["shipments"][0]["code"])["code"], "not_packed");
  EXPECT_EQ(api.scan("dispatch-1", "ZWX9K1AB")["outcome"], "refused") << "nobody asked for the number of anything now";
  EXPECT_EQ(parcel(aside)["state"], "closed");
}

TEST_F(Outbound, TheSameNumberSaidAgainKeepsTheLabelInUse) {
  const auto taken = order("SO-1", "AT");
  packed(taken);
  buy();
  const std::string number = parcel(taken)["tracking_number"];
  EXPECT_EQ(api.scan("dispatch-1", number)["code"], "handed_over");
  EXPECT_EQ(api.post("/v1/parcels/" + parcel(taken)["id"].get<std::string>() + "/label", {{"number", number}}).status, 200);
  EXPECT_EQ(parcel(taken)["label"]["state"], "bought");
  EXPECT_EQ(count("bookings WHERE state = 'void_wanted'"), 0);
  EXPECT_EQ(count("trackers"), 1);
}

TEST_F(Outbound, ANumberPutRightGoesOnUnderTheRightOne) {
  const auto taken = order("SO-1", "GB");
  packed(taken);
  const std::string url = "/v1/parcels/" + parcel(taken)["id"].get<std::string>() + "/label";
  EXPECT_EQ(api.post(url, {{"number", "1Z999AA10123456784"}}).code(), "wrong_carrier");
  EXPECT_EQ(api.post(url).code(), "no_labels_sold");
  EXPECT_EQ(api.post(url, {{"carrier", "nobody"}}).code(), "unknown_carrier");
  const auto named = api.post(url, {{"number", "ZWX9K1AB"}});
  EXPECT_EQ(named.status, 200) << named.text;
  EXPECT_EQ(api.scan("dispatch-1", "ZWX9K1AB")["code"], "handed_over") << "the number is known before it leaves";
  EXPECT_EQ(api.post(url).code(), "parcel_has_left");
  const auto right = api.post(url, {{"carrier", "ups/eu"}, {"number", "1Z999AA10123456784"}});
  EXPECT_EQ(right.status, 200) << right.text;
  EXPECT_EQ(right.body["tracking_number"], "1Z999AA10123456784");
  EXPECT_EQ(count("trackers WHERE number = 'ZWX9K1AB' AND ended_at IS NOT NULL AND next_check_at IS NULL"), 1);
  EXPECT_EQ(count("trackers WHERE number = '1Z999AA10123456784' AND account = 'eu' AND ended_at IS NULL"), 1);
}

TEST_F(Outbound, ALabelThatCannotBeBoughtTellsWhyAndTheParcelLeavesByHand) {
  const auto taken = order("SO-1", "AT");
  store::Session(api.db()).run("UPDATE orders SET ship_to = ship_to - 'city' - 'line1' WHERE merchant_id = $1", {api.merchant()});
  packed(taken);
  EXPECT_EQ(buy(), 1);
  const auto failed = parcel(taken);
  EXPECT_EQ(failed["label"]["state"], "failed");
  EXPECT_NE(failed["label"]["error"], nullptr);
  EXPECT_EQ(api.get(failed["label_url"]).status, 200) << "our own label";
  const auto asked = api.scan("dispatch-1", failed["code"]);
  EXPECT_EQ(asked["code"], "number_needed");
  EXPECT_NE(asked["say"].get<std::string>().find("could not be bought"), std::string::npos) << asked;
  EXPECT_EQ(api.scan("dispatch-1", "1Z999AA10123456784")["code"], "handed_over");
}

TEST_F(Outbound, AfterTheAddressIsPutRightTheLabelIsBoughtAgain) {
  const auto taken = order("SO-1", "AT");
  store::Session(api.db()).run("UPDATE orders SET ship_to = ship_to - 'city' WHERE merchant_id = $1", {api.merchant()});
  packed(taken);
  buy();
  EXPECT_EQ(parcel(taken)["label"]["state"], "failed");
  store::Session(api.db()).run("UPDATE orders SET ship_to = ship_to || '{\"city\": \"Wien\"}' WHERE merchant_id = $1", {api.merchant()});
  EXPECT_EQ(api.post("/v1/parcels/" + parcel(taken)["id"].get<std::string>() + "/label").status, 200);
  EXPECT_EQ(buy(), 1);
  EXPECT_EQ(parcel(taken)["label"]["state"], "bought");
  EXPECT_EQ(api.scan("dispatch-1", parcel(taken)["code"])["code"], "handed_over");
}

TEST_F(Outbound, WhatIsCanceledGivesItsLabelBack) {
  const auto taken = order("SO-1", "AT"), early = order("SO-2", "AT");
  packed(taken);
  packed(early);
  EXPECT_EQ(api.post("/v1/orders/" + early["id"].get<std::string>() + "/cancel").status, 200) << "before it was bought";
  EXPECT_EQ(buy(), 2);
  EXPECT_EQ(parcel(taken)["label"]["state"], "bought");
  EXPECT_EQ(count("bookings WHERE state = 'voided' AND number = ''"), 1) << "the second was never bought";
  EXPECT_EQ(api.post("/v1/orders/" + taken["id"].get<std::string>() + "/cancel").status, 200);
  EXPECT_EQ(count("bookings WHERE state = 'void_wanted'"), 1);
  EXPECT_EQ(pass(usecases::kVoidLabelJob), 1);
  EXPECT_EQ(count("bookings WHERE state = 'voided'"), 2);
}

TEST_F(Outbound, AnotherLabelGivesTheFirstOneBack) {
  const auto taken = order("SO-1", "DE");
  packed(taken);
  buy();
  const std::string first = parcel(taken)["tracking_number"];
  const auto changed = api.post("/v1/parcels/" + parcel(taken)["id"].get<std::string>() + "/label", {{"carrier", "ups/eu"}});
  EXPECT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.body["tracking_number"], nullptr);
  EXPECT_EQ(changed.body["service"], "UPS Standard");
  EXPECT_EQ(api.scan("dispatch-1", parcel(taken)["code"])["code"], "label_not_there_yet");
  EXPECT_EQ(pass(usecases::kVoidLabelJob), 1);
  EXPECT_EQ(buy(), 1);
  EXPECT_NE(parcel(taken)["tracking_number"], first);
  EXPECT_EQ(api.scan("dispatch-1", parcel(taken)["code"])["code"], "handed_over");
}

TEST_F(Outbound, DoneClosesOutWhatHasLeftWithEachCarrier) {
  const std::vector<json> orders = {order("SO-1", "DE"), order("SO-2", "DE"), order("SO-3", "AT"), order("SO-4", "PT")};
  for (const auto& one : orders) packed(one);
  while (buy() > 0) {
  }
  for (const auto& one : orders) EXPECT_EQ(api.scan("dispatch-1", parcel(one)["code"])["code"], "handed_over") << parcel(one);
  const auto done = api.scan("dispatch-1", kDone);
  EXPECT_EQ(done["code"], "closed_out") << done;
  ASSERT_EQ(done["print"].size(), 2U) << done;
  EXPECT_EQ(api.scan("dispatch-1", kDone)["code"], "nothing_to_close_out");
  const auto list = api.get("/v1/manifests").body["items"];
  ASSERT_EQ(list.size(), 2U);
  for (const auto& manifest : list) {
    const bool asks = manifest["carrier"] == "dhl";
    EXPECT_EQ(manifest["state"], asks ? "wanted" : "made") << manifest;
    EXPECT_EQ(manifest["parcels"], 2);
    EXPECT_EQ(api.get(manifest["document_url"]).status, asks ? 409 : 200);
  }
  EXPECT_EQ(pass(usecases::kManifestJob), 1);
  for (const auto& manifest : list) {
    const auto now = api.get("/v1/manifests/" + manifest["id"].get<std::string>()).body;
    EXPECT_EQ(now["state"], "made") << now;
    EXPECT_EQ(now["contents"].size(), 2U);
    EXPECT_NE(now["contents"][0]["handed_over_by"].get<std::string>().find("dispatch-1"), std::string::npos);
    const auto document = api.get(manifest["document_url"]);
    EXPECT_EQ(document.status, 200);
    EXPECT_TRUE(document.text.starts_with("%PDF-"));
    EXPECT_EQ(api.post("/v1/manifests/" + manifest["id"].get<std::string>() + "/retry").code(), "manifest_has_not_failed");
  }
}

TEST_F(Outbound, ManifestsAreEachMerchantsOwn) {
  const auto taken = order("SO-1", "GB");
  packed(taken);
  api.scan("dispatch-1", parcel(taken)["code"]);
  api.scan("dispatch-1", "ZWX9K1AB");
  const auto made = api.post("/v1/manifests", {{"warehouse", "main"}});
  ASSERT_EQ(made.status, 200) << made.text;
  ASSERT_EQ(made.body["items"].size(), 1U);
  const std::string id = made.body["items"][0]["id"];
  const auto stranger = api.other_merchant();
  for (const std::string& path : {"/v1/manifests/" + id, "/v1/manifests/" + id + "/document.pdf"})
    EXPECT_EQ(api.get(path, stranger).status, 404) << path;
  EXPECT_EQ(api.post("/v1/manifests/" + id + "/retry", json::object(), stranger).status, 404);
  EXPECT_EQ(api.post("/v1/parcels/" + parcel(taken)["id"].get<std::string>() + "/label", {{"number", "ZWX9K1AB"}}, stranger).status, 404);
  EXPECT_EQ(api.post("/v1/manifests", {{"warehouse", "moon"}}).code(), "no_such_warehouse");
}

}  // namespace
}  // namespace roundtrip::test
