// Orders of labels that tests of carriers begin with.
#pragma once
#include <string>

#include "carriers/shipping.hpp"

namespace roundtrip::carriers::test {

// Between a shop and its customer: out to the customer, back to the shop. 1.2 kg, two sweaters, a return's number.
inline LabelOrder order_between(const Party& shop, const Party& customer, Direction direction, const std::string& reference = "R-1") {
  LabelOrder order;
  order.reference = reference;
  order.direction = direction;
  order.from = direction == Direction::back ? customer : shop;
  order.to = direction == Direction::back ? shop : customer;
  order.weight_g = 1200;
  order.currency = order.from.address.country == "US" ? "USD" : "EUR";
  order.contents = {{"Wool sweater", 2, 4950, 300, "6110.11", "PT"}};
  order.rma = "RMA-5";
  order.ship_at = *parse_rfc3339("2026-11-20T10:00:00Z");
  return order;
}

inline Party american_shop(const std::string& country = "US") {
  return {{"", "Example Store", "1 Depot Road", "", "Toledo", "OH", "43604", country, "+1 419 555 0100"}, "returns@store.test"};
}
inline Party american_customer(const std::string& country = "US") {
  return {{"Ann Miller", "", "12 Elm Street", "Apt 4", "Albany", "NY", "12207", country, ""}, ""};
}
inline Party german_shop() { return {{"", "Kontor", "Lange Str. 1", "", "Bonn", "", "53113", "DE", "+49 228 1"}, "shop@store.test"}; }
inline Party german_customer() { return {{"Anna Berg", "", "Markt 5", "", "Leipzig", "", "04109", "DE", ""}, "anna@example.test"}; }

}  // namespace roundtrip::carriers::test
