// Locale matching, messages and formats with ICU.
#include "messages/locale.hpp"

#include <unicode/datefmt.h>
#include <unicode/dtptngen.h>
#include <unicode/localematcher.h>
#include <unicode/msgfmt.h>
#include <unicode/numberformatter.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>

#include <map>
#include <memory>
#include <stdexcept>

#include "messages/catalogue.hpp"

namespace roundtrip::messages {
namespace {

constexpr std::size_t kTagLimit = 60;      // characters of a locale tag or zone that we look at
constexpr std::size_t kHeaderLimit = 500;  // characters of an Accept-Language header that we look at
constexpr std::size_t kCacheLimit = 4096;  // formatters kept per thread and kind

void ensure(UErrorCode code, const char* what) {
  if (U_FAILURE(code)) throw std::runtime_error(std::string(what) + ": " + u_errorName(code));
}

std::string to_utf8(const icu::UnicodeString& words) {
  std::string out;
  return words.toUTF8String(out);
}
icu::UnicodeString to_utf16(std::string_view words) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(words.data(), static_cast<std::int32_t>(words.size())));
}

icu::Locale parse_tag(std::string_view tag) {
  std::string clean(tag.substr(0, kTagLimit));
  for (char& c : clean) {
    if (c == '_') c = '-';
  }
  UErrorCode code = U_ZERO_ERROR;
  const auto locale = icu::Locale::forLanguageTag(clean, code);
  return U_FAILURE(code) || locale.isBogus() ? icu::Locale::getEnglish() : locale;
}

// A matcher is immutable and safe to share.
const icu::LocaleMatcher& matcher() {
  static const icu::LocaleMatcher instance = [] {
    UErrorCode code = U_ZERO_ERROR;
    icu::LocaleMatcher::Builder builder;
    for (const std::string& tag : catalogue_locales()) builder.addSupportedLocale(parse_tag(tag));
    builder.setNoDefaultLocale();
    auto made = builder.build(code);
    ensure(code, "locale matcher");
    return made;
  }();
  return instance;
}

// The catalogue that ICU chose, as we write its tag; empty when it chose none.
std::string tag_of(const icu::Locale* best) {
  if (best == nullptr) return "";
  UErrorCode code = U_ZERO_ERROR;
  auto tag = best->toLanguageTag<std::string>(code);
  return U_FAILURE(code) ? "" : tag;
}

// The locale whose formats are used for a reader.
icu::Locale format_locale(std::string_view wanted) {
  const icu::Locale reader = parse_tag(wanted);
  const icu::Locale words = parse_tag(match_locale(wanted));
  return std::string_view(reader.getLanguage()) == words.getLanguage() ? reader : words;
}

// What a thread keeps: made once per key. Full: begun anew, so that hostile tags cannot fill the memory.
template <class T, class Make>
T& kept(std::map<std::string, std::unique_ptr<T>, std::less<>>& cache, const std::string& key, const Make& make) {
  const auto found = cache.find(key);
  if (found != cache.end()) return *found->second;
  if (cache.size() >= kCacheLimit) cache.clear();
  return *(cache[key] = make());
}

const icu::MessageFormat& message_format(const std::string& words_in, std::string_view key, const std::string& pattern) {
  thread_local std::map<std::string, std::unique_ptr<icu::MessageFormat>, std::less<>> cache;
  return kept<icu::MessageFormat>(cache, words_in + "\n" + std::string(key), [&] {
    UErrorCode code = U_ZERO_ERROR;
    auto made = std::make_unique<icu::MessageFormat>(to_utf16(pattern), parse_tag(words_in), code);
    if (U_FAILURE(code)) throw std::logic_error("message " + std::string(key) + " in " + words_in + ": " + u_errorName(code));
    return made;
  });
}

const icu::number::LocalizedNumberFormatter& money_format(std::string_view locale, const std::string& currency) {
  thread_local std::map<std::string, std::unique_ptr<icu::number::LocalizedNumberFormatter>, std::less<>> cache;
  return kept<icu::number::LocalizedNumberFormatter>(cache, std::string(locale.substr(0, kTagLimit)) + "\n" + currency, [&] {
    UErrorCode code = U_ZERO_ERROR;
    const icu::CurrencyUnit unit(icu::StringPiece(currency), code);
    ensure(code, "currency");
    return std::make_unique<icu::number::LocalizedNumberFormatter>(
        icu::number::NumberFormatter::withLocale(format_locale(locale))
            .unit(unit)
            .precision(icu::number::Precision::fixedFraction(domain::exponent(currency))));
  });
}

const char* skeleton_of(TimeStyle style) {
  switch (style) {
    case TimeStyle::date:
      return "yMMMMEEEEd";
    case TimeStyle::day:
      return "MMMMEEEEd";
    case TimeStyle::short_date:
      return "yMMMd";
    case TimeStyle::date_time:
      return "yMMMdjm";
    case TimeStyle::day_time:
      return "MMMMEEEEdjm";
    case TimeStyle::time:
      return "jm";
    case TimeStyle::second:
      return "yMMMdjmsz";
  }
  throw std::logic_error("no such time style");
}

std::unique_ptr<icu::TimeZone> zone_or_null(std::string_view zone) {
  if (zone.empty() || zone.size() > kTagLimit) return nullptr;
  std::unique_ptr<icu::TimeZone> made(icu::TimeZone::createTimeZone(to_utf16(zone)));
  if (*made == icu::TimeZone::getUnknown()) return nullptr;
  return made;
}

icu::DateFormat& time_format(std::string_view locale, std::string_view zone, TimeStyle style) {
  thread_local std::map<std::string, std::unique_ptr<icu::DateFormat>, std::less<>> cache;
  const std::string key = std::string(locale) + "\n" + std::string(zone) + "\n" + std::to_string(static_cast<int>(style));
  return kept<icu::DateFormat>(cache, key, [&]() -> std::unique_ptr<icu::DateFormat> {
    UErrorCode code = U_ZERO_ERROR;
    auto in_zone = zone_or_null(zone);
    std::string skeleton = skeleton_of(style);
    if (!in_zone) {
      in_zone.reset(icu::TimeZone::getGMT()->clone());
      if (skeleton.find('j') != std::string::npos && skeleton.find('z') == std::string::npos) skeleton += "z";
    }
    std::unique_ptr<icu::DateFormat> made(icu::DateFormat::createInstanceForSkeleton(to_utf16(skeleton), format_locale(locale), code));
    ensure(code, "date format");
    made->adoptTimeZone(in_zone.release());
    return made;
  });
}

}  // namespace

const std::vector<std::string>& catalogue_locales() {
  static const std::vector<std::string> all = {"en", "de", "pt-PT"};
  return all;
}

std::string match_locale(std::string_view locale) {
  thread_local std::map<std::string, std::unique_ptr<std::string>, std::less<>> cache;
  return kept<std::string>(cache, std::string(locale.substr(0, kTagLimit)), [&] {
    UErrorCode code = U_ZERO_ERROR;
    auto found = std::make_unique<std::string>(tag_of(matcher().getBestMatch(parse_tag(locale), code)));
    if (U_FAILURE(code) || found->empty()) *found = catalogue_locales().front();
    return found;
  });
}

std::string match_accept_language(std::string_view header, std::string_view fallback) {
  const std::string list(header.substr(0, kHeaderLimit));
  UErrorCode code = U_ZERO_ERROR;
  const auto found = tag_of(matcher().getBestMatchForListString(list, code));
  return U_FAILURE(code) || found.empty() ? match_locale(fallback) : found;
}

std::string text(std::string_view locale, std::string_view key, const Args& args) {
  const std::string words_in = match_locale(locale);
  const std::string& pattern = pattern_of(words_in, key);
  std::vector<icu::UnicodeString> names;
  std::vector<icu::Formattable> values;
  names.reserve(args.size());
  values.reserve(args.size());
  for (const auto& [name, value] : args) {
    names.push_back(to_utf16(name));
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      values.emplace_back(*number);
    } else {
      values.emplace_back(to_utf16(std::get<std::string>(value)));
    }
  }
  UErrorCode code = U_ZERO_ERROR;
  icu::UnicodeString out;
  message_format(words_in, key, pattern).format(names.data(), values.data(), static_cast<std::int32_t>(args.size()), out, code);
  ensure(code, "message");
  return to_utf8(out);
}

bool has_text(std::string_view key) { return catalogue(catalogue_locales().front()).contains(key); }

std::vector<std::string> keys_of(std::string_view name) {
  std::vector<std::string> keys;
  for (const auto& [key, pattern] : catalogue(name)) keys.push_back(key);
  return keys;
}

const std::string& pattern_of(std::string_view name, std::string_view key) {
  const auto& words = catalogue(name);
  if (const auto found = words.find(key); found != words.end()) return found->second;
  const auto& fallback = catalogue(catalogue_locales().front());
  if (const auto found = fallback.find(key); found != fallback.end()) return found->second;
  throw std::logic_error("no message " + std::string(key));
}

std::string format_money(std::string_view locale, const domain::Money& money) {
  // The decimal text "-12.34" is built digit by digit, so that no amount is rounded on its way.
  const int places = domain::exponent(money.currency.code);
  std::string digits = std::to_string(money.minor);
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  if (places > 0) {
    if (digits.size() <= static_cast<std::size_t>(places)) digits.insert(0, static_cast<std::size_t>(places) + 1 - digits.size(), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  }
  if (negative) digits.insert(0, "-");
  UErrorCode code = U_ZERO_ERROR;
  const auto out = money_format(locale, money.currency.code).formatDecimal(digits, code).toString(code);
  ensure(code, "money");
  return to_utf8(out);
}

std::string format_number(std::string_view locale, std::int64_t number) {
  thread_local std::map<std::string, std::unique_ptr<icu::number::LocalizedNumberFormatter>, std::less<>> cache;
  const auto& format = kept<icu::number::LocalizedNumberFormatter>(cache, std::string(locale.substr(0, kTagLimit)), [&] {
    return std::make_unique<icu::number::LocalizedNumberFormatter>(icu::number::NumberFormatter::withLocale(format_locale(locale)));
  });
  UErrorCode code = U_ZERO_ERROR;
  const auto out = format.formatInt(number, code).toString(code);
  ensure(code, "number");
  return to_utf8(out);
}

std::string format_time(std::string_view locale, std::string_view zone, Instant at, TimeStyle style) {
  icu::UnicodeString out;
  const std::int64_t ms = at.us >= 0 ? at.us / 1000 : (at.us - 999) / 1000;
  time_format(locale.substr(0, kTagLimit), zone, style).format(static_cast<UDate>(ms), out);
  return to_utf8(out);
}

bool is_time_zone(std::string_view zone) { return zone_or_null(zone) != nullptr; }

}  // namespace roundtrip::messages
