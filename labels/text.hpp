// From text as people write it to code points as they stand on paper: normalized, shaped, in visual order.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::labels {

// The code points of one line in the order they are drawn, left to right: NFC, Arabic letters joined,
// right-to-left runs reversed, controls and zero-width characters gone, tabs and newlines as blanks.
// Bytes that are not UTF-8 become U+FFFD, which no font of ours draws.
std::u32string visual_order(std::string_view utf8);

// The text cut where a line may end (UAX #14); the pieces joined are the text again.
std::vector<std::string> breakable_pieces(std::string_view utf8);

// The text cut between user-perceived characters, never inside one.
std::vector<std::string> characters_of(std::string_view utf8);

// Without emoji and other pictographs, which carry no meaning on a label and which no font of ours has.
std::string without_pictographs(std::string_view utf8);

// The country's name in English capitals, as posts want it ("PORTUGAL"); the code itself when it is none.
std::string country_name(const std::string& iso_code);

std::string utf8_of(char32_t code_point);
// "U+0E01"
std::string name_of(char32_t code_point);

}  // namespace roundtrip::labels
