// Fitting text into boxes and bars onto the printer's dots.
#include "labels/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {

// Of the size: room above and below the baseline, enough for stacked Vietnamese accents.
constexpr double kAscent = 0.97;
constexpr double kDescent = 0.27;
constexpr double kSizeStep = 0.5;
constexpr std::size_t kLongestText = 1200;  // bytes looked at; far more than fits any box

std::string shortened(const std::string& text) {
  if (text.size() <= kLongestText) return text;
  std::size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  std::size_t start = 0;
  while (start < text.size() && blank(text[start])) ++start;
  return text.substr(start);
}

// What stays together on a line, with its widths at size 1.
struct Piece {
  std::string text;
  double width = 0;  // with the blanks at its end
  double ink = 0;    // without
};

Piece measured(const Fonts& fonts, const std::string& text, Weight weight) {
  return {text, fonts.width(text, weight, 1), fonts.width(trimmed(text), weight, 1)};
}

// Pieces that are wider than `width` (at size 1) cut into their characters.
std::vector<Piece> pieces_of(const Fonts& fonts, const std::string& text, Weight weight, double width) {
  std::vector<Piece> out;
  for (const std::string& piece : breakable_pieces(text)) {
    const Piece whole = measured(fonts, piece, weight);
    if (whole.ink <= width) {
      out.push_back(whole);
      continue;
    }
    for (const std::string& character : characters_of(piece)) out.push_back(measured(fonts, character, weight));
  }
  return out;
}

// Greedy lines at a size; stops at one more than `most`. A line's width is that of its pieces, so a line whose
// faces change (or whose letters join) when it is drawn as a whole is measured once more: nothing when one is too wide.
std::optional<std::vector<std::string>> wrapped(const Fonts& fonts, const std::vector<Piece>& pieces, Weight weight, double size,
                                                double width, int most) {
  std::vector<std::string> lines;
  std::string line;
  double used = 0;
  for (const Piece& piece : pieces) {
    if (!line.empty() && (used + piece.ink) * size > width) {
      if (const auto full = trimmed(line); !full.empty()) lines.push_back(full);
      if (static_cast<int>(lines.size()) > most) return lines;
      line.clear();
      used = 0;
    }
    line += piece.text;
    used += piece.width;
  }
  if (const auto full = trimmed(line); !full.empty()) lines.push_back(full);
  for (const std::string& full : lines) {
    if (fonts.width(full, weight, size) > width) return std::nullopt;
  }
  return lines;
}

std::string with_ellipsis(const Fonts& fonts, const std::string& line, Weight weight, double size, double width) {
  const auto characters = characters_of(line);
  std::size_t fits = 0, too_many = characters.size() + 1;
  const auto first = [&](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += characters[i];
    return trimmed(out) + "…";
  };
  while (fits + 1 < too_many) {
    const std::size_t middle = (fits + too_many) / 2;
    (fonts.width(first(middle), weight, size) <= width ? fits : too_many) = middle;
  }
  return first(fits);
}

Error missing_character(char32_t c, const std::string& text) {
  return {ErrorKind::invalid, "label_character_missing",
          fmt::format("The label cannot be printed: no font has the character {} ({}) of \"{}\"; write it in Latin letters.", utf8_of(c),
                      name_of(c), shortened(text))};
}

}  // namespace

double line_height(double size) { return (kAscent + kDescent) * size; }

FittedText fit_text(const Fonts& fonts, const std::string& text, const TextStyle& style, double width, double height) {
  const std::string whole = trimmed(shortened(text));
  if (whole.empty()) return {{}, style.size};
  // A little smaller on one line reads better than two lines.
  const double one_line = fonts.width(whole, style.weight, 1);
  const double largest = std::min(style.size, height / line_height(1));
  const double smallest = std::min(style.smallest, largest);
  if (const double size = std::min(largest, width / one_line * 0.9999);
      size >= std::max(smallest, largest * 0.8) && whole.size() >= trimmed(text).size()) {
    return {{whole}, size};
  }
  const auto pieces = pieces_of(fonts, whole, style.weight, width / smallest);
  for (double size = largest;; size = std::max(smallest, size - kSizeStep)) {
    const int most = std::max(1, std::min(style.lines, static_cast<int>(height / line_height(size) + 1e-6)));
    auto lines = wrapped(fonts, pieces, style.weight, size, width, most);
    const bool all = lines && static_cast<int>(lines->size()) <= most;
    if (!all && size > smallest) continue;
    if (!lines) lines = {whole};
    const bool cut = !all || whole.size() < trimmed(text).size();
    if (lines->size() > static_cast<std::size_t>(most)) lines->resize(static_cast<std::size_t>(most));
    for (std::string& line : *lines) {
      const bool last = &line == &lines->back();
      if ((last && cut) || fonts.width(line, style.weight, size) > width) line = with_ellipsis(fonts, line, style.weight, size, width);
    }
    return {*lines, size};
  }
}

Sheet::Sheet(const Fonts& fonts, double width, double height, int dots_per_inch)
    : fonts_(fonts), width_(width), height_(height), dot_(72.0 / dots_per_inch) {
  drawing_.dots_per_inch = dots_per_inch;
  next_page();
}

void Sheet::next_page() { drawing_.pages.push_back({width_, height_, {}, {}, {}}); }

double Sheet::text(const Box& box, const std::string& text, const TextStyle& style) {
  if (fault_ || text.empty()) return 0;
  if (const auto missing = fonts_.missing(shortened(text), style.weight)) {
    fault_ = missing_character(*missing, text);
    return 0;
  }
  const FittedText fitted = fit_text(fonts_, text, style, box.width, box.height);
  double y = box.y;
  for (const std::string& line : fitted.lines) {
    const double width = std::min(box.width, fonts_.width(line, style.weight, fitted.size));
    const double spare = box.width - width;
    const double x = box.x + (style.align == Align::left ? 0 : style.align == Align::right ? spare : spare / 2);
    page().texts.push_back(
        {{x, y, width, line_height(fitted.size)}, y + kAscent * fitted.size, fitted.size, style.weight, style.gray, line});
    y += line_height(fitted.size);
  }
  return y - box.y;
}

void Sheet::area(const Box& box, double gray) { page().areas.push_back({box, gray, 0, false}); }

void Sheet::frame(const Box& box, double line_width, bool dashed) { page().areas.push_back({box, 0, line_width, dashed}); }

Box Sheet::barcode(const Box& box, const Result<Barcode>& code, int most_dots, Align align) {
  if (!code && !fault_) fault_ = code.error();
  if (fault_) return box;
  const bool linear = code->is_linear();
  const int across = code->width + 2 * code->quiet_modules();
  int dots = std::max(1, static_cast<int>(std::lround(most_dots * kDot / dot_)));
  while (dots > 1 && (across * dots * dot_ > box.width || (!linear && across * dots * dot_ > box.height))) --dots;
  const double module = dots * dot_, quiet = module * code->quiet_modules();
  if (across * module > box.width) {
    fault_ = Error{ErrorKind::invalid, "barcode_content_invalid",
                   fmt::format("The barcode {} is too long for the label; use a shorter number.", code->content)};
    return box;
  }
  const double width = module * code->width, height = linear ? box.height : module * code->height;
  const double spare = box.width - width - 2 * quiet;
  // On the printer's dots, so that every bar is a whole number of them.
  const double wanted_x = box.x + quiet + (align == Align::left ? 0 : align == Align::right ? spare : spare / 2);
  const double x = std::floor(wanted_x / dot_) * dot_;
  const double wanted_y = box.y + (linear ? 0 : quiet);
  const double y = std::ceil(wanted_y / dot_ - 1e-9) * dot_;
  const Box bars{x, y, width, linear ? std::floor((box.bottom() - y) / dot_) * dot_ : height};
  page().barcodes.push_back({bars, quiet, module, *code});
  return bars;
}

Result<Drawing> Sheet::finish(std::string title) && {
  if (fault_) return *fault_;
  drawing_.title = shortened(title);
  return std::move(drawing_);
}

}  // namespace roundtrip::labels
