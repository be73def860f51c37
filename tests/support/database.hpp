// A PostgreSQL database of its own for each test, copied from a migrated template.
//
// ROUNDTRIP_TEST_DATABASE holds a libpq connection string of a server where we may create databases
// (./test starts one). Without it these tests fail and say so; they are never skipped silently.
#pragma once
#include <memory>
#include <string>

#include "store/database.hpp"

namespace roundtrip::test {

class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  store::Database& db() { return *database_; }
  const std::string& url() const { return url_; }
  // A merchant "demo" with warehouse main, bin A-01 and the eight stations; made on first call.
  MerchantId merchant();

 private:
  std::string name_, url_;
  std::unique_ptr<store::Database> database_;
  MerchantId merchant_{};
};

// Runs SQL on the server's maintenance database.
void admin_sql(const std::string& sql);
std::string server_url();

}  // namespace roundtrip::test
