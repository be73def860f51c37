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
#include "domain/refunds.hpp"
#include "domain/returns.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class FreightPayer { merchant, customer };
inline constexpr Word<FreightPayer> kFreightPayers[] = {{FreightPayer::merchant, "merchant"}, {FreightPayer::customer, "customer"}};
inline std::string_view to_text(FreightPayer payer) { return word_of(kFreightPayers, payer); }
inline std::optional<FreightPayer> parse_freight_payer(std::string_view text) { return value_of(kFreightPayers, text); }

// What makes the units accepted and the refund due: the label's scan at our station, or a look at each item.
enum class RefundTrigger { warehouse_scan, inspection };
inline constexpr Word<RefundTrigger> kRefundTriggers[] = {{RefundTrigger::warehouse_scan, "warehouse_scan"},
                                                          {RefundTrigger::inspection, "inspection"}};
inline std::string_view to_text(RefundTrigger trigger) { return word_of(kRefundTriggers, trigger); }
inline std::optional<RefundTrigger> parse_refund_trigger(std::string_view text) { return value_of(kRefundTriggers, text); }

// The defaults are the plain policy: 30 days from delivery, free returns, refund on the warehouse scan, nobody asked.
struct Policy {
  int version = 0;           // 0: the default, never saved
  int window_days = 30;      // from the tracked delivery of the last parcel
  int withdrawal_days = 14;  // Directive 2023/2673: never less than 14
  int warranty_days = 730;
  bool before_delivery = true;  // a return may be announced while a parcel is still on its way
  bool auto_approve = true;     // false: a person approves each return
  FreightPayer freight = FreightPayer::merchant;
  std::map<std::string, FreightPayer> freight_by_reason;
  std::int64_t freight_fee = 0;     // minor units, kept once per return when the customer pays the freight
  int restocking_basis_points = 0;  // of the goods' value with tax
  bool refund_shipping = true;      // outbound shipping comes back with the goods, in proportion
  RefundTrigger trigger = RefundTrigger::warehouse_scan;
  std::optional<std::int64_t> approval_limit;  // a refund above it waits for a second person
  std::vector<std::string> damaged_reasons = {"damaged", "defective", "broken", "faulty", "damaged_in_transit"};
};

struct ReturnLineFacts {
  LineId line;
  std::string sku;
  std::string reason;
  bool known = true;  // false: the order has no such line
  bool goods = true;
  bool returnable = true;          // of the product; false is final sale
  std::optional<int> window_days;  // of the product
  std::int64_t requested = 0;
  std::int64_t quantity = 0, canceled = 0, shipped = 0, announced = 0;
};

struct ReturnFacts {
  ReturnKind kind = ReturnKind::goods_back;
  Instant now;
  bool anything_shipped = false;
  bool all_delivered = false;           // every handed-over parcel was delivered
  std::optional<Instant> delivered_at;  // of the last parcel, when all were delivered
  std::vector<ReturnLineFacts> lines;
};

// One rule as it was applied: what it saw, what it said, and what the reader can do when it refused.
struct TraceStep {
  std::string rule;
  std::optional<LineId> line;  // nothing: the whole return
  std::vector<std::pair<std::string, std::string>> values;
  bool refused = false;
  std::string result;     // a sentence
  std::string next_step;  // when refused
};

struct PolicyDecision {
  bool allowed = false;
  bool approved = false;  // false although allowed: a person has to approve
  FreightPayer freight = FreightPayer::merchant;
  std::optional<Instant> last_day;  // the end of the shortest window of the lines, when it runs
  std::vector<TraceStep> trace;
};

PolicyDecision decide(const Policy& policy, const ReturnFacts& facts);

// How many units of the line can still be announced: shipped goods (any not canceled unit of a line
// without goods, once something has shipped) that no return holds.
std::int64_t returnable_units(const ReturnLineFacts& line, bool anything_shipped);

// One label for all lines: the merchant pays as soon as one line's reason says so.
FreightPayer freight_payer(const Policy& policy, ReturnKind kind, const std::vector<std::string>& reasons);

bool is_damaged(const Policy& policy, const std::string& reason);
// Where goods go that nobody looked at closely: to quarantine for damage reasons, else back to stock.
Disposition default_disposition(const Policy& policy, const std::string& reason);
// The fixed fee and the rest that the policy keeps from a refund of this return. `first`: nothing of the
// return was refunded before, so that its fixed fee is taken once. Withdrawals and undeliverable goods keep nothing.
Deductions deductions_of(const Policy& policy, ReturnKind kind, FreightPayer freight, bool first);

}  // namespace roundtrip::domain
