// The pick station: a shipment's code, then its items; bins, SHORT, UNDO.
#include <algorithm>

#include "store/order_changes.hpp"
#include "usecases/bench.hpp"

namespace roundtrip::usecases {
namespace {
using domain::ShipmentStatus;

std::int64_t open_units(const store::ShipmentWorkLine& line) { return line.quantity - line.picked; }

// Where the next unit of a line lies: its places in walking order, less what is picked.
const store::WorkPlace* next_place(const store::Work& work, const store::ShipmentWorkLine& line) {
  std::int64_t picked = line.picked;
  for (const auto& place : work.places) {
    if (place.line != line.line) continue;
    if (picked < place.quantity) return &place;
    picked -= place.quantity;
  }
  return nullptr;
}

void count_pick_progress(Bench& bench, const store::Work& work) {
  for (const auto& line : work.lines) {
    bench.answer.done += line.picked;
    bench.answer.total += line.quantity;
  }
}

void open_for_picking(Bench& bench) {
  auto open = open_work(bench, *bench.facts.shipment_order, *bench.facts.shipment);
  if (!open) return;
  const auto& order = open->head.external_id;
  const auto status = open->work.status;
  if (status == ShipmentStatus::backordered) {
    return bench.refuse("not_in_stock", "Order " + order + " waits for stock: " + "it cannot be picked yet.",
                        {"scan_shipment", "Scan another shipment."});
  }
  if (status != ShipmentStatus::allocated && status != ShipmentStatus::picking) {
    return bench.refuse("already_picked", "Order " + order + " is " + std::string(domain::to_text(status)) + " already.",
                        {"take_to_pack", "Take it on, and scan another shipment here."});
  }
  auto& station = bench.station();
  station.shipment = open->work.id;
  station.line.reset();
  store::set_picker(bench.tx, bench.context.merchant, open->work.id, station.id);
  count_pick_progress(bench, open->work);
  bench.answer.code = "shipment_opened";
  bench.answer.next = next_pick(open->work);
  bench.answer.say =
      "Order " + order + ": " + std::to_string(bench.answer.total - bench.answer.done) + " to pick. " + bench.answer.next.say;
}

bool item_may_be_picked(Bench& bench, const store::Work& work, const store::ShipmentWorkLine* line) {
  const auto next = next_pick(work);
  bench.answer.expected.emplace_back("sku", next.sku);
  bench.answer.expected.emplace_back("name", next.name);
  bench.answer.expected.emplace_back("bin", next.bin);
  if (line == nullptr) {
    bench.refuse("wrong_item", "This is " + bench.scanned_name + ". It is not in this shipment; expected " + next.name + ".", next);
  } else if (open_units(*line) == 0) {
    bench.refuse("already_picked",
                 line->name + " is complete: " + std::to_string(line->quantity) + " of " + std::to_string(line->quantity) + " are picked.",
                 next);
  } else if (bench.units() > open_units(*line)) {
    bench.refuse(
        "too_many",
        "Only " + std::to_string(open_units(*line)) + " more of " + line->name + " are wanted, not " + std::to_string(bench.units()) + ".",
        next);
  } else if (const auto* place = next_place(work, *line);
             bench.settings.require_bin_scan && place != nullptr && bench.station().bin != place->bin) {
    bench.refuse("bin_first", "Scan the bin first: " + place->bin_name + ".",
                 {"scan_bin", "Scan bin " + place->bin_name + ".", line->sku, line->name, place->bin_name, domain::code_of(place->bin)});
  } else {
    return true;
  }
  return false;
}

void finish_pick(Bench& bench, OpenWork& open, ShipmentStatus before) {
  open.work.status = domain::status_by_progress(open.work.status, store::progress_of(open.work));
  if (open.work.status != before)
    store::save_shipment_status(bench.tx, bench.context.merchant, open.work.id, open.work.status, "", bench.context.now);
  if (open.work.status == ShipmentStatus::picked) {
    bench.station().shipment.reset();
    bench.station().line.reset();
    bench.station().bin.reset();
  }
}

void pick_item(Bench& bench) {
  auto& station = bench.station();
  if (!station.shipment || !bench.facts.context_order) {
    return bench.refuse("no_shipment", "This is " + bench.scanned_name + ", but no shipment is open here.",
                        {"scan_shipment", "Scan a shipment's code first."});
  }
  auto open = open_work(bench, *bench.facts.context_order, *station.shipment);
  if (!open) return;
  auto& work = open->work;
  if (work.status != ShipmentStatus::allocated && work.status != ShipmentStatus::picking) {
    station.shipment.reset();
    return bench.refuse("already_picked", "Order " + open->head.external_id + " was picked by somebody else meanwhile.",
                        {"scan_shipment", "Put the item back and scan another shipment."});
  }
  store::ShipmentWorkLine* line = line_that_misses(work, *bench.facts.sku, open_units);
  if (!item_may_be_picked(bench, work, line)) return;
  const auto* place = next_place(work, *line);
  line->picked += bench.units();
  store::save_line_progress(bench.tx, bench.context.merchant, work.id, *line);
  station.line = line->line;
  const auto before = work.status;
  finish_pick(bench, *open, before);
  record(bench, open->head, "unit.picked", to_text(work.id), detail_of_units(line->sku, bench.units()));
  count_pick_progress(bench, work);
  bench.answer.code = "picked";
  bench.answer.say = line->name + " " + std::to_string(line->picked) + " of " + std::to_string(line->quantity) +
                     (place != nullptr ? " - bin " + place->bin_name : "");
  bench.answer.next = next_pick(work);
  if (work.status == ShipmentStatus::picked) {
    bench.answer.effects.push_back({"shipment.picked", to_text(work.id)});
    bench.answer.next.code = domain::code_of(work.id);
  }
}

void scan_bin_at_pick(Bench& bench) {
  if (!bench.station().shipment || !bench.facts.context_order) {
    return bench.refuse("no_shipment", "This is " + bench.scanned_name + ", but no shipment is open here.",
                        {"scan_shipment", "Scan a shipment's code first."});
  }
  auto open = open_work(bench, *bench.facts.context_order, *bench.station().shipment);
  if (!open) return;
  for (const auto& line : open->work.lines) {
    const auto* place = open_units(line) > 0 ? next_place(open->work, line) : nullptr;
    if (place == nullptr || place->bin != *bench.facts.bin) continue;
    bench.station().bin = bench.facts.bin;
    bench.answer.code = "bin_opened";
    bench.answer.say =
        "Bin " + place->bin_name + ": take " + std::to_string(std::min(open_units(line), place->quantity)) + " of " + line.name + ".";
    bench.answer.next = {"scan_item",    "Scan " + line.name + ".", line.sku, line.name, place->bin_name, "",
                         line.image_url, open_units(line)};
    return;
  }
  const auto next = next_pick(open->work);
  bench.answer.expected.emplace_back("bin", next.bin);
  bench.refuse("wrong_bin", "This is " + bench.scanned_name + "; nothing of this shipment lies here. Go to bin " + next.bin + ".", next);
}

// The line that SHORT or UNDO is about: the one scanned last, else the one that comes next.
store::ShipmentWorkLine* current_line(Bench& bench, store::Work& work, bool open_only) {
  for (auto& line : work.lines) {
    if (bench.station().line == line.line && (!open_only || open_units(line) > 0)) return &line;
  }
  if (!open_only) return nullptr;
  const auto next = next_pick(work);
  for (auto& line : work.lines) {
    if (line.sku == next.sku && open_units(line) > 0) return &line;
  }
  return nullptr;
}

// What is not in the bin goes to a backordered shipment of its own; the bin's stock is corrected.
void run_short(Bench& bench, OpenWork& open) {
  auto& work = open.work;
  store::ShipmentWorkLine* line = current_line(bench, work, true);
  if (line == nullptr) return bench.refuse("nothing_short", "Every unit of this shipment is picked.", next_pick(work));
  const std::int64_t missing = open_units(*line);
  const auto rest = store::draw_shipment_number(bench.tx);
  store::add_shipment(bench.tx, bench.context.merchant, rest, open.head, work, ShipmentStatus::backordered,
                      "short pick at " + bench.station().name, {{line->line, line->sku, missing}}, bench.context.now);
  store::write_off_units(bench.tx, bench.context.merchant, work, line->line, missing, "short_pick", bench.context.actor.name,
                         bench.context.now);
  line->quantity -= missing;
  const std::string name = line->name, sku = line->sku;
  const auto before = work.status;
  const bool empty = std::all_of(work.lines.begin(), work.lines.end(), [](const auto& one) { return one.quantity == 0; });
  if (empty) {
    store::save_shipment_status(bench.tx, bench.context.merchant, work.id, ShipmentStatus::canceled, "nothing of it was found",
                                bench.context.now);
    bench.station().shipment.reset();
  } else {
    finish_pick(bench, open, before);
  }
  record(bench, open.head, "shipment.short_picked", to_text(work.id), detail_of_units(sku, missing));
  bench.fill_skus.push_back(sku);
  bench.answer.code = "short_picked";
  bench.answer.say = std::to_string(missing) + " of " + name + " not found: they follow when stock lands. The bin's stock was corrected.";
  bench.answer.effects.push_back({"shipment.backordered", to_text(rest)});
  bench.answer.next = empty ? NextStep{"scan_shipment", "Scan the next shipment."} : next_pick(work);
}

void undo_pick(Bench& bench, OpenWork& open) {
  store::ShipmentWorkLine* line = current_line(bench, open.work, false);
  if (line == nullptr || line->picked <= line->packed)
    return bench.refuse("nothing_to_undo", "There is nothing to undo here.", next_pick(open.work));
  line->picked -= 1;
  store::save_line_progress(bench.tx, bench.context.merchant, open.work.id, *line);
  finish_pick(bench, open, open.work.status);
  record(bench, open.head, "unit.pick_undone", to_text(open.work.id), detail_of_units(line->sku, 1));
  bench.answer.code = "undone";
  bench.answer.say = "One " + line->name + " put back: " + std::to_string(line->picked) + " of " + std::to_string(line->quantity) + ".";
  bench.answer.next = next_pick(open.work);
}

void command_at_pick(Bench& bench) {
  if (!bench.station().shipment || !bench.facts.context_order) {
    return bench.refuse("no_shipment", "No shipment is open here.", {"scan_shipment", "Scan a shipment's code first."});
  }
  if (bench.command->command == domain::Command::problem)
    return report_problem(bench, *bench.facts.context_order, *bench.station().shipment);
  auto open = open_work(bench, *bench.facts.context_order, *bench.station().shipment);
  if (!open) return;
  switch (*bench.command->command) {
    case domain::Command::run_short:
      return run_short(bench, *open);
    case domain::Command::undo:
      return undo_pick(bench, *open);
    case domain::Command::done:
      return bench.refuse("not_complete", "The shipment is not complete: " + next_pick(open->work).say, next_pick(open->work));
    case domain::Command::split:
    case domain::Command::print:
    case domain::Command::problem:
      return bench.refuse("not_here", "The card " + std::string(domain::word_of_command(*bench.command->command)) + " is for packing.",
                          next_pick(open->work));
  }
}
}  // namespace

NextStep next_pick(const store::Work& work) {
  // Walking order: the line whose next place comes first.
  const store::ShipmentWorkLine* best = nullptr;
  const store::WorkPlace* best_place = nullptr;
  for (const auto& line : work.lines) {
    if (open_units(line) == 0) continue;
    const auto* place = next_place(work, line);
    if (best == nullptr || (place != nullptr && (best_place == nullptr || place->walk_order < best_place->walk_order))) {
      best = &line;
      best_place = place;
    }
  }
  if (best == nullptr) return {"take_to_pack", "Complete. Take it to packing.", "", "", "", domain::code_of(work.id)};
  const std::string bin = best_place != nullptr ? best_place->bin_name : "";
  return {"scan_item",
          "Bin " + bin + ": " + std::to_string(open_units(*best)) + " x " + best->name + ".",
          best->sku,
          best->name,
          bin,
          "",
          best->image_url,
          open_units(*best)};
}

void scan_at_pick(Bench& bench) {
  if (bench.command) return command_at_pick(bench);
  if (bench.facts.shipment) return open_for_picking(bench);
  if (bench.facts.sku) return pick_item(bench);
  if (bench.facts.bin) return scan_bin_at_pick(bench);
  bench.refuse("not_here", "This is " + bench.scanned_name + ". Here shipments and items are scanned.",
               {"scan_shipment", "Take it to the right station."});
}

}  // namespace roundtrip::usecases
