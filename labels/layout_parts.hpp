// What layouts share: sizes of paper, styles, a column of texts.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "labels/sheet.hpp"

namespace roundtrip::labels {

inline constexpr double kA4Width = 595.28, kA4Height = 841.89;
inline constexpr double kLabelWidth = 288, kLabelHeight = 432;  // 4x6 inches
inline constexpr double kMargin = 10;
inline constexpr double kThick = 1.6, kThin = 0.6;
inline constexpr double kWhite = 1, kBlack = 0, kQuietGray = 0.35;

inline const TextStyle kCaption{Weight::bold, 6.5, 5, 1, Align::left, kBlack};

inline std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string out;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

// Puts one text after the other into a box, from top to bottom.
class Column {
 public:
  Column(Sheet& sheet, Box box) : sheet_(sheet), left_(box) {}
  void add(const std::string& text, const TextStyle& style, double gap = 0) {
    if (text.empty() || left_.height <= gap) return;
    skip(sheet_.text(left_, text, style) + gap);
  }
  void skip(double height) {
    left_.y += height;
    left_.height = std::max(0.0, left_.height - height);
  }
  double y() const { return left_.y; }
  double height() const { return left_.height; }

 private:
  Sheet& sheet_;
  Box left_;
};

inline std::string weight_text(int grams) { return grams == 0 ? "" : fmt::format("{}.{:02} kg", grams / 1000, grams % 1000 / 10); }

}  // namespace roundtrip::labels
