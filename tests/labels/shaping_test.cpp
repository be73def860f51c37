// Every script as another engine sets it: Pango's own choice of runs, direction, shaping and places, drawn by Cairo.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "labels/pdf.hpp"
#include "labels/picture.hpp"
#include "labels/support.hpp"

namespace roundtrip::labels {
namespace {
using namespace test;

constexpr double kPoints = 24;
constexpr int kDots = 300, kFiner = 4;

struct Ink {
  int width = 0, height = 0;
  std::vector<double> dark;  // 0 to 1
  double at(int x, int y) const {
    if (x < 0 || y < 0 || x >= width || y >= height) return 0;
    return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

// What is drawn, without the white around it.
Ink cropped(const Gray& image) {
  int left = image.width, top = image.height, right = -1, bottom = -1;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (image.at(x, y) > 127) continue;
      left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
    }
  }
  Ink out{std::max(0, right - left + 1), std::max(0, bottom - top + 1), {}};
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) out.dark.push_back((255 - image.at(x, y)) / 255.0);
  }
  return out;
}

Ink drawn_by_us(const std::string& text, Weight weight) {
  const double width = fonts().width(text, weight, kPoints) + 40;
  const Page page{width, 80, {}, {{{20, 0, width - 40, 80}, 48, kPoints, weight, 0, text}}, {}};
  return cropped(render(pdf({"line", {page}}, fonts(), {}), kDots).at(0));
}

Ink drawn_by_pango(const std::string& text, const std::string& font) {
  const Folder folder;
  // We set letters that stand alone without kerning, scripts that are shaped with what their font says.
  const bool shaped = font.find("Arabic") != font.npos || font.find("Hebrew") != font.npos || font.find("Thai") != font.npos ||
                      font.find("Devanagari") != font.npos;
  write_file(folder.path("text"), shaped ? text : "<span font_features=\"kern=0\">" + text + "</span>");
  const auto ran =
      run("LC_ALL=C.UTF-8 pango-view --no-display --markup --hinting=none --antialias=gray --dpi=" + std::to_string(kDots * kFiner) +
          " --font='" + font + " " + std::to_string(static_cast<int>(kPoints)) + "' --margin=30 --output=" + folder.path("out.png") + " " +
          folder.path("text"));
  EXPECT_EQ(ran.status, 0);
  // Pango puts glyphs on whole dots: four times as many, then brought to ours.
  const auto fine = decoded_picture(read_file(folder.path("out.png")), 100'000);
  if (!fine) return {};
  const Pixels picture = shrunk(*fine, std::max(fine->width, fine->height) / kFiner);
  Gray image{picture.width, picture.height, {}};
  for (std::size_t at = 0; at < picture.rgb.size(); at += 3) image.pixels.push_back(picture.rgb[at]);
  return cropped(image);
}

// Ink that one has and the other lacks, of the ink of both; the best of small shifts. A dot apart at every edge is allowed for by looking
// at the darkest dot around.
double difference(const Ink& a, const Ink& b) {
  double best = 1;
  for (int dx = -2; dx <= 2; ++dx) {
    for (int dy = -2; dy <= 2; ++dy) {
      double apart = 0, ink = 0;
      for (int y = 0; y < std::max(a.height, b.height); ++y) {
        for (int x = 0; x < std::max(a.width, b.width); ++x) {
          const double left = a.at(x, y), right = b.at(x + dx, y + dy);
          ink += left + right;
          apart += std::abs(left - right);
        }
      }
      best = std::min(best, ink > 0 ? apart / ink : 1.0);
    }
  }
  return best;
}

constexpr double kAlike = 0.15;

struct Script {
  const char* name;
  const char* text;
  const char* font;
  Weight weight = Weight::regular;
};

class Shaped : public testing::TestWithParam<Script> {};
TEST_P(Shaped, LooksAsPangoDrawsIt) {
  const Script& script = GetParam();
  ASSERT_FALSE(fonts().missing(script.text, script.weight));
  const Ink ours = drawn_by_us(script.text, script.weight), theirs = drawn_by_pango(script.text, script.font);
  EXPECT_NEAR(ours.width, theirs.width, 3 + theirs.width * 0.01) << script.text;
  EXPECT_NEAR(ours.height, theirs.height, 3) << script.text;
  const double apart = difference(ours, theirs);
  RecordProperty("difference", std::to_string(apart));
  EXPECT_LT(apart, kAlike) << script.text;
}
INSTANTIATE_TEST_SUITE_P(Scripts, Shaped,
                         testing::Values(Script{"Latin", "Größenstraße Łódź Çeşme Kraków Žižkov", "Noto Sans"},
                                         Script{"LatinBold", "Ağrı Țară Őrség Şanlıurfa", "Noto Sans Bold", Weight::bold},
                                         Script{"Greek", "Ελένη Παπαδοπούλου ΐ ΰ Άγιος", "Noto Sans"},
                                         Script{"Cyrillic", "Їжак Щербаков Ґанок Ђорђе", "Noto Sans"},
                                         Script{"Vietnamese", "Nguyễn Thị Phượng Đặng Hữu", "Noto Sans"},
                                         Script{"Japanese", "東京都千代田区丸の内 グラントウキョウ", "IPAGothic"},
                                         Script{"Korean", "서울특별시 세종대로 홍길동", "NanumGothic"},
                                         Script{"Chinese", "朝阳区建国门外大街刘强东", "Droid Sans Fallback"},
                                         Script{"Arabic", "شارع الملك فهد، الرياض", "Noto Sans Arabic"},
                                         Script{"ArabicMarks", "مُحَمَّد بن عَبْد الله", "Noto Sans Arabic"},
                                         Script{"ArabicBold", "محمد الأحمد", "Noto Sans Arabic Bold", Weight::bold},
                                         Script{"Hebrew", "רחוב הרצל תל אביב־יפו", "Noto Sans Hebrew"},
                                         Script{"HebrewPoints", "שָׁלוֹם עֲלֵיכֶם", "Noto Sans Hebrew"},
                                         Script{"Thai", "ถนนสุขุมวิท กรุงเทพมหานคร ที่อยู่ ผู้รับ น้ำ ป้า", "Noto Sans Thai"},
                                         Script{"ThaiBold", "สมชาย ใจดี ณ เชียงใหม่", "Noto Sans Thai Bold", Weight::bold},
                                         Script{"Hindi", "श्री राम मार्ग, नई दिल्ली क्षेत्र", "Noto Sans Devanagari"}),
                         [](const auto& instance) { return instance.param.name; });

TEST(ShapedCheck, SeesLettersThatAreNotJoinedAndMarksThatAreLost) {
  EXPECT_GT(difference(drawn_by_us("ش ا ر ع", Weight::regular), drawn_by_pango("شارع", "Noto Sans Arabic")), kAlike);
  EXPECT_GT(difference(drawn_by_us("ทอย", Weight::regular), drawn_by_pango("ที่อยู่", "Noto Sans Thai")), kAlike);
  EXPECT_GT(difference(drawn_by_us("अब", Weight::regular), drawn_by_pango("बअ", "Noto Sans Devanagari")), kAlike);
}

}  // namespace
}  // namespace roundtrip::labels
