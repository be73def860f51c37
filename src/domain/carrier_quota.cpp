// Buckets, breaker and forecast.
#include "domain/carrier_quota.hpp"

#include <algorithm>
#include <cmath>

namespace roundtrip::domain {
namespace {

// A bucket that never gives more than `limit` in any span of `per_us`: what it holds at most and what flows in make up the limit.
struct BucketShape {
  double most = 0;
  double per_us = 0;  // what flows in, in a microsecond
};
BucketShape shape_of(int limit, int burst_share, std::int64_t per_us) {
  const double most = std::max(1, limit / burst_share);
  return {most, (limit - most + 1) / static_cast<double>(per_us)};
}
BucketShape minute_shape(const Quota& quota) { return shape_of(quota.calls_per_minute, 10, kMinute); }
BucketShape day_shape(const Quota& quota) { return shape_of(quota.calls_per_day, 20, kDay); }

void fill(AccountState& state, const Quota& quota, Instant now) {
  const auto minute = minute_shape(quota), day = day_shape(quota);
  if (!state.filled_at) {
    state.minute_calls = minute.most;
    state.day_calls = day.most;
    state.filled_at = now;
  }
  const std::int64_t passed_us = std::max<std::int64_t>(0, now - *state.filled_at);  // clocks of several machines differ
  state.minute_calls = std::min(minute.most, state.minute_calls + static_cast<double>(passed_us) * minute.per_us);
  state.day_calls = std::min(day.most, state.day_calls + static_cast<double>(passed_us) * day.per_us);
  state.filled_at = std::max(*state.filled_at, now);
}

constexpr double kWhole = 1 - 1e-9;  // one call, sums of fractions forgiven

int whole_calls(const AccountState& state, const Quota& quota, int wanted) {
  if (quota.calls_per_minute > 0) wanted = std::min(wanted, static_cast<int>(state.minute_calls + (1 - kWhole)));
  if (quota.calls_per_day > 0) wanted = std::min(wanted, static_cast<int>(state.day_calls + (1 - kWhole)));
  return std::max(0, wanted);
}

void spend(AccountState& state, int calls) {
  state.minute_calls -= calls;
  state.day_calls -= calls;
}

void open(AccountState& state, std::int64_t us, const CallsMade& made, Instant now) {
  state.open_until = now + us;
  state.why = made.why;
}

std::int64_t doubled(std::int64_t first_us, std::int64_t most_us, int times) {
  std::int64_t us = std::min(first_us, most_us);
  for (int i = 0; i < times && us < most_us; ++i) us *= 2;
  return std::min(us, most_us);
}

}  // namespace

int take_calls(AccountState& state, const Quota& quota, int wanted, std::int64_t probe_us, Instant now) {
  fill(state, quota, now);
  if (state.open_until && now < *state.open_until) return 0;
  const int granted = whole_calls(state, quota, state.open_until ? std::min(wanted, 1) : wanted);
  if (granted > 0 && state.open_until) state.open_until = now + probe_us;
  spend(state, granted);
  return granted;
}

void settle_calls(AccountState& state, const Quota& quota, int granted, const CallsMade& made, const BreakerPlan& plan, Instant now) {
  fill(state, quota, now);
  spend(state, made.calls - granted);
  const auto minute = minute_shape(quota), day = day_shape(quota);
  state.minute_calls = std::min(state.minute_calls, minute.most);
  state.day_calls = std::min(state.day_calls, day.most);
  if (made.answered > 0) {
    state.failures = state.times_opened = 0;
    state.open_until.reset();
    state.why.clear();
    state.last_answer_at = now;
  }
  const int failed = made.calls - made.answered;
  if (failed > 0) state.last_failure_at = now;
  if (made.answered == 0) state.failures += failed;
  if (made.rate_limited) return open(state, std::max(made.retry_after_us, kSecond), made, now);
  if (made.auth) return open(state, doubled(plan.auth_us, 12 * plan.auth_us, state.times_opened++), made, now);
  if (failed == 0 || made.answered > 0) return;
  if (made.unreachable || state.failures >= plan.failures_to_open)
    open(state, doubled(plan.first_us, plan.most_us, state.times_opened++), made, now);
}

Instant free_at(const AccountState& state, const Quota& quota, Instant now) {
  AccountState filled = state;
  fill(filled, quota, now);
  const auto wait = [](double has, const BucketShape& shape) {
    return has >= kWhole ? std::int64_t{0} : static_cast<std::int64_t>(std::ceil((1 - has) / shape.per_us));
  };
  Instant at = std::max(now, state.open_until.value_or(now));
  if (quota.calls_per_minute > 0) at = std::max(at, now + wait(filled.minute_calls, minute_shape(quota)));
  if (quota.calls_per_day > 0) at = std::max(at, now + wait(filled.day_calls, day_shape(quota)));
  return at;
}

std::int64_t round_us(const Quota& quota, int numbers_per_call, std::int64_t parcels) {
  const std::int64_t each = std::max(1, numbers_per_call);
  const std::int64_t calls = (parcels + each - 1) / each;
  std::int64_t us = 0;
  if (quota.calls_per_minute > 0) us = std::max(us, calls * kMinute / quota.calls_per_minute);
  if (quota.calls_per_day > 0) us = std::max(us, calls * kDay / quota.calls_per_day);
  return us;
}

std::string duration_words(std::int64_t us) {
  struct Unit {
    std::int64_t us;
    const char* word;
  };
  static constexpr Unit kUnits[] = {{kDay, "d"}, {kHour, "h"}, {kMinute, "min"}, {kSecond, "s"}};
  for (std::size_t i = 0; i < std::size(kUnits); ++i) {
    if (us < kUnits[i].us && i + 1 < std::size(kUnits)) continue;
    std::string words = std::to_string(us / kUnits[i].us) + " " + kUnits[i].word;
    const bool more = i + 1 < std::size(kUnits) && us % kUnits[i].us >= kUnits[i + 1].us;
    if (more) words += " " + std::to_string(us % kUnits[i].us / kUnits[i + 1].us) + " " + kUnits[i + 1].word;
    return words;
  }
  return "";
}

std::string forecast_words(const Quota& quota, int numbers_per_call, std::int64_t parcels) {
  std::string count = std::to_string(parcels);
  for (auto at = static_cast<std::ptrdiff_t>(count.size()) - 3; at > 0; at -= 3) count.insert(static_cast<std::size_t>(at), ",");
  const std::int64_t us = round_us(quota, numbers_per_call, parcels);
  if (us == 0) return "no quota: " + count + (parcels == 1 ? " parcel is" : " parcels are") + " asked by the plan alone";
  return "at this quota " + count + (parcels == 1 ? " parcel is" : " parcels are") + " asked every " + duration_words(us);
}

}  // namespace roundtrip::domain
