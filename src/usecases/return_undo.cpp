// Taking a receipt back: goods, counters, stock, money and message as if it had not been, and the timeline that says that it was.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/crash.hpp"
#include "store/database.hpp"
#include "store/exchanges.hpp"
#include "store/notifications.hpp"
#include "store/receipts.hpp"
#include "store/refunds.hpp"
#include "store/stock.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/kept_results.hpp"
#include "usecases/refund_steps.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/returns.hpp"

namespace roundtrip::usecases {
namespace {
using store::InspectionRow;
using store::ReceiptRow;

std::string moment(Instant at) { return format_rfc3339(at).substr(11, 5) + " UTC on " + format_date(at); }

Error nothing_to_undo() {
  Error error{ErrorKind::conflict, "nothing_to_undo", "Nothing of this return was received, or all of it was taken back before."};
  error.explain = Explain{"nothing_to_undo", {}, "Go on; nothing is booked."};
  return error;
}

Error booked_elsewhere(const ReceiptRow& last) {
  Error error{ErrorKind::conflict, "booked_elsewhere",
              "The last receipt of this return was booked by " + last.actor + " at " + moment(last.booked_at) + ", not here."};
  error.explain = Explain{"booked_elsewhere",
                          {{"booked_by", last.actor}, {"booked_at", format_rfc3339(last.booked_at)}},
                          "Let them take it back where it was booked, or ask the desk."};
  return error;
}

// Money that has left cannot be scanned back: who let it go, when, and what to do instead.
Error money_has_left(store::Transaction& tx, const Context& context, const ReceiptRow& last) {
  Error error{ErrorKind::conflict, "refund_on_its_way", "The refund of this receipt is on its way and cannot be taken back by a scan."};
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& row : store::refunds_of_order(tx, context.merchant, last.order)) {
    if (row.release_key() != last.refund_key || row.state == domain::RefundState::requested || row.state == domain::RefundState::denied)
      continue;
    values = {{"refund", to_text(row.id)}, {"state", std::string(domain::to_text(row.state))}, {"requested_by", row.requested_by}};
    const auto at = row.submitted_at ? row.submitted_at : row.settled_at;
    if (at) values.emplace_back("submitted_at", format_rfc3339(*at));
    error.message = "The refund " + to_text(row.id) + ", requested by " + row.requested_by + ", was given to the gateway" +
                    (at ? " at " + moment(*at) : "") + ": it cannot be taken back by a scan.";
  }
  error.explain = Explain{"refund_on_its_way", std::move(values), "Put the goods aside and ask the desk: the customer has been paid."};
  return error;
}

// A replacement that was let go stands on what was received, and money that was put into one cannot be scanned back either.
std::optional<Error> refuse_for_exchange(store::Transaction& tx, const Context& context, const ReceiptRow& receipt) {
  using enum domain::ExchangeState;
  const auto exchange = store::find_exchange(tx, context.merchant, receipt.return_id);
  if (!exchange || !exchange->row.replacement) return std::nullopt;
  const auto& row = exchange->row;
  const bool let_go = row.state == released || row.state == customer_owes || row.state == completed;
  const bool paid = row.state != canceled && exchange->replacement.brought > 0 && !receipt.refund_key.empty();
  if (!let_go && !paid) return std::nullopt;
  const std::string order = exchange->replacement_number;
  Error error{ErrorKind::conflict, "exchange_released",
              let_go ? "The replacement " + order + " was let go" + (row.released_at ? " at " + moment(*row.released_at) : std::string()) +
                           ": what was received for it cannot be taken back by a scan."
                     : "What this receipt brought is paid into the replacement " + order + " already: it cannot be taken back by a scan."};
  error.explain = Explain{"exchange_released",
                          {{"replacement", order}, {"state", std::string(domain::to_text(row.state))}},
                          exchange->replacement.left ? "Put the goods aside and ask the desk: the replacement has left the house."
                                                     : "Put the goods aside and ask the desk: it cancels the exchange first."};
  return error;
}

// Pieces of a receipt that went to one place of stock, of all its lines together.
struct Stocked {
  std::string sku;
  BinId bin;
  std::int64_t units = 0, damaged = 0;  // damaged: of the units
};

// What of a receipt went to stock, by place, in the order in which stock is locked.
std::vector<Stocked> stocked_of(const std::vector<InspectionRow>& rows) {
  std::map<std::pair<std::string, BinId>, Stocked> places;
  for (const auto& row : rows) {
    if (!row.bin) continue;
    auto& place = places.try_emplace({row.sku, *row.bin}, Stocked{row.sku, *row.bin}).first->second;
    place.units += row.units;
    place.damaged += row.damaged;
  }
  std::vector<Stocked> out;
  for (auto& [key, place] : places) out.push_back(std::move(place));
  return out;
}

// Locks the stock; says why when the pieces are not lying free any more. Nothing is written before this was asked.
std::optional<Error> refuse_for_stock(store::Transaction& tx, const Context& context, const ReceiptRow& receipt,
                                      const std::vector<Stocked>& stocked) {
  for (const auto& place : stocked) {
    const auto level = store::lock_level(tx, context.merchant, receipt.warehouse, place.sku, place.bin);
    const std::int64_t good = std::min(level.on_hand - level.reserved - level.damaged, place.units - place.damaged);
    const std::int64_t free = good + std::min(level.damaged, place.damaged);
    if (free >= place.units) continue;
    Error error{ErrorKind::conflict, "stock_taken",
                "Only " + std::to_string(free) + " of " + std::to_string(place.units) + " x " + place.sku +
                    " that went to stock still lie free: the others are reserved for orders or were moved."};
    error.explain = Explain{"stock_taken",
                            {{"sku", place.sku}, {"free", std::to_string(free)}, {"units", std::to_string(place.units)}},
                            "Ask the desk: it corrects the stock and the refund by hand."};
    return error;
  }
  return std::nullopt;
}

void take_from_stock(store::Transaction& tx, const Context& context, const ReceiptRow& receipt, const std::vector<Stocked>& stocked) {
  for (const auto& place : stocked) {
    store::book_movement(
        tx, context.merchant,
        {receipt.warehouse, place.bin, place.sku, "", -place.units, -place.damaged, "return_undone", to_text(receipt.return_id)},
        context.actor.name, context.now);
  }
}

// The lines as they were before the receipt.
std::vector<store::LineUnits> restore_lines(store::LockedReturn& found, const std::vector<InspectionRow>& rows) {
  std::vector<store::LineUnits> counters;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {  // the first part of a line holds its oldest axes
    const auto line = std::find_if(found.lines.begin(), found.lines.end(), [&](const auto& one) { return one.state.line == row->line; });
    if (line == found.lines.end()) throw std::logic_error("an inspection of a line that the return does not have");
    auto& state = line->state;
    if (row->verdict == domain::Verdict::accepted) {
      state.accepted -= row->units;
      counters.push_back({row->line, 0, -row->units});
    }
    if (row->verdict == domain::Verdict::rejected) state.rejected -= row->units;
    if (row->fresh > 0) domain::unreceive_units(state, row->fresh, row->was_reception);
    state.acceptance = row->was_acceptance;
    state.disposition = row->was_disposition;
  }
  return store::sum_by_line(counters);
}

std::string what_of(const std::vector<InspectionRow>& rows) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "" : ", ") + std::to_string(row.units) + " x " + row.sku;
  return text;
}

ReceiptUndone undone_of(const store::ReturnRow& row, int receipt, bool whole, const std::vector<InspectionRow>& rows) {
  ReceiptUndone undone;
  undone.status = domain::to_text(row.status);
  undone.receipt = receipt;
  undone.whole = whole;
  for (const auto& one : rows) undone.units += one.units;
  undone.what = what_of(rows);
  return undone;
}

Error not_the_last(int receipt, const std::optional<ReceiptRow>& last) {
  const std::string newest = last ? std::to_string(last->number) : "none";
  Error error{ErrorKind::conflict, "not_the_last_receipt",
              "Receipt " + std::to_string(receipt) + " is not the newest one (" + newest + ")."};
  error.explain = Explain{
      "not_the_last_receipt", {{"receipt", std::to_string(receipt)}, {"newest", newest}}, "Take the newer ones back first, newest first."};
  return error;
}

void write_undo(store::Transaction& tx, const Context& context, store::OrderHead& head, store::LockedReturn& found,
                const ReceiptRow& receipt, const std::vector<InspectionRow>& rows) {
  const auto counters = restore_lines(found, rows);
  derive_header(found, context.now);
  const auto status = found.row.status;
  if (status != domain::ReturnStatus::received && status != domain::ReturnStatus::closed) found.row.received_at.reset();
  store::save_return(tx, context.merchant, found.row, found.lines);
  if (!counters.empty()) store::move_line_counters(tx, context.merchant, head.id, counters);
  store::mark_receipt_undone(tx, context.merchant, receipt, context.actor.name, context.now);
  const bool nothing_here = std::all_of(found.lines.begin(), found.lines.end(), [](const auto& line) { return line.state.received == 0; });
  if (nothing_here) store::withhold_notification(tx, context.merchant, head.id, domain::Milestone::return_received, to_text(found.row.id));
  const nlohmann::ordered_json detail = {{"receipt", receipt.number},
                                         {"units", what_of(rows)},
                                         {"booked_by", receipt.actor},
                                         {"booked_at", format_rfc3339(receipt.booked_at)}};
  note_return(tx, context, head, "return.receipt_undone", found.row.id,
              detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}
}  // namespace

Result<ReceiptUndone> undo_receipt(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id,
                                   std::optional<StationId> station) {
  auto found = store::lock_return(tx, context.merchant, head.id, return_id);
  if (!found) return return_not_found();
  const auto receipt = store::last_receipt(tx, context.merchant, return_id);
  if (!receipt) return nothing_to_undo();
  if (station && receipt->station != station) return booked_elsewhere(*receipt);
  if (auto refused = refuse_for_exchange(tx, context, *receipt)) return *refused;
  const auto rows = store::inspections_of(tx, context.merchant, return_id, receipt->number);
  const auto stocked = stocked_of(rows);
  if (auto refused = refuse_for_stock(tx, context, *receipt, stocked)) return *refused;
  if (!receipt->refund_key.empty()) {
    const std::string why = "receipt taken back by " + context.actor.name;
    if (take_back_refunds(tx, context, head, receipt->refund_key, why)) return money_has_left(tx, context, *receipt);
  }
  crash_point("undo.refund_denied");
  write_undo(tx, context, head, *found, *receipt, rows);
  crash_point("undo.counted");
  take_from_stock(tx, context, *receipt, stocked);
  crash_point("undo.stock_moved");
  return undone_of(found->row, receipt->number, receipt->whole, rows);
}

Result<ReceiptUndone> undo_receipt_now(const Context& context, ReturnId return_id, std::optional<int> receipt) {
  store::Transaction tx(context.db);
  if (const auto before = done_before(tx, context)) return undone_from(*before);
  auto locked = lock_return_and_order(tx, context.merchant, return_id);
  if (!locked) return locked.error();
  const auto last = store::last_receipt(tx, context.merchant, return_id);
  if (receipt && (!last || last->number != *receipt)) {
    const auto rows = store::inspections_of(tx, context.merchant, return_id, receipt);
    if (rows.empty() || (last && last->number > *receipt)) return not_the_last(*receipt, last);
    return undone_of(locked->found.row, *receipt, false, rows);
  }
  auto undone = undo_receipt(tx, context, locked->head, return_id, std::nullopt);
  if (!undone) return undone;
  store::save_head(tx, context.merchant, locked->head, context.now);
  crash_point("undo.before_commit");
  note_done(tx, context, kept_text(*undone));
  tx.commit();
  crash_point("undo.after_commit");
  return undone;
}

Result<std::vector<ReceiptView>> receipts_of_return(const Context& context, ReturnId return_id) {
  store::Session session(context.db);
  if (!store::order_of_return(session, context.merchant, return_id)) return return_not_found();
  std::vector<ReceiptView> out;
  for (auto& receipt : store::receipts_of(session, context.merchant, return_id)) out.push_back({std::move(receipt), {}});
  for (auto& row : store::inspections_of(session, context.merchant, return_id)) {
    for (auto& view : out) {
      if (view.receipt.number == row.receipt) view.inspections.push_back(row);
    }
  }
  return out;
}

}  // namespace roundtrip::usecases
