// GS1: check digits, one item in every form, what is refused; the published vectors of the GS1 Barcode Syntax Engine.
#include "domain/gs1.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "support/places.hpp"

namespace roundtrip::domain {
namespace {
using nlohmann::json;

const std::string kGs = "\x1D";
const std::string kGtin = "09506000134352";

TEST(Gs1, GtinsOfEveryLengthWithARightCheckDigit) {
  const std::pair<const char*, const char*> right[] = {{"96385074", "00000096385074"},
                                                       {"012345000065", "00012345000065"},
                                                       {"4006381333931", "04006381333931"},
                                                       {"14006381333938", "14006381333938"},
                                                       {"09506000134352", "09506000134352"}};
  for (const auto& [digits, gtin] : right) EXPECT_EQ(to_gtin14(digits), gtin) << digits;
  for (const char* wrong : {"", "9", "96385075", "012345000066", "4006381333932", "14006381333939", "40063813339", "4006381333931x",
                            "400638133393 ", "400638133393100"}) {
    EXPECT_FALSE(to_gtin14(wrong)) << wrong;
  }
}

TEST(Gs1, UpcEIsExpanded) {
  // The six digits' last one says where the zeros were.
  const std::pair<const char*, const char*> right[] = {
      {"01234565", "00012345000065"}, {"123456", "00012345000065"}, {"0123456", "00012345000065"}, {"425261", "00042100005264"},
      {"04252614", "00042100005264"}, {"123453", "00012300000451"}, {"123454", "00012340000053"}};
  for (const auto& [digits, gtin] : right) EXPECT_EQ(upce_to_gtin14(digits), gtin) << digits;
  for (const char* wrong : {"", "12345", "21234565", "01234566", "012345650", "12345x"}) EXPECT_FALSE(upce_to_gtin14(wrong)) << wrong;
}

TEST(Gs1, ACaseLeadsToTheItemInside) {
  EXPECT_EQ(inner_gtin14("14006381333938"), "04006381333931");
  EXPECT_FALSE(inner_gtin14("04006381333931"));
  EXPECT_FALSE(inner_gtin14("94006381333930"));
  EXPECT_FALSE(inner_gtin14("1400638133393"));
}

TEST(Gs1, OneItemInEveryForm) {
  const std::string lot = "10ABC123", serial = "21S-1";
  const std::pair<std::string, std::string> forms[] = {
      {"]C101" + kGtin + lot + kGs + serial, ""},
      {"01" + kGtin + lot + kGs + serial, "]C1"},
      {"]d201" + kGtin + lot + kGs + serial, ""},
      {"]Q301" + kGtin + lot + kGs + serial + kGs, ""},
      {"]e001" + kGtin + serial + kGs + lot, ""},
      {kGs + "01" + kGtin + lot + kGs + serial, ""},
      {"01" + kGtin + lot + kGs + serial, ""},
      {"(01)" + kGtin + "(10)ABC123(21)S-1", ""},
      {"https://id.gs1.org/01/" + kGtin + "/10/ABC123/21/S-1", ""},
      {"https://shop.example/some/path/01/9506000134352/10/ABC%3123/21/S-1?linkType=all&15=261231#top", ""},
      {"http://example.org/gtin/" + kGtin + "/lot/ABC123/ser/S-1?utm_source=x;17=261231", ""},
  };
  for (const auto& [text, symbology] : forms) {
    const auto item = parse_item(text, symbology);
    ASSERT_TRUE(item) << text;
    EXPECT_EQ(item->gtin14, kGtin) << text;
    EXPECT_EQ(item->lot, "ABC123") << text;
    EXPECT_EQ(item->serial, "S-1") << text;
  }
  EXPECT_EQ(parse_item("]E04006381333931")->gtin14, "04006381333931");
  EXPECT_EQ(parse_item("]E496385074")->gtin14, "00000096385074");
  EXPECT_EQ(parse_item("]I114006381333938")->gtin14, "14006381333938");
  EXPECT_EQ(parse_item("]E001234565")->gtin14, "00012345000065");  // the scanner says UPC-E
  EXPECT_EQ(parse_item("]E401234565")->gtin14, "00000001234565");  // the scanner says EAN-8
  EXPECT_EQ(parse_item("01234565")->gtin14, "00000001234565");     // nobody says: both have a right check digit
  EXPECT_FALSE(parse_item("]C10039506000134352013012"));           // cut off inside its second element
}

TEST(Gs1, CountsAndShippingUnits) {
  const auto logistic = parse_item("]C100395011015300000011");
  ASSERT_FALSE(logistic && logistic->sscc.empty());
  std::string sscc = "39501101530000001";
  sscc += gs1_check_digit(sscc);
  const auto unit = parse_item("]C100" + sscc + "02" + kGtin + "3724");
  ASSERT_TRUE(unit);
  EXPECT_EQ(unit->sscc, sscc);
  EXPECT_EQ(unit->gtin14, kGtin);
  EXPECT_EQ(unit->count, 24);
}

TEST(Gs1, WhatCannotBeReadWhollyIsNotReadAtAll) {
  const std::vector<std::string> texts = {std::string(""),
                                          std::string("hello"),
                                          std::string("]C1"),
                                          "]C101" + kGtin.substr(0, 13) + "3",
                                          "]C101" + kGtin.substr(0, 12),
                                          "]C101" + kGtin + "10",
                                          "]C101" + kGtin + "9",
                                          "]C101" + kGtin + "10" + std::string(21, 'A'),
                                          "]C101" + kGtin + "17" + "2612",
                                          "(01)" + kGtin + "(10)",
                                          "(01" + kGtin,
                                          "(99999)1",
                                          std::string("https://"),
                                          std::string("https://example.org/"),
                                          "https://example.org/01/" + kGtin.substr(0, 13) + "9",
                                          "]C101" + kGtin + "01" + "04006381333931",
                                          "]C101" + kGtin +
                                              "10A\x01"
                                              "B",
                                          std::string("10ABC123"),
                                          std::string(401, '1'),
                                          "ftp://x/01/" + kGtin,
                                          std::string("4006381333931 "),
                                          std::string("]C110ONLYLOT"),
                                          std::string("((((((")};
  for (const auto& text : texts) {
    EXPECT_FALSE(parse_item(text)) << text;
  }
}

TEST(Gs1, NoTextBreaksTheReader) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string pieces[] = {
      "01",   kGtin, "10", "21", "(", ")", kGs, "]C1", "]d2", "https://", "/", "?", "&", "=", "%", "%4", "17", "8003", std::string("\0", 1),
      "\xFF", "310", "A"};
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    for (auto count = random() % 12; count > 0; --count) text += pieces[random() % std::size(pieces)];
    const auto item = parse_item(text);
    if (item && !item->gtin14.empty()) {
      ASSERT_EQ(to_gtin14(item->gtin14), item->gtin14) << text;
    }
  }
}

// Where the published vectors lie; "" where they are not on this machine.
std::string vectors_folder() {
  const char* given = std::getenv("ROUNDTRIP_TEST_DATA");
  const auto root =
      given != nullptr ? std::filesystem::path(given) : std::filesystem::path(ROUNDTRIP_SOURCE_DIR) / ".." / "shared" / "data";
  const auto folder = root / "gs1" / "test-vectors";
  return std::filesystem::exists(folder / "linters.json") ? folder.string() : "";
}

struct Gs1Vectors : testing::Test {
  std::string folder = vectors_folder();
  void SetUp() override {
    if (folder.empty())
      GTEST_SKIP() << "the GS1 test vectors are not on this machine; set ROUNDTRIP_TEST_DATA to the folder that holds gs1/test-vectors";
  }
  json read(const std::string& name) { return json::parse(std::ifstream(folder + "/" + name)); }
};

TEST_F(Gs1Vectors, CheckDigits) {
  int checked = 0;
  const json linters = read("linters.json");
  for (const auto& one : linters["csum"]) {
    const std::string digits = one["input"];
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) continue;
    EXPECT_EQ(gs1_check_digit(digits.substr(0, digits.size() - 1)) == digits.back(), one["valid"].get<bool>()) << digits;
    if (digits.size() <= 14) {
      EXPECT_EQ(to_gtin14(digits).has_value(), one["valid"].get<bool>()) << digits;
    }
    ++checked;
  }
  EXPECT_GE(checked, 10);
}

// Identifiers that no warehouse of ours meets are refused, so vectors with them are expected to be.
bool knows_all(const std::string& bracketed) {
  return bracketed.find("(235)") == std::string::npos && bracketed.find("(3900)") == std::string::npos &&
         bracketed.find('\\') == std::string::npos;
}

TEST_F(Gs1Vectors, BracketedElementsAndTheirPlainForm) {
  const std::string item = "12345678901231";
  int agreed = 0, refused = 0;
  for (const auto& one : read("ai-test_parseAIdata.json")) {
    if (!one[1].is_string()) continue;
    // A key in front makes it an item, which is what a station wants.
    const std::string bracketed = "(01)" + item + one[1].get<std::string>();
    const auto parsed = parse_item(bracketed);
    if (!one[0].get<bool>() || !knows_all(bracketed)) {
      EXPECT_FALSE(parsed) << bracketed;
      ++refused;
      continue;
    }
    ASSERT_TRUE(parsed) << bracketed;
    std::string plain = "01" + item + one[2].get<std::string>().substr(1);
    for (auto at = plain.find('^'); at != std::string::npos; at = plain.find('^', at)) plain.replace(at, 1, kGs);
    const auto same = parse_item("]C1" + plain);
    ASSERT_TRUE(same) << plain;
    ASSERT_EQ(same->elements.size(), parsed->elements.size());
    for (std::size_t i = 0; i < same->elements.size(); ++i) {
      EXPECT_EQ(same->elements[i].ai, parsed->elements[i].ai);
      EXPECT_EQ(same->elements[i].value, parsed->elements[i].value);
    }
    ++agreed;
  }
  EXPECT_GE(agreed, 4);
  EXPECT_GE(refused, 15);
}

TEST_F(Gs1Vectors, WhatScannersSend) {
  int read_items = 0;
  for (const auto& one : read("scandata-test_testGenerateScanData.json")) {
    if (!one[2].is_string()) continue;
    const std::string sent = one[2];
    const bool gs1_item = sent.starts_with("]Q301") || sent.starts_with("]d201") || sent.starts_with("]J101") ||
                          sent.starts_with("]e001") || sent.starts_with("]C101");
    const bool plain = sent.starts_with("]E") && sent.find('|') == std::string::npos;
    const auto item = parse_item(sent);
    EXPECT_EQ(item.has_value(), gs1_item || plain) << sent;
    if (!item) continue;
    EXPECT_EQ(to_gtin14(item->gtin14), item->gtin14) << sent;
    ++read_items;
  }
  EXPECT_GE(read_items, 15);
}

}  // namespace
}  // namespace roundtrip::domain
