// Planning an order.
#include "usecases/order_plan.hpp"

#include <nlohmann/json.hpp>

#include "carriers/times.hpp"
#include "domain/promise.hpp"

namespace roundtrip::usecases {
namespace {
void plan_shipments(store::PlannedOrder& plan, const PlanNumbers& numbers, std::vector<domain::StockPlace>& places) {
  std::vector<domain::Demand> demands;
  for (std::size_t i = 0; i < plan.order.lines.size(); ++i) {
    const auto& line = plan.order.lines[i];
    if (line.goods) demands.push_back({plan.lines[i], line.sku, line.quantity});
  }
  if (demands.empty()) return;
  auto allocation = domain::plan_allocation(demands, places);
  store::PlannedShipment now{numbers.shipments.at(0), domain::ShipmentStatus::allocated, "", {}, {}};
  for (const auto& taken : allocation.allocated) {
    if (!now.lines.empty() && now.lines.back().line == taken.line)
      now.lines.back().quantity += taken.quantity;
    else
      now.lines.push_back({taken.line, taken.sku, taken.quantity});
  }
  now.allocations = std::move(allocation.allocated);
  if (!now.lines.empty()) plan.shipments.push_back(std::move(now));
  if (!allocation.missing.empty()) {
    plan.shipments.push_back(
        {numbers.shipments.at(1), domain::ShipmentStatus::backordered, "out of stock", std::move(allocation.missing), {}});
  }
}
}  // namespace

store::PlannedOrder plan_order(const Context& context, const domain::NewOrder& order, const std::string& content_hash,
                               const store::WarehouseFacts& warehouse, const PlanNumbers& numbers,
                               std::vector<domain::StockPlace>& places) {
  store::PlannedOrder plan;
  plan.order = order;
  plan.content_hash = content_hash;
  plan.received_at = context.now;
  plan.lines = numbers.lines;
  plan.payments = numbers.payments;
  plan.frozen = domain::freeze(order);
  plan.total = domain::total_of(order);
  for (const auto& payment : order.payments) plan.captured += payment.captured;
  plan.head.id = numbers.order;
  plan.head.external_id = order.external_id;
  plan.head.currency = order.currency;
  plan.head.warehouse = warehouse.id;
  plan.head.locale = order.customer.locale;
  plan_shipments(plan, numbers, places);
  plan.head.status = plan.shipments.empty() ? domain::OrderStatus::closed : domain::OrderStatus::open;
  const auto promise = domain::promise_for(
      order.placed_at, {.cutoff_hour = warehouse.cutoff_hour,
                        .handling_days = warehouse.handling_days,
                        .transit_days = warehouse.transit_days,
                        .utc_offset_us = carriers::offset_in_zone(warehouse.time_zone, order.placed_at).value_or(0) * kMinute});
  plan.promised_ship_at = promise.ship_by;
  plan.promised_deliver_at = promise.deliver_by;
  nlohmann::ordered_json received = {{"external_id", order.external_id},
                                     {"lines", order.lines.size()},
                                     {"total", plan.total},
                                     {"captured", plan.captured},
                                     {"currency", order.currency}};
  if (plan.captured != plan.total) received["captured_differs"] = true;
  store::plan_entry(plan, {"order.received", context.actor.channel, context.actor.name, to_text(plan.head.id), received.dump()});
  for (const auto& shipment : plan.shipments) {
    std::int64_t units = 0;
    for (const auto& line : shipment.lines) units += line.quantity;
    const bool here = shipment.status == domain::ShipmentStatus::allocated;
    store::plan_entry(plan, {here ? "shipment.allocated" : "shipment.backordered", context.actor.channel, context.actor.name,
                             to_text(shipment.id), nlohmann::ordered_json{{"units", units}}.dump()});
  }
  return plan;
}

}  // namespace roundtrip::usecases
