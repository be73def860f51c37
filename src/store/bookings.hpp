// Labels bought from carriers for returns and for parcels, and their documents.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/bookings.hpp"
#include "domain/orders.hpp"
#include "store/database.hpp"
#include "store/labels.hpp"

namespace roundtrip::store {

inline constexpr std::string_view kBookLabelJob = "book_label";  // subject: booking_id
inline constexpr std::string_view kVoidLabelJob = "void_label";

struct BookingRow {
  BookingId id;
  OrderId order;
  std::optional<ReturnId> return_id;  // for the way back, else
  std::optional<ParcelId> parcel;     // for the way out
  std::string carrier, account;
  std::string service;  // the carrier's code; empty: what its adapter takes for usual
  domain::BookingState state = domain::BookingState::wanted;
  std::string number, void_id;
  std::optional<std::int64_t> price;
  std::string price_currency, error;
  std::optional<Instant> expires_at;
};
struct BookingDocument {
  std::string part;    // label, qr, customs_form, receipt
  std::string format;  // pdf, png, gif, zpl
  std::string bytes;
};

// What is told to the carrier about a return or a parcel; each item has a description, its SKU where there is none.
struct BookingFacts {
  domain::Address from, to;
  std::string email, currency;  // of the customer
  std::vector<LabeledItem> items;
  int weight_g = 0;  // as weighed; 0: not weighed
};
// Nothing when what the booking is for does not exist.
std::optional<BookingFacts> booking_facts(Queryable& db, MerchantId merchant, const BookingRow& booking);

// Queues the booking and the job that buys it.
void add_booking(Transaction& tx, MerchantId merchant, const BookingRow& booking, Instant now);
std::optional<BookingRow> find_booking(Queryable& db, MerchantId merchant, BookingId booking);
// The newest of a return or a parcel; nothing: it never had one.
std::optional<BookingRow> booking_of_return(Queryable& db, MerchantId merchant, ReturnId return_id);
std::optional<BookingRow> booking_of_parcel(Queryable& db, MerchantId merchant, ParcelId parcel);
// Queues the row as given.
void save_booking(Transaction& tx, MerchantId merchant, const BookingRow& booking, Instant now);
// Queues documents of a booking that has none.
void add_booking_documents(Transaction& tx, MerchantId merchant, BookingId booking, const std::vector<BookingDocument>& documents);
// What carriers sold for returns or parcels: of each its newest booking, with its documents in their order. One query for all.
struct SoldLabel {
  domain::BookingState state{};
  std::vector<BookingDocument> documents;
};
std::map<ReturnId, SoldLabel> sold_labels(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& returns);
std::map<ParcelId, SoldLabel> sold_labels(Queryable& db, MerchantId merchant, const std::vector<ParcelId>& parcels);

}  // namespace roundtrip::store
