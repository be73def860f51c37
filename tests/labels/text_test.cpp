// What is printed is what was written: glyphs against FreeType, which knows nothing of our code.
#include "labels/text.hpp"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "labels/pdf.hpp"
#include "labels/support.hpp"

namespace roundtrip::labels {
namespace {
using namespace test;

constexpr const char* kNoto = "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf";
constexpr const char* kNotoBold = "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf";
constexpr const char* kDejaVu = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
constexpr const char* kIpa = "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf";
constexpr const char* kNanum = "/usr/share/fonts/truetype/nanum/NanumGothic.ttf";
constexpr const char* kDroid = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf";

// A font file as FreeType reads it.
class Witness {
 public:
  explicit Witness(const std::string& path) {
    if (FT_Init_FreeType(&library_) != 0 || FT_New_Face(library_, path.c_str(), 0, &face_) != 0)
      throw std::runtime_error("FreeType: " + path);
  }
  ~Witness() {
    FT_Done_Face(face_);
    FT_Done_FreeType(library_);
  }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  FT_Face face() const { return face_; }

  // One line on white, its baseline at (x, baseline), fractions of pixels kept. Also where each glyph's cell begins.
  Gray line(const std::u32string& text, double size_px, double x, double baseline, int width, int height,
            std::vector<double>& cells) const {
    Gray out{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 255)};
    FT_Set_Char_Size(face_, 0, static_cast<FT_F26Dot6>(std::lround(size_px * 64)), 72, 72);
    for (const char32_t c : text) {
      cells.push_back(x);
      FT_Load_Char(face_, c, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP);
      const double shift = x - std::floor(x), rise = std::ceil(baseline) - baseline;
      FT_Outline_Translate(&face_->glyph->outline, std::lround(shift * 64), std::lround(rise * 64));
      FT_Render_Glyph(face_->glyph, FT_RENDER_MODE_NORMAL);
      const FT_Bitmap& bitmap = face_->glyph->bitmap;
      const int left = static_cast<int>(std::floor(x)) + face_->glyph->bitmap_left;
      const int top = static_cast<int>(std::ceil(baseline)) - face_->glyph->bitmap_top;
      for (int row = 0; row < static_cast<int>(bitmap.rows); ++row) {
        for (int column = 0; column < static_cast<int>(bitmap.width); ++column) {
          if (left + column < 0 || left + column >= width || top + row < 0 || top + row >= height) continue;
          auto& pixel = out.pixels[static_cast<std::size_t>((top + row) * width + left + column)];
          pixel = static_cast<std::uint8_t>(std::max(0, pixel - bitmap.buffer[row * bitmap.pitch + column]));
        }
      }
      x += face_->glyph->linearHoriAdvance / 65536.0;
    }
    cells.push_back(x);
    return out;
  }

 private:
  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
};

double ink_of(const Gray& image) {
  double ink = 0;
  for (const auto pixel : image.pixels) ink += 255 - pixel;
  return ink;
}

// Ink that one picture has and the other lacks, of the ink of both, in a cell; the best of small shifts.
// A cell with less than `least` ink (a blank, a dot) is measured against that.
double difference(const Gray& a, const Gray& b, int x0, int x1, double least) {
  double best = 1;
  for (int dx = -1; dx <= 1; ++dx) {
    for (int dy = -1; dy <= 1; ++dy) {
      double apart = 0, ink = 0;
      for (int y = 2; y < a.height - 2; ++y) {
        for (int x = std::max(2, x0); x < std::min(a.width - 2, x1); ++x) {
          const int left = 255 - a.at(x, y), right = 255 - b.at(x + dx, y + dy);
          apart += std::abs(left - right);
          ink += left + right;
        }
      }
      best = std::min(best, apart / std::max(ink, least));
    }
  }
  return best;
}

constexpr double kSize = 28;      // points
constexpr int kResolution = 432;  // 6 pixels a point
constexpr double kAlike = 0.05;   // more of a glyph's ink than this apart: another glyph

// The largest difference over the glyphs of a line drawn by us and by FreeType from the untouched font.
double worst_difference(const std::string& printed, const std::u32string& wanted, const std::string& font_file, Weight weight) {
  const double width = fonts().width(printed, weight, kSize) + 20, height = 60, baseline = 42;
  Page page{width, height, {}, {{{10, 0, width - 20, height}, baseline, kSize, weight, 0, printed}}, {}};
  const auto images = render(pdf({"line", {page}}, fonts(), {}), kResolution);
  const double scale = kResolution / 72.0;
  std::vector<double> cells;
  const Gray ours = images.at(0);
  const Gray theirs = Witness(font_file).line(wanted, kSize * scale, 10 * scale, baseline * scale, ours.width, ours.height, cells);
  double worst = 0;
  const double least = ink_of(theirs) / static_cast<double>(wanted.size());
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
    worst = std::max(worst, difference(theirs, ours, static_cast<int>(cells[i]), static_cast<int>(std::ceil(cells[i + 1])), least));
  }
  testing::Test::RecordProperty("worst", fmt::format("{:.4f}", worst));
  if (std::getenv("SHOW")) fmt::print("worst {:.4f} {}\n", worst, printed);
  return worst;
}

struct Line {
  const char* script;
  std::u32string text;
  const char* font_file;
  Weight weight = Weight::regular;
};

std::string utf8(const std::u32string& text) {
  std::string out;
  for (const char32_t c : text) out += utf8_of(c);
  return out;
}

const std::vector<Line>& lines() {
  static const std::vector<Line> all = {
      {"Latin", U"Größenstraße Łódź Çeşme Ærøskøbing Ñandú Kraków Žižkov", kNoto},
      {"LatinBold", U"Ağrı Țară Őrség Şanlıurfa Įlgas ŴŶ Ǎǹ €£₺", kNotoBold, Weight::bold},
      {"Greek", U"Ελένη Παπαδοπούλου Ωραίος Ϊ Ϋ ΐ ΰ Άγιος", kNoto},
      {"Cyrillic", U"Їжак Щербаков Ґанок ёлка Ђорђе ќе Ўзбекистон", kNoto},
      {"CyrillicBold", U"Їжак Щербаков Ґанок ёлка", kNotoBold, Weight::bold},
      {"Vietnamese", U"Nguyễn Thị Phượng ồ Ặ ữ Đặng Hữu Ỷ ẵ", kNoto},
      {"VietnameseBold", U"Nguyễn Thị Phượng Đặng ồ", kNotoBold, Weight::bold},
      {"Japanese", U"東京都千代田区丸の内１丁目 株式会社高島屋 グラントウキョウ", kIpa},
      {"JapaneseHard", U"横浜市 都筑区 吉田 〒１００ ヴァイオリン ㈱", kIpa},
      {"Korean", U"세종대로 서울특별시 홍길동 한화 힣 뷁", kNanum},
      {"Chinese", U"朝阳区建国门外大街 刘强 东", kDroid},
  };
  return all;
}

class PrintedLine : public testing::TestWithParam<Line> {};
TEST_P(PrintedLine, LooksLikeTheUntouchedFontSaysIt) {
  const Line& line = GetParam();
  EXPECT_LT(worst_difference(utf8(line.text), line.text, line.font_file, line.weight), kAlike);
}
TEST_P(PrintedLine, IsFoundByTextSearch) {
  const Line& line = GetParam();
  Page page{700, 60, {}, {{{10, 0, 680, 60}, 42, 12, line.weight, 0, utf8(line.text)}}, {}};
  EXPECT_NE(text_of(pdf({"line", {page}}, fonts(), {})).find(utf8(line.text)), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Scripts, PrintedLine, testing::ValuesIn(lines()), [](const auto& instance) { return instance.param.script; });

TEST(PrintedLineCheck, SeesALostAccentAWrongLetterAndABlank) {
  EXPECT_GT(worst_difference("Nguyên", U"Nguyễn", kNoto, Weight::regular), kAlike);
  EXPECT_GT(worst_difference("Киıв", U"Київ", kNoto, Weight::regular), kAlike);
  EXPECT_GT(worst_difference("黄浜", U"横浜", kIpa, Weight::regular), kAlike);
  EXPECT_GT(worst_difference("o", U"ồ", kNoto, Weight::regular), kAlike);
  EXPECT_GT(worst_difference(" 市", U"都市", kIpa, Weight::regular), kAlike);
}

// Every contour of every character we may print, against FreeType's reading of the same file.
class FlatOutlines : public testing::TestWithParam<const char*> {};
TEST_P(FlatOutlines, AreTheFontsOwn) {
  const Witness witness(GetParam());
  const Face face(GetParam());
  FT_UInt glyph = 0;
  std::size_t checked = 0;
  for (FT_ULong code = FT_Get_First_Char(witness.face(), &glyph); glyph != 0; code = FT_Get_Next_Char(witness.face(), code, &glyph)) {
    if (code > 0x2FFF && code % 3 != 0) continue;
    ASSERT_EQ(FT_Load_Glyph(witness.face(), glyph, FT_LOAD_NO_SCALE), 0);
    const FT_Outline& wanted = witness.face()->glyph->outline;
    std::vector<Contour> theirs;
    int point = 0;
    for (int contour = 0; contour < wanted.n_contours; ++contour) {
      Contour points;
      for (; point <= wanted.contours[contour]; ++point) {
        points.push_back(
            {static_cast<int>(wanted.points[point].x), static_cast<int>(wanted.points[point].y), (wanted.tags[point] & 1) != 0});
      }
      if (points.size() > 1) theirs.push_back(points);
    }
    const auto ours = face.outline(face.glyph(static_cast<char32_t>(code)));
    ASSERT_EQ(ours.size(), theirs.size()) << name_of(static_cast<char32_t>(code));
    for (std::size_t c = 0; c < ours.size(); ++c) {
      ASSERT_EQ(ours[c].size(), theirs[c].size()) << name_of(static_cast<char32_t>(code));
      for (std::size_t p = 0; p < ours[c].size(); ++p) {
        ASSERT_LE(std::abs(ours[c][p].x - theirs[c][p].x), 2) << name_of(static_cast<char32_t>(code));
        ASSERT_LE(std::abs(ours[c][p].y - theirs[c][p].y), 2) << name_of(static_cast<char32_t>(code));
        ASSERT_EQ(ours[c][p].on_curve, theirs[c][p].on_curve) << name_of(static_cast<char32_t>(code));
      }
    }
    ASSERT_EQ(face.advance(face.glyph(static_cast<char32_t>(code))), witness.face()->glyph->advance.x * 1000 / witness.face()->units_per_EM)
        << name_of(static_cast<char32_t>(code));
    ++checked;
  }
  EXPECT_GT(checked, 200u);
}
INSTANTIATE_TEST_SUITE_P(Files, FlatOutlines,
                         testing::Values(kNoto, kNotoBold, kDejaVu, kIpa, kNanum, kDroid,
                                         "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
                                         "/usr/share/fonts/truetype/noto/NotoSansArabic-Bold.ttf",
                                         "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf"));

TEST(DirectedText, StandsOnPaperFromLeftToRightAndIsReadInItsOwnDirection) {
  const auto line = directed("שלום 12");
  ASSERT_EQ(line.size(), 2U);
  EXPECT_EQ(line[0].text, U"12");
  EXPECT_FALSE(line[0].right_to_left);
  EXPECT_EQ(line[1].text, U"שלום ");
  EXPECT_TRUE(line[1].right_to_left);
}
std::u32string only_stretch(std::string_view utf8) {
  const auto all = directed(utf8);
  EXPECT_EQ(all.size(), 1U);
  EXPECT_FALSE(all.at(0).right_to_left);
  return all.at(0).text;
}
TEST(DirectedText, DecomposedLettersAreComposed) { EXPECT_EQ(only_stretch("Nguye\u0302\u0303n"), U"Nguyễn"); }
TEST(DirectedText, ControlsAndInvisiblesDoNotReachThePaper) {
  EXPECT_EQ(only_stretch("a\tb\nc\u200B\u202E\u00ADd\u2066\uFEFF"), U"a b cd");
}
TEST(DirectedText, AnOverrideOfDirectionTurnsNothing) { EXPECT_EQ(only_stretch("\u202E987 gnp\u202C"), U"987 gnp"); }
TEST(DirectedText, TowersOfMarksAreCutToFour) {
  EXPECT_EQ(only_stretch("x\u0310\u0310\u0310\u0310\u0310\u0310\u0310y"), U"x\u0310\u0310\u0310\u0310y");
}
TEST(DirectedText, BytesThatAreNoUtf8BecomeTheReplacementCharacter) {
  EXPECT_EQ(only_stretch("a\xFF"
                         "b\xC3"),
            U"a\uFFFDb\uFFFD");
}

TEST(MissingCharacters, AreNamedWithTheTextTheyStandIn) {
  for (const auto& [text, name] : std::vector<std::pair<std::string, std::string>>{
           {"ராம் Ram", "U+0BB0"}, {"ភ្នំពេញ", "U+1797"}, {"Ana 🎉", "U+1F389"}, {"𠮷野家", "U+20BB7"}, {"bad \xFF", "U+FFFD"}}) {
    ParcelLabel label = sample_parcel();
    label.to.name = text;
    const auto refused = lay_out(label, fonts());
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, "label_character_missing");
    EXPECT_NE(refused.error().message.find(name), std::string::npos) << refused.error().message;
  }
}

TEST(Pictographs, AreLeftOutAndLettersStay) {
  EXPECT_EQ(without_pictographs("Ana 🎉❤️ Lima 👩‍🚀"), "Ana ❤ Lima");
  EXPECT_EQ(without_pictographs("1 × 2 © №5 吉田"), "1 × 2 © №5 吉田");
}

}  // namespace
}  // namespace roundtrip::labels
