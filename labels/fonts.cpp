// Choosing a face for each character of a line.
#include "labels/fonts.hpp"

#include <unicode/uscript.h>

#include <filesystem>
#include <mutex>

#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {

struct FaceFile {
  const char* file;
  const char* bold_file;  // nullptr: the regular weight is emboldened
};
// In order of preference. Droid has the Chinese that Japanese and Korean fonts lack, but no Latin.
constexpr FaceFile kFaceFiles[] = {
    {"NotoSans-Regular.ttf", "NotoSans-Bold.ttf"}, {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"}, {"ipag.ttf", nullptr},
    {"NanumGothic.ttf", "NanumGothicBold.ttf"},    {"DroidSansFallbackFull.ttf", nullptr},
};
constexpr std::size_t kFaces = std::size(kFaceFiles);

// Scripts that come out right without a shaping engine. The others (Thai, Devanagari, ...) are refused.
bool is_drawable_script(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(c), &status)) {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARMENIAN:
    case USCRIPT_GEORGIAN:
    case USCRIPT_HEBREW:
    case USCRIPT_ARABIC:
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
      return c != 0xFFFD;
    default:
      return false;
  }
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
      if (!candidate.has(c) || !is_drawable_script(c)) return false;
    }
    return true;
  }
  std::optional<std::size_t> first_with(char32_t c, Weight weight) const {
    if (!is_drawable_script(c)) return std::nullopt;
    for (std::size_t index = 0; index < kFaces; ++index) {
      if (face(index, weight).has(c)) return index;
    }
    return std::nullopt;
  }
  Run run(std::size_t index, Weight weight) const {
    return {&face(index, weight), weight == Weight::bold && !kFaceFiles[index].bold_file, {}, 0};
  }
};

Fonts::Fonts(std::string folder) : faces_(std::make_unique<Faces>()) { faces_->folder = std::move(folder); }
Fonts::~Fonts() = default;

std::vector<Run> Fonts::runs(std::string_view utf8, Weight weight) const {
  const std::u32string text = visual_order(utf8);
  std::vector<Run> out;
  if (text.empty()) return out;
  const auto add = [](Run& run, char32_t c) {
    run.text += c;
    run.width += run.face->advance(c);
  };
  for (std::size_t index = 0; index < kFaces; ++index) {
    if (!faces_->has_all(index, weight, text)) continue;
    Run& whole = out.emplace_back(faces_->run(index, weight));
    for (const char32_t c : text) add(whole, c);
    return out;
  }
  for (const char32_t c : text) {
    if (out.empty() || !out.back().face->has(c) || !is_drawable_script(c)) {
      const auto index = faces_->first_with(c, weight);
      if (!index) continue;
      out.push_back(faces_->run(*index, weight));
    }
    add(out.back(), c);
  }
  return out;
}

double Fonts::width(std::string_view utf8, Weight weight, double size) const {
  double thousandths = 0;
  for (const Run& run : runs(utf8, weight)) thousandths += run.width;
  return thousandths * size / 1000;
}

std::optional<char32_t> Fonts::missing(std::string_view utf8, Weight weight) const {
  for (const char32_t c : visual_order(utf8)) {
    if (!faces_->first_with(c, weight)) return c;
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
