// Own codes and command cards.
#include "domain/codes.hpp"

namespace roundtrip::domain {
namespace {
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kKinds = "BTSPRUC";
constexpr std::size_t kMinDigits = 7;  // shorter texts are never taken for one of ours
constexpr std::size_t kMaxLength = 14;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// A letter of ours, then at least one base-32 digit and a check character.
bool has_own_shape(std::string_view text) {
  if (text.size() < kMinDigits + 2 || text.size() > kMaxLength || kKinds.find(text.front()) == std::string_view::npos) return false;
  return crockford_decode(text.substr(1, text.size() - 2)).has_value();
}
}  // namespace

char mod37_36_check(std::string_view text) {
  int product = 36;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return '\0';
    int sum = (product + static_cast<int>(value)) % 36;
    if (sum == 0) sum = 36;
    product = sum * 2 % 37;
  }
  return kAlphabet[static_cast<std::size_t>((37 - product) % 36)];
}

std::string own_code(CodeKind kind, std::int64_t number) {
  std::string digits = crockford_encode(number);
  if (digits.size() < kMinDigits) digits.insert(0, kMinDigits - digits.size(), '0');
  std::string text = static_cast<char>(kind) + digits;
  return text + mod37_36_check(text);
}

std::optional<OwnCode> parse_own_code(std::string_view raw) {
  const std::string text = upper(raw);
  if (!has_own_shape(text) || mod37_36_check(std::string_view(text).substr(0, text.size() - 1)) != text.back()) return std::nullopt;
  return OwnCode{static_cast<CodeKind>(text.front()), crockford_decode(text.substr(1, text.size() - 2)).value()};
}

bool is_misread_own_code(std::string_view raw) {
  const std::string text = upper(raw);
  return has_own_shape(text) && !parse_own_code(text);
}

std::string command_code(Command command) { return own_code(CodeKind::command, static_cast<std::int64_t>(command)); }
std::string quantity_code(std::int64_t quantity) { return own_code(CodeKind::command, kQuantityBase + quantity); }

std::optional<CommandCode> parse_command(const OwnCode& code) {
  if (code.kind != CodeKind::command) return std::nullopt;
  if (code.number > kQuantityBase && code.number <= kQuantityBase + 100'000) return CommandCode{std::nullopt, code.number - kQuantityBase};
  if (code.number >= 1 && code.number <= 6) return CommandCode{static_cast<Command>(code.number), 0};
  return std::nullopt;
}

std::string_view word_of_command(Command command) {
  switch (command) {
    case Command::undo:
      return "UNDO";
    case Command::run_short:
      return "SHORT";
    case Command::split:
      return "SPLIT";
    case Command::print:
      return "PRINT";
    case Command::problem:
      return "PROBLEM";
    case Command::done:
      return "DONE";
  }
  return "";
}

}  // namespace roundtrip::domain
