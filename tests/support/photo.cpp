// Turning by the nearest pixel, a box blur and a shadow that grows to the right.
#include "support/photo.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "labels/barcode.hpp"
#include "labels/picture.hpp"

namespace roundtrip::test {
namespace {
constexpr int kTableGray = 190, kQuality = 70;

int at(const labels::Pixels& picture, int x, int y, int channel) {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return kTableGray;
  return picture.rgb[(static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)) * 3 +
                     static_cast<std::size_t>(channel)];
}

labels::Pixels turned(const labels::Pixels& from, const Shot& shot) {
  const double angle = shot.degrees * std::acos(-1.0) / 180, c = std::cos(angle), s = std::sin(angle);
  const int width = static_cast<int>((std::abs(from.width * c) + std::abs(from.height * s)) * shot.scale) + 80;
  const int height = static_cast<int>((std::abs(from.width * s) + std::abs(from.height * c)) * shot.scale) + 80;
  labels::Pixels out{width, height, {}};
  out.rgb.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double right = (x - width / 2.0) / shot.scale, down = (y - height / 2.0) / shot.scale;
      const int from_x = static_cast<int>(std::lround(right * c + down * s + from.width / 2.0));
      const int from_y = static_cast<int>(std::lround(-right * s + down * c + from.height / 2.0));
      for (int channel = 0; channel < 3; ++channel)
        out.rgb.push_back(static_cast<std::uint8_t>(at(from, from_x, from_y, channel) * (1.0 - 0.3 * x / width)));
    }
  }
  return out;
}

labels::Pixels blurred(const labels::Pixels& from, int by) {
  labels::Pixels out = from;
  for (int y = by; y < from.height - by; ++y) {
    for (int x = by; x < from.width - by; ++x) {
      for (int channel = 0; channel < 3; ++channel) {
        int sum = 0;
        for (int dy = -by; dy <= by; ++dy) {
          for (int dx = -by; dx <= by; ++dx) sum += at(from, x + dx, y + dy, channel);
        }
        out.rgb[(static_cast<std::size_t>(y) * static_cast<std::size_t>(from.width) + static_cast<std::size_t>(x)) * 3 +
                static_cast<std::size_t>(channel)] = static_cast<std::uint8_t>(sum / ((2 * by + 1) * (2 * by + 1)));
      }
    }
  }
  return out;
}
}  // namespace

std::string photographed(const std::string& picture, const Shot& shot) {
  const auto pixels = labels::decoded_picture(picture, 4000);
  if (!pixels) throw std::runtime_error("no picture: " + pixels.error().message);
  return labels::jpeg(blurred(turned(*pixels, shot), shot.blur), kQuality);
}

std::string photo_of_code128(const std::string& text, const Shot& shot) {
  constexpr int kModule = 3, kBar = 120, kMargin = 60;
  const auto code = labels::code128(text);
  if (!code) throw std::runtime_error(code.error().message);
  const int width = code->width * kModule + 2 * kMargin, height = kBar + 2 * kMargin;
  labels::Pixels paper{width, height,
                       std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 250)};
  for (int y = kMargin; y < kMargin + kBar; ++y) {
    for (int x = 0; x < code->width * kModule; ++x) {
      if (!code->at(x / kModule, 0)) continue;
      const auto first = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x + kMargin)) * 3;
      std::fill_n(paper.rgb.begin() + static_cast<std::ptrdiff_t>(first), 3, std::uint8_t{20});
    }
  }
  return photographed(labels::jpeg(paper, 95), shot);
}

std::string photo_of_a_wall() {
  labels::Pixels wall{400, 300, std::vector<std::uint8_t>(400 * 300 * 3)};
  for (std::size_t i = 0; i < wall.rgb.size(); ++i) wall.rgb[i] = static_cast<std::uint8_t>(150 + i / 3 % 400 / 8);
  return labels::jpeg(wall, kQuality);
}

}  // namespace roundtrip::test
