// Reading TOML tables.
#include "carriers/custom/table_reader.hpp"

#include <algorithm>

#include "base/config.hpp"

namespace roundtrip::carriers::custom {

void FileFaults::add(const toml::source_region& where, const std::string& code, const std::string& detail) {
  all.push_back({file + ":" + std::to_string(where.begin.line), code, detail});
}

std::string did_you_mean_word(std::string_view word, const std::vector<std::string>& known) {
  const auto near = nearest(word, known);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

TableReader::TableReader(const toml::table& table, std::string where, FileFaults& faults)
    : table_(table), where_(std::move(where)), faults_(faults) {}

TableReader::~TableReader() {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::ranges::find(known_, name) == known_.end())
      faults_.add(key.source(), "unknown_key", where_ + name + " is no key that is known here" + did_you_mean_word(name, known_));
  }
}

const toml::node* TableReader::find(const std::string& key, bool required) {
  known_.push_back(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr && required) faults_.add(table_.source(), "missing_key", where_ + key + " is missing");
  return node;
}

const toml::source_region& TableReader::place_of(const std::string& key) const {
  const toml::node* node = table_.get(key);
  return node == nullptr ? table_.source() : node->source();
}

void TableReader::wrong(const std::string& key, const std::string& what) {
  faults_.add(place_of(key), "bad_value", where_ + key + " " + what);
}

std::string TableReader::text(const std::string& key, bool required, std::string otherwise) {
  const toml::node* node = find(key, required);
  if (node == nullptr) return otherwise;
  if (const auto* value = node->as_string()) return value->get();
  wrong(key, "must be text in quotes");
  return otherwise;
}

std::int64_t TableReader::integer(const std::string& key, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
  const toml::node* node = find(key);
  if (node == nullptr) return otherwise;
  const auto* value = node->as_integer();
  if (value != nullptr && value->get() >= least && value->get() <= most) return value->get();
  wrong(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

bool TableReader::flag(const std::string& key, bool otherwise) {
  const toml::node* node = find(key);
  if (node == nullptr) return otherwise;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong(key, "must be true or false");
  return otherwise;
}

std::vector<std::string> TableReader::texts(const std::string& key) {
  const toml::node* node = find(key);
  if (node == nullptr) return {};
  if (const auto* value = node->as_string()) return {value->get()};
  const auto* list = node->as_array();
  std::vector<std::string> out;
  if (list != nullptr) {
    for (const toml::node& one : *list) {
      if (one.is_string()) out.push_back(one.as_string()->get());
    }
  }
  if (list == nullptr || out.size() != list->size()) wrong(key, "must be a text or a list of texts");
  return out;
}

std::vector<int> TableReader::integers(const std::string& key, int least, int most) {
  const toml::node* node = find(key);
  if (node == nullptr) return {};
  std::vector<int> out;
  const auto add = [&](const toml::node& one) {
    const auto* value = one.as_integer();
    if (value == nullptr || value->get() < least || value->get() > most)
      wrong(key, "must hold whole numbers from " + std::to_string(least) + " to " + std::to_string(most));
    else
      out.push_back(static_cast<int>(value->get()));
  };
  if (const auto* list = node->as_array()) {
    for (const toml::node& one : *list) add(one);
  } else {
    add(*node);
  }
  return out;
}

std::size_t TableReader::one_of(const std::string& key, const std::vector<std::string>& words) {
  const auto word = text(key, false, words.front());
  const auto at = std::ranges::find(words, word);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  std::string all;
  for (const auto& one : words) all += (all.empty() ? "" : ", ") + one;
  wrong(key, "is '" + word + "', which is none of " + all + did_you_mean_word(word, words));
  return 0;
}

Paths TableReader::paths(const std::string& key, DocumentKind kind, bool required) {
  if (required && !table_.contains(key)) find(key, true);
  Paths out;
  for (const auto& one : texts(key)) {
    std::string fault;
    if (auto path = Path::parse(one, kind, fault))
      out.push_back(std::move(*path));
    else
      wrong(key, "'" + one + "' " + fault);
  }
  return out;
}

const toml::table* TableReader::table(const std::string& key, bool required) {
  const toml::node* node = find(key, required);
  if (node == nullptr) return nullptr;
  if (node->as_table() == nullptr) wrong(key, "must be a table: [" + where_ + key + "]");
  return node->as_table();
}

std::vector<const toml::table*> TableReader::tables(const std::string& key) {
  const toml::node* node = find(key);
  std::vector<const toml::table*> out;
  if (node == nullptr) return out;
  const auto* list = node->as_array();
  if (list != nullptr) {
    for (const toml::node& one : *list) {
      if (const auto* table = one.as_table()) out.push_back(table);
    }
  }
  if (list == nullptr || out.size() != list->size()) wrong(key, "must be tables: [[" + where_ + key + "]]");
  return out;
}

}  // namespace roundtrip::carriers::custom
