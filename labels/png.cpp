// PNG through libpng.
#include "labels/png.hpp"

#include <png.h>

#include <stdexcept>

namespace roundtrip::labels {
namespace {

void append(png_structp writer, png_bytep bytes, png_size_t size) {
  static_cast<std::string*>(png_get_io_ptr(writer))->append(reinterpret_cast<const char*>(bytes), size);
}
void no_flush(png_structp) {}
[[noreturn]] void fail(png_structp, png_const_charp message) { throw std::runtime_error(std::string("PNG: ") + message); }

struct Writer {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, nullptr);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  ~Writer() { png_destroy_write_struct(&png, &info); }
};

}  // namespace

std::string png(const Bitmap& bitmap) {
  std::string out;
  const Writer writer;
  if (!writer.info) throw std::runtime_error("PNG: no memory");
  png_set_write_fn(writer.png, &out, append, no_flush);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(bitmap.width), static_cast<png_uint_32>(bitmap.height), 1,
               PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writer.png, writer.info);
  std::vector<png_byte> row;
  for (int y = 0; y < bitmap.height; ++y) {
    row.assign(static_cast<std::size_t>(bitmap.width + 7) / 8, 0xFF);
    for (int x = 0; x < bitmap.width; ++x) {
      if (bitmap.at(x, y)) row[static_cast<std::size_t>(x / 8)] &= static_cast<png_byte>(~(0x80 >> (x % 8)));
    }
    png_write_row(writer.png, row.data());
  }
  png_write_end(writer.png, nullptr);
  return out;
}

std::string png(const Barcode& code, int module_px, int height_px) {
  const int quiet = code.quiet_modules() * module_px;
  const int module_height = code.is_linear() ? height_px : module_px;
  Bitmap bitmap{code.width * module_px + 2 * quiet, code.height * module_height + 2 * quiet, {}};
  bitmap.dark.assign(static_cast<std::size_t>(bitmap.width) * static_cast<std::size_t>(bitmap.height), 0);
  for (int y = quiet; y < bitmap.height - quiet; ++y) {
    for (int x = quiet; x < bitmap.width - quiet; ++x) bitmap.at(x, y) = code.at((x - quiet) / module_px, (y - quiet) / module_height);
  }
  return png(bitmap);
}

}  // namespace roundtrip::labels
