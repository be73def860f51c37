// The returns station as the fault tests use it: cases, the story of a day, and books that must agree whatever happened.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/secrets.hpp"
#include "clients/gateway.hpp"
#include "domain/codes.hpp"
#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/returns.hpp"
#include "usecases/scans.hpp"

namespace roundtrip::test {

// Pays at once and remembers each key: what a gateway does that nothing happens to.
struct PayingGateway : clients::Gateway {
  std::mutex mutex;
  std::map<std::string, std::int64_t> paid;
  clients::GatewayAnswer refund(const clients::RefundCall& call) override {
    const std::lock_guard lock(mutex);
    paid[call.key] = call.amount;
    return {.kind = clients::GatewayAnswer::Kind::succeeded, .reference = "re_" + call.key};
  }
  clients::GatewayAnswer find(const clients::RefundCall& call) override {
    const std::lock_guard lock(mutex);
    return {.kind = paid.contains(call.key) ? clients::GatewayAnswer::Kind::succeeded : clients::GatewayAnswer::Kind::not_found};
  }
};

inline usecases::ScanRequest scan_request(const std::string& id, const std::string& station, const std::string& barcode, Instant at) {
  return {id, station, barcode, "", std::nullopt, std::nullopt, at};
}

inline std::string scan_uuid(std::uint64_t seed) {
  const std::string hex = sha256_hex("scan " + std::to_string(seed));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-a" + hex.substr(17, 3) + "-" + hex.substr(20, 12);
}

// Cases at the returns station, a day's work on each, and what must hold after any of it.
struct ReturnsWorld : ::testing::Test {
  TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();
  int orders = 0;

  usecases::Context context(const std::string& who = "rosa") { return {db, merchant, {"floor", who}, now}; }
  struct Case {
    MadeOrder order;
    ReturnId id;
  };
  // Three mugs and a plate that come back; with barcodes that are their SKUs.
  Case make_case(const std::string& gateway = "manual") {
    Case made{make_shipped_order(
                  db, merchant,
                  order_of({line_of("MUG", 3, 1000), line_of("PLATE", 1, 900)}, {{gateway, "ch_" + std::to_string(++orders), 3900}}),
                  now - 5 * kDay),
              {}};
    usecases::ReturnRequest wanted;
    wanted.order = made.order.id;
    wanted.lines = {{made.order.lines[0], 3, "too_small", ""}, {made.order.lines[1], 1, "damaged", ""}};
    made.id = usecases::create_return(context(), wanted)->id;
    return made;
  }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }
  // What a day at the station does: everything at once, taken back, item by item, graded, wrong, taken back, a problem's parcel, the rest.
  static std::vector<std::string> story(const Case& one) {
    const auto card = [](domain::Command command) { return domain::command_code(command); };
    const std::string label = domain::code_of(one.id);
    return {label,
            card(domain::Command::undo),
            card(domain::Command::split),
            label,
            domain::grade_code(domain::Grade::c),
            "MUG",
            "STRAY",
            card(domain::Command::undo),
            "MUG",
            card(domain::Command::undo),
            "MUG",
            "PLATE",
            "PLATE",
            card(domain::Command::done),
            label};
  }
  // All that the story moved, without what differs between two orders by right (ids, times).
  std::string books(const Case& one) {
    const std::string order = std::to_string(one.order.id.value), id = std::to_string(one.id.value);
    return ask<std::string>(
        "SELECT concat_ws(' | ', (SELECT string_agg(concat_ws(' ', sku, received, accepted, rejected, reception, acceptance, disposition), "
        "',' ORDER BY sku) FROM return_lines WHERE return_id = " +
        id + "), (SELECT concat_ws(' ', status, receipts) FROM returns WHERE return_id = " + id +
        "), (SELECT string_agg(concat_ws(' ', receipt_no, undone_at IS NULL), ',' ORDER BY receipt_no) FROM return_receipts WHERE "
        "return_id "
        "= " +
        id +
        "), (SELECT string_agg(concat_ws(' ', receipt_no, sku, units, grade, verdict, disposition), ',' ORDER BY receipt_no, part) FROM "
        "inspections WHERE return_id = " +
        id + "), (SELECT string_agg(concat_ws(' ', amount, state), ',' ORDER BY refund_id) FROM refunds WHERE order_id = " + order +
        "), (SELECT string_agg(concat_ws(' ', account, amount), ',' ORDER BY entry_id) FROM ledger WHERE order_id = " + order +
        "), (SELECT string_agg(concat_ws(' ', sku, quantity, damaged, reason), ',' ORDER BY movement_id) FROM stock_movements WHERE "
        "reference = '" +
        to_text(one.id) +
        "'), (SELECT string_agg(concat_ws(' ', kind, sku, outcome), ',' ORDER BY found_id) FROM found_items WHERE order_id = " + order +
        "), (SELECT string_agg(milestone, ',' ORDER BY milestone) FROM notifications WHERE order_id = " + order +
        "), (SELECT string_agg(type, ',' ORDER BY seq) FROM timeline WHERE order_id = " + order +
        "), (SELECT refunded FROM payments WHERE order_id = " + order + "))");
  }
  void expect_clean() {
    store::Session session(db);
    const auto money = store::money_faults(session, merchant);
    EXPECT_TRUE(money.empty()) << money.front();
    EXPECT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM ledger"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM (SELECT sku, sum(on_hand) AS held, sum(damaged) AS bad FROM stock GROUP BY 1) s "
                  "FULL JOIN (SELECT sku, sum(quantity) AS moved, sum(damaged) AS broke FROM stock_movements GROUP BY 1) m USING (sku) "
                  "WHERE coalesce(s.held, 0) <> coalesce(m.moved, 0) OR coalesce(s.bad, 0) <> coalesce(m.broke, 0)"),
              0);
    EXPECT_EQ(ask("SELECT count(*) FROM order_lines l WHERE returned <> (SELECT coalesce(sum(r.accepted), 0) FROM return_lines r WHERE "
                  "r.merchant_id = l.merchant_id AND r.line_id = l.line_id)"),
              0);
    const auto chain = store::verify_timeline(db, merchant, std::nullopt);
    EXPECT_TRUE(chain.empty()) << chain.front().what;
  }
  void stray_product() {
    store::Session(db).run(
        "INSERT INTO products (merchant_id, sku, name, updated_at) VALUES ($1, 'STRAY', 'A stray', $2) ON CONFLICT DO NOTHING",
        {merchant, now});
  }
};

}  // namespace roundtrip::test
