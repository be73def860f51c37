// What an import writes: whole batches, nothing twice, stock that adds up, and every row it does not take by name.
#include "usecases/imports.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/places.hpp"
#include "usecases/orders.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {

const std::string kHeader = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
const Instant kNow = *parse_rfc3339("2026-11-20T09:00:00Z");

connectors::Mapping retail_mapping() {
  return *connectors::load_mapping(std::string(ROUNDTRIP_SOURCE_DIR) + "/config/import/online-retail.toml");
}

std::string line_of(const std::string& number, const std::string& sku, int quantity, const std::string& price,
                    const std::string& customer = "17850.0") {
  return number + "," + sku + ",THING " + sku + "," + std::to_string(quantity) + ",2010-12-01 08:26:00," + price + "," + customer +
         ",United Kingdom\n";
}

class ImportTest : public ::testing::Test {
 protected:
  ImportCounts import(const std::string& rows, ImportOptions options = {}) {
    faults_.clear();
    const Context context{database_.db(), merchant_, {"import", "import online-retail"}, kNow};
    const auto source = connectors::from_memory(kHeader + rows);
    ImportHooks hooks;
    hooks.fault = [&](const connectors::RowFault& fault) { faults_.push_back(std::to_string(fault.line) + ":" + fault.code); };
    const auto counts = import_file(&context, mapping_, *source, options, hooks);
    if (!counts) throw std::runtime_error(counts.error().message);
    return *counts;
  }
  template <class T = std::int64_t>
  T one(const std::string& sql) {
    return store::Session(database_.db()).value<T>(sql).value();
  }
  void expect_books_to_balance() {
    EXPECT_EQ(
        one("SELECT count(*) FROM stock s LEFT JOIN (SELECT merchant_id, sku, sum(quantity) AS moved FROM stock_movements GROUP BY 1, 2) m "
            "USING (merchant_id, sku) WHERE s.on_hand <> coalesce(m.moved, 0)"),
        0);
    EXPECT_EQ(
        one("SELECT count(*) FROM stock s LEFT JOIN (SELECT merchant_id, sku, sum(quantity) AS held FROM allocations GROUP BY 1, 2) a "
            "USING (merchant_id, sku) WHERE s.reserved <> coalesce(a.held, 0)"),
        0);
    EXPECT_EQ(one("SELECT coalesce(sum(amount), 0)::bigint FROM ledger"), 0);
    EXPECT_TRUE(store::verify_timeline(database_.db(), merchant_, std::nullopt).empty());
  }

  test::TestDatabase database_;
  MerchantId merchant_ = database_.merchant();
  connectors::Mapping mapping_ = retail_mapping();
  std::vector<std::string> faults_;
};

const std::string kFourKinds = line_of("536365", "85123A", 6, "2.55") + line_of("536365", "85123a", 2, "2.10") +
                               line_of("536365", "POST", 1, "18.0") + line_of("C536379", "85123A", -1, "2.55") +
                               line_of("536589", "85123A", 10, "0.0", "") + line_of("543599", "84535B", 16, "0.0") +
                               line_of("A563186", "B", 1, "-11062.06", "");

TEST_F(ImportTest, OrderIsPaidPlannedAndBackedByStock) {
  const auto counts = import(kFourKinds, {.stock_for_orders = true});
  EXPECT_EQ(counts.imported, 5);
  EXPECT_EQ(counts.rows, 7);
  EXPECT_EQ(counts.errors, 0);
  EXPECT_EQ(one("SELECT total FROM orders WHERE external_id = '536365'"), 6 * 255 + 2 * 210 + 1800);
  EXPECT_EQ(one("SELECT p.captured FROM payments p JOIN orders o USING (merchant_id, order_id) WHERE external_id = '536365' AND gateway = "
                "'manual' "
                "AND reference = '536365'"),
            3750);
  EXPECT_EQ(one("SELECT count(*) FROM order_lines WHERE sku = '85123A' AND goods"), 2);
  EXPECT_EQ(one("SELECT count(*) FROM order_lines WHERE sku = 'POST' AND NOT goods"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM shipments WHERE status = 'allocated'"), 2);
  EXPECT_EQ(one("SELECT count(*) FROM shipment_lines"), 3);
  EXPECT_EQ(one("SELECT reserved FROM stock WHERE sku = '85123A'"), 8);
  EXPECT_EQ(one("SELECT on_hand FROM stock WHERE sku = '84535B'"), 16);
  EXPECT_EQ(one<std::string>("SELECT kind FROM orders WHERE external_id = '543599'"), "free");
  EXPECT_EQ(one("SELECT count(*) FROM notifications"), 0);
  expect_books_to_balance();
}

// Every row of an order but its numbers, as one text.
std::string rows_of_orders(store::Database& db) {
  const char* const queries[] = {
      "SELECT to_jsonb(o) - '{order_id,content_hash,timeline_hash,warehouse_id}'::text[] AS row FROM orders o ORDER BY external_id",
      "SELECT to_jsonb(l) - '{order_id,line_id}'::text[] AS row FROM order_lines l ORDER BY order_id, position",
      "SELECT to_jsonb(p) - '{order_id,payment_id}'::text[] AS row FROM payments p ORDER BY order_id",
      "SELECT to_jsonb(s) - '{order_id,shipment_id,warehouse_id}'::text[] AS row FROM shipments s ORDER BY shipment_id",
      "SELECT to_jsonb(s) - '{order_id,shipment_id,line_id}'::text[] AS row FROM shipment_lines s ORDER BY shipment_id, line_id",
      "SELECT to_jsonb(a) - '{shipment_id,line_id,bin_id}'::text[] AS row FROM allocations a ORDER BY shipment_id, line_id",
      "SELECT to_jsonb(e) - '{entry_id,order_id,posting}'::text[] AS row FROM ledger e ORDER BY entry_id",
      "SELECT to_jsonb(s) - '{bin_id,warehouse_id}'::text[] AS row FROM stock s ORDER BY sku",
      "SELECT jsonb_build_array(type, channel, actor, at, seq, (detail::jsonb)) AS row FROM timeline ORDER BY order_id, seq",
  };
  std::string all;
  store::Session session(db);
  for (const char* const query : queries) {
    for (auto& [row] : session.rows<std::string>(std::string("SELECT row::text FROM (") + query + ") q")) all += row + "\n";
  }
  return all;
}

TEST_F(ImportTest, WritesWhatTakeOrderWrites) {
  const std::string rows = line_of("536365", "85123A", 6, "2.55") + line_of("536365", "85123A", 2, "2.10") +
                           line_of("536365", "POST", 1, "18.0") + line_of("536366", "85123A", 9, "2.55") +
                           line_of("536367", "22138", 3, "0.85") + line_of("536368", "POST", 1, "18.0");
  test::TestDatabase other;
  const MerchantId other_merchant = other.merchant();
  const auto stock_up = [](store::Database& db, MerchantId merchant) {
    store::Session(db).run(
        "INSERT INTO products (merchant_id, sku, name, updated_at) VALUES ($1, '85123A', 'THING 85123A', '2026-11-20T09:00:00Z')",
        {merchant});
    Movement movement;
    movement.sku = "85123A";
    movement.quantity = 12;
    movement.reason = "receive";
    ASSERT_TRUE(move_stock({db, merchant, {"import", "import online-retail"}, kNow}, movement));
  };
  stock_up(database_.db(), merchant_);
  stock_up(other.db(), other_merchant);
  import(rows);
  const auto source = connectors::from_memory(kHeader + rows);
  connectors::CsvReader csv(*source);
  csv.next();
  auto reader = connectors::RowReader::make(mapping_, csv.fields());
  connectors::Grouper grouper;
  while (csv.next() == connectors::CsvStep::record) grouper.add(*reader->read(csv.line(), csv.fields(), csv.text()));
  const Context context{other.db(), other_merchant, {"import", "import online-retail"}, kNow};
  while (auto group = grouper.take(true)) {
    const auto document = connectors::to_document(mapping_, *group);
    ASSERT_TRUE(document);
    ASSERT_TRUE(take_order(context, connectors::to_order(mapping_, *document), document->content_hash));
  }
  const std::string imported = rows_of_orders(database_.db());
  EXPECT_EQ(imported, rows_of_orders(other.db()));
  EXPECT_NE(imported.find("backordered"), std::string::npos);
  EXPECT_NE(imported.find("\"allocated\""), std::string::npos);
}

TEST_F(ImportTest, OtherDocumentsAreKeptWithTheirLines) {
  import(kFourKinds, {.stock_for_orders = true});
  EXPECT_EQ(one<std::string>("SELECT body->0->>'unit_price' FROM imported_documents WHERE document = 'C536379'"), "2.550");
  EXPECT_EQ(one("SELECT (body->0->>'quantity')::bigint FROM imported_documents WHERE document = 'C536379'"), -1);
  EXPECT_EQ(one<std::string>("SELECT value::text FROM imported_documents WHERE kind = 'bad_debt'"), "-11062.060");
  EXPECT_EQ(one<std::string>("SELECT customer FROM imported_documents WHERE document = 'C536379'"), "17850");
  EXPECT_EQ(one("SELECT count(*) FROM imported_documents d JOIN orders o USING (merchant_id, order_id)"), 2);
}

TEST_F(ImportTest, AdjustmentMovesStockButNeverWhatIsReserved) {
  import(line_of("1", "22138", 5, "1.0"), {.stock_for_orders = true});
  import(line_of("2", "22138", 7, "0.0", "") + line_of("3", "22138", -9, "0.0", "") + line_of("4", "99999", 3, "0.0", ""));
  EXPECT_EQ(one("SELECT on_hand FROM stock WHERE sku = '22138'"), 5);  // 5 + 7 - 7; two of the nine were not free
  EXPECT_EQ(one("SELECT (body->0->>'moved')::bigint FROM imported_documents WHERE document = '3'"), -7);
  EXPECT_EQ(one("SELECT (body->0->>'moved')::bigint FROM imported_documents WHERE document = '4'"), 0);  // no such product
  expect_books_to_balance();
}

TEST_F(ImportTest, WithoutStockTheOrderIsBackordered) {
  import(line_of("1", "22138", 5, "1.0"));
  EXPECT_EQ(one<std::string>("SELECT status FROM shipments"), "backordered");
  EXPECT_EQ(one("SELECT count(*) FROM stock_movements"), 0);
}

TEST_F(ImportTest, SecondRunImportsNothingTwice) {
  import(kFourKinds, {.stock_for_orders = true});
  const auto before = one("SELECT count(*) FROM timeline");
  const auto again = import(kFourKinds, {.stock_for_orders = true});
  EXPECT_EQ(again.imported, 0);
  EXPECT_EQ(again.already_imported, 5);
  EXPECT_EQ(again.rows_by_kind[0], 3);
  EXPECT_EQ(again.quantity, 6 + 2 + 1 - 1 + 10 + 16 + 1);
  EXPECT_EQ(one("SELECT count(*) FROM timeline"), before);
  EXPECT_EQ(one("SELECT on_hand FROM stock WHERE sku = '85123A'"), 18);
}

TEST_F(ImportTest, NumberThatHeldOtherRowsIsRefusedAndSaid) {
  import(line_of("1", "22138", 5, "1.0"));
  const auto counts = import(line_of("1", "22138", 6, "1.0") + line_of("2", "22138", 6, "1.0"));
  EXPECT_EQ(counts.imported, 1);
  EXPECT_EQ(counts.errors, 1);
  EXPECT_EQ(faults_, std::vector<std::string>{"2:document_differs"});
}

TEST_F(ImportTest, NumberOfAnOrderFromElsewhereIsRefused) {
  import(line_of("1", "22138", 5, "1.0"));
  mapping_.name = "another-shop";
  import(line_of("1", "22138", 5, "1.0"));
  EXPECT_EQ(faults_, std::vector<std::string>{"2:order_exists"});
}

TEST_F(ImportTest, FaultyRowsAreNamedAndTheRestIsImportedThenCorrected) {
  const std::string bad = line_of("1", "22138", 5, "1.0") + line_of("2", "22138", 5, "a lot") + line_of("2", "22139", 5, "1.0") +
                          line_of("3", "22138", 1, "1.0");
  auto counts = import(bad);
  EXPECT_EQ(counts.imported, 2);
  EXPECT_EQ(counts.errors, 2);
  EXPECT_EQ(counts.rows, counts.errors + counts.rows_by_kind[0]);
  EXPECT_EQ(faults_, (std::vector<std::string>{"3:bad_price", "4:document_broken"}));
  counts = import(line_of("1", "22138", 5, "1.0") + line_of("2", "22138", 5, "1.0") + line_of("2", "22139", 5, "1.0") +
                  line_of("3", "22138", 1, "1.0"));
  EXPECT_EQ(counts.imported, 1);
  EXPECT_EQ(counts.already_imported, 2);
  EXPECT_EQ(counts.errors, 0);
}

TEST_F(ImportTest, DryRunTouchesNothing) {
  const auto source = connectors::from_memory(kHeader + kFourKinds);
  const auto counts = import_file(nullptr, mapping_, *source, {.dry_run = true}, {});
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->rows, 7);
  EXPECT_EQ(counts->imported, 0);
  EXPECT_EQ(one("SELECT count(*) FROM imported_documents"), 0);
}

TEST_F(ImportTest, CustomersAreToldOnlyWhenAsked) {
  import(line_of("1", "22138", 5, "1.0"), {.notify = true});
  EXPECT_EQ(one("SELECT count(*) FROM notifications WHERE milestone = 'order_received'"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM jobs WHERE kind = 'notification'"), 1);
}

TEST_F(ImportTest, FourImportsOfOneFileAtOnceWriteEachDocumentOnce) {
  std::string rows;
  for (int i = 0; i < 120; ++i) rows += line_of(std::to_string(1000 + i), "SKU" + std::to_string(i % 7), 1 + i % 5, "1.25");
  std::vector<std::thread> threads;
  std::atomic<std::int64_t> imported{0}, already{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const Context context{database_.db(), merchant_, {"import", "import online-retail"}, kNow};
      const auto source = connectors::from_memory(kHeader + rows);
      const auto counts = import_file(&context, mapping_, *source, {.stock_for_orders = true, .batch = 10}, {});
      imported += counts->imported;
      already += counts->already_imported;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(imported, 120);
  EXPECT_EQ(already, 3 * 120);
  EXPECT_EQ(one("SELECT count(*) FROM orders"), 120);
  expect_books_to_balance();
}

TEST_F(ImportTest, MerchantWithoutAWarehouseIsToldSo) {
  const Context context{database_.db(), merchant_, {"import", "import"}, kNow};
  const auto source = connectors::from_memory(kHeader + kFourKinds);
  const auto counts = import_file(&context, mapping_, *source, {.warehouse = "moon"}, {});
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, "no_warehouse");
}

}  // namespace
}  // namespace roundtrip::usecases
