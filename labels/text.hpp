// From text as people write it to stretches of one direction, to lines and to characters.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::labels {

// A stretch of one line that runs in one direction, its characters in the order they are read.
struct Directed {
  std::u32string text;
  bool right_to_left = false;
};
// The stretches of one line as they stand on paper from left to right (UAX #9): NFC, tabs and newlines as blanks, other controls and
// zero-width characters gone but the joiners, no override of direction, at most four marks on a letter. Bytes that are not UTF-8 become
// U+FFFD, which no font of ours draws.
std::vector<Directed> directed(std::string_view utf8);
// Does neither stand alone nor need a glyph of its own: a zero-width (non-)joiner.
inline bool is_joiner(char32_t c) { return c == 0x200C || c == 0x200D; }

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
