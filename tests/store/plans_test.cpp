// Every statement of the store, planned on a loaded database: none reads a big table from end to end.
//
// The statements are taken from the compiled room itself (librt_store.a): whatever is written there is checked, without a list to keep.
// Plans are generic ones, as in the program (plan_cache_mode = force_generic_plan), so that arguments do not matter.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "store/database.hpp"
#include "store/desk.hpp"
#include "support/database.hpp"

namespace roundtrip::store {
namespace {
using nlohmann::json;

// Ten merchants; each table in proportion to its orders. Triggers and foreign keys rest while it is filled.
constexpr const char* kLoad = R"sql(
SET session_replication_role = replica;
INSERT INTO merchants (merchant_id, slug, name, created_at) SELECT m, 'm' || m, 'M', now() FROM generate_series(1, 10) m;
INSERT INTO warehouses (merchant_id, warehouse_id, name) SELECT m, m * 10 + w, 'w' || w
  FROM generate_series(1, 10) m, generate_series(1, 2) w;
INSERT INTO bins (merchant_id, bin_id, warehouse_id, name) SELECT m, m * 10000 + b, m * 10 + 1, 'b' || b
  FROM generate_series(1, 10) m, generate_series(1, 2000) b;
INSERT INTO users (merchant_id, user_id, login, name, password_hash, roles, created_at)
  SELECT m, m * 1000 + u, 'u' || u, 'U', '', 'picker', now() FROM generate_series(1, 10) m, generate_series(1, 50) u;
INSERT INTO sessions (merchant_id, token_hash, user_id, csrf, created_at, seen_at, expires_at)
  SELECT 1 + i % 10, md5(i::text), 1, '', now(), now(), now() + i * interval '1 s' FROM generate_series(1, 20000) i;
INSERT INTO login_failures (merchant_id, subject, failed_at) SELECT 1 + i % 10, 'login:' || i, now() FROM generate_series(1, 20000) i;
INSERT INTO idempotency_keys (merchant_id, key, request_hash, created_at)
  SELECT 1 + i % 10, md5(i::text), '', now() - i * interval '1 s' FROM generate_series(1, 40000) i;
INSERT INTO request_parts (merchant_id, key, part, result) SELECT 1 + i % 10, md5(i::text), '/' || p, ''
  FROM generate_series(1, 20000) i, generate_series(1, 3) p;
INSERT INTO products (merchant_id, sku, name, updated_at) SELECT 1 + i % 10, 'S' || i, 'Product ' || i, now()
  FROM generate_series(1, 20000) i;
INSERT INTO product_barcodes (merchant_id, barcode, sku) SELECT 1 + i % 10, lpad(i::text, 14, '0'), 'S' || i
  FROM generate_series(1, 20000) i;
INSERT INTO stock (merchant_id, warehouse_id, sku, bin_id, on_hand)
  SELECT 1 + i % 10, (1 + i % 10) * 10 + 1, 'S' || i, (1 + i % 10) * 10000 + i % 2000, 5 FROM generate_series(1, 20000) i;
INSERT INTO stock_movements (merchant_id, warehouse_id, bin_id, sku, quantity, reason, reference, actor, moved_at)
  SELECT 1 + i % 10, 1, 1, 'S' || i % 20000, 1, 'receive', 'r' || i, 'a', now() FROM generate_series(1, 60000) i;
INSERT INTO orders (merchant_id, order_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, warehouse_id,
    hold_reason,
    customer_external_id, customer_name, customer_email, customer_phone, ship_to, total, captured, promised_ship_at)
  SELECT 1 + i % 10, i, 'E' || i, '', (ARRAY['open', 'partly_shipped', 'shipped', 'delivered', 'delivered', 'delivered', 'closed',
    'canceled'])[1 + i / 10 % 8],
    now() - i * interval '1 min', now(), now() - i * interval '1 min', 'EUR', (1 + i % 10) * 10 + 1, CASE WHEN i % 500 = 0 THEN 'why' END,
    'c' || i, 'Name ' || i, 'c' || i || '@example.org', '+351' || i, '{}', 100, 100, now() - i * interval '1 min'
  FROM generate_series(1, 40000) i;
INSERT INTO order_lines (merchant_id, order_id, line_id, position, sku, quantity, unit_price, price_amount)
  SELECT 1 + i % 10, i, i * 2 + p, p, 'S' || (i * 7 + p) % 20000, 2, 50, 100 FROM generate_series(1, 40000) i, generate_series(0, 1) p;
INSERT INTO payments (merchant_id, order_id, payment_id, gateway, reference, captured) SELECT 1 + i % 10, i, i, 'stripe', 'ch_' || i, 200
  FROM generate_series(1, 40000) i;
INSERT INTO shipments (merchant_id, shipment_id, order_id, warehouse_id, status, ship_by, created_at, updated_at)
  SELECT 1 + i % 10, i, i, (1 + i % 10) * 10 + 1, (ARRAY['backordered', 'allocated', 'picked', 'packed', 'handed_over', 'delivered',
    'delivered', 'delivered'])[1 + i / 10 % 8],
    now() - i * interval '1 min', now(), now() FROM generate_series(1, 40000) i;
INSERT INTO shipment_lines (merchant_id, shipment_id, line_id, order_id, sku, quantity)
  SELECT 1 + i % 10, i, i * 2 + p, i, 'S' || (i * 7 + p) % 20000, 2 FROM generate_series(1, 40000) i, generate_series(0, 1) p;
INSERT INTO allocations (merchant_id, shipment_id, line_id, bin_id, sku, quantity)
  SELECT 1 + i % 10, i, i * 2, (1 + i % 10) * 10000 + i % 2000, 'S' || (i * 7) % 20000, 2 FROM generate_series(1, 20000) i;
INSERT INTO parcels (merchant_id, parcel_id, shipment_id, order_id, state, carrier, tracking_number, tracker_id, created_at)
  SELECT 1 + i % 10, i, i, i, 'handed_over', 'demo', 'T' || i, i, now() FROM generate_series(1, 40000) i;
INSERT INTO parcel_items (merchant_id, parcel_id, line_id, sku, quantity)
  SELECT 1 + i % 10, i, i * 2 + p, 'S' || (i * 7 + p) % 20000, 2 FROM generate_series(1, 40000) i, generate_series(0, 1) p;
INSERT INTO scans (merchant_id, scan_id, station_id, barcode, request_hash, outcome, code, answer, actor, scanned_at, received_at)
  SELECT 1 + i % 10, gen_random_uuid(), i % 80, 'b', '', 'accepted', 'picked', '{}', 'a', now(), now() FROM generate_series(1, 60000) i;
INSERT INTO timeline (merchant_id, order_id, seq, at, type, channel, actor, subject, hash)
  SELECT 1 + i % 10, i, s, now() - i * interval '1 min', 'order.noted', 'api', 'a', '', ''
  FROM generate_series(1, 40000) i, generate_series(1, 4) s;
INSERT INTO jobs (merchant_id, kind, subject_id, run_at, leased_until, dead_at, created_at)
  SELECT 1 + i % 10, (ARRAY['refund', 'notification'])[1 + i / 10 % 2], i, now() + i * interval '1 s', NULL,
    CASE WHEN i % 100 = 0 THEN now() END, now()
  FROM generate_series(1, 40000) i;
INSERT INTO trackers (merchant_id, tracker_id, carrier, number, direction, order_id, parcel_id, created_at, next_check_at, ended_at,
    stalled)
  SELECT 1 + i % 10, i, 'demo', 'T' || i, 'outbound', i, i, now(), CASE WHEN i % 4 = 0 THEN now() + i * interval '1 s' END,
    CASE WHEN i % 4 > 0 THEN now() END, i % 100 = 0 FROM generate_series(1, 40000) i;
INSERT INTO tracking_events (merchant_id, tracker_id, event_key, status, received_at)
  SELECT 1 + i % 10, i, 'k' || e, 'in_transit', now() FROM generate_series(1, 40000) i, generate_series(1, 3) e;
INSERT INTO returns (merchant_id, return_id, order_id, kind, status, requested_by, tracking_number, created_at, updated_at)
  SELECT 1 + i % 10, i, i, 'return', (ARRAY['requested', 'approved', 'received', 'closed', 'closed'])[1 + i / 10 % 5], 'a', 'R' || i,
    now(), now()
  FROM generate_series(1, 20000) i;
INSERT INTO return_lines (merchant_id, return_id, line_id, order_id, sku, announced) SELECT 1 + i % 10, i, i * 2, i, 'S1', 1
  FROM generate_series(1, 20000) i;
INSERT INTO return_receipts (merchant_id, return_id, receipt_no, order_id, warehouse_id, whole, actor, booked_at)
  SELECT 1 + i % 10, i, 1, i, 1, true, 'a', now() FROM generate_series(1, 20000) i;
INSERT INTO inspections (merchant_id, return_id, receipt_no, part, order_id, line_id, sku, fresh, units, verdict, was_reception,
    was_acceptance, was_disposition, actor, inspected_at)
  SELECT 1 + i % 10, i, 1, 1, i, i * 2, 'S1', 1, 1, 'accepted', 'awaiting', 'pending', 'none', 'a', now() FROM generate_series(1, 20000) i;
INSERT INTO found_items (merchant_id, found_id, kind, state, outcome, warehouse_id, order_id, container_id, number, found_by, found_at)
  SELECT 1 + i % 10, i, 'unannounced_parcel', CASE WHEN i % 100 = 0 THEN 'open' ELSE 'settled' END,
    CASE WHEN i % 100 = 0 THEN '' ELSE 'keep' END, 1, i, CASE WHEN i % 3 = 0 THEN i - 1 END, 'F' || i, 'a', now()
  FROM generate_series(1, 20000) i;
INSERT INTO refunds (merchant_id, refund_id, order_id, return_id, payment_id, refund_key, reason, amount, currency, price, state,
    gateway, gateway_reference,
    requested_by, requested_at)
  SELECT 1 + i % 10, i, i, i, i, 'k' || i, 'return', 10, 'EUR', 10, (ARRAY['requested', 'failed', 'succeeded', 'succeeded',
    'succeeded'])[1 + i / 10 % 5],
    'stripe', 're_' || i, 'a', now() FROM generate_series(1, 20000) i;
INSERT INTO ledger (merchant_id, order_id, posting, account, amount, currency, posted_at)
  SELECT 1 + i % 10, i, 'capture:' || i, a, 1, 'EUR', now() FROM generate_series(1, 20000) i, unnest(ARRAY['gateway', 'sales']) a;
INSERT INTO vouchers (merchant_id, voucher_id, code_hash, nonce, hint, source, currency, balance, reason, customer_external_id,
    customer_email, order_id, issued_by, created_at, expires_at)
  SELECT 1 + i % 10, i, md5(i::text), md5(i::text), 'ABCD', 's' || i, 'EUR', i % 3, 'return', 'c' || i, 'c' || i || '@example.org', i, 'a',
    now(), now() + i * interval '1 min' FROM generate_series(1, 20000) i;
INSERT INTO voucher_entries (merchant_id, voucher_id, kind, reference, amount, actor, at)
  SELECT 1 + i % 10, i, 'issue', 'r' || i, 1, 'a', now() FROM generate_series(1, 20000) i;
INSERT INTO disputes (merchant_id, dispute_id, order_id, payment_id, gateway, reference, state, amount, currency, opened_at, updated_at)
  SELECT 1 + i % 10, i, i, i, 'stripe', 'dp_' || i, (ARRAY['won', 'lost', 'won', 'lost', 'open'])[1 + i / 10 % 5], 10, 'EUR', now(), now()
  FROM generate_series(1, 20000) i;
INSERT INTO payouts (merchant_id, payout_id, refunds, content, checksum, made_by, made_at)
  SELECT 1 + i % 10, i, 1, '', '', 'a', now() FROM generate_series(1, 20000) i;
INSERT INTO notifications (merchant_id, notification_id, order_id, milestone, semantic_key, state, created_at)
  SELECT 1 + i % 10, i, i % 40000, 'order_received', 'k' || i, (ARRAY['sent', 'sent', 'sent', 'queued', 'dead'])[1 + i / 10 % 5], now()
  FROM generate_series(1, 60000) i;
INSERT INTO contact_messages (merchant_id, order_id, kind, body, created_at, answered_at)
  SELECT 1 + i % 10, i, 'message', 'b', now(), CASE WHEN i % 50 > 0 THEN now() END FROM generate_series(1, 20000) i;
INSERT INTO withdrawals (merchant_id, withdrawal_id, order_id, return_id, received_at, refund_due_at, amount, currency, receipt,
    receipt_sha256, settled_at)
  SELECT 1 + i % 10, i, i, i, now(), now() + i * interval '1 min', 1, 'EUR', '', repeat('0', 64), CASE WHEN i % 50 > 0 THEN now() END
  FROM generate_series(1, 20000) i;
INSERT INTO exchanges (merchant_id, return_id, order_id, replacement_order_id, state, trigger, currency, wanted, total, credit, created_at,
    updated_at)
  SELECT 1 + i % 10, i, i, i + 20000, (ARRAY['completed', 'canceled', 'completed', 'completed', 'released'])[1 + i / 10 % 5], 'approval',
    'EUR', '{}', 1, 1, now(), now() FROM generate_series(1, 20000) i;
INSERT INTO claims (merchant_id, claim_id, order_id, kind, state, parcel_id, return_id, opened_by, opened_at, updated_at)
  SELECT 1 + i % 10, i, i, 'damaged', (ARRAY['opened', 'closed', 'withdrawn', 'closed', 'closed'])[1 + i / 10 % 5], i, i, 'a', now(), now()
  FROM generate_series(1, 20000) i;
INSERT INTO claim_lines (merchant_id, claim_id, line_id, order_id, sku, quantity, held)
  SELECT 1 + i % 10, i, i * 2, i, 'S1', 1, 1 FROM generate_series(1, 20000) i;
INSERT INTO pickups (merchant_id, pickup_id, return_id, order_id, carrier, day, state, created_at, updated_at)
  SELECT 1 + i % 10, i, i, i, 'demo', '2026-11-23', 'wanted', now(), now() FROM generate_series(1, 20000) i;
INSERT INTO photos (merchant_id, photo_id, order_id, sent_hash, bytes, channel, added_by, added_at)
  SELECT 1 + i % 10, i, i, md5(i::text), '', 'customer', 'c', now() FROM generate_series(1, 20000) i;
INSERT INTO imported_documents (merchant_id, source, document, kind, order_id, document_at, rows, quantity, value, imported_at)
  SELECT 1 + i % 10, 'retail', 'd' || i, (ARRAY['order', 'order', 'order', 'cancel'])[1 + i / 10 % 4], i, now(), 1, 1, 1, now()
  FROM generate_series(1, 30000) i;
SET session_replication_role = DEFAULT;
VACUUM ANALYZE;
)sql";

// Texts in the compiled room that begin like a statement. The compiler has joined what the source splits over lines and macros.
std::set<std::string> statements_of_the_store() {
  std::ifstream file(ROUNDTRIP_STORE_LIBRARY, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  const std::string bytes = content.str();
  std::set<std::string> out;
  for (const std::string verb : {"SELECT ", "WITH ", "INSERT INTO ", "UPDATE ", "DELETE FROM "}) {
    for (auto at = bytes.find(verb); at != std::string::npos; at = bytes.find(verb, at + 1)) {
      if (at > 0 && bytes[at - 1] != '\0') continue;  // inside a longer text
      const auto end = bytes.find('\0', at);
      if (end == std::string::npos) break;
      out.insert(bytes.substr(at, end - at));
    }
  }
  return out;
}

// Big enough that reading all of it is a fault.
constexpr std::int64_t kBigTable = 10'000;

struct LoadedDatabase {
  test::TestDatabase database;
  Database one{DatabaseOptions{.url = database.url(), .pool_size = 1, .statement_timeout_ms = 120'000}};
  Session session{one};
  std::set<std::string> big;

  LoadedDatabase() {
    // VACUUM cannot run inside a script's implicit transaction: statement by statement.
    std::stringstream script{kLoad};
    for (std::string statement; std::getline(script, statement, ';');) {
      if (statement.find_first_not_of(" \n") != std::string::npos) session.script(statement);
    }
    for (const auto& [table] : session.rows<std::string>(
             "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= $1",
             kBigTable)) {
      big.insert(table);
    }
  }
};

LoadedDatabase& loaded() {
  static LoadedDatabase database;
  return database;
}

// Collects "table: why" for the nodes of a plan that read a big table from end to end.
void judge(const json& node, bool limited, const std::set<std::string>& big, std::vector<std::string>& out) {
  const std::string type = node.value("Node Type", "");
  const std::string table = node.value("Relation Name", "");
  limited = limited || type == "Limit";
  if (big.contains(table)) {
    if (type == "Seq Scan") out.push_back(table + ": sequential scan");
    const bool whole_index = (type == "Index Scan" || type == "Index Only Scan") && !node.contains("Index Cond");
    if (whole_index && !limited) out.push_back(table + ": whole index " + node.value("Index Name", ""));
  }
  if (node.contains("Plans")) {
    for (const json& child : node["Plans"]) judge(child, limited && type != "Sort" && type != "Aggregate", big, out);
  }
}

// What is wrong with a prepared statement's plan; empty when fine.
std::vector<std::string> faults_of(Session& session, const std::string& name) {
  const auto count = session.value<int>("SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = $1", name).value();
  std::string call = name;
  for (int i = 0; i < count; ++i) call += i == 0 ? "(NULL" : ", NULL";
  if (count > 0) call += ")";
  const auto plan = session.run("EXPLAIN (FORMAT JSON) EXECUTE " + call, {});
  std::vector<std::string> out;
  judge(json::parse(*plan.at(0).at(0)).at(0).at("Plan"), false, loaded().big, out);
  return out;
}

// Statements that may read a whole big table, by a part of their text, with the reason.
const std::map<std::string, std::string>& excused() {
  static const std::map<std::string, std::string> all = {};
  return all;
}

// The beginning of the one statement that a function completes: planned by TheDesksOrdersAreReadByAnIndexInEveryOrder.
bool is_completed_elsewhere(const std::string& sql) {
  return sql.starts_with("SELECT o.order_id, o.external_id, o.status, o.customer_name");
}

bool is_excused(const std::string& sql) {
  return std::any_of(excused().begin(), excused().end(), [&](const auto& one) { return sql.find(one.first) != std::string::npos; });
}

TEST(Plans, TheLoadedDatabaseIsBig) {
  for (const std::string table :
       {"orders", "order_lines", "shipments", "parcels", "trackers", "tracking_events", "timeline", "jobs", "notifications", "returns",
        "refunds", "vouchers", "voucher_entries", "disputes", "payouts", "stock", "stock_movements", "scans", "products"}) {
    EXPECT_TRUE(loaded().big.contains(table)) << table;
  }
}

TEST(Plans, ASequentialScanOfABigTableIsFound) {
  Session& session = loaded().session;
  session.script("PREPARE planted_1 AS SELECT order_id FROM orders WHERE merchant_id = $1 AND customer_name = $2");
  session.script("PREPARE planted_2 AS SELECT count(*) FROM timeline WHERE actor = $1::text");
  session.script("PREPARE planted_3 AS SELECT order_id FROM orders WHERE merchant_id = $1 AND external_id = $2");
  EXPECT_TRUE(faults_of(session, "planted_3").empty());
  EXPECT_FALSE(faults_of(session, "planted_2").empty());
  session.script("SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off");
  EXPECT_FALSE(faults_of(session, "planted_1").empty());
  session.script("RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan");
}

TEST(Plans, NoStatementOfTheStoreReadsABigTableFromEndToEnd) {
  Session& session = loaded().session;
  const auto statements = statements_of_the_store();
  ASSERT_GT(statements.size(), 30u) << "the statements were not found in " << ROUNDTRIP_STORE_LIBRARY;
  int planned = 0, number = 0;
  for (const std::string& sql : statements) {
    const std::string name = "plan_" + std::to_string(++number);
    try {
      session.script("PREPARE " + name + " AS " + sql);
    } catch (const DatabaseError& error) {
      // The beginning of a text that the program completes; it is planned by calling its function.
      EXPECT_TRUE(error.sqlstate == "42601" && is_completed_elsewhere(sql)) << error.what() << "\n  in: " << sql;
      continue;
    }
    ++planned;
    const auto faults = faults_of(session, name);
    if (is_excused(sql)) continue;
    for (const auto& fault : faults) ADD_FAILURE() << fault << "\n  in: " << sql;
  }
  EXPECT_GT(planned, 30);
  RecordProperty("planned", planned);
  std::cout << planned << " statements planned, " << statements.size() - planned << " fragments\n";
}

TEST(Plans, TheDesksOrdersAreReadByAnIndexInEveryOrder) {
  Session& session = loaded().session;
  for (const std::string sort : {"", "promise", "changed"}) {
    for (const bool held : {false, true}) {
      for (const bool late : {false, true}) {
        for (const std::optional<std::int64_t> after : {std::optional<std::int64_t>(), std::optional<std::int64_t>(1)}) {
          DeskOrderFilter filter;
          if (held) filter.status = "canceled";
          filter.sort = sort;
          filter.held = held;
          filter.late = late;
          filter.after_key = filter.after_id = after;
          desk_orders(session, MerchantId{1}, filter, Instant{});
        }
      }
    }
  }
  int planned = 0;
  for (const auto& [name, sql] :
       session.rows<std::string, std::string>("SELECT name, statement FROM pg_prepared_statements WHERE starts_with(statement, 'SELECT "
                                              "o.order_id, o.external_id, o.status, o.cust')")) {
    ++planned;
    for (const auto& fault : faults_of(session, name)) ADD_FAILURE() << fault << "\n  in: " << sql;
  }
  EXPECT_GE(planned, 8);
}

}  // namespace
}  // namespace roundtrip::store
