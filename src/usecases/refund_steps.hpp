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
// Denies a refund that is still requested: its payment's room, its ledger and, with the last of its cause, its shares go back. Refuses
// every other state. The caller saves the head.
std::optional<Error> deny_locked_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row,
                                        const std::string& reason);
// The same for all refunds of one release key: all of them, or none and why not.
std::optional<Error> take_back_refunds(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                       const std::string& release_key, const std::string& reason);
// The refund's state is succeeded: posts it, fills the voucher of a refund to store credit, notes it and tells the customer. The caller
// saves the row.
void settle_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row);
// Pays what needs no gateway: store credit, an exchange, and a payment that was a voucher. False: a gateway (or a person) has to.
bool settles_here(const store::RefundRow& row);
void settle_here(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row);
Error no_such_refund();
Error refund_state_conflict(const store::RefundRow& row, const std::string& wanted);

}  // namespace roundtrip::usecases
