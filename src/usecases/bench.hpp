// What a scan works with: the locked station, what was scanned, and the answer under construction.
// Private to the scan use cases (scans.cpp, scan_*.cpp).
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/codes.hpp"
#include "store/scans.hpp"
#include "store/shipments.hpp"
#include "usecases/scans.hpp"

namespace roundtrip::usecases {

struct NextStep {
  std::string action;  // scan_shipment scan_item scan_bin scan_parcel scan_return take_to_pack take_to_dispatch put_back call_person
  std::string say;
  std::string sku, name, bin, code, image_url;
  std::int64_t quantity = 0;
};

struct Answer {
  std::string outcome = "accepted";
  std::string code;
  std::string say;
  std::vector<std::pair<std::string, std::string>> scanned, expected;
  NextStep next;
  std::int64_t done = 0, total = 0;  // progress of the shipment at this station
  struct Effect {
    std::string type, id;
  };
  std::vector<Effect> effects;
  struct Print {
    std::string kind, url;
    bool pending = false;  // being made: ask the URL again until it answers 200
  };
  std::vector<Print> print;
  std::optional<OrderId> order;
};

struct Bench {
  store::Transaction& tx;
  const Context& context;  // its actor is "<name> at <station>", channel floor
  const ScanSettings& settings;
  const ScanRequest& request;
  store::ScanResolution facts;
  std::optional<domain::CommandCode> command;
  std::string scanned_name;              // what it is, in words
  std::vector<std::string> fill_skus{};  // backorders to fill after the commit
  Answer answer{};

  store::Station& station() { return facts.station; }
  // The units this scan stands for: of the request, else the station's QTY card, else one.
  std::int64_t units() const { return request.quantity.value_or(facts.station.quantity); }
  void refuse(std::string code, std::string say, NextStep next);
  void ask_person(std::string code, std::string say, NextStep next);
};

void scan_at_pick(Bench& bench);
void scan_at_pack(Bench& bench);
void scan_at_dispatch(Bench& bench);
// What no barcode here means, at a dispatch station that waits for a parcel's number: the number. False: it waits for none.
bool take_number_at_dispatch(Bench& bench);
// DONE at dispatch: the carrier has taken what was handed over.
void close_out(Bench& bench);
void scan_at_returns(Bench& bench);
// What no barcode here means, at a returns station: an order's number, or a parcel that nobody announced.
void find_unknown_at_returns(Bench& bench, const std::string& text);
void scan_at_receive(Bench& bench);

// Loads the shipment and locks its order; refuses in words and gives nothing when it cannot be worked on.
struct OpenWork {
  store::OrderHead head;
  store::Work work;
};
std::optional<OpenWork> open_work(Bench& bench, OrderId order, ShipmentId shipment);
// Appends to the timeline, saves the head.
void record(Bench& bench, store::OrderHead& head, const std::string& type, const std::string& subject, const std::string& detail);
// What a picker or packer does next on this shipment.
NextStep next_pick(const store::Work& work);
NextStep next_pack(const store::Work& work);
// Puts the order on hold because a person at a station said PROBLEM.
void report_problem(Bench& bench, OrderId order, ShipmentId shipment);
// The line of the shipment that a scanned item counts for: one that still misses units, else any of the SKU.
store::ShipmentWorkLine* line_that_misses(store::Work& work, const std::string& sku,
                                          std::int64_t (*missing)(const store::ShipmentWorkLine&));
std::string label_url(ParcelId parcel);
std::string detail_of_units(const std::string& sku, std::int64_t units);

}  // namespace roundtrip::usecases
