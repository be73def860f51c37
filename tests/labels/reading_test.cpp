// What is printed is read again as cameras see it: at both resolutions, turned, slanted and small, by two readers where two exist.
#include <gtest/gtest.h>

#include <cmath>

#include "domain/gs1.hpp"
#include "labels/pdf.hpp"
#include "labels/picture_reader.hpp"
#include "labels/support.hpp"
#include "labels/zpl.hpp"

namespace roundtrip::labels {
namespace {
using namespace test;

// Turned about its middle and scaled, on white.
Gray seen(const Gray& from, double degrees, double scale) {
  const double angle = degrees * std::acos(-1.0) / 180, c = std::cos(angle), s = std::sin(angle);
  const int width = static_cast<int>((std::abs(from.width * c) + std::abs(from.height * s)) * scale) + 40;
  const int height = static_cast<int>((std::abs(from.width * s) + std::abs(from.height * c)) * scale) + 40;
  Gray out{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 255)};
  const auto light = [&](double x, double y) {
    const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
    if (left < 0 || top < 0 || left + 1 >= from.width || top + 1 >= from.height) return 255.0;
    const double fx = x - left, fy = y - top;
    return (from.at(left, top) * (1 - fx) + from.at(left + 1, top) * fx) * (1 - fy) +
           (from.at(left, top + 1) * (1 - fx) + from.at(left + 1, top + 1) * fx) * fy;
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double right = (x - width / 2.0) / scale, down = (y - height / 2.0) / scale;
      const double value = light(right * c + down * s + from.width / 2.0, -right * s + down * c + from.height / 2.0);
      out.pixels[static_cast<std::size_t>(y * width + x)] = static_cast<std::uint8_t>(std::lround(value));
    }
  }
  return out;
}

Pixels in_color(const Gray& gray) {
  Pixels out{gray.width, gray.height, {}};
  for (const auto pixel : gray.pixels) out.rgb.insert(out.rgb.end(), 3, pixel);
  return out;
}

bool reader_found(const std::vector<ReadCode>& found, const std::string& format, const std::string& text) {
  return std::any_of(found.begin(), found.end(), [&](const ReadCode& code) { return code.format == format && code.text == text; });
}

struct View {
  int dots;
  double degrees, scale;
};

class PrintedAndSeen : public testing::TestWithParam<View> {};
TEST_P(PrintedAndSeen, ParcelAndReturnLabelsAreReadByBothReaders) {
  const View view = GetParam();
  const std::vector<std::pair<Drawing, std::vector<std::pair<std::string, std::string>>>> labels = {
      {lay_out(sample_parcel(), fonts(), view.dots).value(), {{"Code128", "DM0000123456789PT"}, {"QRCode", "P0001A3K"}}},
      {lay_out(sample_return(), Paper::four_by_six, fonts(), view.dots).value(), {{"Code128", "R00014DX"}, {"QRCode", "R00014DX"}}},
      {lay_out(sample_return(), Paper::a4, fonts(), view.dots).value(), {{"Code128", "R00014DX"}, {"QRCode", "R00014DX"}}}};
  for (const auto& [drawing, wanted] : labels) {
    const Gray image = seen(render(pdf(drawing, fonts(), {}), view.dots).at(0), view.degrees, view.scale);
    const auto ours = codes_in(in_color(image));
    const Found zbar = read_with_zbar(image);
    for (const auto& [format, text] : wanted) {
      EXPECT_TRUE(reader_found(ours, format, text)) << "ZXing " << drawing.title << " " << format;
      EXPECT_TRUE(holds(zbar, format, text)) << "zbar " << drawing.title << " " << format;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Views, PrintedAndSeen,
                         testing::Values(View{203, 0, 1}, View{203, 90, 1}, View{203, 180, 1}, View{203, 270, 1}, View{203, 4, 1},
                                         View{203, -7, 1}, View{203, 0, 0.8}, View{300, 0, 1}, View{300, 90, 1}, View{300, 180, 1},
                                         View{300, 270, 1}, View{300, 5, 1}, View{300, 0, 0.8}, View{300, 180, 0.8}));

TEST(LogisticLabels, TheirSsccIsReadAsGs1FromBothSymbols) {
  ParcelLabel label = sample_parcel();
  label.sscc = domain::sscc_of("4012345", 3, 42).value();
  EXPECT_EQ(label.sscc.size(), 18U);
  for (const int dots : {203, 300}) {
    const auto pages = render(pdf(lay_out(label, fonts(), dots).value(), fonts(), {}), dots);
    ASSERT_EQ(pages.size(), 2U);
    for (const View view : {View{dots, 0, 1}, View{dots, 90, 1}, View{dots, 3, 1}, View{dots, 0, 0.8}}) {
      const Gray image = seen(pages[1], view.degrees, view.scale);
      const auto found = codes_in(in_color(image));
      for (const auto& [format, symbology] : {std::pair<std::string, std::string>{"Code128", "]C1"}, {"DataMatrix", "]d2"}}) {
        const auto code =
            std::find_if(found.begin(), found.end(), [&, wanted = format](const ReadCode& one) { return one.format == wanted; });
        ASSERT_NE(code, found.end()) << format << " at " << view.degrees << " x " << view.scale;
        EXPECT_EQ(code->symbology, symbology);
        const auto item = domain::parse_item(code->text, code->symbology);
        ASSERT_TRUE(item) << code->text;
        EXPECT_EQ(item->sscc, label.sscc);
      }
      const Found zbar = read_with_zbar(image);  // it has no DataMatrix
      EXPECT_TRUE(holds(zbar, "Code128", "00" + label.sscc)) << view.degrees;
    }
  }
}

TEST(LogisticLabels, WhatIsNoGs1ContentIsRefused) {
  for (const std::string content : {"", "(00)340123450000000018", "(00)1", "0012", "(99", "(01)04006381333932"}) {
    EXPECT_FALSE(gs1_128(content)) << content;
    EXPECT_FALSE(gs1_data_matrix(content)) << content;
  }
}

TEST(LabelsOfOtherPrinters, BarsAreWholeDotsOf300) {
  const Drawing drawing = lay_out(sample_parcel(), fonts(), 300).value();
  for (const auto& placed : drawing.pages.at(0).barcodes) {
    const double dots = placed.module * 300 / 72;
    EXPECT_NEAR(dots, std::round(dots), 1e-6);
  }
}

TEST(HostileNames, StayTextInEveryFormatAndInsideThePage) {
  const auto repeated = [](const std::string& text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
  };
  const std::vector<std::string> names = {"\u202Egnp.exe\u202C Ana",
                                          std::string(10'000, 'W'),
                                          repeated("Nguyễn ", 2000),
                                          "e" + repeated("\u0301", 500),
                                          "^XZ^XA^FDevil~DGR:A.GRF_5E",
                                          "a\x01\x02\x1B"
                                          "b\r\n\tc",
                                          "محمد\u202E 123 ^FS ~JA",
                                          "ที่" + repeated("\u0E48", 300),
                                          repeated("שָׁלוֹם ", 800)};
  for (const std::string& name : names) {
    ParcelLabel label = sample_parcel();
    label.to.name = label.to.line1 = name;
    for (const int dots : {203, 300}) {
      const auto drawing = lay_out(label, fonts(), dots);
      ASSERT_TRUE(drawing) << drawing.error().message;
      for (const PlacedText& text : drawing->pages.at(0).texts) {
        EXPECT_LE(text.box.right(), drawing->pages[0].width + 0.01);
        EXPECT_LE(text.box.bottom(), drawing->pages[0].height + 0.01);
      }
      const std::string commands = zpl(*drawing, fonts());
      EXPECT_EQ(commands.find("^XA", 1), std::string::npos);
      EXPECT_EQ(commands.find('~'), std::string::npos);
      EXPECT_EQ(commands.find("evil~"), std::string::npos);
      EXPECT_EQ(commands.find("^XZ"), commands.size() - 4);
      EXPECT_EQ(faults_of(pdf(*drawing, fonts(), {})), "");
    }
  }
}

}  // namespace
}  // namespace roundtrip::labels
