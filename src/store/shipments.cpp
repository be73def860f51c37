// The statements behind shipments under work.
#include "store/shipments.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "store/stock.hpp"

namespace roundtrip::store {
namespace {
using nlohmann::json;

std::string sku_list(const std::vector<std::string>& skus) { return json(skus).dump(-1, ' ', false, json::error_handler_t::replace); }

constexpr std::string_view kWorkLines =
    "SELECT l.shipment_id, l.line_id, l.sku, coalesce(p.name, l.sku), p.image_url, l.quantity, l.picked, l.packed FROM shipments s "
    "JOIN shipment_lines l ON l.merchant_id = s.merchant_id AND l.shipment_id = s.shipment_id "
    "LEFT JOIN products p ON p.merchant_id = l.merchant_id AND p.sku = l.sku "
    "WHERE s.merchant_id = $1 AND s.order_id = $2 AND ($3::bigint IS NULL OR s.shipment_id = $3) ORDER BY l.line_id";
constexpr std::string_view kWorkPlaces =
    "SELECT a.shipment_id, a.line_id, a.bin_id, b.name, a.lot, b.walk_order, a.quantity FROM shipments s "
    "JOIN allocations a ON a.merchant_id = s.merchant_id AND a.shipment_id = s.shipment_id "
    "JOIN bins b ON b.merchant_id = a.merchant_id AND b.bin_id = a.bin_id "
    "WHERE s.merchant_id = $1 AND s.order_id = $2 AND ($3::bigint IS NULL OR s.shipment_id = $3) ORDER BY b.walk_order, a.bin_id, "
    "a.line_id";
constexpr std::string_view kWorkParcels =
    "SELECT p.shipment_id, p.parcel_id, p.state, p.tracking_number, p.carrier, p.account, p.service, b.state, b.error, p.weight_g, "
    "(SELECT string_agg(i.line_id || ':' || i.quantity, ' ') FROM parcel_items i WHERE i.merchant_id = p.merchant_id AND i.parcel_id = "
    "p.parcel_id) "
    "FROM parcels p LEFT JOIN LATERAL (SELECT z.state, z.error FROM (SELECT k.booking_id, k.state, k.error FROM bookings k "
    "WHERE k.merchant_id = $1 AND k.parcel_id = p.parcel_id OFFSET 0) z ORDER BY z.booking_id DESC LIMIT 1) b ON true WHERE p.merchant_id "
    "= $1 AND p.order_id = $2 AND ($3::bigint IS NULL OR p.shipment_id = $3) AND p.state <> 'canceled' "
    "ORDER BY p.parcel_id";
constexpr std::string_view kWorkShipments =
    "SELECT s.shipment_id, s.status, s.warehouse_id, s.held, o.service, o.promised_deliver_at, s.picker_station_id FROM shipments s "
    "JOIN orders o ON o.merchant_id = s.merchant_id AND o.order_id = s.order_id "
    "WHERE s.merchant_id = $1 AND s.order_id = $2 AND ($3::bigint IS NULL OR s.shipment_id = $3) ORDER BY s.shipment_id";
constexpr std::string_view kLockHead =
    "SELECT external_id, status, currency, warehouse_id, hold_reason, customer_locale, timeline_seq, timeline_hash "
    "FROM orders WHERE merchant_id = $1 AND order_id = $2 FOR UPDATE";

OrderHead head_from(OrderId order, TextRow& row) {
  auto [external_id, status, currency, warehouse, hold, locale, seq, hash] =
      to_tuple<std::string, std::string, std::string, WarehouseId, std::optional<std::string>, std::string, std::int64_t, std::string>(row);
  return {order, external_id, domain::parse_order_status(status).value(), currency, warehouse, hold, locale, seq, hash};
}

std::vector<std::pair<LineId, std::int64_t>> items_from(const std::string& text) {
  std::vector<std::pair<LineId, std::int64_t>> items;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto colon = text.find(':', at);
    items.emplace_back(LineId{std::stoll(text.substr(at, colon - at))}, std::stoll(text.substr(colon + 1, end - colon - 1)));
    at = end + 1;
  }
  return items;
}

void fill_work(std::vector<std::vector<TextRow>>& all, std::vector<Work>& shipments) {
  std::unordered_map<std::int64_t, Work*> by_id;
  for (Work& work : shipments) by_id[work.id.value] = &work;
  for (TextRow& row : all[2]) {
    auto [id, line, sku, name, image, quantity, picked, packed] =
        to_tuple<std::int64_t, LineId, std::string, std::string, std::optional<std::string>, std::int64_t, std::int64_t, std::int64_t>(row);
    by_id.at(id)->lines.push_back({line, sku, name, image.value_or(""), quantity, picked, packed});
  }
  for (TextRow& row : all[3]) {
    auto [id, line, bin, name, lot, walk, quantity] =
        to_tuple<std::int64_t, LineId, BinId, std::string, std::string, int, std::int64_t>(row);
    by_id.at(id)->places.push_back({line, bin, name, lot, walk, quantity});
  }
  for (TextRow& row : all[4]) {
    using Text = std::optional<std::string>;
    auto [id, parcel, state, number, carrier, account, service, booking, error, weight, items] =
        to_tuple<std::int64_t, ParcelId, std::string, Text, Text, std::string, Text, Text, Text, std::optional<int>, Text>(row);
    by_id.at(id)->parcels.push_back({parcel, state, number.value_or(""), carrier.value_or(""), account, service.value_or(""),
                                     booking.value_or(""), error.value_or(""), weight, items_from(items.value_or(""))});
  }
}
}  // namespace

domain::Progress progress_of(const Work& work) {
  domain::Progress progress;
  for (const ShipmentWorkLine& line : work.lines) {
    progress.quantity += line.quantity;
    progress.picked += line.picked;
    progress.packed += line.packed;
  }
  return progress;
}

std::optional<LockedWork> lock_work(Transaction& tx, MerchantId merchant, OrderId order, std::optional<ShipmentId> only) {
  auto all = tx.run_all({{std::string(kLockHead), {merchant, order}},
                         {std::string(kWorkShipments), {merchant, order, only}},
                         {std::string(kWorkLines), {merchant, order, only}},
                         {std::string(kWorkPlaces), {merchant, order, only}},
                         {std::string(kWorkParcels), {merchant, order, only}}});
  if (all[0].empty()) return std::nullopt;
  LockedWork locked{head_from(order, all[0][0]), {}};
  for (TextRow& row : all[1]) {
    auto [id, status, warehouse, held, service, promised, picker] =
        to_tuple<ShipmentId, std::string, WarehouseId, bool, std::string, std::optional<Instant>, std::optional<StationId>>(row);
    locked.shipments.push_back(
        {id, order, domain::parse_shipment_status(status).value(), warehouse, held, service, promised, picker, {}, {}, {}});
  }
  fill_work(all, locked.shipments);
  return locked;
}

void save_shipment_status(Transaction& tx, MerchantId merchant, ShipmentId shipment, domain::ShipmentStatus status,
                          const std::string& reason, Instant now) {
  tx.write("UPDATE shipments SET status = $3, reason = $4, updated_at = $5 WHERE merchant_id = $1 AND shipment_id = $2", merchant, shipment,
           domain::to_text(status), reason, now);
}

void save_line_progress(Transaction& tx, MerchantId merchant, ShipmentId shipment, const ShipmentWorkLine& line) {
  tx.write("UPDATE shipment_lines SET picked = $4, packed = $5 WHERE merchant_id = $1 AND shipment_id = $2 AND line_id = $3", merchant,
           shipment, line.line, line.picked, line.packed);
}

void add_units_to_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, const ShipmentWorkLine& line, std::int64_t units) {
  if (units > 0) {
    tx.write(
        "INSERT INTO parcel_items (merchant_id, parcel_id, line_id, sku, quantity) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (merchant_id, parcel_id, line_id) DO UPDATE SET quantity = parcel_items.quantity + EXCLUDED.quantity",
        merchant, parcel, line.line, line.sku, units);
    return;
  }
  tx.write("DELETE FROM parcel_items WHERE merchant_id = $1 AND parcel_id = $2 AND line_id = $3 AND quantity <= -$4::bigint", merchant,
           parcel, line.line, units);
  tx.write("UPDATE parcel_items SET quantity = quantity + $4 WHERE merchant_id = $1 AND parcel_id = $2 AND line_id = $3", merchant, parcel,
           line.line, units);
}

ParcelId draw_parcel_number(Queryable& db) { return db.value<ParcelId>("SELECT nextval('parcels_parcel_id_seq')").value(); }
ShipmentId draw_shipment_number(Queryable& db) { return db.value<ShipmentId>("SELECT nextval('shipments_shipment_id_seq')").value(); }

void open_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, ShipmentId shipment, OrderId order, Instant now) {
  tx.write("INSERT INTO parcels (merchant_id, parcel_id, shipment_id, order_id, created_at) VALUES ($1, $2, $3, $4, $5)", merchant, parcel,
           shipment, order, now);
}

void save_parcel_route(Transaction& tx, MerchantId merchant, ParcelId parcel, const ParcelRoute& route) {
  tx.write(
      "UPDATE parcels SET carrier = nullif($3, ''), account = $4, service = nullif($5, ''), tracking_number = nullif($6, '') "
      "WHERE merchant_id = $1 AND parcel_id = $2",
      merchant, parcel, route.carrier, route.account, route.service, route.number);
}

std::optional<ParcelShippingFacts> parcel_shipping_facts(Queryable& db, MerchantId merchant, ParcelId parcel, Instant now) {
  const auto row = db.row<std::string, std::string, int, std::optional<Instant>, std::int64_t>(
      "SELECT o.service, coalesce(o.ship_to->>'country', ''), coalesce(p.weight_g, (SELECT sum(i.quantity * coalesce(k.weight_g, 0)) FROM "
      "parcel_items i LEFT JOIN products k ON k.merchant_id = i.merchant_id AND k.sku = i.sku WHERE i.merchant_id = $1 AND i.parcel_id = "
      "$2), 0)::int, o.promised_deliver_at, "
      "(extract(epoch FROM ($3::timestamptz AT TIME ZONE w.time_zone) - ($3::timestamptz AT TIME ZONE 'UTC')) * 1000000)::bigint "
      "FROM parcels p JOIN orders o ON o.merchant_id = p.merchant_id AND o.order_id = p.order_id "
      "JOIN shipments s ON s.merchant_id = p.merchant_id AND s.shipment_id = p.shipment_id "
      "JOIN warehouses w ON w.merchant_id = s.merchant_id AND w.warehouse_id = s.warehouse_id "
      "WHERE p.merchant_id = $1 AND p.parcel_id = $2",
      merchant, parcel, now);
  if (!row) return std::nullopt;
  const auto& [service, country, weight_g, promised_at, offset_us] = *row;
  return ParcelShippingFacts{service, country, weight_g, promised_at, offset_us};
}

void close_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, std::optional<int> weight_g, Instant now) {
  tx.write(
      "UPDATE parcels SET state = 'closed', closed_at = $3, weight_g = coalesce($4, weight_g) WHERE merchant_id = $1 AND parcel_id = $2",
      merchant, parcel, now, weight_g);
}

void set_picker(Transaction& tx, MerchantId merchant, ShipmentId shipment, StationId station) {
  tx.write("UPDATE shipments SET picker_station_id = $3 WHERE merchant_id = $1 AND shipment_id = $2", merchant, shipment, station);
}

void hand_over_parcel(Transaction& tx, MerchantId merchant, const Work& work, const WorkParcel& parcel, const std::string& actor,
                      Instant now) {
  tx.write(
      "UPDATE parcels SET state = 'handed_over', handed_over_at = $3, status = CASE WHEN "
      "status = 'pending' THEN 'pre_transit' ELSE status "
      "END "
      "WHERE merchant_id = $1 AND parcel_id = $2",
      merchant, parcel.id, now);
  tx.write(
      "INSERT INTO handovers (merchant_id, parcel_id, warehouse_id, carrier, account, handed_over_by, handed_over_at) "
      "SELECT $1, $2, $3, carrier, account, $4, $5 FROM parcels WHERE merchant_id = $1 AND parcel_id = $2 AND carrier <> ''",
      merchant, parcel.id, work.warehouse, actor, now);
  tx.write(
      "UPDATE order_lines l SET shipped = l.shipped + i.quantity FROM parcel_items i "
      "WHERE i.merchant_id = $1 AND i.parcel_id = $2 AND l.merchant_id = $1 AND l.order_id = $3 AND l.line_id = i.line_id",
      merchant, parcel.id, work.order);
  // Which places the parcel's units came from: each line's places in walking order, less what earlier parcels took.
  json taken = json::array();
  for (const auto& [line, units] : parcel.items) {
    std::int64_t open = units;
    for (const WorkPlace& place : work.places) {
      if (place.line != line || open == 0) continue;
      const std::int64_t quantity = std::min(open, place.quantity);
      const auto sku = std::find_if(work.lines.begin(), work.lines.end(), [&, wanted = line](const ShipmentWorkLine& one) {
                         return one.line == wanted;
                       })->sku;
      taken.push_back({{"line_id", line.value}, {"bin_id", place.bin.value}, {"lot", place.lot}, {"sku", sku}, {"quantity", quantity}});
      open -= quantity;
    }
  }
  consume_allocations(tx, merchant, work.id, work.warehouse, taken.dump(), "handed_over", to_text(parcel.id), actor, now);
}

void mark_shipment_handed_over(Transaction& tx, MerchantId merchant, ShipmentId shipment, Instant now) {
  tx.write("UPDATE shipments SET handed_over_at = $3 WHERE merchant_id = $1 AND shipment_id = $2", merchant, shipment, now);
}

void move_shipment(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse) {
  tx.write("UPDATE shipments SET warehouse_id = $3 WHERE merchant_id = $1 AND shipment_id = $2", merchant, shipment, warehouse);
}

void mark_collected(Transaction& tx, MerchantId merchant, ParcelId parcel, Instant now) {
  tx.write("UPDATE parcels SET status = 'delivered', delivered_at = $3 WHERE merchant_id = $1 AND parcel_id = $2", merchant, parcel, now);
}

namespace {
// The last places first: a picker goes forward, so what is freed lies ahead.
json places_to_free(const Work& work, LineId line, std::int64_t units) {
  json rows = json::array();
  for (auto place = work.places.rbegin(); place != work.places.rend() && units > 0; ++place) {
    if (place->line != line) continue;
    const std::int64_t quantity = std::min(units, place->quantity);
    const auto sku = std::find_if(work.lines.begin(), work.lines.end(), [&](const ShipmentWorkLine& one) { return one.line == line; })->sku;
    rows.push_back({{"line_id", line.value}, {"bin_id", place->bin.value}, {"lot", place->lot}, {"sku", sku}, {"quantity", quantity}});
    units -= quantity;
  }
  return rows;
}

void shrink_line(Transaction& tx, MerchantId merchant, ShipmentId shipment, LineId line, std::int64_t units) {
  tx.write("DELETE FROM shipment_lines WHERE merchant_id = $1 AND shipment_id = $2 AND line_id = $3 AND quantity <= $4", merchant, shipment,
           line, units);
  tx.write(
      "UPDATE shipment_lines SET quantity = quantity - $4, picked = least(picked, quantity - $4), packed = least(packed, quantity - $4) "
      "WHERE merchant_id = $1 AND shipment_id = $2 AND line_id = $3",
      merchant, shipment, line, units);
}
}  // namespace

void free_units(Transaction& tx, MerchantId merchant, const Work& work, LineId line, std::int64_t units) {
  const json rows = places_to_free(work, line, units);
  if (!rows.empty()) release_allocations(tx, merchant, work.id, work.warehouse, rows.dump());
  shrink_line(tx, merchant, work.id, line, units);
}

void write_off_units(Transaction& tx, MerchantId merchant, const Work& work, LineId line, std::int64_t units, const std::string& reason,
                     const std::string& actor, Instant now) {
  const json rows = places_to_free(work, line, units);
  if (!rows.empty()) consume_allocations(tx, merchant, work.id, work.warehouse, rows.dump(), reason, to_text(work.id), actor, now);
  shrink_line(tx, merchant, work.id, line, units);
}

void add_shipment(Transaction& tx, MerchantId merchant, ShipmentId id, const OrderHead& head, const Work& like,
                  domain::ShipmentStatus status, const std::string& reason, const std::vector<domain::Demand>& lines, Instant now) {
  tx.write(
      "INSERT INTO shipments (merchant_id, shipment_id, order_id, warehouse_id, status, reason, ship_by, held, created_at, updated_at) "
      "SELECT $1, $2, order_id, warehouse_id, $4, $5, ship_by, held, $6, $6 FROM shipments WHERE merchant_id = $1 AND shipment_id = $3",
      merchant, id, like.id, domain::to_text(status), reason, now);
  json rows = json::array();
  for (const auto& line : lines) rows.push_back({{"line_id", line.line.value}, {"sku", line.sku}, {"quantity", line.quantity}});
  tx.write(
      "INSERT INTO shipment_lines (merchant_id, shipment_id, line_id, order_id, sku, quantity) SELECT $1, $2, line_id, $3, sku, quantity "
      "FROM jsonb_to_recordset($4::jsonb) AS l(line_id bigint, sku text, quantity bigint)",
      merchant, id, head.id, rows.dump(-1, ' ', false, json::error_handler_t::replace));
}

void add_allocations(Transaction& tx, MerchantId merchant, ShipmentId shipment, WarehouseId warehouse,
                     const std::vector<domain::Allocation>& allocations) {
  if (allocations.empty()) return;
  json rows = json::array();
  for (const auto& taken : allocations) {
    rows.push_back({{"shipment_id", shipment.value},
                    {"line_id", taken.line.value},
                    {"warehouse_id", warehouse.value},
                    {"bin_id", taken.bin.value},
                    {"lot", taken.lot},
                    {"sku", taken.sku},
                    {"quantity", taken.quantity}});
  }
  reserve_stock(tx, merchant, rows.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::vector<Waiting> waiting_for(Queryable& db, MerchantId merchant, const std::vector<std::string>& skus, int limit) {
  std::vector<Waiting> out;
  for (auto& [shipment, order, warehouse, ship_by] : db.rows<ShipmentId, OrderId, WarehouseId, Instant>(
           "SELECT DISTINCT s.shipment_id, s.order_id, s.warehouse_id, s.ship_by FROM shipment_lines l "
           "JOIN shipments s ON s.merchant_id = l.merchant_id AND s.shipment_id = l.shipment_id "
           "WHERE l.merchant_id = $1 AND l.sku IN (SELECT jsonb_array_elements_text($2::jsonb)) AND s.status = 'backordered' "
           "ORDER BY s.ship_by, s.shipment_id LIMIT $3",
           merchant, sku_list(skus), limit)) {
    out.push_back({shipment, order, warehouse});
  }
  return out;
}

std::vector<std::string> skus_not_given_out(Queryable& db, MerchantId merchant, int limit) {
  std::vector<std::string> skus;
  for (auto& [sku] : db.rows<std::string>(
           "SELECT DISTINCT l.sku FROM warehouses w "
           "JOIN shipments s ON s.merchant_id = w.merchant_id AND s.warehouse_id = w.warehouse_id AND s.status = 'backordered' "
           "JOIN shipment_lines l ON l.merchant_id = s.merchant_id AND l.shipment_id = s.shipment_id "
           "JOIN stock k ON k.merchant_id = s.merchant_id AND k.warehouse_id = s.warehouse_id AND k.sku = l.sku "
           "WHERE w.merchant_id = $1 AND k.on_hand > k.reserved + k.damaged LIMIT $2",
           merchant, limit)) {
    skus.push_back(std::move(sku));
  }
  return skus;
}

std::vector<QueuedShipment> shipment_queue(Queryable& db, MerchantId merchant, WarehouseId warehouse,
                                           const std::vector<std::string>& statuses, int limit) {
  std::vector<QueuedShipment> out;
  for (auto& [id, order, external, status, name, ship_by, lines, units] :
       db.rows<ShipmentId, OrderId, std::string, std::string, std::string, Instant, std::int64_t, std::int64_t>(
           "SELECT s.shipment_id, s.order_id, o.external_id, s.status, o.customer_name, s.ship_by, "
           "(SELECT count(*) FROM shipment_lines l WHERE l.merchant_id = s.merchant_id AND l.shipment_id = s.shipment_id), "
           "(SELECT coalesce(sum(l.quantity), 0)::bigint FROM shipment_lines l WHERE l.merchant_id = s.merchant_id AND l.shipment_id = "
           "s.shipment_id) "
           "FROM shipments s JOIN orders o ON o.merchant_id = s.merchant_id AND o.order_id = s.order_id "
           "WHERE s.merchant_id = $1 AND s.warehouse_id = $2 AND s.status IN (SELECT jsonb_array_elements_text($3::jsonb)) "
           "AND s.status IN ('backordered', 'allocated', 'picking', 'picked', 'packing', 'packed', 'labeled') AND NOT s.held "
           "ORDER BY s.ship_by, s.shipment_id LIMIT $4",
           merchant, warehouse, sku_list(statuses), limit)) {
    out.push_back({id, order, external, status, name, ship_by, lines, units});
  }
  return out;
}

}  // namespace roundtrip::store
