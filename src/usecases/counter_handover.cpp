// The replacement of an exchange goes over a shop's counter: out of the shop's stock, into the customer's hands.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "store/orders.hpp"
#include "store/shipments.hpp"
#include "store/stock.hpp"
#include "store/tracking.hpp"
#include "usecases/exchanges.hpp"
#include "usecases/orders.hpp"
#include "usecases/shop_returns.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {
using domain::ShipmentStatus;

Error counter_refusal(const char* code, const std::string& message, const std::string& next_step) {
  Error error{ErrorKind::conflict, code, message + " " + next_step};
  error.explain = Explain{code, {}, next_step};
  return error;
}

bool is_open(const store::Work& work) { return work.status < ShipmentStatus::handed_over; }

// Why the warehouse's work on the order does not let go of it; nothing when the counter may take over.
std::optional<Error> refuse_takeover(const store::LockedWork& locked) {
  if (locked.head.hold_reason)
    return counter_refusal("not_released", "The replacement waits: " + *locked.head.hold_reason + ".",
                           "Take the goods and the difference first.");
  if (std::none_of(locked.shipments.begin(), locked.shipments.end(), is_open))
    return counter_refusal("nothing_to_hand_over", "Nothing of the replacement is left to hand over.",
                           "Read the order to see where it went.");
  for (const auto& work : locked.shipments) {
    const bool begun =
        !work.parcels.empty() || std::any_of(work.lines.begin(), work.lines.end(), [](const auto& line) { return line.picked > 0; });
    if (is_open(work) && (begun || work.status > ShipmentStatus::picking))
      return counter_refusal("already_packing", "The warehouse is packing the replacement already.",
                             "It comes by carrier; the customer is told.");
  }
  return std::nullopt;
}

// The shop's stock for everything that is still to go; both warehouses' rows are locked in their order before anything is written.
Result<std::vector<domain::Allocation>> shop_stock(store::Transaction& tx, const Context& context, const store::LockedWork& locked,
                                                   WarehouseId shop) {
  std::vector<domain::Demand> demands;
  std::vector<std::string> skus;
  std::vector<WarehouseId> warehouses{shop};
  for (const auto& work : locked.shipments) {
    if (!is_open(work)) continue;
    warehouses.push_back(work.warehouse);
    for (const auto& line : work.lines) {
      demands.push_back({line.line, line.sku, line.quantity});
      skus.push_back(line.sku);
    }
  }
  std::sort(warehouses.begin(), warehouses.end());
  warehouses.erase(std::unique(warehouses.begin(), warehouses.end()), warehouses.end());
  std::vector<domain::StockPlace> places;
  for (const auto warehouse : warehouses) {
    auto locked_places = store::lock_stock(tx, context.merchant, warehouse, skus);
    if (warehouse == shop) places = std::move(locked_places);
  }
  auto plan = domain::plan_allocation(demands, places);
  if (plan.missing.empty()) return std::move(plan.allocated);
  std::string missing;
  for (const auto& one : plan.missing) missing += (missing.empty() ? "" : ", ") + std::to_string(one.quantity) + " x " + one.sku;
  return counter_refusal("not_in_shop", "The shop does not have " + missing + ".",
                         "The warehouse sends it; the customer is told when it leaves.");
}

std::string places_json(const store::Work& work) {
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& place : work.places) {
    const auto line = std::find_if(work.lines.begin(), work.lines.end(), [&](const auto& one) { return one.line == place.line; });
    rows.push_back(
        {{"line_id", place.line.value}, {"bin_id", place.bin.value}, {"lot", place.lot}, {"sku", line->sku}, {"quantity", place.quantity}});
  }
  return rows.dump();
}

// The shop's pieces for one shipment's line, taken out of what is left of the plan: a line may stand in two shipments.
std::vector<domain::Allocation> take_for(const store::ShipmentWorkLine& line, std::vector<domain::Allocation>& left) {
  std::vector<domain::Allocation> mine;
  std::int64_t wanted = line.quantity;
  for (auto& one : left) {
    if (one.line != line.line || one.quantity == 0 || wanted == 0) continue;
    mine.push_back(one);
    mine.back().quantity = std::min(one.quantity, wanted);
    one.quantity -= mine.back().quantity;
    wanted -= mine.back().quantity;
  }
  return mine;
}

// Takes the shipment to the shop and out of its door.
ParcelId collect(store::Transaction& tx, const Context& context, store::Work& work, std::vector<domain::Allocation>& left,
                 WarehouseId shop) {
  if (!work.places.empty()) store::release_allocations(tx, context.merchant, work.id, work.warehouse, places_json(work));
  store::move_shipment(tx, context.merchant, work.id, shop);
  work.warehouse = shop;
  work.places.clear();
  std::vector<domain::Allocation> mine;
  store::WorkParcel parcel{store::draw_parcel_number(tx), "closed", {}, {}, {}, {}, {}, {}, std::nullopt, {}};
  store::open_parcel(tx, context.merchant, parcel.id, work.id, work.order, context.now);
  for (auto& line : work.lines) {
    for (const auto& one : take_for(line, left)) {
      mine.push_back(one);
      work.places.push_back({one.line, one.bin, "", one.lot, 0, one.quantity});
    }
    line.picked = line.packed = line.quantity;
    store::save_line_progress(tx, context.merchant, work.id, line);
    store::add_units_to_parcel(tx, context.merchant, parcel.id, line, line.quantity);
    parcel.items.emplace_back(line.line, line.quantity);
  }
  store::add_allocations(tx, context.merchant, work.id, shop, mine);
  store::close_parcel(tx, context.merchant, parcel.id, std::nullopt, context.now);
  store::hand_over_parcel(tx, context.merchant, work, parcel, context.actor.name, context.now);
  store::mark_shipment_handed_over(tx, context.merchant, work.id, context.now);
  store::save_shipment_status(tx, context.merchant, work.id, ShipmentStatus::handed_over, "", context.now);
  store::mark_collected(tx, context.merchant, parcel.id, context.now);
  return parcel.id;
}
}  // namespace

Done hand_over_replacement(const Context& context, ReturnId return_id, const std::string& shop) {
  const auto at = find_shop(context, shop);
  if (!at) return at.error();
  const auto exchange = read_exchange(context, return_id);
  if (!exchange) return exchange.error();
  if (!exchange->replacement)
    return counter_refusal("not_released", "Nothing is reserved for this exchange yet.", "Approve the return, or take its goods, first.");
  std::vector<std::string> freed;
  {
    store::Transaction tx(context.db);
    auto locked = store::lock_work(tx, context.merchant, *exchange->replacement, std::nullopt);
    if (!locked) throw std::logic_error("an exchange's replacement cannot be read");
    if (auto refused = refuse_takeover(*locked)) return *refused;
    auto allocated = shop_stock(tx, context, *locked, at->id);
    if (!allocated) return allocated.error();
    for (auto& work : locked->shipments) {
      if (!is_open(work)) continue;
      for (const auto& line : work.lines) freed.push_back(line.sku);
      const auto parcel = collect(tx, context, work, *allocated, at->id);
      store::append_timeline(tx, context.merchant, locked->head,
                             {"parcel.collected", context.actor.channel, context.actor.name, to_text(parcel),
                              nlohmann::ordered_json{{"shop", shop}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)},
                             context.now);
    }
    store::queue_deliveries(tx, context.merchant, {locked->head.id}, context.now);
    refresh_order_status(tx, context, locked->head);
    store::save_head(tx, context.merchant, locked->head, context.now);
    tx.commit();
  }
  fill_backorders(context, freed);
  return done();
}

}  // namespace roundtrip::usecases
