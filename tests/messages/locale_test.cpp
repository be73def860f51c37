// Catalogues, plurals, money, times: exact in every locale.
#include "messages/locale.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "messages/catalogue.hpp"

namespace roundtrip::messages {
namespace {

// ICU writes no-break spaces; tests are easier to read with plain ones.
std::string plain(std::string words) {
  for (const std::string space : {"\u00a0", "\u202f"}) {
    for (auto at = words.find(space); at != std::string::npos; at = words.find(space)) words.replace(at, space.size(), " ");
  }
  return words;
}

TEST(Locale, TheNearestCatalogueAnswers) {
  for (const auto& [wanted, catalogue] : std::vector<std::pair<std::string, std::string>>{{"en", "en"},
                                                                                          {"en-GB", "en"},
                                                                                          {"de", "de"},
                                                                                          {"de-CH", "de"},
                                                                                          {"de_AT", "de"},
                                                                                          {"pt-PT", "pt-PT"},
                                                                                          {"pt", "pt-PT"},
                                                                                          {"pt-BR", "pt-PT"},
                                                                                          {"PT-pt", "pt-PT"},
                                                                                          {"fr", "en"},
                                                                                          {"ja-JP", "en"},
                                                                                          {"", "en"},
                                                                                          {"../../etc/passwd", "en"},
                                                                                          {"x", "en"},
                                                                                          {std::string(10000, 'd'), "en"},
                                                                                          {"de\r\nX: y", "en"}}) {
    EXPECT_EQ(match_locale(wanted), catalogue) << wanted.substr(0, 30);
  }
}

TEST(Locale, AcceptLanguageChoosesByPreference) {
  for (const auto& [header, catalogue] : std::vector<std::pair<std::string, std::string>>{{"de-DE,de;q=0.9,en;q=0.8", "de"},
                                                                                          {"fr,pt-BR;q=0.7,en;q=0.3", "pt-PT"},
                                                                                          {"ja", "de"},
                                                                                          {"", "de"},
                                                                                          {"*", "de"},
                                                                                          {";;;q=,,,", "de"},
                                                                                          {"en;q=0.1, de;q=0.9", "de"}}) {
    EXPECT_EQ(match_accept_language(header, "de"), catalogue) << header;
  }
}

TEST(Catalogues, HaveEqualKeysAndEqualPlaceholders) {
  const auto keys = keys_of("en");
  EXPECT_GT(keys.size(), 0U);
  const auto placeholders = [](const std::string& pattern) {
    std::set<std::string> names;
    for (auto at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
      const auto end = pattern.find_first_of(",} {#'", at + 1);
      if (end != std::string::npos && (pattern[end] == '}' || pattern[end] == ',')) names.insert(pattern.substr(at + 1, end - at - 1));
    }
    return names;
  };
  for (const auto& locale : catalogue_locales()) {
    EXPECT_EQ(keys_of(locale), keys) << locale;
    for (const auto& key : keys) {
      if (pattern_of("en", key).find("plural") != std::string::npos) continue;  // branches differ by language
      EXPECT_EQ(placeholders(pattern_of(locale, key)), placeholders(pattern_of("en", key))) << locale << " " << key;
    }
  }
}

TEST(Catalogues, EveryPatternIsValidAndSaysSomething) {
  for (const auto& locale : catalogue_locales()) {
    for (const auto& key : keys_of(locale)) {
      EXPECT_FALSE(text(locale, key, {{"count", std::int64_t{2}}}).empty()) << locale << " " << key;
    }
  }
}

TEST(Catalogues, AFaultNamesFileAndLine) {
  try {
    read_catalogue("xx.toml", "[a]\nb = \"fine\"\nc = 3\n");
    FAIL() << "accepted a number";
  } catch (const std::runtime_error& fault) {
    EXPECT_EQ(std::string(fault.what()), "xx.toml:3: a.c is no text");
  }
  EXPECT_THROW(read_catalogue("xx.toml", "a = \"1\"\na = \"2\"\n"), std::runtime_error);
}

TEST(Text, PluralsFollowTheLanguage) {
  EXPECT_EQ(text("en", "common.items", {{"count", std::int64_t{1}}}), "1 item");
  EXPECT_EQ(text("en", "common.items", {{"count", std::int64_t{80995}}}), "80,995 items");
  EXPECT_EQ(text("de", "common.items", {{"count", std::int64_t{80995}}}), "80.995 Artikel");
  EXPECT_EQ(text("pt-PT", "common.items", {{"count", std::int64_t{2}}}), "2 artigos");
}

TEST(Text, AnUnknownKeyIsABug) { EXPECT_THROW(text("en", "no.such.key"), std::logic_error); }

TEST(Money, IsExactInEveryCurrency) {
  using domain::Money;
  EXPECT_EQ(plain(format_money("en", Money{123450, {"EUR"}})), "€1,234.50");
  EXPECT_EQ(plain(format_money("de", Money{123450, {"EUR"}})), "1.234,50 €");
  EXPECT_EQ(plain(format_money("de-CH", Money{123450, {"CHF"}})), "CHF 1’234.50");
  EXPECT_EQ(plain(format_money("pt-PT", Money{123456750, {"EUR"}})), "1 234 567,50 €");
  EXPECT_EQ(plain(format_money("en", Money{5, {"EUR"}})), "€0.05");
  EXPECT_EQ(plain(format_money("en", Money{-5, {"EUR"}})), "-€0.05");
  EXPECT_EQ(plain(format_money("en", Money{500, {"JPY"}})), "¥500");
  EXPECT_EQ(plain(format_money("en", Money{1234, {"KWD"}})), "KWD 1.234");
  EXPECT_EQ(plain(format_money("en", Money{INT64_MAX, {"EUR"}})), "€92,233,720,368,547,758.07");
  EXPECT_EQ(plain(format_money("en", Money{INT64_MIN, {"EUR"}})), "-€92,233,720,368,547,758.08");
}

TEST(Time, IsWrittenInThePlacesZone) {
  const auto at = *parse_rfc3339("2026-11-20T23:30:00Z");
  EXPECT_EQ(plain(format_time("en", "UTC", at, TimeStyle::date)), "Friday, November 20, 2026");
  EXPECT_EQ(plain(format_time("de", "Europe/Berlin", at, TimeStyle::day)), "Samstag, 21. November");
  EXPECT_EQ(plain(format_time("pt-PT", "Europe/Lisbon", at, TimeStyle::time)), "23:30");
  EXPECT_EQ(plain(format_time("en", "America/New_York", at, TimeStyle::time)), "6:30 PM");
  EXPECT_EQ(plain(format_time("de", "Europe/Berlin", *parse_rfc3339("2026-07-01T12:00:00Z"), TimeStyle::time)), "14:00");
  EXPECT_NE(plain(format_time("en", "Mars/Olympus", at, TimeStyle::date_time)).find("GMT"), std::string::npos);
  EXPECT_FALSE(is_time_zone("Mars/Olympus"));
  EXPECT_TRUE(is_time_zone("Europe/Lisbon"));
}

TEST(Text, ThreadsShareNothing) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (std::int64_t n = 0; n < 300; ++n) {
        if (text("de", "common.items", {{"count", n}}) != std::to_string(n) + " Artikel") ++wrong;
        if (plain(format_money("en", {n, {"JPY"}})) != "¥" + std::to_string(n)) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace roundtrip::messages
