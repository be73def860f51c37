// Refunds: request inside the transaction of what caused them, pay through the gateway once, settle.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
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

Result<RefundView> read_refund(const Context& context, RefundId refund);

}  // namespace roundtrip::usecases
