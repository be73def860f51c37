// Which stock an order gets: pure planning over levels that the caller has locked.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace roundtrip::domain {

// One (bin, lot) of a SKU in a warehouse, in the order in which a picker should empty them.
struct StockPlace {
  std::string sku;
  BinId bin;
  std::string lot;
  std::int64_t available = 0;  // on hand less reserved less damaged
};

struct Demand {
  LineId line;
  std::string sku;
  std::int64_t quantity = 0;
};

struct Allocation {
  LineId line;
  std::string sku;
  BinId bin;
  std::string lot;
  std::int64_t quantity = 0;
};

struct AllocationPlan {
  std::vector<Allocation> allocated;
  std::vector<Demand> missing;  // what stays backordered
};

// Serves the demands in order, each from the places in order; never takes more than a place has, and
// reduces `available` of the places it takes from.
AllocationPlan plan_allocation(const std::vector<Demand>& demands, std::vector<StockPlace>& places);

}  // namespace roundtrip::domain
