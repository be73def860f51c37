// Texts out of replies: bounded, cleaned, and UTF-8 whatever the document claims.
#include "carriers/times.hpp"
#include "replies.hpp"

namespace roundtrip::carriers::test {
namespace {
TEST(ReplyTexts, AReferenceToASurrogateIsNoCharacter) {
  const auto document = Document::of("<a>x&#xD800;y</a>");
  ASSERT_NE(document.xml, nullptr);
  const auto read = text(document.xml->document_element());
  EXPECT_TRUE(is_utf8(read)) << read;
  EXPECT_EQ(read.front(), 'x');
  EXPECT_EQ(read.back(), 'y');
}

TEST(ReplyTexts, BytesOfAnotherEncodingBecomeReplacementCharacters) {
  const auto document = Document::of("<?xml version=\"1.0\" encoding=\"windows-1252\"?><a b=\"caf\xE9\">na\xEFve</a>");
  ASSERT_NE(document.xml, nullptr);
  EXPECT_EQ(text(document.xml->document_element()), "na\xEF\xBF\xBDve");
  EXPECT_EQ(attribute(document.xml->document_element(), "b"), "caf\xEF\xBF\xBD");
}

TEST(ReplyTexts, OnlyTheDeclarationMayNameAnotherEncoding) {
  EXPECT_FALSE(Document::of("<a encoding=\"x\">na\xEFve</a>").fault.empty());
  EXPECT_FALSE(Document::of("<?xml version=\"1.0\"?><a encoding=\"x\">na\xEFve</a>").fault.empty());
}

TEST(ReplyTexts, AreCutAtACharacter) {
  std::string umlauts;
  for (std::size_t i = 0; i < kMostText; ++i) umlauts += "\xC3\xA4";
  const auto cut = clean_text("a" + umlauts);
  EXPECT_LE(cut.size(), kMostText);
  EXPECT_TRUE(is_utf8(cut));
}

TEST(ReplyTimes, APatternIsReadOnlyWhereItFits) {
  EXPECT_EQ(read_pattern("09-07-2026 12:00:05", "%d-%m-%Y %H:%M:%S").local, "2026-07-09T12:00:05");
  EXPECT_EQ(read_pattern("9-7-2026 1:00:05", "%d-%m-%Y %H:%M:%S").local, "2026-07-09T01:00:05");
  EXPECT_EQ(read_pattern("8/17/2026 7:11:26 PM", "%m/%d/%Y %I:%M:%S %p").local, "2026-08-17T19:11:26");
  EXPECT_EQ(read_pattern("Wed, 04 Nov 2026 23:00:00 GMT", "%a, %d %b %Y %H:%M:%S").local, "2026-11-04T23:00:00");
  EXPECT_EQ(read_pattern("04.11.2026", "%d.%m.%Y").local, "2026-11-04");
  EXPECT_EQ(read_pattern("2026-11-04 23:00:01", "%F %T").local, "2026-11-04T23:00:01");
  for (const char* bad : {"09-07-2026 12:00:", "09-07-2026 12:00:x", "09-07-2026 12:00:\xC3\xBC", "09-07-2026 12:00", "09-07-2026", "", "x",
                          "31-02-2026 12:00:00", "09-07-2026 25:00:00"})
    EXPECT_EQ(read_pattern(bad, "%d-%m-%Y %H:%M:%S").local, "") << bad;
}

TEST(ReplyTimes, AnAddressHasAZoneWhereItsCountryRegionOrPostalCodeTellsOne) {
  struct {
    const char *country, *region, *postal_code, *zone;
  } const kPlaces[] = {{"DE", "", "10115", "Europe/Berlin"},
                       {"US", "CA", "94105", "America/Los_Angeles"},
                       {"US", "", "94105", ""},
                       {"US", "TX", "75001", ""},
                       {"ES", "", "28001", "Europe/Madrid"},
                       {"ES", "", "35001", "Atlantic/Canary"},
                       {"ES", "", "", ""},
                       {"PT", "", "1000-001", "Europe/Lisbon"},
                       {"PT", "", "9000-001", "Atlantic/Madeira"},
                       {"PT", "", "9500-001", "Atlantic/Azores"},
                       {"FR", "", "75001", "Europe/Paris"},
                       {"FR", "", "97110", ""},
                       {"XX", "", "12345", ""},
                       {"", "", "", ""}};
  for (const auto& place : kPlaces)
    EXPECT_EQ(zone_of_address(place.country, place.region, place.postal_code).value_or(""), place.zone)
        << place.country << place.region << place.postal_code;
}

TEST(ReplyTimes, AZonesOffsetFollowsTheSeason) {
  EXPECT_EQ(offset_in_zone("Europe/Berlin", *parse_rfc3339("2027-03-28T00:59:59Z")), 60);
  EXPECT_EQ(offset_in_zone("Europe/Berlin", *parse_rfc3339("2027-03-28T01:00:00Z")), 120);
  EXPECT_EQ(offset_in_zone("America/St_Johns", *parse_rfc3339("2026-12-01T00:00:00Z")), -210);
  EXPECT_EQ(offset_in_zone("Europe/Nowhere", *parse_rfc3339("2026-12-01T00:00:00Z")), std::nullopt);
}

}  // namespace
}  // namespace roundtrip::carriers::test
