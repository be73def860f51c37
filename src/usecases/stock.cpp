// Stock movements and filling backorders.
#include "usecases/stock.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "store/idempotency.hpp"
#include "store/orders.hpp"
#include "store/products.hpp"
#include "store/shipments.hpp"
#include "store/stock.hpp"

namespace roundtrip::usecases {
namespace {
constexpr int kBackordersAtOnce = 500;

Error not_enough(const Movement& movement) {
  return {ErrorKind::conflict, "not_enough_stock",
          "There is less of " + movement.sku + " in that bin than would be taken away, or it is reserved for orders. Look at /v1/stock/" +
              movement.sku + "."};
}

std::string text_of(const MovementDone& moved) {
  return to_text(moved.id) + " " + std::to_string(moved.on_hand) + " " + std::to_string(moved.reserved) + " " +
         std::to_string(moved.available);
}

MovementDone movement_of(const std::string& text) {
  std::istringstream words(text);
  std::string id;
  MovementDone moved;
  words >> id >> moved.on_hand >> moved.reserved >> moved.available;
  moved.id = parse_id<MovementId>(id).value();
  return moved;
}
}  // namespace

Result<MovementDone> move_stock(const Context& context, const Movement& movement) {
  store::MovementRow row{{}, {}, movement.sku, movement.lot, movement.quantity, movement.damaged, movement.reason, movement.reference};
  MovementDone result;
  try {
    store::Transaction tx{context.db};
    const auto& key = movement.idempotency_key;
    if (const auto before = key.empty() ? std::nullopt : store::key_result(tx, context.merchant, key)) return movement_of(*before);
    const auto place = store::find_bin(tx, context.merchant, movement.warehouse, movement.bin);
    if (!place)
      return Error{ErrorKind::invalid, "no_such_bin",
                   "There is no bin '" + movement.bin + "' in the warehouse '" + movement.warehouse + "'."};
    if (!store::product_exists(tx, context.merchant, movement.sku)) {
      return Error{ErrorKind::invalid, "no_such_product",
                   "There is no product '" + movement.sku + "'. Make it with PUT /v1/products/" + movement.sku + " first."};
    }
    row.warehouse = place->warehouse;
    row.bin = place->bin;
    const auto level = store::book_movement(tx, context.merchant, row, context.actor.name, context.now);
    result = {level.movement, level.on_hand, level.reserved, level.on_hand - level.reserved - level.damaged};
    if (!key.empty()) store::note_key_result(tx, context.merchant, key, text_of(result));
    tx.commit();
  } catch (const store::DatabaseError& error) {
    if (error.sqlstate == "23514") return not_enough(movement);
    throw;
  }
  if (movement.quantity > 0) fill_backorders(context, {movement.sku});
  return result;
}

BinId queue_stock_in(store::Transaction& tx, const Context& context, WarehouseId warehouse, const std::vector<Movement>& movements) {
  const auto first = store::first_bin(tx, context.merchant, warehouse);
  if (!first) throw std::logic_error("the warehouse has no bin");
  std::vector<store::MovementRow> rows;
  for (const auto& one : movements)
    rows.push_back({warehouse, *first, one.sku, one.lot, one.quantity, one.damaged, one.reason, one.reference});
  store::queue_movements(tx, context.merchant, rows, context.actor.name, context.now);
  return *first;
}

namespace {
// One backordered shipment: what is there now is allocated; what is still missing stays behind in a shipment of its own.
void fill_one(const Context& context, const store::Waiting& waiting) {
  store::Transaction tx{context.db};
  auto locked = store::lock_work(tx, context.merchant, waiting.order, waiting.shipment);
  if (!locked || locked->shipments.empty() || locked->shipments[0].status != domain::ShipmentStatus::backordered) return;
  store::Work& work = locked->shipments[0];
  std::vector<domain::Demand> demands;
  std::vector<std::string> skus;
  for (const auto& line : work.lines) {
    demands.push_back({line.line, line.sku, line.quantity});
    skus.push_back(line.sku);
  }
  auto places = store::lock_stock(tx, context.merchant, work.warehouse, skus);
  const auto plan = domain::plan_allocation(demands, places);
  if (plan.allocated.empty()) return;
  if (!plan.missing.empty()) {
    const auto rest = store::draw_shipment_number(tx);
    store::add_shipment(tx, context.merchant, rest, locked->head, work, domain::ShipmentStatus::backordered, "out of stock", plan.missing,
                        context.now);
    for (const auto& missing : plan.missing) store::free_units(tx, context.merchant, work, missing.line, missing.quantity);
  }
  store::add_allocations(tx, context.merchant, work.id, work.warehouse, plan.allocated);
  store::save_shipment_status(tx, context.merchant, work.id, domain::ShipmentStatus::allocated, "", context.now);
  std::int64_t units = 0;
  for (const auto& taken : plan.allocated) units += taken.quantity;
  store::append_timeline(tx, context.merchant, locked->head,
                         {"shipment.allocated", context.actor.channel, context.actor.name, to_text(work.id),
                          nlohmann::ordered_json{{"units", units}, {"from", "backorder"}}.dump()},
                         context.now);
  store::save_head(tx, context.merchant, locked->head, context.now);
  tx.commit();
}
}  // namespace

void fill_backorders(const Context& context, const std::vector<std::string>& skus) {
  std::vector<store::Waiting> waiting;
  {
    store::Session session{context.db};
    waiting = store::waiting_for(session, context.merchant, skus, kBackordersAtOnce);
  }
  for (const auto& one : waiting) fill_one(context, one);
}

Result<std::vector<StockLevel>> stock_levels(const Context& context, const std::string& sku) {
  store::Session session{context.db};
  if (!store::product_exists(session, context.merchant, sku))
    return Error{ErrorKind::not_found, "no_such_product", "There is no product '" + sku + "'."};
  std::vector<StockLevel> out;
  for (auto& row : store::stock_levels(session, context.merchant, sku))
    out.push_back({row.warehouse, row.bin, row.lot, row.on_hand, row.reserved, row.damaged});
  return out;
}

}  // namespace roundtrip::usecases
