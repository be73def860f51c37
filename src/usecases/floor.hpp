// What a station's screen shows between scans.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/floor.hpp"
#include "usecases/context.hpp"
#include "usecases/returns_screen.hpp"

namespace roundtrip::usecases {

using store::BinFacts;
using store::QueueFacts;
using store::ScanFacts;
using store::ShipmentHead;
using store::StationFacts;
using store::WorkLine;

std::vector<StationFacts> list_stations(const Context& context);

// The station, the work it has under way, what comes next, and its last scans, newest first.
struct StationState {
  StationFacts station;
  std::optional<ShipmentHead> shipment;
  std::vector<WorkLine> lines;
  QueueFacts queue;
  std::vector<ScanFacts> scans;
  std::optional<ReturnsScreen> returns;  // of a returns station
};
Result<StationState> read_station(const Context& context, const std::string& name);

// The bars of a text as Code 128: dark modules are true. Empty for a text that cannot be written so.
std::vector<bool> barcode_modules(const std::string& text);

std::vector<BinFacts> list_bins(const Context& context);

}  // namespace roundtrip::usecases
