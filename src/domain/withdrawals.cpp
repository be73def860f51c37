// Counting the days of a withdrawal.
#include "domain/withdrawals.hpp"

namespace roundtrip::domain {
namespace {
constexpr std::int64_t kLastZoneBehindUtc = 12 * kHour;

Instant start_of_utc_day(Instant at) {
  const std::int64_t day = at.us >= 0 ? at.us / kDay : (at.us - kDay + 1) / kDay;
  return Instant{day * kDay};
}
}  // namespace

std::optional<Instant> WithdrawalPeriod::last_day() const {
  if (!delivered_at) return std::nullopt;
  return *delivered_at + days * kDay;
}

WithdrawalPeriod withdrawal_period(int days, std::optional<Instant> delivered_at, Instant now) {
  WithdrawalPeriod period;
  period.days = days;
  period.delivered_at = delivered_at;
  if (!delivered_at) return period;
  period.ends_at = start_of_utc_day(*delivered_at) + (days + 1) * kDay + kLastZoneBehindUtc;
  period.open = now < *period.ends_at;
  return period;
}

}  // namespace roundtrip::domain
