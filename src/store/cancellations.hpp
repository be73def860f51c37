// Lines of imported cancellations: waiting to be matched, matched, or in a person's queue.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/cancellations.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct CancellationRow {
  CancellationId id;
  std::string source, document;
  int position = 0;  // from 1
  Instant at;
  std::string customer, sku, description;
  bool goods = true;
  std::int64_t quantity = 0;  // taken back; positive
  std::string unit_price;     // an exact decimal, in the document's currency
  std::int64_t matched = 0;
  domain::CancellationResult result = domain::CancellationResult::not_tried;
  std::optional<Instant> settled_at;
  std::string settled_by, note;
};

// Queues a line for each row of the imported cancellations among the documents.
void queue_cancellation_lines(Transaction& tx, MerchantId merchant, const std::string& source, const std::vector<std::string>& documents);

// Where a walk over the lines to match stands.
struct CancellationCursor {
  Instant at;
  CancellationId id;
};
// Lines with open units that nobody settled, in the order of their documents; after `after`.
std::vector<CancellationRow> lines_to_match(Queryable& db, MerchantId merchant, const std::string& source,
                                            const std::optional<CancellationCursor>& after, int limit);

// A line of an order that a cancellation may take back.
struct BoughtRow {
  CancellationId cancellation;
  OrderId order;
  std::string external_id, customer, currency;
  LineId line;
  std::string sku;
  Instant placed_at;
  std::int64_t quantity = 0, left = 0, unit_price = 0;
};
// Of each cancellation what its customer bought of its SKU up to its time, latest first, units left or not.
std::vector<BoughtRow> bought_before(Queryable& db, MerchantId merchant, const std::vector<CancellationId>& cancellations);
// For a person: lines with units left, of one order when `order` is given, else of the cancellation's SKU, its customer's first.
std::vector<BoughtRow> match_candidates(Queryable& db, MerchantId merchant, CancellationId cancellation, const std::string& order,
                                        int limit);

struct CancellationMatchRow {
  CancellationId cancellation;
  OrderId order;
  std::string external_id;
  LineId line;
  std::int64_t units = 0;
};
// Units of the line that nothing took back; nothing when the order has no such line.
std::optional<std::int64_t> units_left_of_line(Queryable& db, MerchantId merchant, OrderId order, LineId line);
std::vector<CancellationMatchRow> matches_of(Queryable& db, MerchantId merchant, CancellationId cancellation);
// Queues matches and moves the order lines' credited units. The orders are locked.
void queue_matches(Transaction& tx, MerchantId merchant, const std::vector<CancellationMatchRow>& matches, bool by_hand);
// Queues that what a person matched or the rule found is taken back.
void queue_unmatch(Transaction& tx, MerchantId merchant, CancellationId cancellation, const std::vector<CancellationMatchRow>& matches);

std::optional<CancellationRow> find_cancellation(Queryable& db, MerchantId merchant, CancellationId id);
// In the order of their documents.
std::vector<CancellationRow> lock_cancellations(Transaction& tx, MerchantId merchant, const std::vector<CancellationId>& ids);
// Queues result, matched units and who settled it.
void queue_cancellations(Transaction& tx, MerchantId merchant, const std::vector<CancellationRow>& rows);

struct CancellationFilter {
  std::optional<domain::CancellationResult> result;
  bool settled = false;
};
// The queue (or what was settled), oldest first, after an id.
std::vector<CancellationRow> list_cancellations(Queryable& db, MerchantId merchant, const CancellationFilter& filter, CancellationId after,
                                                int limit);
// How many lines wait, by result.
std::vector<std::pair<std::string, std::int64_t>> count_open_cancellations(Queryable& db, MerchantId merchant);

}  // namespace roundtrip::store
