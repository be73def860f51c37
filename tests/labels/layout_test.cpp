// Nothing overlaps, nothing leaves the page, whatever the texts are.
#include "labels/layout.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "labels/pdf.hpp"
#include "labels/sheet.hpp"
#include "labels/support.hpp"
#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {
using namespace test;

bool apart(const Box& a, const Box& b) {
  constexpr double kSlack = 0.02;
  return a.right() <= b.x + kSlack || b.right() <= a.x + kSlack || a.bottom() <= b.y + kSlack || b.bottom() <= a.y + kSlack;
}
bool inside(const Box& inner, const Box& outer) {
  constexpr double kSlack = 0.02;
  return inner.x >= outer.x - kSlack && inner.y >= outer.y - kSlack && inner.right() <= outer.right() + kSlack &&
         inner.bottom() <= outer.bottom() + kSlack;
}

// Empty when the page is sound, else what is wrong.
std::string fault_of(const Page& page) {
  const Box paper{0, 0, page.width, page.height};
  for (std::size_t i = 0; i < page.texts.size(); ++i) {
    const PlacedText& text = page.texts[i];
    if (!inside(text.box, paper)) return "off the page: " + text.text;
    if (text.size < 4) return fmt::format("too small to read ({}): {}", text.size, text.text);
    if (fonts().width(text.text, text.weight, text.size) > text.box.width + 0.01) return "wider than its box: " + text.text;
    for (std::size_t j = 0; j < i; ++j) {
      if (!apart(text.box, page.texts[j].box)) return "overlap: [" + text.text + "] and [" + page.texts[j].text + "]";
    }
    for (const PlacedBarcode& code : page.barcodes) {
      if (!apart(text.box, code.box)) return "text on a barcode: " + text.text;
    }
    bool on_black = false;
    for (const PlacedArea& area : page.areas) {
      if (area.outline > 0 || area.gray > 0.5) continue;
      if (inside(text.box, area.box))
        on_black = true;
      else if (!apart(text.box, area.box))
        return "half on a black area: " + text.text;
    }
    if (on_black != (text.gray > 0.5)) return "ink and ground are alike: " + text.text;
  }
  for (const PlacedBarcode& code : page.barcodes) {
    const Box whole{code.box.x - code.quiet + kDot, code.box.y, code.box.width + 2 * code.quiet - 2 * kDot, code.box.height};
    if (!inside(whole, paper)) return "barcode off the page";
    for (const PlacedArea& area : page.areas) {
      if (area.outline == 0 && !apart(whole, area.box)) return "an area on a barcode or its quiet zone";
    }
    for (const PlacedText& text : page.texts) {
      if (!apart(whole, text.box)) return "text in a quiet zone: " + text.text;
    }
  }
  return "";
}

void expect_sound(const Result<Drawing>& drawing) {
  ASSERT_TRUE(drawing) << drawing.error().message;
  for (const Page& page : drawing->pages) ASSERT_EQ(fault_of(page), "");
}

class Texts {
 public:
  explicit Texts(unsigned seed) : random_(seed) {}
  std::string next(int most) {
    static const std::vector<std::string> alphabets[] = {
        {"a", "b", "e", "M", "W", "i", " ", " ", "-", "1", "."},
        {"Ễ", "ồ", "Ặ", "ư", " ", "Đ", "n"},
        {"東", "京", "区", "１", "グ", "。", "」", " "},
        {"م", "ح", "د", " ", "لا", "1", "("},
        {"ש", "ל", "ו", "ם", " ", "A", "9"},
        {"W"},
        {"ї", "Щ", "Ґ", " ", "я"},
        {"세", "울", "한", " "},
        {" ", "\t", "\n", "x", "/", "https://"},
    };
    const auto& letters = alphabets[random_() % std::size(alphabets)];
    std::string out;
    const int length = static_cast<int>(random_() % static_cast<unsigned>(most + 1));
    for (int i = 0; i < length; ++i) out += letters[random_() % letters.size()];
    return out;
  }
  std::string code() {
    std::string out = "R";
    for (unsigned i = 0; i < 3 + random_() % 11; ++i) out += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[random_() % 32];
    return out;
  }
  PostalAddress address(int most) {
    static const char* kCountries[] = {"PT", "DE", "US", "GB", "JP", "VN", "CN", "KR", "ZZ", "", "AU", "MK"};
    return {next(most), next(most), next(most), next(most), next(most), next(most), next(20), kCountries[random_() % 12], next(20)};
  }
  unsigned number(unsigned below) { return static_cast<unsigned>(random_() % below); }

 private:
  std::mt19937 random_;
};

TEST(LayoutProperty, ReturnLabelsOfRandomTextsAreSound) {
  for (unsigned seed = 0; seed < 120; ++seed) {
    Texts texts(seed);
    const int most = seed % 3 == 0 ? 300 : 40;
    ReturnLabel label;
    static const char* kLocales[] = {"en", "de", "pt-PT"};
    label.words = return_words(kLocales[seed % 3]);
    if (seed % 5 == 0) label.words.banner = texts.next(most), label.words.title = texts.next(most), label.words.steps[2] = texts.next(400);
    label.shop = texts.next(most), label.order = texts.next(most), label.code = texts.code(), label.valid_until = texts.next(30);
    label.carrier = texts.next(most);
    if (seed % 2) label.tracking_number = texts.code() + texts.code().substr(0, 6);
    label.from = texts.address(most), label.to = texts.address(most);
    for (unsigned i = 0; i < texts.number(60); ++i) label.items.push_back({texts.number(100000), texts.next(most), texts.next(most)});
    SCOPED_TRACE(seed);
    expect_sound(lay_out(label, Paper::a4, fonts()));
    expect_sound(lay_out(label, Paper::four_by_six, fonts()));
  }
}

TEST(LayoutProperty, ParcelLabelsOfRandomTextsAreSound) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Texts texts(seed + 1000);
    const int most = seed % 3 == 0 ? 300 : 40;
    ParcelLabel label;
    label.from = texts.address(most), label.to = texts.address(most);
    label.carrier = texts.next(most), label.service = texts.next(most), label.code = texts.code(), label.order = texts.next(most);
    if (seed % 2) label.tracking_number = texts.code();
    label.day = texts.next(40), label.count = static_cast<int>(texts.number(1000)),
    label.weight_g = static_cast<int>(texts.number(1000000));
    SCOPED_TRACE(seed);
    expect_sound(lay_out(label, fonts()));
  }
}

TEST(LayoutProperty, CardsOfRandomTextsAreSound) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    Texts texts(seed + 5000);
    std::vector<CommandCard> cards;
    for (unsigned i = 0; i < 1 + texts.number(25); ++i) cards.push_back({texts.next(40), texts.code(), texts.next(200)});
    SCOPED_TRACE(seed);
    expect_sound(lay_out(cards, fonts()));
  }
}

TEST(LayoutProperty, HandOverListsOfRandomTextsAreSound) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    Texts texts(seed + 9000);
    const int most = seed % 3 == 0 ? 300 : 40;
    HandoverList list{texts.next(most), texts.next(most), texts.code(), texts.next(most), texts.next(30), texts.next(most), {}};
    for (unsigned i = 0; i < texts.number(120); ++i)
      list.rows.push_back(
          {texts.code(), texts.next(most), texts.next(most), texts.next(most), static_cast<int>(texts.number(50000)), texts.next(most)});
    SCOPED_TRACE(seed);
    expect_sound(lay_out(list, fonts()));
  }
}

TEST(LayoutCheck, SeesAnOverlapAndAnOverflow) {
  Drawing drawing = lay_out(sample_parcel(), fonts()).value();
  Page moved = drawing.pages[0];
  moved.texts[1].box.y = moved.texts[2].box.y;
  EXPECT_NE(fault_of(moved), "");
  moved = drawing.pages[0];
  moved.texts[1].box.x = moved.width - 1;
  EXPECT_NE(fault_of(moved), "");
}

TEST(Fitting, ALongTextShrinksThenWrapsThenEndsInAnEllipsis) {
  const TextStyle style{Weight::regular, 12, 6, 2, Align::left, 0};
  const std::string word = "Serviceabteilung ";
  EXPECT_EQ(fit_text(fonts(), "Short", style, 100).lines, std::vector<std::string>{"Short"});
  EXPECT_EQ(fit_text(fonts(), "Short", style, 100).size, 12);
  const auto two = fit_text(fonts(), word + word, style, 100);
  EXPECT_EQ(two.lines.size(), 2u);
  std::string much;
  for (int i = 0; i < 40; ++i) much += word;
  const auto cut = fit_text(fonts(), much, style, 100);
  EXPECT_EQ(cut.size, 6);
  ASSERT_EQ(cut.lines.size(), 2u);
  EXPECT_TRUE(cut.lines[1].ends_with("…"));
}

TEST(Fitting, AWordThatIsWiderThanTheLineIsCutBetweenCharacters) {
  const auto fitted = fit_text(fonts(), std::string(200, 'W'), {Weight::bold, 10, 6, 20, Align::left, 0}, 60);
  std::string joined;
  for (const auto& line : fitted.lines) {
    EXPECT_LE(fonts().width(line, Weight::bold, fitted.size), 60);
    joined += line;
  }
  EXPECT_EQ(joined, std::string(200, 'W'));
}

TEST(Fitting, JapaneseBreaksBetweenCharactersButNotBeforeAFullStop) {
  for (const std::string& piece : breakable_pieces("東京都千代田区。丸の内")) EXPECT_FALSE(piece.starts_with("。"));
  EXPECT_GT(breakable_pieces("東京都千代田区").size(), 4u);
}

TEST(Addresses, AreWrittenAsTheirCountryWritesThem) {
  const auto last = [](const PostalAddress& a) {
    const auto lines = place_lines(a);
    return std::vector<std::string>(lines.end() - 2, lines.end());
  };
  EXPECT_EQ(last({"", "", "1 Main St", "", "Springfield", "IL", "62701", "US", ""}),
            (std::vector<std::string>{"Springfield, IL 62701", "UNITED STATES"}));
  EXPECT_EQ(last({"", "", "10 High St", "", "London", "", "SW1A 1AA", "GB", ""}), (std::vector<std::string>{"SW1A 1AA", "UNITED KINGDOM"}));
  EXPECT_EQ(last({"", "", "Weg 1", "", "Köln", "", "50667", "DE", ""}), (std::vector<std::string>{"50667 Köln", "GERMANY"}));
  EXPECT_EQ(place_lines({"", "", "丸の内１", "", "千代田区", "東京都", "100-0005", "JP", ""}),
            (std::vector<std::string>{"〒100-0005", "東京都千代田区丸の内１", "JAPAN"}));
}

TEST(ManyItems, FlowOntoFurtherPagesAndTheRestIsCounted) {
  ReturnLabel label = sample_return();
  label.items.clear();
  for (int i = 0; i < 650; ++i) label.items.push_back({i + 1, fmt::format("SKU-{:04}", i), "Article"});
  const auto drawing = lay_out(label, Paper::a4, fonts());
  expect_sound(drawing);
  EXPECT_GT(drawing->pages.size(), 10u);
  const std::string text = text_of(pdf(*drawing, fonts(), {}));
  for (const int i : {0, 1, 17, 200, 499}) EXPECT_NE(text.find(fmt::format("SKU-{:04}", i)), std::string::npos) << i;
  EXPECT_EQ(text.find("SKU-0500"), std::string::npos);
  EXPECT_NE(text.find("and 150 more"), std::string::npos);
}

TEST(ManyParcels, FlowOntoFurtherPagesOfTheListAndNoneIsLeftOut) {
  HandoverList list{"DHL", "main", "man_1", "M-4711", "2026-11-20 16:00 UTC", "lea at dispatch-1", {}};
  for (int i = 0; i < 300; ++i)
    list.rows.push_back({fmt::format("P{:08}", i), fmt::format("0034043{:013}", i), "SO-1", "DE 04109 Leipzig", 1200, "lea"});
  const auto drawing = lay_out(list, fonts());
  expect_sound(drawing);
  EXPECT_GT(drawing->pages.size(), 5u);
  const std::string text = text_of(pdf(*drawing, fonts(), {}));
  for (int i = 0; i < 300; ++i) EXPECT_NE(text.find(fmt::format("0034043{:013}", i)), std::string::npos) << i;
  EXPECT_NE(text.find("300 parcels"), std::string::npos);
  EXPECT_NE(text.find("M-4711"), std::string::npos);
}

TEST(Files, AreSoundPdfWithTheRightPaper) {
  const std::string a4 = pdf(lay_out(sample_return(), Paper::a4, fonts()).value(), fonts(), Instant{1'763'700'000'000'000});
  const std::string small = pdf(lay_out(sample_parcel(), fonts()).value(), fonts(), Instant{1'763'700'000'000'000});
  EXPECT_EQ(faults_of(a4), "");
  EXPECT_EQ(faults_of(small), "");
  const Folder folder;
  write_file(folder.path("a4.pdf"), a4);
  write_file(folder.path("small.pdf"), small);
  EXPECT_NE(run("pdfinfo " + folder.path("a4.pdf")).output.find("595.28 x 841.89 pts (A4)"), std::string::npos);
  const std::string info = run("TZ=UTC pdfinfo " + folder.path("small.pdf")).output;
  EXPECT_NE(info.find("288 x 432 pts"), std::string::npos) << info;
  EXPECT_NE(info.find("Parcel P0001A3K"), std::string::npos) << info;
  EXPECT_NE(info.find("Nov 21 04:40:00 2025"), std::string::npos) << info;
  EXPECT_LT(small.size(), 25'000u);
  EXPECT_EQ(small, pdf(lay_out(sample_parcel(), fonts()).value(), fonts(), Instant{1'763'700'000'000'000})) << "same facts, same bytes";
}

TEST(Words, OfAReturnLabelAreInTheCustomersLanguage) {
  for (const auto& [locale, word] : std::vector<std::pair<std::string, std::string>>{
           {"de-AT", "Rücksendeetikett"}, {"pt-PT", "Etiqueta de devolução"}, {"en", "Return label"}, {"xx", "Return label"}}) {
    ReturnLabel label = sample_return();
    label.words = return_words(locale);
    EXPECT_NE(text_of(pdf(lay_out(label, Paper::a4, fonts()).value(), fonts(), {})).find(word), std::string::npos) << locale;
  }
}

TEST(HostileTexts, LeaveASoundFile) {
  const std::vector<std::string> texts = {"(a)\\)",
                                          ")))(((",
                                          "%PDF-1.7 endobj stream",
                                          std::string("a\0b", 3),
                                          "\x01\x02\x1b[31m",
                                          "a\r\nb\tc",
                                          "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306",
                                          "\u202Eevil\u202C",
                                          std::string(100'000, 'x'),
                                          std::string(50'000, ' ') + "y",
                                          "<script>",
                                          "😀" /* refused */};
  for (const std::string& text : texts) {
    ParcelLabel label = sample_parcel();
    label.to.name = label.to.line1 = label.carrier = label.order = text;
    const auto drawing = lay_out(label, fonts());
    if (!drawing) {
      EXPECT_EQ(drawing.error().code, "label_character_missing");
      continue;
    }
    EXPECT_EQ(fault_of(drawing->pages[0]), "");
    EXPECT_EQ(faults_of(pdf(*drawing, fonts(), {})), "");
  }
}

}  // namespace
}  // namespace roundtrip::labels
