// The timeline: append-only, chained by hashes, and a verification that finds every kind of tampering.
#include "store/timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.hpp"

namespace roundtrip::store {
namespace {
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Instant kNoon{1'795'000'000'000'000};

struct TimelineTest : testing::Test {
  test::TestDatabase database;
  Database& db = database.db();
  MerchantId merchant = database.merchant();

  OrderId order(const std::string& external_id) {
    Session session(db);
    return session
        .value<OrderId>(
            "INSERT INTO orders (merchant_id, external_id, content_hash, status, placed_at, received_at, updated_at, currency, "
            "warehouse_id, "
            "ship_to, total) SELECT $1, $2, '', 'open', $3, $3, $3, 'EUR', warehouse_id, '{}', 100 FROM warehouses WHERE merchant_id = $1 "
            "RETURNING order_id",
            merchant, external_id, kNoon)
        .value();
  }
  void append(OrderId id, int events) {
    for (int i = 0; i < events; ++i) {
      Transaction tx(db);
      OrderHead head = lock_order(tx, merchant, id).value();
      const Instant at = kNoon + head.seq * kSecond;
      append_timeline(tx, merchant, head, {"order.noted", "api", "key \"one\"", to_text(id), "{\"n\":" + std::to_string(head.seq) + "}"},
                      at);
      save_head(tx, merchant, head, at);
      tx.commit();
    }
  }
  // What somebody with the database's password could do.
  void tamper(const std::string& sql) {
    Session(db).script("ALTER TABLE timeline DISABLE TRIGGER timeline_append_only; " + sql +
                       "; ALTER TABLE timeline ENABLE TRIGGER timeline_append_only");
  }
  std::vector<ChainFault> faults() { return verify_timeline(db, merchant, std::nullopt); }
};

TEST_F(TimelineTest, AChainThatOnlyGrewIsWhole) {
  const auto one = order("1"), two = order("2");
  append(one, 5);
  append(two, 3);
  append(one, 2);
  EXPECT_THAT(faults(), IsEmpty());
  const auto rows = timeline_of(*std::make_unique<Session>(db), merchant, one, 0, 100);
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_EQ(rows.front().seq, 1);
  EXPECT_EQ(rows.back().seq, 7);
}

TEST_F(TimelineTest, RowsComeInPagesOldestFirst) {
  const auto one = order("1");
  append(one, 5);
  Session session(db);
  const auto page = timeline_of(session, merchant, one, 2, 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].seq, 3);
  EXPECT_EQ(page[1].seq, 4);
}

TEST_F(TimelineTest, ALongChainIsVerifiedBeyondOnePage) {
  const auto one = order("1");
  Transaction tx(db);
  OrderHead head = lock_order(tx, merchant, one).value();
  for (int i = 0; i < 2500; ++i) append_timeline(tx, merchant, head, {"order.noted", "api", "a", "", "{}"}, kNoon);
  save_head(tx, merchant, head, kNoon);
  tx.commit();
  EXPECT_THAT(faults(), IsEmpty());
  tamper("UPDATE timeline SET actor = 'b' WHERE seq = 2400");
  ASSERT_EQ(faults().size(), 1u);
  EXPECT_EQ(faults()[0].seq, 2400);
}

TEST_F(TimelineTest, RowsCanNeitherBeChangedNorDeleted) {
  append(order("1"), 1);
  for (const std::string sql : {"UPDATE timeline SET actor = 'me'", "DELETE FROM timeline"}) {
    try {
      Session(db).script(sql);
      ADD_FAILURE() << sql << " was done";
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.sqlstate, "23001") << sql;
    }
  }
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(TimelineTest, AnyChangedFieldIsFound) {
  const auto one = order("1");
  append(one, 3);
  for (const std::string change : {"type = 'order.paid'", "channel = 'desk'", "actor = 'nobody'", "subject = 'ord_9'",
                                   "detail = '{\"n\": 1}'", "at = at + interval '1 microsecond'", "hash = repeat('0', 64)"}) {
    Session session(db);
    tamper("CREATE TABLE kept AS SELECT * FROM timeline; UPDATE timeline SET " + change + " WHERE seq = 2");
    const auto found = faults();
    ASSERT_FALSE(found.empty()) << change;
    EXPECT_EQ(found[0].order, one) << change;
    EXPECT_EQ(found[0].seq, 2) << change;
    EXPECT_THAT(found[0].what, HasSubstr("changed")) << change;
    tamper("DELETE FROM timeline; INSERT INTO timeline SELECT * FROM kept; DROP TABLE kept");
    ASSERT_THAT(faults(), IsEmpty()) << "the test restored it wrongly";
  }
}

TEST_F(TimelineTest, ADeletedRowIsFoundInTheMiddleAtTheStartAndAtTheEnd) {
  const auto one = order("1");
  append(one, 5);
  tamper("DELETE FROM timeline WHERE seq = 5");
  ASSERT_FALSE(faults().empty());
  EXPECT_THAT(faults()[0].what, HasSubstr("end"));
  tamper("DELETE FROM timeline WHERE seq = 3");
  EXPECT_EQ(faults()[0].seq, 3);
  EXPECT_THAT(faults()[0].what, HasSubstr("missing"));
  tamper("DELETE FROM timeline WHERE seq = 1");
  EXPECT_EQ(faults()[0].seq, 1);
}

TEST_F(TimelineTest, TwoRowsThatChangedPlacesAreFound) {
  const auto one = order("1");
  append(one, 4);
  tamper(
      "UPDATE timeline SET seq = 99 WHERE seq = 2; UPDATE timeline SET seq = 2 WHERE seq = 3; UPDATE timeline SET seq = 3 WHERE seq = 99");
  ASSERT_FALSE(faults().empty());
  EXPECT_EQ(faults()[0].seq, 2);
}

TEST_F(TimelineTest, ARowMovedFromAnotherOrderIsFound) {
  const auto one = order("1"), two = order("2");
  append(one, 2);
  append(two, 2);
  tamper("DELETE FROM timeline WHERE order_id = " + std::to_string(two.value) +
         " AND seq = 1; "
         "INSERT INTO timeline SELECT merchant_id, " +
         std::to_string(two.value) +
         ", seq, at, type, channel, actor, subject, detail, hash "
         "FROM timeline WHERE order_id = " +
         std::to_string(one.value) + " AND seq = 1");
  ASSERT_FALSE(faults().empty());
  EXPECT_EQ(faults()[0].order, two);
}

TEST_F(TimelineTest, OneOrderCanBeVerifiedAlone) {
  const auto one = order("1"), two = order("2");
  append(one, 2);
  append(two, 2);
  tamper("UPDATE timeline SET actor = 'x' WHERE order_id = " + std::to_string(two.value));
  EXPECT_THAT(verify_timeline(db, merchant, one), IsEmpty());
  EXPECT_FALSE(verify_timeline(db, merchant, two).empty());
}

TEST_F(TimelineTest, FieldsCannotBeShiftedIntoOneAnother) {
  const TimelineEntry a{"ab", "c", "d", "e", "{}"}, b{"a", "bc", "d", "e", "{}"};
  EXPECT_NE(timeline_hash("", OrderId{1}, 1, kNoon, a), timeline_hash("", OrderId{1}, 1, kNoon, b));
  EXPECT_EQ(timeline_hash("", OrderId{1}, 1, kNoon, a).size(), 64u);
}

TEST_F(TimelineTest, AnOrderOfAnotherMerchantIsNotLocked) {
  const auto one = order("1");
  Transaction tx(db);
  EXPECT_FALSE(lock_order(tx, MerchantId{merchant.value + 1}, one));
  EXPECT_TRUE(lock_order(tx, merchant, one));
}

}  // namespace
}  // namespace roundtrip::store
