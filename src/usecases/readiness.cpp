// Readiness checks.
#include "usecases/readiness.hpp"

#include "store/migrate.hpp"

namespace roundtrip::usecases {

std::vector<Check> readiness(store::Database& db) {
  std::vector<Check> checks{{"database", ""}, {"migrations", ""}};
  try {
    const auto status = store::migration_status(db);
    if (!status) checks[1].fault = status.error().message;
    for (const auto& migration : status ? *status : std::vector<store::MigrationStatus>{}) {
      if (migration.applied_at.empty()) checks[1].fault = migration.name + " is pending";
    }
  } catch (const std::exception&) {
    checks[0].fault = "not reachable";
    checks[1].fault = "unknown";
  }
  return checks;
}

}  // namespace roundtrip::usecases
