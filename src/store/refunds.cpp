// Statements about refunds, payments and the ledger.
#include "store/refunds.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace roundtrip::store {
namespace {

#define REFUND_COLUMNS                                                                                                                   \
  "refund_id, order_id, return_id, payment_id, refund_key, gateway_key, reason, currency, price, discount, tax, shipping, fees, state, " \
  "approval_needed, gateway, payment_reference, gateway_reference, last_error, requested_by, requested_at, submitted_at, settled_at, "   \
  "destination, bonus, held, hold_released_by, approved_by, replaced_by, due_at, answer_due_at, settled_by, disagreement "

template <class... Args>
std::vector<RefundRow> read_refunds(Queryable& db, std::string_view sql, const Args&... args) {
  std::vector<RefundRow> rows;
  for (auto& [id, order, return_id, payment, key, gateway_key, reason, currency, price, discount, tax, shipping, fees, state, approval,
              gateway, payment_ref, gateway_ref, error, by, requested, submitted, settled, destination, bonus, held, hold_released,
              approved_by, replaced_by, due, answer_due, settled_by, disagreement] :
       db.rows<RefundId, OrderId, std::optional<ReturnId>, PaymentId, std::string, std::string, std::string, std::string, std::int64_t,
               std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string, bool, std::string, std::string, std::string,
               std::string, std::string, Instant, std::optional<Instant>, std::optional<Instant>, std::string, std::int64_t, std::string,
               std::string, std::string, std::optional<RefundId>, std::optional<Instant>, std::optional<Instant>, std::string, std::string>(
           sql, args...)) {
    const auto known = domain::parse_refund_state(state);
    if (!known) throw std::logic_error("an unknown refund state in the database: " + state);
    rows.push_back({id,
                    order,
                    return_id,
                    payment,
                    std::move(key),
                    std::move(gateway_key),
                    std::move(reason),
                    std::move(currency),
                    {price, discount, tax, shipping, fees},
                    bonus,
                    domain::parse_refund_destination(destination).value(),
                    *known,
                    approval,
                    std::move(held),
                    std::move(hold_released),
                    std::move(approved_by),
                    std::move(gateway),
                    std::move(payment_ref),
                    std::move(gateway_ref),
                    std::move(error),
                    std::move(by),
                    requested,
                    submitted,
                    settled,
                    replaced_by,
                    due,
                    answer_due,
                    std::move(settled_by),
                    std::move(disagreement)});
  }
  return rows;
}

std::optional<RefundRow> first_refund(std::vector<RefundRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

std::vector<RefundId> refunds_with_key(Queryable& db, MerchantId merchant, OrderId order, const std::string& release_key) {
  std::vector<RefundId> ids;
  for (auto& [id] : db.rows<RefundId>("SELECT refund_id FROM refunds WHERE merchant_id = $1 AND order_id = $2 AND starts_with(refund_key, "
                                      "$3 || '/') ORDER BY refund_id",
                                      merchant, order, release_key)) {
    ids.push_back(id);
  }
  return ids;
}

RefundGrounds refund_grounds(Queryable& db, MerchantId merchant, OrderId order, const std::vector<LineId>& lines,
                             const std::string& release_key, std::optional<ReturnId> return_id, std::size_t destinations) {
  nlohmann::json wanted = nlohmann::json::array();
  for (const auto line : lines) wanted.push_back(line.value);
  const auto row = db.row<bool, std::string, std::string, std::string, std::int64_t>(
      "SELECT EXISTS (SELECT 1 FROM refund_lines WHERE merchant_id = $1 AND order_id = $2 AND release_key = $4), "
      "(SELECT coalesce(jsonb_agg(jsonb_build_array(line_id, quantity, released_units, price_amount, discount_amount, tax_amount, "
      "shipping_amount, "
      "  released_price, released_discount, released_tax, released_shipping, tax_amount - line_tax, greatest(announced - "
      "greatest(returned, released_units - canceled), 0), ship_before::bigint, ship_all::bigint, tax_before::bigint, tax_all::bigint) "
      "ORDER BY position), '[]') "
      "  FROM (SELECT *, sum(shipping_amount) OVER before - shipping_amount AS ship_before, sum(shipping_amount) OVER () AS ship_all, "
      "      sum(tax_amount - line_tax) OVER before - (tax_amount - line_tax) AS tax_before, sum(tax_amount - line_tax) OVER () AS tax_all "
      "    FROM order_lines WHERE merchant_id = $1 AND order_id = $2 WINDOW before AS (ORDER BY position, line_id)) AS l "
      "  WHERE line_id IN (SELECT v::bigint FROM jsonb_array_elements_text($3::jsonb) AS v)), "
      "(SELECT coalesce(jsonb_agg(jsonb_build_array(payment_id, gateway, reference, captured, refunded, charged_back) ORDER BY "
      "payment_id), '[]') "
      "  FROM payments WHERE merchant_id = $1 AND order_id = $2), "
      "(SELECT coalesce(jsonb_agg(nextval(pg_get_serial_sequence('refunds', 'refund_id'))), '[]') "
      "  FROM payments CROSS JOIN generate_series(1, $5::int) WHERE merchant_id = $1 AND order_id = $2 AND $4 <> ''), "
      "(SELECT coalesce(sum(amount), 0)::bigint FROM refunds WHERE merchant_id = $1 AND return_id = $6::bigint "
      "  AND destination = 'store_credit' AND state NOT IN ('denied', 'reversed'))",
      merchant, order, wanted.dump(), release_key, static_cast<std::int64_t>(destinations) + 1, return_id);
  const auto& [before, line_rows, payment_rows, ids, credited] = *row;
  RefundGrounds grounds;
  grounds.released_before = before;
  grounds.credited_before = credited;
  for (const auto& one : nlohmann::json::parse(line_rows)) {
    const auto n = one.get<std::vector<std::int64_t>>();
    grounds.lines.push_back({LineId{n[0]},
                             {n[1], n[2], {n[3], n[4], n[5], n[6], 0}, {n[7], n[8], n[9], n[10], 0}, n[11], {n[13], n[14], n[15], n[16]}},
                             n[12]});
  }
  for (const auto& one : nlohmann::json::parse(payment_rows)) {
    grounds.payments.push_back({PaymentId{one[0].get<std::int64_t>()}, one[1].get<std::string>(), one[2].get<std::string>(),
                                one[3].get<std::int64_t>(), one[4].get<std::int64_t>(), one[5].get<std::int64_t>()});
  }
  for (const auto& id : nlohmann::json::parse(ids)) grounds.ids.push_back(RefundId{id.get<std::int64_t>()});
  return grounds;
}

RefundId next_refund_id(Queryable& db) {
  return db.value<RefundId>("SELECT nextval(pg_get_serial_sequence('refunds', 'refund_id'))").value();
}

std::int64_t payment_room(Queryable& db, MerchantId merchant, OrderId order, PaymentId payment) {
  return db
      .value<std::int64_t>(
          "SELECT captured - refunded - charged_back FROM payments WHERE merchant_id = $1 AND order_id = $2 AND payment_id = $3", merchant,
          order, payment)
      .value_or(0);
}

void replace_refund(Transaction& tx, MerchantId merchant, RefundId old, RefundId fresh) {
  tx.write("UPDATE refunds SET replaced_by = $3 WHERE merchant_id = $1 AND refund_id = $2", merchant, old, fresh);
}

void save_release(Transaction& tx, MerchantId merchant, OrderId order, const std::string& release_key, const std::vector<Release>& lines) {
  nlohmann::json set = nlohmann::json::array();
  for (const auto& line : lines) {
    set.push_back({{"line_id", line.line.value},
                   {"units", line.units},
                   {"price", line.components.price},
                   {"discount", line.components.discount},
                   {"tax", line.components.tax},
                   {"shipping", line.components.shipping}});
  }
  const std::string text = set.dump();
  tx.write(
      "INSERT INTO refund_lines (merchant_id, order_id, release_key, line_id, units, price, discount, tax, shipping) "
      "SELECT $1, $2, $3, x.line_id, x.units, x.price, x.discount, x.tax, x.shipping FROM jsonb_to_recordset($4::jsonb) "
      "  AS x(line_id bigint, units bigint, price bigint, discount bigint, tax bigint, shipping bigint)",
      merchant, order, release_key, text);
  tx.write(
      "UPDATE order_lines l SET released_units = l.released_units + x.units, released_price = l.released_price + x.price, "
      "  released_discount = l.released_discount + x.discount, released_tax = l.released_tax + x.tax, "
      "  released_shipping = l.released_shipping + x.shipping "
      "FROM jsonb_to_recordset($3::jsonb) AS x(line_id bigint, units bigint, price bigint, discount bigint, tax bigint, shipping bigint) "
      "WHERE l.merchant_id = $1 AND l.order_id = $2 AND l.line_id = x.line_id",
      merchant, order, text);
}

std::vector<Release> release_of(Queryable& db, MerchantId merchant, OrderId order, const std::string& release_key) {
  std::vector<Release> out;
  for (auto& [line, units, price, discount, tax, shipping] :
       db.rows<LineId, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
           "SELECT line_id, units, price, discount, tax, shipping FROM refund_lines "
           "WHERE merchant_id = $1 AND order_id = $2 AND release_key = $3 ORDER BY line_id",
           merchant, order, release_key)) {
    out.push_back({line, units, {price, discount, tax, shipping, 0}});
  }
  return out;
}

void take_back_release(Transaction& tx, MerchantId merchant, OrderId order, const std::string& release_key, Instant now) {
  tx.write(
      "WITH back AS (UPDATE refund_lines SET taken_back_at = $4 WHERE merchant_id = $1 AND order_id = $2 AND release_key = $3 "
      "  AND taken_back_at IS NULL RETURNING line_id, units, price, discount, tax, shipping) "
      "UPDATE order_lines l SET released_units = l.released_units - b.units, released_price = l.released_price - b.price, "
      "  released_discount = l.released_discount - b.discount, released_tax = l.released_tax - b.tax, "
      "  released_shipping = l.released_shipping - b.shipping "
      "FROM back b WHERE l.merchant_id = $1 AND l.order_id = $2 AND l.line_id = b.line_id",
      merchant, order, release_key, now);
}

void insert_refund(Transaction& tx, MerchantId merchant, const RefundRow& row) {
  move_refunded(tx, merchant, row.order, row.payment, row.components.amount());
  tx.write(
      "INSERT INTO refunds (merchant_id, refund_id, order_id, return_id, payment_id, refund_key, reason, amount, currency, price, "
      "discount, tax, "
      "  shipping, fees, state, approval_needed, gateway, payment_reference, requested_by, requested_at, gateway_key, destination, bonus, "
      "  submitted_at, settled_at, gateway_reference, due_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, "
      "$27)",
      merchant, row.id, row.order, row.return_id, row.payment, row.key, row.reason, row.components.amount(), row.currency,
      row.components.price, row.components.discount, row.components.tax, row.components.shipping, row.components.fees,
      domain::to_text(row.state), row.approval_needed, row.gateway, row.payment_reference, row.requested_by, row.requested_at,
      row.gateway_key, domain::to_text(row.destination), row.bonus, row.submitted_at, row.settled_at, row.gateway_reference, row.due_at);
}

void move_refunded(Transaction& tx, MerchantId merchant, OrderId order, PaymentId payment, std::int64_t amount) {
  tx.write("UPDATE payments SET refunded = refunded + $4 WHERE merchant_id = $1 AND order_id = $2 AND payment_id = $3", merchant, order,
           payment, amount);
}

std::optional<OrderId> order_of_refund(Queryable& db, MerchantId merchant, RefundId id) {
  return db.value<OrderId>("SELECT order_id FROM refunds WHERE merchant_id = $1 AND refund_id = $2", merchant, id);
}

std::optional<RefundRow> find_refund(Queryable& db, MerchantId merchant, RefundId id) {
  return first_refund(read_refunds(db, "SELECT " REFUND_COLUMNS "FROM refunds WHERE merchant_id = $1 AND refund_id = $2", merchant, id));
}

std::optional<RefundRow> lock_refund(Transaction& tx, MerchantId merchant, RefundId id) {
  return first_refund(
      read_refunds(tx, "SELECT " REFUND_COLUMNS "FROM refunds WHERE merchant_id = $1 AND refund_id = $2 FOR UPDATE", merchant, id));
}

void save_refund(Transaction& tx, MerchantId merchant, const RefundRow& row) {
  tx.write(
      "UPDATE refunds SET state = $3, approval_needed = $4, gateway_reference = $5, last_error = $6, submitted_at = $7, settled_at = $8, "
      "  held = $9, hold_released_by = $10, approved_by = $11, answer_due_at = $12, settled_by = $13, disagreement = $14 "
      "WHERE merchant_id = $1 AND refund_id = $2",
      merchant, row.id, domain::to_text(row.state), row.approval_needed, row.gateway_reference, row.last_error, row.submitted_at,
      row.settled_at, row.held, row.hold_released_by, row.approved_by, row.answer_due_at, row.settled_by, row.disagreement);
}

std::vector<RefundRow> refunds_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  return read_refunds(db, "SELECT " REFUND_COLUMNS "FROM refunds WHERE merchant_id = $1 AND order_id = $2 ORDER BY refund_id", merchant,
                      order);
}

std::vector<RefundRow> open_refunds(Queryable& db, MerchantId merchant, std::optional<domain::RefundState> state, RefundId after,
                                    int limit) {
  if (state) {
    return read_refunds(
        db, "SELECT " REFUND_COLUMNS "FROM refunds WHERE merchant_id = $1 AND state = $2 AND refund_id > $3 ORDER BY refund_id LIMIT $4",
        merchant, domain::to_text(*state), after, limit);
  }
  return read_refunds(db,
                      "SELECT " REFUND_COLUMNS
                      "FROM refunds WHERE merchant_id = $1 AND state IN ('requested', 'submitted', 'failed', 'in_doubt') "
                      "AND refund_id > $2 ORDER BY refund_id LIMIT $3",
                      merchant, after, limit);
}

void post_to_ledger(Transaction& tx, MerchantId merchant, std::optional<OrderId> order, const std::string& posting,
                    const std::vector<PostingLine>& lines, const std::string& currency, Instant now) {
  nlohmann::json set = nlohmann::json::array();
  std::int64_t sum = 0;
  for (const auto& line : lines) {
    sum += line.amount;
    if (line.amount != 0) set.push_back({{"account", line.account}, {"amount", line.amount}});
  }
  if (sum != 0) throw std::logic_error("a posting that does not sum to zero: " + posting);
  if (set.empty()) return;
  tx.write(
      "INSERT INTO ledger (merchant_id, order_id, posting, account, amount, currency, posted_at) "
      "SELECT $1, $2, $3, x.account, x.amount, $5, $6 FROM jsonb_to_recordset($4::jsonb) AS x(account text, amount bigint)",
      merchant, order, posting, set.dump(), currency, now);
}

std::string_view account_of_gateway(std::string_view gateway) {
  if (gateway == "store_credit") return "voucher_clearing";
  if (gateway == "exchange") return "exchange";
  return "gateway";
}

std::vector<LedgerEntry> ledger_of_order(Queryable& db, MerchantId merchant, OrderId order) {
  std::vector<LedgerEntry> out;
  for (auto& [posting, account, currency, amount, at] : db.rows<std::string, std::string, std::string, std::int64_t, Instant>(
           "SELECT posting, account, currency, amount, posted_at FROM ledger WHERE merchant_id = $1 AND order_id = $2 ORDER BY entry_id",
           merchant, order)) {
    out.push_back({std::move(posting), std::move(account), std::move(currency), amount, at});
  }
  return out;
}

std::vector<std::string> money_faults(Queryable& db, MerchantId merchant) {
  std::vector<std::string> out;
  for (auto& [what] : db.rows<std::string>(
           "SELECT 'posting ' || posting || ' sums to ' || sum(amount) FROM ledger WHERE merchant_id = $1 GROUP BY posting HAVING "
           "sum(amount) <> 0 "
           "UNION ALL "
           "SELECT 'payment ' || p.payment_id || ' says ' || p.refunded || ' refunded, its refunds say ' || coalesce(sum(r.amount), 0) "
           "FROM payments p LEFT JOIN refunds r ON r.merchant_id = p.merchant_id AND r.payment_id = p.payment_id "
           "  AND r.state NOT IN ('denied', 'reversed') "
           "WHERE p.merchant_id = $1 GROUP BY p.payment_id, p.refunded HAVING p.refunded <> coalesce(sum(r.amount), 0) "
           "UNION ALL "
           "SELECT 'order ' || o.order_id || ': refunds payable ' || o.payable || ', open refunds ' || o.open FROM (SELECT l.order_id, "
           "  -coalesce(sum(l.amount), 0) AS payable, (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.merchant_id = $1 "
           "  AND r.order_id = l.order_id AND r.state IN ('requested', 'submitted', 'failed', 'in_doubt')) AS open "
           "  FROM ledger l WHERE l.merchant_id = $1 AND l.account = 'refunds_payable' GROUP BY l.order_id) o WHERE o.payable <> o.open "
           "UNION ALL "
           "SELECT 'order ' || o.order_id || ': the gateway holds ' || o.held || ', captured less paid back is ' || o.wanted FROM (SELECT "
           "p.order_id, "
           "  coalesce(sum(p.captured) FILTER (WHERE p.gateway NOT IN ('store_credit', 'exchange')), 0) - (SELECT coalesce(sum(r.amount), "
           "0) "
           "  FROM refunds r WHERE r.merchant_id = $1 AND r.order_id = p.order_id AND r.state = 'succeeded' AND r.destination = 'original' "
           "  AND NOT (r.gateway = 'store_credit' AND starts_with(r.gateway_reference, 'vch_'))) - (SELECT coalesce(sum(d.amount), 0) FROM "
           "disputes d "
           "  WHERE d.merchant_id = $1 AND d.order_id = p.order_id AND d.state IN ('open', 'lost')) AS wanted, (SELECT "
           "coalesce(sum(l.amount), 0) FROM ledger l WHERE l.merchant_id = $1 "
           "  AND l.order_id = p.order_id AND l.account = 'gateway' AND NOT starts_with(l.posting, 'gateway_fee:') AND NOT "
           "starts_with(l.posting, 'write_off:')) AS held FROM payments p WHERE p.merchant_id = $1 GROUP BY p.order_id) "
           "o "
           "WHERE o.held <> o.wanted "
           "UNION ALL "
           "SELECT 'voucher ' || v.voucher_id || ' says ' || v.balance || ', its entries say ' || coalesce(sum(e.amount), 0) FROM vouchers "
           "v "
           "LEFT JOIN voucher_entries e ON e.merchant_id = v.merchant_id AND e.voucher_id = v.voucher_id WHERE v.merchant_id = $1 "
           "GROUP BY v.voucher_id, v.balance HAVING v.balance <> coalesce(sum(e.amount), 0) "
           "UNION ALL "
           "SELECT 'vouchers hold ' || v.held || ' ' || v.currency || ', the ledger says ' || v.booked FROM (SELECT x.currency, "
           "sum(x.held) AS "
           "  held, sum(x.booked) AS booked FROM (SELECT currency, balance AS held, 0 AS booked FROM vouchers WHERE merchant_id = $1 UNION "
           "ALL "
           "  SELECT currency, 0, -amount FROM ledger WHERE merchant_id = $1 AND account = 'store_credit') x GROUP BY x.currency) v "
           "WHERE v.held <> v.booked "
           "UNION ALL "
           "SELECT 'order ' || order_id || ' line ' || line_id || ' released more than it cost' FROM order_lines WHERE merchant_id = $1 "
           "  AND released_units = quantity AND (released_price, released_discount, released_tax, released_shipping) "
           "  <> (price_amount, discount_amount, tax_amount, shipping_amount)",
           merchant)) {
    out.push_back(std::move(what));
  }
  return out;
}

}  // namespace roundtrip::store
