// What the label tests look at: pages rendered by poppler, barcodes read by two readers, text by FreeType.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "labels/drawing.hpp"
#include "labels/label.hpp"
#include "labels/layout.hpp"
#include "labels/raster.hpp"

namespace roundtrip::labels::test {

// 8-bit gray, 0 black.
struct Gray {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
  std::uint8_t at(int x, int y) const {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

// A folder that goes away with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

struct Ran {
  int status = -1;
  std::string output;  // standard output alone
};
Ran run(const std::string& command);

void write_file(const std::string& path, const std::string& bytes);
std::string read_file(const std::string& path);

// Pages of a PDF as poppler draws them.
std::vector<Gray> render(const std::string& pdf, int dots_per_inch);
std::string text_of(const std::string& pdf);
// What qpdf --check says against the file; empty: nothing.
std::string faults_of(const std::string& pdf);

// Symbology and content of what a reader finds. ZXing runs in a child process: its asserts abort.
using Found = std::vector<std::pair<std::string, std::string>>;
Found read_with_zxing(const Gray& image);
Found read_with_zbar(const Gray& image);
bool holds(const Found& found, const std::string& symbology, const std::string& content);

Gray to_gray(const Bitmap& bitmap);

ReturnLabel sample_return();
ParcelLabel sample_parcel();

}  // namespace roundtrip::labels::test
