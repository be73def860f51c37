// Documents of others (a carrier's label) behind our own pages, in one PDF.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"

namespace roundtrip::labels {

// The pages of `ours`, then those of each of `others`, as they are. An error (label_document_unreadable) when one of the others is no PDF
// that can be read or has more than twenty pages.
Result<std::string> appended(const std::string& ours, const std::vector<std::string>& others);

}  // namespace roundtrip::labels
