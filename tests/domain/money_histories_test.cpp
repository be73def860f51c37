// Whole lives of an order's money on the pure rules alone: orders with discounts, taxes and shipping in currencies of no, two and three
// decimals, captured in parts over several payments, then canceled, returned, withdrawn, exchanged or turned into credit, in any batches
// and under any policy, with refunds denied on the way. No cent is lost, no payment gives more than it captured, shares telescope, the
// ledger sums to zero.
//
// ROUNDTRIP_TEST_PURE_HISTORIES runs more of them, ROUNDTRIP_TEST_SEED repeats a run.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "domain/exchanges.hpp"
#include "domain/money.hpp"
#include "domain/orders.hpp"
#include "domain/refunds.hpp"

namespace roundtrip::domain {
namespace {

std::int64_t given(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoll(text) : otherwise;
}

enum Account { gateway, voucher_clearing, sales, fees, payable, credit, exchange, bonus, kAccounts };

struct PaidPart {
  std::size_t payment = 0;
  RefundDestination to = RefundDestination::original;
  std::int64_t amount = 0, fees = 0, bonus = 0;
};
// What one cause released and what came of it.
struct Cause {
  std::vector<std::pair<std::size_t, Components>> lines;
  std::vector<std::int64_t> units;
  std::vector<PaidPart> parts;
  std::int64_t released = 0, due = 0, capped_shipping = 0;
  bool withdrawn = false;
};

class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed) {}

  // What broke; empty: nothing.
  std::string run() {
    begin();
    for (std::int64_t steps = between(1, 8); steps > 0 && fault_.empty(); --steps) step();
    if (fault_.empty()) finish();
    return fault_;
  }

  std::int64_t refunds = 0, denied = 0, exchanged = 0, capped = 0, short_captures = 0, credited_parts = 0;

 private:
  std::int64_t between(std::int64_t low, std::int64_t high) {  // fast, and the same on every machine
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  void expect(bool holds, const char* law) {
    if (!holds && fault_.empty()) fault_ = law;
  }
  void post(std::initializer_list<std::pair<Account, std::int64_t>> lines) {
    std::int64_t sum = 0;
    for (const auto& [account, amount] : lines) {
      sum += amount;
      books_[account] += amount;
    }
    expect(sum == 0, "a posting sums to zero");
  }

  void begin() {
    static constexpr std::int64_t kUnits[] = {1, 1, 2, 3, 7, 100, 80'995};
    static constexpr std::int64_t kPrices[] = {3, 900, 12'345, 1'999'995};  // yen, cents, thousandths
    const std::int64_t most = kPrices[between(0, 3)];
    NewOrder order;
    for (std::int64_t i = between(1, 4); i > 0; --i) {
      NewLine line;
      line.quantity = kUnits[between(0, one_in(20) ? 6 : 4)];
      line.unit_price = between(0, most);
      const std::int64_t price = line.quantity * line.unit_price;
      line.discount = one_in(2) ? 0 : between(0, price / 3);
      line.tax = between(0, price / 4 + 1);
      order.lines.push_back(line);
    }
    order.shipping_amount = one_in(4) ? 0 : between(0, most);
    order.shipping_tax = between(0, order.shipping_amount / 4 + 1);
    std::int64_t value = 0;
    for (const auto& line : order.lines) value += line.quantity * line.unit_price - line.discount;
    order.discount = one_in(2) ? 0 : between(0, value / 2);
    total_ = total_of(order);
    freeze_lines(order);
    for (std::int64_t i = between(1, 3), left = total_; i > 0; --i) {
      const std::int64_t share = i == 1 ? left : between(0, left);
      left -= share;
      payments_.push_back({PaymentId{static_cast<std::int64_t>(payments_.size()) + 1}, 0, one_in(3)});
      wanted_.push_back(share);
      capture(payments_.size() - 1, one_in(4) ? between(0, share) : share);
    }
    order_of_refund_ = static_cast<RefundOrder>(between(0, 2));
    bonus_points_ = one_in(2) ? 0 : static_cast<int>(between(1, 2'000));
    standard_ = between(0, order.shipping_amount + order.shipping_tax + 2);
  }

  void freeze_lines(const NewOrder& order) {
    const auto frozen = freeze(order);
    std::int64_t sum = 0;
    ShippingPlace place;
    for (std::size_t i = 0; i < frozen.size(); ++i) {
      LineMoney line;
      line.quantity = order.lines[i].quantity;
      line.frozen = {frozen[i].price, frozen[i].discount, frozen[i].tax, frozen[i].shipping, 0};
      line.shipping_tax = frozen[i].tax - order.lines[i].tax;
      line.place = {place.all, 0, place.tax_all, 0};
      place.all += line.frozen.shipping;
      place.tax_all += line.shipping_tax;
      sum += line.frozen.amount();
      lines_.push_back(line);
    }
    for (auto& line : lines_) line.place.all = place.all, line.place.tax_all = place.tax_all;
    expect(sum == total_, "what is frozen on the lines is the order's total");
    expect(place.all == order.shipping_amount && place.tax_all == order.shipping_tax, "the shipping lies on the lines whole");
  }

  void capture(std::size_t at, std::int64_t amount) {
    payments_[at].room += amount;
    captured_.resize(payments_.size());
    given_back_.resize(payments_.size());
    captured_[at] += amount;
    post({{payments_[at].credit ? voucher_clearing : gateway, amount}, {sales, -amount}});
  }

  void step() {
    switch (between(0, 7)) {
      case 0: {
        const auto at = static_cast<std::size_t>(between(0, static_cast<std::int64_t>(payments_.size()) - 1));
        return capture(at, between(0, wanted_[at] - captured_[at]));
      }
      case 1:
        return deny();
      case 2:
        return exchange_units();
      default:
        return release_some(one_in(3));
    }
  }

  Deductions any_deductions(bool withdrawn) {
    if (withdrawn) return {0, one_in(2) ? 0 : between(0, 900), true, standard_};
    if (one_in(3)) return {};
    return {static_cast<int>(between(0, 3'000)), one_in(2) ? 0 : between(0, 900), one_in(2), {}};
  }

  // Units of some lines, taken off them.
  Released take(Cause& cause, bool everything) {
    Released released;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      auto& line = lines_[i];
      const std::int64_t left = line.quantity - line.released_units;
      if (left == 0 || (!everything && one_in(3))) continue;
      const std::int64_t units = everything || one_in(2) ? left : between(1, left);
      const auto share = release(line, units);
      released.add(share, shipping_span(line, units));
      line.released = line.released + share;
      line.released_units += units;
      cause.lines.emplace_back(i, share);
      cause.units.push_back(units);
    }
    cause.released = released.components.amount();
    return released;
  }

  void release_some(bool withdrawn, bool everything = false) {
    Cause cause;
    cause.withdrawn = withdrawn;
    const auto released = take(cause, everything);
    if (cause.lines.empty()) return;
    SplitTerms terms;
    terms.order = order_of_refund_;
    if (!withdrawn && one_in(4)) terms.destinations = {{RefundDestination::store_credit, one_in(3) ? between(0, 900) : INT64_MAX}};
    terms.bonus_basis_points = bonus_points_;
    pay(std::move(cause), released, any_deductions(withdrawn), terms);
  }

  void pay(Cause cause, const Released& released, const Deductions& deductions, SplitTerms terms) {
    const auto due = due_of(released, deductions);
    cause.due = due.amount();
    expect(due.fees >= 0 && due.shipping >= 0, "neither fees nor shipping are below zero");
    expect(cause.due <= std::max<std::int64_t>(0, cause.released), "no more is due than was released");
    if (cause.withdrawn) {
      cause.capped_shipping = due.shipping + released.shipping_tax - (released.components.tax - due.tax);
      capped += due.shipping < released.components.shipping;
    }
    std::int64_t room = 0;
    for (const auto& payment : payments_) room += payment.room;
    terms.credited_before = credited_;
    const std::int64_t most = terms.destinations.empty() ? 0 : terms.destinations.front().at_most;
    const auto parts = split(due, payments_, terms);
    Components sum;
    std::int64_t elsewhere = 0;
    for (const auto& part : parts) {
      sum = sum + part.components;
      if (part.to != RefundDestination::original) elsewhere += part.components.amount();
      book(cause, part);
    }
    expect(sum.amount() == std::min(std::max<std::int64_t>(0, cause.due), room), "the parts are what is due, or all that was captured");
    expect(cause.due <= 0 || cause.due > room || sum == due, "each component is in the parts to the cent");
    expect(elsewhere <= most, "a destination takes no more than its bound");
    short_captures += cause.due > room;
    causes_.push_back(std::move(cause));
  }

  void book(Cause& cause, const RefundPart& part) {
    const std::int64_t amount = part.components.amount(), kept = part.components.fees;
    const auto at = static_cast<std::size_t>(part.payment.value - 1);
    expect(amount > 0 && part.bonus >= 0, "a part pays something");
    payments_[at].room -= amount;
    given_back_[at] += amount;
    expect(payments_[at].room >= 0 && given_back_[at] <= captured_[at], "no payment gives more than it captured");
    post({{sales, amount + kept}, {fees, -kept}, {payable, -amount}});
    cause.parts.push_back({at, part.to, amount, kept, part.bonus});
    ++refunds;
    if (part.to == RefundDestination::store_credit) {
      credited_ += amount;
      bonuses_ += part.bonus;
      ++credited_parts;
    }
  }

  // The newest cause is stopped: everything of it goes back to where it came from.
  void deny() {
    if (causes_.empty() || causes_.back().parts.empty() || causes_.back().parts.front().to == RefundDestination::exchange) return;
    const Cause cause = std::move(causes_.back());
    causes_.pop_back();
    for (const auto& part : cause.parts) {
      payments_[part.payment].room += part.amount;
      given_back_[part.payment] -= part.amount;
      post({{payable, part.amount}, {fees, part.fees}, {sales, -part.amount - part.fees}});
      if (part.to != RefundDestination::store_credit) continue;
      credited_ -= part.amount;
      bonuses_ -= part.bonus;
    }
    for (std::size_t i = 0; i < cause.lines.size(); ++i) {
      auto& line = lines_[cause.lines[i].first];
      const auto& share = cause.lines[i].second;
      line.released = line.released + Components{-share.price, -share.discount, -share.tax, -share.shipping, 0};
      line.released_units -= cause.units[i];
    }
    ++denied;
  }

  // What comes back pays for a replacement; the rest goes back as it was paid.
  void exchange_units() {
    Cause cause;
    const auto released = take(cause, false);
    if (cause.lines.empty()) return;
    const std::int64_t worth = due_of(released, {}).amount();
    ExchangeFacts facts;
    facts.approved = facts.goods_open = true;
    facts.credit = std::max<std::int64_t>(0, worth);
    facts.total = std::max<std::int64_t>(0, worth + between(-500, 500));
    advance(facts);
    SplitTerms terms;
    terms.order = order_of_refund_;
    terms.destinations = {{RefundDestination::exchange, room_of(facts)}};
    pay(std::move(cause), released, {}, terms);
    facts.goods_open = false;
    facts.goods_accepted = facts.triggered = facts.replacement_left = true;
    for (const auto& part : causes_.back().parts) {
      if (part.to == RefundDestination::exchange) facts.held += part.amount, facts.brought += part.amount;
    }
    expect(facts.held <= facts.total, "a replacement takes no more than it costs");
    advance(facts);
    facts.let_go += owed(facts);
    advance(facts);
    expect(facts.state == ExchangeState::completed && facts.held + facts.let_go >= facts.total, "an exchange ends paid for");
    ++exchanged;
  }

  void advance(ExchangeFacts& facts) {
    for (int i = 0; i < 8; ++i) {
      const auto event = next_event(facts);
      if (!event) return;
      const auto next = next_state(kExchangeSteps, facts.state, *event);
      expect(next.has_value(), "an exchange takes only steps that its table has");
      if (!next) return;
      facts.state = *next;
    }
    expect(false, "an exchange comes to rest");
  }

  // Everything that is left comes back, and all refunds are paid.
  void finish() {
    release_some(one_in(4), true);
    std::int64_t released = 0, back = 0, shipping = 0;
    bool only_withdrawn = true;
    for (const auto& cause : causes_) {
      released += cause.released;
      shipping += cause.capped_shipping;
      only_withdrawn = only_withdrawn && cause.withdrawn;
      for (const auto& part : cause.parts) settle(part, back);
    }
    std::int64_t charged = 0;
    for (const auto& line : lines_) {
      expect(line.released == line.frozen, "shares telescope to what was frozen");
      charged += line.frozen.shipping + line.shipping_tax;
    }
    expect(released == total_, "all causes together released the order's total");
    if (only_withdrawn) expect(shipping == std::min(charged, standard_), "withdrawals pay back the standard shipping to the cent");
    expect(bonuses_ == released_share(credited_, bonus_points_, 10'000), "the bonus of all batches is the bonus of their sum");
    std::int64_t sum = 0, money = 0, vouchers = 0;
    for (const auto amount : books_) sum += amount;
    for (std::size_t i = 0; i < payments_.size(); ++i) (payments_[i].credit ? vouchers : money) += captured_[i];
    expect(sum == 0, "the ledger sums to zero");
    expect(books_[payable] == 0, "nothing is owed any more");
    expect(books_[gateway] + books_[voucher_clearing] + books_[credit] + books_[exchange] == money + vouchers - back - bonuses_,
           "what was captured is here or was given back");
    expect(back <= money + vouchers, "no more went back than came in");
  }

  void settle(const PaidPart& part, std::int64_t& back) {
    const Account from = part.to == RefundDestination::store_credit ? credit
                         : part.to == RefundDestination::exchange   ? exchange
                         : payments_[part.payment].credit           ? voucher_clearing
                                                                    : gateway;
    post({{payable, part.amount}, {from, -part.amount}});
    post({{bonus, part.bonus}, {credit, -part.bonus}});
    back += part.amount;
  }

  std::mt19937_64 random_;
  std::string fault_;
  std::vector<LineMoney> lines_;
  std::vector<PaymentRoom> payments_;
  std::vector<std::int64_t> wanted_, captured_, given_back_;
  std::vector<Cause> causes_;
  std::array<std::int64_t, kAccounts> books_{};
  std::int64_t total_ = 0, standard_ = 0, credited_ = 0, bonuses_ = 0;
  int bonus_points_ = 0;
  RefundOrder order_of_refund_ = RefundOrder::money_first;
};

TEST(PureMoneyHistories, LoseNoCentAndNeverGiveBackMoreThanCameIn) {
  const std::int64_t wanted = given("ROUNDTRIP_TEST_PURE_HISTORIES", 100'000);
  const auto seed = static_cast<std::uint64_t>(given("ROUNDTRIP_TEST_SEED", static_cast<std::int64_t>(std::random_device{}())));
  std::int64_t refunds = 0, denied = 0, exchanged = 0, capped = 0, short_captures = 0, credited = 0;
  for (std::int64_t i = 0; i < wanted; ++i) {
    const auto mine = seed + static_cast<std::uint64_t>(i);
    Life life(mine);
    const std::string fault = life.run();
    ASSERT_EQ(fault, "") << "is broken: ROUNDTRIP_TEST_SEED=" << mine << " ROUNDTRIP_TEST_PURE_HISTORIES=1";
    refunds += life.refunds;
    denied += life.denied;
    exchanged += life.exchanged;
    capped += life.capped;
    short_captures += life.short_captures;
    credited += life.credited_parts;
  }
  std::cout << "  seed " << seed << ": " << wanted << " histories, " << refunds << " refunds, " << denied << " causes denied, " << exchanged
            << " exchanges, " << capped << " with less shipping, " << short_captures << " with too little captured, " << credited
            << " to store credit\n";
  if (wanted < 10'000) return;
  for (const auto count : {refunds, denied, exchanged, capped, short_captures, credited}) EXPECT_GT(count, wanted / 50);
}

}  // namespace
}  // namespace roundtrip::domain
