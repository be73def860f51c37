// Allocation of stock.
#include "domain/stock.hpp"

#include <algorithm>

namespace roundtrip::domain {

AllocationPlan plan_allocation(const std::vector<Demand>& demands, std::vector<StockPlace>& places) {
  std::map<std::string_view, std::vector<StockPlace*>> by_sku;
  for (StockPlace& place : places) by_sku[place.sku].push_back(&place);
  AllocationPlan plan;
  for (const Demand& demand : demands) {
    std::int64_t open = demand.quantity;
    for (StockPlace* place : by_sku[demand.sku]) {
      const std::int64_t taken = std::min(open, place->available);
      if (taken <= 0) continue;
      plan.allocated.push_back({demand.line, demand.sku, place->bin, place->lot, taken});
      place->available -= taken;
      open -= taken;
      if (open == 0) break;
    }
    if (open > 0) plan.missing.push_back({demand.line, demand.sku, open});
  }
  return plan;
}

}  // namespace roundtrip::domain
