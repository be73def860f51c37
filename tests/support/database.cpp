// Test databases: one template per schema checksum, made once under a lock, then cheap copies.
#include "support/database.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include "base/secrets.hpp"
#include "store/migrate.hpp"

namespace roundtrip::test {
namespace {
store::DatabaseOptions options_for(const std::string& url, int pool) {
  store::DatabaseOptions options;
  options.url = url;
  options.pool_size = pool;
  options.application_name = "roundtrip-test";
  return options;
}

std::string template_name() {
  std::string all;
  for (const auto& migration : store::built_in_migrations()) all += migration.sha256;
  return "template_" + sha256_hex(all).substr(0, 16);
}

// Makes the migrated template unless another process has.
void ensure_template() {
  static const bool made = [] {
    const std::string name = template_name();
    store::Database admin(options_for(server_url() + " dbname=postgres", 1));
    store::Session session(admin);
    session.run("SELECT pg_advisory_lock(4711)", {});
    if (!session.value<int>("SELECT 1 FROM pg_database WHERE datname = $1", name)) {
      const std::string draft = name + "_draft";
      session.script("DROP DATABASE IF EXISTS " + draft);
      session.script("CREATE DATABASE " + draft);
      {
        store::Database fresh(options_for(server_url() + " dbname=" + draft, 1));
        if (const auto migrated = store::migrate_up(fresh); !migrated) throw std::runtime_error(migrated.error().message);
      }
      session.script("ALTER DATABASE " + draft + " RENAME TO " + name);
    }
    session.run("SELECT pg_advisory_unlock(4711)", {});
    return true;
  }();
  (void)made;
}
}  // namespace

std::string server_url() {
  const char* url = std::getenv("ROUNDTRIP_TEST_DATABASE");
  if (url == nullptr) throw std::runtime_error("ROUNDTRIP_TEST_DATABASE is not set: run the tests through ./test");
  return url;
}

void admin_sql(const std::string& sql) {
  store::Database admin(options_for(server_url() + " dbname=postgres", 1));
  store::Session(admin).script(sql);
}

TestDatabase::TestDatabase() {
  ensure_template();
  static std::atomic<int> counter{0};
  name_ = "t_" + std::to_string(getpid()) + "_" + std::to_string(++counter) + "_" + sha256_hex(random_token()).substr(0, 6);
  admin_sql("CREATE DATABASE " + name_ + " TEMPLATE " + template_name() + "");
  url_ = server_url() + " dbname=" + name_;
  database_ = std::make_unique<store::Database>(options_for(url_, 24));
}

TestDatabase::~TestDatabase() {
  database_.reset();
  try {
    admin_sql("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The server goes away with the test run; a left-over database harms nobody.
  }
}

MerchantId TestDatabase::merchant() {
  if (merchant_.value != 0) return merchant_;
  store::Session session(*database_);
  merchant_ =
      session.value<MerchantId>("INSERT INTO merchants (slug, name, created_at) VALUES ('demo', 'Demo', now()) RETURNING merchant_id")
          .value();
  const auto warehouse =
      session.value<WarehouseId>("INSERT INTO warehouses (merchant_id, name) VALUES ($1, 'main') RETURNING warehouse_id", merchant_)
          .value();
  session.run("INSERT INTO bins (merchant_id, warehouse_id, name, walk_order) VALUES ($1, $2, 'A-01', 1)", {merchant_, warehouse});
  for (const std::string name : {"receive-1", "pick-1", "pick-2", "pack-1", "pack-2", "dispatch-1", "returns-1", "returns-2"}) {
    session.run("INSERT INTO stations (merchant_id, warehouse_id, name, kind) VALUES ($1, $2, $3, $4)",
                {merchant_, warehouse, name, name.substr(0, name.find('-'))});
  }
  return merchant_;
}

}  // namespace roundtrip::test
