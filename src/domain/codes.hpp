// What a barcode says: our own codes, GTINs in every form, or a text to look up. Pure.
//
// Our own code: a letter for the kind, the number in Crockford base-32 with at least seven digits, one
// ISO/IEC 7064 MOD 37,36 check character over both; 9 to 14 characters.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "domain/inspections.hpp"

namespace roundtrip::domain {

enum class CodeKind : char { bin = 'B', tote = 'T', shipment = 'S', parcel = 'P', return_ = 'R', badge = 'U', command = 'C' };

struct OwnCode {
  CodeKind kind;
  std::int64_t number = 0;
};

std::string own_code(CodeKind kind, std::int64_t number);
inline std::string code_of(ShipmentId id) { return own_code(CodeKind::shipment, id.value); }
inline std::string code_of(ParcelId id) { return own_code(CodeKind::parcel, id.value); }
inline std::string code_of(ReturnId id) { return own_code(CodeKind::return_, id.value); }
inline std::string code_of(BinId id) { return own_code(CodeKind::bin, id.value); }
inline std::string code_of(UserId id) { return own_code(CodeKind::badge, id.value); }

// Nothing unless the letter is known and the check character is right. Lower case is accepted.
std::optional<OwnCode> parse_own_code(std::string_view text);
// True when it looks like one of ours but its check character is wrong: a misread, not another thing.
bool is_misread_own_code(std::string_view text);

// The check character of ISO/IEC 7064 MOD 37,36 over 0-9A-Z; '\0' for other characters.
char mod37_36_check(std::string_view text);

// Command cards.
enum class Command { undo = 1, run_short = 2, split = 3, print = 4, problem = 5, done = 6 };
inline constexpr std::int64_t kQuantityBase = 1000;  // command number 1000 + n is "QTY n"
inline constexpr std::int64_t kMostChoices = 9;
// One of them is set.
struct CommandCode {
  std::optional<Command> command = {};
  std::int64_t quantity = 0;  // > 0: QTY n
  // Cards of the returns station. The first three are about the next item.
  std::optional<Grade> grade = {};
  std::optional<Disposition> disposition = {};
  bool reject = false;
  std::int64_t choice = 0;  // > 0: the n-th of what the screen lists

  bool of_returns() const { return grade || disposition || reject || choice > 0; }
};
std::string command_code(Command command);
std::string quantity_code(std::int64_t quantity);
std::string grade_code(Grade grade);
std::string disposition_code(Disposition disposition);
std::string reject_code();
std::string choice_code(std::int64_t choice);
std::string code_of_card(const CommandCode& card);  // of any of them; parse_command gives the card back
std::optional<CommandCode> parse_command(const OwnCode& code);
std::string_view word_of_command(Command command);  // "UNDO", "SHORT", ...
std::string word_of_card(const CommandCode& card);  // "UNDO", "QTY 3", "GRADE B", "SCRAP", "REJECT", "CHOICE 2"

}  // namespace roundtrip::domain
