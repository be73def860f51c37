// Taking returns over the counter.
#include "usecases/shop_returns.hpp"

#include <algorithm>

#include "base/crash.hpp"
#include "store/merchants.hpp"
#include "store/stock.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {
Error no_such_shop(const std::string& name) {
  Error error{ErrorKind::invalid, "unknown_shop", "There is no shop “" + name + "” that takes returns."};
  error.explain = Explain{"unknown_shop", {{"shop", name}}, "Choose one of the shops of the list."};
  return error;
}

Error unknown_warehouse(const std::string& name) {
  return {ErrorKind::not_found, "unknown_warehouse", "There is no warehouse “" + name + "”."};
}

// Receives these units; none of them where the policy leaves the goods with the customer.
Result<ReturnReceived> take_units(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId id,
                                  const std::vector<ReceivedUnits>& units, WarehouseId shop) {
  const auto found = store::lock_return(tx, context.merchant, head.id, id);
  const auto& lines = found->lines;
  const bool kept =
      std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.state.reception == domain::Reception::kept; });
  const bool awaited = std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.state.awaited() > 0; });
  if (kept && !awaited) {
    ReturnReceived nothing;
    nothing.status = domain::to_text(found->row.status);
    return nothing;
  }
  return receive_return(tx, context, head, id, units, {shop, std::nullopt});
}

}  // namespace

Result<ShopRow> find_shop(const Context& context, const std::string& name) {
  for (auto& shop : list_shops(context)) {
    if (shop.name == name) return std::move(shop);
  }
  return no_such_shop(name);
}

Done open_shop(const Context& context, const std::string& warehouse, const std::string& opening_hours) {
  if (opening_hours.size() > kLongestHours) return Error{ErrorKind::invalid, "hours_too_long", "Opening hours have at most 200 bytes."};
  store::Transaction tx(context.db);
  const auto id = store::warehouse_by_name(tx, context.merchant, warehouse);
  if (!id) return unknown_warehouse(warehouse);
  if (!store::first_bin(tx, context.merchant, *id))
    return Error{ErrorKind::conflict, "no_bin", "Give the shop a bin first: what comes back is put there."};
  store::mark_shop(tx, context.merchant, *id, opening_hours);
  tx.commit();
  return done();
}

Done close_shop(const Context& context, const std::string& warehouse) {
  store::Transaction tx(context.db);
  const auto id = store::warehouse_by_name(tx, context.merchant, warehouse);
  if (!id) return unknown_warehouse(warehouse);
  store::unmark_shop(tx, context.merchant, *id);
  tx.commit();
  return done();
}

std::vector<ShopRow> list_shops(const Context& context) {
  store::Session session(context.db);
  return store::shops_of(session, context.merchant);
}

std::vector<std::string> list_no_shops(const Context& context) {
  store::Session session(context.db);
  return store::no_shops_of(session, context.merchant);
}

Result<ReturnReceived> take_over_counter(const Context& context, ReturnId return_id, const std::vector<ReceivedUnits>& units,
                                         const std::string& shop) {
  const auto at = find_shop(context, shop);
  if (!at) return at.error();
  if (units.empty()) return Error{ErrorKind::invalid, "nothing_named", "Say how many pieces of which item you have."};
  Result<ReturnReceived> received = return_not_found();
  std::vector<std::string> freed;
  {
    store::Transaction tx(context.db);
    auto locked = lock_return_and_order(tx, context.merchant, return_id);
    if (!locked) return locked.error();
    const bool waits = locked->found.row.status == domain::ReturnStatus::requested;
    if (waits) {
      auto approved = approve_return_in(tx, context, *locked, 1, "");
      if (!approved) return approved.error();
      freed = *std::move(approved);
      crash_point("counter.approved");
    }
    received = take_units(tx, context, locked->head, return_id, units, at->id);
    if (!received) return received;
    if (!waits && !received->anything_new) return received;
    store::save_head(tx, context.merchant, locked->head, context.now);
    crash_point("counter.before_commit");
    tx.commit();
    crash_point("counter.after_commit");
  }
  freed.insert(freed.end(), received->restocked.begin(), received->restocked.end());
  if (!freed.empty()) fill_backorders(context, freed);
  return received;
}

Result<ReturnReceived> take_without_return(const Context& context, const ReturnRequest& request, const std::string& disposition,
                                           const std::string& shop) {
  const auto at = find_shop(context, shop);
  if (!at) return at.error();
  ReturnRequest announced = request;
  announced.label_carrier.clear();
  announced.label_valid_days = 1;
  Result<ReturnReceived> received = order_not_found();
  {
    store::Transaction tx(context.db);
    auto head = store::lock_order(tx, context.merchant, request.order);
    if (!head) return received;
    const auto made = create_approved_return_in(tx, context, *head, announced);
    if (!made) return made.error();
    store::save_way(tx, context.merchant, *made, ReturnWay::shop);
    crash_point("counter.announced");
    std::vector<ReceivedUnits> units;
    for (const auto& line : request.lines) units.push_back({line.line, line.quantity, disposition});
    received = take_units(tx, context, *head, *made, units, at->id);
    if (!received) return received;
    store::save_head(tx, context.merchant, *head, context.now);
    crash_point("counter.before_commit");
    tx.commit();
    crash_point("counter.after_commit");
  }
  if (!received->restocked.empty()) fill_backorders(context, received->restocked);
  return received;
}

}  // namespace roundtrip::usecases
