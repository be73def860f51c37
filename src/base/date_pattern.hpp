// Whether a text has the shape of a date library's pattern, before that library is asked.
#pragma once
#include <string_view>

namespace roundtrip {

// Has `text` at its front what the strptime pattern wants, digits for digits and letters for letters? The date library must not be asked
// otherwise: it rounds seconds that it could not read (its %S of "12:00:x" is a conversion of NaN). Says nothing about what follows a zone
// (%z, %Z), which is left to the library.
bool fits_date_pattern(std::string_view text, std::string_view pattern);

}  // namespace roundtrip
