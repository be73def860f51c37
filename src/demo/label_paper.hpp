// What the demo carrier prints: labels, codes for a counter, lists of what was handed over. Real documents, drawn as our own are.
#pragma once
#include <string>
#include <vector>

#include "demo/world_book.hpp"

namespace roundtrip::demo {

// `title` is who carries it; `format` is pdf, png or zpl.
std::string label_paper(const SoldLabel& label, const std::string& title, const std::string& format);
// A QR code as PNG.
std::string code_paper(const std::string& content);
// A page with its number as a barcode and the tracking numbers, as PDF.
std::string manifest_paper(const std::string& title, const std::string& manifest, const std::vector<std::string>& numbers, Instant now);
// An invoice for customs, as PDF: the parties and what they declared.
std::string customs_paper(const SoldLabel& label);

}  // namespace roundtrip::demo
