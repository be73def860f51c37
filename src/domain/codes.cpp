// Own codes and command cards.
#include "domain/codes.hpp"

#include <algorithm>

namespace roundtrip::domain {
namespace {
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kKinds = "BTSPRUC";
constexpr std::size_t kMinDigits = 7;  // shorter texts are never taken for one of ours
constexpr std::size_t kMaxLength = 14;
// Numbers of the returns station's cards.
constexpr std::int64_t kGradeBase = 10, kReject = 15, kDispositionBase = 20, kChoiceBase = 30;

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

std::string grade_code(Grade grade) { return own_code(CodeKind::command, kGradeBase + static_cast<std::int64_t>(grade)); }
std::string disposition_code(Disposition disposition) {
  return own_code(CodeKind::command, kDispositionBase + static_cast<std::int64_t>(disposition));
}
std::string reject_code() { return own_code(CodeKind::command, kReject); }
std::string choice_code(std::int64_t choice) { return own_code(CodeKind::command, kChoiceBase + choice); }

std::string code_of_card(const CommandCode& card) {
  if (card.command) return command_code(*card.command);
  if (card.grade) return grade_code(*card.grade);
  if (card.disposition) return disposition_code(*card.disposition);
  if (card.reject) return reject_code();
  return card.choice > 0 ? choice_code(card.choice) : quantity_code(card.quantity);
}

std::optional<CommandCode> parse_command(const OwnCode& code) {
  if (code.kind != CodeKind::command) return std::nullopt;
  const auto within = [&](std::int64_t base, std::int64_t most) { return code.number > base && code.number <= base + most; };
  if (within(kQuantityBase, 100'000)) return CommandCode{.quantity = code.number - kQuantityBase};
  if (within(0, 6)) return CommandCode{.command = static_cast<Command>(code.number)};
  if (within(kGradeBase, 4)) return CommandCode{.grade = static_cast<Grade>(code.number - kGradeBase)};
  if (within(kDispositionBase, 7)) return CommandCode{.disposition = static_cast<Disposition>(code.number - kDispositionBase)};
  if (within(kChoiceBase, kMostChoices)) return CommandCode{.choice = code.number - kChoiceBase};
  if (code.number == kReject) return CommandCode{.reject = true};
  return std::nullopt;
}

std::string word_of_card(const CommandCode& card) {
  if (card.command) return std::string(word_of_command(*card.command));
  if (card.grade) return "GRADE " + std::string(to_text(*card.grade));
  if (card.disposition) {
    std::string word = upper(to_text(*card.disposition));
    std::replace(word.begin(), word.end(), '_', ' ');
    return word;
  }
  if (card.reject) return "REJECT";
  if (card.choice > 0) return "CHOICE " + std::to_string(card.choice);
  return "QTY " + std::to_string(card.quantity);
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
