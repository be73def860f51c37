// The table imported_documents, and stock written in sets.
#include "store/imports.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::store {
namespace {
using nlohmann::json;

std::string set_text(const json& rows) { return rows.dump(-1, ' ', false, json::error_handler_t::replace); }
}  // namespace

void lock_import(Transaction& tx, MerchantId merchant, const std::string& source) {
  tx.write("SELECT pg_advisory_xact_lock(hashtextextended('import/' || $1::text || '/' || $2::text, 0))", merchant, source);
}

std::vector<KnownDocument> known_documents(Transaction& tx, MerchantId merchant, const std::string& source,
                                           const std::vector<std::string>& numbers) {
  std::vector<KnownDocument> out;
  for (auto& [number, hash] :
       tx.rows<std::string, std::string>("SELECT document, content_hash FROM imported_documents WHERE merchant_id = $1 AND source = $2 "
                                         "AND document IN (SELECT jsonb_array_elements_text($3::jsonb))",
                                         merchant, source, set_text(json(numbers)))) {
    out.push_back({std::move(number), std::move(hash)});
  }
  return out;
}

std::vector<std::string> taken_order_numbers(Transaction& tx, MerchantId merchant, const std::vector<std::string>& numbers) {
  std::vector<std::string> out;
  for (auto& [number] : tx.rows<std::string>(
           "SELECT external_id FROM orders WHERE merchant_id = $1 AND external_id IN (SELECT jsonb_array_elements_text($2::jsonb))",
           merchant, set_text(json(numbers)))) {
    out.push_back(std::move(number));
  }
  return out;
}

void insert_documents(Transaction& tx, MerchantId merchant, const std::string& source, const std::vector<ImportedDocument>& documents,
                      Instant now) {
  if (documents.empty()) return;
  json rows = json::array();
  for (const ImportedDocument& document : documents) {
    rows.push_back({{"document", document.number},
                    {"kind", document.kind},
                    {"order_id", document.order ? json(document.order->value) : json(nullptr)},
                    {"customer", document.customer},
                    {"document_at", format_rfc3339(document.at)},
                    {"rows", document.rows},
                    {"quantity", document.quantity},
                    {"value", document.value},
                    {"body", document.body},
                    {"content_hash", document.content_hash}});
  }
  tx.write(
      "INSERT INTO imported_documents (merchant_id, source, document, kind, order_id, customer, document_at, rows, quantity, value, body, "
      "content_hash, imported_at) "
      "SELECT $1, $2, d.document, d.kind, d.order_id, d.customer, d.document_at, d.rows, d.quantity, d.value, d.body::jsonb, "
      "d.content_hash, $4 "
      "FROM jsonb_to_recordset($3::jsonb) AS d(document text, kind text, order_id bigint, customer text, document_at timestamptz, rows "
      "integer, "
      "quantity bigint, value numeric, body text, content_hash text)",
      merchant, source, set_text(rows), now);
}

void insert_missing_products(Transaction& tx, MerchantId merchant, const std::vector<std::pair<std::string, std::string>>& products,
                             Instant now) {
  if (products.empty()) return;
  json rows = json::array();
  for (const auto& [sku, name] : products) rows.push_back({{"sku", sku}, {"name", name}});
  tx.write(
      "INSERT INTO products (merchant_id, sku, name, updated_at) "
      "SELECT DISTINCT ON (p.sku) $1::bigint, p.sku, p.name, $3::timestamptz FROM jsonb_to_recordset($2::jsonb) AS p(sku text, name text) "
      "WHERE NOT EXISTS (SELECT 1 FROM products k WHERE k.merchant_id = $1 AND k.sku = p.sku) ORDER BY p.sku "
      "ON CONFLICT (merchant_id, sku) DO NOTHING",
      merchant, set_text(rows), now);
}

std::vector<std::string> known_skus(Transaction& tx, MerchantId merchant, const std::vector<std::string>& skus) {
  std::vector<std::string> out;
  for (auto& [sku] :
       tx.rows<std::string>("SELECT sku FROM products WHERE merchant_id = $1 AND sku IN (SELECT jsonb_array_elements_text($2::jsonb))",
                            merchant, set_text(json(skus)))) {
    out.push_back(std::move(sku));
  }
  return out;
}

void write_stock_changes(Transaction& tx, MerchantId merchant, WarehouseId warehouse, const std::vector<StockChange>& changes,
                         const std::string& actor, Instant now) {
  if (changes.empty()) return;
  json rows = json::array();
  for (const StockChange& change : changes) {
    rows.push_back({{"sku", change.sku},
                    {"bin_id", change.bin.value},
                    {"lot", change.lot},
                    {"quantity", change.quantity},
                    {"reason", change.reason},
                    {"reference", change.reference}});
  }
  const std::string set = set_text(rows);
  tx.write(
      "INSERT INTO stock_movements (merchant_id, warehouse_id, bin_id, sku, lot, quantity, reason, reference, actor, moved_at) "
      "SELECT $1, $2, m.bin_id, m.sku, m.lot, m.quantity, m.reason, m.reference, $4, $5 "
      "FROM jsonb_to_recordset($3::jsonb) AS m(sku text, bin_id bigint, lot text, quantity bigint, reason text, reference text)",
      merchant, warehouse, set, actor, now);
  tx.write(
      "INSERT INTO stock (merchant_id, warehouse_id, sku, bin_id, lot, on_hand) "
      "SELECT $1, $2, m.sku, m.bin_id, m.lot, sum(m.quantity)::bigint "
      "FROM jsonb_to_recordset($3::jsonb) AS m(sku text, bin_id bigint, lot text, quantity bigint) "
      "WHERE m.quantity > 0 GROUP BY m.sku, m.bin_id, m.lot ORDER BY m.sku, m.bin_id, m.lot "
      "ON CONFLICT (merchant_id, warehouse_id, sku, bin_id, lot) DO UPDATE SET on_hand = stock.on_hand + EXCLUDED.on_hand",
      merchant, warehouse, set);
  tx.write(
      "UPDATE stock s SET on_hand = s.on_hand + m.quantity FROM (SELECT sku, bin_id, lot, sum(quantity)::bigint AS quantity "
      "  FROM jsonb_to_recordset($3::jsonb) AS x(sku text, bin_id bigint, lot text, quantity bigint) WHERE quantity < 0 GROUP BY sku, "
      "bin_id, lot) m "
      "WHERE s.merchant_id = $1 AND s.warehouse_id = $2 AND s.sku = m.sku AND s.bin_id = m.bin_id AND s.lot = m.lot",
      merchant, warehouse, set);
}

void refresh_statistics(Session& session, std::int64_t written) {
  const auto known = session.value<std::int64_t>("SELECT reltuples::bigint FROM pg_class WHERE oid = 'orders'::regclass");
  if (known.value_or(0) * 2 >= written) return;
  session.script(
      "ANALYZE orders, order_lines, payments, shipments, shipment_lines, allocations, products, stock, stock_movements, timeline, "
      "imported_documents");
}

}  // namespace roundtrip::store
