// Documents, amounts, units and texts of label orders.
#include "carriers/shipping_parts.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/secrets.hpp"
#include "carriers/reply.hpp"
#include "domain/money.hpp"

namespace roundtrip::carriers {
namespace {
constexpr double kGramsPerPound = 453.59237, kMillimetersPerInch = 25.4;

bool in_european_union(std::string_view country) {
  const auto members = customs_union();
  return std::find(members.begin(), members.end(), country) != members.end();
}

bool in_united_states(std::string_view country) { return country == "US" || country == "PR"; }

double tenths_up(double amount) { return std::ceil(amount * 10 - 1e-9) / 10; }
}  // namespace

std::span<const std::string_view> customs_union() {
  static constexpr std::string_view kMembers[] = {"AT", "BE", "BG", "HR", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HU",
                                                  "IE", "IT", "LT", "LU", "LV", "MC", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};
  return kMembers;
}

std::string_view format_of(std::string_view bytes) {
  if (bytes.starts_with("%PDF-")) return "pdf";
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "png";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "gif";
  // ZPL is text; some printers' commands stand before the first format.
  if (bytes.substr(0, 512).find("^XA") != std::string_view::npos) return "zpl";
  return "";
}

std::optional<LabelDocument> label_document(LabelPart part, const nlohmann::json& encoded) {
  if (!encoded.is_string()) return std::nullopt;
  auto bytes = from_base64(encoded.get_ref<const std::string&>());
  if (!bytes) return std::nullopt;
  const auto format = format_of(*bytes);
  if (format.empty()) return std::nullopt;
  return LabelDocument{part, std::string(format), std::move(*bytes), ""};
}

bool is_link(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

std::string fitted(std::string_view text, std::size_t characters) {
  std::string out;
  for (const char c : clean_text(text)) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && characters-- == 0) break;
    out += c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string display_name(const domain::Address& address, std::size_t characters) {
  return fitted(address.company.empty() ? address.name : address.company, characters);
}

std::pair<std::string, std::string> first_and_last_name(std::string_view name) {
  const std::string clean = clean_text(name);
  const auto blank = clean.rfind(' ');
  if (blank == std::string::npos) return {clean, clean};
  return {clean.substr(0, blank), clean.substr(blank + 1)};
}

std::string uuid_of(std::string_view text) {
  std::string hex = sha256_hex(text).substr(0, 32);
  hex[12] = '8';                  // version
  hex[16] = "89ab"[hex[16] % 4];  // variant
  for (const std::size_t at : {8u, 13u, 18u, 23u}) hex.insert(at, 1, '-');
  return hex;
}

std::string phone_digits(const domain::Address& address) {
  std::string digits;
  std::copy_if(address.phone.begin(), address.phone.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  const bool north_america = in_united_states(address.country) || address.country == "CA";
  if (north_america && digits.size() == 11 && digits.starts_with("1")) digits.erase(0, 1);
  return digits.substr(0, 15);
}

bool crosses_customs(std::string_view from, std::string_view to) {
  return from != to && !(in_european_union(from) && in_european_union(to)) && !(in_united_states(from) && in_united_states(to));
}

std::string amount_text(std::int64_t minor, std::string_view currency) {
  const auto places = static_cast<std::size_t>(std::max(0, domain::exponent(currency)));
  const bool negative = minor < 0;
  std::string digits = std::to_string(minor).substr(negative ? 1 : 0);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, ".");
  return negative ? "-" + digits : digits;
}

std::optional<std::int64_t> minor_units(std::string_view amount, std::string_view currency) {
  if (!domain::is_currency(currency)) return std::nullopt;
  const auto places = static_cast<std::size_t>(std::max(0, domain::exponent(currency)));
  const auto dot = amount.find('.');
  std::string digits(amount.substr(0, dot));
  std::string decimals(dot == std::string_view::npos ? "" : amount.substr(dot + 1));
  while (decimals.size() > places && decimals.ends_with('0')) decimals.pop_back();
  if (decimals.size() > places || digits.empty() || digits.size() > 12) return std::nullopt;
  decimals.resize(places, '0');
  digits += decimals;
  std::int64_t minor = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
  if (failed != std::errc{} || end != digits.data() + digits.size() || minor < 0) return std::nullopt;
  return minor;
}

double kilograms(int grams) { return tenths_up(grams / 1000.0); }
double pounds(int grams) { return tenths_up(grams / kGramsPerPound); }
int centimeters(int millimeters) { return (millimeters + 9) / 10; }
int inches(int millimeters) { return static_cast<int>(std::ceil(millimeters / kMillimetersPerInch - 1e-9)); }

std::string one_decimal(double number) {
  char out[32];
  std::snprintf(out, sizeof out, "%.1f", number);
  return out;
}

std::string day_text(Instant at, bool dashes) {
  std::string day = format_rfc3339(at).substr(0, 10);
  if (!dashes) std::erase(day, '-');
  return day;
}

std::string contents_text(const LabelOrder& order, std::size_t characters) {
  if (order.contents.empty()) return "";
  const std::string first = order.contents.front().description;
  if (order.contents.size() == 1) return fitted(first, characters);
  const std::string more = " +" + std::to_string(order.contents.size() - 1);
  return fitted(first, characters > more.size() ? characters - more.size() : 0) + more;
}

std::int64_t contents_value(const LabelOrder& order) {
  std::int64_t value = 0;
  for (const auto& content : order.contents) value = domain::add_exactly(value, domain::multiply_exactly(content.value, content.quantity));
  return value;
}

}  // namespace roundtrip::carriers
