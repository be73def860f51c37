// The dispatch station: a parcel's label; the parcel gets its tracking number and leaves.
#include <algorithm>

#include "store/notifications.hpp"
#include "usecases/bench.hpp"
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

void hand_over(Bench& bench, OpenWork& open, const store::WorkParcel& parcel) {
  const auto& context = bench.context;
  const auto number =
      start_tracking(bench.tx, context, open.head, parcel.id, bench.settings.carrier, open.work.service, open.work.promised_deliver_at);
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
         "{\"carrier\":\"" + bench.settings.carrier + "\",\"tracking_number\":\"" + *number + "\"}");
  bench.answer.code = "handed_over";
  bench.answer.say = "Parcel " + domain::code_of(parcel.id) + " goes with " + bench.settings.carrier + ", number " + *number + ".";
  bench.answer.effects.push_back({"parcel.handed_over", to_text(parcel.id)});
  if (left == 0) bench.answer.effects.push_back({"shipment.handed_over", to_text(open.work.id)});
  bench.answer.next = left == 0 ? NextStep{"scan_parcel", "Scan the next parcel."}
                                : NextStep{"scan_parcel", std::to_string(left) + " more of this shipment: scan the next parcel."};
}
}  // namespace

void scan_at_dispatch(Bench& bench) {
  const auto& facts = bench.facts;
  if (bench.command || (!facts.parcel && !facts.shipment)) {
    return bench.refuse("not_here", "This is " + bench.scanned_name + ". Here parcels are scanned.",
                        {"scan_parcel", "Scan a parcel's label."});
  }
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
  hand_over(bench, *open, *parcel);
}

}  // namespace roundtrip::usecases
