// The trackers, tracking_events and unmapped_codes tables.
#include "store/tracking.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {
using Json = nlohmann::json;

Json at_json(const std::optional<Instant>& at) { return at ? Json(format_rfc3339(*at)) : Json(nullptr); }
std::string packed(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

#define ROUNDTRIP_TRACKER_COLUMNS                                                                                                    \
  "t.merchant_id, t.tracker_id, t.carrier, t.account, t.number, t.epoch, t.order_id, t.parcel_id, t.return_id, t.status, t.reason, " \
  "t.action_required, t.delayed, t.stalled, t.promised_at, t.estimated_at, t.last_event_at, t.announced_at, t.created_at, "          \
  "t.last_checked_at, t.last_success_at, t.next_check_at, t.failures, t.last_error, t.signed_by, t.reply_hash, "                     \
  "t.headline, t.headline_reason, t.headline_at, t.last_push_at, t.carrier_status, t.never_collected, "                              \
  "t.reference, t.country, t.postal_code, t.time_zone, t.subscribed_until"

TrackerRow tracker_row(TextRow& row) {
  std::size_t at = 0;
  const auto text = [&] { return Column<std::string>::read(row[at++]); };
  const auto flag = [&] { return Column<bool>::read(row[at++]); };
  const auto time = [&] { return Column<std::optional<Instant>>::read(row[at++]); };
  TrackerRow tracker;
  tracker.merchant = Column<MerchantId>::read(row[at++]);
  tracker.id = Column<TrackerId>::read(row[at++]);
  tracker.carrier = text();
  tracker.account = text();
  tracker.number = text();
  tracker.epoch = Column<int>::read(row[at++]);
  tracker.order = Column<OrderId>::read(row[at++]);
  tracker.parcel = Column<std::optional<ParcelId>>::read(row[at++]);
  tracker.return_id = Column<std::optional<ReturnId>>::read(row[at++]);
  tracker.status = domain::parse_tracking_status(text()).value_or(domain::TrackingStatus::unknown);
  tracker.reason = domain::parse_tracking_reason(text()).value_or(domain::TrackingReason::none);
  tracker.action_required = flag();
  tracker.delayed = flag();
  tracker.stalled = flag();
  tracker.promised_at = time();
  tracker.estimated_at = time();
  tracker.last_event_at = time();
  tracker.announced_at = time();
  tracker.created_at = Column<Instant>::read(row[at++]);
  tracker.last_checked_at = time();
  tracker.last_success_at = time();
  tracker.next_check_at = time();
  tracker.failures = Column<int>::read(row[at++]);
  tracker.last_error = text();
  tracker.signed_by = text();
  tracker.reply_hash = text();
  const auto headline = domain::parse_tracking_status(text());
  const auto headline_reason = domain::parse_tracking_reason(text()).value_or(domain::TrackingReason::none);
  const auto headline_at = time();
  if (headline && headline_at) tracker.headline = domain::Headline{*headline, headline_reason, *headline_at};
  tracker.last_push_at = time();
  tracker.carrier_status = text();
  tracker.never_collected = flag();
  tracker.reference = text();
  tracker.country = text();
  tracker.postal_code = text();
  tracker.time_zone = text();
  tracker.subscribed_until = time();
  return tracker;
}

std::vector<TrackerRow> tracker_rows(std::vector<TextRow> rows) {
  std::vector<TrackerRow> trackers;
  trackers.reserve(rows.size());
  for (auto& row : rows) trackers.push_back(tracker_row(row));
  return trackers;
}

}  // namespace

void add_tracker(Transaction& tx, MerchantId merchant, const NewTracker& tracker, Instant now) {
  tx.write(
      "UPDATE trackers SET ended_at = $5, next_check_at = NULL, leased_until = NULL "
      "WHERE merchant_id = $1 AND carrier = $2 AND account = $3 AND number = $4 AND ended_at IS NULL",
      merchant, tracker.carrier, tracker.account, tracker.number, now);
  tx.write(
      "WITH made AS (INSERT INTO trackers (merchant_id, carrier, account, number, epoch, direction, order_id, parcel_id, return_id, "
      "promised_at, "
      "    created_at, next_check_at, country, postal_code, time_zone, subscribe_at) "
      "  VALUES ($1::bigint, $2::text, $3::text, $4::text, COALESCE((SELECT max(epoch) + 1 FROM trackers WHERE merchant_id = $1::bigint "
      "    AND carrier = $2::text AND account = $3::text AND number = $4::text), 1), "
      "    CASE WHEN $7::bigint IS NULL THEN 'return' ELSE 'outbound' END, $6, $7::bigint, $8::bigint, $9, $10, $11, $12, $13, $14, $15) "
      "  RETURNING merchant_id, tracker_id), "
      "parcel AS (UPDATE parcels p SET carrier = $2::text, account = $3::text, service = $5::text, tracking_number = $4::text, tracker_id "
      "= made.tracker_id "
      "FROM made "
      "  WHERE p.merchant_id = $1::bigint AND p.parcel_id = $7::bigint), "
      "back AS (UPDATE returns r SET carrier = $2::text, tracking_number = $4::text, tracker_id = made.tracker_id, updated_at = $10 FROM "
      "made "
      "  WHERE r.merchant_id = $1::bigint AND r.return_id = $8::bigint) "
      "INSERT INTO jobs (merchant_id, kind, subject_id, run_at, created_at) SELECT merchant_id, 'announce', tracker_id, $10, $10 FROM made",
      merchant, tracker.carrier, tracker.account, tracker.number, tracker.service, tracker.order, tracker.parcel, tracker.return_id,
      tracker.promised_at, now, tracker.first_check_at, tracker.country, tracker.postal_code, tracker.time_zone, tracker.subscribe_at);
}

namespace {
Destination destination_in(const std::optional<std::tuple<std::string, std::string, std::string>>& row) {
  if (!row) return {};
  return {std::get<0>(*row), std::get<1>(*row), std::get<2>(*row)};
}
}  // namespace

Destination destination_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return destination_in(db.row<std::string, std::string, std::string>(
      "SELECT COALESCE(ship_to->>'country', ''), COALESCE(ship_to->>'region', ''), COALESCE(ship_to->>'postal_code', '') FROM orders "
      "WHERE merchant_id = $1 AND order_id = $2",
      merchant, order));
}

Destination destination_of_return(Queryable& db, MerchantId merchant, OrderId order) {
  return destination_in(db.row<std::string, std::string, std::string>(
      "SELECT COALESCE(a.place->>'country', ''), COALESCE(a.place->>'region', ''), COALESCE(a.place->>'postal_code', '') FROM ("
      "  SELECT CASE WHEN COALESCE(m.return_address->>'country', '') <> '' THEN m.return_address ELSE w.address END AS place "
      "  FROM orders o JOIN merchants m ON m.merchant_id = o.merchant_id "
      "  JOIN warehouses w ON w.merchant_id = o.merchant_id AND w.warehouse_id = o.warehouse_id "
      "  WHERE o.merchant_id = $1 AND o.order_id = $2) a",
      merchant, order));
}

void end_trackers_of_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, Instant now) {
  tx.write(
      "UPDATE trackers t SET ended_at = $3, next_check_at = NULL, leased_until = NULL FROM parcels p "
      "WHERE p.merchant_id = $1 AND p.parcel_id = $2 AND t.merchant_id = $1 AND t.tracker_id = p.tracker_id AND t.ended_at IS NULL",
      merchant, parcel, now);
}

std::vector<TrackerRow> claim_trackers(Database& db, const std::string& carrier, const std::string& account, int batch,
                                       std::int64_t lease_us, Instant now) {
  Transaction tx(db);
  // A claim that a crash of the server forgets costs one question more; nobody waits for the disk.
  tx.write("SET LOCAL synchronous_commit = off");
  auto claimed = tracker_rows(tx.run(
      "WITH due AS MATERIALIZED (SELECT ctid FROM trackers WHERE carrier = $1 AND account = $2 AND next_check_at <= $3 "
      "  AND (leased_until IS NULL OR leased_until <= $3) ORDER BY next_check_at LIMIT $4::bigint FOR UPDATE SKIP LOCKED) "
      "UPDATE trackers t SET leased_until = $5 WHERE t.ctid = ANY(ARRAY(SELECT ctid FROM due)) "  // a join would read the whole table
      "RETURNING " ROUNDTRIP_TRACKER_COLUMNS,
      {carrier, account, now, batch, now + lease_us}));
  tx.commit();
  return claimed;
}

void release_trackers(Database& db, const std::vector<TrackerRow>& trackers) {
  Json list = Json::array();
  for (const auto& tracker : trackers) list.push_back({{"m", tracker.merchant.value}, {"t", tracker.id.value}});
  Session session(db);
  session.run(
      "UPDATE trackers t SET leased_until = NULL FROM jsonb_to_recordset($1::jsonb) AS x(m bigint, t bigint) "
      "WHERE t.merchant_id = x.m AND t.tracker_id = x.t",
      {packed(list)});
}

std::vector<TrackerRow> trackers_of_numbers(Queryable& db, const std::string& carrier, const std::vector<std::string>& numbers) {
  return tracker_rows(db.run("SELECT DISTINCT ON (t.number, t.merchant_id, t.account) " ROUNDTRIP_TRACKER_COLUMNS
                             " FROM trackers t WHERE t.carrier = $1 AND t.number IN (SELECT jsonb_array_elements_text($2::jsonb)) "
                             "ORDER BY t.number, t.merchant_id, t.account, t.epoch DESC",
                             {carrier, packed(Json(numbers))}));
}

std::vector<TrackerRow> trackers_of_number(Queryable& db, MerchantId merchant, const std::string& number, int limit) {
  return tracker_rows(db.run("SELECT " ROUNDTRIP_TRACKER_COLUMNS
                             " FROM trackers t WHERE t.merchant_id = $1 AND t.number = $2 ORDER BY t.tracker_id DESC LIMIT $3::bigint",
                             {merchant, number, limit}));
}

std::vector<TrackerRow> trackers_by_id(Queryable& db, MerchantId merchant, const std::vector<TrackerId>& trackers) {
  return tracker_rows(
      db.run("SELECT " ROUNDTRIP_TRACKER_COLUMNS
             " FROM trackers t WHERE t.merchant_id = $1 AND t.tracker_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x)",
             {merchant, ids_json(trackers)}));
}

std::optional<TrackerRow> find_tracker(Queryable& db, MerchantId merchant, TrackerId tracker) {
  auto found = trackers_by_id(db, merchant, {tracker});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::map<ParcelId, ShipmentId> shipments_of_parcels(Queryable& db, MerchantId merchant, const std::vector<ParcelId>& parcels) {
  std::map<ParcelId, ShipmentId> out;
  for (const auto& [parcel, shipment] :
       db.rows<ParcelId, ShipmentId>("SELECT parcel_id, shipment_id FROM parcels WHERE merchant_id = $1 AND parcel_id IN (SELECT x::bigint "
                                     "FROM jsonb_array_elements_text($2::jsonb) x)",
                                     merchant, ids_json(parcels))) {
    out.emplace(parcel, shipment);
  }
  return out;
}

void record_checks(Queryable& db, MerchantId merchant, const std::vector<CheckRow>& checks) {
  if (checks.empty()) return;
  Json list = Json::array();
  for (const auto& check : checks) {
    list.push_back({{"t", check.tracker.value},
                    {"ok", check.success},
                    {"at", format_rfc3339(check.checked_at)},
                    {"next", at_json(check.next_check_at)},
                    {"f", check.failures},
                    {"e", check.error}});
  }
  db.run(
      "UPDATE trackers t SET last_checked_at = x.at, last_success_at = CASE WHEN x.ok THEN x.at ELSE t.last_success_at END, "
      "  next_check_at = CASE WHEN t.ended_at IS NULL THEN x.next END, failures = x.f, last_error = x.e, leased_until = NULL, "
      "  ended_at = CASE WHEN x.next IS NULL THEN COALESCE(t.ended_at, x.at) ELSE t.ended_at END "
      "FROM jsonb_to_recordset($2::jsonb) AS x(t bigint, ok boolean, at timestamptz, next timestamptz, f integer, e text) "
      "WHERE t.merchant_id = $1 AND t.tracker_id = x.t",
      {merchant, packed(list)});
}

std::vector<OrderHead> lock_orders(Transaction& tx, MerchantId merchant, const std::vector<OrderId>& orders) {
  std::vector<OrderHead> heads;
  for (auto& [id, external_id, status, currency, warehouse, hold, locale, seq, hash] :
       tx.rows<OrderId, std::string, std::string, std::string, WarehouseId, std::optional<std::string>, std::string, std::int64_t,
               std::string>("SELECT order_id, external_id, status, currency, warehouse_id, hold_reason, customer_locale, timeline_seq, "
                            "timeline_hash FROM orders "
                            "WHERE merchant_id = $1 AND order_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) ORDER "
                            "BY order_id FOR UPDATE",
                            merchant, ids_json(orders))) {
    heads.push_back({id, external_id, domain::parse_order_status(status).value(), currency, warehouse, hold, locale, seq, hash});
  }
  return heads;
}

std::vector<StoredEvent> events_of(Queryable& db, MerchantId merchant, const std::vector<TrackerId>& trackers) {
  std::vector<StoredEvent> events;
  for (auto& [tracker, key, status, reason, code, text, place, raw, local, utc, basis, physical, received, sub_code, mapped, back] :
       db.rows<TrackerId, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
               std::optional<Instant>, std::string, bool, Instant, std::string, bool, bool>(
           "SELECT tracker_id, event_key, status, reason, raw_code, raw_text, place, time_raw, time_local, time_utc, zone_basis, physical, "
           "received_at, sub_code, mapped, return_leg "
           "FROM tracking_events WHERE merchant_id = $1 AND tracker_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x)",
           merchant, ids_json(trackers))) {
    StoredEvent stored;
    stored.tracker = tracker;
    stored.key = key;
    stored.received_at = received;
    stored.mapped = mapped;
    stored.return_leg = back;
    auto& event = stored.event;
    event.status = domain::parse_tracking_status(status).value_or(domain::TrackingStatus::unknown);
    event.reason = domain::parse_tracking_reason(reason).value_or(domain::TrackingReason::none);
    event.raw_code = code;
    event.raw_text = text;
    event.place = place;
    event.time = {raw, local, utc, domain::value_of(domain::kZoneBases, basis).value_or(domain::ZoneBasis::none)};
    event.physical = physical;
    event.sub_code = sub_code;
    events.push_back(std::move(stored));
  }
  return events;
}

void queue_events(Transaction& tx, MerchantId merchant, const std::vector<StoredEvent>& events) {
  if (events.empty()) return;
  // One row per key: the last report of an event is its correction.
  std::map<std::pair<TrackerId, std::string>, Json> rows;
  for (const auto& stored : events) {
    const auto& event = stored.event;
    rows[{stored.tracker, stored.key}] = {{"t", stored.tracker.value},
                                          {"k", stored.key},
                                          {"s", domain::to_text(domain::status_of(event))},
                                          {"r", domain::to_text(event.reason)},
                                          {"c", event.raw_code},
                                          {"x", event.raw_text},
                                          {"p", event.place},
                                          {"raw", event.time.raw},
                                          {"loc", event.time.local},
                                          {"utc", at_json(event.time.utc)},
                                          {"z", domain::to_text(event.time.basis)},
                                          {"ph", event.physical},
                                          {"sc", event.sub_code},
                                          {"m", stored.mapped},
                                          {"b", stored.return_leg},
                                          {"at", format_rfc3339(stored.received_at)}};
  }
  Json list = Json::array();
  for (auto& [key, row] : rows) list.push_back(std::move(row));
  tx.write(
      "INSERT INTO tracking_events AS e (merchant_id, tracker_id, event_key, status, reason, raw_code, raw_text, place, time_raw, "
      "time_local, "
      "  time_utc, zone_basis, physical, received_at, sub_code, mapped, return_leg) "
      "SELECT $1::bigint, x.t, x.k, x.s, x.r, x.c, x.x, x.p, x.raw, x.loc, x.utc, x.z, x.ph, x.at, x.sc, x.m, x.b FROM "
      "jsonb_to_recordset($2::jsonb) AS x(t bigint, k text, s text, r text, c text, x text, p text, raw text, loc text, utc timestamptz, "
      "  z text, ph boolean, at timestamptz, sc text, m boolean, b boolean) "
      "ON CONFLICT (merchant_id, tracker_id, event_key) DO UPDATE SET raw_text = EXCLUDED.raw_text, status = EXCLUDED.status, "
      "  reason = EXCLUDED.reason, physical = EXCLUDED.physical, sub_code = EXCLUDED.sub_code, time_local = EXCLUDED.time_local, "
      "  time_utc = EXCLUDED.time_utc, zone_basis = EXCLUDED.zone_basis, mapped = EXCLUDED.mapped, return_leg = EXCLUDED.return_leg",
      merchant, packed(list));
}

void queue_reopened(Transaction& tx, MerchantId merchant, const std::vector<TrackerId>& trackers) {
  if (trackers.empty()) return;
  tx.write(
      "UPDATE trackers t SET ended_at = NULL WHERE t.merchant_id = $1 "
      "AND t.tracker_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) "
      "AND NOT EXISTS (SELECT FROM trackers n WHERE n.merchant_id = $1 AND n.carrier = t.carrier AND n.account = t.account "
      "  AND n.number = t.number AND n.epoch > t.epoch)",
      merchant, ids_json(trackers));
}

void queue_trackers(Transaction& tx, MerchantId merchant, const std::vector<TrackerRow>& trackers) {
  if (trackers.empty()) return;
  Json list = Json::array();
  for (const auto& tracker : trackers) {
    Json row = {{"t", tracker.id.value},
                {"s", domain::to_text(tracker.status)},
                {"r", domain::to_text(tracker.reason)},
                {"a", tracker.action_required},
                {"d", tracker.delayed},
                {"st", tracker.stalled},
                {"est", at_json(tracker.estimated_at)},
                {"pr", at_json(tracker.promised_at)},
                {"ev", at_json(tracker.last_event_at)},
                {"chk", at_json(tracker.last_checked_at)},
                {"ok", at_json(tracker.last_success_at)},
                {"next", at_json(tracker.next_check_at)},
                {"f", tracker.failures},
                {"e", tracker.last_error},
                {"sig", tracker.signed_by},
                {"h", tracker.reply_hash}};
    row["hl"] = tracker.headline ? domain::to_text(tracker.headline->status) : "";
    row["hr"] = tracker.headline ? domain::to_text(tracker.headline->reason) : "";
    row["ha"] = tracker.headline ? Json(format_rfc3339(tracker.headline->as_of)) : Json(nullptr);
    row["push"] = at_json(tracker.last_push_at);
    row["cs"] = tracker.carrier_status;
    row["nc"] = tracker.never_collected;
    row["ref"] = tracker.reference;
    list.push_back(std::move(row));
  }
  tx.write(
      "UPDATE trackers t SET status = x.s, reason = x.r, action_required = x.a, delayed = x.d, stalled = x.st, estimated_at = x.est, "
      "promised_at = x.pr, "
      "  last_event_at = x.ev, last_checked_at = x.chk, last_success_at = x.ok, next_check_at = CASE WHEN t.ended_at IS NULL THEN x.next "
      "END, "
      "  failures = x.f, last_error = x.e, signed_by = x.sig, reply_hash = x.h, headline = x.hl, headline_reason = x.hr, headline_at = "
      "x.ha, "
      "  last_push_at = x.push, carrier_status = x.cs, never_collected = x.nc, reference = x.ref, "
      "  attended_at = CASE WHEN t.status = x.s THEN t.attended_at END, "
      "  leased_until = NULL, ended_at = CASE WHEN x.next IS NULL THEN COALESCE(t.ended_at, x.chk, x.ok) ELSE t.ended_at END "
      "FROM jsonb_to_recordset($2::jsonb) AS x(t bigint, s text, r text, a boolean, d boolean, st boolean, est timestamptz, pr "
      "timestamptz, "
      "  ev timestamptz, chk timestamptz, ok timestamptz, next timestamptz, f integer, e text, sig text, h text, hl text, hr text, ha "
      "timestamptz, push timestamptz, cs text, nc boolean, ref text) "
      // The ids once more as an array: a few rows by their key, whatever the statistics say of the join.
      "WHERE t.merchant_id = $1 AND t.tracker_id = x.t "
      "AND t.tracker_id = ANY (ARRAY(SELECT y.t FROM jsonb_to_recordset($2::jsonb) AS y(t bigint)))",
      merchant, packed(list));
}

void queue_parcels(Transaction& tx, MerchantId merchant, const std::vector<ParcelStatus>& parcels) {
  if (parcels.empty()) return;
  Json list = Json::array();
  for (const auto& parcel : parcels) {
    list.push_back({{"p", parcel.parcel.value}, {"s", domain::to_text(parcel.status)}, {"d", at_json(parcel.delivered_at)}});
  }
  tx.write(
      "UPDATE parcels p SET status = x.s, delivered_at = x.d FROM jsonb_to_recordset($2::jsonb) AS x(p bigint, s text, d timestamptz) "
      "WHERE p.merchant_id = $1 AND p.parcel_id = x.p",
      merchant, packed(list));
}

void queue_deliveries(Transaction& tx, MerchantId merchant, const std::vector<OrderId>& orders, Instant now) {
  if (orders.empty()) return;
  const std::string list = ids_json(orders);
  tx.write(
      "WITH ends AS (SELECT s.shipment_id, CASE WHEN NOT bool_and(p.status IN ('delivered', 'returned', 'lost')) THEN 'handed_over' "
      "    WHEN bool_or(p.status = 'delivered') THEN 'delivered' WHEN bool_or(p.status = 'returned') THEN 'returned' ELSE 'lost' END AS "
      "status "
      "  FROM shipments s JOIN parcels p ON p.merchant_id = s.merchant_id AND p.shipment_id = s.shipment_id AND p.state <> 'canceled' "
      "  WHERE s.merchant_id = $1 AND s.order_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) "
      "    AND s.status IN ('handed_over', 'delivered', 'returned', 'lost') GROUP BY s.shipment_id) "
      "UPDATE shipments s SET status = ends.status, updated_at = $3 FROM ends "
      "WHERE s.merchant_id = $1 AND s.shipment_id = ends.shipment_id AND s.status <> ends.status",
      merchant, list, now);
  tx.write(
      "WITH arrived AS (SELECT i.line_id, sum(i.quantity)::bigint AS units FROM parcels p "
      "  JOIN parcel_items i ON i.merchant_id = p.merchant_id AND i.parcel_id = p.parcel_id "
      "  WHERE p.merchant_id = $1 AND p.order_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) "
      "    AND p.status = 'delivered' AND p.state = 'handed_over' GROUP BY i.line_id), "
      "wanted AS (SELECT l.order_id, l.line_id, LEAST(COALESCE(arrived.units, 0), l.shipped) AS units FROM order_lines l "
      "  LEFT JOIN arrived ON arrived.line_id = l.line_id "
      "  WHERE l.merchant_id = $1 AND l.order_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x)) "
      "UPDATE order_lines l SET delivered = wanted.units FROM wanted WHERE l.merchant_id = $1 "
      "  AND l.order_id = wanted.order_id AND l.line_id = wanted.line_id AND l.delivered <> wanted.units",
      merchant, list);
}

void queue_returns_in_transit(Transaction& tx, MerchantId merchant, const std::vector<ReturnId>& returns, Instant now) {
  if (returns.empty()) return;
  tx.write(
      "UPDATE return_lines SET reception = 'in_transit' WHERE merchant_id = $1 "
      "AND return_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) AND reception = 'awaiting'",
      merchant, ids_json(returns));
  tx.write(
      "UPDATE returns SET status = 'in_transit', updated_at = $3 WHERE merchant_id = $1 "
      "AND return_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) AND status = 'approved'",
      merchant, ids_json(returns), now);
}

void queue_unmapped(Transaction& tx, MerchantId merchant, const std::vector<UnmappedCode>& codes, Instant now) {
  for (const auto& code : codes) {
    tx.write(
        "INSERT INTO unmapped_codes AS u (merchant_id, carrier, raw_code, raw_text, seen, first_at, last_at) VALUES ($1, $2, $3, $4, $5, "
        "$6, $6) "
        "ON CONFLICT (merchant_id, carrier, raw_code) DO UPDATE SET seen = u.seen + EXCLUDED.seen, last_at = EXCLUDED.last_at, raw_text = "
        "EXCLUDED.raw_text",
        merchant, code.carrier, code.code, code.text, code.seen, now);
  }
}

bool mark_attended(Queryable& db, MerchantId merchant, ParcelId parcel, Instant now) {
  return !db.rows<TrackerId>(
                "UPDATE trackers t SET attended_at = $3 FROM parcels p WHERE p.merchant_id = $1 AND p.parcel_id = $2 "
                "AND t.merchant_id = $1 AND t.tracker_id = p.tracker_id AND t.status IN ('lost', 'expired') AND t.attended_at IS NULL "
                "RETURNING t.tracker_id",
                merchant, parcel, now)
              .empty();
}

std::optional<AnnouncedParcel> parcel_to_announce(Queryable& db, MerchantId merchant, const TrackerRow& tracker) {
  auto found = db.row<std::string, std::string, int>(
      "SELECT o.ship_to::text, COALESCE(p.service, o.service), COALESCE(p.weight_g, 0) FROM orders o "
      "LEFT JOIN parcels p ON p.merchant_id = o.merchant_id AND p.parcel_id = $3::bigint WHERE o.merchant_id = $1 AND o.order_id = $2",
      merchant, tracker.order, tracker.parcel);
  if (!found) return std::nullopt;
  return AnnouncedParcel{std::get<0>(*found), std::get<1>(*found), std::get<2>(*found)};
}

void mark_announced(Queryable& db, MerchantId merchant, TrackerId tracker, std::optional<Instant> estimated_at, bool take_estimate,
                    Instant next_check_at, Instant now) {
  db.run(
      "UPDATE trackers SET announced_at = $3, estimated_at = $4::timestamptz, next_check_at = CASE WHEN ended_at IS NULL THEN "
      "$6::timestamptz END, "
      "  promised_at = CASE WHEN $5::boolean THEN COALESCE($4::timestamptz, promised_at) ELSE COALESCE(promised_at, $4::timestamptz) END "
      "WHERE merchant_id = $1 AND tracker_id = $2",
      {merchant, tracker, now, estimated_at, take_estimate, next_check_at});
}

void mark_announce_failed(Queryable& db, MerchantId merchant, TrackerId tracker, const std::string& why) {
  db.run("UPDATE trackers SET last_error = $3 WHERE merchant_id = $1 AND tracker_id = $2", {merchant, tracker, why});
}

}  // namespace roundtrip::store
