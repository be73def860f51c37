// Refunds: request inside the transaction of what caused them, pay through the gateway once, settle.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "clients/gateway.hpp"
#include "domain/policy.hpp"
#include "store/jobs.hpp"
#include "store/refunds.hpp"
#include "usecases/context.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {

struct RefundUnits {
  LineId line;
  std::int64_t units = 0;  // newly accepted (or canceled) units of the line
};

// Releases the units' shares (law 2), splits them over the order's payments, never above what was
// captured (law 3), writes refunds (state requested), ledger, timeline and jobs - inside the caller's
// transaction; the order is locked. `key` makes it the same refund ("return:ret_1:2", "cancel:ord_1:1").
// Gives the refunds made; empty when nothing is left to pay.
std::vector<RefundId> request_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, const std::string& key,
                                     const std::string& reason, std::optional<ReturnId> return_id, const std::vector<RefundUnits>& units);

// What a policy and the customer's choice say about the money of one refund.
struct RefundTerms {
  domain::Deductions deductions;
  std::optional<std::int64_t> approval_limit;
  std::vector<domain::DestinationShare> destinations = {};  // in order; what they leave goes back the way it was paid
  int bonus_basis_points = 0;                               // on top of what goes to store credit
  domain::RefundOrder order = domain::RefundOrder::money_first;
  std::int64_t delay_us = 0;  // between the request and the payment; it can be denied until then
};
// Everything to store credit with the policy's bonus (no upper bound), or into an exchange of at most this value.
std::vector<domain::DestinationShare> all_to(domain::RefundDestination destination, std::int64_t at_most = INT64_MAX);
// Nothing is kept, and nothing waits but for a second person.
RefundTerms plain_terms(const domain::Policy& policy);
// The same with a return's terms (fees, approval limit); request_refund takes the plain
// ones of the merchant's newest policy.
std::vector<RefundId> request_refund_under(store::Transaction& tx, const Context& context, store::OrderHead& head, const std::string& key,
                                           const std::string& reason, std::optional<ReturnId> return_id,
                                           const std::vector<RefundUnits>& units, const RefundTerms& terms);

// The money of a refund before anything is written: the one calculation behind preview and request.
struct RefundPlan {
  std::vector<store::Release> lines;
  domain::Components due;                 // after fees
  std::vector<domain::RefundPart> parts;  // by payment; less than due when less was captured
  domain::Components payable() const;     // the parts' sum
  std::int64_t bonus() const;             // on top of it
};
// Throws std::logic_error for units a line does not have.
RefundPlan plan_refund(const std::vector<store::LineMoneyRow>& lines, const std::vector<store::PaymentRow>& payments,
                       const std::vector<RefundUnits>& units, const RefundTerms& terms, std::int64_t credited_before = 0);

std::vector<LineId> lines_of(const std::vector<RefundUnits>& units);

Result<RefundView> read_refund(const Context& context, RefundId refund);

struct RefundLineView {
  LineId line;
  std::int64_t units = 0;
  domain::Components released;
};
struct LedgerEntryView {
  std::string posting, account, currency;
  std::int64_t amount = 0;
  Instant posted_at;
};
// The refund with the lines that released it and its ledger entries.
struct RefundDetail {
  RefundView refund;
  std::vector<RefundLineView> lines;
  std::vector<LedgerEntryView> ledger;
};
Result<RefundDetail> read_refund_detail(const Context& context, RefundId refund);

struct RefundPage {
  std::vector<RefundView> items;
  std::optional<RefundId> next;  // ask again after this one
};
// Refunds that are not over, or in one state; oldest first. `state` is checked.
Result<RefundPage> list_refunds(const Context& context, const std::optional<std::string>& state, RefundId after, int limit);

// A second person lets a refund above the limit go. Refused for whoever requested it.
Result<RefundView> approve_refund(const Context& context, RefundId refund);
// Denies a requested refund: the payment's reservation is freed; the shares go back when every refund of
// the same cause is denied.
Result<RefundView> deny_refund(const Context& context, RefundId refund, const std::string& reason);
// Tries a failed, waiting or doubtful refund again, with its key.
Result<RefundView> retry_refund(const Context& context, RefundId refund);
// A person has paid it out by hand: one that waits for that, or that the gateway refused for good.
Result<RefundView> mark_refund_paid(const Context& context, RefundId refund, const std::string& reference);

// A gateway that cannot be asked, or that nobody gets an answer out of, has kept a submitted (or doubtful) refund for longer than
// refunds.answer_hours; or it said otherwise than a person who had settled it. A person who has looked there says what is: `outcome` is
// "succeeded" (with the gateway's reference) or "failed". Refused before that time (conflict, refund_answer_awaited).
Result<RefundView> settle_refund_by_hand(const Context& context, RefundId refund, const std::string& outcome, const std::string& reference);

// Pays again what failed for good or came back after it was paid: a new refund with a key of its own replaces it (the old key would give
// the old answer). To where it went, or to store credit. Above the approval limit a second person is needed again.
Result<RefundView> pay_refund_again(const Context& context, RefundId refund, const std::optional<std::string>& destination);
// Lets a refund go that is held for a dispute; a person has made sure that the payer is not paid twice.
Result<RefundView> release_refund(const Context& context, RefundId refund);

// A gateway told us of a dispute: it is booked, refunds of the payment that were not sent are held, and its end ends that. News that
// is older than what is known changes nothing.
Done take_dispute(store::Database& db, const std::string& gateway, const clients::DisputeNews& news, Instant now);

// What the refunder does next with a job.
struct PayOutcome {
  bool over = true;                      // the job was finished in the transaction that recorded the outcome
  std::optional<std::int64_t> after_us;  // not over: due again then, or after the growing pause
  std::string why;
};
// Pays one refund: saves `submitted` and its key, commits, asks the gateway outside a transaction (a refund
// that was submitted before is looked up first and sent again, with the same key, only when the gateway
// does not know it), and records the answer in one transaction with the job. Safe to run twice at once. A gateway that takes it and
// does not tell its end within `answer_within_us` wants a person.
inline constexpr std::int64_t kAnswerWithin = 48 * kHour;  // the default of refunds.answer_hours
PayOutcome pay_refund(store::Database& db, clients::Gateways& gateways, const store::Job& job, Instant now,
                      std::int64_t answer_within_us = kAnswerWithin);

// The job was given up after its last attempt: said on the order's timeline, so that a person sees it.
void note_refund_given_up(store::Database& db, const store::Job& job, const std::string& why, Instant now);

// A gateway told us about a refund (signature checked by the caller). Events about others are ignored. One that failed after it had
// succeeded is reversed: the payment's room is free again and a person decides how to pay. Nothing changes what a person settled in the
// gateway's stead; where it disagrees, that is noted and wants a person.
Done settle_by_event(store::Database& db, const std::string& gateway, const clients::GatewayEvent& event, Instant now);

}  // namespace roundtrip::usecases
