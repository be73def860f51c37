// Checking an order, freezing its money, deriving its status.
#include "domain/orders.hpp"

#include <algorithm>

#include "domain/money.hpp"

namespace roundtrip::domain {
namespace {
// What shares are weighted by: the line's value after its own discount, never below zero.
std::vector<std::int64_t> line_values(const NewOrder& order) {
  std::vector<std::int64_t> values;
  for (const NewLine& line : order.lines) {
    values.push_back(std::max<std::int64_t>(0, multiply_exactly(line.quantity, line.unit_price) - line.discount));
  }
  return values;
}

bool is_upper_pair(std::string_view text) {
  return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

void check_line(const NewLine& line, const std::string& at, std::vector<Fault>& faults) {
  if (line.sku.empty()) faults.push_back({at + "/sku", "required", "is required"});
  if (line.quantity < 1) faults.push_back({at + "/quantity", "out_of_range", "must be 1 or more"});
  const __int128 value = static_cast<__int128>(line.quantity) * line.unit_price;
  if (value > INT64_MAX / 4 || value < -(INT64_MAX / 4)) {
    faults.push_back({at + "/unit_price", "amount_too_large", "quantity times unit_price is too large"});
  } else if (line.unit_price >= 0 && static_cast<__int128>(line.discount) > value) {
    faults.push_back({at + "/discount", "discount_above_price",
                      "is more than the line costs (" + std::to_string(static_cast<std::int64_t>(value)) + ")"});
  }
  if (line.goods && line.unit_price < 0)
    faults.push_back({at + "/unit_price", "out_of_range", "goods cannot cost less than nothing; use a discount"});
  if (line.discount < 0) faults.push_back({at + "/discount", "out_of_range", "must be 0 or more"});
}
}  // namespace

std::int64_t total_of(const NewOrder& order) {
  std::int64_t total = add_exactly(order.shipping_amount, order.shipping_tax);
  for (const NewLine& line : order.lines) {
    total = add_exactly(total, multiply_exactly(line.quantity, line.unit_price));
    total = add_exactly(total, add_exactly(line.tax, -line.discount));
  }
  return add_exactly(total, -order.discount);
}

std::vector<FrozenLine> freeze(const NewOrder& order) {
  const auto values = line_values(order);
  const auto discounts = allocate(order.discount, values);
  const auto shippings = allocate(order.shipping_amount, values);
  const auto shipping_taxes = allocate(order.shipping_tax, values);
  std::vector<FrozenLine> frozen;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const NewLine& line = order.lines[i];
    frozen.push_back(
        {multiply_exactly(line.quantity, line.unit_price), line.discount + discounts[i], line.tax + shipping_taxes[i], shippings[i]});
  }
  return frozen;
}

std::vector<Fault> check(const NewOrder& order) {
  std::vector<Fault> faults;
  if (order.external_id.empty()) faults.push_back({"/external_id", "required", "is required"});
  if (!is_currency(order.currency)) faults.push_back({"/currency", "unknown_currency", "must be an ISO 4217 code such as EUR"});
  if (!is_upper_pair(order.ship_to.country))
    faults.push_back({"/ship_to/country", "not_a_country", "must be an ISO 3166 two-letter code such as PT"});
  if (order.lines.empty()) faults.push_back({"/lines", "required", "an order has at least one line"});
  for (std::size_t i = 0; i < order.lines.size(); ++i) check_line(order.lines[i], "/lines/" + std::to_string(i), faults);
  if (!faults.empty()) return faults;
  __int128 goods = 0;
  __int128 size = 0;
  for (const NewLine& line : order.lines) {
    const __int128 value = static_cast<__int128>(line.quantity) * line.unit_price;
    goods += std::max<__int128>(0, value - line.discount);
    size += (value < 0 ? -value : value) + line.tax + line.discount;
  }
  if (size + order.shipping_amount + order.shipping_tax + order.discount > INT64_MAX / 4) {
    faults.push_back({"/lines", "amount_too_large", "the order's amounts are too large to add up"});
  } else if (order.discount > goods) {
    faults.push_back({"/discount", "discount_above_price", "is more than the lines cost; put what is left into the lines or a payment"});
  }
  for (std::size_t i = 0; i < order.payments.size(); ++i) {
    if (order.payments[i].gateway.empty()) faults.push_back({"/payments/" + std::to_string(i) + "/gateway", "required", "is required"});
  }
  return faults;
}

OrderStatus derive_status(const std::vector<LineProgress>& lines) {
  const bool any_goods = std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.goods; });
  std::int64_t wanted = 0, shipped = 0, delivered = 0;
  bool all_canceled = !lines.empty();
  for (const LineProgress& line : lines) {
    all_canceled = all_canceled && line.canceled == line.quantity;
    if (!line.goods) continue;
    wanted += line.quantity - line.canceled;
    shipped += line.shipped;
    delivered += line.delivered;
  }
  if (all_canceled || (any_goods && wanted == 0)) return OrderStatus::canceled;
  if (!any_goods) return OrderStatus::closed;
  if (shipped == 0) return OrderStatus::open;
  if (shipped < wanted) return OrderStatus::partly_shipped;
  return delivered < wanted ? OrderStatus::shipped : OrderStatus::delivered;
}

}  // namespace roundtrip::domain
