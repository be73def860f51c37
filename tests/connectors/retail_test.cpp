// Rows to documents: recognition, exact values, quirks of real files, and the control totals of seven real months.
#include "connectors/retail.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "connectors/csv.hpp"
#include "support/places.hpp"

namespace roundtrip::connectors {
namespace {

const std::string kHeader = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

Mapping mapping() {
  auto loaded = load_mapping(std::string(ROUNDTRIP_SOURCE_DIR) + "/config/import/online-retail.toml");
  if (!loaded) throw std::runtime_error(loaded.error().faults.empty() ? loaded.error().message : loaded.error().faults[0].detail);
  return *loaded;
}

struct Taken {
  std::vector<Document> documents;
  std::vector<std::string> faults;  // "line:code"
  std::int64_t rows = 0;
};

Taken take_all(ByteSource& source, const Mapping& how) {
  CsvReader csv(source, how.delimiter);
  Taken taken;
  if (csv.next() != CsvStep::record) throw std::runtime_error("no header");
  auto reader = RowReader::make(how, csv.fields());
  if (!reader) throw std::runtime_error(reader.error().faults[0].detail);
  Grouper grouper;
  const auto drain = [&](bool ended) {
    while (auto group = grouper.take(ended)) {
      std::vector<std::int64_t> lines;
      for (const Row& row : group->rows) lines.push_back(row.line);
      auto document = to_document(how, *group);
      if (document) {
        taken.documents.push_back(std::move(*document));
      } else {
        for (const auto line : lines) taken.faults.push_back(std::to_string(line) + ":" + document.error().code);
      }
    }
  };
  for (CsvStep step = csv.next(); step != CsvStep::end; step = csv.next()) {
    ++taken.rows;
    std::string code = step == CsvStep::fault ? csv.fault().code : "";
    if (code.empty()) {
      auto row = reader->read(csv.line(), csv.fields(), csv.text());
      if (row) {
        if (const auto too_long = grouper.add(std::move(*row))) code = too_long->code;
      } else {
        code = row.error().code;
        grouper.add_broken(reader->document_of(csv.fields()), csv.line());
      }
    }
    if (!code.empty()) taken.faults.push_back(std::to_string(csv.line()) + ":" + code);
    drain(false);
  }
  drain(true);
  return taken;
}

Taken take_text(const std::string& rows) {
  const auto source = from_memory(kHeader + rows);
  return take_all(*source, mapping());
}

TEST(Retail, TellsTheFiveKindsOfDocumentsApart) {
  const Taken taken = take_text(
      "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
      "536365,84077,FREEBIE,2,2010-12-01 08:26:00,0.0,17850.0,United Kingdom\n"
      "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom\n"
      "536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom\n"
      "536590,21777,found,12,2010-12-01 16:50:00,0.0,,United Kingdom\n"
      "543599,84535B,NOTEBOOK,16,2011-02-10 13:08:00,0.0,17560.0,United Kingdom\n"
      "A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom\n");
  ASSERT_EQ(taken.documents.size(), 6U);
  std::map<std::string, DocumentKind> kinds;
  for (const auto& document : taken.documents) kinds[document.number] = document.kind;
  EXPECT_EQ(kinds["536365"], DocumentKind::order);
  EXPECT_EQ(kinds["C536379"], DocumentKind::cancel);
  EXPECT_EQ(kinds["536589"], DocumentKind::stock_adjustment);
  EXPECT_EQ(kinds["536590"], DocumentKind::stock_adjustment);
  EXPECT_EQ(kinds["543599"], DocumentKind::free);
  EXPECT_EQ(kinds["A563186"], DocumentKind::bad_debt);
  EXPECT_EQ(to_text(taken.documents.back().value, 3), "-11062.060");
}

TEST(Retail, OrderKeepsItsLinesAndItsCustomer) {
  const Taken taken = take_text(
      "550193,85123a, WHITE  HANGING ,6,2011-04-15 09:27:00,2.555,13952.0,EIRE\n"
      "550193,85123A,WHITE HANGING,6,2011-04-15 09:28:00,2.55,13952.0,EIRE\n"
      "550193,PADS,PADS TO MATCH,1,2011-04-15 09:27:00,0.001,13952.0,EIRE\n"
      "550193,gift_0001_20,VOUCHER,1,2011-04-15 09:27:00,16.67,13952.0,EIRE\n");
  ASSERT_EQ(taken.documents.size(), 1U) << (taken.faults.empty() ? "" : taken.faults[0]);
  const Mapping how = mapping();
  const auto order = to_order(how, taken.documents[0]);
  EXPECT_EQ(to_text(taken.documents[0].value, 3), "47.301");
  EXPECT_EQ(order.external_id, "550193");
  EXPECT_EQ(format_rfc3339(order.placed_at), "2011-04-15T08:27:00Z");  // British Summer Time
  EXPECT_EQ(order.customer.external_id, "13952");
  EXPECT_EQ(order.ship_to.country, "IE");
  ASSERT_EQ(order.lines.size(), 4U);
  EXPECT_EQ(order.lines[0].sku, "85123A");
  EXPECT_EQ(order.lines[0].description, "WHITE HANGING");
  EXPECT_EQ(order.lines[0].unit_price, 256);  // 255.5 half to even
  EXPECT_EQ(order.lines[1].unit_price, 255);
  EXPECT_EQ(order.lines[2].unit_price, 0);
  EXPECT_TRUE(order.lines[1].goods);
  EXPECT_FALSE(order.lines[2].goods);
  EXPECT_FALSE(order.lines[3].goods);
  ASSERT_EQ(order.payments.size(), 1U);
  EXPECT_EQ(order.payments[0].gateway, "manual");
  EXPECT_EQ(order.payments[0].reference, "550193");
  EXPECT_EQ(order.payments[0].captured, 6 * 256 + 6 * 255 + 0 + 1667);
}

TEST(Retail, DocumentSplitByANeighborIsOneDocument) {
  const Taken taken = take_text(
      "1,22138,A,1,2010-12-01 08:26:00,1.0,1.0,France\n"
      "2,22138,B,1,2010-12-01 08:26:00,1.0,2.0,France\n"
      "1,22138,A,1,2010-12-01 08:27:00,1.0,1.0,France\n");
  ASSERT_EQ(taken.documents.size(), 2U);
  EXPECT_EQ(taken.documents[0].number, "1");
  EXPECT_EQ(taken.documents[0].rows.size(), 2U);
}

TEST(Retail, ADateWithOddSecondsIsNoDate) {
  for (const char* odd : {"2010-12-01 08:26:", "2010-12-01 08:26:x", "2010-12-01 08:26:nan", "2010-12-01 08:26:-1", "2010-12-01 08:26:1e9",
                          "2010-12-01 08:26:.", "2010-12-01 08:26:0x1", "2010-12-01 08:26:99"}) {
    const Taken taken = take_text("1,22138,A,1," + std::string(odd) + ",1.0,1.0,France\n");
    EXPECT_TRUE(taken.documents.empty()) << odd;
    EXPECT_EQ(taken.faults, std::vector<std::string>{"2:bad_date"}) << odd;
  }
}

TEST(Retail, FaultyRowKeepsItsWholeDocumentOut) {
  const Taken taken = take_text(
      "1,22138,A,1,2010-12-01 08:26:00,1.0,1.0,France\n"
      "1,22138,A,one,2010-12-01 08:26:00,1.0,1.0,France\n"
      "2,22138,A,1,2010-12-01 08:26:00,1.0,1.0,France\n"
      "3,22138,A,0,2010-12-01 08:26:00,1.0,1.0,France\n"
      "4,22138,A,1,01/12/2010,1.0,1.0,France\n"
      "5,22138,A,1,2010-12-01 08:26:00,1.0005,1.0,France\n"
      "6,22138,A,1,2010-12-01 08:26:00,1.0,1.0,Atlantis\n"
      "7,22138,A,1\n"
      ",22138,A,1,2010-12-01 08:26:00,1.0,1.0,France\n"
      "8,22138,A,-1,2010-12-01 08:26:00,1.0,1.0,France\n"
      "X9,22138,A,1,2010-12-01 08:26:00,1.0,1.0,France\n"
      "10,22138,A,1,2010-12-01 08:26:00,1.0,1.0,France\n"
      "10,22138,A,1,2010-12-01 08:26:00,1.0,2.0,France\n"
      "11,22138,A,1000000000,2010-12-01 08:26:00,900000000,1.0,France\n"
      "12,22138,A,99999999999999999999,2010-12-01 08:26:00,1.0,1.0,France\n");
  ASSERT_EQ(taken.documents.size(), 1U);
  EXPECT_EQ(taken.documents[0].number, "2");
  const std::vector<std::string> wanted = {"3:bad_quantity",     "5:bad_quantity",    "6:bad_date",      "7:bad_price",
                                           "8:unknown_country",  "9:too_few_columns", "10:no_document",  "16:bad_quantity",
                                           "2:document_broken",  "11:unfit_row",      "12:unknown_kind", "13:mixed_customers",
                                           "14:mixed_customers", "15:value_too_big"};
  auto sorted = [](std::vector<std::string> all) {
    std::sort(all.begin(), all.end());
    return all;
  };
  EXPECT_EQ(sorted(taken.faults), sorted(wanted));
}

TEST(Retail, DocumentOfTooManyRowsIsRefusedInBoundedMemory) {
  std::string rows;
  for (std::size_t i = 0; i < kMaxDocumentRows + 2; ++i) rows += "1,22138,A,1,2010-12-01 08:26:00,1.0,1.0,France\n";
  const Taken taken = take_text(rows);
  EXPECT_TRUE(taken.documents.empty());
  EXPECT_EQ(taken.faults.size(), kMaxDocumentRows + 2);
}

TEST(Retail, DecimalsAreExact) {
  EXPECT_EQ(parse_decimal("2.1", 3), 2100);
  EXPECT_EQ(parse_decimal("0.0", 3), 0);
  EXPECT_EQ(parse_decimal("-11062.06", 3), -11062060);
  EXPECT_EQ(parse_decimal("1.5000", 2), 150);
  for (const char* bad : {"", ".", "1.", ".5", "1e3", "1,5", "--1", "1.0001", "99999999999999999999", " 1", "NaN", "1.-5"}) {
    EXPECT_FALSE(parse_decimal(bad, 3)) << bad;
  }
  EXPECT_EQ(to_text(Decimal{0}, 3), "0.000");
  EXPECT_EQ(to_text(Decimal{-5}, 3), "-0.005");
  EXPECT_EQ(to_text(Decimal{748957020}, 3), "748957.020");
  EXPECT_EQ(to_text(Decimal{7}, 0), "7");
}

TEST(Retail, HeaderWithoutAColumnNamesTheNearest) {
  const auto reader =
      RowReader::make(mapping(), {"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "CustomerId", "Country"});
  ASSERT_FALSE(reader);
  ASSERT_EQ(reader.error().faults.size(), 2U);
  EXPECT_NE(reader.error().faults[1].detail.find("did you mean 'CustomerId'"), std::string::npos) << reader.error().faults[1].detail;
}

TEST(Mapping, UnknownAndIllTypedKeysAreListedWithTheirLines) {
  std::ifstream file(std::string(ROUNDTRIP_SOURCE_DIR) + "/config/import/online-retail.toml");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string out = text;
    return out.replace(out.find(from), from.size(), to);
  };
  const std::pair<std::string, std::string> cases[] = {
      {replaced("anonymous_name", "anonymus_name"), "unknown_key"},
      {replaced("sku = ", "sku = 5 #"), "bad_value"},
      {replaced("Europe/London", "Europe/Londres"), "bad_value"},
      {replaced("\"GBP\"", "\"GBX\""), "bad_value"},
      {replaced("decimals = 3", "decimals = 30"), "bad_value"},
      {replaced("\"some_positive\"", "\"positive\""), "bad_value"},
      {replaced("\"IE\"", "\"Ireland\""), "bad_value"},
      {replaced("name = \"online-retail\"", ""), "missing_key"},
      {replaced("[columns]", "[columns"), "not_toml"},
      {replaced("case = \"upper\"", "case = 7"), "bad_value"},
  };
  for (const auto& [toml, code] : cases) {
    const auto read = read_mapping(toml, "test");
    ASSERT_FALSE(read) << code;
    ASSERT_FALSE(read.error().faults.empty());
    EXPECT_EQ(read.error().faults[0].code, code) << read.error().faults[0].detail;
    EXPECT_TRUE(read.error().faults[0].pointer.starts_with("line ")) << read.error().faults[0].pointer;
  }
  EXPECT_TRUE(read_mapping(text, "test"));
}

// Seven months of a real shop. The control totals were computed by other means.
struct MonthTotals {
  const char* month;
  std::int64_t rows, documents, cancel_rows, quantity;
  const char* value;
};
constexpr MonthTotals kMonths[] = {
    {"2010-12", 42481, 2025, 728, 342228, "748957.020"}, {"2011-01", 35147, 1476, 701, 308966, "560000.260"},
    {"2011-02", 27707, 1393, 475, 277989, "498062.650"}, {"2011-03", 36748, 1983, 699, 351872, "683267.080"},
    {"2011-04", 29916, 1744, 559, 289098, "493207.121"}, {"2011-05", 37030, 2162, 621, 380391, "723333.510"},
    {"2011-06", 36874, 2012, 711, 341623, "691123.120"},
};

TEST(Retail, RealMonthsHitTheirControlTotals) {
  const char* given = std::getenv("ROUNDTRIP_TEST_DATA");
  const std::filesystem::path shared = given != nullptr ? given : std::string(ROUNDTRIP_SOURCE_DIR) + "/../shared/data";
  const auto folder = shared / "orders" / "online-retail";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "no real orders at " << folder << "; set ROUNDTRIP_TEST_DATA to the folder that holds orders/online-retail";
  }
  const Mapping how = mapping();
  std::map<DocumentKind, int> kinds;
  for (const MonthTotals& month : kMonths) {
    auto source = open_file((folder / ("online-retail-" + std::string(month.month) + ".csv.gz")).string());
    ASSERT_TRUE(source) << source.error().message;
    const Taken taken = take_all(**source, how);
    std::int64_t cancel_rows = 0, quantity = 0;
    Decimal value = 0;
    for (const Document& document : taken.documents) {
      ++kinds[document.kind];
      quantity += document.quantity;
      value += document.value;
      if (document.kind == DocumentKind::cancel) cancel_rows += static_cast<std::int64_t>(document.rows.size());
    }
    EXPECT_TRUE(taken.faults.empty()) << month.month << " " << taken.faults.front();
    EXPECT_EQ(taken.rows, month.rows);
    EXPECT_EQ(static_cast<std::int64_t>(taken.documents.size()), month.documents) << month.month;
    EXPECT_EQ(cancel_rows, month.cancel_rows);
    EXPECT_EQ(quantity, month.quantity);
    EXPECT_EQ(to_text(value, how.decimals), month.value);
  }
  EXPECT_EQ(kinds[DocumentKind::order], 9659);
  EXPECT_EQ(kinds[DocumentKind::cancel], 2006);
  EXPECT_EQ(kinds[DocumentKind::stock_adjustment], 1129);
  EXPECT_EQ(kinds[DocumentKind::free], 1);
}

}  // namespace
}  // namespace roundtrip::connectors
