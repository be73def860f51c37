// What is scanned beside goods and labels: commands, bins, totes and badges, as sheets of cards.
#include <fmt/format.h>

#include "domain/codes.hpp"
#include "labels/fonts.hpp"
#include "labels/layout.hpp"
#include "labels/pdf.hpp"
#include "labels/text.hpp"
#include "usecases/access.hpp"
#include "usecases/floor.hpp"
#include "usecases/labels.hpp"

namespace roundtrip::usecases {
namespace {

Result<std::string> printed_cards(const std::vector<labels::CommandCard>& cards, Instant now) {
  const auto drawing = labels::lay_out(cards, labels::fonts());
  if (!drawing) return drawing.error();
  return labels::pdf(*drawing, labels::fonts(), now);
}

std::string card_text(const std::string& text) { return labels::with_question_marks(labels::without_pictographs(text), labels::fonts()); }

Error no_cards(const std::string& what) {
  return {ErrorKind::conflict, "nothing_to_print", "There is no " + what + " to print a card for."};
}

}  // namespace

namespace {
// Of the returns station: what the next item is, where it goes, which of a list is meant.
std::vector<std::pair<domain::CommandCode, std::string>> returns_cards() {
  using enum domain::Disposition;
  std::vector<std::pair<domain::CommandCode, std::string>> cards = {{{.grade = domain::Grade::a}, "The next item is as new"},
                                                                    {{.grade = domain::Grade::b}, "The next item is opened, but sound"},
                                                                    {{.grade = domain::Grade::c}, "The next item is used or marked"},
                                                                    {{.grade = domain::Grade::d}, "The next item is broken"},
                                                                    {{.reject = true}, "The next item is not accepted"}};
  for (const auto& [disposition, hint] : {std::pair{restock, "back for sale"},
                                          {refurbish, "to be repaired or cleaned"},
                                          {quarantine, "apart, until it is clear"},
                                          {scrap, "thrown away"},
                                          {recycle, "to the recycler"},
                                          {donate, "given away"},
                                          {send_back, "back to the customer"}})
    cards.push_back({{.disposition = disposition}, std::string("The next item goes ") + hint});
  for (std::int64_t choice = 1; choice <= domain::kMostChoices; ++choice)
    cards.push_back({{.choice = choice}, "That one of the list on the screen"});
  return cards;
}
}  // namespace

Result<std::string> command_cards(const Context& context, const std::vector<std::int64_t>& quantities) {
  using enum domain::Command;
  static const std::vector<std::pair<domain::Command, std::string>> kCommands = {
      {undo, "Takes your last scan back"}, {run_short, "The bin holds less than asked"}, {split, "Begins another parcel"},
      {print, "Prints the label again"},   {problem, "Sets it aside for a person"},      {done, "Finishes what is under work"},
  };
  std::vector<labels::CommandCard> cards;
  for (const auto& [command, hint] : kCommands) {
    cards.push_back({std::string(domain::word_of_command(command)), domain::command_code(command), hint});
  }
  for (const auto& [card, hint] : returns_cards()) cards.push_back({domain::word_of_card(card), domain::code_of_card(card), hint});
  for (const std::int64_t quantity : quantities) {
    if (quantity < 1 || quantity > 100'000) return Error{ErrorKind::invalid, "quantity_invalid", "Quantities are 1 to 100000."};
    cards.push_back(
        {fmt::format("QTY {}", quantity), domain::quantity_code(quantity), fmt::format("The next scan counts {} pieces", quantity)});
  }
  return printed_cards(cards, context.now);
}

Result<std::string> bin_cards(const Context& context) {
  std::vector<labels::CommandCard> cards;
  for (const auto& bin : list_bins(context)) cards.push_back({card_text(bin.name), domain::code_of(bin.id), "Bin"});
  if (cards.empty()) return no_cards("bin");
  return printed_cards(cards, context.now);
}

Result<std::string> tote_cards(const Context& context, std::int64_t first, std::int64_t count) {
  if (first < 1 || first > 1'000'000 || count < 1 || count > static_cast<std::int64_t>(labels::kMostCards)) {
    return Error{ErrorKind::invalid, "totes_invalid",
                 fmt::format("Totes are numbered from 1 to 1000000, at most {} at once.", labels::kMostCards)};
  }
  std::vector<labels::CommandCard> cards;
  for (std::int64_t number = first; number < first + count; ++number) {
    cards.push_back({fmt::format("TOTE {}", number), domain::own_code(domain::CodeKind::tote, number), "Tote"});
  }
  return printed_cards(cards, context.now);
}

Result<std::string> badge_cards(const Context& context) {
  std::vector<labels::CommandCard> cards;
  for (const auto& user : list_users(context)) {
    if (!user.disabled) cards.push_back({card_text(user.login), domain::code_of(user.id), card_text(user.name)});
  }
  if (cards.empty()) return no_cards("user");
  return printed_cards(cards, context.now);
}

}  // namespace roundtrip::usecases
