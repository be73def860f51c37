// GS1 parsing.
#include "domain/gs1.hpp"

#include <algorithm>
#include <cstdint>

namespace roundtrip::domain {
namespace {
constexpr char kGs = '\x1D';

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// An application identifier: how long its value is. `fixed` needs no GS after it.
struct AiRule {
  std::string_view prefix;  // of the AI
  std::size_t ai_digits;
  std::size_t min, max;
  bool numeric;
  bool fixed;
};
// The identifiers a warehouse meets; longer prefixes first. Others are refused, not guessed.
constexpr AiRule kAis[] = {
    {"00", 2, 18, 18, true, true},    {"01", 2, 14, 14, true, true},     {"02", 2, 14, 14, true, true},    {"10", 2, 1, 20, false, false},
    {"11", 2, 6, 6, true, true},      {"12", 2, 6, 6, true, true},       {"13", 2, 6, 6, true, true},      {"15", 2, 6, 6, true, true},
    {"16", 2, 6, 6, true, true},      {"17", 2, 6, 6, true, true},       {"20", 2, 2, 2, true, true},      {"21", 2, 1, 20, false, false},
    {"22", 2, 1, 20, false, false},   {"240", 3, 1, 30, false, false},   {"241", 3, 1, 30, false, false},  {"250", 3, 1, 30, false, false},
    {"30", 2, 1, 8, true, false},     {"31", 4, 6, 6, true, true},       {"32", 4, 6, 6, true, true},      {"33", 4, 6, 6, true, true},
    {"34", 4, 6, 6, true, true},      {"35", 4, 6, 6, true, true},       {"36", 4, 6, 6, true, true},      {"37", 2, 1, 8, true, false},
    {"400", 3, 1, 30, false, false},  {"401", 3, 1, 30, false, false},   {"402", 3, 17, 17, true, false},  {"403", 3, 1, 30, false, false},
    {"41", 3, 13, 13, true, true},    {"420", 3, 1, 20, false, false},   {"421", 3, 4, 12, false, false},  {"422", 3, 3, 3, true, false},
    {"7003", 4, 10, 10, true, false}, {"8003", 4, 15, 30, false, false}, {"8004", 4, 1, 30, false, false}, {"8005", 4, 6, 6, true, false},
    {"8006", 4, 18, 18, true, false}, {"8020", 4, 1, 25, false, false},  {"9", 2, 1, 90, false, false},
};

const AiRule* rule_at(std::string_view text) {
  for (const AiRule& rule : kAis) {
    if (text.size() >= rule.ai_digits && text.substr(0, rule.prefix.size()) == rule.prefix && all_digits(text.substr(0, rule.ai_digits)))
      return &rule;
  }
  return nullptr;
}

// AI element characters: GS1 set 82.
bool in_set_82(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!\"%&'()*+,-./_:;<=>?").find(c) != std::string_view::npos;
  });
}

bool value_fits(const AiRule& rule, std::string_view value) {
  if (value.size() < rule.min || value.size() > rule.max) return false;
  if (rule.numeric ? !all_digits(value) : !in_set_82(value)) return false;
  const bool has_check = rule.prefix == "00" || rule.prefix == "01" || rule.prefix == "02" || rule.prefix == "41" || rule.prefix == "402";
  return !has_check || gs1_check_digit(value.substr(0, value.size() - 1)) == value.back();
}

// "(01)0950...(10)ABC" as elements; nothing when malformed.
std::optional<std::vector<Gs1Element>> parse_bracketed(std::string_view text) {
  std::vector<Gs1Element> elements;
  while (!text.empty()) {
    const auto close = text.find(')');
    if (text.front() != '(' || close == std::string_view::npos) return std::nullopt;
    const std::string_view ai = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    // The value may hold '(' itself: the next element begins at '(' digits ')'.
    std::size_t end = 0;
    for (;; ++end) {
      end = text.find('(', end);
      if (end == std::string_view::npos) break;
      const auto next_close = text.find(')', end);
      if (next_close != std::string_view::npos && next_close - end >= 3 && next_close - end <= 5 &&
          all_digits(text.substr(end + 1, next_close - end - 1)))
        break;
    }
    const std::string_view value = text.substr(0, end);
    const AiRule* rule = rule_at(ai);
    if (rule == nullptr || rule->ai_digits != ai.size() || !value_fits(*rule, value)) return std::nullopt;
    elements.push_back({std::string(ai), std::string(value)});
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
  }
  return elements;
}

// Element string with GS between variable-length elements.
std::optional<std::vector<Gs1Element>> parse_elements(std::string_view text) {
  std::vector<Gs1Element> elements;
  while (!text.empty()) {
    if (text.front() == kGs) {
      text.remove_prefix(1);
      continue;
    }
    const AiRule* rule = rule_at(text);
    if (rule == nullptr) return std::nullopt;
    const std::string ai(text.substr(0, rule->ai_digits));
    text.remove_prefix(rule->ai_digits);
    const std::size_t length = rule->fixed ? std::min(rule->max, text.size()) : std::min(text.find(kGs), text.size());
    const std::string_view value = text.substr(0, length);
    if (!value_fits(*rule, value)) return std::nullopt;
    elements.push_back({ai, std::string(value)});
    text.remove_prefix(length);
  }
  return elements;
}

std::string unescape(std::string_view text) {
  std::string out;
  const auto hex = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string ai_of_name(const std::string& name) {
  if (name == "gtin") return "01";
  if (name == "lot") return "10";
  if (name == "ser") return "21";
  if (name == "cpv") return "22";
  if (name == "exp") return "17";
  return name;
}

// https://any.domain/(path/)01/09506000134352/10/ABC?17=261231 - the domain is never trusted or visited.
std::optional<std::vector<Gs1Element>> parse_digital_link(std::string_view uri) {
  const auto scheme = uri.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  uri.remove_prefix(scheme + 3);
  uri = uri.substr(0, uri.find('#'));
  const auto question = uri.find('?');
  std::string_view path = uri.substr(0, question);
  std::string_view query = question == std::string_view::npos ? std::string_view() : uri.substr(question + 1);
  std::vector<std::string> segments;
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    path.remove_prefix(slash + 1);
    segments.push_back(unescape(path.substr(0, path.find('/'))));
  }
  std::vector<Gs1Element> elements;
  std::size_t at = 0;
  for (; at + 1 < segments.size(); ++at) {
    const std::string ai = ai_of_name(segments[at]);
    if (ai == "01" || ai == "00" || ai == "8003" || ai == "8004" || ai == "414") break;
  }
  for (; at + 1 < segments.size(); at += 2) {
    std::string value = segments[at + 1];
    const std::string ai = ai_of_name(segments[at]);
    if (ai == "01" && all_digits(value) && value.size() < 14) value = std::string(14 - value.size(), '0') + value;
    const AiRule* rule = rule_at(ai);
    if (rule == nullptr || rule->ai_digits != ai.size() || !value_fits(*rule, value)) return std::nullopt;
    elements.push_back({ai, value});
  }
  if (elements.empty()) return std::nullopt;
  while (!query.empty()) {
    const auto end = query.find_first_of("&;");
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string ai = ai_of_name(std::string(pair.substr(0, equals)));
    const std::string value = unescape(pair.substr(equals + 1));
    const AiRule* rule = all_digits(ai) ? rule_at(ai) : nullptr;  // other keys (linkType, utm_*) are not ours
    if (rule != nullptr && rule->ai_digits == ai.size() && value_fits(*rule, value)) elements.push_back({ai, value});
  }
  return elements;
}

std::optional<ScannedItem> item_of(std::optional<std::vector<Gs1Element>> elements) {
  if (!elements || elements->empty()) return std::nullopt;
  ScannedItem item;
  for (const auto& [ai, value] : *elements) {
    std::string* field = ai == "01" || ai == "02" ? &item.gtin14
                         : ai == "10"             ? &item.lot
                         : ai == "21"             ? &item.serial
                         : ai == "17"             ? &item.expiry
                         : ai == "00"             ? &item.sscc
                                                  : nullptr;
    if (field != nullptr) {
      if (!field->empty() && *field != value) return std::nullopt;  // the same identifier twice, differing: unreadable
      *field = value;
    } else if (ai == "30" || ai == "37") {
      item.count = std::stoll(value);
    }
  }
  item.elements = std::move(*elements);
  if (item.gtin14.empty() && item.sscc.empty()) return std::nullopt;
  return item;
}

std::optional<ScannedItem> plain_gtin(std::string_view text, std::string_view symbology) {
  if (!all_digits(text)) return std::nullopt;
  ScannedItem item;
  // Eight digits are an EAN-8 unless the scanner says otherwise: "]E0" has twelve or thirteen, or is a UPC-E not expanded.
  const bool may_be_upce = (symbology.empty() || symbology == "]E0") && text.size() >= 6 && text.size() <= 8;
  auto gtin = symbology == "]E0" && may_be_upce ? upce_to_gtin14(text) : to_gtin14(text);
  if (!gtin && may_be_upce) gtin = symbology == "]E0" ? to_gtin14(text) : upce_to_gtin14(text);
  if (!gtin) return std::nullopt;
  item.gtin14 = *gtin;
  return item;
}
}  // namespace

char gs1_check_digit(std::string_view digits) {
  int sum = 0;
  int weight = 3;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, weight = 4 - weight) sum += (*at - '0') * weight;
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::optional<std::string> sscc_of(std::string_view company_prefix, int extension, std::int64_t serial) {
  const bool digits = std::all_of(company_prefix.begin(), company_prefix.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || company_prefix.size() < 7 || company_prefix.size() > 12 || extension < 0 || extension > 9 || serial < 0)
    return std::nullopt;
  const std::string number = std::to_string(serial);
  const std::size_t room = 16 - company_prefix.size();
  if (number.size() > room) return std::nullopt;
  std::string out = std::to_string(extension) + std::string(company_prefix) + std::string(room - number.size(), '0') + number;
  out.push_back(gs1_check_digit(out));
  return out;
}

std::optional<std::string> to_gtin14(std::string_view digits) {
  const bool length_fits = digits.size() == 8 || digits.size() == 12 || digits.size() == 13 || digits.size() == 14;
  if (!length_fits || !all_digits(digits) || gs1_check_digit(digits.substr(0, digits.size() - 1)) != digits.back()) return std::nullopt;
  return std::string(14 - digits.size(), '0') + std::string(digits);
}

std::optional<std::string> upce_to_gtin14(std::string_view digits) {
  if (!all_digits(digits) || digits.size() < 6 || digits.size() > 8) return std::nullopt;
  char system = '0';
  std::optional<char> check;
  if (digits.size() >= 7) {
    system = digits.front();
    digits.remove_prefix(1);
  }
  if (digits.size() == 7) {
    check = digits.back();
    digits.remove_suffix(1);
  }
  if (system != '0' && system != '1') return std::nullopt;
  const std::string x(digits);
  std::string body(1, system);
  switch (x[5]) {
    case '0':
    case '1':
    case '2':
      body += x.substr(0, 2) + x[5] + "0000" + x.substr(2, 3);
      break;
    case '3':
      body += x.substr(0, 3) + "00000" + x.substr(3, 2);
      break;
    case '4':
      body += x.substr(0, 4) + "00000" + x.substr(4, 1);
      break;
    default:
      body += x.substr(0, 5) + "0000" + x[5];
      break;
  }
  const char right = gs1_check_digit(body);
  if (check && *check != right) return std::nullopt;
  return "00" + body + right;
}

std::optional<std::string> inner_gtin14(std::string_view gtin14) {
  if (gtin14.size() != 14 || !all_digits(gtin14) || gtin14.front() < '1' || gtin14.front() > '8') return std::nullopt;
  const std::string body = "0" + std::string(gtin14.substr(1, 12));
  return body + gs1_check_digit(body);
}

Scan split_symbology(std::string_view scanned) {
  const bool marked =
      scanned.size() > 3 && scanned[0] == ']' && ((scanned[1] >= 'A' && scanned[1] <= 'Z') || (scanned[1] >= 'a' && scanned[1] <= 'z'));
  if (!marked) return {"", std::string(scanned)};
  return {std::string(scanned.substr(0, 3)), std::string(scanned.substr(3))};
}

std::optional<ScannedItem> parse_item(std::string_view scanned, std::string_view symbology) {
  Scan scan = split_symbology(scanned);
  if (scan.symbology.empty()) scan.symbology = symbology;
  std::string_view text = scan.text;
  if (text.size() > 400) return std::nullopt;
  if (text.starts_with("http://") || text.starts_with("https://")) return item_of(parse_digital_link(text));
  if (text.starts_with("(")) return item_of(parse_bracketed(text));
  const bool gs1 = scan.symbology == "]C1" || scan.symbology == "]e0" || scan.symbology == "]d2" || scan.symbology == "]Q3" ||
                   scan.symbology == "]J1" || (!text.empty() && text.front() == kGs);
  if (gs1) return item_of(parse_elements(text));
  if (auto plain = plain_gtin(text, scan.symbology)) return plain;
  // A GS inside says GS1 even where the scanner does not send identifiers.
  if (text.find(kGs) != std::string_view::npos || (text.size() > 16 && text.starts_with("01"))) return item_of(parse_elements(text));
  return std::nullopt;
}

}  // namespace roundtrip::domain
