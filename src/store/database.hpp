// The way to PostgreSQL: a pool of sessions with cached prepared statements, reads, and transactions
// whose writes travel together. SOCI and libpq stay inside database.cpp.
//
// A transaction costs as many round trips as it has reads, plus one: BEGIN travels with the first
// read, queued writes with the next read or with COMMIT.
//
// SQL uses $1, $2 ... Parameters and columns travel as text; cast in SQL where PostgreSQL cannot
// infer the type. Sets go as one JSON parameter through jsonb_to_recordset.
#pragma once
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace roundtrip::store {

// A fault of the database. `sqlstate` as PostgreSQL gives it ("23505"), "08000" when the connection
// is gone. what() never holds values.
struct DatabaseError : std::runtime_error {
  DatabaseError(std::string state, std::string constraint_name, const std::string& message)
      : std::runtime_error(message), sqlstate(std::move(state)), constraint(std::move(constraint_name)) {}
  std::string sqlstate;
  std::string constraint;
};
// No connection was free in time, or the database is not reachable: answer 503.
struct DatabaseUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One parameter: NULL or text. A NUL byte cannot be stored and throws std::invalid_argument.
class Param {
 public:
  Param(std::nullopt_t) {}
  Param(std::string text);
  Param(std::string_view text) : Param(std::string(text)) {}
  Param(const char* text) : Param(std::string(text)) {}
  Param(bool flag) : value_(flag ? "t" : "f") {}
  Param(int number) : value_(std::to_string(number)) {}
  Param(unsigned number) : value_(std::to_string(number)) {}
  Param(std::int64_t number) : value_(std::to_string(number)) {}
  Param(Instant at) : value_(format_rfc3339(at)) {}
  template <class Tag>
  Param(Id<Tag> id) : value_(std::to_string(id.value)) {}
  template <class T>
  Param(const std::optional<T>& value) {
    if (value) *this = Param(*value);
  }
  const std::optional<std::string>& value() const { return value_; }

 private:
  std::optional<std::string> value_;
};

using Cell = std::optional<std::string>;
using TextRow = std::vector<Cell>;

// Cell -> T; throws std::logic_error for NULL into a non-optional or text that is not a T.
template <class T>
struct Column;
[[noreturn]] void bad_column(std::string_view wanted, const Cell& cell);
template <>
struct Column<std::string> {
  static std::string read(Cell& cell) {
    if (!cell) bad_column("text", cell);
    return std::move(*cell);
  }
};
template <>
struct Column<std::int64_t> {
  static std::int64_t read(Cell& cell) {
    std::int64_t number = 0;
    if (!cell) bad_column("bigint", cell);
    const auto [end, failed] = std::from_chars(cell->data(), cell->data() + cell->size(), number);
    if (failed != std::errc{} || end != cell->data() + cell->size()) bad_column("bigint", cell);
    return number;
  }
};
template <>
struct Column<int> {
  static int read(Cell& cell) {
    const auto number = Column<std::int64_t>::read(cell);
    if (number < INT32_MIN || number > INT32_MAX) bad_column("integer", cell);
    return static_cast<int>(number);
  }
};
template <>
struct Column<bool> {
  static bool read(Cell& cell) {
    if (!cell || (*cell != "t" && *cell != "f")) bad_column("boolean", cell);
    return *cell == "t";
  }
};
template <>
struct Column<Instant> {
  static Instant read(Cell& cell) {
    const auto at = cell ? parse_rfc3339(*cell) : std::nullopt;
    if (!at) bad_column("timestamptz", cell);
    return *at;
  }
};
template <class Tag>
struct Column<Id<Tag>> {
  static Id<Tag> read(Cell& cell) { return Id<Tag>{Column<std::int64_t>::read(cell)}; }
};
template <class T>
struct Column<std::optional<T>> {
  static std::optional<T> read(Cell& cell) {
    if (!cell) return std::nullopt;
    return Column<T>::read(cell);
  }
};

template <class... Ts, std::size_t... At>
std::tuple<Ts...> to_tuple(TextRow& row, std::index_sequence<At...>) {
  return std::tuple<Ts...>{Column<Ts>::read(row[At])...};
}
template <class... Ts>
std::tuple<Ts...> to_tuple(TextRow& row) {
  return to_tuple<Ts...>(row, std::index_sequence_for<Ts...>{});
}

// What both a Session and a Transaction can do, so that a store function works in either.
class Queryable {
 public:
  virtual ~Queryable() = default;
  // Runs one cached prepared statement and gives its rows; Ts are the columns in order.
  template <class... Ts, class... Args>
  std::vector<std::tuple<Ts...>> rows(std::string_view sql, const Args&... args) {
    std::vector<std::tuple<Ts...>> out;
    for (TextRow& row : run(sql, {Param(args)...})) out.push_back(to_tuple<Ts...>(row));
    return out;
  }
  // The first row, or nothing.
  template <class... Ts, class... Args>
  std::optional<std::tuple<Ts...>> row(std::string_view sql, const Args&... args) {
    auto all = run(sql, {Param(args)...});
    if (all.empty()) return std::nullopt;
    return to_tuple<Ts...>(all.front());
  }
  // The first column of the first row, or nothing.
  template <class T, class... Args>
  std::optional<T> value(std::string_view sql, const Args&... args) {
    auto found = row<T>(sql, args...);
    if (!found) return std::nullopt;
    return std::get<0>(std::move(*found));
  }
  // Every row of a statement, as text.
  virtual std::vector<TextRow> run(std::string_view sql, std::vector<Param> params) = 0;
};

struct DatabaseOptions {
  std::string url;  // libpq connection string
  int pool_size = 12;
  int lease_timeout_ms = 2000;
  int statement_timeout_ms = 15000;
  int lock_timeout_ms = 4000;
  std::string application_name = "roundtrip";
};

class Connection;  // one pooled session

struct Statement {
  std::string sql;
  std::vector<Param> params;
};

// The pool. Thread-safe. Connections open on first use and heal after a loss.
class Database {
 public:
  explicit Database(DatabaseOptions options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  const DatabaseOptions& options() const;
  struct Pool;
  Pool& pool() { return *pool_; }

 private:
  std::unique_ptr<Pool> pool_;
};

// A leased connection in autocommit: each rows() is its own transaction. Returns it when destroyed.
class Session : public Queryable {
 public:
  explicit Session(Database& database);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  std::vector<TextRow> run(std::string_view sql, std::vector<Param> params) override;
  // Several reads in one round trip and one snapshot each; gives the rows of each.
  std::vector<std::vector<TextRow>> read_all(const std::vector<Statement>& reads);
  // Runs a script of several statements without parameters (migrations, tests).
  void script(const std::string& sql);

 private:
  Connection* connection_;
  Database& database_;
};

// One transaction. Without commit() the destructor rolls back.
class Transaction : public Queryable {
 public:
  explicit Transaction(Database& database);
  ~Transaction() override;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  std::vector<TextRow> run(std::string_view sql, std::vector<Param> params) override;
  // Several statements in one round trip, each seeing what the ones before it did and waited for; gives
  // the rows of each. A lock and the reads that depend on it travel together this way.
  std::vector<std::vector<TextRow>> run_all(std::vector<Statement> statements);
  // Queues a write whose result nobody reads. Queued writes run in order, in one round trip, before
  // the next read or with commit(). A failing one throws there.
  template <class... Args>
  void write(std::string_view sql, const Args&... args) {
    queue(sql, {Param(args)...});
  }
  void queue(std::string_view sql, std::vector<Param> params);
  // Sends what is queued, then commits. Throws when the server did not commit.
  void commit();
  // Runs a script of several statements without parameters (migrations).
  void script(const std::string& sql);

 private:
  std::vector<std::vector<TextRow>> flush(bool and_commit);
  Connection* connection_;
  Database& database_;
  std::vector<Statement> queued_;  // BEGIN is the first
  bool begun_ = false;
  bool over_ = false;
};

// Ids as a JSON array, for statements that ask for a set: = ANY (ARRAY(SELECT jsonb_array_elements_text($n::jsonb)::bigint)).
template <class IdType>
std::string ids_json(const std::vector<IdType>& ids) {
  std::string out = "[";
  for (const IdType id : ids) out += (out.size() > 1 ? "," : "") + std::to_string(id.value);
  return out + "]";
}

}  // namespace roundtrip::store
