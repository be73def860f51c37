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
  // What the shop has less than its books say (below zero: more); 0: letting the difference go moves no money.
  std::int64_t lost = 0;
  std::string currency = {};
};
struct Reconciliation {
  std::int64_t rows = 0, agreed = 0;
  std::optional<Instant> from, to;                                    // of the export's rows
  std::map<std::string, std::int64_t> refunded_there, refunded_here;  // by currency, minor units, of what both know
  std::int64_t let_go = 0;                                            // differences that a person has let go; not among `differences`
  std::int64_t fees_booked = 0;                                       // rows whose fee was new to our ledger
  std::map<std::string, std::int64_t> fees = {};                      // by currency: what they charged in all, of rows that we know
  std::vector<MoneyDifference> differences;
};

// Reads the whole export, then compares. What we hold and the export does not is looked for between its first and its last row: refunds
// that were settled then. What the gateway charged for what we know is booked to gateway_fees, each fee once however often and in
// however many exports it is read.
Result<Reconciliation> reconcile(const Context& context, const std::string& gateway, connectors::ByteSource& file);

// The same of an export's text, as it was uploaded.
Result<Reconciliation> reconcile_text(const Context& context, const std::string& gateway, std::string_view csv);

// A person lets a difference go: the shop bears it (or keeps it), in the ledger and by name. It is no difference any more.
struct WriteOff {
  std::string gateway, what, reference;  // as MoneyDifference says
  std::int64_t lost = 0;
  std::string currency, reason;
};
// Refused: invalid for no amount, no reason or an unknown gateway, kind or currency; conflict (already_let_go) the second time.
Done write_off_difference(const Context& context, const WriteOff& wanted);

}  // namespace roundtrip::usecases
