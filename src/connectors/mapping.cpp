// Reading a mapping file with toml++.
#include "connectors/mapping.hpp"

#include <date/tz.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/config.hpp"
#include "domain/money.hpp"

namespace roundtrip::connectors {
namespace {

constexpr std::string_view kKindNames[] = {"order", "cancel", "stock_adjustment", "free", "bad_debt"};

// Reads one table and remembers which keys were asked for; the others are unknown.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string where, std::vector<Fault>& faults)
      : table_(table), where_(std::move(where)), faults_(faults) {}
  ~TableReader() { refuse_unknown(); }
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  std::string text(const std::string& key, bool required, std::string otherwise = "") {
    const toml::node* node = find(key, required);
    if (node == nullptr) return otherwise;
    if (const auto* value = node->as_string()) return value->get();
    wrong(*node, key, "text in quotes");
    return otherwise;
  }
  std::int64_t integer(const std::string& key, std::int64_t otherwise, std::int64_t min, std::int64_t max) {
    const toml::node* node = find(key, false);
    if (node == nullptr) return otherwise;
    const auto* value = node->as_integer();
    if (value != nullptr && value->get() >= min && value->get() <= max) return value->get();
    wrong(*node, key, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return otherwise;
  }
  bool flag(const std::string& key) {
    const toml::node* node = find(key, false);
    if (node == nullptr) return false;
    if (const auto* value = node->as_boolean()) return value->get();
    wrong(*node, key, "true or false");
    return false;
  }
  std::vector<std::string> texts(const std::string& key) {
    std::vector<std::string> out;
    const toml::node* node = find(key, false);
    if (node == nullptr) return out;
    const auto* list = node->as_array();
    if (list == nullptr || !std::all_of(list->begin(), list->end(), [](const toml::node& one) { return one.is_string(); })) {
      wrong(*node, key, "a list of texts");
      return out;
    }
    for (const toml::node& one : *list) out.push_back(one.as_string()->get());
    return out;
  }
  // The index of the key's text among `words`.
  std::size_t one_of(const std::string& key, const std::vector<std::string>& words, bool required) {
    const std::string word = text(key, required, words.front());
    const auto at = std::find(words.begin(), words.end(), word);
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
    std::string all;
    for (const auto& each : words) all += (all.empty() ? "" : ", ") + each;
    wrong(*table_.get(key), key, "one of " + all);
    return 0;
  }
  const toml::table* table(const std::string& key) {
    const toml::node* node = find(key, true);
    if (node == nullptr) return nullptr;
    if (node->as_table() == nullptr) wrong(*node, key, "a table");
    return node->as_table();
  }
  const toml::node* find(const std::string& key, bool required) {
    known_.push_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr && required) fault(table_.source().begin.line, "missing_key", where_ + key + " is missing");
    return node;
  }
  void wrong(const toml::node& node, const std::string& key, const std::string& wanted) {
    fault(node.source().begin.line, "bad_value", where_ + key + " must be " + wanted);
  }
  void fault(toml::source_index line, const std::string& code, const std::string& detail) {
    faults_.push_back({"line " + std::to_string(line), code, detail});
  }

 private:
  void refuse_unknown() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      const std::string near = nearest(name, known_);
      fault(node.source().begin.line, "unknown_key",
            "unknown key '" + where_ + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
  }
  const toml::table& table_;
  std::string where_;
  std::vector<Fault>& faults_;
  std::vector<std::string> known_;
};

void read_columns(const toml::table& table, Columns& out, std::vector<Fault>& faults) {
  TableReader reader(table, "columns.", faults);
  out = {reader.text("document", true), reader.text("sku", true),        reader.text("description", true), reader.text("quantity", true),
         reader.text("date", true),     reader.text("unit_price", true), reader.text("customer", true),    reader.text("country", true)};
}

void read_dates(const toml::table& table, Mapping& out, std::vector<Fault>& faults) {
  TableReader reader(table, "dates.", faults);
  out.date_format = reader.text("format", true);
  out.time_zone = reader.text("time_zone", true, "UTC");
  try {
    date::locate_zone(out.time_zone);
  } catch (const std::runtime_error&) {
    reader.wrong(*table.get("time_zone"), "time_zone", "a zone of the IANA database such as Europe/London");
  }
}

void read_money(const toml::table& table, Mapping& out, std::vector<Fault>& faults) {
  TableReader reader(table, "money.", faults);
  out.currency = reader.text("currency", true, "EUR");
  if (!domain::is_currency(out.currency)) reader.wrong(*table.get("currency"), "currency", "an ISO 4217 code such as GBP");
  out.gateway = reader.text("gateway", false, "manual");
  out.decimals = static_cast<int>(reader.integer("decimals", domain::exponent(out.currency), 0, 6));
}

void read_sku(const toml::table& table, Mapping& out, std::vector<Fault>& faults) {
  TableReader reader(table, "sku.", faults);
  out.sku_upper_case = reader.one_of("case", {"keep", "upper"}, false) == 1;
  for (auto& sku : reader.texts("not_goods")) out.not_goods.insert(std::move(sku));
  out.not_goods_prefixes = reader.texts("not_goods_prefixes");
}

void read_customer(const toml::table& table, Mapping& out, std::vector<Fault>& faults) {
  TableReader reader(table, "customer.", faults);
  out.customer_drop_suffix = reader.text("drop_suffix", false);
  out.customer_name = reader.text("name", false, "{id}");
  out.customer_email = reader.text("email", false);
  out.anonymous_name = reader.text("anonymous_name", false);
}

void read_countries(const toml::table& table, Mapping& out, std::vector<Fault>& faults) {
  for (const auto& [key, node] : table) {
    const auto* code = node.as_string();
    const bool shape = code != nullptr && code->get().size() == 2 && code->get()[0] >= 'A' && code->get()[0] <= 'Z' &&
                       code->get()[1] >= 'A' && code->get()[1] <= 'Z';
    if (shape) {
      out.countries[std::string(key.str())] = code->get();
    } else {
      faults.push_back({"line " + std::to_string(node.source().begin.line), "bad_value",
                        "countries." + std::string(key.str()) + " must be two upper-case letters (ISO 3166-1), or ZZ for none"});
    }
  }
}

KindRule read_rule(const toml::table& table, std::vector<Fault>& faults) {
  TableReader reader(table, "kinds.", faults);
  KindRule rule;
  const std::vector<std::string> names(std::begin(kKindNames), std::end(kKindNames));
  rule.kind = static_cast<DocumentKind>(reader.one_of("kind", names, true));
  rule.document_prefix = reader.text("document_prefix", false);
  rule.document_digits = reader.flag("document_digits");
  rule.price = static_cast<KindRule::Price>(reader.one_of("price", {"any", "some_positive", "all_zero"}, false));
  rule.customer = static_cast<KindRule::Known>(reader.one_of("customer", {"any", "known", "unknown"}, false));
  return rule;
}

void read_kinds(const toml::node* node, Mapping& out, std::vector<Fault>& faults) {
  const auto* list = node == nullptr ? nullptr : node->as_array();
  if (list == nullptr || list->empty()) {
    if (node != nullptr)
      faults.push_back({"line " + std::to_string(node->source().begin.line), "bad_value", "kinds must be a list of tables ([[kinds]])"});
    return;
  }
  for (const toml::node& one : *list) {
    if (const auto* table = one.as_table()) {
      out.kinds.push_back(read_rule(*table, faults));
    } else {
      faults.push_back({"line " + std::to_string(one.source().begin.line), "bad_value", "kinds must be a list of tables ([[kinds]])"});
    }
  }
}

void read_root(const toml::table& root, Mapping& out, std::vector<Fault>& faults) {
  TableReader reader(root, "", faults);
  out.name = reader.text("name", true);
  const std::string delimiter = reader.text("delimiter", false, ",");
  if (delimiter.size() == 1 && delimiter != "\"" && delimiter != "\n" && delimiter != "\r") {
    out.delimiter = delimiter.front();
  } else {
    reader.wrong(*root.get("delimiter"), "delimiter", "one character of ASCII");
  }
  if (const auto* table = reader.table("columns")) read_columns(*table, out.columns, faults);
  if (const auto* table = reader.table("dates")) read_dates(*table, out, faults);
  if (const auto* table = reader.table("money")) read_money(*table, out, faults);
  if (const auto* table = reader.table("sku")) read_sku(*table, out, faults);
  if (const auto* table = reader.table("customer")) read_customer(*table, out, faults);
  if (const auto* table = reader.table("countries")) read_countries(*table, out, faults);
  read_kinds(reader.find("kinds", true), out, faults);
}

}  // namespace

std::string_view to_text(DocumentKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

Result<Mapping> read_mapping(std::string_view toml_text, const std::string& name_for_errors) {
  Mapping mapping;
  std::vector<Fault> faults;
  try {
    const toml::table root = toml::parse(toml_text);
    read_root(root, mapping, faults);
  } catch (const toml::parse_error& broken) {
    faults.push_back({"line " + std::to_string(broken.source().begin.line), "not_toml", std::string(broken.description())});
  }
  if (faults.empty()) return mapping;
  return Error{ErrorKind::invalid, "bad_mapping", "the mapping file " + name_for_errors + " cannot be used; correct what is listed",
               faults};
}

Result<Mapping> load_mapping(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return Error{ErrorKind::invalid, "unreadable_file", "the mapping file " + path + " cannot be read; check its name"};
  return read_mapping(content.str(), path);
}

}  // namespace roundtrip::connectors
