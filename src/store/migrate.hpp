// Brings the schema forward: numbered SQL files, checksummed, each in one transaction under a lock.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct Migration {
  int number = 0;
  std::string name;  // "0001_foundation"
  std::string sql;
  std::string sha256;
};

struct MigrationStatus {
  int number = 0;
  std::string name;
  std::string applied_at;  // empty: pending
};

// The files compiled into the program, in order.
const std::vector<Migration>& built_in_migrations();
// What is applied and what is pending. Refuses (conflict) an edited file or a newer, unknown one.
Result<std::vector<MigrationStatus>> migration_status(Database& db, const std::vector<Migration>& known = built_in_migrations());
// Applies what is pending, waits for another process that does the same; gives what was applied.
Result<std::vector<MigrationStatus>> migrate_up(Database& db, const std::vector<Migration>& known = built_in_migrations());

}  // namespace roundtrip::store
