// Fitting text into boxes and bars onto the printer's dots.
#include "labels/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

// Greedy lines; a piece that is wider than a line is cut between characters.
std::vector<std::string> wrapped(const Fonts& fonts, const std::vector<std::string>& pieces, Weight weight, double size, double width) {
  std::vector<std::string> lines;
  std::string line;
  const auto fits = [&](const std::string& text) { return fonts.width(trimmed(text), weight, size) <= width; };
  const auto end_line = [&] {
    if (!trimmed(line).empty()) lines.push_back(trimmed(line));
    line.clear();
  };
  for (const std::string& piece : pieces) {
    if (fits(line + piece)) {
      line += piece;
      continue;
    }
    end_line();
    if (fits(piece)) {
      line = piece;
      continue;
    }
    for (const std::string& character : characters_of(piece)) {
      if (!line.empty() && !fits(line + character)) end_line();
      line += character;
    }
  }
  end_line();
  return lines;
}

std::string with_ellipsis(const Fonts& fonts, std::string line, Weight weight, double size, double width) {
  auto characters = characters_of(line);
  while (!characters.empty() && fonts.width(line + "…", weight, size) > width) {
    characters.pop_back();
    line.clear();
    for (const std::string& character : characters) line += character;
    line = trimmed(line);
  }
  return line + "…";
}

Error missing_character(char32_t c, const std::string& text) {
  return {ErrorKind::invalid, "label_character_missing",
          fmt::format("The label cannot be printed: no font has the character {} ({}) of \"{}\"; write it in Latin letters.", utf8_of(c),
                      name_of(c), shortened(text))};
}

}  // namespace

double line_height(double size) { return (kAscent + kDescent) * size; }

FittedText fit_text(const Fonts& fonts, const std::string& text, const TextStyle& style, double width) {
  const std::string whole = trimmed(shortened(text));
  if (whole.empty()) return {{}, style.size};
  // A little smaller on one line reads better than two lines.
  const double one_line = fonts.width(whole, style.weight, 1);
  if (one_line * style.size * 0.8 <= width && width / one_line >= style.smallest) {
    const double size = std::min(style.size, std::floor(width / one_line / kSizeStep * 0.9999) * kSizeStep);
    if (size >= style.smallest && size >= style.size * 0.8 - kSizeStep) return {{whole}, size};
  }
  const auto pieces = breakable_pieces(whole);
  for (double size = style.size;; size = std::max(style.smallest, size - kSizeStep)) {
    auto lines = wrapped(fonts, pieces, style.weight, size, width);
    const bool all = static_cast<int>(lines.size()) <= style.lines;
    if (!all && size > style.smallest) continue;
    const bool cut = !all || whole.size() < trimmed(text).size();
    if (!all) lines.resize(static_cast<std::size_t>(style.lines));
    if (cut && !lines.empty()) lines.back() = with_ellipsis(fonts, lines.back(), style.weight, size, width);
    return {lines, size};
  }
}

Sheet::Sheet(const Fonts& fonts, double width, double height) : fonts_(fonts), width_(width), height_(height) { next_page(); }

void Sheet::next_page() { drawing_.pages.push_back({width_, height_, {}, {}, {}}); }

double Sheet::text(const Box& box, const std::string& text, const TextStyle& wanted) {
  if (fault_ || text.empty()) return 0;
  if (const auto missing = fonts_.missing(text, wanted.weight)) {
    fault_ = missing_character(*missing, text);
    return 0;
  }
  TextStyle style = wanted;
  style.size = std::min(style.size, box.height / (kAscent + kDescent));
  style.smallest = std::min(style.smallest, style.size);
  FittedText fitted = fit_text(fonts_, text, style, box.width);
  while (static_cast<double>(fitted.lines.size()) * line_height(fitted.size) > box.height + 1e-6 && style.lines > 0) {
    if (style.size > style.smallest)
      style.size = std::max(style.smallest, style.size - kSizeStep);
    else
      --style.lines;
    if (style.lines == 0) return 0;
    fitted = fit_text(fonts_, text, style, box.width);
  }
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
  const bool linear = code->symbology == Symbology::code128;
  const int across = code->width + 2 * code->quiet_modules();
  int dots = most_dots;
  while (dots > 1 && (across * dots * kDot > box.width || (!linear && across * dots * kDot > box.height))) --dots;
  const double module = dots * kDot, quiet = module * code->quiet_modules();
  if (across * module > box.width) {
    fault_ = Error{ErrorKind::invalid, "barcode_content_invalid",
                   fmt::format("The barcode {} is too long for the label; use a shorter number.", code->content)};
    return box;
  }
  const double width = module * code->width, height = linear ? box.height : module * code->height;
  const double spare = box.width - width - 2 * quiet;
  // On the printer's dots, so that every bar is a whole number of them.
  const double wanted_x = box.x + quiet + (align == Align::left ? 0 : align == Align::right ? spare : spare / 2);
  const double x = std::floor(wanted_x / kDot) * kDot;
  const double wanted_y = box.y + (linear ? 0 : quiet);
  const double y = std::ceil(wanted_y / kDot - 1e-9) * kDot;
  const Box bars{x, y, width, linear ? std::floor((box.bottom() - y) / kDot) * kDot : height};
  page().barcodes.push_back({bars, quiet, module, *code});
  return bars;
}

Result<Drawing> Sheet::finish(std::string title) && {
  if (fault_) return *fault_;
  drawing_.title = std::move(title);
  return std::move(drawing_);
}

}  // namespace roundtrip::labels
