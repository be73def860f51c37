// A drawn page before any format: texts, rectangles, rules and barcodes at places in points (1/72 inch).
#pragma once
#include <string>
#include <vector>

#include "labels/barcode.hpp"
#include "labels/fonts.hpp"

namespace roundtrip::labels {

// x to the right, y downward, from the page's upper left corner.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

struct PlacedText {
  Box box;              // one line; the ink stays inside
  double baseline = 0;  // y of the baseline
  double size = 0;
  Weight weight = Weight::regular;
  double gray = 0;  // 0 black, 1 white
  std::string text;
};

struct PlacedArea {
  Box box;
  double gray = 0;
  double outline = 0;  // line width; 0: filled
  bool dashed = false;
};

struct PlacedBarcode {
  Box box;  // the bars alone; `quiet` of white lies around it
  double quiet = 0;
  double module = 0;  // width of one module, a multiple of the printer's dot
  Barcode code;
};

struct Page {
  double width = 0, height = 0;
  std::vector<PlacedArea> areas;  // drawn first
  std::vector<PlacedText> texts;
  std::vector<PlacedBarcode> barcodes;
};

struct Drawing {
  std::string title;
  std::vector<Page> pages;
  int dots_per_inch = 203;  // of the printer that its bars fit
};

// Most label printers have so many dots per inch; one of them in points.
inline constexpr int kPrinterDots = 203;
inline constexpr double kDot = 72.0 / kPrinterDots;

}  // namespace roundtrip::labels
