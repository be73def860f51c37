// Bitmaps and barcodes as PNG.
#pragma once
#include <string>

#include "labels/barcode.hpp"
#include "labels/raster.hpp"

namespace roundtrip::labels {

// 1-bit grayscale.
std::string png(const Bitmap& bitmap);
// A barcode alone with its quiet zone, `module_px` pixels a module; Code 128 is `height_px` high.
std::string png(const Barcode& code, int module_px, int height_px = 120);

}  // namespace roundtrip::labels
