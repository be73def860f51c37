// RFC 4180: what is read, what is refused, and that a fault swallows nothing.
#include "connectors/csv.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace roundtrip::connectors {
namespace {

struct Seen {
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> faults;  // "line:code"
  std::vector<std::int64_t> lines;
};

Seen read_all(const std::string& bytes, CsvLimits limits = {}) {
  const auto source = from_memory(bytes);
  CsvReader reader(*source, ',', limits);
  Seen seen;
  for (;;) {
    const CsvStep step = reader.next();
    if (step == CsvStep::end) return seen;
    if (step == CsvStep::record) {
      seen.records.push_back(reader.fields());
      seen.lines.push_back(reader.line());
    } else {
      seen.faults.push_back(std::to_string(reader.line()) + ":" + reader.fault().code);
    }
  }
}

using Records = std::vector<std::vector<std::string>>;
using Texts = std::vector<std::string>;

TEST(Csv, ReadsWhatRfc4180Allows) {
  struct Case {
    std::string bytes;
    Records wanted;
  };
  const Case cases[] = {
      {"", {}},
      {"\n\r\n", {}},
      {"a,b", {{"a", "b"}}},
      {"a,b\n", {{"a", "b"}}},
      {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"\xEF\xBB\xBF"
       "a\n",
       {{"a"}}},
      {",\n", {{"", ""}}},
      {"\"a,b\",\"c\"\"d\",\"\"\n", {{"a,b", "c\"d", ""}}},
      {"\"two\nlines\",x\ny,z\n", {{"two\nlines", "x"}, {"y", "z"}}},
      {"\"a\"\r\n", {{"a"}}},
      {"a\rb\n", {{"a\rb"}}},
      {"\"a\"", {{"a"}}},
      {"\xC2\xA3"
       "5\n",
       {{"\xC2\xA3"
         "5"}}},
  };
  for (const Case& one : cases) {
    const Seen seen = read_all(one.bytes);
    EXPECT_EQ(seen.records, one.wanted) << one.bytes;
    EXPECT_TRUE(seen.faults.empty()) << one.bytes;
  }
}

TEST(Csv, CountsPhysicalLines) {
  const Seen seen = read_all("h\n\"two\nlines\"\n\nlast\n");
  EXPECT_EQ(seen.lines, (std::vector<std::int64_t>{1, 2, 5}));
}

TEST(Csv, FaultNamesItsLineAndSwallowsNothing) {
  struct Case {
    std::string bytes;
    Texts faults;
    Records records;
  };
  const Case cases[] = {
      {"a,\"b\nc,d\n", {"1:unclosed_quote"}, {{"c", "d"}}},      {"a,\"b\nc,\"d\"\n", {"1:text_after_quote"}, {{"c", "d"}}},
      {"a,b\"c\nd,e\n", {"1:stray_quote"}, {{"d", "e"}}},        {"a,\"b\"c\nd,e\n", {"1:text_after_quote"}, {{"d", "e"}}},
      {std::string("a\0b\nc\n", 6), {"1:nul_byte"}, {{"c"}}},    {"a\xFF\nc\n", {"1:invalid_utf8"}, {{"c"}}},
      {"\"a\n\xED\xA0\x80\"\nc\n", {"1:invalid_utf8"}, {{"c"}}}, {"ok\na,b,c,d\nok\n", {"2:too_many_columns"}, {{"ok"}, {"ok"}}},
  };
  for (const Case& one : cases) {
    const Seen seen = read_all(one.bytes, {64 * 1024, 3});
    EXPECT_EQ(seen.faults, one.faults) << one.bytes;
    EXPECT_EQ(seen.records, one.records) << one.bytes;
  }
}

TEST(Csv, LongRecordIsRefusedAndTheNextIsRead) {
  const Seen seen = read_all(std::string(300'000, 'x') + "\nnext\n\"" + std::string(300'000, 'y') + "\nlast\n");
  EXPECT_EQ(seen.faults, (Texts{"1:record_too_long", "3:unclosed_quote"}));
  EXPECT_EQ(seen.records, (Records{{"next"}, {"last"}}));
}

TEST(Csv, UnclosedQuoteAtTheStartOfALargeFileLosesOneLineOnly) {
  std::string bytes = "\"open\n";
  for (int i = 0; i < 20'000; ++i) bytes += "row," + std::to_string(i) + "\n";
  const Seen seen = read_all(bytes);
  EXPECT_EQ(seen.faults, (Texts{"1:unclosed_quote"}));
  EXPECT_EQ(seen.records.size(), 20'000U);
}

class GzipFile : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("roundtrip-csv-" + std::to_string(::getpid()) + ".csv.gz");
    const gzFile file = gzopen(path_.c_str(), "wb");
    for (int i = 0; i < 50'000; ++i) gzprintf(file, "row,%d\n", i * 7919 % 10'007);
    gzclose(file);
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::filesystem::path path_;
};

TEST_F(GzipFile, IsReadAsAStream) {
  auto source = open_file(path_.string());
  ASSERT_TRUE(source);
  CsvReader reader(**source);
  int count = 0;
  while (reader.next() == CsvStep::record) ++count;
  EXPECT_EQ(count, 50'000);
  EXPECT_EQ((*source)->broken(), "");
  EXPECT_EQ((*source)->position(), (*source)->size());
}

TEST_F(GzipFile, CutOffIsSaid) {
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  auto source = open_file(path_.string());
  ASSERT_TRUE(source);
  CsvReader reader(**source);
  while (reader.next() != CsvStep::end) continue;
  EXPECT_NE((*source)->broken().find("cut off"), std::string::npos) << (*source)->broken();
}

TEST_F(GzipFile, DamageIsSaid) {
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path_) / 2));
    file.write(std::string(64, '\xFF').data(), 64);
  }
  auto source = open_file(path_.string());
  ASSERT_TRUE(source);
  CsvReader reader(**source);
  while (reader.next() != CsvStep::end) continue;
  EXPECT_FALSE((*source)->broken().empty());
}

TEST(Csv, MissingFileIsRefusedWithItsName) {
  const auto source = open_file("/nowhere/orders.csv");
  ASSERT_FALSE(source);
  EXPECT_NE(source.error().message.find("/nowhere/orders.csv"), std::string::npos);
}

TEST(Csv, WritesAFieldAsRfc4180HasIt) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(to_valid_utf8("a\xFF"
                          "b"),
            "a\xEF\xBF\xBD"
            "b");
}

}  // namespace
}  // namespace roundtrip::connectors
