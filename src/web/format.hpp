// How staff pages write money, times and states: English words, the merchant's zone.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "web/pages.hpp"

namespace roundtrip::web {

std::string money_text(std::string_view locale, std::int64_t minor, const std::string& currency);
// "20 Nov, 14:02" in `zone`, with the year when it is not this one.
std::string staff_time(std::string_view zone, Instant at, Instant now);
std::string staff_time(std::string_view zone, std::optional<Instant> at, Instant now);
// "in 2 h", "3 days ago", "now".
std::string relative_time(Instant at, Instant now);
// "partly_shipped" -> "Partly shipped".
std::string words_of_code(std::string_view code);
// {"text": "Partly shipped", "tone": "info", "icon": "→"} for a state of any of our machines.
Json state_pill(std::string_view state);

}  // namespace roundtrip::web
