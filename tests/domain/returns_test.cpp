// Return lines: counters, the three axes, and the header derived from them.
#include "domain/returns.hpp"

#include <gtest/gtest.h>

#include <random>

namespace roundtrip::domain {
namespace {

ReturnLine line_with(std::int64_t announced, std::int64_t received = 0, Reception reception = Reception::awaiting) {
  ReturnLine line;
  line.line = LineId{1};
  line.announced = announced;
  line.received = received;
  line.reception = reception;
  return line;
}

TEST(Returns, TheHeaderFollowsFromTheLines) {
  struct Case {
    ReturnDecision decision;
    std::vector<ReturnLine> lines;
    ReturnStatus wanted;
  };
  const auto got = [](std::int64_t announced) { return line_with(announced, announced, Reception::received); };
  const std::vector<Case> cases = {
      {ReturnDecision::open, {line_with(2)}, ReturnStatus::requested},
      {ReturnDecision::declined, {line_with(2, 0, Reception::canceled)}, ReturnStatus::declined},
      {ReturnDecision::approved, {line_with(2)}, ReturnStatus::approved},
      {ReturnDecision::approved, {line_with(2, 0, Reception::in_transit), line_with(1)}, ReturnStatus::in_transit},
      {ReturnDecision::approved, {line_with(2, 1), line_with(1)}, ReturnStatus::partly_received},
      {ReturnDecision::approved, {got(2), line_with(1)}, ReturnStatus::partly_received},
      {ReturnDecision::approved, {got(2), got(1)}, ReturnStatus::received},
      {ReturnDecision::approved, {got(2), line_with(1, 0, Reception::missing)}, ReturnStatus::closed},
      {ReturnDecision::approved, {line_with(2, 1, Reception::canceled)}, ReturnStatus::closed},
      {ReturnDecision::approved, {line_with(2, 0, Reception::canceled)}, ReturnStatus::canceled},
      {ReturnDecision::open, {line_with(2, 0, Reception::canceled)}, ReturnStatus::canceled},
      {ReturnDecision::approved, {line_with(2, 0, Reception::expired), line_with(1, 0, Reception::canceled)}, ReturnStatus::expired},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(to_text(derive_return_status(cases[i].decision, cases[i].lines)), to_text(cases[i].wanted)) << "case " << i;
  }
}

TEST(Returns, MoreThanAnnouncedIsNeverCounted) {
  ReturnLine line = line_with(2);
  receive_units(line, 1);
  EXPECT_EQ(line.reception, Reception::awaiting);
  EXPECT_THROW(receive_units(line, 2), std::logic_error);
  receive_units(line, 1);
  EXPECT_EQ(line.reception, Reception::received);
  EXPECT_THROW(receive_units(line, 1), std::logic_error);
  accept_units(line, 1, Disposition::restock);
  reject_units(line, 1, Disposition::send_back);
  EXPECT_EQ(line.acceptance, Acceptance::accepted);  // a rejected rest does not take back what was accepted
  EXPECT_THROW(accept_units(line, 1, Disposition::restock), std::logic_error);
}

TEST(Returns, ACanceledLineAwaitsNothingAndGivesBackWhatDidNotCome) {
  ReturnLine line = line_with(3);
  receive_units(line, 1);
  EXPECT_EQ(end_wait(line, ReceptionEvent::cancel), 2);
  EXPECT_EQ(line.awaited(), 0);
  EXPECT_EQ(end_wait(line, ReceptionEvent::cancel), 0);
  EXPECT_THROW(receive_units(line, 1), std::logic_error);
}

TEST(Returns, UnitsTakenBackAreAwaitedAndWhatWasCanceledSinceStaysCanceled) {
  ReturnLine line = line_with(3);
  receive_units(line, 2);
  accept_units(line, 1, Disposition::restock);
  EXPECT_THROW(unreceive_units(line, 2, Reception::awaiting), std::logic_error) << "one of them was judged";
  EXPECT_EQ(end_wait(line, ReceptionEvent::cancel), 1);
  line.accepted = 0;
  unreceive_units(line, 2, Reception::awaiting);
  EXPECT_EQ(line.announced, 2) << "the third is free for another return";
  EXPECT_EQ(line.awaited(), 2);
  receive_units(line, 2);
  EXPECT_EQ(line.reception, Reception::received);
  unreceive_units(line, 2, Reception::awaiting);
  EXPECT_EQ(line.awaited(), 2);
}

TEST(Returns, WhatWillNotComeIsNotAwaitedUntilItTurnsAroundOnceMore) {
  ReturnLine line = line_with(3, 0, Reception::in_transit);
  EXPECT_EQ(expect_again(line, 3), 0) << "it is expected";
  EXPECT_EQ(end_wait(line, ReceptionEvent::give_up), 3);
  EXPECT_EQ(line.awaited(), 0);
  EXPECT_THROW(receive_units(line, 1), std::logic_error);
  EXPECT_EQ(expect_again(line, 0), 0) << "another return took them";
  EXPECT_EQ(expect_again(line, 2), 2);
  EXPECT_EQ(line.awaited(), 2);
  EXPECT_EQ(line.reception, Reception::in_transit);
}

TEST(Returns, GoodsUnderWayCannotBeCanceled) {
  ReturnLine line = line_with(3, 0, Reception::in_transit);
  EXPECT_EQ(end_wait(line, ReceptionEvent::cancel), 0);
  EXPECT_EQ(line.awaited(), 3);
}

TEST(Returns, CountersHoldInAnyOrderOfEvents) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    ReturnLine line = line_with(1 + random() % 20);
    for (int step = 0; step < 40; ++step) {
      const auto some = [&](std::int64_t most) {
        return most > 0 ? 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(most)) : 0;
      };
      switch (random() % 8) {
        case 0:
          end_wait(line, ReceptionEvent::cancel);
          break;
        case 1:
          end_wait(line, ReceptionEvent::give_up);
          break;
        case 2:
        case 3:
        case 4:
          if (const auto units = some(line.awaited()); units > 0) receive_units(line, units);
          break;
        case 5:
        case 6:
          if (const auto units = some(line.undecided()); units > 0) accept_units(line, units, Disposition::restock);
          break;
        default:
          if (const auto units = some(line.undecided()); units > 0) reject_units(line, units, Disposition::send_back);
      }
      ASSERT_GE(line.announced, line.received);
      ASSERT_GE(line.received, line.accepted + line.rejected);
      if (line.reception == Reception::received) {
        ASSERT_EQ(line.received, line.announced);
      }
    }
  }
}

TEST(Returns, OnlySellableGoodsGoBackToSale) {
  EXPECT_EQ(stock_effect(Disposition::restock), StockEffect::sellable);
  for (const auto held : {Disposition::quarantine, Disposition::refurbish}) EXPECT_EQ(stock_effect(held), StockEffect::damaged);
  for (const auto gone : {Disposition::scrap, Disposition::recycle, Disposition::donate, Disposition::send_back, Disposition::none}) {
    EXPECT_EQ(stock_effect(gone), StockEffect::none);
  }
}

}  // namespace
}  // namespace roundtrip::domain
