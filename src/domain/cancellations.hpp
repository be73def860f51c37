// Lines of imported cancellations and the rule that finds what they take back.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/transitions.hpp"

namespace roundtrip::domain {

// What came of looking for the earlier line. The first five need nobody once all units are matched; the rest wait for a person.
enum class CancellationResult {
  not_tried,
  whole_line,
  part_of_line,
  other_price,
  several_lines,
  bought_less,
  never_bought,
  no_customer,
  not_goods
};
inline constexpr Word<CancellationResult> kCancellationResults[] = {
    {CancellationResult::not_tried, "new"},
    {CancellationResult::whole_line, "whole_line"},
    {CancellationResult::part_of_line, "part_of_line"},
    {CancellationResult::other_price, "other_price"},
    {CancellationResult::several_lines, "several_lines"},
    {CancellationResult::bought_less, "bought_less"},
    {CancellationResult::never_bought, "never_bought"},
    {CancellationResult::no_customer, "no_customer"},
    {CancellationResult::not_goods, "not_goods"},
};
inline std::string_view to_text(CancellationResult result) { return word_of(kCancellationResults, result); }
inline std::optional<CancellationResult> parse_cancellation_result(std::string_view text) { return value_of(kCancellationResults, text); }

// A line that the customer bought before, with the same SKU. `left`: units that nothing took back yet.
struct BoughtLine {
  std::int64_t quantity = 0, left = 0;
  bool same_price = true;
};
struct CancellationMatch {
  CancellationResult result = CancellationResult::never_bought;
  std::vector<std::int64_t> taken;  // of each of `bought`, in its order
  std::int64_t units() const;
};
// Takes `units` back from what was bought, the latest line first; `bought` is ordered so. What was bought and taken back before is
// "bought_less", not "never_bought".
CancellationMatch match_cancellation(bool has_customer, bool goods, std::int64_t units, const std::vector<BoughtLine>& bought);

}  // namespace roundtrip::domain
