// Goods come back: received, accepted or rejected, put to stock by disposition, and their refund requested, in one transaction.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/crash.hpp"
#include "domain/codes.hpp"
#include "domain/inspections.hpp"
#include "store/database.hpp"
#include "store/notifications.hpp"
#include "store/receipts.hpp"
#include "usecases/claim_steps.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/kept_results.hpp"
#include "usecases/pickups.hpp"
#include "usecases/refunds.hpp"
#include "usecases/return_money.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/returns.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Disposition;
using domain::ReturnStatus;

// What happens to one line, decided before anything is written.
struct LineChange {
  store::ReturnLineRow* line = nullptr;
  std::int64_t received = 0, accepted = 0, rejected = 0;
  Disposition disposition = Disposition::none;  // of the accepted ones
  domain::Grade grade = domain::Grade::none;
  std::string note = {}, photo = {};
};

store::ReturnLineRow* line_of_return(store::LockedReturn& found, LineId line) {
  for (auto& row : found.lines) {
    if (row.state.line == line) return &row;
  }
  return nullptr;
}

std::string awaited_text(const store::LockedReturn& found) {
  std::string text;
  for (const auto& line : found.lines) {
    if (line.state.awaited() > 0) text += (text.empty() ? "" : ", ") + std::to_string(line.state.awaited()) + " x " + line.sku;
  }
  return text.empty() ? "nothing" : text;
}

Error not_in_return(const store::LockedReturn& found, const std::string& what, const std::string& scanned) {
  Error error{ErrorKind::conflict, "not_announced", what + " Set it aside for a person; awaited: " + awaited_text(found) + "."};
  error.explain = Explain{"not_announced",
                          {{"scanned", scanned}, {"awaited", awaited_text(found)}},
                          "Set it aside; a person decides about units that were not announced."};
  return error;
}

Disposition disposition_of(const store::LockedReturn& found, const store::ReturnLineRow& line, domain::Grade grade) {
  return domain::disposition_by_rule(found.policy.dispositions, {grade, line.reason, domain::is_damaged(found.policy, line.reason),
                                                                 line.category, !line.special_waste.empty()});
}

// Sets grade, note, photo and where the accepted units go: as a person says, else by rule.
std::optional<Error> judge(const store::LockedReturn& found, LineChange& change, const Look& look, const std::string& disposition) {
  const auto grade = domain::parse_grade(look.grade);
  if (!grade) return Error{ErrorKind::invalid, "invalid_grade", "grade is one of A, B, C, D.", {{"/grade", "invalid", "unknown grade"}}};
  change.grade = *grade;
  change.note = look.note;
  change.photo = look.photo;
  change.disposition = disposition_of(found, *change.line, *grade);
  if (disposition.empty()) return std::nullopt;
  const auto parsed = domain::parse_disposition(disposition);
  if (!parsed || *parsed == Disposition::none) {
    return Error{ErrorKind::invalid,
                 "invalid_disposition",
                 "disposition is one of restock, refurbish, quarantine, scrap, recycle, donate, send_back.",
                 {{"/disposition", "invalid", "unknown disposition"}}};
  }
  change.disposition = *parsed;
  return std::nullopt;
}

// Everything still awaited; accepted at once unless the policy wants each item looked at.
std::vector<LineChange> whole_receipt(store::LockedReturn& found) {
  std::vector<LineChange> changes;
  // What belongs to a warranty case is the customer's until somebody has looked at it.
  const bool accept = found.policy.trigger != domain::RefundTrigger::inspection && found.row.kind != domain::ReturnKind::warranty;
  for (auto& line : found.lines) {
    const std::int64_t units = line.state.awaited();
    if (units > 0) changes.push_back({&line, units, accept ? units : 0, 0, disposition_of(found, line, domain::Grade::none)});
  }
  return changes;
}

// Units looked at one by one: new ones are received and accepted, units that wait for inspection are accepted.
Result<std::vector<LineChange>> named_units(store::LockedReturn& found, const std::vector<ReceivedUnits>& only) {
  std::vector<LineChange> changes;
  for (const auto& units : only) {
    store::ReturnLineRow* line = line_of_return(found, units.line);
    if (line == nullptr) return not_in_return(found, "This item is not part of the return.", to_text(units.line));
    std::int64_t planned_new = 0, planned_old = 0;
    for (const auto& change : changes) {
      if (change.line != line) continue;
      planned_new += change.received;
      planned_old += change.accepted + change.rejected - change.received;
    }
    const std::int64_t fresh = std::min(units.quantity, line->state.awaited() - planned_new);
    const std::int64_t waiting = line->state.undecided() - planned_old;
    if (units.quantity < 1 || units.quantity - fresh > waiting) {
      return not_in_return(found, "More " + line->sku + " than announced.", line->sku);
    }
    LineChange change{line, fresh, units.rejected ? 0 : units.quantity, units.rejected ? units.quantity : 0};
    if (auto fault = judge(found, change, units.look, units.disposition)) return *fault;
    changes.push_back(std::move(change));
  }
  return changes;
}

// Lines without goods (postage, fees) have nothing to scan: they follow once all goods are here.
void add_lines_without_goods(store::LockedReturn& found, std::vector<LineChange>& changes) {
  for (const auto& line : found.lines) {
    std::int64_t awaited = line.state.awaited();
    for (const auto& change : changes) awaited -= change.line == &line ? change.received : 0;
    if (line.goods && awaited > 0) return;
  }
  for (auto& line : found.lines) {
    const bool named = std::any_of(changes.begin(), changes.end(), [&](const LineChange& change) { return change.line == &line; });
    if (!line.goods && !named && line.state.awaited() > 0)
      changes.push_back({&line, line.state.awaited(), line.state.awaited(), 0, Disposition::none});
  }
}

void apply_change(const LineChange& change) {
  auto& state = change.line->state;
  if (change.received > 0) domain::receive_units(state, change.received);
  const Disposition disposition = change.line->goods ? change.disposition : Disposition::none;
  if (change.accepted > 0) domain::accept_units(state, change.accepted, disposition);
  if (change.rejected > 0) domain::reject_units(state, change.rejected, Disposition::send_back);
}

std::vector<Movement> stock_movements(const std::vector<LineChange>& changes, ReturnId id) {
  std::vector<Movement> movements;
  for (const auto& change : changes) {
    const auto effect = domain::stock_effect(change.disposition);
    if (change.accepted == 0 || !change.line->goods || !change.line->product_known || effect == domain::StockEffect::none) continue;
    Movement movement;
    movement.sku = change.line->sku;
    movement.quantity = change.accepted;
    movement.damaged = effect == domain::StockEffect::damaged ? change.accepted : 0;
    movement.reason = effect == domain::StockEffect::damaged ? "return_damaged" : "return_restock";
    movement.reference = to_text(id);
    movements.push_back(std::move(movement));
  }
  return movements;
}

std::string receipt_detail(const std::vector<LineChange>& changes) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const auto& change : changes) {
    nlohmann::ordered_json line = {{"line", to_text(change.line->state.line)}, {"sku", change.line->sku}};
    if (change.received > 0) line["received"] = change.received;
    if (change.accepted > 0) line["accepted"] = change.accepted;
    if (change.rejected > 0) line["rejected"] = change.rejected;
    if (change.accepted > 0 && change.line->goods) line["disposition"] = domain::to_text(change.disposition);
    if (change.grade != domain::Grade::none) line["grade"] = domain::to_text(change.grade);
    if (!change.note.empty()) line["note"] = change.note;
    lines.push_back(std::move(line));
  }
  return nlohmann::ordered_json{{"lines", lines}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The release key of what the return's newest receipt accepts: each receipt once, also after one was taken back.
std::string refund_key_of(const store::ReturnRow& row) { return "return:" + to_text(row.id) + ":r" + std::to_string(row.receipts); }

// Requests the refund of what was accepted. `accepted_before`: fixed fees are kept once. `grace_us`: it waits at least so long.
std::vector<RefundId> refund_accepted(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                      const store::LockedReturn& found, const std::vector<LineChange>& changes,
                                      std::int64_t accepted_before, std::int64_t grace_us) {
  std::map<LineId, std::int64_t> accepted;
  for (const auto& change : changes) accepted[change.line->state.line] += change.accepted;
  std::vector<RefundUnits> units;
  bool ahead = false;
  for (const auto& line : found.lines) {
    const auto now_accepted = accepted.find(line.state.line);
    const std::int64_t due = now_accepted == accepted.end() ? 0 : domain::unpaid_of(line.state, now_accepted->second);
    if (due > 0) units.push_back({line.state.line, due});
    ahead = ahead || line.state.advanced > 0;
  }
  // What belongs to a claim is paid by its decision.
  if (note_claim_goods(tx, context, head, found)) return {};
  return request_return_money(tx, context, head, found, refund_key_of(found.row), units,
                              deductions_for(found, accepted_before == 0 && !ahead), grace_us);
}

// The rows that tell later what this receipt did to each line, and what the line said before.
std::vector<store::InspectionRow> rows_of(const LineChange& change, const Context& context) {
  const auto& state = change.line->state;
  store::InspectionRow row;
  row.line = state.line;
  row.sku = change.line->sku;
  row.grade = change.grade;
  row.was_reception = state.reception;
  row.was_acceptance = state.acceptance;
  row.was_disposition = state.disposition;
  row.photo = change.photo;
  row.note = change.note;
  row.actor = context.actor.name;
  row.at = context.now;
  std::vector<store::InspectionRow> rows;
  std::int64_t fresh = change.received;
  const auto add = [&](std::int64_t units, domain::Verdict verdict, Disposition disposition) {
    if (units == 0) return;
    row.units = units;
    row.fresh = std::min(fresh, units);
    fresh -= row.fresh;
    row.verdict = verdict;
    row.disposition = change.line->goods ? disposition : Disposition::none;
    const bool stocked = verdict == domain::Verdict::accepted && change.line->goods && change.line->product_known;
    row.damaged = stocked && domain::stock_effect(disposition) == domain::StockEffect::damaged ? units : 0;
    rows.push_back(row);
  };
  add(change.accepted, domain::Verdict::accepted, change.disposition);
  add(change.rejected, domain::Verdict::rejected, Disposition::send_back);
  add(fresh, domain::Verdict::pending, Disposition::none);
  return rows;
}

// Books the receipt itself; `bin` is where what is stocked went.
void write_receipt(store::Transaction& tx, const Context& context, const store::LockedReturn& found, const ReceiptPlace& place, bool whole,
                   std::vector<store::InspectionRow> rows, std::optional<BinId> bin) {
  bool accepted = false;
  int part = 0;
  for (auto& row : rows) {
    row.return_id = found.row.id;
    row.receipt = found.row.receipts;
    row.part = ++part;
    if (row.verdict != domain::Verdict::accepted) continue;
    accepted = true;
    const auto line = std::find_if(found.lines.begin(), found.lines.end(), [&](const auto& one) { return one.state.line == row.line; });
    if (line->goods && line->product_known && domain::stock_effect(row.disposition) != domain::StockEffect::none) row.bin = bin;
  }
  store::ReceiptRow receipt;
  receipt.return_id = found.row.id;
  receipt.number = found.row.receipts;
  receipt.order = found.row.order;
  receipt.warehouse = place.warehouse;
  receipt.station = place.station;
  receipt.whole = whole;
  if (accepted) receipt.refund_key = refund_key_of(found.row);
  receipt.actor = context.actor.name;
  receipt.booked_at = context.now;
  store::add_receipt(tx, context.merchant, receipt, rows);
}

void say_what_was_judged(ReturnReceived& result, const LineChange& change) {
  const auto& line = *change.line;
  if (!line.goods) return;
  if (change.accepted > 0)
    result.judged.push_back({line.sku, std::string(domain::to_text(change.disposition)), line.special_waste, change.accepted, true});
  if (change.rejected > 0) result.judged.push_back({line.sku, "send_back", line.special_waste, change.rejected, false});
}

void tell_received(store::Transaction& tx, const Context& context, const store::OrderHead& head, const store::ReturnRow& row) {
  // A message that was held back because its receipt was taken back is true again.
  if (row.receipts > 1)
    store::tell_withheld(tx, context.merchant, head.id, domain::Milestone::return_received, to_text(row.id), context.now);
  store::queue_notification(tx, context.merchant, head.id, domain::Milestone::return_received, to_text(row.id), context.now, context.now);
}

ReturnReceived write_changes(store::Transaction& tx, const Context& context, store::OrderHead& head, store::LockedReturn& found,
                             const std::vector<LineChange>& changes, const ReceiptPlace& place, bool whole) {
  ReturnReceived result;
  std::int64_t accepted_before = 0;
  for (const auto& line : found.lines) accepted_before += line.state.accepted;
  std::vector<store::LineUnits> counters;
  std::vector<store::InspectionRow> rows;
  for (const auto& change : changes) {
    for (auto& row : rows_of(change, context)) rows.push_back(std::move(row));
    apply_change(change);
    say_what_was_judged(result, change);
    result.units += change.received;
    if (change.accepted > 0) counters.push_back({change.line->state.line, 0, change.accepted});
  }
  found.row.receipts += 1;
  derive_header(found, context.now);
  store::save_return(tx, context.merchant, found.row, found.lines);
  if (!counters.empty()) store::move_line_counters(tx, context.merchant, head.id, store::sum_by_line(counters));
  note_return(tx, context, head, result.units > 0 ? "return.received" : "return.inspected", found.row.id, receipt_detail(changes));
  if (result.units > 0) tell_received(tx, context, head, found.row);
  crash_point("receipt.counted");
  result.refunds = refund_accepted(tx, context, head, found, changes, accepted_before, place.grace_us);
  result.refund_wait_us = wait_of_refund(found, place.grace_us);
  crash_point("receipt.refund_requested");
  if (found.row.outcome == domain::ReturnOutcome::exchange) result.restocked = settle_exchange(tx, context, head, found.row.id);
  note_claim_goods(tx, context, head, found);
  // Stock rows are locked last.
  std::optional<BinId> bin;
  if (const auto movements = stock_movements(changes, found.row.id); !movements.empty()) {
    bin = queue_stock_in(tx, context, place.warehouse, movements);
    for (const auto& movement : movements) {
      if (movement.damaged == 0) result.restocked.push_back(movement.sku);
    }
  }
  write_receipt(tx, context, found, place, whole, std::move(rows), bin);
  crash_point("receipt.stock_moved");
  result.status = domain::to_text(found.row.status);
  result.suggestion = domain::to_text(found.row.suggestion);
  result.anything_new = true;
  return result;
}

std::optional<Error> refuse_receipt(const store::LockedReturn& found) {
  switch (found.row.status) {
    case ReturnStatus::requested:
      return return_conflict(found.row, "received", "Approve it at the desk first, then scan it again.");
    case ReturnStatus::declined:
      return return_conflict(found.row, "received", "It was declined; set the goods aside for a person.");
    case ReturnStatus::canceled:
      return return_conflict(found.row, "received", "It was canceled; make a new return for these goods.");
    case ReturnStatus::expired:
      return return_conflict(found.row, "received", "Its label ran out; make a new return for these goods.");
    case ReturnStatus::approved:
    case ReturnStatus::in_transit:
    case ReturnStatus::partly_received:
    case ReturnStatus::received:
      return std::nullopt;
    case ReturnStatus::closed: {
      const auto& lines = found.lines;
      const bool nothing_came = std::all_of(lines.begin(), lines.end(), [](const auto& line) { return line.state.received == 0; });
      if (!nothing_came || found.row.kind != domain::ReturnKind::undeliverable) return std::nullopt;
      return return_conflict(found.row, "received", "The carrier said that it was delivered after all; make a new return for these goods.");
    }
  }
  throw std::logic_error("unknown return status");
}

Result<WarehouseId> warehouse_by_name(store::Transaction& tx, const Context& context, const std::string& name, WarehouseId fallback) {
  if (name.empty()) return fallback;
  const auto id = tx.value<WarehouseId>("SELECT warehouse_id FROM warehouses WHERE merchant_id = $1 AND name = $2", context.merchant, name);
  if (id) return *id;
  return Error{
      ErrorKind::invalid, "unknown_warehouse", "There is no warehouse of that name.", {{"/warehouse", "unknown", "no such warehouse"}}};
}

// Nothing was new: tells who was faster.
ReturnReceived received_before(store::Transaction& tx, const Context& context, const store::LockedReturn& found) {
  ReturnReceived result;
  result.status = domain::to_text(found.row.status);
  const auto last = tx.row<Instant, std::string>(
      "SELECT at, actor FROM timeline WHERE merchant_id = $1 AND order_id = $2 AND type = 'return.received' AND subject = $3 ORDER BY seq "
      "DESC LIMIT 1",
      context.merchant, found.row.order, to_text(found.row.id));
  if (last) std::tie(result.received_at, result.received_by) = *last;
  return result;
}

Result<std::vector<LineChange>> inspected_units(store::LockedReturn& found, const std::vector<InspectedUnits>& lines) {
  std::vector<LineChange> changes;
  for (const auto& units : lines) {
    store::ReturnLineRow* line = line_of_return(found, units.line);
    if (line == nullptr) return not_in_return(found, "This item is not part of the return.", to_text(units.line));
    const bool twice = std::any_of(changes.begin(), changes.end(), [&](const LineChange& change) { return change.line == line; });
    if (twice || units.accepted < 0 || units.rejected < 0 || units.accepted + units.rejected < 1) {
      return Error{ErrorKind::invalid, "invalid_inspection", "Name each line once, with what is accepted and what is rejected."};
    }
    if (units.accepted + units.rejected > line->state.undecided()) {
      return Error{ErrorKind::conflict, "nothing_to_inspect",
                   "Only " + std::to_string(line->state.undecided()) + " of " + line->sku + " wait for inspection."};
    }
    LineChange change{line, 0, units.accepted, units.rejected};
    if (auto fault = judge(found, change, units.look, units.disposition)) return *fault;
    changes.push_back(std::move(change));
  }
  return changes;
}

// What is for sale again goes to those who wait for it.
ReturnReceived shelved(const Context& context, ReturnReceived received) {
  if (!received.restocked.empty()) fill_backorders(context, received.restocked);
  return received;
}

}  // namespace

Result<ReturnReceived> receive_return(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id,
                                      const std::vector<ReceivedUnits>& only, const ReceiptPlace& place) {
  auto found = store::lock_return(tx, context.merchant, head.id, return_id);
  if (!found) return return_not_found();
  if (auto refused = refuse_receipt(*found)) return *refused;
  std::vector<LineChange> changes;
  if (only.empty()) {
    changes = whole_receipt(*found);
  } else {
    auto named = named_units(*found, only);
    if (!named) return named.error();
    changes = std::move(*named);
    add_lines_without_goods(*found, changes);
  }
  if (changes.empty()) return received_before(tx, context, *found);
  drop_pickup_ahead(tx, context, return_id);
  return write_changes(tx, context, head, *found, changes, place, only.empty());
}

Result<ReturnReceived> receive_return_now(const Context& context, ReturnId return_id, const std::vector<ReceivedUnits>& only,
                                          const std::string& warehouse) {
  Result<ReturnReceived> received = return_not_found();
  {
    store::Transaction tx(context.db);
    if (const auto before = done_before(tx, context)) return shelved(context, received_from(*before));
    auto locked = lock_return_and_order(tx, context.merchant, return_id);
    if (!locked) return locked.error();
    const auto place = warehouse_by_name(tx, context, warehouse, locked->head.warehouse);
    if (!place) return place.error();
    received = receive_return(tx, context, locked->head, return_id, only, {*place, std::nullopt});
    if (!received || !received->anything_new) return received;
    store::save_head(tx, context.merchant, locked->head, context.now);
    crash_point("receipt.before_commit");
    note_done(tx, context, kept_text(*received));
    tx.commit();
    crash_point("receipt.after_commit");
  }
  return shelved(context, *std::move(received));
}

Result<ReturnReceived> inspect_return(const Context& context, ReturnId return_id, const std::vector<InspectedUnits>& lines,
                                      const std::string& warehouse) {
  ReturnReceived result;
  {
    store::Transaction tx(context.db);
    if (const auto before = done_before(tx, context)) return shelved(context, received_from(*before));
    auto locked = lock_return_and_order(tx, context.merchant, return_id);
    if (!locked) return locked.error();
    if (auto refused = refuse_receipt(locked->found)) return *refused;
    const auto place = warehouse_by_name(tx, context, warehouse, locked->head.warehouse);
    if (!place) return place.error();
    const auto changes = inspected_units(locked->found, lines);
    if (!changes) return changes.error();
    result = write_changes(tx, context, locked->head, locked->found, *changes, {*place, std::nullopt}, false);
    store::save_head(tx, context.merchant, locked->head, context.now);
    crash_point("inspection.before_commit");
    note_done(tx, context, kept_text(result));
    tx.commit();
    crash_point("inspection.after_commit");
  }
  return shelved(context, std::move(result));
}

}  // namespace roundtrip::usecases
