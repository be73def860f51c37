// Which kind of picture, and JPEG in and out through libjpeg.
#include "labels/picture.hpp"

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "labels/picture_parts.hpp"

namespace roundtrip::labels {
namespace {

[[noreturn]] void jpeg_fails(j_common_ptr info) {
  std::array<char, JMSG_LENGTH_MAX> text{};
  info->err->format_message(info, text.data());
  throw BrokenPicture(text.data());
}
// Half a picture is refused; stray bytes that some cameras write between the parts are not.
void jpeg_says(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE)) ++info->err->num_warnings;
}
void jpeg_is_quiet(j_common_ptr) {}

jpeg_error_mgr* errors_into(jpeg_error_mgr& errors) {
  jpeg_std_error(&errors);
  errors.error_exit = jpeg_fails;
  errors.emit_message = jpeg_says;
  errors.output_message = jpeg_is_quiet;
  return &errors;
}

struct JpegReader {
  jpeg_error_mgr errors{};
  jpeg_decompress_struct info{};
  JpegReader() {
    info.err = errors_into(errors);
    jpeg_create_decompress(&info);
  }
  ~JpegReader() { jpeg_destroy_decompress(&info); }
};

struct JpegWriter {
  jpeg_error_mgr errors{};
  jpeg_compress_struct info{};
  unsigned char* out = nullptr;
  unsigned long size = 0;
  JpegWriter() {
    info.err = errors_into(errors);
    jpeg_create_compress(&info);
  }
  ~JpegWriter() {
    jpeg_destroy_compress(&info);
    std::free(out);
  }
};

// Adobe's CMYK is inverted: 255 is no ink.
void cmyk_to_rgb(const std::uint8_t* from, std::uint8_t* to, int width, bool inverted) {
  for (int x = 0; x < width; ++x, from += 4, to += 3) {
    const int black = inverted ? from[3] : 255 - from[3];
    for (int i = 0; i < 3; ++i) to[i] = static_cast<std::uint8_t>((inverted ? from[i] : 255 - from[i]) * black / 255);
  }
}

int orientation_of(const jpeg_decompress_struct& info) {
  for (jpeg_saved_marker_ptr marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (data.starts_with(std::string_view("Exif\0\0", 6))) return exif_orientation(data.substr(6));
  }
  return 1;
}

void read_rows(jpeg_decompress_struct& info, Pixels& out) {
  const bool cmyk = info.out_color_space == JCS_CMYK;
  std::vector<std::uint8_t> row(static_cast<std::size_t>(info.output_width) * 4);
  while (info.output_scanline < info.output_height) {
    std::uint8_t* at = out.rgb.data() + static_cast<std::size_t>(info.output_scanline) * static_cast<std::size_t>(out.width) * 3;
    JSAMPROW into = cmyk ? row.data() : at;
    jpeg_read_scanlines(&info, &into, 1);
    if (cmyk) cmyk_to_rgb(row.data(), at, out.width, info.saw_Adobe_marker != 0);
  }
}

}  // namespace

Pixels decoded_jpeg(std::string_view bytes, int longest) {
  JpegReader reader;
  auto& info = reader.info;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
  jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&info, TRUE);
  refuse_too_many_pixels(info.image_width, info.image_height);
  const bool four = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = four ? JCS_CMYK : JCS_RGB;
  const unsigned long_side = std::max(info.image_width, info.image_height);
  while (info.scale_denom < 8 && long_side / (info.scale_denom * 2) >= static_cast<unsigned>(longest)) info.scale_denom *= 2;
  jpeg_start_decompress(&info);
  Pixels out{static_cast<int>(info.output_width), static_cast<int>(info.output_height), {}};
  out.rgb.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
  read_rows(info, out);
  const int orientation = orientation_of(info);  // its markers go with the end
  jpeg_finish_decompress(&info);
  if (reader.errors.num_warnings > 0) throw BrokenPicture("the JPEG is damaged");
  return turned(std::move(out), orientation);
}

std::string jpeg(const Pixels& picture, int quality) {
  JpegWriter writer;
  auto& info = writer.info;
  jpeg_mem_dest(&info, &writer.out, &writer.size);
  info.image_width = static_cast<JDIMENSION>(picture.width);
  info.image_height = static_cast<JDIMENSION>(picture.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    const std::size_t row = static_cast<std::size_t>(info.next_scanline) * static_cast<std::size_t>(picture.width) * 3;
    JSAMPROW from = const_cast<JSAMPROW>(picture.rgb.data() + row);  // libjpeg only reads it
    jpeg_write_scanlines(&info, &from, 1);
  }
  jpeg_finish_compress(&info);
  return std::string(reinterpret_cast<const char*>(writer.out), writer.size);
}

Result<PictureFormat> picture_format(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return PictureFormat::jpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return PictureFormat::png;
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") return PictureFormat::webp;
  const std::string instead = " Send a JPEG, PNG or WebP picture.";
  const auto refused = [&](const std::string& what) { return Error{ErrorKind::unsupported_media, "photo_format_unknown", what + instead}; };
  if (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp") {
    return refused(
        "HEIC and AVIF pictures cannot be read here. On an iPhone choose Settings, Camera, Formats, Most Compatible, or send a "
        "screenshot of the photo.");
  }
  if (bytes.starts_with("GIF8")) return refused("GIF pictures cannot be read here.");
  if (bytes.starts_with("%PDF")) return refused("This is a PDF, not a picture.");
  if (bytes.starts_with("<svg") || bytes.starts_with("<?xml")) return refused("Drawings (SVG) cannot be read here.");
  if (bytes.starts_with(std::string_view("II*\0", 4)) || bytes.starts_with(std::string_view("MM\0*", 4))) {
    return refused("TIFF and raw pictures cannot be read here.");
  }
  if (bytes.empty()) return refused("The picture is empty.");
  return refused("This is no picture that can be read here.");
}

Result<Pixels> decoded_picture(std::string_view bytes, int longest) {
  const auto format = picture_format(bytes);
  if (!format) return format.error();
  try {
    switch (*format) {
      case PictureFormat::jpeg:
        return decoded_jpeg(bytes, longest);
      case PictureFormat::png:
        return decoded_png(bytes);
      case PictureFormat::webp:
        return decoded_webp(bytes);
    }
  } catch (const TooManyPixels&) {
    return Error{ErrorKind::invalid, "photo_too_many_pixels", "The picture has more than 50 million pixels. Send a smaller one."};
  } catch (const BrokenPicture&) {
  }
  return Error{ErrorKind::invalid, "photo_unreadable", "The picture is damaged and cannot be read. Take it again, or send it another way."};
}

}  // namespace roundtrip::labels
