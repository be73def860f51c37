// A drawing as PDF.
#pragma once
#include <string>

#include "base/clock.hpp"
#include "labels/drawing.hpp"

namespace roundtrip::labels {

// Throws std::runtime_error for a fault of the PDF library (a bug). `now` goes into the file's dates.
std::string pdf(const Drawing& drawing, const Fonts& fonts, Instant now);

}  // namespace roundtrip::labels
