// The desk's queries.
#include "store/desk.hpp"

namespace roundtrip::store {
namespace {
struct AttentionQuery {
  const char* kind;
  const char* sql;  // $1 merchant, $2 now, $3 limit -> number, order_id, external_id, text, at
};
#define RT_ORDER_OF(alias) "JOIN orders o ON o.merchant_id = " alias ".merchant_id AND o.order_id = " alias ".order_id "
constexpr AttentionQuery kAttention[] = {
    {"past_promise",
     "SELECT order_id, order_id, external_id, status, promised_ship_at FROM orders WHERE merchant_id = $1 "
     "AND status IN ('open', 'partly_shipped') AND promised_ship_at < $2::timestamptz AND hold_reason IS NULL "
     "ORDER BY promised_ship_at, order_id LIMIT $3::int"},
    {"refund_in_doubt",
     "SELECT r.refund_id, r.order_id, o.external_id, r.last_error, r.submitted_at FROM refunds r " RT_ORDER_OF(
         "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.state = 'in_doubt' ORDER BY r.refund_id LIMIT $3::int"},
    {"refund_unanswered",
     "SELECT r.refund_id, r.order_id, o.external_id, r.gateway || ' ' || r.gateway_reference, r.submitted_at FROM refunds r " RT_ORDER_OF(
         "r") "WHERE r.merchant_id = $1 AND r.state = 'submitted' AND r.answer_due_at < $2::timestamptz "
              "AND NOT starts_with(r.last_error, 'by_hand') ORDER BY r.answer_due_at LIMIT $3::int"},
    {"refund_disagreement",
     "SELECT r.refund_id, r.order_id, o.external_id, r.gateway || ' says ' || r.disagreement, r.settled_at FROM refunds r " RT_ORDER_OF(
         "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.disagreement <> '' ORDER BY r.refund_id LIMIT $3::int"},
    {"refund_failed",
     "SELECT r.refund_id, r.order_id, o.external_id, r.last_error, r.settled_at FROM refunds r " RT_ORDER_OF(
         "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.state = 'failed' ORDER BY r.refund_id LIMIT $3::int"},
    {"refund_reversed",
     "SELECT r.refund_id, r.order_id, o.external_id, r.last_error, r.settled_at FROM refunds r " RT_ORDER_OF(
         "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.state = 'reversed' AND r.replaced_by IS NULL "
              "ORDER BY r.refund_id LIMIT $3::int"},
    {"refund_held", "SELECT r.refund_id, r.order_id, o.external_id, r.held, r.requested_at FROM refunds r " RT_ORDER_OF(
                        "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.held <> '' AND r.state = 'requested' "
                             "ORDER BY r.refund_id LIMIT $3::int"},
    {"dispute",
     "SELECT d.dispute_id, d.order_id, o.external_id, d.gateway || ' ' || d.reference || ': ' || d.reason, d.opened_at FROM disputes "
     "d " RT_ORDER_OF("d") "WHERE d.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND d.state IN ('inquiry', 'open') "
                           "ORDER BY d.dispute_id LIMIT $3::int"},
    {"withdrawal_due",
     "SELECT w.withdrawal_id, w.order_id, o.external_id, CASE r.status WHEN 'approved' THEN 'Goods not on their way yet' "
     "WHEN 'in_transit' THEN 'Goods on their way' WHEN 'partly_received' THEN 'A part of the goods is here' WHEN 'received' THEN "
     "'Goods are here' ELSE 'No goods to wait for' END, w.refund_due_at FROM withdrawals w " RT_ORDER_OF(
         "w") "LEFT JOIN returns r ON r.merchant_id = w.merchant_id AND r.return_id = w.return_id WHERE w.merchant_id = $1 "
              "AND w.settled_at IS NULL AND w.refund_due_at < $2::timestamptz + interval '3 days' ORDER BY w.refund_due_at LIMIT $3::int"},
    {"refund_approval", "SELECT r.refund_id, r.order_id, o.external_id, r.reason, r.requested_at FROM refunds r " RT_ORDER_OF(
                            "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.state = 'requested' AND r.approval_needed "
                                 "ORDER BY r.refund_id LIMIT $3::int"},
    {"refund_manual",
     "SELECT r.refund_id, r.order_id, o.external_id, r.reason, r.requested_at FROM refunds r " RT_ORDER_OF(
         "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.state IN ('requested', 'submitted') AND r.gateway = 'manual' "
              "AND NOT r.approval_needed ORDER BY r.refund_id LIMIT $3::int"},
    {"message",
     "SELECT m.message_id, m.order_id, o.external_id, CASE m.kind WHEN 'callback' THEN 'Call back: ' || m.call_at ELSE left(m.body, 120) "
     "END, "
     "m.created_at FROM contact_messages m " RT_ORDER_OF(
         "m") "WHERE m.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND m.answered_at IS NULL ORDER BY m.message_id LIMIT $3::int"},
    {"return_person", "SELECT l.return_id, l.order_id, o.external_id, l.sku, NULL FROM return_lines l " RT_ORDER_OF(
                          "l") "WHERE l.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND l.acceptance = 'needs_person' ORDER BY "
                               "l.return_id LIMIT $3::int"},
    {"found_item",
     "SELECT f.found_id, f.order_id, coalesce(o.external_id, f.number), f.kind, f.found_at FROM found_items f "
     "LEFT JOIN orders o ON o.merchant_id = f.merchant_id AND o.order_id = f.order_id "
     "WHERE f.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND f.state = 'open' AND f.container_id IS NULL ORDER BY f.found_id LIMIT "
     "$3::int"},
    {"advance_open",
     "SELECT l.return_id, l.order_id, o.external_id, l.sku || ': money went ahead for ' || (l.advanced - l.accepted), l.advance_due "
     "FROM return_lines l " RT_ORDER_OF(
         "l") "WHERE l.merchant_id = $1 AND l.advanced > l.accepted AND l.advance_settled_at IS NULL AND (l.rejected > 0 "
              "OR l.advance_due < $2::timestamptz OR l.reception IN ('wrong_item', 'missing', 'expired', 'canceled')) "
              "ORDER BY l.return_id LIMIT $3::int"},
    {"return_requested", "SELECT r.return_id, r.order_id, o.external_id, r.kind, r.created_at FROM returns r " RT_ORDER_OF(
                             "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.status = 'requested' ORDER BY "
                                  "r.updated_at, r.return_id LIMIT $3::int"},
    {"claim_open", "SELECT c.claim_id, c.order_id, o.external_id, c.kind, c.opened_at FROM claims c " RT_ORDER_OF(
                       "c") "WHERE c.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND c.state IN ('opened', 'assessing') "
                            "ORDER BY c.claim_id LIMIT $3::int"},
    {"claim_repair_late",
     "SELECT c.claim_id, c.order_id, o.external_id, c.kind, c.repair_by FROM claims c " RT_ORDER_OF(
         "c") "WHERE c.merchant_id = $1 AND c.state = 'in_repair' AND c.repair_by < $2::timestamptz ORDER BY c.claim_id LIMIT $3::int"},
    {"claim_turned_up", "SELECT c.claim_id, c.order_id, o.external_id, c.kind, c.turned_up_at FROM claims c " RT_ORDER_OF(
                            "c") "WHERE c.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND c.turned_up_at IS NOT NULL AND c.state <> "
                                 "'closed' ORDER BY c.claim_id LIMIT $3::int"},
    {"exchange_owes", "SELECT e.return_id, e.order_id, o.external_id, o.customer_name, e.updated_at FROM exchanges e " RT_ORDER_OF(
                          "e") "WHERE e.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND e.state = 'customer_owes' ORDER BY "
                               "e.return_id LIMIT $3::int"},
    {"label_failed",
     "SELECT b.booking_id, b.order_id, o.external_id, b.carrier || ': ' || b.error, b.updated_at FROM bookings b " RT_ORDER_OF(
         "b") "JOIN parcels p ON p.merchant_id = b.merchant_id AND p.parcel_id = b.parcel_id AND p.state = 'closed' "
              "WHERE b.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND b.state IN ('failed', 'void_failed') AND b.state = 'failed' "
              "AND p.tracking_number IS NULL AND NOT EXISTS (SELECT 1 FROM bookings n WHERE n.merchant_id = b.merchant_id AND n.parcel_id "
              "= "
              "b.parcel_id AND n.booking_id > b.booking_id) ORDER BY b.updated_at DESC LIMIT $3::int"},
    {"label_kept",
     "SELECT b.booking_id, b.order_id, o.external_id, b.carrier || ' ' || b.number || ': ' || b.error, b.updated_at FROM bookings "
     "b " RT_ORDER_OF("b") "WHERE b.merchant_id = $1 AND b.state IN ('failed', 'void_failed') AND b.state = 'void_failed' "
                           "AND b.updated_at > $2::timestamptz - interval '30 days' ORDER BY b.updated_at DESC LIMIT $3::int"},
    {"manifest_failed",
     "SELECT manifest_id, NULL, carrier, error, updated_at FROM manifests WHERE merchant_id = $1 AND $2::timestamptz IS NOT NULL "
     "AND state = 'failed' ORDER BY manifest_id LIMIT $3::int"},
    {"tracker_lost",
     "SELECT t.tracker_id, t.order_id, o.external_id, t.carrier || ' ' || t.number, t.last_event_at FROM trackers t " RT_ORDER_OF(
         "t") "WHERE t.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND t.status IN ('lost', 'expired') AND t.attended_at IS NULL "
              "AND t.status = 'lost' ORDER BY t.tracker_id LIMIT $3::int"},
    {"tracker_expired",
     "SELECT t.tracker_id, t.order_id, o.external_id, t.carrier || ' ' || t.number, COALESCE(t.last_event_at, t.created_at) "
     "FROM trackers t " RT_ORDER_OF("t") "WHERE t.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND t.status IN ('lost', 'expired') "
                                         "AND t.attended_at IS NULL AND t.status = 'expired' ORDER BY t.tracker_id LIMIT $3::int"},
    {"never_collected",
     "SELECT t.tracker_id, t.order_id, o.external_id, t.carrier || ' ' || t.number, t.created_at FROM trackers t " RT_ORDER_OF(
         "t") "WHERE t.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND t.never_collected ORDER BY t.tracker_id LIMIT $3::int"},
    {"return_undeliverable",
     "SELECT r.return_id, r.order_id, o.external_id, CASE r.suggestion WHEN '' THEN 'no suggestion' ELSE 'suggested: ' || r.suggestion "
     "END, "
     "r.created_at FROM returns r " RT_ORDER_OF(
         "r") "WHERE r.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND r.kind = 'undeliverable' "
              "AND r.status IN ('approved', 'in_transit', 'partly_received') ORDER BY r.return_id LIMIT $3::int"},
    {"tracker_blind",
     "SELECT t.tracker_id, t.order_id, o.external_id, t.carrier || ' ' || t.number || ': ' || t.last_error, t.last_success_at "
     "FROM trackers t " RT_ORDER_OF("t") "WHERE t.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND t.ended_at IS NULL AND (t.stalled "
                                         "OR t.delayed OR t.failures > 3) "
                                         "AND t.failures > 3 ORDER BY t.tracker_id LIMIT $3::int"},
    {"tracker_stalled",
     "SELECT t.tracker_id, t.order_id, o.external_id, t.carrier || ' ' || t.number, t.last_event_at FROM trackers t " RT_ORDER_OF(
         "t") "WHERE t.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND t.ended_at IS NULL AND (t.stalled OR t.delayed OR t.failures > "
              "3) "
              "AND t.stalled AND NOT t.never_collected ORDER BY t.tracker_id LIMIT $3::int"},
    {"tracker_delayed",
     "SELECT t.tracker_id, t.order_id, o.external_id, t.carrier || ' ' || t.number, t.promised_at FROM trackers t " RT_ORDER_OF(
         "t") "WHERE t.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND t.ended_at IS NULL AND (t.stalled OR t.delayed OR t.failures > "
              "3) "
              "AND t.delayed AND NOT t.stalled ORDER BY t.tracker_id LIMIT $3::int"},
    {"backordered",
     "SELECT s.shipment_id, s.order_id, o.external_id, s.reason, s.ship_by FROM warehouses w "
     "JOIN shipments s ON s.merchant_id = w.merchant_id AND s.warehouse_id = w.warehouse_id AND s.status = 'backordered' " RT_ORDER_OF(
         "s") "WHERE w.merchant_id = $1 AND $2::timestamptz IS NOT NULL ORDER BY s.ship_by, s.shipment_id LIMIT $3::int"},
    {"notification_failed",
     "SELECT n.notification_id, n.order_id, o.external_id, n.milestone || ': ' || n.last_error, n.created_at FROM notifications "
     "n " RT_ORDER_OF("n") "WHERE n.merchant_id = $1 AND $2::timestamptz IS NOT NULL AND n.state IN ('dead', 'bounced') ORDER BY "
                           "n.notification_id DESC LIMIT $3::int"},
    {"dead_job",
     "SELECT job_id, NULL, '', kind || ' ' || subject_id || ': ' || last_error, dead_at FROM jobs WHERE merchant_id = $1 "
     "AND $2::timestamptz IS NOT NULL AND dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT $3::int"},
    {"cancellation",
     "SELECT cancellation_id, NULL, document, quantity || ' x ' || sku, document_at FROM cancellation_lines WHERE merchant_id = $1 "
     "AND $2::timestamptz IS NOT NULL AND settled_at IS NULL AND matched < quantity ORDER BY result, cancellation_id LIMIT $3::int"},
    {"unmapped_code",
     "SELECT seen, NULL, carrier, raw_code || ' ' || raw_text, last_at FROM unmapped_codes WHERE merchant_id = $1 "
     "AND $2::timestamptz IS NOT NULL ORDER BY seen DESC LIMIT $3::int"},
    {"held",
     "SELECT order_id, order_id, external_id, hold_reason, held_until FROM orders WHERE merchant_id = $1 "
     "AND $2::timestamptz IS NOT NULL AND hold_reason IS NOT NULL ORDER BY order_id LIMIT $3::int"},
};

// A condition on $2 that an index can serve: the column is the value, or anything goes.
std::string chosen(const std::string& column, const std::string& value) { return value.empty() ? "$2 = ''" : column + " = $2"; }

// Order numbers and names that begin with a text: from it to just above it (codepoint collation).
std::string just_above(const std::string& prefix) { return prefix + "\xF4\x8F\xBF\xBF"; }

using HitTuple = std::tuple<std::string, std::optional<OrderId>, std::string, std::string, std::string>;
std::vector<SearchHit> to_hits(const std::vector<HitTuple>& rows) {
  std::vector<SearchHit> out;
  for (const auto& [kind, order, key, title, detail] : rows) out.push_back({kind, order, key, title, detail});
  return out;
}

#define RT_ORDER_HIT "'order', o.order_id, o.order_id::text, o.external_id, o.customer_name || ' · ' || o.status "

constexpr const char* kSearch =
    "(SELECT " RT_ORDER_HIT
    "FROM orders o WHERE o.merchant_id = $1 AND o.external_id >= $2 AND o.external_id < $3 "
    "  ORDER BY o.external_id LIMIT $6::int) "
    "UNION ALL (SELECT 'parcel', p.order_id, p.parcel_id::text, p.tracking_number, 'Parcel of order ' || o.external_id || ' · ' || "
    "p.status "
    "  FROM parcels p JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id "
    "  WHERE p.merchant_id = $1 AND p.tracking_number = $2 ORDER BY p.parcel_id DESC LIMIT $6::int) "
    "UNION ALL (SELECT 'return', r.order_id, r.return_id::text, r.tracking_number, 'Return of order ' || o.external_id || ' · ' || "
    "r.status "
    "  FROM returns r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_id = r.order_id "
    "  WHERE r.merchant_id = $1 AND r.tracking_number = $2 ORDER BY r.return_id DESC LIMIT $6::int) "
    "UNION ALL (SELECT " RT_ORDER_HIT
    "FROM orders o WHERE o.merchant_id = $1 AND lower(o.customer_email) = lower($2) "
    "  ORDER BY o.order_id DESC LIMIT $6::int) "
    "UNION ALL (SELECT " RT_ORDER_HIT
    "FROM orders o WHERE o.merchant_id = $1 AND o.customer_phone = $4 ORDER BY o.order_id DESC LIMIT $6::int) "
    "UNION ALL (SELECT " RT_ORDER_HIT
    "FROM orders o WHERE o.merchant_id = $1 AND lower(o.customer_name) >= lower($2) "
    "  AND lower(o.customer_name) < lower($3) ORDER BY lower(o.customer_name), o.order_id DESC LIMIT $6::int) "
    "UNION ALL (SELECT 'product', NULL, p.sku, p.sku, p.name FROM products p WHERE p.merchant_id = $1 AND p.sku >= $2 AND p.sku < $3 "
    "  ORDER BY p.sku LIMIT $6::int) "
    "UNION ALL (SELECT 'product', NULL, p.sku, p.sku, p.name FROM product_barcodes b JOIN products p ON p.merchant_id = b.merchant_id "
    "  AND p.sku = b.sku WHERE b.merchant_id = $1 AND b.barcode IN ($2, $5) LIMIT $6::int)";
}  // namespace

std::vector<AttentionGroup> attention(Queryable& db, MerchantId merchant, Instant now) {
  std::vector<AttentionGroup> out;
  for (const auto& query : kAttention) {
    AttentionGroup group{query.kind, {}};
    for (const auto& [number, order, external_id, text, at] :
         db.rows<std::int64_t, std::optional<OrderId>, std::string, std::string, std::optional<Instant>>(query.sql, merchant, now,
                                                                                                         kAttentionCounted)) {
      group.items.push_back({number, order, external_id, text, at});
    }
    if (!group.items.empty()) out.push_back(std::move(group));
  }
  return out;
}

std::vector<Backlog> backlog(Queryable& db, MerchantId merchant, Instant now) {
  std::vector<Backlog> out;
  for (const auto& [status, count, late] : db.rows<std::string, std::int64_t, std::int64_t>(
           "SELECT status, count(*), count(*) FILTER (WHERE ship_by < $2::timestamptz) FROM ("
           "  SELECT s.status, s.ship_by FROM warehouses w JOIN shipments s ON s.merchant_id = w.merchant_id AND s.warehouse_id = "
           "w.warehouse_id "
           "  AND s.status IN ('backordered', 'allocated', 'picking', 'picked', 'packing', 'packed', 'labeled') "
           "  WHERE w.merchant_id = $1 LIMIT 10000) b GROUP BY status",
           merchant, now)) {
    out.push_back({status, count, late});
  }
  return out;
}

std::vector<SearchHit> search_texts(Queryable& db, MerchantId merchant, const std::string& text, const std::string& gtin, int limit) {
  std::string phone;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || c == '+') phone += c;
  }
  return to_hits(db.rows<std::string, std::optional<OrderId>, std::string, std::string, std::string>(kSearch, merchant, text,
                                                                                                     just_above(text), phone, gtin, limit));
}

std::optional<SearchHit> search_number(Queryable& db, MerchantId merchant, std::string_view kind, std::int64_t number) {
  std::string_view sql;
  if (kind == "order") sql = "SELECT order_id FROM orders WHERE merchant_id = $1 AND order_id = $2";
  if (kind == "shipment") sql = "SELECT order_id FROM shipments WHERE merchant_id = $1 AND shipment_id = $2";
  if (kind == "parcel") sql = "SELECT order_id FROM parcels WHERE merchant_id = $1 AND parcel_id = $2";
  if (kind == "return") sql = "SELECT order_id FROM returns WHERE merchant_id = $1 AND return_id = $2";
  if (kind == "refund") sql = "SELECT order_id FROM refunds WHERE merchant_id = $1 AND refund_id = $2";
  if (sql.empty()) return std::nullopt;
  const auto order = db.value<OrderId>(sql, merchant, number);
  if (!order) return std::nullopt;
  return SearchHit{std::string(kind), order, std::to_string(order->value), std::string(kind), ""};
}

std::vector<DeskOrder> desk_orders(Queryable& db, MerchantId merchant, const DeskOrderFilter& filter, Instant now) {
  const bool promise = filter.sort == "promise" || filter.late;
  // Within one status the index goes by the last change.
  const bool changed = filter.sort == "changed" || !filter.status.empty();
  const std::string key = promise ? "promised_ship_at" : changed ? "updated_at" : "";
  const std::string key_us = key.empty() ? "o.order_id" : "(extract(epoch FROM o." + key + ") * 1000000)::bigint";
  const std::string order = promise       ? "o.promised_ship_at, o.order_id"
                            : key.empty() ? "o.order_id DESC"
                                          : "o.updated_at DESC, o.order_id DESC";
  std::string sql =
      "SELECT o.order_id, o.external_id, o.status, o.customer_name, coalesce(o.ship_to->>'country', ''), o.currency, o.total, o.captured, "
      "o.placed_at, o.updated_at, o.promised_ship_at, coalesce(o.hold_reason, ''), " +
      key_us +
      ", "
      "(SELECT coalesce(sum(l.quantity), 0)::bigint FROM order_lines l WHERE l.merchant_id = o.merchant_id AND l.order_id = o.order_id AND "
      "l.goods) "
      "FROM orders o WHERE o.merchant_id = $1 AND " +
      chosen("o.status", filter.status) + " AND $3::timestamptz IS NOT NULL ";
  if (filter.held) sql += "AND o.hold_reason IS NOT NULL ";
  if (promise) sql += "AND o.status IN ('open', 'partly_shipped') AND o.promised_ship_at IS NOT NULL ";
  if (filter.late) sql += "AND o.promised_ship_at < $3::timestamptz ";
  if (filter.after_key && filter.after_id) {
    const std::string at = "('epoch'::timestamptz + $4::bigint * interval '1 microsecond')";
    if (promise)
      sql += "AND (o.promised_ship_at, o.order_id) > (" + at + ", $5::bigint) ";
    else if (!key.empty())
      sql += "AND (o.updated_at, o.order_id) < (" + at + ", $5::bigint) ";
    else
      sql += "AND o.order_id < $5::bigint AND $4::bigint IS NOT NULL ";
  } else {
    sql += "AND $4::bigint IS NULL AND $5::bigint IS NULL ";
  }
  sql += "ORDER BY " + order + " LIMIT $6::int";
  const auto both = filter.after_key && filter.after_id;
  std::vector<DeskOrder> out;
  for (const auto& [id, external_id, status, customer, country, currency, total, captured, placed, updated, promised, hold, sort_key,
                    units] : db.rows<OrderId, std::string, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t,
                                     Instant, Instant, std::optional<Instant>, std::string, std::int64_t, std::int64_t>(
           sql, merchant, filter.status, now, both ? filter.after_key : std::nullopt, both ? filter.after_id : std::nullopt,
           filter.limit)) {
    out.push_back(
        {id, external_id, status, customer, country, currency, total, units, captured, placed, updated, promised, hold, sort_key});
  }
  return out;
}

std::vector<DeskReturn> desk_returns(Queryable& db, MerchantId merchant, const std::string& status, std::optional<std::int64_t> before,
                                     int limit) {
  std::vector<DeskReturn> out;
  for (const auto& [id, order, external_id, kind, state, customer, announced, received, person, created, updated] :
       db.rows<ReturnId, OrderId, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, bool, Instant, Instant>(
           "SELECT r.return_id, r.order_id, o.external_id, r.kind, r.status, o.customer_name, coalesce(l.announced, 0), "
           "coalesce(l.received, 0), "
           "coalesce(l.person, false), r.created_at, r.updated_at FROM returns r " RT_ORDER_OF(
               "r") "LEFT JOIN LATERAL (SELECT sum(announced)::bigint AS announced, sum(received)::bigint AS received, bool_or(acceptance "
                    "= 'needs_person') AS person "
                    "  FROM return_lines WHERE merchant_id = r.merchant_id AND return_id = r.return_id) l ON true "
                    "WHERE r.merchant_id = $1 AND ($2 = '' OR r.status = $2) AND r.return_id < coalesce($3::bigint, 9223372036854775807) "
                    "ORDER BY r.return_id DESC LIMIT $4::int",
           merchant, status, before, limit)) {
    out.push_back({id, order, external_id, kind, state, customer, announced, received, person, created, updated});
  }
  return out;
}

std::vector<DeskRefund> desk_refunds(Queryable& db, MerchantId merchant, const std::string& state, std::optional<std::int64_t> before,
                                     int limit) {
  std::vector<DeskRefund> out;
  for (const auto& [id, order, external_id, is, reason, gateway, currency, error, customer, amount, approval, at] :
       db.rows<RefundId, OrderId, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t,
               bool, Instant>(
           "SELECT r.refund_id, r.order_id, o.external_id, r.state, r.reason, r.gateway, r.currency, r.last_error, o.customer_name, "
           "r.amount, "
           "r.approval_needed, r.requested_at FROM refunds r " RT_ORDER_OF(
               "r") "WHERE r.merchant_id = $1 AND ($2 = '' OR r.state = $2) AND r.refund_id < coalesce($3::bigint, 9223372036854775807) "
                    "ORDER BY r.refund_id DESC LIMIT $4::int",
           merchant, state, before, limit)) {
    out.push_back({id, order, external_id, is, reason, gateway, currency, error, customer, amount, approval, at});
  }
  return out;
}

namespace {
#define RT_NOTIFICATION_SELECT                                                                                                     \
  "SELECT n.notification_id, n.order_id, o.external_id, n.milestone, n.channel, n.recipient, n.locale, n.title, n.body, n.state, " \
  "n.message_id, n.last_error, n.created_at, n.sent_at FROM notifications n " RT_ORDER_OF("n")
template <class... Args>
std::vector<DeskNotification> read_notifications(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<DeskNotification> out;
  for (const auto& [id, order, external_id, milestone, channel, recipient, locale, title, body, state, message_id, error, created, sent] :
       db.rows<NotificationId, OrderId, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
               std::string, std::string, std::string, Instant, std::optional<Instant>>(sql, args...)) {
    out.push_back({id, order, external_id, milestone, channel, recipient, locale, title, body, state, message_id, error, created, sent});
  }
  return out;
}
}  // namespace

std::vector<DeskNotification> desk_notifications(Queryable& db, MerchantId merchant, const std::string& state,
                                                 std::optional<std::int64_t> before, int limit) {
  return read_notifications(
      db,
      RT_NOTIFICATION_SELECT
      "WHERE n.merchant_id = $1 AND ($2 = '' OR n.state = $2) AND n.notification_id < coalesce($3::bigint, 9223372036854775807) "
      "ORDER BY n.notification_id DESC LIMIT $4::int",
      merchant, state, before, limit);
}

std::vector<DeskNotification> notifications_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_notifications(db, RT_NOTIFICATION_SELECT "WHERE n.merchant_id = $1 AND n.order_id = $2 ORDER BY n.notification_id LIMIT 200",
                            merchant, order);
}

std::optional<DeskNotification> notification_by_id(Queryable& db, MerchantId merchant, NotificationId id) {
  auto found = read_notifications(db, RT_NOTIFICATION_SELECT "WHERE n.merchant_id = $1 AND n.notification_id = $2", merchant, id);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<DeskProduct> desk_products(Queryable& db, MerchantId merchant, const std::string& prefix, const std::string& after, int limit) {
  std::vector<DeskProduct> out;
  for (const auto& [sku, name, on_hand, reserved, damaged, wanted] :
       db.rows<std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
           "SELECT p.sku, p.name, coalesce(s.on_hand, 0), coalesce(s.reserved, 0), coalesce(s.damaged, 0), coalesce(w.wanted, 0) "
           "FROM products p "
           "LEFT JOIN LATERAL (SELECT sum(on_hand)::bigint AS on_hand, sum(reserved)::bigint AS reserved, sum(damaged)::bigint AS damaged "
           "  FROM warehouses w JOIN stock s ON s.merchant_id = w.merchant_id AND s.warehouse_id = w.warehouse_id AND s.sku = p.sku "
           "  WHERE w.merchant_id = p.merchant_id) s ON true "
           "LEFT JOIN LATERAL (SELECT sum(l.quantity)::bigint AS wanted FROM shipment_lines l JOIN shipments h ON h.merchant_id = "
           "l.merchant_id "
           "  AND h.shipment_id = l.shipment_id AND h.status = 'backordered' WHERE l.merchant_id = p.merchant_id AND l.sku = p.sku) w ON "
           "true "
           "WHERE p.merchant_id = $1 AND p.sku >= $2 AND ($2 = '' OR p.sku < $3) AND p.sku > $4 ORDER BY p.sku LIMIT $5::int",
           merchant, prefix, just_above(prefix), after, limit)) {
    out.push_back({sku, name, on_hand, reserved, damaged, wanted});
  }
  return out;
}

std::vector<DeskMovement> movements_of(Queryable& db, MerchantId merchant, const std::string& sku, int limit) {
  std::vector<DeskMovement> out;
  for (const auto& [id, bin, lot, reason, reference, actor, quantity, damaged, at] :
       db.rows<MovementId, std::string, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t, Instant>(
           "SELECT m.movement_id, coalesce(b.name, ''), m.lot, m.reason, m.reference, m.actor, m.quantity, m.damaged, m.moved_at "
           "FROM stock_movements m LEFT JOIN bins b ON b.merchant_id = m.merchant_id AND b.bin_id = m.bin_id "
           "WHERE m.merchant_id = $1 AND m.sku = $2 ORDER BY m.movement_id DESC LIMIT $3::int",
           merchant, sku, limit)) {
    out.push_back({id, bin, lot, reason, reference, actor, quantity, damaged, at});
  }
  return out;
}

std::vector<DeskEvent> events_of_order(Queryable& db, MerchantId merchant, OrderId order, int limit) {
  std::vector<DeskEvent> out;
  for (const auto& [tracker, number, status, code, text, place, local, at, received] :
       db.rows<std::int64_t, std::string, std::string, std::string, std::string, std::string, std::string, std::optional<Instant>, Instant>(
           "SELECT t.tracker_id, t.number, e.status, e.raw_code, e.raw_text, e.place, e.time_local, e.time_utc, e.received_at "
           "FROM trackers t JOIN tracking_events e ON e.merchant_id = t.merchant_id AND e.tracker_id = t.tracker_id "
           "WHERE t.merchant_id = $1 AND t.order_id = $2 ORDER BY coalesce(e.time_utc, e.received_at) DESC, e.event_key LIMIT $3::int",
           merchant, order, limit)) {
    out.push_back({tracker, number, status, code, text, place, local, at, received});
  }
  return out;
}

std::vector<DeadWork> dead_work(Queryable& db, MerchantId merchant, int limit) {
  std::vector<DeadWork> out;
  for (const auto& [id, kind, error, subject, attempts, at] : db.rows<JobId, std::string, std::string, std::int64_t, int, Instant>(
           "SELECT job_id, kind, last_error, subject_id, attempts, dead_at FROM jobs WHERE merchant_id = $1 AND dead_at IS NOT NULL "
           "ORDER BY dead_at DESC LIMIT $2::int",
           merchant, limit)) {
    out.push_back({id, kind, error, subject, attempts, at});
  }
  return out;
}

}  // namespace roundtrip::store
