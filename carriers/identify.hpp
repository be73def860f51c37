// Whose tracking number is this? Shapes and check digits; carriers share shapes, so there are candidates, never one guess.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::carriers {

struct Candidate {
  std::string carrier;    // the registry's name, or a carrier that we only recognize ("ontrac", "purolator")
  std::string format;     // "ups_1z", "s10", "usps_impb"
  std::string number;     // the number itself, without blanks, routing prefix and barcode framing
  double confidence = 0;  // 0 to 1; all of them are below 1
  bool checked = false;   // its check digit was computed and fits
  std::string why;        // in words: what fits and with whom it is shared
};

// Candidates for a number as printed or scanned (blanks, dashes, a 420+ZIP prefix, AIM symbology prefix allowed), the likeliest first.
// A number whose check digit does not fit has none of that format.
std::vector<Candidate> identify(std::string_view text);

}  // namespace roundtrip::carriers
