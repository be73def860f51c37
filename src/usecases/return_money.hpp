// Money of a return that does not wait for a receipt: goods the customer keeps, and refunds ahead of the goods on the carrier's scan.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/returns.hpp"
#include "store/timeline.hpp"
#include "usecases/context.hpp"
#include "usecases/refunds.hpp"

namespace roundtrip::usecases {

// Requests the money of units of the return as its policy and its outcome say. The caller has locked the order and saves its head.
// `deductions` are deductions_for, or nothing where the goods stay. `grace_us`: they are not paid before, so that they can be taken back.
std::vector<RefundId> request_return_money(store::Transaction& tx, const Context& context, store::OrderHead& head,
                                           const store::LockedReturn& found, const std::string& key, const std::vector<RefundUnits>& units,
                                           const domain::Deductions& deductions, std::int64_t grace_us = 0);
// How long the money of a receipt of this return waits; what goes into an exchange never does.
std::int64_t wait_of_refund(const store::LockedReturn& found, std::int64_t grace_us);
// What the policy keeps of the next part of the return's money. `first`: nothing of it was requested before.
domain::Deductions deductions_for(const store::LockedReturn& found, bool first);
// Where the money of an outcome goes, its bonus, and when.
RefundTerms refund_terms_of(const domain::Policy& policy, domain::ReturnKind kind, domain::ReturnOutcome outcome,
                            const domain::Deductions& deductions);

// Every line stays with the customer and is paid back at once.
void keep_goods(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id);

// The carrier has scanned the return's parcel for the first time: under the trigger `carrier_scan` its money goes ahead, at most the
// policy's cap in whole units, once. The receipt pays the rest. Safe to call again.
void advance_return_money(store::Transaction& tx, const Context& context, store::OrderHead& head, ReturnId return_id);

// The release key of what goes ahead; used once for a return.
std::string ahead_key(ReturnId return_id);

// A person closes what is still owed: the shop bears the loss. Refused (conflict) when nothing is.
Done settle_advance(const Context& context, ReturnId return_id, const std::string& reason);

}  // namespace roundtrip::usecases
