// Labels of real returns and parcels: what is on them, and when there is none.
#include "usecases/labels.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "domain/codes.hpp"
#include "support/database.hpp"

namespace roundtrip::usecases {
namespace {

std::string pdf_text(const std::string& pdf) {
  char name[] = "/tmp/roundtrip-label-XXXXXX";
  const int file = mkstemp(name);
  if (file < 0) throw std::runtime_error("no temporary file");
  const auto written = write(file, pdf.data(), pdf.size());
  close(file);
  std::string out;
  if (FILE* pipe = popen(("pdftotext -raw " + std::string(name) + " - 2>/dev/null").c_str(), "r")) {
    char buffer[4096];
    std::size_t count = 0;
    while ((count = fread(buffer, 1, sizeof buffer, pipe)) > 0) out.append(buffer, count);
    pclose(pipe);
  }
  unlink(name);
  if (written != static_cast<ssize_t>(pdf.size())) throw std::runtime_error("short write");
  return out;
}

struct LabelsTest : testing::Test {
  test::TestDatabase database;
  MerchantId merchant = database.merchant();
  Instant now = *parse_rfc3339("2026-11-21T10:00:00Z");
  Context context{database.db(), merchant, {"api", "test"}, now};

  void SetUp() override {
    store::Session session(database.db());
    session.run("UPDATE warehouses SET address = $2::jsonb WHERE merchant_id = $1",
                {merchant, R"({"name":"Lager","line1":"Werkstr. 5","city":"Köln","postal_code":"50667","country":"DE"})"});
    session.run(
        "INSERT INTO orders (merchant_id, order_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, "
        "warehouse_id, customer_locale, ship_to, total) SELECT $1, 7, 'SO-1001', 'x', 'open', $2, $2, $2, 'EUR', warehouse_id, 'de-DE', "
        "$3::jsonb, 1000 FROM warehouses WHERE merchant_id = $1",
        {merchant, now, ship_to("Nguyễn Thị Hạnh")});
    session.run(
        "INSERT INTO order_lines (merchant_id, order_id, line_id, position, sku, description, quantity, unit_price, price_amount) "
        "VALUES ($1, 7, 70, 1, 'MUG-RED', 'Roter Becher 🎁 தமழ', 3, 100, 300), ($1, 7, 71, 2, 'BOWL', 'Schüssel', 1, 700, 700)",
        {merchant});
    session.run(
        "INSERT INTO shipments (merchant_id, shipment_id, order_id, warehouse_id, status, ship_by, created_at, updated_at) "
        "SELECT $1, 8, 7, warehouse_id, 'packed', $2, $2, $2 FROM warehouses WHERE merchant_id = $1",
        {merchant, now});
    session.run(
        "INSERT INTO shipment_lines (merchant_id, shipment_id, line_id, order_id, sku, quantity, picked, packed) "
        "VALUES ($1, 8, 70, 7, 'MUG-RED', 3, 3, 1), ($1, 8, 71, 7, 'BOWL', 1, 1, 1)",
        {merchant});
    session.run(
        "INSERT INTO parcels (merchant_id, parcel_id, shipment_id, order_id, state, carrier, service, tracking_number, weight_g, "
        "created_at, closed_at) VALUES ($1, 9, 8, 7, 'closed', 'demo', 'express', 'DM123456789PT', 1250, $2, $2), "
        "($1, 10, 8, 7, 'open', NULL, NULL, NULL, NULL, $2, NULL), ($1, 11, 8, 7, 'canceled', NULL, NULL, NULL, NULL, $2, NULL)",
        {merchant, now});
    session.run(
        "INSERT INTO returns (merchant_id, return_id, order_id, kind, status, requested_by, created_at, updated_at, "
        "label_expires_at) VALUES ($1, 12, 7, 'return', 'approved', 'customer', $2, $2, $3)",
        {merchant, now, now + 28 * kDay});
    session.run("INSERT INTO return_lines (merchant_id, return_id, line_id, order_id, sku, announced) VALUES ($1, 12, 70, 7, 'MUG-RED', 2)",
                {merchant});
  }
  static std::string ship_to(const std::string& name) {
    return R"({"name":")" + name + R"(","line1":"Rua A 1","city":"Lisboa","postal_code":"1000-001","country":"PT"})";
  }
  void change(const std::string& sql) { store::Session(database.db()).run(sql, {merchant}); }
};

TEST_F(LabelsTest, ReturnLabelSaysWhatComesBackFromWhomToWhom) {
  const auto file = return_label(context, ReturnId{12}, LabelFormat::pdf_a4);
  ASSERT_TRUE(file) << file.error().message;
  const std::string text = pdf_text(*file);
  for (const std::string& wanted : {std::string("Rücksendeetikett"), std::string("SO-1001"), domain::code_of(ReturnId{12}),
                                    std::string("19.12.2026"), std::string("MUG-RED"), std::string("Roter Becher ???"),
                                    std::string("Nguyễn Thị Hạnh"), std::string("50667 Köln"), std::string("GERMANY")}) {
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted << " in\n" << text;
  }
  EXPECT_EQ(text.find("BOWL"), std::string::npos) << "what stays with the customer is not on the label";
}

TEST_F(LabelsTest, EveryFormatOfAReturnLabelIsWhatItsNameSays) {
  EXPECT_TRUE(return_label(context, ReturnId{12}, LabelFormat::pdf_4x6)->starts_with("%PDF-"));
  EXPECT_TRUE(return_label(context, ReturnId{12}, LabelFormat::zpl)->starts_with("^XA"));
  EXPECT_TRUE(return_label(context, ReturnId{12}, LabelFormat::png)->starts_with("\x89PNG"));
}

TEST_F(LabelsTest, AMailGetsTheLabelOnlyOfAReturnThatHasOne) {
  const auto attached = return_label_attachment(context, ReturnId{12});
  ASSERT_TRUE(attached);
  EXPECT_EQ(attached->filename, "return-" + domain::code_of(ReturnId{12}) + ".pdf");
  EXPECT_EQ(attached->content_type, "application/pdf");
  EXPECT_TRUE(attached->bytes.starts_with("%PDF-"));
  change("UPDATE returns SET status = 'declined' WHERE merchant_id = $1");
  EXPECT_FALSE(return_label_attachment(context, ReturnId{12}));
}

TEST_F(LabelsTest, TheMerchantsReturnAddressWinsOverTheWarehouse) {
  const std::string place = R"({"name":"Retouren","line1":"Hof 2","city":"Graz","postal_code":"8010","country":"AT"})";
  change("UPDATE merchants SET return_address = '" + place + "' WHERE merchant_id = $1");
  const std::string text = pdf_text(*return_label(context, ReturnId{12}, LabelFormat::pdf_4x6));
  EXPECT_NE(text.find("8010 Graz"), std::string::npos) << text;
  EXPECT_EQ(text.find("Köln"), std::string::npos);
}

TEST_F(LabelsTest, AReturnThatIsNotApprovedHasNoLabelAndSaysWhy) {
  for (const std::string status : {"requested", "declined", "canceled", "expired"}) {
    change("UPDATE returns SET status = '" + status + "' WHERE merchant_id = $1");
    const auto refused = return_label(context, ReturnId{12}, LabelFormat::pdf_a4);
    ASSERT_FALSE(refused) << status;
    EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
    EXPECT_EQ(refused.error().code, "return_has_no_label");
  }
  change("UPDATE returns SET status = 'in_transit', kind = 'undeliverable' WHERE merchant_id = $1");
  EXPECT_FALSE(return_label(context, ReturnId{12}, LabelFormat::pdf_a4)) << "it comes back under the label it went out with";
  change("UPDATE returns SET status = 'approved', kind = 'return' WHERE merchant_id = $1");
  Context later = context;
  later.now = now + 29 * kDay;
  EXPECT_FALSE(return_label(later, ReturnId{12}, LabelFormat::pdf_a4));
  change("UPDATE returns SET status = 'in_transit' WHERE merchant_id = $1");
  EXPECT_TRUE(return_label(later, ReturnId{12}, LabelFormat::pdf_a4)) << "a parcel under way keeps its label";
}

TEST_F(LabelsTest, AnotherMerchantsReturnsAndParcelsAreUnknown) {
  store::Session session(database.db());
  const auto other =
      session.value<MerchantId>("INSERT INTO merchants (slug, name, created_at) VALUES ('other', 'Other', $1) RETURNING merchant_id", now);
  Context theirs = context;
  theirs.merchant = *other;
  EXPECT_EQ(return_label(theirs, ReturnId{12}, LabelFormat::png).error().kind, ErrorKind::not_found);
  EXPECT_EQ(parcel_label(theirs, ParcelId{9}, LabelFormat::zpl).error().kind, ErrorKind::not_found);
}

TEST_F(LabelsTest, ParcelLabelCarriesTrackingNumberCodeAndAddress) {
  const auto file = parcel_label(context, ParcelId{9}, LabelFormat::pdf_4x6);
  ASSERT_TRUE(file) << file.error().message;
  const std::string text = pdf_text(*file);
  for (const std::string& wanted :
       {std::string("DM12 3456 789PT"), domain::code_of(ParcelId{9}), std::string("Nguyễn Thị Hạnh"), std::string("1000-001 Lisboa"),
        std::string("PORTUGAL"), std::string("demo"), std::string("express"), std::string("1.25 kg"), std::string("1 / 2")}) {
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted << " in\n" << text;
  }
}

TEST_F(LabelsTest, AnOpenParcelHasNoLabelAndNamesTheMissingUnits) {
  const auto refused = parcel_label(context, ParcelId{10}, LabelFormat::pdf_4x6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().code, "parcel_not_closed");
  EXPECT_NE(refused.error().message.find("2 x MUG-RED"), std::string::npos) << refused.error().message;
  EXPECT_EQ(refused.error().message.find("BOWL"), std::string::npos);
  EXPECT_EQ(parcel_label(context, ParcelId{11}, LabelFormat::pdf_4x6).error().kind, ErrorKind::conflict);
}

TEST_F(LabelsTest, AnAddressThatNoFontCanPrintIsRefusedForTheCarrierButNotForTheSender) {
  store::Session(database.db()).run("UPDATE orders SET ship_to = $2::jsonb WHERE merchant_id = $1", {merchant, ship_to("தமழ")});
  const auto refused = parcel_label(context, ParcelId{9}, LabelFormat::pdf_4x6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "label_character_missing");
  EXPECT_NE(refused.error().message.find("U+0BA4"), std::string::npos);
  EXPECT_TRUE(return_label(context, ReturnId{12}, LabelFormat::pdf_a4));
}

TEST_F(LabelsTest, CommandCardsHoldEveryCommandAndQuantity) {
  const auto file = command_cards(context, {2, 12, 500});
  ASSERT_TRUE(file);
  const std::string text = pdf_text(*file);
  for (const std::string wanted : {"UNDO", "SHORT", "SPLIT", "PRINT", "PROBLEM", "DONE", "QTY 2", "QTY 12", "QTY 500"}) {
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted;
  }
  EXPECT_NE(text.find(domain::quantity_code(12)), std::string::npos);
  EXPECT_FALSE(command_cards(context, {0}));
  EXPECT_FALSE(command_cards(context, {100'001}));
}

}  // namespace
}  // namespace roundtrip::usecases
