// Whose tracking number is this? Shapes and check digits; carriers share shapes, so there are candidates, never one guess.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::carriers {

struct Candidate {
  std::string carrier;    // the registry's name, or a carrier that we only recognize ("ontrac", "amazon"; "s10": some post office)
  std::string format;     // "ups", "s10", "usps_impb_n"; a carrier whose format only it knows: its name
  std::string number;     // what the carrier is asked with, without blanks, routing prefix and barcode framing
  double confidence = 0;  // 0 to 1; all of them are below 1
  bool checked = false;   // its check digit was computed and fits
  std::string why;        // in words: what fits and with whom it is shared
};

// Candidates for a number as printed or scanned (blanks, dashes, lower case, a 420+ZIP prefix, FNC1 and an AIM symbology prefix allowed),
// the likeliest first. A number whose check digit does not fit has none of that format. The confidences of all carriers together are at
// most about 1: a shape that many share says little.
std::vector<Candidate> identify(std::string_view text);

// Does the number fit one of the formats that we know of the carrier? For carriers' is_number.
bool has_format(std::string_view carrier, std::string_view text);
// Do we know formats of this carrier at all?
bool knows_formats_of(std::string_view carrier);

// What a scan at a station may be as a tracking number, for a look-up: the text itself, and the number of every candidate; the
// likeliest first, without repeats, `most` at most.
std::vector<std::string> numbers_in_scan(std::string_view scanned, std::size_t most = 12);
// A number as somebody typed or pasted it, in the form that carriers and scanners use: the likeliest candidate's number where a check
// digit fits, else as typed without blanks around it.
std::string number_to_keep(std::string_view typed);
// The carrier's label that a scan certainly enough is, so that it is taken for nothing else; no bare number that a product may have.
std::optional<Candidate> label_in_scan(std::string_view scanned);

}  // namespace roundtrip::carriers
