// From an order as sent to everything that is written for it: shared by the API and by imports.
#pragma once
#include <string>
#include <vector>

#include "domain/orders.hpp"
#include "store/orders.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

// Numbers one order needs; take them from store::draw_numbers.
struct PlanNumbers {
  OrderId order;
  std::vector<LineId> lines;          // one a line
  std::vector<ShipmentId> shipments;  // two: what is there, what is missing
  std::vector<PaymentId> payments;    // one a payment
};

// Freezes the money, allocates from `places` (reduced by what is taken), splits into an allocated and a
// backordered shipment, promises dates, starts the timeline ("order.received", then the shipments). Pure
// but for its arguments. An order without goods is closed at once: there is nothing to ship.
store::PlannedOrder plan_order(const Context& context, const domain::NewOrder& order, const std::string& content_hash,
                               const store::WarehouseFacts& warehouse, const PlanNumbers& numbers, std::vector<domain::StockPlace>& places);

}  // namespace roundtrip::usecases
