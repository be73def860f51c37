// Migrations: applied once, in order, by one process at a time; edited and unknown ones are refused.
#include "store/migrate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/secrets.hpp"
#include "support/database.hpp"

namespace roundtrip::store {
namespace {
using testing::HasSubstr;

Migration migration(int number, const std::string& name, const std::string& sql) { return {number, name, sql, sha256_hex(sql)}; }

// An empty database, without our schema.
struct MigrateTest : testing::Test {
  MigrateTest() {
    test::admin_sql("CREATE DATABASE " + name);
    db = std::make_unique<Database>(DatabaseOptions{.url = test::server_url() + " dbname=" + name, .pool_size = 8});
  }
  ~MigrateTest() override {
    db.reset();
    test::admin_sql("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }
  std::int64_t count(const std::string& table) { return Session(*db).value<std::int64_t>("SELECT count(*) FROM " + table).value(); }
  bool exists(const std::string& table) { return Session(*db).value<bool>("SELECT to_regclass($1) IS NOT NULL", table).value(); }

  const std::string name = "m_" + sha256_hex(random_token()).substr(0, 12);
  std::unique_ptr<Database> db;
  const Migration first = migration(1, "0001_first", "CREATE TABLE a (x int); INSERT INTO a VALUES (1)");
  const Migration second = migration(2, "0002_second", "CREATE TABLE b (x int)");
};

TEST_F(MigrateTest, TheProgramsOwnMigrationsApplyToAnEmptyDatabaseAndThenThereIsNothingToDo) {
  const auto applied = migrate_up(*db);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(applied->size(), built_in_migrations().size());
  const auto again = migrate_up(*db);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->empty());
  const auto status = migration_status(*db);
  ASSERT_TRUE(status);
  for (const auto& one : *status) EXPECT_FALSE(one.applied_at.empty()) << one.name;
}

TEST_F(MigrateTest, TheProgramsOwnMigrationsAreNumberedUpwardAndChecksummed) {
  int last = 0;
  for (const auto& one : built_in_migrations()) {
    EXPECT_GT(one.number, last) << one.name;
    EXPECT_EQ(one.sha256, sha256_hex(one.sql)) << one.name;
    last = one.number;
  }
}

TEST_F(MigrateTest, StatusSaysWhatIsPending) {
  ASSERT_TRUE(migrate_up(*db, {first}));
  const auto status = migration_status(*db, {first, second});
  ASSERT_TRUE(status);
  ASSERT_EQ(status->size(), 2u);
  EXPECT_FALSE((*status)[0].applied_at.empty());
  EXPECT_TRUE((*status)[1].applied_at.empty());
}

TEST_F(MigrateTest, OnlyWhatIsPendingIsApplied) {
  ASSERT_TRUE(migrate_up(*db, {first}));
  const auto applied = migrate_up(*db, {first, second});
  ASSERT_TRUE(applied);
  ASSERT_EQ(applied->size(), 1u);
  EXPECT_EQ(applied->front().name, "0002_second");
  EXPECT_EQ(count("a"), 1);
  EXPECT_TRUE(exists("b"));
}

TEST_F(MigrateTest, AnEditedMigrationIsRefusedAndNothingIsApplied) {
  ASSERT_TRUE(migrate_up(*db, {first}));
  const auto edited = migration(1, "0001_first", first.sql + "; SELECT 1");
  for (const auto& refused : {migrate_up(*db, {edited, second}), migration_status(*db, {edited, second})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "migration_edited");
    EXPECT_THAT(refused.error().message, HasSubstr("0001_first"));
  }
  EXPECT_FALSE(exists("b"));
}

TEST_F(MigrateTest, AMigrationOfANewerProgramIsRefused) {
  ASSERT_TRUE(migrate_up(*db, {first, second}));
  for (const auto& refused : {migrate_up(*db, {first}), migration_status(*db, {first})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "schema_newer");
    EXPECT_THAT(refused.error().message, HasSubstr("0002_second"));
  }
}

TEST_F(MigrateTest, AFailingMigrationLeavesNothingBehindAndCanBeRepeated) {
  const auto broken = migration(2, "0002_second", "CREATE TABLE b (x int); SELECT 1 / 0");
  EXPECT_THROW((void)migrate_up(*db, {first, broken}), DatabaseError);
  EXPECT_TRUE(exists("a")) << "the one before it stays";
  EXPECT_FALSE(exists("b"));
  const auto repaired = migrate_up(*db, {first, second});
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(exists("b"));
}

TEST_F(MigrateTest, ManyAtOnceApplyEachMigrationOnce) {
  std::vector<Migration> known;
  for (int number = 1; number <= 8; ++number) {
    known.push_back(
        migration(number, "m" + std::to_string(number), "CREATE TABLE t" + std::to_string(number) + " (x int); SELECT pg_sleep(0.01)"));
  }
  std::atomic<int> applied{0}, failed{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] {
        try {
          applied += static_cast<int>(migrate_up(*db, known).value().size());
        } catch (const std::exception& why) {
          ++failed;
          ADD_FAILURE() << why.what();
        }
      });
    }
  }
  EXPECT_EQ(applied, 8);
  EXPECT_EQ(failed, 0);
}

TEST_F(MigrateTest, AMigrationThatCannotGetItsLockGivesUpInsteadOfStoppingTheShop) {
  ASSERT_TRUE(migrate_up(*db, {first}));
  Transaction holder(*db);
  holder.script("LOCK TABLE a IN ACCESS SHARE MODE");
  const auto impatient = migration(2, "0002_second", "SET LOCAL lock_timeout = '50ms'; ALTER TABLE a ADD COLUMN y int");
  try {
    (void)migrate_up(*db, {first, impatient});
    ADD_FAILURE() << "it was applied under the lock of another";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.sqlstate, "55P03");
  }
}

TEST_F(MigrateTest, EveryMigrationRunsUnderALockTimeout) {
  const auto probe = migration(1, "0001_probe", "CREATE TABLE probe AS SELECT current_setting('lock_timeout') AS lock_timeout");
  ASSERT_TRUE(migrate_up(*db, {probe}));
  EXPECT_EQ(Session(*db).value<std::string>("SELECT lock_timeout FROM probe"), "5s");
}

// The rules of growth (design: distribute by merchant), read from the catalogue.
TEST(Schema, MerchantIdComesFirstInEveryKeyAndIndexOfATable) {
  test::TestDatabase database;
  Session session(database.db());
  const auto wrong = session.rows<std::string, std::string>(
      "SELECT c.relname::text, i.relname::text FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = "
      "x.indexrelid "
      "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0] "
      "WHERE c.relnamespace = 'public'::regnamespace AND x.indisunique AND a.attname <> 'merchant_id' ORDER BY 1, 2");
  // Whole-installation tables, and the one name by which a merchant is found.
  const std::set<std::string> allowed = {"installation_pkey", "schema_migrations_pkey", "merchants_slug_key", "carrier_accounts_pkey"};
  for (const auto& [table, index] : wrong)
    EXPECT_TRUE(allowed.contains(index)) << table << "." << index << " does not begin with merchant_id";
}

TEST(Schema, EveryForeignKeyCarriesTheMerchant) {
  test::TestDatabase database;
  Session session(database.db());
  const auto wrong = session.rows<std::string, std::string>(
      "SELECT k.conrelid::regclass::text, k.conname::text FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum "
      "= k.conkey[1] "
      "WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND a.attname <> 'merchant_id'");
  for (const auto& [table, key] : wrong) ADD_FAILURE() << table << "." << key;
}

TEST(Schema, MoneyIsNeverAFloatingPointNumber) {
  test::TestDatabase database;
  Session session(database.db());
  for (const auto& [table, column] :
       session.rows<std::string, std::string>("SELECT table_name::text, column_name::text FROM information_schema.columns "
                                              "WHERE table_schema = 'public' AND data_type IN ('real', 'double precision', 'money')")) {
    ADD_FAILURE() << table << "." << column;
  }
}

}  // namespace
}  // namespace roundtrip::store
