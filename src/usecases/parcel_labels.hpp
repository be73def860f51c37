// What a parcel goes with: its carrier, service, label and number, from the moment it is closed until it leaves.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "domain/services.hpp"
#include "usecases/context.hpp"

namespace roundtrip::store {
class Transaction;
struct OrderHead;
struct WorkParcel;
}  // namespace roundtrip::store

namespace roundtrip::usecases {

// The rule table, and what every parcel goes with that no row fits.
struct ShippingPlan {
  domain::Service usual{.carrier = "demo"};
  std::vector<domain::Service> services;
  std::vector<std::pair<std::string, std::string>> sellers;  // carriers and accounts that sell labels for the way out
};
// From the settings and the accounts file, whose faults are thrown.
ShippingPlan shipping_plan(const Config& config);

// Called in the transaction that closes a parcel, after its state and weight were queued: writes down what it goes with, and queues that
// its label is bought where the carrier sells it. Gives the service; `late` when none keeps the promise.
struct ParcelService {
  domain::Service service;
  bool late = false;
};
ParcelService choose_parcel_service(store::Transaction& tx, const Context& context, const ShippingPlan& plan, OrderId order,
                                    ParcelId parcel);
// A number as it was typed or scanned for a parcel of this carrier. Refuses (invalid `wrong_carrier`, `not_a_number`) what is the number
// of another carrier, or none of this one; with `even_so` only what can be no number at all.
Result<std::string> number_for_carrier(const std::string& carrier, const std::string& typed, bool even_so = false);

struct ParcelLabelChange {
  std::string carrier;   // or carrier/account; empty: as it is, or by the plan
  std::string service;   // the carrier's code
  std::string number;    // of a label made elsewhere; empty: buy one
  bool even_so = false;  // the number is taken though it looks like none of the carrier
};
// Another label for a closed parcel: bought, or the number of one made by hand. What was bought before is given back. For a parcel that
// has left, only a number: the one that it really has; tracking goes on with it. Gives the parcel's order.
Result<OrderId> relabel_parcel(const Context& context, const ShippingPlan& plan, ParcelId parcel, const ParcelLabelChange& change);

}  // namespace roundtrip::usecases
