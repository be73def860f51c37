// A shop with orders that have arrived, products to exchange for, and what must hold of money, stock and units at any time.
#pragma once
#include <gtest/gtest.h>

#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/stock.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/exchanges.hpp"
#include "usecases/policies.hpp"
#include "usecases/refunds.hpp"
#include "usecases/returns.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::test {

struct CasesWorld : testing::Test {
  TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant now = parse_rfc3339("2026-11-20T10:00:00Z").value();
  const Instant delivered = now - 5 * kDay;

  usecases::Context context(const std::string& channel = "desk") { return {db, merchant, {channel, "ana"}, now}; }
  void run(const std::string& sql) { store::Session(db).run(sql, {}); }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }
  // 2 mugs at 12.50 less 3.00, tax 5.06; a plate at 9.99; shipping 5.00 + 1.15 tax: 42.20 in all.
  MadeOrder two_lines(std::int64_t captured = 4220) {
    auto order = order_of({line_of("MUG-RED", 2, 1250, 300, 506), line_of("PLATE", 1, 999, 0, 200)}, {{"manual", "bank-1", captured}});
    order.shipping_amount = 500;
    order.shipping_tax = 115;
    return make_shipped_order(db, merchant, order, delivered);
  }
  void stock_up(const std::string& sku, std::int64_t units) {
    run("INSERT INTO products (merchant_id, sku, name, updated_at) SELECT merchant_id, '" + sku + "', '" + sku +
        " with a name', now() FROM merchants ON CONFLICT DO NOTHING");
    usecases::Movement movement;
    movement.sku = sku;
    movement.quantity = units;
    movement.reason = "receive";
    ASSERT_TRUE(usecases::move_stock(context(), movement));
  }
  void policy(const std::string& json) {
    const auto saved = usecases::change_policy(context(), json);
    ASSERT_TRUE(saved) << saved.error().message;
  }
  usecases::ReturnRequest exchange_of(const MadeOrder& order, LineId line, std::int64_t units, const std::string& sku,
                                      std::optional<std::int64_t> unit_price = std::nullopt) {
    usecases::ReturnRequest request;
    request.order = order.id;
    request.outcome = domain::ReturnOutcome::exchange;
    request.lines = {{line, units, "too_small", ""}};
    request.exchange = {{line, sku, units, unit_price, 0}};
    return request;
  }
  usecases::ReturnView make(const usecases::ReturnRequest& request) {
    auto made = usecases::create_return(context("api"), request);
    if (!made) throw std::runtime_error(made.error().code + ": " + made.error().message);
    return *made;
  }
  void hand_over(OrderId replacement) { leave_the_house(db, replacement); }
  // No cent lost, no unit twice, stock adds up.
  void expect_clean() {
    store::Session session(db);
    const auto money = store::money_faults(session, merchant);
    EXPECT_TRUE(money.empty()) << money.front();
    const auto stock = store::verify_stock(session, merchant);
    EXPECT_TRUE(stock.empty()) << stock.front().sku << ": " << stock.front().what;
    const auto chain = store::verify_timeline(db, merchant, std::nullopt);
    EXPECT_TRUE(chain.empty()) << chain.front().what;
    EXPECT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM ledger WHERE account = 'exchange'"), 0) << "money between two orders";
    EXPECT_EQ(
        ask("SELECT count(*) FROM (SELECT sum(captured) FILTER (WHERE gateway <> 'exchange') AS taken FROM payments) p WHERE p.taken < "
            "(SELECT coalesce(sum(amount), 0) FROM refunds WHERE destination = 'original' AND state <> 'denied')"),
        0)
        << "more goes back than was taken";
    EXPECT_EQ(ask("SELECT count(*) FROM order_lines l WHERE l.claimed <> (SELECT coalesce(sum(c.held), 0) FROM claim_lines c WHERE "
                  "c.order_id = l.order_id AND c.line_id = l.line_id)"),
              0)
        << "a unit that no claim knows";
  }
};

}  // namespace roundtrip::test
