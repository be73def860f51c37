// Reading a station.
#include "usecases/floor.hpp"

#include "labels/barcode.hpp"
#include "store/database.hpp"

namespace roundtrip::usecases {
namespace {
constexpr int kQueueShown = 6;
constexpr int kScansShown = 8;

store::QueueFacts queue_of(store::Queryable& db, MerchantId merchant, const StationFacts& station) {
  if (station.kind == "pick") return store::shipment_queue(db, merchant, station.warehouse, "allocated", kQueueShown);
  if (station.kind == "pack") return store::shipment_queue(db, merchant, station.warehouse, "picked packing", kQueueShown);
  if (station.kind == "receive") return store::shipment_queue(db, merchant, station.warehouse, "backordered", kQueueShown);
  if (station.kind == "dispatch") return store::parcel_queue(db, merchant, station.warehouse, kQueueShown);
  return store::return_queue(db, merchant, kQueueShown);
}
}  // namespace

std::vector<StationFacts> list_stations(const Context& context) {
  store::Session session(context.db);
  return store::stations_of(session, context.merchant);
}

Result<StationState> read_station(const Context& context, const std::string& name) {
  StationState out;
  {
    store::Session session(context.db);
    const auto station = store::station_facts(session, context.merchant, name);
    if (!station) {
      return Error{.kind = ErrorKind::not_found,
                   .code = "station_not_found",
                   .message = "There is no station '" + name + "'. Choose one from the list."};
    }
    out.station = *station;
    if (station->shipment) {
      out.shipment = store::shipment_head(session, context.merchant, *station->shipment);
      out.lines = store::shipment_work(session, context.merchant, *station->shipment);
    } else if (station->under_return) {
      out.lines = store::return_work(session, context.merchant, *station->under_return);
    }
    out.queue = queue_of(session, context.merchant, *station);
    out.scans = store::last_scans(session, context.merchant, station->id, kScansShown);
  }
  if (out.station.kind == "returns")
    out.returns = read_returns_screen(context, out.station.warehouse, out.station.under_return, out.station.memory);
  return out;
}

std::vector<bool> barcode_modules(const std::string& text) {
  auto code = labels::code128(text);
  return code ? std::move(code->dark) : std::vector<bool>{};
}

std::vector<BinFacts> list_bins(const Context& context) {
  store::Session session(context.db);
  return store::bins_of(session, context.merchant, 500);
}

}  // namespace roundtrip::usecases
