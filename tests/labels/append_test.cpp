// A carrier's document behind our slip: every page readable, both barcodes there; what is no PDF is refused.
#include "labels/append.hpp"

#include <gtest/gtest.h>

#include "labels/barcode.hpp"
#include "labels/pdf.hpp"
#include "labels/png.hpp"
#include "support.hpp"

namespace roundtrip::labels {
namespace {
using test::faults_of;
using test::render;

std::string slip() { return pdf(lay_out(test::sample_return(), Paper::a4, fonts()).value(), fonts(), Instant{1'763'700'000'000'000}); }
std::string carrier_label() { return pdf(lay_out(test::sample_parcel(), fonts()).value(), fonts(), Instant{1'763'700'000'000'000}); }

TEST(AppendedPages, ComeAfterOursAndAreAsTheyWere) {
  const auto both = appended(slip(), {carrier_label(), carrier_label()});
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(faults_of(*both), "");
  const auto pages = render(*both, 203);
  ASSERT_EQ(pages.size(), 3u);
  const auto alone = render(carrier_label(), 203).at(0);
  for (const std::size_t page : {1u, 2u}) {
    EXPECT_EQ(pages[page].width, alone.width);
    EXPECT_EQ(pages[page].pixels, alone.pixels);
  }
  EXPECT_EQ(pages[0].pixels, render(slip(), 203).at(0).pixels);
  EXPECT_FALSE(test::read_with_zxing(pages[1]).empty());
}

TEST(AppendedPages, NothingToAppendLeavesOursReadable) {
  const auto same = appended(slip(), {});
  ASSERT_TRUE(same);
  EXPECT_EQ(render(*same, 72).size(), 1u);
}

TEST(AppendedPages, WhatIsNoPdfIsRefusedAndNeverThrown) {
  const std::string good = carrier_label();
  std::string cut = good.substr(0, good.size() / 3);
  for (const std::string& bad : {std::string(), std::string("PNG"), std::string(100'000, '%'), std::string("%PDF-1.4\n"), cut}) {
    const auto out = appended(slip(), {bad});
    if (out) {
      EXPECT_EQ(faults_of(*out), "") << "what was taken must be whole";
      continue;
    }
    EXPECT_EQ(out.error().code, "label_document_unreadable");
  }
  EXPECT_FALSE(appended(slip(), {std::string("not a PDF")}));
}

TEST(PictureOfALabel, FillsItsPageAndStillScans) {
  const auto code = code128("999991587212");
  ASSERT_TRUE(code);
  const auto page = pdf_of_picture(png(*code, 3, 200));
  ASSERT_TRUE(page);
  EXPECT_EQ(faults_of(*page), "");
  const auto pages = render(*page, 203);
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_GT(pages[0].width, pages[0].height) << "a wide label lies on its side";
  EXPECT_TRUE(test::holds(test::read_with_zxing(pages[0]), "Code128", "999991587212"));
  const auto both = appended(slip(), {*page});
  ASSERT_TRUE(both);
  EXPECT_EQ(render(*both, 72).size(), 2u);
  for (const std::string bad : {"", "no picture", "\x89PNG\r\n"}) EXPECT_FALSE(pdf_of_picture(bad)) << bad;
}

}  // namespace
}  // namespace roundtrip::labels
