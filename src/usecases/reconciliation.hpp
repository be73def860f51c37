// Our books against a gateway's own export: what is missing on either side, and what differs.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "connectors/csv.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

struct MoneyDifference {
  // missing_here: the gateway moved money that we do not know of. missing_there: we say it was moved, the export does not.
  // other_amount, other_currency, other_state: both know of it, and disagree. unreadable: a row that cannot be read.
  std::string kind;
  std::string what;       // payment refund dispute
  std::string reference;  // the gateway's
  std::string ours;       // public id, where we have one
  std::string detail;     // both values, in words
  std::int64_t line = 0;  // of the export; 0: none
};
struct Reconciliation {
  std::int64_t rows = 0, agreed = 0;
  std::optional<Instant> from, to;                                    // of the export's rows
  std::map<std::string, std::int64_t> refunded_there, refunded_here;  // by currency, minor units, of what both know
  std::vector<MoneyDifference> differences;
};

// Reads the whole export, then compares. What we hold and the export does not is looked for between its first and its last row: refunds
// that were settled then.
Result<Reconciliation> reconcile(const Context& context, const std::string& gateway, connectors::ByteSource& file);

}  // namespace roundtrip::usecases
