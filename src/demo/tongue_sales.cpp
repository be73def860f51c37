// Reading requests for labels, and numbers with check digits.
#include "demo/tongue_sales.hpp"

#include <charconv>

namespace roundtrip::demo {

Tongue serving(Tongue carrier, std::string_view api, bool (*asks)(const TongueRequest&), Served serve) {
  carrier.api = api;
  carrier.asks = asks;
  carrier.numbers = nullptr;
  carrier.tell = nullptr;
  carrier.serve = serve;
  return carrier;
}

std::string said(const OrderedJson& json, const std::string& pointer) {
  const OrderedJson::json_pointer at(pointer);
  if (!json.contains(at)) return "";
  const OrderedJson& value = json.at(at);
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : "";
}

double amount(const OrderedJson& json, const std::string& pointer) {
  const std::string text = said(json, pointer);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc{} && end == text.data() + text.size() ? value : 0;
}

OrderedJson object_of(const std::string& body) {
  auto json = OrderedJson::parse(body, nullptr, false);
  return json.is_object() ? json : OrderedJson::object();
}

std::vector<OrderedJson> members(const OrderedJson& json, const std::string& pointer) {
  const OrderedJson::json_pointer at(pointer);
  if (!json.contains(at) || json.at(at).is_null()) return {};
  const OrderedJson& value = json.at(at);
  if (!value.is_array()) return {value};
  return {value.begin(), value.end()};
}

std::string money_text(std::int64_t cents) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%02lld", static_cast<long long>(cents / 100), static_cast<long long>(cents % 100));
  return text;
}

bool is_used(const Counter& counter, const SoldLabel& label) {
  const auto parcel = counter.book.parcel(label.number);
  return parcel && is_accepted(*parcel, counter.now, counter.day_us);
}

std::string digits_of(std::uint64_t serial, int digits) {
  std::string text;
  for (int i = 0; i < digits; ++i, serial /= 10) text.insert(text.begin(), static_cast<char>('0' + serial % 10));
  return text;
}

char mod10_of(std::string_view serial, int even, int odd) {
  int sum = 0;
  for (std::size_t i = 0; i < serial.size(); ++i) sum += (serial[i] - '0') * (i % 2 == 0 ? even : odd);
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool crosses_a_border(const std::string& from, const std::string& to) {
  static constexpr std::string_view kOutside[] = {"US", "CA", "GB", "CH", "NO", "AU", "JP", "CN", "TR", "UA"};
  const auto outside = [](std::string_view country) {
    return std::find(std::begin(kOutside), std::end(kOutside), country) != std::end(kOutside);
  };
  return from != to && (outside(from) || outside(to));
}

std::string two_letters(const std::string& country) {
  struct Known {
    std::string_view three, two;
  };
  // Where the first two letters of the three are not the two.
  static constexpr Known kKnown[] = {{"AUT", "AT"}, {"BIH", "BA"}, {"CHE", "CH"}, {"CHN", "CN"}, {"DNK", "DK"}, {"EST", "EE"},
                                     {"IRL", "IE"}, {"ISL", "IS"}, {"KOR", "KR"}, {"MEX", "MX"}, {"MLT", "MT"}, {"POL", "PL"},
                                     {"PRT", "PT"}, {"SRB", "RS"}, {"SVK", "SK"}, {"SVN", "SI"}, {"SWE", "SE"}, {"TUR", "TR"},
                                     {"UKR", "UA"}, {"ARE", "AE"}, {"ISR", "IL"}};
  for (const Known& known : kKnown) {
    if (known.three == country) return std::string(known.two);
  }
  return country.substr(0, 2);
}

}  // namespace roundtrip::demo
