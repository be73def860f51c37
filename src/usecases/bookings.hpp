// Labels from carriers: wanted with an approved return or a closed parcel (parcel_labels.hpp), bought and voided by jobs.
#pragma once
#include <cstdint>
#include <string>

#include "base/config.hpp"
#include "usecases/context.hpp"
#include "usecases/jobs.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::usecases {

inline constexpr std::string_view kBookLabelJob = "book_label";  // subject: booking id
inline constexpr std::string_view kVoidLabelJob = "void_label";

// The setting returns.carrier, else carriers.default.
std::string return_label_carrier(const Config& config);
// Does this carrier ("ups", or "ups/eu" for one of its accounts) sell labels for the way back?
bool sells_return_labels(const std::string& label_carrier);
// Queues, inside the approval's transaction, that the return gets a label of that carrier. The mail that approves the return goes out when
// the label is there, or when it was given up.
void want_return_label(store::Transaction& tx, const Context& context, OrderId order, ReturnId return_id, const std::string& label_carrier);
// Queues, inside the transaction that ends a return, that its unused label is given back.
void drop_return_label(store::Transaction& tx, const Context& context, ReturnId return_id);
// The same inside the transaction that cancels a parcel or gives it another label.
void drop_parcel_label(store::Transaction& tx, const Context& context, ParcelId parcel);

struct BookingOutcome {
  enum class Kind {
    over,   // done, or nothing left to do; the job is finished
    retry,  // not now; `after_us` when the carrier said when
    dead,   // a person must act: give_up_booking says so on the row
  };
  Kind kind = Kind::over;
  std::string why;
  std::int64_t after_us = 0;
};
// Buys the label: one call outside any transaction, then number, documents, tracker, timeline and the mail in one. A crash between the two
// asks again with the same reference.
BookingOutcome buy_label(store::Database& db, const Carriers& carriers, const Job& job, Instant now);
BookingOutcome void_label(store::Database& db, const Carriers& carriers, const Job& job, Instant now);
// The job was given up: the return or parcel goes on with our own label, or the label stays bought; the desk is told.
void give_up_booking(store::Database& db, const Job& job, const std::string& why, Instant now);

}  // namespace roundtrip::usecases
