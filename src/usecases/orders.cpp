// Orders: take in, read, cancel, hold, release, change.
#include "usecases/orders.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "domain/shipments.hpp"
#include "store/notifications.hpp"
#include "store/order_changes.hpp"
#include "store/order_views.hpp"
#include "store/orders.hpp"
#include "store/shipments.hpp"
#include "store/stock.hpp"
#include "usecases/bookings.hpp"
#include "usecases/claim_steps.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/order_plan.hpp"
#include "usecases/refunds.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {

Error no_such_order() {
  return {ErrorKind::not_found, "no_such_order", "There is no such order. Check the id, or list orders with ?external_id=."};
}

Result<OrderTaken> same_or_conflict(const store::ExistingOrder& existing, const std::string& content_hash) {
  if (existing.content_hash == content_hash) return OrderTaken{existing.id, false};
  return Error{
      ErrorKind::conflict, "order_exists",
      "Another order with this external_id is here already (" + to_text(existing.id) + "). Change that one, or send a new external_id."};
}

std::vector<std::string> goods_skus(const domain::NewOrder& order) {
  std::vector<std::string> skus;
  for (const auto& line : order.lines) {
    if (line.goods) skus.push_back(line.sku);
  }
  std::sort(skus.begin(), skus.end());
  skus.erase(std::unique(skus.begin(), skus.end()), skus.end());
  return skus;
}

// Writes a new order; throws DatabaseError 23505 when somebody was faster with the same external_id.
Result<OrderTaken> write_new_order(const Context& context, const domain::NewOrder& order, const std::string& content_hash,
                                   const std::string& part) {
  store::Transaction tx{context.db};
  if (const auto existing = store::find_by_external_id(tx, context.merchant, order.external_id)) {
    auto taken = same_or_conflict(*existing, content_hash);
    if (taken) taken->created = done_before(tx, context, part).has_value();
    return taken;
  }
  const auto head = take_order_in(tx, context, order, content_hash);
  if (!head) return head.error();
  store::queue_notification(tx, context.merchant, head->id, domain::Milestone::order_received, "", context.now, context.now);
  note_done(tx, context, "created", part);
  tx.commit();
  return OrderTaken{head->id, true};
}

}  // namespace

Result<store::OrderHead> take_order_in(store::Transaction& tx, const Context& context, const domain::NewOrder& order,
                                       const std::string& content_hash) {
  const auto warehouse = store::find_warehouse(tx, context.merchant, order.warehouse);
  if (!warehouse) {
    return Error{ErrorKind::invalid,
                 "no_such_warehouse",
                 "There is no warehouse '" + order.warehouse + "'; leave it out for the default one.",
                 {{"/warehouse", "no_such_warehouse", "unknown"}}};
  }
  const auto numbers = store::draw_numbers(tx, 1, static_cast<int>(order.lines.size()), 2, static_cast<int>(order.payments.size()));
  std::vector<domain::StockPlace> places;
  if (const auto skus = goods_skus(order); !skus.empty()) places = store::lock_stock(tx, context.merchant, warehouse->id, skus);
  const auto plan = plan_order(context, order, content_hash, *warehouse,
                               {numbers.orders.at(0), numbers.lines, numbers.shipments, numbers.payments}, places);
  store::write_orders(tx, context.merchant, {plan});
  return plan.head;
}

Result<OrderTaken> take_order(const Context& context, const domain::NewOrder& order, const std::string& body_hash,
                              const std::string& part) {
  if (auto faults = domain::check(order); !faults.empty()) {
    return Error{ErrorKind::invalid, "invalid_order", "The order cannot be taken in; see errors.", std::move(faults)};
  }
  try {
    return write_new_order(context, order, body_hash, part);
  } catch (const store::DatabaseError& error) {
    if (error.sqlstate != "23505" || error.constraint != "orders_merchant_id_external_id_key") throw;
  }
  return write_new_order(context, order, body_hash, part);
}

namespace {
void add_exchanges(store::Session& session, MerchantId merchant, OrderView& order) {
  const auto wants = [](const ReturnView& one) { return one.outcome == "exchange"; };
  if (std::none_of(order.returns.begin(), order.returns.end(), wants)) return;
  for (const auto& stored : store::exchanges_of_order(session, merchant, order.id)) {
    for (auto& one : order.returns) {
      if (one.id == stored.row.return_id) one.exchange = exchange_view(stored);
    }
  }
}
}  // namespace

Result<OrderView> read_order(const Context& context, OrderId order) {
  store::Session session{context.db};
  auto view = store::read_order_view(session, context.merchant, order);
  if (!view) return no_such_order();
  add_exchanges(session, context.merchant, *view);
  for (const auto& claim : store::claims_of_order(session, context.merchant, order)) view->claims.push_back(claim_view(claim));
  return std::move(*view);
}

std::optional<std::int64_t> order_version(const Context& context, OrderId order) {
  store::Session session{context.db};
  return store::read_order_version(session, context.merchant, order);
}

Result<OrderPage> list_orders(const Context& context, const OrderFilter& filter) {
  store::OrderListFilter stored{filter.external_id, filter.status, filter.updated_after, std::nullopt, {}, filter.limit};
  if (filter.status && !domain::parse_order_status(*filter.status)) {
    return Error{ErrorKind::invalid, "unknown_status", "status is one of open, partly_shipped, shipped, delivered, closed, canceled."};
  }
  if (filter.cursor) {
    const auto dash = filter.cursor->find('-');
    const auto at = crockford_decode(filter.cursor->substr(0, dash));
    const auto id = dash == std::string::npos ? std::nullopt : crockford_decode(filter.cursor->substr(dash + 1));
    if (!at || !id) return Error{ErrorKind::invalid, "bad_cursor", "The cursor is not one that we gave; start again without it."};
    stored.cursor_at = Instant{*at};
    stored.cursor_id = OrderId{*id};
  }
  store::Session session{context.db};
  OrderPage page{store::list_orders(session, context.merchant, stored), std::nullopt};
  if (!filter.external_id && page.items.size() == static_cast<std::size_t>(filter.limit)) {
    page.next_cursor = crockford_encode(page.items.back().updated_at.us) + "-" + crockford_encode(page.items.back().id.value);
  }
  return page;
}

void refresh_order_status(store::Transaction& tx, const Context& context, store::OrderHead& head) {
  if (head.status == domain::OrderStatus::closed) return;
  head.status = domain::derive_status(store::line_progress(tx, context.merchant, head.id));
}

namespace {

// What a line still can cancel, and how many units of it were asked for.
Result<std::unordered_map<std::int64_t, std::int64_t>> units_to_cancel(const std::vector<store::LineCounters>& lines,
                                                                       const std::vector<CancelLine>& asked) {
  std::unordered_map<std::int64_t, std::int64_t> units;
  std::vector<Fault> faults;
  if (asked.empty()) {
    for (const auto& line : lines) {
      if (line.quantity - line.canceled - line.shipped > 0) units[line.id.value] = line.quantity - line.canceled - line.shipped;
    }
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const auto& one) { return one.id == asked[i].line; });
    const std::string at = "/lines/" + std::to_string(i);
    if (line == lines.end())
      faults.push_back({at + "/line_id", "no_such_line", "the order has no such line"});
    else if (units.contains(line->id.value))
      faults.push_back({at + "/line_id", "repeated", "stands here twice"});
    else {
      const std::int64_t open = line->quantity - line->canceled - line->shipped;
      if (asked[i].quantity > open)
        faults.push_back({at + "/quantity", "not_open", "only " + std::to_string(open) + " can still be canceled"});
      units[line->id.value] = asked[i].quantity;
    }
  }
  if (!faults.empty())
    return Error{ErrorKind::conflict, "cannot_cancel", "Some of it has left already or is not there; start a return for what was sent.",
                 faults};
  if (units.empty())
    return Error{ErrorKind::conflict, "nothing_to_cancel", "Everything has been shipped or canceled. Start a return instead."};
  return units;
}

// Units of a line that have left in this shipment's parcels.
std::int64_t units_gone(const store::Work& work, LineId line) {
  std::int64_t gone = 0;
  for (const auto& parcel : work.parcels) {
    for (const auto& [item, packed] : parcel.items) gone += parcel.state == "handed_over" && item == line ? packed : 0;
  }
  return gone;
}

// Takes packed units of a line out of the parcels that are still here, the newest first.
void unpack(store::Transaction& tx, const Context& context, store::Work& work, const store::ShipmentWorkLine& line, std::int64_t units) {
  for (auto parcel = work.parcels.rbegin(); parcel != work.parcels.rend(); ++parcel) {
    if (parcel->state == "handed_over") continue;
    for (auto& [item, packed] : parcel->items) {
      const std::int64_t out = item == line.line ? std::min(units, packed) : 0;
      if (out > 0) store::add_units_to_parcel(tx, context.merchant, parcel->id, line, -out);
      packed -= out;
      units -= out;
    }
  }
}

bool take_out(store::Transaction& tx, const Context& context, store::Work& work, store::ShipmentWorkLine& line, std::int64_t& units) {
  const std::int64_t taken = std::min(units, line.quantity - units_gone(work, line.line));
  if (taken <= 0) return false;
  store::free_units(tx, context.merchant, work, line.line, taken);
  units -= taken;
  line.quantity -= taken;
  unpack(tx, context, work, line, std::max<std::int64_t>(0, line.packed - line.quantity));
  line.picked = std::min(line.picked, line.quantity);
  line.packed = std::min(line.packed, line.quantity);
  return true;
}

// What the shipment is after units were taken out: empty parcels are void, the last open one is closed when
// nothing is left to pack, and a shipment whose other parcels have left has left.
void settle(store::Transaction& tx, const Context& context, const store::Work& work, const std::string& reason) {
  using domain::ShipmentStatus;
  const auto progress = store::progress_of(work);
  auto status = progress.quantity == 0 ? ShipmentStatus::canceled : domain::status_by_progress(work.status, progress);
  std::size_t here = 0, gone = 0;
  for (const auto& parcel : work.parcels) {
    const bool empty = std::all_of(parcel.items.begin(), parcel.items.end(), [](const auto& item) { return item.second == 0; });
    if (parcel.state == "handed_over")
      ++gone;
    else if (empty) {
      store::cancel_parcel(tx, context.merchant, parcel.id);
      drop_parcel_label(tx, context, parcel.id);
    } else
      ++here;
    if (!empty && parcel.state == "open" && status == ShipmentStatus::packed)
      store::close_parcel(tx, context.merchant, parcel.id, std::nullopt, context.now);
  }
  if (status == ShipmentStatus::packed && here == 0 && gone > 0) {
    status = ShipmentStatus::handed_over;
    store::mark_shipment_handed_over(tx, context.merchant, work.id, context.now);
  }
  if (status != work.status) {
    store::save_shipment_status(tx, context.merchant, work.id, status, status == ShipmentStatus::canceled ? reason : "", context.now);
  }
}

// Takes the units out of the shipments, those not yet picked first, and cancels what becomes empty.
void take_out_of_shipments(store::Transaction& tx, const Context& context, std::vector<store::Work>& shipments,
                           std::unordered_map<std::int64_t, std::int64_t> units, const std::string& reason) {
  std::stable_sort(shipments.begin(), shipments.end(), [](const auto& a, const auto& b) { return a.status < b.status; });
  for (store::Work& work : shipments) {
    if (!domain::can_cancel(work.status)) continue;
    bool touched = false;
    for (auto& line : work.lines) touched = take_out(tx, context, work, line, units[line.line.value]) || touched;
    if (touched) settle(tx, context, work, reason);
  }
}

// Cancels in one transaction; gives the SKUs whose stock it freed.
Result<std::vector<std::string>> cancel_units(const Context& context, OrderId order, const std::vector<CancelLine>& lines,
                                              const std::string& reason) {
  store::Transaction tx{context.db};
  if (const auto freed = done_before(tx, context)) return nlohmann::json::parse(*freed).get<std::vector<std::string>>();
  auto locked = store::lock_work(tx, context.merchant, order, std::nullopt);
  if (!locked) return no_such_order();
  if (locked->head.status == domain::OrderStatus::canceled)
    return Error{ErrorKind::conflict, "already_canceled", "The order is canceled already."};
  auto freed = cancel_units_in(tx, context, *locked, lines, {reason, "cancellation"});
  if (!freed) return freed.error();
  if (locked->head.status == domain::OrderStatus::canceled)
    store::queue_notification(tx, context.merchant, order, domain::Milestone::order_canceled, "", context.now, context.now);
  store::save_head(tx, context.merchant, locked->head, context.now);
  note_done(tx, context, nlohmann::json(*freed).dump());
  tx.commit();
  return freed;
}

}  // namespace

Result<std::vector<std::string>> cancel_units_in(store::Transaction& tx, const Context& context, store::LockedWork& locked,
                                                 const std::vector<CancelLine>& lines, const CancelCause& cause) {
  const OrderId order = locked.head.id;
  const auto counters = store::line_counters(tx, context.merchant, order);
  const auto units = units_to_cancel(counters, lines);
  if (!units) return units.error();
  store::lock_stock_of_order(tx, context.merchant, order);
  take_out_of_shipments(tx, context, locked.shipments, *units, cause.reason);
  std::vector<RefundUnits> refund;
  std::vector<std::string> freed;
  nlohmann::ordered_json detail = {{"reason", cause.reason}, {"lines", nlohmann::ordered_json::array()}};
  for (const auto& line : counters) {
    const auto at = units->find(line.id.value);
    if (at == units->end()) continue;
    refund.push_back({line.id, at->second});
    freed.push_back(line.sku);
    detail["lines"].push_back({{"line", to_text(line.id)}, {"sku", line.sku}, {"units", at->second}});
  }
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& one : refund) rows.push_back({{"line_id", one.line.value}, {"units", one.units}});
  store::add_canceled(tx, context.merchant, order, rows.dump());
  refresh_order_status(tx, context, locked.head);
  const bool whole = locked.head.status == domain::OrderStatus::canceled;
  store::append_timeline(
      tx, context.merchant, locked.head,
      {whole ? "order.canceled" : "order.lines_canceled", context.actor.channel, context.actor.name, to_text(order), detail.dump()},
      context.now);
  request_refund(tx, context, locked.head, "cancel:" + to_text(order) + ":" + std::to_string(locked.head.seq), cause.refund_reason,
                 std::nullopt, refund);
  return freed;
}

Done cancel_order(const Context& context, OrderId order, const std::vector<CancelLine>& lines, const std::string& reason) {
  const auto freed = cancel_units(context, order, lines, reason);
  if (!freed) return freed.error();
  fill_backorders(context, *freed);
  return done();
}

Done hold_order(const Context& context, OrderId order, const std::string& reason, std::optional<Instant> until) {
  store::Transaction tx{context.db};
  if (done_before(tx, context)) return done();
  auto head = store::lock_order(tx, context.merchant, order);
  if (!head) return no_such_order();
  if (head->status != domain::OrderStatus::open && head->status != domain::OrderStatus::partly_shipped) {
    return Error{ErrorKind::conflict, "nothing_to_hold",
                 "The order is " + std::string(domain::to_text(head->status)) + ": there is nothing left to hold."};
  }
  head->hold_reason = reason;
  store::set_hold(tx, context.merchant, order, true, until);
  store::append_timeline(
      tx, context.merchant, *head,
      {"order.held", context.actor.channel, context.actor.name, to_text(order), nlohmann::ordered_json{{"reason", reason}}.dump()},
      context.now);
  store::save_head(tx, context.merchant, *head, context.now);
  note_done(tx, context);
  tx.commit();
  return done();
}

Done release_order(const Context& context, OrderId order) {
  store::Transaction tx{context.db};
  if (done_before(tx, context)) return done();
  auto head = store::lock_order(tx, context.merchant, order);
  if (!head) return no_such_order();
  if (!head->hold_reason) return Error{ErrorKind::conflict, "not_held", "The order is not on hold."};
  head->hold_reason.reset();
  store::set_hold(tx, context.merchant, order, false, std::nullopt);
  store::append_timeline(tx, context.merchant, *head, {"order.released", context.actor.channel, context.actor.name, to_text(order)},
                         context.now);
  store::save_head(tx, context.merchant, *head, context.now);
  note_done(tx, context);
  tx.commit();
  return done();
}

Done change_order(const Context& context, OrderId order, const OrderChange& change) {
  std::vector<CancelLine> fewer;
  {
    store::Transaction tx{context.db};
    auto locked = store::lock_work(tx, context.merchant, order, std::nullopt);
    if (!locked) return no_such_order();
    if (change.expected_version && *change.expected_version != locked->head.seq) {
      return Error{ErrorKind::precondition_failed, "order_changed",
                   "The order has changed since you read it. Read it again and repeat your change."};
    }
    const bool packing =
        std::any_of(locked->shipments.begin(), locked->shipments.end(), [](const auto& work) { return !domain::can_change(work.status); });
    const bool open = locked->head.status == domain::OrderStatus::open;
    if (packing || !open)
      return Error{ErrorKind::conflict, "too_late_to_change",
                   "Packing has started or the order is closed; cancel what has not left, or start a return."};
    std::vector<Fault> faults;
    const auto counters = store::line_counters(tx, context.merchant, order);
    for (const auto& [line_id, quantity] : change.quantities) {
      const auto line =
          std::find_if(counters.begin(), counters.end(), [&, wanted = line_id](const auto& one) { return one.id.value == wanted; });
      if (line == counters.end())
        faults.push_back({"/lines", "no_such_line", "the order has no line " + to_text(LineId{line_id})});
      else if (quantity > line->quantity - line->canceled)
        faults.push_back({"/lines", "only_fewer", "a line can become smaller, not larger; place a new order for more"});
      else if (quantity < line->quantity - line->canceled)
        fewer.push_back({line->id, line->quantity - line->canceled - quantity});
    }
    if (!faults.empty()) return Error{ErrorKind::invalid, "invalid_change", "The change cannot be made; see errors.", faults};
    if (change.ship_to || change.email || change.phone) {
      store::change_contacts(tx, context.merchant, order, change.ship_to, change.email, change.phone);
      nlohmann::ordered_json detail = nlohmann::ordered_json::array();
      if (change.ship_to) detail.push_back("ship_to");
      if (change.email) detail.push_back("email");
      if (change.phone) detail.push_back("phone");
      store::append_timeline(
          tx, context.merchant, locked->head,
          {"order.changed", context.actor.channel, context.actor.name, to_text(order), nlohmann::ordered_json{{"fields", detail}}.dump()},
          context.now);
      store::save_head(tx, context.merchant, locked->head, context.now);
      tx.commit();
    }
  }
  if (!fewer.empty()) return cancel_order(context, order, fewer, "changed by the customer");
  return done();
}

}  // namespace roundtrip::usecases
