// PNG and WebP in, EXIF orientation, turning and shrinking.
#include <png.h>
#include <webp/decode.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "labels/picture_parts.hpp"

namespace roundtrip::labels {
namespace {

// Numbers in a TIFF block, in its own order of bytes; nothing outside of it.
struct Tiff {
  std::string_view bytes;
  bool big = false;
  std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
    if (at > bytes.size() || size > bytes.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[at + (big ? i : size - 1 - i)]);
      value = value << 8 | byte;
    }
    return value;
  }
};

std::uint32_t big_endian(std::string_view bytes) { return Tiff{bytes, true}.number(0, 4).value_or(0); }
std::uint32_t little_endian(std::string_view bytes) { return Tiff{bytes, false}.number(0, 4).value_or(0); }

// The bytes of a PNG's eXIf chunk.
std::string_view exif_of_png(std::string_view bytes) {
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const std::size_t size = big_endian(bytes.substr(at));
    if (size > bytes.size() - at - 12) return {};
    if (bytes.substr(at + 4, 4) == "eXIf") return bytes.substr(at + 8, size);
    at += size + 12;
  }
  return {};
}

// The bytes of a WebP's EXIF chunk.
std::string_view exif_of_webp(std::string_view bytes) {
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const std::size_t size = little_endian(bytes.substr(at + 4));
    if (size > bytes.size() - at - 8) return {};
    std::string_view data = bytes.substr(at + 8, size);
    if (bytes.substr(at, 4) == "EXIF") {
      if (data.starts_with(std::string_view("Exif\0\0", 6))) data.remove_prefix(6);
      return data;
    }
    at += 8 + size + size % 2;
  }
  return {};
}

// Averages over the source pixels that one pixel of the result covers.
void shrink_row(const Pixels& from, Pixels& to, int y) {
  const auto width = static_cast<std::size_t>(from.width);
  const int top = static_cast<int>(static_cast<std::int64_t>(y) * from.height / to.height);
  const int bottom = std::max(top + 1, static_cast<int>(static_cast<std::int64_t>(y + 1) * from.height / to.height));
  for (int x = 0; x < to.width; ++x) {
    const int left = static_cast<int>(static_cast<std::int64_t>(x) * from.width / to.width);
    const int right = std::max(left + 1, static_cast<int>(static_cast<std::int64_t>(x + 1) * from.width / to.width));
    std::int64_t sum[3] = {0, 0, 0};
    for (int v = top; v < bottom; ++v) {
      const std::uint8_t* at = from.rgb.data() + (static_cast<std::size_t>(v) * width + static_cast<std::size_t>(left)) * 3;
      for (int u = left; u < right; ++u, at += 3) {
        for (int i = 0; i < 3; ++i) sum[i] += at[i];
      }
    }
    const std::int64_t count = static_cast<std::int64_t>(bottom - top) * (right - left);
    std::uint8_t* into =
        to.rgb.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(to.width) + static_cast<std::size_t>(x)) * 3;
    for (int i = 0; i < 3; ++i) into[i] = static_cast<std::uint8_t>((sum[i] + count / 2) / count);
  }
}

// Where the pixel (x, y) of the upright picture lies in the stored one of this size.
std::pair<int, int> source_of(int x, int y, int width, int height, int orientation) {
  switch (orientation) {
    case 2:
      return {width - 1 - x, y};
    case 3:
      return {width - 1 - x, height - 1 - y};
    case 4:
      return {x, height - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {y, height - 1 - x};
    case 7:
      return {width - 1 - y, height - 1 - x};
    case 8:
      return {width - 1 - y, x};
    default:
      return {x, y};
  }
}

}  // namespace

void refuse_too_many_pixels(std::int64_t width, std::int64_t height) {
  if (width <= 0 || height <= 0) throw BrokenPicture("an empty picture");
  if (width > kMostPixels || height > kMostPixels || width * height > kMostPixels) throw TooManyPixels();
}

int exif_orientation(std::string_view tiff) {
  const Tiff in{tiff, tiff.starts_with("MM")};
  if (!in.big && !tiff.starts_with("II")) return 1;
  const auto directory = in.number(4, 4);
  const auto count = directory ? in.number(*directory, 2) : std::nullopt;
  for (std::uint32_t i = 0; count && i < *count; ++i) {
    const std::size_t at = std::size_t{*directory} + 2 + std::size_t{i} * 12;
    const auto tag = in.number(at, 2);
    if (!tag) return 1;
    if (*tag != 0x0112) continue;
    const auto value = in.number(at + 8, 2).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

Pixels turned(Pixels picture, int orientation) {
  if (orientation <= 1) return picture;
  const bool lying = orientation >= 5;
  Pixels out{lying ? picture.height : picture.width, lying ? picture.width : picture.height, {}};
  out.rgb.resize(picture.rgb.size());
  std::uint8_t* into = out.rgb.data();
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x, into += 3) {
      const auto [u, v] = source_of(x, y, picture.width, picture.height, orientation);
      const std::size_t at = (static_cast<std::size_t>(v) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(u)) * 3;
      std::copy_n(picture.rgb.data() + at, 3, into);
    }
  }
  return out;
}

Pixels shrunk(const Pixels& picture, int longest) {
  const int side = std::max(picture.width, picture.height);
  if (side <= longest) return picture;
  const auto scaled = [&](int length) { return std::max(1, static_cast<int>(static_cast<std::int64_t>(length) * longest / side)); };
  Pixels out{scaled(picture.width), scaled(picture.height), {}};
  out.rgb.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
  for (int y = 0; y < out.height; ++y) shrink_row(picture, out, y);
  return out;
}

// What is transparent becomes white.
Pixels decoded_png(std::string_view bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) throw BrokenPicture(image.message);
  const std::unique_ptr<png_image, void (*)(png_image*)> freed(&image, png_image_free);
  refuse_too_many_pixels(image.width, image.height);
  image.format = PNG_FORMAT_RGB;
  Pixels out{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  out.rgb.resize(PNG_IMAGE_SIZE(image));
  const png_color white{255, 255, 255};
  if (png_image_finish_read(&image, &white, out.rgb.data(), 0, nullptr) == 0) throw BrokenPicture(image.message);
  return turned(std::move(out), exif_orientation(exif_of_png(bytes)));
}

Pixels decoded_webp(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(data, bytes.size(), &features) != VP8_STATUS_OK || features.has_animation != 0) throw BrokenPicture("no still WebP");
  refuse_too_many_pixels(features.width, features.height);
  int width = 0, height = 0;
  const std::unique_ptr<std::uint8_t, void (*)(void*)> rgba(WebPDecodeRGBA(data, bytes.size(), &width, &height), WebPFree);
  if (!rgba) throw BrokenPicture("the WebP is damaged");
  Pixels out{width, height, {}};
  out.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  const std::uint8_t* from = rgba.get();
  for (std::size_t at = 0; at < out.rgb.size(); from += 4) {
    for (int i = 0; i < 3; ++i) out.rgb[at++] = static_cast<std::uint8_t>((from[i] * from[3] + 255 * (255 - from[3])) / 255);
  }
  return turned(std::move(out), exif_orientation(exif_of_webp(bytes)));
}

}  // namespace roundtrip::labels
