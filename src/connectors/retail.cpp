// Recognizing and checking documents; the rules come from the mapping.
#include "connectors/retail.hpp"

#include <date/tz.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "base/config.hpp"
#include "base/date_pattern.hpp"
#include "base/secrets.hpp"
#include "domain/money.hpp"

namespace roundtrip::connectors {
namespace {

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Without blanks at the ends and with single blanks inside.
std::string tidy(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::string replace_id(const std::string& pattern, const std::string& id) {
  std::string out = pattern;
  const auto at = out.find("{id}");
  return at == std::string::npos ? out : out.replace(at, 4, id);
}

std::string shown(const std::string& text) { return "'" + text.substr(0, 40) + "'"; }

bool holds(const KindRule& rule, const RowGroup& group) {
  const std::string& number = group.number;
  if (!number.starts_with(rule.document_prefix)) return false;
  if (rule.document_digits && !std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  const auto positive = [](const Row& row) { return row.price > 0; };
  const auto zero = [](const Row& row) { return row.price == 0; };
  const auto anonymous = [](const Row& row) { return row.customer.empty(); };
  if (rule.price == KindRule::Price::some_positive && !std::any_of(group.rows.begin(), group.rows.end(), positive)) return false;
  if (rule.price == KindRule::Price::all_zero && !std::all_of(group.rows.begin(), group.rows.end(), zero)) return false;
  const bool unknown = std::all_of(group.rows.begin(), group.rows.end(), anonymous);
  if (rule.customer == KindRule::Known::known && unknown) return false;
  return rule.customer != KindRule::Known::unknown || unknown;
}

// Why a document of this kind cannot have such a row; empty when it can.
std::string misfit(DocumentKind kind, const Row& row) {
  const bool order = kind == DocumentKind::order || kind == DocumentKind::free;
  if (order && row.quantity < 0) return "an order cannot have a negative quantity";
  if (kind == DocumentKind::cancel && row.quantity > 0) return "a cancellation cannot have a positive quantity";
  if (kind != DocumentKind::bad_debt && row.price < 0) return "only a bad debt can have a negative price";
  return "";
}

Error document_error(const std::string& code, const std::string& message) { return {ErrorKind::invalid, code, message}; }

std::string content_of(const Document& document) {
  std::string text(to_text(document.kind));
  for (const Row& row : document.rows) {
    text += "\n" + row.sku + "\t" + row.description + "\t" + std::to_string(row.quantity) + "\t" + format_rfc3339(row.at) + "\t" +
            std::to_string(row.price) + "\t" + row.customer + "\t" + row.country;
  }
  return text;
}

}  // namespace

std::string to_text(Decimal value, int decimals) {
  const bool negative = value < 0;
  unsigned __int128 rest = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  std::string digits;
  const std::size_t shortest = decimals > 0 ? static_cast<std::size_t>(decimals) + 2 : 1;  // "0.000"
  while (rest > 0 || digits.size() < shortest) {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (decimals > 0 && digits.size() == static_cast<std::size_t>(decimals)) digits += '.';
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, int decimals) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  std::string digits(text.substr(0, point));
  std::string fraction(point == std::string_view::npos ? std::string_view{} : text.substr(point + 1));
  if (digits.empty() || (point != std::string_view::npos && fraction.empty())) return std::nullopt;
  while (fraction.size() > static_cast<std::size_t>(decimals) && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > static_cast<std::size_t>(decimals)) return std::nullopt;
  fraction.resize(static_cast<std::size_t>(decimals), '0');
  digits += fraction;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  const auto number = parse_integer(digits);
  if (!number) return std::nullopt;
  return negative ? -*number : *number;
}

Result<RowReader> RowReader::make(const Mapping& mapping, const std::vector<std::string>& header) {
  RowReader reader(mapping);
  std::vector<Fault> faults;
  const auto locate = [&](const std::string& name) -> std::size_t {
    const auto at = std::find(header.begin(), header.end(), name);
    if (at != header.end()) return static_cast<std::size_t>(at - header.begin());
    const std::string near = nearest(name, header);
    faults.push_back({"line 1", "missing_column", "there is no column " + name + (near.empty() ? "" : "; did you mean '" + near + "'?")});
    return 0;
  };
  const Columns& columns = mapping.columns;
  reader.document_ = locate(columns.document);
  reader.sku_ = locate(columns.sku);
  reader.description_ = locate(columns.description);
  reader.quantity_ = locate(columns.quantity);
  reader.date_ = locate(columns.date);
  reader.unit_price_ = locate(columns.unit_price);
  reader.customer_ = locate(columns.customer);
  reader.country_ = locate(columns.country);
  reader.width_ = header.size();
  reader.zone_ = date::locate_zone(mapping.time_zone);
  if (faults.empty()) return reader;
  return Error{ErrorKind::invalid, "missing_column", "the file's header does not fit the mapping; correct [columns] or the file", faults};
}

std::string RowReader::document_of(const std::vector<std::string>& fields) const {
  return document_ < fields.size() ? tidy(fields[document_]) : "";
}

// Most rows repeat the date of the row before.
std::optional<Instant> RowReader::read_date(const std::string& text) {
  if (text == last_date_) return last_instant_;
  last_date_ = text;
  last_instant_ = std::nullopt;
  if (!fits_date_pattern(text, mapping_->date_format)) return last_instant_;
  std::istringstream in(text);
  date::local_time<std::chrono::microseconds> local;
  in >> date::parse(mapping_->date_format, local);
  if (!in.fail() && in.peek() == std::istringstream::traits_type::eof()) {
    // A time that the clock showed twice is taken as the first of the two.
    last_instant_ = Instant{zone_->to_sys(local, date::choose::earliest).time_since_epoch().count()};
  }
  return last_instant_;
}

std::string RowReader::customer_of(std::string_view text) const {
  std::string id = tidy(text);
  const std::string& suffix = mapping_->customer_drop_suffix;
  if (!suffix.empty() && id.ends_with(suffix)) id.resize(id.size() - suffix.size());
  return id;
}

bool RowReader::is_goods(const std::string& sku) const {
  if (mapping_->not_goods.contains(sku)) return false;
  const auto& prefixes = mapping_->not_goods_prefixes;
  return std::none_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) { return sku.starts_with(prefix); });
}

Result<Row> RowReader::read(std::int64_t line, const std::vector<std::string>& fields, const std::string& text) {
  if (fields.size() != width_) {
    return Error{ErrorKind::invalid, fields.size() < width_ ? "too_few_columns" : "too_many_columns",
                 "the row has " + std::to_string(fields.size()) + " columns, the header " + std::to_string(width_)};
  }
  std::vector<Fault> faults;
  const auto fault = [&](const std::string& code, const std::string& detail) {
    faults.push_back({"line " + std::to_string(line), code, detail});
  };
  Row row{line, tidy(fields[document_]), tidy(fields[sku_]), tidy(fields[description_]), 0, {}, 0, customer_of(fields[customer_]), "", true,
          text};
  if (mapping_->sku_upper_case) row.sku = upper(row.sku);
  row.goods = is_goods(row.sku);
  if (row.document.empty()) fault("no_document", "column " + mapping_->columns.document + " is empty");
  if (row.sku.empty()) fault("no_sku", "column " + mapping_->columns.sku + " is empty");
  const auto quantity = parse_integer(fields[quantity_]);
  if (!quantity || *quantity == 0 || *quantity > kMaxQuantity || *quantity < -kMaxQuantity) {
    fault("bad_quantity",
          "quantity " + shown(fields[quantity_]) + " is not a whole number other than 0, at most " + std::to_string(kMaxQuantity));
  }
  const auto price = parse_decimal(fields[unit_price_], mapping_->decimals);
  if (!price || *price > kMaxPrice || *price < -kMaxPrice) {
    fault("bad_price",
          "price " + shown(fields[unit_price_]) + " is not an amount with at most " + std::to_string(mapping_->decimals) + " decimals");
  }
  const auto at = read_date(fields[date_]);
  if (!at) fault("bad_date", "date " + shown(fields[date_]) + " is not of the form " + mapping_->date_format);
  const auto country = mapping_->countries.find(tidy(fields[country_]));
  if (country == mapping_->countries.end()) {
    fault("unknown_country", "country " + shown(fields[country_]) + " is not in the mapping; add it under [countries]");
  }
  if (!faults.empty()) {
    std::string all;
    for (const Fault& each : faults) all += (all.empty() ? "" : "; ") + each.detail;
    return Error{ErrorKind::invalid, faults.front().code, all, faults};
  }
  row.quantity = *quantity;
  row.price = *price;
  row.at = *at;
  row.country = country->second;
  return row;
}

RowGroup& Grouper::group_of(const std::string& number) {
  const auto [at, is_new] = open_.try_emplace(number);
  if (is_new) {
    at->second.number = number;
    order_.push_back(number);
  }
  at->second.last_seen = ++seen_;
  return at->second;
}

std::optional<RowFault> Grouper::add(Row row) {
  RowGroup& group = group_of(row.document);
  if (group.rows.size() < kMaxDocumentRows) {
    group.rows.push_back(std::move(row));
    return std::nullopt;
  }
  group.broken_line = group.broken_line.value_or(row.line);
  return RowFault{row.line, "document_too_long",
                  "document " + row.document + " has more than " + std::to_string(kMaxDocumentRows) + " rows", std::move(row.text)};
}

void Grouper::add_broken(const std::string& number, std::int64_t line) {
  RowGroup& group = group_of(number);
  group.broken_line = group.broken_line.value_or(line);
}

std::optional<RowGroup> Grouper::take(bool ended) {
  if (order_.empty()) return std::nullopt;
  const auto first = open_.find(order_.front());
  if (!ended && first->second.last_seen + window_ >= seen_) return std::nullopt;
  RowGroup group = std::move(first->second);
  open_.erase(first);
  order_.pop_front();
  return group;
}

Result<Document> to_document(const Mapping& mapping, RowGroup& group) {
  if (group.broken_line) {
    return document_error("document_broken", "line " + std::to_string(*group.broken_line) + " of the same document " + group.number +
                                                 " is faulty; a document is imported whole or not at all");
  }
  const auto rule = std::find_if(mapping.kinds.begin(), mapping.kinds.end(), [&](const KindRule& one) { return holds(one, group); });
  if (rule == mapping.kinds.end()) {
    return document_error("unknown_kind", "no rule of the mapping says what document " + group.number + " is; add one under [[kinds]]");
  }
  Document document;
  document.number = group.number;
  document.kind = rule->kind;
  document.at = group.rows.front().at;
  document.customer = group.rows.front().customer;
  document.country = group.rows.front().country;
  for (const Row& row : group.rows) {
    if (const std::string why = misfit(document.kind, row); !why.empty()) {
      return document_error("unfit_row", "line " + std::to_string(row.line) + " of document " + document.number + ": " + why);
    }
    if (row.customer != document.customer || row.country != document.country) {
      return document_error("mixed_customers", "document " + document.number + " names more than one customer or country (line " +
                                                   std::to_string(row.line) + "); give them numbers of their own");
    }
    document.at = std::min(document.at, row.at);
    document.quantity += row.quantity;
    document.value += static_cast<Decimal>(row.quantity) * row.price;
  }
  // Room for the sums of a whole order in 63 bits of minor units.
  const Decimal limit = static_cast<Decimal>(power_of_ten(17));
  if (document.value > limit || document.value < -limit) {
    return document_error("value_too_big", "document " + document.number + " is worth more than any order can be");
  }
  document.rows = std::move(group.rows);
  document.content_hash = sha256_hex(content_of(document));
  return document;
}

std::int64_t to_minor(const Mapping& mapping, std::int64_t price) {
  const int exponent = domain::exponent(mapping.currency);
  if (mapping.decimals <= exponent) return domain::multiply_exactly(price, power_of_ten(exponent - mapping.decimals));
  return domain::released_share(price, 1, power_of_ten(mapping.decimals - exponent));
}

domain::NewOrder to_order(const Mapping& mapping, const Document& document) {
  domain::NewOrder order;
  order.external_id = document.number;
  order.placed_at = document.at;
  order.currency = mapping.currency;
  order.customer.external_id = document.customer;
  order.customer.name = document.customer.empty() ? mapping.anonymous_name : replace_id(mapping.customer_name, document.customer);
  if (!document.customer.empty()) order.customer.email = replace_id(mapping.customer_email, document.customer);
  order.customer.time_zone = mapping.time_zone;
  order.ship_to.name = order.customer.name;
  order.ship_to.country = document.country;
  if (document.kind == DocumentKind::free) order.kind = "free";
  std::int64_t total = 0;
  for (const Row& row : document.rows) {
    domain::NewLine line;
    line.external_id = std::to_string(order.lines.size() + 1);
    line.sku = row.sku;
    line.description = row.description.empty() ? row.sku : row.description;
    line.quantity = row.quantity;
    line.unit_price = to_minor(mapping, row.price);
    line.goods = row.goods;
    total = domain::add_exactly(total, domain::multiply_exactly(line.quantity, line.unit_price));
    order.lines.push_back(std::move(line));
  }
  if (total > 0) order.payments.push_back({mapping.gateway, document.number, total});
  return order;
}

}  // namespace roundtrip::connectors
