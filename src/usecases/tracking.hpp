// Tracking: start, poll, record, read.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::store {
class Transaction;
struct OrderHead;
}  // namespace roundtrip::store

namespace roundtrip::usecases {

// Called at dispatch, inside its transaction (the order is locked): takes a tracking number from the
// carrier's adapter, writes carrier, service and number on the parcel's row, makes the tracker, and
// queues the job that announces the parcel to the carrier. Gives the tracking number.
Result<std::string> start_tracking(store::Transaction& tx, const Context& context, store::OrderHead& head, ParcelId parcel,
                                   const std::string& carrier, const std::string& service, std::optional<Instant> promised_at);

}  // namespace roundtrip::usecases
