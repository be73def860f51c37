// Reading an order's timeline.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct TimelineLine {
  std::int64_t seq = 0;
  Instant at;
  std::string type, channel, actor, subject, detail, hash;
};
// Entries after `after`, oldest first, at most `limit`.
Result<std::vector<TimelineLine>> read_timeline(const Context& context, OrderId order, std::int64_t after, int limit);

}  // namespace roundtrip::usecases
