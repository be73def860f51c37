// Refunds that no gateway pays, as a file for whoever transfers money, and its answer back.
//
// Both files are CSV (RFC 4180, UTF-8, LF) with a header row and a last line "#checksum,<rows>,<sha256>": SHA-256 in lower-case hex over
// every byte before that line. Amounts are decimals in the currency's own places ("12.34", "1200", "1.250").
//   payouts:  payout,refund,order,customer,email,amount,currency,reason,requested_at
//   answers:  refund,amount,currency,status,reference,paid_at   (status paid or failed; paid_at may be empty)
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "usecases/context.hpp"

namespace roundtrip {
struct PayoutTag {
  static constexpr std::string_view prefix = "pyt";
};
using PayoutId = Id<PayoutTag>;
}  // namespace roundtrip

namespace roundtrip::usecases {

inline constexpr int kRefundsPerPayout = 1000;

struct PayoutView {
  PayoutId id;
  int refunds = 0;
  std::string checksum, made_by;
  Instant made_at;
};
// Puts every refund that waits for a person, and is in no file yet, into a new one; conflict when there is none.
Result<PayoutView> make_payout(const Context& context);
std::vector<PayoutView> list_payouts(const Context& context, int limit);
// The same bytes every time.
Result<std::string> payout_file(const Context& context, PayoutId payout);

struct PayoutFault {
  std::int64_t line = 0;  // of the file, from 1
  std::string refund, code, detail;
};
struct PayoutAnswer {
  int paid = 0, failed = 0;
  int repeated = 0;  // paid before with the same reference
  std::vector<PayoutFault> faults;
};
// Takes an answer: nothing at all when its checksum or its form is wrong; else row by row, each in a transaction of its own, so that one
// that is wrong (unknown, twice, other amount or currency, not waiting) does not hold up the others. A failed one may be put into the
// next file.
Result<PayoutAnswer> take_payout_answer(const Context& context, const std::string& file);

// The rows with their last line.
std::string with_checksum(std::string rows, std::size_t count);

}  // namespace roundtrip::usecases
