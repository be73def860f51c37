// Orders: what was bought, its lines with frozen money, and the state derived from its shipments.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class OrderStatus { open, partly_shipped, shipped, delivered, closed, canceled };
inline constexpr Word<OrderStatus> kOrderStatuses[] = {
    {OrderStatus::open, "open"},       {OrderStatus::partly_shipped, "partly_shipped"},
    {OrderStatus::shipped, "shipped"}, {OrderStatus::delivered, "delivered"},
    {OrderStatus::closed, "closed"},   {OrderStatus::canceled, "canceled"},
};
inline std::string_view to_text(OrderStatus status) { return word_of(kOrderStatuses, status); }
inline std::optional<OrderStatus> parse_order_status(std::string_view text) { return value_of(kOrderStatuses, text); }

struct Address {
  std::string name, company, line1, line2, city, region, postal_code, country, phone;
  bool operator==(const Address&) const = default;
};

struct Customer {
  std::string external_id, name, email, phone;
  std::string locale = "en";
  std::string time_zone = "UTC";
  std::string tier = "standard";
};

// One line as the storefront sends it. Amounts in minor units of the order's currency.
struct NewLine {
  std::string external_id, sku, description;
  std::int64_t quantity = 1;
  std::int64_t unit_price = 0;
  std::int64_t discount = 0;
  std::int64_t tax = 0;
  bool goods = true;
};

struct NewPayment {
  std::string gateway = "manual";
  std::string reference;
  std::int64_t captured = 0;
};

struct NewOrder {
  std::string external_id;
  Instant placed_at;
  std::string currency;
  std::string service = "standard";
  std::string warehouse;  // name; empty: the merchant's first
  Customer customer;
  Address ship_to;
  std::vector<NewLine> lines;
  std::int64_t shipping_amount = 0;
  std::int64_t shipping_tax = 0;
  std::int64_t discount = 0;
  std::vector<NewPayment> payments;
  std::string kind = "order";  // free: nobody pays; exchange, replacement: goods instead of others
};

// A line's money, frozen at intake (law 1). What the line costs: price - discount + tax + shipping.
struct FrozenLine {
  std::int64_t price = 0;
  std::int64_t discount = 0;  // the line's and its share of the order's
  std::int64_t tax = 0;       // the line's and its share of the shipping's
  std::int64_t shipping = 0;  // its share of the shipping
};

// Allocates order discount and shipping by line value (price - discount), largest remainder. The sum
// over the lines of price - discount + tax + shipping equals total_of(order).
std::vector<FrozenLine> freeze(const NewOrder& order);
// Sum of lines + shipping - order discount.
std::int64_t total_of(const NewOrder& order);
// Every fault of an order at once; pointers into the order's JSON body. Empty: fine.
std::vector<Fault> check(const NewOrder& order);

// What an order line has become, for deriving the order's status.
struct LineProgress {
  std::int64_t quantity = 0, canceled = 0, shipped = 0, delivered = 0;
  bool goods = true;
};
// open -> partly_shipped -> shipped -> delivered; canceled when everything is. Non-goods lines do not
// count; an order without goods has nothing to ship and is closed.
OrderStatus derive_status(const std::vector<LineProgress>& lines);

}  // namespace roundtrip::domain
