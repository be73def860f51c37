// A mapping file: how the columns of somebody's CSV file are to be read. TOML; unknown keys are refused.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace roundtrip::connectors {

// What a document of the file turns out to be. The names stand in the summary and in the table imported_documents.
enum class DocumentKind { order, cancel, stock_adjustment, free, bad_debt };
inline constexpr int kDocumentKinds = 5;
std::string_view to_text(DocumentKind kind);

// One rule of recognition; every condition that is set must hold. The first rule that holds decides.
struct KindRule {
  enum class Price { any, some_positive, all_zero };
  enum class Known { any, known, unknown };
  DocumentKind kind = DocumentKind::order;
  std::string document_prefix;
  bool document_digits = false;  // the number is digits only
  Price price = Price::any;
  Known customer = Known::any;
};

struct Columns {
  std::string document, sku, description, quantity, date, unit_price, customer, country;
};

struct Mapping {
  std::string name;  // the source's name, kept with each document
  char delimiter = ',';
  Columns columns;
  std::string date_format;  // as strptime has it
  std::string time_zone;    // of the dates
  std::string currency;
  int decimals = 2;  // most decimal places of a price; `value` is written with as many
  bool sku_upper_case = false;
  std::set<std::string> not_goods;               // pseudo SKUs, after case folding
  std::vector<std::string> not_goods_prefixes;   // likewise
  std::string customer_drop_suffix;              // ".0"
  std::string customer_name, customer_email;     // "{id}" is replaced; an empty e-mail: none
  std::string anonymous_name;                    // for documents without a customer
  std::string gateway = "manual";                // who holds the payments; their reference is the document's number
  std::map<std::string, std::string> countries;  // the file's word -> ISO 3166-1 alpha-2; "ZZ": not known
  std::vector<KindRule> kinds;
};

// All faults of the file are listed in one Error, each with its line.
Result<Mapping> read_mapping(std::string_view toml, const std::string& name_for_errors);
Result<Mapping> load_mapping(const std::string& path);

}  // namespace roundtrip::connectors
