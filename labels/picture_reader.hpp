// The barcodes in a picture. Hostile bytes run through a reader here: for the child process only (picture_child.hpp).
#pragma once
#include <string>
#include <vector>

#include "labels/picture.hpp"

namespace roundtrip::labels {

struct ReadCode {
  std::string format;     // "QRCode", "Code128", "DataMatrix" ...
  std::string symbology;  // as scanners send it: "]C1"
  std::string text;       // UTF-8; FNC1 between elements as GS (0x1D)
  bool operator==(const ReadCode&) const = default;
};

inline constexpr int kReadLongSide = 4000;  // pixels of the long side that is read at most
inline constexpr std::size_t kMostCodes = 40;

// Every kind of code that we and carriers print, each once: upright, turned, skewed and small ones.
std::vector<ReadCode> codes_in(const Pixels& picture);

}  // namespace roundtrip::labels
