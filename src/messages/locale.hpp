// The reader's language: which catalogue answers, and how money, numbers and times are written there (CLDR through ICU).
//
// A locale is given as the text of a BCP 47 tag ("de-CH"). Words come from the nearest catalogue (en, de, pt-PT);
// formats follow the reader's region when it speaks the catalogue's language ("de-CH" writes 1’234.50), else the
// catalogue's own. Unknown or malformed tags read English. ICU objects are kept per thread, never shared.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "domain/money.hpp"

namespace roundtrip::messages {

// The catalogues' tags, the fallback first: en, de, pt-PT.
const std::vector<std::string>& catalogue_locales();
// The catalogue nearest to `locale`.
std::string match_locale(std::string_view locale);
// The catalogue nearest to an Accept-Language header ("pt-BR, de;q=0.8"); `fallback` when none of them is near.
std::string match_accept_language(std::string_view header, std::string_view fallback = "en");

// One named value of a message. Numbers choose plurals and are grouped by ICU; texts go in as they are.
using Value = std::variant<std::string, std::int64_t>;
using Args = std::vector<std::pair<std::string_view, Value>>;

// The message `key` ("track.title") of the nearest catalogue, as an ICU MessageFormat 1 pattern filled with
// `args`. Plain text: escape it for HTML (mustache {{x}} does). A key that no catalogue has is a bug and throws
// std::logic_error; a placeholder without a value stays visible as "{name}".
std::string text(std::string_view locale, std::string_view key, const Args& args = {});
// Whether the English catalogue has the key: for words of codes that may be new ("reason.refused").
bool has_text(std::string_view key);
// Every key of one catalogue, sorted; for tests.
std::vector<std::string> keys_of(std::string_view catalogue);
// The pattern itself; for tests.
const std::string& pattern_of(std::string_view catalogue, std::string_view key);

// Exact: minor units through a decimal text, never floating point. "1.234,50 €", "¥500".
std::string format_money(std::string_view locale, const domain::Money& money);
std::string format_number(std::string_view locale, std::int64_t number);

enum class TimeStyle {
  date,        // "Friday, November 20, 2026"
  day,         // "Friday, November 20": for what is near
  short_date,  // "Nov 20, 2026"
  date_time,   // "Nov 20, 2026, 2:02 PM"
  day_time,    // "Friday, November 20, 2:02 PM"
  time,        // "2:02 PM"
  second,      // "Nov 20, 2026, 2:02:07 PM GMT+1": a proof
};
// In an IANA zone ("Europe/Lisbon"); an unknown zone counts as UTC and date_time then says so.
std::string format_time(std::string_view locale, std::string_view zone, Instant at, TimeStyle style);
bool is_time_zone(std::string_view zone);

}  // namespace roundtrip::messages
