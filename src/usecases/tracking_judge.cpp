// A tracker and a check: which life of the number is ours, what is new, what the status is now, when it is asked next.
#include "usecases/tracking_judge.hpp"

#include <algorithm>
#include <map>

#include "base/secrets.hpp"
#include "carriers/times.hpp"
#include "domain/tracking_silence.hpp"

namespace roundtrip::usecases {
namespace {
using domain::TrackingStatus;

constexpr std::int64_t kFormerLifeUs = 30 * kDay;  // events this much older than the tracker are another parcel's
constexpr std::size_t kMostStoredEvents = 500;     // of one tracker

// Where a number is given out again, all that is older than this is its former life.
Instant oldest_of(const store::TrackerRow& tracker) {
  // A return in the box and under the number it came in: all that was before it is the way out.
  const bool number_again = tracker.epoch > 1 && tracker.return_id;
  return number_again ? tracker.created_at : tracker.created_at - kFormerLifeUs;
}

bool has_news_since(const carriers::TrackedNumber& said, Instant at) {
  return std::any_of(said.events.begin(), said.events.end(), [&](const auto& event) { return domain::order_time(event) >= at; });
}

bool takes_our_reference(const store::TrackerRow& tracker) {
  const auto* speaks = carriers::find_carrier(tracker.carrier);
  return speaks != nullptr && speaks->capabilities().announces;
}

// The carrier's id of the life after the check: that of the answer; none when the carrier does not know what we asked with.
std::string reference_after(const store::TrackerRow& tracker, const TrackingCheck& check) {
  if (check.rederived || check.another_life || takes_our_reference(tracker)) return tracker.reference;
  if (check.said.trouble == carriers::Trouble::not_found && !check.pushed) return "";
  const bool told = check.said.trouble == carriers::Trouble::none && !check.said.reference.empty() && !check.said.events.empty();
  return told ? check.said.reference : tracker.reference;
}

std::string hash_of(const carriers::TrackedNumber& said) {
  std::string text;
  for (const auto& event : said.events) text += domain::event_key(event) + event.raw_text + "\n";
  if (said.headline) {
    text += std::string(domain::to_text(said.headline->status)) + std::string(domain::to_text(said.headline->reason)) +
            std::to_string(said.headline->as_of.us);
  }
  if (said.estimated_at) text += format_rfc3339(*said.estimated_at);
  return sha256_hex(text + said.signed_by + said.status_raw).substr(0, 32);
}

// Who said something, and when.
void note_answer(store::TrackerRow& tracker, const TrackingCheck& check, bool answered, Instant now) {
  if (answered) tracker.last_success_at = now;
  if (check.pushed) {
    tracker.last_push_at = now;
    return;
  }
  tracker.last_checked_at = now;
  tracker.failures = answered ? 0 : tracker.failures + 1;
  tracker.last_error =
      answered ? "" : std::string(carriers::to_text(check.said.trouble)) + (check.said.detail.empty() ? "" : ": " + check.said.detail);
}

// An event as it is kept: the leg taken into account, and an unknown code read as the merchant says.
store::StoredEvent kept(store::StoredEvent event, const std::string& carrier, const domain::CodeMaps& maps) {
  const bool was_mapped = event.mapped;
  if (was_mapped || event.event.status == TrackingStatus::unknown) event.mapped = domain::apply_meaning(event.event, carrier, maps);
  if (was_mapped && !event.mapped) domain::forget_meaning(event.event);
  event.event.return_leg = event.return_leg;
  event.event.status = domain::status_of(event.event);
  event.event.return_leg = false;
  return event;
}

// The events of a tracker with what was said merged in; fills `fresh`.
std::vector<domain::TrackingEvent> merged_events(const std::vector<store::StoredEvent>& stored, const TrackingCheck& check,
                                                 const domain::CodeMaps& maps, Instant now, Recorded& out) {
  std::map<std::string, store::StoredEvent> by_key;
  const auto take = [&](store::StoredEvent event, const store::StoredEvent* known) {
    if (known != nullptr && known->event == event.event && known->mapped == event.mapped) return;
    out.fresh.push_back(event);
    by_key[event.key] = std::move(event);
  };
  for (const auto& one : stored) {
    by_key[one.key] = one;
    if (one.mapped || one.event.status == TrackingStatus::unknown) take(kept(one, check.tracker.carrier, maps), &one);
  }
  for (const auto& event : check.said.events) {
    const std::string key = domain::event_key(event);
    const auto known = by_key.find(key);
    if (known == by_key.end() && by_key.size() >= kMostStoredEvents) continue;
    const store::StoredEvent told{check.tracker.id, key, event, now, false, event.return_leg};
    const auto before = known == by_key.end() ? std::nullopt : std::optional(known->second);
    take(kept(told, check.tracker.carrier, maps), before ? &*before : nullptr);
  }
  std::vector<domain::TrackingEvent> all;
  for (auto& [key, one] : by_key) all.push_back(std::move(one.event));
  return all;
}

// The carrier's own status of a reply in which nothing has a time speaks for the time of the answer.
std::optional<domain::Headline> dated(std::optional<domain::Headline> headline, Instant now) {
  if (headline && headline->as_of <= domain::kNoTime) headline->as_of = now;
  return headline;
}

}  // namespace

std::string reference_of(const store::TrackerRow& tracker) { return to_text(tracker.id) + "@" + std::to_string(tracker.created_at.us); }

bool is_another_life(const carriers::TrackedNumber& said, const store::TrackerRow& tracker) {
  if (said.reference.empty()) return false;
  if (takes_our_reference(tracker)) return said.reference != reference_of(tracker);
  if (tracker.reference.empty() || said.reference == tracker.reference) return false;
  const bool arrived = domain::is_final(tracker.status) && tracker.status != TrackingStatus::expired;
  return arrived || !has_news_since(said, tracker.created_at - kDay);  // clocks without a zone, and scans before we began
}

carriers::TrackQuery query_of(const store::TrackerRow& tracker) {
  carriers::TrackQuery query;
  query.number = tracker.number;
  query.reference = takes_our_reference(tracker) ? reference_of(tracker) : tracker.reference;
  query.country = tracker.country;
  query.postal_code = tracker.postal_code;
  query.shipped_at = tracker.created_at;
  return query;
}

TrackingCheck ours_only(TrackingCheck check) {
  auto& said = check.said;
  if (said.trouble != carriers::Trouble::none) return check;
  if (is_another_life(said, check.tracker)) {
    carriers::TrackedNumber other;
    other.number = said.number;
    other.trouble = carriers::Trouble::not_found;
    other.detail = "the carrier speaks of another parcel with this number";
    said = std::move(other);
    check.another_life = true;
    return check;
  }
  const bool number_again = check.tracker.epoch > 1 && check.tracker.return_id;
  const Instant oldest = oldest_of(check.tracker);
  std::erase_if(said.events, [&](const domain::TrackingEvent& event) {
    if (number_again) return domain::order_time(event) < oldest && !event.return_leg;
    return domain::order_time(event) > domain::kNoTime && domain::order_time(event) < oldest;
  });
  if (said.headline && said.headline->as_of < oldest && said.headline->as_of > domain::kNoTime) said.headline.reset();
  return check;
}

domain::CheckFacts facts_of(const store::TrackerRow& tracker, std::int64_t retry_after_us) {
  domain::CheckFacts facts;
  facts.status = tracker.status;
  facts.started_at = tracker.created_at;
  facts.last_event_at = tracker.last_event_at;
  facts.failures = tracker.failures;
  facts.retry_after_us = retry_after_us;
  facts.seed = static_cast<std::uint64_t>(tracker.id.value);
  facts.not_found = tracker.last_error.starts_with(carriers::to_text(carriers::Trouble::not_found));
  facts.due_at = tracker.estimated_at ? tracker.estimated_at : tracker.promised_at;
  facts.last_push_at = tracker.last_push_at;
  if (!tracker.time_zone.empty())
    facts.utc_offset_minutes = [zone = tracker.time_zone](Instant at) { return carriers::offset_in_zone(zone, at).value_or(0); };
  return facts;
}

void settle(store::TrackerRow& tracker, const TrackingCheck& check, const RecordPlan& plan, Instant now) {
  const bool answered = check.rederived ? tracker.failures == 0 : check.said.trouble == carriers::Trouble::none;
  if (!check.rederived) note_answer(tracker, check, answered, now);
  // Without an answer it may have arrived in time: a day of grace before a customer hears of a delay that nobody has seen.
  const Instant judged_at = answered ? now : now - plan.poll.day_us;
  const bool delayed = domain::is_delayed(tracker.status, tracker.promised_at, tracker.estimated_at, judged_at);
  tracker.delayed = delayed || (tracker.delayed && !answered);
  tracker.stalled = domain::is_stalled(tracker.status, tracker.last_event_at, tracker.created_at, plan.stalled_us, now);
  // Only the carrier's word counts: that it has no scan, or does not know the number.
  const bool spoke = answered || check.said.trouble == carriers::Trouble::not_found;
  const bool waits = tracker.parcel && domain::is_never_collected(tracker.status, tracker.created_at, plan.uncollected_us, now);
  tracker.never_collected = waits && (spoke || tracker.never_collected);
  if (domain::is_expired(facts_of(tracker, 0), plan.poll, now)) tracker.status = TrackingStatus::expired;
  const auto next = domain::next_check(facts_of(tracker, check.retry_after_us), plan.poll, now);
  if (!check.rederived || !next || !tracker.next_check_at) tracker.next_check_at = next;
}

bool flags_differ(const store::TrackerRow& a, const store::TrackerRow& b) {
  return a.delayed != b.delayed || a.stalled != b.stalled || a.never_collected != b.never_collected;
}

bool brings_nothing_new(const TrackingCheck& check, const store::TrackerRow& after) {
  const auto& before = check.tracker;
  if (check.pushed) return false;
  if (flags_differ(before, after) || before.status != after.status) return false;
  if (reference_after(before, check) != before.reference) return false;
  return check.said.trouble != carriers::Trouble::none || before.reply_hash == hash_of(check.said);
}

Recorded record_one(const store::TrackerRow& current, const std::vector<store::StoredEvent>& stored, const TrackingCheck& check,
                    const RecordPlan& plan, const domain::CodeMaps& maps, Instant now) {
  Recorded out{current, current, {}, std::nullopt, false, nullptr};
  store::TrackerRow& after = out.after;
  after.reference = reference_after(current, check);
  const auto all = merged_events(stored, check, maps, now, out);
  if (check.said.trouble == carriers::Trouble::none && !check.rederived) {
    after.headline = domain::newer_headline(current.headline, dated(check.said.headline, now));
    if (!check.said.status_raw.empty()) after.carrier_status = check.said.status_raw;
    if (check.said.estimated_at) after.estimated_at = check.said.estimated_at;
    if (!check.said.signed_by.empty()) after.signed_by = check.said.signed_by;
    if (!after.promised_at) after.promised_at = after.estimated_at;
    if (!check.pushed) after.reply_hash = hash_of(check.said);
  }
  const auto derived = domain::derive_status(all, after.headline);
  // Expired is ours, not the carrier's: only a new event takes it back.
  if (current.status != TrackingStatus::expired || !out.fresh.empty()) {
    after.status = derived.status;
    after.reason = derived.reason;
    after.action_required = derived.action_required;
  }
  after.last_event_at = derived.last_event_at;
  out.delivered_at = derived.delivered_at;
  if (derived.status == TrackingStatus::delivered && !out.delivered_at) out.delivered_at = now;  // the carrier gives no time
  if (current.status == TrackingStatus::delivered && derived.status == TrackingStatus::delivered) {
    std::vector<domain::TrackingEvent> before;
    for (const auto& one : stored) before.push_back(one.event);
    const auto was = domain::derive_status(before, current.headline).delivered_at;
    out.delivery_corrected = derived.delivered_at && was != derived.delivered_at;
  }
  settle(after, check, plan, now);
  return out;
}

}  // namespace roundtrip::usecases
