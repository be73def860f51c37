// Taking returns over the counter.
#include "usecases/shop_returns.hpp"

#include <algorithm>

#include "store/merchants.hpp"
#include "store/stock.hpp"

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

Result<ReturnReceived> take_over_counter(const Context& context, ReturnId return_id, const std::vector<ReceivedUnits>& units,
                                         const std::string& shop) {
  if (const auto found = find_shop(context, shop); !found) return found.error();
  if (units.empty()) return Error{ErrorKind::invalid, "nothing_named", "Say how many pieces of which item you have."};
  const auto view = read_return(context, return_id);
  if (!view) return view.error();
  if (view->status == "requested") {
    if (const auto approved = approve_return(context, return_id, 1); !approved) return approved.error();
  }
  return receive_return_now(context, return_id, units, shop);
}

Result<ReturnReceived> take_without_return(const Context& context, const ReturnRequest& request, const std::string& disposition,
                                           const std::string& shop) {
  if (const auto found = find_shop(context, shop); !found) return found.error();
  const auto made = register_return(context, request, {ReturnWay::shop});
  if (!made) return made.error();
  std::vector<ReceivedUnits> units;
  for (const auto& line : request.lines) units.push_back({line.line, line.quantity, disposition});
  return take_over_counter(context, made->id, units, shop);
}

}  // namespace roundtrip::usecases
