// Whether a message is still true when it is about to be sent, and what it can tell in one.
#include "domain/notifications.hpp"

#include <algorithm>
#include <initializer_list>

namespace roundtrip::domain {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The milestones that wait together: a message of one kind tells all of it.
bool same_kind(Milestone a, Milestone b) {
  const auto left = [](Milestone milestone) { return milestone == Milestone::shipped || milestone == Milestone::partly_shipped; };
  if (left(a) && left(b)) return true;
  return a == b && is_one_of(to_text(a), {"out_for_delivery", "delivered", "delayed"});
}

bool is_about_parcels(Milestone milestone) { return milestone >= Milestone::partly_shipped && milestone <= Milestone::never_collected; }

const ParcelNow* find_parcel(const OrderNow& now, const std::string& id) {
  const auto found = std::find_if(now.parcels.begin(), now.parcels.end(), [&](const ParcelNow& parcel) { return parcel.id == id; });
  return found == now.parcels.end() ? nullptr : &*found;
}

// Why the milestone is not true of the parcel now; empty: it is.
std::string parcel_refusal(Milestone milestone, const ParcelNow& parcel) {
  if (!parcel.handed_over) return parcel.id + " is not handed over";
  const bool over = is_one_of(parcel.status, {"delivered", "returned", "lost"});
  switch (milestone) {
    case Milestone::partly_shipped:
    case Milestone::shipped:
      return over ? parcel.id + " is " + parcel.status : "";
    case Milestone::out_for_delivery:
    case Milestone::delivered:
      return parcel.status == to_text(milestone) ? "" : parcel.id + " is " + parcel.status;
    case Milestone::delivery_failed: {
      const bool failed =
          is_one_of(parcel.status, {"delivery_attempted", "available_for_pickup", "exception", "return_to_sender", "returned", "lost"});
      return failed ? "" : parcel.id + " is " + parcel.status;
    }
    case Milestone::delayed:
      if (over) return parcel.id + " is " + parcel.status;
      return parcel.delayed ? "" : parcel.id + " is on time again";
    case Milestone::never_collected:
      return is_one_of(parcel.status, {"pending", "pre_transit"}) ? "" : parcel.id + " is " + parcel.status;
    default:
      return "";
  }
}

// The parcels of a message that are still true; `why` names the last that is not.
std::vector<std::string> true_parcels(const WaitingMessage& message, const OrderNow& now, std::string& why) {
  std::vector<std::string> still;
  std::vector<std::string> about = message.about;
  if (about.empty()) {
    for (const ParcelNow& parcel : now.parcels) about.push_back(parcel.id);
  }
  for (const std::string& id : about) {
    const ParcelNow* parcel = find_parcel(now, id);
    const std::string refusal = parcel == nullptr ? id + " is unknown" : parcel_refusal(message.milestone, *parcel);
    if (refusal.empty()) {
      still.push_back(id);
    } else {
      why = refusal;
    }
  }
  return still;
}

bool knows_all(const std::vector<std::string>& about, const OrderNow& now) {
  return std::all_of(about.begin(), about.end(), [&](const std::string& id) { return find_parcel(now, id) != nullptr; });
}

MessagePlan plan_parcels(const WaitingMessage& mine, const std::vector<WaitingMessage>& others, const OrderNow& now) {
  MessagePlan plan;
  plan.milestone = mine.milestone;
  plan.why = "there is no parcel to tell of";
  plan.about = true_parcels(mine, now, plan.why);
  if (plan.about.empty()) return plan;
  plan.tell = true;
  for (const WaitingMessage& other : others) {
    if (!same_kind(mine.milestone, other.milestone) || other.about.empty() || !knows_all(other.about, now)) continue;
    std::string ignored;
    for (const std::string& id : true_parcels(other, now, ignored)) {
      if (std::find(plan.about.begin(), plan.about.end(), id) == plan.about.end()) plan.about.push_back(id);
    }
    plan.merged.push_back(other.id);
  }
  if (same_kind(mine.milestone, Milestone::shipped)) {
    const bool all = now.status == OrderStatus::shipped || now.status == OrderStatus::delivered || now.status == OrderStatus::closed;
    plan.milestone = all ? Milestone::shipped : Milestone::partly_shipped;
  }
  return plan;
}

// A return or a refund: true while its state is one of `states`.
std::string subject_refusal(const WaitingMessage& mine, const std::vector<SubjectNow>& subjects,
                            std::initializer_list<std::string_view> states) {
  if (mine.about.empty()) return "there is nothing to tell of";
  const auto found = std::find_if(subjects.begin(), subjects.end(), [&](const SubjectNow& one) { return one.id == mine.about.front(); });
  if (found == subjects.end()) return mine.about.front() + " is unknown";
  if (!is_one_of(found->state, states)) return found->id + " is " + found->state;
  const bool of_one = mine.about.size() > 1 && !found->which.empty();
  return of_one && found->which != mine.about[1] ? found->id + " is now about " + found->which : "";
}

std::string order_refusal(const WaitingMessage& mine, const OrderNow& now) {
  switch (mine.milestone) {
    case Milestone::order_received:
      return now.status == OrderStatus::canceled ? "the order is canceled" : "";
    case Milestone::order_canceled:
      return now.status == OrderStatus::canceled || now.anything_canceled ? "" : "nothing is canceled";
    case Milestone::return_approved:
    case Milestone::label_expires:
    case Milestone::pickup_failed:
      return subject_refusal(mine, now.returns, {"approved"});
    case Milestone::return_received:
      return subject_refusal(mine, now.returns, {"partly_received", "received", "closed"});
    case Milestone::refund_paid:
      return subject_refusal(mine, now.refunds, {"succeeded"});
    case Milestone::exchange_reserved:
      return subject_refusal(mine, now.exchanges, {"awaiting_goods"});
    case Milestone::exchange_payment_due:
      return subject_refusal(mine, now.exchanges, {"awaiting_payment"});
    case Milestone::exchange_released:
      return subject_refusal(mine, now.exchanges, {"released", "customer_owes", "completed"});
    case Milestone::exchange_canceled:
      return subject_refusal(mine, now.exchanges, {"canceled"});
    case Milestone::claim_opened:
      return subject_refusal(mine, now.claims, {"opened", "assessing"});
    case Milestone::claim_goods_wanted:
      return subject_refusal(mine, now.claims, {"awaiting_goods"});
    case Milestone::claim_accepted:
      return subject_refusal(mine, now.claims, {"accepted", "closed"});
    case Milestone::claim_rejected:
      return subject_refusal(mine, now.claims, {"rejected", "closed"});
    case Milestone::claim_in_repair:
      return subject_refusal(mine, now.claims, {"in_repair"});
    case Milestone::claim_sent_back:
      return subject_refusal(mine, now.claims, {"sent_back", "closed"});
    default:
      return "";
  }
}

}  // namespace

MessagePlan plan_message(const WaitingMessage& mine, const std::vector<WaitingMessage>& others, const OrderNow& now) {
  if (is_about_parcels(mine.milestone)) return plan_parcels(mine, others, now);
  MessagePlan plan;
  plan.milestone = mine.milestone;
  plan.about = mine.about;
  plan.why = order_refusal(mine, now);
  plan.tell = plan.why.empty();
  return plan;
}

}  // namespace roundtrip::domain
