// The steps of a random history around exchanges and claims, the carrier's scan, and receipts that are taken back.
#include <algorithm>

#include "store/exchanges.hpp"
#include "store/timeline.hpp"
#include "store/tracking.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/found_items.hpp"
#include "usecases/orders.hpp"
#include "usecases/return_money.hpp"
#include "usecases/shop_returns.hpp"
#include "workers/money_histories.hpp"

namespace roundtrip::workers {

// Goods instead of money, also of goods that were a replacement themselves.
std::optional<usecases::ReturnRequest> MoneyHistories::any_exchange(const History& history) {
  store::Session session(db);
  const auto lines = session.rows<OrderId, LineId, std::int64_t>(
      "SELECT order_id, line_id, quantity - announced - claimed FROM order_lines WHERE order_id IN (SELECT order_id FROM orders WHERE " +
      history.family() + ") AND goods AND shipped = quantity AND quantity > announced + claimed ORDER BY line_id");
  const auto chosen = some(lines);
  if (!chosen) return std::nullopt;
  const auto& [order, line, left] = *chosen;
  usecases::ReturnRequest wanted;
  wanted.order = order;
  wanted.outcome = domain::ReturnOutcome::exchange;
  const std::int64_t units = between(1, left);
  wanted.lines = {{line, units, one_in(4) ? "damaged" : "too_small", ""}};
  wanted.exchange_let_go_up_to = one_in(4) ? between(0, 200) : 0;
  const auto price = one_in(2) ? std::optional(between(0, 5'000)) : std::nullopt;
  wanted.exchange = {{line, "SKU" + std::to_string(between(1, 4)), units, price, price ? between(0, 300) : 0}};
  return wanted;
}

void MoneyHistories::make_exchange(History& history) {
  const auto wanted = any_exchange(history);
  const auto made = wanted ? usecases::create_return(context("customer"), *wanted) : Result<usecases::ReturnView>(Error{});
  if (made) history.returns.push_back(made->id);
}

void MoneyHistories::decide_exchange(const History& history) {
  const auto id = some(history.returns);
  const auto view = id ? usecases::read_exchange(context(), *id) : Result<usecases::ExchangeView>(Error{});
  if (!view) return;
  switch (between(0, 4)) {
    case 0:
      return (void)usecases::cancel_exchange(context(), *id, "changed");
    case 1:
      return (void)usecases::let_difference_go(context(), *id, "fine");
    case 2:
      return (void)usecases::send_exchange_now(context(), *id, "fine");
    default:
      break;
  }
  if (view->owed == 0) return;
  // Told twice, as a storefront may.
  const usecases::ExchangePayment payment{"manual", "x-" + std::to_string(++charges), between(1, view->owed)};
  const auto paid = usecases::record_exchange_payment(context("api"), *id, payment);
  if (paid) {
    EXPECT_EQ(usecases::record_exchange_payment(context("api"), *id, payment)->paid, paid->paid);
  }
}

// The replacement leaves the house, or its order is canceled as an order.
void MoneyHistories::hand_over_replacement(const History& history) {
  const auto id = some(history.returns);
  const auto view = id ? usecases::read_exchange(context(), *id) : Result<usecases::ExchangeView>(Error{});
  if (!view || !view->replacement) return;
  if (view->state == "released" && !one_in(4)) {
    test::leave_the_house(db, *view->replacement);
  } else if (one_in(2)) {
    (void)usecases::cancel_order(context(), *view->replacement, {}, "by hand");
  }
  usecases::settle_stray_exchanges(context("worker"), 10);
}

void MoneyHistories::scan_by_carrier(const History& history) {
  const auto id = some(history.returns);
  if (!id) return;
  for (int i = 0; i < 2; ++i) {  // carriers repeat themselves
    store::Transaction tx(db);
    auto head = store::lock_order(tx, merchant, store::order_of_return(tx, merchant, *id).value());
    if (one_in(2)) store::queue_returns_in_transit(tx, merchant, {*id}, at);
    usecases::advance_return_money(tx, context("carrier"), *head, *id);
    usecases::note_exchange_carrier_scan(tx, context("carrier"), *head, *id);
    store::save_head(tx, merchant, *head, at);
    tx.commit();
  }
  if (one_in(3)) (void)usecases::settle_advance(context(), *id, "lost on the way");
}

void MoneyHistories::take_back(const History& history) {
  const auto id = some(history.returns);
  if (id) (void)usecases::undo_receipt_now(context("returns-1"), *id);
}

void MoneyHistories::SetUp() {
  store::Session session(db);
  session.run("INSERT INTO warehouses (merchant_id, name, address) VALUES ($1, 'shop', '{}')", {merchant});
  session.run(
      "INSERT INTO bins (merchant_id, warehouse_id, name) SELECT merchant_id, warehouse_id, 'C-1' FROM warehouses WHERE merchant_id = $1 "
      "AND name = 'shop'",
      {merchant});
  ASSERT_TRUE(usecases::open_shop(context("boss"), "shop", "10-19"));
}

void MoneyHistories::at_the_counter(const History& history) {
  const auto id = some(history.returns);
  if (!id) return;
  if (one_in(2)) return (void)usecases::hand_over_replacement(context("shop"), *id, "shop");
  std::vector<usecases::ReceivedUnits> taken;
  const auto view = usecases::read_return(context(), *id).value();
  for (const auto& line : view.lines) {
    if (line.announced > line.received && !one_in(3)) taken.push_back({line.line, between(1, line.announced - line.received), ""});
  }
  if (!taken.empty()) (void)usecases::take_over_counter(context("shop"), *id, taken, "shop");
}

// What nobody announced: matched with its order, kept, or sent back. Said twice, as a page that is clicked twice does.
void MoneyHistories::find_something(History& history) {
  using enum domain::FoundOutcome;
  usecases::NewFound thing;
  thing.kind = one_in(2) ? domain::FoundKind::extra_item : domain::FoundKind::unannounced_parcel;
  thing.order = history.order.id;
  thing.sku = "SKU" + std::to_string(between(1, 4));
  thing.quantity = between(1, 3);
  const auto found = usecases::record_found_now(context("returns-1"), thing);
  if (!found) return;
  usecases::FoundSettlement settlement;
  settlement.outcome = one_in(4) ? keep : one_in(4) ? send_back : attached;
  settlement.disposition = settlement.outcome == send_back ? "" : one_in(2) ? "restock" : "quarantine";
  const auto settled = usecases::settle_found(context("returns-2"), found->id, settlement);
  if (!settled) return;
  EXPECT_FALSE(usecases::settle_found(context("returns-2"), found->id, settlement));
  const auto joined = settled->return_id;
  if (joined && std::find(history.returns.begin(), history.returns.end(), *joined) == history.returns.end())
    history.returns.push_back(*joined);
}

void MoneyHistories::make_claim(History& history) {
  const auto line = some(history.order.lines);
  const auto left = ask("SELECT quantity - announced - claimed FROM order_lines WHERE line_id = " + std::to_string(line->value));
  if (left == 0) return;
  static constexpr domain::ClaimKind kKinds[] = {domain::ClaimKind::damaged, domain::ClaimKind::missing, domain::ClaimKind::warranty};
  const auto opened =
      usecases::open_claim(context("customer"), {history.order.id, kKinds[between(0, 2)], {{*line, between(1, left)}}, {}, {}, "so it is"});
  if (opened) history.claims.push_back(opened->id);
}

void MoneyHistories::decide_claim(const History& history) {
  const auto id = some(history.claims);
  if (!id) return;
  switch (between(0, 8)) {
    case 0:
      return (void)usecases::assess_claim(context(), *id);
    case 1:
      return (void)usecases::want_claim_goods(context(), *id, 28, "");
    case 2:
      return (void)usecases::withdraw_claim(context("customer"), *id);
    case 3:
      return (void)usecases::reopen_claim(context("customer"), *id, "no");
    case 4:
      return (void)usecases::send_claim_back(context(), *id, "", "", "");
    case 5:
      return (void)usecases::close_claim(context(), *id);
    default: {
      const usecases::ClaimDecision decision{static_cast<usecases::ClaimVerdict>(between(0, 3)), "because", at + 9 * kDay};
      if (usecases::decide_claim(context("ben"), *id, decision)) (void)usecases::decide_claim(context("ben"), *id, decision);
    }
  }
}

// What people still have to do ends: the rest of a difference is let go, and no replacement is left behind.
void MoneyHistories::settle_cases(const History& history) {
  usecases::settle_stray_exchanges(context("worker"), 100);
  for (const auto id : history.returns) {
    const auto view = usecases::read_exchange(context(), id);
    if (view && (view->state == "awaiting_payment" || view->state == "customer_owes")) {
      EXPECT_TRUE(usecases::let_difference_go(context("boss"), id, "the end"));
    }
  }
  usecases::close_finished_claims(context("worker"), 100);
}

}  // namespace roundtrip::workers
