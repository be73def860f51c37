// ZXing's reader on several sizes and slants of a picture.
//
// Linear codes are found only when their bars stand roughly upright, so the picture is also slanted for them; they are read without the
// reader's own shrinking, which aborts on some pictures (upstream issues 516 and 740), 2D codes in a call of their own with it.
#include "labels/picture_reader.hpp"

#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace roundtrip::labels {
namespace {

struct GrayPicture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> light;
};

GrayPicture gray_of(const Pixels& picture) {
  GrayPicture out{picture.width, picture.height, {}};
  out.light.reserve(picture.rgb.size() / 3);
  for (std::size_t at = 0; at + 2 < picture.rgb.size(); at += 3) {
    out.light.push_back(static_cast<std::uint8_t>((picture.rgb[at] * 77 + picture.rgb[at + 1] * 151 + picture.rgb[at + 2] * 28) >> 8));
  }
  return out;
}

// Turned about its middle on white, between its pixels.
GrayPicture slanted(const GrayPicture& from, double degrees) {
  const double angle = degrees * std::acos(-1.0) / 180, cosine = std::cos(angle), sine = std::sin(angle);
  const double reach_x = std::abs(from.width * cosine) + std::abs(from.height * sine);
  const double reach_y = std::abs(from.width * sine) + std::abs(from.height * cosine);
  GrayPicture out{static_cast<int>(std::ceil(reach_x)), static_cast<int>(std::ceil(reach_y)), {}};
  out.light.assign(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height), 255);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const double right = x - out.width / 2.0, down = y - out.height / 2.0;
      const double u = right * cosine + down * sine + from.width / 2.0, v = -right * sine + down * cosine + from.height / 2.0;
      const int left = static_cast<int>(std::floor(u)), top = static_cast<int>(std::floor(v));
      if (left < 0 || top < 0 || left + 1 >= from.width || top + 1 >= from.height) continue;
      const double fx = u - left, fy = v - top;
      const auto* at =
          from.light.data() + static_cast<std::size_t>(top) * static_cast<std::size_t>(from.width) + static_cast<std::size_t>(left);
      const double above = at[0] * (1 - fx) + at[1] * fx, below = at[from.width] * (1 - fx) + at[from.width + 1] * fx;
      out.light[static_cast<std::size_t>(y) * static_cast<std::size_t>(out.width) + static_cast<std::size_t>(x)] =
          static_cast<std::uint8_t>(above * (1 - fy) + below * fy);
    }
  }
  return out;
}

void read_into(std::vector<ReadCode>& found, const GrayPicture& picture, const ZXing::DecodeHints& hints) {
  const ZXing::ImageView view(picture.light.data(), picture.width, picture.height, ZXing::ImageFormat::Lum);
  for (const auto& result : ZXing::ReadBarcodes(view, hints)) {
    if (!result.isValid() || found.size() >= kMostCodes) continue;
    // Any stripes are a short ITF; carriers' have more digits.
    if (result.format() == ZXing::BarcodeFormat::ITF && result.text().size() < 10) continue;
    ReadCode code{ZXing::ToString(result.format()), result.symbologyIdentifier(), result.text()};
    if (std::find(found.begin(), found.end(), code) == found.end()) found.push_back(std::move(code));
  }
}

ZXing::DecodeHints linear_hints() {
  using enum ZXing::BarcodeFormat;
  ZXing::DecodeHints hints;
  hints.setFormats(Code128 | Code39 | Codabar | EAN13 | EAN8 | UPCA | UPCE | ITF | DataBar | DataBarExpanded).setTryDownscale(false);
  return hints;
}

ZXing::DecodeHints matrix_hints() {
  using enum ZXing::BarcodeFormat;
  ZXing::DecodeHints hints;
  hints.setFormats(QRCode | DataMatrix | PDF417 | Aztec | MaxiCode);
  return hints;
}

}  // namespace

std::vector<ReadCode> codes_in(const Pixels& picture) {
  constexpr std::array<int, 2> kSides = {1600, kReadLongSide};
  constexpr std::array<double, 6> kSlants = {15, -15, 30, -30, 45, -45};
  std::vector<ReadCode> found;
  for (const int side : kSides) {
    if (side != kSides.front() && std::max(picture.width, picture.height) <= kSides.front()) break;
    const GrayPicture gray = gray_of(shrunk(picture, side));
    read_into(found, gray, matrix_hints());
    const std::size_t before = found.size();
    read_into(found, gray, linear_hints());
    for (std::size_t i = 0; i < kSlants.size() && found.size() == before; ++i) read_into(found, slanted(gray, kSlants[i]), linear_hints());
    if (!found.empty()) break;
  }
  return found;
}

}  // namespace roundtrip::labels
