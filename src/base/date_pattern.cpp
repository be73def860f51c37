// Walks text and pattern together.
#include "base/date_pattern.hpp"

#include <string>

namespace roundtrip {
namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Takes the longest run of such characters from the front, at most so many; true when there was one.
bool take_run(std::string_view& text, bool (*kind)(char), std::size_t most = std::string_view::npos) {
  std::size_t count = 0;
  while (count < most && count < text.size() && kind(text[count])) ++count;
  text.remove_prefix(count);
  return count > 0;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// What a conversion stands for as several; empty: for itself.
std::string_view written_out(char conversion) {
  switch (conversion) {
    case 'T':
    case 'X':
      return "%H:%M:%S";
    case 'F':
      return "%Y-%m-%d";
    case 'R':
      return "%H:%M";
    case 'D':
    case 'x':
      return "%m/%d/%y";
    case 'r':
      return "%I:%M:%S %p";
    case 'c':
      return "%a %b %e %H:%M:%S %Y";
    default:
      return "";
  }
}
}  // namespace

bool fits_date_pattern(std::string_view text, std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_blank(pattern[i])) {
      take_run(text, is_blank);
      continue;
    }
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      if (!take_char(text, pattern[i])) return false;
      continue;
    }
    char what = pattern[++i];
    if ((what == 'E' || what == 'O') && i + 1 < pattern.size()) what = pattern[++i];
    if (const auto whole = written_out(what); !whole.empty())
      return fits_date_pattern(text, std::string(whole) + std::string(pattern.substr(i + 1)));
    if (what == 'z' || what == 'Z') return true;
    if (what == 'n' || what == 't' || what == 'e') take_run(text, is_blank);
    if (what == 'n' || what == 't') continue;
    const bool words = what == 'a' || what == 'A' || what == 'b' || what == 'B' || what == 'h' || what == 'p';
    const bool fits = what == '%' ? take_char(text, '%')
                      : words     ? take_run(text, is_letter)
                                  : take_run(text, is_digit,
                                         what == 'Y'   ? 4
                                             : what == 'j' ? 3
                                                           : 2);
    if (!fits) return false;
  }
  return true;
}

}  // namespace roundtrip
