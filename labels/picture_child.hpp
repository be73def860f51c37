// A child process for the bytes of strangers: decoders run there under limits of memory, time and files, never in the service.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "labels/picture_reader.hpp"

namespace roundtrip::labels {

inline constexpr std::size_t kMostPictureBytes = 12 << 20;
inline constexpr int kPictureLongSide = 2000;  // of what is kept, in pixels

// The word on the command line that makes the program such a child.
inline constexpr std::string_view kPictureCommand = "read-picture";

// Which program is started; this one (/proc/self/exe) unless a test says another. Call before the first use.
void set_picture_program(const std::string& path);

// A picture as a JPEG upright, at most kPictureLongSide on its long side, without metadata.
// Errors: photo_too_large, photo_format_unknown, photo_too_many_pixels, photo_unreadable; photos_busy (503).
Result<std::string> picture_as_jpeg(std::string_view bytes);

// Every barcode in a picture, each once. Errors as above.
Result<std::vector<ReadCode>> codes_in_picture(std::string_view bytes);

// What the child does, after the limits are set: reads standard input, writes standard output, gives the exit code.
int run_picture_child(std::string_view task);

}  // namespace roundtrip::labels
