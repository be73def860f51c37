// The pool, prepared statements, queued writes and healing.
#include "store/database.hpp"

#include <gtest/gtest.h>

#include "support/database.hpp"

namespace roundtrip::store {
namespace {

struct DatabaseTest : testing::Test {
  test::TestDatabase database;
  Database& db = database.db();
};

TEST_F(DatabaseTest, TypedColumnsComeBackAsTheyWentIn) {
  Session session(db);
  const auto row = session.row<std::int64_t, std::string, std::optional<std::string>, bool, Instant>(
      "SELECT $1::bigint, $2::text, $3::text, $4::boolean, $5::timestamptz", std::int64_t{1} << 60, "a'\"\\:b", std::nullopt, true,
      Instant{1234567});
  ASSERT_TRUE(row);
  EXPECT_EQ(std::get<0>(*row), std::int64_t{1} << 60);
  EXPECT_EQ(std::get<1>(*row), "a'\"\\:b");
  EXPECT_FALSE(std::get<2>(*row));
  EXPECT_TRUE(std::get<3>(*row));
  EXPECT_EQ(std::get<4>(*row).us, 1234567);
}

TEST_F(DatabaseTest, TheSameStatementIsPreparedOnceAndGivesFreshRows) {
  Session session(db);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(session.rows<int>("SELECT g FROM generate_series(1, $1::int) g", i).size(), static_cast<std::size_t>(i));
  }
  EXPECT_EQ(
      session.value<std::int64_t>(
          "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%generate_series%' AND statement NOT LIKE '%pg_prepared%'"),
      1);
}

TEST_F(DatabaseTest, TextWithANulByteIsRefused) { EXPECT_THROW(Param(std::string("a\0b", 3)), std::invalid_argument); }

TEST_F(DatabaseTest, QueuedWritesRunBeforeTheNextReadAndWithCommit) {
  Session(db).script("CREATE TABLE t (a int PRIMARY KEY)");
  {
    Transaction tx(db);
    tx.write("INSERT INTO t VALUES ($1::int)", 1);
    tx.write("INSERT INTO t VALUES ($1::int)", 2);
    EXPECT_EQ(tx.value<std::int64_t>("SELECT count(*) FROM t"), 2);
    tx.write("INSERT INTO t VALUES ($1::int)", 3);
    tx.commit();
  }
  EXPECT_EQ(Session(db).value<std::int64_t>("SELECT count(*) FROM t"), 3);
}

TEST_F(DatabaseTest, SeveralStatementsInOneTripGiveTheRowsOfEach) {
  Transaction tx(db);
  tx.write("CREATE TABLE t (a int)");
  tx.write("INSERT INTO t VALUES (7)");
  const auto all = tx.run_all({{"SELECT a FROM t", {}}, {"INSERT INTO t VALUES (8)", {}}, {"SELECT a FROM t ORDER BY a DESC", {}}});
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].size(), 1u);
  EXPECT_TRUE(all[1].empty());
  EXPECT_EQ(all[2][0][0], "8");
  tx.commit();
}

TEST_F(DatabaseTest, WithoutCommitNothingStays) {
  Session(db).script("CREATE TABLE t (a int PRIMARY KEY)");
  {
    Transaction tx(db);
    tx.write("INSERT INTO t VALUES ($1::int)", 1);
    EXPECT_EQ(tx.value<std::int64_t>("SELECT count(*) FROM t"), 1);
  }
  EXPECT_EQ(Session(db).value<std::int64_t>("SELECT count(*) FROM t"), 0);
}

TEST_F(DatabaseTest, AFailingQueuedWriteThrowsWithItsConstraintAndTheConnectionGoesOn) {
  Session(db).script("CREATE TABLE t (a int CONSTRAINT only_once PRIMARY KEY)");
  {
    Transaction tx(db);
    tx.write("INSERT INTO t VALUES ($1::int)", 1);
    tx.write("INSERT INTO t VALUES ($1::int)", 1);
    try {
      tx.commit();
      FAIL() << "commit of a broken transaction returned";
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.sqlstate, "23505");
      EXPECT_EQ(error.constraint, "only_once");
    }
  }
  EXPECT_EQ(Session(db).value<std::int64_t>("SELECT count(*) FROM t"), 0);
}

TEST_F(DatabaseTest, ASwallowedErrorDoesNotBecomeASilentCommit) {
  Session(db).script("CREATE TABLE t (a int)");
  Transaction tx(db);
  tx.write("INSERT INTO t VALUES (1)");
  EXPECT_THROW(tx.rows<int>("SELECT 1 / $1::int", 0), DatabaseError);
  EXPECT_THROW(tx.commit(), DatabaseError);
}

TEST_F(DatabaseTest, AKilledBackendHealsAndNeverRunsAnotherStatement) {
  Database one({.url = database.url(), .pool_size = 1});
  for (int round = 0; round < 5; ++round) {
    {
      Session session(one);
      EXPECT_EQ(session.value<int>("SELECT 1 + 0"), 1);
      EXPECT_EQ(session.value<int>("SELECT 2 + 0"), 2);
      Transaction other(db);
      other.write("SELECT pg_terminate_backend($1::int)", session.value<int>("SELECT pg_backend_pid()").value());
      other.commit();
    }
    // A read heals by itself; the statements of the dead session are gone with it.
    Session healed(one);
    EXPECT_EQ(healed.value<int>("SELECT 2 + 0"), 2);
    EXPECT_EQ(healed.value<int>("SELECT 1 + 0"), 1);
  }
}

TEST_F(DatabaseTest, ABackendKilledInsideATransactionLosesItAndTheNextOneWorks) {
  Session(db).script("CREATE TABLE t (a int)");
  Database one({.url = database.url(), .pool_size = 1});
  {
    Transaction tx(one);
    const int pid = tx.value<int>("SELECT pg_backend_pid()").value();
    tx.write("INSERT INTO t VALUES (1)");
    Session(db).run("SELECT pg_terminate_backend($1::int)", {pid});
    EXPECT_THROW(tx.commit(), DatabaseError);
  }
  Transaction tx(one);
  EXPECT_EQ(tx.value<std::int64_t>("SELECT count(*) FROM t"), 0);
  tx.commit();
}

TEST_F(DatabaseTest, ALeaseThatTakesTooLongIsRefused) {
  Database one({.url = database.url(), .pool_size = 1, .lease_timeout_ms = 30});
  Session holder(one);
  EXPECT_THROW(Session{one}, DatabaseUnavailable);
}

}  // namespace
}  // namespace roundtrip::store
