// Writing orders in sets.
#include "store/orders.hpp"

#include <nlohmann/json.hpp>

#include "store/stock.hpp"

namespace roundtrip::store {
namespace {
using nlohmann::json;

std::string text_of(const json& rows) { return rows.dump(-1, ' ', false, json::error_handler_t::replace); }

template <class IdType>
std::vector<IdType> numbers_from(const Cell& cell) {
  std::vector<IdType> out;
  if (!cell) return out;
  for (std::size_t at = 0; at < cell->size();) {
    const auto end = std::min(cell->find(',', at), cell->size());
    out.push_back(IdType{std::stoll(cell->substr(at, end - at))});
    at = end + 1;
  }
  return out;
}

std::string normal_postcode(std::string_view postcode) {
  std::string out;
  for (const char c : postcode) {
    if (c == ' ' || c == '-') continue;
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return out;
}

json null_or(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json address_json(const domain::Address& to) {
  return {{"name", to.name},     {"company", to.company},         {"line1", to.line1},     {"line2", to.line2}, {"city", to.city},
          {"region", to.region}, {"postal_code", to.postal_code}, {"country", to.country}, {"phone", to.phone}};
}

json order_row(const PlannedOrder& plan) {
  const auto& order = plan.order;
  return {{"order_id", plan.head.id.value},
          {"external_id", order.external_id},
          {"content_hash", plan.content_hash},
          {"kind", order.kind},
          {"status", domain::to_text(plan.head.status)},
          {"placed_at", format_rfc3339(order.placed_at)},
          {"received_at", format_rfc3339(plan.received_at)},
          {"currency", order.currency},
          {"service", order.service},
          {"warehouse_id", plan.head.warehouse.value},
          {"customer_external_id", null_or(order.customer.external_id)},
          {"customer_name", order.customer.name},
          {"customer_email", null_or(order.customer.email)},
          {"customer_phone", null_or(order.customer.phone)},
          {"customer_locale", order.customer.locale},
          {"customer_time_zone", order.customer.time_zone},
          {"customer_tier", order.customer.tier},
          {"ship_to", address_json(order.ship_to)},
          {"postal_code", normal_postcode(order.ship_to.postal_code)},
          {"shipping_amount", order.shipping_amount},
          {"shipping_tax", order.shipping_tax},
          {"discount", order.discount},
          {"total", plan.total},
          {"captured", plan.captured},
          {"promised_ship_at", format_rfc3339(plan.promised_ship_at)},
          {"promised_deliver_at", format_rfc3339(plan.promised_deliver_at)},
          {"timeline_seq", plan.head.seq},
          {"timeline_hash", plan.head.hash}};
}

json line_row(const PlannedOrder& plan, std::size_t i) {
  const auto& line = plan.order.lines[i];
  const auto& frozen = plan.frozen[i];
  return {{"order_id", plan.head.id.value},
          {"line_id", plan.lines[i].value},
          {"position", i + 1},
          {"external_id", line.external_id},
          {"sku", line.sku},
          {"description", line.description},
          {"goods", line.goods},
          {"quantity", line.quantity},
          {"unit_price", line.unit_price},
          {"line_discount", line.discount},
          {"line_tax", line.tax},
          {"price_amount", frozen.price},
          {"discount_amount", frozen.discount},
          {"tax_amount", frozen.tax},
          {"shipping_amount", frozen.shipping}};
}

struct Sets {
  json products = json::array(), orders = json::array(), lines = json::array(), payments = json::array(), shipments = json::array(),
       shipment_lines = json::array(), allocations = json::array(), entries = json::array();
};

void add_shipments(const PlannedOrder& plan, Sets& sets) {
  for (const PlannedShipment& shipment : plan.shipments) {
    sets.shipments.push_back({{"shipment_id", shipment.id.value},
                              {"order_id", plan.head.id.value},
                              {"warehouse_id", plan.head.warehouse.value},
                              {"status", domain::to_text(shipment.status)},
                              {"reason", shipment.reason},
                              {"ship_by", format_rfc3339(plan.promised_ship_at)},
                              {"at", format_rfc3339(plan.received_at)}});
    for (const auto& line : shipment.lines) {
      sets.shipment_lines.push_back({{"shipment_id", shipment.id.value},
                                     {"line_id", line.line.value},
                                     {"order_id", plan.head.id.value},
                                     {"sku", line.sku},
                                     {"quantity", line.quantity}});
    }
    for (const auto& taken : shipment.allocations) {
      sets.allocations.push_back({{"shipment_id", shipment.id.value},
                                  {"line_id", taken.line.value},
                                  {"warehouse_id", plan.head.warehouse.value},
                                  {"bin_id", taken.bin.value},
                                  {"lot", taken.lot},
                                  {"sku", taken.sku},
                                  {"quantity", taken.quantity}});
    }
  }
}

Sets sets_of(const std::vector<PlannedOrder>& plans) {
  Sets sets;
  for (const PlannedOrder& plan : plans) {
    sets.orders.push_back(order_row(plan));
    for (std::size_t i = 0; i < plan.order.lines.size(); ++i) {
      sets.lines.push_back(line_row(plan, i));
      const auto& line = plan.order.lines[i];
      if (line.goods) sets.products.push_back({{"sku", line.sku}, {"name", line.description.empty() ? line.sku : line.description}});
    }
    for (std::size_t i = 0; i < plan.order.payments.size(); ++i) {
      const auto& payment = plan.order.payments[i];
      sets.payments.push_back({{"order_id", plan.head.id.value},
                               {"payment_id", plan.payments[i].value},
                               {"gateway", payment.gateway},
                               {"reference", payment.reference},
                               {"captured", payment.captured},
                               {"currency", plan.order.currency},
                               {"posting", "capture:" + to_text(plan.payments[i])},
                               {"at", format_rfc3339(plan.received_at)}});
    }
    add_shipments(plan, sets);
    const std::int64_t first = plan.head.seq - static_cast<std::int64_t>(plan.entries.size()) + 1;
    for (std::size_t i = 0; i < plan.entries.size(); ++i) {
      const auto& entry = plan.entries[i];
      sets.entries.push_back({{"order_id", plan.head.id.value},
                              {"seq", first + static_cast<std::int64_t>(i)},
                              {"at", format_rfc3339(plan.received_at)},
                              {"type", entry.type},
                              {"channel", entry.channel},
                              {"actor", entry.actor},
                              {"subject", entry.subject},
                              {"detail", entry.detail},
                              {"hash", plan.entry_hashes[i]}});
    }
  }
  return sets;
}

constexpr std::string_view kInsertOrders =
    "INSERT INTO orders (merchant_id, order_id, external_id, content_hash, kind, status, placed_at, received_at, updated_at, currency, "
    "service, "
    "warehouse_id, customer_external_id, customer_name, customer_email, customer_phone, customer_locale, customer_time_zone, "
    "customer_tier, ship_to, "
    "postal_code, shipping_amount, shipping_tax, discount, total, captured, promised_ship_at, promised_deliver_at, timeline_seq, "
    "timeline_hash) "
    "SELECT $1, order_id, external_id, content_hash, kind, status, placed_at, received_at, received_at, currency, service, warehouse_id, "
    "customer_external_id, customer_name, customer_email, customer_phone, customer_locale, customer_time_zone, customer_tier, ship_to, "
    "postal_code, "
    "shipping_amount, shipping_tax, discount, total, captured, promised_ship_at, promised_deliver_at, timeline_seq, timeline_hash "
    "FROM jsonb_to_recordset($2::jsonb) AS o(order_id bigint, external_id text, content_hash text, kind text, status text, placed_at "
    "timestamptz, "
    "received_at timestamptz, currency text, service text, warehouse_id bigint, customer_external_id text, customer_name text, "
    "customer_email text, "
    "customer_phone text, customer_locale text, customer_time_zone text, customer_tier text, ship_to jsonb, postal_code text, "
    "shipping_amount bigint, "
    "shipping_tax bigint, discount bigint, total bigint, captured bigint, promised_ship_at timestamptz, promised_deliver_at timestamptz, "
    "timeline_seq bigint, timeline_hash text)";
constexpr std::string_view kInsertLines =
    "INSERT INTO order_lines (merchant_id, order_id, line_id, position, external_id, sku, description, goods, quantity, unit_price, "
    "line_discount, "
    "line_tax, price_amount, discount_amount, tax_amount, shipping_amount) "
    "SELECT $1, order_id, line_id, position, external_id, sku, description, goods, quantity, unit_price, line_discount, line_tax, "
    "price_amount, "
    "discount_amount, tax_amount, shipping_amount FROM jsonb_to_recordset($2::jsonb) AS l(order_id bigint, line_id bigint, position "
    "integer, "
    "external_id text, sku text, description text, goods boolean, quantity bigint, unit_price bigint, line_discount bigint, line_tax "
    "bigint, "
    "price_amount bigint, discount_amount bigint, tax_amount bigint, shipping_amount bigint)";
constexpr std::string_view kInsertProducts =
    "INSERT INTO products (merchant_id, sku, name, updated_at) SELECT DISTINCT ON (sku) $1::bigint, p.sku, p.name, $3::timestamptz "
    "FROM jsonb_to_recordset($2::jsonb) AS p(sku text, name text) "
    "WHERE NOT EXISTS (SELECT 1 FROM products k WHERE k.merchant_id = $1 AND k.sku = p.sku) ORDER BY p.sku ON CONFLICT (merchant_id, sku) "
    "DO NOTHING";
constexpr std::string_view kInsertPayments =
    "WITH p AS (SELECT order_id, payment_id, gateway, reference, captured, currency, posting, at FROM jsonb_to_recordset($2::jsonb) AS "
    "p(order_id bigint, "
    "payment_id bigint, gateway text, reference text, captured bigint, currency text, posting text, at timestamptz)), "
    "paid AS (INSERT INTO payments (merchant_id, order_id, payment_id, gateway, reference, captured) "
    "SELECT $1, order_id, payment_id, gateway, reference, captured FROM p) "
    "INSERT INTO ledger (merchant_id, order_id, posting, account, amount, currency, posted_at) "
    "SELECT $1, p.order_id, p.posting, CASE WHEN a.sign < 0 THEN 'sales' WHEN p.gateway = 'store_credit' THEN 'voucher_clearing' "
    "WHEN p.gateway = 'exchange' THEN 'exchange' ELSE 'gateway' END, a.sign * p.captured, p.currency, p.at FROM p, (VALUES (1), (-1)) AS "
    "a(sign) WHERE p.captured <> 0";
constexpr std::string_view kInsertShipments =
    "INSERT INTO shipments (merchant_id, shipment_id, order_id, warehouse_id, status, reason, ship_by, created_at, updated_at) "
    "SELECT $1, shipment_id, order_id, warehouse_id, status, reason, ship_by, at, at FROM jsonb_to_recordset($2::jsonb) AS s(shipment_id "
    "bigint, "
    "order_id bigint, warehouse_id bigint, status text, reason text, ship_by timestamptz, at timestamptz)";
constexpr std::string_view kInsertShipmentLines =
    "INSERT INTO shipment_lines (merchant_id, shipment_id, line_id, order_id, sku, quantity) SELECT $1, shipment_id, line_id, order_id, "
    "sku, quantity "
    "FROM jsonb_to_recordset($2::jsonb) AS l(shipment_id bigint, line_id bigint, order_id bigint, sku text, quantity bigint)";
constexpr std::string_view kInsertTimeline =
    "INSERT INTO timeline (merchant_id, order_id, seq, at, type, channel, actor, subject, detail, hash) "
    "SELECT $1, order_id, seq, at, type, channel, actor, subject, detail, hash FROM jsonb_to_recordset($2::jsonb) AS t(order_id bigint, "
    "seq bigint, "
    "at timestamptz, type text, channel text, actor text, subject text, detail text, hash text)";
}  // namespace

const std::string_view kReserveStock =
    "WITH a AS (SELECT shipment_id, line_id, warehouse_id, bin_id, lot, sku, quantity FROM jsonb_to_recordset($2::jsonb) AS a(shipment_id "
    "bigint, "
    "line_id bigint, warehouse_id bigint, bin_id bigint, lot text, sku text, quantity bigint)), "
    "taken AS (INSERT INTO allocations (merchant_id, shipment_id, line_id, bin_id, lot, sku, quantity) "
    "SELECT $1, shipment_id, line_id, bin_id, lot, sku, quantity FROM a) "
    "UPDATE stock s SET reserved = s.reserved + t.quantity FROM (SELECT warehouse_id, sku, bin_id, lot, sum(quantity)::bigint AS quantity "
    "FROM a "
    "GROUP BY warehouse_id, sku, bin_id, lot) t "
    "WHERE s.merchant_id = $1 AND s.warehouse_id = t.warehouse_id AND s.sku = t.sku AND s.bin_id = t.bin_id AND s.lot = t.lot";

std::optional<WarehouseFacts> find_warehouse(Queryable& db, MerchantId merchant, const std::string& name) {
  const auto found = db.row<WarehouseId, std::string, std::string, int, int, int>(
      "SELECT warehouse_id, name, time_zone, cutoff_hour, handling_days, transit_days FROM warehouses "
      "WHERE merchant_id = $1 AND ($2 = '' OR name = $2) ORDER BY warehouse_id LIMIT 1",
      merchant, name);
  if (!found) return std::nullopt;
  const auto& [id, found_name, zone, cutoff, handling, transit] = *found;
  return WarehouseFacts{id, found_name, zone, cutoff, handling, transit};
}

OrderNumbers draw_numbers(Queryable& db, int orders, int lines, int shipments, int payments) {
  auto rows = db.run(
      "SELECT (SELECT string_agg(nextval('orders_order_id_seq')::text, ',') FROM generate_series(1, $1::int)), "
      "(SELECT string_agg(nextval('order_lines_line_id_seq')::text, ',') FROM generate_series(1, $2::int)), "
      "(SELECT string_agg(nextval('shipments_shipment_id_seq')::text, ',') FROM generate_series(1, $3::int)), "
      "(SELECT string_agg(nextval('payments_payment_id_seq')::text, ',') FROM generate_series(1, $4::int))",
      {orders, lines, shipments, payments});
  const TextRow& row = rows.at(0);
  return {numbers_from<OrderId>(row[0]), numbers_from<LineId>(row[1]), numbers_from<ShipmentId>(row[2]), numbers_from<PaymentId>(row[3])};
}

std::optional<ExistingOrder> find_by_external_id(Queryable& db, MerchantId merchant, const std::string& external_id) {
  const auto found = db.row<OrderId, std::string>("SELECT order_id, content_hash FROM orders WHERE merchant_id = $1 AND external_id = $2",
                                                  merchant, external_id);
  if (!found) return std::nullopt;
  return ExistingOrder{std::get<0>(*found), std::get<1>(*found)};
}

void plan_entry(PlannedOrder& plan, TimelineEntry entry) {
  ++plan.head.seq;
  plan.head.hash = timeline_hash(plan.head.hash, plan.head.id, plan.head.seq, plan.received_at, entry);
  plan.entry_hashes.push_back(plan.head.hash);
  plan.entries.push_back(std::move(entry));
}

void write_orders(Transaction& tx, MerchantId merchant, const std::vector<PlannedOrder>& plans) {
  if (plans.empty()) return;
  const Sets sets = sets_of(plans);
  tx.write(kInsertProducts, merchant, text_of(sets.products), plans.front().received_at);
  tx.write(kInsertOrders, merchant, text_of(sets.orders));
  tx.write(kInsertLines, merchant, text_of(sets.lines));
  if (!sets.payments.empty()) tx.write(kInsertPayments, merchant, text_of(sets.payments));
  if (!sets.shipments.empty()) {
    tx.write(kInsertShipments, merchant, text_of(sets.shipments));
    tx.write(kInsertShipmentLines, merchant, text_of(sets.shipment_lines));
  }
  if (!sets.allocations.empty()) tx.write(kReserveStock, merchant, text_of(sets.allocations));
  tx.write(kInsertTimeline, merchant, text_of(sets.entries));
}

std::vector<domain::StockPlace> lock_stock(Transaction& tx, MerchantId merchant, WarehouseId warehouse,
                                           const std::vector<std::string>& skus) {
  std::vector<std::pair<int, domain::StockPlace>> found;
  for (auto& [sku, bin, lot, available, walk] : tx.rows<std::string, BinId, std::string, std::int64_t, int>(
           "SELECT s.sku, s.bin_id, s.lot, s.on_hand - s.reserved - s.damaged, b.walk_order FROM stock s "
           "JOIN bins b ON b.merchant_id = s.merchant_id AND b.bin_id = s.bin_id "
           "WHERE s.merchant_id = $1 AND s.warehouse_id = $2 AND s.sku IN (SELECT jsonb_array_elements_text($3::jsonb)) "
           "ORDER BY s.sku, s.bin_id, s.lot FOR UPDATE OF s",
           merchant, warehouse, text_of(json(skus)))) {
    found.push_back({walk, {sku, bin, lot, available}});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<domain::StockPlace> places;
  for (auto& [walk, place] : found) places.push_back(std::move(place));
  return places;
}

}  // namespace roundtrip::store
