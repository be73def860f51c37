// Exact money: minor units with their currency, allocation by largest remainder, shares that telescope.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::domain {

// An ISO 4217 code; three upper-case letters.
struct Currency {
  std::string code;
  auto operator<=>(const Currency&) const = default;
};

struct Money {
  std::int64_t minor = 0;
  Currency currency;
  bool operator==(const Money&) const = default;
};

// Mixed currencies are a bug and throw std::logic_error, as does an overflow of 63 bits.
Money operator+(const Money& a, const Money& b);
Money operator-(const Money& a, const Money& b);

// True for an active ISO 4217 code.
bool is_currency(std::string_view code);
// Decimal places of the currency's minor unit (EUR 2, JPY 0, KWD 3); 2 for codes ISO gives none.
int exponent(std::string_view code);

// a*b and a+b, throwing std::overflow_error instead of wrapping.
std::int64_t multiply_exactly(std::int64_t a, std::int64_t b);
std::int64_t add_exactly(std::int64_t a, std::int64_t b);

// Splits `amount` over `weights` so that the parts sum to it exactly: floors first, the rest one by
// one to the largest remainders, ties to the earlier part. All-zero weights: everything to the first.
// Weights must not be negative; `amount` may be.
std::vector<std::int64_t> allocate(std::int64_t amount, const std::vector<std::int64_t>& weights);

// Law 2: what the first `units` of `quantity` have released of `amount`: round_half_even(amount*units/quantity).
std::int64_t released_share(std::int64_t amount, std::int64_t units, std::int64_t quantity);
// What moving from `before` to `after` units releases; batches in any sizes sum to `amount`.
inline std::int64_t share_between(std::int64_t amount, std::int64_t before, std::int64_t after, std::int64_t quantity) {
  return released_share(amount, after, quantity) - released_share(amount, before, quantity);
}

}  // namespace roundtrip::domain
