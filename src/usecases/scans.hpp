// The floor: one scan in, one answer out. What is scanned decides what happens.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "usecases/context.hpp"
#include "usecases/parcel_labels.hpp"

namespace roundtrip::usecases {

struct ScanRequest {
  std::string scan_id;    // the client's UUID, lower case: a replay gets the first answer
  std::string station;    // name
  std::string barcode;    // as the scanner sent it
  std::string symbology;  // "]C1" or empty
  std::optional<std::int64_t> quantity;
  std::optional<int> weight_g;
  Instant scanned_at;
};

struct ScanSettings {
  bool require_bin_scan = false;
  ShippingPlan plan;                 // what parcels go with
  std::int64_t merge_window_us = 0;  // how long a "shipped" message waits for further parcels of its order
  std::int64_t refund_grace_us = 0;  // how long the refund of a receipt waits, so that UNDO can take it back
};

struct ScanAnswer {
  std::string outcome;  // accepted refused needs_person
  std::string code;
  std::string json;  // the whole answer, as kept for replays
  bool replayed = false;
};

// Refuses (invalid) only what is no scan: an unknown station, an empty barcode, a scan id that was used for
// something else. Everything a person on the floor can do wrong is an answer with outcome "refused" that
// names what was scanned, what was expected and the next step.
Result<ScanAnswer> scan(const Context& context, const ScanSettings& settings, const ScanRequest& request);

struct StationView {
  std::string name, kind, warehouse;
  std::string user;                               // login; empty: nobody has scanned a badge
  std::string shipment_code, return_code, order;  // what is under work; empty: nothing
  std::string next_json;                          // the next step, as scan answers give it
  std::vector<std::string> queue_codes;
  struct Waiting {
    std::string code, external_id, customer, status;
    Instant ship_by;
    std::int64_t lines = 0, units = 0;
  };
  std::vector<Waiting> waiting;  // what this station could take next, oldest promise first
  struct Last {
    std::string scan_id, barcode, outcome, code, say;
    Instant at;
  };
  std::vector<Last> last;  // newest first
};
Result<StationView> station_view(const Context& context, const std::string& station);
struct StationName {
  std::string name, kind, warehouse;
};
std::vector<StationName> station_names(const Context& context);

}  // namespace roundtrip::usecases
