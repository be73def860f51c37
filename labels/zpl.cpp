// Labels as ZPL II.
#include "labels/zpl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "labels/raster.hpp"
#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {

// The printer's grid.
struct Dots {
  int per_inch = 203;
  int operator()(double points) const { return static_cast<int>(std::lround(points * per_inch / 72)); }
};

bool is_printers_own(std::string_view text) {
  const auto stretches = directed(text);
  return std::all_of(stretches.begin(), stretches.end(), [](const Directed& stretch) {
    return std::all_of(stretch.text.begin(), stretch.text.end(), [](char32_t c) { return c < 0x180; });
  });
}

// Rows of a bitmap as hexadecimal; a row equal to the one before is ":", an empty one ",".
std::string graphic(const Bitmap& bitmap, int x, int y) {
  const int bytes = (bitmap.width + 7) / 8;
  std::string data, before;
  for (int row = 0; row < bitmap.height; ++row) {
    std::string line;
    for (int column = 0; column < bytes; ++column) {
      unsigned value = 0;
      for (int bit = 0; bit < 8; ++bit) {
        const int at = column * 8 + bit;
        value = value << 1 | (at < bitmap.width ? bitmap.at(at, row) : 0u);
      }
      line += fmt::format("{:02X}", value);
    }
    if (line.find_first_not_of('0') == std::string::npos)
      data += ",";
    else
      data += line == before ? ":" : line;
    before = line;
  }
  return fmt::format("^FO{},{}^GFA,{},{},{},{}^FS\n", x, y, bytes * bitmap.height, bytes * bitmap.height, bytes, data);
}

std::string bars(const PlacedBarcode& placed, const Fonts& fonts, const Dots& dots) {
  // Bars on a page of their own, so that the dots are counted from the first bar.
  PlacedBarcode alone = placed;
  alone.box.x = alone.box.y = 0;
  const Page page{placed.box.width, placed.box.height, {}, {}, {alone}};
  return graphic(rasterize(page, fonts, dots.per_inch), dots(placed.box.x), dots(placed.box.y));
}

std::string area(const PlacedArea& placed, const Dots& dots) {
  const int width = std::max(1, dots(placed.box.width)), height = std::max(1, dots(placed.box.height));
  const int thickness = placed.outline > 0 ? std::max(1, dots(placed.outline)) : std::min(width, height);
  if (placed.outline <= 0 && placed.gray >= 0.5) return "";
  return fmt::format("^FO{},{}^GB{},{},{}^FS\n", dots(placed.box.x), dots(placed.box.y), width, height, thickness);
}

std::string text_as_dots(const PlacedText& placed, const Fonts& fonts, const Dots& dots) {
  PlacedText alone = placed;
  alone.box.x = alone.box.y = 0;
  alone.baseline = placed.baseline - placed.box.y;
  alone.gray = 0;
  const Page page{placed.box.width + 2, placed.box.height, {}, {alone}, {}};
  const std::string reversed = placed.gray >= 0.5 ? "^FR" : "";
  std::string field = graphic(rasterize(page, fonts, dots.per_inch), dots(placed.box.x), dots(placed.box.y));
  return field.insert(field.find("^GFA"), reversed);
}

// ^FT: from the baseline. ^FR prints reversed: white where a black band lies below.
std::string text_as_field(const PlacedText& placed, const Dots& dots) {
  return fmt::format("^FT{},{}^A0N,{},{}{}^FH^FD{}^FS\n", dots(placed.box.x), dots(placed.baseline), dots(placed.size), dots(placed.size),
                     placed.gray >= 0.5 ? "^FR" : "", zpl_escaped(placed.text));
}

}  // namespace

std::string zpl_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '^' || c == '~' || c == '\\' || c == '_' || byte < 0x20 || byte == 0x7F)
      out += fmt::format("_{:02X}", byte);
    else
      out += c;
  }
  return out;
}

std::string zpl(const Drawing& drawing, const Fonts& fonts) {
  const Dots dots{drawing.dots_per_inch};
  std::string out;
  for (const Page& page : drawing.pages) {
    out += fmt::format("^XA^CI28^PW{}^LL{}^LH0,0\n", dots(page.width), dots(page.height));
    for (const PlacedArea& placed : page.areas) out += area(placed, dots);
    for (const PlacedBarcode& placed : page.barcodes) out += bars(placed, fonts, dots);
    for (const PlacedText& placed : page.texts) {
      out += is_printers_own(placed.text) ? text_as_field(placed, dots) : text_as_dots(placed, fonts, dots);
    }
    out += "^XZ\n";
  }
  return out;
}

}  // namespace roundtrip::labels
