// The steps of a random history: orders, returns, receipts, verdicts, buttons, policies, the gateway's faults and late words.
#include <algorithm>

#include "store/refunds.hpp"
#include "usecases/customer_returns.hpp"
#include "usecases/policies.hpp"
#include "workers/money_histories.hpp"

namespace roundtrip::workers {
using test::StripeMood;

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
  for (const auto& [order] : session.rows<OrderId>("SELECT order_id FROM orders WHERE " + history.family() + " ORDER BY order_id")) {
    for (const auto& row : store::refunds_of_order(session, merchant, order)) {
      out.push_back(usecases::read_refund(context(), row.id).value());
    }
  }
  return out;
}

usecases::ReturnRequest MoneyHistories::any_request(const History& history) {
  usecases::ReturnRequest wanted;
  wanted.label_valid_days = one_in(6) ? 1 : 28;
  wanted.order = history.order.id;
  wanted.kind = one_in(6) ? domain::ReturnKind::withdrawal : domain::ReturnKind::goods_back;
  if (wanted.kind == domain::ReturnKind::goods_back && one_in(3)) wanted.outcome = domain::ReturnOutcome::store_credit;
  for (const auto line : history.order.lines) {
    const auto left = ask("SELECT quantity - announced - claimed FROM order_lines WHERE line_id = " + std::to_string(line.value));
    if (left == 0 || one_in(2)) continue;
    wanted.lines.push_back({line, one_in(2) ? left : between(1, left), one_in(4) ? "damaged" : "changed_mind", ""});
  }
  return wanted;
}

void MoneyHistories::make_return(History& history) {
  if (const auto made = usecases::create_return(context("customer"), any_request(history))) history.returns.push_back(made->id);
}

// Before it is dropped off the customer may want it otherwise, or wait until its label has run out.
void MoneyHistories::change_or_expire(const History& history) {
  const auto id = some(history.returns);
  if (id && one_in(2)) {
    const auto exchange = one_in(2) ? any_exchange(history) : std::nullopt;
    (void)usecases::change_return(context("customer"), *id, exchange ? *exchange : any_request(history), {domain::ReturnWay::label});
  }
  for (const auto old : usecases::due_to_expire(context("worker"), 10)) EXPECT_TRUE(usecases::expire_return(context("worker"), old));
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
      case 4:
        // What did not reach the customer is paid again, there or as credit; asked twice, it is paid again once.
        if (usecases::pay_refund_again(context("carl"), refund.id, one_in(2) ? std::nullopt : std::optional<std::string>("store_credit"))) {
          EXPECT_FALSE(usecases::pay_refund_again(context("carl"), refund.id, std::nullopt));
        }
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
  static const std::string kTriggers[] = {"inspection", "warehouse_scan", "carrier_scan"};
  static const std::string kExchangeTriggers[] = {"approval", "carrier_scan", "warehouse_scan"};
  const std::string body =
      R"({"trigger": ")" + kTriggers[between(0, 2)] + R"(", "exchange_trigger": ")" + kExchangeTriggers[between(0, 2)] +
      (one_in(3) ? R"(", "keep_item_below": 700, "advance_cap": 9000)" : "\"") + R"(, "refund_delay_hours": )" +
      std::to_string(one_in(4) ? between(1, 48) : 0) + R"(, "window_days": 3650, "restocking_basis_points": )" +
      std::to_string(one_in(2) ? 0 : between(0, 3000)) + R"(, "freight": ")" + (one_in(2) ? "merchant" : "customer") +
      R"(", "freight_fee": )" + std::to_string(between(0, 900)) + R"(, "refund_shipping": )" + (one_in(2) ? "true" : "false") +
      R"(, "store_credit_bonus_basis_points": )" + std::to_string(one_in(2) ? 0 : 1000) + R"(, "refund_order": ")" +
      (one_in(3)   ? "proportional"
       : one_in(2) ? "credit_first"
                   : "money_first") +
      "\"" + (one_in(2) ? "" : R"(, "standard_shipping": {"EUR": )" + std::to_string(between(0, 900)) + R"(, "JPY": 40})") +
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
  switch (between(0, 24)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return make_return(history);
    case 4:
    case 5:
    case 6:
    case 7:
      return receive(history);
    case 8:
      return judge(history);
    case 9:
    case 10:
      return meddle(history);
    case 11:
      return change_policy();
    case 12:
      return hear(history);
    case 13:
      return one_in(2) ? make_exchange(history) : scan_by_carrier(history);
    case 14:
      return make_exchange(history);
    case 15:
      return decide_exchange(history);
    case 16:
      return hand_over_replacement(history);
    case 17:
      return one_in(2) ? take_back(history) : make_claim(history);
    case 18:
      return history.claims.empty() ? make_claim(history) : decide_claim(history);
    case 19:
      return at_the_counter(history);
    case 20:
      if (const auto id = some(history.returns)) (void)usecases::cancel_return(context("customer"), *id);
      return;
    case 21:
      return change_or_expire(history);
    case 22:
      return find_something(history);
    default:
      return work(true);
  }
}

}  // namespace roundtrip::workers
