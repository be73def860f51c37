// The timeline as people and programs read it.
#include "usecases/timeline.hpp"

#include "store/order_views.hpp"
#include "store/timeline.hpp"

namespace roundtrip::usecases {

Result<std::vector<TimelineLine>> read_timeline(const Context& context, OrderId order, std::int64_t after, int limit) {
  store::Session session{context.db};
  std::vector<TimelineLine> lines;
  for (const auto& row : store::timeline_of(session, context.merchant, order, after, limit)) {
    lines.push_back({row.seq, row.at, row.entry.type, row.entry.channel, row.entry.actor, row.entry.subject, row.entry.detail, row.hash});
  }
  if (lines.empty() && !store::read_order_version(session, context.merchant, order)) {
    return Error{ErrorKind::not_found, "no_such_order", "There is no such order."};
  }
  return lines;
}

}  // namespace roundtrip::usecases
