// Which earlier lines a cancellation takes back.
#include "domain/cancellations.hpp"

#include <algorithm>
#include <numeric>

namespace roundtrip::domain {

std::int64_t CancellationMatch::units() const { return std::accumulate(taken.begin(), taken.end(), std::int64_t{0}); }

CancellationMatch match_cancellation(bool has_customer, bool goods, std::int64_t units, const std::vector<BoughtLine>& bought) {
  CancellationMatch match;
  match.taken.assign(bought.size(), 0);
  if (!goods || !has_customer) {
    match.result = goods ? CancellationResult::no_customer : CancellationResult::not_goods;
    return match;
  }
  if (bought.empty()) return match;
  std::int64_t open = units, lines = 0;
  const BoughtLine* only = nullptr;
  for (std::size_t i = 0; i < bought.size() && open > 0; ++i) {
    const std::int64_t taken = std::min(open, bought[i].left);
    if (taken <= 0) continue;
    match.taken[i] = taken;
    open -= taken;
    ++lines;
    only = &bought[i];
  }
  if (open > 0) {
    match.result = CancellationResult::bought_less;
  } else if (lines > 1) {
    match.result = CancellationResult::several_lines;
  } else if (!only->same_price) {
    match.result = CancellationResult::other_price;
  } else {
    match.result = units == only->quantity ? CancellationResult::whole_line : CancellationResult::part_of_line;
  }
  return match;
}

}  // namespace roundtrip::domain
