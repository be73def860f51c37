// Texts out of replies: bounded, cleaned, and UTF-8 whatever the document claims.
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

}  // namespace
}  // namespace roundtrip::carriers::test
