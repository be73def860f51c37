// Parcels that could not be delivered are expected at the returns station; within the room only.
#pragma once
#include <string>

#include "domain/tracking.hpp"
#include "store/timeline.hpp"
#include "usecases/context.hpp"

namespace roundtrip::store {
class Transaction;
}

namespace roundtrip::usecases {

struct TurnedParcel {
  ParcelId parcel;
  std::string carrier, number;
  domain::TrackingReason reason = domain::TrackingReason::none;
};
// Makes the return of kind `undeliverable` for what is in the parcel, with what we suggest to do; once per parcel: what was
// forgotten is expected once more. Units that a return holds already are left out; with none left nothing is made. The order is locked.
void expect_undeliverable(store::Transaction& tx, const Context& context, store::OrderHead& head, const TurnedParcel& turned);
// It was delivered after all: what is still awaited of its return will not come.
void forget_undeliverable(store::Transaction& tx, const Context& context, store::OrderHead& head, ParcelId parcel);

}  // namespace roundtrip::usecases
