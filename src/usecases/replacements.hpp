// Orders that are sent instead of other goods, for exchanges and claims. Within the room only.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/order_view.hpp"
#include "store/timeline.hpp"
#include "usecases/context.hpp"

namespace roundtrip::store {
class Transaction;
}

namespace roundtrip::usecases {

struct Replacement {
  std::string kind;   // of the order: exchange, replacement
  std::string cause;  // public id of the return or claim
  std::vector<domain::ExchangeLineView> lines;
  std::int64_t shipping = 0, shipping_tax = 0, discount = 0;
  std::string hold_reason;  // empty: it may leave at once
};
// Takes the replacement in inside the caller's transaction: for the same customer and address, stock reserved (locked last), no payment
// yet, no mail. The order that it stands for is locked.
Result<store::OrderHead> make_replacement(store::Transaction& tx, const Context& context, const store::OrderHead& replaced,
                                          const Replacement& wanted);

// Refunds of the old order that went to `exchange` become payments of the replacement: gateway `exchange`, the refund as reference, so that
// a refund of the replacement finds the first money (law 3 across both orders). Each once. Gives how much moved. The caller saves the new
// order's head.
std::int64_t move_into_replacement(store::Transaction& tx, const Context& context, store::OrderHead& replacement,
                                   const std::vector<RefundId>& refunds);

// "12.50 EUR": for hold reasons and refusals.
std::string plain_money(std::int64_t minor, const std::string& currency);

}  // namespace roundtrip::usecases
