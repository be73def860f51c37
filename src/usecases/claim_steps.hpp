// What other use cases tell claims. Within the room only; the order is locked, the caller saves its head.
#pragma once
#include "store/claims.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/claims.hpp"

namespace roundtrip::usecases {

ClaimView claim_view(const store::StoredClaim& stored);
// Units of a return that belongs to a claim were received, or will not come: the claim goes on. True when the return belongs to one.
bool note_claim_goods(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::LockedReturn& found);
// A parcel that is claimed as lost was seen again: a person decides.
void note_parcel_turned_up(store::Transaction& tx, const Context& context, store::OrderHead& head, ParcelId parcel);

}  // namespace roundtrip::usecases
