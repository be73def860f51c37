// What refunds.cpp and refund_payment.cpp share.
#pragma once
#include <optional>
#include <string>

#include "base/result.hpp"
#include "store/refunds.hpp"
#include "store/timeline.hpp"
#include "usecases/context.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {

struct LockedRefund {
  store::OrderHead head;
  store::RefundRow row;
};
// Locks the order, then the refund. `known` saves the question whose refund it is.
Result<LockedRefund> lock_refund_with_order(store::Transaction& tx, MerchantId merchant, RefundId id,
                                            std::optional<OrderId> known = std::nullopt);

RefundView refund_view(const store::RefundRow& row);
// Appends to the order's timeline; `detail` is a JSON object.
void note_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, RefundId refund,
                 const std::string& detail = "{}");
Error no_such_refund();
Error refund_state_conflict(const store::RefundRow& row, const std::string& wanted);

}  // namespace roundtrip::usecases
