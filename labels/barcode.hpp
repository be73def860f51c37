// Text to barcode modules.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"

namespace roundtrip::labels {

enum class Symbology { code128, qr };

// A matrix of modules without its quiet zone; Code 128 has one row.
struct Barcode {
  Symbology symbology = Symbology::code128;
  std::string content;
  int width = 0, height = 0;
  std::vector<bool> dark;  // row by row
  bool at(int x, int y) const { return dark[static_cast<std::size_t>(y * width + x)]; }
  // White modules the standard wants on each side.
  int quiet_modules() const { return symbology == Symbology::code128 ? 10 : 4; }
};

// Printable ASCII, 1 to 48 characters.
Result<Barcode> code128(const std::string& content);
// UTF-8, 1 to 400 bytes; error correction M (15 %).
Result<Barcode> qr(const std::string& content);

}  // namespace roundtrip::labels
