// Carriers' own labels at the stations, as scanners send them: with symbology identifier, routing prefix and FNC1.
#include <gtest/gtest.h>

#include "support/api.hpp"

namespace roundtrip::test {
namespace {

const std::string kMug = "4006381333931";

struct CarrierLabels : testing::Test {
  Api api;
  void SetUp() override { api.add_product("MUG", kMug, 20); }
  // An order that was shipped under the carrier's number.
  json shipped_as(const std::string& external_id, const std::string& number) {
    const auto taken = api.take_order(Api::order_body(external_id, {{"MUG", 1}}));
    const auto order = api.ship(taken["id"], {kMug});
    number_parcels(order["id"], number);
    return order;
  }
  void number_parcels(const std::string& order, const std::string& number) {
    store::Session(api.db()).run("UPDATE parcels SET tracking_number = $1 WHERE merchant_id = $2 AND order_id = $3",
                                 {number, api.merchant(), std::int64_t{std::stoll(order.substr(order.find_first_of("0123456789")))}});
  }
};

struct Label {
  const char* scanned;
  const char* number;  // as the carrier's API gave it
};
const Label kLabels[] = {
    {"1Z999AA10123456784", "1Z999AA10123456784"},
    {"]C01z999aa10123456784", "1Z999AA10123456784"},
    {"]C1420902109400111202555842332638", "9400111202555842332638"},
    {"]C142090210\x1D"
     "9400111202555842332638",
     "9400111202555842332638"},
    {"420902101234"
     "9400111202555842332638",
     "9400111202555842332638"},
    {"]C100340434161094042557", "00340434161094042557"},
    {"]C01001921334250001000300779017972697", "779017972697"},
    {"9611020987654312345672", "987654312345672"},
    {"3318 8100 25", "3318810025"},
    {"]C0RB123456785GB", "RB123456785GB"},
    {"3318810025", "3318810025"},
    // 12 digits that are a right UPC-A as well: a parcel has this number, so it is the parcel.
    {"]E0986578788855", "986578788855"},
};

TEST_F(CarrierLabels, FindTheParcelAtEveryStation) {
  const auto order = shipped_as("SO-1", "none yet");
  for (const auto& label : kLabels) {
    number_parcels(order["id"], "another");
    EXPECT_NE(api.scan("returns-1", label.scanned)["scanned"]["kind"], "parcel") << label.scanned;
    number_parcels(order["id"], label.number);
    const auto at_dispatch = api.scan("dispatch-1", label.scanned);
    EXPECT_EQ(at_dispatch["code"], "already_handed_over") << label.scanned << " " << at_dispatch;
    const auto at_returns = api.scan("returns-1", label.scanned);
    EXPECT_EQ(at_returns["code"], "unannounced_return") << label.scanned << " " << at_returns;
    EXPECT_EQ(at_returns["scanned"]["kind"], "parcel");
    const auto at_receive = api.scan("receive-1", label.scanned);
    EXPECT_EQ(at_receive["code"], "not_here") << label.scanned;
    EXPECT_EQ(at_receive["scanned"]["kind"], "parcel");
  }
}

TEST_F(CarrierLabels, ReceiveTheReturnThatCameUnderTheNumber) {
  const auto order = shipped_as("SO-1", "1Z999AA10123456784");
  store::Session(api.db()).run("UPDATE parcels SET status = 'delivered', delivered_at = now() WHERE merchant_id = $1", {api.merchant()});
  store::Session(api.db()).run("UPDATE order_lines SET delivered = shipped WHERE merchant_id = $1", {api.merchant()});
  // The customer typed the number of her own label with blanks and in lower case.
  const auto made =
      api.post("/v1/returns", {{"order_id", order["id"]},
                               {"tracking_number", " 9400 1112 0255 5842 3326 38 "},
                               {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}, {"reason", "too_small"}}}}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["tracking_number"], "9400111202555842332638");
  const auto received = api.scan("returns-1", "]C1420902109400111202555842332638");
  EXPECT_EQ(received["code"], "return_received") << received;
  EXPECT_EQ(received["scanned"]["kind"], "return");
}

TEST_F(CarrierLabels, OfNobodyHereAreNamedAsWhatTheyAre) {
  const auto answer = api.scan("returns-1", "]C1420902109400111202555842332638");
  EXPECT_EQ(answer["outcome"], "needs_person") << "a parcel that nobody announced is put aside";
  EXPECT_EQ(answer["code"], "unannounced_return");
  EXPECT_EQ(answer["scanned"]["kind"], "carrier_label");
  EXPECT_EQ(answer["scanned"]["tracking_number"], "9400111202555842332638");
  EXPECT_NE(answer["say"].get<std::string>().find("9400111202555842332638"), std::string::npos) << answer["say"];
  // A damaged one is just unknown.
  EXPECT_EQ(api.scan("returns-1", "1Z999AA10123456785")["code"], "unknown_barcode");
}

TEST_F(CarrierLabels, DoNotHideProducts) {
  // A product whose UPC-A fits a carrier's check digit too.
  api.add_product("LAMP", "986578788855", 5);
  EXPECT_EQ(api.scan("receive-1", "986578788855")["code"], "received");
  // A GS1 element string of 34 digits is a product's, whatever carrier's barcode is as long.
  EXPECT_EQ(api.scan("receive-1",
                     "]C101"
                     "04006381333931"
                     "17261231"
                     "2112345678")["code"],
            "received");
}

}  // namespace
}  // namespace roundtrip::test
