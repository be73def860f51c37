// Crediting what imported cancellations took back.
#include "usecases/cancellations.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "connectors/retail.hpp"
#include "domain/money.hpp"
#include "store/database.hpp"
#include "store/imports.hpp"
#include "store/timeline.hpp"
#include "store/tracking.hpp"
#include "usecases/idempotency.hpp"

namespace roundtrip::usecases {
namespace {
using domain::CancellationResult;

constexpr int kLinesAtOnce = 200;
constexpr int kCandidates = 20;
constexpr int kPriceDecimals = 6;

Error no_such_cancellation() { return {ErrorKind::not_found, "cancellation_not_found", "There is no such line of a cancellation."}; }

std::optional<CancellationRow> lock_one(store::Transaction& tx, const Context& context, CancellationId id) {
  auto rows = store::lock_cancellations(tx, context.merchant, {id});
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

// The exact price in minor units of a currency, rounded as an import rounds it.
std::optional<std::int64_t> minor_price(const std::string& price, const std::string& currency) {
  const auto scaled = connectors::parse_decimal(price, kPriceDecimals);
  if (!scaled) return std::nullopt;
  std::int64_t divisor = 1;
  for (int i = domain::exponent(currency); i < kPriceDecimals; ++i) divisor *= 10;
  return domain::released_share(*scaled, 1, divisor);
}

// Says on the order's timeline what was credited, or that it was taken back.
void note_credit(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, const CancellationRow& line,
                 const CancellationMatchRow& match) {
  const nlohmann::ordered_json detail = {
      {"document", line.document}, {"sku", line.sku}, {"line", to_text(match.line)}, {"units", match.units}};
  store::append_timeline(tx, context.merchant, head,
                         {type, context.actor.channel, context.actor.name, to_text(line.id),
                          detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)},
                         context.now);
}

// The lines of one batch, the units left of every order line that they may take, and what they took.
class BatchMatcher {
 public:
  BatchMatcher(std::vector<CancellationRow>& lines, std::vector<BoughtRow> bought) : lines_(lines), bought_(std::move(bought)) {
    for (const auto& row : bought_) left_[{row.order, row.line}] = row.left;
  }
  void run(std::map<CancellationResult, std::int64_t>& counts) {
    for (auto& line : lines_) match(line, counts);
  }
  const std::vector<CancellationMatchRow>& matches() const { return matches_; }

 private:
  void match(CancellationRow& line, std::map<CancellationResult, std::int64_t>& counts) {
    std::vector<const BoughtRow*> mine;
    std::vector<domain::BoughtLine> facts;
    for (const auto& row : bought_) {
      if (row.cancellation != line.id) continue;
      mine.push_back(&row);
      facts.push_back({row.quantity, left_[{row.order, row.line}], minor_price(line.unit_price, row.currency) == row.unit_price});
    }
    const auto found = domain::match_cancellation(!line.customer.empty(), line.goods, line.quantity - line.matched, facts);
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (found.taken[i] == 0) continue;
      left_[{mine[i]->order, mine[i]->line}] -= found.taken[i];
      matches_.push_back({line.id, mine[i]->order, mine[i]->external_id, mine[i]->line, found.taken[i]});
    }
    line.matched += found.units();
    line.result = found.result;
    ++counts[found.result];
  }

  std::vector<CancellationRow>& lines_;
  std::vector<BoughtRow> bought_;
  std::map<std::pair<OrderId, LineId>, std::int64_t> left_;
  std::vector<CancellationMatchRow> matches_;
};

void write_matches(store::Transaction& tx, const Context& context, std::vector<store::OrderHead>& heads,
                   const std::vector<CancellationRow>& lines, const std::vector<CancellationMatchRow>& matches) {
  store::queue_matches(tx, context.merchant, matches, false);
  store::queue_cancellations(tx, context.merchant, lines);
  for (auto& head : heads) {
    bool changed = false;
    for (const auto& match : matches) {
      if (match.order != head.id) continue;
      const auto line = std::find_if(lines.begin(), lines.end(), [&](const auto& one) { return one.id == match.cancellation; });
      note_credit(tx, context, head, "order.credited", *line, match);
      changed = true;
    }
    if (changed) store::save_head(tx, context.merchant, head, context.now);
  }
}

std::vector<CancellationId> ids_of(const std::vector<CancellationRow>& lines) {
  std::vector<CancellationId> ids;
  for (const auto& line : lines) ids.push_back(line.id);
  return ids;
}

// The orders that a batch may touch: locked before the units left are read for good.
std::vector<OrderId> orders_touched(store::Queryable& db, const Context& context, const std::vector<CancellationId>& ids) {
  std::set<OrderId> orders;
  for (const auto& row : store::bought_before(db, context.merchant, ids)) {
    if (row.left > 0) orders.insert(row.order);
  }
  return {orders.begin(), orders.end()};
}
}  // namespace

std::map<CancellationResult, std::int64_t> match_cancellations(const Context& context, const std::string& source) {
  std::map<CancellationResult, std::int64_t> counts;
  std::optional<store::CancellationCursor> after;
  while (true) {
    store::Transaction tx(context.db);
    store::lock_import(tx, context.merchant, source);
    const auto open = store::lines_to_match(tx, context.merchant, source, after, kLinesAtOnce);
    if (open.empty()) return counts;
    after = store::CancellationCursor{open.back().at, open.back().id};
    const auto ids = ids_of(open);
    auto heads = store::lock_orders(tx, context.merchant, orders_touched(tx, context, ids));
    auto lines = store::lock_cancellations(tx, context.merchant, ids);
    std::erase_if(lines, [](const auto& line) { return line.settled_at || line.matched == line.quantity; });
    BatchMatcher matcher(lines, store::bought_before(tx, context.merchant, ids));
    matcher.run(counts);
    write_matches(tx, context, heads, lines, matcher.matches());
    tx.commit();
  }
}

Result<CancellationDetail> read_cancellation(const Context& context, CancellationId id, const std::string& order) {
  store::Session session(context.db);
  auto line = store::find_cancellation(session, context.merchant, id);
  if (!line) return no_such_cancellation();
  return CancellationDetail{*std::move(line), store::matches_of(session, context.merchant, id),
                            store::match_candidates(session, context.merchant, id, order, kCandidates)};
}

CancellationList list_cancellations(const Context& context, const CancellationFilter& filter, CancellationId after, int limit) {
  store::Session session(context.db);
  CancellationList list{store::list_cancellations(session, context.merchant, filter, after, limit + 1), std::nullopt};
  if (static_cast<int>(list.items.size()) > limit) {
    list.items.pop_back();
    list.next = list.items.back().id;
  }
  return list;
}

std::vector<std::pair<std::string, std::int64_t>> count_open_cancellations(const Context& context) {
  store::Session session(context.db);
  return store::count_open_cancellations(session, context.merchant);
}

Result<CancellationRow> match_by_hand(const Context& context, CancellationId id, OrderId order, LineId line, std::int64_t units) {
  if (units < 1) return Error{ErrorKind::invalid, "bad_units", "Credit one unit or more."};
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return *store::find_cancellation(tx, context.merchant, id);
  auto head = store::lock_order(tx, context.merchant, order);
  if (!head) return Error{ErrorKind::not_found, "order_not_found", "There is no such order. Check the id (ord_...)."};
  auto row = lock_one(tx, context, id);
  if (!row) return no_such_cancellation();
  const std::int64_t open = row->settled_at ? 0 : row->quantity - row->matched;
  const auto left = store::units_left_of_line(tx, context.merchant, order, line);
  if (!left) return Error{ErrorKind::not_found, "line_not_found", "The order has no such line."};
  if (units > open || units > *left) {
    Error error{ErrorKind::conflict, "units_not_creditable",
                std::to_string(units) + " units cannot be credited: " + std::to_string(open) + " of the cancellation are open, " +
                    std::to_string(*left) + " of the line are left."};
    error.explain = Explain{"units_left",
                            {{"wanted", std::to_string(units)}, {"open", std::to_string(open)}, {"left", std::to_string(*left)}},
                            "Credit fewer units, or choose another line."};
    return error;
  }
  const CancellationMatchRow match{id, order, head->external_id, line, units};
  store::queue_matches(tx, context.merchant, {match}, true);
  row->matched += units;
  if (row->matched == row->quantity) {
    row->settled_at = context.now;
    row->settled_by = context.actor.name;
  }
  store::queue_cancellations(tx, context.merchant, {*row});
  note_credit(tx, context, *head, "order.credited", *row, match);
  store::save_head(tx, context.merchant, *head, context.now);
  note_done(tx, context);
  tx.commit();
  return *row;
}

Result<CancellationRow> settle_cancellation(const Context& context, CancellationId id, const std::string& note) {
  if (note.empty()) return Error{ErrorKind::invalid, "note_missing", "Say why no line is credited."};
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return *store::find_cancellation(tx, context.merchant, id);
  auto row = lock_one(tx, context, id);
  if (!row) return no_such_cancellation();
  if (row->settled_at)
    return Error{ErrorKind::conflict, "cancellation_settled", "It was settled by " + row->settled_by + ". Reopen it to decide again."};
  row->settled_at = context.now;
  row->settled_by = context.actor.name;
  row->note = note;
  store::queue_cancellations(tx, context.merchant, {*row});
  note_done(tx, context);
  tx.commit();
  return *row;
}

Result<CancellationRow> reopen_cancellation(const Context& context, CancellationId id) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return *store::find_cancellation(tx, context.merchant, id);
  // The orders first, as everywhere; nobody adds a match to a line that is settled or matched in full.
  std::vector<OrderId> orders;
  for (const auto& match : store::matches_of(tx, context.merchant, id)) orders.push_back(match.order);
  auto heads = store::lock_orders(tx, context.merchant, orders);
  auto row = lock_one(tx, context, id);
  if (!row) return no_such_cancellation();
  if (!row->settled_at && row->matched < row->quantity)
    return Error{ErrorKind::conflict, "cancellation_open", "It is open: nobody has settled it."};
  const auto matches = store::matches_of(tx, context.merchant, id);
  store::queue_unmatch(tx, context.merchant, id, matches);
  row->matched = 0;
  row->settled_at.reset();
  row->settled_by.clear();
  row->note.clear();
  store::queue_cancellations(tx, context.merchant, {*row});
  for (auto& head : heads) {
    for (const auto& match : matches) {
      if (match.order == head.id) note_credit(tx, context, head, "order.credit_taken_back", *row, match);
    }
    store::save_head(tx, context.merchant, head, context.now);
  }
  note_done(tx, context);
  tx.commit();
  return *row;
}

}  // namespace roundtrip::usecases
