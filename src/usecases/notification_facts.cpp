// An order as it is now -> the facts of one message. Pure.
#include <algorithm>
#include <map>

#include "messages/locale.hpp"
#include "usecases/notifications.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Milestone;

std::map<LineId, const LineView*> lines_by_id(const OrderView& order) {
  std::map<LineId, const LineView*> lines;
  for (const LineView& line : order.lines) lines[line.id] = &line;
  return lines;
}

messages::Item item_of(const LineView& line, std::int64_t quantity) { return {line.description, line.sku, quantity, line.image_url}; }

// One item per goods line with the quantity that `count` gives; lines without any are left out.
template <class Count>
std::vector<messages::Item> goods(const OrderView& order, const Count& count) {
  std::vector<messages::Item> items;
  for (const LineView& line : order.lines) {
    const std::int64_t quantity = line.goods ? count(line) : 0;
    if (quantity > 0) items.push_back(item_of(line, quantity));
  }
  return items;
}

std::vector<const ParcelView*> parcels_told(const OrderView& order, const std::vector<std::string>& about) {
  std::vector<const ParcelView*> parcels;
  for (const ShipmentView& shipment : order.shipments) {
    for (const ParcelView& parcel : shipment.parcels) {
      if (std::find(about.begin(), about.end(), to_text(parcel.id)) != about.end()) parcels.push_back(&parcel);
    }
  }
  return parcels;
}

messages::ParcelFacts parcel_facts(const OrderView& order, const ParcelView& parcel, Instant now) {
  const auto lines = lines_by_id(order);
  messages::ParcelFacts facts{parcel.carrier, parcel.tracking_number, parcel.promised_at, {}};
  if (facts.expected_at && *facts.expected_at < now) facts.expected_at.reset();
  for (const ParcelItemView& item : parcel.items) {
    const auto line = lines.find(item.line);
    facts.items.push_back(line == lines.end() ? messages::Item{"", item.sku, item.quantity, ""} : item_of(*line->second, item.quantity));
  }
  return facts;
}

void add_parcel_facts(messages::Facts& facts, const OrderView& order, const domain::MessagePlan& plan, Instant now) {
  for (const ParcelView* parcel : parcels_told(order, plan.about)) {
    facts.parcels.push_back(parcel_facts(order, *parcel, now));
    facts.parcel_status = parcel->status;
    facts.reason = parcel->reason;
    if (parcel->delivered_at && (!facts.happened_at || *facts.happened_at < *parcel->delivered_at))
      facts.happened_at = parcel->delivered_at;
  }
  if (plan.milestone == Milestone::partly_shipped) {
    facts.still_to_come = goods(order, [](const LineView& line) { return line.quantity - line.canceled - line.shipped; });
  }
}

void add_return_facts(messages::Facts& facts, const OrderView& order, const domain::MessagePlan& plan) {
  const auto lines = lines_by_id(order);
  for (const ReturnView& one : order.returns) {
    if (plan.about.empty() || to_text(one.id) != plan.about.front()) continue;
    facts.return_code = one.code;
    facts.label_expires_at = one.label_expires_at;
    facts.happened_at = one.received_at;
    for (const ReturnLineView& line : one.lines) {
      const std::int64_t quantity = plan.milestone == Milestone::return_received ? line.received : line.announced;
      const auto found = lines.find(line.line);
      if (quantity > 0)
        facts.items.push_back(found == lines.end() ? messages::Item{"", line.sku, quantity, ""} : item_of(*found->second, quantity));
    }
    if (plan.milestone != Milestone::return_received) continue;
    for (const RefundView& refund : order.refunds) {
      if (refund.return_id != one.id || refund.state == "denied" || refund.state == "failed" || refund.state == "reversed") continue;
      facts.amount =
          facts.amount.value_or(domain::Money{0, {refund.currency}}) + domain::Money{refund.amount + refund.bonus, {refund.currency}};
    }
  }
}

void add_refund_facts(messages::Facts& facts, const OrderView& order, const domain::MessagePlan& plan) {
  for (const RefundView& refund : order.refunds) {
    if (plan.about.empty() || to_text(refund.id) != plan.about.front()) continue;
    facts.amount = domain::Money{refund.amount + refund.bonus, {refund.currency}};
    facts.happened_at = refund.settled_at;
  }
}

void add_exchange_facts(messages::Facts& facts, const OrderView& order, const domain::MessagePlan& plan) {
  for (const ReturnView& one : order.returns) {
    if (!one.exchange || plan.about.empty() || to_text(one.id) != plan.about.front()) continue;
    const ExchangeView& exchange = *one.exchange;
    facts.return_code = one.code;
    facts.replacement_number = exchange.replacement_number;
    for (const auto& line : exchange.lines) facts.items.push_back({line.description, line.sku, line.quantity, ""});
    const std::int64_t amount = plan.milestone == Milestone::exchange_payment_due ? exchange.owed : exchange.to_pay_back;
    if (amount > 0) facts.amount = domain::Money{amount, {exchange.currency}};
  }
}

void add_claim_facts(messages::Facts& facts, const OrderView& order, const domain::MessagePlan& plan) {
  const auto lines = lines_by_id(order);
  for (const ClaimView& claim : order.claims) {
    if (plan.about.empty() || to_text(claim.id) != plan.about.front()) continue;
    facts.claim_number = to_text(claim.id);
    facts.claim_kind = claim.kind;
    facts.claim_outcome = claim.outcome;
    facts.replacement_number = claim.replacement_number;
    facts.answer = claim.decision_note;
    facts.expected_at = claim.repair_by;
    if (plan.milestone == Milestone::claim_sent_back && !claim.tracking_number.empty())
      facts.parcels.push_back({claim.carrier, claim.tracking_number, std::nullopt, {}});
    for (const auto& line : claim.lines) {
      const auto found = lines.find(line.line);
      facts.items.push_back(found == lines.end() ? messages::Item{line.description, line.sku, line.quantity, ""}
                                                 : item_of(*found->second, line.quantity));
    }
  }
}

}  // namespace

domain::OrderNow order_now(const OrderView& order) {
  domain::OrderNow now;
  now.status = order.status;
  for (const LineView& line : order.lines) now.anything_canceled = now.anything_canceled || line.canceled > 0;
  for (const ShipmentView& shipment : order.shipments) {
    for (const ParcelView& parcel : shipment.parcels) {
      now.parcels.push_back({to_text(parcel.id), parcel.state == "handed_over", parcel.status, parcel.delayed});
    }
  }
  for (const ReturnView& one : order.returns) {
    now.returns.push_back({to_text(one.id), one.status});
    if (!one.exchange) continue;
    const auto& replacement = one.exchange->replacement;
    now.exchanges.push_back({to_text(one.id), one.exchange->state, replacement ? to_text(*replacement) : ""});
  }
  for (const ClaimView& one : order.claims)
    now.claims.push_back({to_text(one.id), one.state, one.repair_by ? format_rfc3339(*one.repair_by) : ""});
  for (const RefundView& one : order.refunds) now.refunds.push_back({to_text(one.id), one.state});
  return now;
}

messages::Facts facts_of(const OrderView& order, const domain::MessagePlan& plan, Instant now) {
  messages::Facts facts;
  facts.milestone = plan.milestone;
  facts.locale = order.customer.locale;
  facts.time_zone = messages::is_time_zone(order.customer.time_zone) ? order.customer.time_zone : "UTC";
  facts.customer_name = order.customer.name;
  facts.order_number = order.external_id;
  const domain::Address& to = order.ship_to;
  facts.ship_to = {to.name, to.line2.empty() ? to.line1 : to.line1 + ", " + to.line2, to.city, to.region, to.postal_code, to.country};
  switch (plan.milestone) {
    case Milestone::order_received:
      facts.items = goods(order, [](const LineView& line) { return line.quantity - line.canceled; });
      facts.expected_at = order.promised_deliver_at;
      facts.total = domain::Money{order.total, {order.currency}};
      break;
    case Milestone::order_canceled:
      facts.items = goods(order, [](const LineView& line) { return line.canceled; });
      facts.all_canceled = order.status == domain::OrderStatus::canceled;
      break;
    case Milestone::partly_shipped:
    case Milestone::shipped:
    case Milestone::out_for_delivery:
    case Milestone::delivered:
    case Milestone::delivery_failed:
    case Milestone::delayed:
    case Milestone::never_collected:
      add_parcel_facts(facts, order, plan, now);
      break;
    case Milestone::return_approved:
    case Milestone::return_received:
    case Milestone::label_expires:
    case Milestone::pickup_failed:
      add_return_facts(facts, order, plan);
      break;
    case Milestone::refund_paid:
      add_refund_facts(facts, order, plan);
      break;
    default:  // exchanges, claims, and what tells no facts of its own
      add_exchange_facts(facts, order, plan);
      add_claim_facts(facts, order, plan);
      break;
  }
  return facts;
}

}  // namespace roundtrip::usecases
