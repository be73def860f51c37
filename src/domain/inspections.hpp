// Looking at goods that came back: the grade, and the rule that says where goods of a grade go.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/returns.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

// A: as new. B: opened, sound. C: used or marked. D: broken or unsafe.
enum class Grade { none, a, b, c, d };
inline constexpr Word<Grade> kGrades[] = {{Grade::none, ""}, {Grade::a, "A"}, {Grade::b, "B"}, {Grade::c, "C"}, {Grade::d, "D"}};
inline std::string_view to_text(Grade grade) { return word_of(kGrades, grade); }
inline std::optional<Grade> parse_grade(std::string_view text) { return value_of(kGrades, text); }

enum class Verdict { pending, accepted, rejected, needs_person };
inline constexpr Word<Verdict> kVerdicts[] = {{Verdict::pending, "pending"},
                                              {Verdict::accepted, "accepted"},
                                              {Verdict::rejected, "rejected"},
                                              {Verdict::needs_person, "needs_person"}};
inline std::string_view to_text(Verdict verdict) { return word_of(kVerdicts, verdict); }
inline std::optional<Verdict> parse_verdict(std::string_view text) { return value_of(kVerdicts, text); }

// What the rule looks at.
struct JudgedGoods {
  Grade grade = Grade::none;   // none: nobody looked closely
  std::string reason;          // the customer's
  bool damaged = false;        // the policy counts the reason as damage
  std::string category;        // of the product
  bool special_waste = false;  // electronics, batteries: never thrown into the bin
};

// One row of the table: what is empty fits everything. The first row that fits decides.
struct DispositionRule {
  std::optional<Grade> grade;
  std::string reason, category;
  std::optional<bool> damaged, special_waste;
  Disposition disposition = Disposition::none;
};

// A shop's own rows come first; then the house's: as new is sold again, opened goods too unless they came back as damaged, used goods are
// refurbished, broken ones scrapped (recycled when they are special waste); unseen goods that came back as damaged wait in quarantine.
Disposition disposition_by_rule(const std::vector<DispositionRule>& own, const JudgedGoods& goods);

}  // namespace roundtrip::domain
