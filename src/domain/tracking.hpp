// Where a parcel is: the status words, events as carriers report them, and the status derived from all of
// them whatever order they arrived in; when to ask again, and when to say that we are blind.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class TrackingStatus {
  pending,      // a number, nothing more
  pre_transit,  // the carrier knows of it and does not have it
  in_transit,
  out_for_delivery,
  available_for_pickup,
  delivery_attempted,
  delivered,
  exception,
  return_to_sender,  // on its way back
  returned,          // back with the sender
  lost,
  expired,  // derived: no word for too long; no carrier says it
  unknown,  // only codes that nobody has mapped yet
};
inline constexpr Word<TrackingStatus> kTrackingStatuses[] = {
    {TrackingStatus::pending, "pending"},
    {TrackingStatus::pre_transit, "pre_transit"},
    {TrackingStatus::in_transit, "in_transit"},
    {TrackingStatus::out_for_delivery, "out_for_delivery"},
    {TrackingStatus::available_for_pickup, "available_for_pickup"},
    {TrackingStatus::delivery_attempted, "delivery_attempted"},
    {TrackingStatus::delivered, "delivered"},
    {TrackingStatus::exception, "exception"},
    {TrackingStatus::return_to_sender, "return_to_sender"},
    {TrackingStatus::returned, "returned"},
    {TrackingStatus::lost, "lost"},
    {TrackingStatus::expired, "expired"},
    {TrackingStatus::unknown, "unknown"},
};
inline std::string_view to_text(TrackingStatus status) { return word_of(kTrackingStatuses, status); }
inline std::optional<TrackingStatus> parse_tracking_status(std::string_view text) { return value_of(kTrackingStatuses, text); }

// Who a reason is the fault of: drives the message and the claim.
enum class FaultGroup { nobody, carrier, merchant, recipient, customs, weather, authority };

enum class TrackingReason {
  none,
  carrier_damaged,
  carrier_missorted,
  carrier_capacity,
  carrier_vehicle,
  carrier_address_not_found,
  carrier_lost,
  carrier_delay,
  merchant_wrong_data,
  merchant_not_ready,
  merchant_packaging,
  merchant_canceled,
  recipient_refused,
  recipient_not_home,
  recipient_closed,
  recipient_wrong_address,
  recipient_no_access,
  recipient_not_verified,
  recipient_not_collected,
  customs_delay,
  customs_documents,
  customs_duties,
  customs_prohibited,
  customs_inspection,
  weather_delay,
  weather_disaster,
  authority_hold,
  authority_security,
};
inline constexpr Word<TrackingReason> kTrackingReasons[] = {
    {TrackingReason::none, ""},
    {TrackingReason::carrier_damaged, "carrier_damaged"},
    {TrackingReason::carrier_missorted, "carrier_missorted"},
    {TrackingReason::carrier_capacity, "carrier_capacity"},
    {TrackingReason::carrier_vehicle, "carrier_vehicle"},
    {TrackingReason::carrier_address_not_found, "carrier_address_not_found"},
    {TrackingReason::carrier_lost, "carrier_lost"},
    {TrackingReason::carrier_delay, "carrier_delay"},
    {TrackingReason::merchant_wrong_data, "merchant_wrong_data"},
    {TrackingReason::merchant_not_ready, "merchant_not_ready"},
    {TrackingReason::merchant_packaging, "merchant_packaging"},
    {TrackingReason::merchant_canceled, "merchant_canceled"},
    {TrackingReason::recipient_refused, "recipient_refused"},
    {TrackingReason::recipient_not_home, "recipient_not_home"},
    {TrackingReason::recipient_closed, "recipient_closed"},
    {TrackingReason::recipient_wrong_address, "recipient_wrong_address"},
    {TrackingReason::recipient_no_access, "recipient_no_access"},
    {TrackingReason::recipient_not_verified, "recipient_not_verified"},
    {TrackingReason::recipient_not_collected, "recipient_not_collected"},
    {TrackingReason::customs_delay, "customs_delay"},
    {TrackingReason::customs_documents, "customs_documents"},
    {TrackingReason::customs_duties, "customs_duties"},
    {TrackingReason::customs_prohibited, "customs_prohibited"},
    {TrackingReason::customs_inspection, "customs_inspection"},
    {TrackingReason::weather_delay, "weather_delay"},
    {TrackingReason::weather_disaster, "weather_disaster"},
    {TrackingReason::authority_hold, "authority_hold"},
    {TrackingReason::authority_security, "authority_security"},
};
inline std::string_view to_text(TrackingReason reason) { return word_of(kTrackingReasons, reason); }
inline std::optional<TrackingReason> parse_tracking_reason(std::string_view text) { return value_of(kTrackingReasons, text); }
FaultGroup fault_group(TrackingReason reason);
// Somebody (we, the recipient) must do something or the parcel does not move on.
bool action_required(TrackingStatus status, TrackingReason reason);

// How the UTC time of an event was known.
enum class ZoneBasis { none, given_offset, given_utc, place, carrier_zone };
inline constexpr Word<ZoneBasis> kZoneBases[] = {
    {ZoneBasis::none, ""},       {ZoneBasis::given_offset, "given_offset"}, {ZoneBasis::given_utc, "given_utc"},
    {ZoneBasis::place, "place"}, {ZoneBasis::carrier_zone, "carrier_zone"},
};
inline std::string_view to_text(ZoneBasis basis) { return word_of(kZoneBases, basis); }

// A time as the carrier gave it (raw), on the wall at the place ("2026-11-20T09:15:00"), and in UTC where
// that can be known.
struct EventTime {
  std::string raw;
  std::string local;
  std::optional<Instant> utc;
  ZoneBasis basis = ZoneBasis::none;
  bool operator==(const EventTime&) const = default;
};

// One thing a carrier said happened. An unmapped code has status unknown and keeps its raw code and text.
struct TrackingEvent {
  TrackingStatus status = TrackingStatus::unknown;
  TrackingReason reason = TrackingReason::none;
  std::string sub_code;  // finer, in our words (a carrier's code table has them): "left_with_neighbour", "label_voided"
  std::string raw_code, raw_text;
  std::string place;
  EventTime time;
  // False for what says nothing about where the parcel is (a mail sent, an image attached, data received).
  bool physical = true;
  // The carrier's mark that this belongs to the way back: "delivered" then means returned.
  bool return_leg = false;
  bool operator==(const TrackingEvent&) const = default;
};

// What makes two reports the same event: code, time as given, place and leg. A corrected text keeps the key.
std::string event_key(const TrackingEvent& event);
// The status an event stands for, the return leg taken into account.
TrackingStatus status_of(const TrackingEvent& event);
// The time events are ordered by: UTC, else local read as UTC, else kNoTime.
inline constexpr Instant kNoTime{INT64_MIN / 2};
Instant order_time(const TrackingEvent& event);

// The carrier's own statement of the parcel's state, beside its events. It speaks for every event up to
// `as_of`, the newest event of the reply it came in.
struct Headline {
  TrackingStatus status = TrackingStatus::unknown;
  TrackingReason reason = TrackingReason::none;
  Instant as_of;
  bool operator==(const Headline&) const = default;
};
// The one that counts: newer as_of, then the further state. Any order of calls gives the same.
std::optional<Headline> newer_headline(const std::optional<Headline>& a, const std::optional<Headline>& b);

struct DerivedStatus {
  TrackingStatus status = TrackingStatus::pending;
  TrackingReason reason = TrackingReason::none;
  bool action_required = false;
  std::optional<Instant> delivered_at;   // of the delivery that stands
  std::optional<Instant> last_event_at;  // newest physical event
  bool operator==(const DerivedStatus&) const = default;
};
// The status of all events, independent of the order of the vector and of repeats.
//
// The headline first, unless a physical event is newer than what it speaks for; without one the newest
// physical event of a known code. Delivered and returned are undone only by a later physical scan (an
// out-for-delivery scan within half an hour is the courier's late upload and undoes nothing).
// Non-physical events are neutral, except that pre_transit ones lift a parcel out of pending.
DerivedStatus derive_status(const std::vector<TrackingEvent>& events, const std::optional<Headline>& headline = std::nullopt);

// No further move is expected.
bool is_final(TrackingStatus status);
// The carrier has it and it has not arrived.
bool is_under_way(TrackingStatus status);

// Past its promise, or the carrier's newest estimate is.
bool is_delayed(TrackingStatus status, std::optional<Instant> promised_at, std::optional<Instant> estimated_at, Instant now);
// Under way without a scan for `stalled_us`.
bool is_stalled(TrackingStatus status, std::optional<Instant> last_event_at, Instant started_at, std::int64_t stalled_us, Instant now);

// A pause between two questions: somewhere from `from_us` to `to_us`, the same for the same tracker and number of failures.
struct Pause {
  std::int64_t from_us = 0, to_us = 0;
  bool operator==(const Pause&) const = default;
};
// How often a carrier is asked. `day_us` is a day of the carrier (a demo carrier's is seconds).
struct PollPlan {
  Pause out_for_delivery{27 * kMinute, 33 * kMinute};
  Pause in_transit{4 * kHour, 6 * kHour};
  Pause before_pickup{6 * kHour, 12 * kHour};
  std::int64_t day_us = kDay;
  std::int64_t expire_days = 30;
  std::int64_t push_trust_days = 1;             // a tracker counts as pushed for so long after its last push
  std::int64_t slow_after_days = 3;             // without a new event: pauses get slow_times as long, after three times that twice as slow
  std::int64_t slow_times = 3;                  // never longer than a day
  std::int64_t end_watch_days = 2;              // an end is watched for so long: a later scan may undo it
  int quiet_from_hour = 22, quiet_to_hour = 6;  // on the wall at the destination: nobody delivers; equal: no such hours
};
struct CheckFacts {
  TrackingStatus status = TrackingStatus::pending;
  Instant started_at;  // when tracking began
  std::optional<Instant> last_event_at;
  int failures = 0;                 // calls in a row without an answer about this number
  std::int64_t retry_after_us = 0;  // what the carrier asked for
  std::uint64_t seed = 0;           // of the jitter: the tracker's id
  bool not_found = false;           // the last answer: the carrier does not know the number (yet); no failure of the call
  std::optional<Instant> due_at;    // the carrier's estimate, or what was promised
  std::optional<Instant> last_push_at;
  std::function<int(Instant)> utc_offset_minutes;  // of the wall clock at the destination at a moment; none: not known
};
// No word for so long that we stop asking: no event since `expire_days` of the carrier's days.
bool is_expired(const CheckFacts& facts, const PollPlan& plan, Instant now);
// When a tracker that would be asked at `next` is asked if its carrier pushes: later by kPushedPause, and no later than the moment
// when push counts as silent, from which on it is asked as any other.
inline constexpr int kPushedPause = 6;
Instant poll_of_pushed(Instant next, std::optional<Instant> last_push_at, const PollPlan& plan, Instant now);
// When to ask next; nothing when the parcel's story is over. Never before the carrier's Retry-After.
//
// By status: out for delivery, under way, before pick-up. Twice as often from a day before it is due until two days after; less often
// when nothing new was heard for days; not in the night where nobody knocks at doors; after failures soon, then less and less often.
std::optional<Instant> next_check(const CheckFacts& facts, const PollPlan& plan, Instant now);

}  // namespace roundtrip::domain
