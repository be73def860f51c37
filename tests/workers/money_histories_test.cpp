// Random histories over the real database, a strict gateway and its faults: orders in several currencies and payments, returned, kept,
// exchanged, claimed, taken at a counter, canceled, received twice, taken back, judged, denied, tried again, paid, and told late. No cent
// is lost, none is paid twice, stock adds up, the ledger sums to zero, every chain holds.
//
// ROUNDTRIP_TEST_HISTORIES runs more of them, ROUNDTRIP_TEST_SEED repeats a run.
#include "workers/money_histories.hpp"

#include <cstdlib>

#include "store/refunds.hpp"
#include "store/stock.hpp"
#include "store/timeline.hpp"
#include "usecases/vouchers.hpp"

namespace roundtrip::workers {
namespace {
std::int64_t setting(const char* name, std::int64_t otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::atoll(given) : otherwise;
}

constexpr int kParts = 4;  // each with a database of its own, side by side
}  // namespace

// Lets everything end: people approve and pay by hand, the gateway is well again.
void MoneyHistories::settle(const History& history) {
  settle_cases(history);
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
        << to_text(refund.id) << " is " << refund.state << ": " << refund.last_error << ", its job: "
        << ask<std::string>("SELECT coalesce((SELECT row_to_json(j)::text FROM jobs j WHERE kind = 'refund' AND subject_id = " +
                            std::to_string(refund.id.value) + "), 'none')")
        << " at " << format_rfc3339(at);
  }
}

void MoneyHistories::expect_order_adds_up(const History& history) {
  const std::string of = " WHERE order_id IN (SELECT order_id FROM orders WHERE " + history.family() + ")";
  for (const auto& charge : history.charges) {
    EXPECT_EQ(stripe.paid(charge), ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds" + of + " AND payment_reference = '" + charge +
                                       "' AND state = 'succeeded' AND destination = 'original'"))
        << charge << ": what the gateway paid is what we think it did";
  }
  EXPECT_EQ(ask("SELECT count(*) FROM payments" + of + " AND refunded > captured"), 0);
  EXPECT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM ledger" + of), 0);
  EXPECT_EQ(ask("SELECT coalesce(sum(amount), 0)::bigint FROM ledger" + of + " AND account = 'exchange'"), 0) << "money between two orders";
  EXPECT_LE(ask("SELECT coalesce(sum(amount), 0)::bigint FROM refunds" + of +
                " AND destination <> 'exchange' AND state <> 'denied' AND "
                "state <> 'reversed'"),
            ask("SELECT coalesce(sum(captured) FILTER (WHERE gateway <> 'exchange'), 0)::bigint FROM payments" + of))
      << "more goes back than was taken";
  EXPECT_EQ(ask("SELECT count(*) FROM order_lines" + of +
                " AND (returned > announced OR announced + claimed + canceled > quantity OR released_units > quantity)"),
            0);
  EXPECT_EQ(ask("SELECT count(*) FROM order_lines l" + of +
                " AND l.claimed <> (SELECT coalesce(sum(c.held), 0) FROM claim_lines c WHERE "
                "c.order_id = l.order_id AND c.line_id = l.line_id)"),
            0)
      << "a unit that no claim knows";
}

void MoneyHistories::live_through_one() {
  auto history = begin();
  change_policy();
  const std::int64_t steps = between(6, 40);
  for (std::int64_t n = 0; n < steps; ++n) step(history);
  settle(history);
  expect_order_adds_up(history);
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
  for (const auto& fault : store::verify_stock(session, merchant)) ADD_FAILURE() << fault.sku << ": " << fault.what;
  EXPECT_TRUE(store::verify_timeline(db, merchant, std::nullopt).empty());
}

TEST_P(MoneyHistories, LoseNoCentAndPayNoneTwice) {
  const std::int64_t wanted = (setting("ROUNDTRIP_TEST_HISTORIES", 1'000) + kParts - 1 - GetParam()) / kParts;
  // The parts of a run with a given seed live other histories, too.
  const auto seed = static_cast<std::uint64_t>(setting("ROUNDTRIP_TEST_SEED", static_cast<std::int64_t>(std::random_device{}()))) +
                    (static_cast<std::uint64_t>(GetParam()) << 32);
  std::cout << "  seed " << seed << ", " << wanted << " histories\n";
  for (std::int64_t i = 0; i < wanted && !HasFailure(); ++i) {
    // Each history has a seed of its own, so that one can be looked at alone.
    random.seed(seed + static_cast<std::uint64_t>(i));
    SCOPED_TRACE("ROUNDTRIP_TEST_SEED=" + std::to_string(seed + static_cast<std::uint64_t>(i)) + " ROUNDTRIP_TEST_HISTORIES=1");
    try {
      live_through_one();
    } catch (const std::exception& thrown) {
      ADD_FAILURE() << "thrown: " << thrown.what();
    }
  }
  expect_all_adds_up();
  // Enough of each must have happened for this to say anything. What is rare may be missing from a short run.
  const auto happened = [&](const std::string& what, const std::string& sql, bool rare = false) {
    const auto count = ask(sql);
    std::cout << "  " << count << " " << what << "\n";
    if (wanted >= (rare ? 1'000 : 200)) {
      EXPECT_GT(count, rare || wanted < 1'000 ? 0 : wanted / 60) << what;
    }
  };
  happened("returns", "SELECT count(*) FROM returns");
  happened("refunds paid back", "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND destination = 'original'");
  happened("refunds to store credit", "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND destination = 'store_credit'");
  happened("refunds denied", "SELECT count(*) FROM refunds WHERE state = 'denied'");
  happened("refunds that were tried again",
           "SELECT count(DISTINCT subject) FROM timeline WHERE type IN ('refund.in_doubt', 'refund.failed')");
  happened("refunds that came back", "SELECT count(*) FROM refunds WHERE state = 'reversed'", true);
  happened("refunds paid again", "SELECT count(*) FROM refunds WHERE replaced_by IS NOT NULL", true);
  happened("refunds into exchanges", "SELECT count(*) FROM refunds WHERE destination = 'exchange'");
  happened("exchanges completed", "SELECT count(*) FROM exchanges WHERE state = 'completed'");
  happened("exchanges canceled", "SELECT count(*) FROM exchanges WHERE state = 'canceled'");
  happened("claims decided", "SELECT count(*) FROM claims WHERE decided_at IS NOT NULL");
  happened("returns paid ahead", "SELECT count(DISTINCT return_id) FROM return_lines WHERE advanced > 0", true);
  happened("returns changed", "SELECT count(*) FROM timeline WHERE type = 'return.changed'", true);
  happened("returns expired", "SELECT count(*) FROM timeline WHERE type = 'return.expired'", true);
  happened("returns kept", "SELECT count(*) FROM timeline WHERE type = 'return.kept'", true);
  happened("receipts taken back", "SELECT count(*) FROM timeline WHERE type = 'return.receipt_undone'");
  happened("replacements over the counter", "SELECT count(*) FROM timeline WHERE type = 'parcel.collected'", true);
  happened("found items that joined a return", "SELECT count(*) FROM found_items WHERE outcome = 'attached'", true);
  happened("rejected units", "SELECT coalesce(sum(rejected), 0)::bigint FROM return_lines", true);
}
INSTANTIATE_TEST_SUITE_P(Parts, MoneyHistories, testing::Range(0, kParts));

}  // namespace roundtrip::workers
