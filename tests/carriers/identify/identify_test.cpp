// Numbers and whose they may be: our own table of numbers, and every valid and invalid number of the community's collection.
#include "carriers/identify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "carriers/carrier.hpp"
#include "carriers/check_digits.hpp"
#include "carriers/number_formats.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {
using nlohmann::json;

std::string said(std::string_view text) {
  std::string out;
  for (const auto& one : identify(text))
    out += one.carrier + "/" + one.format + " " + one.number + " " + std::to_string(one.confidence) + "\n";
  return out;
}
bool has(std::string_view text, std::string_view carrier, std::string_view format, std::string_view number = "") {
  return std::ranges::any_of(identify(text), [&](const Candidate& one) {
    return one.carrier == carrier && one.format == format && (number.empty() || one.number == number);
  });
}

struct Known {
  const char* text;
  const char* carrier;
  const char* format;
  const char* number;
};
// Numbers made up for this test, their check digits computed by hand or by the carriers' published examples.
constexpr Known kKnown[] = {
    {"1Z999AA10123456784", "ups", "ups", "1Z999AA10123456784"},
    {"1z 999 aa1 01 2345 6784", "ups", "ups", "1Z999AA10123456784"},
    {"]C01Z999AA10123456784", "ups", "ups", "1Z999AA10123456784"},
    {"K1506235620", "ups", "ups_waybill", "K1506235620"},
    {"449044304137821", "fedex", "fedex_ground", "449044304137821"},
    {"9611020987654312345672", "fedex", "fedex_ground_96", "987654312345672"},
    {"1001921334250001000300779017972697", "fedex", "fedex_34", "779017972697"},
    {"9400 1112 0255 5842 3326 38", "usps", "usps_impb_n", "9400111202555842332638"},
    {"]C1420902109400111202555842332638", "usps", "usps_impb_n", "9400111202555842332638"},
    {"42090210\x1D"
     "9400111202555842332638",
     "usps", "usps_impb_n", "9400111202555842332638"},
    {"420902101234"
     "9400111202555842332638",
     "usps", "usps_impb_n", "9400111202555842332638"},
    {"3318-8100-25", "dhl", "dhl_express", "3318810025"},
    {"JD01-4600-0062-8123-0701", "dhl", "dhl_license_plate", "JD014600006281230701"},
    {"JJD000390007012345678", "dhl", "dhl_license_plate", "JJD000390007012345678"},
    {"RB123456785GB", "royal_mail", "s10", "RB123456785GB"},
    {"rb 123 456 785 us", "usps", "s10", "RB123456785US"},
    {"RB123456785CV", "s10", "s10", "RB123456785CV"},
    {"00340434161094042557", "dhl", "dhl_parcel_de", "00340434161094042557"},
    {"09980000020033F", "dpd", "dpd_14", "09980000020033"},
    {"LTN74207623N1", "landmark", "landmark_global", "LTN74207623N1"},
};

TEST(Identify, KnowsWhoseNumberItMayBe) {
  for (const auto& known : kKnown) {
    EXPECT_TRUE(has(known.text, known.carrier, known.format, known.number)) << known.text << "\n" << said(known.text);
    EXPECT_TRUE(has_format(known.carrier, known.text)) << known.text;
  }
}

TEST(Identify, AWrongCharacterIsNoNumberOfThatFormat) {
  for (const auto& known : kKnown) {
    const auto checked = identify(known.text);
    for (const auto& one : checked) {
      if (one.format != known.format || !one.checked) continue;
      // The last digit of the number as given is (part of) what is checked in every format but S10's and DPD's.
      std::string wrong = known.text;
      const auto at = wrong.find_last_of("0123456789");
      wrong[at] = wrong[at] == '9' ? '0' : static_cast<char>(wrong[at] + 1);
      EXPECT_FALSE(has(wrong, known.carrier, known.format)) << wrong;
    }
  }
}

TEST(Identify, SaysHowSureItIsAndWithWhomTheShapeIsShared) {
  for (const auto& known : kKnown) {
    const auto all = identify(known.text);
    double before = 1;
    for (const auto& one : all) {
      EXPECT_GT(one.confidence, 0) << known.text;
      EXPECT_LT(one.confidence, 1) << known.text;
      EXPECT_LE(one.confidence, before) << "not sorted: " << known.text;
      before = one.confidence;
      EXPECT_FALSE(one.why.empty());
    }
  }
  // Twelve digits that fit FedEx's check and Purolator's.
  const auto shared = identify("320595463938");
  ASSERT_FALSE(shared.empty());
  EXPECT_LT(shared.front().confidence, 0.8);
  EXPECT_GT(identify("1Z999AA10123456784").front().confidence, 0.9);
  // 14 digits without any check: many, none of them likely.
  const auto many = identify("60120172242323");
  EXPECT_GE(many.size(), 3U);
  EXPECT_LT(many.front().confidence, 0.5);
  EXPECT_FALSE(many.front().checked);
  EXPECT_NE(many.front().why.find("shared with"), std::string::npos) << many.front().why;
}

TEST(Identify, ASNumberOfAnUnknownCountryIsNone) {
  EXPECT_TRUE(has("RB123456785GB", "s10", "s10"));
  EXPECT_TRUE(identify("RB123456785XX").empty());
  EXPECT_FALSE(has("RB123456785GB", "usps", "s10"));
  EXPECT_TRUE(is_country("CV"));
  for (const auto* none : {"XX", "", "D", "DEU", "D ", " D", "de"}) EXPECT_FALSE(is_country(none)) << none;
}

TEST(Identify, FormatsThatOnlyTheAdapterKnowsCountLess) {
  const auto hermes = identify("H1234567890123456789");
  ASSERT_EQ(hermes.size(), 1U) << said("H1234567890123456789");
  EXPECT_EQ(hermes.front().carrier, "hermes_de");
  EXPECT_FALSE(hermes.front().checked);
  EXPECT_LE(hermes.front().confidence, 0.5);
  // An adapter that takes more than the known formats makes a wrong number no better.
  EXPECT_FALSE(has("996578788855", "fedex", "fedex"));
}

TEST(Identify, ThePrefixOfAZipCodeIsDecidedByWhatFollows) {
  // Five digits of ZIP code and a number of 26, or nine and a number of 22: as long as each other.
  EXPECT_TRUE(has("4201028200009261290113185417468510", "usps", "usps_impb_c", "9261290113185417468510"));
  EXPECT_TRUE(has("420787459400111206206406260787", "usps", "usps_impb_n", "9400111206206406260787"));
  EXPECT_FALSE(has("420787459400111206206406260788", "usps", "usps_impb_n"));
  // A routing code alone is no number of USPS.
  for (const auto* alone : {"42090210", "420902101234", "]C142090210"}) EXPECT_FALSE(has_format("usps", alone)) << alone;
}

TEST(Identify, NothingComesOfNothing) {
  for (const std::string& text : {std::string(), std::string(" "), std::string("]C1"), std::string("---"), std::string(100'000, '9'),
                                  std::string("\xFF\xFE\x00", 3), std::string("http://example.com/"), std::string("1Z")})
    EXPECT_TRUE(identify(text).empty()) << said(text);
  EXPECT_FALSE(has_format("no such carrier", "1Z999AA10123456784"));
  EXPECT_FALSE(has_format("", "1Z999AA10123456784"));
}

TEST(Identify, AScanGivesTheNumbersItMayStandFor) {
  const auto holds = [](std::string_view scanned, const std::string& number) {
    const auto all = numbers_in_scan(scanned);
    return std::ranges::find(all, number) != all.end();
  };
  EXPECT_TRUE(holds("]C1420902109400111202555842332638", "9400111202555842332638"));
  EXPECT_TRUE(holds("1001921334250001000300779017972697", "779017972697"));
  EXPECT_TRUE(holds("]C100340434161094042557", "340434161094042557"));
  EXPECT_TRUE(holds("340434161094042557", "00340434161094042557"));
  EXPECT_TRUE(holds("my own number 7", "my own number 7")) << "the text as it is";
  EXPECT_TRUE(holds("my own number 7", "MYOWNNUMBER7"));
  EXPECT_TRUE(numbers_in_scan("").empty());
  EXPECT_EQ(numbers_in_scan("1Z999AA10123456784"), std::vector<std::string>{"1Z999AA10123456784"});
  EXPECT_EQ(numbers_in_scan("60120172242323", 1).size(), 1U);
}

TEST(Identify, WhatIsTypedIsKeptAsScannersReadIt) {
  EXPECT_EQ(number_to_keep(" 1z 999 aa1 01 2345 6784 "), "1Z999AA10123456784");
  EXPECT_EQ(number_to_keep("rb 123 456 785 gb"), "RB123456785GB");
  EXPECT_EQ(number_to_keep(" my-own number \n"), "my-own number") << "nobody's format: as typed";
  EXPECT_EQ(number_to_keep(" 60120172242323"), "60120172242323");
  EXPECT_EQ(number_to_keep("  "), "");
}

TEST(Identify, ALabelIsToldFromAProduct) {
  for (const auto* label : {"1Z999AA10123456784", "]C1420902109400111202555842332638", "]C100340434161094042557", "LTN74207623N1"})
    EXPECT_TRUE(label_in_scan(label)) << label;
  // Digits that are a GTIN as well, whatever carrier's check they fit.
  for (const auto* product : {"4006381333931", "012345678905", "986578788855", "]C10109506000134352", "MUG-1", ""})
    EXPECT_FALSE(label_in_scan(product)) << product;
}

TEST(Identify, ShapesAreReadToTheEnd) {
  EXPECT_TRUE(fits_shape("1Z*{3}#", "1ZA1B9"));
  EXPECT_FALSE(fits_shape("1Z*{3}#", "1ZA1B"));
  EXPECT_FALSE(fits_shape("1Z*{3}#", "1ZA1BX"));
  EXPECT_FALSE(fits_shape("1Z*{3}#", "1ZA1B99"));
  EXPECT_TRUE(fits_shape("J@{2,3}#{1,2}", "JJD1"));
  EXPECT_TRUE(fits_shape("J@{2,3}#{1,2}", "JVGL22"));
  EXPECT_FALSE(fits_shape("J@{2,3}#{1,2}", "JD1"));
  EXPECT_TRUE(fits_shape("[0-3X]#|AB", "X7"));
  EXPECT_TRUE(fits_shape("[0-3X]#|AB", "37"));
  EXPECT_TRUE(fits_shape("[0-3X]#|AB", "AB"));
  EXPECT_FALSE(fits_shape("[0-3X]#|AB", "47"));
  EXPECT_FALSE(fits_shape("[0-3X]#|AB", "-7"));
}

TEST(CheckDigits, AreThoseOfTheStandards) {
  EXPECT_EQ(check_luhn("7992739871"), '3');                // ISO/IEC 7812-1's well-known example
  EXPECT_EQ(check_s10("47312482"), '9');                   // UPU S10's example: RA473124829
  EXPECT_EQ(check_mod10("00614141123456789", 3, 1), '0');  // GS1's SSCC example: 0 0614141 123456789 0
  EXPECT_EQ(check_mod7("331881002"), '5');
  EXPECT_EQ(check_mod11("98657878885", "317"), '5');
  EXPECT_EQ(check_mod37_36("09980000020033"), 'F');
}

// --- the collection of test numbers, when it is there

std::filesystem::path collection() {
  const char* named = std::getenv("ROUNDTRIP_TEST_DATA");
  return std::filesystem::path(named != nullptr ? named : ROUNDTRIP_SOURCE_DIR "/../shared/data") / "carriers" / "specs" /
         "tracking_number_data" / "couriers";
}

// Our name of a format of the collection that has no id there.
std::string format_of(const json& entry) {
  if (entry.contains("id")) return entry["id"];
  const std::string name = entry["name"];
  if (name == "UPS Waybill") return "ups_waybill";
  if (name == "LaserShip 1LS7 (18)") return "lasership_1ls7_18";
  if (name == "Old Dominion") return "old_dominion";
  if (name == "Old Dominion Guaranteed Shipment") return "old_dominion_guaranteed";
  return "no format of ours for " + name;
}

TEST(IdentifyCollection, EveryValidNumberHasItsCarrierAndNoInvalidOneItsFormat) {
  if (!std::filesystem::exists(collection())) GTEST_SKIP() << "no collection of test numbers at " << collection();
  int valid = 0, invalid = 0;
  for (const auto& file : std::filesystem::directory_iterator(collection())) {
    std::ifstream stream(file.path());
    const auto courier = json::parse(stream);
    const std::string carrier = courier["courier_code"];
    for (const auto& entry : courier["tracking_numbers"]) {
      const auto format = format_of(entry);
      for (const std::string number : entry["test_numbers"]["valid"]) {
        EXPECT_TRUE(has(number, carrier, format)) << carrier << " " << format << " " << number << "\n" << said(number);
        EXPECT_TRUE(has_format(carrier, number)) << carrier << " " << number;
        ++valid;
      }
      for (const std::string number : entry["test_numbers"]["invalid"]) {
        EXPECT_FALSE(has(number, carrier, format)) << carrier << " " << format << " " << number << "\n" << said(number);
        ++invalid;
      }
    }
  }
  EXPECT_GT(valid, 100);
  EXPECT_GT(invalid, 50);
}

}  // namespace
}  // namespace roundtrip::carriers::test
