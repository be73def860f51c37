// The milestones a customer hears of, a message's states, and whether what it would say is still true (law 9).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "domain/orders.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class Milestone {
  order_received,
  order_canceled,
  partly_shipped,
  shipped,
  out_for_delivery,
  delivered,
  delivery_failed,
  delayed,
  never_collected,  // told to the shop, not to the customer
  return_approved,
  return_received,
  refund_paid,
  withdrawal_received,  // the receipt for a withdrawal from the contract
  label_expires,        // a return was announced, its label runs out soon and nothing is on its way
  message_answered,     // the desk answered what the customer wrote
  link_requested,       // the customer asked for the order's link (/find)
  exchange_reserved,
  exchange_payment_due,
  exchange_released,
  exchange_canceled,
  claim_opened,
  claim_goods_wanted,
  claim_accepted,
  claim_rejected,
  claim_in_repair,  // with the promised date; again when it changes
  claim_sent_back,
  pickup_failed,  // the carrier does not fetch the parcel
};

inline constexpr Word<Milestone> kMilestones[] = {
    {Milestone::order_received, "order_received"},
    {Milestone::order_canceled, "order_canceled"},
    {Milestone::partly_shipped, "partly_shipped"},
    {Milestone::shipped, "shipped"},
    {Milestone::out_for_delivery, "out_for_delivery"},
    {Milestone::delivered, "delivered"},
    {Milestone::delivery_failed, "delivery_failed"},
    {Milestone::delayed, "delayed"},
    {Milestone::never_collected, "never_collected"},
    {Milestone::return_approved, "return_approved"},
    {Milestone::return_received, "return_received"},
    {Milestone::refund_paid, "refund_paid"},
    {Milestone::withdrawal_received, "withdrawal_received"},
    {Milestone::label_expires, "label_expires"},
    {Milestone::message_answered, "message_answered"},
    {Milestone::link_requested, "link_requested"},
    {Milestone::exchange_reserved, "exchange_reserved"},
    {Milestone::exchange_payment_due, "exchange_payment_due"},
    {Milestone::exchange_released, "exchange_released"},
    {Milestone::exchange_canceled, "exchange_canceled"},
    {Milestone::claim_opened, "claim_opened"},
    {Milestone::claim_goods_wanted, "claim_goods_wanted"},
    {Milestone::claim_accepted, "claim_accepted"},
    {Milestone::claim_rejected, "claim_rejected"},
    {Milestone::claim_in_repair, "claim_in_repair"},
    {Milestone::claim_sent_back, "claim_sent_back"},
    {Milestone::pickup_failed, "pickup_failed"},
};
inline std::string_view to_text(Milestone milestone) { return word_of(kMilestones, milestone); }
inline std::optional<Milestone> parse_milestone(std::string_view text) { return value_of(kMilestones, text); }

// Who a milestone is told to: the shop itself, else the customer.
inline bool is_for_shop(Milestone milestone) { return milestone == Milestone::never_collected; }

enum class NotificationState { queued, sending, sent, delivered, bounced, superseded, dead };
inline constexpr Word<NotificationState> kNotificationStates[] = {
    {NotificationState::queued, "queued"},       {NotificationState::sending, "sending"}, {NotificationState::sent, "sent"},
    {NotificationState::delivered, "delivered"}, {NotificationState::bounced, "bounced"}, {NotificationState::superseded, "superseded"},
    {NotificationState::dead, "dead"},
};
inline std::string_view to_text(NotificationState state) { return word_of(kNotificationStates, state); }
inline std::optional<NotificationState> parse_notification_state(std::string_view text) { return value_of(kNotificationStates, text); }

enum class NotificationEvent {
  send,       // its words are made, the next hop is about to be called
  accept,     // the next hop has it
  fail,       // not now: also what a claim finds after a worker's death
  supersede,  // no longer true, told by another message, or nobody to tell
  give_up,
  confirm,  // it reached the person
  bounce,
  revive,  // by a person, from the dead letters
};
inline constexpr Step<NotificationState, NotificationEvent> kNotificationSteps[] = {
    {NotificationState::queued, NotificationEvent::send, NotificationState::sending},
    {NotificationState::queued, NotificationEvent::supersede, NotificationState::superseded},
    {NotificationState::queued, NotificationEvent::give_up, NotificationState::dead},
    {NotificationState::sending, NotificationEvent::accept, NotificationState::sent},
    {NotificationState::sending, NotificationEvent::fail, NotificationState::queued},
    {NotificationState::sending, NotificationEvent::give_up, NotificationState::dead},
    {NotificationState::sent, NotificationEvent::confirm, NotificationState::delivered},
    {NotificationState::sent, NotificationEvent::bounce, NotificationState::bounced},
    {NotificationState::dead, NotificationEvent::revive, NotificationState::queued},
};
static_assert(unambiguous(kNotificationSteps) && all_reachable(kNotificationSteps, NotificationState::queued));

// What the rules look at when a message is about to be sent. Ids are public ids ("pcl_1").
struct ParcelNow {
  std::string id;
  bool handed_over = false;
  std::string status;  // tracking status
  bool delayed = false;
};
struct SubjectNow {
  std::string id, state;
  std::string which = {};  // claims: when the repair is promised; exchanges: the replacement
};
struct OrderNow {
  OrderStatus status = OrderStatus::open;
  bool anything_canceled = false;
  std::vector<ParcelNow> parcels;
  std::vector<SubjectNow> returns, refunds;
  std::vector<SubjectNow> exchanges;  // by the return's id
  std::vector<SubjectNow> claims;
};

// A message that waits to be sent, and what it is about.
struct WaitingMessage {
  NotificationId id;
  Milestone milestone = Milestone::order_received;
  std::vector<std::string> about;  // public ids; empty: the order
};

struct MessagePlan {
  bool tell = false;
  std::string why;                                  // not told: the reason
  Milestone milestone = Milestone::order_received;  // as it is true now
  std::vector<std::string> about;                   // what is told; a subset of mine and the merged ones
  std::vector<NotificationId> merged;               // waiting messages that this one tells as well
};
// Law 9. Tells what is still true of `mine`, together with waiting messages of the same kind; several parcels
// become one message. Not told when nothing of it is true any more.
MessagePlan plan_message(const WaitingMessage& mine, const std::vector<WaitingMessage>& others, const OrderNow& now);

}  // namespace roundtrip::domain
