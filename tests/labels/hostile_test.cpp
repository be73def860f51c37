// Bytes at random in every field: a fault with a name or a sound file, never a crash, in bounded time.
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include "labels/pdf.hpp"
#include "labels/png.hpp"
#include "labels/support.hpp"
#include "labels/text.hpp"
#include "labels/zpl.hpp"

namespace roundtrip::labels {
namespace {
using namespace test;

class Noise {
 public:
  explicit Noise(unsigned seed) : random_(seed) {}
  std::string text() {
    switch (random_() % 6) {
      case 0:
        return bytes(random_() % 60, 0, 255);
      case 1:
        return bytes(random_() % 200, 0x20, 0x7E);
      case 2:
        return letters(random_() % 40, 0x20, 0x10FFFF);
      case 3:
        return letters(random_() % 60, 0x590, 0x6FF);
      case 4:
        return letters(random_() % 60, 0x4E00, 0x9FFF);
      default:
        return letters(random_() % 60, 0x300, 0x36F);
    }
  }
  PostalAddress address() { return {text(), text(), text(), text(), text(), text(), text(), text(), text()}; }

 private:
  std::string bytes(std::size_t count, int from, int to) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
      out += static_cast<char>(from + static_cast<int>(random_() % static_cast<unsigned>(to - from + 1)));
    return out;
  }
  std::string letters(std::size_t count, char32_t from, char32_t to) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += utf8_of(from + static_cast<char32_t>(random_() % (to - from + 1)));
    return out;
  }
  std::mt19937 random_;
};

bool is_known_fault(const Error& error) { return error.code == "label_character_missing" || error.code == "barcode_content_invalid"; }

void print_all(const Result<Drawing>& drawing, int& printed) {
  if (!drawing) {
    ASSERT_TRUE(is_known_fault(drawing.error())) << drawing.error().code;
    return;
  }
  ++printed;
  ASSERT_TRUE(pdf(*drawing, fonts(), {}).starts_with("%PDF-"));
  const std::string commands = zpl(*drawing, fonts());
  ASSERT_TRUE(commands.starts_with("^XA"));
  ASSERT_TRUE(commands.ends_with("^XZ\n"));
  ASSERT_FALSE(png(rasterize(drawing->pages[0], fonts(), 100)).empty());
}

TEST(Noise, InEveryFieldIsRefusedByNameOrPrintedSoundly) {
  int printed = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    Noise noise(seed);
    ParcelLabel parcel = sample_parcel();
    ReturnLabel back = sample_return();
    // Half of the rounds through the lenient way that use cases go for what is no address.
    const auto field = [&] { return seed % 2 ? noise.text() : with_question_marks(without_pictographs(noise.text()), fonts()); };
    parcel.carrier = field(), parcel.service = field(), parcel.order = field(), parcel.to.name = field(), parcel.to.line1 = field();
    back.shop = field(), back.order = field(), back.from.name = field(), back.items.push_back({-1, field(), field()});
    if (seed % 5 == 0) parcel.tracking_number = noise.text(), parcel.to = noise.address(), back.link = noise.text();
    print_all(lay_out(parcel, fonts()), printed);
    print_all(lay_out(back, seed % 3 ? Paper::a4 : Paper::four_by_six, fonts()), printed);
  }
  EXPECT_GT(printed, 80) << "the noise must reach the printers, too";
}

TEST(Noise, HugeTextsTakeBoundedTime) {
  ReturnLabel label = sample_return();
  const std::string huge(200'000, 'W');
  std::string wide;
  for (int i = 0; i < 60'000; ++i) wide += "都";
  label.shop = label.order = label.from.name = label.to.name = label.to.line1 = label.to.city = huge;
  label.words.title = label.words.steps[0] = wide;
  for (int i = 0; i < 500; ++i) label.items.push_back({1, huge.substr(0, 2000), wide.substr(0, 3000)});
  const auto start = std::chrono::steady_clock::now();
  const auto drawing = lay_out(label, Paper::a4, fonts());
  ASSERT_TRUE(drawing) << drawing.error().message.substr(0, 200);
  EXPECT_FALSE(pdf(*drawing, fonts(), {}).empty());
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took, std::chrono::seconds(20)) << "a label must never hold a worker";
  RecordProperty("took_ms", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  std::cout << "took " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms\n";
}

TEST(ManyThreads, PrintTheSameBytes) {
  const std::string wanted = pdf(lay_out(sample_parcel(), fonts()).value(), fonts(), {});
  std::vector<std::string> got(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < got.size(); ++i) {
      threads.emplace_back([&got, i] {
        for (int round = 0; round < 10; ++round) got[i] = pdf(lay_out(sample_parcel(), fonts()).value(), fonts(), {});
      });
    }
  }
  for (const std::string& file : got) EXPECT_EQ(file, wanted);
}

TEST(FontFiles, ThatAreMissingOrNotFontsAreNamed) {
  const Folder folder;
  try {
    const Face face(folder.path("NotoSans-Regular.ttf"));
    FAIL() << "a missing font was opened";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("NotoSans-Regular.ttf"), std::string::npos);
  }
  const std::string whole = read_file("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf");
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string broken = whole;
    if (round % 2) broken.resize(random() % whole.size());
    for (int i = 0; i < 20 && !broken.empty(); ++i)
      broken[random() % std::min<std::size_t>(broken.size(), round % 4 ? broken.size() : 400)] ^= static_cast<char>(1 + random() % 255);
    write_file(folder.path("broken.ttf"), broken);
    try {
      const Face face(folder.path("broken.ttf"));
      for (char32_t c = 0x20; c < 0x250; ++c) face.outline(face.glyph(c));
      face.subset({{u'A', face.glyph(U'A')}, {u'ễ', face.glyph(U'ễ')}});
    } catch (const std::exception&) {
    }
  }
}

}  // namespace
}  // namespace roundtrip::labels
