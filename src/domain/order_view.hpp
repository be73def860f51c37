// Everything about one order in one value, as the API, the desk, the customer's pages and mails show it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/claims.hpp"
#include "domain/orders.hpp"

namespace roundtrip::domain {

struct LineView {
  LineId id;
  int position = 0;
  std::string external_id, sku, description;
  bool goods = true;
  std::int64_t quantity = 0, unit_price = 0, discount = 0, tax = 0;  // as sent
  FrozenLine frozen;
  std::int64_t canceled = 0, shipped = 0, delivered = 0, announced = 0, returned = 0, released_units = 0;
  std::int64_t credited = 0;  // taken back by imported cancellations: settled elsewhere, not returnable
  std::string image_url;
};

struct ParcelItemView {
  LineId line;
  std::string sku;
  std::int64_t quantity = 0;
};

struct ParcelView {
  ParcelId id;
  ShipmentId shipment;
  std::string code;                                        // what its label carries
  std::string state;                                       // open closed handed_over canceled
  std::string status;                                      // tracking status
  std::string reason;                                      // of the tracking status
  std::string carrier, account, service, tracking_number;  // empty: none yet
  std::string label;                                       // state of the label bought for it (BookingState); empty: our own
  std::string label_error;                                 // why there is none, or why it could not be given back
  std::optional<int> weight_g;
  std::optional<Instant> closed_at, handed_over_at, delivered_at, promised_at, last_checked_at, last_success_at, next_check_at;
  std::optional<Instant> last_push_at, subscribed_until;
  bool delayed = false, stalled = false, never_collected = false;
  bool attended = false;  // lost or without news, and a person has dealt with it
  std::string silence;    // why there is no news (domain::Silence); empty: there is
  std::vector<ParcelItemView> items;
};

struct ShipmentLineView {
  LineId line;
  std::string sku;
  std::int64_t quantity = 0, picked = 0, packed = 0;
};

struct ShipmentView {
  ShipmentId id;
  std::string code;
  std::string status, reason;
  std::string warehouse;
  Instant ship_by;
  std::optional<Instant> handed_over_at;
  std::vector<ShipmentLineView> lines;
  std::vector<ParcelView> parcels;
};

struct RefundView {
  RefundId id;
  OrderId order;
  std::optional<ReturnId> return_id;
  PaymentId payment;
  std::string state, reason, gateway, gateway_reference, last_error;
  std::string destination = "original";  // original store_credit exchange
  std::string held;                      // why it is not sent now
  std::int64_t amount = 0, price = 0, discount = 0, tax = 0, shipping = 0, fees = 0;
  std::int64_t bonus = 0;  // on top of amount, to store credit
  std::string currency;
  bool approval_needed = false;
  Instant requested_at;
  std::optional<Instant> due_at;  // the policy lets it wait until then
  std::optional<Instant> submitted_at, settled_at;
  std::optional<Instant> answer_due_at;  // submitted and not settled by then: a person may settle it
  std::string disagreement;              // what the gateway said after a person had settled it otherwise
};

struct ReturnLineView {
  LineId line;
  std::string sku, reason, note;
  std::int64_t announced = 0, received = 0, accepted = 0, rejected = 0;
  std::string reception, acceptance, disposition;
  std::int64_t owed = 0;  // units whose money went ahead and that were not accepted
};

struct ExchangeLineView {
  std::optional<LineId> line;  // of the order, which it stands for
  std::string sku, description;
  std::int64_t quantity = 0, unit_price = 0, discount = 0, tax = 0;
};

// What a customer gets instead of what a return brings back, and who owes whom.
struct ExchangeView {
  ReturnId return_id;
  OrderId order;
  std::optional<OrderId> replacement;  // the order that is sent
  std::string order_number, customer_name, return_status;
  std::string replacement_number, replacement_status;
  int replacement_generation = 0;  // of its links
  std::string state, trigger, currency, reason;
  std::int64_t total = 0;   // what the replacement costs
  std::int64_t credit = 0;  // what the returned goods bring when all of them are accepted
  std::int64_t paid = 0;    // what the replacement's payments hold
  std::int64_t let_go = 0;
  std::int64_t owed = 0;         // by the customer, now
  std::int64_t to_pay_back = 0;  // to the customer, when everything is accepted
  std::vector<ExchangeLineView> lines;
  Instant created_at, updated_at;
  std::optional<Instant> released_at, ended_at;
};

struct ClaimLineView {
  LineId line;
  std::string sku, description;
  std::int64_t quantity = 0;
};

struct ClaimView {
  ClaimId id;
  OrderId order;
  std::string order_number, customer_name, currency;
  std::string kind, state, wish, outcome, note, decision_note, opened_by, decided_by;
  std::string waits_for;           // shop, customer or nobody
  std::vector<std::string> steps;  // what can happen next (domain::ClaimEvent)
  std::optional<ParcelId> parcel;
  std::optional<ReturnId> return_id;
  std::optional<OrderId> replacement;
  std::string replacement_number, carrier, tracking_number;
  int replacement_generation = 0;  // of its links
  Instant opened_at, updated_at;
  std::optional<Instant> decided_at, repair_by, sent_back_at, closed_at, turned_up_at;
  std::vector<ClaimLineView> lines;
  std::vector<RefundId> refunds;
};

struct ReturnView {
  ReturnId id;
  OrderId order;
  std::string code, kind, outcome, status, decline_reason;
  std::string decision;  // JSON trace of the policy
  std::string carrier, tracking_number;
  std::string suggestion;  // undeliverable: refund, resend, inspect
  Instant created_at;
  std::optional<Instant> label_expires_at, received_at;
  std::vector<ReturnLineView> lines;
  std::vector<RefundId> refunds;
  std::optional<ExchangeView> exchange;
};

struct PaymentView {
  PaymentId id;
  std::string gateway, reference;
  std::int64_t captured = 0, refunded = 0;
};

// Everything about one order, as GET /v1/orders/{id}, the desk and the customer's pages show it.
struct OrderView {
  OrderId id;
  std::int64_t version = 0;  // the timeline's length; the ETag
  std::string external_id, kind, currency, service, warehouse;
  OrderStatus status = OrderStatus::open;
  Instant placed_at, received_at, updated_at;
  std::optional<std::string> hold_reason;
  std::optional<Instant> held_until, promised_ship_at, promised_deliver_at;
  Customer customer;
  Address ship_to;
  std::int64_t shipping_amount = 0, shipping_tax = 0, discount = 0, total = 0;
  std::int64_t captured = 0, refunded = 0;  // refunded: succeeded only
  std::int64_t refundable = 0;              // captured less everything requested, submitted, in doubt or succeeded
  int link_generation = 1;
  std::vector<LineView> lines;
  std::vector<PaymentView> payments;
  std::vector<ShipmentView> shipments;
  std::vector<ReturnView> returns;
  std::vector<ClaimView> claims;
  std::vector<RefundView> refunds;
};

// An order in a list.
struct OrderSummary {
  OrderId id;
  std::string external_id, status, customer_name, currency;
  std::int64_t total = 0;
  Instant placed_at, updated_at;
  std::optional<std::string> hold_reason;
  std::optional<Instant> promised_ship_at;
};

}  // namespace roundtrip::domain
