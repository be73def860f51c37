// Rows of a shop's invoice file -> documents: orders, cancellations, stock adjustments, free orders, bad debts. Pure.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "connectors/mapping.hpp"
#include "domain/orders.hpp"

namespace date {
class time_zone;
}

namespace roundtrip::connectors {

// An exact decimal: units of 10^-decimals of the mapping. 128 bits, so that sums of checked rows cannot overflow.
using Decimal = __int128;
// "-11062.060" for decimals 3.
std::string to_text(Decimal value, int decimals);
// Reads "2.55", "-11062.06", "0.0"; nothing when it is no number or has more decimals than allowed.
std::optional<std::int64_t> parse_decimal(std::string_view text, int decimals);

// One row, read. `price` is scaled by the mapping's decimals.
struct Row {
  std::int64_t line = 0;
  std::string document, sku, description;
  std::int64_t quantity = 0;
  Instant at;
  std::int64_t price = 0;
  std::string customer;  // empty: none
  std::string country;   // ISO 3166-1 alpha-2, or ZZ
  bool goods = true;
  std::string text;  // the row as it stands in the file
};

// A row that is not imported, and why. `code` is for programs.
struct RowFault {
  std::int64_t line = 0;
  std::string code, message, text;
};

inline constexpr std::int64_t kMaxQuantity = 1'000'000'000;
inline constexpr std::int64_t kMaxPrice = 1'000'000'000'000;  // scaled
inline constexpr std::size_t kMaxDocumentRows = 10'000;

// Reads rows by the header's columns. Holds a reference to the mapping.
class RowReader {
 public:
  // Refuses a header that lacks a column, naming the nearest one there is.
  static Result<RowReader> make(const Mapping& mapping, const std::vector<std::string>& header);
  // The row; or an Error with every fault of it.
  Result<Row> read(std::int64_t line, const std::vector<std::string>& fields, const std::string& text);
  // The document's number in a row that may be faulty; empty when it cannot be told.
  std::string document_of(const std::vector<std::string>& fields) const;

 private:
  explicit RowReader(const Mapping& mapping) : mapping_(&mapping) {}
  std::optional<Instant> read_date(const std::string& text);
  std::string customer_of(std::string_view text) const;
  bool is_goods(const std::string& sku) const;

  const Mapping* mapping_;
  const date::time_zone* zone_ = nullptr;
  std::size_t width_ = 0;
  std::size_t document_ = 0, sku_ = 0, description_ = 0, quantity_ = 0, date_ = 0, unit_price_ = 0, customer_ = 0, country_ = 0;
  std::string last_date_;
  std::optional<Instant> last_instant_;
};

// The rows of one document, in the file's order. `broken_line`: a row of it is faulty, so none is imported.
struct RowGroup {
  std::string number;
  std::vector<Row> rows;
  std::optional<std::int64_t> broken_line;
  std::int64_t last_seen = 0;
};

// Joins rows to documents while they stream by. A document is finished when `window` rows of others have passed since its last row,
// because files mix the rows of neighbors now and then.
class Grouper {
 public:
  explicit Grouper(std::int64_t window = 1000) : window_(window) {}
  // Nothing, or the row itself as a fault when its document is already too long.
  std::optional<RowFault> add(Row row);
  void add_broken(const std::string& number, std::int64_t line);
  // The next finished document, in order of first appearance. `ended`: no more rows come.
  std::optional<RowGroup> take(bool ended);

 private:
  RowGroup& group_of(const std::string& number);
  std::int64_t window_;
  std::int64_t seen_ = 0;
  std::unordered_map<std::string, RowGroup> open_;
  std::deque<std::string> order_;
};

struct Document {
  std::string number;
  DocumentKind kind = DocumentKind::order;
  Instant at;  // the earliest of its rows
  std::string customer, country;
  std::vector<Row> rows;
  std::int64_t quantity = 0;
  Decimal value = 0;
  std::string content_hash;  // of what was read: the same number with other content is not the same document
};

// What the group is, checked; or why it cannot be imported. Takes the rows out of the group only when it succeeds.
Result<Document> to_document(const Mapping& mapping, RowGroup& group);
// An order or free order as take_order wants it, paid in full. Unit prices are rounded half to even to minor units.
domain::NewOrder to_order(const Mapping& mapping, const Document& document);
// A scaled price in minor units of the mapping's currency, rounded half to even.
std::int64_t to_minor(const Mapping& mapping, std::int64_t price);

}  // namespace roundtrip::connectors
