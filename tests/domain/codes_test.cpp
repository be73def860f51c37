// Own codes: there and back, short enough; every slip of one character is noticed, and nearly all swaps of neighbors,
// which is what ISO/IEC 7064 promises of its hybrid systems.
#include "domain/codes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace roundtrip::domain {
namespace {

constexpr CodeKind kKinds[] = {CodeKind::bin,     CodeKind::tote,  CodeKind::shipment, CodeKind::parcel,
                               CodeKind::return_, CodeKind::badge, CodeKind::command};
constexpr std::int64_t kMost = (std::int64_t{1} << 60) - 1;  // twelve base-32 digits

std::vector<std::int64_t> some_numbers(std::mt19937_64& random) {
  std::vector<std::int64_t> numbers = {0, 1, 31, 32, 1023, 1024, 34'359'738'367, 34'359'738'368, kMost - 1, kMost};
  for (int i = 0; i < 40; ++i) numbers.push_back(static_cast<std::int64_t>(random() >> (4 + random() % 56)));
  return numbers;
}

struct Codes : testing::Test {
  std::random_device::result_type seed = std::random_device{}();
  testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};
  std::mt19937_64 random{seed};
};

TEST_F(Codes, GoThereAndBackInAtMostFourteenCharacters) {
  for (const auto kind : kKinds) {
    for (const auto number : some_numbers(random)) {
      const auto code = own_code(kind, number);
      EXPECT_GE(code.size(), 9U);
      EXPECT_LE(code.size(), 14U) << code;
      const auto parsed = parse_own_code(code);
      ASSERT_TRUE(parsed) << code;
      EXPECT_EQ(parsed->kind, kind);
      EXPECT_EQ(parsed->number, number);
      std::string lower = code;
      for (char& c : lower) c = static_cast<char>(std::tolower(c));
      EXPECT_TRUE(parse_own_code(lower)) << lower;
      EXPECT_FALSE(is_misread_own_code(code));
    }
  }
}

TEST_F(Codes, EverySlipOfOneCharacterIsNoticed) {
  const std::string alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const auto number : some_numbers(random)) {
    const std::string code = own_code(kKinds[random() % std::size(kKinds)], number);
    for (std::size_t at = 0; at < code.size(); ++at) {
      for (const char c : alphabet) {
        std::string slip = code;
        slip[at] = c;
        if (slip == code) continue;
        EXPECT_FALSE(parse_own_code(slip)) << code << " read as " << slip;
      }
    }
  }
}

TEST_F(Codes, NearlyEverySwapOfNeighborsIsNoticed) {
  int swaps = 0, unnoticed = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string code = own_code(kKinds[random() % std::size(kKinds)], static_cast<std::int64_t>(random() % kMost));
    const std::size_t at = random() % (code.size() - 1);
    if (code[at] == code[at + 1]) continue;
    std::string slip = code;
    std::swap(slip[at], slip[at + 1]);
    ++swaps;
    unnoticed += parse_own_code(slip) ? 1 : 0;
  }
  EXPECT_LT(unnoticed * 100, swaps) << unnoticed << " of " << swaps;
}

TEST_F(Codes, WhatIsNotOursIsNotTaken) {
  for (const std::string text :
       {"", "S", "S0", "4006381333931", "SKU-12345678", "S0000001", "X00000019", "S00000U1Z", "SHIRT-RED", "S0000000000000000001A"}) {
    EXPECT_FALSE(parse_own_code(text)) << text;
  }
  EXPECT_FALSE(parse_own_code(std::string("S000000\0Z", 9)));
  std::string misread = own_code(CodeKind::shipment, 77);
  misread.back() = misread.back() == 'A' ? 'B' : 'A';
  EXPECT_TRUE(is_misread_own_code(misread));
  EXPECT_FALSE(is_misread_own_code("4006381333931"));
}

TEST_F(Codes, CommandCards) {
  for (const auto command : {Command::undo, Command::run_short, Command::split, Command::print, Command::problem, Command::done}) {
    const auto parsed = parse_command(parse_own_code(command_code(command)).value());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->command, command);
    EXPECT_NE(word_of_command(command), "");
  }
  EXPECT_EQ(parse_command(parse_own_code(quantity_code(12)).value())->quantity, 12);
  EXPECT_FALSE(parse_command({CodeKind::command, 7}));
  EXPECT_FALSE(parse_command({CodeKind::command, kQuantityBase}));
  EXPECT_FALSE(parse_command({CodeKind::shipment, 1}));
}

// ISO/IEC 7064 names this example for MOD 37,36.
TEST_F(Codes, TheCheckCharacterIsTheStandards) { EXPECT_EQ(mod37_36_check("A12425GABC1234002"), 'M'); }

TEST(CommandCards, EachIsReadBackAsItWasPrinted) {
  std::vector<CommandCode> cards = {{.reject = true}, {.quantity = 1}, {.quantity = 100'000}, {.choice = 1}, {.choice = kMostChoices}};
  for (const auto command : {Command::undo, Command::done}) cards.push_back({.command = command});
  for (const auto grade : {Grade::a, Grade::b, Grade::c, Grade::d}) cards.push_back({.grade = grade});
  for (const auto& word : kDispositions) {
    if (word.value != Disposition::none) cards.push_back({.disposition = word.value});
  }
  std::set<std::string> words, codes;
  for (const auto& card : cards) {
    const auto own = parse_own_code(code_of_card(card));
    ASSERT_TRUE(own);
    const auto read = parse_command(*own);
    ASSERT_TRUE(read) << word_of_card(card);
    EXPECT_EQ(word_of_card(*read), word_of_card(card));
    EXPECT_EQ(read->of_returns(), card.of_returns());
    words.insert(word_of_card(card));
    codes.insert(code_of_card(card));
  }
  EXPECT_EQ(words.size(), cards.size());
  EXPECT_EQ(codes.size(), cards.size());
  for (const std::int64_t number : {0, 7, 10, 16, 20, 28, 30, 40, 1000}) EXPECT_FALSE(parse_command({CodeKind::command, number})) << number;
}

}  // namespace
}  // namespace roundtrip::domain
