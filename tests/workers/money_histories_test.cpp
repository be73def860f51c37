// Random histories over the real database, a strict gateway and its faults: orders in several currencies and payments, returned, canceled,
// received twice, judged, denied, tried again, paid, and told late. No cent is lost, none is paid twice, stock adds up, the ledger sums to
// zero, every chain holds.
//
// ROUNDTRIP_TEST_HISTORIES runs more of them, ROUNDTRIP_TEST_SEED repeats a run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "clients/curl_transport.hpp"
#include "clients/gateway_stripe.hpp"
#include "store/database.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/fake_stripe.hpp"
#include "support/orders.hpp"
#include "usecases/policies.hpp"
#include "usecases/returns.hpp"
#include "usecases/vouchers.hpp"
#include "workers/refunder.hpp"

namespace roundtrip::workers {
namespace {
using test::StripeMood;

std::int64_t setting(const char* name, std::int64_t otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::atoll(given) : otherwise;
}

constexpr int kParts = 4;  // each with a database of its own, side by side

struct MoneyHistories : testing::TestWithParam<int> {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  test::FakeStripe stripe;
  clients::CurlTransport transport{{.allow_private_addresses = true}};
  clients::Gateways gateways{only_stripe(stripe.base_url(), transport)};
  const Instant delivered = parse_rfc3339("2026-11-01T10:00:00Z").value();
  Instant at = delivered + kDay;
  std::mt19937_64 random;
  int charges = 0;

  static std::map<std::string, std::unique_ptr<clients::Gateway>> only_stripe(const std::string& url, Transport& transport) {
    std::map<std::string, std::unique_ptr<clients::Gateway>> all;
    all["stripe"] = clients::make_stripe_gateway({url, "sk_test_1", 700}, transport);
    return all;
  }
  std::int64_t between(std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); }
  bool one_in(int n) { return between(1, n) == 1; }
  usecases::Context context(const std::string& who = "ana") { return {db, merchant, {"desk", who}, at}; }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }

  // One order and what is known of it from outside.
  struct History {
    test::MadeOrder order;
    std::vector<std::string> charges;
    std::vector<ReturnId> returns;
  };
  History begin();
  void step(History& history);
  void make_return(History& history);
  void receive(const History& history);
  void judge(const History& history);
  void meddle(const History& history);
  void hear(const History& history);
  void change_policy();
  void work(bool with_faults);
  void settle(const History& history);
  void expect_order_adds_up(const History& history);
  void expect_all_adds_up();
  std::vector<usecases::RefundView> refunds_of(const History& history);
};

MoneyHistories::History MoneyHistories::begin() {
  static const std::string kCurrencies[] = {"EUR", "GBP", "JPY", "KWD"};
  static constexpr std::int64_t kQuantities[] = {1, 2, 3, 7, 12, 80'995};
  std::vector<domain::NewLine> lines;
  const std::int64_t how_many = between(1, 4);
  for (int i = 0; i < how_many; ++i) {
    // Three-decimal currencies are asked for in tens of their smallest unit: that is all that the gateway takes.
    const std::int64_t quantity = kQuantities[between(0, one_in(10) ? 5 : 4)], unit = between(0, 4'000), price = quantity * unit;
    lines.push_back(test::line_of("SKU" + std::to_string(between(1, 4)), quantity, unit, between(0, price / 3), between(0, price / 4 + 3)));
  }
  auto order = test::order_of(lines, {}, kCurrencies[between(0, 3)]);
  order.shipping_amount = between(0, 1'500);
  order.shipping_tax = between(0, 300);
  const std::int64_t total = domain::total_of(order);
  const std::int64_t captured = one_in(5) ? between(0, total) : total;
  const std::int64_t first = between(0, captured);
  History history;
  for (const std::int64_t amount : {first, captured - first}) {
    const bool by_card = order.currency != "KWD" && !one_in(4);
    const std::string reference = by_card ? "ch_" + std::to_string(++charges) : "";
    order.payments.push_back({by_card ? "stripe" : "manual", reference, amount});
    if (!by_card) continue;
    stripe.capture(reference, amount);
    history.charges.push_back(reference);
  }
  history.order = test::make_shipped_order(db, merchant, order, delivered);
  return history;
}

std::vector<usecases::RefundView> MoneyHistories::refunds_of(const History& history) {
  std::vector<usecases::RefundView> out;
  store::Session session(db);
  for (const auto& row : store::refunds_of_order(session, merchant, history.order.id)) {
    out.push_back(usecases::read_refund(context(), row.id).value());
  }
  return out;
}

void MoneyHistories::make_return(History& history) {
  usecases::ReturnRequest wanted;
  wanted.order = history.order.id;
  wanted.kind = one_in(6) ? domain::ReturnKind::withdrawal : domain::ReturnKind::goods_back;
  if (wanted.kind == domain::ReturnKind::goods_back && one_in(3)) wanted.outcome = domain::ReturnOutcome::store_credit;
  for (const auto line : history.order.lines) {
    const auto left = ask("SELECT quantity - announced FROM order_lines WHERE line_id = " + std::to_string(line.value));
    if (left == 0 || one_in(2)) continue;
    wanted.lines.push_back({line, one_in(2) ? left : between(1, left), one_in(4) ? "damaged" : "changed_mind", ""});
  }
  if (const auto made = usecases::create_return(context("customer"), wanted)) history.returns.push_back(made->id);
}

void MoneyHistories::receive(const History& history) {
  if (history.returns.empty()) return;
  const auto id = history.returns[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(history.returns.size()) - 1))];
  const auto view = usecases::read_return(context(), id).value();
  std::vector<usecases::ReceivedUnits> only;
  for (const auto& line : view.lines) {
    if (line.announced > line.received && one_in(2)) only.push_back({line.line, between(1, line.announced - line.received), ""});
  }
  const auto first = usecases::receive_return_now(context("returns-1"), id, only, "");
  // The same label again, at another station.
  if (!first || !only.empty()) return;
  EXPECT_FALSE(usecases::receive_return_now(context("returns-2"), id, {}, "").value().anything_new);
}

void MoneyHistories::judge(const History& history) {
  for (const auto id : history.returns) {
    const auto view = usecases::read_return(context(), id).value();
    if (view.status == "requested") {
      if (one_in(4)) {
        EXPECT_TRUE(usecases::decline_return(context(), id, "no"));
      } else {
        EXPECT_TRUE(usecases::approve_return(context(), id, 28));
      }
      continue;
    }
    if (one_in(8)) (void)usecases::cancel_return(context(), id);
    std::vector<usecases::InspectedUnits> verdicts;
    for (const auto& line : view.lines) {
      const std::int64_t waiting = line.received - line.accepted - line.rejected;
      if (waiting == 0 || one_in(3)) continue;
      const std::int64_t good = between(0, waiting);
      verdicts.push_back({line.line, good, between(0, waiting - good), ""});
    }
    std::erase_if(verdicts, [](const auto& one) { return one.accepted + one.rejected == 0; });
    if (!verdicts.empty()) (void)usecases::inspect_return(context(), id, verdicts, "");
  }
}

// People press buttons: each is refused or does one thing.
void MoneyHistories::meddle(const History& history) {
  for (const auto& refund : refunds_of(history)) {
    switch (between(0, 9)) {
      case 0:
        (void)usecases::approve_refund(context("boss"), refund.id);
        break;
      case 1:
        (void)usecases::deny_refund(context("boss"), refund.id, "no");
        break;
      case 2:
        (void)usecases::retry_refund(context(), refund.id);
        break;
      case 3:
        if (refund.gateway == "manual") (void)usecases::mark_refund_paid(context(), refund.id, "transfer");
        break;
      default:
        break;
    }
  }
}

void MoneyHistories::work(bool with_faults) {
  using enum StripeMood;
  static constexpr StripeMood kMoods[] = {pay,        pay,          pay,        pay_then_drop, pay_then_500, drop,
                                          rate_limit, server_error, key_in_use, garbage,       decline,      wrong_key};
  std::vector<StripeMood> moods, look_ups;
  if (with_faults) {
    const std::int64_t faults = between(0, 4);
    for (int i = 0; i < faults; ++i) moods.push_back(kMoods[between(0, 11)]);
    if (one_in(3)) look_ups.push_back(one_in(2) ? drop : server_error);
  }
  stripe.next(moods);
  stripe.next_look_ups(look_ups);
  at = at + between(1, 6) * kHour;
  JobOptions options;
  options.kind = usecases::kRefundJob;
  work_jobs(db, options, refund_handler(db, gateways), {}, [this] { return at; });
}

// Policies change under way; returns that exist keep theirs.
void MoneyHistories::change_policy() {
  const std::string body = std::string(R"({"trigger": ")") + (one_in(2) ? "inspection" : "warehouse_scan") +
                           R"(", "window_days": 3650, "restocking_basis_points": )" + std::to_string(one_in(2) ? 0 : between(0, 3000)) +
                           R"(, "freight": ")" + (one_in(2) ? "merchant" : "customer") + R"(", "freight_fee": )" +
                           std::to_string(between(0, 900)) + R"(, "refund_shipping": )" + (one_in(2) ? "true" : "false") +
                           R"(, "store_credit_bonus_basis_points": )" + std::to_string(one_in(2) ? 0 : 1000) +
                           (one_in(3) ? R"(, "approval_limit": 5000})" : "}");
  const auto changed = usecases::change_policy(context(), body);
  ASSERT_TRUE(changed) << changed.error().message;
}

// The gateway tells, twice and late, what became of a refund; now and then one that was paid comes back.
void MoneyHistories::hear(const History& history) {
  for (const auto& paid : stripe.refunds()) {
    if (std::find(history.charges.begin(), history.charges.end(), paid.charge) == history.charges.end()) continue;
    const bool comes_back = paid.status == "succeeded" && one_in(4);
    if (comes_back) stripe.set_status(paid.id, "failed");
    clients::GatewayEvent event;
    event.about_refund = true;
    event.merchant = paid.metadata.at("merchant");
    event.refund = paid.metadata.at("refund");
    event.key = paid.metadata.at("refund_key");
    event.amount = paid.amount;
    event.answer = {
        .kind = comes_back || paid.status == "failed" ? clients::GatewayAnswer::Kind::failed : clients::GatewayAnswer::Kind::succeeded,
        .reference = paid.id};
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(usecases::settle_by_event(db, "stripe", event, at));
  }
}

void MoneyHistories::step(History& history) {
  switch (between(0, 9)) {
    case 0:
    case 1:
    case 2:
      return make_return(history);
    case 3:
    case 4:
      return receive(history);
    case 5:
      return judge(history);
    case 6:
      return meddle(history);
    case 7:
      return change_policy();
    case 8:
      return hear(history);
    default:
      return work(true);
  }
}

// Lets everything end: people approve and pay by hand, the gateway is well again.
void MoneyHistories::settle(const History& history) {
  for (int i = 0; i < 40; ++i) {
    bool open = false;
    for (const auto& refund : refunds_of(history)) {
      if (refund.state == "succeeded" || refund.state == "denied" || refund.state == "reversed") continue;
      open = true;
      if (refund.approval_needed) (void)usecases::approve_refund(context("boss"), refund.id);
      if (refund.gateway == "manual") {
        (void)usecases::mark_refund_paid(context(), refund.id, "transfer");
      } else {
        (void)usecases::retry_refund(context(), refund.id);
      }
    }
    if (!open) return;
    work(false);
  }
  for (const auto& refund : refunds_of(history)) {
    EXPECT_TRUE(refund.state == "succeeded" || refund.state == "denied" || refund.state == "failed" || refund.state == "reversed")
        << to_text(refund.id) << " is " << refund.state << ": " << refund.last_error;
  }
}

void MoneyHistories::expect_order_adds_up(const History& history) {
  const std::string of = " WHERE order_id = " + std::to_string(history.order.id.value);
  for (const auto& charge : history.charges) {
    EXPECT_EQ(stripe.paid(charge), ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds" + of + " AND payment_reference = '" + charge +
                                       "' AND state = 'succeeded' AND destination = 'original'"))
        << charge << ": what the gateway paid is what we think it did";
  }
  EXPECT_EQ(ask("SELECT count(*) FROM payments" + of + " AND refunded > captured"), 0);
  EXPECT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM ledger" + of), 0);
  EXPECT_EQ(
      ask("SELECT count(*) FROM order_lines" + of + " AND (returned > announced OR announced > quantity OR released_units > quantity)"), 0);
}

void MoneyHistories::expect_all_adds_up() {
  store::Session session(db);
  for (const auto& fault : store::money_faults(session, merchant)) ADD_FAILURE() << fault;
  // A refusal of what was refunded before is the mood's, not ours.
  for (const auto& fault : stripe.faults()) ADD_FAILURE() << fault;
  EXPECT_EQ(
      ask("SELECT count(*) FROM (SELECT warehouse_id, sku, bin_id, lot, sum(on_hand) AS held, sum(damaged) AS bad FROM stock GROUP BY "
          "1, 2, 3, 4) s FULL JOIN (SELECT warehouse_id, sku, bin_id, lot, sum(quantity) AS moved, sum(damaged) AS broke FROM "
          "stock_movements GROUP BY 1, 2, 3, 4) m USING (warehouse_id, sku, bin_id, lot) "
          "WHERE s.held IS DISTINCT FROM m.moved OR s.bad IS DISTINCT FROM m.broke"),
      0);
  EXPECT_EQ(ask("SELECT count(*) FROM vouchers v WHERE v.balance <> (SELECT coalesce(sum(e.amount), 0) FROM voucher_entries e "
                "WHERE e.merchant_id = v.merchant_id AND e.voucher_id = v.voucher_id)"),
            0);
  EXPECT_TRUE(store::verify_timeline(db, merchant, std::nullopt).empty());
}

TEST_P(MoneyHistories, LoseNoCentAndPayNoneTwice) {
  const std::int64_t wanted = (setting("ROUNDTRIP_TEST_HISTORIES", 1'000) + kParts - 1 - GetParam()) / kParts;
  const auto seed = static_cast<std::uint64_t>(setting("ROUNDTRIP_TEST_SEED", static_cast<std::int64_t>(std::random_device{}())));
  std::cout << "  seed " << seed << ", " << wanted << " histories\n";
  for (std::int64_t i = 0; i < wanted && !HasFailure(); ++i) {
    // Each history has a seed of its own, so that one can be looked at alone.
    random.seed(seed + static_cast<std::uint64_t>(i));
    SCOPED_TRACE("ROUNDTRIP_TEST_SEED=" + std::to_string(seed + static_cast<std::uint64_t>(i)) + " ROUNDTRIP_TEST_HISTORIES=1");
    auto history = begin();
    change_policy();
    const std::int64_t steps = between(6, 40);
    for (std::int64_t n = 0; n < steps; ++n) step(history);
    settle(history);
    expect_order_adds_up(history);
  }
  expect_all_adds_up();
  // Enough of each must have happened for this to say anything.
  const auto happened = [&](const std::string& what, const std::string& sql) {
    const auto count = ask(sql);
    std::cout << "  " << count << " " << what << "\n";
    if (wanted < 200) return;
    EXPECT_GT(count, wanted / 60) << what;
  };
  happened("returns", "SELECT count(*) FROM returns");
  happened("refunds paid back", "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND destination = 'original'");
  happened("refunds to store credit", "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND destination = 'store_credit'");
  happened("refunds denied", "SELECT count(*) FROM refunds WHERE state = 'denied'");
  happened("refunds that were tried again",
           "SELECT count(DISTINCT subject) FROM timeline WHERE type IN ('refund.in_doubt', 'refund.failed')");
  happened("refunds that came back", "SELECT count(*) FROM refunds WHERE state = 'reversed'");
  happened("rejected units", "SELECT coalesce(sum(rejected), 0)::bigint FROM return_lines");
}
INSTANTIATE_TEST_SUITE_P(Parts, MoneyHistories, testing::Range(0, kParts));

}  // namespace
}  // namespace roundtrip::workers
