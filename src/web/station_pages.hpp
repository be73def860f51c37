// What the floor's pages share.
#pragma once
#include <string>
#include <string_view>

#include "usecases/returns_screen.hpp"
#include "web/pages.hpp"

namespace roundtrip::web {

// The bars of a text as Code 128 with its quiet zones: {"width", "path"} of an SVG 60 high; null for a text that cannot be written so.
Json barcode_path(const std::string& text);
std::string barcode_svg(const std::string& text);
// A command card: its word, what it means, its code and its bars.
Json card(std::string_view word, std::string_view means, const std::string& code);

// The case that is open at a returns station, what may be meant, what was found.
Json returns_screen_json(const usecases::ReturnsScreen& screen, Instant now);
// The cards of the returns station: grades, verdict, dispositions, choices.
Json returns_cards();

}  // namespace roundtrip::web
