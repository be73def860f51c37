// A picture that a stranger sent: decoded, turned upright, made small, written anew without what was hidden in it.
//
// Hostile bytes run through decoders here: the program calls these functions in a child process only (picture_child.hpp).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roundtrip::labels {

// Rows from the top, three bytes (RGB) a pixel.
struct Pixels {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
};

inline constexpr std::int64_t kMostPixels = 50'000'000;  // a telephone's 48 megapixels, and no bomb of a hundred thousand rows

enum class PictureFormat { jpeg, png, webp };
// By its first bytes alone. Error photo_format_unknown: what it seems to be (HEIC, GIF, PDF ...) and what to send instead.
Result<PictureFormat> picture_format(std::string_view bytes);

// Upright by its EXIF orientation. A JPEG may come out smaller than it is, but its long side not below `longest`.
// Errors: photo_format_unknown, photo_too_many_pixels, photo_unreadable.
Result<Pixels> decoded_picture(std::string_view bytes, int longest);
// With its long side at most `longest`; never larger.
Pixels shrunk(const Pixels& picture, int longest);
// A baseline JPEG without any metadata.
std::string jpeg(const Pixels& picture, int quality);

}  // namespace roundtrip::labels
