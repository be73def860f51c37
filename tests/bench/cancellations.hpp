// What a month's file says should come back: cancellations matched to the order lines they cancel, and why others are not.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/mapping.hpp"
#include "connectors/retail.hpp"

namespace roundtrip::bench {

// One return to be made: units of an order's lines, by position.
struct WantedReturn {
  std::string document, order_number;
  std::map<std::size_t, std::int64_t> units;  // position (from 0) -> units
};

// What did not go the plain way, counted by reason.
class Explained {
 public:
  void add(const std::string& reason, std::int64_t count = 1);
  void print(const char* title) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t> counts_;
};

// Every whole document of a file. Throws when it cannot be read.
std::vector<connectors::Document> read_documents(const connectors::Mapping& mapping, const std::string& path);

// Matches cancellations to earlier lines: same customer and SKU, the latest earlier order first, units used up as they are matched.
// Each row of a cancellation is counted in `explained`.
std::vector<WantedReturn> match_cancellations(const std::vector<connectors::Document>& documents, Explained& explained);

}  // namespace roundtrip::bench
