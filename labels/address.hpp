// Addresses as each country writes them.
#pragma once
#include <string>
#include <vector>

#include "labels/label.hpp"

namespace roundtrip::labels {

// The lines of an address in the order its country writes them, without name and company; the country in English last.
std::vector<std::string> place_lines(const PostalAddress& address);

}  // namespace roundtrip::labels
