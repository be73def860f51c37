// Text to barcode modules.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"

namespace roundtrip::labels {

enum class Symbology { code128, qr, gs1_128, gs1_data_matrix };

// A matrix of modules without its quiet zone; a linear one has one row.
struct Barcode {
  Symbology symbology = Symbology::code128;
  std::string content;
  int width = 0, height = 0;
  std::vector<bool> dark;  // row by row
  bool at(int x, int y) const { return dark[static_cast<std::size_t>(y * width + x)]; }
  // White modules the standard wants on each side.
  int quiet_modules() const { return is_linear() ? 10 : symbology == Symbology::qr ? 4 : 2; }
  bool is_linear() const { return symbology == Symbology::code128 || symbology == Symbology::gs1_128; }
};

// Printable ASCII, 1 to 48 characters.
Result<Barcode> code128(const std::string& content);
// UTF-8, 1 to 400 bytes; error correction M (15 %).
Result<Barcode> qr(const std::string& content);
// Elements with their identifiers in brackets: "(00)340123450000000017"; lengths and check digits must be right.
Result<Barcode> gs1_128(const std::string& elements);
Result<Barcode> gs1_data_matrix(const std::string& elements);

}  // namespace roundtrip::labels
