// Recording, matching and settling found items.
#include "usecases/found_items.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crash.hpp"
#include "store/database.hpp"
#include "store/policies.hpp"
#include "store/products.hpp"
#include "store/stock.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/kept_results.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {
using domain::FoundOutcome;

Error no_such_found() { return {ErrorKind::not_found, "found_item_not_found", "There is no such found item. Check the id (fnd_...)."}; }

Error found_over(const FoundView& found) {
  Error error{ErrorKind::conflict, "found_item_settled",
              "It was settled before by " + found.settled_by + ": " + std::string(domain::to_text(found.outcome)) + "."};
  error.explain = Explain{"found_item_settled",
                          {{"outcome", std::string(domain::to_text(found.outcome))},
                           {"settled_by", found.settled_by},
                           {"settled_at", found.settled_at ? format_rfc3339(*found.settled_at) : ""}},
                          "Nothing is left to do with it."};
  return error;
}

Error found_refused(const char* code, const std::string& message, std::vector<std::pair<std::string, std::string>> values,
                    const std::string& next) {
  Error error{ErrorKind::conflict, code, message};
  error.explain = Explain{code, std::move(values), next};
  return error;
}

void note_found(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, const FoundView& found) {
  nlohmann::ordered_json detail = {{"kind", domain::to_text(found.kind)}, {"quantity", found.quantity}};
  if (found.sku) detail["sku"] = *found.sku;
  if (!found.number.empty()) detail["number"] = found.number;
  if (!found.note.empty()) detail["note"] = found.note;
  if (found.outcome != FoundOutcome::none) detail["outcome"] = domain::to_text(found.outcome);
  store::append_timeline(tx, context.merchant, head,
                         {type, context.actor.channel, context.actor.name, to_text(found.id),
                          detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)},
                         context.now);
}

struct LockedFound {
  FoundView found;
  std::optional<store::OrderHead> head;  // of its order, when somebody knows it
  std::vector<FoundView> rows;           // it and its open contents
};
// `order`: locked instead of the item's own.
Result<LockedFound> lock_found_item(store::Transaction& tx, const Context& context, FoundId id, std::optional<OrderId> order = {}) {
  const auto seen = store::find_found(tx, context.merchant, id);
  if (!seen) return no_such_found();
  LockedFound locked;
  if (!order) order = seen->order;
  if (order) {
    locked.head = store::lock_order(tx, context.merchant, *order);
    if (!locked.head) return Error{ErrorKind::not_found, "order_not_found", "There is no such order. Check the id (ord_...)."};
  }
  auto found = store::lock_found(tx, context.merchant, id);
  if (!found) return no_such_found();
  if (found->outcome != FoundOutcome::none) return found_over(*found);
  locked.found = std::move(*found);
  locked.rows = store::open_contents(tx, context.merchant, id);
  locked.rows.insert(locked.rows.begin(), locked.found);
  return locked;
}

// The order's lines that found SKUs stand for; refused for more than the order can give back.
Result<std::vector<ReceivedUnits>> lines_by_sku(store::Transaction& tx, const Context& context, const LockedFound& locked,
                                                const FoundSettlement& settlement) {
  auto facts = store::return_facts(tx, context.merchant, locked.head->id);
  std::vector<ReceivedUnits> out;
  for (const auto& row : locked.rows) {
    if (!row.sku) continue;
    std::int64_t left = row.quantity;
    for (auto& line : facts.lines) {
      const std::int64_t units = line.sku == *row.sku ? std::min(left, domain::returnable_units(line, facts.anything_shipped)) : 0;
      if (units <= 0) continue;
      out.push_back({line.line, units, settlement.disposition, false, {settlement.grade, settlement.note, ""}});
      line.announced += units;
      left -= units;
    }
    if (left > 0) {
      return found_refused(
          "units_not_returnable",
          "The order has " + std::to_string(row.quantity - left) + " of " + *row.sku + " that can come back, " +
              std::to_string(row.quantity) + " were found.",
          {{"sku", *row.sku}, {"found", std::to_string(row.quantity)}, {"returnable", std::to_string(row.quantity - left)}},
          "Match it with another order, keep it or send it back.");
    }
  }
  if (out.empty()) {
    return found_refused("lines_needed", "Nobody knows what lay in it.", {}, "Say which lines of the order it is, and how many units.");
  }
  return out;
}

// Lines that a person names must be the order's, with units left.
std::optional<Error> refuse_lines(store::Transaction& tx, const Context& context, const LockedFound& locked,
                                  const std::vector<ReceivedUnits>& lines) {
  const auto facts = store::return_facts(tx, context.merchant, locked.head->id);
  for (const auto& wanted : lines) {
    const auto line = std::find_if(facts.lines.begin(), facts.lines.end(), [&](const auto& one) { return one.line == wanted.line; });
    const std::int64_t left = line == facts.lines.end() ? 0 : domain::returnable_units(*line, facts.anything_shipped);
    if (wanted.quantity >= 1 && wanted.quantity <= left) continue;
    return found_refused(
        "units_not_returnable", "Of that line " + std::to_string(left) + " units can come back.",
        {{"line", to_text(wanted.line)}, {"wanted", std::to_string(wanted.quantity)}, {"returnable", std::to_string(left)}},
        "Name fewer units, or another line.");
  }
  return std::nullopt;
}

// The return that the units join: the one they came with while it can take them, else a new one.
ReturnId return_for(store::Transaction& tx, const Context& context, const LockedFound& locked, const std::vector<ReceivedUnits>& lines) {
  using domain::ReturnStatus;
  if (const auto came_with = locked.found.return_id) {
    const auto found = store::lock_return(tx, context.merchant, locked.head->id, *came_with);
    const bool open = found && (found->row.status == ReturnStatus::approved || found->row.status == ReturnStatus::in_transit ||
                                found->row.status == ReturnStatus::partly_received || found->row.status == ReturnStatus::received);
    const auto takes = [&](const ReceivedUnits& wanted) {
      return std::none_of(found->lines.begin(), found->lines.end(),
                          [&](const auto& line) { return line.state.line == wanted.line && domain::wait_is_over(line.state.reception); });
    };
    if (open && std::all_of(lines.begin(), lines.end(), takes)) return *came_with;
  }
  store::ReturnRow row;
  row.order = locked.head->id;
  row.status = ReturnStatus::approved;
  row.policy_version = store::current_policy(tx, context.merchant).version;
  row.decision = R"({"allowed":true,"approved":true,"freight_paid_by":"merchant","trace":[]})";
  row.requested_by = context.actor.name;
  row.created_at = row.updated_at = context.now;
  return store::insert_return(tx, context.merchant, row, {});
}

Result<ReturnReceived> attach(store::Transaction& tx, const Context& context, LockedFound& locked, const FoundSettlement& settlement,
                              ReturnId& id) {
  if (!locked.head) {
    return found_refused("order_unknown", "Nobody has said whose it is.", {}, "Match it with an order first.");
  }
  auto lines = settlement.lines;
  if (lines.empty()) {
    auto by_sku = lines_by_sku(tx, context, locked, settlement);
    if (!by_sku) return by_sku.error();
    lines = std::move(*by_sku);
  } else if (auto refused = refuse_lines(tx, context, locked, lines)) {
    return *refused;
  }
  id = return_for(tx, context, locked, lines);
  const auto facts = store::return_facts(tx, context.merchant, locked.head->id);
  for (const auto& wanted : lines) {
    const auto line = std::find_if(facts.lines.begin(), facts.lines.end(), [&](const auto& one) { return one.line == wanted.line; });
    store::announce_found(tx, context.merchant, locked.head->id, id, wanted.line, line->sku, wanted.quantity, "unannounced");
  }
  return receive_return(tx, context, *locked.head, id, lines, {locked.found.warehouse, std::nullopt});
}

// To stock without money: every piece must be of a product we know.
Result<std::vector<Movement>> kept_goods(const LockedFound& locked, const FoundSettlement& settlement) {
  const auto disposition =
      settlement.disposition.empty() ? domain::Disposition::restock : domain::parse_disposition(settlement.disposition);
  const auto effect = disposition ? domain::stock_effect(*disposition) : domain::StockEffect::none;
  if (effect == domain::StockEffect::none) {
    return Error{ErrorKind::invalid,
                 "invalid_disposition",
                 "What is kept goes to restock, refurbish or quarantine.",
                 {{"/disposition", "invalid", "restock, refurbish or quarantine"}}};
  }
  std::vector<Movement> out;
  for (const auto& row : locked.rows) {
    if (!row.sku) continue;
    Movement movement;
    movement.sku = *row.sku;
    movement.quantity = row.quantity;
    movement.damaged = effect == domain::StockEffect::damaged ? row.quantity : 0;
    movement.reason = "found_kept";
    movement.reference = to_text(row.id);
    out.push_back(std::move(movement));
  }
  if (out.empty())
    return found_refused("product_unknown", "Nobody knows which product it is.", {}, "Send it back or dispose of it, or record its SKU.");
  return out;
}
}  // namespace

FoundPage list_found_items(const Context& context, bool open, FoundId after, int limit) {
  store::Session session(context.db);
  FoundPage page{store::list_found(session, context.merchant, open, after, limit + 1), std::nullopt};
  if (page.items.size() > static_cast<std::size_t>(limit)) {
    page.items.pop_back();
    page.next = page.items.back().id;
  }
  return page;
}

Result<FoundView> read_found_item(const Context& context, FoundId id) {
  store::Session session(context.db);
  auto found = store::find_found(session, context.merchant, id);
  if (!found) return no_such_found();
  return std::move(*found);
}

std::vector<FoundView> found_items_of(const Context& context, OrderId order) {
  store::Session session(context.db);
  return store::found_of_order(session, context.merchant, order);
}

FoundRecorded record_found(store::Transaction& tx, const Context& context, store::OrderHead* head, FoundView found) {
  found.found_by = context.actor.name;
  found.found_at = context.now;
  const auto id = store::add_found(tx, context.merchant, found);
  if (!id) {
    auto before = store::open_parcel_with_number(tx, context.merchant, found.number);
    if (!before) throw std::logic_error("a found parcel that exists cannot be found");
    const auto known = before->id;
    return {known, false, std::move(*before)};
  }
  found.id = *id;
  if (head != nullptr) note_found(tx, context, *head, "found.recorded", found);
  crash_point("found.recorded");
  return {*id, true, {}};
}

Result<FoundView> record_found_now(const Context& context, const NewFound& wanted) {
  store::Transaction tx(context.db);
  if (const auto recorded = done_before(tx, context)) return read_found_item(context, parse_id<FoundId>(*recorded).value());
  std::optional<store::OrderHead> head;
  if (wanted.order) {
    head = store::lock_order(tx, context.merchant, *wanted.order);
    if (!head) return Error{ErrorKind::not_found, "order_not_found", "There is no such order. Check the id (ord_...)."};
  }
  const auto place = store::find_bin(tx, context.merchant, wanted.warehouse, "");
  if (!place) return Error{ErrorKind::invalid, "unknown_warehouse", "There is no warehouse of that name."};
  if (!wanted.sku.empty() && !store::product_exists(tx, context.merchant, wanted.sku))
    return Error{ErrorKind::invalid, "no_such_product", "There is no product '" + wanted.sku + "'. Leave the SKU out."};
  FoundView found;
  found.kind = wanted.kind;
  found.warehouse = place->warehouse;
  found.order = wanted.order;
  if (!wanted.sku.empty()) found.sku = wanted.sku;
  found.number = wanted.number;
  found.note = wanted.note;
  found.quantity = wanted.quantity;
  const auto recorded = record_found(tx, context, head ? &*head : nullptr, std::move(found));
  if (head) store::save_head(tx, context.merchant, *head, context.now);
  note_done(tx, context, to_text(recorded.id));
  tx.commit();
  return read_found_item(context, recorded.id);
}

Result<FoundView> match_found(const Context& context, FoundId id, OrderId order) {
  {
    store::Transaction tx(context.db);
    if (done_before(tx, context)) return read_found_item(context, id);
    auto locked = lock_found_item(tx, context, id, order);
    if (!locked) return locked.error();
    store::save_found_order(tx, context.merchant, id, order);
    note_found(tx, context, *locked->head, "found.matched", locked->found);
    store::save_head(tx, context.merchant, *locked->head, context.now);
    note_done(tx, context);
    tx.commit();
  }
  return read_found_item(context, id);
}

namespace {
// With what is for sale again given to those who wait for it, and the item as it is now.
Result<FoundSettled> told_again(const Context& context, FoundId id, FoundSettled settled) {
  if (!settled.restocked.empty()) fill_backorders(context, settled.restocked);
  auto view = read_found_item(context, id);
  if (!view) return view.error();
  settled.found = *std::move(view);
  return settled;
}
}  // namespace

Result<FoundSettled> settle_found(const Context& context, FoundId id, const FoundSettlement& settlement) {
  FoundSettled out;
  {
    store::Transaction tx(context.db);
    if (const auto before = done_before(tx, context)) return told_again(context, id, settled_from(*before));
    auto locked = lock_found_item(tx, context, id);
    if (!locked) return locked.error();
    if (settlement.outcome == FoundOutcome::attached) {
      ReturnId joined;
      const auto received = attach(tx, context, *locked, settlement, joined);
      if (!received) return received.error();
      out.return_id = joined;
      out.refunds = received->refunds;
      out.restocked = received->restocked;
    }
    std::vector<Movement> kept;
    if (settlement.outcome == FoundOutcome::keep) {
      auto goods = kept_goods(*locked, settlement);
      if (!goods) return goods.error();
      kept = std::move(*goods);
    }
    for (auto& row : locked->rows) {
      row.outcome = settlement.outcome;
      row.settled_by = context.actor.name;
      row.settled_at = context.now;
      row.settled_note = settlement.note;
      if (out.return_id) row.return_id = out.return_id;
      store::save_found_outcome(tx, context.merchant, row);
      if (locked->head) note_found(tx, context, *locked->head, "found.settled", row);
    }
    if (locked->head) store::save_head(tx, context.merchant, *locked->head, context.now);
    if (!kept.empty()) queue_stock_in(tx, context, locked->found.warehouse, kept);
    for (const auto& movement : kept) {
      if (movement.damaged == 0) out.restocked.push_back(movement.sku);
    }
    note_done(tx, context, kept_text(out));
    crash_point("found.before_commit");
    tx.commit();
  }
  return told_again(context, id, std::move(out));
}

}  // namespace roundtrip::usecases
