// The returns policy of a merchant, and the one pure function that decides by it and explains every step.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/inspections.hpp"
#include "domain/refunds.hpp"
#include "domain/returns.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class FreightPayer { merchant, customer };
inline constexpr Word<FreightPayer> kFreightPayers[] = {{FreightPayer::merchant, "merchant"}, {FreightPayer::customer, "customer"}};
inline std::string_view to_text(FreightPayer payer) { return word_of(kFreightPayers, payer); }
inline std::optional<FreightPayer> parse_freight_payer(std::string_view text) { return value_of(kFreightPayers, text); }

// What makes the refund due: the carrier's first scan of the parcel on its way back (money goes ahead of the goods), the label's scan at
// our station, or a look at each item.
enum class RefundTrigger { carrier_scan, warehouse_scan, inspection };
inline constexpr Word<RefundTrigger> kRefundTriggers[] = {{RefundTrigger::carrier_scan, "carrier_scan"},
                                                          {RefundTrigger::warehouse_scan, "warehouse_scan"},
                                                          {RefundTrigger::inspection, "inspection"}};
inline std::string_view to_text(RefundTrigger trigger) { return word_of(kRefundTriggers, trigger); }
inline std::optional<RefundTrigger> parse_refund_trigger(std::string_view text) { return value_of(kRefundTriggers, text); }

// What lets the replacement of an exchange leave.
enum class ExchangeTrigger { approval, carrier_scan, warehouse_scan };
inline constexpr Word<ExchangeTrigger> kExchangeTriggers[] = {{ExchangeTrigger::approval, "approval"},
                                                              {ExchangeTrigger::carrier_scan, "carrier_scan"},
                                                              {ExchangeTrigger::warehouse_scan, "warehouse_scan"}};
inline std::string_view to_text(ExchangeTrigger trigger) { return word_of(kExchangeTriggers, trigger); }
inline std::optional<ExchangeTrigger> parse_exchange_trigger(std::string_view text) { return value_of(kExchangeTriggers, text); }

// In what state goods come back, the worst first.
enum class Condition { damaged, used, unused, unopened };
inline constexpr Word<Condition> kConditions[] = {
    {Condition::damaged, "damaged"}, {Condition::used, "used"}, {Condition::unused, "unused"}, {Condition::unopened, "unopened"}};
inline std::string_view to_text(Condition condition) { return word_of(kConditions, condition); }
inline std::optional<Condition> parse_condition(std::string_view text) { return value_of(kConditions, text); }

// The tiers of customers, the plain one first.
inline constexpr const char* kCustomerTiers[] = {"standard", "premium", "platinum"};

// Windows in days. The goods' own is the first of: SKU, the product's, category, reason, country, the policy's. A tier widens it, never
// narrows it.
struct WindowRules {
  std::map<std::string, int> sku, category, reason, country, tier;
  bool operator==(const WindowRules&) const = default;
};

// Who may not announce returns by themselves. Addresses are written "country, postal code, street"; case and punctuation do not matter.
enum class BlockBy { email, customer_id, address };
inline constexpr Word<BlockBy> kBlockBys[] = {
    {BlockBy::email, "email"}, {BlockBy::customer_id, "customer_id"}, {BlockBy::address, "address"}};
inline std::string_view to_text(BlockBy by) { return word_of(kBlockBys, by); }
inline std::optional<BlockBy> parse_block_by(std::string_view text) { return value_of(kBlockBys, text); }
struct BlockEntry {
  BlockBy by = BlockBy::email;
  std::string value, note;  // the note is for the shop's own people
  bool operator==(const BlockEntry&) const = default;
};

// The defaults are the plain policy: 30 days from delivery, free returns, refund on the warehouse scan, nobody asked.
// Amounts are minor units of the order's currency.
struct Policy {
  int version = 0;           // 0: the default, never saved
  int window_days = 30;      // from the tracked delivery of the last parcel
  int withdrawal_days = 14;  // Directive 2023/2673: never less than 14
  int warranty_days = 730;
  int claim_days = 30;  // damaged, missing, wrong or lost
  WindowRules windows;
  bool before_delivery = true;  // a return may be announced while a parcel is still on its way
  bool auto_approve = true;     // false: a person approves each return
  std::vector<std::string> final_sale_skus, final_sale_categories;
  Condition condition = Condition::damaged;  // the worst that is taken back
  std::map<std::string, Condition> condition_by_category;
  std::vector<DispositionRule> dispositions;  // where goods go after a look; before the house's own table
  std::vector<std::string> photo_reasons;     // a line with such a reason needs a photo
  std::vector<std::string> damaged_reasons = {"damaged", "defective", "broken", "faulty", "damaged_in_transit"};
  std::vector<std::string> fault_reasons = {"wrong_item", "not_as_described"};  // the shop's fault too, without damage
  FreightPayer freight = FreightPayer::merchant;
  std::map<std::string, FreightPayer> freight_by_reason;
  std::map<ReturnOutcome, FreightPayer> freight_by_outcome;
  std::int64_t freight_fee = 0;     // kept once per return when the customer pays the freight
  int restocking_basis_points = 0;  // of the goods' value with tax; never where the shop is at fault, nor from an exchange or credit
  bool refund_shipping = true;      // outbound shipping comes back with the goods, in proportion
  // What the shop's standard delivery costs with tax, by "currency" or "currency-country": a withdrawal pays back no more of the shipping.
  std::map<std::string, std::int64_t> standard_shipping;
  std::optional<std::int64_t> keep_item_below;  // goods worth less with tax stay where they are and are paid back at once
  std::vector<ReturnOutcome> outcomes = {ReturnOutcome::exchange, ReturnOutcome::store_credit, ReturnOutcome::refund};  // as offered
  int store_credit_bonus_basis_points = 0;
  RefundTrigger trigger = RefundTrigger::warehouse_scan;
  std::map<std::string, RefundTrigger> trigger_by_tier;  // moves the trigger forward, never back
  std::optional<std::int64_t> advance_cap;               // at most this much of a return goes ahead of its goods
  int advance_days = 21;                                 // goods that did not come so long after their money went want a person
  int refund_delay_hours = 0;                            // between the trigger and the payment; it can be stopped until then
  std::optional<std::int64_t> approval_limit;            // a refund above it waits for a second person
  RefundOrder refund_order = RefundOrder::money_first;   // which of several payments of an order gives back first
  ExchangeTrigger exchange_trigger = ExchangeTrigger::warehouse_scan;
  bool exchange_other_product = true;  // false: another variant only
  std::vector<BlockEntry> blocklist;
  bool operator==(const Policy&) const = default;
};

struct ReturnLineFacts {
  LineId line;
  std::string sku, category;
  std::string reason;
  std::optional<Condition> condition;  // as the customer says
  bool photo = false;                  // the customer added one
  bool known = true;                   // false: the order has no such line
  bool goods = true;
  bool returnable = true;          // of the product; false is final sale
  std::optional<int> window_days;  // of the product
  std::int64_t requested = 0;
  std::int64_t quantity = 0, canceled = 0, shipped = 0, announced = 0;
  Components released;    // what the requested units release (law 2)
  ShippingSpan shipping;  // and where its shipping lies in the order's
  std::int64_t shipping_tax() const { return shipping.tax_to - shipping.tax_from; }
};

struct CustomerFacts {
  std::string tier = "standard", country, email, id, address;  // address: "country, postal code, street"
};

struct ReturnFacts {
  ReturnKind kind = ReturnKind::goods_back;
  ReturnOutcome outcome = ReturnOutcome::refund;
  Instant now;
  std::string currency;
  CustomerFacts customer;
  bool kept_before = false;  // a part of the order was paid back and kept already
  std::string contact;       // of the shop, as its customers write or call it
  bool anything_shipped = false;
  bool all_delivered = false;           // every handed-over parcel was delivered
  std::optional<Instant> delivered_at;  // of the last parcel, when all were delivered
  std::vector<ReturnLineFacts> lines;
};

// One rule as it was applied: what it saw, what it said, and what the reader can do when it refused. `said` and `next` name sentences of
// config/messages, section [policy]; who shows them sets `result` and `next_step` in the reader's language.
struct TraceStep {
  std::string rule;
  std::optional<LineId> line;  // nothing: the whole return
  std::vector<std::pair<std::string, std::string>> values;
  bool refused = false;
  std::string said;
  std::string next;  // when refused
  std::string result = {}, next_step = {};
};

// One outcome the customer can choose, with its money to the cent: components, what store credit adds, and what they get in all.
struct OutcomeOffer {
  ReturnOutcome outcome = ReturnOutcome::refund;
  Components money;
  std::int64_t bonus = 0, total = 0;
};

struct PolicyDecision {
  bool allowed = false;
  bool approved = false;   // false although allowed: a person has to approve
  bool keep_item = false;  // paid back at once, the goods stay with the customer
  FreightPayer freight = FreightPayer::merchant;
  RefundTrigger trigger = RefundTrigger::warehouse_scan;  // of this customer's return
  std::optional<Instant> last_day;                        // the end of the shortest window of the lines, when it runs
  std::vector<OutcomeOffer> offers;                       // in the policy's order, as if enough had been captured; none when refused
  std::vector<TraceStep> trace;
};

PolicyDecision decide(const Policy& policy, const ReturnFacts& facts);

// How many units of the line can still be announced: shipped goods (any not canceled unit of a line
// without goods, once something has shipped) that no return holds.
std::int64_t returnable_units(const ReturnLineFacts& line, bool anything_shipped);

// One label for all lines: the merchant pays as soon as one line's reason says so.
FreightPayer freight_payer(const Policy& policy, ReturnKind kind, ReturnOutcome outcome, const std::vector<std::string>& reasons);
// The tier's trigger where it comes earlier. A withdrawal never waits for an inspection.
RefundTrigger trigger_of(const Policy& policy, ReturnKind kind, const std::string& tier);
// In the policy's order. A withdrawal and undeliverable goods are paid back as they were paid.
std::vector<ReturnOutcome> outcomes_of(const Policy& policy, ReturnKind kind);

bool is_damaged(const Policy& policy, const std::string& reason);
// Damaged, wrong or not as described: the shop pays the way back and keeps nothing.
bool is_shops_fault(const Policy& policy, const std::string& reason);
// Where goods go that nobody looked at closely: to quarantine for damage reasons, else back to stock.
Disposition default_disposition(const Policy& policy, const std::string& reason);
// What an order was paid in and went to.
struct ShippedTo {
  std::string currency, country;
};
// The standard delivery's price with tax: of the country, else of the currency; nothing: all that was charged.
std::optional<std::int64_t> standard_shipping_of(const Policy& policy, const ShippedTo& to);
// The fixed fee and the rest that the policy keeps from the money of this return. `first`: nothing of the
// return was refunded before, so that its fixed fee is taken once. Undeliverable goods keep nothing, withdrawals no more than the freight
// and what faster shipping cost above the standard one.
Deductions deductions_of(const Policy& policy, ReturnKind kind, ReturnOutcome outcome, const std::vector<std::string>& reasons, bool first,
                         const ShippedTo& to);
// The terms of a whole return at once: those above, or nothing kept where the goods stay with the customer.
Deductions terms_of(const Policy& policy, ReturnKind kind, ReturnOutcome outcome, const std::vector<std::string>& reasons, bool keep_item,
                    const ShippedTo& to);
// What store credit adds to `amount`, rounded half to even.
std::int64_t store_credit_bonus(const Policy& policy, std::int64_t amount);

}  // namespace roundtrip::domain
