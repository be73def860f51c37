// What a carrier said becomes state: events, status, flags, parcels, shipments, lines, timeline, notifications.
// Shared by polling and pushes; within the room only.
#pragma once
#include <vector>

#include "carriers/carrier.hpp"
#include "domain/tracking.hpp"
#include "store/tracking.hpp"

namespace roundtrip::usecases {

// One tracker and what was said about it, or why nothing was.
struct TrackingCheck {
  store::TrackerRow tracker;
  carriers::TrackedNumber said;
  std::int64_t retry_after_us = 0;
  bool pushed = false;        // says nothing about what a poll would answer
  bool rederived = false;     // nobody said anything: a code has a new meaning
  bool another_life = false;  // the carrier spoke of another parcel with this number
};

struct RecordPlan {
  domain::PollPlan poll;
  std::int64_t stalled_us = 5 * kDay;
  std::int64_t uncollected_us = 3 * kDay;
};

// Records checks of one carrier, merchant by merchant. What brings nothing new costs one statement for all; the
// others are recorded under their orders' locks in one transaction, or one by one when that fails. Gives the
// number of trackers with a new status or flag.
int record_checks(store::Database& db, const std::vector<TrackingCheck>& checks, const RecordPlan& plan, Instant now);

// Works out the status of trackers of one merchant anew from the events they have. Gives the number of changed ones.
int rederive(store::Database& db, const std::vector<store::TrackerRow>& trackers, const RecordPlan& plan, Instant now);

// Ours, for carriers that are told of parcels before they get them: they repeat it.
std::string reference_of(const store::TrackerRow& tracker);
// Does the carrier speak of another life of the tracker's number? Who was told our reference repeats it. The others have ids of their own
// (trackers keep the one of the first answer that is theirs); no carrier promises that its id never changes, so that another one is taken
// over with news from when we began to follow the parcel, until it has arrived.
bool is_another_life(const carriers::TrackedNumber& said, const store::TrackerRow& tracker);
// What a carrier is asked about the tracker with.
carriers::TrackQuery query_of(const store::TrackerRow& tracker);

}  // namespace roundtrip::usecases
