// The EU consumer's right to withdraw (Directive 2011/83/EU, Articles 9, 11a and 13): its period, and by when the money is back.
#pragma once
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace roundtrip {

struct WithdrawalTag {
  static constexpr std::string_view prefix = "wdr";
};
using WithdrawalId = Id<WithdrawalTag>;

}  // namespace roundtrip

namespace roundtrip::domain {

struct WithdrawalPeriod {
  int days = 14;
  bool open = true;                     // also before delivery: the right exists from the contract on
  std::optional<Instant> delivered_at;  // of the last parcel; nothing: the days are not counted yet
  std::optional<Instant> ends_at;
  // The last day itself, at the hour of the delivery: what people are told.
  std::optional<Instant> last_day() const;
};
// The day of delivery does not count, and the last day counts to its end (Regulation 1182/71, Article 3), wherever on Earth the
// customer is: nobody's right is cut short by a time zone.
WithdrawalPeriod withdrawal_period(int days, std::optional<Instant> delivered_at, Instant now);

// Article 13(1): no later than 14 days from the day the trader was informed.
inline constexpr int kWithdrawalRefundDays = 14;
inline Instant withdrawal_refund_due(Instant received_at) { return received_at + kWithdrawalRefundDays * kDay; }

}  // namespace roundtrip::domain
