// What the decoders of pictures share.
#pragma once
#include <stdexcept>
#include <string_view>

#include "labels/picture.hpp"

namespace roundtrip::labels {

struct BrokenPicture : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct TooManyPixels : std::runtime_error {
  TooManyPixels() : std::runtime_error("too many pixels") {}
};

// Called with what a header says, before anything is allocated. Throws TooManyPixels, or BrokenPicture for an empty one.
void refuse_too_many_pixels(std::int64_t width, std::int64_t height);

// Tag 0x0112 of a TIFF block, 1 to 8; 1 when there is none or it makes no sense.
int exif_orientation(std::string_view tiff);
// The picture as it was meant to be seen under an EXIF orientation.
Pixels turned(Pixels picture, int orientation);

// Throw BrokenPicture and TooManyPixels.
Pixels decoded_jpeg(std::string_view bytes, int longest);
Pixels decoded_png(std::string_view bytes);
Pixels decoded_webp(std::string_view bytes);

}  // namespace roundtrip::labels
