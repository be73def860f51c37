// Shares that telescope per component, and their split over payments.
#include "domain/refunds.hpp"

#include <algorithm>

#include "domain/money.hpp"

namespace roundtrip::domain {

Components operator+(const Components& a, const Components& b) {
  return {add_exactly(a.price, b.price), add_exactly(a.discount, b.discount), add_exactly(a.tax, b.tax),
          add_exactly(a.shipping, b.shipping), add_exactly(a.fees, b.fees)};
}

Components release(const LineMoney& line, std::int64_t units) {
  const std::int64_t after = add_exactly(line.released_units, units);
  const auto share = [&](std::int64_t amount, std::int64_t released) { return released_share(amount, after, line.quantity) - released; };
  return {share(line.frozen.price, line.released.price), share(line.frozen.discount, line.released.discount),
          share(line.frozen.tax, line.released.tax), share(line.frozen.shipping, line.released.shipping), 0};
}

Components due_of(const Components& released, std::int64_t shipping_tax, const Deductions& deductions) {
  Components due = released;
  due.fees = 0;
  if (!deductions.refund_shipping) {
    due.shipping = 0;
    due.tax -= shipping_tax;
  }
  const std::int64_t goods = std::max<std::int64_t>(0, released.price - released.discount + released.tax - shipping_tax);
  const std::int64_t fees = add_exactly(released_share(goods, deductions.restocking_basis_points, 10'000), deductions.fixed_fee);
  due.fees = std::clamp<std::int64_t>(fees, 0, std::max<std::int64_t>(0, due.amount()));
  return due;
}

std::vector<RefundPart> split(const Components& due, const std::vector<PaymentRoom>& payments) {
  std::vector<RefundPart> parts;
  const std::int64_t total = due.amount();
  std::int64_t paid = 0;
  for (const PaymentRoom& payment : payments) {
    const std::int64_t amount = std::min(payment.room, total - paid);
    if (amount <= 0) continue;
    const auto share = [&](std::int64_t component) { return share_between(component, paid, paid + amount, total); };
    Components part{0, share(due.discount), share(due.tax), share(due.shipping), share(due.fees)};
    part.price = amount + part.discount - part.tax - part.shipping + part.fees;
    parts.push_back({payment.payment, part});
    paid += amount;
  }
  return parts;
}

}  // namespace roundtrip::domain
