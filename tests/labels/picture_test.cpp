// What strangers send as pictures, in this process: formats, orientation, sizes, and what is refused with which words.
#include "labels/picture.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "labels/png.hpp"
#include "support/pictures.hpp"

namespace roundtrip::labels {
namespace {
using test::corners;
using test::corners_of;
using test::with_exif;

std::string refusal(std::string_view bytes) {
  const auto out = decoded_picture(bytes, 2000);
  return out ? "read" : out.error().code;
}

TEST(Picture, EveryExifOrientationComesOutUpright) {
  // What lies in the corners of the stored picture when the seen one has red, green, blue and white there.
  const Pixels seen = corners(64, 40);
  const std::string jpeg_of_it = jpeg(seen, 95);
  const std::vector<std::string> expected = {"rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto upright = decoded_picture(with_exif(jpeg_of_it, orientation), 2000);
    ASSERT_TRUE(upright) << orientation;
    EXPECT_EQ(corners_of(*upright), expected[static_cast<std::size_t>(orientation - 1)]) << orientation;
    EXPECT_EQ(upright->width, orientation >= 5 ? 40 : 64) << orientation;
  }
  for (const int odd : {0, 9, 255}) EXPECT_EQ(corners_of(decoded_picture(with_exif(jpeg_of_it, odd), 2000).value()), "rgbw") << odd;
}

TEST(Picture, NothingOfTheMetadataIsWrittenAgain) {
  const std::string sent = with_exif(jpeg(corners(64, 40), 95), 6);
  ASSERT_NE(sent.find("GPS"), std::string::npos);
  const std::string kept = jpeg(decoded_picture(sent, 2000).value(), 82);
  EXPECT_EQ(kept.find("GPS"), std::string::npos);
  EXPECT_EQ(kept.find("Exif"), std::string::npos);
}

TEST(Picture, ShrinksToItsLongSideAndNeverGrows) {
  const Pixels wide = shrunk(corners(5000, 40), 2000);
  EXPECT_EQ(wide.width, 2000);
  EXPECT_EQ(wide.height, 16);
  EXPECT_EQ(corners_of(wide), "rgbw");
  EXPECT_EQ(shrunk(corners(1, 9000), 2000).width, 1);
  EXPECT_EQ(shrunk(corners(30, 20), 2000).width, 30);
  EXPECT_EQ(corners_of(decoded_picture(jpeg(corners(8200, 4100), 60), 2000).value()), "rgbw");  // scaled while it was decoded
}

TEST(Picture, ReadsPng) {
  const Barcode code = qr("RT").value();
  const auto picture = decoded_picture(png(code, 3), 2000);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->width, (code.width + 8) * 3);
}

TEST(Picture, SaysWhatToSendInsteadOfWhatItCannotRead) {
  const std::string heic = std::string("\0\0\0\x18", 4) + "ftypheic" + std::string(20, '\0');
  EXPECT_EQ(refusal(heic), "photo_format_unknown");
  EXPECT_NE(picture_format(heic).error().message.find("Most Compatible"), std::string::npos);
  for (const std::string bytes : {"", "GIF89a....", "%PDF-1.4", "<svg xmlns='x'/>", "MZ....", "II*", "hello"}) {
    EXPECT_EQ(refusal(bytes), "photo_format_unknown") << bytes;
    EXPECT_NE(picture_format(bytes).error().message.find("JPEG"), std::string::npos) << bytes;
  }
}

TEST(Picture, BombsAndBrokenOnesAreRefusedByTheirHeader) {
  EXPECT_EQ(refusal(test::hollow_png(100'000, 100'000)), "photo_too_many_pixels");
  EXPECT_EQ(refusal(test::hollow_png(100'000, 600)), "photo_too_many_pixels");
  EXPECT_EQ(refusal(test::hollow_png(500, 500)), "photo_unreadable");
  const std::string whole = jpeg(corners(640, 480), 90);
  EXPECT_EQ(refusal(whole), "read");
  EXPECT_EQ(refusal(whole.substr(0, whole.size() / 2)), "photo_unreadable");
  EXPECT_EQ(refusal("\xFF\xD8\xFF"), "photo_unreadable");
  EXPECT_EQ(refusal("RIFF\x10\x27" + std::string("\0\0WEBPVP8 ", 10) + std::string(40, '\0')), "photo_unreadable");
}

TEST(Picture, BytesTurnedAtRandomAreReadOrRefused) {
  const char* given = std::getenv("ROUNDTRIP_TEST_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  SCOPED_TRACE("ROUNDTRIP_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> originals = {with_exif(jpeg(corners(320, 200), 80), 6), png(qr("RT-1").value(), 4)};
  int read = 0, refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = originals[static_cast<std::size_t>(i) % originals.size()];
    for (int n = 1 + static_cast<int>(random() % 8); n > 0; --n) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    const std::string code = refusal(bytes);
    ++(code == "read" ? read : refused);
    EXPECT_TRUE(code == "read" || code.starts_with("photo_")) << code;
  }
  EXPECT_GT(read, 50);
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace roundtrip::labels
