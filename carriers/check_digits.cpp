// Check digits, each after its standard.
#include "carriers/check_digits.hpp"

namespace roundtrip::carriers {
namespace {
int mod10_value(char c) { return c >= '0' && c <= '9' ? c - '0' : (c - 3) % 10; }
// Place in 0-9A-Z.
int base36_value(char c) { return c >= '0' && c <= '9' ? c - '0' : c - 'A' + 10; }
char digit_of(int value) { return static_cast<char>('0' + value); }
}  // namespace

char check_mod10(std::string_view serial, int even, int odd) {
  int sum = 0;
  for (std::size_t at = 0; at < serial.size(); ++at) sum += mod10_value(serial[at]) * (at % 2 == 0 ? even : odd);
  return digit_of((10 - sum % 10) % 10);
}

char check_luhn(std::string_view serial) {
  int sum = 0;
  bool twice = true;
  for (auto at = serial.rbegin(); at != serial.rend(); ++at, twice = !twice) {
    const int value = (*at - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return digit_of((10 - sum % 10) % 10);
}

char check_mod7(std::string_view serial) {
  int rest = 0;
  for (const char c : serial) rest = (rest * 10 + (c - '0')) % 7;
  return digit_of(rest);
}

char check_mod11(std::string_view serial, std::string_view weights) {
  int sum = 0;
  for (std::size_t at = 0; at < serial.size(); ++at) sum += (serial[at] - '0') * (weights[at % weights.size()] - '0');
  return digit_of(sum % 11 % 10);
}

char check_s10(std::string_view serial) {
  constexpr std::string_view kWeights = "86423597";
  int sum = 0;
  for (std::size_t at = 0; at < serial.size(); ++at) sum += (serial[at] - '0') * (kWeights[at % kWeights.size()] - '0');
  const int check = 11 - sum % 11;
  return digit_of(check == 10 ? 0 : check == 11 ? 5 : check);
}

char check_mod37_36(std::string_view serial) {
  int carry = 36;
  for (const char c : serial) {
    carry += base36_value(c);
    if (carry > 36) carry -= 36;
    carry *= 2;
    if (carry > 36) carry -= 37;
  }
  const int check = (37 - carry) % 36;
  return check < 10 ? digit_of(check) : static_cast<char>('A' + check - 10);
}

}  // namespace roundtrip::carriers
