// A language as shops write it -> language and country as the carriers' APIs want it.
#pragma once
#include <string>
#include <string_view>

namespace roundtrip::carriers {

// "de" -> "de_DE", "pt-BR" -> "pt_BR"; what is unknown or malformed -> "en_US".
inline std::string locale_with_country(std::string_view locale) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto letter = [&](char c) { return lower(c) || (c >= 'A' && c <= 'Z'); };
  const auto upper = [&](char c) { return lower(c) ? static_cast<char>(c - 32) : c; };
  if (locale.size() < 2 || !lower(locale[0]) || !lower(locale[1])) return "en_US";
  const std::string language(locale.substr(0, 2));
  if (locale.size() == 5 && (locale[2] == '-' || locale[2] == '_') && letter(locale[3]) && letter(locale[4]))
    return language + "_" + upper(locale[3]) + upper(locale[4]);
  if (locale.size() != 2) return "en_US";
  // Languages whose letters are their country's, and those whose are not.
  static constexpr std::string_view kSame[] = {"de", "fr", "es", "it", "nl", "pl", "pt", "fi", "hu", "ro", "bg", "hr", "lt", "lv", "sk"};
  static constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"en", "en_US"}, {"da", "da_DK"}, {"sv", "sv_SE"}, {"nb", "no_NO"}, {"no", "no_NO"}, {"cs", "cs_CZ"}, {"el", "el_GR"},
      {"uk", "uk_UA"}, {"ja", "ja_JP"}, {"ko", "ko_KR"}, {"zh", "zh_CN"}, {"et", "et_EE"}, {"sl", "sl_SI"}, {"tr", "tr_TR"}};
  for (const auto same : kSame) {
    if (same == language) return language + "_" + upper(language[0]) + upper(language[1]);
  }
  for (const auto& [from, to] : kOthers) {
    if (from == language) return std::string(to);
  }
  return "en_US";
}

}  // namespace roundtrip::carriers
