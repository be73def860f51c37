// Barcodes are read back from what is printed: from PDF at printers' resolutions, PNG and ZPL.
#include "labels/barcode.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "labels/pdf.hpp"
#include "labels/png.hpp"
#include "labels/support.hpp"

namespace roundtrip::labels {
namespace {
using namespace test;

std::string pdf_of(const Result<Drawing>& drawing) { return pdf(drawing.value(), fonts(), Instant{1'763'700'000'000'000}); }

void expect_readable(const std::string& file, const std::vector<std::pair<std::string, std::string>>& wanted) {
  for (const int resolution : {203, 300}) {
    const auto pages = render(file, resolution);
    ASSERT_FALSE(pages.empty());
    const Found zxing = read_with_zxing(pages[0]), zbar = read_with_zbar(pages[0]);
    for (const auto& [symbology, content] : wanted) {
      EXPECT_TRUE(holds(zxing, symbology, content)) << "ZXing, " << resolution << " dpi, " << symbology << " " << content;
      EXPECT_TRUE(holds(zbar, symbology, content)) << "zbar, " << resolution << " dpi, " << symbology << " " << content;
    }
  }
}

TEST(PrintedBarcodes, ParcelLabelIsReadByTwoReadersAtBothResolutions) {
  expect_readable(pdf_of(lay_out(sample_parcel(), fonts())), {{"Code128", "DM0000123456789PT"}, {"QRCode", "P0001A3K"}});
}

TEST(PrintedBarcodes, ParcelWithoutATrackingNumberCarriesItsOwnCodeTwice) {
  ParcelLabel label = sample_parcel();
  label.tracking_number.clear();
  expect_readable(pdf_of(lay_out(label, fonts())), {{"Code128", "P0001A3K"}, {"QRCode", "P0001A3K"}});
}

TEST(PrintedBarcodes, ReturnLabelIsReadOnBothPapers) {
  for (const Paper paper : {Paper::a4, Paper::four_by_six}) {
    expect_readable(pdf_of(lay_out(sample_return(), paper, fonts())), {{"Code128", "R00014DX"}, {"QRCode", "R00014DX"}});
  }
}

TEST(PrintedBarcodes, ReturnLabelWithALinkAndACarriersNumber) {
  ReturnLabel label = sample_return();
  label.link = "https://shop.example/return/r1-4F-1-2G7.0123456789ABCDEFGHJKMNPQRS";
  label.tracking_number = "1Z999AA10123456784";
  for (const Paper paper : {Paper::a4, Paper::four_by_six}) {
    expect_readable(pdf_of(lay_out(label, paper, fonts())), {{"Code128", "1Z999AA10123456784"}, {"QRCode", label.link}});
  }
}

TEST(PrintedBarcodes, EveryCommandCardIsRead) {
  std::vector<CommandCard> cards;
  for (int i = 0; i < 10; ++i)
    cards.push_back({"QTY " + std::to_string(i), "C" + std::to_string(1000 + i) + "X", "Counts for the next scan"});
  const std::string file = pdf_of(lay_out(cards, fonts()));
  const auto pages = render(file, 203);
  ASSERT_EQ(pages.size(), 1u);
  const Found zxing = read_with_zxing(pages[0]), zbar = read_with_zbar(pages[0]);
  for (const CommandCard& card : cards) {
    EXPECT_TRUE(holds(zxing, "Code128", card.code)) << card.code;
    EXPECT_TRUE(holds(zbar, "Code128", card.code)) << card.code;
  }
}

TEST(PrintedBarcodes, TheLongestTrackingNumbersAreStillRead) {
  for (const std::string number : {"00340434161094042557", "92748927005500000000000017", "LX123456789DE", "AB-12/34.567$8+9%0"}) {
    ParcelLabel label = sample_parcel();
    label.tracking_number = number;
    expect_readable(pdf_of(lay_out(label, fonts())), {{"Code128", number}});
  }
}

TEST(PrintedBarcodes, QrAsPngIsRead) {
  for (const std::string& content : {std::string("R00014DX"), std::string("https://shop.example/return/größe?a=1&b=吉田")}) {
    const Folder folder;
    write_file(folder.path("qr.png"), png(qr(content).value(), 8));
    EXPECT_EQ(run("zbarimg -q --nodbus --raw " + folder.path("qr.png")).output, content + "\n");
  }
}

TEST(PrintedBarcodes, ModulesAreWholePrinterDotsOnWholePlaces) {
  for (const auto& drawing : {lay_out(sample_parcel(), fonts()), lay_out(sample_return(), Paper::a4, fonts()),
                              lay_out(sample_return(), Paper::four_by_six, fonts())}) {
    for (const PlacedBarcode& placed : drawing->pages[0].barcodes) {
      for (const double length : {placed.module, placed.box.x, placed.box.y, placed.box.width}) {
        EXPECT_NEAR(length / kDot, std::round(length / kDot), 1e-6);
      }
      EXPECT_GE(placed.quiet, placed.module * (placed.code.symbology == Symbology::code128 ? 10 : 4) - 1e-9);
      EXPECT_GE(placed.module / kDot, 2 - 1e-9) << "thinner than a quarter millimeter";
    }
  }
}

TEST(Barcodes, ContentThatNoReaderCouldGiveBackIsRefused) {
  for (const std::string& content :
       {std::string(), std::string(49, 'A'), std::string("ÄB"), std::string("A\nB"), std::string("A\0B", 3), std::string("\x7f")}) {
    const auto refused = code128(content);
    ASSERT_FALSE(refused) << content;
    EXPECT_EQ(refused.error().code, "barcode_content_invalid");
  }
  EXPECT_FALSE(qr(""));
  EXPECT_FALSE(qr(std::string(401, 'a')));
  EXPECT_TRUE(qr(std::string(400, 'a')));
}

TEST(Barcodes, ACodeTooWideForTheLabelIsRefusedNotSqueezed) {
  ParcelLabel label = sample_parcel();
  label.tracking_number = std::string(48, 'z');
  const auto drawn = lay_out(label, fonts());
  if (drawn) {
    EXPECT_GE(drawn->pages[0].barcodes[0].module, kDot - 1e-9);
  } else {
    EXPECT_EQ(drawn.error().code, "barcode_content_invalid");
  }
}

}  // namespace
}  // namespace roundtrip::labels
