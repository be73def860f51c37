// Exchanges as rows, and the money of their replacements.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/exchanges.hpp"
#include "domain/orders.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct ExchangeRow {
  ReturnId return_id;
  OrderId order;
  std::optional<OrderId> replacement;
  domain::ExchangeState state = domain::ExchangeState::requested;
  std::string trigger, currency;
  std::string wanted = "{}";  // JSON: the replacement's lines as priced
  std::int64_t total = 0, credit = 0, let_go = 0;
  std::optional<Instant> carrier_scanned_at, sent_early_at;
  std::string reason;
  Instant created_at, updated_at;
  std::optional<Instant> released_at, ended_at;
};

void insert_exchange(Transaction& tx, MerchantId merchant, const ExchangeRow& row);
// Queues everything but what was asked for.
void save_exchange(Transaction& tx, MerchantId merchant, const ExchangeRow& row);
// Queues. The replacement stays, with what its timeline says.
void remove_exchange(Transaction& tx, MerchantId merchant, ReturnId id);
// FOR UPDATE; after the lock of the return's order.
std::optional<ExchangeRow> lock_exchange(Transaction& tx, MerchantId merchant, ReturnId id);

// The replacement as its money and goods are now; read with its order locked.
struct ReplacementState {
  std::int64_t total = 0;    // of the units that are neither canceled nor returned
  std::int64_t held = 0;     // captured less refunded, over its payments
  std::int64_t brought = 0;  // of what was captured: by accepted units of the return
  bool left = false;         // a unit was handed over
  bool canceled = false;
};
ReplacementState replacement_state(Queryable& db, MerchantId merchant, OrderId replacement);

// What the exchange and its replacement look like together.
struct StoredExchange {
  ExchangeRow row;
  std::string order_number, customer_name, replacement_number, replacement_status, return_status;
  int replacement_generation = 0;  // of its links
  ReplacementState replacement;
  bool goods_open = false;
};
std::optional<StoredExchange> find_exchange(Queryable& db, MerchantId merchant, ReturnId id);
std::vector<StoredExchange> exchanges_of_order(Queryable& db, MerchantId merchant, OrderId order);
// In one state, oldest first, with a return's id above `after`; those that are not over when there is none.
std::vector<StoredExchange> list_exchanges(Queryable& db, MerchantId merchant, std::optional<domain::ExchangeState> state, ReturnId after,
                                           int limit);
// The replacements of these returns, where there are any: to be locked with the returns' orders, all in the order of their ids.
std::vector<OrderId> replacements_of(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& returns);

// What a replacement takes from the order it stands for: customer, address, service, warehouse and currency; no lines.
struct ReplacedOrder {
  domain::NewOrder order;
  int replacements = 0;  // made for it before
};
std::optional<ReplacedOrder> order_to_replace(Queryable& db, MerchantId merchant, OrderId order);
struct AddedPayment {
  std::string gateway, reference;
  std::int64_t captured = 0;
};
// A further payment of an order: the row, its capture in the ledger and the order's sum.
PaymentId add_payment(Transaction& tx, MerchantId merchant, OrderId order, const AddedPayment& payment, const std::string& currency,
                      Instant now);
// The amount of the order's payment with this gateway and reference.
std::optional<std::int64_t> payment_with_reference(Queryable& db, MerchantId merchant, OrderId order, const std::string& gateway,
                                                   const std::string& reference);

struct ExchangeRefund {
  RefundId id;
  std::string gateway;  // where its money was captured
  std::int64_t amount = 0;
};
// Those of the refunds that went to an exchange.
std::vector<ExchangeRefund> refunds_to_exchange(Queryable& db, MerchantId merchant, const std::vector<RefundId>& refunds);

// Exchanges that are not over although their replacement was canceled.
std::vector<ReturnId> stray_exchanges(Queryable& db, MerchantId merchant, int limit);

}  // namespace roundtrip::store
