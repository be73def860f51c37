// Want, buy, void, give up.
#include "usecases/bookings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "carriers/shipping.hpp"
#include "store/bookings.hpp"
#include "store/jobs.hpp"
#include "store/notifications.hpp"
#include "store/returns.hpp"
#include "store/shipments.hpp"
#include "usecases/carrier_calls.hpp"
#include "usecases/pickups.hpp"
#include "usecases/return_steps.hpp"

namespace roundtrip::usecases {
namespace {
using carriers::Trouble;
using domain::BookingEvent;
using domain::BookingState;

constexpr int kWeightWhenUnknown = 500;  // g; carriers refuse labels without a weight

carriers::Party party_of(const domain::Address& address, const std::string& email) { return {address, email}; }

// `code`: the carrier also gives a code to show at a counter, for customers without a printer.
carriers::LabelOrder order_of(const store::BookingRow& booking, const store::BookingFacts& facts, bool code, Instant now) {
  carriers::LabelOrder order;
  const bool back = booking.return_id.has_value();
  order.reference = to_text(booking.id);
  order.direction = back ? carriers::Direction::back : carriers::Direction::outbound;
  order.service = booking.service;
  order.from = party_of(facts.from, back ? facts.email : "");
  order.to = party_of(facts.to, back ? "" : facts.email);
  order.currency = facts.currency;
  if (back) order.rma = to_text(*booking.return_id);
  order.qr = back && code;
  order.ship_at = now;
  for (const auto& item : facts.items) {
    order.contents.push_back({item.description, item.quantity, item.unit_price, item.weight_g, item.hs_code, item.origin});
    order.weight_g += static_cast<int>(item.quantity) * item.weight_g;
  }
  if (facts.weight_g > 0) order.weight_g = facts.weight_g;
  if (order.weight_g == 0) order.weight_g = kWeightWhenUnknown;
  return order;
}

// The return's approval mail, held back until its label is there.
void tell_customer(store::Transaction& tx, MerchantId merchant, const store::BookingRow& booking, Instant now) {
  store::queue_notification(tx, merchant, booking.order, domain::Milestone::return_approved, to_text(*booking.return_id), now, now);
}

void take_over(store::BookingRow& booking, const carriers::BoughtLabel& label) {
  booking.number = label.number;
  booking.void_id = label.void_id;
  booking.price = label.price;
  booking.price_currency = label.price_currency;
  booking.expires_at = label.expires_at;
}

// What it was for ended while the carrier was asked: what was bought is given back.
void give_back(store::Transaction& tx, MerchantId merchant, store::BookingRow& booking, Instant now) {
  booking.state = booking.void_id.empty() ? BookingState::voided : BookingState::void_wanted;
  if (booking.state == BookingState::void_wanted) store::add_job(tx, merchant, kVoidLabelJob, booking.id.value, now, now);
}

void label_return(store::Transaction& tx, const Context& context, store::OrderHead& head, const store::BookingRow& booking) {
  const auto number = start_return_tracking(tx, context, head, *booking.return_id, {booking.carrier, booking.account, "", booking.number});
  if (!number) log::warn("a bought label is not tracked", {{"why", number.error().message}});
  note_return(tx, context, head, "return.label_bought", *booking.return_id,
              nlohmann::json{{"carrier", booking.carrier}, {"tracking_number", booking.number}}.dump());
  tell_customer(tx, context.merchant, booking, context.now);
  start_pickup(tx, context, *booking.return_id);
}

// The parcel has its number; a shipment all of whose parcels have one is labeled.
void label_parcel(store::Transaction& tx, const Context& context, store::LockedWork& locked, const store::Work& work,
                  const store::WorkParcel& parcel, const store::BookingRow& booking) {
  store::save_parcel_route(tx, context.merchant, parcel.id, {booking.carrier, booking.account, parcel.service, booking.number});
  store::append_timeline(tx, context.merchant, locked.head,
                         {"parcel.label_bought", context.actor.channel, context.actor.name, to_text(parcel.id),
                          nlohmann::json{{"carrier", booking.carrier}, {"tracking_number", booking.number}}.dump()},
                         context.now);
  const bool all = std::all_of(work.parcels.begin(), work.parcels.end(),
                               [&](const auto& one) { return one.id == parcel.id || !one.tracking_number.empty(); });
  const auto next = all ? domain::next_status(work.status, domain::ShipmentEvent::label) : std::nullopt;
  if (next) store::save_shipment_status(tx, context.merchant, work.id, *next, "", context.now);
}

// True when the parcel still waits for this label.
bool take_to_parcel(store::Transaction& tx, const Context& context, store::LockedWork& locked, const store::BookingRow& booking) {
  for (const auto& work : locked.shipments) {
    for (const auto& parcel : work.parcels) {
      if (parcel.id != *booking.parcel || parcel.state != "closed" || !parcel.tracking_number.empty()) continue;
      label_parcel(tx, context, locked, work, parcel, booking);
      return true;
    }
  }
  return false;
}

BookingOutcome record_bought(store::Database& db, const Job& job, const store::BookingRow& asked, const carriers::BoughtLabel& label,
                             const std::vector<store::BookingDocument>& documents, Instant now) {
  store::Transaction tx(db);
  const Context context{db, job.merchant, {"system", "labels"}, now};
  std::optional<store::LockedWork> locked;
  bool wanted = true;
  if (asked.parcel) {
    locked = store::lock_work(tx, job.merchant, asked.order, std::nullopt);
  } else if (auto found = lock_return_and_order(tx, job.merchant, *asked.return_id)) {
    wanted = found->found.row.status == domain::ReturnStatus::approved;
    locked = store::LockedWork{found->head, {}};
  }
  if (!locked) return {BookingOutcome::Kind::dead, "what the label was for is gone", 0};
  auto booking = store::find_booking(tx, job.merchant, asked.id);
  take_over(*booking, label);
  store::add_booking_documents(tx, job.merchant, booking->id, documents);
  const auto next = domain::next_state(domain::kBookingSteps, booking->state, BookingEvent::buy);
  if (next && wanted && booking->parcel) wanted = take_to_parcel(tx, context, *locked, *booking);
  if (next && wanted && booking->return_id) label_return(tx, context, locked->head, *booking);
  if (next && wanted)
    booking->state = *next;
  else
    give_back(tx, job.merchant, *booking, now);
  store::save_booking(tx, job.merchant, *booking, now);
  store::save_head(tx, job.merchant, locked->head, now);
  store::finish_job(tx, job);
  tx.commit();
  return {};
}

void drop(store::Transaction& tx, const Context& context, std::optional<store::BookingRow> booking) {
  const auto next = booking ? domain::next_state(domain::kBookingSteps, booking->state, BookingEvent::drop) : std::nullopt;
  if (!next) return;
  // A label without such an id is charged when it is used and needs no voiding.
  booking->state = booking->void_id.empty() ? BookingState::voided : *next;
  store::save_booking(tx, context.merchant, *booking, context.now);
  if (booking->state == BookingState::void_wanted)
    store::add_job(tx, context.merchant, kVoidLabelJob, booking->id.value, context.now, context.now);
}
}  // namespace

std::string return_label_carrier(const Config& config) {
  const auto& chosen = config.text("returns.carrier");
  return chosen.empty() ? config.text("carriers.default") : chosen;
}

bool sells_return_labels(const std::string& label_carrier) {
  const auto* carrier = carriers::find_carrier(domain::parse_account_name(label_carrier).first);
  return carrier != nullptr && carrier->shipping() != nullptr && carrier->shipping()->returns();
}

void want_return_label(store::Transaction& tx, const Context& context, OrderId order, ReturnId return_id,
                       const std::string& label_carrier) {
  store::BookingRow booking;
  booking.order = order;
  booking.return_id = return_id;
  std::tie(booking.carrier, booking.account) = domain::parse_account_name(label_carrier);
  store::add_booking(tx, context.merchant, booking, context.now);
}

void drop_return_label(store::Transaction& tx, const Context& context, ReturnId return_id) {
  drop(tx, context, store::booking_of_return(tx, context.merchant, return_id));
}

void drop_parcel_label(store::Transaction& tx, const Context& context, ParcelId parcel) {
  drop(tx, context, store::booking_of_parcel(tx, context.merchant, parcel));
}

BookingOutcome buy_label(store::Database& db, const Carriers& carriers, const Job& job, Instant now) {
  std::optional<store::BookingRow> booking;
  std::optional<store::BookingFacts> facts;
  {
    store::Session session(db);
    booking = store::find_booking(session, job.merchant, BookingId{job.subject});
    if (booking && booking->state == BookingState::wanted) facts = store::booking_facts(session, job.merchant, *booking);
    if (!facts) {
      store::finish_job(session, job);
      return {};
    }
  }
  const CarrierRoom& room = carriers.room();
  const Account* account = room.find(booking->carrier, booking->account);
  const auto* shipping = account != nullptr ? account->carrier.shipping() : nullptr;
  if (shipping == nullptr)
    return {BookingOutcome::Kind::dead, "no account of " + booking->carrier + " sells labels: add one to the accounts file", 0};
  const auto order = order_of(*booking, *facts, shipping->qr(), now);
  const auto answer = call_entitled(room, *account, [&](const auto& entitled) { return shipping->label_request(entitled, order); });
  if (answer.trouble != Trouble::none) return outcome_of(answer.trouble, answer.detail, answer.retry_after_us);
  const auto reply = shipping->parse_label(answer.outcome);
  if (reply.trouble != Trouble::none) return outcome_of(reply.trouble, reply.detail, reply.retry_after_us);
  const auto documents = documents_of(room, *account, reply.label.documents);
  if (!documents) return {BookingOutcome::Kind::retry, "the label's document could not be fetched", 0};
  return record_bought(db, job, *booking, reply.label, *documents, now);
}

BookingOutcome void_label(store::Database& db, const Carriers& carriers, const Job& job, Instant now) {
  std::optional<store::BookingRow> booking;
  {
    store::Session session(db);
    booking = store::find_booking(session, job.merchant, BookingId{job.subject});
    if (!booking || booking->state != BookingState::void_wanted) {
      store::finish_job(session, job);
      return {};
    }
  }
  const Account* account = carriers.room().find(booking->carrier, booking->account);
  const auto* shipping = account != nullptr ? account->carrier.shipping() : nullptr;
  if (shipping == nullptr) return {BookingOutcome::Kind::dead, "no account of " + booking->carrier + " that takes labels back", 0};
  const auto answer =
      call_entitled(carriers.room(), *account, [&](const auto& entitled) { return shipping->void_request(entitled, booking->void_id); });
  if (answer.trouble != Trouble::none) return outcome_of(answer.trouble, answer.detail, answer.retry_after_us);
  const auto reply = shipping->parse_void(answer.outcome);
  // A label that the carrier does not know any more needs no voiding.
  if (reply.trouble != Trouble::none && reply.trouble != Trouble::not_found)
    return outcome_of(reply.trouble, reply.detail, reply.retry_after_us);
  store::Transaction tx(db);
  booking->state = BookingState::voided;
  store::save_booking(tx, job.merchant, *booking, now);
  store::finish_job(tx, job);
  tx.commit();
  return {};
}

void give_up_booking(store::Database& db, const Job& job, const std::string& why, Instant now) {
  store::Transaction tx(db);
  auto booking = store::find_booking(tx, job.merchant, BookingId{job.subject});
  auto head = booking ? store::lock_order(tx, job.merchant, booking->order) : std::nullopt;
  if (!head) return;
  booking = store::find_booking(tx, job.merchant, booking->id);
  const bool buying = booking->state == BookingState::wanted;
  const auto next = domain::next_state(domain::kBookingSteps, booking->state, buying ? BookingEvent::give_up : BookingEvent::refuse);
  if (!next) return;
  booking->state = *next;
  booking->error = why;
  store::save_booking(tx, job.merchant, *booking, now);
  if (buying && booking->return_id) {
    tell_customer(tx, job.merchant, *booking, now);
    fail_pickup(tx, {db, job.merchant, {"system", "labels"}, now}, *head, *booking->return_id, "there is no label of the carrier: " + why);
    store::save_head(tx, job.merchant, *head, now);
  }
  if (booking->parcel) {
    const nlohmann::json detail = {{"carrier", booking->carrier}, {"why", why}};
    store::append_timeline(tx, job.merchant, *head,
                           {buying ? "parcel.label_failed" : "parcel.label_not_voided", "system", "labels", to_text(*booking->parcel),
                            detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)},
                           now);
    store::save_head(tx, job.merchant, *head, now);
  }
  tx.commit();
}

}  // namespace roundtrip::usecases
