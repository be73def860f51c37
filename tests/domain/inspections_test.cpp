// The table of dispositions: grade, reason and product decide, a shop's own rows first.
#include "domain/inspections.hpp"

#include <gtest/gtest.h>

namespace roundtrip::domain {
namespace {

TEST(Dispositions, TheHousesTableHasAnAnswerForEverything) {
  struct Row {
    Grade grade;
    bool damaged, waste;
    Disposition wanted;
  };
  constexpr Row kRows[] = {
      {Grade::none, false, false, Disposition::restock}, {Grade::none, true, false, Disposition::quarantine},
      {Grade::a, false, false, Disposition::restock},    {Grade::a, true, false, Disposition::restock},
      {Grade::b, false, false, Disposition::restock},    {Grade::b, true, false, Disposition::quarantine},
      {Grade::c, false, true, Disposition::refurbish},   {Grade::c, true, false, Disposition::refurbish},
      {Grade::d, false, false, Disposition::scrap},      {Grade::d, true, true, Disposition::recycle},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(disposition_by_rule({}, {row.grade, "any", row.damaged, "", row.waste}), row.wanted)
        << to_text(row.grade) << row.damaged << row.waste;
  }
  for (const auto& grade : kGrades) {
    for (const int bits : {0, 1, 2, 3})
      EXPECT_NE(disposition_by_rule({}, {grade.value, "", (bits & 1) != 0, "", (bits & 2) != 0}), Disposition::none);
  }
}

TEST(Dispositions, AShopsFirstRowThatFitsDecidesAndEmptyFitsEverything) {
  const std::vector<DispositionRule> own = {{Grade::b, "too_small", "", std::nullopt, std::nullopt, Disposition::donate},
                                            {std::nullopt, "", "food", std::nullopt, std::nullopt, Disposition::scrap}};
  EXPECT_EQ(disposition_by_rule(own, {Grade::b, "too_small", false, "food", false}), Disposition::donate);
  EXPECT_EQ(disposition_by_rule(own, {Grade::a, "too_small", false, "food", false}), Disposition::scrap);
  EXPECT_EQ(disposition_by_rule(own, {Grade::a, "too_small", false, "cups", false}), Disposition::restock);
}

}  // namespace
}  // namespace roundtrip::domain
