// Choosing a face for each character of a line.
#include "labels/fonts.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <mutex>

#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {

struct FaceFile {
  const char* file;
  const char* bold_file;  // nullptr: the regular weight is emboldened
};
// In order of preference; DejaVu has scripts of its own that those before it do better. Droid has the Chinese that Japanese and Korean
// fonts lack, but no Latin.
constexpr FaceFile kFaceFiles[] = {
    {"NotoSans-Regular.ttf", "NotoSans-Bold.ttf"},
    {"NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"},
    {"NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf"},
    {"NotoSansThai-Regular.ttf", "NotoSansThai-Bold.ttf"},
    {"NotoSansDevanagari-Regular.ttf", "NotoSansDevanagari-Bold.ttf"},
    {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"},
    {"ipag.ttf", nullptr},
    {"NanumGothic.ttf", "NanumGothicBold.ttf"},
    {"DroidSansFallbackFull.ttf", nullptr},
};
constexpr std::size_t kFaces = std::size(kFaceFiles);

bool is_any_of(UScriptCode script, std::initializer_list<UScriptCode> scripts) {
  return std::find(scripts.begin(), scripts.end(), script) != scripts.end();
}

UScriptCode script_of(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &status);
}

// Scripts that are tested; what is written in others is refused, so that nothing is printed wrong.
bool is_drawable(char32_t c) {
  return c != 0xFFFD &&
         is_any_of(script_of(c), {USCRIPT_COMMON, USCRIPT_INHERITED, USCRIPT_LATIN, USCRIPT_GREEK, USCRIPT_CYRILLIC, USCRIPT_ARMENIAN,
                                  USCRIPT_GEORGIAN, USCRIPT_HEBREW, USCRIPT_ARABIC, USCRIPT_THAI, USCRIPT_DEVANAGARI, USCRIPT_HAN,
                                  USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_HANGUL, USCRIPT_BOPOMOFO});
}

bool is_east_asian(char32_t c) {
  return c >= 0x1100 && is_any_of(script_of(c), {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_HANGUL, USCRIPT_BOPOMOFO});
}

bool is_mark(char32_t c) { return (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0; }

// Whether a glyph for each character, side by side, would be wrong.
bool needs_shaping(std::u32string_view text) {
  return std::any_of(text.begin(), text.end(), [](char32_t c) {
    return c >= 0x300 &&
           (is_joiner(c) || is_mark(c) || is_any_of(script_of(c), {USCRIPT_ARABIC, USCRIPT_HEBREW, USCRIPT_THAI, USCRIPT_DEVANAGARI}));
  });
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

struct Fonts::Faces {
  std::string folder;
  mutable std::once_flag once[2][kFaces];
  mutable std::unique_ptr<Face> loaded[2][kFaces];

  const Face& face(std::size_t index, Weight weight) const {
    const bool bold = weight == Weight::bold && kFaceFiles[index].bold_file;
    std::call_once(once[bold][index], [&] {
      loaded[bold][index] = std::make_unique<Face>(folder + "/" + (bold ? kFaceFiles[index].bold_file : kFaceFiles[index].file));
    });
    return *loaded[bold][index];
  }
  bool has_all(std::size_t index, Weight weight, std::u32string_view text) const {
    const Face& candidate = face(index, weight);
    for (const char32_t c : text) {
      if (!is_joiner(c) && (!candidate.has(c) || !is_drawable(c))) return false;
    }
    return true;
  }
  std::optional<std::size_t> first_with(char32_t c, Weight weight) const {
    if (!is_drawable(c)) return std::nullopt;
    for (std::size_t index = 0; index < kFaces; ++index) {
      if (face(index, weight).has(c)) return index;
    }
    return std::nullopt;
  }
  // The face of the East Asian characters of a line: one that has them all, so that none stands out.
  std::optional<std::size_t> east_asian(std::u32string_view text, Weight weight) const {
    std::u32string own;
    std::copy_if(text.begin(), text.end(), std::back_inserter(own), is_east_asian);
    for (std::size_t index = 0; index < kFaces && !own.empty(); ++index) {
      if (has_all(index, weight, own)) return index;
    }
    return std::nullopt;
  }
  Run run(std::size_t index, Weight weight, const std::u32string& text, bool right_to_left) const {
    Run out{&face(index, weight), weight == Weight::bold && !kFaceFiles[index].bold_file, {}, 0};
    if (right_to_left || needs_shaping(text)) {
      out.glyphs = out.face->shaped(text, right_to_left);
    } else {
      for (const char32_t c : text) {
        const GlyphId glyph = out.face->glyph(c);
        out.glyphs.push_back({glyph, c, out.face->advance(glyph), 0, 0});
      }
    }
    for (const Glyph& glyph : out.glyphs) out.width += glyph.advance;
    return out;
  }
  // A stretch of one direction, cut where the face changes.
  void add_runs(const Directed& stretch, Weight weight, std::vector<Run>& out) const {
    for (std::size_t index = 0; index < kFaces; ++index) {
      if (has_all(index, weight, stretch.text)) return out.push_back(run(index, weight, stretch.text, stretch.right_to_left));
    }
    const auto asian = east_asian(stretch.text, weight);
    std::vector<std::pair<std::size_t, std::u32string>> parts;
    for (const char32_t c : stretch.text) {
      std::optional<std::size_t> wanted = first_with(c, weight);
      if (asian && is_east_asian(c)) wanted = asian;
      const bool stays =
          !parts.empty() && (is_joiner(c) || ((!asian || !is_east_asian(c)) && face(parts.back().first, weight).has(c) && is_drawable(c)));
      if (stays) wanted = parts.back().first;
      if (!wanted) continue;
      if (parts.empty() || parts.back().first != *wanted) parts.emplace_back(*wanted, std::u32string());
      parts.back().second += c;
    }
    if (stretch.right_to_left) std::reverse(parts.begin(), parts.end());
    for (const auto& [index, text] : parts) out.push_back(run(index, weight, text, stretch.right_to_left));
  }
};

Fonts::Fonts(std::string folder) : faces_(std::make_unique<Faces>()) { faces_->folder = std::move(folder); }
Fonts::~Fonts() = default;

std::vector<Run> Fonts::runs(std::string_view utf8, Weight weight) const {
  std::vector<Run> out;
  for (const Directed& stretch : directed(utf8)) {
    if (!stretch.text.empty()) faces_->add_runs(stretch, weight, out);
  }
  return out;
}

double Fonts::width(std::string_view utf8, Weight weight, double size) const {
  std::int64_t thousandths = 0;
  if (is_plain(utf8)) {
    const Face& first = faces_->face(0, weight);
    for (const char c : utf8) thousandths += first.advance(first.glyph(static_cast<char32_t>(c)));
  } else {
    for (const Run& run : runs(utf8, weight)) thousandths += run.width;
  }
  return static_cast<double>(thousandths) * size / 1000;
}

std::optional<char32_t> Fonts::missing(std::string_view utf8, Weight weight) const {
  if (is_plain(utf8)) return std::nullopt;
  for (const Directed& stretch : directed(utf8)) {
    for (const char32_t c : stretch.text) {
      if (!is_joiner(c) && !faces_->first_with(c, weight)) return c;
    }
  }
  return std::nullopt;
}

std::string with_question_marks(std::string_view utf8, const Fonts& fonts) {
  const auto printable = [&](std::string_view text) { return !fonts.missing(text, Weight::regular) && !fonts.missing(text, Weight::bold); };
  if (printable(utf8)) return std::string(utf8);
  std::string out;
  for (const std::string& character : characters_of(utf8)) out += printable(character) ? character : "?";
  return out;
}

namespace {
// Beside the program, else where it was built.
std::string default_fonts_folder() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto beside = program.parent_path() / "fonts";
  if (!failed && std::filesystem::exists(beside / kFaceFiles[0].file, failed)) return beside.string();
  return ROUNDTRIP_FONTS_DIR;
}

std::string& fonts_folder() {
  static std::string folder = default_fonts_folder();
  return folder;
}
}  // namespace

void set_fonts_folder(const std::string& folder) { fonts_folder() = folder; }

const Fonts& fonts() {
  static const Fonts all(fonts_folder());
  return all;
}

}  // namespace roundtrip::labels
