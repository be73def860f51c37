// SOCI sessions in a pool of our own; prepared statements by SQL text through libpq's pipeline.
//
// Measured traps handled here: SOCI's statements survive a reconnect and then run another's SQL, and
// its errors carry bound values and lose the constraint's name, so statements are prepared on the
// native handle and forgotten with the session; COMMIT of an aborted transaction answers ROLLBACK (we
// read the command tag); text with a NUL byte is cut (refused in Param); SOCI's own pool waits for
// ever (our lease has a time-out).
#include "store/database.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include "base/log.hpp"

namespace roundtrip::store {
namespace {

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ResultDeleter>;

bool connection_lost(const std::string& sqlstate) { return sqlstate.starts_with("08") || sqlstate.starts_with("57P") || sqlstate.empty(); }

[[noreturn]] void throw_result_error(const PGresult* result, PGconn* connection) {
  const auto field = [&](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  std::string state = field(PG_DIAG_SQLSTATE);
  if (state.empty() && PQstatus(connection) == CONNECTION_BAD) state = "08000";
  std::string message = field(PG_DIAG_MESSAGE_PRIMARY);
  if (message.empty()) message = "the database connection was lost";
  throw DatabaseError(state, field(PG_DIAG_CONSTRAINT_NAME), message);
}

// The first line of SOCI's message, without the connection string.
std::string first_line(const std::string& what) { return what.substr(0, what.find('\n')); }

}  // namespace

void bad_column(std::string_view wanted, const Cell& cell) {
  throw std::logic_error("a column is " + (cell ? "'" + cell->substr(0, 40) + "'" : std::string("NULL")) + ", wanted " +
                         std::string(wanted));
}

Param::Param(std::string text) : value_(std::move(text)) {
  if (value_->find('\0') != std::string::npos) throw std::invalid_argument("text with a NUL byte cannot be stored");
}

// A SOCI session and the statements prepared on it. Not thread-safe; one lease holds it at a time.
//
// Statements run through libpq's pipeline on SOCI's native handle: any number of writes, then at most
// one read, then perhaps COMMIT, in one round trip.
class Connection {
 public:
  explicit Connection(const DatabaseOptions& options) : options_(options) {}

  void open() {
    if (session_) return;
    try {
      session_ = std::make_unique<soci::session>(soci::postgresql, connect_string());
    } catch (const soci::soci_error& failed) {
      session_.reset();
      throw DatabaseUnavailable("the database cannot be reached: " + first_line(failed.what()));
    }
  }

  void close() {
    names_.clear();
    session_.reset();
  }

  bool is_open() const { return session_ != nullptr; }

  // Closes a session whose server went away while it was idle: then the socket is readable (EOF).
  void drop_if_dead() {
    if (!session_) return;
    pollfd socket{PQsocket(native()), POLLIN, 0};
    if (::poll(&socket, 1, 0) > 0 && (PQconsumeInput(native()) != 1 || PQstatus(native()) == CONNECTION_BAD)) close();
  }

  void simple(const std::string& sql) {
    const ResultPointer result(PQexec(native(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    try {
      throw_result_error(result.get(), native());
    } catch (const DatabaseError& error) {
      if (connection_lost(error.sqlstate)) close();
      throw;
    }
  }

  // Sends `statements` in order (and COMMIT); gives the rows of each. One round trip.
  std::vector<std::vector<TextRow>> pipeline(const std::vector<Statement>& statements, bool and_commit) {
    PGconn* connection = native();
    if (PQenterPipelineMode(connection) != 1) lost();
    std::vector<std::string> prepared_now;
    for (const Statement& statement : statements) {
      const std::string& name = name_of(statement.sql, prepared_now);
      std::vector<const char*> values;
      for (const Param& param : statement.params) values.push_back(param.value() ? param.value()->c_str() : nullptr);
      if (PQsendQueryPrepared(connection, name.c_str(), static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0) != 1) lost();
    }
    if (and_commit && PQsendQueryParams(connection, "COMMIT", 0, nullptr, nullptr, nullptr, nullptr, 0) != 1) lost();
    if (PQpipelineSync(connection) != 1) lost();
    return drain(and_commit, prepared_now);
  }

 private:
  PGconn* native() const { return static_cast<soci::postgresql_session_backend*>(session_->get_backend())->conn_; }

  std::string connect_string() const {
    return options_.url + " connect_timeout=3 application_name=" + options_.application_name +
           " options='-c statement_timeout=" + std::to_string(options_.statement_timeout_ms) +
           " -c lock_timeout=" + std::to_string(options_.lock_timeout_ms) +
           " -c idle_in_transaction_session_timeout=60000 -c TimeZone=UTC -c DateStyle=ISO" +
           " -c client_min_messages=warning -c jit=off -c plan_cache_mode=force_generic_plan'";
  }

  const std::string& name_of(const std::string& sql, std::vector<std::string>& prepared_now) {
    const auto found = names_.find(sql);
    if (found != names_.end()) return found->second;
    const std::string& name = names_[sql] = "s" + std::to_string(++prepared_);
    prepared_now.push_back(sql);
    if (PQsendPrepare(native(), name.c_str(), sql.c_str(), 0, nullptr) != 1) lost();
    return name;
  }

  static std::vector<TextRow> rows_of(const PGresult* result) {
    std::vector<TextRow> rows(static_cast<std::size_t>(PQntuples(result)));
    const int columns = PQnfields(result);
    for (int y = 0; y < PQntuples(result); ++y) {
      TextRow& row = rows[static_cast<std::size_t>(y)];
      row.resize(static_cast<std::size_t>(columns));
      for (int x = 0; x < columns; ++x) {
        if (PQgetisnull(result, y, x) == 0) {
          row[static_cast<std::size_t>(x)].emplace(PQgetvalue(result, y, x), static_cast<std::size_t>(PQgetlength(result, y, x)));
        }
      }
    }
    return rows;
  }

  // Reads every result of the pipeline, leaves pipeline mode, then reports the first failure.
  std::vector<std::vector<TextRow>> drain(bool committing, const std::vector<std::string>& prepared_now) {
    PGconn* connection = native();
    std::optional<DatabaseError> failure;
    std::vector<std::vector<TextRow>> rows;
    std::string last_tag;
    for (bool synced = false; !synced;) {
      const ResultPointer result(PQgetResult(connection));
      if (!result) {  // between two statements
        if (PQstatus(connection) == CONNECTION_BAD) lost();
        continue;
      }
      switch (PQresultStatus(result.get())) {
        case PGRES_PIPELINE_SYNC:
          synced = true;
          break;
        case PGRES_TUPLES_OK:
          rows.push_back(rows_of(result.get()));
          last_tag = PQcmdStatus(result.get());
          break;
        case PGRES_COMMAND_OK:
          last_tag = PQcmdStatus(result.get());
          if (!last_tag.empty()) rows.emplace_back();  // the answer to a PREPARE has no tag
          break;
        case PGRES_PIPELINE_ABORTED:
          break;
        default:
          if (!failure) {
            try {
              throw_result_error(result.get(), connection);
            } catch (const DatabaseError& error) {
              failure = error;
            }
          }
          if (PQstatus(connection) == CONNECTION_BAD) {
            close();
            throw *failure;
          }
      }
    }
    PQexitPipelineMode(connection);
    if (failure) {
      for (const std::string& sql : prepared_now) names_.erase(sql);  // its PREPARE may not have happened
      if (connection_lost(failure->sqlstate)) close();
      throw *failure;
    }
    if (committing && last_tag != "COMMIT") throw DatabaseError("25P02", "", "the transaction was rolled back, not committed");
    return rows;
  }

  [[noreturn]] void lost() {
    close();
    throw DatabaseError("08000", "", "the database connection was lost");
  }

  const DatabaseOptions& options_;
  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, std::string> names_;
  std::int64_t prepared_ = 0;
};

struct Database::Pool {
  explicit Pool(DatabaseOptions given) : options(std::move(given)) {
    for (int i = 0; i < options.pool_size; ++i) {
      all.push_back(std::make_unique<Connection>(options));
      free.push_back(all.back().get());
    }
  }

  Connection* lease() {
    std::unique_lock lock(mutex);
    if (!returned.wait_for(lock, std::chrono::milliseconds(options.lease_timeout_ms), [&] { return !free.empty(); })) {
      throw DatabaseUnavailable("no database connection was free in time");
    }
    Connection* connection = free.back();  // last in, first out: warm statements
    free.pop_back();
    lock.unlock();
    connection->drop_if_dead();
    return connection;
  }

  void give_back(Connection* connection) {
    {
      const std::lock_guard lock(mutex);
      free.push_back(connection);
    }
    returned.notify_one();
  }

  const DatabaseOptions options;
  std::vector<std::unique_ptr<Connection>> all;
  std::vector<Connection*> free;
  std::mutex mutex;
  std::condition_variable returned;
};

namespace {
// Runs `work` on an open connection; when that turns out to be lost and repeating is safe, once more on a new one.
template <class Work>
auto repeat_once_if_lost(Connection& connection, bool safe, Work&& work) {
  const bool was_open = connection.is_open();
  connection.open();
  try {
    return work();
  } catch (const DatabaseError& error) {
    if (!safe || !was_open || connection.is_open() || !connection_lost(error.sqlstate)) throw;
  }
  connection.open();
  return work();
}
}  // namespace

Database::Database(DatabaseOptions options) : pool_(std::make_unique<Pool>(std::move(options))) {}
Database::~Database() = default;
const DatabaseOptions& Database::options() const { return pool_->options; }

Session::Session(Database& database) : connection_(database.pool().lease()), database_(database) {}
Session::~Session() { database_.pool().give_back(connection_); }

std::vector<TextRow> Session::run(std::string_view sql, std::vector<Param> params) {
  const std::vector<Statement> one{{std::string(sql), std::move(params)}};
  // A read is repeated on a fresh connection; a write is not, its outcome may be unknown.
  return std::move(repeat_once_if_lost(*connection_, sql.starts_with("SELECT"), [&] { return connection_->pipeline(one, false); }).back());
}

std::vector<std::vector<TextRow>> Session::read_all(const std::vector<Statement>& reads) {
  return repeat_once_if_lost(*connection_, true, [&] { return connection_->pipeline(reads, false); });
}

void Session::script(const std::string& sql) {
  connection_->open();
  connection_->simple(sql);
}

Transaction::Transaction(Database& database) : connection_(database.pool().lease()), database_(database) {
  queued_.push_back({"BEGIN", {}});
}

Transaction::~Transaction() {
  if (begun_ && !over_ && connection_->is_open()) {
    try {
      connection_->simple("ROLLBACK");
    } catch (const std::exception& failed) {
      connection_->close();
      log::warn("rollback failed", {{"why", failed.what()}});
    }
  }
  database_.pool().give_back(connection_);
}

std::vector<TextRow> Transaction::run(std::string_view sql, std::vector<Param> params) {
  queued_.push_back({std::string(sql), std::move(params)});
  return std::move(flush(false).back());
}

std::vector<std::vector<TextRow>> Transaction::run_all(std::vector<Statement> statements) {
  const std::size_t before = queued_.size();
  for (Statement& statement : statements) queued_.push_back(std::move(statement));
  auto rows = flush(false);
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(before));
  return rows;
}

void Transaction::queue(std::string_view sql, std::vector<Param> params) { queued_.push_back({std::string(sql), std::move(params)}); }

std::vector<std::vector<TextRow>> Transaction::flush(bool and_commit) {
  if (over_) throw std::logic_error("the transaction is over");
  if (begun_ && !connection_->is_open()) throw DatabaseError("08000", "", "the database connection was lost");
  const bool first = !begun_;
  begun_ = true;
  const auto statements = std::move(queued_);
  queued_.clear();
  // Before COMMIT was sent nothing has happened: the first trip of a transaction may be repeated.
  return repeat_once_if_lost(*connection_, first && !and_commit, [&] { return connection_->pipeline(statements, and_commit); });
}

void Transaction::commit() {
  flush(true);
  over_ = true;
}

void Transaction::script(const std::string& sql) {
  if (!queued_.empty()) flush(false);
  connection_->simple(sql);
}

}  // namespace roundtrip::store
