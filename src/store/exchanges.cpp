// Statements about exchanges.
#include "store/exchanges.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>

#include "store/refunds.hpp"

namespace roundtrip::store {
namespace {

#define EXCHANGE_COLUMNS                                                                                                     \
  "e.return_id, e.order_id, e.replacement_order_id, e.state, e.trigger, e.currency, e.wanted, e.total, e.credit, e.let_go, " \
  "e.carrier_scanned_at, e.sent_early_at, e.reason, e.created_at, e.updated_at, e.released_at, e.ended_at "

using ExchangeTuple = std::tuple<ReturnId, OrderId, std::optional<OrderId>, std::string, std::string, std::string, std::string,
                                 std::int64_t, std::int64_t, std::int64_t, std::optional<Instant>, std::optional<Instant>, std::string,
                                 Instant, Instant, std::optional<Instant>, std::optional<Instant>>;

template <class... Ts>
std::tuple<Ts...> columns_of(TextRow& row, std::type_identity<std::tuple<Ts...>>) {
  return to_tuple<Ts...>(row);
}

ExchangeRow exchange_row(ExchangeTuple& columns) {
  auto& [id, order, replacement, state, trigger, currency, wanted, total, credit, let_go, scanned, early, reason, created, updated,
         released, ended] = columns;
  const auto known = domain::parse_exchange_state(state);
  if (!known) throw std::logic_error("an unknown exchange state in the database: " + state);
  return {id,
          order,
          replacement,
          *known,
          std::move(trigger),
          std::move(currency),
          std::move(wanted),
          total,
          credit,
          let_go,
          scanned,
          early,
          std::move(reason),
          created,
          updated,
          released,
          ended};
}

// What the replacement's lines still cost (less what was canceled or returned), and whether one of them has left.
#define REPLACEMENT_LINES(order)                                                                                \
  "(SELECT coalesce(sum(l.price_amount - l.discount_amount + l.tax_amount + l.shipping_amount "                 \
  "  - (l.released_price - l.released_discount + l.released_tax + l.released_shipping)), 0)::bigint AS total, " \
  "  coalesce(bool_or(l.shipped > 0), false) AS gone FROM order_lines l WHERE l.merchant_id = $1 AND l.order_id = " order ")"
#define REPLACEMENT_PAYMENTS(order)                                                                          \
  "(SELECT coalesce(sum(p.captured - p.refunded), 0)::bigint AS held, "                                      \
  "  coalesce(sum(p.captured) FILTER (WHERE p.gateway = 'exchange'), 0)::bigint AS brought FROM payments p " \
  "  WHERE p.merchant_id = $1 AND p.order_id = " order ")"

#define STORED_EXCHANGES \
  "SELECT " EXCHANGE_COLUMNS ", o.external_id, o.customer_name, coalesce(x.external_id, ''), coalesce(x.status, ''), " \
  "  coalesce(x.link_generation, 0), r.status, " \
  "  m.total, p.held, m.gone, p.brought, g.open "                                                                                    \
  "FROM exchanges e JOIN orders o ON o.merchant_id = e.merchant_id AND o.order_id = e.order_id "                                     \
  "JOIN returns r ON r.merchant_id = e.merchant_id AND r.return_id = e.return_id "                                                   \
  "LEFT JOIN orders x ON x.merchant_id = e.merchant_id AND x.order_id = e.replacement_order_id "                                     \
  "CROSS JOIN LATERAL " REPLACEMENT_LINES("e.replacement_order_id") " m "                                                            \
  "CROSS JOIN LATERAL " REPLACEMENT_PAYMENTS("e.replacement_order_id") " p "                                                         \
  "CROSS JOIN LATERAL (SELECT coalesce(bool_or(l.received > l.accepted + l.rejected OR (l.announced > l.received "                   \
  "  AND l.reception NOT IN ('canceled', 'expired'))), false) AS open FROM return_lines l "                               \
  "  WHERE l.merchant_id = $1 AND l.return_id = e.return_id) g "

template <class... Args>
std::vector<StoredExchange> read_exchanges(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<StoredExchange> out;
  for (auto& text : db.run(sql, {Param(args)...})) {
    TextRow head(text.begin(), text.begin() + 17), tail(text.begin() + 17, text.end());
    auto columns = columns_of(head, std::type_identity<ExchangeTuple>{});
    auto [number, customer, replacement, status, generation, return_status, total, held, gone, brought, open] =
        to_tuple<std::string, std::string, std::string, std::string, int, std::string, std::int64_t, std::int64_t, bool, std::int64_t,
                 bool>(tail);
    StoredExchange one;
    one.row = exchange_row(columns);
    one.order_number = std::move(number);
    one.customer_name = std::move(customer);
    one.replacement_number = std::move(replacement);
    one.replacement = {total, held, brought, gone, status == "canceled"};
    one.replacement_status = std::move(status);
    one.replacement_generation = generation;
    one.return_status = std::move(return_status);
    one.goods_open = open;
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

void insert_exchange(Transaction& tx, MerchantId merchant, const ExchangeRow& row) {
  tx.write(
      "INSERT INTO exchanges (merchant_id, return_id, order_id, state, trigger, currency, wanted, total, credit, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $10)",
      merchant, row.return_id, row.order, domain::to_text(row.state), row.trigger, row.currency, row.wanted, row.total, row.credit,
      row.created_at);
}

void save_exchange(Transaction& tx, MerchantId merchant, const ExchangeRow& row) {
  tx.write(
      "UPDATE exchanges SET replacement_order_id = $3, state = $4, let_go = $5, carrier_scanned_at = $6, sent_early_at = $7, reason = $8, "
      "updated_at = $9, released_at = $10, ended_at = $11 WHERE merchant_id = $1 AND return_id = $2",
      merchant, row.return_id, row.replacement, domain::to_text(row.state), row.let_go, row.carrier_scanned_at, row.sent_early_at,
      row.reason, row.updated_at, row.released_at, row.ended_at);
}

void remove_exchange(Transaction& tx, MerchantId merchant, ReturnId id) {
  tx.write("DELETE FROM exchanges WHERE merchant_id = $1 AND return_id = $2", merchant, id);
}

std::optional<ExchangeRow> lock_exchange(Transaction& tx, MerchantId merchant, ReturnId id) {
  auto rows =
      tx.run("SELECT " EXCHANGE_COLUMNS "FROM exchanges e WHERE e.merchant_id = $1 AND e.return_id = $2 FOR UPDATE", {merchant, id});
  if (rows.empty()) return std::nullopt;
  auto columns = columns_of(rows.front(), std::type_identity<ExchangeTuple>{});
  return exchange_row(columns);
}

ReplacementState replacement_state(Queryable& db, MerchantId merchant, OrderId replacement) {
  const auto [total, gone, held, brought, status] =
      db.row<std::int64_t, bool, std::int64_t, std::int64_t, std::string>(
            "SELECT m.total, m.gone, p.held, p.brought, o.status FROM orders o CROSS JOIN LATERAL " REPLACEMENT_LINES(
                "o.order_id") " m CROSS JOIN LATERAL " REPLACEMENT_PAYMENTS("o.order_id") " p "
                                                                                          "WHERE o.merchant_id = $1 AND o.order_id = $2",
            merchant, replacement)
          .value();
  return {total, held, brought, gone, status == "canceled"};
}

std::optional<StoredExchange> find_exchange(Queryable& db, MerchantId merchant, ReturnId id) {
  auto found = read_exchanges(db, STORED_EXCHANGES "WHERE e.merchant_id = $1 AND e.return_id = $2", merchant, id);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<StoredExchange> exchanges_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_exchanges(db, STORED_EXCHANGES "WHERE e.merchant_id = $1 AND e.order_id = $2 ORDER BY e.return_id", merchant, order);
}

std::vector<StoredExchange> list_exchanges(Queryable& db, MerchantId merchant, std::optional<domain::ExchangeState> state, ReturnId after,
                                           int limit) {
  if (state) {
    return read_exchanges(db,
                          STORED_EXCHANGES "WHERE e.merchant_id = $1 AND e.state = $2 AND e.return_id > $3 ORDER BY e.return_id LIMIT $4",
                          merchant, domain::to_text(*state), after, limit);
  }
  return read_exchanges(db,
                        STORED_EXCHANGES
                        "WHERE e.merchant_id = $1 AND e.state IN ('requested', 'awaiting_payment', 'awaiting_goods', 'released', "
                        "'customer_owes') AND e.return_id > $2 ORDER BY e.return_id "
                        "LIMIT $3",
                        merchant, after, limit);
}

std::vector<OrderId> replacements_of(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& returns) {
  std::vector<OrderId> out;
  if (returns.empty()) return out;
  nlohmann::json ids = nlohmann::json::array();
  for (const auto id : returns) ids.push_back(id.value);
  for (auto& [id] :
       db.rows<OrderId>("SELECT replacement_order_id FROM exchanges WHERE merchant_id = $1 AND replacement_order_id IS NOT NULL "
                        "AND return_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x)",
                        merchant, ids.dump())) {
    out.push_back(id);
  }
  return out;
}

std::optional<ReplacedOrder> order_to_replace(Queryable& db, MerchantId merchant, OrderId order) {
  const auto row = db.row<std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
                          std::string, std::string, std::string, std::string, std::int64_t>(
      "SELECT o.external_id, o.currency, o.service, w.name, coalesce(o.customer_external_id, ''), o.customer_name, "
      "coalesce(o.customer_email, ''), coalesce(o.customer_phone, ''), o.customer_locale, o.customer_time_zone, o.customer_tier, "
      "o.ship_to, "
      "(SELECT count(*) FROM exchanges e WHERE e.merchant_id = $1 AND e.order_id = $2 AND e.replacement_order_id IS NOT NULL) "
      "+ (SELECT count(*) FROM claims c WHERE c.merchant_id = $1 AND c.order_id = $2 AND c.replacement_order_id IS NOT NULL) "
      "FROM orders o JOIN warehouses w ON w.merchant_id = o.merchant_id AND w.warehouse_id = o.warehouse_id "
      "WHERE o.merchant_id = $1 AND o.order_id = $2",
      merchant, order);
  if (!row) return std::nullopt;
  ReplacedOrder out;
  domain::NewOrder& made = out.order;
  std::string ship_to;
  std::int64_t replacements = 0;
  auto& customer = made.customer;
  std::tie(made.external_id, made.currency, made.service, made.warehouse, customer.external_id, customer.name, customer.email,
           customer.phone, customer.locale, customer.time_zone, customer.tier, ship_to, replacements) = *row;
  out.replacements = static_cast<int>(replacements);
  const auto json = nlohmann::json::parse(ship_to);
  const auto field = [&](const char* name) { return json.value(name, std::string()); };
  made.ship_to = {field("name"),   field("company"),     field("line1"),   field("line2"), field("city"),
                  field("region"), field("postal_code"), field("country"), field("phone")};
  return out;
}

std::optional<std::int64_t> payment_with_reference(Queryable& db, MerchantId merchant, OrderId order, const std::string& gateway,
                                                   const std::string& reference) {
  return db.value<std::int64_t>(
      "SELECT captured FROM payments WHERE merchant_id = $1 AND order_id = $2 AND gateway = $3 AND reference = $4", merchant, order,
      gateway, reference);
}

PaymentId add_payment(Transaction& tx, MerchantId merchant, OrderId order, const AddedPayment& payment, const std::string& currency,
                      Instant now) {
  const auto id = tx.value<PaymentId>(
      "INSERT INTO payments (merchant_id, order_id, gateway, reference, captured) VALUES ($1, $2, $3, $4, $5) RETURNING payment_id",
      merchant, order, payment.gateway, payment.reference, payment.captured);
  tx.write("UPDATE orders SET captured = captured + $3 WHERE merchant_id = $1 AND order_id = $2", merchant, order, payment.captured);
  post_to_ledger(tx, merchant, order, "capture:" + to_text(*id),
                 {{account_of_gateway(payment.gateway), payment.captured}, {"sales", -payment.captured}}, currency, now);
  return *id;
}

std::vector<ExchangeRefund> refunds_to_exchange(Queryable& db, MerchantId merchant, const std::vector<RefundId>& refunds) {
  std::vector<ExchangeRefund> out;
  nlohmann::json ids = nlohmann::json::array();
  for (const auto id : refunds) ids.push_back(id.value);
  for (auto& [id, gateway, amount] : db.rows<RefundId, std::string, std::int64_t>(
           "SELECT refund_id, gateway, amount FROM refunds WHERE merchant_id = $1 AND destination = 'exchange' AND state = 'succeeded' "
           "AND refund_id IN (SELECT x::bigint FROM jsonb_array_elements_text($2::jsonb) x) ORDER BY refund_id",
           merchant, ids.dump())) {
    out.push_back({id, std::move(gateway), amount});
  }
  return out;
}

std::vector<ReturnId> stray_exchanges(Queryable& db, MerchantId merchant, int limit) {
  std::vector<ReturnId> out;
  for (auto& [id] : db.rows<ReturnId>(
           "SELECT e.return_id FROM exchanges e JOIN orders o ON o.merchant_id = e.merchant_id AND o.order_id = e.replacement_order_id "
           "WHERE e.merchant_id = $1 AND e.state IN ('awaiting_payment', 'awaiting_goods', 'released', 'customer_owes') "
           "AND o.status = 'canceled' ORDER BY e.return_id LIMIT $2",
           merchant, limit)) {
    out.push_back(id);
  }
  return out;
}

}  // namespace roundtrip::store
