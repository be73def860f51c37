// A drawing as PDF.
#pragma once
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "labels/drawing.hpp"

namespace roundtrip::labels {

// Throws std::runtime_error for a fault of the PDF library (a bug). `now` goes into the file's dates.
std::string pdf(const Drawing& drawing, const Fonts& fonts, Instant now);

// A page of 4 x 6 inches (6 x 4 for a wide one) with the picture of a label as large as it fits: some carriers draw no PDF. Nothing when
// it is no PNG that can be read.
std::optional<std::string> pdf_of_picture(const std::string& png);

}  // namespace roundtrip::labels
