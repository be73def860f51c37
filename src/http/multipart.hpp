// multipart/form-data (RFC 7578): strict about its framing, bounded in everything.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace roundtrip::http {

inline constexpr std::size_t kMostParts = 200, kMostFiles = 8;
inline constexpr std::size_t kMostFieldBytes = 64 << 10;  // of one field that is no file

struct Multipart {
  struct File {
    std::string field, name, content_type;  // as the sender says; the name without folders
    std::size_t at = 0, size = 0;           // in the body
  };
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<File> files;
};

// Nothing for another type of content. Errors: bad_multipart (400) says what is wrong with the framing; too_many_files,
// field_too_large (413).
std::optional<Result<Multipart>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace roundtrip::http
