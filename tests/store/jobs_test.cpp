// Jobs as rows: claimed once by whoever is first, back after their lease, dead and revived.
#include "store/jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <map>
#include <mutex>
#include <thread>

#include "support/database.hpp"

namespace roundtrip::store {
namespace {
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kNow{1'795'000'000'000'000};
constexpr std::int64_t kLease = 60 * kSecond;

struct JobsStoreTest : testing::Test {
  test::TestDatabase database;
  Database& db = database.db();
  MerchantId merchant = database.merchant();

  void add(std::int64_t subject, Instant run_at = kNow, std::string_view kind = kRefundJob) {
    Transaction tx(db);
    add_job(tx, merchant, kind, subject, run_at, kNow);
    tx.commit();
  }
  Job claim_one(Instant at) {
    auto claimed = claim_jobs(db, kRefundJob, 1, kLease, at);
    if (claimed.size() != 1) throw std::runtime_error("nothing to claim");
    return claimed.front();
  }
  std::vector<DeadJob> dead() {
    Session session(db);
    return dead_jobs(session, merchant, 10);
  }
};

TEST_F(JobsStoreTest, AJobIsVisibleOnlyWithTheCommitThatMadeIt) {
  Transaction tx(db);
  add_job(tx, merchant, kRefundJob, 1, kNow, kNow);
  EXPECT_THAT(claim_jobs(db, kRefundJob, 10, kLease, kNow), IsEmpty());
  tx.commit();
  EXPECT_THAT(claim_jobs(db, kRefundJob, 10, kLease, kNow), SizeIs(1));
}

TEST_F(JobsStoreTest, ThreadsThatClaimAtOnceNeverShareAJobAndLeaveNone) {
  constexpr int kJobs = 500, kThreads = 8;
  {
    Transaction tx(db);
    for (int i = 1; i <= kJobs; ++i) add_job(tx, merchant, kRefundJob, i, kNow, kNow);
    tx.commit();
  }
  std::barrier start(kThreads);
  std::mutex mutex;
  std::map<std::int64_t, int> claimed;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        for (auto batch = claim_jobs(db, kRefundJob, 7, kLease, kNow); !batch.empty();
             batch = claim_jobs(db, kRefundJob, 7, kLease, kNow)) {
          const std::lock_guard lock(mutex);
          for (const Job& job : batch) ++claimed[job.subject];
        }
      });
    }
  }
  EXPECT_EQ(claimed.size(), static_cast<std::size_t>(kJobs));
  for (const auto& [subject, times] : claimed) EXPECT_EQ(times, 1) << "subject " << subject;
}

TEST_F(JobsStoreTest, WhatIsNotDueOrOfAnotherKindIsLeftAlone) {
  add(1, kNow + kSecond);
  add(2, kNow, kNotificationJob);
  EXPECT_THAT(claim_jobs(db, kRefundJob, 10, kLease, kNow), IsEmpty());
  EXPECT_THAT(claim_jobs(db, kRefundJob, 10, kLease, kNow + kSecond), SizeIs(1));
  EXPECT_THAT(claim_jobs(db, kNotificationJob, 10, kLease, kNow), SizeIs(1));
}

TEST_F(JobsStoreTest, TheOldestComeFirstAndABatchHasALimit) {
  for (int i = 1; i <= 5; ++i) add(i, kNow - i * kSecond);
  const auto first = claim_jobs(db, kRefundJob, 2, kLease, kNow);
  ASSERT_THAT(first, SizeIs(2));
  for (const Job& job : first) EXPECT_GE(job.subject, 4);
}

TEST_F(JobsStoreTest, AClaimIsHiddenUntilItsLeaseEndsAndThenCountsAsANewAttempt) {
  add(1);
  EXPECT_EQ(claim_one(kNow).attempts, 1);
  EXPECT_THAT(claim_jobs(db, kRefundJob, 1, kLease, kNow + kLease - 1), IsEmpty());
  EXPECT_EQ(claim_one(kNow + kLease).attempts, 2);
}

TEST_F(JobsStoreTest, AnOldWorkerCannotFinishAJobThatWasMadeDueAgainAndTakenByAnother) {
  add(1);
  const Job old = claim_one(kNow);
  add(1, kNow + kSecond);  // due again: its attempts start anew
  const Job taken = claim_one(kNow + kSecond);
  EXPECT_EQ(old.attempts, taken.attempts);
  Session session(db);
  finish_job(session, old);
  bury_job(session, old, "late", kNow);
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_EQ(claim_one(kNow + kSecond + kLease).attempts, 2) << "the job of the second worker is gone";
}

TEST_F(JobsStoreTest, AWorkerWhoseLeaseWasTakenOverCannotFinishRetryOrBuryTheJob) {
  add(1);
  const Job lost = claim_one(kNow);
  const Job taken = claim_one(kNow + kLease);
  Session session(db);
  finish_job(session, lost);
  retry_job(session, lost, kNow, "late");
  bury_job(session, lost, "late", kNow);
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_THAT(claim_jobs(db, kRefundJob, 1, kLease, kNow + kLease), IsEmpty()) << "the retry of the late worker freed it";
  finish_job(session, taken);
  EXPECT_THAT(claim_jobs(db, kRefundJob, 1, kLease, kNow + 10 * kLease), IsEmpty());
}

TEST_F(JobsStoreTest, AFinishedJobIsGoneWhateverTheTime) {
  add(1);
  const Job job = claim_one(kNow);
  Session session(db);
  finish_job(session, job);
  EXPECT_EQ(session.value<std::int64_t>("SELECT count(*) FROM jobs"), 0);
}

TEST_F(JobsStoreTest, FinishingInATransactionThatFailsKeepsTheJob) {
  add(1);
  const Job job = claim_one(kNow);
  {
    Transaction tx(db);
    finish_job(tx, job);
  }
  EXPECT_EQ(claim_one(kNow + kLease).subject, 1);
}

TEST_F(JobsStoreTest, ARetryIsDueWhenItSays) {
  add(1);
  Session session(db);
  retry_job(session, claim_one(kNow), kNow + kMinute, "busy");
  EXPECT_THAT(claim_jobs(db, kRefundJob, 1, kLease, kNow + kMinute - 1), IsEmpty());
  EXPECT_EQ(claim_one(kNow + kMinute).attempts, 2);
}

TEST_F(JobsStoreTest, ADeadLetterStaysVisibleWithItsReasonAndComesBackOnlyWhenRevived) {
  add(1);
  Session session(db);
  bury_job(session, claim_one(kNow), "the gateway knows no such charge", kNow);
  EXPECT_THAT(claim_jobs(db, kRefundJob, 1, kLease, kNow + 100 * kDay), IsEmpty());
  ASSERT_THAT(dead(), SizeIs(1));
  EXPECT_EQ(dead()[0].last_error, "the gateway knows no such charge");
  EXPECT_FALSE(revive_job(session, MerchantId{merchant.value + 1}, dead()[0].job.id, kNow)) << "another merchant revived it";
  EXPECT_TRUE(revive_job(session, merchant, dead()[0].job.id, kNow));
  EXPECT_FALSE(revive_job(session, merchant, JobId{1}, kNow)) << "it is alive already";
  EXPECT_EQ(claim_one(kNow).attempts, 1) << "its attempts begin anew";
}

TEST_F(JobsStoreTest, AddingTheSameWorkAgainMakesItDueOnce) {
  add(1, kNow + kDay);
  add(1, kNow);
  EXPECT_THAT(claim_jobs(db, kRefundJob, 10, kLease, kNow), SizeIs(1));
}

}  // namespace
}  // namespace roundtrip::store
