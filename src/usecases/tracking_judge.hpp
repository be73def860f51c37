// What one check makes of one tracker, without the database. Within the room only.
#pragma once
#include <optional>
#include <vector>

#include "domain/code_maps.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {

// The check with what is said of the number's life that we follow; a recycled number's other life is no answer.
TrackingCheck ours_only(TrackingCheck check);

domain::CheckFacts facts_of(const store::TrackerRow& tracker, std::int64_t retry_after_us);
// Flags, times and expiry of a tracker after a check, its status being set.
void settle(store::TrackerRow& tracker, const TrackingCheck& check, const RecordPlan& plan, Instant now);
bool flags_differ(const store::TrackerRow& a, const store::TrackerRow& b);
// True when nothing about the tracker changes but the times of asking; `after` is settled.
bool brings_nothing_new(const TrackingCheck& check, const store::TrackerRow& after);

struct Recorded {
  store::TrackerRow before, after;
  std::vector<store::StoredEvent> fresh;  // new or corrected
  std::optional<Instant> delivered_at;
  bool delivery_corrected = false;  // delivered before and now, at another time
  const domain::TrackingEvent* newest = nullptr;
};
// `stored`: the events of the tracker so far.
Recorded record_one(const store::TrackerRow& current, const std::vector<store::StoredEvent>& stored, const TrackingCheck& check,
                    const RecordPlan& plan, const domain::CodeMaps& maps, Instant now);

}  // namespace roundtrip::usecases
