// One order's ledger and messages, for whoever reconciles what was shipped, paid and told.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct PostingView {
  std::string posting, account, currency;
  std::int64_t amount = 0;  // minor units, debit positive
  Instant posted_at;
};
// Every entry of the order; the entries of one posting sum to zero. not_found for an order of another merchant.
Result<std::vector<PostingView>> read_order_ledger(const Context& context, OrderId order);

struct ToldView {
  NotificationId id;
  std::string milestone, channel, about, state, last_error;
  Instant created_at;
  std::optional<Instant> sent_at;
};
// What the customer was told, or will be; oldest first.
Result<std::vector<ToldView>> read_order_notifications(const Context& context, OrderId order);

}  // namespace roundtrip::usecases
