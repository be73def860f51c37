// Can this process do its work right now?
#pragma once
#include <string>
#include <vector>

namespace roundtrip::store {
class Database;
}

namespace roundtrip::usecases {

struct Check {
  std::string name;
  std::string fault;  // empty: fine
};
std::vector<Check> readiness(store::Database& db);

}  // namespace roundtrip::usecases
