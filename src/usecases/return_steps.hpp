// What returns.cpp and return_receipt.cpp share.
#pragma once
#include <string>

#include "base/result.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct LockedReturnAndHead {
  store::OrderHead head;
  store::LockedReturn found;
};
// Locks the order, then the return.
Result<LockedReturnAndHead> lock_return_and_order(store::Transaction& tx, MerchantId merchant, ReturnId id);

// Derives the header's status from its lines; sets received_at once.
void derive_header(store::LockedReturn& found, Instant now);
void note_return(store::Transaction& tx, const Context& context, store::OrderHead& head, const char* type, ReturnId id,
                 const std::string& detail = "{}");
Error return_not_found();
Error return_conflict(const store::ReturnRow& row, const std::string& wanted, const std::string& next_step);

}  // namespace roundtrip::usecases
