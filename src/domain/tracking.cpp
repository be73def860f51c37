// Status from events, and the times of asking.
#include "domain/tracking.hpp"

#include <algorithm>
#include <tuple>

namespace roundtrip::domain {
namespace {

constexpr std::int64_t kLateUploadUs = 30 * kMinute;  // a courier's hand-held sends its scans late

// How far along a status is: breaks ties between events of one second.
int progress(TrackingStatus status) {
  switch (status) {
    case TrackingStatus::unknown:
      return 0;
    case TrackingStatus::expired:
      return 1;
    case TrackingStatus::pending:
      return 2;
    case TrackingStatus::pre_transit:
      return 3;
    case TrackingStatus::in_transit:
      return 4;
    case TrackingStatus::exception:
      return 5;
    case TrackingStatus::out_for_delivery:
      return 6;
    case TrackingStatus::delivery_attempted:
      return 7;
    case TrackingStatus::available_for_pickup:
      return 8;
    case TrackingStatus::return_to_sender:
      return 9;
    case TrackingStatus::lost:
      return 10;
    case TrackingStatus::delivered:
      return 11;
    case TrackingStatus::returned:
      return 12;
  }
  return 0;
}

bool ends_the_way(TrackingStatus status) { return status == TrackingStatus::delivered || status == TrackingStatus::returned; }

// An event as it counts.
struct Scan {
  Instant at;
  TrackingStatus status;
  TrackingReason reason;
  auto key() const { return std::tuple(at.us, progress(status), static_cast<int>(reason)); }
};

bool has_time(const Scan& scan) { return scan.at > kNoTime; }

std::vector<Scan> scans_in_order(const std::vector<TrackingEvent>& events) {
  std::vector<Scan> scans;
  for (const auto& event : events) {
    const auto status = status_of(event);
    if (event.physical && status != TrackingStatus::unknown) scans.push_back({order_time(event), status, event.reason});
  }
  std::sort(scans.begin(), scans.end(), [](const Scan& a, const Scan& b) { return a.key() < b.key(); });
  return scans;
}

// A walk over the scans in time: an end stands until a later scan contradicts it.
std::optional<Scan> newest_standing(const std::vector<Scan>& scans) {
  std::optional<Scan> standing;
  for (const Scan& scan : scans) {
    const bool late_upload = standing && ends_the_way(standing->status) && scan.status == TrackingStatus::out_for_delivery &&
                             scan.at - standing->at <= kLateUploadUs;
    if (!late_upload) standing = scan;
  }
  return standing;
}

TrackingStatus status_without_scans(const std::vector<TrackingEvent>& events) {
  bool announced = false;
  bool unmapped = false;
  for (const auto& event : events) {
    announced = announced || event.status == TrackingStatus::pre_transit;
    unmapped = unmapped || (event.physical && event.status == TrackingStatus::unknown);
  }
  if (announced) return TrackingStatus::pre_transit;
  return unmapped ? TrackingStatus::unknown : TrackingStatus::pending;
}

// When the headline's delivery happened: the newest such event, else the time it speaks for.
Instant delivery_time(const std::vector<Scan>& scans, Instant otherwise) {
  for (auto scan = scans.rbegin(); scan != scans.rend(); ++scan) {
    if (scan->status == TrackingStatus::delivered && has_time(*scan)) return scan->at;
  }
  return otherwise;
}

// Why a parcel came back is said before it turns around (refused, nobody home): the newest reason carries over. What merely happened on
// the way (missorted, delayed) turns nothing around.
TrackingReason reason_of_return(const std::vector<Scan>& scans) {
  for (auto scan = scans.rbegin(); scan != scans.rend(); ++scan) {
    const bool on_the_way = scan->status == TrackingStatus::in_transit || scan->status == TrackingStatus::out_for_delivery;
    if (scan->reason != TrackingReason::none && !on_the_way) return scan->reason;
  }
  return TrackingReason::none;
}

// splitmix64: evenly spread over 0 to 999, always the same for the same seed.
std::int64_t share_of(std::uint64_t seed) {
  std::uint64_t mixed = seed + 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return static_cast<std::int64_t>((mixed ^ (mixed >> 31)) % 1000);
}

std::int64_t somewhere_in(const Pause& pause, std::uint64_t seed) {
  return pause.from_us + (pause.to_us - pause.from_us) / 1000 * share_of(seed);
}

std::int64_t quiet_us(const CheckFacts& facts, Instant now) {
  return now - std::max(facts.last_event_at.value_or(facts.started_at), facts.started_at);
}

// How many times as long the pauses are because nothing new is heard: the quota goes to parcels that move.
std::int64_t slowness(const CheckFacts& facts, const PollPlan& plan, Instant now) {
  const std::int64_t slow_after_us = plan.slow_after_days * plan.day_us;
  const std::int64_t silent_us = quiet_us(facts, now);
  if (silent_us > 3 * slow_after_us) return 2 * plan.slow_times;
  return silent_us > slow_after_us ? plan.slow_times : 1;
}

// The pause by status while everything works.
std::int64_t plain_pause(const CheckFacts& facts, const PollPlan& plan, Instant now) {
  const auto slow = [&](const Pause& pause) {
    return std::min(somewhere_in(pause, facts.seed) * slowness(facts, plan, now), std::max(plan.day_us, pause.to_us));
  };
  switch (facts.status) {
    case TrackingStatus::out_for_delivery:
      return slow(plan.out_for_delivery);
    case TrackingStatus::pending:
    case TrackingStatus::pre_transit:
      return slow(plan.before_pickup);
    case TrackingStatus::delivered:
    case TrackingStatus::returned:
    case TrackingStatus::lost:
    case TrackingStatus::expired:
      return std::max(plan.in_transit.to_us, plan.day_us);
    default:
      break;
  }
  const bool soon_due = facts.due_at && now > *facts.due_at - plan.day_us && now < *facts.due_at + 2 * plan.day_us;
  return soon_due ? slow(plan.in_transit) / 2 : slow(plan.in_transit);
}

// The pause after failures: soon again, doubled each time, at most a quarter of a day.
std::int64_t pause_after_failures(const CheckFacts& facts, const PollPlan& plan) {
  const std::int64_t most_us = std::max(plan.in_transit.from_us, plan.day_us / 4);
  std::int64_t pause_us = std::min<std::int64_t>(plan.in_transit.from_us, 30 * kSecond);
  for (int i = 1; i < facts.failures && pause_us < most_us; ++i) pause_us *= 2;
  pause_us = std::min(pause_us, most_us);
  return pause_us - pause_us / 10000 * share_of(facts.seed + static_cast<std::uint64_t>(facts.failures));  // up to a tenth sooner
}

// What happens at a door does not happen at night: a question that would fall there waits for the morning.
Instant after_the_night(Instant at, const CheckFacts& facts, const PollPlan& plan) {
  const bool at_a_door = facts.status == TrackingStatus::out_for_delivery || facts.status == TrackingStatus::delivery_attempted ||
                         facts.status == TrackingStatus::available_for_pickup;
  if (!at_a_door || !facts.utc_offset_minutes || plan.day_us != kDay || plan.quiet_from_hour == plan.quiet_to_hour) return at;
  const int offset = facts.utc_offset_minutes(at);
  const std::int64_t wall_us = at.us + offset * kMinute;
  const std::int64_t since_from_us = (((wall_us - plan.quiet_from_hour * kHour) % kDay) + kDay) % kDay;
  const std::int64_t night_us = ((plan.quiet_to_hour - plan.quiet_from_hour) * kHour + kDay) % kDay;
  if (since_from_us >= night_us) return at;
  Instant morning = at + (night_us - since_from_us);
  morning = morning - (facts.utc_offset_minutes(morning) - offset) * kMinute;  // clocks are put on and back at night
  return morning + share_of(facts.seed) * 10 * kMinute / 1000;                 // spread over the first ten minutes
}

}  // namespace

FaultGroup fault_group(TrackingReason reason) {
  const std::string_view word = to_text(reason);
  if (word.starts_with("carrier_")) return FaultGroup::carrier;
  if (word.starts_with("merchant_")) return FaultGroup::merchant;
  if (word.starts_with("recipient_")) return FaultGroup::recipient;
  if (word.starts_with("customs_")) return FaultGroup::customs;
  if (word.starts_with("weather_")) return FaultGroup::weather;
  if (word.starts_with("authority_")) return FaultGroup::authority;
  return FaultGroup::nobody;
}

bool action_required(TrackingStatus status, TrackingReason reason) {
  if (status == TrackingStatus::available_for_pickup || status == TrackingStatus::lost) return true;
  if (status == TrackingStatus::delivered || status == TrackingStatus::returned || status == TrackingStatus::return_to_sender) return false;
  switch (reason) {
    case TrackingReason::carrier_address_not_found:
    case TrackingReason::merchant_wrong_data:
    case TrackingReason::merchant_not_ready:
    case TrackingReason::merchant_packaging:
    case TrackingReason::recipient_wrong_address:
    case TrackingReason::recipient_no_access:
    case TrackingReason::customs_documents:
    case TrackingReason::customs_duties:
      return true;
    default:
      return false;
  }
}

std::string event_key(const TrackingEvent& event) {
  // Every part is preceded by its length, so that no two events share a key by accident.
  std::string key;
  for (const std::string& part : {event.raw_code, event.time.raw, event.place, std::string(event.return_leg ? "r" : "")}) {
    key += std::to_string(part.size()) + ":" + part + " ";
  }
  if (event.raw_code.empty()) key += event.raw_text;  // some carriers give no codes at all
  return key;
}

TrackingStatus status_of(const TrackingEvent& event) {
  if (!event.return_leg) return event.status;
  switch (event.status) {
    case TrackingStatus::delivered:
      return TrackingStatus::returned;
    case TrackingStatus::in_transit:
    case TrackingStatus::out_for_delivery:
    case TrackingStatus::available_for_pickup:
    case TrackingStatus::delivery_attempted:
      return TrackingStatus::return_to_sender;
    default:
      return event.status;
  }
}

Instant order_time(const TrackingEvent& event) {
  if (event.time.utc) return *event.time.utc;
  if (const auto local = parse_rfc3339(event.time.local + "Z")) return *local;
  return kNoTime;
}

std::optional<Headline> newer_headline(const std::optional<Headline>& a, const std::optional<Headline>& b) {
  const auto known = [](const std::optional<Headline>& headline) { return headline && headline->status != TrackingStatus::unknown; };
  if (!known(a)) return known(b) ? b : std::nullopt;
  if (!known(b)) return a;
  const auto key = [](const Headline& headline) {
    return std::tuple(headline.as_of.us, progress(headline.status), static_cast<int>(headline.reason));
  };
  return key(*a) < key(*b) ? b : a;
}

DerivedStatus derive_status(const std::vector<TrackingEvent>& events, const std::optional<Headline>& headline) {
  const auto scans = scans_in_order(events);
  const auto scan = newest_standing(scans);
  DerivedStatus derived;
  if (!scans.empty() && has_time(scans.back())) derived.last_event_at = scans.back().at;
  const auto stated = newer_headline(headline, std::nullopt);
  const bool undoes_an_end = stated && scan && ends_the_way(scan->status) && !ends_the_way(stated->status);
  if (stated && !(scan && scan->at > stated->as_of) && !undoes_an_end) {
    derived.status = stated->status;
    derived.reason = stated->reason;
    if (stated->status == TrackingStatus::delivered) derived.delivered_at = delivery_time(scans, stated->as_of);
  } else if (scan) {
    derived.status = scan->status;
    derived.reason = scan->reason;
    if (scan->status == TrackingStatus::delivered && has_time(*scan)) derived.delivered_at = scan->at;
  } else {
    derived.status = status_without_scans(events);
  }
  if ((derived.status == TrackingStatus::return_to_sender || derived.status == TrackingStatus::returned) &&
      derived.reason == TrackingReason::none) {
    derived.reason = reason_of_return(scans);
  }
  derived.action_required = action_required(derived.status, derived.reason);
  return derived;
}

bool is_final(TrackingStatus status) {
  return status == TrackingStatus::delivered || status == TrackingStatus::returned || status == TrackingStatus::lost ||
         status == TrackingStatus::expired;
}

bool is_under_way(TrackingStatus status) {
  switch (status) {
    case TrackingStatus::in_transit:
    case TrackingStatus::out_for_delivery:
    case TrackingStatus::delivery_attempted:
    case TrackingStatus::exception:
    case TrackingStatus::return_to_sender:
      return true;
    default:
      return false;
  }
}

bool is_delayed(TrackingStatus status, std::optional<Instant> promised_at, std::optional<Instant> estimated_at, Instant now) {
  if (is_final(status) || status == TrackingStatus::return_to_sender || status == TrackingStatus::available_for_pickup || !promised_at)
    return false;
  return now > *promised_at || (estimated_at && *estimated_at > *promised_at);
}

bool is_stalled(TrackingStatus status, std::optional<Instant> last_event_at, Instant started_at, std::int64_t stalled_us, Instant now) {
  if (!is_under_way(status) && status != TrackingStatus::pre_transit && status != TrackingStatus::pending &&
      status != TrackingStatus::unknown)
    return false;
  return now - std::max(last_event_at.value_or(started_at), started_at) > stalled_us;
}

bool is_expired(const CheckFacts& facts, const PollPlan& plan, Instant now) {
  if (is_final(facts.status)) return false;
  return quiet_us(facts, now) > plan.expire_days * plan.day_us;
}

Instant poll_of_pushed(Instant next, std::optional<Instant> last_push_at, const PollPlan& plan, Instant now) {
  if (!last_push_at) return next;
  const Instant silent_at = *last_push_at + plan.push_trust_days * plan.day_us;
  if (now >= silent_at) return next;
  return std::max(next, std::min(now + (next - now) * kPushedPause, silent_at));
}

std::optional<Instant> next_check(const CheckFacts& facts, const PollPlan& plan, Instant now) {
  if (is_final(facts.status) && (facts.status == TrackingStatus::expired || quiet_us(facts, now) > plan.end_watch_days * plan.day_us))
    return std::nullopt;
  const bool failed = facts.failures > 0 && !facts.not_found;
  const std::int64_t pause_us = failed ? pause_after_failures(facts, plan) : plain_pause(facts, plan, now);
  const Instant next = now + std::max(pause_us, facts.retry_after_us);
  return failed ? next : poll_of_pushed(after_the_night(next, facts, plan), facts.last_push_at, plan, now);
}

}  // namespace roundtrip::domain
