// GS1: check digits, GTINs in every form, element strings and Digital Links. After the GS1 General
// Specifications (section 3 application identifiers, section 7 processing) and GS1 Digital Link 1.3.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::domain {

// Check digit of any GS1 key (GTIN, SSCC, GLN): digits without the check, weights 3,1 from the right.
char gs1_check_digit(std::string_view digits);

// An SSCC: extension digit, company prefix (7 to 12 digits), serial in what is left of 17 digits, check digit. Nothing when the serial
// has no room.
std::optional<std::string> sscc_of(std::string_view company_prefix, int extension, std::int64_t serial);

// GTIN-8/12/13/14 digits with a right check digit, as 14 digits.
std::optional<std::string> to_gtin14(std::string_view digits);
// UPC-E (6, 7 or 8 digits, number system 0 or 1) as GTIN-14.
std::optional<std::string> upce_to_gtin14(std::string_view digits);
// ITF-14 / GTIN-14 with packaging level 1-8: the inner item's GTIN-14 (indicator 0, check recomputed).
std::optional<std::string> inner_gtin14(std::string_view gtin14);

struct Gs1Element {
  std::string ai;
  std::string value;
};

struct ScannedItem {
  std::string gtin14;  // empty: no GTIN in it
  std::string lot, serial, expiry;
  std::int64_t count = 0;  // AI 30 or 37; 0: not given
  std::string sscc;
  std::vector<Gs1Element> elements;
};

// Reads what a scanner sent: an optional symbology identifier ("]C1"), FNC1 as GS (0x1D), bracketed text
// ("(01)..."), a Digital Link URI, or bare digits. Nothing when it holds no GS1 key that we know.
std::optional<ScannedItem> parse_item(std::string_view scanned, std::string_view symbology = "");

// The text without a leading symbology identifier, and that identifier.
struct Scan {
  std::string symbology;
  std::string text;
};
Scan split_symbology(std::string_view scanned);

}  // namespace roundtrip::domain
