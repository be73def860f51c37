// Money arithmetic. 128-bit intermediates; nothing floats.
#include "domain/money.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace roundtrip::domain {
namespace {

// ISO 4217 (list one, active). Exponent 2 unless listed below.
constexpr std::string_view kCodes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";
constexpr std::string_view kExponent0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
constexpr std::string_view kExponent3 = "BHD IQD JOD KWD LYD OMR TND";

bool in_list(std::string_view list, std::string_view code) {
  if (code.size() != 3) return false;
  for (std::size_t at = 0; at + 3 <= list.size(); at += 4) {
    if (list.substr(at, 3) == code) return true;
  }
  return false;
}

std::int64_t narrow(__int128 value) {
  if (value > INT64_MAX || value < INT64_MIN) throw std::overflow_error("an amount of money does not fit 63 bits");
  return static_cast<std::int64_t>(value);
}

void same_currency(const Money& a, const Money& b) {
  if (a.currency != b.currency) throw std::logic_error("mixed currencies: " + a.currency.code + " and " + b.currency.code);
}

}  // namespace

Money operator+(const Money& a, const Money& b) {
  same_currency(a, b);
  return {add_exactly(a.minor, b.minor), a.currency};
}

Money operator-(const Money& a, const Money& b) {
  same_currency(a, b);
  return {narrow(static_cast<__int128>(a.minor) - b.minor), a.currency};
}

bool is_currency(std::string_view code) { return in_list(kCodes, code); }

int exponent(std::string_view code) {
  if (in_list(kExponent0, code)) return 0;
  if (in_list(kExponent3, code)) return 3;
  return 2;
}

std::int64_t multiply_exactly(std::int64_t a, std::int64_t b) { return narrow(static_cast<__int128>(a) * b); }
std::int64_t add_exactly(std::int64_t a, std::int64_t b) { return narrow(static_cast<__int128>(a) + b); }

std::vector<std::int64_t> allocate(std::int64_t amount, const std::vector<std::int64_t>& weights) {
  std::vector<std::int64_t> parts(weights.size(), 0);
  if (weights.empty()) return parts;
  __int128 total = 0;
  for (const auto weight : weights) {
    if (weight < 0) throw std::logic_error("allocate: negative weight");
    total += weight;
  }
  if (total == 0) {
    parts[0] = amount;
    return parts;
  }
  const bool negative = amount < 0;
  const __int128 whole = negative ? -static_cast<__int128>(amount) : amount;
  std::vector<std::pair<__int128, std::size_t>> remainders;
  __int128 given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const __int128 product = whole * weights[i];
    parts[i] = narrow(product / total);
    given += parts[i];
    remainders.emplace_back(product % total, i);
  }
  std::stable_sort(remainders.begin(), remainders.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; given < whole; ++i, ++given) ++parts[remainders[i].second];
  if (negative) {
    for (auto& part : parts) part = -part;
  }
  return parts;
}

std::int64_t released_share(std::int64_t amount, std::int64_t units, std::int64_t quantity) {
  if (quantity <= 0 || units < 0 || units > quantity) throw std::logic_error("released_share: units outside the quantity");
  const __int128 product = static_cast<__int128>(amount) * units;
  __int128 quotient = product / quantity;
  __int128 remainder = product % quantity;
  if (remainder < 0) {  // floor, so that the remainder is 0 or more
    remainder += quantity;
    --quotient;
  }
  const __int128 twice = remainder * 2;
  if (twice > quantity || (twice == quantity && (quotient % 2 != 0))) ++quotient;
  return narrow(quotient);
}

}  // namespace roundtrip::domain
