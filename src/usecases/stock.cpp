// Stock movements and filling backorders.
#include "usecases/stock.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "store/orders.hpp"
#include "store/products.hpp"
#include "store/shipments.hpp"
#include "store/stock.hpp"
#include "usecases/idempotency.hpp"

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

Result<MovementDone> book(store::Transaction& tx, const Context& context, const Movement& movement) {
  if (const auto before = done_before(tx, context, movement.part)) return movement_of(*before);
  const auto place = store::find_bin(tx, context.merchant, movement.warehouse, movement.bin);
  if (!place)
    return Error{ErrorKind::invalid, "no_such_bin",
                 "There is no bin '" + movement.bin + "' in the warehouse '" + movement.warehouse + "'."};
  if (!store::product_exists(tx, context.merchant, movement.sku)) {
    return Error{ErrorKind::invalid, "no_such_product",
                 "There is no product '" + movement.sku + "'. Make it with PUT /v1/products/" + movement.sku + " first."};
  }
  const store::MovementRow row{place->warehouse,  place->bin,       movement.sku,    movement.lot,
                               movement.quantity, movement.damaged, movement.reason, movement.reference};
  const auto level = store::book_movement(tx, context.merchant, row, context.actor.name, context.now);
  const MovementDone done{level.movement, level.on_hand, level.reserved, level.on_hand - level.reserved - level.damaged};
  note_done(tx, context, text_of(done), movement.part);
  tx.commit();
  return done;
}
}  // namespace

Result<MovementDone> move_stock(const Context& context, const Movement& movement) {
  Result<MovementDone> booked = Error{};
  try {
    store::Transaction tx{context.db};
    booked = book(tx, context, movement);
  } catch (const store::DatabaseError& error) {
    if (error.sqlstate == "23514") return not_enough(movement);
    throw;
  }
  if (booked && movement.quantity > 0) fill_backorders(context, {movement.sku});
  return booked;
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

void fill_forgotten_backorders(const Context& context, int limit) {
  std::vector<std::string> skus;
  {
    store::Session session{context.db};
    skus = store::skus_not_given_out(session, context.merchant, limit);
  }
  if (!skus.empty()) fill_backorders(context, skus);
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
