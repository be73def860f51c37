// The migration runner.
#include "store/migrate.hpp"

#include <map>

namespace roundtrip::store {
namespace {
constexpr std::int64_t kLock = 0x526f756e64747270;  // "Roundtrp"

void ensure_table(Queryable& db) {
  db.run(
      "CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at "
      "timestamptz NOT NULL)",
      {});
}

// Compares what is applied with what this program knows.
Result<std::vector<MigrationStatus>> compare(Queryable& db, const std::vector<Migration>& known) {
  std::map<int, std::tuple<std::string, std::string, std::string>> applied;
  for (auto& [number, name, sha, at] : db.rows<int, std::string, std::string, std::string>(
           "SELECT number, name, sha256, applied_at::text FROM schema_migrations ORDER BY number")) {
    applied[number] = {name, sha, at};
  }
  std::vector<MigrationStatus> out;
  for (const Migration& migration : known) {
    MigrationStatus status{migration.number, migration.name, ""};
    if (const auto at = applied.find(migration.number); at != applied.end()) {
      if (std::get<1>(at->second) != migration.sha256) {
        return Error{
            ErrorKind::conflict, "migration_edited",
            "migration " + migration.name + " was edited after it was applied; restore the file and put the change into a new one"};
      }
      status.applied_at = std::get<2>(at->second);
      applied.erase(at);
    }
    out.push_back(status);
  }
  if (!applied.empty()) {
    return Error{ErrorKind::conflict, "schema_newer",
                 "the database has migration " + std::get<0>(applied.begin()->second) +
                     ", which this program does not know; run the newer program that applied it"};
  }
  return out;
}
}  // namespace

Result<std::vector<MigrationStatus>> migration_status(Database& db, const std::vector<Migration>& known) {
  Session session(db);
  ensure_table(session);
  return compare(session, known);
}

Result<std::vector<MigrationStatus>> migrate_up(Database& db, const std::vector<Migration>& known) {
  std::vector<MigrationStatus> applied;
  for (std::size_t next = 0; next <= known.size(); ++next) {
    Transaction tx(db);
    tx.script("SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '30min'");
    tx.run("SELECT pg_advisory_xact_lock($1)", {kLock});
    tx.script("SET LOCAL lock_timeout = '5s'");
    ensure_table(tx);
    const auto status = compare(tx, known);
    if (!status) return status.error();
    const MigrationStatus* pending = nullptr;
    for (const auto& one : *status) {
      if (one.applied_at.empty()) {
        pending = &one;
        break;
      }
    }
    if (pending != nullptr) {
      for (const Migration& migration : known) {
        if (migration.number != pending->number) continue;
        tx.script(migration.sql);
        tx.write("INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)", migration.number,
                 migration.name, migration.sha256, now());
        applied.push_back({migration.number, migration.name, "now"});
      }
    }
    tx.commit();
    if (pending == nullptr) return applied;
  }
  return applied;
}

}  // namespace roundtrip::store
