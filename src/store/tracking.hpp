// Trackers, their events, and what follows from them for parcels, shipments, lines and returns. Everything in
// batches: one statement for many trackers of one merchant.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/tracking.hpp"
#include "store/database.hpp"
#include "store/timeline.hpp"

namespace roundtrip::store {

inline constexpr std::string_view kAnnounceJob = "announce";  // subject: tracker_id

struct NewTracker {
  std::string carrier, account, service, number;
  OrderId order;
  std::optional<ParcelId> parcel;     // outbound
  std::optional<ReturnId> return_id;  // on its way back
  std::optional<Instant> promised_at;
  Instant first_check_at;
  std::string country, postal_code, time_zone;         // of the destination; empty: not known
  std::optional<Instant> subscribe_at = std::nullopt;  // its carrier can be asked to push it
};
// Queues the tracker with the next epoch of its number, ends former epochs, writes carrier and number on the
// parcel or the return, and queues the announcement.
void add_tracker(Transaction& tx, MerchantId merchant, const NewTracker& tracker, Instant now);
// Queues that nobody asks about the parcel's number any more: it was another's.
void end_trackers_of_parcel(Transaction& tx, MerchantId merchant, ParcelId parcel, Instant now);

// Where a parcel goes, as far as carriers want to know.
struct Destination {
  std::string country, region, postal_code;
};
// Of what goes out: the order's address.
Destination destination_of_order(Queryable& db, MerchantId merchant, OrderId order);
// Of what comes back: the merchant's return address, else the order's warehouse.
Destination destination_of_return(Queryable& db, MerchantId merchant, OrderId order);

struct TrackerRow {
  MerchantId merchant;
  TrackerId id;
  std::string carrier, account, number;
  int epoch = 1;
  OrderId order;
  std::optional<ParcelId> parcel;
  std::optional<ReturnId> return_id;
  domain::TrackingStatus status = domain::TrackingStatus::pending;
  domain::TrackingReason reason = domain::TrackingReason::none;
  bool action_required = false, delayed = false, stalled = false, never_collected = false;
  std::optional<Instant> promised_at, estimated_at, last_event_at, announced_at;
  Instant created_at;
  std::optional<Instant> last_checked_at, last_success_at, next_check_at;
  int failures = 0;
  std::string last_error, signed_by, reply_hash;
  std::optional<domain::Headline> headline;
  std::optional<Instant> last_push_at, subscribed_until;
  std::string carrier_status;                   // in the carrier's own words
  std::string reference;                        // the carrier's own id of this life of the number; empty: it gave none yet
  std::string country, postal_code, time_zone;  // of the destination; empty: not known
};

// Takes up to `batch` due trackers of one carrier account and any merchant, the longest due first, hidden from others until now + lease.
std::vector<TrackerRow> claim_trackers(Database& db, const std::string& carrier, const std::string& account, int batch,
                                       std::int64_t lease_us, Instant now);
// Gives claimed trackers back untouched.
void release_trackers(Database& db, const std::vector<TrackerRow>& trackers);
// The newest epoch of these numbers with every merchant that has one.
std::vector<TrackerRow> trackers_of_numbers(Queryable& db, const std::string& carrier, const std::vector<std::string>& numbers);
// Every tracker that ever bore the number, newest first.
std::vector<TrackerRow> trackers_of_number(Queryable& db, MerchantId merchant, const std::string& number, int limit);
std::optional<TrackerRow> find_tracker(Queryable& db, MerchantId merchant, TrackerId tracker);
std::vector<TrackerRow> trackers_by_id(Queryable& db, MerchantId merchant, const std::vector<TrackerId>& trackers);

// Which shipment each of these parcels belongs to.
std::map<ParcelId, ShipmentId> shipments_of_parcels(Queryable& db, MerchantId merchant, const std::vector<ParcelId>& parcels);

// A check that changed nothing but the times.
struct CheckRow {
  TrackerId tracker;
  bool success = false;
  Instant checked_at;
  std::optional<Instant> next_check_at;  // nothing: the tracker has ended
  int failures = 0;
  std::string error;
};
void record_checks(Queryable& db, MerchantId merchant, const std::vector<CheckRow>& checks);

// Locks the orders in the order of their ids, as lock_order does one.
std::vector<OrderHead> lock_orders(Transaction& tx, MerchantId merchant, const std::vector<OrderId>& orders);

struct StoredEvent {
  TrackerId tracker;
  std::string key;
  domain::TrackingEvent event;  // status as status_of gave it; return_leg is spent
  Instant received_at;
  bool mapped = false;      // its status is the merchant's word (code_maps)
  bool return_leg = false;  // as the carrier marked it
};
std::vector<StoredEvent> events_of(Queryable& db, MerchantId merchant, const std::vector<TrackerId>& trackers);
// Queues new events; one that is there already gets its corrected text and status.
void queue_events(Transaction& tx, MerchantId merchant, const std::vector<StoredEvent>& events);

// Queues that these trackers, whose story was over, go on; a former epoch of its number does not. Before queue_trackers.
void queue_reopened(Transaction& tx, MerchantId merchant, const std::vector<TrackerId>& trackers);
// Queues status, flags, times and the rest of the rows as given; the lease ends.
void queue_trackers(Transaction& tx, MerchantId merchant, const std::vector<TrackerRow>& trackers);

struct ParcelStatus {
  ParcelId parcel;
  domain::TrackingStatus status;
  std::optional<Instant> delivered_at;
};
void queue_parcels(Transaction& tx, MerchantId merchant, const std::vector<ParcelStatus>& parcels);
// Queues what follows from the parcels of these orders: shipments whose parcels have all ended, and the
// delivered units of the lines. Idempotent: computed from the parcels, also backwards.
void queue_deliveries(Transaction& tx, MerchantId merchant, const std::vector<OrderId>& orders, Instant now);
// Queues that the carrier has these returns: approved ones and their awaited lines are in transit.
void queue_returns_in_transit(Transaction& tx, MerchantId merchant, const std::vector<ReturnId>& returns, Instant now);

struct UnmappedCode {
  std::string carrier, code, text;
  std::int64_t seen = 1;
};
void queue_unmapped(Transaction& tx, MerchantId merchant, const std::vector<UnmappedCode>& codes, Instant now);

// A person has dealt with the parcel: true once for each time it was lost or fell silent.
bool mark_attended(Queryable& db, MerchantId merchant, ParcelId parcel, Instant now);

// What an announcement says, besides the tracker.
struct AnnouncedParcel {
  std::string ship_to_json, service;
  int weight_g = 0;
};
std::optional<AnnouncedParcel> parcel_to_announce(Queryable& db, MerchantId merchant, const TrackerRow& tracker);
// The carrier has it. With `take_estimate` its estimate becomes the promise, else only where there is none.
void mark_announced(Queryable& db, MerchantId merchant, TrackerId tracker, std::optional<Instant> estimated_at, bool take_estimate,
                    Instant next_check_at, Instant now);
void mark_announce_failed(Queryable& db, MerchantId merchant, TrackerId tracker, const std::string& why);

}  // namespace roundtrip::store
