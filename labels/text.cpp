// Normalizing, ordering and breaking of text.
#include "labels/text.hpp"

#include <fmt/format.h>
#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/ubidi.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <memory>
#include <stdexcept>

namespace roundtrip::labels {
namespace {

using Utf16 = icu::UnicodeString;

void check(UErrorCode status) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
}

Utf16 from_utf8(std::string_view utf8) { return Utf16::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size()))); }

bool is_plain_ascii(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c == 0x7F) return false;
  }
  return true;
}

bool has_right_to_left(const Utf16& text) {
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const auto direction = u_charDirection(text.char32At(at));
    if (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC) return true;
  }
  return false;
}

// What takes no room on paper: joiners, marks of direction, soft hyphens, variation selectors.
bool is_invisible(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT); }

bool is_mark(UChar32 c) { return (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) != 0; }

// Controls as blanks, no explicit embedding or override (U+202A to U+202E), and no towers of marks.
Utf16 tidied(const Utf16& text) {
  constexpr int kMostMarks = 4;
  Utf16 out;
  int marks = 0;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    marks = is_mark(c) ? marks + 1 : 0;
    if (marks > kMostMarks || (c >= 0x202A && c <= 0x202E)) continue;
    out.append(!is_invisible(c) && (u_iscntrl(c) || u_isspace(c)) ? UChar32{' '} : c);
  }
  return out;
}

std::u32string drawn_characters(const Utf16& text) {
  std::u32string out;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const auto c = static_cast<char32_t>(text.char32At(at));
    if (!is_invisible(static_cast<UChar32>(c)) || is_joiner(c)) out += c;
  }
  return out;
}

icu::BreakIterator& breaker(bool by_line) {
  thread_local std::unique_ptr<icu::BreakIterator> line, character;
  auto& wanted = by_line ? line : character;
  if (!wanted) {
    UErrorCode status = U_ZERO_ERROR;
    wanted.reset(by_line ? icu::BreakIterator::createLineInstance(icu::Locale::getRoot(), status)
                         : icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    check(status);
  }
  return *wanted;
}

std::vector<std::string> cut(std::string_view utf8, bool by_line) {
  const Utf16 text = from_utf8(utf8);
  auto& boundaries = breaker(by_line);
  boundaries.setText(text);
  std::vector<std::string> pieces;
  int32_t start = boundaries.first();
  for (int32_t end = boundaries.next(); end != icu::BreakIterator::DONE; start = end, end = boundaries.next()) {
    text.tempSubStringBetween(start, end).toUTF8String(pieces.emplace_back());
  }
  return pieces;
}

}  // namespace

std::vector<Directed> directed(std::string_view utf8) {
  if (is_plain_ascii(utf8)) return {{{utf8.begin(), utf8.end()}, false}};
  UErrorCode status = U_ZERO_ERROR;
  const Utf16 text = tidied(icu::Normalizer2::getNFCInstance(status)->normalize(from_utf8(utf8), status));
  check(status);
  if (!has_right_to_left(text)) return {{drawn_characters(text), false}};
  const std::unique_ptr<UBiDi, decltype(&ubidi_close)> bidi(ubidi_open(), &ubidi_close);
  ubidi_setPara(bidi.get(), text.getBuffer(), text.length(), UBIDI_DEFAULT_LTR, nullptr, &status);
  const int32_t count = ubidi_countRuns(bidi.get(), &status);
  check(status);
  std::vector<Directed> out;
  for (int32_t i = 0; i < count; ++i) {
    int32_t start = 0, length = 0;
    const bool right_to_left = ubidi_getVisualRun(bidi.get(), i, &start, &length) == UBIDI_RTL;
    std::u32string stretch = drawn_characters(text.tempSubString(start, length));
    if (!stretch.empty()) out.push_back({std::move(stretch), right_to_left});
  }
  return out;
}

std::vector<std::string> breakable_pieces(std::string_view utf8) { return cut(utf8, true); }

std::vector<std::string> characters_of(std::string_view utf8) { return cut(utf8, false); }

std::string without_pictographs(std::string_view utf8) {
  if (is_plain_ascii(utf8)) return std::string(utf8);
  const Utf16 text = from_utf8(utf8);
  Utf16 kept;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    const bool pictograph = c >= 0x1F000 && (u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) || u_hasBinaryProperty(c, UCHAR_EMOJI));
    if (!pictograph && !is_invisible(c)) kept.append(c);
  }
  std::string out;
  kept.trim().toUTF8String(out);
  return out;
}

std::string country_name(const std::string& iso_code) {
  Utf16 name;
  icu::Locale("", iso_code.c_str()).getDisplayCountry(icu::Locale::getEnglish(), name);
  std::string out;
  name.toUpper(icu::Locale::getEnglish()).toUTF8String(out);
  return out.empty() ? iso_code : out;
}

std::string utf8_of(char32_t code_point) {
  std::string out;
  Utf16(static_cast<UChar32>(code_point)).toUTF8String(out);
  return out;
}

std::string name_of(char32_t code_point) { return fmt::format("U+{:04X}", static_cast<std::uint32_t>(code_point)); }

}  // namespace roundtrip::labels
