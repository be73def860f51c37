// Pick-ups: the carrier fetches a return's parcel at the customer's door, on a day they choose. Booked and canceled by jobs.
#pragma once
#include <string>
#include <vector>

#include "store/pickups.hpp"
#include "usecases/bookings.hpp"

namespace roundtrip::usecases {

using store::kBookPickupJob;
using store::kDropPickupJob;
using store::PickupRow;

inline constexpr int kPickupDays = 5;

// Does this carrier ("ups", or "ups/eu" for one of its accounts) fetch parcels?
bool fetches_parcels(const std::string& label_carrier);
// The days to choose from, in the customer's zone: "2026-11-23".
std::vector<std::string> pickup_days(const std::string& zone, Instant now);
// Oldest first.
std::vector<PickupRow> pickups_of_order(const Context& context, OrderId order);

// ---- Inside the transaction that changes the return; its order is locked ------------------------------------------------------------
void want_pickup(store::Transaction& tx, const Context& context, OrderId order, ReturnId return_id, const std::string& label_carrier,
                 const std::string& day);
// The parcel has its number: what is wanted is booked now.
void start_pickup(store::Transaction& tx, const Context& context, ReturnId return_id);
// It is not needed any more: what was booked is canceled.
void drop_pickup(store::Transaction& tx, const Context& context, ReturnId return_id);
// The goods came another way: nobody need come on a day that is still ahead.
void drop_pickup_ahead(store::Transaction& tx, const Context& context, ReturnId return_id);
// There will be no carrier's label, and nothing to fetch it with.
void fail_pickup(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id, const std::string& why);

// ---- Jobs -------------------------------------------------------------------------------------------------------------------------
// Books it: calls outside any transaction, then the row, the timeline and the end of the job in one. A crash between the two asks again
// with the same reference; where the carrier offers first, its offer's id is kept before it is taken up.
BookingOutcome book_pickup(store::Database& db, const Carriers& carriers, const Job& job, Instant now);
BookingOutcome drop_booked_pickup(store::Database& db, const Carriers& carriers, const Job& job, Instant now);
// The job was given up: the customer is told to hand the parcel over, or the desk that the carrier may still come.
void give_up_pickup(store::Database& db, const Job& job, const std::string& why, Instant now);

}  // namespace roundtrip::usecases
