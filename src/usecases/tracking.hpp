// Tracking: start, announce, poll, take pushes, record, read.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "base/transport.hpp"
#include "domain/carrier_quota.hpp"
#include "usecases/context.hpp"
#include "usecases/jobs.hpp"

namespace roundtrip::store {
class Transaction;
struct OrderHead;
}  // namespace roundtrip::store

namespace roundtrip::usecases {

// With whom a parcel goes; without a number the carrier's adapter gives one of a range of ours.
struct Route {
  std::string carrier, account, service, number;
};
// Called at dispatch, inside its transaction (the order is locked): writes carrier, account, service and number on the parcel's row, makes
// the tracker, and queues the job that announces the parcel to the carrier. Only queues. Gives the tracking number.
// `promised_at` is what the customer was promised; a carrier with a clock of its own replaces it by its estimate.
Result<std::string> start_tracking(store::Transaction& tx, const Context& context, store::OrderHead& head, ParcelId parcel,
                                   const Route& route, std::optional<Instant> promised_at);
// The same for what a customer sends back: number and tracker on the return's row. With a `number` (of a label bought elsewhere, or of the
// parcel that went out) that one, in an epoch of its own; without one the carrier's adapter gives it.
Result<std::string> start_return_tracking(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id,
                                          const Route& route);

// The carriers as we reach them. Made once in main; lives as long as the workers.
struct CarrierRoom;  // the accounts; private to the room
class Carriers {
 public:
  // Every account of the configuration (carriers/accounts.hpp), whose faults are thrown; `transport` must outlive this.
  Carriers(const Config& config, Transport& transport);
  ~Carriers();
  Carriers(const Carriers&) = delete;
  Carriers& operator=(const Carriers&) = delete;
  const CarrierRoom& room() const { return *room_; }

 private:
  std::unique_ptr<CarrierRoom> room_;
};

inline constexpr std::string_view kAnnounceJob = "announce";  // subject: tracker id

enum class Announced {
  done,     // the carrier knows of it; also when there is nothing left to announce
  retry,    // not now; `retry_after_us` when the carrier said when
  refused,  // a person must act
};
struct AnnounceOutcome {
  Announced kind = Announced::done;
  std::string why;
  std::int64_t retry_after_us = 0;
};
// Tells the carrier of a parcel; the same tracker again is the same announcement. One network call, outside any transaction.
AnnounceOutcome announce_parcel(store::Database& db, const Carriers& carriers, const Job& job, Instant now);

struct PollOptions {
  int batch = 200;  // trackers of one account claimed at once
  int threads = 4;  // that record; calls under way need none
  std::int64_t lease_us = 60 * kSecond;
  std::int64_t stalled_days = 5;
  std::int64_t uncollected_days = 3;
  domain::BreakerPlan breaker = {};
};
PollOptions poll_options(const Config& config);

struct PollReport {
  int claimed = 0;   // due trackers taken
  int calls = 0;     // calls to carriers
  int answered = 0;  // trackers the carrier spoke of
  int changed = 0;   // trackers that have a new status or flag
  int failed = 0;    // trackers without an answer
  int released = 0;  // given back because time was up
  PollReport& operator+=(const PollReport& other);
};

// Asks carriers where parcels are. Every account has turns of its own: what is due is claimed, asked for in calls of many numbers (a
// tracker that spoils its call is found by halving and marked alone) and recorded. An account that hangs, fails or is over its quota
// holds up no other: at most `parallel` calls of it are under way, no thread waits for them, and its trackers are claimed for it alone.
// Calls run outside transactions; a turn ends within half the lease.
class Poller {
 public:
  // All must outlive this.
  Poller(store::Database& db, const Carriers& carriers, const PollOptions& options);
  ~Poller();  // waits for the turns under way
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  // One turn of every account, and waits for all of them.
  PollReport pass(Instant now, std::stop_token stop = {});
  // Begins a turn of every account that has none and may have something to do (an account that had nothing is looked at again after
  // `pause_us`), then waits until one has ended, at most so long. Gives what the ended turns did. After a stop it waits for all.
  PollReport look(Instant now, std::int64_t pause_us, std::stop_token stop);

 private:
  struct Turns;
  std::unique_ptr<Turns> turns_;
};
// One pass of a poller of its own.
PollReport poll_trackers(store::Database& db, const Carriers& carriers, const PollOptions& options, Instant now, std::stop_token stop = {});

struct PushDone {
  int known = 0;    // numbers of ours
  int unknown = 0;  // numbers nobody here knows
};
// What a carrier sent to us, as it came: some put a secret into the URL, others sign the raw body in a header.
struct Push {
  std::string carrier, url_secret;
  Headers headers;  // names in lower case
  std::string body;
};
// The accounts whose pushes are taken; made once from the configuration, whose faults are thrown.
struct PushRoom;
std::shared_ptr<const PushRoom> make_push_room(const Config& config);
// Unknown carrier, wrong secret or signature: not_found; a body that cannot be read: malformed. Taken for trackers of the account that the
// secret or signature proves.
Result<PushDone> take_push(store::Database& db, const PushRoom& room, const Push& push, Instant now);

struct TrackingEventView {
  std::string status, reason, sub_code, raw_code, raw_text, place;
  std::string time_raw, time_local, zone_basis;
  std::optional<Instant> time_utc;
  Instant received_at;
};
struct TrackingView {
  TrackerId id;
  std::string number, carrier, direction;  // outbound, return
  int epoch = 1;
  OrderId order;
  std::optional<ParcelId> parcel;
  std::optional<ShipmentId> shipment;
  std::optional<ReturnId> return_id;
  std::string status, reason, fault;
  bool action_required = false, delayed = false, stalled = false, never_collected = false;
  std::string silence;  // why there is no news (domain::Silence); empty: there is
  std::optional<Instant> promised_at, estimated_at, last_event_at, last_checked_at, last_success_at, last_push_at, next_check_at;
  std::optional<Instant> subscribed_until;  // the carrier pushes what happens until then
  Instant created_at;
  int failures = 0;
  std::string last_error, signed_by;
  std::string carrier_status;             // in the carrier's own words
  std::vector<TrackingEventView> events;  // newest first
};
// A person has dealt with a parcel that is lost or fell silent: it leaves the desk's list. Gives its order; conflict when there is nothing
// to deal with.
Result<OrderId> attend_parcel(const Context& context, ParcelId parcel);
// Everything the number has stood for, newest first; not_found when this merchant never used it.
Result<std::vector<TrackingView>> read_tracking(const Context& context, const std::string& number);

}  // namespace roundtrip::usecases
