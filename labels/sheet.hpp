// Putting things on a page: fitted text, areas, barcodes. The first fault is kept, later calls do nothing.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "labels/drawing.hpp"

namespace roundtrip::labels {

enum class Align { left, center, right };

struct TextStyle {
  Weight weight = Weight::regular;
  double size = 9;
  double smallest = 5.5;  // shrinks down to this before it is cut
  int lines = 1;          // at most
  Align align = Align::left;
  double gray = 0;
};

// Height of one line of text.
double line_height(double size);

// Lines of at most `width` points, together at most `height`; `size` is what they were fitted to.
struct FittedText {
  std::vector<std::string> lines;
  double size = 0;
};
FittedText fit_text(const Fonts& fonts, const std::string& text, const TextStyle& style, double width, double height = 1e6);

class Sheet {
 public:
  Sheet(const Fonts& fonts, double width, double height, int dots_per_inch = 203);
  // Begins another page of the same size.
  void next_page();
  // Text from the box's top; what it took of the height. Never more than the box has: a text that is too
  // tall shrinks further, at last it loses lines.
  double text(const Box& box, const std::string& text, const TextStyle& style);
  void area(const Box& box, double gray);
  void frame(const Box& box, double line_width, bool dashed = false);
  // The largest module (a multiple of the printer's dot, at most `most_dots` of 1/203 inch) that fits the box with its
  // quiet zone; horizontally centered. Gives the box of the bars.
  Box barcode(const Box& box, const Result<Barcode>& code, int most_dots, Align align = Align::center);
  const Fonts& fonts() const { return fonts_; }
  const std::optional<Error>& fault() const { return fault_; }
  Result<Drawing> finish(std::string title) &&;

 private:
  Page& page() { return drawing_.pages.back(); }
  const Fonts& fonts_;
  double width_, height_;
  double dot_;  // of the printer, in points
  Drawing drawing_;
  std::optional<Error> fault_;
};

}  // namespace roundtrip::labels
