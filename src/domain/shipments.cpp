// What a shipment's progress says about its status; the steps themselves are a table in the header.
#include "domain/shipments.hpp"

namespace roundtrip::domain {

ShipmentStatus status_by_progress(ShipmentStatus now, const Progress& progress) {
  if (now == ShipmentStatus::backordered || now == ShipmentStatus::labeled) return now;
  if (progress.picked == 0) return ShipmentStatus::allocated;
  if (progress.picked < progress.quantity) return ShipmentStatus::picking;
  if (progress.packed == 0) return ShipmentStatus::picked;
  return progress.packed < progress.quantity ? ShipmentStatus::packing : ShipmentStatus::packed;
}

}  // namespace roundtrip::domain
