// Want, book, cancel, give up.
#include "usecases/pickups.hpp"

#include <nlohmann/json.hpp>

#include "carriers/pickups.hpp"
#include "carriers/times.hpp"
#include "store/bookings.hpp"
#include "store/jobs.hpp"
#include "store/notifications.hpp"
#include "usecases/carrier_calls.hpp"
#include "usecases/return_steps.hpp"

namespace roundtrip::usecases {
namespace {
using carriers::PickupReply;
using carriers::Trouble;
using domain::PickupEvent;
using domain::PickupState;

constexpr int kSoonAgain = 3;  // tries
constexpr std::int64_t kSoon = kSecond;

std::string json_text(const nlohmann::json& json) { return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

// What the job works on, read before any call.
struct PickupWork {
  PickupRow row;
  carriers::PickupOrder order;
};
std::optional<PickupWork> work_of(store::Database& db, const Job& job, PickupState wanted) {
  store::Session session(db);
  auto row = store::find_pickup(session, job.merchant, PickupId{job.subject});
  if (!row || row->state != wanted) return std::nullopt;
  PickupWork work{std::move(*row), {}};
  if (wanted != PickupState::wanted) return work;
  store::BookingRow what;
  what.order = work.row.order;
  what.return_id = work.row.return_id;
  const auto facts = store::booking_facts(session, job.merchant, what);
  const auto found = store::find_return(session, job.merchant, work.row.return_id);
  if (!facts || !found) return std::nullopt;
  const auto label = store::booking_of_return(session, job.merchant, work.row.return_id);
  work.order = {to_text(work.row.id), found->row.tracking_number, label ? label->void_id : "", {facts->from, facts->email}, work.row.day};
  return work;
}

struct Desk {
  const Account& account;
  const carriers::Pickups& pickups;
};
std::optional<Desk> desk_of(const CarrierRoom& room, const PickupRow& row) {
  const Account* account = room.find(row.carrier, row.account);
  if (account == nullptr || account->carrier.pickups() == nullptr) return std::nullopt;
  return Desk{*account, *account->carrier.pickups()};
}
BookingOutcome nobody_comes(const PickupRow& row) {
  return {BookingOutcome::Kind::dead, "no account of " + row.carrier + " fetches parcels: add one to the accounts file", 0};
}

// One call and its answer.
PickupReply ask_desk(const CarrierRoom& room, const Desk& desk,
                     const std::function<HttpRequest(const carriers::CarrierAccount&)>& request) {
  const auto answer = call_carrier(room, desk.account, request);
  if (answer.trouble != Trouble::none) return {answer.trouble, answer.detail, answer.retry_after_us, "", "", ""};
  return desk.pickups.parse_pickup(answer.outcome);
}

// The pick-up as the carrier has it: a new one, or the one that was offered before a crash.
PickupReply asked_for(const CarrierRoom& room, const Desk& desk, const PickupWork& work) {
  if (work.row.carrier_id.empty())
    return ask_desk(room, desk, [&](const auto& entitled) { return desk.pickups.pickup_request(entitled, work.order); });
  return ask_desk(room, desk, [&](const auto& entitled) { return desk.pickups.state_request(entitled, work.row.carrier_id); });
}

// A parcel that the carrier does not know yet may be announced in the next moment.
BookingOutcome outcome_of_pickup(const PickupReply& reply, const Job& job) {
  if (reply.trouble != Trouble::not_found) return outcome_of(reply.trouble, reply.detail, reply.retry_after_us);
  return {BookingOutcome::Kind::retry, "not_found: " + reply.detail, job.attempts <= kSoonAgain ? kSoon : 0};
}

void keep_offer(store::Database& db, const Job& job, PickupRow& row, const std::string& carrier_id, Instant now) {
  store::Transaction tx(db);
  row.carrier_id = carrier_id;
  store::save_pickup(tx, job.merchant, row, now);
  tx.commit();
}

// Dropped while the carrier was asked: what was booked is canceled.
void record_booked(store::Database& db, const Job& job, const PickupRow& asked, const PickupReply& reply, Instant now) {
  store::Transaction tx(db);
  const Context context{db, job.merchant, {"system", "pickups"}, now};
  auto head = store::lock_order(tx, job.merchant, asked.order);
  auto row = head ? store::find_pickup(tx, job.merchant, asked.id) : std::nullopt;
  if (!row) return;
  row->carrier_id = reply.id;
  row->confirmation = reply.confirmation;
  const auto next = domain::next_state(domain::kPickupSteps, row->state, PickupEvent::book);
  row->state = next.value_or(PickupState::drop_wanted);
  if (next) {
    note_return(tx, context, *head, "return.pickup_booked", row->return_id,
                json_text({{"carrier", row->carrier}, {"day", row->day}, {"confirmation", row->confirmation}}));
    store::save_head(tx, job.merchant, *head, now);
  } else {
    store::add_job(tx, job.merchant, kDropPickupJob, row->id.value, now, now);
  }
  store::save_pickup(tx, job.merchant, *row, now);
  store::finish_job(tx, job);
  tx.commit();
}

void finish(store::Database& db, const Job& job) {
  store::Session session(db);
  store::finish_job(session, job);
}

void drop_row(store::Transaction& tx, const Context& context, std::optional<PickupRow> row) {
  const auto next = row ? domain::next_state(domain::kPickupSteps, row->state, PickupEvent::drop) : std::nullopt;
  if (!next) return;
  row->state = *next;
  store::save_pickup(tx, context.merchant, *row, context.now);
  if (*next == PickupState::drop_wanted) store::add_job(tx, context.merchant, kDropPickupJob, row->id.value, context.now, context.now);
}

// The customer is told to hand the parcel over instead.
void note_failed(store::Transaction& tx, const Context& context, store::OrderHead& head, PickupRow& row, const std::string& why) {
  row.state = PickupState::failed;
  row.error = why;
  store::save_pickup(tx, context.merchant, row, context.now);
  note_return(tx, context, head, "return.pickup_failed", row.return_id,
              json_text({{"carrier", row.carrier}, {"day", row.day}, {"why", why}}));
  store::queue_notification(tx, context.merchant, row.order, domain::Milestone::pickup_failed, to_text(row.return_id), context.now,
                            context.now);
}
}  // namespace

bool fetches_parcels(const std::string& label_carrier) {
  const auto* carrier = carriers::find_carrier(domain::parse_account_name(label_carrier).first);
  return carrier != nullptr && carrier->pickups() != nullptr;
}

std::vector<std::string> pickup_days(const std::string& zone, Instant now) {
  const auto offset = carriers::offset_in_zone(zone, now).value_or(0);
  return domain::pickup_days(format_date(now + offset * kMinute), kPickupDays);
}

std::vector<PickupRow> pickups_of_order(const Context& context, OrderId order) {
  store::Session session(context.db);
  return store::pickups_of_order(session, context.merchant, order);
}

void want_pickup(store::Transaction& tx, const Context& context, OrderId order, ReturnId return_id, const std::string& label_carrier,
                 const std::string& day) {
  PickupRow row;
  row.order = order;
  row.return_id = return_id;
  std::tie(row.carrier, row.account) = domain::parse_account_name(label_carrier);
  row.day = day;
  store::add_pickup(tx, context.merchant, row, context.now);
}

void start_pickup(store::Transaction& tx, const Context& context, ReturnId return_id) {
  const auto row = store::pickup_of_return(tx, context.merchant, return_id);
  if (row && row->state == PickupState::wanted)
    store::add_job(tx, context.merchant, kBookPickupJob, row->id.value, context.now, context.now);
}

void drop_pickup(store::Transaction& tx, const Context& context, ReturnId return_id) {
  drop_row(tx, context, store::pickup_of_return(tx, context.merchant, return_id));
}

void drop_pickup_ahead(store::Transaction& tx, const Context& context, ReturnId return_id) {
  auto row = store::pickup_of_return(tx, context.merchant, return_id);
  if (row && row->day > format_date(context.now)) drop_row(tx, context, std::move(row));
}

void fail_pickup(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id, const std::string& why) {
  auto row = store::pickup_of_return(tx, context.merchant, return_id);
  if (row && row->state == PickupState::wanted) note_failed(tx, context, head, *row, why);
}

BookingOutcome book_pickup(store::Database& db, const Carriers& carriers, const Job& job, Instant now) {
  auto work = work_of(db, job, PickupState::wanted);
  if (!work) {
    finish(db, job);
    return {};
  }
  if (work->row.day < format_date(now)) return {BookingOutcome::Kind::dead, "the day is over", 0};
  const auto desk = desk_of(carriers.room(), work->row);
  if (!desk) return nobody_comes(work->row);
  auto reply = asked_for(carriers.room(), *desk, *work);
  if (reply.trouble == Trouble::none && reply.confirmation.empty()) {
    if (work->row.carrier_id.empty()) keep_offer(db, job, work->row, reply.id, now);
    reply = ask_desk(carriers.room(), *desk,
                     [&](const auto& entitled) { return desk->pickups.confirm_request(entitled, work->row.carrier_id, reply.offer); });
    if (reply.trouble == Trouble::none && reply.confirmation.empty()) return {BookingOutcome::Kind::dead, "offered, and not booked", 0};
  }
  if (reply.trouble != Trouble::none) return outcome_of_pickup(reply, job);
  record_booked(db, job, work->row, reply, now);
  return {};
}

BookingOutcome drop_booked_pickup(store::Database& db, const Carriers& carriers, const Job& job, Instant now) {
  const auto work = work_of(db, job, PickupState::drop_wanted);
  if (!work) {
    finish(db, job);
    return {};
  }
  const auto desk = desk_of(carriers.room(), work->row);
  if (!desk) return nobody_comes(work->row);
  const auto answer = call_carrier(carriers.room(), desk->account,
                                   [&](const auto& entitled) { return desk->pickups.cancel_request(entitled, work->row.carrier_id); });
  if (answer.trouble != Trouble::none) return outcome_of(answer.trouble, answer.detail, answer.retry_after_us);
  const auto reply = desk->pickups.parse_cancel(answer.outcome);
  // One that the carrier does not know any more needs no canceling.
  if (reply.trouble != Trouble::none && reply.trouble != Trouble::not_found)
    return outcome_of(reply.trouble, reply.detail, reply.retry_after_us);
  store::Transaction tx(db);
  const Context context{db, job.merchant, {"system", "pickups"}, now};
  auto head = store::lock_order(tx, job.merchant, work->row.order);
  if (!head) return {BookingOutcome::Kind::dead, "its order is gone", 0};
  PickupRow row = work->row;
  row.state = PickupState::dropped;
  store::save_pickup(tx, job.merchant, row, now);
  note_return(tx, context, *head, "return.pickup_canceled", row.return_id, json_text({{"carrier", row.carrier}, {"day", row.day}}));
  store::save_head(tx, job.merchant, *head, now);
  store::finish_job(tx, job);
  tx.commit();
  return {};
}

void give_up_pickup(store::Database& db, const Job& job, const std::string& why, Instant now) {
  store::Transaction tx(db);
  const Context context{db, job.merchant, {"system", "pickups"}, now};
  auto row = store::find_pickup(tx, job.merchant, PickupId{job.subject});
  auto head = row ? store::lock_order(tx, job.merchant, row->order) : std::nullopt;
  if (!head) return;
  row = store::find_pickup(tx, job.merchant, row->id);
  if (row->state == PickupState::wanted) {
    note_failed(tx, context, *head, *row, why);
  } else if (row->state == PickupState::drop_wanted) {
    row->state = PickupState::drop_failed;
    row->error = why;
    store::save_pickup(tx, job.merchant, *row, now);
    note_return(tx, context, *head, "return.pickup_not_canceled", row->return_id,
                json_text({{"carrier", row->carrier}, {"day", row->day}, {"why", why}}));
  }
  store::save_head(tx, job.merchant, *head, now);
  tx.commit();
}

}  // namespace roundtrip::usecases
