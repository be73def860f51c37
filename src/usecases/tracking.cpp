// Start, announce, read.
#include "usecases/tracking.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "carriers/times.hpp"
#include "domain/tracking_silence.hpp"
#include "store/tracking.hpp"
#include "usecases/tracking_carriers.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {
namespace {

constexpr std::int64_t kFirstCheckUs = 2 * kMinute;  // when the announcement does not come through
constexpr int kMostViews = 50;

Error no_such_carrier(const std::string& carrier) {
  return {ErrorKind::invalid, "unknown_carrier", "there is no carrier '" + carrier + "': set carriers.default to one of the registry"};
}

template <class IdType>
Result<std::string> number_of(const Route& route, IdType id) {
  const auto* speaks = carriers::find_carrier(route.carrier);
  if (speaks == nullptr) return no_such_carrier(route.carrier);
  auto number = route.number.empty() ? speaks->number_for(id) : std::optional(route.number);
  if (!number)
    return Error{ErrorKind::invalid, "no_number",
                 "the carrier '" + route.carrier + "' gives no numbers from a range of ours: book the parcel with it first"};
  return *number;
}

// At once where the carrier can be asked to push a number.
std::optional<Instant> first_subscription(const std::string& carrier, Instant now) {
  const auto* speaks = carriers::find_carrier(carrier);
  return speaks != nullptr && speaks->subscriptions() != nullptr ? std::optional(now) : std::nullopt;
}

domain::Address address_of(const std::string& json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  domain::Address address;
  if (!parsed.is_object()) return address;
  const auto text = [&](const char* name) {
    const auto found = parsed.find(name);
    return found != parsed.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  address.name = text("name");
  address.company = text("company");
  address.line1 = text("line1");
  address.line2 = text("line2");
  address.city = text("city");
  address.region = text("region");
  address.postal_code = text("postal_code");
  address.country = text("country");
  address.phone = text("phone");
  return address;
}

// Countries with several zones and nothing that tells which keep the zone empty: nothing is known of their nights.
void set_destination(store::NewTracker& tracker, const store::Destination& to) {
  tracker.country = to.country;
  tracker.postal_code = to.postal_code;
  tracker.time_zone = carriers::zone_of_address(to.country, to.region, to.postal_code).value_or("");
}

AnnounceOutcome outcome_of(const carriers::AnnounceReply& reply) {
  const std::string why = std::string(carriers::to_text(reply.trouble)) + (reply.detail.empty() ? "" : ": " + reply.detail);
  switch (reply.trouble) {
    case carriers::Trouble::none:
      return {};
    case carriers::Trouble::rate_limited:
    case carriers::Trouble::service:
    case carriers::Trouble::not_found:
    case carriers::Trouble::bad_reply:
    case carriers::Trouble::auth:
    case carriers::Trouble::bad_request:
      return {Announced::retry, why, reply.retry_after_us};
  }
  return {};
}

TrackingView view_of(const store::TrackerRow& tracker) {
  TrackingView view;
  view.id = tracker.id;
  view.number = tracker.number;
  view.carrier = tracker.carrier;
  view.direction = tracker.parcel ? "outbound" : "return";
  view.epoch = tracker.epoch;
  view.order = tracker.order;
  view.parcel = tracker.parcel;
  view.return_id = tracker.return_id;
  view.status = domain::to_text(tracker.status);
  view.reason = domain::to_text(tracker.reason);
  static constexpr std::string_view kGroups[] = {"", "carrier", "merchant", "recipient", "customs", "weather", "authority"};
  view.fault = kGroups[static_cast<std::size_t>(domain::fault_group(tracker.reason))];
  view.action_required = tracker.action_required;
  view.delayed = tracker.delayed;
  view.stalled = tracker.stalled;
  view.promised_at = tracker.promised_at;
  view.estimated_at = tracker.estimated_at;
  view.last_event_at = tracker.last_event_at;
  view.last_checked_at = tracker.last_checked_at;
  view.last_success_at = tracker.last_success_at;
  view.next_check_at = tracker.next_check_at;
  view.created_at = tracker.created_at;
  view.failures = tracker.failures;
  view.last_error = tracker.last_error;
  view.signed_by = tracker.signed_by;
  view.carrier_status = tracker.carrier_status;
  view.never_collected = tracker.never_collected;
  view.silence = domain::to_text(domain::silence_of({tracker.status, tracker.last_checked_at, tracker.last_success_at, tracker.failures,
                                                     tracker.last_error, tracker.stalled, tracker.never_collected}));
  view.last_push_at = tracker.last_push_at;
  view.subscribed_until = tracker.subscribed_until;
  return view;
}

TrackingEventView event_view_of(const store::StoredEvent& stored) {
  const auto& event = stored.event;
  return {std::string(domain::to_text(event.status)),
          std::string(domain::to_text(event.reason)),
          event.sub_code,
          event.raw_code,
          event.raw_text,
          event.place,
          event.time.raw,
          event.time.local,
          std::string(domain::to_text(event.time.basis)),
          event.time.utc,
          stored.received_at};
}

}  // namespace

Result<std::string> start_tracking(store::Transaction& tx, const Context& context, store::OrderHead& head, ParcelId parcel,
                                   const Route& route, std::optional<Instant> promised_at) {
  auto number = number_of(route, parcel);
  if (!number) return number;
  store::NewTracker tracker{
      route.carrier, route.account, route.service, *number, head.id, parcel, std::nullopt, promised_at, context.now + kFirstCheckUs};
  set_destination(tracker, store::destination_of_order(tx, context.merchant, head.id));
  tracker.subscribe_at = first_subscription(route.carrier, context.now);
  store::add_tracker(tx, context.merchant, tracker, context.now);
  return number;
}

Result<std::string> start_return_tracking(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id,
                                          const Route& route) {
  auto number = number_of(route, return_id);
  if (!number) return number;
  store::NewTracker tracker{
      route.carrier, route.account, "return", *number, head.id, std::nullopt, return_id, std::nullopt, context.now + kFirstCheckUs};
  set_destination(tracker, store::destination_of_return(tx, context.merchant, head.id));
  tracker.subscribe_at = first_subscription(route.carrier, context.now);
  store::add_tracker(tx, context.merchant, tracker, context.now);
  return number;
}

AnnounceOutcome announce_parcel(store::Database& db, const Carriers& carriers, const Job& job, Instant now) {
  std::optional<store::TrackerRow> tracker;
  std::optional<store::AnnouncedParcel> parcel;
  {
    store::Session session(db);
    tracker = store::find_tracker(session, job.merchant, TrackerId{job.subject});
    if (tracker) parcel = store::parcel_to_announce(session, job.merchant, *tracker);
  }
  if (!tracker || !parcel || tracker->announced_at) return {};
  const Account* account = carriers.room().find(tracker->carrier, tracker->account);
  if (account == nullptr) return {Announced::refused, "no account for the carrier '" + tracker->carrier + "'", 0};
  const auto* speaks = &account->carrier;
  carriers::AnnounceReply reply;
  if (speaks->capabilities().announces) {
    carriers::ParcelToAnnounce announced;
    announced.number = tracker->number;
    announced.reference = reference_of(*tracker);
    announced.service = parcel->service;
    announced.direction = tracker->parcel ? carriers::Direction::outbound : carriers::Direction::back;
    announced.destination = address_of(parcel->ship_to_json);
    announced.weight_g = parcel->weight_g;
    reply = speaks->parse_announce(carriers.room().transport.send(speaks->announce_request(account->account, announced)));
  }
  const auto outcome = outcome_of(reply);
  store::Session session(db);
  if (outcome.kind != Announced::done) {
    store::mark_announce_failed(session, job.merchant, tracker->id, "announce: " + outcome.why);
    return outcome;
  }
  const bool own_clock = account->account.day_us != kDay;
  const auto next = domain::next_check(
      {.status = tracker->status, .started_at = now, .seed = static_cast<std::uint64_t>(tracker->id.value)}, account->account.poll, now);
  store::mark_announced(session, job.merchant, tracker->id, reply.estimated_at, own_clock, next.value_or(now + kFirstCheckUs), now);
  return outcome;
}

Result<OrderId> attend_parcel(const Context& context, ParcelId parcel) {
  store::Transaction tx(context.db);
  const auto order = tx.value<OrderId>("SELECT order_id FROM parcels WHERE merchant_id = $1 AND parcel_id = $2", context.merchant, parcel);
  auto head = order ? store::lock_order(tx, context.merchant, *order) : std::nullopt;
  if (!head) return Error{ErrorKind::not_found, "parcel_not_found", "There is no such parcel."};
  if (!store::mark_attended(tx, context.merchant, parcel, context.now))
    return Error{ErrorKind::conflict, "nothing_to_attend", "It is neither lost nor without news, or somebody has dealt with it."};
  store::append_timeline(tx, context.merchant, *head, {"parcel.attended", context.actor.channel, context.actor.name, to_text(parcel), "{}"},
                         context.now);
  store::save_head(tx, context.merchant, *head, context.now);
  tx.commit();
  return *order;
}

Result<std::vector<TrackingView>> read_tracking(const Context& context, const std::string& number) {
  store::Session session(context.db);
  const auto trackers = store::trackers_of_number(session, context.merchant, number, kMostViews);
  if (trackers.empty()) return Error{ErrorKind::not_found, "not_found", "no parcel or return of yours has this tracking number"};
  std::vector<TrackerId> ids;
  std::vector<ParcelId> parcels;
  for (const auto& tracker : trackers) {
    ids.push_back(tracker.id);
    if (tracker.parcel) parcels.push_back(*tracker.parcel);
  }
  const auto shipments = store::shipments_of_parcels(session, context.merchant, parcels);
  auto events = store::events_of(session, context.merchant, ids);
  std::sort(events.begin(), events.end(), [](const store::StoredEvent& a, const store::StoredEvent& b) {
    return std::tuple(domain::order_time(b.event), a.key) < std::tuple(domain::order_time(a.event), b.key);
  });
  std::vector<TrackingView> views;
  for (const auto& tracker : trackers) {
    auto& view = views.emplace_back(view_of(tracker));
    if (const auto found = tracker.parcel ? shipments.find(*tracker.parcel) : shipments.end(); found != shipments.end())
      view.shipment = found->second;
    for (const auto& event : events) {
      if (event.tracker == tracker.id) view.events.push_back(event_view_of(event));
    }
  }
  return views;
}

}  // namespace roundtrip::usecases
