// Returns: preview, create, approve, decline, cancel, receive.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "usecases/context.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {

struct ReceivedUnits {
  LineId line;
  std::int64_t quantity = 0;
  std::string disposition;  // empty: by policy
};
struct ReturnReceived {
  std::string status;  // of the return afterwards
  bool anything_new = false;  // false: it had all been received before
  std::int64_t units = 0;
  std::vector<RefundId> refunds;
};

// Called by the returns station inside its transaction (the order is locked): receives everything still
// awaited (`only` empty) or some units, accepts by policy, puts goods back to stock by disposition and
// requests the refund. Refuses (conflict) a return that is declined, canceled or expired.
Result<ReturnReceived> receive_return(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id,
                                      const std::vector<ReceivedUnits>& only, WarehouseId warehouse);

}  // namespace roundtrip::usecases
