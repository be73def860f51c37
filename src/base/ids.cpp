// Crockford base-32 and public ids.
#include "base/ids.hpp"

#include <algorithm>
#include <stdexcept>

namespace roundtrip {
namespace {
constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int crockford_value(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto at = kCrockford.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}
}  // namespace

std::string crockford_encode(std::int64_t number) {
  if (number < 0) throw std::logic_error("crockford_encode: negative number");
  std::string text;
  do {
    text.push_back(kCrockford[static_cast<std::size_t>(number & 31)]);
    number >>= 5;
  } while (number > 0);
  std::reverse(text.begin(), text.end());
  return text;
}

std::optional<std::int64_t> crockford_decode(std::string_view text) {
  if (text.empty() || text.size() > 13) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    const int digit = crockford_value(c);
    if (digit < 0 || (number >> 58) != 0) return std::nullopt;
    number = (number << 5) | static_cast<std::uint64_t>(digit);
  }
  if ((number >> 63) != 0) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::string format_id(std::string_view prefix, std::int64_t number) {
  std::string text = crockford_encode(number);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::string(prefix) + "_" + text;
}

std::optional<std::int64_t> parse_id(std::string_view prefix, std::string_view text) {
  if (text.size() <= prefix.size() + 1 || text.substr(0, prefix.size()) != prefix || text[prefix.size()] != '_') {
    return std::nullopt;
  }
  return crockford_decode(text.substr(prefix.size() + 1));
}

}  // namespace roundtrip
