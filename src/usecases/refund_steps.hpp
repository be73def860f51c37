// What refunds.cpp and refund_payment.cpp share.
#pragma once
#include <optional>
#include <string>

#include "base/result.hpp"
#include "clients/gateway.hpp"
#include "domain/disputes.hpp"
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
// Makes one refund: row, reservation, ledger, timeline and the job that pays it. What goes into an exchange is settled at once.
RefundId write_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow row);
// The job that pays it, not before it is due.
void queue_payment(store::Transaction& tx, const Context& context, const store::RefundRow& row);
// It must not be sent while the payment is disputed, unless a person has let it go. The caller saves the row.
void hold_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row, DisputeId dispute);
// The money is with us (again) and nothing is owed any more: what was paid came back, or what failed is given up. The payment's room is
// free, the ledger shows both ways; the shares stay released for the refund that replaces it. The caller saves the row.
void reverse_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row, const std::string& why);
// The refund's state is succeeded: posts it, fills the voucher of a refund to store credit, notes it and tells the customer. The caller
// saves the row.
void settle_refund(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row);
// A late word of the gateway about a refund that a person settled in its stead: kept and noted once where it disagrees.
Done note_disagreement(const Context& context, RefundId id, const clients::GatewayAnswer& answer);
// Pays what needs no gateway: store credit, an exchange, and a payment that was a voucher. False: a gateway (or a person) has to.
bool settles_here(const store::RefundRow& row);
void settle_here(store::Transaction& tx, const Context& context, store::OrderHead& head, store::RefundRow& row);
Error no_such_refund();
// Four eyes: whoever `did` the one thing does not do the other.
Error second_person_needed(const store::RefundRow& row, const Context& context, const std::string& did, const std::string& does);
Error refund_state_conflict(const store::RefundRow& row, const std::string& wanted);

}  // namespace roundtrip::usecases
