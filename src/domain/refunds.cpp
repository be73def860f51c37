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

ShippingSpan shipping_span(const LineMoney& line, std::int64_t units) {
  const std::int64_t after = add_exactly(line.released_units, units);
  const auto tax_at = [&](std::int64_t released) {
    return line.place.tax_before + released_share(line.shipping_tax, released, line.quantity);
  };
  return {line.place.before + line.released.shipping,
          line.place.before + released_share(line.frozen.shipping, after, line.quantity),
          line.place.all,
          tax_at(line.released_units),
          tax_at(after),
          line.place.tax_all};
}

ShippingShare surcharge_of(const ShippingSpan& span, std::int64_t standard) {
  const std::int64_t charged = add_exactly(span.all, span.tax_all);
  if (charged <= standard) return {};
  const std::int64_t net = released_share(standard, span.all, charged);
  // Shares of the smaller amount nest in those of what was charged: a step of one there is a step of at most one here.
  const auto surcharge = [](std::int64_t amount, std::int64_t from, std::int64_t to, std::int64_t all) {
    return to - from - (all == 0 ? 0 : share_between(amount, from, to, all));
  };
  return {surcharge(net, span.from, span.to, span.all), surcharge(standard - net, span.tax_from, span.tax_to, span.tax_all)};
}

void Released::add(const Components& share, const ShippingSpan& span) {
  components = components + share;
  shipping_tax = add_exactly(shipping_tax, span.tax_to - span.tax_from);
  shipping.push_back(span);
}

Components due_of(const Released& released, const Deductions& deductions) {
  Components due = released.components;
  std::int64_t shipping_tax = released.shipping_tax;
  due.fees = 0;
  if (deductions.standard_shipping) {
    for (const auto& span : released.shipping) {
      const auto surcharge = surcharge_of(span, *deductions.standard_shipping);
      due.shipping -= surcharge.amount;
      due.tax -= surcharge.tax;
      shipping_tax -= surcharge.tax;
    }
  }
  const std::int64_t goods = std::max<std::int64_t>(0, due.price - due.discount + due.tax - shipping_tax);
  if (!deductions.refund_shipping) {
    due.shipping = 0;
    due.tax -= shipping_tax;
  }
  const std::int64_t fees = add_exactly(released_share(goods, deductions.restocking_basis_points, 10'000), deductions.fixed_fee);
  due.fees = std::clamp<std::int64_t>(fees, 0, std::max<std::int64_t>(0, due.amount()));
  return due;
}

namespace {

// What each payment gives of `total`, in the order of `payments`; never more than its room.
std::vector<std::int64_t> shares_of_payments(std::int64_t total, const std::vector<PaymentRoom>& payments, RefundOrder order) {
  std::vector<std::int64_t> shares(payments.size(), 0);
  std::int64_t left = total;
  const auto take = [&](std::size_t at, std::int64_t wanted) {
    const std::int64_t amount =
        std::clamp<std::int64_t>(std::min(wanted, left), 0, std::max<std::int64_t>(0, payments[at].room - shares[at]));
    shares[at] += amount;
    left -= amount;
  };
  if (order == RefundOrder::proportional) {
    std::vector<std::int64_t> weights;
    for (const auto& payment : payments) weights.push_back(std::max<std::int64_t>(0, payment.room));
    const auto wanted = payments.empty() ? weights : allocate(std::max<std::int64_t>(0, total), weights);
    for (std::size_t i = 0; i < payments.size(); ++i) take(i, wanted[i]);
  }
  const bool credit_first = order == RefundOrder::credit_first;
  for (const bool credit : {credit_first, !credit_first}) {
    for (std::size_t i = 0; i < payments.size(); ++i) {
      if (payments[i].credit == credit) take(i, left);
    }
  }
  return shares;
}

}  // namespace

std::vector<RefundPart> split(const Components& due, const std::vector<PaymentRoom>& payments, const SplitTerms& terms) {
  std::vector<RefundPart> parts;
  const std::int64_t total = due.amount();
  auto destinations = terms.destinations;
  destinations.push_back({RefundDestination::original, total});
  std::size_t to = 0;
  std::int64_t paid = 0, credited = terms.credited_before;
  const auto shares = shares_of_payments(total, payments, terms.order);
  for (std::size_t i = 0; i < payments.size(); ++i) {
    for (std::int64_t left = shares[i]; left > 0;) {
      while (destinations[to].at_most <= 0) ++to;
      const std::int64_t amount = std::min(left, destinations[to].at_most);
      const auto share = [&](std::int64_t component) { return share_between(component, paid, paid + amount, total); };
      RefundPart part{
          payments[i].payment, {0, share(due.discount), share(due.tax), share(due.shipping), share(due.fees)}, destinations[to].to};
      part.components.price = amount + part.components.discount - part.components.tax - part.components.shipping + part.components.fees;
      if (part.to == RefundDestination::store_credit) {
        part.bonus = released_share(credited + amount, terms.bonus_basis_points, 10'000) -
                     released_share(credited, terms.bonus_basis_points, 10'000);
        credited += amount;
      }
      parts.push_back(part);
      destinations[to].at_most -= amount;
      left -= amount;
      paid += amount;
    }
  }
  return parts;
}

}  // namespace roundtrip::domain
