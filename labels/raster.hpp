// A drawing, or one text of it, as black and white dots: what a thermal printer and a screen show.
#pragma once
#include <cstdint>
#include <vector>

#include "labels/drawing.hpp"

namespace roundtrip::labels {

struct Bitmap {
  int width = 0, height = 0;
  std::vector<std::uint8_t> dark;  // 0 or 1, row by row
  std::uint8_t& at(int x, int y) {
    return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
  std::uint8_t at(int x, int y) const {
    return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

// A page at so many dots per inch; a dot is dark when its center is. Gray below one half counts as black.
Bitmap rasterize(const Page& page, const Fonts& fonts, double dots_per_inch);

}  // namespace roundtrip::labels
