// Shipments: the part of an order that leaves one warehouse together, and its state machine.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class ShipmentStatus {
  backordered,
  allocated,
  picking,
  picked,
  packing,
  packed,
  labeled,
  handed_over,
  delivered,
  returned,
  lost,
  canceled
};
enum class ShipmentEvent {
  allocate,
  pick_unit,
  pick_last,
  run_short,
  pack_unit,
  pack_last,
  label,
  hand_over,
  deliver,
  return_to_us,
  lose,
  cancel
};

inline constexpr Word<ShipmentStatus> kShipmentStatuses[] = {
    {ShipmentStatus::backordered, "backordered"},
    {ShipmentStatus::allocated, "allocated"},
    {ShipmentStatus::picking, "picking"},
    {ShipmentStatus::picked, "picked"},
    {ShipmentStatus::packing, "packing"},
    {ShipmentStatus::packed, "packed"},
    {ShipmentStatus::labeled, "labeled"},
    {ShipmentStatus::handed_over, "handed_over"},
    {ShipmentStatus::delivered, "delivered"},
    {ShipmentStatus::returned, "returned"},
    {ShipmentStatus::lost, "lost"},
    {ShipmentStatus::canceled, "canceled"},
};
inline std::string_view to_text(ShipmentStatus status) { return word_of(kShipmentStatuses, status); }
inline std::optional<ShipmentStatus> parse_shipment_status(std::string_view text) { return value_of(kShipmentStatuses, text); }

// A delivered or lost shipment may still move: carriers correct themselves (domain/tracking decides).
inline constexpr Step<ShipmentStatus, ShipmentEvent> kShipmentSteps[] = {
    {ShipmentStatus::backordered, ShipmentEvent::allocate, ShipmentStatus::allocated},
    {ShipmentStatus::allocated, ShipmentEvent::pick_unit, ShipmentStatus::picking},
    {ShipmentStatus::allocated, ShipmentEvent::pick_last, ShipmentStatus::picked},
    {ShipmentStatus::picking, ShipmentEvent::pick_unit, ShipmentStatus::picking},
    {ShipmentStatus::picking, ShipmentEvent::pick_last, ShipmentStatus::picked},
    {ShipmentStatus::allocated, ShipmentEvent::run_short, ShipmentStatus::backordered},
    {ShipmentStatus::picking, ShipmentEvent::run_short, ShipmentStatus::backordered},
    {ShipmentStatus::picked, ShipmentEvent::pack_unit, ShipmentStatus::packing},
    {ShipmentStatus::picked, ShipmentEvent::pack_last, ShipmentStatus::packed},
    {ShipmentStatus::packing, ShipmentEvent::pack_unit, ShipmentStatus::packing},
    {ShipmentStatus::packing, ShipmentEvent::pack_last, ShipmentStatus::packed},
    {ShipmentStatus::packed, ShipmentEvent::label, ShipmentStatus::labeled},
    {ShipmentStatus::packed, ShipmentEvent::hand_over, ShipmentStatus::handed_over},
    {ShipmentStatus::labeled, ShipmentEvent::hand_over, ShipmentStatus::handed_over},
    {ShipmentStatus::handed_over, ShipmentEvent::deliver, ShipmentStatus::delivered},
    {ShipmentStatus::handed_over, ShipmentEvent::return_to_us, ShipmentStatus::returned},
    {ShipmentStatus::handed_over, ShipmentEvent::lose, ShipmentStatus::lost},
    {ShipmentStatus::delivered, ShipmentEvent::return_to_us, ShipmentStatus::returned},
    {ShipmentStatus::lost, ShipmentEvent::deliver, ShipmentStatus::delivered},
    {ShipmentStatus::lost, ShipmentEvent::return_to_us, ShipmentStatus::returned},
    {ShipmentStatus::backordered, ShipmentEvent::cancel, ShipmentStatus::canceled},
    {ShipmentStatus::allocated, ShipmentEvent::cancel, ShipmentStatus::canceled},
    {ShipmentStatus::picking, ShipmentEvent::cancel, ShipmentStatus::canceled},
    {ShipmentStatus::picked, ShipmentEvent::cancel, ShipmentStatus::canceled},
    {ShipmentStatus::packing, ShipmentEvent::cancel, ShipmentStatus::canceled},
    {ShipmentStatus::packed, ShipmentEvent::cancel, ShipmentStatus::canceled},
    {ShipmentStatus::labeled, ShipmentEvent::cancel, ShipmentStatus::canceled},
};
static_assert(unambiguous(kShipmentSteps) && all_reachable(kShipmentSteps, ShipmentStatus::backordered));

inline std::optional<ShipmentStatus> next_status(ShipmentStatus status, ShipmentEvent event) {
  return next_state(kShipmentSteps, status, event);
}
// Nothing has left the building: it may still be canceled.
inline bool can_cancel(ShipmentStatus status) { return next_status(status, ShipmentEvent::cancel).has_value(); }
// Packing has not started: lines and address may still change.
inline bool can_change(ShipmentStatus status) {
  return status == ShipmentStatus::backordered || status == ShipmentStatus::allocated || status == ShipmentStatus::picking ||
         status == ShipmentStatus::picked || status == ShipmentStatus::canceled;
}

// Units of a shipment under work, over all its lines.
struct Progress {
  std::int64_t quantity = 0, picked = 0, packed = 0;
};
// The status that a shipment under work has by what is picked and packed; backordered and labeled stay.
ShipmentStatus status_by_progress(ShipmentStatus now, const Progress& progress);

}  // namespace roundtrip::domain
