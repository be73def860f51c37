// The dispatch station: a parcel's label; the parcel gets its tracking number and leaves.
#include <algorithm>

#include "carriers/carrier.hpp"
#include "domain/bookings.hpp"
#include "domain/gs1.hpp"
#include "store/bookings.hpp"
#include "store/notifications.hpp"
#include "usecases/bench.hpp"
#include "usecases/manifests.hpp"
#include "usecases/orders.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::usecases {
namespace {
using domain::ShipmentStatus;

const store::WorkParcel* parcel_to_go(Bench& bench, const OpenWork& open, std::optional<ParcelId> wanted) {
  const store::WorkParcel* found = nullptr;
  int closed = 0;
  for (const auto& parcel : open.work.parcels) {
    if (wanted && parcel.id == *wanted) return &parcel;
    if (parcel.state == "closed") {
      found = &parcel;
      ++closed;
    }
  }
  if (closed == 1) return found;
  bench.refuse("scan_each_parcel", "This shipment has " + std::to_string(closed) + " parcels ready.",
               {"scan_parcel", "Scan the label of each parcel."});
  return nullptr;
}

bool may_leave(Bench& bench, const OpenWork& open, const store::WorkParcel& parcel) {
  const std::string code = domain::code_of(parcel.id);
  if (parcel.state == "handed_over") {
    bench.refuse("already_handed_over",
                 "Parcel " + code + " was handed over already (" + parcel.carrier + " " + parcel.tracking_number + ").",
                 {"scan_parcel", "Scan the next parcel."});
  } else if (parcel.state == "open") {
    bench.refuse("not_closed", "Parcel " + code + " is not closed.", {"take_to_pack", "Take it back to packing and scan what is missing."});
  } else if (open.work.status != ShipmentStatus::packed && open.work.status != ShipmentStatus::labeled) {
    bench.refuse("not_packed", "Not all of order " + open.head.external_id + " is packed yet.",
                 {"take_to_pack", "Take it back to packing: " + next_pack(open.work).say});
  } else {
    return true;
  }
  return false;
}

NextStep next_parcel(std::int64_t left) {
  if (left == 0) return {"scan_parcel", "Scan the next parcel."};
  return {"scan_parcel", std::to_string(left) + " more of this shipment: scan the next parcel."};
}

std::string title_of(const std::string& carrier) {
  const auto* speaks = carriers::find_carrier(carrier);
  return std::string(speaks != nullptr ? speaks->title() : carrier);
}

// What the parcel goes with: as chosen when it was closed, else now.
Route route_of(Bench& bench, const OpenWork& open, const store::WorkParcel& parcel) {
  if (!parcel.carrier.empty()) return {parcel.carrier, parcel.account, parcel.service, parcel.tracking_number};
  const auto chosen = choose_parcel_service(bench.tx, bench.context, bench.settings.plan, open.work.order, parcel.id);
  return {chosen.service.carrier, chosen.service.account, chosen.service.title.empty() ? open.work.service : chosen.service.title, ""};
}

// The carrier gave no number: whoever made the label by hand scans or types it, now.
void ask_for_number(Bench& bench, const OpenWork& open, const store::WorkParcel& parcel, const Route& route) {
  bench.station().shipment = open.work.id;
  bench.station().parcel = parcel.id;
  std::string why = "Parcel " + domain::code_of(parcel.id) + " goes with " + title_of(route.carrier) + " and has no number yet.";
  if (parcel.booking == domain::to_text(domain::BookingState::failed))
    why += " Its label could not be bought: " + parcel.booking_error + ".";
  bench.refuse("number_needed", why, {"scan_number", "Scan or type the number of the label on the parcel, or put it aside for the desk."});
}

void hand_over(Bench& bench, OpenWork& open, const store::WorkParcel& parcel, const Route& route) {
  const auto& context = bench.context;
  const auto number = start_tracking(bench.tx, context, open.head, parcel.id, route, open.work.promised_deliver_at);
  if (!number)
    return bench.ask_person(number.error().code, number.error().message, {"call_person", "Put the parcel aside; the desk decides."});
  store::hand_over_parcel(bench.tx, context.merchant, open.work, parcel, context.actor.name, context.now);
  const auto left = std::count_if(open.work.parcels.begin(), open.work.parcels.end(),
                                  [&](const auto& one) { return one.id != parcel.id && one.state != "handed_over"; });
  if (left == 0) {
    store::save_shipment_status(bench.tx, context.merchant, open.work.id, ShipmentStatus::handed_over, "", context.now);
    store::mark_shipment_handed_over(bench.tx, context.merchant, open.work.id, context.now);
  }
  refresh_order_status(bench.tx, context, open.head);
  const bool all = open.head.status != domain::OrderStatus::partly_shipped;
  store::queue_notification(bench.tx, context.merchant, open.work.order,
                            all ? domain::Milestone::shipped : domain::Milestone::partly_shipped, to_text(parcel.id),
                            context.now + bench.settings.merge_window_us, context.now);
  record(bench, open.head, "parcel.handed_over", to_text(parcel.id),
         "{\"carrier\":\"" + route.carrier + "\",\"tracking_number\":\"" + *number + "\"}");
  bench.station().parcel.reset();
  bench.station().shipment.reset();
  bench.answer.code = "handed_over";
  bench.answer.say = "Parcel " + domain::code_of(parcel.id) + " goes with " + title_of(route.carrier) + ", number " + *number + ".";
  bench.answer.effects.push_back({"parcel.handed_over", to_text(parcel.id)});
  if (left == 0) bench.answer.effects.push_back({"shipment.handed_over", to_text(open.work.id)});
  bench.answer.next = next_parcel(left);
}

// With its number where there is one; else the parcel stays until somebody gives it.
void leave(Bench& bench, OpenWork& open, const store::WorkParcel& parcel) {
  const Route route = route_of(bench, open, parcel);
  const auto* speaks = carriers::find_carrier(route.carrier);
  const bool numbered = !route.number.empty() || (speaks != nullptr && speaks->number_for(parcel.id));
  const bool chosen_now = parcel.carrier.empty();
  const bool waits = parcel.booking == domain::to_text(domain::BookingState::wanted) ||
                     (chosen_now && store::booking_of_parcel(bench.tx, bench.context.merchant, parcel.id));
  if (route.number.empty() && waits) {
    bench.answer.print.push_back({"label", label_url(parcel.id), true});
    return bench.refuse("label_not_there_yet",
                        "The label of parcel " + domain::code_of(parcel.id) + " is being made by " + title_of(route.carrier) + ".",
                        {"scan_parcel", "Put it aside for a minute, stick the label on when it is printed, and scan the parcel again."});
  }
  if (!numbered) return ask_for_number(bench, open, parcel, route);
  hand_over(bench, open, parcel, route);
}
}  // namespace

bool take_number_at_dispatch(Bench& bench) {
  const auto wanted = bench.station().parcel;
  if (!wanted || !bench.station().shipment || !bench.facts.context_order) return false;
  auto open = open_work(bench, *bench.facts.context_order, *bench.station().shipment);
  if (!open) return true;
  const auto* parcel = parcel_to_go(bench, *open, wanted);
  if (parcel == nullptr || !may_leave(bench, *open, *parcel)) return true;
  Route route = route_of(bench, *open, *parcel);
  const auto number = number_for_carrier(route.carrier, domain::split_symbology(bench.request.barcode).text);
  if (!number) {
    bench.refuse(number.error().code, number.error().message,
                 {"scan_number", "Scan the number of " + title_of(route.carrier) + " on parcel " + domain::code_of(parcel->id) +
                                     "; the desk can change its carrier."});
    return true;
  }
  route.number = *number;
  hand_over(bench, *open, *parcel, route);
  return true;
}

void close_out(Bench& bench) {
  const auto made = close_out(bench.tx, bench.context, bench.station().warehouse);
  if (made.empty())
    return bench.refuse("nothing_to_close_out", "Nothing has left that is not on a manifest.", {"scan_parcel", "Scan a parcel's label."});
  std::string say;
  for (const auto& manifest : made) {
    say += (say.empty() ? "" : ", ") + title_of(manifest.carrier) + ": " + std::to_string(manifest.parcels);
    bench.answer.print.push_back({"manifest", "/v1/manifests/" + to_text(manifest.id) + "/document.pdf", manifest.state == "wanted"});
    bench.answer.effects.push_back({"manifest.made", to_text(manifest.id)});
  }
  bench.answer.code = "closed_out";
  bench.answer.say = "Parcels that left: " + say + ". Let the driver sign the list.";
  bench.answer.next = {"scan_parcel", "Scan the next parcel."};
}

void scan_at_dispatch(Bench& bench) {
  const auto& facts = bench.facts;
  if (bench.command && bench.command->command == domain::Command::done) return close_out(bench);
  if (bench.command || (!facts.parcel && !facts.shipment)) {
    return bench.refuse("not_here", "This is " + bench.scanned_name + ". Here parcels are scanned.",
                        {"scan_parcel", "Scan a parcel's label, or DONE when the carrier has taken everything."});
  }
  bench.station().parcel.reset();  // another one: what waited for a number was put aside
  const auto order = facts.parcel ? *facts.parcel_order : *facts.shipment_order;
  const auto shipment = facts.parcel ? *facts.parcel_shipment : *facts.shipment;
  auto open = open_work(bench, order, shipment);
  if (!open) return;
  if (open->work.parcels.empty()) {
    return bench.refuse("not_packed", "Order " + open->head.external_id + " is not packed yet.",
                        {"take_to_pack", "Take it to packing first."});
  }
  const auto* parcel = parcel_to_go(bench, *open, facts.parcel);
  if (parcel == nullptr || !may_leave(bench, *open, *parcel)) return;
  leave(bench, *open, *parcel);
}

}  // namespace roundtrip::usecases
