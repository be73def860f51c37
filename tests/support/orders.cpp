// Inserts an order that has shipped.
#include "support/orders.hpp"

#include <atomic>

#include "store/refunds.hpp"

namespace roundtrip::test {
namespace {

void make_products(store::Transaction& tx, MerchantId merchant, const domain::NewOrder& order) {
  for (const auto& line : order.lines) {
    if (!line.goods) continue;
    tx.write("INSERT INTO products (merchant_id, sku, name, updated_at) VALUES ($1, $2, $2, $3) ON CONFLICT DO NOTHING", merchant, line.sku,
             order.placed_at);
  }
}

void make_lines(store::Transaction& tx, MerchantId merchant, const domain::NewOrder& order, bool delivered, MadeOrder& made) {
  const auto frozen = domain::freeze(order);
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const auto& line = order.lines[i];
    const std::int64_t shipped = line.goods ? line.quantity : 0;
    made.lines.push_back(
        tx.value<LineId>("INSERT INTO order_lines (merchant_id, order_id, position, external_id, sku, description, goods, quantity, "
                         "unit_price, line_discount, "
                         "  line_tax, price_amount, discount_amount, tax_amount, shipping_amount, shipped, delivered) "
                         "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING line_id",
                         merchant, made.id, static_cast<int>(i + 1), line.external_id, line.sku, line.description, line.goods,
                         line.quantity, line.unit_price, line.discount, line.tax, frozen[i].price, frozen[i].discount, frozen[i].tax,
                         frozen[i].shipping, shipped, delivered ? shipped : 0)
            .value());
  }
}

void make_payments(store::Transaction& tx, MerchantId merchant, const domain::NewOrder& order, MadeOrder& made) {
  for (const auto& payment : order.payments) {
    const auto id = tx.value<PaymentId>(
        "INSERT INTO payments (merchant_id, order_id, gateway, reference, captured) VALUES ($1, $2, $3, $4, $5) RETURNING payment_id",
        merchant, made.id, payment.gateway, payment.reference, payment.captured);
    made.payments.push_back(id.value());
    tx.write(
        "INSERT INTO ledger (merchant_id, order_id, posting, account, amount, currency, posted_at) "
        "VALUES ($1, $2, $3, $7, $4::bigint, $5, $6), ($1, $2, $3, 'sales', -($4::bigint), $5, $6)",
        merchant, made.id, "capture:" + to_text(*id), payment.captured, order.currency, order.placed_at,
        store::account_of_gateway(payment.gateway));
  }
}

void make_parcel(store::Transaction& tx, MerchantId merchant, OrderId order, WarehouseId warehouse, Instant placed_at,
                 std::optional<Instant> delivered_at) {
  const auto shipment = tx.value<ShipmentId>(
      "INSERT INTO shipments (merchant_id, order_id, warehouse_id, status, ship_by, created_at, updated_at, handed_over_at) "
      "VALUES ($1, $2, $3, $4, $5, $5, $5, $5) RETURNING shipment_id",
      merchant, order, warehouse, delivered_at ? "delivered" : "handed_over", placed_at);
  tx.write(
      "INSERT INTO parcels (merchant_id, shipment_id, order_id, state, status, created_at, closed_at, handed_over_at, delivered_at) "
      "VALUES ($1, $2, $3, 'handed_over', $4, $5, $5, $5, $6)",
      merchant, *shipment, order, delivered_at ? "delivered" : "in_transit", placed_at, delivered_at);
}

}  // namespace

domain::NewLine line_of(const std::string& sku, std::int64_t quantity, std::int64_t unit_price, std::int64_t discount, std::int64_t tax,
                        bool goods) {
  return {sku + "-line", sku, sku, quantity, unit_price, discount, tax, goods};
}

domain::NewOrder order_of(std::vector<domain::NewLine> lines, std::vector<domain::NewPayment> payments, const std::string& currency) {
  static std::atomic<int> counter{0};
  domain::NewOrder order;
  order.external_id = "T-" + std::to_string(++counter);
  order.placed_at = parse_rfc3339("2026-11-01T09:00:00Z").value();
  order.currency = currency;
  order.customer.name = "Ana Lima";
  order.customer.email = "ana@example.org";
  order.ship_to = {"Ana Lima", "", "Rua A 1", "", "Lisboa", "", "1000-001", "PT", ""};
  order.lines = std::move(lines);
  order.payments = std::move(payments);
  return order;
}

MadeOrder make_shipped_order(store::Database& db, MerchantId merchant, domain::NewOrder order, std::optional<Instant> delivered_at) {
  store::Transaction tx(db);
  const auto warehouse =
      tx.value<WarehouseId>("SELECT warehouse_id FROM warehouses WHERE merchant_id = $1 AND name = 'main'", merchant).value();
  std::int64_t captured = 0;
  for (const auto& payment : order.payments) captured += payment.captured;
  MadeOrder made;
  made.external_id = order.external_id;
  make_products(tx, merchant, order);
  made.id = tx.value<OrderId>(
                  "INSERT INTO orders (merchant_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, "
                  "warehouse_id, "
                  "  customer_name, customer_email, ship_to, shipping_amount, shipping_tax, discount, total, captured) "
                  "VALUES ($1, $2, $2, $3, $4, $4, $4, $5, $6, $7, $8, '{}', $9, $10, $11, $12, $13) RETURNING order_id",
                  merchant, order.external_id, delivered_at ? "delivered" : "shipped", order.placed_at, order.currency, warehouse,
                  order.customer.name, order.customer.email, order.shipping_amount, order.shipping_tax, order.discount,
                  domain::total_of(order), captured)
                .value();
  make_lines(tx, merchant, order, delivered_at.has_value(), made);
  make_payments(tx, merchant, order, made);
  make_parcel(tx, merchant, made.id, warehouse, order.placed_at, delivered_at);
  tx.commit();
  return made;
}

void leave_the_house(store::Database& db, OrderId order) {
  store::Transaction tx(db);
  tx.run("UPDATE order_lines SET shipped = quantity - canceled WHERE order_id = $1", {order});
  tx.run(
      "WITH a AS (DELETE FROM allocations a USING shipments s WHERE s.merchant_id = a.merchant_id AND s.shipment_id = a.shipment_id "
      "AND s.order_id = $1 RETURNING a.merchant_id, s.warehouse_id, a.sku, a.bin_id, a.lot, a.quantity), m AS (INSERT INTO "
      "stock_movements (merchant_id, warehouse_id, bin_id, sku, lot, quantity, reason, actor, moved_at) SELECT merchant_id, warehouse_id, "
      "bin_id, sku, lot, -quantity, 'handed_over', 'test', now() FROM a) UPDATE stock s SET on_hand = s.on_hand - a.quantity, reserved = "
      "s.reserved - a.quantity FROM (SELECT merchant_id, warehouse_id, sku, bin_id, lot, sum(quantity)::bigint AS quantity FROM a "
      "GROUP BY 1, 2, 3, 4, 5) a WHERE s.merchant_id = a.merchant_id AND s.warehouse_id = a.warehouse_id AND s.sku = a.sku AND "
      "s.bin_id = a.bin_id AND s.lot = a.lot",
      {order});
  tx.run("UPDATE shipments SET status = 'delivered' WHERE status <> 'canceled' AND order_id = $1", {order});
  tx.run("UPDATE orders SET status = 'shipped' WHERE status <> 'canceled' AND order_id = $1", {order});
  tx.commit();
}

}  // namespace roundtrip::test
