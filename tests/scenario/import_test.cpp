// The import as its user meets it: the real program, real files, killed half-way, run again.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/places.hpp"

namespace roundtrip {
namespace {
using nlohmann::json;
namespace fs = std::filesystem;

const std::string kMappingFile = std::string(ROUNDTRIP_SOURCE_DIR) + "/config/import/online-retail.toml";

class ImportCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("roundtrip-import-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    merchant_ = database_.merchant();
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Starts `roundtrip import orders ...` on the test's database; standard output and error go to files.
  pid_t start(std::vector<std::string> args, const std::string& batch = "200") {
    args.insert(args.begin(), {ROUNDTRIP_BINARY, "import", "orders", "--mapping", kMappingFile});
    const pid_t child = fork();
    if (child != 0) return child;
    setenv("ROUNDTRIP_DATABASE__URL", database_.url().c_str(), 1);
    setenv("ROUNDTRIP_IMPORTS__BATCH", batch.c_str(), 1);
    const int out = open((folder_ / "out").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    const int err = open((folder_ / "err").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    std::vector<char*> argv;
    for (auto& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    execv(ROUNDTRIP_BINARY, argv.data());
    _exit(127);
  }
  int wait_for(pid_t child) {
    int status = 0;
    rusage used{};
    wait4(child, &status, 0, &used);
    memory_kb_ = used.ru_maxrss;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int run(const std::vector<std::string>& args) { return wait_for(start(args)); }
  std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  json summary() { return json::parse(text_of(folder_ / "out")); }
  std::string said() { return text_of(folder_ / "err"); }
  std::string write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
    return (folder_ / name).string();
  }
  std::int64_t one(const std::string& sql) { return store::Session(database_.db()).value<std::int64_t>(sql).value(); }
  void expect_books_to_balance() {
    EXPECT_EQ(
        one("SELECT count(*) FROM stock s LEFT JOIN (SELECT merchant_id, sku, sum(quantity) AS moved FROM stock_movements GROUP BY 1, 2) m "
            "USING (merchant_id, sku) WHERE s.on_hand <> coalesce(m.moved, 0)"),
        0);
    EXPECT_EQ(
        one("SELECT count(*) FROM stock s LEFT JOIN (SELECT merchant_id, sku, sum(quantity) AS held FROM allocations GROUP BY 1, 2) a "
            "USING (merchant_id, sku) WHERE s.reserved <> coalesce(a.held, 0)"),
        0);
    EXPECT_TRUE(store::verify_timeline(database_.db(), merchant_, std::nullopt).empty());
  }

  test::TestDatabase database_;
  MerchantId merchant_;
  fs::path folder_;
  long memory_kb_ = 0;  // the most that the last process held
};

std::string made_up_file(int documents) {
  std::string text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
  for (int i = 0; i < documents; ++i) {
    for (int line = 0; line < 4; ++line) {
      text += std::to_string(600000 + i) + ",S" + std::to_string((i * 7 + line) % 300) + ",THING," + std::to_string(1 + line) +
              ",2011-05-10 15:05:00,1.25," + std::to_string(12000 + i % 900) + ".0,France\n";
    }
  }
  return text;
}

TEST_F(ImportCommandTest, KilledHalfWayAndRunAgainItCompletes) {
  constexpr int kDocuments = 4000;
  const std::string file = write("orders.csv", made_up_file(kDocuments));
  const pid_t child = start({file, "--stock-for-orders", "--json"}, "10");
  while (one("SELECT count(*) FROM imported_documents") < 50) {
    ASSERT_EQ(waitpid(child, nullptr, WNOHANG), 0) << "the import ended by itself: " << said();
    std::this_thread::yield();
  }
  kill(child, SIGKILL);
  ASSERT_EQ(wait_for(child), -SIGKILL);
  const std::int64_t half = one("SELECT count(*) FROM imported_documents");
  EXPECT_LT(half, kDocuments);
  expect_books_to_balance();
  ASSERT_EQ(run({file, "--stock-for-orders", "--json"}), 0) << said();
  // The killed run's last COMMIT may have been on its way when it was counted.
  EXPECT_GE(summary()["already_imported"].get<std::int64_t>(), half);
  EXPECT_EQ(summary()["imported"].get<std::int64_t>() + summary()["already_imported"].get<std::int64_t>(), kDocuments);
  EXPECT_EQ(one("SELECT count(*) FROM orders"), kDocuments);
  EXPECT_EQ(one("SELECT count(*) FROM order_lines"), 4 * kDocuments);
  EXPECT_EQ(one("SELECT sum(on_hand)::bigint FROM stock"), 10 * kDocuments);
  expect_books_to_balance();
}

TEST_F(ImportCommandTest, FaultyRowsGoToTheErrorFileWithLineAndReason) {
  const std::string header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
  const std::string file = write("mixed.csv", header + "1,22138,GOOD,1,2010-12-01 08:26:00,1.0,1.0,France\n" +
                                                  "2,22138,\"UNCLOSED,1,2010-12-01 08:26:00,1.0,1.0,France\n" +
                                                  "=cmd(),22138,B\xFF"
                                                  "D,1,2010-12-01 08:26:00,1.0,1.0,France\n" +
                                                  "4,22138,GOOD,1,2010-12-01 08:26:00,1.0,1.0,Atlantis\n");
  EXPECT_EQ(run({file, "--json"}), 1);
  const json out = summary();
  EXPECT_EQ(out["rows"], 4);
  EXPECT_EQ(out["errors"], 3);
  EXPECT_EQ(out["imported"], 1);
  EXPECT_EQ(out["error_file"], file + ".errors.csv");
  const std::string errors = text_of(file + ".errors.csv");
  EXPECT_NE(errors.find(",3,unclosed_quote,"), std::string::npos) << errors;
  EXPECT_NE(errors.find(",4,invalid_utf8,"), std::string::npos) << errors;
  EXPECT_NE(errors.find("\"'=cmd(),22138,B\xEF\xBF\xBD"
                        "D"),
            std::string::npos)
      << errors;
  EXPECT_NE(errors.find(",5,unknown_country,"), std::string::npos) << errors;
  EXPECT_NE(said().find("3 rows were not imported"), std::string::npos) << said();
}

TEST_F(ImportCommandTest, CutOffGzipImportsWholeDocumentsAndSaysSo) {
  const std::string path = (folder_ / "cut.csv.gz").string();
  const std::string content = made_up_file(3000);
  const gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
  fs::resize_file(path, fs::file_size(path) * 3 / 4);
  EXPECT_EQ(run({path, "--json"}), 1);
  EXPECT_NE(said().find("cut off"), std::string::npos) << said();
  EXPECT_GT(one("SELECT count(*) FROM orders"), 0);
  EXPECT_EQ(one("SELECT count(*) FROM (SELECT 1 FROM order_lines GROUP BY order_id HAVING count(*) <> 4) x"), 0);
}

TEST_F(ImportCommandTest, WrongUseIsRefusedWithAnExitCode) {
  const std::string file = write("orders.csv", made_up_file(1));
  EXPECT_EQ(run({file, "--merchant", "nobody"}), 1);
  EXPECT_NE(said().find("nobody"), std::string::npos);
  EXPECT_EQ(run({(folder_ / "absent.csv").string()}), 2);
  EXPECT_EQ(run({file, "--no-such-flag"}), 2);
  EXPECT_EQ(run({file, "--dry-run", "--json"}), 0);
  EXPECT_EQ(summary()["documents_by_kind"]["order"], 1);
  EXPECT_EQ(one("SELECT count(*) FROM orders"), 0);
}

// The real thing, when it is there: seven months of a shop against the control totals that came with them.
TEST_F(ImportCommandTest, RealMonthsHitTheirControlTotalsAndStayWithinMemory) {
  const char* given = std::getenv("ROUNDTRIP_TEST_DATA");
  const fs::path shared = given != nullptr ? given : std::string(ROUNDTRIP_SOURCE_DIR) + "/../shared/data";
  const fs::path folder = shared / "orders" / "online-retail";
  if (!fs::exists(folder))
    GTEST_SKIP() << "no real orders at " << folder << "; set ROUNDTRIP_TEST_DATA to the folder that holds orders/online-retail";
  const json totals = json::parse(text_of(folder / "totals.json"));
  std::vector<std::string> args;
  for (const auto& [month, unused] : totals.items()) args.push_back((folder / ("online-retail-" + month + ".csv.gz")).string());
  args.insert(args.end(), {"--stock-for-orders", "--json"});
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(run(args), 0) << said();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const json out = summary();
  std::size_t at = 0;
  for (const auto& [month, wanted] : totals.items()) {
    const json& got = out["files"][at++];
    std::int64_t documents = 0;
    for (const auto& [kind, count] : got["documents_by_kind"].items()) documents += count.get<std::int64_t>();
    EXPECT_EQ(got["rows"], wanted["rows"]) << month;
    EXPECT_EQ(documents, wanted["invoices"].get<std::int64_t>()) << month;
    EXPECT_EQ(got["rows_by_kind"]["cancel"], wanted["cancel_rows"]) << month;
    EXPECT_EQ(got["quantity"], wanted["qty"]) << month;
    EXPECT_EQ(got["value"], wanted["value"]) << month;
    EXPECT_EQ(got["errors"], 0) << month;
  }
  // Counted apart from the program by walking over the same files: "never bought" month by month is what the set's description says, too.
  const json wanted = {{"whole_line", 1064}, {"part_of_line", 2016}, {"other_price", 138}, {"several_lines", 35},
                       {"bought_less", 34},  {"never_bought", 789},  {"no_customer", 119}, {"not_goods", 299}};
  EXPECT_EQ(out["cancellations"], wanted);
  EXPECT_EQ(one("SELECT count(*) FROM cancellation_lines WHERE settled_at IS NULL AND matched < quantity"), 34 + 789 + 119 + 299);
  EXPECT_EQ(one("SELECT count(*) FROM cancellation_lines WHERE result = 'never_bought' AND document_at < '2011-01-01'"), 371);
  EXPECT_EQ(one("SELECT sum(credited)::bigint FROM order_lines"), one("SELECT sum(matched)::bigint FROM cancellation_lines"));
  const double rows_per_second = out["rows"].get<double>() / seconds;
  std::cout << "  " << out["rows"] << " rows in " << seconds << " s, " << rows_per_second << " rows/s, " << memory_kb_ / 1024
            << " MB at most\n";
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // sanitizers keep what was freed
  EXPECT_LT(memory_kb_, 128 * 1024);
#endif
  expect_books_to_balance();
  ASSERT_EQ(run(args), 0) << said();
  EXPECT_EQ(summary()["imported"], 0);
  EXPECT_EQ(summary()["already_imported"].get<std::int64_t>(), 2025 + 1476 + 1393 + 1983 + 1744 + 2162 + 2012);
}

}  // namespace
}  // namespace roundtrip
