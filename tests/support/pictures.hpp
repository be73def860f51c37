// Pictures made for tests: patterns whose corners tell how they lie, with and without metadata, and bombs.
#pragma once
#include <string>
#include <vector>

#include "labels/picture.hpp"

namespace roundtrip::test {

// Left upper corner red, right upper green, left lower blue, the rest white.
inline labels::Pixels corners(int width, int height) {
  labels::Pixels out{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 255)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      auto* at = &out.rgb[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 3];
      const bool left = x < width / 4, right = x >= width - width / 4, top = y < height / 4, bottom = y >= height - height / 4;
      if (left && top) at[1] = at[2] = 0;
      if (right && top) at[0] = at[2] = 0;
      if (left && bottom) at[0] = at[1] = 0;
    }
  }
  return out;
}

// The JPEG with an EXIF block: an orientation, and a text where GPS would lie.
inline std::string with_exif(const std::string& jpeg, int orientation) {
  std::string tiff("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19);
  tiff.push_back(static_cast<char>(orientation));
  tiff.append(std::string("\0\0\0\0\0\0", 6));
  tiff += "GPS 38.7223N 9.1393W";
  const std::string block = std::string("Exif\0\0", 6) + tiff;
  const auto size = static_cast<unsigned>(block.size() + 2);
  return jpeg.substr(0, 2) + "\xFF\xE1" + static_cast<char>(size >> 8) + static_cast<char>(size & 0xFF) + block + jpeg.substr(2);
}

// r, g, b or w: the color near a corner (fx, fy in 0..1).
inline char color_at(const labels::Pixels& picture, double fx, double fy) {
  const auto x = static_cast<std::size_t>(fx * (picture.width - 1)), y = static_cast<std::size_t>(fy * (picture.height - 1));
  const auto* at = &picture.rgb[(y * static_cast<std::size_t>(picture.width) + x) * 3];
  if (at[0] > 200 && at[1] > 200) return 'w';
  return at[0] > 200 ? 'r' : at[1] > 200 ? 'g' : 'b';
}

// Left upper, right upper, left lower, right lower.
inline std::string corners_of(const labels::Pixels& picture) {
  return {color_at(picture, 0.05, 0.05), color_at(picture, 0.95, 0.05), color_at(picture, 0.05, 0.95), color_at(picture, 0.95, 0.95)};
}

// A PNG whose header says it has this size; its data are a few bytes.
std::string hollow_png(unsigned width, unsigned height);

}  // namespace roundtrip::test
