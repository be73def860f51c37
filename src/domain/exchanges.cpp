// The rules of an exchange.
#include "domain/exchanges.hpp"

#include <algorithm>
#include <stdexcept>

namespace roundtrip::domain {

std::int64_t owed(const ExchangeFacts& facts) {
  const std::int64_t expected = facts.goods_open ? std::max<std::int64_t>(0, facts.credit - facts.brought) : 0;
  return std::max<std::int64_t>(0, facts.total - facts.held - facts.let_go - expected);
}

std::int64_t room_of(const ExchangeFacts& facts) { return std::max<std::int64_t>(0, facts.total - facts.held); }

std::optional<ExchangeEvent> next_event(const ExchangeFacts& facts) {
  const bool nothing_came = !facts.goods_open && !facts.goods_accepted;
  const bool stopped = facts.replacement_canceled || (nothing_came && !facts.replacement_left);
  switch (facts.state) {
    case ExchangeState::requested:
      if (nothing_came) return ExchangeEvent::cancel;
      if (facts.approved) return ExchangeEvent::reserve;
      return std::nullopt;
    case ExchangeState::awaiting_goods:
      if (stopped) return ExchangeEvent::cancel;
      if (owed(facts) > 0) return ExchangeEvent::want_payment;
      if (facts.triggered) return ExchangeEvent::release;
      return std::nullopt;
    case ExchangeState::awaiting_payment:
      if (stopped) return ExchangeEvent::cancel;
      if (owed(facts) == 0) return ExchangeEvent::settle_payment;
      return std::nullopt;
    case ExchangeState::released:
      if (stopped) return ExchangeEvent::cancel;
      if (facts.goods_open) return std::nullopt;
      return owed(facts) == 0 ? ExchangeEvent::complete : ExchangeEvent::miss;
    case ExchangeState::customer_owes:
      if (owed(facts) == 0) return ExchangeEvent::complete;
      return std::nullopt;
    case ExchangeState::completed:
    case ExchangeState::canceled:
      return std::nullopt;
  }
  throw std::logic_error("unknown exchange state");
}

bool same_product(const ProductName& one, const ProductName& other) {
  return one.sku == other.sku || (!one.model.empty() && one.model == other.model);
}

EvenPrice even_price(const Components& goods, std::int64_t units) {
  if (units < 1) throw std::logic_error("even_price: no units");
  // A price that the units do not divide is rounded up, and the discount takes the difference.
  const std::int64_t unit_price = goods.price >= 0 ? (goods.price + units - 1) / units : goods.price / units;
  return {unit_price, goods.discount + unit_price * units - goods.price, goods.tax};
}

}  // namespace roundtrip::domain
