// Refunds, the payments they draw on, what they released of the order's lines, and the ledger beside them.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/refunds.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct RefundRow {
  RefundId id;
  OrderId order;
  std::optional<ReturnId> return_id;
  PaymentId payment;
  std::string key;          // refund_key: release key + "/" + payment
  std::string gateway_key;  // what the gateway is told as idempotency key
  std::string reason;       // return, cancellation
  std::string currency;
  domain::Components components;
  std::int64_t bonus = 0;  // on top, to store credit only
  domain::RefundDestination destination = domain::RefundDestination::original;
  domain::RefundState state = domain::RefundState::requested;
  bool approval_needed = false;
  std::string held;              // why it must not be sent now; empty: it may
  std::string hold_released_by;  // who let it go in spite of that
  std::string approved_by;
  std::string gateway, payment_reference, gateway_reference, last_error, requested_by;
  Instant requested_at;
  std::optional<Instant> submitted_at, settled_at;
  std::optional<RefundId> replaced_by;
  std::optional<Instant> due_at;         // not paid before
  std::optional<Instant> answer_due_at;  // submitted and not settled by then: a person is asked
  std::string settled_by;                // who settled it in the gateway's stead
  std::string disagreement;              // what the gateway said after that

  std::string release_key() const { return key.substr(0, key.rfind('/')); }
};

struct PaymentRow {
  PaymentId id;
  std::string gateway, reference;
  std::int64_t captured = 0, refunded = 0;
  std::int64_t charged_back = 0;  // lost in disputes
  std::int64_t room() const { return std::max<std::int64_t>(0, captured - refunded - charged_back); }
};
// The refunds that a release key has made already.
std::vector<RefundId> refunds_with_key(Queryable& db, MerchantId merchant, OrderId order, const std::string& release_key);

struct LineMoneyRow {
  LineId line;
  domain::LineMoney money;
  std::int64_t awaiting = 0;  // units announced in returns and not yet accepted: what will be released before a new return
};
// What a refund is computed from. Read with the order locked, nobody else moves it.
struct RefundGrounds {
  bool released_before = false;      // the release key was used
  std::vector<LineMoneyRow> lines;   // the wanted ones that exist, in the order's order
  std::vector<PaymentRow> payments;  // in order
  std::vector<RefundId> ids;         // fresh, one for each part that a split can have; none without a key
  std::int64_t credited_before = 0;  // of the return: what went to store credit, without bonus
};
// One round trip. An empty key asks for a preview.
RefundGrounds refund_grounds(Queryable& db, MerchantId merchant, OrderId order, const std::vector<LineId>& lines,
                             const std::string& release_key, std::optional<ReturnId> return_id, std::size_t destinations);

struct Release {
  LineId line;
  std::int64_t units = 0;
  domain::Components components;
};
// A fresh id, and what a payment can still give back (below zero: more left than came in).
RefundId next_refund_id(Queryable& db);
std::int64_t payment_room(Queryable& db, MerchantId merchant, OrderId order, PaymentId payment);
// Queues which refund pays again what this one did not.
void replace_refund(Transaction& tx, MerchantId merchant, RefundId old, RefundId fresh);
// Queues the refund lines and moves the order lines' released counters on.
void save_release(Transaction& tx, MerchantId merchant, OrderId order, const std::string& release_key, const std::vector<Release>& lines);
std::vector<Release> release_of(Queryable& db, MerchantId merchant, OrderId order, const std::string& release_key);
// Gives a release back to the order's lines, once.
void take_back_release(Transaction& tx, MerchantId merchant, OrderId order, const std::string& release_key, Instant now);

// Queues the new refund (with an id of refund_grounds) and the reservation of its amount on the payment.
void insert_refund(Transaction& tx, MerchantId merchant, const RefundRow& row);
// Queues a change of payments.refunded; the CHECK never_pay_more holds law 3.
void move_refunded(Transaction& tx, MerchantId merchant, OrderId order, PaymentId payment, std::int64_t amount);

std::optional<OrderId> order_of_refund(Queryable& db, MerchantId merchant, RefundId id);
std::optional<RefundRow> find_refund(Queryable& db, MerchantId merchant, RefundId id);
// FOR UPDATE; after the order's lock.
std::optional<RefundRow> lock_refund(Transaction& tx, MerchantId merchant, RefundId id);
// Queues state, approval, hold, references, error, times and what a person said in the gateway's stead.
void save_refund(Transaction& tx, MerchantId merchant, const RefundRow& row);
std::vector<RefundRow> refunds_of_order(Queryable& db, MerchantId merchant, OrderId order);
// Refunds that are not over (or in one state), oldest first, with id > after.
std::vector<RefundRow> open_refunds(Queryable& db, MerchantId merchant, std::optional<domain::RefundState> state, RefundId after,
                                    int limit);

struct LedgerEntry {
  std::string posting, account, currency;
  std::int64_t amount = 0;  // debit positive
  Instant posted_at;
};
struct PostingLine {
  std::string_view account;
  std::int64_t amount = 0;  // debit positive
};
// Queues one posting; lines of 0 are left out. Throws std::logic_error when it does not sum to zero. A posting exists once.
void post_to_ledger(Transaction& tx, MerchantId merchant, std::optional<OrderId> order, const std::string& posting,
                    const std::vector<PostingLine>& lines, const std::string& currency, Instant now);
// The account that a payment of this gateway was captured into.
std::string_view account_of_gateway(std::string_view gateway);
std::vector<LedgerEntry> ledger_of_order(Queryable& db, MerchantId merchant, OrderId order);

// Sentences about money that does not add up: postings that do not sum to zero, payments whose counter is not
// the sum of their refunds, ledger accounts that disagree with refunds. Empty: all is well.
std::vector<std::string> money_faults(Queryable& db, MerchantId merchant);

}  // namespace roundtrip::store
