// Want, buy, void, give up.
#include "usecases/bookings.hpp"

#include <future>
#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "carriers/shipping.hpp"
#include "store/bookings.hpp"
#include "store/jobs.hpp"
#include "store/notifications.hpp"
#include "store/returns.hpp"
#include "usecases/return_steps.hpp"
#include "usecases/tracking_carriers.hpp"

namespace roundtrip::usecases {
namespace {
using carriers::Trouble;
using domain::BookingEvent;
using domain::BookingState;

constexpr std::size_t kMostDocumentBytes = 8u << 20;
constexpr int kWeightWhenUnknown = 500;  // g; carriers refuse labels without a weight

struct CarrierAnswer {
  Trouble trouble = Trouble::none;  // of the token; the call was not made
  std::string detail;
  std::int64_t retry_after_us = 0;
  HttpOutcome outcome;
};

// One call in the name of an account, with its token where it needs one.
CarrierAnswer call_carrier(const CarrierRoom& room, const Account& account,
                           const std::function<HttpRequest(const carriers::CarrierAccount&)>& request_for) {
  carriers::CarrierAccount entitled = account.account;
  if (account.carrier.capabilities().needs_token) {
    std::promise<carriers::TokenReply> promise;
    account.token.with_token(account.carrier, account.account, room.transport,
                             [&promise](const carriers::TokenReply& reply) { promise.set_value(reply); });
    const auto reply = promise.get_future().get();
    if (reply.trouble != Trouble::none) return {reply.trouble, reply.detail, reply.retry_after_us, {}};
    entitled.token = reply.token;
  }
  HttpRequest request = request_for(entitled);
  request.timeout_ms = entitled.timeout_ms;
  request.max_reply_bytes = kMostDocumentBytes;
  CarrierAnswer answer;
  answer.outcome = room.transport.send(request);
  if (answer.outcome.response && answer.outcome.response->status == 401) account.token.refuse(entitled.token);
  return answer;
}

BookingOutcome outcome_of(Trouble trouble, const std::string& detail, std::int64_t retry_after_us) {
  const std::string why = std::string(carriers::to_text(trouble)) + (detail.empty() ? "" : ": " + detail);
  const bool again = trouble == Trouble::rate_limited || trouble == Trouble::service || trouble == Trouble::auth;
  return {again ? BookingOutcome::Kind::retry : BookingOutcome::Kind::dead, why, retry_after_us};
}

carriers::Party party_of(const domain::Address& address, const std::string& email) { return {address, email}; }

carriers::LabelOrder order_of(const store::BookingRow& booking, const store::BookingFacts& facts, Instant now) {
  carriers::LabelOrder order;
  order.reference = to_text(booking.id);
  order.direction = carriers::Direction::back;
  order.from = party_of(facts.from, facts.email);
  order.to = party_of(facts.to, "");
  order.currency = facts.currency;
  order.rma = to_text(booking.return_id);
  order.ship_at = now;
  for (const auto& item : facts.items) {
    order.contents.push_back({item.description, item.quantity, item.unit_price, item.weight_g, item.hs_code, item.origin});
    order.weight_g += static_cast<int>(item.quantity) * item.weight_g;
  }
  if (order.weight_g == 0) order.weight_g = kWeightWhenUnknown;
  return order;
}

std::string part_text(carriers::LabelPart part) {
  switch (part) {
    case carriers::LabelPart::label:
      return "label";
    case carriers::LabelPart::qr:
      return "qr";
    case carriers::LabelPart::customs_form:
      return "customs_form";
    case carriers::LabelPart::receipt:
      return "receipt";
  }
  return "label";
}

// The documents with their bytes; what the reply only links to is fetched.
std::optional<std::vector<store::BookingDocument>> documents_of(const CarrierRoom& room, const Account& account,
                                                                const std::vector<carriers::LabelDocument>& documents) {
  std::vector<store::BookingDocument> out;
  const auto* shipping = account.carrier.shipping();
  for (carriers::LabelDocument document : documents) {
    if (document.bytes.empty()) {
      const auto answer = call_carrier(room, account, [&](const auto& entitled) { return shipping->document_request(entitled, document); });
      const auto reply = shipping->parse_document(answer.outcome, document);
      if (answer.trouble != Trouble::none || reply.trouble != Trouble::none || reply.label.documents.empty()) return std::nullopt;
      document = reply.label.documents.front();
    }
    out.push_back({part_text(document.part), document.format, std::move(document.bytes)});
  }
  return out;
}

// The return's approval mail, held back until its label is there.
void tell_customer(store::Transaction& tx, MerchantId merchant, const store::BookingRow& booking, Instant now) {
  store::queue_notification(tx, merchant, booking.order, domain::Milestone::return_approved, to_text(booking.return_id), now, now);
}

BookingOutcome record_bought(store::Database& db, const Job& job, const carriers::BoughtLabel& label,
                             const std::vector<store::BookingDocument>& documents, Instant now) {
  store::Transaction tx(db);
  auto booking = store::find_booking(tx, job.merchant, BookingId{job.subject});
  auto locked = lock_return_and_order(tx, job.merchant, booking->return_id);
  if (!locked) return {BookingOutcome::Kind::dead, locked.error().message, 0};
  booking = store::find_booking(tx, job.merchant, booking->id);
  booking->number = label.number;
  booking->void_id = label.void_id;
  booking->price = label.price;
  booking->price_currency = label.price_currency;
  booking->expires_at = label.expires_at;
  store::add_booking_documents(tx, job.merchant, booking->id, documents);
  const Context context{db, job.merchant, {"system", "labels"}, now};
  const auto next = domain::next_state(domain::kBookingSteps, booking->state, BookingEvent::buy);
  if (next && locked->found.row.status == domain::ReturnStatus::approved) {
    booking->state = *next;
    const auto number = start_return_tracking(tx, context, locked->head, booking->return_id, booking->carrier, label.number);
    if (!number) log::warn("a bought label is not tracked", {{"why", number.error().message}});
    note_return(tx, context, locked->head, "return.label_bought", booking->return_id,
                nlohmann::json{{"carrier", booking->carrier}, {"tracking_number", label.number}}.dump());
    tell_customer(tx, job.merchant, *booking, now);
  } else {
    // The return ended while the carrier was asked: what was bought is given back.
    booking->state = booking->void_id.empty() ? BookingState::voided : BookingState::void_wanted;
    if (booking->state == BookingState::void_wanted) store::add_job(tx, job.merchant, kVoidLabelJob, booking->id.value, now, now);
  }
  store::save_booking(tx, job.merchant, *booking, now);
  store::save_head(tx, job.merchant, locked->head, now);
  store::finish_job(tx, job);
  tx.commit();
  return {};
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
  auto booking = store::booking_of_return(tx, context.merchant, return_id);
  const auto next = booking ? domain::next_state(domain::kBookingSteps, booking->state, BookingEvent::drop) : std::nullopt;
  if (!next) return;
  // A label without such an id is charged when it is used and needs no voiding.
  booking->state = booking->void_id.empty() ? BookingState::voided : *next;
  store::save_booking(tx, context.merchant, *booking, context.now);
  if (booking->state == BookingState::void_wanted)
    store::add_job(tx, context.merchant, kVoidLabelJob, booking->id.value, context.now, context.now);
}

BookingOutcome buy_label(store::Database& db, const Carriers& carriers, const Job& job, Instant now) {
  std::optional<store::BookingRow> booking;
  std::optional<store::BookingFacts> facts;
  {
    store::Session session(db);
    booking = store::find_booking(session, job.merchant, BookingId{job.subject});
    if (booking && booking->state == BookingState::wanted) facts = store::booking_facts(session, job.merchant, booking->return_id);
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
  const auto order = order_of(*booking, *facts, now);
  std::string payment_token;
  if (shipping->payment_request(account->account)) {
    const auto paid = call_carrier(room, *account, [&](const auto& entitled) { return *shipping->payment_request(entitled); });
    const auto reply = paid.trouble == Trouble::none ? shipping->parse_payment(paid.outcome)
                                                     : carriers::TokenReply{paid.trouble, paid.detail, paid.retry_after_us, "", 0};
    if (reply.trouble != Trouble::none) return outcome_of(reply.trouble, reply.detail, reply.retry_after_us);
    payment_token = reply.token;
  }
  const auto answer = call_carrier(room, *account, [&](carriers::CarrierAccount entitled) {
    entitled.payment_token = payment_token;
    return shipping->label_request(entitled, order);
  });
  if (answer.trouble != Trouble::none) return outcome_of(answer.trouble, answer.detail, answer.retry_after_us);
  const auto reply = shipping->parse_label(answer.outcome);
  if (reply.trouble != Trouble::none) return outcome_of(reply.trouble, reply.detail, reply.retry_after_us);
  const auto documents = documents_of(room, *account, reply.label.documents);
  if (!documents) return {BookingOutcome::Kind::retry, "the label's document could not be fetched", 0};
  return record_bought(db, job, reply.label, *documents, now);
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
      call_carrier(carriers.room(), *account, [&](const auto& entitled) { return shipping->void_request(entitled, booking->void_id); });
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
  if (!booking) return;
  const bool buying = booking->state == BookingState::wanted;
  const auto next = domain::next_state(domain::kBookingSteps, booking->state, buying ? BookingEvent::give_up : BookingEvent::refuse);
  if (!next) return;
  booking->state = *next;
  booking->error = why;
  store::save_booking(tx, job.merchant, *booking, now);
  if (buying) tell_customer(tx, job.merchant, *booking, now);
  tx.commit();
}

}  // namespace roundtrip::usecases
