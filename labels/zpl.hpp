// A drawing in the language of label printers (ZPL II).
#pragma once
#include <string>

#include "labels/drawing.hpp"

namespace roundtrip::labels {

// One ^XA..^XZ a page. Barcodes and areas are the drawing's own dots. Texts in Latin script use the printer's
// scalable font (^CI28: UTF-8); other scripts, which printers often lack, go as dots too.
std::string zpl(const Drawing& drawing, const Fonts& fonts);

// A field's text: the characters that would end the field or start a command become hexadecimal (^FH).
std::string zpl_escaped(const std::string& text);

}  // namespace roundtrip::labels
