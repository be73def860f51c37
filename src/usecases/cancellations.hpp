// Matching imported cancellations to what was bought, and the queue of what a person has to look at.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/cancellations.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

using store::BoughtRow;
using store::CancellationFilter;
using store::CancellationMatchRow;
using store::CancellationRow;

// Walks over every line of a source's cancellations that has open units and was not settled: the latest earlier lines of the same customer
// and SKU are credited, batch by batch. Safe to run again, and to kill: what was matched stays so, the rest is tried anew. Gives how many
// lines had each result this time.
std::map<domain::CancellationResult, std::int64_t> match_cancellations(const Context& context, const std::string& source);

struct CancellationDetail {
  CancellationRow line;
  std::vector<CancellationMatchRow> matches;
  std::vector<BoughtRow> candidates;  // what a person may match it to
};
// `order`: an order's number whose lines are wanted as candidates; empty: lines of the same SKU, the customer's first.
Result<CancellationDetail> read_cancellation(const Context& context, CancellationId id, const std::string& order);

struct CancellationList {
  std::vector<CancellationRow> items;
  std::optional<CancellationId> next;
};
CancellationList list_cancellations(const Context& context, const CancellationFilter& filter, CancellationId after, int limit);
std::vector<std::pair<std::string, std::int64_t>> count_open_cancellations(const Context& context);

// A person says which line it is: `units` of it are credited (conflict when the line has fewer left, or the cancellation fewer open).
// Settled when nothing stays open.
Result<CancellationRow> match_by_hand(const Context& context, CancellationId id, OrderId order, LineId line, std::int64_t units);
// A person says that no line is to be credited (for the rest), and why.
Result<CancellationRow> settle_cancellation(const Context& context, CancellationId id, const std::string& note);
// Takes back what was settled or matched: it waits again, and what it had credited can be returned again.
Result<CancellationRow> reopen_cancellation(const Context& context, CancellationId id);

}  // namespace roundtrip::usecases
