// Disputes of payments, and which merchant's payment or refund a gateway speaks of.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/disputes.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct DisputeRow {
  DisputeId id;
  OrderId order;
  PaymentId payment;
  std::string gateway, reference, currency, reason;
  domain::DisputeState state = domain::DisputeState::inquiry;
  std::int64_t amount = 0;
  Instant opened_at, updated_at;
};

// Whose something is. A gateway's account serves all merchants of an installation, and its events name none.
struct PaymentPlace {
  MerchantId merchant;
  OrderId order;
  PaymentId payment;
  std::string currency;
};
// Each asks every merchant's index.
std::optional<PaymentPlace> payment_of_gateway(Queryable& db, const std::string& gateway, const std::string& reference);
std::optional<PaymentPlace> payment_of_dispute(Queryable& db, const std::string& gateway, const std::string& reference);
struct RefundPlace {
  MerchantId merchant;
  RefundId refund;
};
std::optional<RefundPlace> refund_of_gateway(Queryable& db, const std::string& gateway, const std::string& gateway_reference);

// FOR UPDATE; after the order's lock.
std::optional<DisputeRow> lock_dispute(Transaction& tx, MerchantId merchant, const std::string& gateway, const std::string& reference);
DisputeId insert_dispute(Transaction& tx, MerchantId merchant, const DisputeRow& row);
// Queues state, amount, reason and time.
void save_dispute(Transaction& tx, MerchantId merchant, const DisputeRow& row);
// Queues a change of what disputes took from a payment.
void move_charged_back(Transaction& tx, MerchantId merchant, OrderId order, PaymentId payment, std::int64_t amount);
// The open dispute of a payment, if there is one.
std::optional<DisputeId> open_dispute_of(Queryable& db, MerchantId merchant, OrderId order, PaymentId payment);
std::vector<DisputeRow> disputes_of_order(Queryable& db, MerchantId merchant, OrderId order);

}  // namespace roundtrip::store
