// The formats of tracking numbers that we know: shape, check digit, and how much a fit says.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace roundtrip::carriers {

enum class CheckKind { none, mod10, luhn, mod7, mod11, s10, mod37_36 };

// Where the check digit is and what it is computed from, as offsets into the number.
struct CheckRule {
  CheckKind kind = CheckKind::none;
  std::size_t from = 0;        // the first character it is computed from
  std::size_t after = 0;       // characters that follow the check digit
  int even = 0, odd = 0;       // mod10: weights at even and odd places
  std::string_view text = "";  // mod11: the weights; mod10: put before the serial unless it begins with it
};

struct NumberFormat {
  std::string_view carrier;  // the registry's name, or a carrier that we only recognize
  std::string_view format;
  std::string_view title;
  // Alternatives joined by '|'. '#' a digit, '@' a letter, '*' either, [A-CX] one of these, everything else itself; {n} or {n,m} repeats.
  std::string_view shape;
  CheckRule check;
  double weight = 0.5;             // how much a fit says when nobody else's format fits, below 1
  bool routed = false;             // 420 and a ZIP code may stand before it (USPS)
  std::size_t drop = 0, keep = 0;  // the number that the carrier answers to is a part of the barcode; keep 0: all from `drop` on
};

std::span<const NumberFormat> number_formats();
// Is it written as shapes are?
bool is_shape(std::string_view text);
bool fits_shape(std::string_view shape, std::string_view number);
// Shape and check digit; for S10 numbers also the country. `number` is plain: upper case letters and digits.
bool fits(const NumberFormat& format, std::string_view number);
// Is it a code of ISO 3166-1 (two letters)?
bool is_country(std::string_view code);

}  // namespace roundtrip::carriers
