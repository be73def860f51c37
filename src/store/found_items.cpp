// Statements about found items.
#include "store/found_items.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "store/returns.hpp"

namespace roundtrip::store {
namespace {
#define RT_FOUND_SELECT                                                                                                                   \
  "SELECT f.found_id, f.kind, f.warehouse_id, f.order_id, f.return_id, f.container_id, f.sku, f.number, f.note, f.quantity, f.found_by, " \
  "f.found_at, f.outcome, f.settled_by, f.settled_note, f.settled_at, coalesce(o.external_id, ''), coalesce(p.name, '') "                 \
  "FROM found_items f LEFT JOIN orders o ON o.merchant_id = f.merchant_id AND o.order_id = f.order_id "                                   \
  "LEFT JOIN products p ON p.merchant_id = f.merchant_id AND p.sku = f.sku "

template <class... Args>
std::vector<FoundRow> read_found(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<FoundRow> out;
  for (auto& [id, kind, warehouse, order, return_id, container, sku, number, note, quantity, by, at, outcome, settled_by, settled_note,
              settled_at, external, name] :
       db.rows<FoundId, std::string, WarehouseId, std::optional<OrderId>, std::optional<ReturnId>, std::optional<FoundId>,
               std::optional<std::string>, std::string, std::string, std::int64_t, std::string, Instant, std::string, std::string,
               std::string, std::optional<Instant>, std::string, std::string>(sql, args...)) {
    const auto known_kind = domain::parse_found_kind(kind);
    const auto known_outcome = domain::parse_found_outcome(outcome);
    if (!known_kind || !known_outcome) throw std::logic_error("an unknown word in found_items");
    out.push_back({id, *known_kind, warehouse, order, return_id, container, std::move(sku), std::move(number), std::move(note), quantity,
                   std::move(by), at, *known_outcome, std::move(settled_by), std::move(settled_note), settled_at, std::move(external),
                   std::move(name)});
  }
  return out;
}

std::optional<FoundRow> first_found(std::vector<FoundRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

#define RT_AWAITING_SELECT                                                                                                      \
  "SELECT r.return_id, r.order_id, o.external_id, o.customer_name, (SELECT coalesce(sum(a.announced - a.received), 0)::bigint " \
  "FROM return_lines a WHERE a.merchant_id = r.merchant_id AND a.return_id = r.return_id), r.created_at FROM returns r "        \
  "JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "

template <class... Args>
std::vector<AwaitingReturn> read_awaiting(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<AwaitingReturn> out;
  for (auto& [id, order, external, customer, awaited, created] :
       db.rows<ReturnId, OrderId, std::string, std::string, std::int64_t, Instant>(sql, args...)) {
    out.push_back({id, order, std::move(external), std::move(customer), awaited, created});
  }
  return out;
}
}  // namespace

std::optional<FoundId> add_found(Transaction& tx, MerchantId merchant, const FoundRow& row) {
  return tx.value<FoundId>(
      "INSERT INTO found_items (merchant_id, kind, warehouse_id, order_id, return_id, container_id, sku, number, note, quantity, found_by, "
      "found_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
      "ON CONFLICT (merchant_id, number) WHERE state = 'open' AND kind = 'unannounced_parcel' AND number <> '' DO NOTHING RETURNING "
      "found_id",
      merchant, domain::to_text(row.kind), row.warehouse, row.order, row.return_id, row.container, row.sku, row.number, row.note,
      row.quantity, row.found_by, row.found_at);
}

std::optional<FoundRow> open_parcel_with_number(Queryable& db, MerchantId merchant, const std::string& number) {
  return first_found(read_found(db,
                                RT_FOUND_SELECT
                                "WHERE f.merchant_id = $1 AND f.number = $2 AND f.number <> '' AND f.state = 'open' AND f.kind = "
                                "'unannounced_parcel'",
                                merchant, number));
}

std::optional<FoundRow> find_found(Queryable& db, MerchantId merchant, FoundId id) {
  return first_found(read_found(db, RT_FOUND_SELECT "WHERE f.merchant_id = $1 AND f.found_id = $2", merchant, id));
}

std::optional<FoundRow> lock_found(Transaction& tx, MerchantId merchant, FoundId id) {
  return first_found(read_found(tx, RT_FOUND_SELECT "WHERE f.merchant_id = $1 AND f.found_id = $2 FOR UPDATE OF f", merchant, id));
}

std::vector<FoundRow> open_contents(Queryable& db, MerchantId merchant, FoundId container) {
  return read_found(db,
                    RT_FOUND_SELECT
                    "WHERE f.merchant_id = $1 AND f.container_id = $2 AND f.container_id IS NOT NULL AND f.state = 'open' ORDER BY "
                    "f.found_id LIMIT 500",
                    merchant, container);
}

std::vector<FoundRow> list_found(Queryable& db, MerchantId merchant, bool open, FoundId after, int limit) {
  if (open) {
    return read_found(db, RT_FOUND_SELECT "WHERE f.merchant_id = $1 AND f.state = 'open' AND f.found_id > $2 ORDER BY f.found_id LIMIT $3",
                      merchant, after, limit);
  }
  return read_found(db, RT_FOUND_SELECT "WHERE f.merchant_id = $1 AND f.found_id > $2 ORDER BY f.found_id LIMIT $3", merchant, after,
                    limit);
}

std::vector<FoundRow> found_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_found(db,
                    RT_FOUND_SELECT "WHERE f.merchant_id = $1 AND f.order_id = $2 AND f.order_id IS NOT NULL ORDER BY f.found_id LIMIT 200",
                    merchant, order);
}

void save_found_order(Transaction& tx, MerchantId merchant, FoundId id, OrderId order) {
  tx.write("UPDATE found_items SET order_id = $3, return_id = NULL WHERE merchant_id = $1 AND found_id = $2 AND state = 'open'", merchant,
           id, order);
  tx.write(
      "UPDATE found_items SET order_id = $3, return_id = NULL WHERE merchant_id = $1 AND container_id = $2 AND container_id IS NOT NULL "
      "AND state = 'open'",
      merchant, id, order);
}

void save_found_outcome(Transaction& tx, MerchantId merchant, const FoundRow& row) {
  tx.write(
      "UPDATE found_items SET state = 'settled', outcome = $3, settled_by = $4, settled_at = $5, settled_note = $6, return_id = $7 "
      "WHERE merchant_id = $1 AND found_id = $2 AND state = 'open'",
      merchant, row.id, domain::to_text(row.outcome), row.settled_by, row.settled_at, row.settled_note, row.return_id);
}

void settle_parcel_of(Transaction& tx, MerchantId merchant, OrderId order, const std::string& number, const std::string& by, Instant now) {
  tx.write(
      "UPDATE found_items SET state = 'settled', outcome = 'attached', settled_by = $4, settled_at = $5 "
      "WHERE merchant_id = $1 AND number = $3 AND order_id = $2 AND state = 'open' AND kind = 'unannounced_parcel' AND number <> ''",
      merchant, order, number, by, now);
}

void announce_found(Transaction& tx, MerchantId merchant, OrderId order, ReturnId id, LineId line, const std::string& sku,
                    std::int64_t units, const std::string& reason) {
  tx.write(
      "INSERT INTO return_lines (merchant_id, return_id, line_id, order_id, sku, reason, announced) VALUES ($1, $2, $3, $4, $5, $6, $7) "
      "ON CONFLICT (merchant_id, return_id, line_id) DO UPDATE SET announced = return_lines.announced + EXCLUDED.announced",
      merchant, id, line, order, sku, reason, units);
  move_line_counters(tx, merchant, order, {{line, units, 0}});
}

std::vector<AwaitingReturn> returns_awaiting(Queryable& db, MerchantId merchant, const std::string& sku, int limit) {
  return read_awaiting(db,
                       RT_AWAITING_SELECT
                       "JOIN return_lines l ON l.merchant_id = r.merchant_id AND l.return_id = r.return_id "
                       "WHERE l.merchant_id = $1 AND l.sku = $2 AND l.received < l.announced AND r.status IN ('approved', 'in_transit', "
                       "'partly_received') ORDER BY r.return_id LIMIT $3",
                       merchant, sku, limit);
}

std::vector<AwaitingReturn> open_returns_of_order(Queryable& db, MerchantId merchant, OrderId order, int limit) {
  return read_awaiting(db,
                       RT_AWAITING_SELECT
                       "WHERE r.merchant_id = $1 AND r.order_id = $2 AND r.status IN ('requested', 'approved', 'in_transit', "
                       "'partly_received') ORDER BY r.return_id LIMIT $3",
                       merchant, order, limit);
}

std::vector<AwaitingReturn> awaiting_returns_by_id(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& ids) {
  return read_awaiting(db,
                       RT_AWAITING_SELECT
                       "WHERE r.merchant_id = $1 AND r.return_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint)) "
                       "ORDER BY r.return_id LIMIT 20",
                       merchant, ids_json(ids));
}

std::optional<OrderOnTheWayBack> way_back_of(Queryable& db, MerchantId merchant, OrderId order) {
  const auto row = db.row<std::string, bool, std::optional<ReturnId>>(
      "SELECT o.external_id, EXISTS (SELECT 1 FROM order_lines l WHERE l.merchant_id = o.merchant_id AND l.order_id = o.order_id AND "
      "l.shipped > 0), "
      "(SELECT max(r.return_id) FROM returns r WHERE r.merchant_id = o.merchant_id AND r.order_id = o.order_id AND r.status IN "
      "('received', 'closed')) FROM orders o WHERE o.merchant_id = $1 AND o.order_id = $2",
      merchant, order);
  if (!row) return std::nullopt;
  return OrderOnTheWayBack{std::get<0>(*row), std::get<1>(*row), std::get<2>(*row)};
}

}  // namespace roundtrip::store
