// The table of dispositions.
#include "domain/inspections.hpp"

#include <stdexcept>

namespace roundtrip::domain {
namespace {
bool fits(const DispositionRule& rule, const JudgedGoods& goods) {
  if (rule.grade && *rule.grade != goods.grade) return false;
  if (!rule.reason.empty() && rule.reason != goods.reason) return false;
  if (!rule.category.empty() && rule.category != goods.category) return false;
  if (rule.damaged && *rule.damaged != goods.damaged) return false;
  return !rule.special_waste || *rule.special_waste == goods.special_waste;
}

std::optional<Disposition> first_that_fits(const std::vector<DispositionRule>& rules, const JudgedGoods& goods) {
  for (const auto& rule : rules) {
    if (fits(rule, goods)) return rule.disposition;
  }
  return std::nullopt;
}

const std::vector<DispositionRule>& house_rules() {
  static const std::vector<DispositionRule> rules = {
      {Grade::a, "", "", std::nullopt, std::nullopt, Disposition::restock},
      {Grade::b, "", "", true, std::nullopt, Disposition::quarantine},
      {Grade::b, "", "", false, std::nullopt, Disposition::restock},
      {Grade::c, "", "", std::nullopt, std::nullopt, Disposition::refurbish},
      {Grade::d, "", "", std::nullopt, true, Disposition::recycle},
      {Grade::d, "", "", std::nullopt, false, Disposition::scrap},
      {Grade::none, "", "", true, std::nullopt, Disposition::quarantine},
      {Grade::none, "", "", false, std::nullopt, Disposition::restock},
  };
  return rules;
}
}  // namespace

Disposition disposition_by_rule(const std::vector<DispositionRule>& own, const JudgedGoods& goods) {
  if (const auto chosen = first_that_fits(own, goods)) return *chosen;
  if (const auto chosen = first_that_fits(house_rules(), goods)) return *chosen;
  throw std::logic_error("the table of dispositions has a hole");
}

}  // namespace roundtrip::domain
