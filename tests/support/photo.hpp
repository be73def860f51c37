// Photos of labels that tests make: a picture turned, made smaller, out of focus and unevenly lit, as a telephone gives it.
#pragma once
#include <string>

namespace roundtrip::test {

struct Shot {
  double degrees = 7, scale = 1.0;
  int blur = 1;  // pixels to each side that run together
};
// A JPEG of a PNG, JPEG or WebP. Throws when that cannot be decoded.
std::string photographed(const std::string& picture, const Shot& shot = {});
// A photo of paper with nothing on it but this text as Code 128: some carrier's label.
std::string photo_of_code128(const std::string& text, const Shot& shot = {});
// A photo of nothing with bars on it.
std::string photo_of_a_wall();

}  // namespace roundtrip::test
