// Small exact conversions, and failures in the gateways' one vocabulary.
#include "clients/gateway_parts.hpp"

#include <charconv>

namespace roundtrip::clients {

int retry_after_of(const HttpResponse& response) {
  const auto text = header(response.headers, "retry-after");
  int seconds = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), seconds);
  return seconds > 0 && seconds <= 86'400 ? seconds : 0;
}

GatewayAnswer answer_of_failure(const TransportFailure& failure, const std::string& gateway) {
  static constexpr const char* kWords[] = {"resolve", "connect", "timeout", "reset", "too_large", "refused_address", "other"};
  return {failure.maybe_received ? GatewayAnswer::Kind::unknown : GatewayAnswer::Kind::busy, "", kWords[static_cast<int>(failure.kind)],
          "No answer from " + gateway + ": " + failure.detail.substr(0, 200)};
}

GatewayAnswer ask_later(GatewayAnswer answer) {
  answer.kind = GatewayAnswer::Kind::busy;
  return answer;
}

std::optional<std::int64_t> with_decimals(std::int64_t amount, int from, int to) {
  for (; from < to; ++from) {
    if (__builtin_mul_overflow(amount, std::int64_t{10}, &amount)) return std::nullopt;
  }
  for (; from > to; --from) {
    if (amount % 10 != 0) return std::nullopt;
    amount /= 10;
  }
  return amount;
}

std::string decimal_text(std::int64_t amount, int decimals) {
  const bool negative = amount < 0;
  std::string digits = std::to_string(amount);
  if (negative) digits.erase(0, 1);
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, ".");
  return (negative ? "-" : "") + digits;
}

std::optional<std::int64_t> minor_of_decimal(const std::string& text, int decimals) {
  const auto dot = text.find('.');
  std::string digits = text.substr(0, dot);
  std::string fraction = dot == std::string::npos ? "" : text.substr(dot + 1);
  const auto places = static_cast<std::size_t>(decimals);
  while (fraction.size() > places && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > places || fraction.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  if ((digits.empty() || digits == "-") && fraction.empty()) return std::nullopt;
  if (digits.empty() || digits == "-") digits += "0";
  fraction.append(places - fraction.size(), '0');
  digits += fraction;
  std::int64_t amount = 0;
  const char* begin = digits.data() + (digits.starts_with('+') ? 1 : 0);
  const auto [end, failed] = std::from_chars(begin, digits.data() + digits.size(), amount);
  if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return amount;
}

}  // namespace roundtrip::clients
