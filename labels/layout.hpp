// Where everything goes: pure functions from a label to a drawing. Long texts shrink, then wrap, then end
// in an ellipsis; nothing overlaps and nothing leaves the page.
#pragma once
#include <vector>

#include "base/result.hpp"
#include "labels/address.hpp"
#include "labels/drawing.hpp"
#include "labels/label.hpp"

namespace roundtrip::labels {

inline constexpr std::size_t kMostReturnItems = 500;  // listed; the rest is counted
inline constexpr std::size_t kMostCards = 500;

// Errors: label_character_missing (422) names the first character that no font has;
// barcode_content_invalid (422).
//
// `dots_per_inch` is the printer's: bars are whole numbers of its dots. 203 suits paper and most label printers.
Result<Drawing> lay_out(const ReturnLabel& label, Paper paper, const Fonts& fonts, int dots_per_inch = 203);
Result<Drawing> lay_out(const ParcelLabel& label, const Fonts& fonts, int dots_per_inch = 203);  // 4x6 inches
Result<Drawing> lay_out(const CustomsForm& form, Paper paper, const Fonts& fonts);               // as many pages as it takes
Result<Drawing> lay_out(const std::vector<CommandCard>& cards, const Fonts& fonts);              // A4, ten to a page
Result<Drawing> lay_out(const HandoverList& list, const Fonts& fonts);                           // A4, as many pages as it takes

}  // namespace roundtrip::labels
