// What label orders and label replies share: documents, amounts, units, texts.
#include "carriers/shipping_parts.hpp"

#include <gtest/gtest.h>

#include "base/secrets.hpp"

namespace roundtrip::carriers::test {
namespace {
TEST(ShippingParts, ADocumentIsWhatItsBytesAre) {
  const auto document = [](const std::string& bytes) { return label_document(LabelPart::label, nlohmann::json(to_base64(bytes))); };
  EXPECT_EQ(document("%PDF-1.4 x")->format, "pdf");
  EXPECT_EQ(document("\x89PNG\r\n\x1a\nxx")->format, "png");
  EXPECT_EQ(document("GIF89axx")->format, "gif");
  EXPECT_EQ(document("\n^XA^FO50^XZ")->format, "zpl");
  EXPECT_EQ(document("%PDF-1.4 x")->bytes, "%PDF-1.4 x");
  for (const char* none : {"", "<html>", "%PD"}) EXPECT_FALSE(document(none)) << none;
  EXPECT_FALSE(label_document(LabelPart::label, nlohmann::json("not base64 !!")));
  EXPECT_FALSE(label_document(LabelPart::label, nlohmann::json(7)));
  EXPECT_FALSE(label_document(LabelPart::label, nlohmann::json()));
}

TEST(ShippingParts, AmountsAreExact) {
  EXPECT_EQ(amount_text(2500, "USD"), "25.00");
  EXPECT_EQ(amount_text(5, "USD"), "0.05");
  EXPECT_EQ(amount_text(1200, "JPY"), "1200");
  EXPECT_EQ(amount_text(-105, "EUR"), "-1.05");
  EXPECT_EQ(minor_units("25.00", "USD"), 2500);
  EXPECT_EQ(minor_units("25", "USD"), 2500);
  EXPECT_EQ(minor_units("25.5", "USD"), 2550);
  EXPECT_EQ(minor_units("25.500", "USD"), 2550);
  EXPECT_EQ(minor_units("1200", "JPY"), 1200);
  for (const char* none : {"", "x", "25.001", "-1", "1e3", "9999999999999", "2 5", ".5"}) EXPECT_FALSE(minor_units(none, "USD")) << none;
  EXPECT_FALSE(minor_units("1", "doubloons"));
}

TEST(ShippingParts, WeightsAndLengthsAreRoundedUp) {
  EXPECT_EQ(one_decimal(kilograms(1)), "0.1");
  EXPECT_EQ(one_decimal(kilograms(2500)), "2.5");
  EXPECT_EQ(one_decimal(kilograms(2501)), "2.6");
  EXPECT_EQ(one_decimal(pounds(454)), "1.1");
  EXPECT_EQ(centimeters(301), 31);
  EXPECT_EQ(centimeters(300), 30);
  EXPECT_EQ(inches(254), 10);
  EXPECT_EQ(inches(255), 11);
}

TEST(ShippingParts, TextsAreCutAtCharacters) {
  EXPECT_EQ(fitted("Größe", 4), "Größ");
  EXPECT_EQ(fitted("ab cd", 3), "ab");
  EXPECT_EQ(fitted("ab", 3), "ab");
  LabelOrder order;
  EXPECT_EQ(contents_text(order, 10), "");
  order.contents = {{"Wool sweater", 2, 4900, 300, "", ""}, {"Socks", 1, 900, 50, "", ""}};
  EXPECT_EQ(contents_text(order, 35), "Wool sweater +1");
  EXPECT_EQ(contents_text(order, 8), "Wool +1");
  EXPECT_EQ(contents_value(order), 10'700);
}

TEST(ShippingParts, CustomsAndPhones) {
  EXPECT_TRUE(crosses_customs("DE", "GB"));
  EXPECT_TRUE(crosses_customs("US", "CA"));
  EXPECT_FALSE(crosses_customs("DE", "FR"));
  EXPECT_FALSE(crosses_customs("US", "PR"));
  EXPECT_FALSE(crosses_customs("CA", "CA"));
  domain::Address address;
  address.country = "US";
  address.phone = "+1 (212) 555-0100";
  EXPECT_EQ(phone_digits(address), "2125550100");
  address.country = "DE";
  address.phone = "+49 30 1234567";
  EXPECT_EQ(phone_digits(address), "49301234567");
}
}  // namespace
}  // namespace roundtrip::carriers::test
