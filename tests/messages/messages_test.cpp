// Every milestone in every locale: complete, truthful to the cent, and safe against what customers type.
#include "messages/messages.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "messages/locale.hpp"

namespace roundtrip::messages {
namespace {

using domain::Milestone;

Facts facts_for(Milestone milestone, const std::string& locale = "en") {
  Facts facts;
  facts.milestone = milestone;
  facts.locale = locale;
  facts.time_zone = "Europe/Lisbon";
  facts.brand = {"Casa Aurora", "#1f6f54", "+351 210 000 000", "ola@casa-aurora.example", "Mon-Fri 9:00-18:00"};
  facts.customer_name = "Ana Lima";
  facts.order_number = "1001";
  facts.link = "https://shop.example/track/t1-abc";
  facts.items = {{"White hanging heart tea light holder", "85123A", 6, ""}, {"Cream cupid hearts coat hanger", "84406B", 8, ""}};
  const bool about_parcels = milestone >= Milestone::partly_shipped && milestone <= Milestone::never_collected;
  if (about_parcels) facts.parcels = {{"Demo Parcel", "DP123456789", parse_rfc3339("2026-11-24T18:00:00Z"), facts.items}};
  if (milestone == Milestone::partly_shipped) facts.still_to_come = {{"Knitted union flag hot water bottle", "84029G", 2, ""}};
  facts.happened_at = parse_rfc3339("2026-11-23T14:02:00Z");
  facts.expected_at = parse_rfc3339("2026-11-24T18:00:00Z");
  facts.reason = milestone == Milestone::delivery_failed ? "recipient_not_home" : "weather_delay";
  facts.total = domain::Money{4392, {"EUR"}};
  facts.amount = domain::Money{123450, {"EUR"}};
  facts.return_code = "RT-7K2M";
  facts.label_expires_at = parse_rfc3339("2026-12-21T23:59:00Z");
  facts.ship_to = {"Ana Lima", "Rua Augusta 1", "Lisboa", "", "1100-048", "PT"};
  return facts;
}

std::vector<Milestone> all_milestones() {
  std::vector<Milestone> all;
  for (const auto& word : domain::kMilestones) all.push_back(word.value);
  return all;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The JSON of the script element; null when there is none.
nlohmann::json json_ld_of(const std::string& html) {
  const std::string open = "<script type=\"application/ld+json\">";
  const auto from = html.find(open);
  if (from == std::string::npos) return nullptr;
  const auto to = html.find("</script>", from);
  return nlohmann::json::parse(html.substr(from + open.size(), to - from - open.size()));
}

TEST(Compose, EveryMailSaysWhoWhatAndWhomToAsk) {
  for (const auto& locale : catalogue_locales()) {
    for (const auto milestone : all_milestones()) {
      const auto mail = compose(facts_for(milestone, locale));
      const std::string what = locale + " " + std::string(domain::to_text(milestone));
      EXPECT_FALSE(mail.subject.empty()) << what;
      for (const std::string& body : {mail.text, mail.html}) {
        for (const std::string part : {"Casa Aurora", "1001", "Ana Lima", "+351 210 000 000", "ola@casa-aurora.example", "9:00-18:00",
                                       "https://shop.example/track/t1-abc"}) {
          EXPECT_TRUE(contains(body, part)) << what << " lacks " << part;
        }
        EXPECT_FALSE(contains(body, "{") && body == mail.text) << what << ": a placeholder was left\n" << mail.text;
      }
      EXPECT_TRUE(contains(mail.html, "lang=\"" + locale + "\"")) << what;
      EXPECT_FALSE(contains(mail.text, "<")) << what;
      EXPECT_EQ(contains(mail.text, "\n\n\n"), false) << what << "\n" << mail.text;
      if (const char* folder = std::getenv("ROUNDTRIP_MAIL_PREVIEW")) {
        const auto path = std::filesystem::path(folder) / (locale + "-" + std::string(domain::to_text(milestone)));
        std::ofstream(path.string() + ".html") << mail.html;
        std::ofstream(path.string() + ".txt") << mail.subject << "\n\n" << mail.text;
      }
    }
  }
}

TEST(Compose, OneButtonAndItLeadsToTheLink) {
  for (const auto milestone : all_milestones()) {
    const auto html = compose(facts_for(milestone)).html;
    std::size_t buttons = 0;
    for (auto at = html.find("href=\"https://"); at != std::string::npos; at = html.find("href=\"https://", at + 1)) ++buttons;
    EXPECT_EQ(buttons, 1U) << domain::to_text(milestone);
  }
}

TEST(Compose, MoneyIsToldToTheCentInTheReadersFormat) {
  EXPECT_TRUE(contains(compose(facts_for(Milestone::refund_paid, "en")).subject, "€1,234.50"));
  EXPECT_TRUE(contains(compose(facts_for(Milestone::refund_paid, "de-AT")).text, "1.234,50"));
  EXPECT_TRUE(contains(compose(facts_for(Milestone::order_received, "pt-PT")).text, "43,92"));
}

TEST(Compose, TimesAreToldInTheReadersZone) {
  auto facts = facts_for(Milestone::delivered, "en");
  facts.time_zone = "Asia/Tokyo";
  EXPECT_TRUE(contains(compose(facts).text, "Monday, November 23 at 11:02")) << compose(facts).text;
}

TEST(Compose, APartialShipmentSaysWhatIsStillToCome) {
  const auto text = compose(facts_for(Milestone::partly_shipped)).text;
  EXPECT_TRUE(contains(text, "Still to come\n  2 × Knitted union flag hot water bottle (84029G)")) << text;
  EXPECT_TRUE(contains(text, "14 items have left")) << text;
}

TEST(Compose, SeveralParcelsAreListedEachWithItsContents) {
  auto facts = facts_for(Milestone::shipped);
  facts.parcels.push_back({"Demo Parcel", "DP999", std::nullopt, {{"Glass star frosted t-light holder", "21730", 6, ""}}});
  const auto mail = compose(facts);
  EXPECT_TRUE(contains(mail.text, "Parcel 1 of 2"));
  EXPECT_TRUE(contains(mail.text, "Parcel 2 of 2\n  6 × Glass star"));
  EXPECT_EQ(json_ld_of(mail.html).size(), 2U);
}

TEST(Compose, ADelayWithoutANewDateSaysSo) {
  auto facts = facts_for(Milestone::delayed);
  facts.expected_at.reset();
  facts.parcels[0].expected_at.reset();
  EXPECT_TRUE(contains(compose(facts).text, "do not have a new date yet"));
  EXPECT_TRUE(contains(compose(facts_for(Milestone::delayed)).text, "Tuesday, November 24"));
}

TEST(Compose, AnUnknownReasonIsNotShownRaw) {
  auto facts = facts_for(Milestone::delivery_failed);
  EXPECT_TRUE(contains(compose(facts).text, "Nobody was at home"));
  facts.reason = "xyzzy";
  EXPECT_FALSE(contains(compose(facts).html, "xyzzy"));
}

TEST(Compose, AnAnswerIsReadInTheMailItselfWithTheQuestionBelow) {
  auto facts = facts_for(Milestone::message_answered);
  facts.question = "Where is it?\r\nAna <b>";
  facts.answer = "On Tuesday.\nSorry & thanks {{brand}}";
  const auto mail = compose(facts);
  EXPECT_TRUE(contains(mail.text, "On Tuesday.\nSorry & thanks {{brand}}\n\nYou wrote:\nWhere is it?\nAna <b>")) << mail.text;
  EXPECT_TRUE(contains(mail.html, "On Tuesday.\nSorry &amp; thanks {{brand}}"));
  EXPECT_TRUE(contains(mail.html, "Ana &lt;b&gt;"));
}

TEST(Compose, ALostParcelIsNotCalledSafe) {
  auto facts = facts_for(Milestone::delivery_failed);
  EXPECT_TRUE(contains(compose(facts).text, "It is safe"));
  facts.parcel_status = "lost";
  EXPECT_FALSE(contains(compose(facts).text, "safe"));
  EXPECT_TRUE(contains(compose(facts).subject, "is lost"));
  facts.parcel_status = "return_to_sender";
  EXPECT_TRUE(contains(compose(facts).subject, "coming back"));
}

TEST(Compose, JsonLdDescribesTheDelivery) {
  const auto ld = json_ld_of(compose(facts_for(Milestone::shipped)).html);
  EXPECT_EQ(ld["@type"], "ParcelDelivery");
  EXPECT_EQ(ld["trackingNumber"], "DP123456789");
  EXPECT_EQ(ld["partOfOrder"]["orderNumber"], "1001");
  EXPECT_EQ(ld["deliveryAddress"]["addressCountry"], "PT");
  EXPECT_EQ(ld["expectedArrivalUntil"], "2026-11-24T18:00:00Z");
}

TEST(Compose, WhatPeopleTypeNeverBecomesMarkupHeadersOrPlaceholders) {
  const std::string evil =
      "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover='x"
      "\r\nBcc: a@b.example\n{{brand}} {amount}";
  auto facts = facts_for(Milestone::shipped);
  facts.customer_name = facts.order_number = facts.brand.name = facts.brand.hours = facts.return_code = evil;
  facts.brand.phone = facts.brand.email = evil;
  facts.brand.color = "red;background:url(x)";
  facts.parcels[0].carrier = facts.parcels[0].tracking_number = evil;
  facts.parcels[0].items[0] = {evil, evil, 1, "javascript:alert(1)"};
  facts.ship_to.street = evil;
  const auto mail = compose(facts);
  EXPECT_EQ(mail.subject.find_first_of("\r\n"), std::string::npos);
  EXPECT_FALSE(contains(mail.html, "<img"));
  EXPECT_FALSE(contains(mail.html, "<script>"));
  EXPECT_FALSE(contains(mail.html, "url(x)"));
  EXPECT_FALSE(contains(mail.html, "javascript:"));
  EXPECT_TRUE(contains(mail.html, "&quot;&apos; onmouseover")) << "quotes are escaped outside of the script element";
  EXPECT_TRUE(contains(mail.html, "{{brand}}")) << "a template in data is data";
  EXPECT_EQ(json_ld_of(mail.html)["trackingNumber"], evil) << "and JSON-LD still says exactly what it is";
  EXPECT_EQ(mail.text.find("\nBcc:"), std::string::npos);
}

TEST(Compose, ALinkThatIsNoWebLinkGivesNoButton) {
  auto facts = facts_for(Milestone::shipped);
  facts.link = "javascript:alert(1)";
  EXPECT_FALSE(contains(compose(facts).html, "javascript:"));
}

TEST(Compose, LongWordsAndEveryScriptStayWhole) {
  const std::string longest = "[Ľöñĝ ţéхт — 長い説明 — Ελληνικά — Українська ї — Nguyễn — " + std::string(3000, 'W') + "]";
  auto facts = facts_for(Milestone::partly_shipped, "de");
  facts.parcels[0].items[0].description = longest;
  facts.customer_name = longest;
  const auto mail = compose(facts);
  EXPECT_TRUE(contains(mail.text, longest));
  EXPECT_TRUE(contains(mail.html, longest));
}

TEST(Compose, WithoutContactTheMailItselfIsTheWay) {
  auto facts = facts_for(Milestone::shipped);
  facts.brand.phone = facts.brand.email = facts.brand.hours = "";
  EXPECT_TRUE(contains(compose(facts).text, "Just reply to this mail"));
}

TEST(ReadableOn, ChoosesTheBetterContrast) {
  EXPECT_EQ(readable_on("#000000"), "#ffffff");
  EXPECT_EQ(readable_on("#ffffff"), "#1b1b1b");
  EXPECT_EQ(readable_on("#ffdd00"), "#1b1b1b");
  EXPECT_EQ(readable_on("#1f6f54"), "#ffffff");
  EXPECT_EQ(readable_on("nonsense"), "#ffffff");
}

}  // namespace
}  // namespace roundtrip::messages
