// The pack station: every unit is verified; the last one closes the parcel and prints its label.
#include <algorithm>

#include "store/order_changes.hpp"
#include "usecases/bench.hpp"

namespace roundtrip::usecases {
namespace {
using domain::ShipmentStatus;

std::int64_t unpacked(const store::ShipmentWorkLine& line) { return line.quantity - line.packed; }

void count_pack_progress(Bench& bench, const store::Work& work) {
  for (const auto& line : work.lines) {
    bench.answer.done += line.packed;
    bench.answer.total += line.quantity;
  }
}

// The carton is full: what it goes with is chosen, and its label comes from there. Gives that in words.
std::string close(Bench& bench, const store::Work& work, ParcelId parcel) {
  store::close_parcel(bench.tx, bench.context.merchant, parcel, bench.request.weight_g, bench.context.now);
  const auto chosen = choose_parcel_service(bench.tx, bench.context, bench.settings.plan, work.order, parcel);
  bench.answer.print.push_back({"label", label_url(parcel), chosen.service.buys_label});
  bench.answer.effects.push_back({"parcel.closed", to_text(parcel)});
  std::string say = " Parcel " + domain::code_of(parcel) + " is closed.";
  if (!chosen.service.title.empty()) say += " It goes with " + chosen.service.title + ".";
  if (chosen.late) say += " It will be late: no service keeps the promise.";
  return say;
}

const store::WorkParcel* open_parcel_of(const store::Work& work) {
  for (const auto& parcel : work.parcels) {
    if (parcel.state == "open") return &parcel;
  }
  return nullptr;
}

void open_for_packing(Bench& bench) {
  auto open = open_work(bench, *bench.facts.shipment_order, *bench.facts.shipment);
  if (!open) return;
  const auto status = open->work.status;
  const auto& order = open->head.external_id;
  if (status == ShipmentStatus::allocated || status == ShipmentStatus::picking || status == ShipmentStatus::backordered) {
    return bench.refuse("not_picked", "Order " + order + " is not picked yet.",
                        {"take_to_pick", "Take it back to picking: " + next_pick(open->work).say});
  }
  if (status != ShipmentStatus::picked && status != ShipmentStatus::packing) {
    if (!open->work.parcels.empty()) bench.answer.print.push_back({"label", label_url(open->work.parcels.back().id)});
    return bench.refuse(
        "already_packed", "Order " + order + " is packed already.",
        {"take_to_dispatch", "Take it to dispatch, or scan the next shipment. The label can be printed again with the card PRINT."});
  }
  bench.station().shipment = open->work.id;
  bench.station().line.reset();
  const auto* parcel = open_parcel_of(open->work);
  bench.station().parcel = parcel != nullptr ? std::optional(parcel->id) : std::nullopt;
  count_pack_progress(bench, open->work);
  bench.answer.code = "shipment_opened";
  bench.answer.next = next_pack(open->work);
  bench.answer.say =
      "Order " + order + ": " + std::to_string(bench.answer.total - bench.answer.done) + " to pack. " + bench.answer.next.say;
}

bool item_may_be_packed(Bench& bench, const store::Work& work, const store::ShipmentWorkLine* line) {
  const auto next = next_pack(work);
  bench.answer.expected.emplace_back("sku", next.sku);
  bench.answer.expected.emplace_back("name", next.name);
  if (line == nullptr)
    bench.refuse("wrong_item", "This is " + bench.scanned_name + ". It does not belong into this parcel; expected " + next.name + ".",
                 next);
  else if (unpacked(*line) == 0)
    bench.refuse("already_packed", line->name + " is complete: all " + std::to_string(line->quantity) + " are packed.", next);
  else if (bench.units() > unpacked(*line)) {
    bench.refuse("too_many",
                 "Only " + std::to_string(unpacked(*line)) + " more of " + line->name + " belong to this shipment, not " +
                     std::to_string(bench.units()) + ".",
                 next);
  } else
    return true;
  return false;
}

// The parcel that the unit goes into; made when none is open.
ParcelId parcel_for(Bench& bench, const OpenWork& open) {
  if (const auto* parcel = open_parcel_of(open.work)) return parcel->id;
  const auto id = store::draw_parcel_number(bench.tx);
  store::open_parcel(bench.tx, bench.context.merchant, id, open.work.id, open.work.order, bench.context.now);
  return id;
}

void pack_item(Bench& bench) {
  auto& station = bench.station();
  if (!station.shipment || !bench.facts.context_order) {
    return bench.refuse("no_shipment", "This is " + bench.scanned_name + ", but no shipment is open here.",
                        {"scan_shipment", "Scan a shipment's code first."});
  }
  auto open = open_work(bench, *bench.facts.context_order, *station.shipment);
  if (!open) return;
  auto& work = open->work;
  if (work.status != ShipmentStatus::picked && work.status != ShipmentStatus::packing) {
    station.shipment.reset();
    return bench.refuse("already_packed", "Order " + open->head.external_id + " was packed by somebody else meanwhile.",
                        {"scan_shipment", "Scan the next shipment."});
  }
  store::ShipmentWorkLine* line = line_that_misses(work, *bench.facts.sku, unpacked);
  if (!item_may_be_packed(bench, work, line)) return;
  const auto parcel = parcel_for(bench, *open);
  line->packed += bench.units();
  store::save_line_progress(bench.tx, bench.context.merchant, work.id, *line);
  store::add_units_to_parcel(bench.tx, bench.context.merchant, parcel, *line, bench.units());
  station.line = line->line;
  station.parcel = parcel;
  const auto before = work.status;
  work.status = domain::status_by_progress(work.status, store::progress_of(work));
  if (work.status != before) store::save_shipment_status(bench.tx, bench.context.merchant, work.id, work.status, "", bench.context.now);
  count_pack_progress(bench, work);
  bench.answer.code = "packed";
  bench.answer.say = line->name + " " + std::to_string(line->packed) + " of " + std::to_string(line->quantity);
  bench.answer.next = next_pack(work);
  store::append_timeline(bench.tx, bench.context.merchant, open->head,
                         {"unit.packed", "floor", bench.context.actor.name, to_text(parcel), detail_of_units(line->sku, bench.units())},
                         bench.context.now);
  if (work.status == ShipmentStatus::packed) {
    const std::string closed = close(bench, work, parcel);
    store::append_timeline(bench.tx, bench.context.merchant, open->head,
                           {"shipment.packed", "floor", bench.context.actor.name, to_text(work.id)}, bench.context.now);
    bench.answer.say += "." + closed;
    bench.answer.next.code = domain::code_of(parcel);
    bench.answer.effects.push_back({"shipment.packed", to_text(work.id)});
    station.shipment.reset();
    station.line.reset();
  }
  store::save_head(bench.tx, bench.context.merchant, open->head, bench.context.now);
}

// SPLIT: this carton is full; the next unit opens another.
void split_parcel(Bench& bench, OpenWork& open) {
  const auto* parcel = open_parcel_of(open.work);
  if (parcel == nullptr || parcel->items.empty())
    return bench.refuse("nothing_to_split", "Nothing is in this parcel yet.", next_pack(open.work));
  const std::string closed = close(bench, open.work, parcel->id);
  record(bench, open.head, "parcel.closed", to_text(parcel->id), "{}");
  bench.station().parcel.reset();
  bench.answer.code = "parcel_closed";
  bench.answer.say = closed.substr(1) + " The next item goes into a new one.";
  bench.answer.next = next_pack(open.work);
}

void undo_pack(Bench& bench, OpenWork& open) {
  const auto* parcel = open_parcel_of(open.work);
  for (auto& line : open.work.lines) {
    const bool in_parcel = parcel != nullptr && std::any_of(parcel->items.begin(), parcel->items.end(),
                                                            [&](const auto& item) { return item.first == line.line; });
    if (bench.station().line != line.line || !in_parcel) continue;
    line.packed -= 1;
    store::save_line_progress(bench.tx, bench.context.merchant, open.work.id, line);
    store::add_units_to_parcel(bench.tx, bench.context.merchant, parcel->id, line, -1);
    const auto before = open.work.status;
    open.work.status = domain::status_by_progress(open.work.status, store::progress_of(open.work));
    if (open.work.status != before)
      store::save_shipment_status(bench.tx, bench.context.merchant, open.work.id, open.work.status, "", bench.context.now);
    record(bench, open.head, "unit.pack_undone", to_text(parcel->id), detail_of_units(line.sku, 1));
    bench.answer.code = "undone";
    bench.answer.say = "One " + line.name + " taken out: " + std::to_string(line.packed) + " of " + std::to_string(line.quantity) + ".";
    bench.answer.next = next_pack(open.work);
    return;
  }
  bench.refuse("nothing_to_undo", "There is nothing to undo here.", next_pack(open.work));
}

void print_again(Bench& bench) {
  if (!bench.station().parcel)
    return bench.refuse("nothing_to_print", "No parcel was packed here yet.", {"scan_shipment", "Scan a shipment's code first."});
  bench.answer.code = "printed_again";
  bench.answer.say = "The label of parcel " + domain::code_of(*bench.station().parcel) + " is printed again.";
  bench.answer.print.push_back({"label", label_url(*bench.station().parcel)});
  bench.answer.next = {"scan", "Go on scanning."};
}

void command_at_pack(Bench& bench) {
  if (bench.command->command == domain::Command::print) return print_again(bench);
  if (!bench.station().shipment || !bench.facts.context_order) {
    return bench.refuse("no_shipment", "No shipment is open here.", {"scan_shipment", "Scan a shipment's code first."});
  }
  if (bench.command->command == domain::Command::problem)
    return report_problem(bench, *bench.facts.context_order, *bench.station().shipment);
  auto open = open_work(bench, *bench.facts.context_order, *bench.station().shipment);
  if (!open) return;
  if (bench.command->command == domain::Command::split) return split_parcel(bench, *open);
  if (bench.command->command == domain::Command::undo) return undo_pack(bench, *open);
  std::string missing;
  for (const auto& line : open->work.lines) {
    if (unpacked(line) > 0) missing += (missing.empty() ? "" : ", ") + std::to_string(unpacked(line)) + " x " + line.name;
  }
  bench.refuse("units_missing", "Not everything was scanned. Missing: " + missing + ".", next_pack(open->work));
}
}  // namespace

std::string label_url(ParcelId parcel) { return "/v1/parcels/" + to_text(parcel) + "/label.pdf"; }

NextStep next_pack(const store::Work& work) {
  for (const auto& line : work.lines) {
    if (unpacked(line) > 0) {
      return {
          "scan_item",   "Scan " + std::to_string(unpacked(line)) + " x " + line.name + ".", line.sku, line.name, "", "", line.image_url,
          unpacked(line)};
    }
  }
  return {"take_to_dispatch", "Complete. Stick the label on and take it to dispatch.", "", "", "", domain::code_of(work.id)};
}

void scan_at_pack(Bench& bench) {
  if (bench.command) return command_at_pack(bench);
  if (bench.facts.shipment) return open_for_packing(bench);
  if (bench.facts.sku) return pack_item(bench);
  bench.refuse("not_here", "This is " + bench.scanned_name + ". Here shipments and items are scanned.",
               {"scan_shipment", "Take it to the right station."});
}

}  // namespace roundtrip::usecases
