// Recording checks.
#include "usecases/tracking_record.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/log.hpp"
#include "store/carrier_codes.hpp"
#include "store/notifications.hpp"
#include "usecases/claim_steps.hpp"
#include "usecases/exchange_steps.hpp"
#include "usecases/orders.hpp"
#include "usecases/return_money.hpp"
#include "usecases/tracking_judge.hpp"
#include "usecases/undeliverable.hpp"

namespace roundtrip::usecases {
namespace {
using domain::TrackingStatus;

std::optional<domain::Milestone> milestone_of(TrackingStatus status, domain::TrackingReason reason) {
  switch (status) {
    case TrackingStatus::out_for_delivery:
      return domain::Milestone::out_for_delivery;
    case TrackingStatus::delivered:
      return domain::Milestone::delivered;
    case TrackingStatus::delivery_attempted:
    case TrackingStatus::return_to_sender:
    case TrackingStatus::returned:
    case TrackingStatus::lost:
      return domain::Milestone::delivery_failed;
    case TrackingStatus::exception:
      if (reason == domain::TrackingReason::recipient_refused) return domain::Milestone::delivery_failed;
      return std::nullopt;
    case TrackingStatus::pending:
    case TrackingStatus::pre_transit:
    case TrackingStatus::in_transit:
    case TrackingStatus::available_for_pickup:
    case TrackingStatus::expired:
    case TrackingStatus::unknown:
      return std::nullopt;
  }
  return std::nullopt;
}

// The newest of the fresh events, for the timeline's words.
const domain::TrackingEvent* newest_of(const std::vector<store::StoredEvent>& fresh) {
  const domain::TrackingEvent* newest = nullptr;
  for (const auto& one : fresh) {
    if (newest == nullptr || domain::order_time(*newest) <= domain::order_time(one.event)) newest = &one.event;
  }
  return newest;
}

bool is_back(TrackingStatus status) { return status == TrackingStatus::return_to_sender || status == TrackingStatus::returned; }

// One transaction's worth of changes of one merchant, under the orders' locks.
class Recording {
 public:
  Recording(store::Transaction& tx, const Context& context) : tx_(tx), context_(context) {}

  void lock(const std::vector<TrackingCheck>& checks) {
    std::set<OrderId> orders;
    std::vector<TrackerId> trackers;
    for (const auto& check : checks) {
      orders.insert(check.tracker.order);
      trackers.push_back(check.tracker.id);
    }
    // Replacements that a scan of their return may let go are locked with the orders they stand for, all in the order of their ids.
    std::vector<ReturnId> returns;
    for (const auto& check : checks) {
      if (check.tracker.return_id) returns.push_back(*check.tracker.return_id);
    }
    for (const auto order : store::replacements_of(tx_, context_.merchant, returns)) orders.insert(order);
    for (auto& head : store::lock_orders(tx_, context_.merchant, {orders.begin(), orders.end()})) heads_.emplace(head.id, head);
    for (auto& tracker : store::trackers_by_id(tx_, context_.merchant, trackers)) trackers_.emplace(tracker.id, tracker);
    maps_ = store::code_maps(tx_, context_.merchant);
    for (auto& event : store::events_of(tx_, context_.merchant, trackers)) events_[event.tracker].push_back(std::move(event));
  }

  // Works on one check; gives whether status or flags changed.
  bool take(const TrackingCheck& check, const RecordPlan& plan) {
    const auto current = trackers_.find(check.tracker.id);
    const auto head = heads_.find(check.tracker.order);
    if (current == trackers_.end() || head == heads_.end()) return false;
    Recorded recorded = record_one(current->second, events_[check.tracker.id], check, plan, maps_, context_.now);
    recorded.newest = newest_of(recorded.fresh);
    // A tracker may be spoken of twice in one batch: the second time starts from here.
    for (const auto& fresh : recorded.fresh) {
      auto& known = events_[check.tracker.id];
      std::erase_if(known, [&](const store::StoredEvent& one) { return one.key == fresh.key; });
      known.push_back(fresh);
      new_events_.push_back(fresh);
      if (fresh.event.status == TrackingStatus::unknown) count_unmapped(check.tracker.carrier, fresh.event);
    }
    current->second = recorded.after;
    changed_trackers_.insert(check.tracker.id);
    if (domain::is_final(recorded.before.status) && !domain::is_final(recorded.after.status)) reopened_.insert(check.tracker.id);
    const auto& [before, after] = std::tie(recorded.before, recorded.after);
    const bool changed = before.status != after.status || before.reason != after.reason || flags_differ(before, after);
    if (recorded.delivery_corrected && after.parcel) parcels_[*after.parcel] = {*after.parcel, after.status, recorded.delivered_at};
    if (changed && recorded.after.parcel) parcel_effects(recorded, head->second);
    if (changed && recorded.after.return_id) return_effects(recorded, head->second);
    return changed;
  }

  void save() {
    std::vector<store::TrackerRow> rows;
    for (const auto id : changed_trackers_) rows.push_back(trackers_.at(id));
    store::queue_events(tx_, context_.merchant, new_events_);
    store::queue_reopened(tx_, context_.merchant, {reopened_.begin(), reopened_.end()});
    store::queue_trackers(tx_, context_.merchant, rows);
    std::vector<store::ParcelStatus> parcels;
    for (const auto& [id, parcel] : parcels_) parcels.push_back(parcel);
    store::queue_parcels(tx_, context_.merchant, parcels);
    store::queue_returns_in_transit(tx_, context_.merchant, {returns_.begin(), returns_.end()}, context_.now);
    std::vector<store::UnmappedCode> unmapped;
    for (const auto& [code, count] : unmapped_) unmapped.push_back(count);
    store::queue_unmapped(tx_, context_.merchant, unmapped, context_.now);
    store::queue_deliveries(tx_, context_.merchant, {delivered_orders_.begin(), delivered_orders_.end()}, context_.now);
    for (const auto order : delivered_orders_) refresh_order_status(tx_, context_, heads_.at(order));
    for (const auto order : touched_orders_) store::save_head(tx_, context_.merchant, heads_.at(order), context_.now);
    tx_.commit();
  }

 private:
  void count_unmapped(const std::string& carrier, const domain::TrackingEvent& event) {
    // A carrier without codes is mapped by its words.
    const std::string& code = domain::code_or_text(event);
    const std::string text = event.raw_code.empty() ? "" : event.raw_text;
    auto [found, added] = unmapped_.try_emplace({carrier, code}, store::UnmappedCode{carrier, code, text, 0});
    ++found->second.seen;
  }

  void tell_timeline(const Recorded& recorded, store::OrderHead& head, const std::string& type, const std::string& subject) {
    nlohmann::ordered_json detail = {{"carrier", recorded.after.carrier},
                                     {"number", recorded.after.number},
                                     {"status", domain::to_text(recorded.after.status)},
                                     {"reason", domain::to_text(recorded.after.reason)}};
    if (recorded.newest != nullptr) {
      detail["text"] = recorded.newest->raw_text;
      detail["place"] = recorded.newest->place;
      detail["time"] = recorded.newest->time.raw;
    }
    const std::string text = detail.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    store::append_timeline(tx_, context_.merchant, head, {type, "carrier", recorded.after.carrier, subject, text}, context_.now);
    touched_orders_.insert(head.id);
  }

  void tell(const store::OrderHead& head, domain::Milestone milestone, ParcelId parcel) {
    store::queue_notification(tx_, context_.merchant, head.id, milestone, to_text(parcel), context_.now, context_.now);
  }

  void parcel_effects(const Recorded& recorded, store::OrderHead& head) {
    const auto& before = recorded.before;
    const auto& after = recorded.after;
    const ParcelId parcel = *after.parcel;
    if (before.status != after.status || before.reason != after.reason) {
      parcels_[parcel] = {parcel, after.status, recorded.delivered_at};
      tell_timeline(recorded, head, "parcel." + std::string(domain::to_text(after.status)), to_text(parcel));
      if (const auto milestone = milestone_of(after.status, after.reason)) tell(head, *milestone, parcel);
      if (domain::is_final(before.status) || domain::is_final(after.status)) delivered_orders_.insert(head.id);
      expect_or_forget(recorded, head);
    }
    if (!before.delayed && after.delayed) {
      tell_timeline(recorded, head, "parcel.delayed", to_text(parcel));
      if (!domain::is_final(after.status)) tell(head, domain::Milestone::delayed, parcel);
    }
    if (!before.never_collected && after.never_collected) {
      tell_timeline(recorded, head, "parcel.never_collected", to_text(parcel));
      tell(head, domain::Milestone::never_collected, parcel);
    }
    const bool was_silent = before.stalled || before.status == TrackingStatus::lost || before.status == TrackingStatus::expired;
    if (was_silent && !after.stalled && (domain::is_under_way(after.status) || after.status == TrackingStatus::delivered)) {
      note_parcel_turned_up(tx_, context_, head, parcel);
      touched_orders_.insert(head.id);
    }
    if (!before.stalled && after.stalled) tell_timeline(recorded, head, "parcel.stalled", to_text(parcel));
  }

  // What turns around is expected at the returns station, until it is delivered after all.
  void expect_or_forget(const Recorded& recorded, store::OrderHead& head) {
    const auto& after = recorded.after;
    if (is_back(after.status) && !is_back(recorded.before.status)) {
      expect_undeliverable(tx_, context_, head, {*after.parcel, after.carrier, after.number, after.reason});
      touched_orders_.insert(head.id);
    }
    const auto& events = events_[after.id];
    const bool turned = std::any_of(events.begin(), events.end(), [](const auto& one) { return is_back(one.event.status); });
    if (after.status == TrackingStatus::delivered && (turned || is_back(recorded.before.status))) {
      forget_undeliverable(tx_, context_, head, *after.parcel);
      touched_orders_.insert(head.id);
    }
  }

  void return_effects(const Recorded& recorded, store::OrderHead& head) {
    if (recorded.before.status == recorded.after.status) return;
    const ReturnId return_id = *recorded.after.return_id;
    const auto status = recorded.after.status;
    const bool moved = domain::is_under_way(status) || status == TrackingStatus::delivered || status == TrackingStatus::returned;
    if (moved) returns_.insert(return_id);
    tell_timeline(recorded, head, "return." + std::string(domain::to_text(recorded.after.status)), to_text(return_id));
    if (!moved) return;
    advance_return_money(tx_, context_, head, return_id);
    note_exchange_carrier_scan(tx_, context_, head, return_id);
  }

  store::Transaction& tx_;
  const Context& context_;
  std::map<OrderId, store::OrderHead> heads_;
  domain::CodeMaps maps_;
  std::map<TrackerId, store::TrackerRow> trackers_;
  std::map<TrackerId, std::vector<store::StoredEvent>> events_;
  std::set<TrackerId> changed_trackers_, reopened_;
  std::vector<store::StoredEvent> new_events_;
  std::map<ParcelId, store::ParcelStatus> parcels_;
  std::set<ReturnId> returns_;
  std::set<OrderId> delivered_orders_, touched_orders_;
  std::map<std::pair<std::string, std::string>, store::UnmappedCode> unmapped_;
};

int record_together(store::Database& db, MerchantId merchant, const std::vector<TrackingCheck>& checks, const RecordPlan& plan,
                    Instant now) {
  const Context context{db, merchant, {"carrier", checks.front().tracker.carrier}, now};
  store::Transaction tx(db);
  Recording recording(tx, context);
  recording.lock(checks);
  int changed = 0;
  for (const auto& check : checks) changed += recording.take(check, plan) ? 1 : 0;
  recording.save();
  return changed;
}

// The batch in one transaction; when that fails, each alone, so that one odd tracker harms no other.
int record_changes(store::Database& db, MerchantId merchant, const std::vector<TrackingCheck>& checks, const RecordPlan& plan,
                   Instant now) {
  if (checks.empty()) return 0;
  try {
    return record_together(db, merchant, checks, plan, now);
  } catch (const std::exception& fault) {
    log::warn("a batch of tracking checks failed, each is tried alone", {{"checks", std::to_string(checks.size())}, {"why", fault.what()}});
  }
  int changed = 0;
  for (const auto& check : checks) {
    try {
      changed += record_together(db, merchant, {check}, plan, now);
    } catch (const std::exception& fault) {
      log::error("a tracking check could not be recorded", {{"tracker", to_text(check.tracker.id)}, {"why", fault.what()}});
      auto failed = facts_of(check.tracker, check.retry_after_us);
      ++failed.failures;
      store::Session session(db);
      store::record_checks(session, merchant,
                           {{check.tracker.id, false, now, domain::next_check(failed, plan.poll, now), failed.failures, "internal"}});
    }
  }
  return changed;
}

}  // namespace

int rederive(store::Database& db, const std::vector<store::TrackerRow>& trackers, const RecordPlan& plan, Instant now) {
  std::vector<TrackingCheck> checks;
  for (const auto& tracker : trackers) {
    auto& check = checks.emplace_back();
    check.tracker = tracker;
    check.rederived = true;
  }
  return checks.empty() ? 0 : record_together(db, checks.front().tracker.merchant, checks, plan, now);
}

int record_checks(store::Database& db, const std::vector<TrackingCheck>& checks, const RecordPlan& plan, Instant now) {
  struct OfMerchant {
    std::vector<store::CheckRow> plain;
    std::vector<TrackingCheck> changes;
  };
  std::map<MerchantId, OfMerchant> by_merchant;
  for (const auto& given : checks) {
    TrackingCheck check = ours_only(given);
    store::TrackerRow after = check.tracker;
    settle(after, check, plan, now);
    auto& mine = by_merchant[check.tracker.merchant];
    if (brings_nothing_new(check, after)) {
      const bool answered = check.said.trouble == carriers::Trouble::none;
      mine.plain.push_back({after.id, answered, now, after.next_check_at, after.failures, after.last_error});
    } else {
      mine.changes.push_back(std::move(check));
    }
  }
  int changed = 0;
  for (auto& [merchant, mine] : by_merchant) {
    {
      store::Session session(db);
      store::record_checks(session, merchant, mine.plain);
    }
    changed += record_changes(db, merchant, mine.changes, plan, now);
  }
  return changed;
}

}  // namespace roundtrip::usecases
