// The statements behind imported cancellations.
#include "store/cancellations.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace roundtrip::store {
namespace {
using nlohmann::json;

#define CANCELLATION_COLUMNS                                                                                                    \
  "c.cancellation_id, c.source, c.document, c.position, c.document_at, c.customer, c.sku, c.description, c.goods, c.quantity, " \
  "c.unit_price::text, c.matched, c.result, c.settled_at, c.settled_by, c.note FROM cancellation_lines c "

template <class... Args>
std::vector<CancellationRow> read_cancellations(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<CancellationRow> out;
  for (auto& [id, source, document, position, at, customer, sku, description, goods, quantity, price, matched, result, settled, by, note] :
       db.rows<CancellationId, std::string, std::string, int, Instant, std::string, std::string, std::string, bool, std::int64_t,
               std::string, std::int64_t, std::string, std::optional<Instant>, std::string, std::string>(sql, args...)) {
    const auto known = domain::parse_cancellation_result(result);
    if (!known) throw std::logic_error("an unknown result of a cancellation in the database: " + result);
    out.push_back(
        {id, source, document, position, at, customer, sku, description, goods, quantity, price, matched, *known, settled, by, note});
  }
  return out;
}

#define BOUGHT_COLUMNS                                                                                                        \
  "SELECT c.cancellation_id, o.order_id, o.external_id, coalesce(o.customer_external_id, ''), o.currency, l.line_id, l.sku, " \
  "o.placed_at, l.quantity, l.quantity - l.canceled - l.announced - l.credited, l.unit_price "

template <class... Args>
std::vector<BoughtRow> read_bought(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<BoughtRow> out;
  for (auto& [cancellation, order, external_id, customer, currency, line, sku, placed, quantity, left, price] :
       db.rows<CancellationId, OrderId, std::string, std::string, std::string, LineId, std::string, Instant, std::int64_t, std::int64_t,
               std::int64_t>(sql, args...)) {
    out.push_back({cancellation, order, external_id, customer, currency, line, sku, placed, quantity, left, price});
  }
  return out;
}

std::string cancellation_ids(const std::vector<CancellationId>& ids) {
  json set = json::array();
  for (const auto id : ids) set.push_back(id.value);
  return set.dump();
}

std::string matches_json(const std::vector<CancellationMatchRow>& matches, int sign) {
  json set = json::array();
  for (const auto& match : matches) {
    set.push_back({{"cancellation_id", match.cancellation.value},
                   {"order_id", match.order.value},
                   {"line_id", match.line.value},
                   {"units", match.units * sign}});
  }
  return set.dump();
}

void move_credited(Transaction& tx, MerchantId merchant, const std::vector<CancellationMatchRow>& matches, int sign) {
  tx.write(
      "UPDATE order_lines l SET credited = l.credited + x.units FROM (SELECT order_id, line_id, sum(units)::bigint AS units "
      "  FROM jsonb_to_recordset($2::jsonb) AS m(order_id bigint, line_id bigint, units bigint) GROUP BY order_id, line_id) x "
      "WHERE l.merchant_id = $1 AND l.order_id = x.order_id AND l.line_id = x.line_id",
      merchant, matches_json(matches, sign));
}
}  // namespace

void queue_cancellation_lines(Transaction& tx, MerchantId merchant, const std::string& source, const std::vector<std::string>& documents) {
  if (documents.empty()) return;
  tx.write(
      "INSERT INTO cancellation_lines (merchant_id, source, document, position, document_at, customer, sku, description, goods, quantity, "
      "unit_price) "
      "SELECT d.merchant_id, d.source, d.document, x.position, d.document_at, d.customer, x.line->>'sku', "
      "coalesce(x.line->>'description', ''), "
      "  (x.line->>'goods')::boolean, -(x.line->>'quantity')::bigint, (x.line->>'unit_price')::numeric "
      "FROM imported_documents d CROSS JOIN LATERAL jsonb_array_elements(d.body) WITH ORDINALITY AS x(line, position) "
      "WHERE d.merchant_id = $1 AND d.source = $2 AND d.document IN (SELECT jsonb_array_elements_text($3::jsonb)) AND d.kind = 'cancel' "
      "  AND (x.line->>'quantity')::bigint < 0 ORDER BY d.document_at, d.document, x.position",
      merchant, source, json(documents).dump(-1, ' ', false, json::error_handler_t::replace));
}

std::vector<CancellationRow> lines_to_match(Queryable& db, MerchantId merchant, const std::string& source,
                                            const std::optional<CancellationCursor>& after, int limit) {
  const CancellationCursor from = after.value_or(CancellationCursor{Instant{}, CancellationId{0}});
  return read_cancellations(db,
                            "SELECT " CANCELLATION_COLUMNS
                            "WHERE c.merchant_id = $1 AND c.source = $2 AND c.settled_at IS NULL AND c.matched < c.quantity "
                            "AND (c.document_at, c.cancellation_id) > ($3::timestamptz, $4::bigint) "
                            "ORDER BY c.document_at, c.cancellation_id LIMIT $5",
                            merchant, source, from.at, from.id, limit);
}

std::vector<BoughtRow> bought_before(Queryable& db, MerchantId merchant, const std::vector<CancellationId>& cancellations) {
  return read_bought(
      db,
      BOUGHT_COLUMNS
      "FROM cancellation_lines c "
      "JOIN orders o ON o.merchant_id = c.merchant_id AND o.customer_external_id = c.customer AND o.placed_at <= c.document_at "
      "JOIN order_lines l ON l.merchant_id = o.merchant_id AND l.order_id = o.order_id AND l.sku = c.sku AND l.goods "
      "WHERE c.merchant_id = $1 AND c.cancellation_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) "
      "AND c.customer <> '' AND c.goods ORDER BY c.cancellation_id, o.placed_at DESC, o.order_id DESC, l.position DESC",
      merchant, cancellation_ids(cancellations));
}

std::vector<BoughtRow> match_candidates(Queryable& db, MerchantId merchant, CancellationId cancellation, const std::string& order,
                                        int limit) {
  if (!order.empty()) {
    return read_bought(db,
                       BOUGHT_COLUMNS
                       "FROM cancellation_lines c JOIN orders o ON o.merchant_id = c.merchant_id AND o.external_id = $3 "
                       "JOIN order_lines l ON l.merchant_id = o.merchant_id AND l.order_id = o.order_id "
                       "WHERE c.merchant_id = $1 AND c.cancellation_id = $2 AND l.quantity > l.canceled + l.announced + l.credited "
                       "ORDER BY l.sku = c.sku DESC, l.position LIMIT $4",
                       merchant, cancellation, order, limit);
  }
  // The newest lines of the SKU, at most a few hundred, so that a bestseller costs no more.
  return read_bought(
      db,
      BOUGHT_COLUMNS
      "FROM cancellation_lines c CROSS JOIN LATERAL (SELECT * FROM order_lines k WHERE k.merchant_id = c.merchant_id AND k.sku = c.sku "
      "  AND k.quantity > k.canceled + k.announced + k.credited ORDER BY k.order_id DESC LIMIT 500) l "
      "JOIN orders o ON o.merchant_id = l.merchant_id AND o.order_id = l.order_id "
      "WHERE c.merchant_id = $1 AND c.cancellation_id = $2 "
      "ORDER BY coalesce(o.customer_external_id = c.customer, false) DESC, o.placed_at <= c.document_at DESC, o.placed_at DESC, l.position "
      "LIMIT $3",
      merchant, cancellation, limit);
}

std::optional<std::int64_t> units_left_of_line(Queryable& db, MerchantId merchant, OrderId order, LineId line) {
  return db.value<std::int64_t>(
      "SELECT quantity - canceled - announced - credited FROM order_lines WHERE merchant_id = $1 AND order_id = $2 AND line_id = $3",
      merchant, order, line);
}

std::vector<CancellationMatchRow> matches_of(Queryable& db, MerchantId merchant, CancellationId cancellation) {
  std::vector<CancellationMatchRow> out;
  for (auto& [order, external_id, line, units] : db.rows<OrderId, std::string, LineId, std::int64_t>(
           "SELECT m.order_id, o.external_id, m.line_id, m.units FROM cancellation_matches m "
           "JOIN orders o ON o.merchant_id = m.merchant_id AND o.order_id = m.order_id "
           "WHERE m.merchant_id = $1 AND m.cancellation_id = $2 ORDER BY m.order_id, m.line_id",
           merchant, cancellation)) {
    out.push_back({cancellation, order, external_id, line, units});
  }
  return out;
}

void queue_matches(Transaction& tx, MerchantId merchant, const std::vector<CancellationMatchRow>& matches, bool by_hand) {
  if (matches.empty()) return;
  tx.write(
      "INSERT INTO cancellation_matches (merchant_id, cancellation_id, order_id, line_id, units, by_hand) "
      "SELECT $1, m.cancellation_id, m.order_id, m.line_id, m.units, $3 "
      "FROM jsonb_to_recordset($2::jsonb) AS m(cancellation_id bigint, order_id bigint, line_id bigint, units bigint) "
      "ON CONFLICT (merchant_id, cancellation_id, order_id, line_id) DO UPDATE SET units = cancellation_matches.units + EXCLUDED.units",
      merchant, matches_json(matches, 1), by_hand);
  move_credited(tx, merchant, matches, 1);
}

void queue_unmatch(Transaction& tx, MerchantId merchant, CancellationId cancellation, const std::vector<CancellationMatchRow>& matches) {
  if (matches.empty()) return;
  tx.write("DELETE FROM cancellation_matches WHERE merchant_id = $1 AND cancellation_id = $2", merchant, cancellation);
  move_credited(tx, merchant, matches, -1);
}

std::optional<CancellationRow> find_cancellation(Queryable& db, MerchantId merchant, CancellationId id) {
  auto rows = read_cancellations(db, "SELECT " CANCELLATION_COLUMNS "WHERE c.merchant_id = $1 AND c.cancellation_id = $2", merchant, id);
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::vector<CancellationRow> lock_cancellations(Transaction& tx, MerchantId merchant, const std::vector<CancellationId>& ids) {
  return read_cancellations(
      tx,
      "SELECT " CANCELLATION_COLUMNS
      "WHERE c.merchant_id = $1 AND c.cancellation_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) "
      "ORDER BY c.document_at, c.cancellation_id FOR UPDATE",
      merchant, cancellation_ids(ids));
}

void queue_cancellations(Transaction& tx, MerchantId merchant, const std::vector<CancellationRow>& rows) {
  if (rows.empty()) return;
  json set = json::array();
  for (const auto& row : rows) {
    set.push_back({{"id", row.id.value},
                   {"matched", row.matched},
                   {"result", domain::to_text(row.result)},
                   {"settled_at", row.settled_at ? json(format_rfc3339(*row.settled_at)) : json(nullptr)},
                   {"settled_by", row.settled_by},
                   {"note", row.note}});
  }
  tx.write(
      "UPDATE cancellation_lines c SET matched = x.matched, result = x.result, settled_at = x.settled_at, settled_by = x.settled_by, "
      "  note = x.note FROM jsonb_to_recordset($2::jsonb) AS x(id bigint, matched bigint, result text, settled_at timestamptz, "
      "  settled_by text, note text) WHERE c.merchant_id = $1 AND c.cancellation_id = x.id",
      merchant, set.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::vector<CancellationRow> list_cancellations(Queryable& db, MerchantId merchant, const CancellationFilter& filter, CancellationId after,
                                                int limit) {
  if (filter.settled) {
    return read_cancellations(db,
                              "SELECT " CANCELLATION_COLUMNS
                              "WHERE c.merchant_id = $1 AND c.settled_at IS NOT NULL AND c.cancellation_id > $2 "
                              "ORDER BY c.cancellation_id LIMIT $3",
                              merchant, after, limit);
  }
  if (filter.result) {
    return read_cancellations(db,
                              "SELECT " CANCELLATION_COLUMNS
                              "WHERE c.merchant_id = $1 AND c.settled_at IS NULL AND c.matched < c.quantity AND c.result = $2 "
                              "AND c.cancellation_id > $3 ORDER BY c.cancellation_id LIMIT $4",
                              merchant, domain::to_text(*filter.result), after, limit);
  }
  return read_cancellations(db,
                            "SELECT " CANCELLATION_COLUMNS
                            "WHERE c.merchant_id = $1 AND c.settled_at IS NULL AND c.matched < c.quantity AND c.cancellation_id > $2 "
                            "ORDER BY c.cancellation_id LIMIT $3",
                            merchant, after, limit);
}

std::vector<std::pair<std::string, std::int64_t>> count_open_cancellations(Queryable& db, MerchantId merchant) {
  std::vector<std::pair<std::string, std::int64_t>> out;
  for (auto& [result, count] : db.rows<std::string, std::int64_t>(
           "SELECT result, count(*) FROM cancellation_lines WHERE merchant_id = $1 AND settled_at IS NULL AND matched < quantity "
           "GROUP BY result ORDER BY result",
           merchant)) {
    out.emplace_back(result, count);
  }
  return out;
}

}  // namespace roundtrip::store
