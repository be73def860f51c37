// One TOML table of a carrier's file, read key by key; keys that nobody asked for are refused.
#pragma once
#include <toml++/toml.h>

#include <string>
#include <vector>

#include "base/result.hpp"
#include "carriers/custom/paths.hpp"

namespace roundtrip::carriers::custom {

struct FileFaults {
  std::string file;
  std::vector<Fault> all;
  // "file:line" is the fault's place.
  void add(const toml::source_region& where, const std::string& code, const std::string& detail);
};

class TableReader {
 public:
  // `where` is "" or the table's name and a dot.
  TableReader(const toml::table& table, std::string where, FileFaults& faults);
  // What stands in the table and was not asked for is a fault.
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  std::string text(const std::string& key, bool required = false, std::string otherwise = "");
  std::int64_t integer(const std::string& key, std::int64_t otherwise, std::int64_t least, std::int64_t most);
  // A text or a list of texts.
  std::vector<std::string> texts(const std::string& key);
  std::vector<int> integers(const std::string& key, int least, int most);
  bool flag(const std::string& key, bool otherwise = false);
  // One of the words, the first without the key; its index.
  std::size_t one_of(const std::string& key, const std::vector<std::string>& words);
  // A path or a list of paths into a document of the kind.
  Paths paths(const std::string& key, DocumentKind kind, bool required = false);
  // nullptr without it; a fault when it is something else.
  const toml::table* table(const std::string& key, bool required = false);
  std::vector<const toml::table*> tables(const std::string& key);

  const toml::node* find(const std::string& key, bool required = false);
  void wrong(const std::string& key, const std::string& what);
  const toml::source_region& place_of(const std::string& key) const;
  const std::string& where() const { return where_; }
  FileFaults& faults() { return faults_; }

 private:
  const toml::table& table_;
  std::string where_;
  FileFaults& faults_;
  std::vector<std::string> known_;
};

// "; did you mean 'x'?" or nothing.
std::string did_you_mean_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace roundtrip::carriers::custom
